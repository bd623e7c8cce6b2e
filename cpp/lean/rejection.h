// Why a declaration is not accepted. Thrown inside the checker, caught for each declaration.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace verikit::lean {

enum class Rule : std::uint8_t {
  kDuplicateName,        // a constant's name is taken
  kUnknownConstant,      // a constant that is not there, or not yet, or a cycle
  kUniverseArity,        // a constant with the wrong number of universe arguments
  kUniverseParameter,    // an undeclared or repeated universe parameter
  kLooseVariable,        // a bound variable without its binder
  kUnsafeInSafe,         // an unsafe or partial constant in a safe declaration
  kNotASort,             // a term used as a type is none
  kNotAFunction,         // an application of something that is no function
  kArgumentMismatch,     // an argument's type is not the domain
  kValueMismatch,        // a value's type is not the declared type
  kLetMismatch,          // a let value's type is not the declared one
  kProjection,           // an impossible projection
  kTheoremNotProp,       // a theorem whose type is no proposition
  kLiteral,              // a literal without a proper Nat or String
  kQuotient,             // a quotient constant that is not the one there is
  kInductive,            // an ill-formed inductive type
  kConstructor,          // an ill-formed constructor
  kPositivity,           // a non-positive or invalid recursive occurrence
  kUniverseTooSmall,     // a constructor's field lives too high
  kRecursor,             // a recursor, or a field of one, that is not the generated one
  kMutualBlock,          // a block whose parts do not belong together
  kPrimitive,            // a constant the kernel computes with whose definition is not the known one
  kStatement,            // statement match: another statement, or another constant behind it
  kAxiom,                // an axiom that is not allowed
  kCount
};
// As in verdicts and documentation: "universe-arity", "argument-mismatch", …
const char* rule_name(Rule rule);

class Rejection : public std::exception {
 public:
  Rejection(Rule rule, std::string detail) : rule_(rule), detail_(std::move(detail)) {}
  [[nodiscard]] Rule rule() const noexcept { return rule_; }
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  [[nodiscard]] const char* what() const noexcept override { return detail_.c_str(); }

 private:
  Rule rule_;
  std::string detail_;
};

// The limits on one declaration ran out, or it needs something verikit does not have: DECLINED, never REJECTED.
enum class Decline : std::uint8_t { kDepth, kSteps, kMemory, kTime, kUnsupported, kCount };
const char* decline_name(Decline reason);

class Declined : public std::exception {
 public:
  Declined(Decline reason, std::string detail) : reason_(reason), detail_(std::move(detail)) {}
  [[nodiscard]] Decline reason() const noexcept { return reason_; }
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  [[nodiscard]] const char* what() const noexcept override { return detail_.c_str(); }

 private:
  Decline reason_;
  std::string detail_;
};

[[noreturn]] inline void reject(Rule rule, std::string detail) { throw Rejection(rule, std::move(detail)); }
[[noreturn]] inline void decline(Decline reason, std::string detail) { throw Declined(reason, std::move(detail)); }

}  // namespace verikit::lean
