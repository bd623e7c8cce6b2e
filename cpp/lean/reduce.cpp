// Reduction to weak head normal form: a machine over views, so that nothing is substituted before it is looked at.
#include <algorithm>

#include "lean/state.h"

namespace verikit::lean {
namespace {

// Counts in a recursor come from a file and may not have been recomputed yet.
constexpr std::uint64_t kMaxArguments = std::uint64_t{1} << 24;

// Terms of this kind are in weak head normal form as they are, constants aside.
bool is_value(Kind kind) {
  switch (kind) {
    case Kind::kSort:
    case Kind::kPi:
    case Kind::kLambda:
    case Kind::kFVar:
    case Kind::kNat:
    case Kind::kBigNat:
    case Kind::kString:
      return true;
    default:
      return false;
  }
}

}  // namespace

TermId Kernel::State::rebuild(TermId t, std::size_t base) {
  while (stack.size() > base) {
    t = terms.app(t, stack.back());
    stack.pop_back();
  }
  return t;
}

TermId Kernel::State::run(View v, std::size_t base, bool cheap, bool unfold) {
  for (;;) {
    step();
    const Node n = terms[v.term];
    switch (n.kind) {
      case Kind::kClosure:
        v = {n.a, n.b};
        continue;
      case Kind::kApp:
        stack.push_back(close(n.b, v.env));
        v.term = n.a;
        continue;
      case Kind::kBVar: {
        // The value may be used again: it is reduced by itself, once, and remembered.
        const TermId value = close(v);
        v = {unfold && stack.size() == base ? whnf(value) : whnf_core(value, cheap), kEmptyEnv};
        const Kind kind = terms[view(v.term).term].kind;
        if (kind == Kind::kApp || kind == Kind::kConst || kind == Kind::kLambda) continue;
        return v.term;
      }
      case Kind::kLambda: {
        if (stack.size() == base) return close(v);
        const Node& body = terms[n.b];
        v = {n.b, body.loose == 0 ? envs.nil(envs.levels(v.env)) : envs.cons(uses_variable_0(body) ? stack.back() : kNone, v.env)};
        stack.pop_back();
        continue;
      }
      case Kind::kLet: {
        const Node& body = terms[n.c];
        const TermId value = uses_variable_0(body) ? close(n.b, v.env) : kNone;
        v = {n.c, envs.cons(value, v.env)};
        continue;
      }
      case Kind::kProj: {
        const TermId whole = close(n.c, v.env);
        const TermId structure = cheap ? whnf_core(whole, true) : whnf(whole);
        const TermId field = project(n.a, n.b, structure);
        if (field == kNone) return terms.proj(n.a, n.b, whole);
        v = {field, kEmptyEnv};
        continue;
      }
      case Kind::kConst: {
        const LevelsId us = envs.apply_list(envs.levels(v.env), n.b);
        const TermId head = us == n.b ? v.term : terms.constant(n.a, us);
        const Constant* c = find(n.a);
        if (c != nullptr) {
          View next;
          if (c->kind == ConstantKind::kRecursor && reduce_recursor(*c, us, base, next)) {
            v = next;
            continue;
          }
          if (c->kind == ConstantKind::kQuotient && reduce_quotient(*c, base, next)) {
            v = next;
            continue;
          }
          if (unfold && c->kind == ConstantKind::kDefinition && c->params.size() == terms.levels().list(us).size()) {
            const TermId literal = reduce_nat(head, base);
            if (literal != kNone) return literal;
            v = {c->value, level_env(*c, us)};
            continue;
          }
        }
        if (unfold) {
          const TermId literal = reduce_nat(head, base);
          if (literal != kNone) return literal;
        }
        return head;
      }
      default:
        return close(v);
    }
  }
}

TermId Kernel::State::whnf_core(TermId t, bool cheap) {
  const View v = view(t);
  const Kind kind = terms[v.term].kind;
  if (is_value(kind) || kind == Kind::kConst) return t;
  if (const std::uint32_t known = core_memo.get(t)) return known - 1;
  const Level guard(*this);
  const std::size_t base = stack.size();
  const TermId head = run(v, base, cheap, false);
  const TermId result = rebuild(head, base);
  if (!cheap) core_memo.set(t, result + 1);
  return result;
}

TermId Kernel::State::whnf(TermId t) {
  const View v = view(t);
  if (is_value(terms[v.term].kind)) return t;
  if (const std::uint32_t known = whnf_memo.get(t)) return known - 1;
  const Level guard(*this);
  const std::size_t base = stack.size();
  const TermId head = run(v, base, false, true);
  const TermId result = rebuild(head, base);
  whnf_memo.set(t, result + 1);
  return result;
}

TermId Kernel::State::project(NameId structure, std::uint32_t field, TermId c) {
  if (terms[c].kind == Kind::kString) {
    const TermId expanded = string_to_constructor(c);
    if (expanded == kNone) return kNone;
    c = whnf(expanded);
  }
  const TermId mk = head(c);
  const Node& n = terms[mk];
  if (n.kind != Kind::kConst) return kNone;
  const Constant* ctor = find(n.a);
  if (ctor == nullptr || ctor->kind != ConstantKind::kConstructor) return kNone;
  const ConstructorInfo& info = self.constructor(*ctor);
  if (info.inductive != structure || info.num_params > kMaxArguments) return kNone;
  std::vector<TermId> args;
  unpack(c, args);
  const std::uint64_t index = info.num_params + field;
  return index < args.size() ? args[index] : kNone;
}

bool Kernel::State::reduce_recursor(const Constant& c, LevelsId levels_id, std::size_t base, View& next) {
  const RecursorInfo& info = self.recursor(c);
  if (info.num_params > kMaxArguments || info.num_motives > kMaxArguments || info.num_minors > kMaxArguments ||
      info.num_indices > kMaxArguments) {
    return false;
  }
  const std::size_t first = info.num_params + info.num_motives + info.num_minors;
  const std::size_t major_index = first + info.num_indices;
  if (stack.size() - base <= major_index) return false;
  TermId major = stack[stack.size() - 1 - major_index];
  const NameId inductive = major_inductive(c, major_index);
  if (inductive == kNone) return false;
  if (info.k) major = to_constructor_k(inductive, info, major);
  major = whnf(major);
  const Node m = terms[major];
  if (m.kind == Kind::kNat || m.kind == Kind::kBigNat) {
    major = nat_to_constructor(major);
  } else if (m.kind == Kind::kString) {
    const TermId expanded = string_to_constructor(major);
    if (expanded == kNone) return false;
    major = whnf(expanded);
  } else {
    major = eta_structure(inductive, major);
  }
  const TermId mk = head(major);
  if (terms[mk].kind != Kind::kConst) return false;
  const NameId name = terms[mk].a;
  const auto rule = std::find_if(info.rules.begin(), info.rules.end(), [&](const RecursorRule& r) { return r.constructor == name; });
  if (rule == info.rules.end()) return false;
  if (c.params.size() != terms.levels().list(levels_id).size()) return false;
  std::vector<TermId> fields;
  unpack(major, fields);
  if (rule->num_fields > fields.size()) return false;
  // On the stack, the first argument on top: parameters, motives, minors, then the fields, then what follows the major.
  std::vector<TermId> front(stack.end() - static_cast<std::ptrdiff_t>(first), stack.end());
  stack.resize(stack.size() - major_index - 1);
  for (std::size_t i = 0; i < rule->num_fields; ++i) stack.push_back(fields[fields.size() - 1 - i]);
  stack.insert(stack.end(), front.begin(), front.end());
  next = {rule->rhs, level_env(c, levels_id)};
  return true;
}

bool Kernel::State::reduce_quotient(const Constant& c, std::size_t base, View& next) {
  std::size_t mk_index = 0;
  if (c.quotient == QuotientKind::kLift) {
    mk_index = 5;
  } else if (c.quotient == QuotientKind::kInd) {
    mk_index = 4;
  } else {
    return false;
  }
  if (stack.size() - base <= mk_index) return false;
  const TermId mk = whnf(stack[stack.size() - 1 - mk_index]);
  const TermId mk_head = head(mk);
  if (terms[mk_head].kind != Kind::kConst) return false;
  const Constant* q = find(terms[mk_head].a);
  if (q == nullptr || q->kind != ConstantKind::kQuotient || q->quotient != QuotientKind::kMk) return false;
  std::vector<TermId> args;
  unpack(mk, args);
  if (args.size() != 3) return false;
  const TermId f = stack[stack.size() - 1 - 3];
  stack.resize(stack.size() - mk_index - 1);
  stack.push_back(args[2]);
  next = {f, kEmptyEnv};
  return true;
}

// The inductive type that heads the major premise, or kNone.
NameId Kernel::State::major_inductive(const Constant& rec, std::size_t major_index) const {
  TermId type = rec.type;
  for (std::size_t i = 0;; ++i) {
    const Node& n = terms[type];
    if (n.kind != Kind::kPi) return kNone;
    if (i == major_index) {
      TermId domain = n.a;
      while (terms[domain].kind == Kind::kApp) domain = terms[domain].a;
      return terms[domain].kind == Kind::kConst ? terms[domain].a : kNone;
    }
    type = n.b;
  }
}

TermId Kernel::State::to_constructor_k(NameId inductive, const RecursorInfo& info, TermId major) {
  const TermId type = whnf(infer(major));
  const TermId head_id = head(type);
  if (terms[head_id].kind != Kind::kConst || terms[head_id].a != inductive) return major;
  const Constant* ind = find(inductive);
  if (ind == nullptr || ind->kind != ConstantKind::kInductive) return major;
  const InductiveInfo& ind_info = self.inductive(*ind);
  if (ind_info.constructors.empty()) return major;
  std::vector<TermId> args;
  unpack(type, args);
  if (args.size() < info.num_params) return major;
  TermId made = terms.constant(ind_info.constructors[0], terms[head_id].b);
  for (std::size_t i = 0; i < info.num_params; ++i) made = terms.app(made, args[i]);
  if (!equal(type, infer(made))) return major;
  return made;
}

const Constant* Kernel::State::structure_constructor(NameId inductive) const {
  const Constant* ind = find(inductive);
  if (ind == nullptr || ind->kind != ConstantKind::kInductive) return nullptr;
  const InductiveInfo& info = self.inductive(*ind);
  if (info.constructors.size() != 1 || info.num_indices != 0 || info.is_recursive) return nullptr;
  const Constant* ctor = find(info.constructors[0]);
  return ctor != nullptr && ctor->kind == ConstantKind::kConstructor ? ctor : nullptr;
}

TermId Kernel::State::eta_structure(NameId inductive, TermId e) {
  const Constant* ctor = structure_constructor(inductive);
  if (ctor == nullptr) return e;
  const TermId e_head = head(e);
  if (terms[e_head].kind == Kind::kConst) {
    const Constant* c = find(terms[e_head].a);
    if (c != nullptr && c->kind == ConstantKind::kConstructor) return e;
  }
  const TermId type = whnf(infer(e));
  const TermId type_head = head(type);
  if (terms[type_head].kind != Kind::kConst || terms[type_head].a != inductive) return e;
  // A proof is not taken apart: its fields could be data.
  const TermId sort = whnf(infer(type));
  if (terms[sort].kind != Kind::kSort) return e;
  if (is_zero(terms[sort].a)) return e;
  const ConstructorInfo& info = self.constructor(*ctor);
  std::vector<TermId> args;
  unpack(type, args);
  if (args.size() < info.num_params || info.num_fields > kMaxArguments) return e;
  TermId made = terms.constant(ctor->name, terms[type_head].b);
  for (std::size_t i = 0; i < info.num_params; ++i) made = terms.app(made, args[i]);
  for (std::uint32_t i = 0; i < info.num_fields; ++i) made = terms.app(made, terms.proj(inductive, i, e));
  return made;
}

const Constant* Kernel::State::unfoldable(TermId t) {
  const TermId h = head(t);
  const Node& n = terms[h];
  if (n.kind != Kind::kConst) return nullptr;
  const Constant* c = find(n.a);
  if (c == nullptr || c->kind != ConstantKind::kDefinition) return nullptr;
  return c->params.size() == std::as_const(terms).levels().list(n.b).size() ? c : nullptr;
}

TermId Kernel::State::unfold(TermId t, bool cheap) {
  const Level guard(*this);
  const std::size_t base = stack.size();
  std::vector<TermId> args;
  const TermId h = unpack(t, args);
  stack.insert(stack.end(), args.rbegin(), args.rend());
  const Constant& c = *find(terms[h].a);
  const TermId stuck = run({c.value, level_env(c, terms[h].b)}, base, cheap, false);
  return rebuild(stuck, base);
}

}  // namespace verikit::lean
