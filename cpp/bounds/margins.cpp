#include "bounds/margins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/clip.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What becomes of a row's coefficients in doubles.
struct Rounding {
  bool exact = true;
  bool relative = true;  // each within 2^-52 of itself; not so where one leaves the normal numbers
};

double nearest(const Rational& q, Rounding& rounding) {
  const double lower = round_down<double>(q), upper = round_up<double>(q);
  if (lower == upper) return lower;
  rounding.exact = false;
  const double least = std::min(std::fabs(lower), std::fabs(upper)), most = std::max(std::fabs(lower), std::fabs(upper));
  if (least < std::numeric_limits<double>::min() || !std::isfinite(most)) rounding.relative = false;
  return std::isfinite(lower) ? lower : upper;
}

// Adds to box.lower/upper what is left of [lower, upper] for one disjunct, or refutes the disjunct.
void clip(const double* lower, const double* upper, Index n, const std::vector<LinearMargin>& linear, Margin& margin,
          BoxMargins& box) {
  std::vector<double> left_lower(lower, lower + n), left_upper(upper, upper + n);
  double refuted = 0.0;
  if (!clip_box(linear, n, left_lower.data(), left_upper.data(), &refuted)) {
    margin.evaluated = std::max(refuted, std::numeric_limits<double>::min());
    margin.real = std::max(margin.real, margin.evaluated);
    return;
  }
  for (std::size_t j = 0; j < left_lower.size(); ++j) {
    box.lower[j] = std::min(box.lower[j], left_lower[j]);
    box.upper[j] = std::max(box.upper[j], left_upper[j]);
  }
}


// Weights of the rows' convex combination whose bound on the box is largest, approximately: the disjunct needs
// every row <= 0, hence every combination. Multiples of 2^-10 that sum to 1, so that sums of few are exact.
std::vector<double> combination(const std::vector<LinearMargin>& rows, const double* lower, const double* upper,
                                Index n) {
  const std::size_t m = rows.size();
  std::vector<double> weight(m, 1.0 / static_cast<double>(m)), best = weight, value(m);
  double best_bound = -kInfinity, scale = 0.0;
  for (const LinearMargin& row : rows) scale = std::max(scale, std::fabs(row.margin));
  for (int step = 0; step < 40; ++step) {
    // The combination's minimiser, and the rows' bounds there: a supergradient of the concave dual.
    for (std::size_t i = 0; i < m; ++i) value[i] = rows[i].margin;
    for (Index j = 0; j < n; ++j) {
      double a = 0.0;
      for (std::size_t i = 0; i < m; ++i) a += weight[i] * rows[i].coefficients[j];
      const double width = upper[j] - lower[j];
      for (std::size_t i = 0; i < m; ++i) {
        const double c = rows[i].coefficients[j];
        if ((a >= 0.0) != (c >= 0.0)) value[i] += std::fabs(c) * width;
      }
    }
    double bound = 0.0;
    for (std::size_t i = 0; i < m; ++i) bound += weight[i] * value[i];
    if (bound > best_bound) {
      best_bound = bound;
      best = weight;
    }
    if (!(scale > 0.0)) break;
    double total = 0.0, largest = 0.0;
    for (double v : value) largest = std::max(largest, std::fabs(v - bound));
    if (!(largest > 0.0)) break;
    const double rate = 2.0 / (largest * std::sqrt(1.0 + step));
    for (std::size_t i = 0; i < m; ++i) {
      weight[i] *= std::exp(rate * (value[i] - bound));
      total += weight[i];
    }
    for (double& w : weight) w /= total;
  }
  std::size_t most = 0;
  double rest = 1.0;
  for (std::size_t i = 0; i < m; ++i) {
    best[i] = std::floor(best[i] * 1024.0) / 1024.0;
    rest -= best[i];
    if (best[i] > best[most]) most = i;
  }
  best[most] += rest;
  return best;
}

}  // namespace

MarginRows make_margin_rows(const Property& property, const std::vector<std::int64_t>& disjuncts) {
  MarginRows rows;
  rows.outputs = property.outputs;
  rows.disjunct = disjuncts;
  rows.offset.push_back(0);
  for (std::int64_t d : disjuncts) {
    for (const OutputConstraint& constraint : property.unsafe[static_cast<std::size_t>(d)].constraints) {
      const std::size_t at = rows.coefficients.size();
      rows.coefficients.resize(at + static_cast<std::size_t>(rows.outputs), 0.0);
      Rounding rounding;
      for (const auto& [index, coefficient] : constraint.terms) {
        rows.coefficients[at + static_cast<std::size_t>(index)] = nearest(coefficient, rounding);
      }
      rows.relative_error.push_back(rounding.exact ? 0.0 : 0x1p-52);  // round_down: within one unit in the last place
      // A row that doubles cannot state refutes nothing.
      rows.bound.push_back(rounding.relative ? round_up<double>(constraint.bound) : kInfinity);
    }
    rows.offset.push_back(static_cast<Index>(rows.bound.size()));
  }
  return rows;
}

MarginBounder::MarginBounder(std::shared_ptr<const PreparedNetwork<double>> prepared, Semantics semantics,
                             const MarginRows& rows)
    : prepared_(prepared), rows_(rows), crown_(std::move(prepared), semantics), state_(crown_.make_state()) {}

bool MarginBounder::overflowed(Index b) const {
  return Crown<double>::bounds(*state_).overflow[static_cast<std::size_t>(b)] != 0;
}

double MarginBounder::coefficient_slack(const double* coefficients, double relative_error, Index b) const {
  if (relative_error == 0.0) return 0.0;
  const NodeBounds<double>& bounds = Crown<double>::bounds(*state_);
  const auto out = static_cast<std::size_t>(prepared_->network().output);
  double slack = 0.0;
  for (Index j = 0; j < rows_.outputs; ++j) {
    const auto e = static_cast<std::size_t>(b * rows_.outputs + j);
    slack += std::fabs(coefficients[j]) * std::max(std::fabs(bounds.lower[out][e]), std::fabs(bounds.upper[out][e]));
  }
  return up(slack * relative_error * 2.0);
}

void MarginBounder::lower_bounds(const Functionals<double>& f, const BackwardOptions& options, Bounds& bounds) {
  const auto rows = static_cast<std::size_t>(f.rows());
  bounds.real.resize(rows);
  bounds.evaluated.resize(rows);
  bounds.slopes.resize(rows * static_cast<std::size_t>(prepared_->network().input_size()));
  bounds.attribution.resize(options.attribute ? bounds.slopes.size() : 0);
  crown_.lower_bounds(f, *state_, bounds.real.data(), bounds.evaluated.data(), bounds.slopes.data(),
                      options.attribute ? bounds.attribution.data() : nullptr, options);
}

void MarginBounder::bound(const double* lower, const double* upper, Index batch, Intermediate intermediate,
                          const std::vector<const std::vector<std::uint32_t>*>& active,
                          const BackwardOptions& options, std::vector<BoxMargins>& found) {
  const Network& network = prepared_->network();
  const Index inputs = network.input_size();
  crown_.propagate(lower, upper, batch, intermediate, *state_, options);

  // Every row of every active disjunct.
  Functionals<double> f;
  f.node = network.output;
  f.coefficients = rows_.coefficients.data();
  for (Index b = 0; b < batch; ++b) {
    for (std::uint32_t d : *active[static_cast<std::size_t>(b)]) {
      for (Index r = rows_.offset[d]; r < rows_.offset[d + 1]; ++r) {
        f.box.push_back(b);
        f.row_of.push_back(r);
      }
    }
  }
  lower_bounds(f, options, single_);

  struct Open {  // a disjunct that no single row refutes
    Index box;
    std::size_t margin;  // index into the box's margins
    std::vector<LinearMargin> rows;
    std::vector<const double*> attribution;
  };
  std::vector<Open> open;
  found.resize(static_cast<std::size_t>(batch));
  std::size_t at = 0;
  for (Index b = 0; b < batch; ++b) {
    BoxMargins& box = found[static_cast<std::size_t>(b)];
    box.margins.clear();
    box.lower.assign(static_cast<std::size_t>(inputs), kInfinity);
    box.upper.assign(static_cast<std::size_t>(inputs), -kInfinity);
    for (std::uint32_t d : *active[static_cast<std::size_t>(b)]) {
      Margin margin{-kInfinity, -kInfinity};
      Open rest{b, box.margins.size(), {}, {}};
      for (Index r = rows_.offset[d]; r < rows_.offset[d + 1]; ++r, ++at) {
        const auto k = static_cast<std::size_t>(r);
        const double slack = coefficient_slack(rows_.coefficients.data() + r * rows_.outputs, rows_.relative_error[k], b);
        const double evaluated = down(down(single_.evaluated[at] - rows_.bound[k]) - slack);
        margin.real = std::max(margin.real, down(down(single_.real[at] - rows_.bound[k]) - slack));
        margin.evaluated = std::max(margin.evaluated, evaluated);
        rest.rows.push_back({single_.slopes.data() + at * static_cast<std::size_t>(inputs), evaluated});
        if (options.attribute) rest.attribution.push_back(single_.attribution.data() + at * static_cast<std::size_t>(inputs));
      }
      box.margins.push_back(margin);
      if (!(margin.evaluated > 0.0)) open.push_back(std::move(rest));
    }
  }

  // For disjuncts of several rows the best combination of them, bounded as a functional of its own.
  Functionals<double> g;
  g.node = network.output;
  std::vector<double> coefficients, bound;
  std::vector<std::size_t> owner;
  for (std::size_t o = 0; o < open.size(); ++o) {
    const Open& rest = open[o];
    if (rest.rows.size() < 2) continue;
    bool finite = true;
    for (const LinearMargin& row : rest.rows) finite = finite && std::isfinite(row.margin);
    if (!finite) continue;
    const std::vector<double> weight =
        combination(rest.rows, lower + rest.box * inputs, upper + rest.box * inputs, inputs);
    const std::uint32_t d = (*active[static_cast<std::size_t>(rest.box)])[rest.margin];
    std::vector<double> sum(static_cast<std::size_t>(rows_.outputs), 0.0);
    double b = 0.0;
    bool exact = true;  // sums of dyadic weights alone are
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const auto r = static_cast<std::size_t>(rows_.offset[d]) + i;
      for (std::size_t j = 0; j < sum.size(); ++j) {
        const double c = rows_.coefficients[r * sum.size() + j];
        sum[j] += weight[i] * c;
        exact = exact && (c == 0.0 || std::fabs(c) == 1.0);
      }
      exact = exact && rows_.relative_error[r] == 0.0;
      b += weight[i] * rows_.bound[r];
      b += std::fabs(weight[i] * rows_.bound[r]) * static_cast<double>(weight.size() + 4) * 0x1p-51;
    }
    if (!exact) continue;
    g.box.push_back(rest.box);
    g.row_of.push_back(static_cast<Index>(owner.size()));
    coefficients.insert(coefficients.end(), sum.begin(), sum.end());
    bound.push_back(up(b));
    owner.push_back(o);
  }
  if (!owner.empty()) {
    g.coefficients = coefficients.data();
    lower_bounds(g, options, combined_);
    for (std::size_t i = 0; i < owner.size(); ++i) {
      Open& rest = open[owner[i]];
      Margin& margin = found[static_cast<std::size_t>(rest.box)].margins[rest.margin];
      const double evaluated = down(combined_.evaluated[i] - bound[i]);
      margin.real = std::max(margin.real, down(combined_.real[i] - bound[i]));
      margin.evaluated = std::max(margin.evaluated, evaluated);
      rest.rows.push_back({combined_.slopes.data() + i * static_cast<std::size_t>(inputs), evaluated});
      if (options.attribute) rest.attribution.push_back(combined_.attribution.data() + i * static_cast<std::size_t>(inputs));
    }
  }

  for (Index b = 0; b < batch; ++b) {
    found[static_cast<std::size_t>(b)].slope.assign(static_cast<std::size_t>(inputs), 0.0);
  }
  std::vector<double> worst(static_cast<std::size_t>(batch), kInfinity);
  for (const Open& rest : open) {
    BoxMargins& box = found[static_cast<std::size_t>(rest.box)];
    Margin& margin = box.margins[rest.margin];
    if (margin.evaluated > 0.0) continue;
    clip(lower + rest.box * inputs, upper + rest.box * inputs, inputs, rest.rows, margin, box);
    if (margin.evaluated > 0.0 || !(margin.evaluated < worst[static_cast<std::size_t>(rest.box)])) continue;
    worst[static_cast<std::size_t>(rest.box)] = margin.evaluated;
    const LinearMargin* best = nullptr;
    for (const LinearMargin& row : rest.rows) {
      if (best == nullptr || row.margin > best->margin) best = &row;
    }
    if (best == nullptr) continue;
    std::copy_n(best->coefficients, inputs, box.slope.begin());
    if (options.attribute) {
      const double* from = rest.attribution[static_cast<std::size_t>(best - rest.rows.data())];
      box.looseness.assign(from, from + inputs);
    }
  }
}

}  // namespace verikit::bounds
