// Environments of suspended substitutions: what the loose variables and universe parameters of a term stand for.
//
// A closure Clo(e, env) stands for e with its loose bound variables replaced by the values of env and its universe
// parameters by env's levels. Values are closed terms over the outside world: nothing is substituted in them again.
// Environments that hold just the variables that a term uses ("frames") are interned, so equal closures have equal ids.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lean/flat_map.h"
#include "lean/terms.h"

namespace verikit::lean {

using EnvId = std::uint32_t;
using LevelSubId = std::uint32_t;
inline constexpr EnvId kEmptyEnv = 0;
inline constexpr LevelSubId kNoLevelSub = 0;

class Environments {
 public:
  explicit Environments(TermStore& terms);

  // The empty environment with a substitution for universe parameters.
  EnvId nil(LevelSubId levels) { return levels == kNoLevelSub ? kEmptyEnv : level_subs_[levels].nil; }
  // Variable 0 is `value` (kNone: never looked at), variable i + 1 is variable i of `parent`.
  EnvId cons(TermId value, EnvId parent);
  // Only the variables of `mask`, interned.
  EnvId prune(EnvId env, std::uint64_t mask);
  // kNone where the variable is not bound: a loose variable in what should be closed.
  [[nodiscard]] TermId lookup(EnvId env, std::uint32_t index) const;
  [[nodiscard]] LevelSubId levels(EnvId env) const { return nodes_[env].levels; }
  // Every free variable's level in the values is below this.
  [[nodiscard]] std::uint32_t fvars(EnvId env) const { return nodes_[env].fvars; }

  // The substitution params[i] := args[i]. `owner` names the constant whose parameters they are.
  // requires: equal lengths; params outlive this store's next reset.
  LevelSubId level_sub(NameId owner, std::span<const NameId> params, LevelsId args);
  // The same for a substitution that is used once.
  LevelSubId fresh_level_sub(std::span<const NameId> params, LevelsId args);
  LevelId apply(LevelSubId sub, LevelId level);
  LevelsId apply_list(LevelSubId sub, LevelsId list);

  void reset();
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Env {
    bool frame = false;
    std::uint32_t head = kNone;    // cons: value of variable 0
    std::uint32_t parent = 0;      // cons
    std::uint32_t jump = 0;        // cons: an ancestor further up
    std::uint32_t length = 0;      // variables at or above this are not bound
    std::uint32_t fvars = 0;
    LevelSubId levels = kNoLevelSub;
    std::uint32_t slots = 0;       // frame: index of the first value
    std::uint64_t mask = 0;        // frame
    std::uint64_t pruned_mask = 0; // the last prune and its answer
    EnvId pruned = kNone;
  };
  struct LevelSub {
    std::span<const NameId> params;
    LevelsId args = kNoLevels;
    EnvId nil = 0;
  };
  EnvId intern_frame(std::uint64_t mask, const TermId* values, std::uint32_t count, LevelSubId levels, std::uint32_t fvars);

  TermStore& terms_;
  std::vector<Env> nodes_;
  std::vector<TermId> slots_;
  std::vector<std::uint32_t> table_;  // frames: id, or 0
  std::size_t frames_ = 0;
  std::vector<LevelSub> level_subs_;
  FlatMap level_sub_ids_, level_memo_, list_memo_;
};

}  // namespace verikit::lean
