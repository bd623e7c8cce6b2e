// The rules for adding one declaration.
#include "lean/declarations.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "lean/scan.h"

namespace verikit::lean {
namespace {

void check_params(const Environment& env, const Constant& c) {
  std::set<NameId> seen;
  for (const NameId p : c.params) {
    if (!seen.insert(p).second) {
      reject(Rule::kUniverseParameter, "the universe parameter " + env.names().to_string(p) + " is declared twice");
    }
  }
}

void check_type(Kernel& kernel, const Constant& c) { kernel.ensure_sort_of_type(c.type); }

void check_value(Kernel& kernel, const Constant& c) { kernel.check_has_type(c.value, c.type, Rule::kValueMismatch); }

}  // namespace

void check_declaration(Kernel& kernel, Scanner& scanner, DeclarationId id) {
  const Environment& env = kernel.environment();
  const Declaration& declaration = env.declaration(id);
  kernel.start_declaration();
  if (declaration.constants.empty()) fail(ErrorCode::kInternal, "a declaration without constants");
  for (const ConstantId c : declaration.constants) check_params(env, env.constant(c));
  switch (declaration.kind) {
    case DeclarationKind::kInductive:
      scanner.scan_inductive(id);
      check_inductive(kernel, id);
      return;
    case DeclarationKind::kQuotient:
      for (const ConstantId c : declaration.constants) scanner.scan_type(id, env.constant(c), Own::kAll);
      check_quotient(kernel, id);
      return;
    case DeclarationKind::kAxiom:
    case DeclarationKind::kDefinition:
    case DeclarationKind::kTheorem:
    case DeclarationKind::kOpaque:
      break;
  }
  const Constant& first = env.constant(declaration.constants[0]);
  const bool recursive = declaration.kind == DeclarationKind::kDefinition && first.safety != Safety::kSafe;
  if (declaration.constants.size() > 1) {
    // Mutual definitions exist among unsafe and partial ones only; they share safety and universe parameters.
    const bool together = recursive && std::all_of(declaration.constants.begin(), declaration.constants.end(), [&](ConstantId c) {
                            return env.constant(c).safety == first.safety && env.constant(c).params == first.params;
                          });
    if (!together) reject(Rule::kMutualBlock, "mutual definitions must be unsafe or partial alike, over the same universe parameters");
  }
  for (const ConstantId c : declaration.constants) {
    const Constant& constant = env.constant(c);
    scanner.scan_type(id, constant, Own::kNothing);
    check_type(kernel, constant);
    if (declaration.kind == DeclarationKind::kTheorem && !kernel.is_prop(constant.type)) {
      reject(Rule::kTheoremNotProp, "the type of a theorem is no proposition: " + kernel.print(constant.type));
    }
  }
  if (declaration.kind == DeclarationKind::kAxiom) return;
  for (const ConstantId c : declaration.constants) {
    const Constant& constant = env.constant(c);
    if (constant.value == kNone) fail(ErrorCode::kInternal, "a definition whose value was not loaded");
    scanner.scan_value(id, constant, recursive ? Own::kAll : Own::kNothing);
    check_value(kernel, constant);
  }
}

}  // namespace verikit::lean
