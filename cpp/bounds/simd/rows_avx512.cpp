// Compiled with flags of its own: everything here stays in the unnamed namespace (see kernels_avx512.cpp).
#include <immintrin.h>

#include "bounds/simd/row_table.h"

namespace verikit::bounds::simd {
namespace {

struct Wide {
  __m512d v;
  static Wide zero() { return {_mm512_setzero_pd()}; }
  static __mmask8 first(int n) { return static_cast<__mmask8>((1u << n) - 1u); }
  static Wide load(const double* p) { return {_mm512_loadu_pd(p)}; }
  static Wide load(const float* p) { return {_mm512_cvtps_pd(_mm256_loadu_ps(p))}; }
  static Wide load_part(const double* p, int n) { return {_mm512_maskz_loadu_pd(first(n), p)}; }
  static Wide load_part(const float* p, int n) { return {_mm512_cvtps_pd(_mm256_maskz_loadu_ps(first(n), p))}; }
  static void store(double* p, Wide a) { _mm512_storeu_pd(p, a.v); }
  static void store(float* p, Wide a) { _mm256_storeu_ps(p, _mm512_cvtpd_ps(a.v)); }
  static void store_part(double* p, Wide a, int n) { _mm512_mask_storeu_pd(p, first(n), a.v); }
  static void store_part(float* p, Wide a, int n) { _mm256_mask_storeu_ps(p, first(n), _mm512_cvtpd_ps(a.v)); }
  static Wide mul(Wide a, Wide b) { return {_mm512_mul_pd(a.v, b.v)}; }
  static Wide fma(Wide a, Wide b, Wide c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
  static Wide max(Wide a, Wide b) { return {_mm512_max_pd(a.v, b.v)}; }
  static Wide min(Wide a, Wide b) { return {_mm512_min_pd(a.v, b.v)}; }
  static Wide abs(Wide a) { return {_mm512_abs_pd(a.v)}; }
  [[nodiscard]] double total() const {
    double lane[8];
    _mm512_storeu_pd(lane, v);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  }
};

#include "bounds/simd/rows.inc"

}  // namespace

const RowTable<float>* avx512_rows_float() { return &kRows<float>; }
const RowTable<double>* avx512_rows_double() { return &kRows<double>; }

}  // namespace verikit::bounds::simd
