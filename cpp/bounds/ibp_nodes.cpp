#include "bounds/ibp_nodes.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/error.h"
#include "bounds/rounding.h"
#include "bounds/simd/dispatch.h"

namespace verikit::bounds {
namespace {

template <class T>
constexpr T kInfinite = std::numeric_limits<T>::infinity();

// Rounding facts of a step.
template <class T>
struct Facts {
  T flush;     // results below this may be flushed to zero; 0 when none is
  T relative;  // of one operation: our rounding, that of the step outwards, and the evaluation's
  T absolute;  // underflow of one product, ours and the evaluation's
  T limit;     // bounds from here on may mean overflow

  Facts(const Network& network, bool evaluations) {
    const bool wide = network.dtype == DType::kFloat64;
    const double u = evaluations ? roundoff_of(network.dtype) : 0.0;
    const double tiny = evaluations ? tiny_of(network.dtype) : 0.0;
    flush = static_cast<T>(tiny);  // 0 when T has no numbers that small
    relative = to_upper<T>((4.0 * static_cast<double>(kRoundoff<T>) + u) * (1.0 + 0x1p-20));
    absolute = to_upper<T>(tiny + static_cast<double>(kTiny<T>));
    limit = static_cast<T>(sizeof(T) == 4 || (evaluations && !wide) ? 0x1p90 : 0x1p960);  // as largest_sum
  }
};

// An interval that some evaluation may flush to zero contains zero.
template <class T>
inline T flush_lower(T l, T flush) {
  return l > T(0) && l < flush ? T(0) : l;
}
template <class T>
inline T flush_upper(T u, T flush) {
  return u < T(0) && u > -flush ? T(0) : u;
}

// Outwards from the result of one operation. Multiplications and additions only: they vectorise everywhere.
template <class T>
inline T below(T x, const Facts<T>& facts) {
  return x - std::fabs(x) * facts.relative;
}
template <class T>
inline T above(T x, const Facts<T>& facts) {
  return x + std::fabs(x) * facts.relative;
}
template <class T>
inline T product_below(T a, T b, const Facts<T>& facts) {
  return a == T(0) || b == T(0) ? T(0) : below(a * b, facts) - facts.absolute;
}
template <class T>
inline T product_above(T a, T b, const Facts<T>& facts) {
  return a == T(0) || b == T(0) ? T(0) : above(a * b, facts) + facts.absolute;
}

template <class T>
class Step {
 public:
  explicit Step(const NodeStep<T>& s)
      : s_(s), network_(s.prepared.network()), node_(network_.nodes[static_cast<std::size_t>(s.node)]),
        size_(node_.size), facts_(network_, s.semantics.float_evaluations) {}

  void run() {
    std::visit([this](const auto& op) { bound(op); }, node_.op);
    for (Index row = 0; row < s_.rows; ++row) {
      if (s_.overflow[row] == 0) continue;
      std::fill_n(s_.out.lower + row * size_, size_, -kInfinite<T>);
      std::fill_n(s_.out.upper + row * size_, size_, kInfinite<T>);
    }
  }

 private:
  [[nodiscard]] Index input_size(std::size_t k) const {
    return network_.nodes[static_cast<std::size_t>(node_.inputs[k])].size;
  }
  // Calls body(l, u, out_l, out_u) for the rows, with those of input 0.
  template <class Body>
  void for_rows(Body body) {
    const Index in = input_size(0);
    for (Index row = 0; row < s_.rows; ++row) {
      if (s_.overflow[row] != 0) continue;
      body(s_.inputs[0].lower + row * in, s_.inputs[0].upper + row * in, s_.out.lower + row * size_,
           s_.out.upper + row * size_);
    }
  }
  void mark_overflow() {
    for (Index row = 0; row < s_.rows; ++row) {
      const bool within = simd::kernels<T>().within(s_.out.lower + row * size_, s_.out.upper + row * size_, size_,
                                                    facts_.limit);
      if (!within) s_.overflow[row] = 1;
    }
  }

  void bound(const InputOp&) {
    fail(ErrorCode::kInternal, "bound_node: node 0 is the input, whose bounds come from begin(); please report");
  }

  void bound(const ConstantOp& op) {
    for (Index row = 0; row < s_.rows; ++row) {
      for (Index i = 0; i < size_; ++i) {
        const double value = op.values[static_cast<std::size_t>(i)];
        s_.out.lower[row * size_ + i] = flush_lower(to_lower<T>(value), facts_.flush);
        s_.out.upper[row * size_ + i] = flush_upper(to_upper<T>(value), facts_.flush);
      }
    }
    mark_overflow();
  }

  void bound(const LinearOp&) { bound_affine(); }
  void bound(const ConvOp&) { bound_affine(); }
  void bound(const SparseOp&) { bound_affine(); }

  void bound_affine() {
    const simd::KernelTable<T>& kernels = simd::kernels<T>();
    const PreparedAffine<T>& affine = s_.prepared.prepared_affine(s_.node);
    const AffineConstants<T>& constants = affine.constants[s_.semantics.float_evaluations ? 1 : 0];
    const Index in = affine.kernel->in_size();
    const Workspace::Frame frame(s_.workspace);
    T* const center = s_.workspace.template take<T>(s_.rows * in);
    T* const rho = s_.workspace.template take<T>(s_.rows * in);
    T* const underflow = s_.workspace.template take<T>(s_.rows);
    for (Index row = 0; row < s_.rows; ++row) {
      const T reach = kernels.center_radius(s_.inputs[0].lower + row * in, s_.inputs[0].upper + row * in, in,
                                            constants.gain, constants.inflation, center + row * in, rho + row * in);
      underflow[row] = to_upper<T>(
          (constants.underflow_base + constants.underflow_reach * static_cast<double>(reach)) * (1.0 + 0x1p-40));
    }
    affine.kernel->apply_dual(center, rho, s_.rows, s_.out.lower, s_.out.upper, s_.workspace);
    simd::AffineFinish<T> finish{};
    finish.bias = affine.bias.data();
    finish.constant = constants.constant.data();
    finish.period = static_cast<Index>(affine.bias.size());
    finish.repeats = size_ / finish.period;
    finish.limit = constants.limit;
    for (Index row = 0; row < s_.rows; ++row) {
      finish.center = finish.lower = s_.out.lower + row * size_;
      finish.radius = finish.upper = s_.out.upper + row * size_;
      finish.row_constant = underflow[row];
      if (kernels.affine_finish(finish)) s_.overflow[row] = 1;
    }
  }

  void bound(const ScaleOp&) {
    const PreparedScale<T>& scale = s_.prepared.prepared_scale(s_.node);
    const ScaleConstants<T>& c = scale.constants[s_.semantics.float_evaluations ? 1 : 0];
    const T *factor = scale.scale.data(), *shift = scale.shift.data();
    const T *relative = c.relative.data(), *constant = c.constant.data(), *underflow = c.underflow.data();
    for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
      for (Index i = 0; i < size_; ++i) {
        const T low = flush_lower(l[i], facts_.flush), high = flush_upper(u[i], facts_.flush);
        const T first = factor[i] < T(0) ? high : low, second = factor[i] < T(0) ? low : high;
        const T p = factor[i] * first, q = factor[i] * second;
        const T below_p = std::fabs(p) * relative[i] + constant[i] + (first != T(0) ? underflow[i] : T(0));
        const T above_q = std::fabs(q) * relative[i] + constant[i] + (second != T(0) ? underflow[i] : T(0));
        out_l[i] = flush_lower(p + shift[i] - below_p, facts_.flush);
        out_u[i] = flush_upper(q + shift[i] + above_q, facts_.flush);
      }
    });
    mark_overflow();
  }

  void bound(const ActivationOp& op) {
    switch (op.kind) {
      case ActivationKind::kRelu:
        return for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
          simd::kernels<T>().relu(l, u, size_, facts_.flush, out_l, out_u);
        });
      case ActivationKind::kAbs:
        return for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
          for (Index i = 0; i < size_; ++i) {
            const T low = l[i], high = u[i];
            out_l[i] = flush_lower(std::max(std::max(low, -high), T(0)), facts_.flush);
            out_u[i] = std::max(-low, high);
          }
        });
      case ActivationKind::kClip: {
        const T low_down = to_lower<T>(op.low), low_up = to_upper<T>(op.low);
        const T high_down = to_lower<T>(op.high), high_up = to_upper<T>(op.high);
        return for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
          for (Index i = 0; i < size_; ++i) {
            out_l[i] = flush_lower(std::min(std::max(l[i], low_down), high_down), facts_.flush);
            out_u[i] = flush_upper(std::min(std::max(u[i], low_up), high_up), facts_.flush);
          }
        });
      }
      case ActivationKind::kLeakyRelu: return leaky(op);
      case ActivationKind::kSigmoid:
        return monotone(0.0, 1.0, [](double x) { return 1.0 / (1.0 + std::exp(-x)); });
      case ActivationKind::kTanh: return monotone(-1.0, 1.0, [](double x) { return std::tanh(x); });
    }
  }

  void leaky(const ActivationOp& op) {
    Facts<T> facts = facts_;
    facts.relative = facts.relative + 2 * kRoundoff<T>;  // the slope in T
    for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
      for (Index i = 0; i < size_; ++i) {
        const T a = static_cast<T>(op.slope[op.slope.size() == 1 ? 0 : static_cast<std::size_t>(i)]);
        const T low = flush_lower(l[i], facts.flush), high = flush_upper(u[i], facts.flush);
        T least = low < T(0) ? product_below(a, low, facts) : low;
        T most = low < T(0) ? product_above(a, low, facts) : low;
        least = std::min(least, high < T(0) ? product_below(a, high, facts) : high);
        most = std::max(most, high < T(0) ? product_above(a, high, facts) : high);
        if (low < T(0) && high > T(0)) {  // the kink
          least = std::min(least, T(0));
          most = std::max(most, T(0));
        }
        if (std::fabs(a) < kTiny<T> && static_cast<double>(a) != op.slope[op.slope.size() == 1 ? 0 : static_cast<std::size_t>(i)]) {
          // Rounded to a subnormal number, the slope has no relative error.
          const T lost = std::max(std::fabs(low), std::fabs(high)) * kTiny<T> + kTiny<T>;
          least = down(least - lost);
          most = up(most + lost);
        }
        out_l[i] = flush_lower(least, facts.flush);
        out_u[i] = flush_upper(most, facts.flush);
      }
    });
    mark_overflow();
  }

  // value(x) in double has a relative error below 2^-48 (exp and tanh: 2^-50, then three operations).
  template <class Value>
  void monotone(double least, double most, Value value) {
    const double error = s_.semantics.float_evaluations ? s_.semantics.activation_error : 0.0;
    const auto margin = [](double y) { return std::fabs(y) * 0x1p-48; };
    for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
      for (Index i = 0; i < size_; ++i) {
        const double low = value(static_cast<double>(l[i])), high = value(static_cast<double>(u[i]));
        // 1e-300: exp may have overflowed to infinity, and the value to zero.
        const double from = l[i] == T(0) && low == 0.0 ? 0.0 : std::max(least, low - margin(low) - 1e-300);
        const double to = u[i] == T(0) && high == 0.0 ? 0.0 : std::min(most, high + margin(high) + 1e-300);
        out_l[i] = to_lower<T>(error == 0.0 ? from : down(from - error));
        out_u[i] = to_upper<T>(error == 0.0 ? to : up(to + error));
      }
    });
  }

  void bound(const MaxOp& op) {
    for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
      for (Index o = 0; o < size_; ++o) {
        const Index end = op.offsets[static_cast<std::size_t>(o) + 1];
        T low = -kInfinite<T>, high = -kInfinite<T>;
        for (Index at = op.offsets[static_cast<std::size_t>(o)]; at < end; ++at) {
          const std::int32_t i = op.indices[static_cast<std::size_t>(at)];
          low = std::max(low, l[i]);
          high = std::max(high, u[i]);
        }
        out_l[o] = flush_lower(low, facts_.flush);
        out_u[o] = flush_upper(high, facts_.flush);
      }
    });
  }

  void bound(const SelectOp& op) {
    const T fill_lower = flush_lower(to_lower<T>(op.fill), facts_.flush);
    const T fill_upper = flush_upper(to_upper<T>(op.fill), facts_.flush);
    for_rows([&](const T* l, const T* u, T* out_l, T* out_u) {
      for (Index o = 0; o < size_; ++o) {
        const std::int32_t i = op.indices[static_cast<std::size_t>(o)];
        out_l[o] = i >= 0 ? flush_lower(l[i], facts_.flush) : fill_lower;
        out_u[o] = i >= 0 ? flush_upper(u[i], facts_.flush) : fill_upper;
      }
    });
    mark_overflow();
  }

  void bound(const ConcatOp&) {
    Index at = 0;
    for (std::size_t k = 0; k < node_.inputs.size(); ++k) {
      const Index n = input_size(k);
      for (Index row = 0; row < s_.rows; ++row) {
        simd::kernels<T>().flush(s_.inputs[k].lower + row * n, s_.inputs[k].upper + row * n, n, facts_.flush,
                                 s_.out.lower + row * size_ + at, s_.out.upper + row * size_ + at);
      }
      at += n;
    }
  }

  void bound(const AddOp& op) {
    const bool minus = op.sign < 0.0;
    const T f = facts_.flush;
    const Index n = s_.rows * size_;
    const T *al = s_.inputs[0].lower, *au = s_.inputs[0].upper;
    const T *bl = s_.inputs[1].lower, *bu = s_.inputs[1].upper;
    for (Index i = 0; i < n; ++i) {
      const T b_low = flush_lower(bl[i], f), b_high = flush_upper(bu[i], f);
      const T low = flush_lower(al[i], f) + (minus ? -b_high : b_low);
      const T high = flush_upper(au[i], f) + (minus ? -b_low : b_high);
      s_.out.lower[i] = flush_lower(below(low, facts_), f);
      s_.out.upper[i] = flush_upper(above(high, facts_), f);
    }
    mark_overflow();
  }

  void bound(const MulOp&) {
    const T f = facts_.flush;
    const Index n = s_.rows * size_;
    for (Index i = 0; i < n; ++i) {
      const T a[2] = {flush_lower(s_.inputs[0].lower[i], f), flush_upper(s_.inputs[0].upper[i], f)};
      const T b[2] = {flush_lower(s_.inputs[1].lower[i], f), flush_upper(s_.inputs[1].upper[i], f)};
      T low = kInfinite<T>, high = -kInfinite<T>;
      for (const T x : a) {
        for (const T y : b) {
          low = std::min(low, product_below(x, y, facts_));
          high = std::max(high, product_above(x, y, facts_));
        }
      }
      s_.out.lower[i] = flush_lower(low, f);
      s_.out.upper[i] = flush_upper(high, f);
    }
    mark_overflow();
  }

  const NodeStep<T>& s_;
  const Network& network_;
  const Node& node_;
  Index size_;
  Facts<T> facts_;
};

}  // namespace

template <class T>
void bound_step(const NodeStep<T>& step) {
  Step<T>(step).run();
}

template <class T>
void bound_input(const Network& network, const T* lower, const T* upper, Index rows, Interval<T> out,
                 std::uint8_t* overflow) {
  const simd::KernelTable<T>& kernels = simd::kernels<T>();
  const Facts<T> facts(network, true);
  const Index n = network.input_size();
  for (Index row = 0; row < rows; ++row) {
    const T *l = lower + row * n, *u = upper + row * n;
    T *out_l = out.lower + row * n, *out_u = out.upper + row * n;
    overflow[row] = kernels.within(l, u, n, facts.limit) ? 0 : 1;
    if (overflow[row] == 0) {
      kernels.flush(l, u, n, facts.flush, out_l, out_u);
    } else {
      std::fill_n(out_l, n, -kInfinite<T>);
      std::fill_n(out_u, n, kInfinite<T>);
    }
  }
}

bool works_in_place(const Op& op) {
  return std::holds_alternative<ActivationOp>(op) || std::holds_alternative<ScaleOp>(op) ||
         std::holds_alternative<AddOp>(op) || std::holds_alternative<MulOp>(op);
}

template void bound_step<float>(const NodeStep<float>&);
template void bound_step<double>(const NodeStep<double>&);
template void bound_input<float>(const Network&, const float*, const float*, Index, Interval<float>,
                                 std::uint8_t*);
template void bound_input<double>(const Network&, const double*, const double*, Index, Interval<double>,
                                  std::uint8_t*);

}  // namespace verikit::bounds
