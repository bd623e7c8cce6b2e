// What a network really computes: exact rational evaluation at a point, and certified enclosures where the
// values are not rational (sigmoid, tanh, folded square roots). The last word on counterexamples.
#pragma once

#include <vector>

#include "bounds/network.h"
#include "bounds/property.h"

namespace verikit::bounds {

// Whether every node is piecewise polynomial with exact weights: no Sigmoid or Tanh, no weight_relative_error,
// scale_relative_error, bias_error or shift_error other than zero.
bool exactly_evaluable(const Network& network);

// The exact output at x, in real arithmetic.
// requires: x has input_size elements.
// raises: kShape; kUnsupported naming the node that is not exactly evaluable; kMemoryLimit where numbers
// become too long (chains of products of variables).
std::vector<Rational> evaluate_exact(const Network& network, const std::vector<Rational>& x);

// lower[i] <= the exact real-valued output i <= upper[i]; bounds may be infinite, never NaN.
struct Enclosure {
  std::vector<double> lower, upper;
};

// Interval evaluation in double, every operation widened outward by one float, exp and tanh of libm by
// four (they are trusted to be within four units in the last place). Covers every value that the networks'
// weight and bias errors admit.
// raises: kShape.
Enclosure enclose(const Network& network, const std::vector<Rational>& x);

// Whether x lies in the box and y meets all constraints, exactly.
// raises: kShape.
bool violates(const Disjunct& disjunct, const std::vector<Rational>& x, const std::vector<Rational>& y);

// Whether x lies in the box and every output of the enclosure meets all constraints. False proves nothing.
// raises: kShape.
bool violates_certainly(const Disjunct& disjunct, const std::vector<Rational>& x, const Enclosure& y);

}  // namespace verikit::bounds
