#include "lean/rejection.h"

namespace verikit::lean {

// No default: a rule without a name is a warning of the compiler, and a failure of the test.
const char* rule_name(Rule rule) {
  switch (rule) {
    case Rule::kDuplicateName: return "duplicate-name";
    case Rule::kUnknownConstant: return "unknown-constant";
    case Rule::kUniverseArity: return "universe-arity";
    case Rule::kUniverseParameter: return "universe-parameter";
    case Rule::kLooseVariable: return "loose-variable";
    case Rule::kUnsafeInSafe: return "unsafe-in-safe";
    case Rule::kNotASort: return "not-a-sort";
    case Rule::kNotAFunction: return "not-a-function";
    case Rule::kArgumentMismatch: return "argument-mismatch";
    case Rule::kValueMismatch: return "value-mismatch";
    case Rule::kLetMismatch: return "let-mismatch";
    case Rule::kProjection: return "projection";
    case Rule::kTheoremNotProp: return "theorem-not-prop";
    case Rule::kLiteral: return "literal";
    case Rule::kQuotient: return "quotient";
    case Rule::kInductive: return "inductive";
    case Rule::kConstructor: return "constructor";
    case Rule::kPositivity: return "positivity";
    case Rule::kUniverseTooSmall: return "universe-too-small";
    case Rule::kRecursor: return "recursor";
    case Rule::kMutualBlock: return "mutual-block";
    case Rule::kPrimitive: return "primitive";
    case Rule::kStatement: return "statement";
    case Rule::kAxiom: return "axiom";
    case Rule::kCount: break;
  }
  return "none";
}

const char* decline_name(Decline reason) {
  switch (reason) {
    case Decline::kDepth: return "depth";
    case Decline::kSteps: return "steps";
    case Decline::kMemory: return "memory";
    case Decline::kTime: return "time";
    case Decline::kUnsupported: return "unsupported";
    case Decline::kCount: break;
  }
  return "none";
}

}  // namespace verikit::lean
