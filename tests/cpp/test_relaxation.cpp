// Lines of activations against exact arithmetic: rationals where the function is piecewise linear, 113 bits
// for sigmoid and tanh.
#include "bounds/relaxation.h"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/fp_env.h"
#include "bounds/property.h"
#include "check.h"

using namespace verikit::bounds;

namespace {

using Random = std::mt19937_64;
using Quad = boost::multiprecision::cpp_bin_float_quad;

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

template <class T>
T magnitude(Random& random) {
  // Every exponent that a bound may have, and more often those near 1.
  const int far = sizeof(T) == 4 ? 89 : 950, near = sizeof(T) == 4 ? 149 : 1070;
  const int exponent = random() % 2 == 0 ? static_cast<int>(random() % 16) - 8
                                         : static_cast<int>(random() % static_cast<unsigned>(far + near)) - near;
  return static_cast<T>(std::ldexp(0.5 + 0.5 * uniform(random), exponent));
}

template <class T>
T number(Random& random) {
  switch (random() % 8) {
    case 0: return T(0);
    case 1: return static_cast<T>(static_cast<int>(random() % 7) - 3);
    default: return random() % 2 == 0 ? magnitude<T>(random) : -magnitude<T>(random);
  }
}

template <class T>
std::pair<T, T> interval(Random& random) {
  constexpr T inf = std::numeric_limits<T>::infinity();
  T l = number<T>(random), u = number<T>(random);
  switch (random() % 8) {
    case 0: u = l; break;
    case 1: u = std::nextafter(l, inf); break;
    case 2: u = -l; break;
    case 3: l = T(0); break;
    case 4: u = T(0); break;
    case 5: u = l + std::fabs(l) * static_cast<T>(uniform(random)); break;
    default: break;
  }
  if (l > u) std::swap(l, u);
  return {l, u};
}

template <class T>
std::vector<double> points(Random& random, T l, T u, std::vector<double> kinks) {
  std::vector<double> all{static_cast<double>(l), static_cast<double>(u)};
  kinks.push_back(0.0);
  for (const double k : kinks) {
    for (const double x : {k, std::nextafter(k, HUGE_VAL), std::nextafter(k, -HUGE_VAL)}) all.push_back(x);
  }
  for (int i = 0; i < 8; ++i) {
    const double t = i < 4 ? uniform(random) : std::ldexp(uniform(random), -static_cast<int>(random() % 60));
    const double a = l, b = u;
    all.push_back(a + t * (b - a));
    all.push_back(b - t * (b - a));
  }
  std::erase_if(all, [&](double x) { return !(x >= static_cast<double>(l) && x <= static_cast<double>(u)); });
  return all;
}

Rational exact_value(ActivationKind kind, const Rational& x, double slope, double low, double high) {
  switch (kind) {
    case ActivationKind::kRelu: return x > 0 ? x : Rational(0);
    case ActivationKind::kLeakyRelu: return x > 0 ? x : Rational(to_rational(slope) * x);
    case ActivationKind::kAbs: return x > 0 ? x : Rational(-x);
    default: break;
  }
  Rational y = x;
  if (std::isfinite(low) && y < to_rational(low)) y = to_rational(low);
  if (std::isfinite(high) && y > to_rational(high)) y = to_rational(high);
  return y;
}

template <class T>
void complain(const char* what, ActivationKind kind, T l, T u, double slope, double low, double high, double x) {
  char text[400];
  std::snprintf(text, sizeof text, "%s kind %d T %zu [%a, %a] slope %a clip [%a, %a] x %a", what, static_cast<int>(kind),
                sizeof(T), static_cast<double>(l), static_cast<double>(u), slope, low, high, x);
  check::report(__FILE__, __LINE__, text);
}

template <class T>
void check_piecewise(Random& random, ActivationKind kind, int trials) {
  for (int trial = 0; trial < trials && check::failures() < 10; ++trial) {
    const auto [l, u] = interval<T>(random);
    double slope = 0.0, low = 0.0, high = 0.0;
    if (kind == ActivationKind::kLeakyRelu) {
      const double slopes[] = {0.01, static_cast<double>(0.01F), 0.0, 1.0, -1.0, -0.3, 2.5, 1.0 + 0x1p-52, 1e-40, -1e-310, 1e5};
      slope = random() % 3 == 0 ? number<double>(random) : slopes[random() % std::size(slopes)];
      if (std::fabs(slope) > 1e30) slope = 1e30;
    }
    if (kind == ActivationKind::kClip) {
      low = random() % 4 == 0 ? -HUGE_VAL : number<T>(random);
      high = random() % 4 == 0 ? HUGE_VAL : number<T>(random);
      if (random() % 3 == 0) low = random() % 2 == 0 ? static_cast<double>(l) : static_cast<double>(u);
      if (random() % 3 == 0) high = random() % 2 == 0 ? static_cast<double>(l) : static_cast<double>(u);
      if (low > high) std::swap(low, high);
    }
    const Lines<T> lines = activation_lines<T>(kind, l, u, slope, low, high);
    const T all[] = {lines.lower_slope, lines.lower_intercept, lines.upper_slope, lines.upper_intercept};
    bool finite = true;
    for (const T v : all) finite = finite && std::isfinite(v);
    if (!finite) {  // useless but harmless, and only where the values leave the format
      if (!(std::fabs(slope) * std::max(std::fabs(static_cast<double>(l)), std::fabs(static_cast<double>(u))) > 1e30)) {
        complain("not finite", kind, l, u, slope, low, high, 0.0);
      }
      continue;
    }
    const Rational ls = to_rational(lines.lower_slope), li = to_rational(lines.lower_intercept);
    const Rational us = to_rational(lines.upper_slope), ui = to_rational(lines.upper_intercept);
    for (const double x : points(random, l, u, {low, high})) {
      const Rational q = to_rational(x), y = exact_value(kind, q, slope, low, high);
      if (ls * q + li > y) complain("lower line above", kind, l, u, slope, low, high, x);
      if (us * q + ui < y) complain("upper line below", kind, l, u, slope, low, high, x);
    }
  }
}

Quad curve(ActivationKind kind, const Quad& x) {
  using boost::multiprecision::exp;
  if (kind == ActivationKind::kSigmoid) {
    if (x < 0) {
      const Quad e = exp(x);
      return e / (1 + e);
    }
    return 1 / (1 + exp(Quad(-x)));
  }
  const Quad e = exp(Quad(-2 * (x < 0 ? Quad(-x) : x)));
  const Quad t = (1 - e) / (1 + e);
  // For small |x| the subtraction cancels; the series is exact enough below 2^-30.
  if (boost::multiprecision::fabs(x) < 0x1p-30) return x - x * x * x / 3;
  return x < 0 ? Quad(-t) : t;
}

template <class T>
void check_curve(Random& random, ActivationKind kind, int trials) {
  for (int trial = 0; trial < trials && check::failures() < 10; ++trial) {
    auto [l, u] = interval<T>(random);
    if (random() % 2 == 0) {  // where the function is curved
      l = static_cast<T>(16.0 * uniform(random) - 8.0);
      u = random() % 4 == 0 ? static_cast<T>(l + static_cast<T>(0x1p-10 * uniform(random)))
                            : static_cast<T>(16.0 * uniform(random) - 8.0);
      if (random() % 16 == 0) u = T(40);
      if (l > u) std::swap(l, u);
    }
    const Lines<T> lines = activation_lines<T>(kind, l, u, 0.0, 0.0, 0.0);
    const auto gap = [&](double x, bool lower) {
      const Quad q = x, y = curve(kind, q);
      return lower ? Quad(y - (Quad(lines.lower_slope) * q + Quad(lines.lower_intercept)))
                   : Quad(Quad(lines.upper_slope) * q + Quad(lines.upper_intercept) - y);
    };
    for (const bool lower : {true, false}) {
      // A grid, then twice a finer one around its smallest gap: the line touches somewhere.
      double from = l, to = u, best = l;
      Quad least = gap(l, lower);
      const auto look = [&](double x) {
        x = std::clamp(x, static_cast<double>(l), static_cast<double>(u));
        const Quad g = gap(x, lower);
        if (g < least) {
          least = g;
          best = x;
        }
      };
      look(u);
      look(0.0);
      for (const double x : {-20.0, -4.0, -1.0, -1e-3, 1e-3, 1.0, 4.0, 20.0}) look(x);
      for (int level = 0; level < 3; ++level) {
        const double width = to - from;
        for (int i = 1; i < 16; ++i) look(from + width * i / 16.0);
        from = std::max(best - width / 16.0, static_cast<double>(l));
        to = std::min(best + width / 16.0, static_cast<double>(u));
      }
      // 2^-105: the rounding of the 113 bits themselves.
      if (least < -0x1p-105 * std::max(1.0, std::fabs(best) * std::fabs(static_cast<double>(lower ? lines.lower_slope : lines.upper_slope)))) {
        complain(lower ? "lower line above" : "upper line below", kind, l, u, 0.0, 0.0, 0.0, best);
      }
    }
  }
}

}  // namespace

TEST(lines_of_piecewise_linear_functions_hold_exactly) {
  const verikit::FpEnvironment environment;
  Random random(1);
  for (const auto kind : {ActivationKind::kRelu, ActivationKind::kLeakyRelu, ActivationKind::kAbs, ActivationKind::kClip}) {
    check_piecewise<float>(random, kind, 4000);
    check_piecewise<double>(random, kind, 4000);
  }
}

TEST(lines_of_sigmoid_and_tanh_hold) {
  const verikit::FpEnvironment environment;
  Random random(2);
  for (const auto kind : {ActivationKind::kSigmoid, ActivationKind::kTanh}) {
    check_curve<float>(random, kind, 500);
    check_curve<double>(random, kind, 500);
  }
}

// A sound line may still be useless; these are the ones that the bounds' tightness rests on.
TEST(lines_are_exact_where_the_function_is_affine) {
  const verikit::FpEnvironment environment;
  const auto same = [](const Lines<float>& a, float s, float t) {
    return a.lower_slope == s && a.upper_slope == s && a.lower_intercept == t && a.upper_intercept == t;
  };
  CHECK(same(activation_lines<float>(ActivationKind::kRelu, 0.1F, 3.0F, 0, 0, 0), 1.0F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kRelu, 0.0F, 3.0F, 0, 0, 0), 1.0F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kRelu, -3.0F, 0.0F, 0, 0, 0), 0.0F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kAbs, -3.0F, -0.1F, 0, 0, 0), -1.0F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kLeakyRelu, -3.0F, -1.0F, 0.25, 0, 0), 0.25F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kClip, -1.0F, 1.0F, 0, -1.0, 1.0), 1.0F, 0.0F));
  CHECK(same(activation_lines<float>(ActivationKind::kClip, 1.5F, 2.0F, 0, -1.0, 1.0), 0.0F, 1.0F));
}

TEST(lines_leave_little_room) {
  const verikit::FpEnvironment environment;
  Random random(3);
  for (int trial = 0; trial < 2000; ++trial) {
    const auto kind = static_cast<ActivationKind>(random() % 6);
    double l = 12.0 * uniform(random) - 6.0, u = 12.0 * uniform(random) - 6.0;
    if (l > u) std::swap(l, u);
    const Lines<double> lines = activation_lines<double>(kind, l, u, 0.125, -1.0, 1.5);
    double least_below = HUGE_VAL, least_above = HUGE_VAL;
    for (int i = 0; i <= 400; ++i) {
      const double x = l + (u - l) * i / 400.0;
      const double y = activation_value(kind, x, 0.125, -1.0, 1.5);
      least_below = std::min(least_below, y - (lines.lower_slope * x + lines.lower_intercept));
      least_above = std::min(least_above, lines.upper_slope * x + lines.upper_intercept - y);
    }
    // Each line comes near the function somewhere; the steps of the grid are 0.03 wide at most.
    CHECK(least_below < 2e-3 && least_above < 2e-3);
  }
}

CHECK_MAIN()
