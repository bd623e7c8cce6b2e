// A block of inductive types: its recursors, generated and compared with the file's.
#include <algorithm>

#include "base/error.h"
#include "lean/inductive.h"

namespace verikit::lean {
namespace {

// Variables and their types, each over the variables before it.
class Telescope {
 public:
  explicit Telescope(Kernel& kernel) : k_(kernel), binder_(kernel.terms().binder(kAnonymous, BinderInfo::kDefault)) {}
  // requires: no variable of that level yet; `type` is plain and over the variables before.
  void push(TermId variable, TermId type) {
    domains_.push_back(k_.abstract(type, variables_));
    variables_.push_back(variable);
  }
  [[nodiscard]] std::size_t size() const { return variables_.size(); }
  void truncate(std::size_t size) {
    domains_.resize(size);
    variables_.resize(size);
  }
  TermId close(Kind kind, TermId body) {
    TermId result = k_.abstract(body, variables_);
    for (std::size_t i = domains_.size(); i-- > 0;) result = k_.terms().make(kind, domains_[i], result, binder_);
    return result;
  }

 private:
  Kernel& k_;
  std::uint32_t binder_;
  std::vector<TermId> variables_, domains_;
};

}  // namespace

// Into Prop only, or into every universe: an inductive type that may be a proposition eliminates into data where it has
// at most one constructor whose fields are proofs or can be read off the type.
bool InductiveBlock::eliminates_into_any_universe() const {
  if (terms_.levels().is_never_zero(result_level_)) return true;
  if (specs_.size() > 1) return false;
  const std::vector<ConstructorSpec>& constructors = specs_[0].constructors;
  return constructors.empty() || (constructors.size() == 1 && constructors[0].only_props_or_indices);
}

// Whether the recursor reduces for every proof: a proposition with one constructor that has no fields.
bool InductiveBlock::is_k_target() const {
  return specs_.size() == 1 && is_always_zero(terms_.levels(), result_level_) && specs_[0].constructors.size() == 1 &&
         specs_[0].constructors[0].fields.empty();
}

void InductiveBlock::find_recursor_names() {
  const NameTable& names = env_.names();
  recursor_lparams_ = lparams_;
  if (eliminates_into_any_universe()) {
    // u, or the first of u_1, u_2, … that the block does not use.
    std::string text = "u";
    NameId u = names.find_string(kAnonymous, text);
    for (std::size_t i = 1; u != kNone && std::find(lparams_.begin(), lparams_.end(), u) != lparams_.end(); ++i) {
      text = "u_" + std::to_string(i);
      u = names.find_string(kAnonymous, text);
    }
    if (u == kNone) u = k_.fresh_name();  // then the file has none of the recursors
    elimination_level_ = terms_.levels().param(u);
    recursor_lparams_.insert(recursor_lparams_.begin(), u);
  }
  std::vector<LevelId> levels;
  for (const NameId p : recursor_lparams_) levels.push_back(terms_.levels().param(p));
  recursor_levels_ = terms_.levels().list(levels);
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const bool auxiliary = i >= num_declared_;
    const NameId of = auxiliary ? all_[0] : specs_[i].name;
    const std::string last = auxiliary ? "rec_" + std::to_string(i - num_declared_ + 1) : "rec";
    // An export may leave out recursors that nothing uses. Their names stay theirs: nobody else may bear them.
    const NameId found = names.find_string(of, last);
    const bool there = found != kNone && find_own(found, ConstantKind::kRecursor) != nullptr;
    if (!there && found != kNone && env_.find(found) != kNone) {
      reject(Rule::kRecursor, "the name of the recursor " + name(of) + "." + last + " is taken by another constant");
    }
    recursor_names_.push_back(there ? found : k_.fresh_name());
  }
  for (const Constant* r : recursors_) {
    if (std::find(recursor_names_.begin(), recursor_names_.end(), r->name) == recursor_names_.end()) {
      reject(Rule::kRecursor, name(r->name) + " is no recursor of the block of " + name(all_[0]));
    }
  }
}

void InductiveBlock::make_motives() {
  const TermId sort = terms_.sort(elimination_level_);
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const TypeSpec& spec = specs_[i];
    const TermId type = k_.app(k_.app(spec.constant, params_), spec.indices);
    majors_.push_back(k_.fvar(base() + static_cast<std::uint32_t>(spec.indices.size()), strip_annotations(type)));
    std::vector<TermId> over = spec.indices;
    over.push_back(majors_.back());
    motives_.push_back(k_.fvar(static_cast<std::uint32_t>(num_params_ + i), k_.pi(over, sort)));
  }
}

// The constructor, applied to the parameters and its fields; of an auxiliary type, the one that it is a copy of.
TermId InductiveBlock::constructor_application(std::size_t type, const ConstructorSpec& c) {
  if (type < num_declared_) return k_.app(k_.app(terms_.constant(c.name, levels_), params_), c.fields);
  std::vector<TermId> args;
  const TermId head = unfold(terms_, nested_over_params_[type - num_declared_], args);
  return k_.app(k_.app(terms_.constant(c.name, terms_[head].b), args), c.fields);
}

void InductiveBlock::make_minors() {
  auto level = static_cast<std::uint32_t>(num_params_ + specs_.size());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    for (const ConstructorSpec& c : specs_[i].constructors) {
      std::vector<TermId> over = c.fields;
      for (const RecursiveField& r : c.recursive) {
        const TermId applied = k_.app(c.fields[r.field], r.arguments);
        const TermId motive = k_.app(motives_[r.type], r.indices);
        const TermId type = k_.pi(r.arguments, terms_.app(motive, applied));
        over.push_back(k_.fvar(base() + static_cast<std::uint32_t>(over.size()), type));
      }
      const std::span<const TermId> indices =
          std::span<const TermId>(c.result).subspan(static_cast<std::size_t>(num_params_));
      const TermId result = terms_.app(k_.app(motives_[i], indices), constructor_application(i, c));
      minors_.push_back(k_.fvar(level++, k_.pi(over, result)));
    }
  }
}

void InductiveBlock::compare_recursors() {
  find_recursor_names();
  k_target_ = is_k_target();
  make_motives();
  make_minors();

  const auto differ = [&](const Constant& said, const std::string& what, TermId have, TermId want) {
    reject(Rule::kRecursor, name(said.name) + ": " + what + " is not the generated one; the file says " +
                                k_.print(have) + ", and it is " + k_.print(want));
  };
  Telescope scope(k_);
  for (const TermId v : params_) scope.push(v, type_of(v));
  for (const TermId v : motives_) scope.push(v, restore(type_of(v)));
  for (const TermId v : minors_) scope.push(v, restore(type_of(v)));
  const std::size_t common = scope.size();
  std::vector<TermId> recursors;  // applied to what all have in common
  for (const NameId r : recursor_names_) {
    recursors.push_back(k_.app(k_.app(k_.app(terms_.constant(r, recursor_levels_), params_), motives_), minors_));
  }
  std::size_t minor = 0;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const TypeSpec& spec = specs_[i];
    const Constant* present = find_own(recursor_names_[i], ConstantKind::kRecursor);
    if (present == nullptr) {
      minor += spec.constructors.size();
      continue;
    }
    const Constant& said = *present;
    const RecursorInfo& info = env_.recursor(said);
    if (said.params != recursor_lparams_)
      reject(Rule::kRecursor, name(said.name) + ": its universe parameters are not the generated ones");
    if (info.all != all_)
      reject(Rule::kRecursor, name(said.name) + ": its list of the block's types is not that of the block");
    expect(said, "numParams", info.num_params, num_params_, Rule::kRecursor);
    expect(said, "numIndices", info.num_indices, spec.indices.size(), Rule::kRecursor);
    expect(said, "numMotives", info.num_motives, motives_.size(), Rule::kRecursor);
    expect(said, "numMinors", info.num_minors, minors_.size(), Rule::kRecursor);
    expect(said, "k", info.k, k_target_, Rule::kRecursor);
    expect(said, "the number of rules", info.rules.size(), spec.constructors.size(), Rule::kRecursor);

    for (const TermId v : spec.indices) scope.push(v, restore(type_of(v)));
    scope.push(majors_[i], restore(type_of(majors_[i])));
    const TermId type = scope.close(Kind::kPi, terms_.app(k_.app(motives_[i], spec.indices), majors_[i]));
    if (!alike(terms_, said.type, type)) differ(said, "its type", said.type, type);
    scope.truncate(common);

    for (std::size_t c = 0; c < spec.constructors.size(); ++c) {
      const ConstructorSpec& constructor = spec.constructors[c];
      const RecursorRule& rule = info.rules[c];
      if (rule.constructor != constructor.name) {
        reject(Rule::kRecursor, name(said.name) + ": rule " + std::to_string(c + 1) + " is for " +
                                    name(rule.constructor) + ", and should be for " + name(constructor.name));
      }
      expect(said, "the number of fields of a rule", rule.num_fields, constructor.fields.size(), Rule::kRecursor);
      TermId body = k_.app(minors_[minor++], constructor.fields);
      for (const RecursiveField& r : constructor.recursive) {
        const TermId applied = k_.app(constructor.fields[r.field], r.arguments);
        const TermId call = terms_.app(k_.app(recursors[r.type], r.indices), applied);
        body = terms_.app(body, k_.lambda(r.arguments, call));
      }
      for (const TermId v : constructor.fields) scope.push(v, restore(type_of(v)));
      const TermId rhs = scope.close(Kind::kLambda, restore(body));
      if (!alike(terms_, rule.rhs, rhs)) differ(said, "the rule for " + name(constructor.name), rule.rhs, rhs);
      scope.truncate(common);
    }
  }
  // Generated terms are well typed by construction; where something was put back or taken off after the checks, see to
  // it.
  if (stripped_ || specs_.size() > num_declared_) {
    for (const Constant* r : recursors_) recheck(*r);
  }
}

void InductiveBlock::recheck(const Constant& recursor) {
  try {
    k_.ensure_sort(k_.check(recursor.type));
    for (const RecursorRule& rule : env_.recursor(recursor).rules) k_.check(rule.rhs);
  } catch (const Rejection& rejection) {
    reject(Rule::kInductive, "the generated " + name(recursor.name) + " is ill typed: " + rejection.detail());
  }
}

}  // namespace verikit::lean
