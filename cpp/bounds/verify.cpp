#include "bounds/verify.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "base/deadline.h"
#include "base/error.h"
#include "base/fp_env.h"
#include "base/thread_pool.h"
#include "bounds/counterexample.h"
#include "bounds/margins.h"
#include "bounds/search_root.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kGroup = 8;    // boxes bounded together by one thread
constexpr std::size_t kKeptRoots = 64;  // input boxes whose working memory a thread keeps
constexpr double kLargeNetwork = 20000;  // elements
constexpr std::size_t kAttributedInputs = 16;  // with more, splits follow the slopes alone
constexpr std::uint64_t kProbeEvery = 64;  // boxes
constexpr std::size_t kRound = 128;  // boxes taken from the queue at a time; not a function of the thread count

struct Box {
  double key = -kInfinity;       // proven lower bound of its worst margin: the smallest is the most urgent
  double real_key = -kInfinity;  // the same for real arithmetic
  double float_key = -kInfinity;  // the last bound for class F, once the search goes on for the reals alone
  std::uint64_t id = 0;     // breaks ties
  std::uint32_t root = 0;
  std::vector<double> lower, upper;         // free inputs
  std::vector<std::uint32_t> active;        // disjuncts not refuted yet

  [[nodiscard]] std::size_t bytes() const {
    return sizeof(Box) + 16 * lower.capacity() + 5 * active.capacity() + 64;
  }
};

// Heap order: the top is the most urgent.
struct LessUrgent {
  bool operator()(const std::unique_ptr<Box>& a, const std::unique_ptr<Box>& b) const {
    return a->key != b->key ? a->key > b->key : a->id > b->id;
  }
};

// What is known of one box after bounding it.
struct Finding {
  BoxMargins box;
  std::size_t split = 0;
  bool splittable = false;
  bool overflow = false;
  std::optional<Candidate> candidate;
  bool float_blocked = false;  // at one of its points class F cannot be proved at all
};

class Search {
 public:
  Search(const Network& network, const Property& property, const VerifyOptions& options)
      : network_(std::make_shared<Network>(network)),
        property_(property),
        options_(options),
        deadline_(options.timeout_s),
        pool_(options.threads) {
    semantics_ = semantics_of(network, options.real_only);
  }

  Outcome run() {
    outcome_.threads = options_.threads;
    outcome_.smallest_margin = kInfinity;
    try {
      search();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kTimeLimit) decline(DeclineReason::kTimeout);
      else if (error.code() == ErrorCode::kMemoryLimit) decline(DeclineReason::kMemory);
      else throw;
    }
    outcome_.time_s = deadline_.elapsed_s();
    return std::move(outcome_);
  }

 private:
  using BoxPtr = std::unique_ptr<Box>;

  // Whether class F has been given up (float_blocked_) and bounds are for the reals only.
  [[nodiscard]] bool for_reals_alone() const { return !semantics_.float_evaluations && !options_.real_only; }

  void decline(DeclineReason reason) {
    outcome_.status = Status::kDeclined;
    outcome_.reason = reason;
    double evaluated = std::min(outcome_.smallest_margin, lost_key_), real = real_margin_;
    for (const auto* open : {&queue_, &stack_, &pending_, &round_}) {
      for (const BoxPtr& box : *open) {
        if (!box) continue;
        evaluated = std::min(evaluated, for_reals_alone() ? std::min(box->key, box->float_key) : box->key);
        real = std::min(real, box->real_key);
      }
    }
    if (roots_.empty() || next_id_ == 0) evaluated = real = -kInfinity;  // nothing was bounded yet
    outcome_.lower_bound = at_most_clipped(evaluated);
    outcome_.real_lower_bound = at_most_clipped(real);
  }
  // What clipping cut away has a margin above 0, but how far above is not known.
  [[nodiscard]] double at_most_clipped(double bound) const { return clipped_ ? std::min(0.0, bound) : bound; }

  void search() {
    roots_ = make_roots(network_, property_, !options_.real_only);
    if (attack_roots()) return;
    for (std::size_t r = 0; r < roots_.size(); ++r) {
      auto box = std::make_unique<Box>();
      box->id = next_id_++;
      box->root = static_cast<std::uint32_t>(r);
      const SearchRoot& root = roots_[r];
      box->lower = root.free_lower;
      box->upper = root.free_upper;
      box->active.resize(static_cast<std::size_t>(root.rows.disjuncts()));
      for (std::size_t d = 0; d < box->active.size(); ++d) box->active[d] = static_cast<std::uint32_t>(d);
      push(std::move(box));
    }
    bounders_.resize(static_cast<std::size_t>(pool_.threads()));
    evaluators_.resize(static_cast<std::size_t>(pool_.threads()));
    while (true) {
      take_round();
      if (round_.empty()) break;
      if (deadline_.expired()) return decline(DeclineReason::kTimeout);
      if (options_.max_boxes != 0 && outcome_.boxes >= options_.max_boxes) return decline(DeclineReason::kBudget);
      if (process()) return;
    }
    if (overflow_) return decline(DeclineReason::kFloatOverflow);
    if (undecided_) return decline(DeclineReason::kUndecided);
    if (float_blocked_) return decline(DeclineReason::kFloatMargin);
    outcome_.status = Status::kAccepted;
    outcome_.lower_bound = at_most_clipped(outcome_.smallest_margin);
    outcome_.real_lower_bound = at_most_clipped(real_margin_);
  }

  bool attack_roots() {
    const Deadline start;
    // At most a fifth of the time, shared between the disjuncts.
    std::size_t total = 0;
    for (const SearchRoot& root : roots_) total += static_cast<std::size_t>(root.rows.disjuncts());
    const double share = std::min(options_.timeout_s * 0.2 / static_cast<double>(std::max<std::size_t>(total, 1)), 2.0);
    for (const SearchRoot& root : roots_) {
      PointEvaluator evaluator(root.prepared);
      for (Index d = 0; d < root.rows.disjuncts(); ++d) {
        AttackOptions attack_options;
        attack_options.seed = options_.seed;
        attack_options.deadline_s = share;
        const auto candidate = attack(evaluator, root.rows, root.free_lower, root.free_upper, static_cast<std::uint32_t>(d),
                                      attack_options);
        if (candidate && reject_if_confirmed(root, *candidate)) {
          outcome_.attack_time_s = start.elapsed_s();
          return true;
        }
        if (deadline_.expired()) fail(ErrorCode::kTimeLimit, "deadline");
      }
    }
    outcome_.attack_time_s = start.elapsed_s();
    return false;
  }

  bool reject_if_confirmed(const SearchRoot& root, const Candidate& candidate) {
    std::vector<double> x(root.lower.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.5 * root.lower[i] + 0.5 * root.upper[i];
    for (std::size_t k = 0; k < candidate.x.size(); ++k) {
      x[static_cast<std::size_t>(root.restriction.free[k])] = candidate.x[k];
    }
    for (double v : x) {
      if (!std::isfinite(v)) return false;  // the box reaches past the format: such boxes overflow
    }
    auto violation = confirm(*network_, property_, root.rows.disjunct[candidate.disjunct], x);
    if (!violation) return false;
    describe(*violation, *network_, property_, outcome_);
    return true;
  }

  void push(BoxPtr box) {
    held_ += box->bytes();
    if (depth_first()) {
      stack_.push_back(std::move(box));
    } else {
      queue_.push_back(std::move(box));
      std::push_heap(queue_.begin(), queue_.end(), LessUrgent{});
    }
  }
  // Past half of the memory the search goes depth-first, which needs no more than the depth.
  [[nodiscard]] bool depth_first() const { return static_cast<double>(held_) > options_.memory_mb * 0x1p19; }

  // The boxes to bound next; those of the last round are done with.
  void take_round() {
    round_.clear();
    while (round_.size() < kRound && !stack_.empty()) {
      round_.push_back(std::move(stack_.back()));
      stack_.pop_back();
    }
    while (round_.size() < kRound && !queue_.empty() && (round_.empty() || !depth_first())) {
      std::pop_heap(queue_.begin(), queue_.end(), LessUrgent{});
      round_.push_back(std::move(queue_.back()));
      queue_.pop_back();
    }
    if (round_.empty() && !float_blocked_) {
      while (round_.size() < kRound && !pending_.empty()) {
        round_.push_back(std::move(pending_.back()));
        pending_.pop_back();
      }
    }
    for (const BoxPtr& box : round_) held_ -= box->bytes();
  }

  // Bounds a round of boxes; true when the verdict is reached.
  bool process() {
    if (float_blocked_ && semantics_.float_evaluations) {
      // ACCEPTED is out of reach. What is left is to tell REJECTED from float_margin, by bounds for the reals.
      semantics_.float_evaluations = false;
      for (auto& bounders : bounders_) bounders.clear();
    }
    // Groups of boxes of one root.
    std::vector<std::pair<std::size_t, std::size_t>> groups;
    for (std::size_t i = 0; i < round_.size();) {
      const std::size_t limit = group_size(round_[i]->root);
      std::size_t j = i + 1;
      while (j < round_.size() && j - i < limit && round_[j]->root == round_[i]->root) ++j;
      groups.emplace_back(i, j);
      i = j;
    }
    std::vector<Finding> findings(round_.size());
    pool_.run(groups.size(), [&](std::size_t g, int thread) {
      if (deadline_.expired()) fail(ErrorCode::kTimeLimit, "deadline");
      bound_group(groups[g].first, groups[g].second, thread, findings);
    });
    outcome_.boxes += round_.size();
    for (std::size_t i = 0; i < round_.size(); ++i) {
      const BoxPtr box = std::move(round_[i]);
      if (settle(*box, findings[i])) return true;
    }
    if (static_cast<double>(held_) > options_.memory_mb * 0x1p20) fail(ErrorCode::kMemoryLimit, "memory");
    return false;
  }

  // Large networks: fewer boxes at a time, so that the state of a group stays within the memory limit.
  [[nodiscard]] std::size_t group_size(std::uint32_t root) const {
    const double bytes = roots_[root].elements * 80.0;
    const double budget = options_.memory_mb * 0x1p20 * 0.25 / options_.threads;
    if (bytes > budget) {
      fail(ErrorCode::kMemoryLimit, "one box of this network needs about " + std::to_string(bytes * 0x1p-20) + " MB");
    }
    // Not a function of the thread count: boxes of a group share some decisions.
    return std::clamp<std::size_t>(static_cast<std::size_t>(options_.memory_mb * 0x1p14 / bytes), 1, kGroup);
  }

  // Whether bounds over interval intermediates are tried before CROWN's: they decide many properties at once, but
  // few of the boxes that had to be split; on large networks they are so much cheaper that they always pay.
  [[nodiscard]] bool cheap_first(const Box& box) const {
    return box.key == -kInfinity || roots_[box.root].elements > kLargeNetwork;
  }

  void bound_group(std::size_t begin, std::size_t end, int thread,
                   std::vector<Finding>& findings) {
    const std::uint32_t r = round_[begin]->root;
    const SearchRoot& root = roots_[r];
    if (bounders_[static_cast<std::size_t>(thread)].size() > kKeptRoots) {
      bounders_[static_cast<std::size_t>(thread)].clear();
      evaluators_[static_cast<std::size_t>(thread)].clear();
    }
    auto& bounder = bounders_[static_cast<std::size_t>(thread)][r];
    if (!bounder) bounder = std::make_unique<MarginBounder>(root.prepared, semantics_, root.rows);
    auto& evaluator = evaluators_[static_cast<std::size_t>(thread)][r];
    if (!evaluator) evaluator = std::make_unique<PointEvaluator>(root.prepared);

    const std::size_t batch = end - begin, n = round_[begin]->lower.size();
    std::vector<double> lower, upper;
    std::vector<const std::vector<std::uint32_t>*> active;
    for (std::size_t i = begin; i < end; ++i) {
      lower.insert(lower.end(), round_[i]->lower.begin(), round_[i]->lower.end());
      upper.insert(upper.end(), round_[i]->upper.begin(), round_[i]->upper.end());
      active.push_back(&round_[i]->active);
    }
    BackwardOptions backward;
    backward.deadline = &deadline_;
    backward.attribute = n <= kAttributedInputs;
    std::vector<BoxMargins> found;
    bool decided = false;
    if (cheap_first(*round_[begin])) {
      BackwardOptions cheap = backward;
      cheap.attribute = false;
      bounder->bound(lower.data(), upper.data(), static_cast<Index>(batch), Intermediate::kIbp, active, cheap, found);
      decided = true;
      for (std::size_t i = 0; i < batch; ++i) {
        double evaluated = kInfinity, real = kInfinity;
        for (const Margin& m : found[i].margins) {
          evaluated = std::min(evaluated, m.evaluated);
          real = std::min(real, m.real);
        }
        decided = decided && evaluated > 0.0;
        // Known even if the deadline ends what comes next.
        round_[begin + i]->key = std::max(round_[begin + i]->key, evaluated);
        round_[begin + i]->real_key = std::max(round_[begin + i]->real_key, real);
      }
    }
    if (!decided) {
      bounder->bound(lower.data(), upper.data(), static_cast<Index>(batch), Intermediate::kCrown, active, backward, found);
    }
    for (std::size_t i = 0; i < batch; ++i) {
      Finding& finding = findings[begin + i];
      finding.overflow = bounder->overflowed(static_cast<Index>(i));
      finding.box = std::move(found[i]);
      if (!semantics_.float_evaluations) {
        for (Margin& m : finding.box.margins) m.real = m.evaluated;  // they differ by a rounding
      }
      choose_split(finding);
      look_for_candidate(*round_[begin + i], root, *evaluator, finding);
    }
    for (std::size_t i = 0; i < batch; ++i) {
      Finding& finding = findings[begin + i];
      bool only_float = !finding.overflow;
      for (const Margin& m : finding.box.margins) only_float = only_float && m.real > 0.0;
      bool open = false;
      for (const Margin& m : finding.box.margins) open = open || !(m.evaluated > 0.0);
      // Where rounding alone keeps a box open, splitting never ends: find out now and then.
      const bool doubtful = semantics_.float_evaluations && !finding.candidate && round_[begin + i]->id % kProbeEvery == 0;
      if (open && (only_float || finding.overflow || doubtful)) {
        probe_point(*round_[begin + i], *bounder, backward, n, finding);
      }
    }
  }

  // Proved for the reals but not for class F: can class F be proved at least at the centre?
  void probe_point(const Box& box, MarginBounder& bounder, const BackwardOptions& backward, std::size_t n,
                   Finding& finding) const {
    std::vector<double> center(n);
    for (std::size_t i = 0; i < n; ++i) center[i] = 0.5 * box.lower[i] + 0.5 * box.upper[i];
    std::vector<BoxMargins> found;
    bounder.bound(center.data(), center.data(), 1, Intermediate::kCrown, {&box.active}, backward, found);
    if (finding.overflow) {
      finding.overflow = bounder.overflowed(0);
      return;
    }
    for (const Margin& m : found[0].margins) finding.float_blocked = finding.float_blocked || !(m.evaluated > 0.0);
  }

  // The input whose width costs the bound most: through the bound's own slope, and (what helps both halves)
  // through the relaxations that the width makes loose. Looseness tells far more than slopes: on ACAS Xu slopes
  // alone need 4 to 20 times the boxes.
  static void choose_split(Finding& finding) {
    const BoxMargins& box = finding.box;
    double best = -1.0;
    for (std::size_t i = 0; i < box.lower.size(); ++i) {
      const double middle = 0.5 * box.lower[i] + 0.5 * box.upper[i];
      if (!(box.lower[i] < middle && middle < box.upper[i])) continue;
      const double width = box.upper[i] - box.lower[i];
      double cost = std::fabs(box.slope[i]) * width + 1e-9 * width;
      if (!box.looseness.empty()) cost += 4.0 * box.looseness[i];
      if (!std::isfinite(cost)) cost = 0.0;
      if (cost > best) {
        best = cost;
        finding.split = i;
        finding.splittable = true;
      }
    }
  }

  static void look_for_candidate(const Box& box, const SearchRoot& root, PointEvaluator& evaluator, Finding& finding) {
    bool open = false;
    for (const Margin& m : finding.box.margins) open = open || !(m.real > 0.0);
    if (!open) return;
    const std::vector<double>&lower = finding.box.lower, &upper = finding.box.upper;
    std::vector<double> x(lower.size());
    for (int attempt = 0; attempt < 2; ++attempt) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = attempt == 0 ? (finding.box.slope[i] >= 0 ? lower[i] : upper[i]) : 0.5 * lower[i] + 0.5 * upper[i];
      }
      const std::vector<double>& y = evaluator.evaluate(x.data());
      for (std::size_t k = 0; k < box.active.size(); ++k) {
        if (worst_row(root.rows, box.active[k], y) <= 0.0) {
          finding.candidate = Candidate{box.active[k], x};
          return;
        }
      }
    }
  }

  // Refuted disjuncts are dropped; what is left is split. True when the verdict is reached.
  bool settle(Box& box, Finding& finding) {
    if (finding.candidate && reject_if_confirmed(roots_[box.root], *finding.candidate)) return true;
    std::vector<std::uint32_t> left;
    clipped_ = clipped_ || finding.box.lower != box.lower || finding.box.upper != box.upper;
    double key = kInfinity, real = kInfinity;
    for (std::size_t k = 0; k < box.active.size(); ++k) {
      const Margin& m = finding.box.margins[k];
      if (m.evaluated > 0.0) {
        if (semantics_.float_evaluations || options_.real_only) {
          outcome_.smallest_margin = std::min(outcome_.smallest_margin, m.evaluated);
        }
        real_margin_ = std::min(real_margin_, m.real);
        continue;
      }
      left.push_back(box.active[k]);
      key = std::min(key, m.evaluated);
      real = std::min(real, m.real);
    }
    if (left.empty()) {
      if (for_reals_alone()) lost_key_ = std::min(lost_key_, box.float_key);
      ++outcome_.leaves;
      return false;
    }
    if (finding.overflow) {
      overflow_ = true;
      lost_key_ = real_margin_ = -kInfinity;
      return false;
    }
    if (finding.float_blocked) {
      float_blocked_ = true;
      lost_key_ = std::min(lost_key_, key);
    }
    const bool only_float = real > 0.0;
    if (only_float && float_blocked_) {  // its real half is proved, and the verdict cannot be better than that
      real_margin_ = std::min(real_margin_, real);
      lost_key_ = std::min(lost_key_, key);
      ++outcome_.leaves;
      return false;
    }
    if (!finding.splittable) {
      undecided_ = true;
      lost_key_ = std::min(lost_key_, key);
      real_margin_ = std::min(real_margin_, real);
      return false;
    }
    const double middle = 0.5 * finding.box.lower[finding.split] + 0.5 * finding.box.upper[finding.split];
    for (int half = 0; half < 2; ++half) {
      auto child = std::make_unique<Box>();
      child->key = key;
      child->real_key = real;
      child->float_key = for_reals_alone() ? box.float_key : key;
      child->id = next_id_++;
      child->root = box.root;
      child->lower = finding.box.lower;
      child->upper = finding.box.upper;
      (half == 0 ? child->upper : child->lower)[finding.split] = middle;
      child->active = left;
      if (only_float) {
        held_ += child->bytes();
        pending_.push_back(std::move(child));
      } else {
        push(std::move(child));
      }
    }
    return false;
  }

  std::shared_ptr<const Network> network_;
  const Property& property_;
  VerifyOptions options_;
  Deadline deadline_;
  Semantics semantics_;
  ThreadPool pool_;
  Outcome outcome_;

  std::vector<SearchRoot> roots_;
  std::vector<BoxPtr> queue_;            // a heap by urgency
  std::vector<BoxPtr> stack_, pending_;  // depth-first under memory pressure; open for class F alone
  std::vector<BoxPtr> round_;            // being bounded
  std::size_t held_ = 0;
  std::uint64_t next_id_ = 0;
  double real_margin_ = kInfinity, lost_key_ = kInfinity;
  bool overflow_ = false, undecided_ = false, float_blocked_ = false, clipped_ = false;
  std::vector<std::map<std::uint32_t, std::unique_ptr<MarginBounder>>> bounders_;
  std::vector<std::map<std::uint32_t, std::unique_ptr<PointEvaluator>>> evaluators_;
};

}  // namespace

Outcome verify(const Network& network, const Property& property, const VerifyOptions& options) {
  if (property.inputs != network.input_size() || property.outputs != network.output_size()) {
    fail(ErrorCode::kShape, "the property speaks of " + std::to_string(property.inputs) + " inputs and " +
                                std::to_string(property.outputs) + " outputs, the network has " +
                                std::to_string(network.input_size()) + " and " +
                                std::to_string(network.output_size()));
  }
  if (!(options.timeout_s > 0) || !(options.memory_mb > 0) || options.threads < 1) {
    fail(ErrorCode::kInput, "timeout_s, memory_mb and threads must be positive");
  }
  const FpEnvironment environment;
  return Search(network, property, options).run();
}

}  // namespace verikit::bounds
