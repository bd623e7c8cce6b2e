// What the readers of text exports share: numbered names, levels and terms, and the grouping of constants into
// declarations. Not a public interface.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lean/environment.h"
#include "lean/readers.h"

namespace verikit::lean {

// From a file's indices to ids. Indices may be sparse and in any order: what lies beyond what a file of that size would
// number by counting goes into a tree, so that memory stays linear in the file.
class IndexTable {
 public:
  explicit IndexTable(std::size_t file_bytes) : limit_(file_bytes / 8 + 1024) {}

  [[nodiscard]] std::uint32_t get(std::uint64_t index) const {
    if (index < dense_.size()) return dense_[index];
    return get_sparse(index);
  }
  // False where the index is taken. requires: value != kNone.
  bool set(std::uint64_t index, std::uint32_t value) {
    if (index >= dense_.size()) {
      if (index >= limit_) return sparse_.emplace(index, value).second;
      grow(index);
    }
    if (dense_[index] != kNone) return false;
    dense_[index] = value;
    return true;
  }

 private:
  [[nodiscard]] std::uint32_t get_sparse(std::uint64_t index) const;
  void grow(std::uint64_t index);

  std::size_t limit_;
  std::vector<std::uint32_t> dense_;
  std::map<std::uint64_t, std::uint32_t> sparse_;  // indices from limit_ on
};

class ExportBuilder {
 public:
  // `file` is for messages. ensures: a module is added to `env`, to which all constants will belong.
  ExportBuilder(std::span<const std::uint8_t> bytes, const std::string& file, Environment& env,
                const ReadLimits& limits);

  // Where the reader is: the start of a line, for messages.
  void at(const char* position) { at_ = position; }
  // Fails at the first byte that is no UTF-8. requires: text is the bytes given.
  void require_utf8(std::string_view text);
  [[noreturn]] void bad(const std::string& what) const { fail_here(ErrorCode::kExportFormat, what); }
  [[noreturn]] void fail_here(ErrorCode code, const std::string& what) const;

  [[nodiscard]] NameId name(std::uint64_t index) const { return defined(names_, index, "name"); }
  [[nodiscard]] LevelId level(std::uint64_t index) const { return defined(levels_, index, "level"); }
  [[nodiscard]] TermId term(std::uint64_t index) const { return defined(terms_, index, "expression"); }
  void define_name(std::uint64_t index, NameId id) {
    if (!names_.set(index, id)) twice("name", index);
  }
  void define_level(std::uint64_t index, LevelId id) {
    if (!levels_.set(index, id)) twice("level", index);
  }
  void define_term(std::uint64_t index, TermId id) {
    if (!terms_.set(index, id)) twice("expression", index);
    if (env_.terms().size() > limits_.max_terms) too_many_terms();
  }
  // A literal from its decimal digits; fails on anything else, and on more than the limit allows.
  TermId nat_literal(std::string_view digits);

  // --- declarations, in the file's order -------------------------------------------------------------------------
  // Each takes the constant with its kind not yet set.
  void add_axiom(Constant c) { add_single(std::move(c), ConstantKind::kAxiom, DeclarationKind::kAxiom); }
  void add_theorem(Constant c) { add_single(std::move(c), ConstantKind::kTheorem, DeclarationKind::kTheorem); }
  void add_opaque(Constant c) { add_single(std::move(c), ConstantKind::kOpaque, DeclarationKind::kOpaque); }
  // Consecutive unsafe or partial definitions that list each other in `all` become one declaration.
  void add_definition(Constant c);
  // Four in a row, one of each kind, become one declaration.
  void add_quotient(Constant c);

  // A whole block of inductive types.
  struct Block {
    std::vector<ConstantId> types, constructors, recursors;
  };
  ConstantId add_type(Constant c, InductiveInfo info);
  ConstantId add_constructor(Constant c, ConstructorInfo info);
  ConstantId add_recursor(Constant c, RecursorInfo info);
  void declare_block(const Block& block);

  // The same where types, constructors and recursors come one by one with other declarations in between. The block is
  // declared when all its types and their constructors are there: what a constructor's type needs comes before it. A
  // recursor joins its block whenever it comes.
  void add_loose_type(Constant c, InductiveInfo info);
  void add_loose_constructor(Constant c, ConstructorInfo info);
  void add_loose_recursor(Constant c, RecursorInfo info);

  // After the last line: declares what waited for more. complete_blocks: fail with UnsupportedError where a block's
  // constructors are missing, for formats that leave out what nobody uses.
  void finish(bool complete_blocks);

  Environment& environment() { return env_; }
  [[nodiscard]] const ReadLimits& limits() const { return limits_; }

 private:
  struct LooseBlock {
    std::vector<NameId> all;
    Block parts;
    std::size_t missing_types = 0, missing_constructors = 0;
    bool is_declared = false;
    DeclarationId declaration = kNone;
  };

  [[nodiscard]] std::uint32_t defined(const IndexTable& table, std::uint64_t index, const char* what) const {
    const std::uint32_t id = table.get(index);
    if (id == kNone) undefined(what, index);
    return id;
  }
  [[noreturn]] void undefined(const char* what, std::uint64_t index) const;
  [[noreturn]] void twice(const char* what, std::uint64_t index) const;
  [[noreturn]] void too_many_terms() const;
  ConstantId add_constant(Constant c, ConstantKind kind);
  void add_single(Constant c, ConstantKind kind, DeclarationKind declaration);
  void flush();
  void flush_definitions();
  void flush_quotients();
  LooseBlock& loose_block(NameId type, const char* of);
  void declare_loose(LooseBlock& block);

  const char* begin_;
  const char* end_;
  const char* at_;
  const std::string file_;
  Environment& env_;
  const ReadLimits limits_;
  std::uint32_t module_;
  IndexTable names_, levels_, terms_;
  std::vector<ConstantId> definitions_, quotients_;  // not yet declared
  std::vector<LooseBlock> blocks_;
  std::map<NameId, std::size_t> block_of_;  // by type's name
};

}  // namespace verikit::lean
