// A block of inductive types: the file's records, and what follows from them by syntax alone.
#include "lean/inductive.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "lean/declarations.h"

namespace verikit::lean {

void check_inductive(Kernel& kernel, DeclarationId id) { InductiveBlock(kernel, id).check(); }

bool is_always_zero(const LevelStore& levels, LevelId l) {
  // max is zero where both sides are, imax where its right side is.
  std::vector<LevelId> todo{l};
  std::set<LevelId> seen;
  while (!todo.empty()) {
    const LevelId id = todo.back();
    todo.pop_back();
    if (!seen.insert(id).second) continue;
    const Level& level = levels[id];
    switch (level.kind) {
      case LevelKind::kZero:
        break;
      case LevelKind::kMax:
        todo.push_back(level.a);
        todo.push_back(level.b);
        break;
      case LevelKind::kIMax:
        todo.push_back(level.b);
        break;
      default:
        return false;
    }
  }
  return true;
}

InductiveBlock::InductiveBlock(Kernel& kernel, DeclarationId id)
    : k_(kernel),
      env_(kernel.environment()),
      terms_(kernel.terms()),
      declaration_(env_.declaration(id)),
      opt_param_(env_.names().find_string(kAnonymous, "optParam")),
      auto_param_(env_.names().find_string(kAnonymous, "autoParam")),
      out_param_(env_.names().find_string(kAnonymous, "outParam")),
      semi_out_param_(env_.names().find_string(kAnonymous, "semiOutParam")) {}

InductiveBlock::~InductiveBlock() {
  if (specs_.size() > num_declared_) k_.clear_overlay();
}

void InductiveBlock::check() {
  read_file();
  check_mentions();
  eliminate_nested();
  remember_names();
  // The kernel goes by the types' records, so a wrong one ends in a rejection whatever it says after that. A defect of
  // the types themselves explains more than a wrong record does: it comes first where there are both.
  std::optional<Rejection> wrong_record;
  try {
    compare_flags();
  } catch (const Rejection& rejection) {
    wrong_record = rejection;
  }
  try {
    check_types();
    lay_over_auxiliaries();
    check_constructors();
    check_nested();
  } catch (const Declined&) {
    if (wrong_record.has_value()) throw *wrong_record;
    throw;
  }
  if (wrong_record.has_value()) throw *wrong_record;
  compare_recursors();
}

void InductiveBlock::remember_names() {
  std::vector<NameId> names = all_, auxiliary;
  for (std::size_t i = num_declared_; i < specs_.size(); ++i) auxiliary.push_back(specs_[i].name);
  names.insert(names.end(), auxiliary.begin(), auxiliary.end());
  mentions_any_.emplace(terms_, names);
  mentions_auxiliary_.emplace(terms_, auxiliary);
}

const Constant* InductiveBlock::find_own(NameId name, ConstantKind kind) const {
  const std::uint32_t* found = own_.find(name);
  return found == nullptr || env_.constant(*found).kind != kind ? nullptr : &env_.constant(*found);
}

void InductiveBlock::expect(const Constant& of, const char* what, std::uint64_t said, std::uint64_t computed,
                            Rule rule) const {
  if (said == computed || said == kUnknownCount) return;
  reject(rule, name(of.name) + ": the file says " + what + " = " + std::to_string(said) + ", and it is " +
                   std::to_string(computed));
}

void InductiveBlock::read_file() {
  for (const ConstantId id : declaration_.constants) {
    const Constant& c = env_.constant(id);
    if (own_.contains(c.name)) reject(Rule::kDuplicateName, "the block declares " + name(c.name) + " twice");
    own_.set(c.name, id);
    switch (c.kind) {
      case ConstantKind::kInductive:
        types_.push_back(&c);
        break;
      case ConstantKind::kConstructor:
        constructors_.push_back(&c);
        break;
      case ConstantKind::kRecursor:
        recursors_.push_back(&c);
        break;
      default:
        reject(Rule::kMutualBlock, name(c.name) + " does not belong into a block of inductive types");
    }
  }
  if (types_.empty()) reject(Rule::kMutualBlock, "a block of constructors and recursors without an inductive type");
  const Constant& first = *types_[0];
  lparams_ = first.params;
  std::vector<LevelId> levels;
  for (const NameId p : lparams_) levels.push_back(terms_.levels().param(p));
  levels_ = terms_.levels().list(levels);
  num_params_ = env_.inductive(first).num_params;
  if (num_params_ == kUnknownCount)
    decline(Decline::kUnsupported, name(first.name) + ": the file does not say how many parameters it has");
  unsafe_ = first.safety == Safety::kUnsafe;
  for (const ConstantId id : declaration_.constants) {
    const Constant& c = env_.constant(id);
    if (c.safety != first.safety || c.safety == Safety::kPartial) {
      reject(Rule::kMutualBlock, name(c.name) + " and " + name(first.name) + " are in one block and not equally safe");
    }
  }
  for (const Constant* type : types_) all_.push_back(type->name);
  for (const Constant* type : types_) read_type(*type);
  for (const Constant* c : constructors_) {
    if (!listed_.contains(c->name))
      reject(Rule::kConstructor, name(c->name) + " is in the block, and no type of the block lists it");
  }
  num_declared_ = specs_.size();
}

void InductiveBlock::read_type(const Constant& type) {
  const InductiveInfo& info = env_.inductive(type);
  if (type.params != lparams_)
    reject(Rule::kMutualBlock, "the types of a block must have the same universe parameters");
  expect(type, "numParams", info.num_params, num_params_, Rule::kMutualBlock);
  if (info.all != all_)
    reject(Rule::kMutualBlock, name(type.name) + ": its list of the block's types is not that of the block");
  TypeSpec spec;
  spec.name = type.name;
  spec.type = type.type;
  spec.constant = terms_.constant(type.name, levels_);
  // As written, and not after unfolding: nested occurrences are found by syntax.
  if (types_[0] == &type && count_pis(terms_, type.type) < num_params_) {
    reject(Rule::kInductive,
           name(type.name) + " has fewer binders than the " + std::to_string(num_params_) + " parameters");
  }
  std::uint64_t index = 0;
  for (const NameId c : info.constructors) read_constructor(spec, type, c, index++);
  specs_.push_back(std::move(spec));
}

void InductiveBlock::read_constructor(TypeSpec& spec, const Constant& type, NameId id, std::uint64_t index) {
  const Constant* c = find_own(id, ConstantKind::kConstructor);
  if (c == nullptr)
    reject(Rule::kConstructor, name(type.name) + " lists a constructor " + name(id) + " that the block lacks");
  const ConstructorInfo& info = env_.constructor(*c);
  if (info.inductive != type.name) {
    reject(Rule::kConstructor,
           name(id) + " is listed by " + name(type.name) + " and says that it belongs to " + name(info.inductive));
  }
  if (c->params != lparams_) reject(Rule::kConstructor, name(id) + " has other universe parameters than its type");
  const std::uint64_t pis = count_pis(terms_, c->type);
  if (pis < num_params_) {
    reject(Rule::kConstructor, name(id) + " has fewer binders than the " + std::to_string(num_params_) + " parameters");
  }
  expect(*c, "numParams", info.num_params, num_params_, Rule::kConstructor);
  expect(*c, "numFields", info.num_fields, pis - num_params_, Rule::kConstructor);
  expect(*c, "cidx", info.index, index, Rule::kConstructor);
  if (!listed_.insert(id).second)
    reject(Rule::kDuplicateName, name(type.name) + " lists the constructor " + name(id) + " twice");
  ConstructorSpec made;
  made.name = id;
  made.type = made.original = c->type;
  spec.constructors.push_back(std::move(made));
}

void InductiveBlock::check_mentions() {
  std::vector<NameId> block = all_;
  mentions_declared_.emplace(terms_, all_);
  for (const Constant* c : constructors_) block.push_back(c->name);
  for (const Constant* c : recursors_) block.push_back(c->name);
  Mentions anything(terms_, block);
  const auto projects = [&](TermId t) {
    return terms_[t].kind == Kind::kProj && mentions_declared_->names(terms_[t].a);
  };
  for (const Constant* type : types_) {
    check_reserved_names(*type);
    if (anything.in(type->type) || any_subterm(terms_, type->type, projects)) {
      reject(Rule::kUnknownConstant, "the type of " + name(type->name) + " mentions the block that declares it");
    }
  }
  block.erase(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(all_.size()));
  Mentions later(terms_, block);
  for (const Constant* c : constructors_) {
    check_reserved_names(*c);
    if (later.in(c->type))
      reject(Rule::kUnknownConstant,
             "the type of " + name(c->name) + " mentions a constructor or recursor of its block");
    if (!mentions_declared_->in(c->type)) continue;
    // A projection has a meaning only after the constructors have been checked.
    if (any_subterm(terms_, c->type, projects)) {
      reject(Rule::kUnknownConstant, "the type of " + name(c->name) + " projects out of a type of its block");
    }
    check_uniform(*c);
  }
}

// Copies of types that nested occurrences are turned into are called _nested.…; a declaration that could name one would
// be checked against one type and stored with another.
void InductiveBlock::check_reserved_names(const Constant& c) {
  const NameId reserved = env_.names().find_string(kAnonymous, "_nested");
  if (reserved == kNone) return;
  const auto is_reserved = [&](NameId id) {
    while (id != reserved && id != kAnonymous) id = env_.names().prefix(id);
    return id == reserved;
  };
  const bool found = any_subterm(terms_, c.type, [&](TermId t) {
    const Node& n = terms_[t];
    return (n.kind == Kind::kConst || n.kind == Kind::kProj) && is_reserved(n.a);
  });
  if (found) reject(Rule::kInductive, name(c.name) + " uses the reserved prefix _nested");
}

// Every occurrence of a type of the block is applied to the block's parameters and universe parameters, as written: a
// reduction may erase an occurrence, and the arguments of nested occurrences are dropped later on.
void InductiveBlock::check_uniform(const Constant& constructor) {
  Mentions& mentions = *mentions_declared_;
  FlatMap seen;
  std::vector<std::pair<TermId, std::uint32_t>> todo;  // a term, and how many binders it lies under
  const auto push = [&](TermId t, std::uint32_t under) {
    if (!mentions.in(t)) return;
    const std::uint64_t key = pair_key(t, under);
    if (seen.contains(key)) return;
    seen.set(key, 1);
    todo.emplace_back(t, under);
  };
  push(constructor.type, 0);
  while (!todo.empty()) {
    const auto [t, under] = todo.back();
    todo.pop_back();
    const Node n = terms_[t];
    switch (n.kind) {
      case Kind::kConst:
      case Kind::kApp: {
        std::uint64_t count = 0;
        TermId head = t;
        for (; terms_[head].kind == Kind::kApp; head = terms_[head].a) ++count;
        const bool own = terms_[head].kind == Kind::kConst && mentions.names(terms_[head].a);
        if (own && count <= num_params_) {
          bool uniform = count == num_params_ && terms_[head].b == levels_ && under >= num_params_;
          TermId rest = t;
          for (std::uint64_t i = num_params_; uniform && i-- > 0; rest = terms_[rest].a) {
            const Node& arg = terms_[terms_[rest].b];
            uniform = arg.kind == Kind::kBVar && arg.a == under - 1 - i;
          }
          if (!uniform) {
            reject(Rule::kPositivity, name(constructor.name) + ": an occurrence of " + name(terms_[head].a) +
                                          " is not applied to the parameters and universe parameters of the block");
          }
        } else if (n.kind == Kind::kApp) {
          push(n.a, under);
          push(n.b, under);
        }
        break;
      }
      case Kind::kLambda:
      case Kind::kPi:
        push(n.a, under);
        push(n.b, under + 1);
        break;
      case Kind::kLet:
        push(n.a, under);
        push(n.b, under);
        push(n.c, under + 1);
        break;
      case Kind::kProj:
        push(n.c, under);
        break;
      default:
        break;
    }
  }
}

void InductiveBlock::compare_flags() {
  // Of the block with its auxiliary types, by syntax: what projections and eta for structures go by.
  bool recursive = false, reflexive = false;
  for (const TypeSpec& spec : specs_) {
    for (const ConstructorSpec& c : spec.constructors) {
      for (TermId t = c.type; terms_[t].kind == Kind::kPi; t = terms_[t].b) {
        const TermId domain = terms_[t].a;
        if (!mentions_any_->in(domain)) continue;
        recursive = true;
        if (terms_[domain].kind == Kind::kPi) reflexive = true;
      }
    }
  }
  for (const Constant* type : types_) {
    const InductiveInfo& info = env_.inductive(*type);
    expect(*type, "isRec", info.is_recursive, recursive, Rule::kInductive);
    expect(*type, "isReflexive", info.is_reflexive, reflexive, Rule::kInductive);
    expect(*type, "numNested", info.num_nested, specs_.size() - num_declared_, Rule::kInductive);
  }
}

}  // namespace verikit::lean
