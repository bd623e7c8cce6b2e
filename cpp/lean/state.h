// The insides of Kernel: shared by kernel.cpp (constants, limits), reduce.cpp, infer.cpp, equality.cpp and plain.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "lean/closures.h"
#include "lean/flat_map.h"
#include "lean/kernel.h"
#include "lean/nat_ops.h"
#include "lean/primitives.h"
#include "lean/zero_array.h"

namespace verikit::lean {

// Facts about terms by id. Ids of the frozen base and of the extension are kept apart, so that forgetting is cheap.
class TermMemo {
 public:
  explicit TermMemo(std::uint32_t first) : first_(first), base_(first) {}
  // 0: nothing known.
  [[nodiscard]] std::uint32_t get(TermId id) const {
    if (id < first_) return base_[id];
    return id - first_ < own_.size() ? own_[id - first_] : 0;
  }
  void set(TermId id, std::uint32_t value) {
    if (id < first_) {
      if (base_[id] == 0) touched_.push_back(id);
      base_[id] = value;
      return;
    }
    if (id - first_ >= own_.size()) own_.resize((id - first_ + 1) * 3 / 2 + 64, 0);
    own_[id - first_] = value;
  }
  void reset() {
    for (const TermId id : touched_) base_[id] = 0;
    touched_.clear();
    if (own_.capacity() > (std::size_t{1} << 16)) {
      std::vector<std::uint32_t>().swap(own_);
    } else {
      own_.clear();
    }
  }
  [[nodiscard]] std::size_t bytes() const { return (own_.capacity() + touched_.capacity()) * sizeof(std::uint32_t); }

 private:
  std::uint32_t first_;
  ZeroArray base_;
  std::vector<std::uint32_t> own_;
  std::vector<TermId> touched_;
};

// A term under an environment, looked at without being made: what a closure is made of.
struct View {
  TermId term = kNone;
  EnvId env = kEmptyEnv;
};

struct Kernel::State {
  State(Kernel& kernel, const Environment& environment, const CheckLimits& check_limits, Primitives* shared);

  // --- limits (kernel.cpp) ---
  void step() {
    if ((++steps & 0x3FFF) == 0) slow_step();
  }
  void slow_step();

  // One level of recursion.
  class Level {
   public:
    explicit Level(State& state) : state_(state) {
      if (++state_.depth > state_.max_depth || static_cast<const void*>(__builtin_frame_address(0)) < state_.stack_floor) {
        --state_.depth;
        state_.too_deep();
      }
    }
    ~Level() { --state_.depth; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    State& state_;
  };
  [[noreturn]] void too_deep();

  // --- constants (kernel.cpp) ---
  const Constant* find(NameId name) const {
    if (name >= first_fresh_name) {
      return name - first_fresh_name < overlay_by_name.size() && overlay_by_name[name - first_fresh_name] != kNone
                 ? &overlay[overlay_by_name[name - first_fresh_name]]
                 : nullptr;
    }
    const ConstantId id = env.find(name);
    return id == kNone ? nullptr : &env.constant(id);
  }
  const Constant& get(NameId name) const;  // rejects where there is none
  // One constructor, no indices, not recursive: the constructor. Null otherwise.
  const Constant* structure_constructor(NameId inductive) const;

  // --- suspended substitutions (plain.cpp) ---
  TermId close(TermId term, EnvId values);
  TermId close(View v) { return close(v.term, v.env); }
  [[nodiscard]] View view(TermId t) const {
    const Node& n = terms[t];
    return n.kind == Kind::kClosure ? View{n.a, n.b} : View{t, kEmptyEnv};
  }
  // The environment of a constant's universe parameters.
  EnvId level_env(const Constant& c, LevelsId levels) { return envs.nil(envs.level_sub(c.name, c.params, levels)); }
  // The head (no application, no closure of one) and arguments, in order, appended to `args`.
  TermId unpack(TermId t, std::vector<TermId>& args);
  [[nodiscard]] TermId head(TermId t);  // the head alone
  TermId plain(TermId t);
  TermId substitute(TermId term, EnvId values);  // the plain form of the closure
  TermId substitute_levels(TermId t, std::span<const NameId> params, LevelsId args);
  TermId abstract(TermId t, const std::vector<TermId>& fvars, std::uint32_t under);
  TermId binders(Kind kind, const std::vector<TermId>& fvars, const std::vector<std::uint32_t>& names, TermId body);
  [[nodiscard]] static bool uses_variable_0(const Node& body) { return (body.mask & 1) != 0; }

  // --- reduction (reduce.cpp) ---
  TermId whnf(TermId t);
  TermId whnf_core(TermId t, bool cheap);
  // Runs to a head that is stuck, whose arguments are stack[base..], the first on top. unfold: definitions too.
  TermId run(View v, std::size_t base, bool cheap, bool unfold);
  TermId rebuild(TermId head, std::size_t base);
  bool reduce_recursor(const Constant& c, LevelsId levels, std::size_t base, View& next);
  bool reduce_quotient(const Constant& c, std::size_t base, View& next);
  [[nodiscard]] NameId major_inductive(const Constant& rec, std::size_t major_index) const;
  TermId to_constructor_k(NameId inductive, const RecursorInfo& info, TermId major);
  TermId eta_structure(NameId inductive, TermId e);
  TermId nat_to_constructor(TermId literal);
  TermId string_to_constructor(TermId literal);
  // The field, or kNone where c is no application of the structure's constructor.
  TermId project(NameId structure, std::uint32_t field, TermId c);
  // The literal or Boolean that Nat's operation gives, or kNone. Arguments as on the stack.
  TermId reduce_nat(TermId head, std::size_t base);
  TermId reduce_nat(TermId t);
  TermId reduce_nat(NameId name, TermId a, TermId b);  // b: kNone for one argument
  TermId nat_literal(TermId t);  // whnf of t where that is a literal or Nat.zero, as a literal; kNone otherwise
  // The definition that heads t and can be unfolded, or null.
  const Constant* unfoldable(TermId t);
  TermId unfold(TermId t, bool cheap);  // and whnf_core. requires: unfoldable(t)

  // --- inference (infer.cpp) ---
  TermId infer(View v, bool check);
  TermId infer(TermId t) { return infer(View{t, kEmptyEnv}, false); }
  TermId infer_uncached(const Node& n, View v, bool check);
  TermId infer_constant(NameId name, LevelsId levels);
  TermId infer_app(View v, bool check);
  TermId infer_lambda(View v, bool check);
  TermId infer_pi(View v, bool check);
  TermId infer_let(View v, bool check);
  TermId infer_proj(const Node& n, View v, bool check);
  TermId infer_literal(const Node& n);
  // Checks v against a type: lambdas binder by binder, everything else by its inferred type.
  void check_against(View v, View type, Rule rule);
  [[noreturn]] void mismatch(Rule rule, TermId term, TermId actual, TermId expected);
  LevelId sort_of(View type, bool check);  // the level of type's type
  bool is_prop(TermId type);
  bool is_zero(LevelId l) { return levels().equal(l, kLevelZero); }
  // v.term a pi, by reduction where needed; false where it is none.
  bool expose_pi(View& v);

  // --- equality (equality.cpp) ---
  enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };
  bool equal(TermId a, TermId b);
  bool equal_core(TermId a, TermId b);
  Truth quick(TermId a, TermId b);
  bool equal_binding(View a, View b, Kind kind, std::uint32_t level);
  static std::uint64_t unordered(TermId a, TermId b) { return a < b ? pair_key(a, b) : pair_key(b, a); }
  Truth proof_irrelevant(TermId a, TermId b);
  Truth offset(TermId a, TermId b);
  Truth lazy_delta(TermId& a, TermId& b);
  Truth lazy_delta_step(TermId& a, TermId& b, bool& go_on);
  bool lazy_delta_proj(TermId a, TermId b, NameId structure, std::uint32_t field);
  bool equal_args(TermId a, TermId b);
  bool equal_app(TermId a, TermId b);
  bool eta(TermId a, TermId b);
  bool eta_struct(TermId a, TermId b);
  Truth string_expansion(TermId a, TermId b);
  bool unit_like(TermId a, TermId b);
  bool unfold_proj_app(TermId& t);

  LevelStore& levels() { return terms.levels(); }
  void reset();
  [[nodiscard]] std::size_t bytes() const;

  Kernel& self;
  const Environment& env;
  CheckLimits limits;
  Deadline deadline;
  TermStore terms;
  Environments envs;
  std::unique_ptr<Primitives> own_primitives;
  Primitives* primitives;

  std::vector<TermId> stack;  // arguments of the machines that run
  TermMemo core_memo, whnf_memo, type_memo;  // value + 1; types carry kChecked
  FlatMap equal_pairs, unequal_pairs, failed_pairs, typed_pairs;
  FlatMap plain_memo;
  bool eager_reduce = false;
  NameId misnamed = kNone;  // an operation that was met on numerals and is not what its name says

  std::uint64_t steps = 0;
  std::uint32_t depth = 0, max_depth = 0;
  const void* stack_floor = nullptr;

  NameId first_fresh_name = 0, next_fresh_name = 0;
  std::vector<std::uint32_t> overlay_by_name;
  std::vector<Constant> overlay;
  std::vector<InductiveInfo> overlay_inductives;
  std::vector<ConstructorInfo> overlay_constructors;
};

inline constexpr std::uint32_t kChecked = 0x80000000;

}  // namespace verikit::lean
