// The rules for adding a declaration, over Kernel. Each throws Rejection or Declined, or returns: accepted.
#pragma once

#include "lean/kernel.h"
#include "lean/scan.h"

namespace verikit::lean {

// Checks one declaration against the constants of lower rank. requires: the scanner is of the kernel's environment.
void check_declaration(Kernel& kernel, Scanner& scanner, DeclarationId id);

// Parts of it. requires: the scan for constants, universe parameters and loose variables has passed.
// Recomputes everything derivable of a block of inductive types (flags, counts, constructors' fields, recursors with their
// types, rules and k) and compares it with what the file says.
void check_inductive(Kernel& kernel, DeclarationId id);
// Quot, Quot.mk, Quot.lift, Quot.ind: exactly the official types; Eq exactly as in the prelude.
void check_quotient(Kernel& kernel, DeclarationId id);

}  // namespace verikit::lean
