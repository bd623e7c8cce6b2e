// Types. `check` verifies every judgement on the way; without it the term is known to be well typed.
#include <algorithm>

#include "base/error.h"
#include "lean/state.h"

namespace verikit::lean {

void Kernel::State::mismatch(Rule rule, TermId term, TermId actual, TermId expected) {
  std::string what;
  switch (rule) {
    case Rule::kArgumentMismatch:
      what = "the argument ";
      break;
    case Rule::kLetMismatch:
      what = "the let value ";
      break;
    default:
      what = "the value ";
      break;
  }
  reject(rule, what + self.print(term) + " has type " + self.print(actual) + ", expected " + self.print(expected));
}

bool Kernel::State::expose_pi(View& v) {
  for (int round = 0; round < 2; ++round) {
    for (;;) {
      const Node& n = terms[v.term];
      if (n.kind == Kind::kPi) return true;
      if (n.kind != Kind::kClosure) break;
      v = {n.a, n.b};
    }
    if (round == 0) v = {whnf(close(v)), kEmptyEnv};
  }
  return false;
}

LevelId Kernel::State::sort_of(View type, bool check) {
  TermId sort = infer(type, check);
  if (terms[sort].kind != Kind::kSort) sort = whnf(sort);
  const Node& n = terms[sort];
  if (n.kind != Kind::kSort) {
    const TermId t = close(type);
    reject(Rule::kNotASort, "expected a type, got " + self.print(t) + ", whose type is " + self.print(sort));
  }
  return n.a;
}

bool Kernel::State::is_prop(TermId type) { return is_zero(sort_of({type, kEmptyEnv}, false)); }

TermId Kernel::State::infer_constant(NameId name, LevelsId us) {
  const Constant& c = get(name);
  const std::size_t given = std::as_const(terms).levels().list(us).size();
  if (given != c.params.size()) {
    reject(Rule::kUniverseArity, env.names().to_string(name) + " takes " + std::to_string(c.params.size()) +
                                     " universe arguments, got " + std::to_string(given));
  }
  return close(c.type, level_env(c, us));
}

TermId Kernel::State::infer_literal(const Node& n) {
  if (n.kind == Kind::kString) {
    if (!primitives->string_literals(self)) {
      reject(Rule::kLiteral, "a string literal, but String, List, Char or their constructors are not the usual ones here");
    }
    return terms.constant(primitives->string, kNoLevels);
  }
  if (!primitives->nat_literals(self)) {
    reject(Rule::kLiteral, "a Nat literal, but Nat is not the inductive type with zero and succ here");
  }
  return terms.constant(primitives->nat, kNoLevels);
}

TermId Kernel::State::infer(View v, bool check) {
  step();
  const Node n = terms[v.term];
  switch (n.kind) {
    case Kind::kBVar: {
      const TermId value = close(v);
      return terms[value].kind == Kind::kFVar ? terms[value].b : infer({value, kEmptyEnv}, false);
    }
    case Kind::kFVar:
      return n.b;
    case Kind::kSort:
      return terms.sort(levels().succ(envs.apply(envs.levels(v.env), n.a)));
    case Kind::kConst:
      return infer_constant(n.a, envs.apply_list(envs.levels(v.env), n.b));
    case Kind::kNat:
    case Kind::kBigNat:
    case Kind::kString:
      return infer_literal(n);
    default:
      break;
  }
  // What is remembered: closed terms and closures by id, and in checking every open term that is shared.
  TermId key = kNone;
  const bool closed = n.loose == 0 && (!n.has_level_param || envs.levels(v.env) == kNoLevelSub);
  if (closed) {
    key = v.term;
    v.env = kEmptyEnv;
  } else if (!check || n.shared) {
    key = close(v);
  }
  if (key != kNone) {
    const std::uint32_t known = type_memo.get(key);
    if (known != 0 && (!check || (known & kChecked) != 0)) return (known & ~kChecked) - 1;
    const Node& k = terms[key];
    if (k.kind == Kind::kClosure) v = {k.a, k.b};
  }
  const Level guard(*this);
  const TermId type = infer_uncached(terms[v.term], v, check);
  if (key != kNone) type_memo.set(key, (type + 1) | (check ? kChecked : 0));
  return type;
}

TermId Kernel::State::infer_uncached(const Node& node, View v, bool check) {
  const Node n = node;
  switch (n.kind) {
    case Kind::kClosure:
      return infer({n.a, n.b}, check);
    case Kind::kApp:
      return infer_app(v, check);
    case Kind::kLambda:
      return infer_lambda(v, check);
    case Kind::kPi:
      return infer_pi(v, check);
    case Kind::kLet:
      return infer_let(v, check);
    case Kind::kProj:
      return infer_proj(n, v, check);
    default:
      fail(ErrorCode::kInternal, "infer: an atom reached the compound terms");
  }
}

void Kernel::State::check_against(View v, View type, Rule rule) {
  const TermId whole = v.term;
  const EnvId whole_env = v.env;
  if (terms[v.term].kind == Kind::kLambda) {
    // A function that is met again under the same variables has been checked against this type already.
    std::uint64_t key = 0;
    if (terms[v.term].shared) {
      const TermId function = close(v);
      key = pair_key(function, close(type));
      if (typed_pairs.contains(key)) return;
    }
    View pi = type;
    if (expose_pi(pi)) {
      // fun (x : A), b against (x : D) -> B: A against D, then b against B.
      const Level guard(*this);
      std::uint32_t level = std::max({envs.fvars(v.env), envs.fvars(pi.env), terms[v.term].fvars, terms[pi.term].fvars});
      for (;;) {
        const Node lambda = terms[v.term];
        const Node p = terms[pi.term];
        sort_of({lambda.a, v.env}, true);
        const TermId domain = close(lambda.a, v.env);
        const TermId expected = close(p.a, pi.env);
        if (!equal(domain, expected)) {
          reject(rule, "the function " + self.print(close(whole, whole_env)) + " takes " + self.print(domain) + ", expected " +
                           self.print(expected));
        }
        level = std::max({level, terms[domain].fvars, terms[expected].fvars});
        const TermId x = terms.fvar(level++, domain);
        v = {lambda.b, envs.cons(x, v.env)};
        pi = {p.b, envs.cons(x, pi.env)};
        if (terms[v.term].kind != Kind::kLambda) break;
        if (!expose_pi(pi)) break;
        level = std::max(level, envs.fvars(pi.env));
      }
      check_against(v, pi, rule);
      if (key != 0) typed_pairs.set(key, 1);
      return;
    }
  }
  const TermId actual = infer(v, true);
  const TermId expected = close(type);
  if (actual == expected) return;
  // `eagerReduce _ x` asks for reduction with free variables about.
  bool eager = false;
  if (primitives->eager_reduce != kNone && terms[v.term].kind == Kind::kApp) {
    const Node& fn = terms[terms[v.term].a];
    eager = fn.kind == Kind::kApp && terms[fn.a].kind == Kind::kConst && terms[fn.a].a == primitives->eager_reduce;
  }
  const bool before = eager_reduce;
  eager_reduce = eager_reduce || eager;
  const bool same = equal(actual, expected);
  eager_reduce = before;
  if (!same) mismatch(rule, close(v), actual, expected);
}

TermId Kernel::State::infer_app(View v, bool check) {
  // The arguments, outermost last, as they stand in the term.
  std::vector<TermId> args;
  View fn = v;
  while (terms[fn.term].kind == Kind::kApp) {
    args.push_back(terms[fn.term].b);
    fn.term = terms[fn.term].a;
  }
  View type{infer(fn, check), kEmptyEnv};
  for (std::size_t i = args.size(); i-- > 0;) {
    if (!expose_pi(type)) {
      reject(Rule::kNotAFunction, "in " + self.print(close(v)) + ", " + std::to_string(args.size() - 1 - i) +
                                      " arguments give a value of type " + self.print(close(type)) + ", which takes no more");
    }
    const Node pi = terms[type.term];
    const TermId arg = args[i];
    if (check) check_against({arg, v.env}, {pi.a, type.env}, Rule::kArgumentMismatch);
    const Node& body = terms[pi.b];
    if (body.loose == 0) {
      type = {pi.b, envs.nil(envs.levels(type.env))};
    } else {
      const TermId value = uses_variable_0(body) ? close(arg, v.env) : kNone;
      type = {pi.b, envs.cons(value, type.env)};
    }
  }
  return close(type);
}

TermId Kernel::State::infer_lambda(View v, bool check) {
  std::vector<TermId> fvars;
  std::vector<std::uint32_t> names;
  const std::uint32_t first = std::max(envs.fvars(v.env), terms[v.term].fvars);
  std::uint32_t level = first;
  while (terms[v.term].kind == Kind::kLambda) {
    const Node n = terms[v.term];
    if (check) sort_of({n.a, v.env}, true);
    const TermId domain = close(n.a, v.env);
    level = std::max(level, terms[domain].fvars);
    const TermId x = terms.fvar(level++, domain);
    fvars.push_back(x);
    names.push_back(n.c);
    v = {n.b, envs.cons(x, v.env)};
  }
  const TermId type = binders(Kind::kPi, fvars, names, infer(v, check));
  // A variable that left its binder would be taken for another one elsewhere: never go on.
  if (terms[type].fvars > first) fail(ErrorCode::kSoundness, "a free variable is left in the type of a function");
  return type;
}

TermId Kernel::State::infer_pi(View v, bool check) {
  std::vector<LevelId> sorts;
  std::uint32_t level = std::max(envs.fvars(v.env), terms[v.term].fvars);
  while (terms[v.term].kind == Kind::kPi) {
    const Node n = terms[v.term];
    sorts.push_back(sort_of({n.a, v.env}, check));
    TermId x = kNone;
    if (uses_variable_0(terms[n.b])) {
      const TermId domain = close(n.a, v.env);
      level = std::max(level, terms[domain].fvars);
      x = terms.fvar(level++, domain);
    }
    v = {n.b, envs.cons(x, v.env)};
  }
  LevelId result = sort_of(v, check);
  for (std::size_t i = sorts.size(); i-- > 0;) result = levels().make_imax(sorts[i], result);
  return terms.sort(result);
}

TermId Kernel::State::infer_let(View v, bool check) {
  while (terms[v.term].kind == Kind::kLet) {
    const Node n = terms[v.term];
    if (check) {
      sort_of({n.a, v.env}, true);
      check_against({n.b, v.env}, {n.a, v.env}, Rule::kLetMismatch);
    }
    const TermId value = uses_variable_0(terms[n.c]) ? close(n.b, v.env) : kNone;
    v = {n.c, envs.cons(value, v.env)};
  }
  return infer(v, check);
}

TermId Kernel::State::infer_proj(const Node& n, View v, bool check) {
  const View whole = v;
  const TermId structure = close(n.c, v.env);
  const TermId type = whnf(infer({n.c, v.env}, check));
  const auto fail_with = [&](const std::string& why) {
    reject(Rule::kProjection, "the projection " + self.print(close(whole)) + ": " + why);
  };
  const TermId type_head = head(type);
  const Node h = terms[type_head];
  if (h.kind != Kind::kConst || h.a != n.a) {
    fail_with("the structure's type is " + self.print(type) + ", not an application of " + env.names().to_string(n.a));
  }
  const Constant* ind = find(h.a);
  if (ind == nullptr || ind->kind != ConstantKind::kInductive) fail_with("no inductive type");
  const InductiveInfo info = self.inductive(*ind);
  if (info.constructors.size() != 1) fail_with("the type has " + std::to_string(info.constructors.size()) + " constructors, not one");
  std::vector<TermId> args;
  unpack(type, args);
  if (info.num_params > args.size() || args.size() != info.num_params + info.num_indices) {
    fail_with("the type is not fully applied");
  }
  const Constant* ctor = find(info.constructors[0]);
  if (ctor == nullptr || ctor->kind != ConstantKind::kConstructor) fail_with("the constructor is missing");
  View r{infer_constant(ctor->name, h.b), kEmptyEnv};
  for (std::size_t i = 0; i < info.num_params; ++i) {
    if (!expose_pi(r)) fail_with("the constructor has too few parameters");
    r = {terms[r.term].b, envs.cons(args[i], r.env)};
  }
  // Out of a proof only proofs can be taken.
  const bool from_prop = is_prop(type);
  for (std::uint32_t i = 0; i < n.b; ++i) {
    if (!expose_pi(r)) fail_with("there is no field " + std::to_string(n.b));
    const Node pi = terms[r.term];
    TermId value = kNone;
    if (uses_variable_0(terms[pi.b])) {
      if (from_prop && !is_prop(close(pi.a, r.env))) fail_with("the type is a proposition and depends on a field that is no proof");
      value = terms.proj(n.a, i, structure);
    }
    r = {pi.b, envs.cons(value, r.env)};
  }
  if (!expose_pi(r)) fail_with("there is no field " + std::to_string(n.b));
  const TermId result = close(terms[r.term].a, r.env);
  if (from_prop && !is_prop(result)) fail_with("the type is a proposition and the field is no proof");
  return result;
}

}  // namespace verikit::lean
