// Finding points that violate a property, and making sure that they do.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bounds/margins.h"
#include "bounds/point.h"
#include "bounds/property.h"
#include "bounds/verify.h"

namespace verikit::bounds {

struct Violation {
  std::int64_t disjunct = -1;
  std::vector<Rational> x;
  std::vector<double> output;  // real-valued, rounded
  bool exact = false;
};

// Moves x (all inputs) into the disjunct's box and decides there in exact arithmetic, or by certified
// enclosures where the network is not exactly evaluable. nullopt: not (provably) a violation.
std::optional<Violation> confirm(const Network& network, const Property& property, std::int64_t disjunct,
                                 const std::vector<double>& x);

// Fills the REJECTED part of an outcome.
void describe(const Violation& violation, const Network& network, const Property& property, Outcome& outcome);

// The largest of the rows of disjunct d at output y: <= 0 means that y looks unsafe.
double worst_row(const MarginRows& rows, std::uint32_t d, const std::vector<double>& y, Index* row = nullptr);

// Projected gradient descent on the worst row of each disjunct, from the centre and random points of the box.
// Deterministic for a seed. Returns points (of the evaluator's inputs) that look unsafe, at most one a disjunct.
struct AttackOptions {
  std::uint64_t seed = 0;
  int restarts = 8;
  int steps = 30;
  double deadline_s = 1.0;  // stops early; only makes the attack weaker
};
struct Candidate {
  std::uint32_t disjunct;
  std::vector<double> x;
};
std::optional<Candidate> attack(PointEvaluator& evaluator, const MarginRows& rows, const std::vector<double>& lower,
                                const std::vector<double>& upper, std::uint32_t disjunct,
                                const AttackOptions& options);

}  // namespace verikit::bounds
