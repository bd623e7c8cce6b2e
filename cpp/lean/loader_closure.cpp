// What the loader loads, and how constants become declarations.
//
// One depth-first walk over declarations and terms together, each entered once: a declaration is finished, and gets its
// rank, after everything it reaches. Only in a circle does a declaration mention one that is finished later.
#include <algorithm>

#include "base/error.h"
#include "lean/loader.h"

namespace verikit::lean {
namespace {

bool has_value(ConstantKind kind) {
  return kind == ConstantKind::kDefinition || kind == ConstantKind::kTheorem || kind == ConstantKind::kOpaque;
}

DeclarationKind alone(ConstantKind kind) {
  switch (kind) {
    case ConstantKind::kAxiom:
      return DeclarationKind::kAxiom;
    case ConstantKind::kDefinition:
      return DeclarationKind::kDefinition;
    case ConstantKind::kTheorem:
      return DeclarationKind::kTheorem;
    case ConstantKind::kOpaque:
      return DeclarationKind::kOpaque;
    case ConstantKind::kQuotient:
      return DeclarationKind::kQuotient;
    default:
      return DeclarationKind::kInductive;
  }
}

}  // namespace

// --- constants -----------------------------------------------------------------------------------------------------

void Loader::ensure_loaded(ConstantId id) {
  Constant& c = env_.constant(id);
  if (c.loaded) return;
  const Source& source = sources_[c.module - first_module_];
  source.file->load(c, source.file->constants()[id - source.first].at);
  if (!has_value(c.kind)) c.value_loaded = true;
}

void Loader::ensure_value(ConstantId id) {
  Constant& c = env_.constant(id);
  if (c.value_loaded) return;
  const Source& source = sources_[c.module - first_module_];
  source.file->load_value(c, source.file->constants()[id - source.first].at);
}

bool Loader::wants_value(const Constant& c) {
  if (!has_value(c.kind)) return false;
  return c.kind != ConstantKind::kTheorem || options_.trusted_theorem_values || !trusted(c.module);
}

// --- groups --------------------------------------------------------------------------------------------------------

std::uint32_t Loader::add_group(DeclarationKind kind, std::vector<ConstantId> constants) {
  const auto group = static_cast<std::uint32_t>(groups_.size());
  for (const ConstantId c : constants) group_of_[c] = group;
  groups_.push_back({kind, std::move(constants), kNone, false});
  return group;
}

// Whether the constant may be a part of a block of `of`: blocks do not cross modules, so that trust in a module is
// trust in whole declarations.
bool Loader::in_block(ConstantId id, ConstantKind kind, const Constant& of) const {
  if (id == kNone || group_of_[id] != kNone) return false;
  const Constant& c = env_.constant(id);
  return c.kind == kind && c.module == of.module;
}

std::uint32_t Loader::group_of(ConstantId id) {
  if (group_of_.size() < env_.num_constants()) group_of_.resize(env_.num_constants(), kNone);
  return group_of_[id] != kNone ? group_of_[id] : make_group(id);
}

std::uint32_t Loader::make_group(ConstantId id) {
  ensure_loaded(id);
  const Constant& c = env_.constant(id);
  ConstantId type = kNone;  // an inductive type whose block may have this constant
  switch (c.kind) {
    case ConstantKind::kInductive:
      return inductive_group(id);
    case ConstantKind::kQuotient:
      return quotient_group(id);
    case ConstantKind::kDefinition:
      if (c.safety != Safety::kSafe) return definition_group(id);
      break;
    case ConstantKind::kConstructor:
      type = env_.find(env_.constructor(c).inductive);
      break;
    case ConstantKind::kRecursor:
      if (!env_.recursor(c).all.empty()) type = env_.find(env_.recursor(c).all.front());
      break;
    default:
      break;
  }
  if (type != kNone && in_block(type, ConstantKind::kInductive, c)) {
    ensure_loaded(type);
    inductive_group(type);
    if (group_of_[id] != kNone) return group_of_[id];
  }
  // What no block has as its own is a declaration without a type, which no rule accepts.
  return add_group(alone(env_.constant(id).kind), {id});
}

// The types that `all` names, their constructors, and the recursors that go by the names of theirs.
std::uint32_t Loader::inductive_group(ConstantId id) {
  const Constant& first = env_.constant(id);
  const std::vector<NameId> all = env_.inductive(first).all;
  std::vector<ConstantId> types, constants;
  if (std::find(all.begin(), all.end(), first.name) != all.end()) {
    for (const NameId name : all) {
      const ConstantId type = env_.find(name);
      if (!in_block(type, ConstantKind::kInductive, first)) continue;
      ensure_loaded(type);
      if (env_.inductive(env_.constant(type)).all == all &&
          std::find(types.begin(), types.end(), type) == types.end()) {
        types.push_back(type);
      }
    }
  } else {
    types.push_back(id);  // a block that does not have its own type: refused, and not mixed up with another
  }
  const std::uint32_t group = add_group(DeclarationKind::kInductive, types);
  const auto join = [&](ConstantId part) {
    group_of_[part] = group;
    constants.push_back(part);
  };
  for (const ConstantId type : types) {
    const Constant& t = env_.constant(type);
    for (const NameId name : env_.inductive(t).constructors) {
      const ConstantId constructor = env_.find(name);
      if (!in_block(constructor, ConstantKind::kConstructor, first)) continue;
      ensure_loaded(constructor);
      if (env_.constructor(env_.constant(constructor)).inductive == t.name) join(constructor);
    }
  }
  const NameTable& names = env_.names();
  const auto join_recursor = [&](NameId type_name, const std::string& last) {
    const NameId name = names.find_string(type_name, last);
    const ConstantId recursor = name == kNone ? kNone : env_.find(name);
    if (!in_block(recursor, ConstantKind::kRecursor, first)) return false;
    ensure_loaded(recursor);
    if (env_.recursor(env_.constant(recursor)).all != all) return false;
    join(recursor);
    return true;
  };
  for (const ConstantId type : types) join_recursor(env_.constant(type).name, "rec");
  for (std::uint64_t i = 1; join_recursor(all.empty() ? first.name : all.front(), "rec_" + std::to_string(i)); ++i) {
  }
  std::vector<ConstantId>& members = groups_[group].constants;
  members.insert(members.end(), constants.begin(), constants.end());
  return group;
}

// The quotient constants of a module by their usual names come into being together.
std::uint32_t Loader::quotient_group(ConstantId id) {
  const Constant& first = env_.constant(id);
  std::vector<ConstantId> members;
  for (const NameId name : quotients_) {
    const ConstantId member = env_.find(name);
    if (in_block(member, ConstantKind::kQuotient, first)) members.push_back(member);
  }
  if (std::find(members.begin(), members.end(), id) == members.end()) members = {id};
  return add_group(DeclarationKind::kQuotient, std::move(members));
}

// Unsafe and partial definitions may be defined by each other: those that `all` names belong together.
std::uint32_t Loader::definition_group(ConstantId id) {
  const Constant& first = env_.constant(id);
  std::vector<ConstantId> members;
  if (std::find(first.all.begin(), first.all.end(), first.name) == first.all.end()) {
    return add_group(DeclarationKind::kDefinition, {id});
  }
  for (const NameId name : first.all) {
    const ConstantId member = env_.find(name);
    if (!in_block(member, ConstantKind::kDefinition, first)) continue;
    ensure_loaded(member);
    const Constant& c = env_.constant(member);
    if (c.safety == first.safety && c.all == first.all &&
        std::find(members.begin(), members.end(), member) == members.end()) {
      members.push_back(member);
    }
  }
  return add_group(DeclarationKind::kDefinition, std::move(members));
}

// --- the walk ------------------------------------------------------------------------------------------------------

template <class F>
void Loader::each_term(const Constant& c, F&& f) const {
  f(c.type);
  if (c.value != kNone) f(c.value);
  if (c.kind == ConstantKind::kRecursor) {
    for (const RecursorRule& rule : env_.recursor(c).rules) f(rule.rhs);
  }
}

void Loader::mention(NameId name, std::vector<Visit>& todo) {
  const ConstantId id = env_.find(name);
  if (id == kNone || env_.constant(id).module < first_module_) return;
  const std::uint32_t group = group_of(id);
  if (!groups_[group].entered) todo.push_back({group, Visit::kGroup});
}

void Loader::visit_term(TermId term, std::vector<Visit>& todo) {
  if (seen_terms_.size() <= term) seen_terms_.resize(std::max<std::size_t>(env_.terms().size(), term + 1), false);
  if (seen_terms_[term]) return;
  seen_terms_[term] = true;
  const Node& n = env_.terms()[term];
  const auto part = [&](TermId t) {
    if (t >= seen_terms_.size() || !seen_terms_[t]) todo.push_back({t, Visit::kTerm});
  };
  switch (n.kind) {
    case Kind::kApp:
    case Kind::kLambda:
    case Kind::kPi:
      part(n.b);
      part(n.a);
      break;
    case Kind::kLet:
      part(n.c);
      part(n.b);
      part(n.a);
      break;
    case Kind::kProj: {
      const NameId structure = n.a;
      part(n.c);
      mention(structure, todo);
      break;
    }
    case Kind::kConst:
      mention(n.a, todo);
      break;
    case Kind::kNat:
    case Kind::kBigNat:
      for (const NameId name : nat_literal_) mention(name, todo);
      break;
    case Kind::kString:
      for (const NameId name : string_literal_) mention(name, todo);
      break;
    default:
      break;
  }
}

// Constants that a record names beside its terms: whoever looks them up must find them loaded.
void Loader::mention_records(const Constant& c, std::vector<Visit>& todo) {
  std::vector<NameId> names;
  if (c.kind == ConstantKind::kQuotient) names = {eq_};
  if (c.kind == ConstantKind::kConstructor) names = {env_.constructor(c).inductive};
  if (c.kind == ConstantKind::kInductive) {
    const InductiveInfo& info = env_.inductive(c);
    names = info.all;
    names.insert(names.end(), info.constructors.begin(), info.constructors.end());
  }
  if (c.kind == ConstantKind::kRecursor) {
    const RecursorInfo& info = env_.recursor(c);
    names = info.all;
    for (const RecursorRule& rule : info.rules) names.push_back(rule.constructor);
  }
  for (const NameId name : names) mention(name, todo);
}

void Loader::visit_group(std::uint32_t id, std::vector<Visit>& todo) {
  if (groups_[id].entered) return;
  groups_[id].entered = true;
  todo.push_back({id, Visit::kFinish});
  const std::vector<ConstantId> members = groups_[id].constants;
  for (const ConstantId member : members) {
    ensure_loaded(member);
    if (wants_value(env_.constant(member))) ensure_value(member);
    each_term(env_.constant(member), [&](TermId t) { todo.push_back({t, Visit::kTerm}); });
    mention_records(env_.constant(member), todo);
  }
}

void Loader::walk(const std::vector<ConstantId>& roots) {
  std::vector<Visit> todo;
  for (const ConstantId root : roots) {
    // A constant whose name was taken stays as it is: the environment reports it.
    if (env_.find(env_.constant(root).name) != root) continue;
    todo.push_back({group_of(root), Visit::kGroup});
    while (!todo.empty()) {
      const Visit visit = todo.back();
      todo.pop_back();
      if (visit.what == Visit::kTerm) {
        visit_term(visit.id, todo);
      } else if (visit.what == Visit::kGroup) {
        visit_group(visit.id, todo);
      } else {
        Group& group = groups_[visit.id];
        if (group.declaration == kNone) group.declaration = env_.declare(group.kind, group.constants);
        env_.declaration(group.declaration).rank = next_rank_++;
      }
    }
  }
}

// Whether everything that the loaded declarations of trusted modules mention is in trusted modules.
bool Loader::trust_holds() {
  std::vector<bool> seen(env_.terms().size(), false);
  std::vector<TermId> todo;
  const auto push = [&](TermId t) {
    if (!seen[t]) {
      seen[t] = true;
      todo.push_back(t);
    }
  };
  const auto good = [&](NameId name) {
    const ConstantId id = env_.find(name);
    return id != kNone && trusted(env_.constant(id).module);
  };
  for (const Group& group : groups_) {
    if (!group.entered || !trusted(env_.constant(group.constants.front()).module)) continue;
    for (const ConstantId c : group.constants) each_term(env_.constant(c), push);
    while (!todo.empty()) {
      const Node n = env_.terms()[todo.back()];
      todo.pop_back();
      switch (n.kind) {
        case Kind::kConst:
          if (!good(n.a)) return false;
          break;
        case Kind::kProj:
          if (!good(n.a)) return false;
          push(n.c);
          break;
        case Kind::kLet:
          push(n.c);
          [[fallthrough]];
        case Kind::kApp:
        case Kind::kLambda:
        case Kind::kPi:
          push(n.a);
          push(n.b);
          break;
        case Kind::kNat:
        case Kind::kBigNat:
          if (!good(nat_literal_.front())) return false;
          break;
        case Kind::kString:
          if (!good(string_literal_.front())) return false;
          break;
        default:
          break;
      }
    }
  }
  return true;
}

void Loader::load(const std::vector<ConstantId>& roots) {
  if (group_of_.size() < env_.num_constants()) group_of_.resize(env_.num_constants(), kNone);
  all_roots_.insert(all_roots_.end(), roots.begin(), roots.end());
  walk(roots);
  if (options_.trusted.empty() || trust_dropped_ || trust_holds()) return;
  // Trust in a proof was trust in what it mentions. Nothing is trusted now, and the proofs that were left out are
  // loaded: the walk starts again, since they may put declarations into another order.
  trust_dropped_ = true;
  for (Module& module : env_.modules()) module.trusted = false;
  for (Group& group : groups_) group.entered = false;
  seen_terms_.assign(seen_terms_.size(), false);
  next_rank_ = first_rank_;
  walk(all_roots_);
}

void Loader::load_module(std::uint32_t module) { load_modules({module}); }

bool Loader::is_compiler_code(ConstantId id) {
  const Constant& c = env_.constant(id);
  const std::string_view last = env_.names().text(c.name);
  if (c.kind != ConstantKind::kDefinition || (last != "_cstage1" && last != "_cstage2")) return false;
  ensure_loaded(id);
  return env_.constant(id).safety == Safety::kUnsafe;
}

void Loader::load_modules(const std::vector<std::uint32_t>& modules) {
  std::vector<ConstantId> roots;
  for (const std::uint32_t module : modules) {
    for (const ConstantId id : constants_of(module)) {
      if (!is_compiler_code(id)) roots.push_back(id);
    }
  }
  load(roots);
}

void Loader::load_all() {
  std::vector<std::uint32_t> modules;
  for (std::size_t i = 0; i < sources_.size(); ++i) modules.push_back(first_module_ + static_cast<std::uint32_t>(i));
  load_modules(modules);
}

}  // namespace verikit::lean
