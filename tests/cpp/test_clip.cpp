// Clipping in exact arithmetic: no point at which all constraints can be met is ever cut off.
#include "bounds/clip.h"

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "base/fp_env.h"
#include "bounds/property.h"
#include "check.h"

using namespace verikit::bounds;

namespace {

using Random = std::mt19937_64;

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

struct Problem {
  Index n;
  std::vector<double> lower, upper, margins;
  std::vector<std::vector<double>> coefficients;

  [[nodiscard]] std::vector<LinearMargin> constraints() const {
    std::vector<LinearMargin> all;
    for (std::size_t k = 0; k < margins.size(); ++k) all.push_back({coefficients[k].data(), margins[k]});
    return all;
  }
  // The smallest value that constraint k is known to have at x: margin + sum (A x - min(A l, A u)), exactly.
  [[nodiscard]] Rational at(std::size_t k, const std::vector<Rational>& x) const {
    Rational sum = to_rational(margins[k]);
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double a = coefficients[k][j];
      sum += to_rational(a) * (x[j] - to_rational(a > 0 ? lower[j] : upper[j]));
    }
    return sum;
  }
  [[nodiscard]] bool open(const std::vector<Rational>& x) const {
    for (std::size_t k = 0; k < margins.size(); ++k) {
      if (std::isfinite(margins[k]) && at(k, x) > 0) return false;
    }
    return true;
  }
};

Problem make(Random& random) {
  Problem p;
  p.n = 1 + static_cast<Index>(random() % 5);
  const int spread = random() % 3 == 0 ? 100 : 3;
  const auto scaled = [&](double x) {
    return std::ldexp(x, static_cast<int>(random() % static_cast<unsigned>(2 * spread + 1)) - spread);
  };
  for (Index j = 0; j < p.n; ++j) {
    const double a = scaled(2 * uniform(random) - 1), width = random() % 6 == 0 ? 0.0 : std::fabs(scaled(uniform(random)));
    p.lower.push_back(a);
    p.upper.push_back(random() % 10 == 0 ? std::nextafter(a, HUGE_VAL) : a + width);
  }
  for (int k = 1 + static_cast<int>(random() % 4); k > 0; --k) {
    std::vector<double> a;
    double reach = 0.0;
    for (Index j = 0; j < p.n; ++j) {
      const auto i = static_cast<std::size_t>(j);
      a.push_back(random() % 5 == 0 ? 0.0 : random() % 30 == 0 ? 0x1p-1060 : scaled(2 * uniform(random) - 1));
      reach += std::fabs(a.back()) * (p.upper[i] - p.lower[i]);
    }
    // Where the margin is about what the coefficients can move.
    double m = -reach * uniform(random);
    if (random() % 8 == 0) m = 0.0;
    if (random() % 20 == 0) m = -HUGE_VAL;
    if (random() % 20 == 0) m = 0x1p-40 * reach;
    p.margins.push_back(m);
    p.coefficients.push_back(a);
  }
  return p;
}

// Points of the box, many of them on the border of what the constraints allow and between two doubles.
std::vector<Rational> point(Random& random, const Problem& p) {
  std::vector<Rational> x;
  for (std::size_t j = 0; j < p.lower.size(); ++j) {
    const auto how = random() % 4;
    const double t = uniform(random);
    double v = how == 0 ? p.lower[j] : how == 1 ? p.upper[j] : p.lower[j] + t * (p.upper[j] - p.lower[j]);
    v = std::min(std::max(v, p.lower[j]), p.upper[j]);
    x.push_back(to_rational(v));
  }
  // Move one coordinate to where one constraint is just met.
  const std::size_t k = random() % p.margins.size(), j = random() % x.size();
  const double a = p.coefficients[k][j];
  if (std::isfinite(p.margins[k]) && a != 0.0) {
    const Rational to = x[j] - p.at(k, x) / to_rational(a);
    if (to >= to_rational(p.lower[j]) && to <= to_rational(p.upper[j])) x[j] = to;
  }
  return x;
}

}  // namespace

TEST(clip_never_cuts_a_point_that_may_be_unsafe) {
  const verikit::FpEnvironment environment;
  Random random(1);
  int open = 0, cut = 0, refuted = 0;
  for (int trial = 0; trial < 6000 && check::failures() < 5; ++trial) {
    const Problem p = make(random);
    std::vector<double> lower = p.lower, upper = p.upper;
    double margin = -1.0;
    const bool left = clip_box(p.constraints(), p.n, lower.data(), upper.data(), &margin);
    if (!left) ++refuted;
    CHECK(margin >= 0.0 || left);
    for (std::size_t j = 0; j < lower.size() && left; ++j) {
      CHECK(lower[j] >= p.lower[j] && upper[j] <= p.upper[j]);
      if (lower[j] > p.lower[j] || upper[j] < p.upper[j]) ++cut;
    }
    for (int sample = 0; sample < 20; ++sample) {
      const std::vector<Rational> x = point(random, p);
      if (!p.open(x)) continue;
      ++open;
      CHECK(left);
      for (std::size_t j = 0; j < x.size() && left; ++j) CHECK(to_rational(lower[j]) <= x[j] && x[j] <= to_rational(upper[j]));
    }
  }
  CHECK(open > 10000 && cut > 1000 && refuted > 100);  // the test looked at what it means to
}

// Where nothing is left, each point of the box breaks a constraint.
TEST(clip_refutes_only_what_every_point_breaks) {
  const verikit::FpEnvironment environment;
  Random random(2);
  int seen = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const Problem p = make(random);
    std::vector<double> lower = p.lower, upper = p.upper;
    double margin = 0.0;
    if (clip_box(p.constraints(), p.n, lower.data(), upper.data(), &margin) || !(margin > 0.0)) continue;
    ++seen;
    for (int sample = 0; sample < 20; ++sample) {
      const std::vector<Rational> x = point(random, p);
      Rational best = -1;
      for (std::size_t k = 0; k < p.margins.size(); ++k) {
        if (std::isfinite(p.margins[k])) best = std::max(best, p.at(k, x));
      }
      CHECK(best > 0);
    }
  }
  CHECK(seen > 50);
}

TEST(clip_cuts_where_one_constraint_says_so) {
  const verikit::FpEnvironment environment;
  // x - 1/4 >= ... on [0, 1]: margin -1/4 at x = 0, and 3/4 of the box is safe.
  const double a[] = {1.0};
  double lower = 0.0, upper = 1.0, margin = 0.0;
  CHECK(clip_box({{a, -0.25}}, 1, &lower, &upper, &margin));
  CHECK(lower == 0.0 && upper >= 0.25 && upper < 0.2501);
  // And -x + 1/2 - ... from the other side: x >= 1/2. Together nothing is left.
  const double b[] = {-1.0};
  lower = 0.0;
  upper = 1.0;
  CHECK(!clip_box({{a, -0.25}, {b, -0.5}}, 1, &lower, &upper, &margin));
  CHECK(margin > 0.2 && margin <= 0.25);
}

TEST(clip_leaves_the_box_where_nothing_is_known) {
  const verikit::FpEnvironment environment;
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = HUGE_VAL;
  const double zero[] = {0.0, 0.0}, bad[] = {nan, inf}, one[] = {1.0, 1.0};
  for (const std::vector<LinearMargin>& constraints :
       {std::vector<LinearMargin>{}, std::vector<LinearMargin>{{zero, -1.0}}, std::vector<LinearMargin>{{bad, -1.0}},
        std::vector<LinearMargin>{{one, -inf}}, std::vector<LinearMargin>{{one, nan}}}) {
    std::vector<double> lower{0.0, -1.0}, upper{1.0, -1.0};
    double margin = 0.0;
    CHECK(clip_box(constraints, 2, lower.data(), upper.data(), &margin));
    // An infinite coefficient pins its input; it never comes with a finite margin.
    CHECK(lower[0] == 0.0 && upper[0] == 1.0);
  }
}

CHECK_MAIN()
