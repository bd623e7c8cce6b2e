// Does the property hold? Attack, then branch and bound on input boxes; docs/soundness.md, sections 5 and 6.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bounds/ibp.h"
#include "bounds/network.h"
#include "bounds/property.h"

namespace verikit::bounds {

struct VerifyOptions {
  double timeout_s = 60.0;
  double memory_mb = 4096.0;       // for what the search itself keeps
  int threads = 1;
  bool real_only = false;          // prove for real arithmetic only
  std::uint64_t seed = 0;          // of the attack
  std::uint64_t max_boxes = 0;     // work budget; 0: none. Verdicts under it are reproducible.
};

enum class Status : std::uint8_t { kAccepted, kRejected, kDeclined };
enum class DeclineReason : std::uint8_t {
  kNone,
  kTimeout,
  kMemory,
  kBudget,
  kFloatMargin,    // proved for the reals; the margin is smaller than what class F may lose
  kFloatOverflow,  // an evaluation may overflow
  kUndecided,      // a box cannot be split any further
};
const char* name_of(DeclineReason reason);

struct Outcome {
  Status status = Status::kDeclined;
  DeclineReason reason = DeclineReason::kNone;

  // REJECTED
  std::vector<double> counterexample;               // nearest doubles
  std::vector<std::string> counterexample_exact;    // rationals, "p/q"
  std::vector<double> output;                       // real-valued output, rounded
  std::vector<double> output_evaluated;             // a float32 evaluation (float64 for float64 networks)
  bool evaluation_violates = false;
  bool exact = false;                               // rational arithmetic; else certified enclosures
  std::int64_t disjunct = -1;

  // The smallest margin that a leaf was refuted with (class F). Inputs that clipping cut away have a positive margin
  // that was not measured.
  double smallest_margin = 0.0;
  // Proven lower bound of the margin over all inputs of the property (class F): after ACCEPTED 0 where boxes were
  // clipped, after DECLINED what was reached.
  double lower_bound = 0.0;
  double real_lower_bound = 0.0;
  std::uint64_t boxes = 0, leaves = 0;
  double time_s = 0.0, attack_time_s = 0.0;
  int threads = 1;
};

// raises: kShape where property and network disagree; kInput for bad options.
Outcome verify(const Network& network, const Property& property, const VerifyOptions& options);

}  // namespace verikit::bounds
