// Outward steps in round-to-nearest arithmetic (docs/soundness.md, section 3).
// requires everywhere: FpEnvironment in force; NaN never goes in.
#pragma once

#include <cmath>
#include <limits>

#include "bounds/model.h"

namespace verikit::bounds {

template <class T>
inline constexpr T kRoundoff = std::numeric_limits<T>::epsilon() / 2;  // u: 2^-24, 2^-53
template <class T>
inline constexpr T kTiny = std::numeric_limits<T>::min();  // smallest normal number

// ensures: >= the next representable number above x (for finite x).
template <class T>
inline T up(T x) {
  return x + (std::fabs(x) * std::numeric_limits<T>::epsilon() + kTiny<T>);
}
template <class T>
inline T down(T x) {
  return x - (std::fabs(x) * std::numeric_limits<T>::epsilon() + kTiny<T>);
}

// The smallest T >= x and the largest T <= x; exact when x is a T.
template <class T>
inline T to_upper(double x) {
  const T nearest = static_cast<T>(x);
  return static_cast<double>(nearest) >= x ? nearest
                                           : std::nextafter(nearest, std::numeric_limits<T>::infinity());
}
template <class T>
inline T to_lower(double x) {
  const T nearest = static_cast<T>(x);
  return static_cast<double>(nearest) <= x ? nearest
                                           : std::nextafter(nearest, -std::numeric_limits<T>::infinity());
}

// u and the smallest normal number of the format that a network's float evaluations work in.
inline double roundoff_of(DType dtype) {
  return dtype == DType::kFloat64 ? kRoundoff<double> : static_cast<double>(kRoundoff<float>);
}
inline double tiny_of(DType dtype) {
  return dtype == DType::kFloat64 ? kTiny<double> : static_cast<double>(kTiny<float>);
}

// gamma(n, u) = n u / (1 - n u), rounded up. requires: n u < 1/2.
inline double gamma_factor(double n, double u) {
  const double nu = n * u;
  return up(up(nu) / (1.0 - up(nu)));
}

}  // namespace verikit::bounds
