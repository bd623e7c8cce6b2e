// The row kernels of backward substitution: bitwise the same on every instruction set, and right.
#include "bounds/simd/row_table.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/fp_env.h"
#include "bounds/simd/dispatch.h"
#include "check.h"

using namespace verikit::bounds;
using simd::LineArrays;
using simd::RowSums;

namespace {

using Random = std::mt19937_64;

template <class T>
T value(Random& random) {
  if (random() % 16 == 0) return random() % 2 == 0 ? T(0) : -T(0);
  const double x = std::normal_distribution<double>()(random);
  const int exponent = random() % 4 == 0 ? static_cast<int>(random() % 60) - 30 : 0;
  return static_cast<T>(std::ldexp(x, exponent));
}
template <class T>
std::vector<T> values(Random& random, std::size_t n) {
  std::vector<T> v(n);
  for (T& x : v) x = value<T>(random);
  return v;
}

template <class T>
struct Problem {
  std::vector<T> a, lower, upper, lower_slope, lower_intercept, upper_slope, upper_intercept;
  std::vector<double> bias, own, evaluated;
  RowSums start{};
  std::int64_t n;

  Problem(Random& random, std::size_t size) : n(static_cast<std::int64_t>(size)) {
    for (auto* v : {&a, &lower, &upper, &lower_slope, &lower_intercept, &upper_slope, &upper_intercept}) {
      *v = values<T>(random, size);
    }
    for (std::size_t j = 0; j < size; ++j) {
      if (lower[j] > upper[j]) std::swap(lower[j], upper[j]);
    }
    bias = values<double>(random, size);
    own = values<double>(random, size);
    evaluated = values<double>(random, size);
    for (auto* v : {&own, &evaluated}) {
      for (double& x : *v) x = std::fabs(x);
    }
    start = {value<double>(random), std::fabs(value<double>(random)), std::fabs(value<double>(random))};
  }
  [[nodiscard]] LineArrays<T> lines() const {
    return {lower_slope.data(), lower_intercept.data(), upper_slope.data(), upper_intercept.data()};
  }
};

struct Result {
  std::vector<double> numbers;
  void add(const RowSums& s) { numbers.insert(numbers.end(), {s.constant, s.own, s.evaluated}); }
  bool operator==(const Result& other) const {
    return numbers.size() == other.numbers.size() &&
           std::memcmp(numbers.data(), other.numbers.data(), numbers.size() * sizeof(double)) == 0;
  }
};

template <class T>
Result everything(const Problem<T>& p) {
  const simd::RowTable<T>& table = simd::row_kernels<T>();
  Result result;
  for (const bool with_bias : {false, true}) {
    for (const bool apart : {false, true}) {
      RowSums sums = p.start;
      table.charge(p.a.data(), with_bias ? p.bias.data() : nullptr, p.own.data(), apart ? p.evaluated.data() : nullptr,
                   p.n, &sums);
      result.add(sums);
    }
  }
  const LineArrays<T> lines = p.lines();
  for (const bool apart : {false, true}) {
    RowSums sums = p.start;
    std::vector<T> out(p.a.size() + 3, T(7));  // what lies behind stays as it is
    table.relax(p.a.data(), &lines, p.own.data(), apart ? p.evaluated.data() : nullptr, p.n, out.data(), &sums);
    result.add(sums);
    result.numbers.insert(result.numbers.end(), out.begin(), out.end());
    sums = p.start;
    std::vector<T> in_place = p.a;  // out may be a
    table.relax(in_place.data(), &lines, p.own.data(), apart ? p.evaluated.data() : nullptr, p.n, in_place.data(), &sums);
    result.add(sums);
    CHECK(std::equal(in_place.begin(), in_place.end(), out.begin()));
    CHECK(out[p.a.size()] == T(7) && out.back() == T(7));
  }
  RowSums sums = p.start;
  table.concretize(p.a.data(), p.lower.data(), p.upper.data(), 0x1p-40, p.n, &sums);
  result.add(sums);
  return result;
}

template <class T>
void check_sets(std::uint64_t seed) {
  Random random(seed);
  for (std::size_t n = 0; n <= 40; ++n) {
    for (int trial = 0; trial < 20; ++trial) {
      const Problem<T> p(random, n);
      set_instruction_set("scalar");
      const Result expected = everything(p);
      for (const std::string& name : available_instruction_sets()) {
        set_instruction_set(name);
        if (!(everything(p) == expected)) {
          check::report(__FILE__, __LINE__, name + " differs from scalar at n = " + std::to_string(n));
        }
      }
    }
  }
  set_instruction_set("auto");
}

// `got` holds start + sum of terms whose magnitudes sum to `size`.
bool near(double got, long double expected, long double size, std::size_t n) {
  return std::fabs(static_cast<long double>(got) - expected) <= (static_cast<long double>(n) + 4.0L) * 0x1p-53L * size;
}

template <class T>
void check_values(std::uint64_t seed) {
  Random random(seed);
  const simd::RowTable<T>& table = simd::row_kernels<T>();
  for (std::size_t n = 0; n <= 40; ++n) {
    const Problem<T> p(random, n);
    long double d = 0, d_size = 0, own = 0, evaluated = 0, lines_d = 0, lines_size = 0, ends = 0, ends_size = 0, reach = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const long double a = p.a[j];
      d += a * p.bias[j];
      d_size += std::fabs(a * p.bias[j]);
      own += std::fabs(a) * p.own[j];
      evaluated += std::fabs(a) * p.evaluated[j];
      const long double t = a * static_cast<long double>(a > 0 ? p.lower_intercept[j] : p.upper_intercept[j]);
      lines_d += t;
      lines_size += std::fabs(t);
      ends += std::min(a * static_cast<long double>(p.lower[j]), a * static_cast<long double>(p.upper[j]));
      const long double m = std::max(std::fabs(p.lower[j]), std::fabs(p.upper[j]));
      reach += std::fabs(a) * m;
      ends_size += std::fabs(a) * m;
    }
    const RowSums& s = p.start;
    RowSums sums = s;
    table.charge(p.a.data(), p.bias.data(), p.own.data(), p.evaluated.data(), p.n, &sums);
    CHECK(near(sums.constant, s.constant + d, std::fabs(s.constant) + d_size, n));
    CHECK(near(sums.own, s.own + own, s.own + own, n));
    CHECK(near(sums.evaluated, s.evaluated + evaluated, s.evaluated + evaluated, n));
    sums = s;
    table.charge(p.a.data(), nullptr, p.own.data(), nullptr, p.n, &sums);
    CHECK(sums.constant == s.constant && sums.evaluated == s.evaluated);
    CHECK(near(sums.own, s.own + own, s.own + own, n));

    std::vector<T> out(n);
    const LineArrays<T> lines = p.lines();
    sums = s;
    table.relax(p.a.data(), &lines, p.own.data(), p.evaluated.data(), p.n, out.data(), &sums);
    CHECK(near(sums.constant, s.constant + lines_d, std::fabs(s.constant) + lines_size, n));
    CHECK(near(sums.own, s.own + own, s.own + own, n));
    for (std::size_t j = 0; j < n; ++j) {
      // One rounding of the product.
      CHECK(out[j] == static_cast<T>(p.a[j] * (p.a[j] > T(0) ? p.lower_slope[j] : p.upper_slope[j])));
    }
    sums = s;
    table.concretize(p.a.data(), p.lower.data(), p.upper.data(), 0x1p-40, p.n, &sums);
    CHECK(near(sums.constant, s.constant + ends, std::fabs(s.constant) + ends_size, n));
    CHECK(near(sums.own, s.own + 0x1p-40L * reach, s.own + 0x1p-40L * reach, n));
    CHECK(sums.evaluated == s.evaluated);
  }
}

// A coefficient that is no number must show in the error, since picking by sign may drop it from the sum.
template <class T>
void check_poison() {
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  for (const std::string& name : available_instruction_sets()) {
    set_instruction_set(name);
    const simd::RowTable<T>& table = simd::row_kernels<T>();
    for (const T bad : {nan, inf, -inf}) {
      for (std::size_t at = 0; at < 11; ++at) {
        std::vector<T> a(11, T(1)), zero(11, T(0)), one(11, T(1)), out(11);
        const std::vector<double> free(11, 0.0);
        a[at] = bad;
        const LineArrays<T> lines{zero.data(), zero.data(), zero.data(), zero.data()};
        RowSums sums{};
        table.relax(a.data(), &lines, free.data(), nullptr, 11, out.data(), &sums);
        CHECK(!std::isfinite(sums.own));
        sums = {};
        table.charge(a.data(), free.data(), free.data(), nullptr, 11, &sums);
        CHECK(!std::isfinite(sums.own));
        sums = {};
        table.concretize(a.data(), zero.data(), one.data(), 0x1p-50, 11, &sums);
        CHECK(!std::isfinite(sums.own));
      }
    }
  }
  set_instruction_set("auto");
}

}  // namespace

TEST(rows_are_bitwise_equal_on_every_instruction_set) {
  const verikit::FpEnvironment environment;
  check_sets<float>(1);
  check_sets<double>(2);
}

TEST(rows_are_near_the_sums_they_stand_for) {
  const verikit::FpEnvironment environment;
  check_values<float>(3);
  check_values<double>(4);
}

TEST(rows_show_coefficients_that_are_not_finite) {
  const verikit::FpEnvironment environment;
  check_poison<float>();
  check_poison<double>();
}

CHECK_MAIN()
