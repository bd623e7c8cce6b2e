// The assertions of a VNN-LIB file as a tree, between reading (vnnlib.cpp) and the disjunctive normal
// form (normal_form.cpp).
#pragma once

#include <cstdint>
#include <vector>

#include "bounds/property.h"

namespace verikit::bounds {

struct Literal {
  enum class Kind : std::uint8_t {
    kTrue,
    kFalse,
    kLower,   // input[index] >= value
    kUpper,   // input[index] <= value
    kOutput,  // Formula::constraints[index]
  };
  Kind kind = Kind::kTrue;
  std::uint32_t index = 0;
  Rational value;
};

// Nodes refer to one another by position; children form a list through next.
struct FormulaNode {
  enum class Kind : std::uint8_t { kLiteral, kAnd, kOr };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  Kind kind = Kind::kLiteral;
  std::uint32_t first = kNone;  // kLiteral: position in Formula::literals; else the first child, never kNone
  std::uint32_t next = kNone;
};

struct Formula {
  Index inputs = 0, outputs = 0;
  std::vector<Literal> literals;
  std::vector<OutputConstraint> constraints;
  std::vector<FormulaNode> nodes;
  std::vector<std::uint32_t> asserts;  // their conjunction is the unsafe set
};

// The number of 64-bit words a rational needs beyond the two it always has.
std::size_t extra_words(const Rational& q);

// requires: the tree is at most a few thousand nodes deep (the reader limits it).
// raises: kInput where an input has no lower or upper bound; kMemoryLimit.
Property to_property(const Formula& formula, const PropertyLimits& limits);

}  // namespace verikit::bounds
