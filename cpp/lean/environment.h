// What a reader makes of files, and what the checker checks: constants by name, grouped into declarations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lean/terms.h"

namespace verikit::lean {

using ConstantId = std::uint32_t;
using DeclarationId = std::uint32_t;

enum class ConstantKind : std::uint8_t {
  kAxiom, kDefinition, kTheorem, kOpaque, kQuotient, kInductive, kConstructor, kRecursor
};
enum class Safety : std::uint8_t { kUnsafe, kSafe, kPartial };
enum class HintKind : std::uint8_t { kOpaque, kAbbreviation, kRegular };
enum class QuotientKind : std::uint8_t { kType, kMk, kLift, kInd };

struct Hints {
  HintKind kind = HintKind::kOpaque;
  std::uint32_t height = 0;
};

inline constexpr std::uint64_t kUnknownCount = ~std::uint64_t{0};

struct InductiveInfo {  // what the file says; the checker recomputes all of it
  // num_nested: kUnknownCount where the file only says that it is not 0 (compiled files of earlier versions of Lean).
  std::uint64_t num_params = 0, num_indices = 0, num_nested = 0;
  std::vector<NameId> all, constructors;
  bool is_recursive = false, is_reflexive = false;
};
struct ConstructorInfo {
  NameId inductive = 0;
  std::uint64_t index = 0, num_params = 0, num_fields = 0;
};
struct RecursorRule {
  NameId constructor = 0;
  std::uint64_t num_fields = 0;
  TermId rhs = 0;
};
struct RecursorInfo {
  std::vector<NameId> all;
  std::uint64_t num_params = 0, num_indices = 0, num_motives = 0, num_minors = 0;
  std::vector<RecursorRule> rules;
  bool k = false;
};

struct Constant {
  NameId name = 0;
  ConstantKind kind = ConstantKind::kAxiom;
  Safety safety = Safety::kSafe;
  QuotientKind quotient = QuotientKind::kType;
  Hints hints;
  std::vector<NameId> params;    // universe parameters
  TermId type = kNone;
  TermId value = kNone;          // definitions, theorems, opaques
  std::vector<NameId> all;       // definitions, theorems, opaques: the mutual block, as the file says
  std::uint32_t info = kNone;    // index into inductives(), constructors() or recursors(), by kind
  DeclarationId declaration = kNone;
  std::uint32_t module = 0;      // index into modules()
  bool loaded = true;            // false: only the name and kind are known yet (lazy sources)
  bool value_loaded = true;
};

enum class DeclarationKind : std::uint8_t { kAxiom, kDefinition, kTheorem, kOpaque, kQuotient, kInductive };

// The unit of checking: one constant, one quotient constant, a block of mutual inductive types with their constructors and
// recursors, or a block of mutual unsafe or partial definitions. `constants` of an inductive block: the types, then the
// constructors, then the recursors, each in the file's order.
struct Declaration {
  DeclarationKind kind = DeclarationKind::kAxiom;
  std::vector<ConstantId> constants;
  // A declaration may only mention constants of declarations of lower rank (and, inside, its own as the rules allow).
  std::uint32_t rank = 0;
};

struct Module {
  std::string name;  // or the file's name
  std::string path;
  bool trusted = false;  // its declarations are taken as checked elsewhere
  std::string sha256;    // hex, of all parts; empty where not computed
};

class Environment {
 public:
  Environment();
  TermStore& terms() { return terms_; }
  [[nodiscard]] const TermStore& terms() const { return terms_; }
  NameTable& names() { return terms_.names(); }
  [[nodiscard]] const NameTable& names() const { return terms_.names(); }

  // Adds a constant. A second constant of the same name is kept out of the index and reported in duplicates().
  ConstantId add(Constant constant);
  std::uint32_t add(InductiveInfo info);
  std::uint32_t add(ConstructorInfo info);
  std::uint32_t add(RecursorInfo info);
  // Appends a declaration and sets its constants' `declaration`. Rank: the order of addition, unless set later.
  DeclarationId declare(DeclarationKind kind, std::vector<ConstantId> constants);

  [[nodiscard]] ConstantId find(NameId name) const { return name < by_name_.size() ? by_name_[name] : kNone; }
  [[nodiscard]] ConstantId find(std::string_view dotted) const;
  [[nodiscard]] const Constant& constant(ConstantId id) const { return constants_[id]; }
  Constant& constant(ConstantId id) { return constants_[id]; }
  [[nodiscard]] std::size_t num_constants() const { return constants_.size(); }
  [[nodiscard]] const InductiveInfo& inductive(const Constant& c) const { return inductives_[c.info]; }
  [[nodiscard]] const ConstructorInfo& constructor(const Constant& c) const { return constructors_[c.info]; }
  [[nodiscard]] const RecursorInfo& recursor(const Constant& c) const { return recursors_[c.info]; }
  InductiveInfo& inductive(const Constant& c) { return inductives_[c.info]; }
  ConstructorInfo& constructor(const Constant& c) { return constructors_[c.info]; }
  RecursorInfo& recursor(const Constant& c) { return recursors_[c.info]; }
  [[nodiscard]] const Declaration& declaration(DeclarationId id) const { return declarations_[id]; }
  Declaration& declaration(DeclarationId id) { return declarations_[id]; }
  [[nodiscard]] std::size_t num_declarations() const { return declarations_.size(); }
  // Constants that came when their name was taken.
  [[nodiscard]] const std::vector<ConstantId>& duplicates() const { return duplicates_; }
  std::vector<Module>& modules() { return modules_; }
  [[nodiscard]] const std::vector<Module>& modules() const { return modules_; }

 private:
  TermStore terms_;
  std::vector<Constant> constants_;
  std::vector<ConstantId> by_name_;
  std::vector<ConstantId> duplicates_;
  std::vector<InductiveInfo> inductives_;
  std::vector<ConstructorInfo> constructors_;
  std::vector<RecursorInfo> recursors_;
  std::vector<Declaration> declarations_;
  std::vector<Module> modules_;
};

}  // namespace verikit::lean
