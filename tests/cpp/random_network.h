// Random networks of every node kind, and evaluations of them: in long double with parameters anywhere in
// their stated error, and in the network's format with the liberties that class F of docs/soundness.md gives.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "bounds/network.h"

namespace random_network {

using namespace verikit::bounds;
using Random = std::mt19937_64;

struct Options {
  int nodes = 8;
  DType dtype = DType::kFloat32;
  bool parameter_errors = false;  // weights and biases with stated errors
  double scale = 1.0;             // of weights and shifts
  Index input_size = 6;
};

class Builder {
 public:
  Builder(Random& random, const Options& options) : random_(random), options_(options) {}

  Network build() {
    Network network;
    network.dtype = options_.dtype;
    network.nodes.push_back({InputOp{}, {}, options_.input_size, "input"});
    for (int i = 1; i < options_.nodes; ++i) network.nodes.push_back(node(network));
    // Ends with a dense layer, as networks do, so that every element of the last value matters.
    const auto last = static_cast<NodeId>(network.nodes.size() - 1);
    network.nodes.push_back(dense(last, network.nodes.back().size, between(1, 5)));
    network.output = last + 1;
    network.input_shape = {network.input_size()};
    network.output_shape = {network.output_size()};
    return network;
  }

  Index between(Index low, Index high) {
    return low + static_cast<Index>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int one_in) { return between(1, one_in) == 1; }
  // A parameter, a number of the network's format.
  double value() {
    if (chance(12)) return 0.0;
    const double x = std::normal_distribution<double>()(random_) * options_.scale;
    return options_.dtype == DType::kFloat64 ? x : static_cast<double>(static_cast<float>(x));
  }
  std::vector<double> values(Index n) {
    std::vector<double> all(static_cast<std::size_t>(n));
    for (double& x : all) x = value();
    return all;
  }

 private:
  AffineTerms terms(Index outputs) {
    AffineTerms t;
    t.bias = values(outputs);
    for (const double b : t.bias) t.bias_magnitude.push_back(std::fabs(b));
    if (options_.parameter_errors) {
      t.weight_relative_error = 1e-5;
      for (const double b : t.bias) t.bias_error.push_back(std::fabs(b) * 1e-5);
    }
    return t;
  }
  Node dense(NodeId input, Index in, Index out) {
    LinearOp op;
    op.in = in;
    op.out = out;
    op.weight = values(in * out);
    op.terms = terms(out);
    return {op, {input}, out, "linear"};
  }

  Node node(const Network& network) {
    const auto pick = static_cast<NodeId>(chance(3) ? between(0, static_cast<Index>(network.nodes.size()) - 1)
                                                    : static_cast<Index>(network.nodes.size()) - 1);
    const Index n = network.nodes[static_cast<std::size_t>(pick)].size;
    // Another node of the same size, if any.
    std::vector<NodeId> same;
    for (std::size_t k = 0; k < network.nodes.size(); ++k) {
      if (network.nodes[k].size == n) same.push_back(static_cast<NodeId>(k));
    }
    const NodeId other = same[random_() % same.size()];
    switch (between(0, 12)) {
      case 0: {
        LinearOp op;
        op.repeat = n % 2 == 0 && chance(2) ? 2 : 1;
        op.in = n / op.repeat;
        op.out = between(1, 20);
        op.weight = values(op.in * op.out);
        op.terms = terms(op.out);
        return {op, {pick}, op.out * op.repeat, "linear"};
      }
      case 1: return conv(pick, n);
      case 2: return sparse(pick, n);
      case 3: return scale(pick, n);
      case 4:
      case 5: return activation(pick, n);
      case 6: return maximum(pick, n);
      case 7: {
        SelectOp op;
        op.fill = value();
        for (Index i = between(1, 2 * n); i > 0; --i) {
          op.indices.push_back(static_cast<std::int32_t>(between(-1, n - 1)));
        }
        const auto size = static_cast<Index>(op.indices.size());
        return {op, {pick}, size, "select"};
      }
      case 8: {
        const Index size = n + network.nodes[static_cast<std::size_t>(other)].size;
        return {ConcatOp{}, {pick, other}, size, "concat"};
      }
      case 9:
      case 10: return {AddOp{chance(2) ? 1.0 : -1.0}, {pick, other}, n, "add"};
      case 11: return {MulOp{}, {pick, other}, n, "mul"};
      default: return {ConstantOp{values(n)}, {}, n, "constant"};
    }
  }
  Node conv(NodeId input, Index n) {
    ConvOp op;
    op.in_c = n % 3 == 0 ? 3 : n % 2 == 0 ? 2 : 1;
    op.in_w = n / op.in_c % 2 == 0 ? 2 : 1;
    op.in_h = n / op.in_c / op.in_w;
    op.out_c = between(1, 6);
    op.kernel_h = between(1, 3);
    op.kernel_w = between(1, 2);
    op.stride_h = between(1, 2);
    op.stride_w = between(1, 2);
    op.dilation_h = between(1, 2);
    op.pad_top = between(0, 2);
    op.pad_left = between(0, 1);
    op.pad_bottom = 4;
    op.pad_right = between(1, 2);
    op.out_h = (op.in_h + op.pad_top + op.pad_bottom - op.dilation_h * (op.kernel_h - 1) - 1) / op.stride_h + 1;
    op.out_w = (op.in_w + op.pad_left + op.pad_right - op.kernel_w) / op.stride_w + 1;
    op.weight = values(op.out_c * op.kernel_h * op.kernel_w * op.in_c);
    op.terms = terms(op.out_c);
    const Index size = op.out_h * op.out_w * op.out_c;
    return {op, {input}, size, "conv"};
  }
  Node sparse(NodeId input, Index n) {
    SparseOp op;
    op.in = n;
    op.out = between(1, 12);
    op.offsets.push_back(0);
    for (Index o = 0; o < op.out; ++o) {
      for (Index i = 0; i < n; ++i) {
        if (chance(3)) op.columns.push_back(static_cast<std::int32_t>(i));
      }
      op.offsets.push_back(static_cast<Index>(op.columns.size()));
    }
    op.weight = values(static_cast<Index>(op.columns.size()));
    op.terms = terms(op.out);
    return {op, {input}, op.out, "sparse"};
  }
  Node scale(NodeId input, Index n) {
    ScaleOp op;
    op.scale = values(n);
    op.shift = values(n);
    const Index kind = between(0, 3);
    op.roundings = kind == 0 ? 2 : kind == 3 ? 0 : 1;
    if (kind == 1 || kind == 3) std::fill(op.shift.begin(), op.shift.end(), 0.0);
    if (kind == 2) std::fill(op.scale.begin(), op.scale.end(), 1.0);
    if (kind == 3) std::fill(op.scale.begin(), op.scale.end(), -1.0);
    for (const double t : op.shift) op.shift_magnitude.push_back(std::fabs(t));
    if (options_.parameter_errors && kind == 0) {
      op.scale_relative_error = 1e-5;
      for (const double t : op.shift) op.shift_error.push_back(std::fabs(t) * 1e-5);
    }
    return {op, {input}, n, "scale"};
  }
  Node activation(NodeId input, Index n) {
    ActivationOp op;
    op.kind = static_cast<ActivationKind>(between(0, 5));
    if (op.kind == ActivationKind::kLeakyRelu) op.slope = values(chance(2) ? 1 : n);
    if (op.kind == ActivationKind::kClip) {
      op.low = chance(4) ? -HUGE_VAL : -std::fabs(value());
      op.high = chance(4) ? HUGE_VAL : std::fabs(value());
    }
    return {op, {input}, n, "activation"};
  }
  Node maximum(NodeId input, Index n) {
    MaxOp op;
    op.offsets.push_back(0);
    for (Index o = between(1, 8); o > 0; --o) {
      for (Index i = between(1, 4); i > 0; --i) {
        op.indices.push_back(static_cast<std::int32_t>(between(0, n - 1)));
      }
      op.offsets.push_back(static_cast<Index>(op.indices.size()));
    }
    const auto size = static_cast<Index>(op.offsets.size()) - 1;
    return {op, {input}, size, "max"};
  }

  Random& random_;
  Options options_;
};

inline Network make(Random& random, const Options& options) { return Builder(random, options).build(); }

enum class Order { kForward, kReverse, kPairwise, kFused, kWide };
struct Evaluation {
  Order order = Order::kForward;
  bool flush = false;          // subnormals to zero, everywhere
  bool bias_first = false;
  double parameter_error = 0;  // in [-1, 1]: where the parameters lie in their stated error
};

// Values of all nodes. Real is long double (real arithmetic, up to its own rounding) or the network's format.
template <class Real>
class Evaluator {
 public:
  Evaluator(const Network& network, const Evaluation& how) : network_(network), how_(how) {}

  std::vector<std::vector<Real>> run(const std::vector<Real>& x) {
    values_.assign(network_.nodes.size(), {});
    values_[0] = x;
    for (std::size_t v = 1; v < network_.nodes.size(); ++v) {
      node_ = &network_.nodes[v];
      out_.clear();
      std::visit([this](const auto& op) { eval(op); }, node_->op);
      values_[v] = out_;
    }
    return values_;
  }

 private:
  const std::vector<Real>& in(std::size_t k) const {
    return values_[static_cast<std::size_t>(node_->inputs[k])];
  }
  Real f(Real x) const {
    return how_.flush && std::fabs(x) < std::numeric_limits<Real>::min() ? Real(0) : x;
  }
  Real mul(Real a, Real b) const { return f(f(a) * f(b)); }
  Real add(Real a, Real b) const { return f(f(a) + f(b)); }
  [[nodiscard]] Real parameter(double stored, double error) const {
    return static_cast<Real>(static_cast<long double>(stored) +
                             static_cast<long double>(how_.parameter_error) * static_cast<long double>(error));
  }

  struct Term {
    Real w, x;
  };
  Real pairwise(const std::vector<Term>& t, std::size_t begin, std::size_t end) {
    if (end - begin == 1) return mul(t[begin].w, t[begin].x);
    const std::size_t middle = (begin + end) / 2;
    return add(pairwise(t, begin, middle), pairwise(t, middle, end));
  }
  void sum(std::vector<Term>& t, const AffineTerms& terms, std::size_t feature) {
    const Real b = parameter(terms.bias[feature], terms.bias_error.empty() ? 0.0 : terms.bias_error[feature]);
    for (Term& term : t) {
      term.w = parameter(static_cast<double>(term.w),
                         terms.weight_relative_error * std::fabs(static_cast<double>(term.w)));
    }
    if (how_.order == Order::kReverse) std::reverse(t.begin(), t.end());
    Real total = how_.bias_first ? b : Real(0);
    if (how_.order == Order::kPairwise && !t.empty()) {
      total = add(total, pairwise(t, 0, t.size()));
    } else if (how_.order == Order::kFused) {
      for (const Term& term : t) total = f(std::fma(f(term.w), f(term.x), f(total)));
    } else if (how_.order == Order::kWide) {
      long double wide = total;
      for (const Term& term : t) wide += static_cast<long double>(term.w) * static_cast<long double>(term.x);
      total = static_cast<Real>(wide);
    } else {
      bool first = !how_.bias_first;
      for (const Term& term : t) {
        total = first ? mul(term.w, term.x) : add(total, mul(term.w, term.x));
        first = false;
      }
    }
    out_.push_back(how_.bias_first ? f(total) : add(total, b));
  }

  void eval(const InputOp&) {}
  void eval(const ConstantOp& op) {
    for (const double x : op.values) out_.push_back(static_cast<Real>(x));
  }
  void eval(const LinearOp& op) {
    std::vector<Term> t;
    for (Index r = 0; r < op.repeat; ++r) {
      for (Index o = 0; o < op.out; ++o) {
        t.clear();
        for (Index i = 0; i < op.in; ++i) {
          t.push_back({static_cast<Real>(op.weight[static_cast<std::size_t>(o * op.in + i)]),
                       in(0)[static_cast<std::size_t>(r * op.in + i)]});
        }
        sum(t, op.terms, static_cast<std::size_t>(o));
      }
    }
  }
  void eval(const ConvOp& op) {
    std::vector<Term> t;
    for (Index oh = 0; oh < op.out_h; ++oh) {
      for (Index ow = 0; ow < op.out_w; ++ow) {
        for (Index oc = 0; oc < op.out_c; ++oc) {
          t.clear();
          for (Index kh = 0; kh < op.kernel_h; ++kh) {
            for (Index kw = 0; kw < op.kernel_w; ++kw) {
              const Index h = oh * op.stride_h + kh * op.dilation_h - op.pad_top;
              const Index w = ow * op.stride_w + kw * op.dilation_w - op.pad_left;
              if (h < 0 || h >= op.in_h || w < 0 || w >= op.in_w) continue;
              for (Index c = 0; c < op.in_c; ++c) {
                t.push_back({static_cast<Real>(op.weight[static_cast<std::size_t>(
                                 ((oc * op.kernel_h + kh) * op.kernel_w + kw) * op.in_c + c)]),
                             in(0)[static_cast<std::size_t>((h * op.in_w + w) * op.in_c + c)]});
              }
            }
          }
          sum(t, op.terms, static_cast<std::size_t>(oc));
        }
      }
    }
  }
  void eval(const SparseOp& op) {
    std::vector<Term> t;
    for (std::size_t o = 0; o < static_cast<std::size_t>(op.out); ++o) {
      t.clear();
      for (Index at = op.offsets[o]; at < op.offsets[o + 1]; ++at) {
        t.push_back({static_cast<Real>(op.weight[static_cast<std::size_t>(at)]),
                     in(0)[static_cast<std::size_t>(op.columns[static_cast<std::size_t>(at)])]});
      }
      sum(t, op.terms, o);
    }
  }
  void eval(const ScaleOp& op) {
    for (std::size_t i = 0; i < op.scale.size(); ++i) {
      const Real s = parameter(op.scale[i], op.scale_relative_error * std::fabs(op.scale[i]));
      const Real t = parameter(op.shift[i], op.shift_error.empty() ? 0.0 : op.shift_error[i]);
      if (op.roundings == 2 && how_.order == Order::kFused) {
        out_.push_back(f(std::fma(f(s), f(in(0)[i]), f(t))));
      } else {
        const Real p = mul(s, in(0)[i]);
        out_.push_back(op.shift_magnitude[i] == 0.0 ? p : add(p, t));
      }
    }
  }
  void eval(const ActivationOp& op) {
    for (std::size_t i = 0; i < in(0).size(); ++i) {
      const Real x = f(in(0)[i]);
      Real y = x;
      switch (op.kind) {
        case ActivationKind::kRelu: y = x > Real(0) ? x : Real(0); break;
        case ActivationKind::kLeakyRelu:
          y = x < Real(0) ? mul(static_cast<Real>(op.slope[op.slope.size() == 1 ? 0 : i]), x) : x;
          break;
        case ActivationKind::kAbs: y = std::fabs(x); break;
        case ActivationKind::kClip:
          y = std::min(std::max(x, static_cast<Real>(op.low)), static_cast<Real>(op.high));
          break;
        case ActivationKind::kSigmoid: y = Real(1) / (Real(1) + std::exp(-x)); break;
        case ActivationKind::kTanh: y = std::tanh(x); break;
      }
      out_.push_back(f(y));
    }
  }
  void eval(const MaxOp& op) {
    for (std::size_t o = 0; o + 1 < op.offsets.size(); ++o) {
      Real most = -std::numeric_limits<Real>::infinity();
      for (Index at = op.offsets[o]; at < op.offsets[o + 1]; ++at) {
        most = std::max(most, f(in(0)[static_cast<std::size_t>(op.indices[static_cast<std::size_t>(at)])]));
      }
      out_.push_back(most);
    }
  }
  void eval(const SelectOp& op) {
    for (const std::int32_t i : op.indices) {
      out_.push_back(i >= 0 ? in(0)[static_cast<std::size_t>(i)] : static_cast<Real>(op.fill));
    }
  }
  void eval(const ConcatOp&) {
    for (std::size_t k = 0; k < node_->inputs.size(); ++k) out_.insert(out_.end(), in(k).begin(), in(k).end());
  }
  void eval(const AddOp& op) {
    for (std::size_t i = 0; i < in(0).size(); ++i) {
      out_.push_back(add(in(0)[i], op.sign < 0 ? -in(1)[i] : in(1)[i]));
    }
  }
  void eval(const MulOp&) {
    for (std::size_t i = 0; i < in(0).size(); ++i) out_.push_back(mul(in(0)[i], in(1)[i]));
  }

  const Network& network_;
  Evaluation how_;
  const Node* node_ = nullptr;
  std::vector<std::vector<Real>> values_;
  std::vector<Real> out_;
};

}  // namespace random_network
