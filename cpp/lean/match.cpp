#include "lean/match.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "lean/flat_map.h"
#include "lean/print.h"

namespace verikit::lean {
namespace {

constexpr NameId kUnknown = kNone - 1;  // a name not looked up yet

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
  return safety == Safety::kSafe ? "safe" : safety == Safety::kPartial ? "partial" : "unsafe";
}

bool repeats(std::vector<NameId> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Where two environments part. Never leaves this file.
struct Parting {
  Rule rule;
  std::string constant;
  std::string detail;
  bool reference_at_fault = false;
};

// Walks two environments side by side from given pairs of constants, and throws a Parting at the first difference. All
// comparisons must succeed, so a pair once met need not be compared again. Iterative throughout.
class Walk {
 public:
  Walk(const Environment& reference, const Environment& candidate, std::string whose)
      : reference_(reference), candidate_(candidate), whose_(std::move(whose)) {
    name_map_.assign(reference.names().size(), kUnknown);
    name_map_[kAnonymous] = kAnonymous;
    met_.resize(reference.num_constants());
    r_nat_ = reference.names().find("Nat");
    r_string_ = reference.names().find("String");
    for (const std::string_view part : kStringParts) {
      const NameId name = reference.names().find(part);
      if (name != kNone && reference.find(name) != kNone) string_parts_.push_back(name);
    }
  }

  // Compares everything that has been asked for, and what that rests on.
  void run() {
    while (!queue_.empty()) {
      const auto [r, c] = queue_.back();
      queue_.pop_back();
      compare_constants(r, c);
    }
  }

  // Asks for a constant of the reference by its name there.
  void ask(NameId name) {
    const ConstantId r = reference_.find(name);
    if (r == kNone) {
      throw Parting{Rule::kUnknownConstant, reference_.names().to_string(name), whose_ + " mentions a constant that it does not have",
                    true};
    }
    if (met_[r]) return;
    met_[r] = true;
    const NameId other = translate(name);
    const ConstantId c = other == kNone ? kNone : candidate_.find(other);
    if (c == kNone) {
      throw Parting{Rule::kUnknownConstant, reference_.names().to_string(name),
                    "the candidate does not have it, and the statement rests on it"};
    }
    queue_.emplace_back(r, c);
  }

  // Parameters and type of two constants; their values and kinds are not looked at.
  void compare_types(const Constant& r, const Constant& c) {
    begin(r, c);
    if (r.params.size() != c.params.size() || repeats(c.params)) {
      throw Parting{Rule::kStatement, here_, "it has " + std::to_string(c.params.size()) + " universe parameters, in " + whose_ +
                                                 " " + std::to_string(r.params.size())};
    }
    compare(r.type, c.type, "type");
  }

 private:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  // The candidate's name of the same components, or kNone.
  NameId translate(NameId name) {
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
  bool same_name(NameId r, NameId c) { return translate(r) == c; }

  // Starts on one pair of constants. Where the universe parameters have the same names, what was found to be equal for another
  // pair is equal here too; where they have not, nothing is carried over.
  void begin(const Constant& r, const Constant& c) {
    r_ = &r;
    c_ = &c;
    here_ = reference_.names().to_string(r.name);
    same_params_ = r.params.size() == c.params.size();
    for (std::size_t i = 0; same_params_ && i < r.params.size(); ++i) same_params_ = same_name(r.params[i], c.params[i]);
    if (!same_params_) {
      own_terms_.clear();
      own_levels_.clear();
    }
  }

  [[noreturn]] void part(const std::string& detail) const { throw Parting{Rule::kStatement, here_, detail}; }

  void require(bool same, const char* what) const {
    if (!same) part(std::string("its ") + what + " is not the one in " + whose_);
  }
  void require_number(std::uint64_t r, std::uint64_t c, const char* what) const {
    if (r != c) part("its " + std::string(what) + " is " + std::to_string(c) + ", in " + whose_ + " " + std::to_string(r));
  }
  void require_names(const std::vector<NameId>& r, const std::vector<NameId>& c, const char* what) {
    require_number(r.size(), c.size(), (std::string("number of ") + what).c_str());
    for (std::size_t i = 0; i < r.size(); ++i) {
      if (!same_name(r[i], c[i])) {
        part(std::string("its ") + what + " are not the same: " + candidate_.names().to_string(c[i]) + ", in " + whose_ + " " +
             reference_.names().to_string(r[i]));
      }
      ask(r[i]);
    }
  }

  void compare_constants(ConstantId r_id, ConstantId c_id) {
    const Constant& r = reference_.constant(r_id);
    const Constant& c = candidate_.constant(c_id);
    require_loaded(reference_, r);
    require_loaded(candidate_, c);
    begin(r, c);
    if (r.kind != c.kind) part(std::string("it is ") + kind_name(c.kind) + ", in " + whose_ + " " + kind_name(r.kind));
    if (r.safety != c.safety) part(std::string("it is ") + safety_name(c.safety) + ", in " + whose_ + " " + safety_name(r.safety));
    if (r.safety != Safety::kSafe) {
      throw Parting{Rule::kUnsafeInSafe, here_, "it is " + std::string(safety_name(r.safety)) + ", and the statement rests on it",
                    true};
    }
    compare_types(r, c);
    switch (r.kind) {
      case ConstantKind::kAxiom:
      case ConstantKind::kTheorem:  // any proof is as good
        break;
      case ConstantKind::kDefinition:
      case ConstantKind::kOpaque:
        if (!r.value_loaded || !c.value_loaded) fail(ErrorCode::kInternal, "the value of " + here_ + " is not loaded");
        if (r.value == kNone || c.value == kNone) part("it has no value");
        compare(r.value, c.value, "value");
        break;
      case ConstantKind::kQuotient:
        require(r.quotient == c.quotient, "role as a quotient constant");
        break;
      case ConstantKind::kInductive:
        compare_inductive(reference_.inductive(r), candidate_.inductive(c));
        break;
      case ConstantKind::kConstructor: {
        const ConstructorInfo& x = reference_.constructor(r);
        const ConstructorInfo& y = candidate_.constructor(c);
        require(same_name(x.inductive, y.inductive), "type");
        require_number(x.index, y.index, "position among the constructors");
        require_number(x.num_params, y.num_params, "number of parameters");
        require_number(x.num_fields, y.num_fields, "number of fields");
        ask(x.inductive);
        break;
      }
      case ConstantKind::kRecursor:
        compare_recursor(reference_.recursor(r), candidate_.recursor(c));
        break;
    }
    // The rest of its block (recursors above all), which the types determine: where the candidate checks, this finds nothing.
    if (r.kind == ConstantKind::kInductive && r.declaration != kNone) {
      for (const ConstantId id : reference_.declaration(r.declaration).constants) ask(reference_.constant(id).name);
    }
  }

  void compare_inductive(const InductiveInfo& x, const InductiveInfo& y) {
    require_number(x.num_params, y.num_params, "number of parameters");
    require_names(x.all, y.all, "types defined together");
    require_names(x.constructors, y.constructors, "constructors");
  }

  void compare_recursor(const RecursorInfo& x, const RecursorInfo& y) {
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

  static void require_loaded(const Environment& env, const Constant& c) {
    if (!c.loaded) fail(ErrorCode::kInternal, "constant " + env.names().to_string(c.name) + " is compared before it is loaded");
  }

  // --- terms ---------------------------------------------------------------------------------------------------

  void compare(TermId r_root, TermId c_root, const char* what) {
    FlatMap& seen = same_params_ ? terms_ : own_terms_;
    const auto push = [&](TermId r, TermId c) {
      const std::uint64_t key = pair_key(r, c);
      if (seen.contains(key)) return;
      seen.set(key, 1);
      stack_.emplace_back(r, c);
    };
    stack_.clear();
    push(r_root, c_root);
    while (!stack_.empty()) {
      const auto [r, c] = stack_.back();
      stack_.pop_back();
      const Node x = reference_.terms()[r];
      const Node y = candidate_.terms()[c];
      bool same = x.kind == y.kind;
      if (same) {
        switch (x.kind) {
          case Kind::kBVar:
            same = x.a == y.a;
            break;
          case Kind::kSort:
            same = same_level(x.a, y.a);
            break;
          case Kind::kConst:
            same = same_name(x.a, y.a) && same_levels(x.b, y.b);
            if (same) ask(x.a);
            break;
          case Kind::kApp:
          case Kind::kLambda:
          case Kind::kPi:
            push(x.a, y.a);
            push(x.b, y.b);
            break;
          case Kind::kLet:
            push(x.a, y.a);
            push(x.b, y.b);
            push(x.c, y.c);
            break;
          case Kind::kProj:
            same = same_name(x.a, y.a) && x.b == y.b;
            if (same) ask(x.a);
            push(x.c, y.c);
            break;
          case Kind::kNat:
            same = x.a == y.a && x.b == y.b;
            ask_literal("Nat", r_nat_);
            break;
          case Kind::kBigNat:
            same = reference_.terms().nat_value(r) == candidate_.terms().nat_value(c);
            ask_literal("Nat", r_nat_);
            break;
          case Kind::kString:
            same = reference_.terms().string_value(r) == candidate_.terms().string_value(c);
            ask_literal("String", r_string_);
            for (const NameId name : string_parts_) ask(name);
            break;
          case Kind::kFVar:
          case Kind::kClosure:
            fail(ErrorCode::kInternal, "a term of an environment holds a term of the evaluator");
        }
      }
      if (!same) differ(r_root, c_root, r, c, what);
    }
  }

  // The type of a literal, which no term mentions by name.
  void ask_literal(const char* type, NameId name) {
    if (name == kNone) throw Parting{Rule::kUnknownConstant, type, whose_ + " has a literal and does not have its type", true};
    ask(name);
  }

  [[noreturn]] void differ(TermId r_root, TermId c_root, TermId r, TermId c, const char* what) const {
    PrintOptions options;
    options.max_length = 600;
    options.universes = true;
    const auto show = [&](const Environment& env, TermId t) { return "`" + to_string(env.terms(), t, options) + "`"; };
    std::string detail = "its " + std::string(what) + " is " + show(candidate_, c_root) + ", in " + whose_ + " " +
                         show(reference_, r_root);
    if (r != r_root) detail += "; they part at " + show(candidate_, c) + ", in " + whose_ + " " + show(reference_, r);
    part(detail);
  }

  // --- levels --------------------------------------------------------------------------------------------------

  bool same_levels(LevelsId r, LevelsId c) {
    const auto x = reference_.terms().levels().list(r);
    const auto y = candidate_.terms().levels().list(c);
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!same_level(x[i], y[i])) return false;
    }
    return true;
  }

  bool same_level(LevelId r_root, LevelId c_root) {
    FlatMap& seen = same_params_ ? levels_ : own_levels_;
    std::vector<Pair> stack{{r_root, c_root}};
    while (!stack.empty()) {
      const auto [r, c] = stack.back();
      stack.pop_back();
      if (seen.contains(pair_key(r, c))) continue;
      const Level x = reference_.terms().levels()[r];
      const Level y = candidate_.terms().levels()[c];
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
      seen.set(pair_key(r, c), 1);  // a difference below ends the whole walk
    }
    return true;
  }

  bool same_param(NameId r, NameId c) {
    if (same_params_) return same_name(r, c);
    const auto at = [](const std::vector<NameId>& names, NameId name) {
      return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    const std::size_t i = at(r_->params, r);
    return i < r_->params.size() && i == at(c_->params, c);
  }

  const Environment& reference_;
  const Environment& candidate_;
  std::string whose_;  // how messages call the reference
  std::vector<NameId> name_map_;
  std::vector<bool> met_;
  std::vector<std::pair<ConstantId, ConstantId>> queue_;
  NameId r_nat_ = kNone, r_string_ = kNone;
  std::vector<NameId> string_parts_;

  const Constant* r_ = nullptr;
  const Constant* c_ = nullptr;
  std::string here_;
  bool same_params_ = true;
  FlatMap terms_, levels_, own_terms_, own_levels_;
  std::vector<Pair> stack_;
};

bool is_allowed(const Environment& env, ConstantId axiom, const std::vector<std::string>& allowed) {
  const NameId name = env.constant(axiom).name;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& a) { return env.names().find(a) == name; });
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

// The reference's constant of that name, found to be one that states something.
const Constant& stated(const Environment& reference, const std::string& theorem, const std::vector<std::string>& allowed) {
  const auto at_fault = [&](Rule rule, const std::string& constant, const std::string& detail) {
    return Parting{rule, constant, detail, true};
  };
  const ConstantId id = reference.find(theorem);
  if (id == kNone) throw at_fault(Rule::kUnknownConstant, theorem, "the reference has no constant of this name");
  if (!reference.duplicates().empty()) {
    const Constant& twice = reference.constant(reference.duplicates().front());
    throw at_fault(Rule::kDuplicateName, reference.names().to_string(twice.name), "the reference has two constants of this name");
  }
  const Constant& target = reference.constant(id);
  const bool states = target.kind == ConstantKind::kTheorem || target.kind == ConstantKind::kAxiom ||
                      target.kind == ConstantKind::kDefinition || target.kind == ConstantKind::kOpaque;
  if (!states) throw at_fault(Rule::kStatement, theorem, std::string("it is ") + kind_name(target.kind) + ", which states nothing");
  if (target.safety != Safety::kSafe) {
    throw at_fault(Rule::kUnsafeInSafe, theorem, std::string("in the reference it is ") + safety_name(target.safety));
  }
  if (repeats(target.params)) throw at_fault(Rule::kUniverseParameter, theorem, "a universe parameter is declared twice");

  // What the statement rests on: the closure of its type alone.
  std::vector<NameId> missing;
  const std::vector<ConstantId> closure = statement_closure(reference, id, &missing);
  if (!missing.empty()) {
    throw at_fault(Rule::kUnknownConstant, reference.names().to_string(missing.front()),
                   "the reference's statement rests on it and does not have it");
  }
  for (const ConstantId at : closure) {
    const Constant& c = reference.constant(at);
    const std::string name = reference.names().to_string(c.name);
    if (at == id) throw at_fault(Rule::kStatement, name, "the statement rests on itself");
    if (c.safety != Safety::kSafe) {
      throw at_fault(Rule::kUnsafeInSafe, name, std::string("the statement rests on it, and it is ") + safety_name(c.safety));
    }
    if (c.kind == ConstantKind::kAxiom && !is_allowed(reference, at, allowed)) {
      throw at_fault(Rule::kAxiom, name, "the statement itself rests on this axiom, which is not allowed; allowed: " + list_of(allowed));
    }
  }
  return target;
}

void compare_axioms(const Environment* reference, const Environment& env, const std::vector<ConstantId>& axioms,
                    const std::vector<std::string>& allowed, Walk* walk) {
  for (const ConstantId id : axioms) {
    if (is_allowed(env, id, allowed)) continue;
    throw Parting{Rule::kAxiom, env.names().to_string(env.constant(id).name), "this axiom is not allowed; allowed: " + list_of(allowed)};
  }
  std::unique_ptr<const Environment> standard;
  std::optional<Walk> standard_walk;
  for (const ConstantId id : axioms) {
    const std::string name = env.names().to_string(env.constant(id).name);
    const NameId in_reference = reference ? reference->names().find(name) : kNone;
    if (in_reference != kNone && reference->find(in_reference) != kNone) {
      walk->ask(in_reference);
      continue;
    }
    if (!standard) {
      standard = standard_axioms();
      standard_walk.emplace(*standard, env, "Lean's library");
    }
    const NameId in_standard = standard->names().find(name);
    if (in_standard == kNone || standard->find(in_standard) == kNone) {
      const std::string where = reference ? "the reference" : "Lean's library";
      throw Parting{Rule::kAxiom, name, "this axiom is allowed by name, but " + where + " does not have it, so that nothing says what it states"};
    }
    standard_walk->ask(in_standard);
  }
  if (walk) walk->run();
  if (standard_walk) standard_walk->run();
}

MatchResult to_result(const Parting& parting, std::vector<std::string> axioms) {
  MatchResult result;
  result.rule = parting.rule;
  result.constant = parting.constant;
  result.detail = parting.detail;
  result.reference_at_fault = parting.reference_at_fault;
  result.axioms = std::move(axioms);
  return result;
}

// What the candidate calls `theorem`, and whether it can count as a proof at all.
ConstantId offered(const Environment& candidate, const std::string& theorem) {
  const ConstantId id = candidate.find(theorem);
  if (id == kNone) throw Parting{Rule::kUnknownConstant, theorem, "the candidate has no constant of this name"};
  if (!candidate.duplicates().empty()) {
    const Constant& twice = candidate.constant(candidate.duplicates().front());
    throw Parting{Rule::kDuplicateName, candidate.names().to_string(twice.name), "the candidate has two constants of this name"};
  }
  const Constant& c = candidate.constant(id);
  if (c.safety != Safety::kSafe) {
    throw Parting{Rule::kUnsafeInSafe, theorem, std::string("in the candidate it is ") + safety_name(c.safety)};
  }
  if (c.kind == ConstantKind::kAxiom) throw Parting{Rule::kAxiom, theorem, "the candidate states it as an axiom instead of proving it"};
  const bool proves = c.kind == ConstantKind::kTheorem || c.kind == ConstantKind::kDefinition || c.kind == ConstantKind::kOpaque;
  if (!proves) throw Parting{Rule::kStatement, theorem, std::string("in the candidate it is ") + kind_name(c.kind) + ", which proves nothing"};
  return id;
}

void require_sound_closure(const Environment& candidate, const std::vector<ConstantId>& closure, const std::vector<NameId>& missing) {
  if (!missing.empty()) {
    throw Parting{Rule::kUnknownConstant, candidate.names().to_string(missing.front()),
                  "the candidate's proof rests on it and does not have it"};
  }
  for (const ConstantId id : closure) {
    const Constant& c = candidate.constant(id);
    if (c.safety == Safety::kSafe) continue;
    throw Parting{Rule::kUnsafeInSafe, candidate.names().to_string(c.name),
                  std::string("the candidate's proof rests on it, and it is ") + safety_name(c.safety)};
  }
}

}  // namespace

MatchResult match_statement(const Environment& reference, const Environment& candidate, const std::string& theorem,
                            const std::vector<std::string>& allowed_axioms) {
  std::vector<std::string> used;
  try {
    const Constant& target = stated(reference, theorem, allowed_axioms);
    const ConstantId id = offered(candidate, theorem);
    std::vector<NameId> missing;
    const std::vector<ConstantId> closure = dependencies(candidate, {id}, true, &missing);
    std::vector<ConstantId> axioms;
    for (const ConstantId at : closure) {
      if (candidate.constant(at).kind == ConstantKind::kAxiom) axioms.push_back(at);
    }
    for (const ConstantId at : axioms) used.push_back(candidate.names().to_string(candidate.constant(at).name));
    std::sort(used.begin(), used.end());

    Walk walk(reference, candidate, "the reference");
    walk.compare_types(target, candidate.constant(id));
    walk.run();
    require_sound_closure(candidate, closure, missing);
    compare_axioms(&reference, candidate, axioms, allowed_axioms, &walk);
  } catch (const Parting& parting) {
    return to_result(parting, std::move(used));
  }
  MatchResult result;
  result.matches = true;
  result.axioms = std::move(used);
  return result;
}

MatchResult match_axioms(const Environment* reference, const Environment& env, const std::vector<ConstantId>& axioms,
                         const std::vector<std::string>& allowed_axioms) {
  std::vector<std::string> used;
  for (const ConstantId id : axioms) used.push_back(env.names().to_string(env.constant(id).name));
  std::sort(used.begin(), used.end());
  try {
    std::optional<Walk> walk;
    if (reference) walk.emplace(*reference, env, "the reference");
    compare_axioms(reference, env, axioms, allowed_axioms, walk ? &*walk : nullptr);
  } catch (const Parting& parting) {
    return to_result(parting, std::move(used));
  }
  MatchResult result;
  result.matches = true;
  result.axioms = std::move(used);
  return result;
}

}  // namespace verikit::lean
