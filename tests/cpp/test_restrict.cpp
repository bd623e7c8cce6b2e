// Networks restricted to the inputs that vary: their bounds hold for the network as it was.
#include "bounds/restrict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "base/fp_env.h"
#include "bounds/crown.h"
#include "bounds/exact.h"
#include "check.h"
#include "random_network.h"

using namespace verikit::bounds;
using random_network::Evaluation;
using random_network::Evaluator;
using random_network::Order;
using random_network::Random;

namespace {

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// A dense layer in front, so that something can be folded; other readers of the input are dense too.
Network make(Random& random, Index inputs, DType dtype, double scale) {
  random_network::Options options;
  options.nodes = 4 + static_cast<int>(random() % 5);
  options.dtype = dtype;
  options.input_size = 5;
  options.scale = random() % 2 == 0 ? 1.0 : scale;
  const Network inner = random_network::make(random, options);
  random_network::Builder builder(random, options);
  Network network;
  network.dtype = dtype;
  network.nodes.push_back({InputOp{}, {}, inputs, "input"});
  LinearOp front;
  front.in = inputs;
  front.out = 5;
  front.weight = builder.values(5 * inputs);
  for (double& w : front.weight) w = static_cast<double>(static_cast<float>(w * (scale / options.scale)));
  front.terms.bias = builder.values(5);
  for (const double b : front.terms.bias) front.terms.bias_magnitude.push_back(std::fabs(b));
  network.nodes.push_back({front, {0}, 5, "front"});
  for (std::size_t k = 1; k < inner.nodes.size(); ++k) {
    Node node = inner.nodes[k];
    for (NodeId& w : node.inputs) ++w;
    network.nodes.push_back(std::move(node));
  }
  if (random() % 3 == 0) {  // the input is read twice
    LinearOp skip = front;
    skip.out = network.nodes.back().size;
    skip.weight = builder.values(skip.out * inputs);
    skip.terms = {};
    skip.terms.bias = builder.values(skip.out);
    for (const double b : skip.terms.bias) skip.terms.bias_magnitude.push_back(std::fabs(b));
    const auto last = static_cast<NodeId>(network.nodes.size() - 1);
    network.nodes.push_back({skip, {0}, skip.out, "skip"});
    network.nodes.push_back({AddOp{}, {last, last + 1}, skip.out, "add"});
  }
  network.output = static_cast<NodeId>(network.nodes.size() - 1);
  network.input_shape = {inputs};
  network.output_shape = {network.output_size()};
  return network;
}

struct Found {
  std::vector<double> real, evaluated;  // lower bounds of y_0, -y_0, y_1, ...
};

Found bound(const std::shared_ptr<const Network>& network, const std::vector<double>& lower,
            const std::vector<double>& upper, bool float_evaluations = true) {
  const Crown<double> crown(std::make_shared<const PreparedNetwork<double>>(network),
                            {float_evaluations, network->dtype == DType::kFloat64 ? 0x1p-50 : 0x1p-21});
  const auto state = crown.make_state();
  crown.propagate(lower.data(), upper.data(), 1, Intermediate::kCrown, *state);
  Functionals<double> f;
  f.node = network->output;
  for (Index r = 0; r < 2 * network->output_size(); ++r) {
    f.box.push_back(0);
    f.coordinate.push_back(r / 2);
    f.sign.push_back(r % 2 == 0 ? 1 : -1);
  }
  Found found{std::vector<double>(f.box.size()), std::vector<double>(f.box.size())};
  crown.lower_bounds(f, *state, found.real.data(), found.evaluated.data());
  return found;
}

std::vector<double> pick(const std::vector<double>& x, const std::vector<Index>& free) {
  std::vector<double> part;
  for (const Index i : free) part.push_back(x[static_cast<std::size_t>(i)]);
  return part;
}

template <class Format>
void check_network(std::uint64_t seed, DType dtype, double scale, double input_scale) {
  Random random(seed);
  const Index n = 8;
  const auto network = std::make_shared<const Network>(make(random, n, dtype, scale));
  std::vector<double> lower, upper;
  for (Index i = 0; i < n; ++i) {
    const auto x = static_cast<float>(std::normal_distribution<double>()(random) * input_scale);
    const auto how = random() % 4;
    if (how == 0) {
      lower.push_back(x);
      upper.push_back(x);
    } else if (how == 1) {  // a decimal, rounded outward
      lower.push_back(x);
      upper.push_back(std::nextafter(x, HUGE_VALF));
    } else {
      lower.push_back(x);
      upper.push_back(static_cast<double>(static_cast<float>(static_cast<double>(x) + input_scale * uniform(random))));
    }
  }
  const Restriction restriction = restrict_inputs(network, lower, upper);
  for (std::size_t k = 1; k < restriction.free.size(); ++k) CHECK(restriction.free[k - 1] < restriction.free[k]);
  CHECK(restriction.network->input_size() == static_cast<Index>(restriction.free.size()));
  const Found found = bound(restriction.network, pick(lower, restriction.free), pick(upper, restriction.free));
  const bool exact = exactly_evaluable(*network);
  for (int sample = 0; sample < 12; ++sample) {
    std::vector<double> x;
    for (std::size_t i = 0; i < lower.size(); ++i) {
      const double t = random() % 2 == 0 ? uniform(random) : static_cast<double>(random() % 2);
      x.push_back(std::clamp(static_cast<double>(static_cast<float>(lower[i] + t * (upper[i] - lower[i]))), lower[i], upper[i]));
    }
    if (exact) {
      std::vector<Rational> q;
      // Inside of a nearly constant input too, not at floats alone.
      for (std::size_t i = 0; i < x.size(); ++i) {
        q.push_back(random() % 2 == 0 ? to_rational(x[i]) : (to_rational(lower[i]) * 2 + to_rational(upper[i])) / 3);
      }
      const std::vector<Rational> y = evaluate_exact(*network, q);
      for (std::size_t r = 0; r < found.real.size(); ++r) {
        if (!std::isfinite(found.real[r])) continue;
        const Rational value = r % 2 == 0 ? y[r / 2] : Rational(-y[r / 2]);
        CHECK(to_rational(found.real[r]) <= value);
      }
    }
    for (const Order order : {Order::kForward, Order::kReverse, Order::kPairwise, Order::kFused, Order::kWide}) {
      Evaluation how;
      how.order = order;
      how.flush = random() % 2 == 0;
      how.bias_first = random() % 2 == 0;
      Evaluator<Format> evaluator(*network, how);
      const auto values = evaluator.run(std::vector<Format>(x.begin(), x.end()));
      bool finite = true;
      for (const auto& v : values) {
        for (const Format y : v) finite = finite && std::isfinite(y);
      }
      const auto& y = values[static_cast<std::size_t>(network->output)];
      for (std::size_t r = 0; r < found.evaluated.size(); ++r) {
        const double value = r % 2 == 0 ? static_cast<double>(y[r / 2]) : -static_cast<double>(y[r / 2]);
        CHECK(finite ? found.evaluated[r] <= value : found.evaluated[r] == -HUGE_VAL);
      }
    }
  }
}

std::shared_ptr<const Network> sum_of_two(double w, double underflow_scale = 1.0) {
  Network network;
  network.nodes.push_back({InputOp{}, {}, 2, "input"});
  LinearOp op;
  op.in = 2;
  op.out = 1;
  op.weight = {w, w};
  op.terms.bias = op.terms.bias_magnitude = {0.0};
  op.terms.underflow_scale = underflow_scale;
  network.nodes.push_back({op, {0}, 1, "sum"});
  network.output = 1;
  network.input_shape = {2};
  network.output_shape = {1};
  return std::make_shared<const Network>(network);
}

}  // namespace

TEST(restrict_bounds_hold_for_the_whole_network) {
  const verikit::FpEnvironment environment;
  for (std::uint64_t seed = 0; seed < 250 && check::failures() < 5; ++seed) {
    check_network<float>(seed, DType::kFloat32, 1.0, 1.0);
    check_network<double>(seed + 1000, DType::kFloat64, 1.0, 1.0);
    check_network<float>(seed + 2000, DType::kFloat32, 1e-30, 1e-9);
    check_network<float>(seed + 3000, DType::kFloat32, 1e12, 1e15);
  }
}

TEST(restrict_keeps_the_inputs_that_vary) {
  const verikit::FpEnvironment environment;
  const auto network = sum_of_two(1.0);
  const Restriction some = restrict_inputs(network, {1.0, 0.0}, {1.0, 2.0});
  CHECK(some.free == std::vector<Index>{1} && some.network->input_size() == 1);
  const Found found = bound(some.network, {0.0}, {2.0});
  CHECK(found.real[0] <= 1.0 && found.real[0] > 0.999999 && found.real[1] <= -3.0 && found.real[1] > -3.00001);
  // Nothing varies, or everything does: the network stays as it is.
  CHECK(restrict_inputs(network, {1.0, 2.0}, {1.0, 2.0}).network == network);
  const Restriction all = restrict_inputs(network, {0.0, 0.0}, {1.0, 1.0});
  CHECK(all.network == network && all.free.size() == 2);
  // Zero is constant; a subnormal width around it is not.
  CHECK(restrict_inputs(network, {0.0, 0.0}, {0.0, 1.0}).free == std::vector<Index>{1});
  CHECK(restrict_inputs(network, {0.0, 0.0}, {1e-45, 1.0}).free.size() == 2);
}

// What a flushed operand loses is multiplied by whatever the node multiplies its sum by.
TEST(restrict_charges_flushing_through_the_scale_of_the_node) {
  const verikit::FpEnvironment environment;
  // alpha = 2^24 and stored weights 2^-130, so that w = 2^-106; with x = 2^80 a flushed weight loses 2^-26.
  const auto network = sum_of_two(0x1p-106, 0x1p24);
  const double x = 0x1p80;
  const Restriction restriction = restrict_inputs(network, {x, 0.0}, {x, 1.0});
  CHECK(restriction.free.size() == 1);
  const Found found = bound(restriction.network, {0.0}, {1.0});
  CHECK(found.evaluated[0] <= 0.0);
  CHECK(found.evaluated[0] > -0x1p-16);
}

// An evaluation adds the constant inputs' products like all others, in any order.
TEST(restrict_charges_the_sum_over_constant_inputs) {
  const verikit::FpEnvironment environment;
  constexpr Index kSmall = 400;
  const auto make_sum = [](double first, double rest, double last) {
    Network network;
    network.nodes.push_back({InputOp{}, {}, kSmall + 3, "input"});
    LinearOp op;
    op.in = kSmall + 3;
    op.out = 1;
    op.weight.assign(kSmall + 3, rest);
    op.weight[1] = first;
    op.weight.back() = last;
    op.terms.bias = op.terms.bias_magnitude = {0.0};
    network.nodes.push_back({op, {0}, 1, "sum"});
    network.output = 1;
    network.input_shape = {kSmall + 3};
    network.output_shape = {1};
    return std::make_shared<const Network>(network);
  };
  // Each small product is lost when it is added to 1; and what is lost stays when the 1 is taken away.
  for (const double last : {0.0, -1.0}) {
    const auto network = make_sum(1.0, 0x1p-25, last);
    std::vector<double> lower(kSmall + 3, 1.0), upper(kSmall + 3, 1.0);
    lower[0] = 0.0;
    upper[0] = 0x1p-30;
    const Restriction restriction = restrict_inputs(network, lower, upper);
    CHECK(restriction.free.size() == 1);
    const Found found = bound(restriction.network, {0.0}, {0x1p-30});
    Evaluator<float> evaluator(*network, Evaluation{});
    std::vector<float> x(kSmall + 3, 1.0F);
    x[0] = 0.0F;
    const float y = evaluator.run(x)[1][0];
    CHECK(y == static_cast<float>(1.0 + last));
    CHECK(found.evaluated[0] <= static_cast<double>(y) && found.evaluated[1] <= -static_cast<double>(y));
    CHECK(found.real[0] > 1.0 + last + 0.9 * kSmall * 0x1p-25);
  }
}

// The float32 hull of a number that float32 does not have is no constant.
TEST(restrict_folds_no_infinite_inputs) {
  const verikit::FpEnvironment environment;
  const auto network = sum_of_two(1.0);
  const double most = static_cast<double>(std::numeric_limits<float>::max());
  const std::pair<double, double> ends[] = {{-HUGE_VAL, HUGE_VAL}, {most, HUGE_VAL}, {-HUGE_VAL, -most}, {-HUGE_VAL, 0.0}};
  for (const auto& [l, u] : ends) {
    const Restriction restriction = restrict_inputs(network, {l, 0.0}, {u, 1.0});
    CHECK(restriction.free.size() == 2);
    const Found found = bound(restriction.network, pick({l, 0.0}, restriction.free), pick({u, 1.0}, restriction.free));
    CHECK(found.real[0] == -HUGE_VAL && found.evaluated[1] == -HUGE_VAL);
  }
}

CHECK_MAIN()
