// Assertions to disjunctive normal form. The size of the result is computed before anything is expanded.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "bounds/formula.h"

namespace verikit::bounds {

namespace mp = boost::multiprecision;

std::size_t extra_words(const Rational& q) {
  const auto& number = q.backend();
  const std::size_t words = number.num().size() + number.denom().size();
  return words > 2 ? words - 2 : 0;
}

namespace {

using Cube = std::vector<std::uint32_t>;  // positions of literals: their conjunction

// How many disjuncts a formula has, and how many terms all of them together. Doubles saturate.
struct Size {
  double disjuncts = 1, terms = 0;
};

class Expander {
 public:
  Expander(const Formula& formula, const PropertyLimits& limits) : formula_(formula), limits_(limits) {}

  Property run() {
    check_size();
    split_top_level();
    std::vector<Cube> cubes{Cube{}};
    for (std::uint32_t root : rest_) multiply(cubes, root);
    Property property;
    property.inputs = formula_.inputs;
    property.outputs = formula_.outputs;
    build_global();
    for (const Cube& cube : cubes) add_disjunct(cube, property);
    return property;
  }

 private:
  [[nodiscard]] const FormulaNode& node(std::uint32_t id) const { return formula_.nodes[id]; }
  [[nodiscard]] const Literal& literal(std::uint32_t id) const { return formula_.literals[id]; }

  // ---- sizes

  [[nodiscard]] double terms_of(const Literal& l) const {
    if (l.kind != Literal::Kind::kOutput) return 1;
    const OutputConstraint& c = formula_.constraints[l.index];
    std::size_t words = extra_words(c.bound);
    for (const auto& term : c.terms) words += extra_words(term.second);
    return 1.0 + static_cast<double>(c.terms.size()) + static_cast<double>(words) / 8;
  }

  [[nodiscard]] Size size_of(std::uint32_t id) const {
    const FormulaNode& n = node(id);
    if (n.kind == FormulaNode::Kind::kLiteral) return {1, terms_of(literal(n.first))};
    Size result{n.kind == FormulaNode::Kind::kOr ? 0.0 : 1.0, 0};
    for (std::uint32_t child = n.first; child != FormulaNode::kNone; child = node(child).next) {
      const Size size = size_of(child);
      result = n.kind == FormulaNode::Kind::kOr ? sum(result, size) : product(result, size);
    }
    return result;
  }
  static Size sum(Size a, Size b) { return {a.disjuncts + b.disjuncts, a.terms + b.terms}; }
  static Size product(Size a, Size b) {
    return {a.disjuncts * b.disjuncts, a.terms * b.disjuncts + b.terms * a.disjuncts};
  }

  void check_size() const {
    Size total;
    for (std::uint32_t root : formula_.asserts) total = product(total, size_of(root));
    if (!(total.disjuncts <= static_cast<double>(limits_.max_disjuncts))) {
      too_large("disjuncts", total.disjuncts, limits_.max_disjuncts);
    }
    if (!(total.terms <= static_cast<double>(limits_.max_terms))) {
      too_large("terms", total.terms, limits_.max_terms);
    }
  }
  [[noreturn]] static void too_large(const char* what, double count, std::size_t limit) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", count);
    fail(ErrorCode::kMemoryLimit, std::string("the property has about ") + text + " " + what +
                                      " in disjunctive normal form; the limit is " + std::to_string(limit) +
                                      ". Split it into several properties, or raise the limit");
  }

  // ---- expansion

  // Literals that hold in every disjunct go into the global box and constraints; the rest into rest_.
  void split_top_level() {
    std::vector<std::uint32_t> open(formula_.asserts.rbegin(), formula_.asserts.rend());
    while (!open.empty()) {
      const std::uint32_t id = open.back();
      open.pop_back();
      const FormulaNode& n = node(id);
      if (n.kind == FormulaNode::Kind::kLiteral) {
        global_.push_back(n.first);
      } else if (n.kind == FormulaNode::Kind::kOr) {
        rest_.push_back(id);
      } else {
        const std::size_t from = open.size();
        for (std::uint32_t child = n.first; child != FormulaNode::kNone; child = node(child).next) {
          open.push_back(child);
        }
        std::reverse(open.begin() + static_cast<std::ptrdiff_t>(from), open.end());
      }
    }
  }

  void append(std::uint32_t id, std::vector<Cube>& out) const {
    const FormulaNode& n = node(id);
    if (n.kind == FormulaNode::Kind::kLiteral) {
      out.push_back({n.first});
    } else if (n.kind == FormulaNode::Kind::kOr) {
      for (std::uint32_t child = n.first; child != FormulaNode::kNone; child = node(child).next) {
        append(child, out);
      }
    } else {
      std::vector<Cube> cubes{Cube{}};
      for (std::uint32_t child = n.first; child != FormulaNode::kNone; child = node(child).next) {
        multiply(cubes, child);
      }
      out.insert(out.end(), std::make_move_iterator(cubes.begin()), std::make_move_iterator(cubes.end()));
    }
  }

  // cubes := cubes and the formula of `id`
  void multiply(std::vector<Cube>& cubes, std::uint32_t id) const {
    if (node(id).kind == FormulaNode::Kind::kLiteral) {
      for (Cube& cube : cubes) cube.push_back(node(id).first);
      return;
    }
    std::vector<Cube> factors;
    append(id, factors);
    if (cubes.size() == 1 && cubes.front().empty()) {
      cubes = std::move(factors);
      return;
    }
    std::vector<Cube> result;
    result.reserve(cubes.size() * factors.size());
    for (const Cube& cube : cubes) {
      for (const Cube& factor : factors) {
        Cube& both = result.emplace_back();
        both.reserve(cube.size() + factor.size());
        both.insert(both.end(), cube.begin(), cube.end());
        both.insert(both.end(), factor.begin(), factor.end());
      }
    }
    cubes = std::move(result);
  }

  // ---- boxes

  using Side = const Rational*;  // null: no bound

  // A bound that is tighter than the global one.
  struct Tightening {
    std::uint32_t place;  // 2 * input, + 1 for the upper bound
    Side value;
    bool operator==(const Tightening& other) const { return place == other.place && *value == *other.value; }
  };
  struct KnownBox {
    std::vector<Tightening> key;
    std::shared_ptr<const InputBox> box;
  };

  void build_global() {
    const auto places = static_cast<std::size_t>(2 * formula_.inputs);
    bounds_.assign(places, nullptr);
    touched_.clear();
    for (std::uint32_t id : global_) tighten(literal(id), global_constraints_, global_false_);
    for (std::size_t i = 0; i < places; i += 2) global_false_ = global_false_ || is_empty(i);
    for (std::size_t i = 0; i < places; ++i) {
      if (bounds_[i] == nullptr) open_.push_back(static_cast<std::uint32_t>(i));
    }
    global_bounds_ = bounds_;
    touched_.clear();
  }

  [[nodiscard]] bool is_empty(std::size_t lower_place) const {
    return bounds_[lower_place] != nullptr && bounds_[lower_place + 1] != nullptr &&
           *bounds_[lower_place] > *bounds_[lower_place + 1];
  }

  void tighten(const Literal& l, std::vector<std::uint32_t>& constraints, bool& is_false) {
    switch (l.kind) {
      case Literal::Kind::kTrue: return;
      case Literal::Kind::kFalse: is_false = true; return;
      case Literal::Kind::kOutput: constraints.push_back(l.index); return;
      case Literal::Kind::kLower:
      case Literal::Kind::kUpper: break;
    }
    const bool upper = l.kind == Literal::Kind::kUpper;
    const std::uint32_t place = 2 * l.index + (upper ? 1 : 0);
    Side& bound = bounds_[place];
    if (bound != nullptr && (upper ? *bound <= l.value : *bound >= l.value)) return;
    bound = &l.value;
    touched_.push_back(place);
  }

  void add_disjunct(const Cube& cube, Property& property) {
    std::vector<std::uint32_t> constraints = global_constraints_;
    bool is_false = global_false_;
    for (std::uint32_t id : cube) tighten(literal(id), constraints, is_false);
    std::sort(touched_.begin(), touched_.end());
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    for (std::uint32_t place : touched_) is_false = is_false || is_empty(place & ~1U);
    if (is_false) {
      ++property.dropped_empty;
    } else {
      for (std::uint32_t place : open_) {
        if (bounds_[place] == nullptr) missing_bound(place, property.unsafe.size());
      }
      Disjunct& disjunct = property.unsafe.emplace_back();
      disjunct.box = find_box();
      disjunct.constraints.reserve(constraints.size());
      for (std::uint32_t id : constraints) disjunct.constraints.push_back(formula_.constraints[id]);
    }
    for (std::uint32_t place : touched_) bounds_[place] = global_bounds_[place];
    touched_.clear();
  }

  [[noreturn]] static void missing_bound(std::uint32_t place, std::size_t disjunct) {
    fail(ErrorCode::kInput, "input X_" + std::to_string(place / 2) + " has no " +
                                (place % 2 == 0 ? "lower" : "upper") + " bound in disjunct " +
                                std::to_string(disjunct) +
                                "; assert one, for example (assert (" + (place % 2 == 0 ? ">=" : "<=") + " X_" +
                                std::to_string(place / 2) + " 0.0))");
  }

  static std::size_t hash(const Rational& q) {
    std::size_t result = static_cast<std::size_t>(q.sign()) + 2;
    for (const auto* part : {&q.backend().num(), &q.backend().denom()}) {
      for (unsigned i = 0; i < part->size(); ++i) {
        result = (result ^ static_cast<std::size_t>(part->limbs()[i])) * 0x9E3779B97F4A7C15ULL;
        result ^= result >> 29;
      }
    }
    return result;
  }

  // The box of bounds_, shared with every earlier disjunct that had the same.
  std::shared_ptr<const InputBox> find_box() {
    std::vector<Tightening> key;
    std::size_t code = 0;
    for (std::uint32_t place : touched_) {
      key.push_back({place, bounds_[place]});
      code = (code ^ hash(*bounds_[place]) ^ place) * 0xD6E8FEB86659FD93ULL;
    }
    auto [from, to] = known_.equal_range(code);
    for (; from != to; ++from) {
      if (from->second.key == key) return from->second.box;
    }
    box_entries_ += bounds_.size();
    if (box_entries_ > limits_.max_terms) too_large("input bounds", static_cast<double>(box_entries_), limits_.max_terms);
    auto box = std::make_shared<InputBox>();
    box->lower.reserve(bounds_.size() / 2);
    box->upper.reserve(bounds_.size() / 2);
    for (std::size_t i = 0; i < bounds_.size(); i += 2) {
      box->lower.push_back(*bounds_[i]);
      box->upper.push_back(*bounds_[i + 1]);
    }
    known_.emplace(code, KnownBox{std::move(key), box});
    return box;
  }

  const Formula& formula_;
  const PropertyLimits& limits_;
  std::vector<std::uint32_t> global_, rest_;
  std::vector<std::uint32_t> global_constraints_;
  bool global_false_ = false;
  std::vector<Side> bounds_, global_bounds_;  // at 2 * input + side
  std::vector<std::uint32_t> open_;           // places the global box leaves unbounded
  std::vector<std::uint32_t> touched_;        // places that differ from the global box
  std::unordered_multimap<std::size_t, KnownBox> known_;
  std::size_t box_entries_ = 0;
};

}  // namespace

Property to_property(const Formula& formula, const PropertyLimits& limits) {
  return Expander(formula, limits).run();
}

}  // namespace verikit::bounds
