#include "bounds/margins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double nearest(const Rational& q, bool& exact) {
  const double lower = round_down<double>(q), upper = round_up<double>(q);
  exact = exact && lower == upper;
  return std::isfinite(lower) ? lower : upper;
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
      bool exact = true;
      for (const auto& [index, coefficient] : constraint.terms) {
        rows.coefficients[at + static_cast<std::size_t>(index)] = nearest(coefficient, exact);
      }
      rows.relative_error.push_back(exact ? 0.0 : 0x1p-52);  // round_down: within one unit in the last place
      rows.bound.push_back(round_up<double>(constraint.bound));
      rows.strict.push_back(constraint.strict ? 1 : 0);
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

void MarginBounder::bound(const double* lower, const double* upper, Index batch,
                          const std::vector<const std::vector<std::uint32_t>*>& active,
                          const BackwardOptions& options, std::vector<std::vector<Margin>>& margins,
                          std::vector<std::vector<double>>& slopes) {
  const Network& network = prepared_->network();
  crown_.propagate(lower, upper, batch, Intermediate::kCrown, *state_, options);
  const NodeBounds<double>& bounds = Crown<double>::bounds(*state_);
  const auto out = static_cast<std::size_t>(network.output);

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
  const auto rows = static_cast<std::size_t>(f.rows());
  const Index inputs = network.input_size();
  real_.resize(rows);
  evaluated_.resize(rows);
  slopes_.resize(rows * static_cast<std::size_t>(inputs));
  crown_.lower_bounds(f, *state_, real_.data(), evaluated_.data(), slopes_.data(), options);

  margins.resize(static_cast<std::size_t>(batch));
  slopes.resize(static_cast<std::size_t>(batch));
  std::size_t at = 0;
  for (Index b = 0; b < batch; ++b) {
    auto& found = margins[static_cast<std::size_t>(b)];
    found.clear();
    std::size_t worst_row = at;
    double worst = kInfinity;
    for (std::uint32_t d : *active[static_cast<std::size_t>(b)]) {
      Margin margin{-kInfinity, -kInfinity, -1};
      std::size_t best_row = at;
      for (Index r = rows_.offset[d]; r < rows_.offset[d + 1]; ++r, ++at) {
        const auto k = static_cast<std::size_t>(r);
        double slack = 0.0;
        if (rows_.relative_error[k] > 0.0) {
          for (Index j = 0; j < rows_.outputs; ++j) {
            const auto e = static_cast<std::size_t>(b * rows_.outputs + j);
            slack += std::fabs(rows_.coefficients[k * static_cast<std::size_t>(rows_.outputs) + static_cast<std::size_t>(j)]) *
                     std::max(std::fabs(bounds.lower[out][e]), std::fabs(bounds.upper[out][e]));
          }
          slack = up(slack * rows_.relative_error[k] * 2.0);
        }
        const double real = down(down(real_[at] - rows_.bound[k]) - slack);
        const double evaluated = down(down(evaluated_[at] - rows_.bound[k]) - slack);
        margin.real = std::max(margin.real, real);
        if (evaluated > margin.evaluated || margin.row < 0) {
          margin.evaluated = evaluated;
          margin.row = r;
          best_row = at;
        }
      }
      if (margin.evaluated < worst) {
        worst = margin.evaluated;
        worst_row = best_row;
      }
      found.push_back(margin);
    }
    auto& slope = slopes[static_cast<std::size_t>(b)];
    slope.assign(static_cast<std::size_t>(inputs), 0.0);
    if (worst_row < rows) {
      std::copy_n(slopes_.begin() + static_cast<std::ptrdiff_t>(worst_row * static_cast<std::size_t>(inputs)), inputs,
                  slope.begin());
    }
  }
}

}  // namespace verikit::bounds
