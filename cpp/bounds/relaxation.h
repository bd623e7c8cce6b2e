// Linear relaxations of activations: lines below and above a function on an interval, valid although they
// are computed in floats (docs/soundness.md, section 4, "Lines").
#pragma once

#include "bounds/network.h"

namespace verikit::bounds {

// lower_slope x + lower_intercept <= f(x) <= upper_slope x + upper_intercept for all real x in [l, u].
template <class T>
struct Lines {
  T lower_slope, lower_intercept, upper_slope, upper_intercept;
};

// f given by kind; `slope` is the left slope of kLeakyRelu, [low, high] the range of kClip.
// requires: l <= u, both finite. Slopes are chosen for a small area (ReLU: lower slope 1 if u >= -l, else 0).
template <class T>
Lines<T> activation_lines(ActivationKind kind, T l, T u, double slope, double low, double high);

// Whether the relaxation of f on [l, u] depends on how tight [l, u] is: false where f is affine there.
template <class T>
bool relaxation_is_loose(ActivationKind kind, T l, T u, double low, double high) {
  switch (kind) {
    case ActivationKind::kRelu:
    case ActivationKind::kLeakyRelu:
    case ActivationKind::kAbs:
      return l < T(0) && u > T(0);
    case ActivationKind::kClip: {
      const double a = l, b = u;
      return !((a >= low && b <= high) || b <= low || a >= high);
    }
    case ActivationKind::kSigmoid:
    case ActivationKind::kTanh:
      return l < u && l < T(20) && u > T(-20);  // saturated: within 1e-8 of a constant
  }
  return true;
}

// f in double, without an error bound better than 2^-50 (relative to 1).
double activation_value(ActivationKind kind, double x, double slope, double low, double high);

}  // namespace verikit::bounds
