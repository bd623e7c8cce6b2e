#include "lean/proof.h"

#include "base/big_stack.h"
#include "lean/kernel.h"

namespace verikit::lean {
namespace {

constexpr std::size_t kStack = std::size_t{64} << 20;

// Whether the type of a checked constant is a proposition. Throws Declined or Rejection.
bool states_proposition(const Environment& env, ConstantId id, const CheckLimits& limits) {
  bool answer = false;
  run_on_big_stacks(1, kStack, [&](int) {
    Kernel kernel(env, limits);
    answer = kernel.is_prop(env.constant(id).type);
  });
  return answer;
}

}  // namespace

ProofReport verify_proof(const Environment& reference, const Environment& candidate, const std::string& theorem,
                         const std::vector<std::string>& allowed_axioms, const std::vector<DeclarationId>& ids,
                         const CheckOptions& options) {
  ProofReport report;
  report.match = match_statement(reference, candidate, theorem, allowed_axioms);
  if (!report.match.matches) {
    report.status = CheckStatus::kRejected;
    return report;
  }
  report.checked = true;
  CheckOptions first = options;
  first.stop_at_first = true;
  report.check = check_declarations(candidate, ids, first);
  report.status = report.check.status;
  const ConstantId id = candidate.find(theorem);
  if (report.status != CheckStatus::kAccepted || candidate.constant(id).kind == ConstantKind::kTheorem) return report;
  try {
    if (states_proposition(candidate, id, options.limits)) return report;
    report.status = CheckStatus::kRejected;
    report.match.matches = false;
    report.match.rule = Rule::kTheoremNotProp;
    report.match.constant = theorem;
    report.match.detail = "its type is no proposition, so that a value of it proves nothing";
    report.match.reference_at_fault = true;
  } catch (const Rejection& rejection) {
    report.status = CheckStatus::kRejected;
    report.match.matches = false;
    report.match.rule = rejection.rule();
    report.match.constant = theorem;
    report.match.detail = rejection.detail();
  } catch (const Declined& declined) {
    report.status = CheckStatus::kDeclined;
    report.reason = declined.reason();
    report.detail = declined.detail();
  }
  return report;
}

}  // namespace verikit::lean
