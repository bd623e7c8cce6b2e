// lower(): checks the graph, orders it, and hands each node that the output needs to its operator.
#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>

#include "base/fp_env.h"
#include "bounds/lowering.h"

namespace verikit::bounds {
namespace {

using namespace lowering;

// Operator sets whose semantics this code was written against.
constexpr std::int64_t kOldestOpset = 7, kNewestOpset = 28;

const Operator* find_operator(const std::string& name) {
  static const std::map<std::string, const Operator*> all = [] {
    std::map<std::string, const Operator*> out;
    for (const auto* table : {&movement_operators(), &affine_operators(), &arithmetic_operators(),
                              &activation_operators(), &pooling_operators(), &constant_operators()}) {
      for (const Operator& op : *table) out.emplace(op.name, &op);
    }
    return out;
  }();
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

const std::string& node_name(const ModelNode& node) {
  if (!node.name.empty()) return node.name;
  return node.outputs.empty() ? node.op_type : node.outputs.front();
}

[[noreturn]] void malformed(const std::string& message) { fail(ErrorCode::kModelFormat, message); }

// Who makes each value, in which order the live nodes can run, and how often each value is looked at.
struct Plan {
  std::vector<std::size_t> order;
  std::unordered_map<std::string, int> uses;
};

Plan make_plan(const Model& model) {
  constexpr std::size_t kNobody = static_cast<std::size_t>(-1);  // an input or an initializer
  std::unordered_map<std::string, std::size_t> maker;
  for (const ValueInfo& input : model.inputs) {
    if (!maker.emplace(input.name, kNobody).second) malformed("two graph inputs are named " + quote(input.name));
  }
  for (const auto& [name, tensor] : model.initializers) {
    if (!maker.emplace(name, kNobody).second) malformed("input and initializer are both named " + quote(name));
  }
  for (std::size_t n = 0; n < model.nodes.size(); ++n) {
    for (const std::string& output : model.nodes[n].outputs) {
      if (!output.empty() && !maker.emplace(output, n).second) {
        malformed("value " + quote(output) + " is defined twice, the second time by node " + quote(node_name(model.nodes[n])));
      }
    }
  }
  // Kahn's algorithm over all nodes: also dead ones must be well-formed.
  std::vector<std::size_t> waits(model.nodes.size(), 0);
  std::vector<std::vector<std::size_t>> followers(model.nodes.size());
  for (std::size_t n = 0; n < model.nodes.size(); ++n) {
    for (const std::string& input : model.nodes[n].inputs) {
      if (input.empty()) continue;
      const auto found = maker.find(input);
      if (found == maker.end()) {
        malformed("node " + quote(node_name(model.nodes[n])) + " (" + model.nodes[n].op_type + ") reads " + quote(input) +
                  ", which nothing defines");
      }
      if (found->second == kNobody) continue;
      followers[found->second].push_back(n);
      ++waits[n];
    }
  }
  std::deque<std::size_t> ready;
  for (std::size_t n = 0; n < waits.size(); ++n) {
    if (waits[n] == 0) ready.push_back(n);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t n = ready.front();
    ready.pop_front();
    order.push_back(n);
    for (const std::size_t f : followers[n]) {
      if (--waits[f] == 0) ready.push_back(f);
    }
  }
  if (order.size() != model.nodes.size()) {
    const auto stuck = static_cast<std::size_t>(std::find_if(waits.begin(), waits.end(), [](std::size_t w) { return w > 0; }) - waits.begin());
    malformed("the graph has a cycle; node " + quote(node_name(model.nodes[stuck])) + " (" + model.nodes[stuck].op_type +
              ") lies on it or behind it");
  }

  const std::string& output = model.outputs.front().name;
  const auto found = maker.find(output);
  if (found == maker.end()) malformed("nothing defines the graph output " + quote(output));
  std::vector<bool> live(model.nodes.size(), false);
  if (found->second != kNobody) live[found->second] = true;
  Plan plan;
  ++plan.uses[output];
  for (std::size_t i = order.size(); i-- > 0;) {
    const std::size_t n = order[i];
    if (!live[n]) continue;
    for (const std::string& input : model.nodes[n].inputs) {
      if (input.empty()) continue;
      ++plan.uses[input];
      const std::size_t from = maker.at(input);
      if (from != kNobody) live[from] = true;
    }
  }
  for (const std::size_t n : order) {
    if (live[n]) plan.order.push_back(n);
  }
  return plan;
}

Shape static_input_shape(const ValueInfo& input) {
  if (!input.has_shape) fail(ErrorCode::kUnsupported, "graph input " + quote(input.name) + " has no shape; export it with one");
  Shape shape = input.shape;
  if (!shape.empty() && shape[0] < 0) shape[0] = 1;  // the batch
  for (const Index dim : shape) {
    if (dim < 0) {
      fail(ErrorCode::kUnsupported, "graph input " + quote(input.name) + " has shape " + show(input.shape) +
                                        "; only a leading batch dimension may be dynamic");
    }
    if (dim == 0) fail(ErrorCode::kUnsupported, "graph input " + quote(input.name) + " has no elements: " + show(input.shape));
  }
  return shape;
}

Shape without_batch(const Shape& shape) {
  return shape.size() > 1 && shape[0] == 1 ? Shape(shape.begin() + 1, shape.end()) : shape;
}

// Drops what nothing needs and numbers the rest anew; the input stays first.
void sweep(Network& network) {
  std::vector<bool> live(network.nodes.size(), false);
  live[0] = true;
  live[static_cast<std::size_t>(network.output)] = true;
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    if (!live[i]) continue;
    for (const NodeId input : network.nodes[i].inputs) live[static_cast<std::size_t>(input)] = true;
  }
  std::vector<NodeId> renamed(network.nodes.size(), -1);
  std::vector<Node> kept;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (!live[i]) continue;
    renamed[i] = static_cast<NodeId>(kept.size());
    for (NodeId& input : network.nodes[i].inputs) input = renamed[static_cast<std::size_t>(input)];
    kept.push_back(std::move(network.nodes[i]));
  }
  network.output = renamed[static_cast<std::size_t>(network.output)];
  network.nodes = std::move(kept);
}

using Table = std::unordered_map<std::string, Value>;

void run_node(Builder& builder, const Model& model, const Plan& plan, const ModelNode& node, Table& table) {
  const auto place = [&] { return "node " + quote(node_name(node)) + " (" + node.op_type + "): "; };
  if (!node.domain.empty()) {
    fail(ErrorCode::kUnsupportedOp, place() + "operators of domain " + quote(node.domain) + " are not supported");
  }
  const Operator* op = find_operator(node.op_type);
  std::vector<Value> inputs;
  for (const std::string& name : node.inputs) {
    Value value;
    if (!name.empty()) {
      const auto found = table.find(name);
      if (found == table.end()) {
        fail(ErrorCode::kUnsupportedOp, place() + "its input " + quote(name) + " is an output that verikit does not compute");
      }
      value = found->second;
      value.exclusive = value.exclusive && plan.uses.at(name) == 1;
    }
    inputs.push_back(std::move(value));
  }
  if (op == nullptr) {
    std::string shapes;
    for (const Value& v : inputs) shapes += (shapes.empty() ? "" : " and ") + (v.present() ? show(v.shape) : std::string("nothing"));
    fail(ErrorCode::kUnsupportedOp, place() + "this operator is not supported (inputs " + shapes + ")");
  }
  if (inputs.size() > op->max_inputs) {
    fail(ErrorCode::kModelFormat, place() + "takes at most " + std::to_string(op->max_inputs) + " inputs, got " + std::to_string(inputs.size()));
  }
  Call call(node, model.opset, std::move(inputs));
  for (std::size_t i = 0; i < op->min_inputs; ++i) (void)call.input(i);
  Values outputs = op->handler(builder, call);
  call.finish();
  for (std::size_t i = 0; i < outputs.size() && i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    if (outputs[i].count() == 0 && !outputs[i].is_constant()) call.unsupported("its result has no elements");
    table[node.outputs[i]] = std::move(outputs[i]);
  }
}

}  // namespace

Network lower(const Model& model) {
  const FpEnvironment environment;
  if (model.opset < kOldestOpset || model.opset > kNewestOpset) {
    fail(ErrorCode::kUnsupported, "operator set " + std::to_string(model.opset) + " is not supported, only " +
                                      std::to_string(kOldestOpset) + " to " + std::to_string(kNewestOpset) +
                                      "; convert the model (onnx.version_converter)");
  }
  if (model.outputs.empty()) malformed("the graph has no output");
  if (model.outputs.size() > 1) {
    fail(ErrorCode::kUnsupported, "the graph has " + std::to_string(model.outputs.size()) + " outputs (" +
                                      quote(model.outputs[0].name) + ", " + quote(model.outputs[1].name) +
                                      ", ...); a network has one: remove the others or join them with Concat");
  }
  if (model.inputs.size() != 1) {
    fail(ErrorCode::kUnsupported, "the graph has " + std::to_string(model.inputs.size()) +
                                      " inputs that are not initializers; a network has exactly one");
  }
  const Plan plan = make_plan(model);
  const ValueInfo& input = model.inputs.front();
  if (input.dtype != DType::kFloat32 && input.dtype != DType::kFloat64) {
    fail(ErrorCode::kUnsupported, "graph input " + quote(input.name) + " is of type " + show(input.dtype) +
                                      "; only float32 and float64 networks are supported");
  }

  Builder builder(model);
  const ModelNode nowhere{"", "graph", "", {}, {input.name}, {}};
  const Call graph(nowhere, model.opset, {});
  Value x;
  x.shape = static_input_shape(input);
  x.dtype = input.dtype;
  (void)builder.checked_count(graph, x.shape);
  x.node = builder.add(InputOp{}, {}, x.count(), input.name);
  Table table;
  table[input.name] = x;
  for (const auto& [name, tensor] : model.initializers) {
    if (plan.uses.count(name) == 0) continue;
    Value value;
    value.shape = tensor.shape;
    value.dtype = tensor.dtype;
    const Index count = builder.checked_count(graph, tensor.shape);
    const auto held = static_cast<Index>(tensor.is_real() ? tensor.reals.size() : tensor.ints.size());
    if (tensor.dtype != DType::kOther && held != count) {
      malformed("initializer " + quote(name) + " of shape " + show(tensor.shape) + " holds " + std::to_string(held) + " elements");
    }
    value.constant = std::shared_ptr<const Tensor>(std::shared_ptr<const Tensor>(), &tensor);  // the model outlives us
    table[name] = std::move(value);
  }
  for (const std::size_t n : plan.order) run_node(builder, model, plan, model.nodes[n], table);

  const ValueInfo& declared = model.outputs.front();
  const auto found = table.find(declared.name);
  if (found == table.end()) {
    fail(ErrorCode::kUnsupportedOp, "the graph output " + quote(declared.name) + " is an output that verikit does not compute");
  }
  const Value& y = found->second;
  if (y.dtype != input.dtype) {
    fail(ErrorCode::kUnsupported, "the graph output is of type " + std::string(show(y.dtype)) + ", its input of type " + show(input.dtype));
  }
  Index declared_count = declared.has_shape ? 1 : -1;
  for (const Index dim : declared.shape) declared_count = dim < 0 || declared_count < 0 ? -1 : std::min(declared_count * dim, Index{1} << 31);
  if (declared_count >= 0 && declared_count != y.count()) {
    malformed("the graph output is declared as " + show(declared.shape) + ", but its value has shape " + show(y.shape));
  }
  Network& network = builder.network_;
  network.output = builder.in_order(graph, y, nullptr);
  network.input_shape = without_batch(x.shape);
  network.output_shape = without_batch(y.shape);
  network.dtype = input.dtype;
  sweep(network);
  return std::move(network);
}

}  // namespace verikit::bounds
