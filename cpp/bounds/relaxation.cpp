#include "bounds/relaxation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kLibmError = 0x1p-50;  // allowance for exp and tanh of values in [-1, 1]

// The extreme intercepts of f(x) - slope x over the points where it can be extreme, rounded outward.
// `points` holds the ends of the interval and every kink inside it; f is piecewise linear between them and
// its values there are exact doubles (or carry at most `value_error`).
template <class T, std::size_t N>
struct Points {
  std::array<double, N> x{}, f{}, error{};
  std::size_t count = 0;
  void add(double at, double value, double value_error = 0.0) {
    x[count] = at;
    f[count] = value;
    error[count] = value_error;
    ++count;
  }
  // slope is a T; slope * x is rounded once in double (exact for T = float).
  [[nodiscard]] T lower_intercept(T slope) const {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < count; ++i) {
      const double product = static_cast<double>(slope) * x[i];
      const double value = f[i] - product;
      const double slack = value_slack(value, product, i);
      best = std::min(best, value - slack);
    }
    return to_lower<T>(best);
  }
  [[nodiscard]] T upper_intercept(T slope) const {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < count; ++i) {
      const double product = static_cast<double>(slope) * x[i];
      const double value = f[i] - product;
      const double slack = value_slack(value, product, i);
      best = std::max(best, value + slack);
    }
    return to_upper<T>(best);
  }

 private:
  [[nodiscard]] double value_slack(double value, double product, std::size_t i) const {
    // Nothing rounds when the product is 0 or equal to f (slope 0 or 1): keep those intercepts exact.
    if (error[i] == 0.0 && (product == 0.0 || (value == 0.0 && product == x[i]))) return 0.0;
    return (std::fabs(value) + std::fabs(product)) * 0x1p-51 + error[i] + kTiny<double>;
  }
};

template <class T>
using PiecewisePoints = Points<T, 4>;

// f(x) = left x for x < 0, right x for x >= 0.
template <class T>
Lines<T> two_piece_lines(double left, double right, T l, T u) {
  const double a = l, b = u;
  const auto exact_slope = [](double s) { return static_cast<double>(static_cast<T>(s)) == s; };
  PiecewisePoints<T> points;
  const auto value = [&](double x) { return x < 0 ? left * x : right * x; };
  // left * x rounds once unless left is 0 or +-1
  const auto error = [&](double x) {
    const double s = x < 0 ? left : right;
    return (s == 0.0 || s == 1.0 || s == -1.0) ? 0.0 : std::fabs(s * x) * 0x1p-52 + kTiny<double>;
  };
  points.add(a, value(a), error(a));
  if (a < 0 && b > 0) points.add(0.0, 0.0);
  points.add(b, value(b), error(b));
  Lines<T> lines{};
  if (a >= 0 || b <= 0) {
    const double s = a >= 0 ? right : left;
    lines.lower_slope = lines.upper_slope = static_cast<T>(s);
    if (exact_slope(s)) {  // the function itself, exactly
      lines.lower_intercept = lines.upper_intercept = T(0);
      return lines;
    }
  } else {
    const T chord = static_cast<T>((value(b) - value(a)) / (b - a));
    const T steep = static_cast<T>(b >= -a ? right : left);  // the piece that covers more of [l, u]
    lines.lower_slope = left <= right ? steep : chord;
    lines.upper_slope = left <= right ? chord : steep;
  }
  lines.lower_intercept = points.lower_intercept(lines.lower_slope);
  lines.upper_intercept = points.upper_intercept(lines.upper_slope);
  return lines;
}

template <class T>
Lines<T> clip_lines(double low, double high, T l, T u) {
  const double a = l, b = u;
  if (a >= low && b <= high) return {T(1), T(0), T(1), T(0)};
  if (b <= low || a >= high) {
    const double c = b <= low ? low : high;
    return {T(0), to_lower<T>(c), T(0), to_upper<T>(c)};
  }
  const auto value = [&](double x) { return std::min(std::max(x, low), high); };
  PiecewisePoints<T> points;
  points.add(a, value(a));
  if (low > a) points.add(low, low);
  if (high < b) points.add(high, high);
  points.add(b, value(b));
  // Lines from the kink at `low` to (u, f(u)) and from (l, f(l)) to the kink at `high`; or flat.
  const double start = std::max(a, low), end = std::min(b, high);
  const T rising_lower = static_cast<T>((value(b) - value(start)) / (b - start));
  const T rising_upper = static_cast<T>((value(end) - value(a)) / (end - a));
  Lines<T> lines{};
  if (low <= a) {  // concave: chord below; above, the piece that covers more
    lines.lower_slope = rising_lower;
    lines.upper_slope = (high - a) >= (b - high) ? T(1) : T(0);
  } else if (high >= b) {  // convex
    lines.upper_slope = rising_upper;
    lines.lower_slope = (b - low) >= (low - a) ? T(1) : T(0);
  } else {
    lines.lower_slope = (b - low) >= (low - a) ? rising_lower : T(0);
    lines.upper_slope = (high - a) >= (b - high) ? rising_upper : T(0);
  }
  lines.lower_intercept = points.lower_intercept(lines.lower_slope);
  lines.upper_intercept = points.upper_intercept(lines.upper_slope);
  return lines;
}

double sigmoid(double x) { return x >= 0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x)); }

struct SigmoidCurve {
  static double value(double x) { return sigmoid(x); }
  static double derivative_of(double y) { return y * (1.0 - y); }  // by the value
  static double second_derivative_of(double y) { return y * (1.0 - y) * (1.0 - 2.0 * y); }
  static double derivative(double x) { return derivative_of(value(x)); }
  static constexpr double kOffset = 1.0;  // f(-x) = kOffset - f(x)
};
struct TanhCurve {
  static double value(double x) { return std::tanh(x); }
  static double derivative_of(double y) { return 1.0 - y * y; }
  static double second_derivative_of(double y) { return -2.0 * y * (1.0 - y * y); }
  static double derivative(double x) { return derivative_of(value(x)); }
  static constexpr double kOffset = 0.0;
};

// A line below an S-shaped function (convex left of 0, concave right of it).
template <class Curve, class T>
void s_shaped_lower_line(double l, double u, T* slope, T* intercept) {
  const double fl = Curve::value(l), fu = Curve::value(u);
  double touch = l;  // where the line touches the convex part
  double wanted;
  if (!(l < u)) {
    wanted = 0.0;
  } else if (l >= 0) {
    wanted = (fu - fl) / (u - l);
  } else if (u <= 0) {
    touch = 0.5 * l + 0.5 * u;
    wanted = Curve::derivative(touch);
  } else {
    // Tangent at d < 0 through (u, f(u)): h(d) = f(d) + f'(d)(u - d) - f(u) = 0. h rises with d (its derivative is
    // f''(d)(u - d) > 0); Newton's steps, kept inside a bracket. Any d is sound, a few steps are near enough.
    const double at_l = fl + Curve::derivative_of(fl) * (u - l);
    if (at_l >= fu) {
      wanted = (fu - fl) / (u - l);  // the tangent point lies left of l: chord
    } else {
      double left = l, right = 0.0;
      touch = std::max(l, -0.5 * u - 0.5);
      for (int step = 0; step < 6; ++step) {
        const double y = Curve::value(touch), rise = Curve::derivative_of(y);
        const double h = y + rise * (u - touch) - fu;
        (h >= 0.0 ? right : left) = touch;
        if (std::fabs(h) <= 1e-9) break;
        const double next = touch - h / (Curve::second_derivative_of(y) * (u - touch));
        touch = next > left && next < right ? next : 0.5 * (left + right);
      }
      wanted = Curve::derivative(touch);
    }
  }
  const T s = static_cast<T>(wanted);
  const double ds = s;
  double best = std::numeric_limits<double>::infinity();
  const auto consider = [&](double value, double scale) {
    best = std::min(best, value - (kLibmError + scale * 0x1p-50 + kTiny<double>));
  };
  const auto at = [&](double x) { consider(Curve::value(x) - ds * x, 1.0 + std::fabs(ds * x)); };
  if (u >= 0) {  // concave part: the minimum is at an end
    at(std::max(l, 0.0));
    at(u);
  }
  if (l < 0) {  // convex part: above its tangent at p
    const double end = std::min(u, 0.0);
    const double p = std::min(std::max(touch, l), end);
    const double g = Curve::value(p) - ds * p;
    const double dg = Curve::derivative(p) - ds;
    const double drop = std::min({0.0, dg * (l - p), dg * (end - p)});
    // The allowance of f' is multiplied by the distance.
    consider(g + drop, 1.0 + std::fabs(ds * p) + std::fabs(drop) + 4.0 * (end - l));
  }
  *slope = s;
  *intercept = to_lower<T>(best);
}

template <class Curve, class T>
Lines<T> s_shaped_lines(T l, T u) {
  Lines<T> lines{};
  s_shaped_lower_line<Curve, T>(l, u, &lines.lower_slope, &lines.lower_intercept);
  T mirrored;  // f(x) = offset - f(-x) <= offset - (s (-x) + t) = s x + (offset - t)
  s_shaped_lower_line<Curve, T>(-static_cast<double>(u), -static_cast<double>(l), &lines.upper_slope, &mirrored);
  lines.upper_intercept = to_upper<T>(up(Curve::kOffset - static_cast<double>(mirrored)));
  return lines;
}

}  // namespace

template <class T>
Lines<T> activation_lines(ActivationKind kind, T l, T u, double slope, double low, double high) {
  switch (kind) {
    case ActivationKind::kRelu:
      return two_piece_lines<T>(0.0, 1.0, l, u);
    case ActivationKind::kLeakyRelu:
      return two_piece_lines<T>(slope, 1.0, l, u);
    case ActivationKind::kAbs:
      return two_piece_lines<T>(-1.0, 1.0, l, u);
    case ActivationKind::kClip:
      return clip_lines<T>(low, high, l, u);
    case ActivationKind::kSigmoid:
      return s_shaped_lines<SigmoidCurve, T>(l, u);
    case ActivationKind::kTanh:
      return s_shaped_lines<TanhCurve, T>(l, u);
  }
  return {};
}

double activation_value(ActivationKind kind, double x, double slope, double low, double high) {
  switch (kind) {
    case ActivationKind::kRelu:
      return std::max(x, 0.0);
    case ActivationKind::kLeakyRelu:
      return x >= 0 ? x : slope * x;
    case ActivationKind::kAbs:
      return std::fabs(x);
    case ActivationKind::kClip:
      return std::min(std::max(x, low), high);
    case ActivationKind::kSigmoid:
      return sigmoid(x);
    case ActivationKind::kTanh:
      return std::tanh(x);
  }
  return x;
}

template Lines<float> activation_lines(ActivationKind, float, float, double, double, double);
template Lines<double> activation_lines(ActivationKind, double, double, double, double, double);

}  // namespace verikit::bounds
