// Certified enclosures: interval arithmetic in double, each operation rounded to nearest and then widened
// by one float on either side. Slow and plain, so that it is easy to see that it is right.
//
// A bound of -inf or +inf means that nothing is known; the real values themselves are finite. Widening maps
// an overflow to +inf in a lower bound to the largest double, which is right: the real result is above it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/fp_env.h"
#include "bounds/exact.h"

namespace verikit::bounds {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kLibmUlps = 4;  // exp and tanh are trusted to be this near

double below(double v) { return std::isnan(v) ? -kInfinity : std::nextafter(v, -kInfinity); }
double above(double v) { return std::isnan(v) ? kInfinity : std::nextafter(v, kInfinity); }

struct Interval {
  double lower = 0, upper = 0;
};

Interval operator+(Interval a, Interval b) { return {below(a.lower + b.lower), above(a.upper + b.upper)}; }
Interval operator-(Interval a) { return {-a.upper, -a.lower}; }

// Endpoints stand for finite reals, so zero times an unknown endpoint is zero.
double times(double a, double b) { return a == 0 || b == 0 ? 0.0 : a * b; }

Interval operator*(Interval a, Interval b) {
  const double p = times(a.lower, b.lower), q = times(a.lower, b.upper);
  const double r = times(a.upper, b.lower), s = times(a.upper, b.upper);
  return {below(std::min(std::min(p, q), std::min(r, s))), above(std::max(std::max(p, q), std::max(r, s)))};
}

bool is_zero(Interval a) { return a.lower == 0 && a.upper == 0; }
Interval hull(Interval a, Interval b) { return {std::min(a.lower, b.lower), std::max(a.upper, b.upper)}; }
Interval clamp(Interval a, double low, double high) {
  return {std::min(std::max(a.lower, low), high), std::min(std::max(a.upper, low), high)};
}

// value up to an absolute error
Interval around(double value, double error) {
  if (error == 0) return {value, value};
  return {below(value - error), above(value + error)};
}
// weight up to a relative error
Interval weight_interval(double weight, double relative_error) {
  if (relative_error == 0 || weight == 0) return {weight, weight};
  return around(weight, above(relative_error * std::abs(weight)));
}

double steps(double v, int count, double towards) {
  for (int i = 0; i < count; ++i) v = std::nextafter(v, towards);
  return v;
}

Interval tanh_of(Interval x) {
  return clamp({steps(std::tanh(x.lower), kLibmUlps, -kInfinity), steps(std::tanh(x.upper), kLibmUlps, kInfinity)}, -1, 1);
}

// 1 / (1 + exp(-x)), increasing in x
double sigmoid_bound(double x, bool upper) {
  const double away = upper ? -kInfinity : kInfinity;  // a smaller exponential gives a larger value
  const double exponential = std::max(0.0, steps(std::exp(-x), kLibmUlps, away));
  const double sum = std::nextafter(1 + exponential, away);
  return std::nextafter(1 / sum, upper ? kInfinity : -kInfinity);
}
Interval sigmoid_of(Interval x) { return clamp({sigmoid_bound(x.lower, false), sigmoid_bound(x.upper, true)}, 0, 1); }

using Values = std::vector<Interval>;

class Encloser {
 public:
  explicit Encloser(const Network& network) : network_(network) {}

  Enclosure run(const std::vector<Rational>& x) {
    values_.resize(network_.nodes.size());
    for (const Rational& q : x) values_[0].push_back({round_down<double>(q), round_up<double>(q)});
    const auto output = static_cast<std::size_t>(network_.output);
    for (std::size_t id = 1; id <= output; ++id) {
      const Node& node = network_.nodes[id];
      values_[id].resize(static_cast<std::size_t>(node.size));
      std::visit([&](const auto& op) { apply(op, node, values_[id]); }, node.op);
    }
    Enclosure result;
    for (const Interval& value : values_[output]) {
      result.lower.push_back(value.lower);
      result.upper.push_back(value.upper);
    }
    return result;
  }

 private:
  [[nodiscard]] const Values& input(const Node& node, std::size_t which = 0) const {
    return values_[static_cast<std::size_t>(node.inputs[which])];
  }

  static Interval bias(const AffineTerms& terms, std::size_t o) {
    if (terms.bias.empty()) return {};
    return around(terms.bias[o], terms.bias_error.empty() ? 0.0 : terms.bias_error[o]);
  }
  static void add(Interval& sum, double weight, double relative_error, Interval x) {
    if (weight != 0 && !is_zero(x)) sum = sum + weight_interval(weight, relative_error) * x;
  }

  void apply(const LinearOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    const auto in = static_cast<std::size_t>(op.in), out = static_cast<std::size_t>(op.out);
    for (std::size_t k = 0; k < y.size(); ++k) {
      const std::size_t o = k % out, from = k / out * in;
      y[k] = bias(op.terms, o);
      for (std::size_t i = 0; i < in; ++i) add(y[k], op.weight[o * in + i], op.terms.weight_relative_error, x[from + i]);
    }
  }

  void apply(const ConvOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (Index k = 0; k < node.size; ++k) {
      const Index o = k % op.out_c, w = k / op.out_c % op.out_w, h = k / op.out_c / op.out_w;
      Interval sum = bias(op.terms, static_cast<std::size_t>(o));
      for (Index kh = 0; kh < op.kernel_h; ++kh) {
        for (Index kw = 0; kw < op.kernel_w; ++kw) {
          const Index row = h * op.stride_h + kh * op.dilation_h - op.pad_top;
          const Index column = w * op.stride_w + kw * op.dilation_w - op.pad_left;
          if (row < 0 || row >= op.in_h || column < 0 || column >= op.in_w) continue;
          for (Index c = 0; c < op.in_c; ++c) {
            const Index weight = ((o * op.kernel_h + kh) * op.kernel_w + kw) * op.in_c + c;
            const Index value = (row * op.in_w + column) * op.in_c + c;
            add(sum, op.weight[static_cast<std::size_t>(weight)], op.terms.weight_relative_error,
                x[static_cast<std::size_t>(value)]);
          }
        }
      }
      y[static_cast<std::size_t>(k)] = sum;
    }
  }

  void apply(const SparseOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (std::size_t o = 0; o < y.size(); ++o) {
      y[o] = bias(op.terms, o);
      for (auto i = static_cast<std::size_t>(op.offsets[o]); i < static_cast<std::size_t>(op.offsets[o + 1]); ++i) {
        add(y[o], op.weight[i], op.terms.weight_relative_error, x[static_cast<std::size_t>(op.columns[i])]);
      }
    }
  }

  void apply(const ScaleOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = around(op.shift[i], op.shift_error.empty() ? 0.0 : op.shift_error[i]);
      add(y[i], op.scale[i], op.scale_relative_error, x[i]);
    }
  }

  void apply(const ActivationOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double slope = op.slope.empty() ? 0.0 : op.slope[op.slope.size() == 1 ? 0 : i];
      y[i] = activate(op, slope, x[i]);
    }
  }
  static Interval activate(const ActivationOp& op, double slope, Interval x) {
    switch (op.kind) {
      case ActivationKind::kRelu: return clamp(x, 0, kInfinity);
      case ActivationKind::kClip: return clamp(x, op.low, op.high);
      case ActivationKind::kSigmoid: return sigmoid_of(x);
      case ActivationKind::kTanh: return tanh_of(x);
      case ActivationKind::kAbs: {
        if (x.lower >= 0) return x;
        if (x.upper <= 0) return -x;
        return {0, std::max(-x.lower, x.upper)};
      }
      case ActivationKind::kLeakyRelu: {
        if (x.lower >= 0) return x;
        const Interval negative = Interval{slope, slope} * Interval{x.lower, std::min(x.upper, 0.0)};
        return x.upper <= 0 ? negative : hull(negative, {0, x.upper});
      }
    }
    fail(ErrorCode::kInternal, "an unknown activation");
  }

  void apply(const MaxOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (std::size_t o = 0; o < y.size(); ++o) {
      y[o] = {-kInfinity, -kInfinity};
      for (auto i = static_cast<std::size_t>(op.offsets[o]); i < static_cast<std::size_t>(op.offsets[o + 1]); ++i) {
        const Interval value = x[static_cast<std::size_t>(op.indices[i])];
        y[o] = {std::max(y[o].lower, value.lower), std::max(y[o].upper, value.upper)};
      }
    }
  }

  void apply(const SelectOp& op, const Node& node, Values& y) const {
    const Values& x = input(node);
    for (std::size_t o = 0; o < y.size(); ++o) {
      y[o] = op.indices[o] >= 0 ? x[static_cast<std::size_t>(op.indices[o])] : Interval{op.fill, op.fill};
    }
  }

  void apply(const ConcatOp&, const Node& node, Values& y) const {
    auto at = y.begin();
    for (std::size_t k = 0; k < node.inputs.size(); ++k) at = std::copy(input(node, k).begin(), input(node, k).end(), at);
  }
  void apply(const AddOp& op, const Node& node, Values& y) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      const Interval b = input(node, 1)[i];
      y[i] = input(node, 0)[i] + (op.sign < 0 ? -b : b);
    }
  }
  void apply(const MulOp&, const Node& node, Values& y) const {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = input(node, 0)[i] * input(node, 1)[i];
  }
  void apply(const ConstantOp& op, const Node&, Values& y) const {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = {op.values[i], op.values[i]};
  }
  [[noreturn]] void apply(const InputOp&, const Node& node, Values&) const {
    fail(ErrorCode::kInternal, "node '" + node.name + "' is a second input");
  }

  const Network& network_;
  std::vector<Values> values_;
};

}  // namespace

Enclosure enclose(const Network& network, const std::vector<Rational>& x) {
  if (x.size() != static_cast<std::size_t>(network.input_size())) {
    fail(ErrorCode::kShape, "expected " + std::to_string(network.input_size()) + " inputs, got " + std::to_string(x.size()));
  }
  const FpEnvironment environment;
  return Encloser(network).run(x);
}

}  // namespace verikit::bounds
