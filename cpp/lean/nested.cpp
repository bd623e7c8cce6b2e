// Nested occurrences: where a constructor's field has the type `J … T …`, with J declared before and T of the block, J
// is copied into the block as an auxiliary type, and `J … T …` replaced by it. The block with its auxiliary types is an
// ordinary mutual one; in its recursors the auxiliary types are turned back into what they stand for.
#include <algorithm>

#include "base/error.h"
#include "lean/inductive.h"

namespace verikit::lean {
namespace {

constexpr std::size_t kMaxTypes = 4096;  // of one block, auxiliary ones included

}  // namespace

void InductiveBlock::eliminate_nested() {
  bool nested = false;
  for (const Constant* c : constructors_) nested = nested || has_nested(c->type);
  if (!nested) return;
  // The parameters, as the first type has them.
  TermId rest = specs_[0].type;
  for (std::uint64_t i = 0; i < num_params_; ++i) {
    const Node n = terms_[rest];
    nested_params_.push_back(k_.fvar(static_cast<std::uint32_t>(i), k_.instantiate(n.a, nested_params_)));
    rest = n.b;
  }
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    for (std::size_t c = 0; c < specs_[i].constructors.size(); ++c) {
      const TermId made = replace_all_nested(specs_[i].constructors[c].type);  // specs_ may grow
      specs_[i].constructors[c].type = made;
    }
  }
  // The official kernel calls the copies _nested.…, their constructors and recursors after them, and rejects a block
  // where such a name is taken. Ours have names that no file has; where a file declares any of that kind, we are
  // stricter.
  const NameId reserved = env_.names().find_string(kAnonymous, "_nested");
  if (reserved == kNone) return;
  for (ConstantId i = 0; i < env_.num_constants(); ++i) {
    for (NameId id = env_.constant(i).name; id != kAnonymous; id = env_.names().prefix(id)) {
      if (id == reserved) {
        reject(Rule::kInductive, name(all_[0]) + " is a nested inductive type, and " + name(env_.constant(i).name) +
                                     " has the prefix reserved for these");
      }
    }
  }
}

// Whether a constructor's type has an application J Ds … where J is an inductive type declared before and Ds, its
// parameters, mention the block.
bool InductiveBlock::has_nested(TermId type) {
  Mentions& mentions = *mentions_declared_;
  if (!mentions.in(type)) return false;
  std::vector<TermId> args;
  return any_subterm(terms_, type, [&](TermId t) {
    if (terms_[t].kind != Kind::kApp || !mentions.in(t)) return false;
    const Node head = terms_[unfold(terms_, t, args)];
    if (head.kind != Kind::kConst || mentions.names(head.a)) return false;
    const Constant* c = k_.find(head.a);
    if (c == nullptr || c->kind != ConstantKind::kInductive) return false;
    const std::uint64_t params = k_.inductive(*c).num_params;
    return params <= args.size() && std::any_of(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(params),
                                                [&](TermId arg) { return mentions.in(arg); });
  });
}

TermId InductiveBlock::replace_all_nested(TermId type) {
  // Each constructor has its own copy of the parameters: their types are those of the block only up to conversion.
  std::vector<TermId> as;
  TermId rest = type;
  for (std::uint64_t i = 0; i < num_params_; ++i) {
    const Node n = terms_[rest];
    if (n.kind != Kind::kPi) reject(Rule::kInductive, "a constructor of a nested inductive type lacks parameters");
    as.push_back(k_.fvar(static_cast<std::uint32_t>(i), k_.instantiate(n.a, as)));
    rest = n.b;
  }
  const TermId body = k_.instantiate(rest, as);
  const TermId replaced = rewrite(terms_, *mentions_declared_, body, [&](TermId t) { return replace_nested(t, as); });
  return replaced == body ? type : k_.pi(as, replaced);
}

// `I_aux as is` for a nested occurrence `J Ds is`, kNone for anything else.
TermId InductiveBlock::replace_nested(TermId t, const std::vector<TermId>& as) {
  if (terms_[t].kind != Kind::kApp) return kNone;
  std::vector<TermId> args;
  const TermId head = unfold(terms_, t, args);
  const Node h = terms_[head];
  if (h.kind != Kind::kConst || mentions_declared_->names(h.a)) return kNone;
  const Constant* c = k_.find(h.a);
  if (c == nullptr || c->kind != ConstantKind::kInductive) return kNone;
  const std::uint64_t params = k_.inductive(*c).num_params;
  if (params > args.size()) return kNone;
  bool nested = false, loose = false;
  for (std::size_t i = 0; i < params; ++i) {
    nested = nested || mentions_declared_->in(args[i]);
    loose = loose || terms_[args[i]].loose != 0;
  }
  if (!nested) return kNone;
  if (loose)
    reject(Rule::kInductive, "the parameters of the nested occurrence of " + name(h.a) + " contain a local variable");
  const std::size_t count = static_cast<std::size_t>(params);
  const TermId applied = k_.app(head, std::span<const TermId>(args.data(), count));
  const TermId key = over_nested_params(applied, as);
  const auto known = [&]() -> NameId {
    for (std::size_t i = num_declared_; i < specs_.size(); ++i) {
      if (alike(terms_, specs_[i].nested, key)) return specs_[i].name;
    }
    return kNone;
  };
  if (const NameId found = known(); found != kNone) return apply_auxiliary(found, as, args, count);
  args.resize(count);
  copy_block(*c, head, args, as);
  const NameId made = known();
  if (made == kNone) reject(Rule::kInductive, name(h.a) + " is not in its own list of mutual types");
  unfold(terms_, t, args);
  return apply_auxiliary(made, as, args, count);
}

// Copies all types of the mutual block of `type` with their constructors, at the universe arguments of `head` and the
// parameters `args`. Nested occurrences in the copies are found when it is their turn.
void InductiveBlock::copy_block(const Constant& type, TermId head, const std::vector<TermId>& args,
                                const std::vector<TermId>& as) {
  const LevelsId levels_id = terms_[head].b;
  const auto list = terms_.levels().list(levels_id);
  const std::vector<LevelId> levels(list.begin(), list.end());
  const auto at_levels = [&](const Constant& c) {
    if (c.params.size() != levels.size())
      reject(Rule::kUniverseArity, name(c.name) + " has another number of universe parameters");
    return strip_parameters(k_.instantiate_levels(c.type, c.params, levels), args);
  };
  for (const NameId j : k_.inductive(type).all) {
    const Constant* c = k_.find(j);
    if (c == nullptr || c->kind != ConstantKind::kInductive) {
      reject(Rule::kInductive, name(type.name) + " names " + name(j) + " as a type of its block, and it is none");
    }
    if (specs_.size() >= kMaxTypes) {
      decline(Decline::kUnsupported,
              name(all_[0]) + " has more than " + std::to_string(kMaxTypes) + " nested occurrences");
    }
    TypeSpec spec;
    spec.name = k_.fresh_name();
    spec.constant = terms_.constant(spec.name, levels_);
    spec.nested = over_nested_params(k_.app(terms_.constant(j, levels_id), args), as);
    spec.type = k_.pi(as, at_levels(*c));
    for (const NameId d : k_.inductive(*c).constructors) {
      const Constant* constructor = k_.find(d);
      if (constructor == nullptr || constructor->kind != ConstantKind::kConstructor) {
        reject(Rule::kConstructor, name(j) + " lists a constructor " + name(d) + ", and it is none");
      }
      // A copy's constructor is named by exchanging the type's name at the front; else its name is taken.
      NameId front = d;
      while (front != j && front != kAnonymous) front = env_.names().prefix(front);
      if (front != j)
        reject(Rule::kDuplicateName, name(d) + " is not below " + name(j) + ", so a nested occurrence cannot copy it");
      ConstructorSpec made;
      made.name = d;
      made.type = k_.pi(as, at_levels(*constructor));
      spec.constructors.push_back(std::move(made));
    }
    specs_.push_back(std::move(spec));
  }
}

// `type` without its first binders, `values` put in for their variables.
TermId InductiveBlock::strip_parameters(TermId type, const std::vector<TermId>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Node n = terms_[type];
    if (n.kind != Kind::kPi)
      reject(Rule::kInductive, "a type with a nested occurrence has fewer binders than parameters");
    type = n.b;
  }
  return k_.instantiate(type, values);
}

TermId InductiveBlock::apply_auxiliary(NameId id, const std::vector<TermId>& as, const std::vector<TermId>& args,
                                       std::size_t from) {
  const TermId applied = k_.app(terms_.constant(id, levels_), as);
  return k_.app(applied, std::span<const TermId>(args).subspan(from));
}

TermId InductiveBlock::over_nested_params(TermId t, const std::vector<TermId>& as) {
  return as == nested_params_ ? t : k_.instantiate(k_.abstract(t, as), nested_params_);
}

void InductiveBlock::lay_over_auxiliaries() {
  for (std::size_t i = num_declared_; i < specs_.size(); ++i) {
    Constant c;
    c.name = specs_[i].name;
    c.kind = ConstantKind::kInductive;
    c.safety = unsafe_ ? Safety::kUnsafe : Safety::kSafe;
    c.params = lparams_;
    c.type = specs_[i].type;
    InductiveInfo info;  // without constructors, and recursive: nothing reduces or is extensional by it
    info.num_params = num_params_;
    info.num_indices = specs_[i].indices.size();
    info.all = {c.name};
    info.is_recursive = true;
    k_.lay_over(std::move(c), std::move(info));
    nested_over_params_.push_back(k_.instantiate(k_.abstract(specs_[i].nested, nested_params_), params_));
  }
}

// What the auxiliary types hid: the parameters of nested occurrences, and the constructors as the file has them.
void InductiveBlock::check_nested() {
  for (const TermId nested : nested_over_params_) k_.check(nested);
  if (specs_.size() == num_declared_) return;
  for (const Constant* c : constructors_) k_.check(c->type);
}

// Auxiliary types turned back into what they stand for. requires: over params_.
TermId InductiveBlock::restore(TermId t) {
  if (specs_.size() == num_declared_) return t;
  return rewrite(terms_, *mentions_auxiliary_, t, [&](TermId part) -> TermId {
    if (terms_[part].kind != Kind::kApp && terms_[part].kind != Kind::kConst) return kNone;
    std::vector<TermId> args;
    const Node head = terms_[unfold(terms_, part, args)];
    if (head.kind != Kind::kConst || !mentions_auxiliary_->names(head.a)) return kNone;
    if (args.size() < num_params_)
      reject(Rule::kInductive, "an auxiliary type of " + name(all_[0]) + " lacks parameters");
    std::size_t i = num_declared_;
    while (specs_[i].name != head.a) ++i;
    return k_.app(nested_over_params_[i - num_declared_],
                  std::span<const TermId>(args).subspan(static_cast<std::size_t>(num_params_)));
  });
}

}  // namespace verikit::lean
