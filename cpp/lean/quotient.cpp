// Quotients: four constants with known types, over the equality of the prelude.
#include <array>
#include <string>

#include "base/error.h"
#include "lean/declarations.h"
#include "lean/term_walks.h"

namespace verikit::lean {
namespace {

struct Known {
  const char* last;  // of the name: Quot.<last>; empty for Quot
  QuotientKind kind;
  std::size_t num_levels;
};
constexpr std::array<Known, 4> kKnown{{{"", QuotientKind::kType, 1},
                                       {"mk", QuotientKind::kMk, 1},
                                       {"lift", QuotientKind::kLift, 2},
                                       {"ind", QuotientKind::kInd, 1}}};

// Builds the types with de Bruijn indices; binders have no names, which do not count.
class Builder {
 public:
  explicit Builder(Kernel& kernel)
      : k_(kernel),
        t_(kernel.terms()),
        binder_(t_.binder(kAnonymous, BinderInfo::kDefault)),
        prop_(t_.sort(kLevelZero)) {}

  TermId pi(TermId domain, TermId body) { return t_.pi(domain, body, binder_); }
  TermId var(std::uint32_t index) { return t_.bvar(index); }
  TermId constant(NameId name, LevelId level) {
    return t_.constant(name, t_.levels().list(std::span<const LevelId>(&level, 1)));
  }
  template <typename... Args>
  TermId app(TermId fn, Args... args) {
    ((fn = t_.app(fn, args)), ...);
    return fn;
  }
  TermId sort(LevelId l) { return t_.sort(l); }
  TermId prop() const { return prop_; }
  // A relation on the variable `of`, counted where the relation stands: of → of → Prop.
  TermId relation(std::uint32_t of) { return pi(var(of), pi(var(of + 1), prop_)); }

 private:
  Kernel& k_;
  TermStore& t_;
  std::uint32_t binder_;
  TermId prop_;
};

TermId quotient_type(Builder& b, QuotientKind kind, NameId quot, NameId mk, NameId eq, LevelId u, LevelId v) {
  switch (kind) {
    case QuotientKind::kType:
      // {α : Sort u} (r : α → α → Prop) : Sort u
      return b.pi(b.sort(u), b.pi(b.relation(0), b.sort(u)));
    case QuotientKind::kMk:
      // {α : Sort u} (r : α → α → Prop) (a : α) : Quot r
      return b.pi(b.sort(u), b.pi(b.relation(0), b.pi(b.var(1), b.app(b.constant(quot, u), b.var(2), b.var(1)))));
    case QuotientKind::kLift: {
      // {α : Sort u} {r : α → α → Prop} {β : Sort v} (f : α → β) : (∀ a b, r a b → f a = f b) → Quot r → β
      const TermId same = b.app(b.constant(eq, v), b.var(4), b.app(b.var(3), b.var(2)), b.app(b.var(3), b.var(1)));
      const TermId sound = b.pi(b.var(3), b.pi(b.var(4), b.pi(b.app(b.var(4), b.var(1), b.var(0)), same)));
      const TermId rest = b.pi(sound, b.pi(b.app(b.constant(quot, u), b.var(4), b.var(3)), b.var(3)));
      return b.pi(b.sort(u), b.pi(b.relation(0), b.pi(b.sort(v), b.pi(b.pi(b.var(2), b.var(1)), rest))));
    }
    case QuotientKind::kInd: {
      // {α : Sort u} {r : α → α → Prop} {β : Quot r → Prop} : (∀ a, β (Quot.mk r a)) → ∀ q, β q
      const TermId motive = b.pi(b.app(b.constant(quot, u), b.var(1), b.var(0)), b.prop());
      const TermId step = b.pi(b.var(2), b.app(b.var(1), b.app(b.constant(mk, u), b.var(3), b.var(2), b.var(0))));
      const TermId all = b.pi(b.app(b.constant(quot, u), b.var(3), b.var(2)), b.app(b.var(2), b.var(0)));
      return b.pi(b.sort(u), b.pi(b.relation(0), b.pi(motive, b.pi(step, all))));
    }
  }
  fail(ErrorCode::kInternal, "no such kind of quotient constant");
}

// The equality that Quot.lift speaks of is the inductive type of the prelude.
void check_equality(Kernel& kernel, Builder& b, NameId eq) {
  const Constant* type = eq == kNone ? nullptr : kernel.find(eq);
  if (type == nullptr || type->kind != ConstantKind::kInductive) {
    reject(Rule::kQuotient, "quotients need the inductive type Eq, and there is none");
  }
  if (type->safety != Safety::kSafe || type->params.size() != 1)
    reject(Rule::kQuotient, "Eq is unsafe, or has not one universe parameter");
  const LevelId u = kernel.levels().param(type->params[0]);
  // {α : Sort u} : α → α → Prop
  if (!alike(kernel.terms(), type->type, b.pi(b.sort(u), b.relation(0)))) {
    reject(Rule::kQuotient, "Eq has an unexpected type: " + kernel.print(type->type));
  }
  const std::vector<NameId>& constructors = kernel.inductive(*type).constructors;
  const Constant* refl = constructors.size() == 1 ? kernel.find(constructors[0]) : nullptr;
  if (refl == nullptr || refl->kind != ConstantKind::kConstructor || refl->params.size() != 1) {
    reject(Rule::kQuotient, "Eq has not one constructor with one universe parameter");
  }
  // {α : Sort u} (a : α) : a = a
  const LevelId w = kernel.levels().param(refl->params[0]);
  const TermId same = b.app(b.constant(eq, w), b.var(1), b.var(0), b.var(0));
  if (!alike(kernel.terms(), refl->type, b.pi(b.sort(w), b.pi(b.var(0), same)))) {
    reject(Rule::kQuotient, "the constructor of Eq has an unexpected type: " + kernel.print(refl->type));
  }
}

}  // namespace

void check_quotient(Kernel& kernel, DeclarationId id) {
  const Environment& env = kernel.environment();
  const NameTable& names = env.names();
  Builder b(kernel);
  const NameId eq = names.find_string(kAnonymous, "Eq");
  check_equality(kernel, b, eq);
  const NameId quot = names.find_string(kAnonymous, "Quot");
  std::array<NameId, 4> known{};
  for (std::size_t i = 0; i < kKnown.size(); ++i) {
    known[i] = i == 0 ? quot : quot == kNone ? kNone : names.find_string(quot, kKnown[i].last);
    // All four come into being together: none of the names may stand for something else.
    const Constant* there = known[i] == kNone ? nullptr : kernel.find(known[i]);
    if (there != nullptr && there->kind != ConstantKind::kQuotient) {
      reject(Rule::kQuotient, names.to_string(known[i]) + " is no quotient constant, and quotients are in use");
    }
  }
  for (const ConstantId constant : env.declaration(id).constants) {
    const Constant& c = env.constant(constant);
    const std::string name = names.to_string(c.name);
    if (c.kind != ConstantKind::kQuotient) reject(Rule::kQuotient, name + " is no quotient constant");
    std::size_t which = 0;
    while (which < known.size() && known[which] != c.name) ++which;
    if (which == known.size()) reject(Rule::kQuotient, name + " is none of Quot, Quot.mk, Quot.lift, Quot.ind");
    if (c.quotient != kKnown[which].kind) reject(Rule::kQuotient, name + " is said to be another quotient constant");
    if (c.safety != Safety::kSafe) reject(Rule::kQuotient, name + " is said to be unsafe or partial");
    const NameId u = names.find_string(kAnonymous, "u"), v = names.find_string(kAnonymous, "v");
    const bool two = kKnown[which].num_levels == 2;
    if (u == kNone || (two && v == kNone) || c.params != (two ? std::vector<NameId>{u, v} : std::vector<NameId>{u})) {
      reject(Rule::kQuotient,
             name + (two ? ": its universe parameters are not u, v" : ": its universe parameters are not u"));
    }
    const LevelId lu = kernel.levels().param(u), lv = two ? kernel.levels().param(v) : kLevelZero;
    const TermId type = quotient_type(b, c.quotient, quot, known[1] == kNone ? quot : known[1], eq, lu, lv);
    if (!alike(kernel.terms(), c.type, type)) {
      reject(Rule::kQuotient,
             name + " has not its type; the file says " + kernel.print(c.type) + ", and it is " + kernel.print(type));
    }
  }
}

}  // namespace verikit::lean
