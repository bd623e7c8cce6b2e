#include "lean/nat_ops.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "lean/big_nat.h"
#include "lean/rejection.h"

namespace verikit::lean {
namespace {

// Multiplications of two 64-bit words that take about a second.
constexpr double kMaxWordProducts = 4e8;
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

double words(const BigNat& n) { return static_cast<double>(n.backend().size()); }

std::uint64_t bit_length(const BigNat& n) { return n == 0 ? 0 : std::uint64_t{boost::multiprecision::msb(n)} + 1; }

void bound_bits(std::uint64_t bits, std::uint64_t max_bytes) {
  if (bits / 8 >= max_bytes) {
    decline(Decline::kMemory, "a computed natural number has more than " + std::to_string(max_bytes) + " bytes");
  }
}

void bound_work(double word_products) {
  if (word_products > kMaxWordProducts) {
    decline(Decline::kTime, "arithmetic on natural numbers this large takes too long");
  }
}

// Karatsuba's, on blocks of the smaller factor's size.
double product_work(double m, double n) {
  const double small = std::min(m, n);
  const double large = std::max(m, n);
  constexpr double kSchool = 40;
  if (small <= kSchool) return small * large;
  return large / small * kSchool * kSchool * std::pow(small / kSchool, std::log2(3.0));
}

BigNat product(const BigNat& a, const BigNat& b, std::uint64_t max_bytes) {
  if (a == 0 || b == 0) return 0;
  bound_bits(bit_length(a) + bit_length(b) - 1, max_bytes);
  bound_work(product_work(words(a), words(b)));
  return a * b;
}

BigNat shifted(const BigNat& a, std::uint64_t bits, std::uint64_t max_bytes) {
  if (a == 0) return 0;
  // The first test keeps the sum from wrapping around.
  bound_bits(bits, max_bytes);
  bound_bits(bits + bit_length(a), max_bytes);
  return a << bits;
}

BigNat power(const BigNat& base, const BigNat& large_exponent, std::uint64_t max_bytes) {
  if (large_exponent > (base <= 1 ? kMaxTrivialExponent : kMaxNatExponent)) {
    decline(Decline::kMemory, "a power with an exponent above 2^24 (2^32 where the base is 0 or 1)");
  }
  const auto exponent = large_exponent.convert_to<std::uint64_t>();
  if (exponent == 0 || base == 1) return 1;
  if (base == 0 || exponent == 1) return base;
  const std::uint64_t zeros = boost::multiprecision::lsb(base);
  const BigNat odd = base >> zeros;
  // base^exponent >= 2^((length - 1) * exponent); the products cannot wrap: exponent <= 2^24 and lengths are < 2^38.
  bound_bits((bit_length(base) - 1) * exponent, max_bytes);
  BigNat result = 1;
  if (odd != 1) {
    for (int bit = static_cast<int>(std::bit_width(exponent)) - 1; bit >= 0; --bit) {
      result = product(result, result, max_bytes);
      if ((exponent >> bit & 1) != 0) result = product(result, odd, max_bytes);
    }
  }
  return shifted(result, zeros * exponent, max_bytes);
}

// requires: b != 0.
void bound_division(const BigNat& a, const BigNat& b) {
  const double quotient = std::max(0.0, words(a) - words(b)) + 1;
  bound_work(quotient * words(b));
}

}  // namespace

const char* nat_op_name(NatOp op) {
  switch (op) {
    case NatOp::kAdd: return "Nat.add";
    case NatOp::kSub: return "Nat.sub";
    case NatOp::kMul: return "Nat.mul";
    case NatOp::kPow: return "Nat.pow";
    case NatOp::kBeq: return "Nat.beq";
    case NatOp::kBle: return "Nat.ble";
    case NatOp::kDiv: return "Nat.div";
    case NatOp::kMod: return "Nat.mod";
    case NatOp::kGcd: return "Nat.gcd";
    case NatOp::kLog2: return "Nat.log2";
    case NatOp::kLand: return "Nat.land";
    case NatOp::kLor: return "Nat.lor";
    case NatOp::kXor: return "Nat.xor";
    case NatOp::kShiftLeft: return "Nat.shiftLeft";
    case NatOp::kShiftRight: return "Nat.shiftRight";
    case NatOp::kCount: break;
  }
  fail(ErrorCode::kInternal, "no such operation on natural numbers");
}

std::optional<std::uint64_t> nat_op_small(NatOp op, std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  switch (op) {
    case NatOp::kAdd:
      return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case NatOp::kSub:
      return a < b ? 0 : a - b;
    case NatOp::kMul:
      return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case NatOp::kPow: {
      if (b > kMaxTrivialExponent) return std::nullopt;
      if (b == 0 || a == 1) return 1;
      if (a == 0) return 0;
      if (b >= 64) return std::nullopt;
      result = 1;
      for (std::uint64_t i = 0; i < b; ++i) {
        if (__builtin_mul_overflow(result, a, &result)) return std::nullopt;
      }
      return result;
    }
    case NatOp::kBeq:
      return a == b ? 1 : 0;
    case NatOp::kBle:
      return a <= b ? 1 : 0;
    case NatOp::kDiv:
      return b == 0 ? 0 : a / b;
    case NatOp::kMod:
      return b == 0 ? a : a % b;
    case NatOp::kGcd:
      return std::gcd(a, b);
    case NatOp::kLog2:
      return a == 0 ? 0 : static_cast<std::uint64_t>(std::bit_width(a)) - 1;
    case NatOp::kLand:
      return a & b;
    case NatOp::kLor:
      return a | b;
    case NatOp::kXor:
      return a ^ b;
    case NatOp::kShiftLeft:
      if (a == 0) return 0;
      return b >= 64 || a > kMax64 >> b ? std::nullopt : std::optional(a << b);
    case NatOp::kShiftRight:
      return b >= 64 ? 0 : a >> b;
    case NatOp::kCount:
      break;
  }
  fail(ErrorCode::kInternal, "no such operation on natural numbers");
}

BigNat nat_op(NatOp op, const BigNat& a, const BigNat& b, std::uint64_t max_bytes) {
  switch (op) {
    case NatOp::kAdd:
      bound_bits(std::max(bit_length(a), bit_length(b)), max_bytes);
      return a + b;
    case NatOp::kSub:
      return a <= b ? BigNat(0) : BigNat(a - b);
    case NatOp::kMul:
      return product(a, b, max_bytes);
    case NatOp::kPow:
      return power(a, b, max_bytes);
    case NatOp::kBeq:
      return BigNat(a == b ? 1 : 0);
    case NatOp::kBle:
      return BigNat(a <= b ? 1 : 0);
    case NatOp::kDiv:
      if (b == 0 || a < b) return BigNat(0);
      bound_division(a, b);
      return a / b;
    case NatOp::kMod:
      if (b == 0 || a < b) return a;
      bound_division(a, b);
      return a % b;
    case NatOp::kGcd:
      if (a == 0) return b;
      if (b == 0) return a;
      // Lehmer's steps take off about half a word of both at a time, after one division of the larger by the smaller.
      bound_work(2 * words(a) * words(b));
      return boost::multiprecision::gcd(a, b);
    case NatOp::kLog2:
      return a == 0 ? BigNat(0) : BigNat(bit_length(a) - 1);
    case NatOp::kLand:
      return a & b;
    case NatOp::kLor:
      return a | b;
    case NatOp::kXor:
      return a ^ b;
    case NatOp::kShiftLeft:
      if (a == 0) return BigNat(0);
      return shifted(a, b > kMax64 ? kMax64 : b.convert_to<std::uint64_t>(), max_bytes);
    case NatOp::kShiftRight:
      return b >= bit_length(a) ? BigNat(0) : BigNat(a >> b.convert_to<std::uint64_t>());
    case NatOp::kCount:
      break;
  }
  fail(ErrorCode::kInternal, "no such operation on natural numbers");
}

}  // namespace verikit::lean
