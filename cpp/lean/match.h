// Does a candidate prove the statement of a reference? Structural, over all that the statement rests on.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lean/check.h"
#include "lean/environment.h"

namespace verikit::lean {

// What a string literal unfolds to, in this and in older versions of Lean; what there is of it counts.
inline constexpr std::array<std::string_view, 8> kStringParts = {"String",     "String.ofList", "String.mk", "Char",
                                                                 "Char.ofNat", "List",          "List.nil",  "List.cons"};

// Every constant that `roots` reach through types, values, constructors and recursors, themselves included; ascending.
// A literal reaches the constants that it stands for (Nat; String, Char, List and what builds them).
// theorem_values = false: do not enter the values (proofs) of theorems. requires: what is entered is loaded.
// Names that are no constants are left out, and put into `missing` where that is given.
std::vector<ConstantId> dependencies(const Environment& env, const std::vector<ConstantId>& roots, bool theorem_values = true,
                                     std::vector<NameId>* missing = nullptr);

// The same for what the type of `id` mentions: what its statement means. Holds `id` itself only where the statement rests on it.
std::vector<ConstantId> statement_closure(const Environment& env, ConstantId id, std::vector<NameId>* missing = nullptr);

// Who mentions whom among the dependencies of `roots`: (a, b) where a itself mentions b; ascending.
std::vector<std::pair<ConstantId, ConstantId>> dependency_edges(const Environment& env, const std::vector<ConstantId>& roots,
                                                               bool theorem_values = true);

// The axioms among the dependencies of `root`, by name: recomputed from the terms, whatever any file caches.
std::vector<ConstantId> axioms_of(const Environment& env, ConstantId root);

struct MatchResult {
  bool matches = false;
  Rule rule = Rule::kCount;  // kStatement, kAxiom, kUnsafeInSafe, kUnknownConstant, kDuplicateName where it does not
  std::string constant;      // the constant at which they part
  std::string detail;        // with both terms printed
  bool reference_at_fault = false;  // the reference has no such statement, or an unusable one
  std::vector<std::string> axioms;  // that the candidate's proof uses
};

// Whether the candidate's constant `theorem` is a theorem (or safe definition or opaque) with structurally the same universe
// parameters and type as the reference's, every constant in that type's closure is the same in both (kind, parameters,
// type, value except of theorems, constructors, recursors with rules, safety, hints excluded), the axioms its proof uses
// pass match_axioms, and nothing unsafe or partial is reached. Binder names and infos and level names do not count
// (levels by position). Says nothing about whether the candidate's declarations check: that is check_environment's. Nor does
// it say that the type is a proposition, which the check of a theorem (but not of a definition) does.
// The reference's own proof is not looked at: it may be a sorry, and the statement may stand there as an axiom.
// requires: loaded are the reference's statement and allowed axioms, each with its closure without proofs, and the candidate's
// closure with proofs.
MatchResult match_statement(const Environment& reference, const Environment& candidate, const std::string& theorem,
                            const std::vector<std::string>& allowed_axioms);

// Whether each axiom is allowed by name, and says what it says in `reference`, or, where that does not have it, in Lean's own
// library: an axiom called propext that states something else is not propext. What neither has is refused; without a
// reference (null) its name alone decides.
MatchResult match_axioms(const Environment* reference, const Environment& env, const std::vector<ConstantId>& axioms,
                         const std::vector<std::string>& allowed_axioms);

// propext, Classical.choice and Quot.sound as Lean's library states them, with all that the statements rest on (recursors,
// which follow from the types, left out).
std::unique_ptr<const Environment> standard_axioms();

}  // namespace verikit::lean
