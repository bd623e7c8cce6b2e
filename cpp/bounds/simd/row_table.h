// The elementwise steps of backward substitution on one row of coefficients, per instruction set. The rules of
// kernel_table.h hold here too: nothing inline.
#pragma once

#include <cstdint>

namespace verikit::bounds::simd {

// d and e of (4.1) in docs/soundness.md for one row.
struct RowSums {
  double constant;   // d
  double own;        // e_own: holds for real arithmetic
  double evaluated;  // e_float: what class F adds
};

// Lines of an activation for one box.
template <class T>
struct LineArrays {
  const T *lower_slope, *lower_intercept, *upper_slope, *upper_intercept;
};

// Sums run in eight fixed lanes of doubles, each a chain of fused multiply-adds: they do not depend on the
// instruction set. Where `evaluated` is null, `own` is taken to hold both errors.
template <class T>
struct RowTable {
  // constant += a . bias (bias may be null), own += |a| . own, evaluated += |a| . evaluated
  void (*charge)(const T* a, const double* bias, const double* own, const double* evaluated, std::int64_t n,
                 RowSums* sums);
  // out = a * slope and constant += a * intercept, lines picked by the sign of a; errors as above. out may be a.
  void (*relax)(const T* a, const LineArrays<T>* lines, const double* own, const double* evaluated,
                std::int64_t n, T* out, RowSums* sums);
  // constant += sum of min(a lower, a upper), own += relative_error * sum of |a| max(|lower|, |upper|)
  void (*concretize)(const T* a, const T* lower, const T* upper, double relative_error, std::int64_t n,
                     RowSums* sums);
};

const RowTable<float>* avx512_rows_float();
const RowTable<double>* avx512_rows_double();
const RowTable<float>* avx2_rows_float();
const RowTable<double>* avx2_rows_double();
const RowTable<float>* scalar_rows_float();
const RowTable<double>* scalar_rows_double();

// Those of the instruction set in use (dispatch.cpp).
template <class T>
const RowTable<T>& row_kernels();

}  // namespace verikit::bounds::simd
