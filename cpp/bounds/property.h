// What is asked of a network: a set of unsafe situations, each a box of inputs and a conjunction of linear
// constraints on the outputs. The property HOLDS if no input of a box has an output that meets all the
// constraints that go with it.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bounds/network.h"

namespace verikit::bounds {

using Rational = boost::multiprecision::cpp_rational;

// lower[i] <= x[i] <= upper[i], exactly as written (decimals are rationals, not floats).
struct InputBox {
  std::vector<Rational> lower, upper;
};

// sum of coefficient * y[index]  <=  bound (or < bound when strict), in exact arithmetic on the outputs.
struct OutputConstraint {
  std::vector<std::pair<std::int32_t, Rational>> terms;  // ascending distinct indices, nonzero coefficients
  Rational bound;
  bool strict = false;
};

struct Disjunct {
  std::shared_ptr<const InputBox> box;        // shared between disjuncts that have the same inputs
  std::vector<OutputConstraint> constraints;  // all of them; empty: any output is unsafe
};

struct Property {
  Index inputs = 0, outputs = 0;
  std::vector<Disjunct> unsafe;
  std::size_t dropped_empty = 0;  // disjuncts whose input box is empty (lower > upper): vacuous
};

struct PropertyLimits {
  std::size_t max_bytes = std::size_t{1} << 30;
  std::size_t max_disjuncts = 1'000'000;    // after the expansion to disjunctive normal form
  std::size_t max_terms = 20'000'000;       // constraint terms after expansion
  std::size_t max_depth = 1'000;            // nesting of parentheses
  int max_exponent = 4096;                  // decimal exponent of a literal, absolute value
  std::size_t max_digits = 4096;            // of a literal
};

// Reads VNN-LIB 1.0 as the competition uses it: (declare-const X_i Real) (declare-const Y_j Real) and
// (assert F) with F built from and, or, <=, >=, <, >, =; sides are decimals, variables, or linear terms with
// +, -, *. The assertions describe the unsafe set.
// raises: kPropertyFormat with line and column; kUnsupported for constraints that mix inputs and outputs,
//         or constrain several inputs together; kInput for an input without a lower or an upper bound;
//         kMemoryLimit where a limit is exceeded.
Property parse_vnnlib(std::string_view text, const PropertyLimits& limits = {});
Property read_vnnlib(const std::string& path, const PropertyLimits& limits = {});

// Exact value of a decimal literal ("-1.5e-3").
Rational parse_decimal(std::string_view text, const PropertyLimits& limits = {});

// The largest float64 (or float32 for T = float) <= q, and the smallest >= q; +-infinity past the range.
template <class T>
T round_down(const Rational& q);
template <class T>
T round_up(const Rational& q);
// Exact: every finite double is a rational.
Rational to_rational(double value);

}  // namespace verikit::bounds
