// The kernels in plain C++: the path of machines without AVX, and the one the others are tested against.
#include <cmath>

#include "bounds/simd/kernel_table.h"

namespace verikit::bounds::simd {
namespace {

template <class T, int Lanes>
struct PlainVector {
  using Scalar = T;
  struct Register {
    T lane[Lanes];
  };
  static constexpr int kLanes = Lanes;
  static constexpr int kTile = static_cast<int>(kPanelBytes / 2) / static_cast<int>(sizeof(T)) / Lanes;
  static constexpr int kRowsDual = 2, kRowsSingle = 4;
  static constexpr bool kWideRows = false;
  using Narrow = PlainVector;

  template <class Make>
  static Register make(Make element) {
    Register out;
    for (int i = 0; i < Lanes; ++i) out.lane[i] = element(i);
    return out;
  }
  static Register set(T value) {
    return make([&](int) { return value; });
  }
  static Register zero() { return set(T(0)); }
  static Register broadcast(const T* p) { return set(*p); }
  static Register load(const T* p) {
    return make([&](int i) { return p[i]; });
  }
  static Register load_part(const T* p, Index n) {
    return make([&](int i) { return i < n ? p[i] : T(0); });
  }
  static void store(T* p, const Register& a) {
    for (int i = 0; i < Lanes; ++i) p[i] = a.lane[i];
  }
  static void store_part(T* p, const Register& a, Index n) {
    for (int i = 0; i < Lanes && i < n; ++i) p[i] = a.lane[i];
  }
  static T scalar_fma(T a, T b, T c) { return std::fma(a, b, c); }
  static Register fma(const Register& a, const Register& b, const Register& c) {
    return make([&](int i) { return std::fma(a.lane[i], b.lane[i], c.lane[i]); });
  }
  static Register negated_fma(const Register& a, const Register& b, const Register& c) {
    return make([&](int i) { return std::fma(-a.lane[i], b.lane[i], c.lane[i]); });
  }
  static Register abs(const Register& a) {
    return make([&](int i) { return std::fabs(a.lane[i]); });
  }
  static Register add(const Register& a, const Register& b) {
    return make([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static Register sub(const Register& a, const Register& b) {
    return make([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  static Register mul(const Register& a, const Register& b) {
    return make([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static Register max(const Register& a, const Register& b) {
    return make([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static Register zero_below(const Register& a, const Register& limit) {
    return make([&](int i) { return a.lane[i] < limit.lane[i] ? T(0) : a.lane[i]; });
  }
  static bool all_at_most(const Register& a, const Register& b) {
    bool all = true;
    for (int i = 0; i < Lanes; ++i) all = all && a.lane[i] <= b.lane[i];
    return all;
  }
  static bool all_below(const Register& a, const Register& b) {
    bool all = true;
    for (int i = 0; i < Lanes; ++i) all = all && a.lane[i] < b.lane[i];
    return all;
  }
  static T largest(const Register& a) {
    T most = a.lane[0];
    for (int i = 1; i < Lanes; ++i) most = a.lane[i] > most ? a.lane[i] : most;
    return most;
  }
};

using FloatVector = PlainVector<float, 4>;
using DoubleVector = PlainVector<double, 2>;

#include "bounds/simd/kernels.inc"

}  // namespace

const KernelTable<float>* scalar_float() { return &kFloatTable; }
const KernelTable<double>* scalar_double() { return &kDoubleTable; }

}  // namespace verikit::bounds::simd
