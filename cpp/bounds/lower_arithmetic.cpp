// Elementwise arithmetic: with constants (scale and shift, or a bias), and between branches.
#include <algorithm>
#include <cmath>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// For each storage element of a bijective value, its ONNX element.
Indices storage_order(const Value& value) {
  Indices order(at(value.count()));
  for (Index i = 0; i < value.count(); ++i) order[static_cast<std::size_t>(value.at(i))] = static_cast<std::int32_t>(i);
  return order;
}

// Brings values of one shape to the storage order of one of them; the result's view is `like`.
struct Aligned {
  std::vector<NodeId> nodes;
  Map map;
};
Aligned align(Builder& builder, Call& call, std::vector<Value> values) {
  const Value* like = nullptr;
  for (const Value& v : values) {
    if (!v.is_constant() && builder.is_bijective(v)) {
      like = &v;
      break;
    }
  }
  if (like == nullptr) {
    values.front() = builder.as_bijective(call, values.front());
    like = &values.front();
  }
  const Indices order = storage_order(*like);
  Aligned out;
  out.map = like->map;
  for (const Value& v : values) out.nodes.push_back(builder.in_order(call, v, &order));
  return out;
}

Value with_constant(Builder& builder, Call& call, Arithmetic operation, const Value& given, const Value& constant,
                    bool constant_first, const Shape& shape) {
  const std::vector<double>& c = call.finite_reals(constant, "a constant operand");
  const Value x = builder.as_bijective(call, builder.broadcast(call, given, shape));
  std::vector<double> values = in_storage_order(x, c, constant.shape);
  ScaleOp op;
  op.scale.assign(values.size(), 1.0);
  op.shift.assign(values.size(), 0.0);
  switch (operation) {
    case Arithmetic::kAdd:
    case Arithmetic::kSub:
      if (operation == Arithmetic::kSub) {
        if (constant_first) {
          std::fill(op.scale.begin(), op.scale.end(), -1.0);
        } else {
          for (double& v : values) v = 0.0 - v;
        }
      }
      if (!(operation == Arithmetic::kSub && constant_first) && fuse_bias(builder, call, x, values)) return x;
      op.shift = std::move(values);
      break;
    case Arithmetic::kMul: op.scale = std::move(values); break;
    case Arithmetic::kDiv:
      if (constant_first) call.unsupported("a division by a value that depends on the input");
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double inverse = 1.0 / values[i];
        if (values[i] == 0.0) call.malformed("a division by zero");
        if (!(std::fabs(inverse) > 0x1p-900 && std::fabs(inverse) < 0x1p900)) call.unsupported("a divisor out of range");
        if (std::fma(inverse, values[i], -1.0) != 0.0) op.scale_relative_error = 0x1p-52;
        op.scale[i] = inverse;
      }
      op.roundings = 2;  // a division, or a product with the rounded reciprocal
      break;
  }
  for (const double v : op.shift) op.shift_magnitude.push_back(std::fabs(v));
  return builder.value(call, std::move(op), {x.node}, shape, x.dtype, x.map);
}

Value binary(Builder& builder, Call& call, Arithmetic operation, Value a, Value b) {
  if (a.dtype != b.dtype) {
    call.malformed(std::string("operands of different types, ") + show(a.dtype) + " and " + show(b.dtype));
  }
  const Shape shape = broadcast_shape(call, a.shape, b.shape);
  const Index count = builder.checked_count(call, shape);
  if (a.is_constant() && b.is_constant()) {
    if (auto folded = fold_exactly(call, operation, a, b, shape)) return builder.constant(call, std::move(*folded));
    if (count == 0) call.unsupported("a tensor without elements");
    a = builder.as_variable(call, a);
  }
  if (count == 0) call.unsupported("a tensor without elements");
  if (b.is_constant()) return with_constant(builder, call, operation, a, b, false, shape);
  if (a.is_constant()) return with_constant(builder, call, operation, b, a, true, shape);
  if (operation == Arithmetic::kDiv) call.unsupported("a division by a value that is not a constant");
  Aligned aligned = align(builder, call, {builder.broadcast(call, a, shape), builder.broadcast(call, b, shape)});
  Op op = MulOp{};
  if (operation != Arithmetic::kMul) op = AddOp{operation == Arithmetic::kAdd ? 1.0 : -1.0};
  return builder.value(call, std::move(op), std::move(aligned.nodes), shape, a.dtype, std::move(aligned.map));
}

Values lower_add(Builder& builder, Call& call) {
  return {binary(builder, call, Arithmetic::kAdd, call.input(0), call.input(1))};
}
Values lower_sub(Builder& builder, Call& call) {
  return {binary(builder, call, Arithmetic::kSub, call.input(0), call.input(1))};
}
Values lower_mul(Builder& builder, Call& call) {
  return {binary(builder, call, Arithmetic::kMul, call.input(0), call.input(1))};
}
Values lower_div(Builder& builder, Call& call) {
  return {binary(builder, call, Arithmetic::kDiv, call.input(0), call.input(1))};
}

// Three and more terms may be added in any order and tree: a chain of AddOps would state one. A sparse row
// with unit weights covers them all.
Values lower_sum(Builder& builder, Call& call) {
  if (call.inputs() == 1) return {call.input(0)};
  if (call.inputs() == 2) return lower_add(builder, call);
  Shape shape;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    shape = broadcast_shape(call, shape, call.input(i).shape);
    if (call.input(i).dtype != call.input(0).dtype) call.malformed("operands of different types");
  }
  const Index size = builder.checked_count(call, shape);
  if (size == 0) call.unsupported("a tensor without elements");
  std::vector<Value> parts;
  for (std::size_t i = 0; i < call.inputs(); ++i) parts.push_back(builder.broadcast(call, call.input(i), shape));
  const auto terms = static_cast<Index>(parts.size());
  if (terms > (Index{1} << 30) / size) call.too_large("so many terms");
  builder.charge(call, 4 * terms * size);
  Aligned aligned = align(builder, call, std::move(parts));
  const NodeId joined = builder.add(ConcatOp{}, std::move(aligned.nodes), terms * size, call.name());
  SparseOp op;
  op.in = terms * size;
  op.out = size;
  op.weight.assign(at(op.in), 1.0);
  op.terms.bias.assign(at(size), 0.0);
  op.terms.bias_magnitude = op.terms.bias;
  op.terms.extra_roundings = 0;
  for (Index k = 0; k <= size; ++k) op.offsets.push_back(k * terms);
  for (Index k = 0; k < size; ++k) {
    for (Index t = 0; t < terms; ++t) op.columns.push_back(static_cast<std::int32_t>(t * size + k));
  }
  const DType dtype = call.input(0).dtype;
  return {builder.value(call, std::move(op), {joined}, std::move(shape), dtype, std::move(aligned.map))};
}

Values lower_neg(Builder& builder, Call& call) {
  const Value& given = call.input(0);
  if (given.is_constant()) {
    Tensor tensor = *given.constant;
    tensor.shape = given.shape;
    for (double& v : tensor.reals) v = -v;
    for (std::int64_t& v : tensor.ints) v = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(v));
    return {builder.constant(call, std::move(tensor))};
  }
  const Value x = builder.as_bijective(call, given);
  ScaleOp op;
  op.scale.assign(at(x.count()), -1.0);
  op.shift.assign(at(x.count()), 0.0);
  op.shift_magnitude = op.shift;
  op.roundings = 0;
  return {builder.value(call, std::move(op), {x.node}, x.shape, x.dtype, x.map)};
}

}  // namespace

const std::vector<Operator>& arithmetic_operators() {
  static const std::vector<Operator> table = {
      {"Add", lower_add, 2, 2}, {"Sub", lower_sub, 2, 2}, {"Mul", lower_mul, 2, 2},
      {"Div", lower_div, 2, 2}, {"Neg", lower_neg, 1, 1}, {"Sum", lower_sum, 1, 1000000},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
