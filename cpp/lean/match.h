// Does a candidate prove the statement of a reference? Structural, over all that the statement rests on.
#pragma once

#include <string>
#include <vector>

#include "lean/check.h"
#include "lean/environment.h"

namespace verikit::lean {

// Every constant that `roots` reach through types, values, constructors and recursors, themselves included; ascending.
// statement_only: do not enter the values (proofs) of theorems.
std::vector<ConstantId> dependencies(const Environment& env, const std::vector<ConstantId>& roots, bool theorem_values = true);

// The axioms among the dependencies of `name`, by name order: recomputed from the terms, whatever any file caches.
std::vector<ConstantId> axioms_of(const Environment& env, ConstantId root);

struct MatchResult {
  bool matches = false;
  Rule rule = Rule::kCount;  // kStatement, kAxiom, kUnsafeInSafe, kUnknownConstant where it does not
  std::string constant;      // the constant at which they part
  std::string detail;        // with both terms printed
  bool reference_at_fault = false;  // the reference has no such statement, or an unusable one
  std::vector<std::string> axioms;  // that the candidate's proof uses
};

// Whether the candidate's constant `theorem` is a theorem (or safe definition or opaque) with structurally the same universe
// parameters and type as the reference's, every constant in that type's closure is the same in both (kind, parameters,
// type, value except of theorems, constructors, recursors with rules, safety, hints excluded), the axioms its proof uses
// lie in `allowed_axioms`, and nothing unsafe or partial is reached. Binder names and infos and level names do not count
// (levels by position). Says nothing about whether the candidate's declarations check: that is check_environment's.
MatchResult match_statement(const Environment& reference, const Environment& candidate, const std::string& theorem,
                            const std::vector<std::string>& allowed_axioms);

}  // namespace verikit::lean
