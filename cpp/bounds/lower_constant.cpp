// Constants, shapes, and arithmetic on constants where it is exact.
#include <cmath>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

constexpr auto kIntMin = std::numeric_limits<std::int64_t>::min();

// Whether a float evaluation in dtype computes exactly this value from these operands, flushing or not.
bool representable(double value, DType dtype) {
  if (value == 0.0) return true;
  if (dtype == DType::kFloat32) {
    const auto narrow = static_cast<float>(value);
    return static_cast<double>(narrow) == value && std::isfinite(narrow) && std::fabs(value) >= 0x1p-126;
  }
  return std::isfinite(value) && std::fabs(value) >= 0x1p-1022;
}

std::optional<double> exact(Arithmetic operation, double a, double b, DType dtype) {
  if (!representable(a, dtype) || !representable(b, dtype)) return std::nullopt;
  double value = 0.0;
  bool is_exact = false;
  switch (operation) {
    case Arithmetic::kAdd:
    case Arithmetic::kSub: {
      const Sum sum = add_with_error(a, operation == Arithmetic::kAdd ? b : -b);
      value = sum.value;
      is_exact = sum.error == 0.0;
      break;
    }
    case Arithmetic::kMul:
      value = a * b;
      // The residual of a tiny product may itself underflow and look like zero.
      is_exact = a == 0.0 || b == 0.0 || (std::fabs(value) > 0x1p-900 && std::fma(a, b, -value) == 0.0);
      break;
    case Arithmetic::kDiv:
      if (b == 0.0) return std::nullopt;
      value = a / b;
      is_exact = a == 0.0 || (std::fabs(a) > 0x1p-900 && std::fabs(value) > 0x1p-900 && std::fma(value, b, -a) == 0.0);
      break;
  }
  if (!is_exact || !std::isfinite(value) || !representable(value, dtype)) return std::nullopt;
  return value;
}

std::int64_t integer_result(const Call& call, Arithmetic operation, std::int64_t a, std::int64_t b, DType dtype) {
  std::int64_t value = 0;
  bool overflow = false;
  switch (operation) {
    case Arithmetic::kAdd: overflow = __builtin_add_overflow(a, b, &value); break;
    case Arithmetic::kSub: overflow = __builtin_sub_overflow(a, b, &value); break;
    case Arithmetic::kMul: overflow = __builtin_mul_overflow(a, b, &value); break;
    case Arithmetic::kDiv:
      if (b == 0) call.malformed("an integer division by zero");
      // Runtimes disagree on how negative quotients round.
      if (a == kIntMin || ((a < 0) != (b < 0) && a % b != 0)) call.unsupported("a negative integer quotient that is not whole");
      value = a / b;
      break;
  }
  if (dtype == DType::kInt32) overflow = overflow || value != static_cast<std::int32_t>(value);
  if (overflow) call.unsupported("integer arithmetic on constants overflows");
  return value;
}

Values lower_constant_node(Builder& builder, Call& call) {
  Tensor out;
  if (const Tensor* tensor = call.tensor("value")) {
    out = *tensor;
  } else if (call.has_attribute("value_float")) {
    out.reals = {call.real("value_float", 0.0)};
  } else if (auto reals = call.reals("value_floats")) {
    out.shape = {static_cast<Index>(reals->size())};
    out.reals = std::move(*reals);
  } else if (call.has_attribute("value_int")) {
    out.dtype = DType::kInt64;
    out.ints = {call.integer("value_int", 0)};
  } else if (auto ints = call.integers("value_ints")) {
    out.dtype = DType::kInt64;
    out.shape = {static_cast<Index>(ints->size())};
    out.ints = std::move(*ints);
  } else {
    call.unsupported("a constant that is neither numbers nor a dense tensor");
  }
  const auto held = static_cast<Index>(out.is_real() ? out.reals.size() : out.ints.size());
  if (out.dtype != DType::kOther && held != builder.checked_count(call, out.shape)) {
    call.malformed("the constant of shape " + show(out.shape) + " holds " + std::to_string(held) + " elements");
  }
  return {builder.constant(call, std::move(out))};
}

Values lower_constant_of_shape(Builder& builder, Call& call) {
  Tensor out;
  out.reals = {0.0};
  if (const Tensor* value = call.tensor("value")) {
    out = *value;
    if (out.reals.size() + out.ints.size() != 1) call.malformed("attribute 'value' must hold one element");
  }
  out.shape = call.constant_integers(0);
  const auto count = static_cast<std::size_t>(builder.checked_count(call, out.shape));
  if (out.is_real()) out.reals.assign(count, double(out.reals[0]));
  else out.ints.assign(count, std::int64_t(out.ints[0]));
  return {builder.constant(call, std::move(out))};
}

Values lower_shape(Builder& builder, Call& call) {
  const Shape& shape = call.input(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  std::int64_t start = 0, end = rank;
  if (call.opset() >= 15) {
    start = call.integer("start", 0);
    end = call.integer("end", rank);
  }
  const auto clamp = [&](std::int64_t v) { return v < 0 ? (v < -rank ? 0 : v + rank) : (v > rank ? rank : v); };
  Tensor out;
  out.dtype = DType::kInt64;
  for (std::int64_t d = clamp(start); d < clamp(end); ++d) out.ints.push_back(shape[static_cast<std::size_t>(d)]);
  out.shape = {static_cast<Index>(out.ints.size())};
  return {builder.constant(call, std::move(out))};
}

// A Cast says itself how it rounds, so casting a constant has one result everywhere.
Values lower_cast(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  call.ignore("saturate");    // about 8-bit floats
  call.ignore("round_mode");  // about 8-bit floats
  DType to = DType::kOther;
  switch (call.integer("to", 0)) {
    case 1: to = DType::kFloat32; break;
    case 6: to = DType::kInt32; break;
    case 7: to = DType::kInt64; break;
    case 9: to = DType::kBool; break;
    case 11: to = DType::kFloat64; break;
    default: call.unsupported("a cast to a type that is not handled");
  }
  if (to == x.dtype) return {x};
  if (!x.is_constant()) call.unsupported(std::string("a cast of a value that is no constant, to ") + show(to));
  const Tensor& source = *x.constant;
  if (source.dtype == DType::kOther) call.unsupported("a cast from a type that is not handled");
  Tensor out;
  out.dtype = to;
  out.shape = x.shape;
  const std::size_t count = source.reals.size() + source.ints.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (out.is_real()) {
      if (source.is_real()) {
        const double v = source.reals[i];
        out.reals.push_back(to == DType::kFloat32 ? static_cast<double>(static_cast<float>(v)) : v);
      } else {
        const std::int64_t v = source.ints[i];
        out.reals.push_back(to == DType::kFloat32 ? static_cast<double>(static_cast<float>(v)) : static_cast<double>(v));
      }
      continue;
    }
    if (to == DType::kBool) {
      out.ints.push_back(source.is_real() ? source.reals[i] != 0.0 : source.ints[i] != 0);
      continue;
    }
    std::int64_t v = 0;
    if (source.is_real()) {
      if (!(std::fabs(source.reals[i]) < 0x1p62)) call.unsupported("a cast of a number that does not fit an integer");
      v = static_cast<std::int64_t>(source.reals[i]);
    } else {
      v = source.ints[i];
    }
    if (to == DType::kInt32 && v != static_cast<std::int32_t>(v)) call.unsupported("a cast of a number that does not fit int32");
    out.ints.push_back(v);
  }
  return {builder.constant(call, std::move(out))};
}

}  // namespace

std::optional<Tensor> fold_exactly(const Call& call, Arithmetic operation, const Value& a, const Value& b,
                                   const Shape& shape) {
  const DType dtype = a.dtype;
  const bool real = dtype == DType::kFloat32 || dtype == DType::kFloat64;
  if (!real && dtype != DType::kInt32 && dtype != DType::kInt64) {
    call.unsupported(std::string("arithmetic on constants of type ") + show(dtype));
  }
  if (real) {  // NaN and infinity are refused here already
    (void)call.finite_reals(a, "a constant");
    (void)call.finite_reals(b, "a constant");
  }
  const Indices from_a = broadcast_indices(a.shape, shape), from_b = broadcast_indices(b.shape, shape);
  Tensor out;
  out.dtype = dtype;
  out.shape = shape;
  for (std::size_t i = 0; i < from_a.size(); ++i) {
    const auto ia = static_cast<std::size_t>(from_a[i]), ib = static_cast<std::size_t>(from_b[i]);
    if (real) {
      const auto value = exact(operation, a.constant->reals[ia], b.constant->reals[ib], dtype);
      if (!value) return std::nullopt;
      out.reals.push_back(*value);
    } else {
      out.ints.push_back(integer_result(call, operation, a.constant->ints[ia], b.constant->ints[ib], dtype));
    }
  }
  return out;
}

const std::vector<Operator>& constant_operators() {
  static const std::vector<Operator> table = {
      {"Constant", lower_constant_node, 0, 0}, {"ConstantOfShape", lower_constant_of_shape, 1, 1},
      {"Shape", lower_shape, 1, 1},            {"Cast", lower_cast, 1, 1},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
