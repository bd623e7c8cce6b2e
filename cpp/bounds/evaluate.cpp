// Plain evaluation: the reference that everything faster is compared with.
#include <algorithm>
#include <cmath>

#include "base/fp_env.h"
#include "bounds/network.h"

namespace verikit::bounds {
namespace {

template <class T>
class Evaluator {
 public:
  Evaluator(const Network& network, const T* input) : network_(network), input_(input), values_(network.nodes.size()) {}

  void run(T* output) {
    for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
      const Node& node = network_.nodes[n];
      std::vector<T>& y = values_[n];
      y.resize(static_cast<std::size_t>(node.size));
      std::visit([&](const auto& op) { eval(op, node, y.data()); }, node.op);
    }
    const std::vector<T>& y = values_[static_cast<std::size_t>(network_.output)];
    std::copy(y.begin(), y.end(), output);
  }

 private:
  const T* in(const Node& node, std::size_t i) const { return values_[static_cast<std::size_t>(node.inputs[i])].data(); }
  static T num(double v) { return static_cast<T>(v); }

  void eval(const InputOp&, const Node& node, T* y) { std::copy(input_, input_ + node.size, y); }
  void eval(const ConstantOp& op, const Node&, T* y) {
    std::transform(op.values.begin(), op.values.end(), y, num);
  }
  void eval(const LinearOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (Index r = 0; r < op.repeat; ++r) {
      for (Index o = 0; o < op.out; ++o) {
        T sum = 0;
        for (Index i = 0; i < op.in; ++i) sum += num(op.weight[static_cast<std::size_t>(o * op.in + i)]) * x[r * op.in + i];
        y[r * op.out + o] = sum + num(op.terms.bias[static_cast<std::size_t>(o)]);
      }
    }
  }
  void eval(const ConvOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (Index oh = 0; oh < op.out_h; ++oh) {
      for (Index ow = 0; ow < op.out_w; ++ow) {
        for (Index o = 0; o < op.out_c; ++o) {
          T sum = 0;
          const double* weight = op.weight.data() + o * op.kernel_h * op.kernel_w * op.in_c;
          for (Index kh = 0; kh < op.kernel_h; ++kh) {
            const Index h = oh * op.stride_h - op.pad_top + kh * op.dilation_h;
            if (h < 0 || h >= op.in_h) continue;
            for (Index kw = 0; kw < op.kernel_w; ++kw) {
              const Index w = ow * op.stride_w - op.pad_left + kw * op.dilation_w;
              if (w < 0 || w >= op.in_w) continue;
              for (Index c = 0; c < op.in_c; ++c) {
                sum += num(weight[(kh * op.kernel_w + kw) * op.in_c + c]) * x[(h * op.in_w + w) * op.in_c + c];
              }
            }
          }
          y[(oh * op.out_w + ow) * op.out_c + o] = sum + num(op.terms.bias[static_cast<std::size_t>(o)]);
        }
      }
    }
  }
  void eval(const SparseOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (Index o = 0; o < op.out; ++o) {
      T sum = 0;
      for (Index k = op.offsets[static_cast<std::size_t>(o)]; k < op.offsets[static_cast<std::size_t>(o) + 1]; ++k) {
        sum += num(op.weight[static_cast<std::size_t>(k)]) * x[op.columns[static_cast<std::size_t>(k)]];
      }
      y[o] = sum + num(op.terms.bias[static_cast<std::size_t>(o)]);
    }
  }
  void eval(const ScaleOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (Index i = 0; i < node.size; ++i) {
      const auto k = static_cast<std::size_t>(i);
      y[i] = num(op.scale[k]) * x[i] + num(op.shift[k]);
    }
  }
  void eval(const ActivationOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (Index i = 0; i < node.size; ++i) y[i] = activate(op, x[i], static_cast<std::size_t>(i));
  }
  static T activate(const ActivationOp& op, T x, std::size_t i) {
    switch (op.kind) {
      case ActivationKind::kRelu: return x > 0 ? x : T(0);
      case ActivationKind::kLeakyRelu: return x < 0 ? num(op.slope.size() == 1 ? op.slope[0] : op.slope[i]) * x : x;
      case ActivationKind::kAbs: return std::fabs(x);
      case ActivationKind::kClip: return std::min(std::max(x, num(op.low)), num(op.high));
      case ActivationKind::kSigmoid: return T(1) / (T(1) + std::exp(-x));
      case ActivationKind::kTanh: return std::tanh(x);
    }
    return x;
  }
  void eval(const MaxOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (std::size_t o = 0; o + 1 < op.offsets.size(); ++o) {
      T best = x[op.indices[static_cast<std::size_t>(op.offsets[o])]];
      for (Index k = op.offsets[o]; k < op.offsets[o + 1]; ++k) best = std::max(best, x[op.indices[static_cast<std::size_t>(k)]]);
      y[o] = best;
    }
  }
  void eval(const SelectOp& op, const Node& node, T* y) {
    const T* x = in(node, 0);
    for (std::size_t o = 0; o < op.indices.size(); ++o) y[o] = op.indices[o] < 0 ? num(op.fill) : x[op.indices[o]];
  }
  void eval(const ConcatOp&, const Node& node, T* y) {
    for (const NodeId input : node.inputs) {
      const std::vector<T>& x = values_[static_cast<std::size_t>(input)];
      y = std::copy(x.begin(), x.end(), y);
    }
  }
  void eval(const AddOp& op, const Node& node, T* y) {
    const T *a = in(node, 0), *b = in(node, 1);
    for (Index i = 0; i < node.size; ++i) y[i] = op.sign > 0 ? a[i] + b[i] : a[i] - b[i];
  }
  void eval(const MulOp&, const Node& node, T* y) {
    const T *a = in(node, 0), *b = in(node, 1);
    for (Index i = 0; i < node.size; ++i) y[i] = a[i] * b[i];
  }

  const Network& network_;
  const T* input_;
  std::vector<std::vector<T>> values_;
};

}  // namespace

template <class T>
void evaluate(const Network& network, const T* x, T* y) {
  const FpEnvironment environment;
  Evaluator<T>(network, x).run(y);
}

template void evaluate<float>(const Network&, const float*, float*);
template void evaluate<double>(const Network&, const double*, double*);

}  // namespace verikit::bounds
