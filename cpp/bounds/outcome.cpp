// What a search reports: names of reasons, and a violation as the caller sees it.
#include <cmath>

#include "bounds/counterexample.h"
#include "bounds/verify.h"

namespace verikit::bounds {
namespace {

double nearest(const Rational& q) {
  const double l = round_down<double>(q), u = round_up<double>(q);
  return q - to_rational(l) <= to_rational(u) - q ? l : u;
}

bool meets(const Disjunct& disjunct, const std::vector<double>& y) {
  for (const OutputConstraint& constraint : disjunct.constraints) {
    Rational sum = 0;
    for (const auto& [index, coefficient] : constraint.terms) {
      const double value = y[static_cast<std::size_t>(index)];
      if (!std::isfinite(value)) return false;
      sum += coefficient * to_rational(value);
    }
    if (!(constraint.strict ? sum < constraint.bound : sum <= constraint.bound)) return false;
  }
  return true;
}

}  // namespace

const char* name_of(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::kNone:
      return "";
    case DeclineReason::kTimeout:
      return "timeout";
    case DeclineReason::kMemory:
      return "memory";
    case DeclineReason::kBudget:
      return "budget";
    case DeclineReason::kFloatMargin:
      return "float_margin";
    case DeclineReason::kFloatOverflow:
      return "float_overflow";
    case DeclineReason::kUndecided:
      return "undecided";
  }
  return "";
}

void describe(const Violation& violation, const Network& network, const Property& property, Outcome& outcome) {
  outcome.status = Status::kRejected;
  outcome.exact = violation.exact;
  outcome.disjunct = violation.disjunct;
  outcome.output = violation.output;
  for (const Rational& q : violation.x) {
    outcome.counterexample.push_back(nearest(q));
    outcome.counterexample_exact.push_back(q.str());
  }
  // What the network's own format does there.
  std::vector<double> y(static_cast<std::size_t>(network.output_size()));
  if (network.dtype == DType::kFloat64) {
    evaluate<double>(network, outcome.counterexample.data(), y.data());
  } else {
    const std::vector<float> x32(outcome.counterexample.begin(), outcome.counterexample.end());
    std::vector<float> y32(y.size());
    evaluate<float>(network, x32.data(), y32.data());
    y.assign(y32.begin(), y32.end());
  }
  outcome.evaluation_violates = meets(property.unsafe[static_cast<std::size_t>(violation.disjunct)], y);
  outcome.output_evaluated = std::move(y);
}

}  // namespace verikit::bounds
