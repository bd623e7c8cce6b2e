// What backward substitution through each kind of node costs: docs/soundness.md, sections 2 and 4.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/crown_state.h"
#include "bounds/relaxation.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kUp = 1.0 + 0x1p-48;  // covers a handful of double roundings of non-negative terms

template <class T>
double magnitude(T l, T u) {
  return std::max(std::fabs(static_cast<double>(l)), std::fabs(static_cast<double>(u)));
}

// 2^-53 (n + 4): the rounding of a double dot product with n terms, per unit of |A||b|.
double dot_error(Index n) { return static_cast<double>(n + 4) * 0x1p-53; }

// Per output feature -> per output element (Linear with repeat, Conv: features are the fastest index).
std::vector<double> expand(const std::vector<double>& values, Index size) {
  std::vector<double> all(static_cast<std::size_t>(size), 0.0);
  if (values.empty()) return all;
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = values[j % values.size()];
  return all;
}

Index largest_count(const std::vector<std::int32_t>& indices, Index size) {
  std::vector<Index> count(static_cast<std::size_t>(size), 0);
  Index most = 1;
  for (std::int32_t i : indices) {
    if (i >= 0) most = std::max(most, ++count[static_cast<std::size_t>(i)]);
  }
  return most;
}

template <class T>
struct Context {
  const Network& network;
  const Node& node;
  const NodeFacts& facts;
  const Semantics& semantics;
  const NodeBounds<T>& bounds;
  Index batch;
  NodeTerms<T>& terms;

  [[nodiscard]] const T* lower(NodeId w, Index b) const {
    return bounds.lower[static_cast<std::size_t>(w)].data() + b * network.nodes[static_cast<std::size_t>(w)].size;
  }
  [[nodiscard]] const T* upper(NodeId w, Index b) const {
    return bounds.upper[static_cast<std::size_t>(w)].data() + b * network.nodes[static_cast<std::size_t>(w)].size;
  }
  [[nodiscard]] double roundoff() const { return semantics.float_evaluations ? roundoff_of(network.dtype) : 0.0; }
  [[nodiscard]] double tiny() const { return semantics.float_evaluations ? tiny_of(network.dtype) : 0.0; }
};

template <class T>
void affine_node(Context<T>& c, const AffineKernel<T>& kernel, Workspace& workspace) {
  const AffineTerms& affine = *affine_terms_of(c.node.op);
  const Index in = kernel.in_size(), out = kernel.out_size();
  const NodeId w = c.node.inputs[0];
  std::vector<T> reach(static_cast<std::size_t>(c.batch * in));
  for (Index i = 0; i < c.batch * in; ++i) {
    reach[static_cast<std::size_t>(i)] =
        std::max(std::fabs(c.lower(w, 0)[i]), std::fabs(c.upper(w, 0)[i]));
  }
  std::vector<T> sum(static_cast<std::size_t>(c.batch * out));
  kernel.apply_absolute(reach.data(), c.batch, sum.data(), workspace);

  const double fan_in = static_cast<double>(kernel.fan_in());
  const double n = std::max(fan_in, static_cast<double>(affine.products));
  const double inflate = 1.0 + 4.0 * gamma_factor(fan_in + 4, kRoundoff<T>);
  const double transposed = gamma_factor(static_cast<double>(kernel.fan_out()) + 2, kRoundoff<T>);
  const double charged =
      c.semantics.float_evaluations ? gamma_factor(n + affine.extra_roundings, c.roundoff()) : 0.0;
  const double parameter = affine.weight_relative_error + (c.facts.weights_fit ? 0.0 : kRoundoff<T>);
  for (Index b = 0; b < c.batch; ++b) {
    double largest = 0.0, total = 0.0;
    for (Index i = 0; i < in; ++i) {
      const double m = reach[static_cast<std::size_t>(b * in + i)];
      largest = std::max(largest, m);
      total += m;
    }
    // Weights below the normal numbers of T lose more than a relative error when they are rounded to T.
    const double flushed = c.facts.weights_fit ? 0.0 : static_cast<double>(std::numeric_limits<T>::denorm_min()) * total;
    const double flush =
        c.tiny() * affine.underflow_scale * 4.0 * (n * (1.0 + c.facts.max_weight + largest) + 2.0) * kUp;
    c.terms.underflow[static_cast<std::size_t>(b)] =
        static_cast<double>(kTiny<T>) * static_cast<double>(kernel.fan_out() + 2) * total * kUp;
    for (Index j = 0; j < out; ++j) {
      const auto at = static_cast<std::size_t>(b * out + j);
      const auto feature = static_cast<std::size_t>(j);
      const double s = (static_cast<double>(sum[at]) + fan_in * static_cast<double>(kTiny<T>) + flushed) * inflate;
      const double bias = std::fabs(c.facts.bias[feature]);
      const double copied = (c.facts.bias_error[feature] + parameter * s + flushed + dot_error(out) * bias) * kUp;
      c.terms.own_copied[at] = copied;
      c.terms.own[at] = (copied + transposed * s) * kUp;
      c.terms.evaluated[at] = (charged * (s + c.facts.bias_magnitude[feature]) + flush) * kUp;
    }
  }
}

template <class T>
void activation_node(Context<T>& c, const ActivationOp& op) {
  const Index n = c.node.size;
  const NodeId w = c.node.inputs[0];
  for (Index b = 0; b < c.batch; ++b) {
    const T* l = c.lower(w, b);
    const T* u = c.upper(w, b);
    double total = 0.0;
    for (Index j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(b * n + j);
      const double m = magnitude(l[j], u[j]);
      total += m;
      const double left =
          op.slope.empty() ? 0.0 : op.slope[op.slope.size() == 1 ? 0 : static_cast<std::size_t>(j)];
      const Lines<T> lines = activation_lines<T>(op.kind, l[j], u[j], left, op.low, op.high);
      c.terms.lower_slope[at] = lines.lower_slope;
      c.terms.lower_intercept[at] = lines.lower_intercept;
      c.terms.upper_slope[at] = lines.upper_slope;
      c.terms.upper_intercept[at] = lines.upper_intercept;
      const auto exact = [](T s) { return s == T(0) || s == T(1) || s == T(-1); };
      double own = 0.0;
      if (!exact(lines.lower_slope) || !exact(lines.upper_slope)) {
        own += static_cast<double>(kRoundoff<T>) * m *
               std::max(std::fabs(static_cast<double>(lines.lower_slope)),
                        std::fabs(static_cast<double>(lines.upper_slope)));
      }
      own += dot_error(n) * magnitude(lines.lower_intercept, lines.upper_intercept);
      c.terms.own[at] = own * kUp;
      double evaluated = 0.0;
      if (c.semantics.float_evaluations) {
        const bool dead = op.kind == ActivationKind::kRelu && u[j] <= T(0);
        if (!dead) evaluated = c.tiny();
        if (op.kind == ActivationKind::kLeakyRelu && l[j] < T(0)) {
          evaluated += (c.roundoff() * std::fabs(left) * m + c.tiny() * (1.0 + m + std::fabs(left))) * kUp;
        }
        if (op.kind == ActivationKind::kSigmoid || op.kind == ActivationKind::kTanh) {
          evaluated += c.semantics.activation_error;
        }
      }
      c.terms.evaluated[at] = evaluated * kUp;
    }
    c.terms.underflow[static_cast<std::size_t>(b)] = static_cast<double>(kTiny<T>) * (total * kUp + 1.0);
  }
}

template <class T>
void scale_node(Context<T>& c, const ScaleOp& op) {
  const Index n = c.node.size;
  const NodeId w = c.node.inputs[0];
  const double charged = op.roundings > 0 && c.semantics.float_evaluations
                             ? gamma_factor(op.roundings, c.roundoff())
                             : 0.0;
  for (Index b = 0; b < c.batch; ++b) {
    double total = 0.0;
    for (Index j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(b * n + j);
      const auto e = static_cast<std::size_t>(j);
      const double m = magnitude(c.lower(w, b)[j], c.upper(w, b)[j]);
      const double s = std::fabs(op.scale[e]) * m;
      total += m;
      const bool exact = std::fabs(op.scale[e]) == 1.0;
      double own = (exact ? 0.0 : 2.0 * static_cast<double>(kRoundoff<T>)) * s + op.scale_relative_error * s +
                   dot_error(n) * std::fabs(op.shift[e]);
      if (!op.shift_error.empty()) own += op.shift_error[e];
      if (static_cast<double>(static_cast<T>(op.scale[e])) != op.scale[e]) {  // as `flushed` of an affine node
        own += static_cast<double>(std::numeric_limits<T>::denorm_min()) * m;
      }
      c.terms.own[at] = own * kUp;
      c.terms.evaluated[at] =
          (charged * (s + op.shift_magnitude[e]) + c.tiny() * (2.0 + m + std::fabs(op.scale[e]))) * kUp;
    }
    c.terms.underflow[static_cast<std::size_t>(b)] =
        2.0 * static_cast<double>(kTiny<T>) * (total * kUp + 1.0);
  }
}

template <class T>
void max_node(Context<T>& c, const MaxOp& op) {
  const Index n = c.node.size;
  const NodeId w = c.node.inputs[0];
  const double scatter =
      c.facts.scatter > 1 ? gamma_factor(static_cast<double>(c.facts.scatter), kRoundoff<T>) : 0.0;
  c.terms.chosen.resize(static_cast<std::size_t>(c.batch * n));
  c.terms.dominating.resize(static_cast<std::size_t>(c.batch * n));
  c.terms.ceiling.resize(static_cast<std::size_t>(c.batch * n));
  for (Index b = 0; b < c.batch; ++b) {
    const T* l = c.lower(w, b);
    const T* u = c.upper(w, b);
    for (Index o = 0; o < n; ++o) {
      const auto at = static_cast<std::size_t>(b * n + o);
      const Index begin = op.offsets[static_cast<std::size_t>(o)], end = op.offsets[static_cast<std::size_t>(o) + 1];
      std::int32_t best = op.indices[static_cast<std::size_t>(begin)];
      T ceiling = u[best];
      double reach = 0.0;
      for (Index k = begin; k < end; ++k) {
        const std::int32_t i = op.indices[static_cast<std::size_t>(k)];
        if (l[i] > l[best]) best = i;
        ceiling = std::max(ceiling, u[i]);
        reach = std::max(reach, magnitude(l[i], u[i]));
      }
      bool dominates = true;
      for (Index k = begin; k < end; ++k) {
        const std::int32_t i = op.indices[static_cast<std::size_t>(k)];
        if (i != best && u[i] > l[best]) dominates = false;
      }
      c.terms.chosen[at] = best;
      c.terms.dominating[at] = dominates ? best : -1;
      c.terms.ceiling[at] = static_cast<double>(ceiling);
      c.terms.own[at] = (scatter * reach + dot_error(n) * std::fabs(static_cast<double>(ceiling))) * kUp;
      c.terms.evaluated[at] = c.tiny();
    }
  }
}

template <class T>
void mul_node(Context<T>& c) {
  const Index n = c.node.size;
  for (Index b = 0; b < c.batch; ++b) {
    const T *la = c.lower(c.node.inputs[0], b), *ua = c.upper(c.node.inputs[0], b);
    const T *lb = c.lower(c.node.inputs[1], b), *ub = c.upper(c.node.inputs[1], b);
    double total = 0.0;
    for (Index j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(b * n + j);
      const double ma = magnitude(la[j], ua[j]), mb = magnitude(lb[j], ub[j]);
      total += ma + mb;
      c.terms.own[at] = (4.0 * static_cast<double>(kRoundoff<T>) + 2.0 * dot_error(n)) * ma * mb * kUp;
      c.terms.evaluated[at] = (c.roundoff() * ma * mb + c.tiny() * (1.0 + ma + mb)) * kUp;
    }
    c.terms.underflow[static_cast<std::size_t>(b)] = 2.0 * static_cast<double>(kTiny<T>) * (total * kUp + 1.0);
  }
}

}  // namespace

std::vector<NodeFacts> node_facts(const Network& network) {
  std::vector<NodeFacts> facts(network.nodes.size());
  for (std::size_t v = 0; v < network.nodes.size(); ++v) {
    const Node& node = network.nodes[v];
    NodeFacts& f = facts[v];
    if (const AffineTerms* terms = affine_terms_of(node.op)) {
      for (double x : *affine_weights_of(node.op)) {
        f.max_weight = std::max(f.max_weight, std::fabs(x));
        f.weights_fit_float = f.weights_fit_float && static_cast<double>(static_cast<float>(x)) == x;
      }
      f.bias = expand(terms->bias, node.size);
      f.bias_magnitude = expand(terms->bias_magnitude, node.size);
      f.bias_error = expand(terms->bias_error, node.size);
    } else if (const auto* scale = std::get_if<ScaleOp>(&node.op)) {
      f.bias = scale->shift;
    } else if (const auto* constant = std::get_if<ConstantOp>(&node.op)) {
      f.bias = constant->values;
    } else if (const auto* select = std::get_if<SelectOp>(&node.op)) {
      f.scatter = largest_count(select->indices, network.nodes[static_cast<std::size_t>(node.inputs[0])].size);
      f.bias.assign(static_cast<std::size_t>(node.size), 0.0);
      for (std::size_t j = 0; j < f.bias.size(); ++j) {
        if (select->indices[j] < 0) f.bias[j] = select->fill;
      }
    } else if (const auto* max = std::get_if<MaxOp>(&node.op)) {
      f.scatter = largest_count(max->indices, network.nodes[static_cast<std::size_t>(node.inputs[0])].size);
    }
    f.nonlinear = std::holds_alternative<ActivationOp>(node.op) || std::holds_alternative<MaxOp>(node.op) ||
                  std::holds_alternative<MulOp>(node.op);
    if (f.nonlinear) {
      for (NodeId w : node.inputs) facts[static_cast<std::size_t>(w)].target = true;
    }
    // One affine step after elementwise or selecting steps from the input: intervals lose nothing.
    if (v == 0 || std::holds_alternative<ConstantOp>(node.op)) {
      f.exact_by_interval = f.elementwise_of_input = true;
    } else if (node.inputs.size() == 1) {
      const NodeFacts& from = facts[static_cast<std::size_t>(node.inputs[0])];
      const bool elementwise = std::holds_alternative<ScaleOp>(node.op) ||
                               (std::holds_alternative<SelectOp>(node.op) && f.scatter == 1);
      f.elementwise_of_input = from.elementwise_of_input && elementwise;
      f.exact_by_interval = from.elementwise_of_input && (elementwise || affine_terms_of(node.op) != nullptr);
    }
  }
  return facts;
}

template <class T>
void compute_terms(const Network& network, NodeId v, const NodeFacts& facts, const PreparedNetwork<T>& prepared,
                   const Semantics& semantics, const NodeBounds<T>& bounds, Index batch, Workspace& workspace,
                   NodeTerms<T>& terms) {
  const Node& node = network.nodes[static_cast<std::size_t>(v)];
  const auto total = static_cast<std::size_t>(batch * node.size);
  terms.own.assign(total, 0.0);
  terms.evaluated.assign(total, 0.0);
  terms.underflow.assign(static_cast<std::size_t>(batch), 0.0);
  Context<T> c{network, node, facts, semantics, bounds, batch, terms};
  if (affine_terms_of(node.op) != nullptr) {
    terms.own_copied.resize(total);
    affine_node(c, *prepared.affine(v), workspace);
  } else if (const auto* activation = std::get_if<ActivationOp>(&node.op)) {
    terms.lower_slope.resize(total);
    terms.lower_intercept.resize(total);
    terms.upper_slope.resize(total);
    terms.upper_intercept.resize(total);
    activation_node(c, *activation);
  } else if (const auto* scale = std::get_if<ScaleOp>(&node.op)) {
    scale_node(c, *scale);
  } else if (const auto* max = std::get_if<MaxOp>(&node.op)) {
    max_node(c, *max);
  } else if (std::holds_alternative<MulOp>(node.op)) {
    mul_node(c);
  } else if (std::holds_alternative<AddOp>(node.op)) {
    for (Index b = 0; b < batch; ++b) {
      for (Index j = 0; j < node.size; ++j) {
        const double reach = magnitude(c.lower(node.inputs[0], b)[j], c.upper(node.inputs[0], b)[j]) +
                             magnitude(c.lower(node.inputs[1], b)[j], c.upper(node.inputs[1], b)[j]);
        terms.evaluated[static_cast<std::size_t>(b * node.size + j)] = (c.roundoff() * reach + 4.0 * c.tiny()) * kUp;
      }
    }
  } else if (std::holds_alternative<SelectOp>(node.op) || std::holds_alternative<ConstantOp>(node.op)) {
    const double scatter =
        facts.scatter > 1 ? gamma_factor(static_cast<double>(facts.scatter), kRoundoff<T>) : 0.0;
    const auto* select = std::get_if<SelectOp>(&node.op);
    for (Index b = 0; b < batch; ++b) {
      for (Index j = 0; j < node.size; ++j) {
        const auto e = static_cast<std::size_t>(j);
        double own = dot_error(node.size) * std::fabs(facts.bias[e]);
        if (select != nullptr && scatter > 0.0 && select->indices[e] >= 0) {
          const std::int32_t i = select->indices[e];
          own += scatter * magnitude(c.lower(node.inputs[0], b)[i], c.upper(node.inputs[0], b)[i]);
        }
        terms.own[static_cast<std::size_t>(b * node.size + j)] = own * kUp;
      }
    }
    // What is only moved may still be flushed on the way.
    std::fill(terms.evaluated.begin(), terms.evaluated.end(), c.tiny());
  } else if (std::holds_alternative<ConcatOp>(node.op)) {
    std::fill(terms.evaluated.begin(), terms.evaluated.end(), c.tiny());
  } else if (v == 0) {
    for (Index b = 0; b < batch; ++b) {
      for (Index j = 0; j < node.size; ++j) {
        terms.own[static_cast<std::size_t>(b * node.size + j)] =
            dot_error(node.size) * magnitude(c.lower(0, b)[j], c.upper(0, b)[j]) * kUp;
      }
    }
  }
  terms.both.resize(total);
  for (std::size_t i = 0; i < total; ++i) terms.both[i] = (terms.own[i] + terms.evaluated[i]) * kUp;
}

template void compute_terms(const Network&, NodeId, const NodeFacts&, const PreparedNetwork<float>&, const Semantics&,
                            const NodeBounds<float>&, Index, Workspace&, NodeTerms<float>&);
template void compute_terms(const Network&, NodeId, const NodeFacts&, const PreparedNetwork<double>&,
                            const Semantics&, const NodeBounds<double>&, Index, Workspace&, NodeTerms<double>&);

}  // namespace verikit::bounds
