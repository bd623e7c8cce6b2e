// Universe levels, interned: structurally equal levels have equal ids.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "lean/names.h"

namespace verikit::lean {

using LevelId = std::uint32_t;
using LevelsId = std::uint32_t;  // a list of levels (the universe arguments of a constant)
using ParamsId = std::uint32_t;  // a list of names (the universe parameters of a declaration)
inline constexpr LevelId kLevelZero = 0;
inline constexpr LevelId kLevelOne = 1;
inline constexpr LevelsId kNoLevels = 0;

enum class LevelKind : std::uint8_t { kZero, kSucc, kMax, kIMax, kParam };

struct Level {
  LevelKind kind = LevelKind::kZero;
  bool has_param = false;
  bool never_zero = false;  // seen from its form: a successor in the right place
  std::uint32_t depth = 0;  // of the tree; 0 for zero and parameters
  std::uint32_t a = 0;      // succ: level; max, imax: left; param: name
  std::uint32_t b = 0;      // max, imax: right; succ: what is below all of its successors (no successor itself)
};
static_assert(sizeof(Level) == 16);

// A store may extend a frozen one: ids below base->size() are the base's. Thread-safety: const members may run
// together; extensions belong to one thread.
class LevelStore {
 public:
  // names: where parameters' names are looked up, so that normal forms sort them as the official kernel does; without it
  // they sort by id, which decides some few equalities differently (never wrongly). An extension takes its base's.
  explicit LevelStore(const LevelStore* base = nullptr, const NameTable* names = nullptr);

  // As written: no simplification (what a file says is what is compared).
  LevelId succ(LevelId l);
  LevelId max(LevelId l, LevelId r);
  LevelId imax(LevelId l, LevelId r);
  LevelId param(NameId name);
  LevelsId list(std::span<const LevelId> levels);

  [[nodiscard]] const Level& operator[](LevelId id) const { return id < first_ ? base_->levels_[id] : levels_[id - first_]; }
  // Valid until the next list is made.
  [[nodiscard]] std::span<const LevelId> list(LevelsId id) const;
  [[nodiscard]] bool list_has_param(LevelsId id) const;
  [[nodiscard]] std::size_t size() const { return first_ + levels_.size(); }
  [[nodiscard]] std::size_t list_count() const { return first_list_ + lists_.size(); }

  // l as succ^offset(base(l)): base(l) is zero, a parameter, max or imax.
  [[nodiscard]] LevelId base(LevelId l) const { return (*this)[l].kind == LevelKind::kSucc ? (*this)[l].b : l; }
  [[nodiscard]] std::uint32_t offset(LevelId l) const { return (*this)[l].depth - (*this)[base(l)].depth; }

  // The functions below recurse through max and imax; deeper than 2000 or with more than 2^24 steps in one call they
  // throw Declined.

  // l with params[i] := args[i]; max and imax are simplified as they are rebuilt. requires: equal lengths.
  LevelId instantiate(LevelId l, std::span<const NameId> params, std::span<const LevelId> args);
  LevelsId instantiate_list(LevelsId l, std::span<const NameId> params, std::span<const LevelId> args);

  // max and imax with the simplifications that hold in every assignment.
  LevelId make_max(LevelId l, LevelId r);
  LevelId make_imax(LevelId l, LevelId r);

  // Whether l = r, l >= r in every assignment of naturals to parameters. Sound; found by normal forms, as the
  // official kernel does, and so incomplete in the same places.
  bool equal(LevelId l, LevelId r);
  bool lists_equal(LevelsId l, LevelsId r);
  bool geq(LevelId l, LevelId r);
  LevelId normalize(LevelId l);
  [[nodiscard]] bool is_never_zero(LevelId l) const;
  [[nodiscard]] bool is_explicit(LevelId l) const;  // a numeral
  // The first parameter of l that is not in `params`, or kNone.
  [[nodiscard]] NameId undefined_param(LevelId l, std::span<const NameId> params) const;

  // Forgets everything above the base. requires: a base.
  void reset();
  [[nodiscard]] std::string to_string(LevelId id, const NameTable& names) const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct List {
    std::uint32_t begin, count;
    bool has_param;
  };
  using Memo = std::unordered_map<LevelId, LevelId>;
  class Work;
  LevelId intern(const Level& level);
  LevelId add_offset(LevelId l, std::uint32_t offset);
  LevelId find(const Level& level, std::uint64_t hash) const;
  LevelsId find_list(std::span<const LevelId> levels, std::uint64_t hash) const;
  [[nodiscard]] int compare_names(NameId l, NameId r) const;
  [[nodiscard]] bool less(LevelId l, LevelId r) const;
  LevelId instantiate(LevelId l, std::span<const NameId> params, std::span<const LevelId> args, Memo& memo, Work& work);
  LevelId normalize(LevelId l, Work& work);
  LevelId normalize_max(LevelId l, Work& work);
  void push_max_args(LevelId l, std::vector<LevelId>& out, Work& work) const;
  bool geq(LevelId l, LevelId r, Work& work);
  bool geq_normal(LevelId l, LevelId r, Work& work);
  void rehash();
  void rehash_lists();

  const LevelStore* base_;
  const NameTable* names_;
  std::uint32_t first_ = 0, first_list_ = 0;
  std::vector<Level> levels_;
  std::vector<std::uint32_t> table_;  // id + 1, or 0; a power of two
  std::vector<List> lists_;
  std::vector<LevelId> items_;
  std::vector<std::uint32_t> list_table_;
  Memo normal_;                                // of normalize
  std::unordered_map<std::uint64_t, bool> geq_;  // of geq, by pair
};

}  // namespace verikit::lean
