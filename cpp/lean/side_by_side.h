// Two environments, walked side by side from pairs of constants: are they the same as far as these reach?
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lean/environment.h"
#include "lean/flat_map.h"
#include "lean/rejection.h"

namespace verikit::lean {

// Where two environments part, or why one of them is of no use. Thrown and caught inside the statement match.
struct Parting {
  Rule rule = Rule::kStatement;
  std::string constant;
  std::string detail;
  bool reference_at_fault = false;
};

// "a theorem", "an axiom", …; "safe", "partial", "unsafe".
const char* kind_name(ConstantKind kind);
const char* safety_name(Safety safety);
bool repeats(std::vector<NameId> names);

// Every function throws a Parting at the first difference. All comparisons must succeed, so what was met once is not
// compared again. Iterative throughout: terms, levels and chains of constants may be deep.
class SideBySide {
 public:
  // whose: how messages call the reference. requires: neither environment changes while this lives.
  SideBySide(const Environment& reference, const Environment& candidate, std::string whose);

  // Asks for a constant of the reference by its name there: `run` will compare it with the candidate's.
  void ask(NameId name);
  // Parameters (by position) and type of two constants; their names, values and kinds are not looked at.
  void compare_types(const Constant& r, const Constant& c);
  // Compares everything that has been asked for, and all that it rests on.
  void run();

 private:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  NameId translate(NameId name);  // the candidate's name of the same components, or kNone
  bool same_name(NameId r, NameId c) { return translate(r) == c; }
  void begin(const Constant& r, const Constant& c);

  [[noreturn]] void part(const std::string& detail) const { throw Parting{Rule::kStatement, here_, detail}; }
  void require(bool same, const char* what) const;
  void require_number(std::uint64_t r, std::uint64_t c, const std::string& what) const;
  void require_names(const std::vector<NameId>& r, const std::vector<NameId>& c, const std::string& what);

  void compare_constants(const Constant& r, const Constant& c);
  void compare_inductive(const InductiveInfo& x, const InductiveInfo& y);
  void compare_constructor(const ConstructorInfo& x, const ConstructorInfo& y);
  void compare_recursor(const RecursorInfo& x, const RecursorInfo& y);
  void compare(TermId r_root, TermId c_root, const char* what);
  bool same_node(TermId r, TermId c);
  void ask_literal(const char* type, NameId name);
  void push(TermId r, TermId c);
  [[noreturn]] void differ(TermId r_root, TermId c_root, TermId r, TermId c, const char* what) const;

  bool same_levels(LevelsId r, LevelsId c);
  bool same_level(LevelId r_root, LevelId c_root);
  bool same_param(NameId r, NameId c);

  const Environment& reference_;
  const Environment& candidate_;
  std::string whose_;
  std::vector<NameId> name_map_;
  std::vector<bool> met_;
  std::vector<std::pair<ConstantId, ConstantId>> queue_;
  NameId nat_ = kNone, string_ = kNone;  // the reference's
  std::vector<NameId> string_parts_;

  // The pair of constants that is being compared.
  const Constant* r_ = nullptr;
  const Constant* c_ = nullptr;
  std::string here_;
  bool same_params_ = true;
  // Pairs met where parameters have the same names, which hold for all such constants, and those of this pair alone.
  FlatMap terms_, levels_, own_terms_, own_levels_;
  std::vector<Pair> stack_;
};

}  // namespace verikit::lean
