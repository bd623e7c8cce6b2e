// Gemm, MatMul and what may be fused into them.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// The value's last dimension, in rows: y[r] = W x[r] + bias, as a value of shape (..., out) in ONNX order.
// weight(o, i) is asked for each entry once.
Value linear(Builder& builder, Call& call, const Value& x, Index out,
             const std::function<double(Index, Index)>& weight, AffineTerms terms) {
  const Index in = x.shape.back();
  const Index rows = x.count() / in;
  LinearOp op;
  op.out = out;
  op.repeat = rows;
  op.terms = std::move(terms);
  Shape shape = x.shape;
  shape.back() = out;
  (void)builder.checked_count(call, shape);

  // The order of the inputs in storage is folded into the weight's columns where it is the same in each row
  // and does not make the weight much larger; elsewhere the inputs are selected first.
  NodeId source = x.node;
  Index columns = builder.size_of(source) / rows;
  bool folds = columns * rows == builder.size_of(source) && columns <= 2 * in && builder.is_injective(x) &&
               (rows == 1 || columns == in);
  for (Index r = 0; r < rows && folds; ++r) {
    for (Index i = 0; i < in && folds; ++i) folds = x.at(r * in + i) == r * columns + x.at(i);
  }
  if (!folds) {
    source = builder.in_order(call, x, nullptr);
    columns = in;
  }
  op.in = columns;
  if (out > std::numeric_limits<std::int32_t>::max() / columns) call.too_large("the weight matrix is too large");
  builder.charge(call, out * columns);
  op.weight.assign(at(out * columns), 0.0);
  for (Index o = 0; o < out; ++o) {
    double* row = op.weight.data() + o * columns;
    for (Index i = 0; i < in; ++i) row[folds ? x.at(i) : i] = weight(o, i);
  }
  return builder.value(call, std::move(op), {source}, std::move(shape), x.dtype);
}

AffineTerms no_bias(Index out) {
  AffineTerms terms;
  terms.bias.assign(at(out), 0.0);
  terms.bias_magnitude.assign(at(out), 0.0);
  terms.extra_roundings = 0;
  return terms;
}

void check_operands(Call& call, const Value& a, const Value& b) {
  if (a.dtype != b.dtype) {
    call.malformed(std::string("operands of different types, ") + show(a.dtype) + " and " + show(b.dtype));
  }
}

// Makes constants known only up to rounding (ConstantOp nodes) and pairs of variables an error.
void need_one_constant(Builder& builder, Call& call, const Value& a, const Value& b) {
  if (a.is_constant() || b.is_constant()) return;
  if (!builder.depends_on_input(a.node) || !builder.depends_on_input(b.node)) {
    call.unsupported(
        "the weight is computed from constants with rounding, so its real value is not the one a float "
        "evaluation uses; fold the constants in the file first");
  }
  call.unsupported("a product of two values that both depend on the input");
}

Value swap_last_two(Builder& builder, Call& call, const Value& value) {
  std::vector<std::size_t> order(value.shape.size());
  for (std::size_t d = 0; d < order.size(); ++d) order[d] = d;
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return builder.permute(call, value, order);
}

// The last two dimensions of a constant whose other dimensions are 1.
Shape matrix_shape(Call& call, const Value& value) {
  for (std::size_t d = 0; d + 2 < value.shape.size(); ++d) {
    if (value.shape[d] != 1) call.unsupported("a constant with a batch dimension of its own " + show(value.shape));
  }
  return {value.shape[value.shape.size() - 2], value.shape.back()};
}

Values lower_matmul(Builder& builder, Call& call) {
  Value a = call.input(0), b = call.input(1);
  check_operands(call, a, b);
  if (a.is_constant() && b.is_constant()) a = builder.as_variable(call, a);  // rounds: must stay
  need_one_constant(builder, call, a, b);
  if (a.shape.empty() || b.shape.empty()) call.malformed("operands must have at least one dimension");
  const bool a_vector = a.shape.size() == 1, b_vector = b.shape.size() == 1;
  if (a_vector) a = builder.reshape(a, {1, a.shape[0]});
  if (b_vector) b = builder.reshape(b, {b.shape[0], 1});
  const bool right = b.is_constant();
  const Value& x = right ? a : b;
  const Value& w = right ? b : a;
  const std::vector<double>& weight = call.finite_reals(w, "the weight");
  const Shape m = matrix_shape(call, w);
  if (a.shape.back() != b.shape[b.shape.size() - 2]) call.malformed("the inner dimensions differ");
  if (x.count() == 0 || w.count() == 0) call.unsupported("a product without elements");

  Value y;
  if (right) {
    y = linear(builder, call, x, m[1], [&](Index o, Index i) { return weight[at(i * m[1] + o)]; }, no_bias(m[1]));
  } else {
    // W X is (X^T W^T)^T
    y = linear(builder, call, swap_last_two(builder, call, x), m[0],
               [&](Index o, Index i) { return weight[at(o * m[1] + i)]; }, no_bias(m[0]));
    y = swap_last_two(builder, call, y);
  }
  Shape shape = y.shape;
  while (shape.size() < w.shape.size()) shape.insert(shape.begin(), 1);
  if (a_vector) shape.erase(shape.end() - 2);
  if (b_vector) shape.pop_back();
  return {builder.reshape(y, std::move(shape))};
}

// scale * value for every entry, with the relative error of the double products.
double scale_entries(Call& call, std::vector<double>& values, double scale) {
  if (scale == 1.0) return 0.0;
  double error = 0.0;
  for (double& v : values) {
    const double product = v * scale;
    if (v != 0.0 && scale != 0.0 && (std::fabs(product) < 0x1p-960 || std::fabs(product) > 0x1p960)) {
      call.unsupported("alpha or beta moves a weight out of the range of float64");
    }
    if (std::fma(v, scale, -product) != 0.0) error = 0x1p-52;
    v = product;
  }
  return error;
}

double largest(const std::vector<double>& values) {
  double out = 0.0;
  for (const double v : values) out = std::max(out, std::fabs(v));
  return out;
}

Values lower_gemm(Builder& builder, Call& call) {
  Value a = call.input(0), b = call.input(1);
  check_operands(call, a, b);
  const double alpha = call.real("alpha", 1.0), beta = call.real("beta", 1.0);
  if (!std::isfinite(alpha) || !std::isfinite(beta)) call.malformed("alpha or beta is not finite");
  // A small alpha hides how large the unscaled product is; see kHidden in lower_norm.cpp.
  if (std::fabs(alpha) * 0x1p30 < 1.0) call.unsupported("alpha is zero or smaller than 2^-30");
  if (a.shape.size() != 2 || b.shape.size() != 2) call.malformed("operands must have two dimensions");
  const bool turn_a = call.integer("transA", 0) != 0, turn_b = call.integer("transB", 0) != 0;
  if (a.is_constant() && b.is_constant()) a = builder.as_variable(call, a);
  need_one_constant(builder, call, a, b);
  // The variable operand is turned by its view; the constant one by the way it is read below.
  if (turn_a && !a.is_constant()) a = swap_last_two(builder, call, a);
  if (turn_b && !b.is_constant()) b = swap_last_two(builder, call, b);
  const bool right = b.is_constant();
  const bool turned = right ? turn_b : turn_a;
  if (turned) std::swap((right ? b : a).shape[0], (right ? b : a).shape[1]);
  if (a.shape[1] != b.shape[0]) call.malformed("the inner dimensions differ");
  if (a.count() == 0 || b.count() == 0) call.unsupported("a product without elements");

  const Index m = a.shape[0], k = a.shape[1], n = b.shape[1];
  const Index out = right ? n : m, rows = right ? m : n;
  const std::vector<double>& given_weight = call.finite_reals(right ? b : a, "the weight");
  std::vector<double> scaled;
  if (alpha != 1.0) scaled = given_weight;
  AffineTerms terms = no_bias(out);
  terms.underflow_scale = 1.0;
  if (alpha != 1.0) {
    terms.underflow_scale = mul_up(std::max(1.0, std::fabs(alpha)), std::max(1.0, largest(scaled)));
    terms.extra_roundings += 1;
    terms.weight_relative_error = scale_entries(call, scaled, alpha);
  }
  const std::vector<double>& weight = alpha != 1.0 ? scaled : given_weight;

  if (call.has(2)) {
    const Value& c = call.input(2);
    check_operands(call, a, c);
    const Shape full = {m, n};
    if (broadcast_shape(call, c.shape, full) != full) call.malformed("C does not broadcast to " + show(full));
    if (!c.is_constant()) call.unsupported("C must be a constant");
    std::vector<double> given = call.constant_reals(2, "C");
    const double magnitude_scale = std::fabs(beta);
    const std::vector<double> unscaled = given;
    const double relative = scale_entries(call, given, beta);
    const Indices from = broadcast_indices(c.shape, full);
    for (Index o = 0; o < out; ++o) {
      for (Index r = 0; r < rows; ++r) {
        const std::size_t source = at(from[at(right ? r * n + o : o * n + r)]);
        if (r > 0 && given[source] != terms.bias[at(o)]) call.unsupported("a bias C that differs between rows");
        terms.bias[at(o)] = given[source];
        terms.bias_magnitude[at(o)] = beta == 1.0 ? std::fabs(given[source])
                                                  : mul_up(std::fabs(unscaled[source]), magnitude_scale);
      }
    }
    if (relative > 0.0) {
      for (const double v : terms.bias_magnitude) terms.bias_error.push_back(mul_up(v, relative));
    }
    terms.extra_roundings += beta == 1.0 ? 1 : 2;
    if (beta != 1.0) terms.underflow_scale = std::max(terms.underflow_scale, std::max(1.0, largest(unscaled)));
  }
  if (right) {
    return {linear(builder, call, a, n, [&](Index o, Index i) { return weight[at(turned ? o * k + i : i * n + o)]; },
                   std::move(terms))};
  }
  const Value y = linear(builder, call, swap_last_two(builder, call, b), m,
                         [&](Index o, Index i) { return weight[at(turned ? i * m + o : o * k + i)]; }, std::move(terms));
  return {swap_last_two(builder, call, y)};
}

}  // namespace

double add_up(double x, double y) { return std::nextafter(x + y, kInfinity); }
double mul_up(double x, double y) {
  const double product = x * y;
  return x == 0.0 || y == 0.0 || x == 1.0 || y == 1.0 ? product : std::nextafter(product, kInfinity);
}

Sum add_with_error(double x, double y) {
  const double sum = x + y;
  const double other = sum - x;  // two-sum: the error of an addition is a double
  const double error = (x - (sum - other)) + (y - other);
  return {sum, std::fabs(error)};
}

AffineTerms* affine_terms(Op& op) {
  if (auto* linear_op = std::get_if<LinearOp>(&op)) return &linear_op->terms;
  if (auto* conv_op = std::get_if<ConvOp>(&op)) return &conv_op->terms;
  if (auto* sparse_op = std::get_if<SparseOp>(&op)) return &sparse_op->terms;
  return nullptr;
}

bool fuse_bias(Builder& builder, const Call& call, const Value& value, const std::vector<double>& shift) {
  AffineTerms* terms = affine_terms(builder.node(value.node).op);
  if (terms == nullptr || !value.exclusive) return false;
  const std::size_t features = terms->bias.size();
  for (std::size_t i = features; i < shift.size(); ++i) {
    if (shift[i] != shift[i - features]) return false;
  }
  for (std::size_t o = 0; o < features; ++o) {
    if (!std::isfinite(terms->bias[o] + shift[o])) return false;
  }
  std::vector<double> error(features, 0.0);
  bool inexact = !terms->bias_error.empty();
  for (std::size_t o = 0; o < features; ++o) {
    const Sum sum = add_with_error(terms->bias[o], shift[o]);
    terms->bias[o] = sum.value;
    const double before = terms->bias_error.empty() ? 0.0 : terms->bias_error[o];
    error[o] = sum.error == 0.0 ? before : add_up(before, sum.error);
    inexact = inexact || error[o] != 0.0;
    terms->bias_magnitude[o] = terms->bias_magnitude[o] == 0.0 ? std::fabs(shift[o])
                                                              : add_up(terms->bias_magnitude[o], std::fabs(shift[o]));
  }
  if (inexact) terms->bias_error = std::move(error);
  terms->extra_roundings += 1;
  builder.node(value.node).name += " + " + call.name();
  return true;
}

const std::vector<Operator>& affine_operators() {
  static const std::vector<Operator> table = {
      {"Gemm", lower_gemm, 2, 3},
      {"MatMul", lower_matmul, 2, 2},
      {"Conv", lower_conv, 2, 3},
      {"BatchNormalization", lower_batch_norm, 5, 5},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
