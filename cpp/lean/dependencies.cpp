#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "lean/match.h"
#include "lean/term_walks.h"

namespace verikit::lean {
namespace {

// Walks over constants and their terms; every term and every constant once. Iterative: terms may be deep.
class Reach {
 public:
  Reach(const Environment& env, bool theorem_values) : env_(env), theorem_values_(theorem_values) {
    constants_seen_.resize(env.num_constants());
    terms_seen_.resize(env.terms().size());
    nat_ = env.names().find("Nat");
    for (const std::string_view part : kStringParts) {
      const NameId name = env.names().find(part);
      if (name != kNone && env.find(name) != kNone) string_parts_.push_back(name);
    }
  }

  void add(ConstantId id) {
    if (constants_seen_[id]) return;
    constants_seen_[id] = true;
    found_.push_back(id);
  }
  void add_type(ConstantId id) {
    require_loaded(env_.constant(id));
    walk(env_.constant(id).type);
  }
  void run() {
    while (next_ < found_.size()) enter(found_[next_++]);
  }
  // What this constant mentions; adds it.
  void enter(ConstantId id) {
    const Constant& c = env_.constant(id);
    require_loaded(c);
    walk(c.type);
    switch (c.kind) {
      case ConstantKind::kDefinition:
      case ConstantKind::kOpaque:
        enter_value(c);
        break;
      case ConstantKind::kTheorem:
        if (theorem_values_) enter_value(c);
        break;
      case ConstantKind::kInductive:
        for (const NameId name : env_.inductive(c).all) mention(name);
        for (const NameId name : env_.inductive(c).constructors) mention(name);
        enter_block(c);
        break;
      case ConstantKind::kConstructor:
        mention(env_.constructor(c).inductive);
        enter_block(c);
        break;
      case ConstantKind::kRecursor:
        for (const NameId name : env_.recursor(c).all) mention(name);
        for (const RecursorRule& rule : env_.recursor(c).rules) {
          mention(rule.constructor);
          walk(rule.rhs);
        }
        enter_block(c);
        break;
      case ConstantKind::kQuotient:
        enter_block(c);
        break;
      case ConstantKind::kAxiom:
        break;
    }
  }

  // Forgets what was found, in time linear in that.
  void clear() {
    for (const ConstantId id : found_) constants_seen_[id] = false;
    for (const TermId t : touched_) terms_seen_[t] = false;
    found_.clear();
    touched_.clear();
    missing_.clear();
    next_ = 0;
  }

  std::vector<ConstantId>& found() { return found_; }
  std::vector<NameId>& missing() { return missing_; }

 private:
  void require_loaded(const Constant& c) const {
    if (!c.loaded) fail(ErrorCode::kInternal, "constant " + env_.names().to_string(c.name) + " is asked for before it is loaded");
  }
  void enter_value(const Constant& c) {
    if (!c.value_loaded) {
      fail(ErrorCode::kInternal, "the value of " + env_.names().to_string(c.name) + " is asked for before it is loaded");
    }
    if (c.value != kNone) walk(c.value);
  }
  void enter_block(const Constant& c) {
    if (c.declaration == kNone) return;
    for (const ConstantId id : env_.declaration(c.declaration).constants) add(id);
  }
  void mention(NameId name) {
    const ConstantId id = env_.find(name);
    if (id != kNone) {
      add(id);
    } else if (std::find(missing_.begin(), missing_.end(), name) == missing_.end()) {
      missing_.push_back(name);
    }
  }
  void walk(TermId root) {
    if (root == kNone) return;
    push(root);
    while (!stack_.empty()) {
      const Node& n = env_.terms()[stack_.back()];
      stack_.pop_back();
      switch (n.kind) {
        case Kind::kConst:
          mention(n.a);
          break;
        case Kind::kProj:
          mention(n.a);
          break;
        case Kind::kString:
          for (const NameId name : string_parts_) mention(name);
          [[fallthrough]];
        case Kind::kNat:
        case Kind::kBigNat:
          if (nat_ != kNone) mention(nat_);
          break;
        case Kind::kApp:
        case Kind::kLambda:
        case Kind::kPi:
        case Kind::kLet:
        case Kind::kBVar:
        case Kind::kSort:
          break;
        case Kind::kFVar:
        case Kind::kClosure:
          fail(ErrorCode::kInternal, "a term of the environment holds a term of the evaluator");
      }
      each_part(n, [this](TermId part) { push(part); });
    }
  }
  void push(TermId t) {
    if (terms_seen_[t]) return;
    terms_seen_[t] = true;
    touched_.push_back(t);
    stack_.push_back(t);
  }

  const Environment& env_;
  bool theorem_values_;
  NameId nat_ = kNone;
  std::vector<NameId> string_parts_;
  std::vector<bool> constants_seen_, terms_seen_;
  std::vector<TermId> stack_, touched_;
  std::vector<ConstantId> found_;
  std::size_t next_ = 0;
  std::vector<NameId> missing_;
};

}  // namespace

std::vector<ConstantId> dependencies(const Environment& env, const std::vector<ConstantId>& roots, bool theorem_values,
                                     std::vector<NameId>* missing) {
  Reach reach(env, theorem_values);
  for (const ConstantId root : roots) reach.add(root);
  reach.run();
  if (missing) *missing = std::move(reach.missing());
  std::vector<ConstantId> found = std::move(reach.found());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<ConstantId> statement_closure(const Environment& env, ConstantId id, std::vector<NameId>* missing) {
  Reach reach(env, false);
  reach.add_type(id);
  reach.run();
  if (missing) *missing = std::move(reach.missing());
  std::vector<ConstantId> found = std::move(reach.found());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::pair<ConstantId, ConstantId>> dependency_edges(const Environment& env, const std::vector<ConstantId>& roots,
                                                               bool theorem_values) {
  Reach reach(env, theorem_values);
  std::vector<std::pair<ConstantId, ConstantId>> edges;
  for (const ConstantId from : dependencies(env, roots, theorem_values)) {
    reach.clear();
    reach.enter(from);
    std::vector<ConstantId>& to = reach.found();
    std::sort(to.begin(), to.end());
    for (const ConstantId id : to) {
      if (id != from) edges.emplace_back(from, id);
    }
  }
  return edges;
}

std::vector<ConstantId> axioms_of(const Environment& env, ConstantId root) {
  std::vector<ConstantId> axioms = dependencies(env, {root});
  std::erase_if(axioms, [&](ConstantId id) { return env.constant(id).kind != ConstantKind::kAxiom; });
  const auto name = [&](ConstantId id) { return env.names().to_string(env.constant(id).name); };
  std::sort(axioms.begin(), axioms.end(), [&](ConstantId a, ConstantId b) { return name(a) < name(b); });
  return axioms;
}

}  // namespace verikit::lean
