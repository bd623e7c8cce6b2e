// The rules for adding a declaration, over Kernel. Each throws Rejection or Declined, or returns: accepted.
#pragma once

#include "lean/kernel.h"

namespace verikit::lean {

// Checks one declaration against the constants of lower rank. Resets the kernel first.
void check_declaration(Kernel& kernel, DeclarationId id);

// Parts of it. requires: the scan for constants, universe parameters and loose variables has passed.
// Recomputes everything derivable of a block of inductive types (flags, counts, constructors' fields, recursors with their
// types, rules and k) and compares it with what the file says.
void check_inductive(Kernel& kernel, DeclarationId id);
// Quot, Quot.mk, Quot.lift, Quot.ind: exactly the official types; Eq exactly as in the prelude.
void check_quotient(Kernel& kernel, DeclarationId id);
// What the kernel computes with (Nat, its operations, String, Char, Bool, List where literals need them): the constants must
// be the real ones. Called once for an environment; returns what is not, which then does not compute.
struct Primitives;

}  // namespace verikit::lean
