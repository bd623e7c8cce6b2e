// Nodes, views and data movement.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

Index element_count(const Shape& shape) {
  Index count = 1;
  for (const Index dim : shape) count *= dim;
  return count;
}

Index Value::count() const { return element_count(shape); }

Builder::Builder(const Model& model) {
  Index given = 0;
  for (const auto& [name, tensor] : model.initializers) {
    given += static_cast<Index>(tensor.reals.size() + tensor.ints.size());
  }
  element_limit_ = std::clamp<Index>(given, Index{1} << 24, std::numeric_limits<std::int32_t>::max());
  budget_ = (Index{1} << 26) + 16 * given;
}

void Builder::charge(const Call& call, Index elements) {
  if (elements > budget_) call.too_large("the network needs more memory than such a file may ask for");
  budget_ -= elements;
}

Index Builder::checked_count(const Call& call, const Shape& shape) {
  Index count = 1;
  for (const Index dim : shape) {
    if (dim < 0) call.malformed("a dimension is negative: " + show(shape));
    if (dim == 0) return 0;
  }
  for (const Index dim : shape) {
    if (dim > element_limit_ / count) {
      call.too_large("a tensor of shape " + show(shape) + " has more elements than the limit of " +
                     std::to_string(element_limit_));
    }
    count *= dim;
  }
  return count;
}

NodeId Builder::add(Op op, std::vector<NodeId> inputs, Index size, const std::string& name) {
  bool depends = std::holds_alternative<InputOp>(op);
  for (const NodeId id : inputs) depends = depends || depends_on_input(id);
  if (network_.nodes.size() >= static_cast<std::size_t>(std::numeric_limits<NodeId>::max())) {
    fail(ErrorCode::kMemoryLimit, "the network has too many nodes");
  }
  network_.nodes.push_back(Node{std::move(op), std::move(inputs), size, name});
  depends_.push_back(depends);
  return static_cast<NodeId>(network_.nodes.size() - 1);
}

Value Builder::value(const Call& call, Op op, std::vector<NodeId> inputs, Shape shape, DType dtype, Map map) {
  const Index size = element_count(shape);
  charge(call, size);
  Value out;
  out.node = add(std::move(op), std::move(inputs), size, call.name());
  out.shape = std::move(shape);
  out.dtype = dtype;
  out.map = std::move(map);
  out.exclusive = true;
  return out;
}

bool Builder::is_injective(const Value& value) const {
  if (!value.map) return true;
  std::vector<bool> seen(at(size_of(value.node)), false);
  for (const std::int32_t i : *value.map) {
    if (i < 0 || seen[static_cast<std::size_t>(i)]) return false;
    seen[static_cast<std::size_t>(i)] = true;
  }
  return true;
}

bool Builder::is_bijective(const Value& value) const {
  return value.count() == size_of(value.node) && is_injective(value);
}

Value Builder::as_variable(const Call& call, const Value& value) {
  if (!value.is_constant()) return value;
  ConstantOp op{call.finite_reals(value, "a constant")};
  if (op.values.empty()) call.unsupported("a tensor without elements");
  return this->value(call, std::move(op), {}, value.shape, value.dtype);
}

Value Builder::as_bijective(const Call& call, const Value& value) {
  const Value variable = as_variable(call, value);
  if (is_bijective(variable)) return variable;
  Value out = variable;
  out.node = in_order(call, variable, nullptr);
  out.map = nullptr;
  out.fill = 0.0;
  out.exclusive = true;
  return out;
}

NodeId Builder::in_order(const Call& call, const Value& given, const Indices* order) {
  const Value value = as_variable(call, given);
  const Index count = value.count();
  Indices indices(at(count));
  bool identity = count == size_of(value.node);
  for (Index k = 0; k < count; ++k) {
    const std::int32_t i = value.at(order ? (*order)[at(k)] : k);
    indices[at(k)] = i;
    identity = identity && i == k;
  }
  if (identity) return value.node;
  charge(call, 2 * count);
  if (std::find(indices.begin(), indices.end(), -1) != indices.end() && !std::isfinite(value.fill)) {
    call.unsupported("padding with a value that is not finite");
  }
  return add(SelectOp{std::move(indices), value.fill}, {value.node}, count, call.name());
}

Value Builder::gather(const Call& call, const Value& value, Shape shape, Indices from, double fill) {
  const auto count = static_cast<Index>(from.size());
  charge(call, count);
  Value out = value;
  out.shape = std::move(shape);
  if (value.is_constant()) {
    auto tensor = std::make_shared<Tensor>();
    tensor->dtype = value.dtype;
    tensor->shape = out.shape;
    const Tensor& source = *value.constant;
    if (source.dtype == DType::kOther) call.unsupported("a constant of an element type that is not handled");
    if (source.is_real()) tensor->reals.resize(from.size());
    else tensor->ints.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (source.is_real()) tensor->reals[i] = from[i] < 0 ? fill : source.reals[static_cast<std::size_t>(from[i])];
      else tensor->ints[i] = from[i] < 0 ? static_cast<std::int64_t>(fill) : source.ints[static_cast<std::size_t>(from[i])];
    }
    out.constant = std::move(tensor);
    return out;
  }
  const bool fills = std::find(from.begin(), from.end(), -1) != from.end();
  const auto has_fill = [](const Value& v) { return v.map && std::find(v.map->begin(), v.map->end(), -1) != v.map->end(); };
  if (fills && fill != out.fill && has_fill(value)) {
    out.node = in_order(call, value, nullptr);
    out.map = nullptr;
    out.exclusive = true;
  }
  if (fills) out.fill = fill;
  Value old = out;
  for (std::int32_t& i : from) {
    if (i >= 0) i = old.at(i);
  }
  out.map = make_map(std::move(from), size_of(out.node));
  return out;
}

Value Builder::reshape(const Value& value, Shape shape) {
  Value out = value;
  out.shape = std::move(shape);
  return out;
}

Value Builder::permute(const Call& call, const Value& value, const std::vector<std::size_t>& order) {
  const std::size_t rank = value.shape.size();
  Shape shape(rank), stride(rank, 1), source_stride(rank);
  for (std::size_t d = rank; d-- > 1;) stride[d - 1] = stride[d] * value.shape[d];
  bool moves = false;
  std::size_t last = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    shape[d] = value.shape[order[d]];
    source_stride[d] = stride[order[d]];
    if (shape[d] != 1) {
      moves = moves || order[d] < last;
      last = order[d];
    }
  }
  if (!moves) return reshape(value, std::move(shape));
  Indices from(at(value.count()));
  std::vector<Index> counter(rank, 0);
  Index position = 0;
  for (std::int32_t& slot : from) {
    slot = static_cast<std::int32_t>(position);
    for (std::size_t d = rank; d-- > 0;) {
      position += source_stride[d];
      if (++counter[d] < shape[d]) break;
      position -= source_stride[d] * shape[d];
      counter[d] = 0;
    }
  }
  return gather(call, value, std::move(shape), std::move(from));
}

Value Builder::broadcast(const Call& call, const Value& value, const Shape& shape) {
  if (value.shape == shape) return value;
  const Index count = checked_count(call, shape);
  if (count == value.count()) return reshape(value, shape);
  return gather(call, value, shape, broadcast_indices(value.shape, shape));
}

Value Builder::constant(const Call& call, Tensor tensor) {
  charge(call, static_cast<Index>(tensor.reals.size() + tensor.ints.size()));
  Value out;
  out.shape = tensor.shape;
  out.dtype = tensor.dtype;
  out.constant = std::make_shared<Tensor>(std::move(tensor));
  return out;
}

Shape broadcast_shape(const Call& call, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (std::size_t d = 0; d < rank; ++d) {  // from the last dimension
    const Index x = d < a.size() ? a[a.size() - 1 - d] : 1;
    const Index y = d < b.size() ? b[b.size() - 1 - d] : 1;
    if (x != y && x != 1 && y != 1) {
      call.malformed("shapes " + show(a) + " and " + show(b) + " do not broadcast together");
    }
    out[rank - 1 - d] = x == 1 ? y : x;
  }
  return out;
}

Indices broadcast_indices(const Shape& from, const Shape& to) {
  const std::size_t rank = to.size();
  std::vector<Index> stride(rank, 0), counter(rank, 0);
  Index step = 1;
  for (std::size_t d = 0; d < from.size(); ++d) {
    const std::size_t source = from.size() - 1 - d;
    stride[rank - 1 - d] = from[source] == 1 ? 0 : step;
    step *= from[source];
  }
  Indices out(at(element_count(to)));
  Index position = 0;
  for (std::int32_t& slot : out) {
    slot = static_cast<std::int32_t>(position);
    for (std::size_t d = rank; d-- > 0;) {
      position += stride[d];
      if (++counter[d] < to[d]) break;
      position -= stride[d] * to[d];
      counter[d] = 0;
    }
  }
  return out;
}

Map make_map(Indices indices, Index node_size) {
  if (static_cast<Index>(indices.size()) == node_size) {
    bool identity = true;
    for (std::size_t i = 0; i < indices.size() && identity; ++i) identity = indices[i] == static_cast<std::int32_t>(i);
    if (identity) return nullptr;
  }
  return std::make_shared<const Indices>(std::move(indices));
}

Map nhwc_map(Index channels, Index pixels) {
  if (channels == 1 || pixels == 1) return nullptr;
  Indices map(at(channels * pixels));
  for (Index c = 0; c < channels; ++c) {
    for (Index p = 0; p < pixels; ++p) map[at(c * pixels + p)] = static_cast<std::int32_t>(p * channels + c);
  }
  return std::make_shared<const Indices>(std::move(map));
}

std::vector<double> in_storage_order(const Value& value, const std::vector<double>& constant,
                                     const Shape& constant_shape) {
  const Indices from = broadcast_indices(constant_shape, value.shape);
  std::vector<double> out(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    out[static_cast<std::size_t>(value.at(static_cast<Index>(i)))] = constant[static_cast<std::size_t>(from[i])];
  }
  return out;
}

}  // namespace verikit::bounds::lowering
