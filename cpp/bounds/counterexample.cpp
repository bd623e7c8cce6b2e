#include "bounds/counterexample.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/deadline.h"
#include "bounds/exact.h"

namespace verikit::bounds {
namespace {

// splitmix64: small, seedable, the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  double uniform() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::optional<Violation> confirm(const Network& network, const Property& property, std::int64_t disjunct,
                                 const std::vector<double>& x) {
  const Disjunct& d = property.unsafe[static_cast<std::size_t>(disjunct)];
  Violation violation;
  violation.disjunct = disjunct;
  violation.x.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    Rational q = to_rational(x[i]);
    if (q < d.box->lower[i]) q = d.box->lower[i];
    if (q > d.box->upper[i]) q = d.box->upper[i];
    violation.x.push_back(std::move(q));
  }
  if (exactly_evaluable(network)) {
    const std::vector<Rational> y = evaluate_exact(network, violation.x);
    if (!violates(d, violation.x, y)) return std::nullopt;
    violation.exact = true;
    for (const Rational& value : y) violation.output.push_back(round_down<double>(value));
    return violation;
  }
  const Enclosure y = enclose(network, violation.x);
  if (!violates_certainly(d, violation.x, y)) return std::nullopt;
  for (std::size_t j = 0; j < y.lower.size(); ++j) violation.output.push_back(0.5 * y.lower[j] + 0.5 * y.upper[j]);
  return violation;
}

double worst_row(const MarginRows& rows, std::uint32_t d, const std::vector<double>& y, Index* row) {
  double worst = -std::numeric_limits<double>::infinity();
  for (Index r = rows.offset[d]; r < rows.offset[d + 1]; ++r) {
    double value = -rows.bound[static_cast<std::size_t>(r)];
    const double* c = rows.coefficients.data() + r * rows.outputs;
    for (Index j = 0; j < rows.outputs; ++j) value += c[j] * y[static_cast<std::size_t>(j)];
    if (value > worst) {
      worst = value;
      if (row != nullptr) *row = r;
    }
  }
  return worst;
}

std::optional<Candidate> attack(PointEvaluator& evaluator, const MarginRows& rows, const std::vector<double>& lower,
                                const std::vector<double>& upper, std::uint32_t disjunct,
                                const AttackOptions& options) {
  const Deadline deadline(options.deadline_s);
  const std::size_t n = lower.size();
  Random random(options.seed ^ (0xD1B54A32D192ED03ULL * (disjunct + 1)));
  std::vector<double> x(n), best(n);
  for (int restart = 0; restart < options.restarts; ++restart) {
    for (std::size_t i = 0; i < n; ++i) {
      const double t = restart == 0 ? 0.5 : random.uniform();
      x[i] = std::clamp(lower[i] + t * (upper[i] - lower[i]), lower[i], upper[i]);
    }
    double step = 0.25;
    double best_value = std::numeric_limits<double>::infinity();
    for (int k = 0; k < options.steps; ++k) {
      Index row = rows.offset[disjunct];
      const std::vector<double>& y = evaluator.evaluate(x.data());
      const double value = worst_row(rows, disjunct, y, &row);
      if (value <= 0.0) return Candidate{disjunct, x};
      if (value < best_value) {
        best_value = value;
        best = x;
      } else {
        step *= 0.7;  // overshot: shorter steps from the best point
        x = best;
        (void)worst_row(rows, disjunct, evaluator.evaluate(x.data()), &row);
      }
      if (rows.offset[disjunct] == rows.offset[disjunct + 1]) break;
      const std::vector<double>& g = evaluator.gradient(rows.coefficients.data() + row * rows.outputs);
      double largest = 0.0;
      for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(g[i]) * (upper[i] - lower[i]));
      if (!(largest > 0.0)) break;
      for (std::size_t i = 0; i < n; ++i) {
        const double width = upper[i] - lower[i];
        // Sign steps on the first restarts, scaled gradient on the others: each finds what the other misses.
        const double direction = restart % 2 == 0 ? (g[i] > 0 ? 1.0 : g[i] < 0 ? -1.0 : 0.0) : g[i] * width / largest;
        x[i] = std::clamp(x[i] - step * width * direction, lower[i], upper[i]);
      }
      if (deadline.expired()) return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace verikit::bounds
