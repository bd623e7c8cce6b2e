#include <cmath>

#include "bounds/simd/row_table.h"

namespace verikit::bounds::simd {
namespace {

struct Wide {
  double lane[8];
  template <class Make>
  static Wide make(Make element) {
    Wide out;
    for (int i = 0; i < 8; ++i) out.lane[i] = element(i);
    return out;
  }
  static Wide zero() {
    return make([](int) { return 0.0; });
  }
  template <class T>
  static Wide load(const T* p) {
    return make([&](int i) { return static_cast<double>(p[i]); });
  }
  template <class T>
  static Wide load_part(const T* p, int n) {
    return make([&](int i) { return i < n ? static_cast<double>(p[i]) : 0.0; });
  }
  template <class T>
  static void store(T* p, const Wide& x) {
    for (int i = 0; i < 8; ++i) p[i] = static_cast<T>(x.lane[i]);
  }
  template <class T>
  static void store_part(T* p, const Wide& x, int n) {
    for (int i = 0; i < 8 && i < n; ++i) p[i] = static_cast<T>(x.lane[i]);
  }
  static Wide mul(const Wide& x, const Wide& y) {
    return make([&](int i) { return x.lane[i] * y.lane[i]; });
  }
  static Wide fma(const Wide& x, const Wide& y, const Wide& z) {
    return make([&](int i) { return std::fma(x.lane[i], y.lane[i], z.lane[i]); });
  }
  // As the instructions: the second operand where the comparison is false.
  static Wide max(const Wide& x, const Wide& y) {
    return make([&](int i) { return x.lane[i] > y.lane[i] ? x.lane[i] : y.lane[i]; });
  }
  static Wide min(const Wide& x, const Wide& y) {
    return make([&](int i) { return x.lane[i] < y.lane[i] ? x.lane[i] : y.lane[i]; });
  }
  static Wide abs(const Wide& x) {
    return make([&](int i) { return std::fabs(x.lane[i]); });
  }
  [[nodiscard]] double total() const {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  }
};

#include "bounds/simd/rows.inc"

}  // namespace

const RowTable<float>* scalar_rows_float() { return &kRows<float>; }
const RowTable<double>* scalar_rows_double() { return &kRows<double>; }

}  // namespace verikit::bounds::simd
