#include "bounds/exact.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"
#include "check.h"

using namespace verikit::bounds;
using verikit::ErrorCode;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Point = std::vector<Rational>;

Node make_node(Op op, std::vector<NodeId> inputs, Index size) {
  static int count = 0;
  Node node;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.size = size;
  node.name = "node_" + std::to_string(count++);
  return node;
}
Network start(Index inputs) {
  Network network;
  network.nodes.push_back(make_node(InputOp{}, {}, inputs));
  return network;
}
NodeId add(Network& network, Op op, std::vector<NodeId> inputs, Index size) {
  network.nodes.push_back(make_node(std::move(op), std::move(inputs), size));
  network.output = static_cast<NodeId>(network.nodes.size() - 1);
  return network.output;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  // Zeros, tame floats, and floats of very different magnitude.
  double weight() {
    const double mantissa = static_cast<double>(static_cast<std::int64_t>(engine_() % 2'000'001) - 1'000'000) / 1e6;
    switch (below(8)) {
      case 0: return 0.0;
      case 1: return std::ldexp(mantissa, below(200) - 100);
      case 2: return static_cast<double>(below(7) - 3);
      case 3: return below(4) == 0 ? std::numeric_limits<double>::denorm_min() * (below(2) * 2 - 1) : mantissa;
      default: return static_cast<float>(mantissa);
    }
  }
  std::vector<double> weights(Index n) {
    std::vector<double> result;
    for (Index i = 0; i < n; ++i) result.push_back(weight());
    return result;
  }
  Rational rational() { return Rational(below(2'000'001) - 1'000'000, 1 + below(300)); }
  Point point(Index n) {
    Point result;
    for (Index i = 0; i < n; ++i) result.push_back(below(6) == 0 ? Rational(0) : rational());
    return result;
  }

 private:
  std::mt19937 engine_;
};

AffineTerms terms(std::vector<double> bias) {
  AffineTerms result;
  for (double b : bias) result.bias_magnitude.push_back(std::abs(b));
  result.bias = std::move(bias);
  return result;
}

LinearOp linear(Random& random, Index in, Index out, Index repeat = 1) {
  LinearOp op;
  op.in = in;
  op.out = out;
  op.repeat = repeat;
  op.weight = random.weights(in * out);
  op.terms = terms(random.weights(out));
  return op;
}

// The definition of every operator in rationals, as plain as can be: what evaluate_exact is held against.
Point reference(const Network& network, const Point& x) {
  std::vector<Point> values;
  for (const Node& node : network.nodes) {
    Point y;
    const auto in = [&](std::size_t k) -> const Point& { return values[static_cast<std::size_t>(node.inputs[k])]; };
    if (std::holds_alternative<InputOp>(node.op)) y = x;
    if (const auto* op = std::get_if<ConstantOp>(&node.op)) {
      for (double v : op->values) y.push_back(to_rational(v));
    }
    if (const auto* op = std::get_if<LinearOp>(&node.op)) {
      for (Index r = 0; r < op->repeat; ++r) {
        for (Index o = 0; o < op->out; ++o) {
          Rational sum = to_rational(op->terms.bias[o]);
          for (Index i = 0; i < op->in; ++i) sum += to_rational(op->weight[o * op->in + i]) * in(0)[r * op->in + i];
          y.push_back(sum);
        }
      }
    }
    if (const auto* op = std::get_if<ConvOp>(&node.op)) {
      for (Index h = 0; h < op->out_h; ++h) for (Index w = 0; w < op->out_w; ++w) for (Index o = 0; o < op->out_c; ++o) {
        Rational sum = to_rational(op->terms.bias[o]);
        for (Index a = 0; a < op->kernel_h; ++a) for (Index b = 0; b < op->kernel_w; ++b) for (Index c = 0; c < op->in_c; ++c) {
          const Index i = h * op->stride_h + a * op->dilation_h - op->pad_top;
          const Index j = w * op->stride_w + b * op->dilation_w - op->pad_left;
          if (i < 0 || j < 0 || i >= op->in_h || j >= op->in_w) continue;
          sum += to_rational(op->weight[((o * op->kernel_h + a) * op->kernel_w + b) * op->in_c + c]) *
                 in(0)[(i * op->in_w + j) * op->in_c + c];
        }
        y.push_back(sum);
      }
    }
    if (const auto* op = std::get_if<SparseOp>(&node.op)) {
      for (Index o = 0; o < op->out; ++o) {
        Rational sum = to_rational(op->terms.bias[o]);
        for (Index i = op->offsets[o]; i < op->offsets[o + 1]; ++i) sum += to_rational(op->weight[i]) * in(0)[op->columns[i]];
        y.push_back(sum);
      }
    }
    if (const auto* op = std::get_if<ScaleOp>(&node.op)) {
      for (std::size_t i = 0; i < in(0).size(); ++i) y.push_back(to_rational(op->scale[i]) * in(0)[i] + to_rational(op->shift[i]));
    }
    if (const auto* op = std::get_if<ActivationOp>(&node.op)) {
      for (std::size_t i = 0; i < in(0).size(); ++i) {
        Rational v = in(0)[i];
        if (op->kind == ActivationKind::kRelu && v < 0) v = 0;
        if (op->kind == ActivationKind::kAbs && v < 0) v = -v;
        if (op->kind == ActivationKind::kLeakyRelu && v < 0) v *= to_rational(op->slope[op->slope.size() == 1 ? 0 : i]);
        if (op->kind == ActivationKind::kClip) {
          if (op->low > -kInfinity && v < to_rational(op->low)) v = to_rational(op->low);
          if (op->high < kInfinity && v > to_rational(op->high)) v = to_rational(op->high);
        }
        y.push_back(v);
      }
    }
    if (const auto* op = std::get_if<MaxOp>(&node.op)) {
      for (std::size_t o = 0; o + 1 < op->offsets.size(); ++o) {
        Rational best = in(0)[op->indices[op->offsets[o]]];
        for (Index i = op->offsets[o]; i < op->offsets[o + 1]; ++i) {
          if (in(0)[op->indices[i]] > best) best = in(0)[op->indices[i]];
        }
        y.push_back(best);
      }
    }
    if (const auto* op = std::get_if<SelectOp>(&node.op)) {
      for (std::int32_t i : op->indices) y.push_back(i >= 0 ? in(0)[i] : to_rational(op->fill));
    }
    if (std::holds_alternative<ConcatOp>(node.op)) {
      for (std::size_t k = 0; k < node.inputs.size(); ++k) y.insert(y.end(), in(k).begin(), in(k).end());
    }
    if (const auto* op = std::get_if<AddOp>(&node.op)) {
      for (std::size_t i = 0; i < in(0).size(); ++i) y.push_back(in(0)[i] + to_rational(op->sign) * in(1)[i]);
    }
    if (std::holds_alternative<MulOp>(node.op)) {
      for (std::size_t i = 0; i < in(0).size(); ++i) y.push_back(in(0)[i] * in(1)[i]);
    }
    values.push_back(std::move(y));
  }
  return values[static_cast<std::size_t>(network.output)];
}

bool encloses(const Enclosure& enclosure, const Point& y) {
  if (enclosure.lower.size() != y.size() || enclosure.upper.size() != y.size()) return false;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(enclosure.lower[i]) || std::isnan(enclosure.upper[i])) return false;
    if (enclosure.lower[i] != -kInfinity && to_rational(enclosure.lower[i]) > y[i]) return false;
    if (enclosure.upper[i] != kInfinity && to_rational(enclosure.upper[i]) < y[i]) return false;
  }
  return true;
}

// One random node on top of the last one, whatever fits.
void grow(Network& network, Random& random) {
  const NodeId last = network.output;
  const Index size = network.nodes[static_cast<std::size_t>(last)].size;
  const auto n = static_cast<int>(size);
  switch (random.below(13)) {
    case 0: add(network, linear(random, size, 1 + random.below(4)), {last}, 0); break;
    case 1: add(network, linear(random, 1, 2, size), {last}, 0); break;
    case 2: add(network, ActivationOp{ActivationKind::kRelu, {}, 0, 0}, {last}, size); break;
    case 3: add(network, ActivationOp{ActivationKind::kLeakyRelu, random.weights(random.below(2) ? 1 : size), 0, 0}, {last}, size); break;
    case 4: add(network, ActivationOp{ActivationKind::kAbs, {}, 0, 0}, {last}, size); break;
    case 5: {
      const double low = random.below(3) == 0 ? -kInfinity : random.weight();
      const double high = random.below(3) == 0 ? kInfinity : std::max(low, random.weight());
      add(network, ActivationOp{ActivationKind::kClip, {}, low, high}, {last}, size);
      break;
    }
    case 6: {
      ScaleOp op;
      op.scale = random.weights(size);
      op.shift = random.weights(size);
      op.shift_magnitude = op.shift;
      add(network, op, {last}, size);
      break;
    }
    case 7: {
      SelectOp op;
      for (int i = 0; i < 1 + random.below(5); ++i) op.indices.push_back(random.below(n + 1) - 1);
      op.fill = random.weight();
      add(network, op, {last}, static_cast<Index>(op.indices.size()));
      break;
    }
    case 8: {
      MaxOp op;
      op.offsets = {0};
      for (int o = 0; o < 3; ++o) {
        for (int i = 0; i < 1 + random.below(3); ++i) op.indices.push_back(random.below(n));
        op.offsets.push_back(static_cast<Index>(op.indices.size()));
      }
      add(network, op, {last}, 3);
      break;
    }
    case 9: {
      SparseOp op;
      op.in = size;
      op.out = 3;
      op.offsets = {0};
      for (int o = 0; o < 3; ++o) {
        for (int i = 0; i < n; ++i) {
          if (random.below(2) == 0) op.columns.push_back(i);
        }
        op.offsets.push_back(static_cast<Index>(op.columns.size()));
      }
      op.weight = random.weights(static_cast<Index>(op.columns.size()));
      op.terms = terms(random.weights(3));
      add(network, op, {last}, 3);
      break;
    }
    case 10: {
      const NodeId constant = add(network, ConstantOp{random.weights(size)}, {}, size);
      add(network, ConcatOp{}, {last, constant, last}, 3 * size);
      break;
    }
    case 11: {
      const NodeId other = add(network, linear(random, size, size), {last}, size);
      add(network, AddOp{random.below(2) == 0 ? 1.0 : -1.0}, {last, other}, size);
      break;
    }
    default: {
      const NodeId other = add(network, linear(random, size, size), {last}, size);
      add(network, MulOp{}, {other, last}, size);
      break;
    }
  }
  Node& node = network.nodes.back();
  if (const auto* op = std::get_if<LinearOp>(&node.op)) node.size = op->out * op->repeat;
}

double seconds_since(std::chrono::steady_clock::time_point start_time) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_time).count();
}

Network dense(const std::vector<Index>& widths, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  Network network = start(widths[0]);
  for (std::size_t k = 1; k < widths.size(); ++k) {
    LinearOp op;
    op.in = widths[k - 1];
    op.out = widths[k];
    const float scale = 1.0F / std::sqrt(static_cast<float>(op.in));
    for (Index i = 0; i < op.in * op.out; ++i) op.weight.push_back(normal(engine) * scale);
    std::vector<double> bias;
    for (Index i = 0; i < op.out; ++i) bias.push_back(normal(engine) * 0.1F);
    op.terms = terms(bias);
    const Index out = op.out;
    add(network, std::move(op), {network.output}, out);
    if (k + 1 < widths.size()) add(network, ActivationOp{}, {network.output}, out);
  }
  return network;
}

}  // namespace

TEST(random_networks_evaluate_exactly_and_inside_their_enclosure) {
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    const Index inputs = 1 + random.below(4);
    Network network = start(inputs);
    const int depth = 1 + random.below(6);
    for (int k = 0; k < depth && network.nodes.back().size < 40; ++k) grow(network, random);
    CHECK(exactly_evaluable(network));
    const Point x = random.point(inputs);
    const Point y = evaluate_exact(network, x);
    CHECK(y == reference(network, x));
    CHECK(encloses(enclose(network, x), y));
  }
}

TEST(convolutions_evaluate_exactly) {
  Random random(8);
  for (int round = 0; round < 200; ++round) {
    ConvOp op;
    op.in_h = 1 + random.below(5);
    op.in_w = 1 + random.below(5);
    op.in_c = 1 + random.below(3);
    op.out_c = 1 + random.below(3);
    op.kernel_h = 1 + random.below(3);
    op.kernel_w = 1 + random.below(3);
    op.stride_h = 1 + random.below(2);
    op.stride_w = 1 + random.below(2);
    op.dilation_h = 1 + random.below(2);
    op.dilation_w = 1 + random.below(2);
    op.pad_top = random.below(3);
    op.pad_left = random.below(3);
    op.pad_bottom = random.below(3);
    op.pad_right = random.below(3);
    op.out_h = (op.in_h + op.pad_top + op.pad_bottom - op.dilation_h * (op.kernel_h - 1) - 1) / op.stride_h + 1;
    op.out_w = (op.in_w + op.pad_left + op.pad_right - op.dilation_w * (op.kernel_w - 1) - 1) / op.stride_w + 1;
    if (op.in_h + op.pad_top + op.pad_bottom <= op.dilation_h * (op.kernel_h - 1)) continue;
    if (op.in_w + op.pad_left + op.pad_right <= op.dilation_w * (op.kernel_w - 1)) continue;
    op.weight = random.weights(op.out_c * op.kernel_h * op.kernel_w * op.in_c);
    op.terms = terms(random.weights(op.out_c));
    Network network = start(op.in_h * op.in_w * op.in_c);
    const Index size = op.out_h * op.out_w * op.out_c;
    add(network, op, {0}, size);
    const Point x = random.point(network.input_size());
    const Point y = evaluate_exact(network, x);
    CHECK(y == reference(network, x));
    CHECK(encloses(enclose(network, x), y));
  }
}

TEST(zero_networks_evaluate_to_zero) {
  Network network = start(3);
  LinearOp op;
  op.in = 3;
  op.out = 2;
  op.weight.assign(6, 0.0);
  op.terms = terms({0.0, -0.0});
  add(network, op, {0}, 2);
  add(network, ActivationOp{}, {1}, 2);
  add(network, AddOp{}, {1, 2}, 2);
  CHECK(evaluate_exact(network, {1, Rational(1, 3), -7}) == Point(2, 0));
  const Enclosure e = enclose(network, {1, Rational(1, 3), -7});
  CHECK(e.lower[0] <= 0 && e.upper[0] >= 0 && e.upper[0] < 1e-300);
}

TEST(extreme_magnitudes_stay_exact) {
  Network network = start(2);
  LinearOp op;
  op.in = 2;
  op.out = 1;
  op.weight = {std::numeric_limits<double>::max(), -std::numeric_limits<double>::denorm_min()};
  op.terms = terms({-std::numeric_limits<double>::denorm_min()});
  add(network, op, {0}, 1);
  const Rational huge = to_rational(op.weight[0]), tiny = to_rational(-op.weight[1]);
  CHECK(evaluate_exact(network, {Rational(1, 3), 1})[0] == huge / 3 - 2 * tiny);
  CHECK(evaluate_exact(network, {0, -1})[0] == 0);
  CHECK(encloses(enclose(network, {2, 1}), {2 * huge - 2 * tiny}));       // past the range of double
  CHECK(encloses(enclose(network, {-2, 1}), {-2 * huge - 2 * tiny}));
  CHECK(encloses(enclose(network, {Rational(1, huge), 1}), {1 - 2 * tiny}));  // input below the range
}

TEST(inexact_nodes_are_refused_by_name) {
  for (ActivationKind kind : {ActivationKind::kSigmoid, ActivationKind::kTanh}) {
    Network network = start(1);
    add(network, ActivationOp{kind, {}, 0, 0}, {0}, 1);
    network.nodes[1].name = "squash";
    CHECK(!exactly_evaluable(network));
    CHECK_THROWS(evaluate_exact(network, {1}), ErrorCode::kUnsupported);
    try {
      evaluate_exact(network, {1});
    } catch (const verikit::Error& error) {
      CHECK(std::string(error.what()).find("'squash'") != std::string::npos);
    }
  }
  Random random(1);
  Network network = start(2);
  LinearOp op = linear(random, 2, 2);
  op.terms.bias_error = {0.0, 0.0};
  add(network, op, {0}, 2);
  CHECK(exactly_evaluable(network));
  std::get<LinearOp>(network.nodes[1].op).terms.bias_error[1] = 1e-300;
  CHECK(!exactly_evaluable(network));
  std::get<LinearOp>(network.nodes[1].op).terms = op.terms;
  std::get<LinearOp>(network.nodes[1].op).terms.weight_relative_error = 1e-16;
  CHECK(!exactly_evaluable(network));
  CHECK_THROWS(evaluate_exact(network, {1}), ErrorCode::kShape);
  CHECK_THROWS(enclose(network, {1, 2, 3}), ErrorCode::kShape);
}

TEST(enclosures_cover_all_admitted_weights) {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    Network network = start(3);
    LinearOp op = linear(random, 3, 2);
    op.terms.weight_relative_error = 0x1p-20;
    op.terms.bias_error = {0.001, 0.002};
    add(network, op, {0}, 2);
    const Point x = random.point(3);
    const Enclosure enclosure = enclose(network, x);
    for (int sample = 0; sample < 16; ++sample) {  // corners of the admitted weights, in rationals
      Point y;
      for (Index o = 0; o < 2; ++o) {
        Rational sum = to_rational(op.terms.bias[o]) + (random.below(2) * 2 - 1) * to_rational(op.terms.bias_error[o]);
        for (Index i = 0; i < 3; ++i) {
          const Rational w = to_rational(op.weight[o * 3 + i]);
          sum += (w + (random.below(2) * 2 - 1) * abs(w) * to_rational(0x1p-20)) * x[i];
        }
        y.push_back(sum);
      }
      CHECK(encloses(enclosure, y));
    }
  }
}

TEST(sigmoid_and_tanh_are_enclosed_tightly) {
  for (double at : {-1000.0, -745.0, -40.0, -3.0, -1e-9, 0.0, 1e-300, 0.5, 3.0, 17.0, 40.0, 800.0}) {
    Network network = start(1);
    add(network, ActivationOp{ActivationKind::kSigmoid, {}, 0, 0}, {0}, 1);
    const Enclosure s = enclose(network, {to_rational(at)});
    const long double sigmoid = 1 / (1 + std::exp(-static_cast<long double>(at)));
    CHECK(s.lower[0] <= sigmoid && sigmoid <= s.upper[0]);
    CHECK(s.lower[0] >= 0 && s.upper[0] <= 1 && s.upper[0] - s.lower[0] <= 1e-14 * s.upper[0] + 1e-308);
    network.nodes[1].op = ActivationOp{ActivationKind::kTanh, {}, 0, 0};
    const Enclosure t = enclose(network, {to_rational(at)});
    const long double tanh = std::tanh(static_cast<long double>(at));
    CHECK(t.lower[0] <= tanh && tanh <= t.upper[0]);
    CHECK(t.lower[0] >= -1 && t.upper[0] <= 1 && t.upper[0] - t.lower[0] <= 1e-14);
  }
}

TEST(violations_are_decided_exactly) {
  auto box = std::make_shared<InputBox>();
  box->lower = {0, Rational(1, 10)};
  box->upper = {1, Rational(1, 10)};
  Disjunct disjunct{box, {{{{0, 2}, {1, -1}}, Rational(1, 3), false}}};
  const Point x{Rational(1, 2), Rational(1, 10)};
  CHECK(violates(disjunct, x, {Rational(1, 3), Rational(1, 3)}));
  CHECK(!violates(disjunct, x, {Rational(1, 3), Rational(1, 3) - Rational(1, 1'000'000'000'000'000'000)}));
  CHECK(!violates(disjunct, {Rational(1, 2), to_rational(0.1)}, {0, 0}));  // the double 0.1 is not 1/10
  CHECK(!violates(disjunct, {-1, Rational(1, 10)}, {0, 0}));
  disjunct.constraints[0].strict = true;
  CHECK(!violates(disjunct, x, {Rational(1, 3), Rational(1, 3)}));
  CHECK_THROWS(violates(disjunct, {0}, {0, 0}), ErrorCode::kShape);
  CHECK_THROWS(violates(disjunct, x, {0}), ErrorCode::kShape);

  disjunct.constraints[0].strict = false;
  CHECK(violates_certainly(disjunct, x, {{-9, -0.25}, {0.0, 9}}));
  CHECK(!violates_certainly(disjunct, x, {{-9, -0.5}, {0.0, 9}}));
  CHECK(!violates_certainly(disjunct, x, {{-9, -0.25}, {kInfinity, 9}}));
  CHECK(!violates_certainly(disjunct, {2, Rational(1, 10)}, {{-9, -0.25}, {0.0, 9}}));
  disjunct.constraints.clear();
  CHECK(violates(disjunct, x, {0, 0}) && violates_certainly(disjunct, x, {{-kInfinity}, {kInfinity}}));
}

TEST(long_chains_of_products_stop_at_a_limit) {
  Network network = start(1);
  for (int i = 0; i < 60; ++i) add(network, MulOp{}, {network.output, network.output}, 1);
  CHECK_THROWS(evaluate_exact(network, {Rational(1, 3)}), ErrorCode::kMemoryLimit);
  CHECK_THROWS(evaluate_exact(network, {Rational(1, 2)}), ErrorCode::kMemoryLimit);
  CHECK_THROWS(evaluate_exact(network, {12345678901234567}), ErrorCode::kMemoryLimit);
  CHECK(evaluate_exact(network, {1})[0] == 1);
  CHECK(evaluate_exact(network, {-1})[0] == 1);
}

TEST(usual_networks_are_evaluated_quickly) {
  std::mt19937 engine(5);
  const Network digits = dense({784, 256, 256, 10}, 1);
  for (const char* kind : {"dyadic", "decimal"}) {
    Point x;
    for (int i = 0; i < 784; ++i) {
      const double v = static_cast<double>(engine()) / 4294967296.0;
      x.push_back(kind[1] == 'y' ? to_rational(static_cast<float>(v)) : parse_decimal(std::to_string(v)));
    }
    auto start_time = std::chrono::steady_clock::now();
    const Point y = evaluate_exact(digits, x);
    const double seconds = seconds_since(start_time);
    start_time = std::chrono::steady_clock::now();
    CHECK(encloses(enclose(digits, x), y));
    std::printf("784-256-256-10, %s input: exact %.1f ms, enclosure %.1f ms\n", kind, 1e3 * seconds,
                1e3 * seconds_since(start_time));
    CHECK(seconds < 10);  // for sanitizers; 10 ms are usual
  }
  const Network acas = dense({5, 50, 50, 50, 50, 50, 50, 5}, 2);
  const Point x{Rational(1, 3), to_rational(0.1), Rational(679857769, 1000000000), Rational(-1, 2), 0};
  const auto start_time = std::chrono::steady_clock::now();
  const Point y = evaluate_exact(acas, x);
  std::printf("5-6x50-5: exact %.2f ms\n", 1e3 * seconds_since(start_time));
  CHECK(y == reference(acas, x));
}

CHECK_MAIN()
