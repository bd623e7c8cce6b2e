// Definitional equality, in the order in which the official kernel tries its rules. What is remembered are pairs of
// terms, with no closure under transitivity: transitive closure is what once proved False.
#include <algorithm>

#include "lean/big_nat.h"
#include "lean/state.h"

namespace verikit::lean {
namespace {

// Which of two definitions to unfold first: negative where it is the second.
int compare_hints(const Hints& a, const Hints& b) {
  if (a.kind == b.kind) {
    if (a.kind != HintKind::kRegular || a.height == b.height) return 0;
    return a.height < b.height ? -1 : 1;
  }
  const auto rank = [](const Hints& h) { return h.kind == HintKind::kOpaque ? 0 : h.kind == HintKind::kRegular ? 1 : 2; };
  return rank(a) < rank(b) ? -1 : 1;
}

}  // namespace

bool Kernel::State::equal(TermId a, TermId b) {
  if (a == b) return true;
  const bool result = equal_core(a, b);
  if (result) equal_pairs.set(unordered(a, b), 1);
  return result;
}

bool Kernel::State::equal_binding(View a, View b, Kind kind, std::uint32_t level) {
  for (;;) {
    const Node na = terms[a.term];
    const Node nb = terms[b.term];
    if (na.kind == Kind::kClosure) {
      a = {na.a, na.b};
      continue;
    }
    if (nb.kind == Kind::kClosure) {
      b = {nb.a, nb.b};
      continue;
    }
    if (na.kind != kind || nb.kind != kind) break;
    if (a.term == b.term && a.env == b.env) return true;
    const bool used = uses_variable_0(terms[na.b]) || uses_variable_0(terms[nb.b]);
    TermId x = kNone;
    if (used || na.a != nb.a || a.env != b.env) {
      const TermId da = close(na.a, a.env);
      const TermId db = close(nb.a, b.env);
      if (!equal(da, db)) return false;
      if (used) {
        level = std::max({level, terms[da].fvars, terms[db].fvars});
        x = terms.fvar(level++, db);
      }
    }
    a = {na.b, envs.cons(x, a.env)};
    b = {nb.b, envs.cons(x, b.env)};
  }
  const TermId ca = close(a);
  return equal(ca, close(b));
}

Kernel::State::Truth Kernel::State::quick(TermId a, TermId b) {
  if (a == b) return Truth::kTrue;
  const View va = view(a);
  const View vb = view(b);
  const Node& na = terms[va.term];
  const Node& nb = terms[vb.term];
  if (equal_pairs.contains(unordered(a, b))) return Truth::kTrue;
  if (na.kind != nb.kind) return Truth::kUnknown;
  switch (na.kind) {
    case Kind::kLambda:
    case Kind::kPi: {
      const Level guard(*this);
      const std::uint32_t level = std::max(terms[a].fvars, terms[b].fvars);
      return equal_binding(va, vb, na.kind, level) ? Truth::kTrue : Truth::kFalse;
    }
    case Kind::kSort:
      return levels().equal(na.a, nb.a) ? Truth::kTrue : Truth::kFalse;
    case Kind::kNat:
    case Kind::kBigNat:
    case Kind::kString:
      return Truth::kFalse;  // equal literals have equal ids
    default:
      return Truth::kUnknown;
  }
}

Kernel::State::Truth Kernel::State::proof_irrelevant(TermId a, TermId b) {
  const TermId type_a = infer(a);
  if (!is_prop(type_a)) return Truth::kUnknown;
  const TermId type_b = infer(b);
  return equal(type_a, type_b) ? Truth::kTrue : Truth::kFalse;
}

Kernel::State::Truth Kernel::State::offset(TermId a, TermId b) {
  const auto is_zero_term = [&](TermId t) {
    const Node& n = terms[t];
    return (n.kind == Kind::kNat && n.a == 0 && n.b == 0) || (n.kind == Kind::kConst && n.a == primitives->zero && n.b == kNoLevels);
  };
  if (!primitives->mentions_nat()) return Truth::kUnknown;
  if (is_zero_term(a) && is_zero_term(b)) return primitives->nat_literals(self) ? Truth::kTrue : Truth::kUnknown;
  const auto predecessor = [&](TermId t) -> TermId {
    const View v = view(t);
    const Node n = terms[v.term];
    if (n.kind == Kind::kNat && (n.a != 0 || n.b != 0)) return terms.nat((static_cast<std::uint64_t>(n.b) << 32 | n.a) - 1);
    if (n.kind == Kind::kBigNat) return terms.nat(BigNat(terms.nat_value(v.term) - 1));
    if (n.kind == Kind::kApp) {
      const View fn = view(n.a);
      const Node& f = terms[fn.term];
      if (f.kind == Kind::kConst && f.a == primitives->succ && f.b == kNoLevels) return close(n.b, v.env);
    }
    return kNone;
  };
  const auto may_have = [&](TermId t) {
    const Node& n = terms[view(t).term];
    return n.kind == Kind::kNat || n.kind == Kind::kBigNat || n.kind == Kind::kApp;
  };
  if (!may_have(a) || !may_have(b)) return Truth::kUnknown;
  const TermId pa = predecessor(a);
  if (pa == kNone) return Truth::kUnknown;
  const TermId pb = predecessor(b);
  if (pb == kNone || !primitives->nat_literals(self)) return Truth::kUnknown;
  const Level guard(*this);
  return equal_core(pa, pb) ? Truth::kTrue : Truth::kFalse;
}

bool Kernel::State::equal_args(TermId a, TermId b) {
  std::vector<TermId> x, y;
  unpack(a, x);
  unpack(b, y);
  if (x.size() != y.size()) return false;
  for (std::size_t i = x.size(); i-- > 0;) {
    if (!equal(x[i], y[i])) return false;
  }
  return true;
}

bool Kernel::State::equal_app(TermId a, TermId b) {
  if (terms[view(a).term].kind != Kind::kApp || terms[view(b).term].kind != Kind::kApp) return false;
  std::vector<TermId> x, y;
  const TermId f = unpack(a, x);
  const TermId g = unpack(b, y);
  if (x.size() != y.size() || !equal(f, g)) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!equal(x[i], y[i])) return false;
  }
  return true;
}

bool Kernel::State::unfold_proj_app(TermId& t) {
  if (terms[head(t)].kind != Kind::kProj) return false;
  const TermId reduced = whnf_core(t, false);
  if (reduced == t) return false;
  t = reduced;
  return true;
}

Kernel::State::Truth Kernel::State::lazy_delta_step(TermId& a, TermId& b, bool& go_on) {
  const Constant* da = unfoldable(a);
  const Constant* db = unfoldable(b);
  go_on = false;
  if (da == nullptr && db == nullptr) return Truth::kUnknown;
  if (db == nullptr) {
    // A stuck projection on the other side may be what has to move.
    if (!unfold_proj_app(b)) a = unfold(a, true);
  } else if (da == nullptr) {
    if (!unfold_proj_app(a)) b = unfold(b, true);
  } else {
    const int order = compare_hints(da->hints, db->hints);
    if (order < 0) {
      b = unfold(b, true);
    } else if (order > 0) {
      a = unfold(a, true);
    } else {
      if (da == db && da->hints.kind == HintKind::kRegular && terms[view(a).term].kind == Kind::kApp &&
          terms[view(b).term].kind == Kind::kApp) {
        // f x = f y mostly because x = y.
        const std::uint64_t key = unordered(a, b);
        if (!failed_pairs.contains(key)) {
          if (levels().lists_equal(terms[head(a)].b, terms[head(b)].b) && equal_args(a, b)) return Truth::kTrue;
          if (!eager_reduce) failed_pairs.set(key, 1);
        }
      }
      a = unfold(a, true);
      b = unfold(b, true);
    }
  }
  const Truth truth = quick(a, b);
  go_on = truth == Truth::kUnknown;
  return truth;
}

Kernel::State::Truth Kernel::State::lazy_delta(TermId& a, TermId& b) {
  for (;;) {
    step();
    const Truth by_offset = offset(a, b);
    if (by_offset != Truth::kUnknown) return by_offset;
    if (eager_reduce || (terms[a].fvars == 0 && terms[b].fvars == 0)) {
      if (const TermId literal = reduce_nat(a); literal != kNone) return equal_core(literal, b) ? Truth::kTrue : Truth::kFalse;
      if (const TermId literal = reduce_nat(b); literal != kNone) return equal_core(a, literal) ? Truth::kTrue : Truth::kFalse;
    }
    bool go_on = false;
    const Truth truth = lazy_delta_step(a, b, go_on);
    if (!go_on) return truth;
  }
}

bool Kernel::State::lazy_delta_proj(TermId a, TermId b, NameId structure, std::uint32_t field) {
  const Level guard(*this);
  for (;;) {
    step();
    bool go_on = false;
    const Truth truth = lazy_delta_step(a, b, go_on);
    if (go_on) continue;
    if (truth == Truth::kTrue) return true;
    const TermId x = project(structure, field, a);
    if (x != kNone) {
      const TermId y = project(structure, field, b);
      if (y != kNone) return equal_core(x, y);
    }
    return equal_core(a, b);
  }
}

bool Kernel::State::eta(TermId a, TermId b) {
  const View va = view(a);
  if (terms[va.term].kind != Kind::kLambda || terms[view(b).term].kind == Kind::kLambda) return false;
  View pi{infer(b), kEmptyEnv};
  if (!expose_pi(pi)) return false;
  // fun (x : A), e against b : (x : D) -> _, that is against fun (x : D), b x.
  const Node lambda = terms[va.term];
  const TermId domain = close(lambda.a, va.env);
  const TermId expected = close(terms[pi.term].a, pi.env);
  if (!equal(domain, expected)) return false;
  const std::uint32_t level = std::max({terms[a].fvars, terms[b].fvars, terms[expected].fvars});
  const TermId x = terms.fvar(level, expected);
  const TermId body = close(lambda.b, envs.cons(x, va.env));
  return equal(body, terms.app(b, x));
}

bool Kernel::State::eta_struct(TermId a, TermId b) {
  const TermId h = head(b);
  const Node n = terms[h];
  if (n.kind != Kind::kConst) return false;
  const Constant* ctor = find(n.a);
  if (ctor == nullptr || ctor->kind != ConstantKind::kConstructor) return false;
  const ConstructorInfo info = self.constructor(*ctor);
  if (structure_constructor(info.inductive) != ctor) return false;
  std::vector<TermId> args;
  unpack(b, args);
  if (info.num_params > args.size() || info.num_fields != args.size() - info.num_params) return false;
  const TermId type = infer(a);
  if (!equal(type, infer(b))) return false;
  for (std::uint32_t i = 0; i < info.num_fields; ++i) {
    if (!equal(terms.proj(info.inductive, i, a), args[info.num_params + i])) return false;
  }
  return true;
}

Kernel::State::Truth Kernel::State::string_expansion(TermId a, TermId b) {
  for (int side = 0; side < 2; ++side, std::swap(a, b)) {
    if (terms[a].kind != Kind::kString) continue;
    const View v = view(b);
    if (terms[v.term].kind != Kind::kApp) continue;
    const Node& fn = terms[view(terms[v.term].a).term];
    if (fn.kind != Kind::kConst || fn.a != primitives->string_constructor) continue;
    const TermId expanded = string_to_constructor(a);
    if (expanded == kNone) continue;
    return equal_core(expanded, b) ? Truth::kTrue : Truth::kFalse;
  }
  return Truth::kUnknown;
}

bool Kernel::State::unit_like(TermId a, TermId b) {
  const TermId type = whnf(infer(a));
  const Node n = terms[head(type)];
  if (n.kind != Kind::kConst) return false;
  const Constant* ctor = structure_constructor(n.a);
  if (ctor == nullptr || self.constructor(*ctor).num_fields != 0) return false;
  return equal_core(type, infer(b));
}

bool Kernel::State::equal_core(TermId a, TermId b) {
  step();
  const Level guard(*this);
  if (const Truth truth = quick(a, b); truth != Truth::kUnknown) return truth == Truth::kTrue;
  const std::uint64_t key = unordered(a, b);
  if (unequal_pairs.contains(key)) return false;
  // Proof by reflection: `decide p = true` is for evaluation, not for comparison.
  const NameId bool_true = primitives->bool_true;
  if (bool_true != kNone && terms[b].kind == Kind::kConst && terms[b].a == bool_true && (eager_reduce || terms[a].fvars == 0)) {
    const Node& n = terms[whnf(a)];
    if (n.kind == Kind::kConst && n.a == bool_true) return true;
  }
  const auto settle = [&](bool result) {
    if (!result && !eager_reduce) unequal_pairs.set(key, 1);
    return result;
  };
  TermId x = whnf_core(a, true);
  TermId y = whnf_core(b, true);
  if (x != a || y != b) {
    if (const Truth truth = quick(x, y); truth != Truth::kUnknown) return settle(truth == Truth::kTrue);
  }
  if (const Truth truth = proof_irrelevant(x, y); truth != Truth::kUnknown) return settle(truth == Truth::kTrue);
  if (const Truth truth = lazy_delta(x, y); truth != Truth::kUnknown) return settle(truth == Truth::kTrue);
  const Node nx = terms[x];
  const Node ny = terms[y];
  if (nx.kind == Kind::kConst && ny.kind == Kind::kConst && nx.a == ny.a && levels().lists_equal(nx.b, ny.b)) return true;
  if (nx.kind == Kind::kFVar && ny.kind == Kind::kFVar && x == y) return true;
  if (nx.kind == Kind::kProj && ny.kind == Kind::kProj && nx.a == ny.a && nx.b == ny.b && lazy_delta_proj(nx.c, ny.c, nx.a, nx.b)) {
    return true;
  }
  const TermId xx = whnf_core(x, false);
  const TermId yy = whnf_core(y, false);
  if (xx != x || yy != y) return settle(equal_core(xx, yy));
  if (equal_app(x, y)) return true;
  if (eta(x, y) || eta(y, x)) return true;
  if (eta_struct(x, y) || eta_struct(y, x)) return true;
  if (const Truth truth = string_expansion(x, y); truth != Truth::kUnknown) return settle(truth == Truth::kTrue);
  return settle(unit_like(x, y));
}

}  // namespace verikit::lean
