// Suspended substitutions: making them, looking through them, carrying them out.
#include <algorithm>
#include <span>

#include "base/error.h"
#include "lean/state.h"

namespace verikit::lean {
namespace {

// Applications up to this size are substituted at once: equal small terms then have equal ids, which is what makes most
// comparisons of types end before they begin.
constexpr std::uint32_t kEagerWeight = 40;

// The same node over parts that `map(part, under)` gives; under: 1 for what lies under the node's binder, else 0.
// requires: a kind with parts.
template <class Map>
TermId with_parts(TermStore& terms, const Node& n, Map&& map) {
  switch (n.kind) {
    case Kind::kApp: {
      const TermId fn = map(n.a, 0u);
      return terms.app(fn, map(n.b, 0u));
    }
    case Kind::kLambda:
    case Kind::kPi: {
      const TermId domain = map(n.a, 0u);
      return terms.make(n.kind, domain, map(n.b, 1u), n.c);
    }
    case Kind::kLet: {
      const TermId type = map(n.a, 0u);
      const TermId value = map(n.b, 0u);
      return terms.make(n.kind, type, value, map(n.c, 1u));
    }
    case Kind::kProj:
      return terms.proj(n.a, n.b, map(n.c, 0u));
    default:
      fail(ErrorCode::kInternal, "a walk over a term met an atom where it expected parts");
  }
}

}  // namespace

TermId Kernel::State::close(TermId term, EnvId values) {
  const Node n = terms[term];
  const LevelSubId sub = envs.levels(values);
  if (n.loose == 0 && (!n.has_level_param || sub == kNoLevelSub)) return term;
  switch (n.kind) {
    case Kind::kBVar: {
      const TermId value = envs.lookup(values, n.a);
      if (value == kNone) reject(Rule::kLooseVariable, "a bound variable has no binder");
      return value;
    }
    case Kind::kSort:
      return terms.sort(envs.apply(sub, n.a));
    case Kind::kConst:
      return terms.constant(n.a, envs.apply_list(sub, n.b));
    case Kind::kApp:
      if (n.weight <= kEagerWeight) {
        const TermId fn = close(n.a, values);
        return terms.app(fn, close(n.b, values));
      }
      break;
    case Kind::kProj:
      if (n.weight <= kEagerWeight) return terms.proj(n.a, n.b, close(n.c, values));
      break;
    default:
      break;
  }
  const EnvId pruned = n.loose <= 64 ? envs.prune(values, n.mask) : values;
  return terms.closure(term, pruned, std::max(n.fvars, envs.fvars(pruned)));
}

TermId Kernel::State::unpack(TermId t, std::vector<TermId>& args) {
  const std::size_t begin = args.size();
  View v{t, kEmptyEnv};
  for (;;) {
    const Node n = terms[v.term];
    if (n.kind == Kind::kClosure) {
      v = {n.a, n.b};
    } else if (n.kind == Kind::kApp) {
      args.push_back(close(n.b, v.env));
      v.term = n.a;
    } else if (n.kind == Kind::kBVar) {
      v = {close(v), kEmptyEnv};
    } else {
      break;
    }
  }
  std::reverse(args.begin() + static_cast<std::ptrdiff_t>(begin), args.end());
  return close(v);
}

TermId Kernel::State::head(TermId t) {
  View v{t, kEmptyEnv};
  for (;;) {
    const Node& n = terms[v.term];
    if (n.kind == Kind::kClosure) {
      v = {n.a, n.b};
    } else if (n.kind == Kind::kApp) {
      v.term = n.a;
    } else if (n.kind == Kind::kBVar) {
      v = {close(v), kEmptyEnv};
    } else {
      return close(v);
    }
  }
}

TermId Kernel::State::plain(TermId t) {
  const Level guard(*this);
  // Whether a term contains a closure is not recorded: a memo over the whole session keeps the walk linear.
  if (t < terms.first()) return t;
  const std::uint64_t key = pair_key(t, kNone);
  if (const std::uint32_t* found = plain_memo.find(key)) return *found;
  const Node n = terms[t];
  TermId result = t;
  switch (n.kind) {
    case Kind::kClosure:
      result = substitute(n.a, n.b);
      break;
    case Kind::kFVar:
      // Left as it is, its type too: another type would make it another variable, which no binder would catch.
      break;
    case Kind::kApp:
    case Kind::kLambda:
    case Kind::kPi:
    case Kind::kLet:
    case Kind::kProj:
      result = with_parts(terms, n, [this](TermId part, std::uint32_t) { return plain(part); });
      break;
    default:
      break;
  }
  plain_memo.set(key, result);
  return result;
}

namespace {

// The walk of one substitution: the key of its memo is the term and how many binders it lies under.
struct Substitution {
  Kernel::State& state;
  EnvId env;
  FlatMap memo{64};

  TermId run(TermId t, std::uint32_t under) {
    const Kernel::State::Level guard(state);
    state.step();
    const Node n = state.terms[t];
    const bool levels = n.has_level_param && state.envs.levels(env) != kNoLevelSub;
    if (n.loose <= under && !levels) return state.plain(t);
    const std::uint64_t key = pair_key(t, under);
    if (const std::uint32_t* found = memo.find(key)) return *found;
    TermStore& terms = state.terms;
    TermId result = t;
    switch (n.kind) {
      case Kind::kBVar: {
        if (n.a < under) return t;
        const TermId value = state.envs.lookup(env, n.a - under);
        if (value == kNone) reject(Rule::kLooseVariable, "a bound variable has no binder");
        result = state.plain(value);
        break;
      }
      case Kind::kSort:
        result = terms.sort(state.envs.apply(state.envs.levels(env), n.a));
        break;
      case Kind::kConst:
        result = terms.constant(n.a, state.envs.apply_list(state.envs.levels(env), n.b));
        break;
      default:
        result = with_parts(terms, n, [&](TermId part, std::uint32_t more) { return run(part, under + more); });
    }
    memo.set(key, result);
    return result;
  }
};

}  // namespace

TermId Kernel::State::substitute_levels(TermId t, std::span<const NameId> params, LevelsId args) {
  return substitute(t, envs.nil(envs.fresh_level_sub(params, args)));
}

TermId Kernel::State::substitute(TermId term, EnvId values) { return Substitution{*this, values}.run(term, 0); }

namespace {

// Where each variable stands. Few are looked through, many are looked up: there may be a million.
class Positions {
 public:
  explicit Positions(std::span<const TermId> fvars) : fvars_(fvars) {
    if (fvars.size() <= kFew) return;
    for (std::uint32_t i = 0; i < fvars.size(); ++i) map_.set(fvars[i], i);
  }
  // The place among the first `count` variables, or kNone.
  [[nodiscard]] std::uint32_t find(TermId fvar, std::size_t count) {
    if (fvars_.size() > kFew) {
      const std::uint32_t* found = map_.find(fvar);
      return found != nullptr && *found < count ? *found : kNone;
    }
    for (std::size_t i = count; i-- > 0;) {
      if (fvars_[i] == fvar) return static_cast<std::uint32_t>(i);
    }
    return kNone;
  }

 private:
  static constexpr std::size_t kFew = 8;
  std::span<const TermId> fvars_;
  FlatMap map_{2};
};

struct Abstraction {
  Kernel::State& state;
  Positions& positions;
  std::uint32_t count;   // of the variables, the first so many are abstracted
  std::uint32_t lowest;  // level of the lowest variable
  FlatMap memo{64};

  TermId run(TermId t, std::uint32_t under) {
    const Kernel::State::Level guard(state);
    state.step();
    const Node n = state.terms[t];
    if (n.fvars <= lowest) return t;
    TermStore& terms = state.terms;
    if (n.kind == Kind::kFVar) {
      const std::uint32_t at = positions.find(t, count);
      return at == kNone ? t : terms.bvar(under + (count - 1 - at));
    }
    const std::uint64_t key = pair_key(t, under);
    if (const std::uint32_t* found = memo.find(key)) return *found;
    TermId result = t;
    if (n.kind == Kind::kClosure) {
      result = run(state.substitute(n.a, n.b), under);
    } else {
      result = with_parts(terms, n, [&](TermId part, std::uint32_t more) { return run(part, under + more); });
    }
    memo.set(key, result);
    return result;
  }
};

}  // namespace

TermId Kernel::State::abstract(TermId t, const std::vector<TermId>& fvars, std::uint32_t under) {
  if (fvars.empty()) return t;
  std::uint32_t lowest = kNone;
  for (const TermId f : fvars) lowest = std::min(lowest, terms[f].a);
  if (terms[t].fvars <= lowest) return t;
  Positions positions(fvars);
  return Abstraction{*this, positions, static_cast<std::uint32_t>(fvars.size()), lowest}.run(t, under);
}

TermId Kernel::State::binders(Kind kind, const std::vector<TermId>& fvars, const std::vector<std::uint32_t>& names, TermId body) {
  TermId result = abstract(body, fvars, 0);
  // The lowest level among the first i variables: not looked for again at each of a million binders.
  std::vector<std::uint32_t> lowest(fvars.size() + 1, kNone);
  for (std::size_t i = 0; i < fvars.size(); ++i) lowest[i + 1] = std::min(lowest[i], terms[fvars[i]].a);
  Positions positions(fvars);
  for (std::size_t i = fvars.size(); i-- > 0;) {
    TermId domain = terms[fvars[i]].b;
    if (terms[domain].fvars > lowest[i]) {
      domain = Abstraction{*this, positions, static_cast<std::uint32_t>(i), lowest[i]}.run(domain, 0);
    }
    result = terms.make(kind, domain, result, names[i]);
  }
  return result;
}

}  // namespace verikit::lean
