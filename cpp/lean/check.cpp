#include "lean/check.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>

#include "base/big_stack.h"
#include "base/error.h"
#include "lean/declarations.h"
#include "lean/kernel.h"
#include "lean/primitives.h"
#include "lean/scan.h"

namespace verikit::lean {
namespace {

// Facts found for one declaration help the next. Which declarations share them does not depend on threads: runs of this
// many, in order of rank, each run from a clean start; within a run facts go when they take too much room.
constexpr std::size_t kEverything = ~std::size_t{0};
constexpr std::size_t kRun = 32;
constexpr std::size_t kMaxFacts = std::size_t{24} << 20;
constexpr std::size_t kStack = std::size_t{768} << 20;
constexpr std::size_t kSmallStack = std::size_t{64} << 20;

Finding make_finding(const Environment& env, DeclarationId id) {
  Finding f;
  f.declaration = id;
  f.name = env.names().to_string(env.constant(env.declaration(id).constants.front()).name);
  return f;
}

class Run {
 public:
  Run(const Environment& env, std::vector<DeclarationId> ids, const CheckOptions& options)
      : env_(env), ids_(std::move(ids)), options_(options), primitives_(env) {}

  Report go() {
    const auto start = std::chrono::steady_clock::now();
    Report report;
    report.declarations = ids_.size();
    report.constants = env_.num_constants();
    report.terms = env_.terms().size();
    report.store_bytes = env_.terms().bytes();
    ids_.erase(std::remove_if(ids_.begin(), ids_.end(), [&](DeclarationId id) { return trusted(id); }), ids_.end());
    std::sort(ids_.begin(), ids_.end(), [&](DeclarationId a, DeclarationId b) {
      const auto ra = env_.declaration(a).rank, rb = env_.declaration(b).rank;
      return ra != rb ? ra < rb : a < b;
    });
    report.trusted = report.declarations - ids_.size();
    report.checked = ids_.size();
    const std::size_t runs = (ids_.size() + kRun - 1) / kRun;
    const int threads = std::max(1, static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(std::max(1, options_.threads)), runs)));
    if (!ids_.empty()) {
      try {
        run_on_big_stacks(threads, kStack, [&](int) { work(); });
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kMemoryLimit) throw;
        // Little address space: shallower recursion, the same answers or DECLINED.
        run_on_big_stacks(1, kSmallStack, [&](int) { work(); });
      }
    }
    if (options_.progress && !cancelled_) options_.progress(ids_.size(), ids_.size());
    report.findings = std::move(findings_);
    if (options_.stop_at_first && first_rejected_ < ids_.size()) {
      // Other threads may have gone further: what they found is not told, so that the answer is the same for all.
      const DeclarationId first = ids_[first_rejected_];
      const auto later = [&](const Finding& f) {
        return f.declaration != first && env_.declaration(f.declaration).rank >= env_.declaration(first).rank;
      };
      report.findings.erase(std::remove_if(report.findings.begin(), report.findings.end(), later), report.findings.end());
      report.checked = first_rejected_ + 1;
    }
    for (const ConstantId c : env_.duplicates()) {
      Finding f;
      f.name = env_.names().to_string(env_.constant(c).name);
      f.declaration = env_.constant(c).declaration;
      f.rule = Rule::kDuplicateName;
      f.detail = "the name is declared twice";
      report.findings.push_back(std::move(f));
    }
    const auto rank = [&](const Finding& f) { return f.declaration == kNone ? 0 : env_.declaration(f.declaration).rank; };
    std::stable_sort(report.findings.begin(), report.findings.end(), [&](const Finding& a, const Finding& b) {
      if (rank(a) != rank(b)) return rank(a) < rank(b);
      if (a.declaration != b.declaration) return a.declaration < b.declaration;
      return a.name < b.name;
    });
    for (const Finding& f : report.findings) {
      if (f.status == CheckStatus::kRejected) report.status = CheckStatus::kRejected;
      if (f.status == CheckStatus::kDeclined && report.status == CheckStatus::kAccepted) report.status = CheckStatus::kDeclined;
    }
    report.steps = steps_;
    report.peak_thread_bytes = peak_bytes_;
    report.time_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
  }

 private:
  [[nodiscard]] bool trusted(DeclarationId id) const {
    const auto& constants = env_.declaration(id).constants;
    return !env_.modules().empty() && std::all_of(constants.begin(), constants.end(), [&](ConstantId c) {
      const std::uint32_t m = env_.constant(c).module;
      return m < env_.modules().size() && env_.modules()[m].trusted;
    });
  }

  void work() {
    Kernel kernel(env_, options_.limits, &primitives_);
    Scanner scanner(env_, primitives_);
    std::vector<Finding> findings;
    std::uint64_t steps = 0;
    std::size_t peak = 0;
    for (std::size_t begin = next_.fetch_add(kRun); begin < ids_.size(); begin = next_.fetch_add(kRun)) {
      if (options_.stop_at_first && begin > first_rejected_) break;
      const std::size_t end = std::min(begin + kRun, ids_.size());
      kernel.reset();
      for (std::size_t i = begin; i < end; ++i) {
        if (options_.stop_at_first && i > first_rejected_) break;
        if (cancelled_) {
          findings.push_back(decline_finding(ids_[i], Decline::kTime, "cancelled"));
          continue;
        }
        if (check_one(kernel, scanner, ids_[i], findings) == CheckStatus::kRejected) {
          std::size_t first = first_rejected_;
          while (i < first && !first_rejected_.compare_exchange_weak(first, i)) {
          }
        }
        steps += kernel.steps();
        const std::size_t bytes = kernel.bytes();
        peak = std::max(peak, bytes);
        if (bytes > kMaxFacts) kernel.reset();
      }
      tell(end - begin);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    std::move(findings.begin(), findings.end(), std::back_inserter(findings_));
    steps_ += steps;
    peak_bytes_ = std::max(peak_bytes_, peak);
  }

  [[nodiscard]] Finding decline_finding(DeclarationId id, Decline reason, std::string detail) const {
    Finding f = make_finding(env_, id);
    f.status = CheckStatus::kDeclined;
    f.reason = reason;
    f.detail = std::move(detail);
    return f;
  }

  // What is found wrong, or open, goes to `findings`.
  CheckStatus check_one(Kernel& kernel, Scanner& scanner, DeclarationId id, std::vector<Finding>& findings) {
    const auto declined = [&](Decline reason, std::string detail) {
      findings.push_back(decline_finding(id, reason, std::move(detail)));
      kernel.reset();
      return CheckStatus::kDeclined;
    };
    try {
      check_declaration(kernel, scanner, id);
      const NameId misnamed = kernel.misnamed_operation();
      if (misnamed != kNone) {
        return declined(Decline::kUnsupported, env_.names().to_string(misnamed) +
                                            " is applied to numerals and is not the operation of that name, by which other "
                                            "Lean kernels compute");
      }
      return CheckStatus::kAccepted;
    } catch (const Rejection& r) {
      Finding f = make_finding(env_, id);
      f.rule = r.rule();
      f.detail = r.detail();
      findings.push_back(std::move(f));
      kernel.reset();
      return CheckStatus::kRejected;
    } catch (const Declined& d) {
      return declined(d.reason(), d.detail());
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kMemoryLimit) throw;
      return declined(Decline::kMemory, error.what());
    } catch (const std::bad_alloc&) {
      return declined(Decline::kMemory, "out of memory");
    }
  }

  void tell(std::size_t done) {
    if (!options_.progress) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ += done;
    if (!cancelled_ && !options_.progress(done_, ids_.size())) cancelled_ = true;
  }

  const Environment& env_;
  std::vector<DeclarationId> ids_;
  const CheckOptions& options_;
  Primitives primitives_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> first_rejected_{kEverything};  // place in ids_ of the first declaration known to be wrong
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::vector<Finding> findings_;
  std::size_t done_ = 0, peak_bytes_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace

Report check_declarations(const Environment& env, const std::vector<DeclarationId>& ids, const CheckOptions& options) {
  return Run(env, ids, options).go();
}

Report check_environment(const Environment& env, const CheckOptions& options) {
  std::vector<DeclarationId> ids(env.num_declarations());
  std::iota(ids.begin(), ids.end(), 0);
  return Run(env, std::move(ids), options).go();
}

}  // namespace verikit::lean
