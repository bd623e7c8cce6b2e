// The kernels for AVX2 with FMA. Compiled with flags of its own: everything here stays in the unnamed
// namespace, so that nothing of it can be linked into code for other machines.
#include <immintrin.h>

#include "bounds/simd/kernel_table.h"

namespace verikit::bounds::simd {
namespace {

alignas(64) const int kMask32[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
alignas(64) const long long kMask64[8] = {-1, -1, -1, -1, 0, 0, 0, 0};

struct FloatVector {
  using Scalar = float;
  using Register = __m256;
  static constexpr int kLanes = 8;
  static constexpr int kTile = 2;
  static constexpr int kRowsDual = 3, kRowsSingle = 6;
  static constexpr bool kWideRows = false;
  using Narrow = FloatVector;

  static Register set(float value) { return _mm256_set1_ps(value); }
  static Register zero() { return _mm256_setzero_ps(); }
  static Register broadcast(const float* p) { return _mm256_set1_ps(*p); }
  static Register load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, Register a) { _mm256_storeu_ps(p, a); }
  static __m256i first(Index n) {
    const Index clipped = n < 0 ? 0 : n > kLanes ? Index{kLanes} : n;
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMask32 + kLanes - clipped));
  }
  static Register load_part(const float* p, Index n) { return _mm256_maskload_ps(p, first(n)); }
  static void store_part(float* p, Register a, Index n) { _mm256_maskstore_ps(p, first(n), a); }
  static float scalar_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static Register fma(Register a, Register b, Register c) { return _mm256_fmadd_ps(a, b, c); }
  static Register negated_fma(Register a, Register b, Register c) { return _mm256_fnmadd_ps(a, b, c); }
  static Register add(Register a, Register b) { return _mm256_add_ps(a, b); }
  static Register sub(Register a, Register b) { return _mm256_sub_ps(a, b); }
  static Register mul(Register a, Register b) { return _mm256_mul_ps(a, b); }
  static Register max(Register a, Register b) { return _mm256_max_ps(a, b); }
  static Register abs(Register a) { return _mm256_andnot_ps(_mm256_set1_ps(float(-0.0)), a); }
  static Register zero_below(Register a, Register limit) {
    return _mm256_and_ps(_mm256_cmp_ps(a, limit, _CMP_NLT_UQ), a);
  }
  static bool all_at_most(Register a, Register b) {
    return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)) == 0xff;
  }
  static bool all_below(Register a, Register b) {
    return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ)) == 0xff;
  }
  static float largest(Register a) {
    float lane[kLanes];
    store(lane, a);
    float most = lane[0];
    for (int i = 1; i < kLanes; ++i) most = lane[i] > most ? lane[i] : most;
    return most;
  }
};

struct DoubleVector {
  using Scalar = double;
  using Register = __m256d;
  static constexpr int kLanes = 4;
  static constexpr int kTile = 2;
  static constexpr int kRowsDual = 3, kRowsSingle = 6;
  static constexpr bool kWideRows = false;
  using Narrow = DoubleVector;

  static Register set(double value) { return _mm256_set1_pd(value); }
  static Register zero() { return _mm256_setzero_pd(); }
  static Register broadcast(const double* p) { return _mm256_set1_pd(*p); }
  static Register load(const double* p) { return _mm256_loadu_pd(p); }
  static void store(double* p, Register a) { _mm256_storeu_pd(p, a); }
  static __m256i first(Index n) {
    const Index clipped = n < 0 ? 0 : n > kLanes ? Index{kLanes} : n;
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMask64 + kLanes - clipped));
  }
  static Register load_part(const double* p, Index n) { return _mm256_maskload_pd(p, first(n)); }
  static void store_part(double* p, Register a, Index n) { _mm256_maskstore_pd(p, first(n), a); }
  static double scalar_fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
  static Register fma(Register a, Register b, Register c) { return _mm256_fmadd_pd(a, b, c); }
  static Register negated_fma(Register a, Register b, Register c) { return _mm256_fnmadd_pd(a, b, c); }
  static Register add(Register a, Register b) { return _mm256_add_pd(a, b); }
  static Register sub(Register a, Register b) { return _mm256_sub_pd(a, b); }
  static Register mul(Register a, Register b) { return _mm256_mul_pd(a, b); }
  static Register max(Register a, Register b) { return _mm256_max_pd(a, b); }
  static Register abs(Register a) { return _mm256_andnot_pd(_mm256_set1_pd(double(-0.0)), a); }
  static Register zero_below(Register a, Register limit) {
    return _mm256_and_pd(_mm256_cmp_pd(a, limit, _CMP_NLT_UQ), a);
  }
  static bool all_at_most(Register a, Register b) {
    return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)) == 0xf;
  }
  static bool all_below(Register a, Register b) {
    return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)) == 0xf;
  }
  static double largest(Register a) {
    double lane[kLanes];
    store(lane, a);
    double most = lane[0];
    for (int i = 1; i < kLanes; ++i) most = lane[i] > most ? lane[i] : most;
    return most;
  }
};

#include "bounds/simd/kernels.inc"

}  // namespace

const KernelTable<float>* avx2_float() { return &kFloatTable; }
const KernelTable<double>* avx2_double() { return &kDoubleTable; }

}  // namespace verikit::bounds::simd
