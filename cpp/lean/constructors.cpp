// A block of inductive types: its types and constructors, as far as it takes the kernel to check them.
#include <algorithm>

#include "base/error.h"
#include "lean/inductive.h"

namespace verikit::lean {

// Annotations are identities that elaboration leaves in types; variables have types without them.
TermId InductiveBlock::strip_annotations(TermId t) {
  const auto is = [&](TermId fn, NameId one, NameId other) {
    const Node& n = terms_[fn];
    return n.kind == Kind::kConst && (n.a == one || n.a == other);
  };
  for (;;) {
    const Node n = terms_[t];
    if (n.kind != Kind::kApp) return t;
    if (is(n.a, out_param_, semi_out_param_)) {
      t = n.b;
    } else if (terms_[n.a].kind == Kind::kApp && is(terms_[n.a].a, opt_param_, auto_param_)) {
      t = terms_[n.a].b;
    } else {
      return t;
    }
    stripped_ = true;
  }
}

void InductiveBlock::check_types() {
  std::size_t count = specs_.size();
  for (const TypeSpec& spec : specs_) count += spec.constructors.size();
  base_ = static_cast<std::uint32_t>(num_params_ + count);
  // The block's types are not there yet, also where an auxiliary type's parameters brought them in.
  for (const TypeSpec& spec : specs_) {
    if (mentions_any_->in(spec.type)) {
      reject(Rule::kUnknownConstant,
             "a nested occurrence in " + name(all_[0]) + " has indices whose types mention the block itself");
    }
  }
  bool first = true;
  for (TypeSpec& spec : specs_) {
    check_type(spec, first);
    first = false;
  }
  for (std::size_t i = 0; i < num_declared_; ++i) {
    expect(*types_[i], "numIndices", env_.inductive(*types_[i]).num_indices, specs_[i].indices.size(),
           Rule::kInductive);
  }
}

void InductiveBlock::check_type(TypeSpec& spec, bool first) {
  k_.check(spec.type);
  TermId rest = spec.type;
  std::vector<TermId> values;  // of the loose variables of `rest`
  std::size_t params = 0;
  for (;;) {
    if (terms_[rest].kind != Kind::kPi) {
      rest = k_.plain_whnf(k_.instantiate(rest, values));
      values.clear();
      if (terms_[rest].kind != Kind::kPi) break;
    }
    const Node n = terms_[rest];
    const TermId domain = k_.instantiate(n.a, values);
    if (params < num_params_) {
      if (first) {
        params_.push_back(k_.fvar(static_cast<std::uint32_t>(params), strip_annotations(domain)));
      } else if (!k_.equal(domain, type_of(params_[params]))) {
        reject(Rule::kMutualBlock, "parameter " + std::to_string(params + 1) +
                                       " is not the same in all types of the block of " + name(all_[0]));
      }
      values.push_back(params_[params++]);
    } else {
      const TermId index = k_.fvar(base() + static_cast<std::uint32_t>(spec.indices.size()), strip_annotations(domain));
      spec.indices.push_back(index);
      values.push_back(index);
    }
    rest = n.b;
  }
  if (params != num_params_) {
    reject(Rule::kInductive, "a type in the block of " + name(all_[0]) + " has fewer than the " +
                                 std::to_string(num_params_) + " parameters");
  }
  const LevelId level = k_.ensure_sort(rest);
  if (first) {
    result_level_ = level;
  } else if (!terms_.levels().equal(level, result_level_)) {
    reject(Rule::kMutualBlock,
           "the types of the block of " + name(all_[0]) + " (nested ones included) must live in one universe");
  }
}

void InductiveBlock::check_constructors() {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    for (ConstructorSpec& c : specs_[i].constructors) check_constructor(i, c);
  }
}

void InductiveBlock::check_constructor(std::size_t type, ConstructorSpec& spec) {
  k_.check(spec.type);
  TermId rest = spec.type;
  std::vector<TermId> values, not_props;
  for (; terms_[rest].kind == Kind::kPi; rest = terms_[rest].b) {
    const TermId domain = k_.instantiate(terms_[rest].a, values);
    const std::size_t i = values.size();
    if (i < num_params_) {
      if (!k_.equal(domain, type_of(params_[i]))) {
        reject(Rule::kConstructor,
               "parameter " + std::to_string(i + 1) + " of " + name(spec.name) + " is not that of its type");
      }
      values.push_back(params_[i]);
      continue;
    }
    const LevelId level = k_.ensure_sort(k_.infer(domain));
    if (!is_always_zero(terms_.levels(), result_level_) && !terms_.levels().geq(result_level_, level)) {
      reject(Rule::kUniverseTooSmall, "field " + std::to_string(i - num_params_ + 1) + " of " + name(spec.name) +
                                          " lives in universe " + terms_.levels().to_string(level, env_.names()) +
                                          ", its type in " + terms_.levels().to_string(result_level_, env_.names()));
    }
    const std::size_t field = spec.fields.size();
    const auto next = base() + static_cast<std::uint32_t>(field);
    if (!unsafe_) check_positive(domain, next, spec, field);
    spec.fields.push_back(k_.fvar(next, strip_annotations(domain)));
    if (!is_always_zero(terms_.levels(), level)) not_props.push_back(spec.fields.back());
    values.push_back(spec.fields.back());
    if (!mentions_any_->in(domain)) continue;
    std::optional<RecursiveField> recursive = recursive_field(domain, next + 1, field);
    const TermId bare = type_of(spec.fields.back());
    if (recursive.has_value() && bare != domain) {
      recursive = recursive_field(bare, next + 1, field);
      if (!recursive.has_value())
        reject(Rule::kPositivity, name(spec.name) + ": an annotated field is not recursive without its annotation");
    }
    if (recursive.has_value()) spec.recursive.push_back(std::move(*recursive));
  }
  if (!is_valid_application(k_.instantiate(rest, values), type, spec.result)) {
    reject(Rule::kConstructor,
           name(spec.name) + " does not return its type, applied to the parameters and to indices without it");
  }
  spec.only_props_or_indices = std::all_of(not_props.begin(), not_props.end(), [&](TermId f) {
    return std::find(spec.result.begin(), spec.result.end(), f) != spec.result.end();
  });
}

void InductiveBlock::check_positive(TermId domain, std::uint32_t level, const ConstructorSpec& in, std::size_t field) {
  TermId t = domain;
  std::vector<TermId> args;
  // Reduction makes no new occurrences: what is free of them stays so.
  while (mentions_any_->in(t)) {
    t = k_.plain_whnf(t);
    if (!mentions_any_->in(t)) return;
    const Node n = terms_[t];
    if (n.kind != Kind::kPi) {
      for (std::size_t i = 0; i < specs_.size(); ++i) {
        if (is_valid_application(t, i, args)) return;
      }
      reject(Rule::kPositivity, "field " + std::to_string(field + 1) + " of " + name(in.name) +
                                    " has an invalid occurrence of the types being declared");
    }
    if (mentions_any_->in(n.a)) {
      reject(Rule::kPositivity, "field " + std::to_string(field + 1) + " of " + name(in.name) +
                                    " has a non-positive occurrence of the types being declared");
    }
    const TermId variable = k_.fvar(++level, strip_annotations(n.a));
    t = k_.instantiate(n.b, std::span<const TermId>(&variable, 1));
  }
}

std::optional<RecursiveField> InductiveBlock::recursive_field(TermId domain, std::uint32_t level, std::size_t field) {
  RecursiveField found;
  found.field = field;
  TermId t = k_.plain_whnf(domain);
  while (terms_[t].kind == Kind::kPi) {
    const Node n = terms_[t];
    const TermId variable = k_.fvar(level++, strip_annotations(n.a));
    found.arguments.push_back(variable);
    t = k_.plain_whnf(k_.instantiate(n.b, std::span<const TermId>(&variable, 1)));
  }
  std::vector<TermId> args;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (!is_valid_application(t, i, args)) continue;
    found.type = i;
    found.indices.assign(args.begin() + static_cast<std::ptrdiff_t>(num_params_), args.end());
    return found;
  }
  return std::nullopt;
}

// Whether t is the given type of the block, applied to the parameters and to indices that mention no type of the block.
bool InductiveBlock::is_valid_application(TermId t, std::size_t type, std::vector<TermId>& args) {
  const TermId head = unfold(terms_, t, args);
  const TypeSpec& spec = specs_[type];
  if (head != spec.constant || args.size() != num_params_ + spec.indices.size()) return false;
  for (std::size_t i = 0; i < num_params_; ++i) {
    if (args[i] != params_[i]) return false;
  }
  return std::none_of(args.begin() + static_cast<std::ptrdiff_t>(num_params_), args.end(),
                      [&](TermId index) { return mentions_any_->in(index); });
}

}  // namespace verikit::lean
