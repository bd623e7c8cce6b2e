// Exact evaluation. Weights are dyadic numbers, so over one common denominator every affine node is a sum of
// products of integers; only the final result is reduced to lowest terms.
#include "bounds/exact.h"

#include <string>

#include "bounds/exact_values.h"

namespace verikit::bounds {

namespace mp = boost::multiprecision;

namespace {

bool any_nonzero(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return v != 0; });
}

const char* inexact_terms(const AffineTerms& terms) {
  if (terms.weight_relative_error != 0) return "its weights were rounded when nodes were folded together";
  if (any_nonzero(terms.bias_error)) return "its bias was rounded when nodes were folded together";
  return nullptr;
}

// Why a node has no exact rational evaluation, or null.
const char* why_inexact(const Node& node) {
  if (const auto* op = std::get_if<LinearOp>(&node.op)) return inexact_terms(op->terms);
  if (const auto* op = std::get_if<ConvOp>(&node.op)) return inexact_terms(op->terms);
  if (const auto* op = std::get_if<SparseOp>(&node.op)) return inexact_terms(op->terms);
  if (const auto* op = std::get_if<ScaleOp>(&node.op)) {
    if (op->scale_relative_error != 0) return "its scale was rounded when nodes were folded together";
    if (any_nonzero(op->shift_error)) return "its shift was rounded when nodes were folded together";
  }
  if (const auto* op = std::get_if<ActivationOp>(&node.op)) {
    if (op->kind == ActivationKind::kSigmoid) return "Sigmoid has irrational values";
    if (op->kind == ActivationKind::kTanh) return "Tanh has irrational values";
  }
  return nullptr;
}

class Evaluator {
 public:
  explicit Evaluator(const Network& network) : network_(network) {}

  std::vector<Rational> run(const std::vector<Rational>& x) {
    const std::size_t count = network_.nodes.size();
    values_.resize(count);
    std::vector<std::size_t> last_use(count, 0);
    for (std::size_t id = 0; id < count; ++id) {
      for (NodeId input : network_.nodes[id].inputs) last_use[static_cast<std::size_t>(input)] = id;
    }
    const auto output = static_cast<std::size_t>(network_.output);
    last_use[output] = count;
    values_[0] = input_values(x);
    for (std::size_t id = 1; id <= output; ++id) {
      const Node& node = network_.nodes[id];
      values_[id] = std::visit([&](const auto& op) { return apply(op, node); }, node.op);
      values_[id].trim();
      check_length(values_[id].words(), values_[id].shift(), values_[id].power(), node);
      for (NodeId input : node.inputs) {
        if (last_use[static_cast<std::size_t>(input)] == id) values_[static_cast<std::size_t>(input)] = {};
      }
    }
    std::vector<Rational> y;
    for (std::size_t i = 0; i < values_[output].size(); ++i) {
      y.push_back(values_[output].to_rational(i, denominator_));
    }
    return y;
  }

 private:
  [[nodiscard]] const ExactValues& input(const Node& node, std::size_t which = 0) const {
    return values_[static_cast<std::size_t>(node.inputs[which])];
  }

  // Products of variables double the length of numbers and denominators each time. A million bits are far
  // beyond any usual network, and still quick to reduce to lowest terms at the end.
  static constexpr std::int64_t kLongest = std::int64_t{1} << 20;

  void check_length(std::size_t words, std::int64_t shift, std::int64_t power, const Node& node) const {
    const auto denominator_bits = static_cast<std::int64_t>(64 * denominator_.size());
    if (words > static_cast<std::size_t>(kLongest / 64) || std::abs(shift) > kLongest ||
        power > kLongest / denominator_bits) {
      fail(ErrorCode::kMemoryLimit, "the exact values of node '" + node.name +
                                        "' are too long: too many products of variables in a row");
    }
  }

  // x over the odd part of its denominators' least common multiple, and a power of two.
  ExactValues input_values(const std::vector<Rational>& x) {
    mp::cpp_int common = 1;
    std::size_t most_twos = 0;
    for (const Rational& q : x) {
      mp::cpp_int odd = mp::denominator(q);
      const std::size_t twos = mp::lsb(odd);
      odd >>= twos;
      most_twos = std::max(most_twos, twos);
      if (common % odd != 0) common = mp::lcm(common, odd);
    }
    denominator_ = to_words(common);
    std::vector<std::vector<Word>> magnitudes;
    std::size_t words = 1;
    for (const Rational& q : x) {
      mp::cpp_int odd = mp::denominator(q);
      const std::size_t twos = mp::lsb(odd);
      odd >>= twos;
      mp::cpp_int magnitude = mp::abs(mp::numerator(q)) * mp::cpp_int(common / odd);
      magnitude <<= most_twos - twos;
      magnitudes.push_back(to_words(magnitude));
      words = std::max(words, magnitudes.back().size());
    }
    ExactValues values(static_cast<Index>(x.size()), words, static_cast<std::int64_t>(most_twos), common == 1 ? 0 : 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::copy(magnitudes[i].begin(), magnitudes[i].end(), values.magnitude(i));
      values.set_sign(i, x[i].sign());
    }
    values.trim();
    return values;
  }

  // ---- affine nodes

  // Aligns the weights and biases of one node with its input, and sums up one output at a time.
  class Rows {
   public:
    Rows(const Evaluator& evaluator, const Node& node, const ExactValues& x, const std::vector<double>& weight,
         const std::vector<double>& bias, Index outputs, Index longest)
        : x_(x), one_(power_words(evaluator.denominator_, x.power())) {
      // Biases are added to products: at x's scale their exponents are higher by its shift.
      std::int64_t base = std::numeric_limits<std::int64_t>::max();
      for (double w : weight) lower_base(base, w, 0, node);
      for (double b : bias) lower_base(base, b, x.shift(), node);
      if (base == std::numeric_limits<std::int64_t>::max()) base = 0;
      std::int64_t bits = 0;
      weight_.reserve(weight.size());
      for (double w : weight) {
        const Dyadic dyadic(w);
        weight_.push_back(dyadic.align(base));
        bits = std::max(bits, dyadic.end_bit(base) + static_cast<std::int64_t>(64 * x.words()));
      }
      for (double b : bias) {
        const Dyadic dyadic(b);
        bias_.push_back(dyadic.align(base - x.shift()));
        bits = std::max(bits, dyadic.end_bit(base - x.shift()) + static_cast<std::int64_t>(64 * one_.size()));
      }
      bits += std::bit_width(static_cast<std::uint64_t>(longest) + 1);
      const auto words = static_cast<std::size_t>(bits / 64 + 2);
      result_ = ExactValues(outputs, words, x.shift() - base, x.power());
      positive_.resize(words);
      negative_.resize(words);
    }
    void start() {
      std::fill(positive_.begin(), positive_.end(), 0);
      std::fill(negative_.begin(), negative_.end(), 0);
    }
    void add(std::size_t w, std::size_t i) {
      const AlignedWeight& weight = weight_[w];
      const int sign = weight.sign * x_.sign(i);
      if (sign != 0) multiply_add(sign > 0 ? positive_.data() : negative_.data(), weight, x_.magnitude(i), x_.words());
    }
    void add_bias(std::size_t b) {
      if (bias_.empty()) return;
      const AlignedWeight& bias = bias_[b];
      if (bias.sign == 0) return;
      multiply_add(bias.sign > 0 ? positive_.data() : negative_.data(), bias, one_.data(), one_.size());
    }
    void finish(std::size_t output) { result_.set_difference(output, positive_.data(), negative_.data()); }
    ExactValues take() { return std::move(result_); }

   private:
    static void lower_base(std::int64_t& base, double value, std::int64_t raise, const Node& node) {
      if (!std::isfinite(value)) {
        fail(ErrorCode::kUnsupported, "node '" + node.name + "' has a weight that is not finite");
      }
      const Dyadic dyadic(value);
      if (dyadic.sign != 0) base = std::min(base, dyadic.exponent + raise);
    }
    const ExactValues& x_;
    std::vector<Word> one_;  // what a bias of 1 is, at x's scale
    std::vector<AlignedWeight> weight_, bias_;
    ExactValues result_;
    std::vector<Word> positive_, negative_;
  };

  ExactValues apply(const LinearOp& op, const Node& node) const {
    Rows rows(*this, node, input(node), op.weight, op.terms.bias, op.out * op.repeat, op.in);
    const auto in = static_cast<std::size_t>(op.in), out = static_cast<std::size_t>(op.out);
    for (std::size_t r = 0; r < static_cast<std::size_t>(op.repeat); ++r) {
      for (std::size_t o = 0; o < out; ++o) {
        rows.start();
        for (std::size_t i = 0; i < in; ++i) rows.add(o * in + i, r * in + i);
        rows.add_bias(o);
        rows.finish(r * out + o);
      }
    }
    return rows.take();
  }

  ExactValues apply(const ConvOp& op, const Node& node) const {
    const Index longest = op.kernel_h * op.kernel_w * op.in_c;
    Rows rows(*this, node, input(node), op.weight, op.terms.bias, node.size, longest);
    for (Index h = 0; h < op.out_h; ++h) {
      for (Index w = 0; w < op.out_w; ++w) {
        for (Index o = 0; o < op.out_c; ++o) {
          rows.start();
          for (Index kh = 0; kh < op.kernel_h; ++kh) {
            const Index row = h * op.stride_h + kh * op.dilation_h - op.pad_top;
            if (row < 0 || row >= op.in_h) continue;
            for (Index kw = 0; kw < op.kernel_w; ++kw) {
              const Index column = w * op.stride_w + kw * op.dilation_w - op.pad_left;
              if (column < 0 || column >= op.in_w) continue;
              const Index weight = ((o * op.kernel_h + kh) * op.kernel_w + kw) * op.in_c;
              const Index value = (row * op.in_w + column) * op.in_c;
              for (Index c = 0; c < op.in_c; ++c) {
                rows.add(static_cast<std::size_t>(weight + c), static_cast<std::size_t>(value + c));
              }
            }
          }
          rows.add_bias(static_cast<std::size_t>(o));
          rows.finish(static_cast<std::size_t>((h * op.out_w + w) * op.out_c + o));
        }
      }
    }
    return rows.take();
  }

  ExactValues apply(const SparseOp& op, const Node& node) const {
    Index longest = 0;
    for (std::size_t o = 0; o + 1 < op.offsets.size(); ++o) longest = std::max(longest, op.offsets[o + 1] - op.offsets[o]);
    Rows rows(*this, node, input(node), op.weight, op.terms.bias, op.out, longest);
    for (std::size_t o = 0; o < static_cast<std::size_t>(op.out); ++o) {
      rows.start();
      for (auto i = static_cast<std::size_t>(op.offsets[o]); i < static_cast<std::size_t>(op.offsets[o + 1]); ++i) {
        rows.add(i, static_cast<std::size_t>(op.columns[i]));
      }
      rows.add_bias(o);
      rows.finish(o);
    }
    return rows.take();
  }

  [[nodiscard]] ExactValues scale(const Node& node, const std::vector<double>& factor, const std::vector<double>& shift) const {
    Rows rows(*this, node, input(node), factor, shift, node.size, 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(node.size); ++i) {
      rows.start();
      rows.add(i, i);
      rows.add_bias(i);
      rows.finish(i);
    }
    return rows.take();
  }
  ExactValues apply(const ScaleOp& op, const Node& node) const { return scale(node, op.scale, op.shift); }

  // ---- everything else

  // Brings both to one scale and length.
  void align(ExactValues& a, ExactValues& b) const {
    const std::int64_t shift = std::max(a.shift(), b.shift());
    const int power = std::max(a.power(), b.power());
    a = a.rescaled(shift, power, denominator_);
    b = b.rescaled(shift, power, denominator_);
    if (a.words() < b.words()) a = a.padded(b.words());
    if (b.words() < a.words()) b = b.padded(a.words());
  }

  static ExactValues constants(const std::vector<double>& numbers, const Node& node) {
    std::int64_t base = 0, bits = 0;
    for (double v : numbers) {
      if (!std::isfinite(v)) fail(ErrorCode::kUnsupported, "node '" + node.name + "' has a constant that is not finite");
      base = std::min<std::int64_t>(base, Dyadic(v).exponent);
    }
    for (double v : numbers) bits = std::max(bits, Dyadic(v).end_bit(base));
    ExactValues values(static_cast<Index>(numbers.size()), static_cast<std::size_t>(bits / 64 + 3), -base, 0);
    const Word one = 1;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const AlignedWeight weight = Dyadic(numbers[i]).align(base);
      if (weight.sign != 0) multiply_add(values.magnitude(i), weight, &one, 1);
      values.set_sign(i, weight.sign);
    }
    return values;
  }

  static ExactValues apply(const InputOp&, const Node& node) {
    fail(ErrorCode::kInternal, "node '" + node.name + "' is a second input");
  }
  static ExactValues apply(const ConstantOp& op, const Node& node) { return constants(op.values, node); }

  ExactValues apply(const ActivationOp& op, const Node& node) const {
    ExactValues values = input(node);
    switch (op.kind) {
      case ActivationKind::kRelu:
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (values.sign(i) < 0) values.set_zero(i);
        }
        return values;
      case ActivationKind::kAbs:
        for (std::size_t i = 0; i < values.size(); ++i) values.set_sign(i, std::abs(values.sign(i)));
        return values;
      case ActivationKind::kLeakyRelu: {
        std::vector<double> factor(values.size(), 1.0);
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (values.sign(i) < 0) factor[i] = op.slope[op.slope.size() == 1 ? 0 : i];
        }
        return scale(node, factor, {});
      }
      case ActivationKind::kClip: {
        const bool has_low = std::isfinite(op.low), has_high = std::isfinite(op.high);
        ExactValues limits = constants({has_low ? op.low : 0.0, has_high ? op.high : 0.0}, node);
        align(values, limits);
        for (std::size_t i = 0; i < values.size(); ++i) {  // min(max(x, low), high), as ONNX has it
          if (has_low && values.compare(i, limits, 0) < 0) values.copy(i, limits, 0);
          if (has_high && values.compare(i, limits, 1) > 0) values.copy(i, limits, 1);
        }
        return values;
      }
      case ActivationKind::kSigmoid:
      case ActivationKind::kTanh: break;
    }
    fail(ErrorCode::kUnsupported, "node '" + node.name + "' has irrational values");
  }

  ExactValues apply(const MaxOp& op, const Node& node) const {
    const ExactValues& x = input(node);
    ExactValues result(node.size, x.words(), x.shift(), x.power());
    for (std::size_t o = 0; o < result.size(); ++o) {
      auto best = static_cast<std::size_t>(op.indices[static_cast<std::size_t>(op.offsets[o])]);
      for (Index i = op.offsets[o] + 1; i < op.offsets[o + 1]; ++i) {
        const auto other = static_cast<std::size_t>(op.indices[static_cast<std::size_t>(i)]);
        if (x.compare(other, x, best) > 0) best = other;
      }
      result.copy(o, x, best);
    }
    return result;
  }

  ExactValues apply(const SelectOp& op, const Node& node) const {
    ExactValues x = input(node);
    ExactValues fill = constants({op.fill}, node);
    align(x, fill);
    ExactValues result(node.size, x.words(), x.shift(), x.power());
    for (std::size_t o = 0; o < result.size(); ++o) {
      if (op.indices[o] >= 0) {
        result.copy(o, x, static_cast<std::size_t>(op.indices[o]));
      } else {
        result.copy(o, fill, 0);
      }
    }
    return result;
  }

  ExactValues apply(const ConcatOp&, const Node& node) const {
    std::int64_t shift = std::numeric_limits<std::int64_t>::min();
    int power = 0;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      shift = std::max(shift, input(node, k).shift());
      power = std::max(power, input(node, k).power());
    }
    std::vector<ExactValues> parts;
    std::size_t words = 1;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      parts.push_back(input(node, k).rescaled(shift, power, denominator_));
      words = std::max(words, parts.back().words());
    }
    ExactValues result(node.size, words, shift, power);
    std::size_t at = 0;
    for (const ExactValues& part : parts) {
      const ExactValues wide = part.padded(words);
      for (std::size_t i = 0; i < wide.size(); ++i) result.copy(at++, wide, i);
    }
    return result;
  }

  ExactValues apply(const AddOp& op, const Node& node) const {
    ExactValues a = input(node, 0), b = input(node, 1);
    align(a, b);
    const std::size_t words = a.words() + 1;
    ExactValues result(node.size, words, a.shift(), a.power());
    const AlignedWeight one{1, 0, 0, 1};
    std::vector<Word> positive(words), negative(words);
    for (std::size_t i = 0; i < result.size(); ++i) {
      std::fill(positive.begin(), positive.end(), 0);
      std::fill(negative.begin(), negative.end(), 0);
      const int sign = op.sign < 0 ? -b.sign(i) : b.sign(i);
      if (a.sign(i) != 0) multiply_add((a.sign(i) > 0 ? positive : negative).data(), one, a.magnitude(i), a.words());
      if (sign != 0) multiply_add((sign > 0 ? positive : negative).data(), one, b.magnitude(i), b.words());
      result.set_difference(i, positive.data(), negative.data());
    }
    return result;
  }

  ExactValues apply(const MulOp&, const Node& node) const {
    const ExactValues &a = input(node, 0), &b = input(node, 1);
    check_length(a.words() + b.words() + 1, a.shift() + b.shift(), a.power() + b.power(), node);
    ExactValues result(node.size, a.words() + b.words() + 1, a.shift() + b.shift(), a.power() + b.power());
    for (std::size_t i = 0; i < result.size(); ++i) {
      result.set_sign(i, a.sign(i) * b.sign(i));
      if (result.sign(i) == 0) continue;
      for (std::size_t w = 0; w < a.words(); ++w) {
        const AlignedWeight word{a.magnitude(i)[w], 0, static_cast<std::uint32_t>(w), 1};
        multiply_add(result.magnitude(i), word, b.magnitude(i), b.words());
      }
    }
    return result;
  }

  const Network& network_;
  std::vector<Word> denominator_;
  std::vector<ExactValues> values_;
};

void check_point(std::size_t got, std::size_t expected, const char* what) {
  if (got != expected) {
    fail(ErrorCode::kShape, std::string("expected ") + std::to_string(expected) + " " + what + ", got " +
                                std::to_string(got));
  }
}

bool inside(const InputBox& box, const std::vector<Rational>& x) {
  check_point(x.size(), box.lower.size(), "inputs");
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] < box.lower[i] || x[i] > box.upper[i]) return false;
  }
  return true;
}

void check_index(std::int32_t index, std::size_t outputs) {
  if (index < 0 || static_cast<std::size_t>(index) >= outputs) {
    fail(ErrorCode::kShape, "a constraint names output " + std::to_string(index) + " of " + std::to_string(outputs));
  }
}

}  // namespace

bool exactly_evaluable(const Network& network) {
  return std::all_of(network.nodes.begin(), network.nodes.end(),
                     [](const Node& node) { return why_inexact(node) == nullptr; });
}

std::vector<Rational> evaluate_exact(const Network& network, const std::vector<Rational>& x) {
  check_point(x.size(), static_cast<std::size_t>(network.input_size()), "inputs");
  for (const Node& node : network.nodes) {
    if (const char* why = why_inexact(node)) {
      fail(ErrorCode::kUnsupported, "node '" + node.name + "' cannot be evaluated in exact rational arithmetic: " +
                                        why + "; use a certified enclosure instead");
    }
  }
  return Evaluator(network).run(x);
}

bool violates(const Disjunct& disjunct, const std::vector<Rational>& x, const std::vector<Rational>& y) {
  if (!inside(*disjunct.box, x)) return false;
  for (const OutputConstraint& constraint : disjunct.constraints) {
    Rational sum = 0;
    for (const auto& [index, coefficient] : constraint.terms) {
      check_index(index, y.size());
      sum += coefficient * y[static_cast<std::size_t>(index)];
    }
    if (constraint.strict ? sum >= constraint.bound : sum > constraint.bound) return false;
  }
  return true;
}

bool violates_certainly(const Disjunct& disjunct, const std::vector<Rational>& x, const Enclosure& y) {
  if (!inside(*disjunct.box, x)) return false;
  for (const OutputConstraint& constraint : disjunct.constraints) {
    Rational sum = 0;  // the largest that the enclosure allows
    for (const auto& [index, coefficient] : constraint.terms) {
      check_index(index, y.lower.size());
      const double worst = (coefficient > 0 ? y.upper : y.lower)[static_cast<std::size_t>(index)];
      if (!std::isfinite(worst)) return false;
      sum += coefficient * to_rational(worst);
    }
    if (constraint.strict ? sum >= constraint.bound : sum > constraint.bound) return false;
  }
  return true;
}

}  // namespace verikit::bounds
