// Universe levels, interned: structurally equal levels have equal ids.
#pragma once

#include <cstdint>
#include <span>
#include <string>
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
  std::uint32_t depth = 0;  // of the tree, saturating
  std::uint32_t a = 0;      // succ: level; max, imax: left; param: name
  std::uint32_t b = 0;      // max, imax: right
};

// A store may extend a frozen one: ids below base->size() are the base's. Thread-safety: const members may run
// together; extensions belong to one thread.
class LevelStore {
 public:
  explicit LevelStore(const LevelStore* base = nullptr);

  // As written: no simplification (what a file says is what is compared).
  LevelId succ(LevelId l);
  LevelId max(LevelId l, LevelId r);
  LevelId imax(LevelId l, LevelId r);
  LevelId param(NameId name);
  LevelsId list(std::span<const LevelId> levels);

  [[nodiscard]] const Level& operator[](LevelId id) const { return id < first_ ? base_->levels_[id] : levels_[id - first_]; }
  [[nodiscard]] std::span<const LevelId> list(LevelsId id) const;
  [[nodiscard]] bool list_has_param(LevelsId id) const;
  [[nodiscard]] std::size_t size() const { return first_ + levels_.size(); }
  [[nodiscard]] std::size_t list_count() const { return first_list_ + lists_.size(); }

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
  LevelId intern(Level level);
  [[nodiscard]] LevelId lookup(const Level& level) const;
  [[nodiscard]] LevelsId lookup_list(std::span<const LevelId> levels) const;
  bool less(LevelId l, LevelId r) const;
  bool geq_core(LevelId l, LevelId r);
  LevelId normalize_uncached(LevelId l);
  void rehash();
  void rehash_lists();

  const LevelStore* base_;
  std::uint32_t first_ = 0, first_list_ = 0;
  std::vector<Level> levels_;
  std::vector<std::uint32_t> table_;
  std::vector<List> lists_;
  std::vector<LevelId> items_;
  std::vector<std::uint32_t> list_table_;
  std::vector<LevelId> normal_;  // memo of normalize, kNone where unknown
};

}  // namespace verikit::lean
