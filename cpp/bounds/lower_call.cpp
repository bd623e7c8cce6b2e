// One ONNX node: messages, attributes, constant inputs.
#include <cmath>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {

const std::string& Call::name() const {
  if (!node_.name.empty()) return node_.name;
  if (!node_.outputs.empty()) return node_.outputs.front();
  return node_.op_type;
}

namespace {

std::string place(const std::string& name, const ModelNode& node, const std::vector<Value>& inputs) {
  std::string out = "node " + quote(name) + " (" + node.op_type + ")";
  for (std::size_t i = 0; i < inputs.size() && i < 6; ++i) {
    out += i == 0 ? " of " : " and ";
    out += inputs[i].present() ? show(inputs[i].shape) : std::string("nothing");
  }
  if (inputs.size() > 6) out += " ...";
  return out + ": ";
}

}  // namespace

void Call::unsupported(const std::string& message) const {
  fail(ErrorCode::kUnsupportedOp, place(name(), node_, inputs_) + message);
}
void Call::malformed(const std::string& message) const {
  fail(ErrorCode::kModelFormat, place(name(), node_, inputs_) + message);
}
void Call::too_large(const std::string& message) const {
  fail(ErrorCode::kMemoryLimit, place(name(), node_, inputs_) + message);
}

const Value& Call::input(std::size_t i) const {
  if (!has(i)) malformed("input " + std::to_string(i) + " is missing");
  return inputs_[i];
}

template <class T>
const T* Call::get(const char* key, const char* expected) {
  const auto found = node_.attributes.find(key);
  if (found == node_.attributes.end()) return nullptr;
  used_.insert(key);
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) malformed("attribute " + quote(key) + " must be " + expected);
  return value;
}

std::int64_t Call::integer(const char* key, std::int64_t otherwise) {
  const auto* value = get<std::int64_t>(key, "an integer");
  return value ? *value : otherwise;
}
double Call::real(const char* key, double otherwise) {
  const auto* value = get<double>(key, "a number");
  return value ? *value : otherwise;
}
std::string Call::text(const char* key, const char* otherwise) {
  const auto* value = get<std::string>(key, "a string");
  return value ? *value : otherwise;
}
std::optional<Shape> Call::integers(const char* key) {
  const auto* value = get<std::vector<std::int64_t>>(key, "a list of integers");
  return value ? std::optional<Shape>(*value) : std::nullopt;
}
std::optional<std::vector<double>> Call::reals(const char* key) {
  const auto* value = get<std::vector<double>>(key, "a list of numbers");
  return value ? std::optional<std::vector<double>>(*value) : std::nullopt;
}
const Tensor* Call::tensor(const char* key) { return get<Tensor>(key, "a tensor"); }

void Call::finish() const {
  for (const auto& [key, value] : node_.attributes) {
    if (used_.count(key) == 0) {
      unsupported("attribute " + quote(key) + " is not known for this operator (operator set " +
                  std::to_string(opset_) + ")");
    }
  }
}

const std::vector<std::int64_t>& Call::constant_integers(std::size_t i) const {
  const Value& value = input(i);
  if (!value.is_constant()) unsupported("input " + std::to_string(i) + " must be a constant");
  if (value.dtype != DType::kInt64 && value.dtype != DType::kInt32) {
    malformed("input " + std::to_string(i) + " must hold int32 or int64, it holds " + show(value.dtype));
  }
  return value.constant->ints;
}

const std::vector<double>& Call::finite_reals(const Value& value, const char* what) const {
  if (!value.is_constant()) {
    unsupported(std::string(what) +
                " must be a constant; it is computed in the graph (constant arithmetic is folded only where "
                "it is exact in the model's type)");
  }
  if (value.dtype != DType::kFloat32 && value.dtype != DType::kFloat64) {
    unsupported(std::string(what) + " must be float32 or float64, it is " + show(value.dtype));
  }
  for (const double v : value.constant->reals) {
    if (!std::isfinite(v)) malformed(std::string(what) + " holds a value that is NaN or infinite");
  }
  return value.constant->reals;
}

const std::vector<double>& Call::constant_reals(std::size_t i, const char* what) const {
  return finite_reals(input(i), what);
}

std::optional<Shape> Call::integers_from(std::size_t i, const char* key, std::int64_t input_since) {
  if (opset_ < input_since) {
    if (has(i)) malformed("more inputs than operator set " + std::to_string(opset_) + " knows");
    return integers(key);
  }
  if (!has(i)) return std::nullopt;
  return constant_integers(i);
}

std::size_t Call::axis(std::int64_t axis, std::size_t rank) const {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) {
    malformed("axis " + std::to_string(axis) + " is out of range for " + std::to_string(rank) + " dimensions");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + size : axis);
}

}  // namespace verikit::bounds::lowering
