// Interval bounds hold for the real value and for every float evaluation; they do not depend on the batch.
#include <cstring>

#include "base/error.h"
#include "bounds/ibp.h"
#include "bounds/rounding.h"
#include "bounds/simd/dispatch.h"
#include "check.h"
#include "random_network.h"

using namespace verikit;
using namespace verikit::bounds;
using random_network::Evaluation;
using random_network::Evaluator;
using random_network::Order;
using random_network::Random;

namespace {

constexpr double kInf = HUGE_VAL;

template <class T>
struct Boxes {
  Index batch = 0;
  std::vector<T> lower, upper;
};

// Boxes with ends that are numbers of the network's format; some are points, some tiny, some wide.
template <class T>
Boxes<T> random_boxes(const Network& network, Index batch, Random& random, double magnitude) {
  Boxes<T> boxes;
  boxes.batch = batch;
  std::normal_distribution<double> normal;
  for (Index b = 0; b < batch; ++b) {
    const double eps = b % 4 == 0 ? 0.0 : std::pow(10.0, -static_cast<double>(random() % 8)) * magnitude;
    for (Index i = 0; i < network.input_size(); ++i) {
      const float center = static_cast<float>(random() % 10 == 0 ? 0.0 : normal(random) * magnitude);
      boxes.lower.push_back(static_cast<T>(static_cast<float>(center - eps)));
      boxes.upper.push_back(static_cast<T>(static_cast<float>(center + eps)));
    }
  }
  return boxes;
}

template <class T>
bool contains(T lower, T upper, long double value) {
  if (lower == -kInf && upper == kInf) return true;  // also when the evaluation overflowed to NaN
  return static_cast<long double>(lower) <= value && value <= static_cast<long double>(upper);
}

// A point of box b: random, or a corner.
template <class Real, class T>
std::vector<Real> point_of(const Boxes<T>& boxes, Index b, Index n, Random& random) {
  std::vector<Real> x;
  const bool corner = random() % 2 == 0;
  for (Index i = b * n; i < (b + 1) * n; ++i) {
    const T l = boxes.lower[static_cast<std::size_t>(i)], u = boxes.upper[static_cast<std::size_t>(i)];
    double at = corner ? static_cast<double>(random() % 2) : std::uniform_real_distribution<double>()(random);
    const auto value = static_cast<Real>(static_cast<double>(l) +
                                         at * (static_cast<double>(u) - static_cast<double>(l)));
    x.push_back(std::min(std::max(value, static_cast<Real>(l)), static_cast<Real>(u)));
  }
  return x;
}

template <class T, class Real>
bool inside(const Network& network, const NodeBounds<T>& bounds, Index b,
            const std::vector<std::vector<Real>>& values, const char* what) {
  for (std::size_t v = 0; v < values.size(); ++v) {
    const auto n = static_cast<std::size_t>(network.nodes[v].size);
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t at = static_cast<std::size_t>(b) * n + j;
      const T l = bounds.lower[v][at], u = bounds.upper[v][at];
      if (!contains(l, u, static_cast<long double>(values[v][j]))) {
        check::report(__FILE__, __LINE__,
                      std::string(what) + ": node " + std::to_string(v) + " (" + network.nodes[v].name +
                          ") element " + std::to_string(j) + ": " +
                          std::to_string(static_cast<double>(values[v][j])) + " outside [" +
                          std::to_string(l) + ", " + std::to_string(u) + "], off by " +
                          std::to_string(static_cast<double>(std::max(l - static_cast<long double>(values[v][j]),
                                                                      static_cast<long double>(values[v][j]) - u)) *
                                         1e9) + "e-9");
        return false;
      }
    }
  }
  return true;
}

template <class T, class E>
void check_containment(const Network& network, const Boxes<T>& boxes, Random& random, bool parameter_errors) {
  const Ibp<T> ibp(network);
  Workspace workspace;
  NodeBounds<T> sound, real;
  Semantics semantics;
  if (sizeof(E) == 8) semantics.activation_error = 0x1p-50;
  ibp.run_all(boxes.lower.data(), boxes.upper.data(), boxes.batch, semantics, sound, workspace);
  semantics.float_evaluations = false;
  ibp.run_all(boxes.lower.data(), boxes.upper.data(), boxes.batch, semantics, real, workspace);
  for (Index b = 0; b < boxes.batch; ++b) {
    for (int sample = 0; sample < 6; ++sample) {
      Evaluation exact;
      exact.order = Order::kWide;
      exact.parameter_error = parameter_errors ? static_cast<double>(sample % 3) - 1.0 : 0.0;
      const auto x = point_of<E>(boxes, b, network.input_size(), random);
      const auto values = Evaluator<long double>(network, exact)
                              .run(std::vector<long double>(x.begin(), x.end()));
      if (!inside(network, real, b, values, "real value, real bounds")) return;
      if (!inside(network, sound, b, values, "real value")) return;
      if (parameter_errors) continue;
      for (const Order order :
           {Order::kForward, Order::kReverse, Order::kPairwise, Order::kFused, Order::kWide}) {
        Evaluation how;
        how.order = order;
        how.flush = random() % 2 == 0;
        how.bias_first = random() % 2 == 0;
        if (!inside(network, sound, b, Evaluator<E>(network, how).run(x), "float evaluation")) return;
      }
    }
  }
}

template <class T>
void check_random(DType dtype, std::uint64_t seed, int networks, double scale, double magnitude, bool errors) {
  Random random(seed);
  for (int i = 0; i < networks; ++i) {
    random_network::Options options;
    options.dtype = dtype;
    options.nodes = 3 + static_cast<int>(random() % 8);
    options.input_size = 1 + static_cast<Index>(random() % 12);
    options.scale = scale;
    options.parameter_errors = errors;
    const Network network = random_network::make(random, options);
    const auto boxes = random_boxes<T>(network, 4, random, magnitude);
    const int before = check::failures();
    if (dtype == DType::kFloat64) {
      check_containment<T, double>(network, boxes, random, errors);
    } else {
      check_containment<T, float>(network, boxes, random, errors);
    }
    if (check::failures() != before) return;
  }
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

Network single(Node node, Index input_size, DType dtype = DType::kFloat32) {
  Network network;
  network.dtype = dtype;
  network.nodes.push_back({InputOp{}, {}, input_size, "input"});
  network.nodes.push_back(std::move(node));
  network.output = 1;
  return network;
}

Node linear(std::vector<double> weight, std::vector<double> bias, NodeId input = 0) {
  LinearOp op;
  op.out = static_cast<Index>(bias.size());
  op.in = static_cast<Index>(weight.size()) / op.out;
  op.weight = std::move(weight);
  op.terms.bias = bias;
  for (const double b : bias) op.terms.bias_magnitude.push_back(std::fabs(b));
  const Index out = op.out;
  return {op, {input}, out, "linear"};
}

template <class T>
struct Result {
  std::vector<T> lower, upper;
};
template <class T>
Result<T> run(const Network& network, const std::vector<T>& lower, const std::vector<T>& upper,
              bool float_evaluations = true) {
  const Index batch = static_cast<Index>(lower.size()) / network.input_size();
  Result<T> result;
  result.lower.resize(static_cast<std::size_t>(batch * network.output_size()));
  result.upper = result.lower;
  Workspace workspace;
  Semantics semantics;
  semantics.float_evaluations = float_evaluations;
  Ibp<T>(network).run(lower.data(), upper.data(), batch, semantics, result.lower.data(), result.upper.data(),
                      workspace);
  return result;
}

Node activation(ActivationKind kind, Index size, std::vector<double> slope = {}, double low = 0, double high = 0) {
  ActivationOp op;
  op.kind = kind;
  op.slope = std::move(slope);
  op.low = low;
  op.high = high;
  return {op, {0}, size, "activation"};
}

}  // namespace

TEST(ibp_contains_real_and_float32_evaluations) {
  check_random<float>(DType::kFloat32, 11, 400, 1.0, 1.0, false);
  check_random<double>(DType::kFloat32, 12, 300, 1.0, 1.0, false);
}
TEST(ibp_contains_real_and_float64_evaluations) {
  check_random<double>(DType::kFloat64, 13, 300, 1.0, 1.0, false);
  check_random<float>(DType::kFloat64, 14, 300, 1.0, 1.0, false);
}
TEST(ibp_contains_evaluations_with_subnormal_numbers) {
  check_random<float>(DType::kFloat32, 15, 300, 1.0, 1e-38, false);
  check_random<float>(DType::kFloat32, 16, 300, 1e-20, 1e-20, false);
  check_random<double>(DType::kFloat32, 17, 300, 1e-19, 1e-19, false);
  check_random<double>(DType::kFloat64, 18, 100, 1e-160, 1e-150, false);
}
TEST(ibp_contains_evaluations_with_large_numbers) {
  check_random<float>(DType::kFloat32, 19, 300, 1e3, 1e8, false);
  check_random<float>(DType::kFloat32, 20, 300, 1e12, 1e12, false);
  check_random<double>(DType::kFloat32, 21, 300, 1e12, 1e12, false);
}
TEST(ibp_contains_networks_anywhere_in_their_parameter_errors) {
  check_random<float>(DType::kFloat32, 22, 200, 1.0, 1.0, true);
  check_random<double>(DType::kFloat32, 23, 200, 1.0, 1.0, true);
}

TEST(ibp_contains_sums_that_depend_on_the_order) {
  // Cancellation: 2^24 + 1 - 2^24 is 1 or 0 in float32, as in the backdoors of the literature.
  const Network network = single(linear({0x1p24, 1, -0x1p24, 1}, {0.0}), 4);
  const std::vector<float> x{1, 1, 1, 1};
  const auto result = run<float>(network, x, x);
  CHECK(result.lower[0] <= 0.0f && result.upper[0] >= 2.0f);
  const auto wide = run<double>(network, {1, 1, 1, 1}, {1, 1, 1, 1});
  CHECK(wide.lower[0] <= 0.0 && wide.upper[0] >= 2.0);
  const auto real = run<double>(network, {1, 1, 1, 1}, {1, 1, 1, 1}, false);
  CHECK(real.lower[0] > 1.999 && real.upper[0] < 2.001 && real.lower[0] <= 2.0 && real.upper[0] >= 2.0);
}

TEST(ibp_of_a_point_is_as_wide_as_the_rounding_error_allows) {
  Random random(31);
  random_network::Options options;
  random_network::Builder builder(random, options);
  constexpr Index kIn = 500, kOut = 20;
  const Network network = single(linear(builder.values(kIn * kOut), builder.values(kOut)), kIn);
  std::vector<float> x;
  for (Index i = 0; i < kIn; ++i) x.push_back(static_cast<float>(builder.value()));
  const auto result = run<float>(network, x, x);
  const auto& op = std::get<LinearOp>(network.nodes[1].op);
  for (std::size_t o = 0; o < kOut; ++o) {
    double sum = std::fabs(op.terms.bias[o]);
    for (std::size_t i = 0; i < kIn; ++i) sum += std::fabs(op.weight[o * kIn + i] * static_cast<double>(x[i]));
    const double gamma = gamma_factor(kIn + 1, 0x1p-24);
    const double radius = (static_cast<double>(result.upper[o]) - static_cast<double>(result.lower[o])) / 2;
    CHECK(radius >= gamma * sum);            // every order
    CHECK(radius <= 2.05 * gamma * sum);     // and our own rounding, not more
  }
}

TEST(ibp_of_a_box_is_exact_up_to_rounding) {
  Random random(32);
  random_network::Builder builder(random, {});
  const Network network = single(linear(builder.values(300), builder.values(3)), 100);
  std::vector<double> lower, upper;
  for (int i = 0; i < 100; ++i) {
    const double center = builder.value(), eps = std::fabs(builder.value());
    lower.push_back(center - eps);
    upper.push_back(center + eps);
  }
  const auto result = run<double>(network, lower, upper, false);
  const auto& op = std::get<LinearOp>(network.nodes[1].op);
  for (std::size_t o = 0; o < 3; ++o) {
    double least = op.terms.bias[o], most = op.terms.bias[o];
    for (std::size_t i = 0; i < 100; ++i) {
      const double w = op.weight[o * 100 + i];
      least += w > 0 ? w * lower[i] : w * upper[i];
      most += w > 0 ? w * upper[i] : w * lower[i];
    }
    CHECK(std::fabs(result.lower[o] - least) <= 1e-11 && std::fabs(result.upper[o] - most) <= 1e-11);
  }
}

TEST(ibp_of_a_row_does_not_depend_on_its_batch_or_on_the_instruction_set) {
  Random random(41);
  for (int i = 0; i < 120; ++i) {
    random_network::Options options;
    options.nodes = 3 + static_cast<int>(random() % 8);
    options.input_size = 1 + static_cast<Index>(random() % 40);
    if (i % 4 == 0) options.scale = 1e9;  // some rows overflow
    const Network network = random_network::make(random, options);
    const Index batch = i % 10 == 0 ? 300 : 1 + static_cast<Index>(random() % 20);
    const auto boxes = random_boxes<float>(network, batch, random, 1.0);
    const Ibp<float> ibp(network);
    Workspace workspace;
    const auto out = static_cast<std::size_t>(network.output_size());
    std::vector<float> lower(out * static_cast<std::size_t>(batch)), upper(lower);
    ibp.run(boxes.lower.data(), boxes.upper.data(), batch, {}, lower.data(), upper.data(), workspace);
    for (const std::string& name : available_instruction_sets()) {
      set_instruction_set(name);
      std::vector<float> one_lower(lower.size(), 7), one_upper(lower.size(), 7);
      const Index step = name == "scalar" ? batch : 1;
      for (Index b = 0; b < batch; b += step) {
        ibp.run(boxes.lower.data() + b * network.input_size(), boxes.upper.data() + b * network.input_size(),
                step, {}, one_lower.data() + static_cast<std::size_t>(b) * out,
                one_upper.data() + static_cast<std::size_t>(b) * out, workspace);
      }
      CHECK(same(one_lower, lower) && same(one_upper, upper));
      NodeBounds<float> all;
      ibp.run_all(boxes.lower.data(), boxes.upper.data(), batch, {}, all, workspace);
      CHECK(same(all.lower[static_cast<std::size_t>(network.output)], lower));
      CHECK(same(all.upper[static_cast<std::size_t>(network.output)], upper));
    }
    set_instruction_set("auto");
  }
}

TEST(ibp_widens_with_the_box) {
  Random random(42);
  for (int i = 0; i < 100; ++i) {
    const Network network = random_network::make(random, {});
    auto boxes = random_boxes<double>(network, 2, random, 1.0);
    const auto inner = run<double>(network, boxes.lower, boxes.upper);
    for (double& l : boxes.lower) l -= 0.25;
    for (double& u : boxes.upper) u += 0.25;
    const auto outer = run<double>(network, boxes.lower, boxes.upper);
    for (std::size_t j = 0; j < inner.lower.size(); ++j) {
      CHECK(outer.lower[j] <= inner.lower[j] + 1e-9 * std::fabs(inner.lower[j]) + 1e-30);
      CHECK(outer.upper[j] >= inner.upper[j] - 1e-9 * std::fabs(inner.upper[j]) - 1e-30);
    }
  }
}

TEST(ibp_gives_infinite_bounds_where_an_evaluation_may_overflow) {
  // 3e38 - 3e38 + 3e38 - 3e38: some orders overflow, the real value is 0.
  const Network network = single(linear({3e38, 3e38, -3e38, -3e38}, {0.0}), 4);
  const auto result = run<float>(network, {1, 1, 1, 1}, {1, 1, 1, 1});
  CHECK(result.lower[0] == -kInf && result.upper[0] == kInf);
  const auto wide = run<double>(network, {1, 1, 1, 1}, {1, 1, 1, 1});
  CHECK(wide.lower[0] == -kInf && wide.upper[0] == kInf);
  const auto real = run<double>(network, {1, 1, 1, 1}, {1, 1, 1, 1}, false);
  CHECK(real.lower[0] <= 0.0 && real.upper[0] >= 0.0 && real.upper[0] < 1e30);
}

TEST(ibp_keeps_an_overflow_behind_saturating_activations_and_only_in_its_row) {
  Network network = single(linear({1e27, 1e27}, {0.0}), 2);  // 2^90 is 1.2e27
  Node clip = activation(ActivationKind::kClip, 1, {}, -1, 1);
  clip.inputs = {1};
  network.nodes.push_back(clip);
  Node tail = linear({1.0}, {0.0}, 2);
  network.nodes.push_back(tail);
  network.output = 3;
  const auto result = run<float>(network, {0.1f, 0.1f, 3.0f, 3.0f, 0, 0}, {0.1f, 0.1f, 3.0f, 3.0f, 0, 0});
  CHECK(result.upper[0] < 1.001f && result.lower[0] > 0.999f);
  CHECK(result.lower[1] == -kInf && result.upper[1] == kInf);
  CHECK(result.lower[2] >= -1.01f && result.upper[2] <= 1.01f);
}

TEST(ibp_treats_unbounded_and_nan_inputs_as_overflow) {
  const float inf = static_cast<float>(kInf);
  const Network network = single(linear({1.0, 0.0}, {0.5}), 2);
  const auto result = run<float>(network, {0, -inf, NAN, 0, 0, 0, 0, 0}, {0, inf, 0, 0, 0, NAN, 1, 1});
  for (const std::size_t row : {0, 1, 2}) CHECK(result.lower[row] == -inf && result.upper[row] == inf);
  CHECK(result.lower[3] <= 0.5f && result.lower[3] > 0.49f);
}

TEST(ibp_keeps_exact_zeros_through_exact_operations) {
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kAbs, ActivationKind::kLeakyRelu}) {
    const Network network = single(activation(kind, 1, {0.1}), 1);
    const auto result = run<float>(network, {0.0f}, {0.0f});
    CHECK(result.lower[0] == 0.0f && result.upper[0] == 0.0f);
  }
  Network network = single({MulOp{}, {0, 0}, 1, "mul"}, 1);
  auto result = run<float>(network, {0.0f}, {2.0f});
  CHECK(result.lower[0] == 0.0f && result.upper[0] >= 4.0f && result.upper[0] < 4.00001f);
  network = single({AddOp{}, {0, 0}, 1, "add"}, 1);
  result = run<float>(network, {0.0f}, {0.0f});
  CHECK(result.lower[0] == 0.0f && result.upper[0] == 0.0f);
  ScaleOp negate;
  negate.scale = {-1.0};
  negate.shift = {0.0};
  negate.shift_magnitude = {0.0};
  negate.roundings = 0;
  network = single({negate, {0}, 1, "neg"}, 1);
  result = run<float>(network, {0.3f}, {0.7f});
  CHECK(result.lower[0] == -0.7f && result.upper[0] == -0.3f);
}

TEST(ibp_admits_flushed_subnormals) {
  const Network relu = single(activation(ActivationKind::kRelu, 1), 1);
  const auto result = run<float>(relu, {1e-40f}, {2e-40f});
  CHECK(result.lower[0] == 0.0f && result.upper[0] == 2e-40f);
}

TEST(ibp_of_sigmoid_and_tanh_covers_the_stated_library_error) {
  for (const ActivationKind kind : {ActivationKind::kSigmoid, ActivationKind::kTanh}) {
    const Network network = single(activation(kind, 1), 1);
    for (const double x : {-1000.0, -90.0, -20.0, -1.0, -1e-5, 0.0, 0.3, 5.0, 40.0, 800.0}) {
      const double y = kind == ActivationKind::kTanh ? std::tanh(x) : 1.0 / (1.0 + std::exp(-x));
      const auto sound = run<double>(network, {x}, {x});
      CHECK(sound.lower[0] <= y - 0x1p-21 && sound.upper[0] >= y + 0x1p-21);
      CHECK(sound.lower[0] >= y - 0x1.1p-21 && sound.upper[0] <= y + 0x1.1p-21);
      const auto real = run<double>(network, {x}, {x}, false);
      CHECK(real.lower[0] <= y && real.upper[0] >= y && real.upper[0] - real.lower[0] <= 1e-13);
      CHECK(real.lower[0] >= (kind == ActivationKind::kTanh ? -1.0 : 0.0) && real.upper[0] <= 1.0);
    }
  }
}

TEST(ibp_prepares_affine_kernels_for_affine_nodes_only) {
  Network network = single(linear({1.0, 2.0}, {0.0}), 2);
  network.nodes.push_back({activation(ActivationKind::kRelu, 1).op, {1}, 1, "relu"});
  network.output = 2;
  const PreparedNetwork<float> prepared(network);
  CHECK(prepared.affine(0) == nullptr && prepared.affine(2) == nullptr);
  CHECK(prepared.affine(1) != nullptr && prepared.affine(1)->in_size() == 2);
  CHECK(prepared.affine(1) == prepared.affine(1));
}

CHECK_MAIN()
