// Elementwise nonlinear functions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

Values apply(Builder& builder, Call& call, ActivationOp op) {
  const Value x = builder.as_bijective(call, call.input(0));
  return {builder.value(call, std::move(op), {x.node}, x.shape, x.dtype, x.map)};
}

Values lower_relu(Builder& b, Call& c) { return apply(b, c, {ActivationKind::kRelu, {}, 0.0, 0.0}); }
Values lower_abs(Builder& b, Call& c) { return apply(b, c, {ActivationKind::kAbs, {}, 0.0, 0.0}); }
Values lower_sigmoid(Builder& b, Call& c) { return apply(b, c, {ActivationKind::kSigmoid, {}, 0.0, 0.0}); }
Values lower_tanh(Builder& b, Call& c) { return apply(b, c, {ActivationKind::kTanh, {}, 0.0, 0.0}); }

Values lower_leaky_relu(Builder& builder, Call& call) {
  const double slope = call.real("alpha", static_cast<double>(0.01F));
  if (!std::isfinite(slope)) call.malformed("alpha is not finite");
  return apply(builder, call, {ActivationKind::kLeakyRelu, {slope}, 0.0, 0.0});
}

Values lower_prelu(Builder& builder, Call& call) {
  const Value x = builder.as_bijective(call, call.input(0));
  const Value& given = call.input(1);
  if (given.dtype != x.dtype) call.malformed("slope and input have different types");
  const std::vector<double>& slope = call.constant_reals(1, "the slope");
  if (broadcast_shape(call, given.shape, x.shape) != x.shape) call.malformed("the slope does not broadcast to the input");
  ActivationOp op{ActivationKind::kLeakyRelu, in_storage_order(x, slope, given.shape), 0.0, 0.0};
  if (std::all_of(op.slope.begin(), op.slope.end(), [&](double v) { return v == op.slope.front(); })) op.slope.resize(1);
  return {builder.value(call, std::move(op), {x.node}, x.shape, x.dtype, x.map)};
}

double limit(Call& call, std::size_t i, double otherwise) {
  if (!call.has(i)) return otherwise;
  const Value& value = call.input(i);
  if (!value.is_constant() || value.count() != 1 || value.dtype != call.input(0).dtype) {
    call.unsupported("the limits must be single constants of the input's type");
  }
  return value.constant->reals.at(0);
}

Values lower_clip(Builder& builder, Call& call) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr auto kLargest = static_cast<double>(std::numeric_limits<float>::max());
  double low = -kInfinity, high = kInfinity;
  if (call.opset() < 11) {
    if (call.has(1)) call.malformed("limits are attributes in this operator set");
    low = call.real("min", -kLargest);
    high = call.real("max", kLargest);
  } else {
    low = limit(call, 1, low);
    high = limit(call, 2, high);
  }
  if (std::isnan(low) || std::isnan(high)) call.malformed("a limit is NaN");
  if (low > high || low == kInfinity || high == -kInfinity) call.unsupported("the lower limit is above the upper one");
  return apply(builder, call, {ActivationKind::kClip, {}, low, high});
}

}  // namespace

const std::vector<Operator>& activation_operators() {
  static const std::vector<Operator> table = {
      {"Relu", lower_relu, 1, 1},       {"LeakyRelu", lower_leaky_relu, 1, 1}, {"PRelu", lower_prelu, 2, 2},
      {"Sigmoid", lower_sigmoid, 1, 1}, {"Tanh", lower_tanh, 1, 1},            {"Abs", lower_abs, 1, 1},
      {"Clip", lower_clip, 1, 3},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
