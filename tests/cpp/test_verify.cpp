// Verdicts on small networks whose answer is known, and on random ones against exact evaluation.
#include "bounds/verify.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "base/error.h"
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

Network chain(std::vector<Node> nodes, DType dtype = DType::kFloat32) {
  Network network;
  network.dtype = dtype;
  network.nodes = std::move(nodes);
  network.output = static_cast<NodeId>(network.nodes.size() - 1);
  network.input_shape = {network.input_size()};
  network.output_shape = {network.output_size()};
  return network;
}
Node input(Index n) { return {InputOp{}, {}, n, "input"}; }
Node linear(NodeId from, Index in, Index out, std::vector<double> weight, std::vector<double> bias) {
  LinearOp op;
  op.in = in;
  op.out = out;
  op.weight = std::move(weight);
  for (const double b : bias) op.terms.bias_magnitude.push_back(std::fabs(b));
  op.terms.bias = std::move(bias);
  return {op, {from}, out, "linear"};
}
Node activation(NodeId from, Index n, ActivationKind kind) { return {ActivationOp{kind, {}, 0, 0}, {from}, n, "activation"}; }

// Sum over the inputs of |x| - relu(x) - relu(-x), which is 0 everywhere and looks like less on a box around 0.
Network zero_in_disguise(Index n) {
  const auto wide = static_cast<std::size_t>(n);
  std::vector<double> copy(3 * wide * wide, 0.0), sum(3 * wide);
  for (std::size_t i = 0; i < wide; ++i) {
    copy[i * wide + i] = copy[(wide + i) * wide + i] = 1.0;
    copy[(2 * wide + i) * wide + i] = -1.0;
    sum[i] = 1.0;
    sum[wide + i] = sum[2 * wide + i] = -1.0;
  }
  SelectOp first, rest;
  for (Index i = 0; i < 3 * n; ++i) (i < n ? first : rest).indices.push_back(static_cast<std::int32_t>(i));
  return chain({input(n), linear(0, n, 3 * n, copy, std::vector<double>(3 * wide, 0.0)), {first, {1}, n, "first"},
                {rest, {1}, 2 * n, "rest"}, activation(2, n, ActivationKind::kAbs), activation(3, 2 * n, ActivationKind::kRelu),
                {ConcatOp{}, {4, 5}, 3 * n, "concat"}, linear(6, 3 * n, 1, sum, {0.0})});
}

std::shared_ptr<const InputBox> box(const std::vector<Rational>& lower, const std::vector<Rational>& upper) {
  return std::make_shared<const InputBox>(InputBox{lower, upper});
}
OutputConstraint at_most(std::vector<std::pair<std::int32_t, Rational>> terms, const Rational& bound, bool strict = false) {
  return {std::move(terms), bound, strict};
}
Property property(const Network& network, std::vector<Disjunct> unsafe) {
  Property p;
  p.inputs = network.input_size();
  p.outputs = network.output_size();
  p.unsafe = std::move(unsafe);
  return p;
}
// Unsafe: y_0 <= bound.
Property below(const Network& network, const std::shared_ptr<const InputBox>& inputs, const Rational& bound) {
  return property(network, {{inputs, {at_most({{0, 1}}, bound)}}});
}

Outcome run(const Network& network, const Property& p, VerifyOptions options = {}) { return verify(network, p, options); }

// Parses what the outcome says and decides again.
void check_rejected(const Network& network, const Property& p, const Outcome& outcome) {
  CHECK(outcome.status == Status::kRejected && outcome.reason == DeclineReason::kNone);
  CHECK(outcome.disjunct >= 0 && outcome.disjunct < static_cast<std::int64_t>(p.unsafe.size()));
  if (outcome.status != Status::kRejected) return;
  const Disjunct& d = p.unsafe[static_cast<std::size_t>(outcome.disjunct)];
  std::vector<Rational> x;
  for (const std::string& s : outcome.counterexample_exact) x.emplace_back(s);
  if (exactly_evaluable(network)) {
    CHECK(outcome.exact && violates(d, x, evaluate_exact(network, x)));
  } else {
    CHECK(!outcome.exact && violates_certainly(d, x, enclose(network, x)));
  }
  CHECK(outcome.output.size() == static_cast<std::size_t>(p.outputs));
  CHECK(outcome.output_evaluated.size() == outcome.output.size());
}

bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }
bool same(const Outcome& a, const Outcome& b) {
  return a.status == b.status && a.reason == b.reason && a.counterexample_exact == b.counterexample_exact &&
         a.disjunct == b.disjunct && same(a.smallest_margin, b.smallest_margin) && same(a.lower_bound, b.lower_bound) &&
         same(a.real_lower_bound, b.real_lower_bound) && a.boxes == b.boxes && a.leaves == b.leaves;
}

}  // namespace

TEST(verify_accepts_what_holds) {
  const Network network = zero_in_disguise(2);
  const Property p = below(network, box({Rational(-1), Rational(-1)}, {Rational(13, 10), Rational(9, 7)}), Rational(-1, 100));
  const Outcome outcome = run(network, p);
  CHECK(outcome.status == Status::kAccepted && outcome.boxes > 1 && outcome.leaves > 1);
  CHECK(outcome.smallest_margin > 0.0 && outcome.smallest_margin <= 0.01);
  CHECK(outcome.smallest_margin > 0.0 && outcome.lower_bound >= 0.0 && outcome.real_lower_bound >= 0.0);
}

TEST(verify_rejects_with_an_exact_counterexample) {
  const Network network = zero_in_disguise(2);
  const auto inputs = box({Rational(1, 3), Rational(-1)}, {Rational(1, 3), Rational(1)});
  // 1/3 is no double; the counterexample has it exactly.
  const Property p = below(network, inputs, Rational(0));
  const Outcome outcome = run(network, p);
  check_rejected(network, p, outcome);
  CHECK(outcome.counterexample_exact.at(0) == "1/3");
  // A needle: y = 4 relu(x - 0.699) - x, unsafe only between 0.699 and 0.7.
  const Network needle = chain({input(1), linear(0, 1, 2, {1, 1}, {0, -0.69921875}), activation(1, 2, ActivationKind::kRelu),
                                linear(2, 2, 1, {-1, 4}, {0})});
  const Property q = below(needle, box({Rational(0)}, {Rational(2)}), Rational(-699, 1000));
  check_rejected(needle, q, run(needle, q));
}

TEST(verify_decides_at_the_boundary_exactly) {
  // y = x on [0, 1]: y <= 0 is met at one point, y < 0 nowhere.
  const Network network = chain({input(1), linear(0, 1, 1, {1.0}, {0.0})});
  const Property closed = below(network, box({Rational(0)}, {Rational(1)}), Rational(0));
  check_rejected(network, closed, run(network, closed));
  const Property strict = property(network, {{box({Rational(0)}, {Rational(1)}), {at_most({{0, 1}}, 0, true)}}});
  VerifyOptions options;
  options.max_boxes = 2000;
  CHECK(run(network, strict, options).status != Status::kRejected);
}

TEST(verify_declines_what_floats_may_break) {
  const Network network = chain({input(1), linear(0, 1, 1, {1.0}, {0.0})});
  const Property p = below(network, box({Rational(1)}, {Rational(3, 2)}), 1 - Rational(1, 1000000000));
  const Outcome outcome = run(network, p);
  CHECK(outcome.status == Status::kDeclined && outcome.reason == DeclineReason::kFloatMargin);
  CHECK(outcome.real_lower_bound >= 0.0 && outcome.real_lower_bound <= 1e-9 && outcome.lower_bound <= 0.0);
  VerifyOptions options;
  options.real_only = true;
  CHECK(run(network, p, options).status == Status::kAccepted);
}

// A point that the reals leave open is no float margin, whatever else floats may break.
TEST(verify_never_calls_it_float_margin_where_the_reals_are_open) {
  const Network network = chain({input(1), linear(0, 1, 1, {1.0}, {0.0})});
  const auto inputs = box({Rational(1)}, {Rational(3, 2)});
  // One disjunct within rounding, one that is met exactly on the border (and strict, so it is never met).
  const Property p = property(network, {{inputs, {at_most({{0, 1}}, 1 - Rational(1, 1000000000))}},
                                        {inputs, {at_most({{0, 1}}, 1, true)}}});
  VerifyOptions options;
  options.max_boxes = 20000;
  const Outcome outcome = run(network, p, options);
  CHECK(outcome.status == Status::kDeclined && outcome.reason != DeclineReason::kFloatMargin);
  CHECK(outcome.real_lower_bound <= 0.0);
}

TEST(verify_declines_what_may_overflow) {
  const Network network = chain({input(1), linear(0, 1, 1, {0x1p100}, {0.0}), activation(1, 1, ActivationKind::kTanh)});
  const Property p = below(network, box({Rational(1)}, {Rational(2)}), Rational(-2));
  const Outcome outcome = run(network, p);
  CHECK(outcome.status == Status::kDeclined && outcome.reason == DeclineReason::kFloatOverflow);
  CHECK(outcome.lower_bound == -HUGE_VAL && outcome.real_lower_bound == -HUGE_VAL);
  VerifyOptions options;
  options.real_only = true;  // the reals have room
  CHECK(run(network, p, options).status == Status::kAccepted);
}

TEST(verify_survives_inputs_that_the_format_does_not_have) {
  const Network network = chain({input(2), linear(0, 2, 1, {0x1p-100, 1.0}, {0.0})});
  const Rational huge = parse_decimal("1e50"), beyond = parse_decimal("1e400");
  for (const Rational& h : {huge, beyond}) {
    for (const bool fixed : {false, true}) {
      for (const bool real : {false, true}) {
        VerifyOptions options;
        options.real_only = real;
        options.max_boxes = 200;
        options.timeout_s = 20;
        // y = 2^-100 x_0 + x_1 is far above -1 at the upper end, and below it at the lower where that is free.
        const Property safe = below(network, box({fixed ? h : Rational(0), Rational(0)}, {h, Rational(1)}), Rational(-1));
        CHECK(run(network, safe, options).status != Status::kRejected);
        if (!real) CHECK(run(network, safe, options).status == Status::kDeclined);
        const Property unsafe = below(network, box({fixed ? Rational(-h) : Rational(-h), Rational(0)}, {fixed ? Rational(-h) : h, Rational(1)}), Rational(-1));
        CHECK(run(network, unsafe, options).status != Status::kAccepted);
      }
    }
  }
}

TEST(verify_stops_at_its_budget_and_says_what_it_reached) {
  const Network network = zero_in_disguise(3);
  const Property p = below(network, box(std::vector<Rational>(3, Rational(-1)), std::vector<Rational>(3, Rational(13, 10))),
                           Rational(-1, 1000));
  VerifyOptions options;
  options.max_boxes = 3;
  const Outcome few = run(network, p, options);
  CHECK(few.status == Status::kDeclined && few.reason == DeclineReason::kBudget);
  CHECK(few.boxes >= 3 && few.boxes <= 3 + 128);
  CHECK(few.lower_bound <= 0.0 && std::isfinite(few.lower_bound) && few.real_lower_bound >= few.lower_bound);
  CHECK(few.real_lower_bound <= 0.001);  // the margin is 0.001 everywhere
  options.max_boxes = 0;
  CHECK(run(network, p, options).status == Status::kAccepted);
}

TEST(verify_stops_at_its_deadline) {
  const Network network = zero_in_disguise(6);
  const Property p = below(network, box(std::vector<Rational>(6, Rational(-1)), std::vector<Rational>(6, Rational(13, 10))),
                           Rational(-1, 100000));
  VerifyOptions options;
  options.timeout_s = 1e-9;
  const Outcome none = run(network, p, options);
  CHECK(none.status == Status::kDeclined && none.reason == DeclineReason::kTimeout && none.lower_bound == -HUGE_VAL);
  options.timeout_s = 0.3;
  const Outcome some = run(network, p, options);
  CHECK(some.status == Status::kAccepted || some.reason == DeclineReason::kTimeout);
  CHECK(some.time_s < 3.0);  // generous: machines are shared, sanitizers slow
  CHECK(some.lower_bound <= 0.00001);
}

TEST(verify_stops_at_its_memory_limit) {
  const Network network = zero_in_disguise(6);
  const Property p = below(network, box(std::vector<Rational>(6, Rational(-1)), std::vector<Rational>(6, Rational(13, 10))),
                           Rational(-1, 100000));
  VerifyOptions options;
  options.memory_mb = 1e-6;
  const Outcome none = run(network, p, options);
  CHECK(none.status == Status::kDeclined && none.reason == DeclineReason::kMemory);
  // Depth-first when little is left: still an answer, and never a wrong one.
  options.memory_mb = 0.05;
  options.max_boxes = 3000;
  const Outcome some = run(network, p, options);
  CHECK(some.status != Status::kRejected);
}

TEST(verify_gives_the_same_outcome_on_any_number_of_threads) {
  random_network::Options shape;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    shape.nodes = 6;
    shape.input_size = 3;
    const Network network = random_network::make(random, shape);
    const auto inputs = box(std::vector<Rational>(3, Rational(-1)), std::vector<Rational>(3, Rational(1)));
    std::vector<Disjunct> unsafe;
    std::vector<double> x(3, 0.1), y(static_cast<std::size_t>(network.output_size()));
    evaluate<double>(network, x.data(), y.data());
    if (!std::isfinite(y[0])) continue;
    for (std::int32_t j = 0; j < network.output_size(); ++j) {
      unsafe.push_back({inputs, {at_most({{j, 1}}, to_rational(y[static_cast<std::size_t>(j)]) - 10 - Rational(static_cast<int>(seed)))}});
    }
    const Property p = property(network, unsafe);
    VerifyOptions options;
    options.max_boxes = 1500;
    const Outcome one = run(network, p, options);
    for (const int threads : {1, 2, 4}) {
      options.threads = threads;
      const Outcome again = run(network, p, options);
      CHECK(same(one, again) && again.threads == threads);
    }
  }
}

TEST(verify_takes_every_disjunct) {
  const Network network = chain({input(2), linear(0, 2, 2, {1, 0, 0, 1}, {0, 0})});
  const auto unit = box({Rational(0), Rational(0)}, {Rational(1), Rational(1)});
  const auto same_unit = box({Rational(0), Rational(0)}, {Rational(1), Rational(1)});
  const auto far = box({Rational(5), Rational(5)}, {Rational(6), Rational(6)});
  const Disjunct never{unit, {at_most({{0, 1}}, -1)}}, nor{same_unit, {at_most({{1, 1}}, -1)}};
  const Disjunct there{far, {at_most({{0, -1}}, -7)}};  // y_0 >= 7
  CHECK(run(network, property(network, {never, nor, there})).status == Status::kAccepted);
  CHECK(run(network, property(network, {})).status == Status::kAccepted);
  // Any one of them is enough, wherever it stands.
  const Disjunct reached{far, {at_most({{0, -1}}, -Rational(11, 2)), at_most({{1, 1}}, Rational(21, 4))}};
  for (const std::vector<Disjunct>& all : {std::vector<Disjunct>{reached, never, nor}, std::vector<Disjunct>{never, nor, there, reached}}) {
    const Property p = property(network, all);
    const Outcome outcome = run(network, p);
    check_rejected(network, p, outcome);
    CHECK(all[static_cast<std::size_t>(outcome.disjunct)].box == far);
  }
  // Constraints that only together cannot be met: y_0 >= 0.6 and y_1 >= 0.6 and y_0 + y_1 <= 1.
  const Disjunct together{unit, {at_most({{0, -1}}, -Rational(6, 10)), at_most({{1, -1}}, -Rational(6, 10)), at_most({{0, 1}, {1, 1}}, 1)}};
  CHECK(run(network, property(network, {together})).status == Status::kAccepted);
}

// No constraint on the outputs: any input of the box is a counterexample.
TEST(verify_rejects_a_disjunct_without_constraints) {
  const Network network = chain({input(2), linear(0, 2, 1, {1, 1}, {0})});
  const Property p = property(network, {{box({Rational(1, 3), Rational(0)}, {Rational(1, 2), Rational(0)}), {}}});
  check_rejected(network, p, run(network, p));
  const Network curved = chain({input(2), linear(0, 2, 1, {1, 1}, {0}), activation(1, 1, ActivationKind::kSigmoid)});
  const Property q = property(curved, {{box({Rational(1, 3), Rational(0)}, {Rational(1, 2), Rational(0)}), {}}});
  check_rejected(curved, q, run(curved, q));
}

TEST(verify_folds_inputs_that_are_fixed) {
  const Network network = chain({input(4), linear(0, 4, 2, {1, 1, 1, 1, 1, -1, 1, -1}, {0, 0}), activation(1, 2, ActivationKind::kRelu),
                                 linear(2, 2, 1, {1, 1}, {0})});
  const std::vector<Rational> lower{Rational(1, 10), Rational(0), Rational(2, 3), Rational(-1)};
  const std::vector<Rational> upper{Rational(1, 10), Rational(1), Rational(2, 3), Rational(1)};
  // At its least (x_1 = 1, x_3 = -1) y is relu(23/30) + relu(23/30).
  CHECK(run(network, below(network, box(lower, upper), Rational(22, 15))).status == Status::kAccepted);
  const Property p = below(network, box(lower, upper), Rational(24, 15));
  const Outcome outcome = run(network, p);
  check_rejected(network, p, outcome);
  CHECK(outcome.counterexample_exact.at(0) == "1/10" && outcome.counterexample_exact.at(2) == "2/3");
  // All of them fixed.
  const auto point = box(lower, {lower[0], lower[1], lower[2], lower[3]});
  CHECK(run(network, below(network, point, Rational(3, 2))).status == Status::kAccepted);
  const Property q = below(network, point, Rational(2));
  check_rejected(network, q, run(network, q));
}

// Coefficients that a double cannot hold to a relative error.
TEST(verify_never_accepts_by_coefficients_out_of_range) {
  const Network network = chain({input(1), linear(0, 1, 2, {0, 0}, {0.5, 0.25})});
  const auto unit = box({Rational(0)}, {Rational(1)});
  // 1e400 y_0 - 1e401 y_1 <= -1 is met; with both cut to the largest double it would not be.
  const Property huge = property(network, {{unit, {at_most({{0, parse_decimal("1e400")}, {1, -parse_decimal("1e401")}}, -1)}}});
  VerifyOptions options;
  options.max_boxes = 100;
  CHECK(run(network, huge, options).status != Status::kAccepted);
  // -c y <= -1.25 2^-174 with c = 1.5 2^-1074 is met at y = 2^900.
  const Network large = chain({input(1), linear(0, 1, 1, {0}, {0x1p900})}, DType::kFloat64);
  const Rational denormal = to_rational(0x1p-1074);
  const Property small = property(large, {{unit, {at_most({{0, -denormal * 3 / 2}}, -to_rational(0x1.4p-174))}}});
  CHECK(run(large, small, options).status != Status::kAccepted);
  // In range they are used.
  const Property fine = property(network, {{unit, {at_most({{0, parse_decimal("1e30")}, {1, parse_decimal("1e-30")}}, -1)}}});
  CHECK(run(network, fine, options).status == Status::kAccepted);
}

TEST(verify_refuses_what_does_not_fit) {
  const Network network = chain({input(1), linear(0, 1, 1, {1}, {0})});
  Property p = below(network, box({Rational(0)}, {Rational(1)}), Rational(-1));
  p.inputs = 2;
  CHECK_THROWS(verify(network, p, {}), verikit::ErrorCode::kShape);
  p.inputs = 1;
  VerifyOptions options;
  options.threads = 0;
  CHECK_THROWS(verify(network, p, options), verikit::ErrorCode::kInput);
  options = {};
  options.timeout_s = std::nan("");
  CHECK_THROWS(verify(network, p, options), verikit::ErrorCode::kInput);
}

// The answer is bracketed by sampling: nothing that some evaluation breaks is accepted.
TEST(verify_is_right_on_random_networks) {
  int accepted = 0, rejected = 0;
  random_network::Options shape;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed + 300);
    shape.nodes = 3 + static_cast<int>(seed % 6);
    shape.input_size = 1 + static_cast<Index>(seed % 3);
    shape.dtype = seed % 5 == 0 ? DType::kFloat64 : DType::kFloat32;
    const Network network = random_network::make(random, shape);
    const auto n = static_cast<std::size_t>(shape.input_size);
    std::vector<double> lower, upper;
    for (std::size_t i = 0; i < n; ++i) {
      lower.push_back(static_cast<double>(static_cast<float>(2 * uniform(random) - 1)));
      upper.push_back(random() % 6 == 0 ? lower[i] : static_cast<double>(static_cast<float>(lower[i] + uniform(random))));
    }
    std::vector<Rational> l, u;
    for (std::size_t i = 0; i < n; ++i) {
      l.push_back(to_rational(lower[i]));
      u.push_back(to_rational(upper[i]));
    }
    // Samples of one random functional of the outputs.
    std::vector<std::pair<std::int32_t, Rational>> terms;
    for (std::int32_t j = 0; j < network.output_size(); ++j) {
      terms.emplace_back(j, to_rational(std::normal_distribution<double>()(random)));
    }
    std::vector<double> seen;
    bool finite = true;
    for (int sample = 0; sample < 300; ++sample) {
      std::vector<float> x;
      for (std::size_t i = 0; i < n; ++i) {
        const double t = random() % 3 == 0 ? static_cast<double>(random() % 2) : uniform(random);
        x.push_back(static_cast<float>(std::clamp(lower[i] + t * (upper[i] - lower[i]), lower[i], upper[i])));
      }
      Evaluation how;
      how.order = static_cast<Order>(random() % 5);
      how.bias_first = random() % 2 == 0;
      std::vector<double> y;
      if (shape.dtype == DType::kFloat64) {
        Evaluator<double> evaluator(network, how);
        y = evaluator.run({x.begin(), x.end()})[static_cast<std::size_t>(network.output)];
      } else {
        Evaluator<float> evaluator(network, how);
        const auto y32 = evaluator.run(x)[static_cast<std::size_t>(network.output)];
        y.assign(y32.begin(), y32.end());
      }
      Rational sum = 0;
      for (const auto& [j, c] : terms) {
        finite = finite && std::isfinite(y[static_cast<std::size_t>(j)]);
        if (finite) sum += c * to_rational(y[static_cast<std::size_t>(j)]);
      }
      if (!finite) break;
      seen.push_back(round_up<double>(sum));
    }
    if (!finite) continue;
    std::sort(seen.begin(), seen.end());
    const double spread = seen.back() - seen.front() + 1e-6 * (1.0 + std::fabs(seen.front()));
    for (const double offset : {-2.0, -0.1, -1e-4, 0.0, 0.3}) {
      const double bound = seen.front() + offset * spread;
      const Property p = property(network, {{box(l, u), {at_most(terms, to_rational(bound))}}});
      VerifyOptions options;
      options.max_boxes = 400;
      options.timeout_s = 20;
      options.threads = 1 + static_cast<int>(seed % 2);
      const Outcome outcome = run(network, p, options);
      if (outcome.status == Status::kAccepted) {
        ++accepted;
        CHECK(seen.front() > bound);
        CHECK(outcome.smallest_margin > 0.0);  // of the leaves: what was cut off has a margin of its own
      } else if (outcome.status == Status::kRejected) {
        ++rejected;
        check_rejected(network, p, outcome);
      } else {
        CHECK(outcome.lower_bound <= std::max(0.0, seen.front() - bound + 1e-9 * (1 + std::fabs(bound))));
        CHECK(outcome.reason != DeclineReason::kNone && *name_of(outcome.reason) != '\0');
      }
    }
  }
  std::printf("random networks: %d accepted, %d rejected\n", accepted, rejected);
  CHECK(accepted > 100 && rejected > 100);
}

CHECK_MAIN()
