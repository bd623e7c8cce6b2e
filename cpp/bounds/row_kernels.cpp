#include "bounds/row_kernels.h"

#include <cmath>

// One clone per instruction set, picked when the program is loaded. No contraction and a fixed lane order:
// all clones compute the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define VERIKIT_CLONES __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define VERIKIT_CLONES
#endif

namespace verikit::bounds {
namespace {

constexpr int kLanes = 8;

inline double fold(const double* lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

template <class T>
inline __attribute__((always_inline)) void charge_body(const T* __restrict a, const double* __restrict bias,
                                                       const double* __restrict own,
                                                       const double* __restrict evaluated, Index n, RowSums& sums) {
  double d[kLanes] = {}, eo[kLanes] = {}, ee[kLanes] = {};
  Index j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    for (int k = 0; k < kLanes; ++k) {
      const double x = static_cast<double>(a[j + k]);
      const double m = std::fabs(x);
      d[k] += x * bias[j + k];
      eo[k] += m * own[j + k];
      ee[k] += m * evaluated[j + k];
    }
  }
  for (int k = 0; j < n; ++j, ++k) {
    const double x = static_cast<double>(a[j]);
    const double m = std::fabs(x);
    d[k] += x * bias[j];
    eo[k] += m * own[j];
    ee[k] += m * evaluated[j];
  }
  sums.constant += fold(d);
  sums.own += fold(eo);
  sums.evaluated += fold(ee);
}

template <class T>
inline __attribute__((always_inline)) void charge_own_body(const T* __restrict a, const double* __restrict own, Index n,
                                                           RowSums& sums) {
  double eo[kLanes] = {};
  Index j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    for (int k = 0; k < kLanes; ++k) eo[k] += std::fabs(static_cast<double>(a[j + k])) * own[j + k];
  }
  for (int k = 0; j < n; ++j, ++k) eo[k] += std::fabs(static_cast<double>(a[j])) * own[j];
  sums.own += fold(eo);
}

template <class T>
inline __attribute__((always_inline)) void relax_body(const T* a, const LineArrays<T>& lines,
                                                      const double* __restrict own, const double* __restrict evaluated,
                                                      Index n, T* out, RowSums& sums) {
  const T* __restrict ls = lines.lower_slope;
  const T* __restrict li = lines.lower_intercept;
  const T* __restrict us = lines.upper_slope;
  const T* __restrict ui = lines.upper_intercept;
  double d[kLanes] = {}, eo[kLanes] = {}, ee[kLanes] = {};
  Index j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    T block[kLanes];
    for (int k = 0; k < kLanes; ++k) {
      const T x = a[j + k];
      const bool positive = x >= T(0);
      const T slope = positive ? ls[j + k] : us[j + k];
      const T intercept = positive ? li[j + k] : ui[j + k];
      const double wide = static_cast<double>(x);
      const double m = std::fabs(wide);
      block[k] = x * slope;
      d[k] += wide * static_cast<double>(intercept);
      eo[k] += m * own[j + k];
      ee[k] += m * evaluated[j + k];
    }
    for (int k = 0; k < kLanes; ++k) out[j + k] = block[k];
  }
  for (int k = 0; j < n; ++j, ++k) {
    const T x = a[j];
    const bool positive = x >= T(0);
    const double wide = static_cast<double>(x);
    const double m = std::fabs(wide);
    out[j] = x * (positive ? ls[j] : us[j]);
    d[k] += wide * static_cast<double>(positive ? li[j] : ui[j]);
    eo[k] += m * own[j];
    ee[k] += m * evaluated[j];
  }
  sums.constant += fold(d);
  sums.own += fold(eo);
  sums.evaluated += fold(ee);
}

template <class T>
inline __attribute__((always_inline)) void concretize_body(const T* __restrict a, const T* __restrict lower,
                                                           const T* __restrict upper, const double* __restrict own,
                                                           Index n, RowSums& sums) {
  double d[kLanes] = {}, eo[kLanes] = {};
  Index j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    for (int k = 0; k < kLanes; ++k) {
      const double x = static_cast<double>(a[j + k]);
      const double end = static_cast<double>(x >= 0 ? lower[j + k] : upper[j + k]);
      d[k] += x * end;
      eo[k] += std::fabs(x) * own[j + k];
    }
  }
  for (int k = 0; j < n; ++j, ++k) {
    const double x = static_cast<double>(a[j]);
    d[k] += x * static_cast<double>(x >= 0 ? lower[j] : upper[j]);
    eo[k] += std::fabs(x) * own[j];
  }
  sums.constant += fold(d);
  sums.own += fold(eo);
}

}  // namespace

#define VERIKIT_ROW_KERNELS(T)                                                                                       \
  template <>                                                                                                        \
  VERIKIT_CLONES void charge_row<T>(const T* a, const double* bias, const double* own, const double* evaluated,      \
                                    Index n, RowSums& sums) {                                                        \
    charge_body<T>(a, bias, own, evaluated, n, sums);                                                                \
  }                                                                                                                  \
  template <>                                                                                                        \
  VERIKIT_CLONES void charge_own_row<T>(const T* a, const double* own, Index n, RowSums& sums) {                     \
    charge_own_body<T>(a, own, n, sums);                                                                             \
  }                                                                                                                  \
  template <>                                                                                                        \
  VERIKIT_CLONES void relax_row<T>(const T* a, const LineArrays<T>& lines, const double* own,                        \
                                   const double* evaluated, Index n, T* out, RowSums& sums) {                        \
    relax_body<T>(a, lines, own, evaluated, n, out, sums);                                                           \
  }                                                                                                                  \
  template <>                                                                                                        \
  VERIKIT_CLONES void concretize_row<T>(const T* a, const T* lower, const T* upper, const double* own, Index n,      \
                                        RowSums& sums) {                                                             \
    concretize_body<T>(a, lower, upper, own, n, sums);                                                               \
  }
VERIKIT_ROW_KERNELS(float)
VERIKIT_ROW_KERNELS(double)

}  // namespace verikit::bounds
