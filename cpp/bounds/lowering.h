// What the files lower*.cpp share. Internal to lower(); nobody else includes this.
//
// A Value is an ONNX tensor during lowering: either a known constant, or a view of a network node's flat
// storage: `map` says where each element (in ONNX row-major order) lies in it. Data movement only composes
// maps; a SelectOp is made when a consumer needs another storage order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "bounds/network.h"
#include "bounds/text.h"

namespace verikit::bounds::lowering {

using Indices = std::vector<std::int32_t>;
using Map = std::shared_ptr<const Indices>;  // null: the identity

struct Value {
  Shape shape;
  DType dtype = DType::kOther;
  std::shared_ptr<const Tensor> constant;  // set: its elements are known (its own shape does not count)
  NodeId node = -1;                        // otherwise a view of this node
  Map map;
  double fill = 0.0;       // the value of elements whose map entry is -1
  bool exclusive = false;  // nobody else looks at the node: it may still be changed

  [[nodiscard]] bool present() const { return constant != nullptr || node >= 0; }
  [[nodiscard]] bool is_constant() const { return constant != nullptr; }
  [[nodiscard]] Index count() const;
  [[nodiscard]] std::int32_t at(Index i) const {
    return map ? (*map)[static_cast<std::size_t>(i)] : static_cast<std::int32_t>(i);
  }
};

// Number of elements. requires: non-negative dimensions; the product fits (every Value's does).
Index element_count(const Shape& shape);

// One ONNX node being lowered: its inputs, its attributes, and its name in messages.
class Call {
 public:
  Call(const ModelNode& node, std::int64_t opset, std::vector<Value> inputs)
      : node_(node), opset_(opset), inputs_(std::move(inputs)) {}

  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] std::size_t outputs() const { return node_.outputs.size(); }
  [[nodiscard]] std::size_t inputs() const { return inputs_.size(); }
  [[nodiscard]] bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i].present(); }
  [[nodiscard]] const Value& input(std::size_t i) const;
  [[nodiscard]] const std::string& name() const;

  [[noreturn]] void unsupported(const std::string& message) const;  // kUnsupportedOp
  [[noreturn]] void malformed(const std::string& message) const;    // kModelFormat
  [[noreturn]] void too_large(const std::string& message) const;    // kMemoryLimit

  // Attributes. Whatever is not asked for by the time of finish() is refused there.
  [[nodiscard]] std::int64_t integer(const char* key, std::int64_t otherwise);
  [[nodiscard]] double real(const char* key, double otherwise);
  [[nodiscard]] std::string text(const char* key, const char* otherwise);
  [[nodiscard]] std::optional<Shape> integers(const char* key);
  [[nodiscard]] std::optional<std::vector<double>> reals(const char* key);
  [[nodiscard]] const Tensor* tensor(const char* key);
  [[nodiscard]] bool has_attribute(const char* key) const { return node_.attributes.count(key) != 0; }
  void ignore(const char* key) { used_.insert(key); }
  void finish() const;

  // Input i as known integers (axes, shapes, indices), or as known finite numbers.
  [[nodiscard]] const std::vector<std::int64_t>& constant_integers(std::size_t i) const;
  [[nodiscard]] const std::vector<double>& constant_reals(std::size_t i, const char* what) const;
  [[nodiscard]] const std::vector<double>& finite_reals(const Value& value, const char* what) const;
  // Integers from an input (new operator sets) or from an attribute (old ones); nothing when absent.
  [[nodiscard]] std::optional<Shape> integers_from(std::size_t i, const char* key, std::int64_t input_since);
  // axis in [-rank, rank) -> [0, rank); malformed otherwise.
  [[nodiscard]] std::size_t axis(std::int64_t axis, std::size_t rank) const;

 private:
  template <class T>
  const T* get(const char* key, const char* expected);

  const ModelNode& node_;
  std::int64_t opset_;
  std::vector<Value> inputs_;
  std::set<std::string> used_;
};

// The network under construction.
class Builder {
 public:
  explicit Builder(const Model& model);

  // ---- nodes
  NodeId add(Op op, std::vector<NodeId> inputs, Index size, const std::string& name);
  [[nodiscard]] Node& node(NodeId id) { return network_.nodes[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Index size_of(NodeId id) const { return network_.nodes[static_cast<std::size_t>(id)].size; }
  // Whether the node's value depends on the network's input.
  [[nodiscard]] bool depends_on_input(NodeId id) const { return depends_[static_cast<std::size_t>(id)]; }
  // A new node, seen through `map` as a value of this shape.
  Value value(const Call& call, Op op, std::vector<NodeId> inputs, Shape shape, DType dtype, Map map = nullptr);

  // ---- storage
  // True if every element of the node's storage is seen exactly once.
  [[nodiscard]] bool is_bijective(const Value& value) const;
  // True if no element of the storage is seen twice, and none is a fill.
  [[nodiscard]] bool is_injective(const Value& value) const;
  // A view of a node (constants get one) with nothing else in it, or everything seen once.
  Value as_variable(const Call& call, const Value& value);
  Value as_bijective(const Call& call, const Value& value);
  // A node whose storage order is: element k is the value's ONNX element order[k] (null: ONNX order).
  NodeId in_order(const Call& call, const Value& value, const Indices* order);

  // ---- data movement: element i of the result is element from[i] of the value, or fill where -1.
  Value gather(const Call& call, const Value& value, Shape shape, Indices from, double fill = 0.0);
  Value reshape(const Value& value, Shape shape);
  Value permute(const Call& call, const Value& value, const std::vector<std::size_t>& order);
  Value broadcast(const Call& call, const Value& value, const Shape& shape);
  Value constant(const Call& call, Tensor tensor);

  // Accounts for `elements` newly allocated ones; kMemoryLimit when a small file asks for a huge network.
  void charge(const Call& call, Index elements);
  // The product of the dimensions, limited. Refuses negative ones.
  Index checked_count(const Call& call, const Shape& shape);

  Network network_;

 private:
  std::vector<bool> depends_;
  Index element_limit_;
  Index budget_;
};

// numpy's rule; malformed when the shapes do not go together.
Shape broadcast_shape(const Call& call, const Shape& a, const Shape& b);
// out[k] for each element k of `to`: the element of `from` it is broadcast from.
Indices broadcast_indices(const Shape& from, const Shape& to);
// null if the indices are 0, 1, ..., size-1.
Map make_map(Indices indices, Index node_size);
// ONNX order (N=1, C, H, W) -> storage order (H, W, C); null where they agree.
Map nhwc_map(Index channels, Index pixels);
// Per storage element of a bijective value, the constant broadcast to the value's shape.
std::vector<double> in_storage_order(const Value& value, const std::vector<double>& constant,
                                     const Shape& constant_shape);

using Values = std::vector<Value>;
using Handler = Values (*)(Builder&, Call&);
struct Operator {
  const char* name;
  Handler handler;
  std::size_t min_inputs, max_inputs;
};
// Each file of operators gives its table.
const std::vector<Operator>& movement_operators();
const std::vector<Operator>& affine_operators();
const std::vector<Operator>& arithmetic_operators();
const std::vector<Operator>& activation_operators();
const std::vector<Operator>& pooling_operators();
const std::vector<Operator>& constant_operators();

Values lower_conv(Builder& builder, Call& call);
Values lower_batch_norm(Builder& builder, Call& call);

// A window that slides over two spatial dimensions (the first is 1 for 1-D operators).
struct Window {
  Index in[2] = {1, 1}, out[2] = {1, 1}, kernel[2] = {1, 1}, stride[2] = {1, 1}, dilation[2] = {1, 1};
  Index before[2] = {0, 0}, after[2] = {0, 0};
  bool overhangs = false;  // ceil_mode made a window reach past the padding

  [[nodiscard]] Index in_pixels() const { return in[0] * in[1]; }
  [[nodiscard]] Index out_pixels() const { return out[0] * out[1]; }
};
// Reads strides, dilations, pads, auto_pad (and ceil_mode where the operator has it) for an input
// (1, C, [H,] W) and these kernel sizes. Refuses other ranks and batches.
Window read_window(Call& call, const Shape& input, const Shape& kernel, bool has_ceil_mode, bool has_dilations = true);

// The terms of an affine node; null for other nodes.
AffineTerms* affine_terms(Op& op);
// x + y with a bound of the error of the double sum.
struct Sum {
  double value, error;
};
Sum add_with_error(double x, double y);
// At least the exact sum / product of non-negative numbers.
double add_up(double x, double y);
double mul_up(double x, double y);

// Tries a (+ - * /) b on two constants, broadcast to `shape`; nothing unless every element is exact in their
// type: elsewhere a float evaluation rounds, and the node must stay for its rounding to be bounded.
enum class Arithmetic : std::uint8_t { kAdd, kSub, kMul, kDiv };
std::optional<Tensor> fold_exactly(const Call& call, Arithmetic operation, const Value& a, const Value& b,
                                   const Shape& shape);

// Adds `shift` (one per storage element) to the bias of the affine node behind the value, if nobody
// else sees the node and the constant is the same wherever the bias is shared.
bool fuse_bias(Builder& builder, const Call& call, const Value& value, const std::vector<double>& shift);

}  // namespace verikit::bounds::lowering
