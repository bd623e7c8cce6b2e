// The elementwise steps of backward substitution on one row of coefficients. Sums run in eight fixed lanes in
// double, so results do not depend on the instruction set.
#pragma once

#include "bounds/network.h"

namespace verikit::bounds {

// d and e of (4.1) in docs/soundness.md for one row.
struct RowSums {
  double constant = 0.0;   // d
  double own = 0.0;        // e_own: holds for real arithmetic
  double evaluated = 0.0;  // e_float: what class F adds
};

// constant += a . bias, own += |a| . own_error, evaluated += |a| . evaluated_error
template <class T>
void charge_row(const T* a, const double* bias, const double* own_error, const double* evaluated_error, Index n,
                RowSums& sums);

// own += |a| . own_error
template <class T>
void charge_own_row(const T* a, const double* own_error, Index n, RowSums& sums);

// Lines picked by the sign of a: out = a * slope, constant += a * intercept; errors as above. out may be a.
template <class T>
struct LineArrays {
  const T *lower_slope, *lower_intercept, *upper_slope, *upper_intercept;
};
template <class T>
void relax_row(const T* a, const LineArrays<T>& lines, const double* own_error, const double* evaluated_error,
               Index n, T* out, RowSums& sums);

// constant += sum of min(a l, a u), own += |a| . own_error
template <class T>
void concretize_row(const T* a, const T* lower, const T* upper, const double* own_error, Index n, RowSums& sums);

}  // namespace verikit::bounds
