// Compiled with flags of its own: everything here stays in the unnamed namespace (see kernels_avx512.cpp).
#include <immintrin.h>

#include "bounds/simd/row_table.h"

namespace verikit::bounds::simd {
namespace {

struct Wide {
  __m256d a, b;  // lanes 0-3 and 4-7
  static Wide zero() { return {_mm256_setzero_pd(), _mm256_setzero_pd()}; }
  static Wide load(const double* p) { return {_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4)}; }
  static Wide load(const float* p) {
    return {_mm256_cvtps_pd(_mm_loadu_ps(p)), _mm256_cvtps_pd(_mm_loadu_ps(p + 4))};
  }
  template <class T>
  static Wide load_part(const T* p, int n) {
    T lane[8] = {};
    for (int i = 0; i < n; ++i) lane[i] = p[i];
    return load(lane);
  }
  static void store(double* p, Wide x) {
    _mm256_storeu_pd(p, x.a);
    _mm256_storeu_pd(p + 4, x.b);
  }
  static void store(float* p, Wide x) {
    _mm_storeu_ps(p, _mm256_cvtpd_ps(x.a));
    _mm_storeu_ps(p + 4, _mm256_cvtpd_ps(x.b));
  }
  template <class T>
  static void store_part(T* p, Wide x, int n) {
    T lane[8];
    store(lane, x);
    for (int i = 0; i < n; ++i) p[i] = lane[i];
  }
  static Wide mul(Wide x, Wide y) { return {_mm256_mul_pd(x.a, y.a), _mm256_mul_pd(x.b, y.b)}; }
  static Wide fma(Wide x, Wide y, Wide z) {
    return {_mm256_fmadd_pd(x.a, y.a, z.a), _mm256_fmadd_pd(x.b, y.b, z.b)};
  }
  static Wide max(Wide x, Wide y) { return {_mm256_max_pd(x.a, y.a), _mm256_max_pd(x.b, y.b)}; }
  static Wide min(Wide x, Wide y) { return {_mm256_min_pd(x.a, y.a), _mm256_min_pd(x.b, y.b)}; }
  static Wide abs(Wide x) {
    const __m256d sign = _mm256_set1_pd(-0.0);
    return {_mm256_andnot_pd(sign, x.a), _mm256_andnot_pd(sign, x.b)};
  }
  [[nodiscard]] double total() const {
    double lane[8];
    store(lane, *this);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  }
};

#include "bounds/simd/rows.inc"

}  // namespace

const RowTable<float>* avx2_rows_float() { return &kRows<float>; }
const RowTable<double>* avx2_rows_double() { return &kRows<double>; }

}  // namespace verikit::bounds::simd
