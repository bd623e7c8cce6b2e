#include "lean/side_by_side.h"

#include <algorithm>

#include "base/error.h"
#include "lean/big_nat.h"
#include "lean/match.h"
#include "lean/print.h"

namespace verikit::lean {
namespace {

constexpr NameId kUnknown = kNone - 1;  // a name not looked up yet

void require_loaded(const Environment& env, const Constant& c) {
  const bool has_value = c.kind == ConstantKind::kDefinition || c.kind == ConstantKind::kOpaque;
  if (c.loaded && (c.value_loaded || !has_value)) return;
  fail(ErrorCode::kInternal, "constant " + env.names().to_string(c.name) + " is compared before it is loaded");
}

}  // namespace

const char* kind_name(ConstantKind kind) {
  switch (kind) {
    case ConstantKind::kAxiom:
      return "an axiom";
    case ConstantKind::kDefinition:
      return "a definition";
    case ConstantKind::kTheorem:
      return "a theorem";
    case ConstantKind::kOpaque:
      return "an opaque constant";
    case ConstantKind::kQuotient:
      return "a quotient constant";
    case ConstantKind::kInductive:
      return "an inductive type";
    case ConstantKind::kConstructor:
      return "a constructor";
    case ConstantKind::kRecursor:
      return "a recursor";
  }
  return "something unknown";
}

const char* safety_name(Safety safety) {
  if (safety == Safety::kSafe) return "safe";
  return safety == Safety::kPartial ? "partial" : "unsafe";
}

bool repeats(std::vector<NameId> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

SideBySide::SideBySide(const Environment& reference, const Environment& candidate, std::string whose)
    : reference_(reference),
      candidate_(candidate),
      whose_(std::move(whose)),
      name_map_(reference.names().size(), kUnknown),
      met_(reference.num_constants()),
      nat_(reference.names().find("Nat")),
      string_(reference.names().find("String")) {
  name_map_[kAnonymous] = kAnonymous;
  for (const std::string_view part : kStringParts) {
    const NameId name = reference.names().find(part);
    if (name != kNone && reference.find(name) != kNone) string_parts_.push_back(name);
  }
}

void SideBySide::run() {
  while (!queue_.empty()) {
    const auto [r, c] = queue_.back();
    queue_.pop_back();
    compare_constants(reference_.constant(r), candidate_.constant(c));
  }
}

void SideBySide::ask(NameId name) {
  const ConstantId r = reference_.find(name);
  if (r == kNone) {
    throw Parting{Rule::kUnknownConstant, reference_.names().to_string(name), whose_ + " mentions it and does not have it", true};
  }
  if (met_[r]) return;
  met_[r] = true;
  const NameId other = translate(name);
  const ConstantId c = other == kNone ? kNone : candidate_.find(other);
  if (c == kNone) {
    throw Parting{Rule::kUnknownConstant, reference_.names().to_string(name),
                  "the candidate does not have it, and " + whose_ + " rests on it"};
  }
  queue_.emplace_back(r, c);
}

void SideBySide::compare_types(const Constant& r, const Constant& c) {
  begin(r, c);
  require_number(r.params.size(), c.params.size(), "number of universe parameters");
  if (repeats(r.params) || repeats(c.params)) part("it declares a universe parameter twice");
  compare(r.type, c.type, "type");
}

NameId SideBySide::translate(NameId name) {
  std::vector<NameId> path;
  NameId at = name;
  for (; name_map_[at] == kUnknown; at = reference_.names().prefix(at)) path.push_back(at);
  NameId other = name_map_[at];
  for (std::size_t i = path.size(); i-- > 0;) {
    const NameTable& names = reference_.names();
    if (other != kNone) {
      other = names.is_numeral(path[i]) ? candidate_.names().find_numeral(other, names.number(path[i]))
                                        : candidate_.names().find_string(other, names.text(path[i]));
    }
    name_map_[path[i]] = other;
  }
  return other;
}

// Where the universe parameters have the same names, what was found equal for another pair of constants is equal here too;
// where they have not, nothing is carried over.
void SideBySide::begin(const Constant& r, const Constant& c) {
  r_ = &r;
  c_ = &c;
  here_ = reference_.names().to_string(r.name);
  same_params_ = r.params.size() == c.params.size();
  for (std::size_t i = 0; same_params_ && i < r.params.size(); ++i) same_params_ = same_name(r.params[i], c.params[i]);
  if (same_params_) return;
  own_terms_.clear();
  own_levels_.clear();
}

void SideBySide::require(bool same, const char* what) const {
  if (!same) part(std::string("its ") + what + " is not the one in " + whose_);
}

void SideBySide::require_number(std::uint64_t r, std::uint64_t c, const std::string& what) const {
  if (r != c) part("its " + what + " is " + std::to_string(c) + ", in " + whose_ + " " + std::to_string(r));
}

void SideBySide::require_names(const std::vector<NameId>& r, const std::vector<NameId>& c, const std::string& what) {
  require_number(r.size(), c.size(), "number of " + what);
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!same_name(r[i], c[i])) {
      part("its " + what + " are not the same: " + candidate_.names().to_string(c[i]) + ", in " + whose_ + " " +
           reference_.names().to_string(r[i]));
    }
    ask(r[i]);
  }
}

void SideBySide::compare_constants(const Constant& r, const Constant& c) {
  require_loaded(reference_, r);
  require_loaded(candidate_, c);
  begin(r, c);
  if (r.kind != c.kind) part(std::string("it is ") + kind_name(c.kind) + ", in " + whose_ + " " + kind_name(r.kind));
  if (r.safety != c.safety) {
    part(std::string("it is ") + safety_name(c.safety) + ", in " + whose_ + " " + safety_name(r.safety));
  }
  compare_types(r, c);
  switch (r.kind) {
    case ConstantKind::kAxiom:
    case ConstantKind::kTheorem:  // any proof is as good as another
      break;
    case ConstantKind::kDefinition:
    case ConstantKind::kOpaque:
      if (r.value == kNone || c.value == kNone) part("it has no value");
      compare(r.value, c.value, "value");
      break;
    case ConstantKind::kQuotient:
      require(r.quotient == c.quotient, "role as a quotient constant");
      break;
    case ConstantKind::kInductive:
      compare_inductive(reference_.inductive(r), candidate_.inductive(c));
      // The rest of its block, the recursors above all, follows from the types: where the candidate checks, this finds nothing.
      if (r.declaration == kNone) break;
      for (const ConstantId id : reference_.declaration(r.declaration).constants) ask(reference_.constant(id).name);
      break;
    case ConstantKind::kConstructor:
      compare_constructor(reference_.constructor(r), candidate_.constructor(c));
      break;
    case ConstantKind::kRecursor:
      compare_recursor(reference_.recursor(r), candidate_.recursor(c));
      break;
  }
}

void SideBySide::compare_inductive(const InductiveInfo& x, const InductiveInfo& y) {
  require_number(x.num_params, y.num_params, "number of parameters");
  require_names(x.all, y.all, "types defined together");
  require_names(x.constructors, y.constructors, "constructors");
}

void SideBySide::compare_constructor(const ConstructorInfo& x, const ConstructorInfo& y) {
  require(same_name(x.inductive, y.inductive), "inductive type");
  require_number(x.index, y.index, "position among the constructors");
  require_number(x.num_params, y.num_params, "number of parameters");
  require_number(x.num_fields, y.num_fields, "number of fields");
  ask(x.inductive);
}

void SideBySide::compare_recursor(const RecursorInfo& x, const RecursorInfo& y) {
  require_number(x.num_params, y.num_params, "number of parameters");
  require_number(x.num_indices, y.num_indices, "number of indices");
  require_number(x.num_motives, y.num_motives, "number of motives");
  require_number(x.num_minors, y.num_minors, "number of minor premises");
  require_number(x.rules.size(), y.rules.size(), "number of rules");
  require(x.k == y.k, "K flag");
  for (const NameId name : x.all) ask(name);
  for (std::size_t i = 0; i < x.rules.size(); ++i) {
    require(same_name(x.rules[i].constructor, y.rules[i].constructor), "list of rules");
    require_number(x.rules[i].num_fields, y.rules[i].num_fields, "number of fields in a rule");
    ask(x.rules[i].constructor);
    compare(x.rules[i].rhs, y.rules[i].rhs, "rule");
  }
}

// --- terms -----------------------------------------------------------------------------------------------------

void SideBySide::push(TermId r, TermId c) {
  FlatMap& seen = same_params_ ? terms_ : own_terms_;
  const std::uint64_t key = pair_key(r, c);
  if (seen.contains(key)) return;
  seen.set(key, 1);
  stack_.emplace_back(r, c);
}

void SideBySide::compare(TermId r_root, TermId c_root, const char* what) {
  stack_.clear();
  push(r_root, c_root);
  while (!stack_.empty()) {
    const auto [r, c] = stack_.back();
    stack_.pop_back();
    if (!same_node(r, c)) differ(r_root, c_root, r, c, what);
  }
}

// Whether two nodes agree in themselves; their children are put on the stack.
bool SideBySide::same_node(TermId r, TermId c) {
  const Node& x = reference_.terms()[r];
  const Node& y = candidate_.terms()[c];
  if (x.kind != y.kind) return false;
  switch (x.kind) {
    case Kind::kBVar:
      return x.a == y.a;
    case Kind::kSort:
      return same_level(x.a, y.a);
    case Kind::kConst:
      if (!same_name(x.a, y.a) || !same_levels(x.b, y.b)) return false;
      ask(x.a);
      return true;
    case Kind::kApp:
    case Kind::kLambda:
    case Kind::kPi:
      push(x.a, y.a);
      push(x.b, y.b);
      return true;
    case Kind::kLet:
      push(x.a, y.a);
      push(x.b, y.b);
      push(x.c, y.c);
      return true;
    case Kind::kProj:
      if (!same_name(x.a, y.a) || x.b != y.b) return false;
      ask(x.a);
      push(x.c, y.c);
      return true;
    case Kind::kNat:
      ask_literal("Nat", nat_);
      return x.a == y.a && x.b == y.b;
    case Kind::kBigNat:
      ask_literal("Nat", nat_);
      return reference_.terms().nat_value(r) == candidate_.terms().nat_value(c);
    case Kind::kString:
      ask_literal("String", string_);
      for (const NameId name : string_parts_) ask(name);
      return reference_.terms().string_value(r) == candidate_.terms().string_value(c);
    case Kind::kFVar:
    case Kind::kClosure:
      break;
  }
  fail(ErrorCode::kInternal, "a term of an environment holds a term of the evaluator");
}

// The type of a literal, which no term need mention by name.
void SideBySide::ask_literal(const char* type, NameId name) {
  if (name == kNone) throw Parting{Rule::kUnknownConstant, type, whose_ + " has a literal and does not have its type", true};
  ask(name);
}

void SideBySide::differ(TermId r_root, TermId c_root, TermId r, TermId c, const char* what) const {
  PrintOptions options;
  options.max_length = 600;
  options.universes = true;
  const auto show = [&](const Environment& env, TermId t) { return "`" + to_string(env.terms(), t, options) + "`"; };
  std::string detail = "its " + std::string(what) + " is " + show(candidate_, c_root);
  detail += ", in " + whose_ + " " + show(reference_, r_root);
  if (r != r_root) detail += "; they part at " + show(candidate_, c) + ", in " + whose_ + " " + show(reference_, r);
  part(detail);
}

// --- levels ----------------------------------------------------------------------------------------------------

bool SideBySide::same_levels(LevelsId r, LevelsId c) {
  const auto x = reference_.terms().levels().list(r);
  const auto y = candidate_.terms().levels().list(c);
  if (x.size() != y.size()) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!same_level(x[i], y[i])) return false;
  }
  return true;
}

bool SideBySide::same_level(LevelId r_root, LevelId c_root) {
  FlatMap& seen = same_params_ ? levels_ : own_levels_;
  if (seen.contains(pair_key(r_root, c_root))) return true;
  std::vector<Pair> stack{{r_root, c_root}};
  while (!stack.empty()) {
    const auto [r, c] = stack.back();
    stack.pop_back();
    if (seen.contains(pair_key(r, c))) continue;
    const Level& x = reference_.terms().levels()[r];
    const Level& y = candidate_.terms().levels()[c];
    if (x.kind != y.kind) return false;
    switch (x.kind) {
      case LevelKind::kZero:
        break;
      case LevelKind::kParam:
        if (!same_param(x.a, y.a)) return false;
        break;
      case LevelKind::kMax:
      case LevelKind::kIMax:
        stack.emplace_back(x.b, y.b);
        [[fallthrough]];
      case LevelKind::kSucc:
        stack.emplace_back(x.a, y.a);
        break;
    }
    seen.set(pair_key(r, c), 1);  // a difference further down ends the whole walk, so that this is never read
  }
  return true;
}

bool SideBySide::same_param(NameId r, NameId c) {
  if (same_params_) return same_name(r, c);
  const auto at = [](const std::vector<NameId>& names, NameId name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const std::size_t i = at(r_->params, r);
  return i < r_->params.size() && i == at(c_->params, c);
}

}  // namespace verikit::lean
