// The operations on natural numbers that the kernel carries out itself, with Lean's semantics.
#pragma once

#include <cstdint>
#include <optional>

#include "lean/big_nat_fwd.h"

namespace verikit::lean {

// In the order in which they rest on each other: the definition of one may need those before it to be right.
enum class NatOp : std::uint8_t {
  kAdd, kSub, kMul, kPow, kBeq, kBle, kDiv, kMod, kGcd, kLog2, kLand, kLor, kXor, kShiftLeft, kShiftRight, kCount
};

// "Nat.add", …
const char* nat_op_name(NatOp op);
constexpr int nat_op_arity(NatOp op) { return op == NatOp::kLog2 ? 1 : 2; }
constexpr bool nat_op_is_predicate(NatOp op) { return op == NatOp::kBeq || op == NatOp::kBle; }

// What the official kernel refuses is declined here: an exponent above the first of a base of 2 or more, an exponent above
// the second of any base.
inline constexpr std::uint64_t kMaxNatExponent = std::uint64_t{1} << 24;
inline constexpr std::uint64_t kMaxTrivialExponent = 0xFFFFFFFF;

// op(a, b) where arguments and result fit into 64 bits; nothing where the result does not, or must be declined. Predicates
// give 0 or 1; log2 ignores b. x / 0 = 0, x % 0 = x, x - y = 0 for x < y, gcd(0, x) = x, log2(0) = 0, 0^0 = 1.
std::optional<std::uint64_t> nat_op_small(NatOp op, std::uint64_t a, std::uint64_t b);

// The same for any size. Throws Declined: kMemory where the result would be larger than max_bytes (or an exponent is too
// large), kTime where the work is out of proportion (more than about a second).
BigNat nat_op(NatOp op, const BigNat& a, const BigNat& b, std::uint64_t max_bytes);

}  // namespace verikit::lean
