// BatchNormalization at inference: y = (x - mean) / sqrt(var + epsilon) * gamma + beta, folded into the affine
// node before it where nobody else looks at that node; else an affine node of its own with one weight a row.
//
// The scale s = gamma / sqrt(var + epsilon) is in general irrational. It is computed in double with at most
// three roundings, and the products and sums below add a few: kError covers them with room to spare. A float
// evaluation, folded or not and in any order of the steps, makes at most kRoundings more roundings than the
// affine node alone: adding epsilon, the root, its reciprocal, two products with it, two additions, and three
// to spare (an epsilon that is rounded itself; a reciprocal root in two steps).
#include <algorithm>
#include <cmath>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

constexpr double kError = 0x1p-48;
constexpr int kRoundings = 10;

struct Norm {
  std::vector<double> scale, mean, shift, amplification;  // per element in storage order
};

// Multiplications whose result leaves this range have no small relative error.
// A float evaluation has intermediate results (the unscaled sum, its steps) that bounds of the folded result do not
// show. They are at most this factor larger, and the engines leave that much room below overflow.
constexpr double kHidden = 0x1p30;
constexpr double kLargestConstant = 0x1p60;

bool in_range(double v) { return v == 0.0 || (std::fabs(v) > 0x1p-900 && std::fabs(v) < 0x1p900); }

bool repeats(const std::vector<double>& values, std::size_t period) {
  for (std::size_t i = period; i < values.size(); ++i) {
    if (values[i] != values[i - period]) return false;
  }
  return true;
}

// scale * (W x + b - mean) + shift in place. weights_of(feature, f) applies f to each weight of a feature.
template <class WeightsOf>
void fold(AffineTerms& terms, const Norm& norm, WeightsOf&& weights_of) {
  const std::size_t features = terms.bias.size();
  std::vector<double> error(features);
  double underflow = terms.underflow_scale;
  for (std::size_t o = 0; o < features; ++o) {
    const double s = norm.scale[o], mean = norm.mean[o], shift = norm.shift[o];
    double weight_max = 0.0;
    weights_of(o, [&](double& w) {
      weight_max = std::max(weight_max, std::fabs(w));
      w *= s;
    });
    const double bias = terms.bias[o];
    const double inner = add_up(terms.bias_magnitude[o], std::fabs(mean));
    const double magnitude = add_up(mul_up(mul_up(std::fabs(s), 1.0 + kError), inner), std::fabs(shift));
    const double before = terms.bias_error.empty() ? 0.0 : terms.bias_error[o];
    terms.bias[o] = s * (bias - mean) + shift;
    terms.bias_magnitude[o] = magnitude;
    error[o] = add_up(mul_up(magnitude, kError), mul_up(mul_up(std::fabs(s), 1.0 + kError), before));
    // A flushed intermediate is multiplied by the remaining steps; a flushed scale by all that it scales.
    const double reach = add_up(add_up(1.0, weight_max), inner);
    underflow = std::max(underflow, mul_up(mul_up(norm.amplification[o], reach), terms.underflow_scale));
  }
  terms.bias_error = std::move(error);
  terms.underflow_scale = underflow;
  // (1 + a)(1 + b) - 1, rounded up generously
  terms.weight_relative_error = (terms.weight_relative_error + kError) * (1.0 + 0x1p-40);
  terms.extra_roundings += kRoundings;
}

// own_node: the node was made for this norm; its input has been checked for overflow on its own.
bool fold_into(Builder& builder, const Value& value, const Norm& norm, bool own_node) {
  Node& node = builder.node(value.node);
  AffineTerms* terms = affine_terms(node.op);
  if (terms == nullptr || !value.exclusive) return false;
  const std::size_t features = terms->bias.size();
  if (!repeats(norm.scale, features) || !repeats(norm.mean, features) || !repeats(norm.shift, features)) return false;

  const auto row = [&](std::size_t o) -> std::pair<double*, double*> {
    if (auto* linear = std::get_if<LinearOp>(&node.op)) {
      double* first = linear->weight.data() + o * static_cast<std::size_t>(linear->in);
      return {first, first + linear->in};
    }
    if (auto* conv = std::get_if<ConvOp>(&node.op)) {
      const std::size_t size = conv->weight.size() / features;
      return {conv->weight.data() + o * size, conv->weight.data() + (o + 1) * size};
    }
    auto& sparse = std::get<SparseOp>(node.op);
    return {sparse.weight.data() + sparse.offsets[o], sparse.weight.data() + sparse.offsets[o + 1]};
  };
  for (std::size_t o = 0; o < features; ++o) {
    const double s = norm.scale[o];
    // Where the scale is tiny the sum before it is not visible after it: keep it as a node of its own.
    if (!own_node && std::fabs(s) * kHidden < 1.0) return false;
    bool fits = in_range(s * (std::fabs(terms->bias[o]) + std::fabs(norm.mean[o]))) && in_range(norm.shift[o]) && in_range(s);
    for (auto [w, end] = row(o); w != end; ++w) fits = fits && (*w == 0.0 || s == 0.0 || (*w * s != 0.0 && in_range(*w * s)));
    if (!fits) return false;
  }
  fold(*terms, norm, [&](std::size_t o, auto&& apply) {
    for (auto [w, end] = row(o); w != end; ++w) apply(*w);
  });
  return true;
}

}  // namespace

Values lower_batch_norm(Builder& builder, Call& call) {
  const double epsilon = call.real("epsilon", static_cast<double>(1e-5F));
  call.ignore("momentum");
  if (call.opset() < 9 && call.integer("spatial", 1) != 1) call.unsupported("spatial = 0");
  if (call.opset() >= 14 && call.integer("training_mode", 0) != 0) {
    call.unsupported("training mode; export the model for inference");
  }
  Value x = call.input(0);
  if (x.shape.size() < 2) call.malformed("the input must have a channel dimension");
  const Index channels = x.shape[1];
  for (std::size_t i = 1; i < 5; ++i) {
    if (call.input(i).shape != Shape{channels} || call.input(i).dtype != x.dtype) {
      call.malformed("input " + std::to_string(i) + " must have shape " + show({channels}) + " and the input's type");
    }
  }
  const auto& gamma = call.constant_reals(1, "the scale");
  const auto& beta = call.constant_reals(2, "the bias");
  const auto& mean = call.constant_reals(3, "the mean");
  const auto& variance = call.constant_reals(4, "the variance");
  std::vector<double> scale, amplification;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double spread = variance[c] + epsilon;
    if (!(spread > 0.0) || !std::isfinite(spread)) {
      call.malformed("variance + epsilon is not positive in channel " + std::to_string(c));
    }
    // The sum must have a small relative error: with a negative variance it might cancel.
    if (variance[c] < 0.0 || epsilon < 0.0) call.unsupported("a negative variance or epsilon");
    const double deviation = std::sqrt(spread);
    scale.push_back(gamma[c] / deviation);
    if (deviation > kHidden || deviation * kHidden < 1.0 || std::fabs(gamma[c]) > kHidden ||
        std::fabs(mean[c]) > kLargestConstant || std::fabs(beta[c]) > kLargestConstant || !in_range(scale.back()) || !in_range(deviation) || (gamma[c] != 0.0 && scale.back() == 0.0)) {
      call.unsupported("scale and variance of channel " + std::to_string(c) + " are out of range");
    }
    const double inverse = 1.0 / deviation;
    amplification.push_back(2.0 * std::max({1.0, std::fabs(gamma[c]), inverse, std::fabs(scale.back())}));
  }
  x = builder.as_bijective(call, x);
  Shape per_channel(x.shape.size() - 1, 1);
  per_channel[0] = channels;
  const auto spread_out = [&](const std::vector<double>& v) { return in_storage_order(x, v, per_channel); };
  const Norm norm{spread_out(scale), spread_out(mean), spread_out(beta), spread_out(amplification)};
  if (fold_into(builder, x, norm, false)) {
    builder.node(x.node).name += " + " + call.name();
    return {x};
  }

  const Index size = builder.size_of(x.node);
  builder.charge(call, 8 * size);
  SparseOp op;
  op.in = op.out = size;
  op.weight.assign(static_cast<std::size_t>(size), 1.0);
  op.terms.bias.assign(static_cast<std::size_t>(size), 0.0);
  op.terms.bias_magnitude = op.terms.bias;
  op.terms.extra_roundings = 0;
  for (Index i = 0; i <= size; ++i) op.offsets.push_back(i);
  for (Index i = 0; i < size; ++i) op.columns.push_back(static_cast<std::int32_t>(i));
  for (std::size_t i = 0; i < norm.scale.size(); ++i) {
    if (!in_range(norm.scale[i] * norm.mean[i]) || !in_range(norm.shift[i])) call.unsupported("its constants are out of range");
  }
  Value y = builder.value(call, std::move(op), {x.node}, x.shape, x.dtype, x.map);
  if (!fold_into(builder, y, norm, true)) call.unsupported("its constants are out of range");
  return {y};
}

}  // namespace verikit::bounds::lowering
