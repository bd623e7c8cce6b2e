// Terms, hash-consed: structurally equal terms (binder names and infos included) have equal ids.
//
// Bound variables are de Bruijn indices. A free variable is its level and its type, so equal variables are equal
// terms and a term carries its whole context; two variables of one level never meet in one term.
// kClosure is a suspended substitution, made by the evaluator alone; readers never see one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lean/big_nat_fwd.h"
#include "lean/levels.h"
#include "lean/names.h"

namespace verikit::lean {

using TermId = std::uint32_t;

enum class Kind : std::uint8_t {
  kBVar,     // a: index
  kFVar,     // a: level, b: type
  kSort,     // a: level
  kConst,    // a: name, b: list of levels
  kApp,      // a: function, b: argument
  kLambda,   // a: domain, b: body, c: binder
  kPi,       // a: domain, b: body, c: binder
  kLet,      // a: type, b: value, c: body
  kProj,     // a: structure's name, b: field index, c: structure
  kNat,      // a | b << 32: a literal below 2^64
  kBigNat,   // a: index of a literal of 2^64 and above
  kString,   // a: index of a string literal
  kClosure,  // a: term, b: environment
};

enum class BinderInfo : std::uint8_t { kDefault = 0, kImplicit = 1, kStrictImplicit = 2, kInstImplicit = 3 };

struct Node {
  Kind kind = Kind::kSort;
  bool has_level_param : 1 = false;
  bool used : 1 = false;        // a part of some term of its own store
  bool shared : 1 = false;      // a part of more than one
  std::uint8_t weight = 1;  // size as a tree, saturating at 255
  std::uint32_t loose = 0;  // every loose bound variable is below this; 0: closed
  std::uint32_t fvars = 0;  // every free variable's level is below this; 0: none
  std::uint32_t a = 0, b = 0, c = 0;
  std::uint64_t mask = 0;   // bit i clear: bound variable i (< 64) does not occur
};
static_assert(sizeof(Node) == 32);

// Thread-safety: const members may run together; a store that has extensions must not change; an extension belongs to
// one thread.
class TermStore {
 public:
  // A store of its own, or (base frozen from now on) an extension that belongs to one thread.
  explicit TermStore(const TermStore* base = nullptr);
  ~TermStore();
  TermStore(const TermStore&) = delete;
  TermStore& operator=(const TermStore&) = delete;

  [[nodiscard]] const Node& operator[](TermId id) const { return id < first_ ? base_nodes_[id] : nodes_[id - first_]; }
  [[nodiscard]] std::size_t size() const { return first_ + nodes_.size(); }
  [[nodiscard]] std::uint32_t first() const { return first_; }  // the first id that is not the base's

  // Each returns the id of the term, made if new. requires: arguments are ids of this store or its base.
  TermId bvar(std::uint32_t index);
  TermId fvar(std::uint32_t level, TermId type);
  TermId sort(LevelId level);
  TermId constant(NameId name, LevelsId levels);
  TermId app(TermId fn, TermId arg);
  TermId lambda(TermId domain, TermId body, std::uint32_t binder);
  TermId pi(TermId domain, TermId body, std::uint32_t binder);
  TermId let(TermId type, TermId value, TermId body, NameId name);
  TermId proj(NameId structure_name, std::uint32_t field, TermId structure);
  TermId nat(std::uint64_t value);
  TermId nat(const BigNat& value);  // kNat where it fits
  TermId string(std::string_view utf8);  // requires: valid UTF-8
  // loose, fvars: of the substituted term. requires: a and environment are the evaluator's.
  TermId closure(TermId term, std::uint32_t environment, std::uint32_t fvars);
  // A term of the same kind over other children (a, b, c as in Kind).
  TermId make(Kind kind, std::uint32_t a, std::uint32_t b, std::uint32_t c);

  std::uint32_t binder(NameId name, BinderInfo info) { return name << 2 | static_cast<std::uint32_t>(info); }
  [[nodiscard]] static NameId binder_name(std::uint32_t binder) { return binder >> 2; }
  [[nodiscard]] static BinderInfo binder_info(std::uint32_t binder) { return static_cast<BinderInfo>(binder & 3); }
  [[nodiscard]] NameId let_name(TermId id) const;  // for readers only: the first name seen

  // requires: kind kNat or kBigNat.
  [[nodiscard]] BigNat nat_value(TermId id) const;
  [[nodiscard]] const BigNat& big_nat(std::uint32_t index) const;
  [[nodiscard]] std::string_view string_value(TermId id) const;

  // names() may be extended until the store is frozen; levels() as its own contract says.
  NameTable& names() { return *names_; }
  [[nodiscard]] const NameTable& names() const { return *names_; }
  LevelStore& levels() { return levels_; }
  [[nodiscard]] const LevelStore& levels() const { return levels_; }

  // Forgets everything above the base. requires: a base.
  void reset();
  [[nodiscard]] std::size_t bytes() const;
  void reserve(std::size_t nodes);

 private:
  TermId intern(const Node& node);
  void use(TermId child);
  [[nodiscard]] bool may_be_in_base(const Node& node) const;
  [[nodiscard]] TermId lookup(const Node& node, std::uint64_t hash) const;
  void grow();

  const TermStore* base_;
  const Node* base_nodes_ = nullptr;
  std::uint32_t first_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::uint64_t> table_;  // the hash's upper half and id + 1, or 0; a power of two
  NameTable own_names_;
  NameTable* names_;
  LevelStore levels_;
  struct BigNats;
  std::unique_ptr<BigNats> big_;
  std::vector<std::string> strings_;
  std::unordered_multimap<std::size_t, std::uint32_t> string_index_;  // by hash
  std::vector<std::pair<TermId, NameId>> let_names_;  // sorted by id as ids are given in order
  std::uint32_t first_string_ = 0;
};

}  // namespace verikit::lean
