// Linear bounds on random networks of every operator: against exact values, against float evaluations of
// class F, and against themselves in other batches, chunks and orders.
#include "bounds/crown.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/fp_env.h"
#include "bounds/exact.h"
#include "bounds/simd/dispatch.h"
#include "check.h"
#include "random_network.h"

using namespace verikit::bounds;
using random_network::Evaluation;
using random_network::Evaluator;
using random_network::Order;
using random_network::Random;

namespace {

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// A batch of boxes whose ends are numbers of the network's format and of T.
template <class T>
struct Boxes {
  Index batch, n;
  std::vector<T> lower, upper;
  Boxes(Random& random, Index b, Index inputs, double scale = 1.0) : batch(b), n(inputs) {
    for (Index i = 0; i < batch * n; ++i) {
      const double center = std::normal_distribution<double>()(random) * scale;
      const double width = random() % 5 == 0 ? 0.0 : scale * std::ldexp(uniform(random), -static_cast<int>(random() % 12));
      lower.push_back(static_cast<T>(static_cast<float>(center - width)));
      upper.push_back(static_cast<T>(static_cast<float>(center + width)));
    }
  }
  // A point of the box as numbers of Real, all of them floats.
  template <class Real>
  std::vector<Real> point(Random& random, Index box) const {
    std::vector<Real> x;
    const auto how = random() % 3;
    for (Index i = 0; i < n; ++i) {
      const double l = static_cast<double>(lower[at(box, i)]), u = static_cast<double>(upper[at(box, i)]);
      const double t = how == 0 ? (random() % 2 == 0 ? 0.0 : 1.0) : how == 1 ? 0.5 : uniform(random);
      const auto v = static_cast<double>(static_cast<float>(l + t * (u - l)));
      x.push_back(static_cast<Real>(std::clamp(v, l, u)));
    }
    return x;
  }
  [[nodiscard]] std::size_t at(Index box, Index i) const { return static_cast<std::size_t>(box * n + i); }
};

template <class T>
struct Engine {
  std::shared_ptr<const Network> network;
  Semantics semantics;
  Crown<T> crown;
  std::shared_ptr<typename Crown<T>::State> state;

  explicit Engine(const Network& net, bool float_evaluations = true)
      : network(std::make_shared<const Network>(net)),
        semantics{float_evaluations, net.dtype == DType::kFloat64 ? 0x1p-50 : 0x1p-21},
        crown(std::make_shared<const PreparedNetwork<T>>(network), semantics),
        state(crown.make_state()) {}
};

struct Lower {
  std::vector<double> real, evaluated, attribution;
};

template <class T>
Lower bound(Engine<T>& engine, const Boxes<T>& boxes, Functionals<T> f, const BackwardOptions& options = {},
            Intermediate intermediate = Intermediate::kCrown, std::vector<T>* slopes = nullptr) {
  engine.crown.propagate(boxes.lower.data(), boxes.upper.data(), boxes.batch, intermediate, *engine.state, options);
  Lower found;
  found.real.resize(f.box.size());
  found.evaluated.resize(f.box.size());
  if (slopes != nullptr) slopes->resize(f.box.size() * static_cast<std::size_t>(boxes.n));
  if (options.attribute) found.attribution.resize(f.box.size() * static_cast<std::size_t>(boxes.n));
  engine.crown.lower_bounds(f, *engine.state, found.real.data(), found.evaluated.data(),
                            slopes != nullptr ? slopes->data() : nullptr,
                            options.attribute ? found.attribution.data() : nullptr, options);
  return found;
}

// Every output from both sides, then some random functionals.
struct Rows {
  std::vector<double> coefficients;
  Index count = 0;
  Rows(Random& random, Index outputs) {
    for (Index j = 0; j < outputs; ++j) {
      for (const double sign : {1.0, -1.0}) {
        for (Index i = 0; i < outputs; ++i) coefficients.push_back(i == j ? sign : 0.0);
        ++count;
      }
    }
    for (int k = 0; k < 3; ++k, ++count) {
      for (Index i = 0; i < outputs; ++i) coefficients.push_back(std::normal_distribution<double>()(random));
    }
  }
  template <class T>
  Functionals<T> functionals(NodeId node, Index batch) const {
    Functionals<T> f;
    f.node = node;
    f.coefficients = coefficients.data();
    for (Index b = 0; b < batch; ++b) {
      for (Index k = 0; k < count; ++k) {
        f.box.push_back(b);
        f.row_of.push_back(k);
      }
    }
    return f;
  }
};

// sum_j c_j y_j, and what the sum itself may have lost.
template <class Real>
long double value_of(const double* c, const std::vector<Real>& y, long double* slack) {
  long double sum = 0, size = 0;
  for (std::size_t j = 0; j < y.size(); ++j) {
    sum += static_cast<long double>(c[j]) * static_cast<long double>(y[j]);
    size += std::fabs(static_cast<long double>(c[j]) * static_cast<long double>(y[j]));
  }
  *slack = size * static_cast<long double>(y.size() + 2) * 0x1p-64L;
  return sum;
}

template <class Real>
bool all_finite(const std::vector<std::vector<Real>>& values) {
  for (const auto& v : values) {
    for (const Real x : v) {
      if (!std::isfinite(x)) return false;
    }
  }
  return true;
}

int escapes = 0, tight = 0, compared = 0;

void escaped(const char* what, std::uint64_t seed, double lower, long double value) {
  ++escapes;
  char text[200];
  std::snprintf(text, sizeof text, "%s: network %llu, lower bound %.17g above %.17Lg", what,
                static_cast<unsigned long long>(seed), lower, value);
  if (escapes < 10) check::report(__FILE__, __LINE__, text);
}

template <class T, class Format>
void check_network(std::uint64_t seed, const random_network::Options& options, double box_scale) {
  Random random(seed);
  const Network network = random_network::make(random, options);
  const Boxes<T> boxes(random, 3, network.input_size(), box_scale);
  const Rows rows(random, network.output_size());
  const bool exact = exactly_evaluable(network);
  Engine<T> engine(network);
  BackwardOptions backward;
  backward.stop_at_nonlinear = seed % 5 == 0;
  backward.chunk_bytes = seed % 3 == 0 ? 1 : Index{1} << 20;
  const Lower found = bound(engine, boxes, rows.functionals<T>(network.output, boxes.batch), backward,
                            seed % 4 == 0 ? Intermediate::kIbp : Intermediate::kCrown);
  for (Index b = 0; b < boxes.batch; ++b) {
    const auto first = static_cast<std::size_t>(b * rows.count);
    for (int sample = 0; sample < 6; ++sample) {
      // Real arithmetic.
      if (exact) {
        const std::vector<double> x = boxes.template point<double>(random, b);
        std::vector<Rational> q;
        for (const double v : x) q.push_back(to_rational(v));
        const std::vector<Rational> y = evaluate_exact(network, q);
        for (Index k = 0; k < rows.count; ++k) {
          Rational sum = 0;
          for (std::size_t j = 0; j < y.size(); ++j) {
            sum += to_rational(rows.coefficients[static_cast<std::size_t>(k) * y.size() + j]) * y[j];
          }
          const double lower = found.real[first + static_cast<std::size_t>(k)];
          ++compared;
          if (std::isfinite(lower) && to_rational(lower) > sum) escaped("real", seed, lower, static_cast<long double>(sum));
          if (lower > static_cast<double>(sum) - 1e-3 * (1.0 + std::fabs(static_cast<double>(sum)))) ++tight;
        }
      } else {
        Evaluation how;
        how.parameter_error = static_cast<double>(random() % 3) - 1.0;
        Evaluator<long double> evaluator(network, how);
        const auto values = evaluator.run(boxes.template point<long double>(random, b));
        if (!all_finite(values)) continue;
        // What long double itself loses: a few units in its last place of the largest number around.
        long double largest = 0;
        for (const auto& v : values) {
          for (const long double x : v) largest = std::max(largest, std::fabs(x));
        }
        for (Index k = 0; k < rows.count; ++k) {
          long double slack = 0;
          const double* c = rows.coefficients.data() + k * network.output_size();
          const long double value = value_of(c, values[static_cast<std::size_t>(network.output)], &slack);
          const double lower = found.real[first + static_cast<std::size_t>(k)];
          ++compared;
          if (static_cast<long double>(lower) > value + slack + largest * 0x1p-55L * static_cast<long double>(options.scale + 1.0)) {
            escaped("real (long double)", seed, lower, value);
          }
        }
      }
      // Class F.
      for (const Order order : {Order::kForward, Order::kReverse, Order::kPairwise, Order::kFused, Order::kWide}) {
        Evaluation how;
        how.order = order;
        how.flush = random() % 2 == 0;
        how.bias_first = random() % 2 == 0;
        how.parameter_error = options.parameter_errors ? static_cast<double>(random() % 3) - 1.0 : 0.0;
        Evaluator<Format> evaluator(network, how);
        const auto values = evaluator.run(boxes.template point<Format>(random, b));
        const bool finite = all_finite(values);
        for (Index k = 0; k < rows.count; ++k) {
          const double lower = found.evaluated[first + static_cast<std::size_t>(k)];
          CHECK(lower <= found.real[first + static_cast<std::size_t>(k)]);
          ++compared;
          if (!finite) {
            if (lower > -HUGE_VAL) escaped("an evaluation overflows", seed, lower, 0.0L);
            continue;
          }
          long double slack = 0;
          const double* c = rows.coefficients.data() + k * network.output_size();
          const long double value = value_of(c, values[static_cast<std::size_t>(network.output)], &slack);
          if (static_cast<long double>(lower) > value + slack) escaped("class F", seed, lower, value);
        }
      }
    }
  }
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

Network chain(std::vector<Node> nodes, DType dtype = DType::kFloat32) {
  Network network;
  network.dtype = dtype;
  network.nodes = std::move(nodes);
  network.output = static_cast<NodeId>(network.nodes.size() - 1);
  network.input_shape = {network.input_size()};
  network.output_shape = {network.output_size()};
  return network;
}

Node linear(NodeId from, Index in, Index out, std::vector<double> weight, std::vector<double> bias) {
  LinearOp op;
  op.in = in;
  op.out = out;
  op.weight = std::move(weight);
  for (const double b : bias) op.terms.bias_magnitude.push_back(std::fabs(b));
  op.terms.bias = std::move(bias);
  return {op, {from}, out, "linear"};
}

// The lower bound of c.y over one box given by its ends.
template <class T>
Lower one(const Network& network, std::vector<T> lower, std::vector<T> upper, const std::vector<double>& c,
          bool float_evaluations = true, const BackwardOptions& options = {}) {
  Random random(1);
  Boxes<T> boxes(random, 1, network.input_size());
  boxes.lower = std::move(lower);
  boxes.upper = std::move(upper);
  Engine<T> engine(network, float_evaluations);
  Functionals<T> f;
  f.node = network.output;
  f.coefficients = c.data();
  f.box = {0};
  f.row_of = {0};
  return bound(engine, boxes, f, options);
}

}  // namespace

TEST(crown_contains_every_value_of_random_networks) {
  const verikit::FpEnvironment environment;
  random_network::Options options;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    options.nodes = 3 + static_cast<int>(seed % 9);
    options.parameter_errors = seed % 6 == 1;
    options.dtype = DType::kFloat32;
    check_network<double, float>(seed, options, 1.0);
    check_network<float, float>(seed, options, 1.0);
    options.dtype = DType::kFloat64;
    check_network<double, double>(seed, options, 1.0);
    check_network<float, double>(seed, options, 1.0);
  }
  CHECK(escapes == 0);
  CHECK(tight > compared / 50);  // the bounds say something
}

TEST(crown_contains_every_value_at_extreme_scales) {
  const verikit::FpEnvironment environment;
  random_network::Options options;
  for (std::uint64_t seed = 1000; seed < 1250; ++seed) {
    options.nodes = 3 + static_cast<int>(seed % 7);
    const double scales[] = {1e-20, 1e-38, 1e-42, 1e9, 1e15, 1e30};
    options.scale = scales[seed % 6];
    const double box = seed % 2 == 0 ? 1.0 / std::max(options.scale, 1e-38) : 1.0;
    options.dtype = DType::kFloat32;
    check_network<double, float>(seed, options, std::min(box, 1e30));
    check_network<float, float>(seed, options, std::min(box, 1e30));
    options.dtype = DType::kFloat64;
    check_network<double, double>(seed, options, std::min(box, 1e30));
    check_network<float, double>(seed, options, std::min(box, 1e30));
  }
  CHECK(escapes == 0);
}

TEST(crown_does_not_depend_on_batch_chunks_or_instruction_set) {
  const verikit::FpEnvironment environment;
  random_network::Options options;
  options.nodes = 9;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed + 5000);
    const Network network = random_network::make(random, options);
    const Boxes<float> all(random, 7, network.input_size());
    const Rows rows(random, network.output_size());
    Engine<float> engine(network);
    BackwardOptions backward;
    backward.attribute = seed % 2 == 0;
    std::vector<float> slopes;
    const Lower together = bound(engine, all, rows.functionals<float>(network.output, all.batch), backward,
                                 Intermediate::kCrown, &slopes);
    // Small chunks, another instruction set.
    for (const std::string& set : available_instruction_sets()) {
      set_instruction_set(set);
      BackwardOptions small = backward;
      small.chunk_bytes = 1;
      const Lower again = bound(engine, all, rows.functionals<float>(network.output, all.batch), small);
      CHECK(same_bits(again.real, together.real) && same_bits(again.evaluated, together.evaluated));
      CHECK(same_bits(again.attribution, together.attribution));
    }
    set_instruction_set("auto");
    // Each box alone, by an engine that has seen others and by a fresh one.
    for (Index b = 0; b < all.batch; ++b) {
      Boxes<float> alone = all;
      alone.batch = 1;
      alone.lower.assign(all.lower.begin() + b * all.n, all.lower.begin() + (b + 1) * all.n);
      alone.upper.assign(all.upper.begin() + b * all.n, all.upper.begin() + (b + 1) * all.n);
      Engine<float> fresh(network);
      for (Engine<float>* e : {&engine, &fresh}) {
        const Lower single = bound(*e, alone, rows.functionals<float>(network.output, 1), backward);
        const auto from = static_cast<std::ptrdiff_t>(b * rows.count), to = from + static_cast<std::ptrdiff_t>(rows.count);
        CHECK(same_bits(single.real, {together.real.begin() + from, together.real.begin() + to}));
        CHECK(same_bits(single.evaluated, {together.evaluated.begin() + from, together.evaluated.begin() + to}));
      }
    }
  }
}

TEST(crown_unit_rows_agree_with_coefficient_rows) {
  const verikit::FpEnvironment environment;
  random_network::Options options;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed + 9000);
    options.nodes = 4 + static_cast<int>(seed % 6);
    const Network network = random_network::make(random, options);
    const Boxes<double> boxes(random, 2, network.input_size());
    Engine<double> engine(network);
    // Any node can be asked for, not the output alone.
    const auto node = static_cast<NodeId>(random() % network.nodes.size());
    const Index n = network.nodes[static_cast<std::size_t>(node)].size;
    Functionals<double> units, rows;
    units.node = rows.node = node;
    std::vector<double> identity(static_cast<std::size_t>(2 * n * n), 0.0);
    rows.coefficients = identity.data();
    for (Index j = 0; j < n; ++j) {
      identity[static_cast<std::size_t>(2 * j * n + j)] = 1.0;
      identity[static_cast<std::size_t>((2 * j + 1) * n + j)] = -1.0;
    }
    for (Index b = 0; b < boxes.batch; ++b) {
      for (Index r = 0; r < 2 * n; ++r) {
        units.box.push_back(b);
        rows.box.push_back(b);
        units.coordinate.push_back(r / 2);
        units.sign.push_back(r % 2 == 0 ? 1 : -1);
        rows.row_of.push_back(r);
      }
    }
    const Lower a = bound(engine, boxes, units), c = bound(engine, boxes, rows);
    const NodeBounds<double>& bounds = Crown<double>::bounds(*engine.state);
    for (std::size_t r = 0; r < a.real.size(); ++r) {
      if (!std::isfinite(a.real[r]) || !std::isfinite(c.real[r])) continue;
      const auto e = static_cast<std::size_t>(units.box[r] * n + units.coordinate[r]);
      const double reach = std::max(std::fabs(bounds.lower[static_cast<std::size_t>(node)][e]),
                                    std::fabs(bounds.upper[static_cast<std::size_t>(node)][e]));
      const double near = 1e-9 * (1.0 + reach + std::fabs(a.real[r]));
      CHECK(std::fabs(a.real[r] - c.real[r]) <= near);
      // Two sums of rounding errors, of which one knows that nothing was multiplied.
      CHECK(c.real[r] - c.evaluated[r] >= 0.0 && a.real[r] - a.evaluated[r] >= 0.0);
    }
  }
}

TEST(crown_attribution_is_a_share_of_the_looseness) {
  const verikit::FpEnvironment environment;
  random_network::Options options;
  int positive = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed + 12000);
    options.nodes = 4 + static_cast<int>(seed % 6);
    const Network network = random_network::make(random, options);
    Boxes<double> boxes(random, 2, network.input_size());
    boxes.upper[0] = boxes.lower[0];  // an input without width causes nothing
    const Rows rows(random, network.output_size());
    Engine<double> engine(network);
    BackwardOptions backward, plain;
    backward.attribute = true;
    const Functionals<double> f = rows.functionals<double>(network.output, boxes.batch);
    const Lower with = bound(engine, boxes, f, backward), without = bound(engine, boxes, f, plain);
    CHECK(same_bits(with.real, without.real) && same_bits(with.evaluated, without.evaluated));
    for (std::size_t r = 0; r < f.box.size(); ++r) {
      if (!std::isfinite(with.real[r])) continue;
      double total = 0.0;
      for (Index i = 0; i < boxes.n; ++i) {
        const double share = with.attribution[r * static_cast<std::size_t>(boxes.n) + static_cast<std::size_t>(i)];
        CHECK(share >= 0.0 && std::isfinite(share));
        if (f.box[r] == 0 && i == 0) CHECK(share == 0.0);
        total += share;
      }
      if (total > 0.0) ++positive;
    }
  }
  CHECK(positive > 200);
}

// Where every input splits a ReLU of its own, each share is that ReLU's gap.
TEST(crown_attribution_names_the_input_that_loosens) {
  const verikit::FpEnvironment environment;
  const Network network = chain({{InputOp{}, {}, 2, "input"},
                                 linear(0, 2, 2, {1, 0, 0, 1}, {0, 0}),
                                 {ActivationOp{}, {1}, 2, "relu"},
                                 linear(2, 2, 1, {-1, -1}, {0})});
  Random random(1);
  Boxes<double> boxes(random, 1, 2);
  boxes.lower = {-1.0, -3.0};
  boxes.upper = {1.0, 3.0};
  Engine<double> engine(network);
  BackwardOptions options;
  options.attribute = true;
  const std::vector<double> c{1.0};
  Functionals<double> f;
  f.node = 3;
  f.coefficients = c.data();
  f.box = {0};
  f.row_of = {0};
  const Lower found = bound(engine, boxes, f, options);
  CHECK(std::fabs(found.real[0] + 4.0) < 1e-5);  // -relu(x) >= -(x + 1) / 2 at x = 1, and three times that
  CHECK(std::fabs(found.attribution[0] - 0.5) < 1e-6 && std::fabs(found.attribution[1] - 1.5) < 1e-6);
}

// Small numbers added one by one to a large constant: what each addition loses must be charged.
TEST(crown_charges_sums_onto_a_large_constant) {
  const verikit::FpEnvironment environment;
  const Index n = 4000;
  const auto wide = static_cast<std::size_t>(n);
  for (const bool product : {false, true}) {
    std::vector<Node> nodes{{InputOp{}, {}, 2, "input"}};
    // n copies of the two inputs.
    SelectOp pick;
    for (Index i = 0; i < (product ? n : 2 * n); ++i) pick.indices.push_back(static_cast<std::int32_t>(i % 2));
    nodes.push_back({pick, {0}, static_cast<Index>(pick.indices.size()), "copies"});
    if (product) {
      nodes.push_back({MulOp{}, {1, 1}, n, "mul"});
    } else {
      MaxOp max;
      for (Index o = 0; o <= n; ++o) max.offsets.push_back(2 * o);
      for (Index i = 0; i < 2 * n; ++i) max.indices.push_back(static_cast<std::int32_t>(i));
      nodes.push_back({max, {1}, n, "max"});
    }
    nodes.push_back(linear(2, n, 1, std::vector<double>(wide, -1.0), {0.0}));
    nodes.push_back(linear(3, 1, 1, {1.0}, {0x1p54}));
    const Network network = chain(std::move(nodes), DType::kFloat64);
    // The maximum or the product can be 1; 2^54 - n * 1 is a double, 2^54 - 1 is not.
    const Lower found = one<double>(network, {0.0, 0.0}, {1.0, 1.0}, {1.0}, false);
    const Rational least = to_rational(0x1p54) - n;
    CHECK(to_rational(found.real[0]) <= least);
    CHECK(found.real[0] >= 0x1p54 - 4.0 * static_cast<double>(n));
  }
}

// Weights far below the compute format's normal numbers are lost when they are rounded to it; later layers
// can make what was lost as large as they please.
TEST(crown_charges_weights_that_the_compute_format_flushes) {
  const verikit::FpEnvironment environment;
  for (const double sign : {1.0, -1.0}) {
    for (const bool scale : {false, true}) {
      std::vector<Node> nodes{{InputOp{}, {}, 1, "input"}};
      if (scale) {
        ScaleOp op;
        op.scale = {0x1p-151};
        op.shift = op.shift_magnitude = {0.0};
        nodes.push_back({op, {0}, 1, "scale"});
      } else {
        nodes.push_back(linear(0, 1, 1, {0x1p-151}, {0.0}));
      }
      for (const bool later : {false, true}) {  // a layer or the functional itself makes it large
        if (later) nodes.push_back(linear(1, 1, 1, {sign * 0x1p100}, {0.0}));
        const Network network = chain(nodes, DType::kFloat64);
        const Lower found = one<float>(network, {0x1p60F}, {0x1p60F}, {later ? 1.0 : sign * 0x1p100});
        CHECK(found.real[0] <= sign * 0x1p9);
        CHECK(found.evaluated[0] <= sign * 0x1p9);
      }
    }
  }
}

// Values that are only moved may still be flushed on the way, one use of them and not another.
TEST(crown_charges_flushing_where_values_are_moved) {
  const verikit::FpEnvironment environment;
  SelectOp twice;
  twice.indices = {0, 0};
  for (const bool concat : {false, true}) {
    std::vector<Node> nodes{{InputOp{}, {}, 1, "input"}};
    if (concat) nodes.push_back({ConcatOp{}, {0, 0}, 2, "concat"});
    else nodes.push_back({twice, {0}, 2, "gather"});
    const Network network = chain(std::move(nodes));
    const Lower found = one<double>(network, {0.0}, {0x1p-130}, {1.0, -1.0});
    CHECK(found.evaluated[0] <= -0x1p-130);
    CHECK(found.real[0] >= -1e-50);
  }
}

// The value that a product of a node with itself takes, and a node that a concatenation names twice.
TEST(crown_takes_a_node_twice) {
  const verikit::FpEnvironment environment;
  const Network square = chain({{InputOp{}, {}, 1, "input"},
                                linear(0, 1, 1, {1.0}, {0.0}),
                                {MulOp{}, {1, 1}, 1, "square"}});
  const Lower least = one<double>(square, {-1.0}, {2.0}, {1.0});
  CHECK(least.real[0] <= 0.0 && least.real[0] >= -6.0);
  const Lower most = one<double>(square, {-1.0}, {2.0}, {-1.0});
  CHECK(most.real[0] <= -4.0 && most.real[0] >= -4.01);
  const Network both = chain({{InputOp{}, {}, 1, "input"},
                              linear(0, 1, 1, {1.0}, {0.0}),
                              {ConcatOp{}, {1, 1, 0}, 3, "concat"}});
  // x + x - 2 x is 0, and the substitution sees it.
  const Lower zero = one<double>(both, {-1.0}, {2.0}, {1.0, 1.0, -2.0});
  CHECK(zero.real[0] <= 0.0 && zero.real[0] > -1e-12);
}

// The last rounding of a product is seen where nothing else is uncertain.
TEST(crown_charges_the_rounding_of_products) {
  const verikit::FpEnvironment environment;
  const Network network = chain({{InputOp{}, {}, 1, "input"}, {MulOp{}, {0, 0}, 1, "square"}});
  Random random(4);
  int below = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const auto x = static_cast<float>(1.0 + uniform(random));
    const float square = x * x;
    if (static_cast<double>(square) < static_cast<double>(x) * static_cast<double>(x)) ++below;
    const Lower found = one<double>(network, {x}, {x}, {1.0});
    CHECK(found.evaluated[0] <= static_cast<double>(square));
    CHECK(found.real[0] > static_cast<double>(x) * static_cast<double>(x) - 1e-12);
  }
  CHECK(below > 50);
}

TEST(crown_output_may_be_the_input_or_a_constant) {
  const verikit::FpEnvironment environment;
  const Network identity = chain({{InputOp{}, {}, 2, "input"}});
  const Lower found = one<float>(identity, {-1.0F, 2.0F}, {1.0F, 3.0F}, {1.0, -1.0});
  CHECK(found.real[0] <= -4.0 && found.real[0] > -4.001);
  const Network constant = chain({{InputOp{}, {}, 2, "input"}, {ConstantOp{{5.0, 0.1}}, {}, 2, "constant"}});
  const Lower fixed = one<float>(constant, {-1.0F, 2.0F}, {1.0F, 3.0F}, {1.0, 1.0});
  CHECK(fixed.real[0] <= 5.1 && fixed.real[0] > 5.0999);
  // An input that nothing reads, and a node behind the output.
  Network unused = chain({{InputOp{}, {}, 2, "input"},
                          {ConstantOp{{5.0}}, {}, 1, "constant"},
                          linear(0, 2, 1, {1.0, 1.0}, {0.0})});
  unused.output = 1;
  const Lower still = one<float>(unused, {-1.0F, 2.0F}, {1.0F, 3.0F}, {1.0});
  CHECK(still.real[0] <= 5.0 && still.real[0] > 4.999);
}

TEST(crown_says_nothing_about_boxes_that_overflow) {
  const verikit::FpEnvironment environment;
  const Network network = chain({{InputOp{}, {}, 1, "input"},
                                 linear(0, 1, 1, {0x1p100}, {0.0}),
                                 {ActivationOp{ActivationKind::kSigmoid, {}, 0, 0}, {1}, 1, "sigmoid"},
                                 linear(2, 1, 1, {0.0}, {1.0})});
  Engine<double> engine(network);
  Random random(1);
  Boxes<double> boxes(random, 3, 1);
  boxes.lower = {0.0, 0x1p-5, 0.0};
  boxes.upper = {0x1p-40, 1.0, 0.0};
  const std::vector<double> c{1.0};
  Functionals<double> f;
  f.node = 3;
  f.coefficients = c.data();
  f.box = {0, 1, 2};
  f.row_of = {0, 0, 0};
  const Lower found = bound(engine, boxes, f);
  CHECK(found.evaluated[1] == -HUGE_VAL && found.real[1] == -HUGE_VAL);
  CHECK(found.evaluated[0] > 0.99 && found.evaluated[2] > 0.99);  // the neighbours keep theirs
  // Coefficients that leave the compute format.
  const Lower large = one<float>(chain({{InputOp{}, {}, 1, "input"}, linear(0, 1, 1, {0x1p100}, {0.0})}, DType::kFloat64),
                                 {0x1p-100F}, {0x1p-99F}, {0x1p60});
  CHECK(large.real[0] <= 0x1p60);
}

TEST(crown_stops_at_its_deadline) {
  const verikit::FpEnvironment environment;
  Random random(3);
  const Network network = random_network::make(random, {});
  const Boxes<double> boxes(random, 1, network.input_size());
  Engine<double> engine(network);
  const verikit::Deadline deadline(0.0);
  BackwardOptions options;
  options.deadline = &deadline;
  const Rows rows(random, network.output_size());
  CHECK_THROWS(bound(engine, boxes, rows.functionals<double>(network.output, 1), options),
               verikit::ErrorCode::kTimeLimit);
}

CHECK_MAIN()
