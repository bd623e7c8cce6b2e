// lower(): what graphs become, and what the nodes say about their rounding. That they compute the right
// function is checked against other runtimes in tests/differential.
#include <cmath>

#include "base/error.h"
#include "bounds/network.h"
#include "check.h"

namespace {

using namespace verikit;
using namespace verikit::bounds;

Tensor real(Shape shape, std::vector<double> values, DType dtype = DType::kFloat32) {
  return Tensor{dtype, std::move(shape), std::move(values), {}};
}
Tensor ints(std::vector<std::int64_t> values) {
  return Tensor{DType::kInt64, {static_cast<Index>(values.size())}, {}, std::move(values)};
}

struct Graph {
  Model model;
  explicit Graph(Shape input, DType dtype = DType::kFloat32, std::int64_t opset = 13) {
    model.ir_version = 8;
    model.opset = opset;
    model.inputs.push_back({"x", dtype, std::move(input), true});
  }
  Graph& constant(const std::string& name, Tensor tensor) {
    model.initializers[name] = std::move(tensor);
    return *this;
  }
  Graph& node(const std::string& op, std::vector<std::string> inputs, std::vector<std::string> outputs,
              std::map<std::string, Attribute> attributes = {}) {
    model.nodes.push_back({"n_" + outputs.front(), op, "", std::move(inputs), std::move(outputs), std::move(attributes)});
    return *this;
  }
  Graph& output(const std::string& name) {
    model.outputs.push_back({name, DType::kFloat32, {}, false});
    return *this;
  }
};

template <class T>
int count(const Network& network) {
  int out = 0;
  for (const Node& node : network.nodes) out += std::holds_alternative<T>(node.op);
  return out;
}
template <class T>
const T& only(const Network& network) {
  for (const Node& node : network.nodes) {
    if (const T* op = std::get_if<T>(&node.op)) return *op;
  }
  fail(ErrorCode::kInternal, "the network has no such node");
}
ErrorCode error_of(const Graph& graph) {
  try {
    (void)lower(graph.model);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kCount;
}
std::string message_of(const Graph& graph) {
  try {
    (void)lower(graph.model);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Graph linear() {
  Graph g({1, 2});
  g.constant("w", real({2, 2}, {1, 2, 3, 4})).constant("b", real({2}, {0.5, -8})).node("MatMul", {"x", "w"}, {"z"});
  return g;
}
Graph& norm(Graph& g, const std::string& from, const std::string& to) {
  return g.constant("s", real({2}, {3, -2})).constant("t", real({2}, {1, 1})).constant("m", real({2}, {0.25, 4}))
      .constant("v", real({2}, {2, 0.5})).node("BatchNormalization", {from, "s", "t", "m", "v"}, {to}, {{"epsilon", 0.0}});
}

}  // namespace

TEST(lower_fuses_matmul_and_add_into_one_linear_node) {
  const Network n = lower(linear().node("Add", {"b", "z"}, {"y"}).output("y").model);
  CHECK(n.nodes.size() == 2);
  const auto& op = only<LinearOp>(n);
  CHECK((op.weight == std::vector<double>{1, 3, 2, 4}));  // [out][in]
  CHECK((op.terms.bias == std::vector<double>{0.5, -8}));
  CHECK((op.terms.bias_magnitude == std::vector<double>{0.5, 8}));
  CHECK(op.terms.extra_roundings == 1 && op.terms.weight_relative_error == 0.0 && op.terms.bias_error.empty());
}

TEST(lower_keeps_a_linear_node_that_somebody_else_reads) {
  const Network n = lower(linear().node("Add", {"z", "b"}, {"a"}).node("Mul", {"a", "z"}, {"y"}).output("y").model);
  CHECK((only<LinearOp>(n).terms.bias == std::vector<double>{0, 0}));
  CHECK(count<ScaleOp>(n) == 1);
  // also through a view
  const Network v = lower(linear().constant("r", ints({2, 1})).node("Reshape", {"z", "r"}, {"view"}).node("Reshape", {"view", "q"}, {"back"})
                              .constant("q", ints({1, 2})).node("Add", {"z", "b"}, {"a"}).node("Mul", {"a", "back"}, {"y"}).output("y").model);
  CHECK((only<LinearOp>(v).terms.bias == std::vector<double>{0, 0}));
}

TEST(lower_states_the_error_of_a_bias_sum_that_is_not_a_double) {
  Graph g = linear();
  g.constant("c", real({2}, {0x1p-60, 1})).node("Add", {"z", "b"}, {"a"}).node("Add", {"a", "c"}, {"y"}).output("y");
  const Network n = lower(g.model);
  const auto& terms = only<LinearOp>(n).terms;
  CHECK(terms.extra_roundings == 2);
  CHECK(terms.bias_error.at(0) >= 0x1p-60 && terms.bias_error.at(0) < 0x1p-59 && terms.bias_error.at(1) == 0.0);
  CHECK(terms.bias_magnitude[0] >= 0.5 + 0x1p-60 && terms.bias_magnitude[1] >= 9.0);
}

TEST(lower_folds_batch_norm_and_says_how_far_off_the_weights_may_be) {
  Graph g = linear();
  g.node("Add", {"z", "b"}, {"a"});
  const Network n = lower(norm(g, "a", "y").output("y").model);
  CHECK(n.nodes.size() == 2);
  const auto& op = only<LinearOp>(n);
  const long double s0 = 3.0L / std::sqrt(2.0L), s1 = -2.0L / std::sqrt(0.5L);
  const long double truth[4] = {1 * s0, 3 * s0, 2 * s1, 4 * s1};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(std::fabs(truth[i] - static_cast<long double>(op.weight[i])) <= op.terms.weight_relative_error * std::fabs(op.weight[i]));
  }
  CHECK(op.terms.weight_relative_error > 0.0 && op.terms.weight_relative_error < 0x1p-40);
  const long double bias[2] = {s0 * (0.5L - 0.25L) + 1, s1 * (-8.0L - 4.0L) + 1};
  const long double magnitude[2] = {s0 * 0.75L + 1, -s1 * 12.0L + 1};
  for (std::size_t o = 0; o < 2; ++o) {
    CHECK(std::fabs(bias[o] - static_cast<long double>(op.terms.bias[o])) <= op.terms.bias_error.at(o));
    CHECK(static_cast<long double>(op.terms.bias_magnitude[o]) >= magnitude[o]);
    CHECK(op.terms.bias_error[o] < 1e-10);
  }
  CHECK(op.terms.extra_roundings >= 8);      // as written: eight more steps
  CHECK(op.terms.underflow_scale >= 2.8285);  // |s1|
}

TEST(lower_gives_a_batch_norm_without_a_linear_node_before_it_a_node_of_its_own) {
  Graph g({1, 2});
  const Network n = lower(norm(g, "x", "y").output("y").model);
  const auto& op = only<SparseOp>(n);
  CHECK(op.weight.size() == 2 && op.terms.weight_relative_error > 0.0 && op.terms.extra_roundings >= 7);
}

TEST(lower_counts_the_roundings_of_alpha_and_beta) {
  Graph g({1, 2});
  g.constant("w", real({2, 2}, {0.1F, 2, 3, 4})).constant("b", real({2}, {0.5, -8}));
  g.node("Gemm", {"x", "w", "b"}, {"y"}, {{"alpha", 0.3}, {"beta", static_cast<double>(0.7F)}}).output("y");
  const Network n = lower(g.model);
  const auto& terms = only<LinearOp>(n).terms;
  CHECK(terms.extra_roundings == 3);
  CHECK(terms.weight_relative_error >= 0x1p-53 && terms.weight_relative_error < 0x1p-50);  // 0.3 is no float32: products round
  CHECK(terms.bias_magnitude[1] >= 8 * static_cast<double>(0.7F));
  CHECK(terms.underflow_scale >= 4.0);
}

TEST(lower_averages_with_a_stated_error_unless_the_divisor_is_a_power_of_two) {
  const auto mean = [](Index size) {
    Graph g({1, size});
    g.node("ReduceMean", {"x"}, {"y"}, {{"axes", std::vector<std::int64_t>{1}}}).output("y");
    return only<SparseOp>(lower(g.model)).terms;
  };
  CHECK(mean(3).weight_relative_error >= 0x1p-53 && mean(3).extra_roundings == 2);
  CHECK(mean(4).weight_relative_error == 0.0);
}

TEST(lower_divides_by_a_constant_with_two_roundings) {
  Graph g({1, 2});
  g.constant("c", real({2}, {3, 4})).node("Div", {"x", "c"}, {"y"}).output("y");
  const Network n = lower(g.model);
  CHECK(only<ScaleOp>(n).roundings == 2 && only<ScaleOp>(n).scale_relative_error >= 0x1p-53);
}

TEST(lower_folds_constant_arithmetic_only_where_floats_do_not_round) {
  const auto weight = [](double a, double b, const char* op, DType dtype = DType::kFloat32) {
    Graph g({1, 1}, dtype);
    g.constant("a", real({1, 1}, {a}, dtype)).constant("b", real({1, 1}, {b}, dtype));
    g.node(op, {"a", "b"}, {"w"}).node("MatMul", {"x", "w"}, {"y"}).output("y");
    return error_of(g);
  };
  const ErrorCode exact = ErrorCode::kCount, rounds = ErrorCode::kUnsupportedOp;
  CHECK(weight(1.5, 0.25, "Add") == exact);
  CHECK(weight(0x1p24, 1, "Add") == rounds);
  CHECK(weight(0x1p24, 1, "Add", DType::kFloat64) == exact);
  CHECK(weight(0x1p53, 1, "Add", DType::kFloat64) == rounds);
  CHECK(weight(3, 0.5, "Mul") == exact);
  CHECK(weight(0.1F, 0.1F, "Mul") == rounds);
  CHECK(weight(0.1F, 0.1F, "Mul", DType::kFloat64) == exact);
  CHECK(weight(0.1, 0.1, "Mul", DType::kFloat64) == rounds);
  CHECK(weight(0x1p-600, 0x1p-600, "Mul", DType::kFloat64) == rounds);
  CHECK(weight(0x1p-100, 0x1p-40, "Mul") == rounds);  // subnormal: may be flushed
  CHECK(weight(3, 2, "Div") == exact);
  CHECK(weight(1, 3, "Div") == rounds);
  CHECK(weight(0x1p127, 0x1p127, "Add") == rounds);  // overflows float32
}

TEST(lower_keeps_constant_arithmetic_that_rounds_as_nodes) {
  Graph g({1, 1});
  g.constant("a", real({1}, {0.1F})).constant("b", real({1}, {0.3F})).node("Mul", {"a", "b"}, {"c"}).node("Add", {"x", "c"}, {"y"}).output("y");
  const Network n = lower(g.model);
  CHECK(count<ConstantOp>(n) == 1 && count<ScaleOp>(n) == 1 && count<AddOp>(n) == 1);
}

TEST(lower_folds_a_transposition_into_the_weights) {
  Graph g({1, 2, 3});
  g.constant("w", real({6, 1}, {1, 2, 3, 4, 5, 6})).node("Transpose", {"x"}, {"t"}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  g.node("Flatten", {"t"}, {"f"}).node("MatMul", {"f", "w"}, {"y"}).output("y");
  const Network n = lower(g.model);
  CHECK(n.nodes.size() == 2 && count<SelectOp>(n) == 0);
  CHECK((only<LinearOp>(n).weight == std::vector<double>{1, 3, 5, 2, 4, 6}));
}

TEST(lower_drops_dead_nodes_and_the_batch) {
  Graph g({-1, 3});
  g.node("Softmax", {"x"}, {"dead"}).node("Relu", {"x"}, {"y"}).output("y");
  const Network n = lower(g.model);
  CHECK(n.nodes.size() == 2 && n.input_shape == Shape{3} && n.output_shape == Shape{3});
}

TEST(lower_accepts_nodes_in_any_order) {
  Graph g({1, 3});
  g.node("Relu", {"h"}, {"y"}).node("Tanh", {"x"}, {"h"}).output("y");
  CHECK(lower(g.model).nodes.size() == 3);
}

TEST(lower_makes_a_sum_of_three_one_node_that_covers_every_order) {
  Graph g({1, 3});
  g.node("Relu", {"x"}, {"a"}).node("Tanh", {"x"}, {"b"}).node("Sum", {"x", "a", "b"}, {"y"}).output("y");
  const Network n = lower(g.model);
  CHECK(count<AddOp>(n) == 0 && count<SparseOp>(n) == 1);
  CHECK(only<SparseOp>(n).offsets[1] == 3);
}

TEST(lower_refuses_inconsistent_graphs) {
  const ErrorCode bad = ErrorCode::kModelFormat;
  CHECK(error_of(Graph({1, 2}).node("Relu", {"b"}, {"a"}).node("Relu", {"a"}, {"b"}).output("b")) == bad);  // cycle
  CHECK(error_of(Graph({1, 2}).node("Relu", {"y"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"b"}, {"a"}).node("Relu", {"a"}, {"b"}).node("Relu", {"x"}, {"y"}).output("y")) == bad);  // dead cycle
  CHECK(error_of(Graph({1, 2}).node("Relu", {"nowhere"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"x"}, {"y"}).output("z")) == bad);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"x"}, {"y"}).node("Tanh", {"x"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("y", real({1}, {1})).node("Relu", {"x"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("w", real({3, 1}, {1, 2, 3})).node("MatMul", {"x", "w"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("w", real({2, 1}, {1})).node("MatMul", {"x", "w"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("w", real({2, 1}, {1, NAN})).node("MatMul", {"x", "w"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("c", real({3}, {1, 2, 3})).node("Add", {"x", "c"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("c", real({2}, {1, 2}, DType::kFloat64)).node("Add", {"x", "c"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"x", "x"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).node("Add", {"x"}, {"y"}).output("y")) == bad);
  CHECK(error_of(Graph({1, 2}).constant("c", real({2}, {1, 0})).node("Div", {"x", "c"}, {"y"}).output("y")) == bad);
  Graph wrong({1, 2});
  wrong.node("Relu", {"x"}, {"y"}).model.outputs.push_back({"y", DType::kFloat32, {1, 3}, true});
  CHECK(error_of(wrong) == bad);
}

TEST(lower_refuses_what_it_does_not_support_by_name) {
  const ErrorCode op = ErrorCode::kUnsupportedOp;
  const Graph softmax = Graph({1, 2}).node("Softmax", {"x"}, {"y"}).output("y");
  CHECK(error_of(softmax) == op);
  const std::string text = message_of(softmax);
  CHECK(text.find("n_y") != std::string::npos && text.find("Softmax") != std::string::npos && text.find("(1, 2)") != std::string::npos);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"x"}, {"y"}, {{"surprise", std::int64_t{1}}}).output("y")) == op);
  CHECK(error_of(Graph({2, 2}).node("MatMul", {"x", "x"}, {"y"}).output("y")) == op);
  CHECK(error_of(Graph({1, 2}).node("Div", {"x", "x"}, {"y"}).output("y")) == op);
  CHECK(error_of(Graph({1, 1, 4}).node("MaxPool", {"x"}, {"y", "where"}, {{"kernel_shape", std::vector<std::int64_t>{2}}})
                     .constant("one", ints({1})).node("Add", {"where", "one"}, {"z"}).output("z")) == op);
  CHECK(error_of(Graph({1, 2}).node("Pad", {"x", "p"}, {"y"}, {{"mode", std::string("reflect")}}).constant("p", ints({0, 1, 0, 0})).output("y")) == op);
  Graph custom({1, 2});
  custom.node("Relu", {"x"}, {"y"}).output("y");
  custom.model.nodes[0].domain = "com.example";
  CHECK(error_of(custom) == op);
}

TEST(lower_refuses_shapes_types_and_graphs_outside_of_its_scope) {
  const ErrorCode no = ErrorCode::kUnsupported;
  CHECK(error_of(Graph({1, -1}).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 0}).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 2}, DType::kFloat16).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 2}, DType::kInt64).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 2}, DType::kFloat32, 6).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 2}, DType::kFloat32, 1000).node("Relu", {"x"}, {"y"}).output("y")) == no);
  CHECK(error_of(Graph({1, 2}).node("Relu", {"x"}, {"y"}).output("y").output("x")) == no);
  Graph two({1, 2});
  two.node("Relu", {"x"}, {"y"}).output("y").model.inputs.push_back({"x2", DType::kFloat32, {1}, true});
  CHECK(error_of(two) == no);
}

TEST(lower_refuses_small_files_that_ask_for_huge_networks) {
  const ErrorCode memory = ErrorCode::kMemoryLimit;
  const std::int64_t big = std::int64_t{1} << 40;
  CHECK(error_of(Graph({1, big}).node("Relu", {"x"}, {"y"}).output("y")) == memory);
  CHECK(error_of(Graph({big, big}).node("Relu", {"x"}, {"y"}).output("y")) == memory);
  CHECK(error_of(Graph({1, 1}).constant("s", ints({big, 1})).node("Expand", {"x", "s"}, {"y"}).output("y")) == memory);
  CHECK(error_of(Graph({1, 1}).constant("s", ints({big})).node("ConstantOfShape", {"s"}, {"c"}).node("Add", {"x", "c"}, {"y"}).output("y")) == memory);
  CHECK(error_of(Graph({1, 1}).constant("p", ints({0, 0, 0, std::int64_t{1} << 30})).node("Pad", {"x", "p"}, {"y"}).output("y")) == memory);
  const std::vector<std::int64_t> kernel = {4000, 4000};
  CHECK(error_of(Graph({1, 1, 4096, 4096}).node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", kernel}}).output("y")) == memory);
  Graph chain({1, 1});
  chain.constant("s", ints({1 << 24, 1}));
  for (int i = 0; i < 64; ++i) {
    chain.node("Expand", {"x", "s"}, {"e" + std::to_string(i)});
    chain.node("Add", {"e" + std::to_string(i), i == 0 ? "e0" : "a" + std::to_string(i - 1)}, {"a" + std::to_string(i)});
  }
  CHECK(error_of(chain.output("a63")) == memory);
}

CHECK_MAIN()
