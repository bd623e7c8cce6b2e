#include "bounds/restrict.h"

#include <algorithm>
#include <cmath>

#include "bounds/rounding.h"

namespace verikit::bounds {

Restriction restrict_inputs(const std::shared_ptr<const Network>& original, const std::vector<double>& lower,
                            const std::vector<double>& upper) {
  Restriction result{original, {}};
  const Index n = original->input_size();
  std::vector<Index> fixed;
  for (Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double reach = std::max(std::fabs(lower[k]), std::fabs(upper[k]));
    // Two float32 steps: what rounding the input outward leaves of a constant.
    const bool nearly_constant = std::isfinite(reach) && upper[k] - lower[k] <= reach * 0x1p-22;
    (nearly_constant ? fixed : result.free).push_back(i);
  }
  bool foldable = !fixed.empty() && !result.free.empty() && original->output != 0;
  for (const Node& node : original->nodes) {
    const bool reads_input = std::find(node.inputs.begin(), node.inputs.end(), 0) != node.inputs.end();
    const auto* linear = std::get_if<LinearOp>(&node.op);
    if (reads_input && (linear == nullptr || linear->repeat != 1)) foldable = false;
  }
  if (!foldable) {
    result.free.resize(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) result.free[static_cast<std::size_t>(i)] = i;
    return result;
  }

  const double evaluation_tiny = tiny_of(original->dtype);
  auto smaller = std::make_shared<Network>(*original);
  smaller->nodes[0].size = static_cast<Index>(result.free.size());
  smaller->input_shape = {smaller->nodes[0].size};
  for (Node& node : smaller->nodes) {
    if (node.inputs.empty() || node.inputs[0] != 0) continue;
    auto& linear = std::get<LinearOp>(node.op);
    AffineTerms& terms = linear.terms;
    const auto out = static_cast<std::size_t>(linear.out);
    std::vector<double> weight;
    weight.reserve(out * result.free.size());
    if (terms.bias_error.empty()) terms.bias_error.assign(out, 0.0);
    terms.products = std::max(terms.products, linear.in);
    for (std::size_t o = 0; o < out; ++o) {
      const double* w = linear.weight.data() + o * static_cast<std::size_t>(linear.in);
      double sum = 0.0, reach = 0.0, spread = 0.0, flushed = 0.0;
      for (Index i : fixed) {
        const auto k = static_cast<std::size_t>(i);
        const double center = 0.5 * lower[k] + 0.5 * upper[k];
        const double radius = up(std::max(upper[k] - center, center - lower[k]));
        sum += w[i] * center;
        reach += std::fabs(w[i]) * std::max(std::fabs(lower[k]), std::fabs(upper[k]));
        spread += std::fabs(w[i]) * radius;
        flushed += 4.0 * evaluation_tiny * terms.underflow_scale * (std::fabs(w[i]) + std::max(std::fabs(lower[k]), std::fabs(upper[k])) + 1.0);
      }
      for (Index i : result.free) weight.push_back(w[i]);
      const double terms_count = static_cast<double>(fixed.size()) + 4;
      const double rounding = gamma_factor(terms_count, 0x1p-53);
      reach = up(reach * (1.0 + 2 * rounding));
      spread = up(spread * (1.0 + 2 * rounding));
      // The sum above, the addition to the bias, and weights that are themselves uncertain.
      terms.bias_error[o] = up(terms.bias_error[o] + spread + terms.weight_relative_error * reach +
                               2 * rounding * (reach + std::fabs(terms.bias[o])) + 2 * flushed);
      terms.bias[o] += sum;
      terms.bias_magnitude[o] = up(terms.bias_magnitude[o] + reach);
    }
    linear.in = smaller->nodes[0].size;
    linear.weight = std::move(weight);
  }
  result.network = std::move(smaller);
  return result;
}

}  // namespace verikit::bounds
