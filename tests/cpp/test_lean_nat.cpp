#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "check.h"
#include "lean/big_nat.h"
#include "lean/nat_ops.h"
#include "lean/rejection.h"
#include "nat_vectors.h"

using namespace verikit::lean;

namespace {

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 27;
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

BigNat run(NatOp op, const BigNat& a, const BigNat& b) { return nat_op(op, a, b, kPlenty); }

BigNat random_nat(std::mt19937_64& rng, int words) {
  BigNat n = 0;
  for (int i = 0; i < words; ++i) n = (n << 64) + rng();
  return n;
}

bool declines(Decline reason, const std::function<void()>& body) {
  try {
    body();
  } catch (const Declined& declined) {
    return declined.reason() == reason;
  }
  return false;
}

bool within_a_second(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::steady_clock::now() - start < std::chrono::seconds(5);  // five on a loaded machine
}

}  // namespace

TEST(nat_ops_agree_with_python_integers) {
  std::set<NatOp> seen;
  int small = 0;
  for (const NatVector& v : kNatVectors) {
    const BigNat a(v.a), b(v.b), expected(v.result);
    seen.insert(v.op);
    CHECK(run(v.op, a, b) == expected);
    if (a > kMax64 || b > kMax64) continue;
    const std::optional<std::uint64_t> fast = nat_op_small(v.op, a.convert_to<std::uint64_t>(), b.convert_to<std::uint64_t>());
    if (fast) {
      ++small;
      CHECK(*fast == expected);
    } else {
      CHECK(expected > kMax64);
    }
  }
  CHECK(seen.size() == static_cast<std::size_t>(NatOp::kCount));
  CHECK(small > 300);
}

TEST(nat_ops_of_long_numbers_satisfy_their_laws) {
  std::mt19937_64 rng(3);
  for (int round = 0; round < 40; ++round) {
    const BigNat a = random_nat(rng, 1 + static_cast<int>(rng() % 300));
    const BigNat b = random_nat(rng, 1 + static_cast<int>(rng() % 300)) + 1;
    const BigNat c = random_nat(rng, 1 + static_cast<int>(rng() % 100));
    const BigNat quotient = run(NatOp::kDiv, a, b);
    const BigNat rest = run(NatOp::kMod, a, b);
    CHECK(rest < b && run(NatOp::kAdd, run(NatOp::kMul, quotient, b), rest) == a);
    const BigNat gcd = run(NatOp::kGcd, a * c, b * c);
    CHECK(gcd == run(NatOp::kMul, run(NatOp::kGcd, a, b), c));
    CHECK(run(NatOp::kSub, a + b, a) == b && run(NatOp::kSub, a, a + b) == 0);
    CHECK(run(NatOp::kLand, a, b) + run(NatOp::kLor, a, b) == a + b);
    CHECK(run(NatOp::kLor, a, b) - run(NatOp::kLand, a, b) == run(NatOp::kXor, a, b));
    const std::uint64_t shift = rng() % 5000;
    CHECK(run(NatOp::kShiftRight, run(NatOp::kShiftLeft, a, shift), shift) == a);
    CHECK(run(NatOp::kShiftLeft, a, shift) == run(NatOp::kMul, a, run(NatOp::kPow, 2, shift)));
    const BigNat base = rng() % 1000 * 12;
    CHECK(run(NatOp::kPow, base, 57) == run(NatOp::kMul, run(NatOp::kPow, base, 30), run(NatOp::kPow, base, 27)));
    const BigNat log = run(NatOp::kLog2, b, 0);
    CHECK(run(NatOp::kPow, 2, log) <= b && b < run(NatOp::kPow, 2, log + 1));
  }
}

TEST(nat_ops_too_large_are_declined_for_memory) {
  const BigNat big = BigNat(1) << 4000;
  const auto too_large = [&](NatOp op, const BigNat& a, const BigNat& b) {
    return declines(Decline::kMemory, [&] { (void)nat_op(op, a, b, 512); });
  };
  CHECK(!too_large(NatOp::kAdd, big, big));
  CHECK(too_large(NatOp::kMul, big, big));
  CHECK(too_large(NatOp::kShiftLeft, big, 1000));
  CHECK(too_large(NatOp::kShiftLeft, 1, BigNat(1) << 100));
  CHECK(too_large(NatOp::kShiftLeft, 1, kMax64));
  CHECK(too_large(NatOp::kPow, 2, 5000));
  CHECK(too_large(NatOp::kPow, 3, 3000));
  CHECK(too_large(NatOp::kPow, big, kMaxNatExponent));
  CHECK(nat_op(NatOp::kPow, 2, 4000, 512) == big);
}

TEST(nat_ops_with_trivial_results_need_no_memory) {
  const BigNat huge = BigNat(1) << 100;
  CHECK(run(NatOp::kShiftLeft, 0, huge) == 0);
  CHECK(run(NatOp::kShiftRight, huge, huge) == 0);
  CHECK(run(NatOp::kPow, 1, kMaxTrivialExponent) == 1);
  CHECK(run(NatOp::kPow, 0, kMaxTrivialExponent) == 0);
  CHECK(run(NatOp::kMul, huge, 0) == 0);
  CHECK(run(NatOp::kPow, 2, 1 << 24) == BigNat(1) << (1 << 24));
}

TEST(nat_ops_decline_the_exponents_that_the_official_kernel_refuses) {
  const auto refused = [](const BigNat& base, const BigNat& exponent) {
    return declines(Decline::kMemory, [&] { (void)run(NatOp::kPow, base, exponent); });
  };
  CHECK(!refused(2, 1 << 24));
  CHECK(refused(2, (1 << 24) + 1));
  CHECK(!refused(1, kMaxTrivialExponent) && !refused(0, kMaxTrivialExponent));
  CHECK(refused(1, BigNat(1) << 32) && refused(0, BigNat(1) << 100));
  CHECK(!nat_op_small(NatOp::kPow, 1, std::uint64_t{1} << 32));
}

TEST(nat_ops_take_a_second_or_are_declined) {
  const BigNat a = (BigNat(1) << 3'321'928) / 3;       // a million digits
  const BigNat huge = (BigNat(1) << 400'000'000) - 1;  // 50 MB
  CHECK(within_a_second([&] { CHECK(run(NatOp::kMul, a, a + 1) > a); }));
  CHECK(within_a_second([&] { CHECK(declines(Decline::kTime, [&] { (void)run(NatOp::kMul, huge, huge); })); }));
  CHECK(within_a_second([&] { CHECK(declines(Decline::kTime, [&] { (void)run(NatOp::kDiv, huge, BigNat(huge >> 200'000'000)); })); }));
  CHECK(within_a_second([&] { CHECK(declines(Decline::kTime, [&] { (void)run(NatOp::kMod, huge, BigNat(huge >> 200'000'000)); })); }));
  CHECK(within_a_second([&] { CHECK(declines(Decline::kTime, [&] { (void)run(NatOp::kGcd, huge, BigNat(huge - 2)); })); }));
  CHECK(within_a_second([&] { CHECK(declines(Decline::kTime, [&] { (void)run(NatOp::kPow, 3, 1 << 24); })); }));
}

CHECK_MAIN()
