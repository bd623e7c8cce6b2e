// The whole question of a proof: is it the statement that was asked for, and does everything check?
#pragma once

#include <string>
#include <vector>

#include "lean/check.h"
#include "lean/match.h"

namespace verikit::lean {

struct ProofReport {
  CheckStatus status = CheckStatus::kAccepted;
  MatchResult match;
  bool checked = false;  // false: the match failed, and nothing was checked
  Report check;
  Decline reason = Decline::kCount;  // where what is declined is no declaration: whether the statement is a proposition
  std::string detail;
};

// match_statement first, which costs little, then check_declarations of `ids`; then, where the candidate's constant is no
// theorem (whose check says so), whether the statement is a proposition: a definition of another type proves nothing, and
// the reference is at fault for asking.
// requires: as for match_statement; `ids` holds every declaration that the candidate's proof reaches and that is not trusted.
// Rejected with match.reference_at_fault: nothing is known about the candidate.
ProofReport verify_proof(const Environment& reference, const Environment& candidate, const std::string& theorem,
                         const std::vector<std::string>& allowed_axioms, const std::vector<DeclarationId>& ids,
                         const CheckOptions& options);

}  // namespace verikit::lean
