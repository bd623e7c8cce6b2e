// The kernels for AVX-512 (F, DQ, VL). Compiled with flags of its own: everything here stays in the unnamed
// namespace, so that nothing of it can be linked into code for other machines.
#include <immintrin.h>

#include "bounds/simd/kernel_table.h"

namespace verikit::bounds::simd {
namespace {

struct FloatVector {
  using Scalar = float;
  using Register = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kTile = 2;
  static constexpr int kRowsDual = 6, kRowsSingle = 8;
  static constexpr bool kWideRows = true;
  struct Narrow;  // the same for panels of one vector: fewer sums a row, so more rows

  static Register set(float value) { return _mm512_set1_ps(value); }
  static Register zero() { return _mm512_setzero_ps(); }
  static Register broadcast(const float* p) { return _mm512_set1_ps(*p); }
  static Register load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Register a) { _mm512_storeu_ps(p, a); }
  static __mmask16 first(Index n) {
    return n >= kLanes ? __mmask16(-1) : n <= 0 ? __mmask16(0) : __mmask16((1u << n) - 1u);
  }
  static Register load_part(const float* p, Index n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static void store_part(float* p, Register a, Index n) { _mm512_mask_storeu_ps(p, first(n), a); }
  static float scalar_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static Register fma(Register a, Register b, Register c) { return _mm512_fmadd_ps(a, b, c); }
  static Register negated_fma(Register a, Register b, Register c) { return _mm512_fnmadd_ps(a, b, c); }
  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }
  static Register sub(Register a, Register b) { return _mm512_sub_ps(a, b); }
  static Register mul(Register a, Register b) { return _mm512_mul_ps(a, b); }
  static Register max(Register a, Register b) { return _mm512_max_ps(a, b); }
  static Register abs(Register a) { return _mm512_abs_ps(a); }
  static Register zero_below(Register a, Register limit) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, limit, _CMP_NLT_UQ), a);
  }
  static bool all_at_most(Register a, Register b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ) == 0xffff;
  }
  static bool all_below(Register a, Register b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ) == 0xffff;
  }
  static float largest(Register a) {
    float lane[kLanes];
    store(lane, a);
    float most = lane[0];
    for (int i = 1; i < kLanes; ++i) most = lane[i] > most ? lane[i] : most;
    return most;
  }
};
struct FloatVector::Narrow : FloatVector {
  static constexpr int kRowsDual = 8, kRowsSingle = 8;
};

struct DoubleVector {
  using Scalar = double;
  using Register = __m512d;
  static constexpr int kLanes = 8;
  static constexpr int kTile = 2;
  static constexpr int kRowsDual = 6, kRowsSingle = 8;
  static constexpr bool kWideRows = true;
  struct Narrow;  // the same for panels of one vector: fewer sums a row, so more rows

  static Register set(double value) { return _mm512_set1_pd(value); }
  static Register zero() { return _mm512_setzero_pd(); }
  static Register broadcast(const double* p) { return _mm512_set1_pd(*p); }
  static Register load(const double* p) { return _mm512_loadu_pd(p); }
  static void store(double* p, Register a) { _mm512_storeu_pd(p, a); }
  static __mmask8 first(Index n) {
    return n >= kLanes ? __mmask8(-1) : n <= 0 ? __mmask8(0) : __mmask8((1u << n) - 1u);
  }
  static Register load_part(const double* p, Index n) { return _mm512_maskz_loadu_pd(first(n), p); }
  static void store_part(double* p, Register a, Index n) { _mm512_mask_storeu_pd(p, first(n), a); }
  static double scalar_fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
  static Register fma(Register a, Register b, Register c) { return _mm512_fmadd_pd(a, b, c); }
  static Register negated_fma(Register a, Register b, Register c) { return _mm512_fnmadd_pd(a, b, c); }
  static Register add(Register a, Register b) { return _mm512_add_pd(a, b); }
  static Register sub(Register a, Register b) { return _mm512_sub_pd(a, b); }
  static Register mul(Register a, Register b) { return _mm512_mul_pd(a, b); }
  static Register max(Register a, Register b) { return _mm512_max_pd(a, b); }
  static Register abs(Register a) { return _mm512_abs_pd(a); }
  static Register zero_below(Register a, Register limit) {
    return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(a, limit, _CMP_NLT_UQ), a);
  }
  static bool all_at_most(Register a, Register b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ) == 0xff;
  }
  static bool all_below(Register a, Register b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ) == 0xff;
  }
  static double largest(Register a) {
    double lane[kLanes];
    store(lane, a);
    double most = lane[0];
    for (int i = 1; i < kLanes; ++i) most = lane[i] > most ? lane[i] : most;
    return most;
  }
};
struct DoubleVector::Narrow : DoubleVector {
  static constexpr int kRowsDual = 8, kRowsSingle = 8;
};

#include "bounds/simd/kernels.inc"

}  // namespace

const KernelTable<float>* avx512_float() { return &kFloatTable; }
const KernelTable<double>* avx512_double() { return &kDoubleTable; }

}  // namespace verikit::bounds::simd
