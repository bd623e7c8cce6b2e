#include "bounds/prepared.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/fp_env.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kUp = 1.0 + 0x1p-49;  // covers up to 15 double roundings of a formula of non-negative terms

// A non-negative double as a T that is not smaller. What does not fit becomes infinity.
template <class T>
T upper(double x) {
  return to_upper<T>(x * kUp);
}

// Far enough inside the range that intermediate results which a folded batch norm or a Gemm's alpha hides
// (at most 2^30 times larger, see lower()) stay inside too, as do sums and roundings up.
template <class T>
double largest_sum(const Network& network, bool float_evaluations) {
  const bool narrow = sizeof(T) == 4 || (float_evaluations && network.dtype != DType::kFloat64);
  return narrow ? 0x1p90 : 0x1p960;
}

template <class T>
AffineConstants<T> affine_constants(const Network& network, const AffineTerms& terms,
                                    const AffineKernel<T>& kernel, double max_weight, bool weights_fit,
                                    bool float_evaluations) {
  const auto stored = static_cast<double>(kernel.fan_in());
  const double n = std::max(stored, static_cast<double>(terms.products)) + terms.extra_roundings;
  const double u = roundoff_of(network.dtype);
  constexpr double own = kRoundoff<T>;
  AffineConstants<T> c;
  c.constant.resize(terms.bias.size(), std::numeric_limits<T>::infinity());
  if (!((n + 2) * u < 0.125) || !((stored + 2) * own < 0.125)) return c;  // limit 0: nothing can be said
  const double own_gamma = gamma_factor(stored + 2, own);
  // The relative errors multiply: (1 + a)(1 + b)... - 1 <= s + s^2 for a sum s <= 1.
  const double s = ((float_evaluations ? gamma_factor(n, u) : 0.0) + own_gamma + terms.weight_relative_error +
                    (weights_fit ? 0.0 : own)) * kUp;
  if (!(s < 0.5)) return c;
  const double g = s * (1.0 + s) * kUp;
  c.gain = upper<T>(g);
  c.inflation = upper<T>((1.0 + 2.0 * own_gamma) * (1.0 + 8.0 * own));
  c.limit = to_lower<T>(g * largest_sum<T>(network, float_evaluations));
  for (std::size_t o = 0; o < terms.bias.size(); ++o) {
    const double magnitude = std::max(
        std::fabs(terms.bias[o]), o < terms.bias_magnitude.size() ? terms.bias_magnitude[o] : 0.0);
    const double error = o < terms.bias_error.size() ? terms.bias_error[o] : 0.0;
    c.constant[o] = upper<T>(g * magnitude + error);
  }
  const double tiny = (static_cast<double>(kTiny<T>) +
                       (float_evaluations ? tiny_of(network.dtype) * std::max(1.0, terms.underflow_scale) : 0.0)) *
                      4.0 * kUp;
  c.underflow_base = tiny * (n * (1.0 + max_weight) + 2.0) * kUp;
  c.underflow_reach = tiny * n * kUp;
  return c;
}

template <class T>
ScaleConstants<T> scale_constants(const Network& network, const ScaleOp& op, bool float_evaluations) {
  constexpr double own = kRoundoff<T>;
  const double gamma =
      float_evaluations && op.roundings > 0 ? gamma_factor(op.roundings, roundoff_of(network.dtype)) : 0.0;
  const double tiny = static_cast<double>(kTiny<T>) + (float_evaluations ? tiny_of(network.dtype) : 0.0);
  const std::size_t size = op.scale.size();
  ScaleConstants<T> c;
  c.relative.resize(size);
  c.constant.resize(size);
  c.underflow.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double s = std::fabs(op.scale[i]), t = std::fabs(op.shift[i]);
    const bool sign_only = s == 1.0 || s == 0.0;  // the product is exact in every format
    const double beta = std::max(t, i < op.shift_magnitude.size() ? op.shift_magnitude[i] : 0.0);
    const double shift_error = i < op.shift_error.size() ? op.shift_error[i] : 0.0;
    double relative = (gamma + op.scale_relative_error) * (1.0 + gamma + op.scale_relative_error) * kUp;
    double constant = gamma * beta + shift_error;
    if (!sign_only) relative += 3.0 * own;  // the scale in T, the product
    if (t != 0.0) {                         // the shift in T, the sum
      relative += 3.0 * own;
      constant += 4.0 * own * t;
    }
    if (beta != 0.0) constant += 4.0 * tiny * (1.0 + s);
    if (relative != 0.0 || constant != 0.0) relative += 2.0 * own;  // the step outwards
    if (!(beta < 0.5 * largest_sum<T>(network, float_evaluations))) constant = HUGE_VAL;
    // A scale that T can only round to a subnormal number has no relative error to charge.
    if (s < static_cast<double>(kTiny<T>) && static_cast<double>(static_cast<T>(s)) != s) constant = HUGE_VAL;
    const double widen = 1.0 + 16.0 * own;  // the rounding of the error terms themselves
    c.relative[i] = upper<T>(relative * widen);
    c.constant[i] = upper<T>(constant * widen);
    c.underflow[i] = relative == 0.0 ? T(0) : upper<T>(4.0 * tiny * (1.0 + s));
  }
  return c;
}

}  // namespace

const AffineTerms* affine_terms_of(const Op& op) {
  if (const auto* linear = std::get_if<LinearOp>(&op)) return &linear->terms;
  if (const auto* conv = std::get_if<ConvOp>(&op)) return &conv->terms;
  if (const auto* sparse = std::get_if<SparseOp>(&op)) return &sparse->terms;
  return nullptr;
}

const std::vector<double>* affine_weights_of(const Op& op) {
  if (const auto* linear = std::get_if<LinearOp>(&op)) return &linear->weight;
  if (const auto* conv = std::get_if<ConvOp>(&op)) return &conv->weight;
  if (const auto* sparse = std::get_if<SparseOp>(&op)) return &sparse->weight;
  return nullptr;
}

template <class T>
struct PreparedNetwork<T>::Slot {
  std::once_flag once;
  PreparedAffine<T> affine;
  PreparedScale<T> scale;
};

template <class T>
PreparedNetwork<T>::PreparedNetwork(const Network& network)
    : network_(network), slots_(std::make_unique<Slot[]>(network.nodes.size())) {
  for (const Node& node : network.nodes) {
    if (const auto* weights = affine_weights_of(node.op)) {
      weight_bytes_ += static_cast<Index>(weights->size() * sizeof(T));
    }
  }
}
template <class T>
PreparedNetwork<T>::PreparedNetwork(std::shared_ptr<const Network> network) : PreparedNetwork(*network) {
  owned_ = std::move(network);
}
template <class T>
PreparedNetwork<T>::~PreparedNetwork() = default;

template <class T>
const PreparedAffine<T>& PreparedNetwork<T>::prepared_affine(NodeId id) const {
  Slot& s = slot(id);
  std::call_once(s.once, [&] {
    const FpEnvironment environment;
    const Node& node = network_.nodes[static_cast<std::size_t>(id)];
    const AffineTerms& terms = *affine_terms_of(node.op);
    PreparedAffine<T>& affine = s.affine;
    affine.kernel = AffineKernel<T>::make(node);
    for (const double b : terms.bias) affine.bias.push_back(static_cast<T>(b));
    double most = 0.0;
    bool fit = true;
    for (const double w : *affine_weights_of(node.op)) {
      most = std::max(most, std::fabs(w));
      fit = fit && static_cast<double>(static_cast<T>(w)) == w;
    }
    for (const bool evaluations : {false, true}) {
      affine.constants[evaluations ? 1 : 0] =
          affine_constants(network_, terms, *affine.kernel, most, fit, evaluations);
    }
  });
  return s.affine;
}

template <class T>
const AffineKernel<T>* PreparedNetwork<T>::affine(NodeId id) const {
  if (affine_terms_of(network_.nodes[static_cast<std::size_t>(id)].op) == nullptr) return nullptr;
  return prepared_affine(id).kernel.get();
}

template <class T>
const PreparedScale<T>& PreparedNetwork<T>::prepared_scale(NodeId id) const {
  Slot& s = slot(id);
  std::call_once(s.once, [&] {
    const FpEnvironment environment;
    const auto& op = std::get<ScaleOp>(network_.nodes[static_cast<std::size_t>(id)].op);
    for (const double x : op.scale) s.scale.scale.push_back(static_cast<T>(x));
    for (const double x : op.shift) s.scale.shift.push_back(static_cast<T>(x));
    for (const bool evaluations : {false, true}) {
      s.scale.constants[evaluations ? 1 : 0] = scale_constants<T>(network_, op, evaluations);
    }
  });
  return s.scale;
}

template class PreparedNetwork<float>;
template class PreparedNetwork<double>;

}  // namespace verikit::bounds
