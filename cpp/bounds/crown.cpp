#include "bounds/crown.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"
#include "bounds/crown_state.h"
#include "bounds/relaxation.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kErrorInflation = 1.0 + 0x1p-28;  // the rounding of the error sums themselves

// Rows [begin, end) of a chunk that belong to one box.
struct Segment {
  Index box, begin, end;
};

}  // namespace

template <class T>
struct Crown<T>::Impl {
  std::shared_ptr<const PreparedNetwork<T>> prepared;
  const Network& network;
  Semantics semantics;
  Ibp<T> ibp;
  std::vector<NodeFacts> facts;

  Impl(std::shared_ptr<const PreparedNetwork<T>> p, Semantics s)
      : prepared(std::move(p)), network(prepared->network()), semantics(s), ibp(prepared), facts(node_facts(network)) {
    for (NodeFacts& f : facts) f.weights_fit = sizeof(T) == 8 || f.weights_fit_float;
  }

  [[nodiscard]] const Node& node(NodeId v) const { return network.nodes[static_cast<std::size_t>(v)]; }
  [[nodiscard]] Index size(NodeId v) const { return node(v).size; }
  static const T* at(const std::vector<T>& values, Index box, Index n) { return values.data() + box * n; }

  static const simd::RowTable<T>& kernels() { return simd::row_kernels<T>(); }

  // One chunk of rows on its way back to the input.
  struct Walk {
    const Impl& impl;
    State& state;
    Index rows;
    bool apart = true;  // keep the errors of real arithmetic and of class F apart
    std::vector<Segment> segments;
    std::vector<RowSums> sums;
    std::vector<std::vector<T>> a;  // coefficients per node; empty: none yet
    double* attribution = nullptr;  // of this chunk's first row

    Walk(const Impl& i, State& s, Index r)
        : impl(i), state(s), rows(r), sums(static_cast<std::size_t>(r)), a(i.network.nodes.size()) {}
    ~Walk() {
      for (auto& buffer : a) state.give(std::move(buffer));
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    [[nodiscard]] const double* own(const NodeTerms<T>& terms, Index box, Index n) const {
      return (apart ? terms.own : terms.both).data() + box * n;
    }
    [[nodiscard]] const double* evaluated(const NodeTerms<T>& terms, Index box, Index n) const {
      return apart ? terms.evaluated.data() + box * n : nullptr;
    }

    std::vector<T> buffer(NodeId v) { return state.take(static_cast<std::size_t>(rows * impl.size(v))); }
    std::vector<T> zeros(NodeId v) {
      std::vector<T> b = buffer(v);
      std::fill_n(b.begin(), rows * impl.size(v), T(0));
      return b;
    }

    // Adds coefficients to those that node w has already; (4.1) is charged for the rounding of the sum.
    void add_into(NodeId w, std::vector<T>&& fresh) {
      auto& old = a[static_cast<std::size_t>(w)];
      if (old.empty()) {
        old = std::move(fresh);
        return;
      }
      const Index n = impl.size(w);
      for (const Segment& s : segments) {
        const T* l = at(state.bounds.lower[static_cast<std::size_t>(w)], s.box, n);
        const T* u = at(state.bounds.upper[static_cast<std::size_t>(w)], s.box, n);
        for (Index r = s.begin; r < s.end; ++r) {
          double error = 0.0;
          T* x = old.data() + r * n;
          const T* y = fresh.data() + r * n;
          for (Index j = 0; j < n; ++j) {
            x[j] += y[j];
            error += std::fabs(static_cast<double>(x[j])) *
                     std::max(std::fabs(static_cast<double>(l[j])), std::fabs(static_cast<double>(u[j])));
          }
          sums[static_cast<std::size_t>(r)].own += error * static_cast<double>(kRoundoff<T>) * kErrorInflation;
        }
      }
      state.give(std::move(fresh));
    }
  };

  void seed_coefficients(const Functionals<T>& f, Index begin, Walk& walk) const {
    const Index n = size(f.node);
    std::vector<T> rows = walk.buffer(f.node);
    for (const Segment& s : walk.segments) {
      const T* l = at(walk.state.bounds.lower[static_cast<std::size_t>(f.node)], s.box, n);
      const T* u = at(walk.state.bounds.upper[static_cast<std::size_t>(f.node)], s.box, n);
      for (Index r = s.begin; r < s.end; ++r) {
        const double* c = f.coefficients + f.row_of[static_cast<std::size_t>(begin + r)] * n;
        double error = 0.0;
        for (Index j = 0; j < n; ++j) {
          const T x = static_cast<T>(c[j]);
          rows[static_cast<std::size_t>(r * n + j)] = x;
          if (static_cast<double>(x) != c[j]) {
            error += std::fabs(c[j] - static_cast<double>(x)) *
                     std::max(std::fabs(static_cast<double>(l[j])), std::fabs(static_cast<double>(u[j])));
          }
        }
        walk.sums[static_cast<std::size_t>(r)].own += error * kErrorInflation;
      }
    }
    walk.a[static_cast<std::size_t>(f.node)] = std::move(rows);
  }

  // Unit rows start behind the node's own affine step: a row of W is copied instead of multiplied.
  void seed_units(const Functionals<T>& f, Index begin, Walk& walk) const {
    const Node& start = node(f.node);
    const bool affine = std::holds_alternative<LinearOp>(start.op) || std::holds_alternative<ConvOp>(start.op) ||
                        std::holds_alternative<SparseOp>(start.op);
    if (!affine) {
      std::vector<T> rows = walk.zeros(f.node);
      for (Index r = 0; r < walk.rows; ++r) {
        const auto i = static_cast<std::size_t>(begin + r);
        rows[static_cast<std::size_t>(r * size(f.node) + f.coordinate[i])] = static_cast<T>(f.sign[i]);
      }
      walk.a[static_cast<std::size_t>(f.node)] = std::move(rows);
      return;
    }
    const NodeId w = start.inputs[0];
    const Index in = size(w), out = size(f.node);
    const NodeTerms<T>& terms = walk.state.terms[static_cast<std::size_t>(f.node)];
    const NodeFacts& fact = facts[static_cast<std::size_t>(f.node)];
    std::vector<T> rows = walk.zeros(w);
    for (const Segment& s : walk.segments) {
      for (Index r = s.begin; r < s.end; ++r) {
        const auto i = static_cast<std::size_t>(begin + r);
        copy_weights(start, f.coordinate[i], static_cast<T>(f.sign[i]), rows.data() + r * in);
        RowSums& sums = walk.sums[static_cast<std::size_t>(r)];
        const auto j = static_cast<std::size_t>(f.coordinate[i]);
        const auto e = static_cast<std::size_t>(s.box * out) + j;
        sums.constant += static_cast<double>(f.sign[i]) * fact.bias[j];
        sums.own += terms.own_copied[e] + terms.underflow[static_cast<std::size_t>(s.box)];
        sums.evaluated += terms.evaluated[e];
      }
    }
    walk.a[static_cast<std::size_t>(w)] = std::move(rows);
  }

  // to (zeros) = sign * row j of W
  static void copy_weights(const Node& start, Index j, T sign, T* to) {
    if (const auto* linear = std::get_if<LinearOp>(&start.op)) {
      const Index block = j / linear->out, feature = j % linear->out;
      const double* w = linear->weight.data() + feature * linear->in;
      T* row = to + block * linear->in;
      for (Index i = 0; i < linear->in; ++i) row[i] = sign * static_cast<T>(w[i]);
    } else if (const auto* conv = std::get_if<ConvOp>(&start.op)) {
      const Index channel = j % conv->out_c, x = (j / conv->out_c) % conv->out_w, y = j / conv->out_c / conv->out_w;
      for (Index kh = 0; kh < conv->kernel_h; ++kh) {
        const Index h = y * conv->stride_h - conv->pad_top + kh * conv->dilation_h;
        if (h < 0 || h >= conv->in_h) continue;
        for (Index kw = 0; kw < conv->kernel_w; ++kw) {
          const Index q = x * conv->stride_w - conv->pad_left + kw * conv->dilation_w;
          if (q < 0 || q >= conv->in_w) continue;
          const double* w =
              conv->weight.data() + ((channel * conv->kernel_h + kh) * conv->kernel_w + kw) * conv->in_c;
          T* row = to + (h * conv->in_w + q) * conv->in_c;
          for (Index i = 0; i < conv->in_c; ++i) row[i] = sign * static_cast<T>(w[i]);
        }
      }
    } else {
      const auto& sparse = std::get<SparseOp>(start.op);
      for (Index k = sparse.offsets[static_cast<std::size_t>(j)]; k < sparse.offsets[static_cast<std::size_t>(j) + 1];
           ++k) {
        to[sparse.columns[static_cast<std::size_t>(k)]] = sign * static_cast<T>(sparse.weight[static_cast<std::size_t>(k)]);
      }
    }
  }

  // Ends the substitution at node v by its bounds.
  void concretize(NodeId v, const std::vector<T>& rows, Walk& walk) const {
    const Index n = size(v);
    const auto k = static_cast<std::size_t>(v);
    const double relative_error = static_cast<double>(n + 4) * 0x1p-52;
    for (const Segment& s : walk.segments) {
      const T* l = at(walk.state.bounds.lower[k], s.box, n);
      const T* u = at(walk.state.bounds.upper[k], s.box, n);
      for (Index r = s.begin; r < s.end; ++r) {
        RowSums& sums = walk.sums[static_cast<std::size_t>(r)];
        kernels().concretize(rows.data() + r * n, l, u, relative_error, n, &sums);
        sums.own += std::fabs(sums.constant) * 0x1p-52;
      }
    }
  }

  // Substitutes node v by its inputs.
  void step(NodeId v, std::vector<T>&& rows, Walk& walk) const {
    const Node& here = node(v);
    const auto k = static_cast<std::size_t>(v);
    const NodeTerms<T>& terms = walk.state.terms[k];
    const Index n = here.size;
    const auto each_row = [&](auto&& body) {
      for (const Segment& s : walk.segments) {
        for (Index r = s.begin; r < s.end; ++r) {
          RowSums& sums = walk.sums[static_cast<std::size_t>(r)];
          body(s.box, rows.data() + r * n, r, sums);
          sums.own += terms.underflow[static_cast<std::size_t>(s.box)] + std::fabs(sums.constant) * 0x1p-52;
        }
      }
    };
    const double* bias = facts[k].bias.data();
    const auto evaluated = [&](Index box) { return walk.evaluated(terms, box, n); };
    const auto charge = [&](Index box, const T* row, Index, RowSums& sums) {
      kernels().charge(row, bias, walk.own(terms, box, n), evaluated(box), n, &sums);
    };

    if (std::holds_alternative<LinearOp>(here.op) || std::holds_alternative<ConvOp>(here.op) ||
        std::holds_alternative<SparseOp>(here.op)) {
      each_row(charge);
      std::vector<T> back = walk.buffer(here.inputs[0]);
      prepared->affine(v)->apply_transposed(rows.data(), walk.rows, back.data(), walk.state.workspace);
      walk.state.give(std::move(rows));
      walk.add_into(here.inputs[0], std::move(back));
    } else if (std::holds_alternative<ActivationOp>(here.op)) {
      if (walk.attribution != nullptr) attribute(v, rows, walk);
      each_row([&](Index box, T* row, Index, RowSums& sums) {
        const LineArrays<T> lines{at(terms.lower_slope, box, n), at(terms.lower_intercept, box, n),
                                  at(terms.upper_slope, box, n), at(terms.upper_intercept, box, n)};
        kernels().relax(row, &lines, walk.own(terms, box, n), evaluated(box), n, row, &sums);
      });
      walk.add_into(here.inputs[0], std::move(rows));
    } else if (const auto* scale = std::get_if<ScaleOp>(&here.op)) {
      each_row([&](Index box, T* row, Index r, RowSums& sums) {
        charge(box, row, r, sums);
        for (Index j = 0; j < n; ++j) row[j] *= static_cast<T>(scale->scale[static_cast<std::size_t>(j)]);
      });
      walk.add_into(here.inputs[0], std::move(rows));
    } else if (const auto* select = std::get_if<SelectOp>(&here.op)) {
      std::vector<T> back = walk.zeros(here.inputs[0]);
      const Index in = size(here.inputs[0]);
      each_row([&](Index box, T* row, Index r, RowSums& sums) {
        charge(box, row, r, sums);
        T* to = back.data() + r * in;
        for (Index j = 0; j < n; ++j) {
          const std::int32_t i = select->indices[static_cast<std::size_t>(j)];
          if (i >= 0) to[i] += row[j];
        }
      });
      walk.state.give(std::move(rows));
      walk.add_into(here.inputs[0], std::move(back));
    } else if (std::holds_alternative<MaxOp>(here.op)) {
      std::vector<T> back = walk.zeros(here.inputs[0]);
      const Index in = size(here.inputs[0]);
      each_row([&](Index box, T* row, Index r, RowSums& sums) {
        kernels().charge(row, nullptr, walk.own(terms, box, n), evaluated(box), n, &sums);
        T* to = back.data() + r * in;
        double constant = 0.0;  // apart: additions to a large sum lose more than their own errors
        for (Index j = 0; j < n; ++j) {
          const auto e = static_cast<std::size_t>(box * n + j);
          const double x = static_cast<double>(row[j]);
          if (row[j] >= T(0)) {
            to[terms.chosen[e]] += row[j];
          } else if (terms.dominating[e] >= 0) {
            to[terms.dominating[e]] += row[j];
          } else {
            constant += x * terms.ceiling[e];
          }
        }
        sums.constant += constant;
      });
      walk.state.give(std::move(rows));
      walk.add_into(here.inputs[0], std::move(back));
    } else if (std::holds_alternative<ConcatOp>(here.op)) {
      each_row([&](Index box, T* row, Index, RowSums& sums) {
        kernels().charge(row, nullptr, walk.own(terms, box, n), evaluated(box), n, &sums);
      });
      Index offset = 0;
      for (NodeId w : here.inputs) {
        const Index part = size(w);
        std::vector<T> back = walk.buffer(w);
        for (Index r = 0; r < walk.rows; ++r) {
          std::copy_n(rows.data() + r * n + offset, part, back.data() + r * part);
        }
        offset += part;
        walk.add_into(w, std::move(back));
      }
      walk.state.give(std::move(rows));
    } else if (const auto* add = std::get_if<AddOp>(&here.op)) {
      each_row([&](Index box, T* row, Index, RowSums& sums) {
        kernels().charge(row, nullptr, walk.own(terms, box, n), evaluated(box), n, &sums);
      });
      std::vector<T> second = walk.buffer(here.inputs[1]);
      const T sign = static_cast<T>(add->sign);
      for (Index i = 0; i < walk.rows * n; ++i) {
        second[static_cast<std::size_t>(i)] = sign * rows[static_cast<std::size_t>(i)];
      }
      walk.add_into(here.inputs[0], std::move(rows));
      walk.add_into(here.inputs[1], std::move(second));
    } else if (std::holds_alternative<MulOp>(here.op)) {
      std::vector<T> first = walk.buffer(here.inputs[0]), second = walk.buffer(here.inputs[1]);
      const auto p = static_cast<std::size_t>(here.inputs[0]), q = static_cast<std::size_t>(here.inputs[1]);
      each_row([&](Index box, T* row, Index r, RowSums& sums) {
        const T *la = at(walk.state.bounds.lower[p], box, n), *ua = at(walk.state.bounds.upper[p], box, n);
        const T* lb = at(walk.state.bounds.lower[q], box, n);
        kernels().charge(row, nullptr, walk.own(terms, box, n), evaluated(box), n, &sums);
        double constant = 0.0;
        for (Index j = 0; j < n; ++j) {
          // McCormick: a b >= la b + lb a - la lb, and a b <= ua b + lb a - ua lb.
          const T slope = row[j] >= T(0) ? la[j] : ua[j];
          first[static_cast<std::size_t>(r * n + j)] = row[j] * lb[j];
          second[static_cast<std::size_t>(r * n + j)] = row[j] * slope;
          constant -= static_cast<double>(row[j]) * (static_cast<double>(slope) * static_cast<double>(lb[j]));
        }
        sums.constant += constant;
      });
      walk.state.give(std::move(rows));
      walk.add_into(here.inputs[0], std::move(first));
      walk.add_into(here.inputs[1], std::move(second));
    } else {  // ConstantOp
      each_row(charge);
      walk.state.give(std::move(rows));
    }
  }

  // Adds |A_j| (average gap between the lines of j) (share of each input in the width of j).
  void attribute(NodeId v, const std::vector<T>& rows, Walk& walk) const {
    const NodeId w = node(v).inputs[0];
    const std::vector<float>& shares = walk.state.shares[static_cast<std::size_t>(w)];
    if (shares.empty()) return;
    const NodeTerms<T>& terms = walk.state.terms[static_cast<std::size_t>(v)];
    const Index n = size(v), in = network.input_size();
    std::vector<double> gap(static_cast<std::size_t>(n));
    for (const Segment& s : walk.segments) {
      const T* l = at(walk.state.bounds.lower[static_cast<std::size_t>(w)], s.box, n);
      const T* u = at(walk.state.bounds.upper[static_cast<std::size_t>(w)], s.box, n);
      for (Index j = 0; j < n; ++j) {
        const auto e = static_cast<std::size_t>(s.box * n + j);
        const double middle = 0.5 * (static_cast<double>(l[j]) + static_cast<double>(u[j]));
        gap[static_cast<std::size_t>(j)] =
            (static_cast<double>(terms.upper_slope[e]) - static_cast<double>(terms.lower_slope[e])) * middle +
            static_cast<double>(terms.upper_intercept[e]) - static_cast<double>(terms.lower_intercept[e]);
      }
      for (Index j = 0; j < n; ++j) {
        const double g = gap[static_cast<std::size_t>(j)];
        if (!(g > 0.0)) continue;
        const float* share = shares.data() + (s.box * n + j) * in;
        for (Index r = s.begin; r < s.end; ++r) {
          const double weight = g * std::fabs(static_cast<double>(rows[static_cast<std::size_t>(r * n + j)]));
          if (weight == 0.0) continue;
          for (Index i = 0; i < in; ++i) walk.attribution[r * in + i] += weight * static_cast<double>(share[i]);
        }
      }
    }
  }

  void run_chunk(const Functionals<T>& f, Index begin, Index end, State& state, double* real, double* evaluated,
                 T* input_coefficients, double* attribution, const BackwardOptions& options) const {
    Walk walk(*this, state, end - begin);
    if (attribution != nullptr) {
      walk.attribution = attribution + begin * network.input_size();
      std::fill_n(walk.attribution, walk.rows * network.input_size(), 0.0);
    }
    walk.apart = options.real_bounds;
    for (Index r = 0; r < walk.rows; ++r) {
      const Index box = f.box[static_cast<std::size_t>(begin + r)];
      if (walk.segments.empty() || walk.segments.back().box != box) walk.segments.push_back({box, r, r});
      walk.segments.back().end = r + 1;
    }
    if (f.coefficients != nullptr) seed_coefficients(f, begin, walk);
    else seed_units(f, begin, walk);
    const Index in = network.input_size();
    if (input_coefficients != nullptr) std::fill_n(input_coefficients + begin * in, walk.rows * in, T(0));
    for (NodeId v = f.node; v >= 0; --v) {
      auto& slot = walk.a[static_cast<std::size_t>(v)];
      if (slot.empty()) continue;
      std::vector<T> rows = std::move(slot);
      slot = {};
      if (v == 0 || (options.stop_at_nonlinear && facts[static_cast<std::size_t>(v)].nonlinear)) {
        concretize(v, rows, walk);
        if (v == 0 && input_coefficients != nullptr) {
          std::copy_n(rows.data(), walk.rows * in, input_coefficients + begin * in);
        }
        state.give(std::move(rows));
      } else {
        step(v, std::move(rows), walk);
      }
    }
    for (const Segment& s : walk.segments) {
      const bool lost = state.bounds.overflow[static_cast<std::size_t>(s.box)] != 0;
      for (Index r = s.begin; r < s.end; ++r) {
        const RowSums& sums = walk.sums[static_cast<std::size_t>(r)];
        const double own = up((sums.own + std::fabs(sums.constant) * 0x1p-50) * kErrorInflation);
        const double both = up(own + sums.evaluated * kErrorInflation);
        double low_real = down(sums.constant - own), low_evaluated = down(sums.constant - both);
        if (lost || !(low_real >= -kInfinity) || !std::isfinite(low_evaluated)) {
          low_real = low_evaluated = -kInfinity;
        }
        real[begin + r] = low_real;
        evaluated[begin + r] = low_evaluated;
      }
    }
  }

  void lower_bounds(const Functionals<T>& f, State& state, double* real, double* evaluated, T* input_coefficients,
                    double* attribution, const BackwardOptions& options) const {
    Index widest = 1;
    for (NodeId v = 0; v <= f.node; ++v) widest = std::max(widest, size(v));
    const Index chunk = std::max<Index>(options.chunk_bytes / (widest * static_cast<Index>(sizeof(T))), 12);
    for (Index begin = 0; begin < f.rows(); begin += chunk) {
      if (options.deadline != nullptr && options.deadline->expired()) fail(ErrorCode::kTimeLimit, "deadline");
      run_chunk(f, begin, std::min(begin + chunk, f.rows()), state, real, evaluated, input_coefficients, attribution, options);
    }
  }

  // Which relaxations get tighter with the bounds of element j of node v?
  void mark_loose(NodeId v, const State& state, Index batch, std::vector<std::uint8_t>& loose) const {
    const Index n = size(v);
    loose.assign(static_cast<std::size_t>(batch * n), 0);
    const auto k = static_cast<std::size_t>(v);
    for (std::size_t c = k + 1; c < network.nodes.size(); ++c) {
      const Node& consumer = network.nodes[c];
      if (std::find(consumer.inputs.begin(), consumer.inputs.end(), v) == consumer.inputs.end()) continue;
      if (!facts[c].nonlinear) continue;
      const auto* activation = std::get_if<ActivationOp>(&consumer.op);
      for (Index i = 0; i < batch * n; ++i) {
        const T l = state.bounds.lower[k][static_cast<std::size_t>(i)];
        const T u = state.bounds.upper[k][static_cast<std::size_t>(i)];
        const bool is_loose = activation != nullptr
                                  ? relaxation_is_loose<T>(activation->kind, l, u, activation->low, activation->high)
                                  : l < u;
        if (is_loose) loose[static_cast<std::size_t>(i)] = 1;
      }
    }
  }

  void refine(NodeId v, Index batch, State& state, const BackwardOptions& options) const {
    const Index n = size(v);
    std::vector<std::uint8_t> loose;
    mark_loose(v, state, batch, loose);
    Functionals<T> f;
    f.node = v;
    for (Index b = 0; b < batch; ++b) {
      if (state.bounds.overflow[static_cast<std::size_t>(b)] != 0) continue;
      for (Index j = 0; j < n; ++j) {
        if (loose[static_cast<std::size_t>(b * n + j)] == 0) continue;
        for (const int sign : {1, -1}) {
          f.box.push_back(b);
          f.coordinate.push_back(j);
          f.sign.push_back(static_cast<std::int8_t>(sign));
        }
      }
    }
    if (f.rows() == 0) return;
    std::vector<double> real(f.box.size()), evaluated(f.box.size());
    BackwardOptions together = options;
    together.real_bounds = false;
    const Index in = network.input_size();
    std::vector<T> slopes(options.attribute ? f.box.size() * static_cast<std::size_t>(in) : 0);
    lower_bounds(f, state, real.data(), evaluated.data(), options.attribute ? slopes.data() : nullptr, nullptr,
                 together);
    if (options.attribute) record_shares(f, slopes, batch, state);
    if (facts[static_cast<std::size_t>(v)].exact_by_interval) return;
    for (std::size_t r = 0; r < f.box.size(); r += 2) {
      const auto at_element = static_cast<std::size_t>(f.box[r] * n + f.coordinate[r]);
      T& l = state.bounds.lower[static_cast<std::size_t>(v)][at_element];
      T& u = state.bounds.upper[static_cast<std::size_t>(v)][at_element];
      l = std::max(l, to_lower<T>(evaluated[r]));
      u = std::min(u, to_upper<T>(-evaluated[r + 1]));
      if (!(l <= u)) {
        fail(ErrorCode::kSoundness, "node '" + node(v).name + "' element " + std::to_string(f.coordinate[r]) +
                                        ": interval and linear bounds do not meet; please report this network");
      }
    }
  }

  // The share of input i in the width of element j: |slope_i| width_i, of the bounds from below and above.
  void record_shares(const Functionals<T>& f, const std::vector<T>& slopes, Index batch, State& state) const {
    const Index in = network.input_size(), n = size(f.node);
    std::vector<float>& shares = state.shares[static_cast<std::size_t>(f.node)];
    shares.assign(static_cast<std::size_t>(batch * n * in), 0.0F);
    for (Index r = 0; r + 1 < f.rows(); r += 2) {
      const auto k = static_cast<std::size_t>(r);
      const T* l = at(state.bounds.lower[0], f.box[k], in);
      const T* u = at(state.bounds.upper[0], f.box[k], in);
      float* share = shares.data() + (f.box[k] * n + f.coordinate[k]) * in;
      double total = 0.0;
      for (Index i = 0; i < in; ++i) {
        const double slope = std::fabs(static_cast<double>(slopes[static_cast<std::size_t>(r * in + i)])) +
                             std::fabs(static_cast<double>(slopes[static_cast<std::size_t>((r + 1) * in + i)]));
        const double width = slope * (static_cast<double>(u[i]) - static_cast<double>(l[i]));
        share[i] = static_cast<float>(width);
        total += width;
      }
      if (!(total > 0.0)) continue;
      for (Index i = 0; i < in; ++i) share[i] = static_cast<float>(static_cast<double>(share[i]) / total);
    }
  }

  void propagate(const T* lower, const T* upper, Index batch, Intermediate intermediate, State& state,
                 const BackwardOptions& options) const {
    state.shares.resize(network.nodes.size());
    for (auto& shares : state.shares) shares.clear();
    state.terms.resize(network.nodes.size());
    ibp.begin(lower, upper, batch, state.bounds);
    for (std::size_t k = 0; k < network.nodes.size(); ++k) {
      const auto v = static_cast<NodeId>(k);
      if (v != 0) ibp.bound_node(v, batch, semantics, state.bounds, state.workspace);
      compute_terms(network, v, facts[k], *prepared, semantics, state.bounds, batch, state.workspace, state.terms[k]);
      if (intermediate == Intermediate::kCrown && facts[k].target &&
          (!facts[k].exact_by_interval || options.attribute)) {
        refine(v, batch, state, options);
      }
    }
  }
};

template <class T>
Crown<T>::Crown(std::shared_ptr<const PreparedNetwork<T>> prepared, Semantics semantics)
    : impl_(std::make_unique<Impl>(std::move(prepared), semantics)) {}
template <class T>
Crown<T>::~Crown() = default;

template <class T>
std::shared_ptr<typename Crown<T>::State> Crown<T>::make_state() const {
  return std::make_shared<State>();
}

template <class T>
void Crown<T>::propagate(const T* lower, const T* upper, Index batch, Intermediate intermediate, State& state,
                         const BackwardOptions& options) const {
  impl_->propagate(lower, upper, batch, intermediate, state, options);
}

template <class T>
void Crown<T>::lower_bounds(const Functionals<T>& functionals, State& state, double* real, double* evaluated,
                            T* input_coefficients, double* attribution, const BackwardOptions& options) const {
  impl_->lower_bounds(functionals, state, real, evaluated, input_coefficients, attribution, options);
}

template <class T>
const NodeBounds<T>& Crown<T>::bounds(const State& state) {
  return state.bounds;
}

template class Crown<float>;
template class Crown<double>;

}  // namespace verikit::bounds
