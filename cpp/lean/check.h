// Checking an environment: every declaration that is not trusted, on any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lean/environment.h"
#include "lean/kernel.h"

namespace verikit::lean {

enum class CheckStatus : std::uint8_t { kAccepted, kRejected, kDeclined };

struct CheckOptions {
  int threads = 1;
  CheckLimits limits;
  // Report the first rejection, by rank, and stop: what comes after it is not checked. What a wrong declaration makes of
  // the rest cannot change the verdict, and may take for ever.
  bool stop_at_first = false;
  // Called on some thread, one at a time, now and then and at the end; false cancels: what is left is DECLINED(time).
  std::function<bool(std::size_t done, std::size_t total)> progress;
};

// One declaration that was not accepted.
struct Finding {
  DeclarationId declaration = kNone;  // kNone: the file as a whole (a duplicate name)
  std::string name;                   // of its first constant, or of the constant concerned
  CheckStatus status = CheckStatus::kRejected;
  Rule rule = Rule::kCount;           // where rejected
  Decline reason = Decline::kCount;   // where declined
  std::string detail;
};

struct Report {
  CheckStatus status = CheckStatus::kAccepted;  // rejected if any is, else declined if any is
  std::vector<Finding> findings;                // by rank: the same for every number of threads
  std::size_t declarations = 0, checked = 0, trusted = 0;
  std::size_t constants = 0, terms = 0;
  std::uint64_t steps = 0;
  std::size_t store_bytes = 0, peak_thread_bytes = 0;
  double time_s = 0;
};

// ensures: the environment is as it was. Never throws for what the file says; Error(kInternal) is a bug.
Report check_environment(const Environment& env, const CheckOptions& options);
// The same for some declarations only (and the duplicates of the whole environment).
Report check_declarations(const Environment& env, const std::vector<DeclarationId>& ids, const CheckOptions& options);

}  // namespace verikit::lean
