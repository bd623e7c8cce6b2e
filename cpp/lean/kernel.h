// The type checker of one thread: reduction, inference and definitional equality over a frozen environment.
//
// Terms here may contain suspended substitutions (Kind::kClosure), which stand for closed terms. Code outside the
// evaluator works on plain terms: it asks `plain` for one, and gets the substitution carried out.
// Every public function may throw Rejection, Declined, or Error (a bug or memory).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lean/environment.h"
#include "lean/rejection.h"

namespace verikit::lean {

struct CheckLimits {
  std::uint64_t max_steps = 500'000'000;              // of the evaluator, for one declaration
  std::uint32_t max_depth = 100'000;                    // of recursion
  std::uint64_t max_bytes = std::uint64_t{8} << 30;     // of one declaration's terms
  std::uint64_t max_nat_bytes = std::uint64_t{1} << 27; // of a computed literal
  double timeout_s = 1e300;                             // wall clock for the whole run
  const std::atomic<bool>* cancelled = nullptr;         // true: what is being checked is DECLINED(time)
};

class Primitives;

class Kernel {
 public:
  struct State;  // in state.h, for the parts of the checker

  // requires: env does not change while the kernel lives; called on the thread that will use it. Kernels of one
  // environment may share its primitives; null: the kernel has its own.
  Kernel(const Environment& env, const CheckLimits& limits, Primitives* primitives = nullptr);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  TermStore& terms();
  LevelStore& levels() { return terms().levels(); }
  [[nodiscard]] const Environment& environment() const;

  // Forgets all terms and facts made so far; ids at or above terms().first() are dead after it.
  void reset();
  // Starts the count of steps anew; facts about terms stay. Call it for every declaration.
  void start_declaration();
  // A constant that bears the name of one of Nat's operations, is another, and was applied to numerals since the
  // declaration's start; kNone where there was none. The official kernel computes by name there: what is accepted here may
  // be rejected by it.
  [[nodiscard]] NameId misnamed_operation() const;
  [[nodiscard]] std::size_t bytes() const;  // of this thread's terms and facts

  // --- constants -----------------------------------------------------------------------------------------
  // The constant of that name: one laid over the environment, else the environment's; null where there is none.
  const Constant* find(NameId name) const;
  // A name that no file can contain, for `lay_over`.
  NameId fresh_name();
  // Puts a constant over the environment until `clear_overlay`. Its info index refers to the lists below.
  void lay_over(Constant constant, InductiveInfo info);
  void lay_over(Constant constant, ConstructorInfo info);
  void clear_overlay();
  const InductiveInfo& inductive(const Constant& c) const;
  const ConstructorInfo& constructor(const Constant& c) const;
  const RecursorInfo& recursor(const Constant& c) const;

  // --- judgements: arguments are closed (no loose bound variables) -----------------------------------------
  TermId whnf(TermId t);       // weak head normal form, definitions unfolded
  TermId whnf_core(TermId t);  // without unfolding definitions
  TermId infer(TermId t);      // the type of a term known to be well typed
  TermId check(TermId t);      // the type, everything checked; rejects what is ill typed
  bool equal(TermId a, TermId b);  // definitional equality of well-typed terms
  bool is_prop(TermId type);       // whether the type of `type` is Prop
  // The level of the sort that `t` reduces to; rejects with kNotASort otherwise.
  LevelId ensure_sort(TermId t);
  // Rejects unless `type` is a type, everything in it checked; its level.
  LevelId ensure_sort_of_type(TermId type);
  // Rejects unless t : expected.
  void check_has_type(TermId t, TermId expected, Rule rule);

  // --- plain terms -------------------------------------------------------------------------------------------
  TermId plain(TermId t);                                    // all suspended substitutions carried out
  TermId plain_whnf(TermId t) { return plain(whnf(t)); }
  TermId plain_infer(TermId t) { return plain(infer(t)); }
  // body[values]: bound variable 0 becomes values.back(), as under values.size() binders. requires: plain.
  TermId instantiate(TermId body, std::span<const TermId> values);
  TermId instantiate_levels(TermId t, std::span<const NameId> params, std::span<const LevelId> levels);
  // The inverse: fvars[i] becomes bound variable size - 1 - i. requires: plain, fvars are free variables.
  TermId abstract(TermId t, std::span<const TermId> fvars);
  TermId pi(std::span<const TermId> fvars, TermId body);      // binder names are lost: "x"
  TermId lambda(std::span<const TermId> fvars, TermId body);
  TermId app(TermId fn, std::span<const TermId> args);
  // The head and arguments of a plain application; no arguments for anything else.
  TermId unfold_app(TermId t, std::vector<TermId>& args);
  // A free variable that occurs in none of the terms whose fvars bound (Node::fvars) is at most `level`.
  TermId fvar(std::uint32_t level, TermId type) { return terms().fvar(level, type); }
  // Pretty-printed, for messages.
  std::string print(TermId t);

  [[nodiscard]] std::uint64_t steps() const;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace verikit::lean
