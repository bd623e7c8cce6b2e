// The equations that determine the operations on natural numbers, and the check that an environment's definitions
// satisfy them. Used by Primitives alone.
#pragma once

#include <cstdint>

#include "lean/nat_ops.h"

namespace verikit::lean {

class Kernel;
class Primitives;

// The operations whose being right the argument for `op` uses: bit i for NatOp i. All come before `op`.
std::uint32_t rests_on(NatOp op);

// Whether the definition of `op` in the kernel's environment satisfies, by definitional equality, equations that hold of
// one function on the natural numbers only: the one that nat_op computes.
// requires: Nat and Bool are right (Primitives::nat_literals, booleans), rests_on(op) compute, `op` does not.
bool satisfies_equations(Kernel& kernel, const Primitives& primitives, NatOp op);

// Whether op applied to some small literals is ill typed or reduces to something else than nat_op computes.
// requires: as above.
bool differs_on_examples(Kernel& kernel, const Primitives& primitives, NatOp op);

// Whether String, Char, List and what builds string literals have the types that make a literal a String.
bool string_types_fit(Kernel& kernel, const Primitives& primitives);

}  // namespace verikit::lean
