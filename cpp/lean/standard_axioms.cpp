#include <initializer_list>
#include <string_view>
#include <utility>

#include "lean/match.h"

namespace verikit::lean {
namespace {

// Writes terms by hand: variables are de Bruijn indices, arrows are binders that nobody mentions.
class Writer {
 public:
  explicit Writer(Environment& env)
      : env_(env), terms_(env.terms()), u_(env.names().parse("u")), level_(terms_.levels().param(u_)) {}

  TermId prop() { return terms_.sort(kLevelZero); }
  TermId sort() { return terms_.sort(level_); }
  TermId var(std::uint32_t index) { return terms_.bvar(index); }
  TermId pi(TermId domain, TermId body) { return terms_.pi(domain, body, terms_.binder(kAnonymous, BinderInfo::kDefault)); }
  TermId apply(std::string_view name, bool universe, std::initializer_list<TermId> arguments) {
    const LevelId levels[1] = {level_};
    const LevelsId list = universe ? terms_.levels().list(levels) : kNoLevels;
    TermId t = terms_.constant(env_.names().parse(name), list);
    for (const TermId argument : arguments) t = terms_.app(t, argument);
    return t;
  }
  // a relation on the type that is bound variable `type`: α → α → Prop
  TermId relation(std::uint32_t type) { return pi(var(type), pi(var(type + 1), prop())); }

  Constant constant(std::string_view name, ConstantKind kind, bool universe, TermId type) {
    Constant c;
    c.name = env_.names().parse(name);
    c.kind = kind;
    if (universe) c.params = {u_};
    c.type = type;
    return c;
  }
  void axiom(std::string_view name, bool universe, TermId type) {
    env_.declare(DeclarationKind::kAxiom, {env_.add(constant(name, ConstantKind::kAxiom, universe, type))});
  }
  ConstantId quotient(std::string_view name, QuotientKind kind, TermId type) {
    Constant c = constant(name, ConstantKind::kQuotient, true, type);
    c.quotient = kind;
    return env_.add(std::move(c));
  }
  // An inductive proposition with one constructor.
  void inductive(std::string_view name, bool universe, std::uint64_t params, std::uint64_t indices, TermId type,
                 std::string_view constructor, std::uint64_t fields, TermId constructor_type) {
    Constant i = constant(name, ConstantKind::kInductive, universe, type);
    Constant c = constant(constructor, ConstantKind::kConstructor, universe, constructor_type);
    InductiveInfo info;
    info.num_params = params;
    info.num_indices = indices;
    info.all = {i.name};
    info.constructors = {c.name};
    c.info = env_.add(ConstructorInfo{i.name, 0, params, fields});
    i.info = env_.add(std::move(info));
    const ConstantId type_id = env_.add(std::move(i));
    env_.declare(DeclarationKind::kInductive, {type_id, env_.add(std::move(c))});
  }

 private:
  Environment& env_;
  TermStore& terms_;
  NameId u_;
  LevelId level_;
};

}  // namespace

std::unique_ptr<const Environment> standard_axioms() {
  auto env = std::make_unique<Environment>();
  env->modules().push_back({"standard axioms", "", false, ""});
  Writer w(*env);

  // Eq.{u} {α : Sort u} : α → α → Prop, with parameters α and the left side; refl (a : α) : a = a
  w.inductive("Eq", true, 2, 1, w.pi(w.sort(), w.relation(0)), "Eq.refl", 0,
              w.pi(w.sort(), w.pi(w.var(0), w.apply("Eq", true, {w.var(1), w.var(0), w.var(0)}))));
  // Iff (a b : Prop) : Prop; intro (mp : a → b) (mpr : b → a)
  w.inductive("Iff", false, 2, 0, w.pi(w.prop(), w.pi(w.prop(), w.prop())), "Iff.intro", 2,
              w.pi(w.prop(), w.pi(w.prop(), w.pi(w.pi(w.var(1), w.var(1)), w.pi(w.pi(w.var(1), w.var(3)),
                                                                               w.apply("Iff", false, {w.var(3), w.var(2)}))))));
  // Nonempty.{u} (α : Sort u) : Prop; intro (val : α)
  w.inductive("Nonempty", true, 1, 0, w.pi(w.sort(), w.prop()), "Nonempty.intro", 1,
              w.pi(w.sort(), w.pi(w.var(0), w.apply("Nonempty", true, {w.var(1)}))));

  // Quot.{u} {α : Sort u} (r : α → α → Prop) : Sort u; Quot.mk {α} (r) (a : α) : Quot r
  const ConstantId quot =
      w.quotient("Quot", QuotientKind::kType, w.pi(w.sort(), w.pi(w.relation(0), w.sort())));
  const ConstantId mk = w.quotient(
      "Quot.mk", QuotientKind::kMk,
      w.pi(w.sort(), w.pi(w.relation(0), w.pi(w.var(1), w.apply("Quot", true, {w.var(2), w.var(1)})))));
  env->declare(DeclarationKind::kQuotient, {quot, mk});

  // propext {a b : Prop} : (a ↔ b) → a = b, the equation in Prop : Sort 1
  const LevelId one[1] = {kLevelOne};
  TermStore& terms = env->terms();
  TermId equation = terms.constant(env->names().parse("Eq"), terms.levels().list(one));
  for (const TermId argument : {w.prop(), w.var(2), w.var(1)}) equation = terms.app(equation, argument);
  w.axiom("propext", false, w.pi(w.prop(), w.pi(w.prop(), w.pi(w.apply("Iff", false, {w.var(1), w.var(0)}), equation))));
  // Classical.choice.{u} {α : Sort u} : Nonempty α → α
  w.axiom("Classical.choice", true, w.pi(w.sort(), w.pi(w.apply("Nonempty", true, {w.var(0)}), w.var(1))));
  // Quot.sound.{u} {α : Sort u} {r : α → α → Prop} {a b : α} : r a b → Quot.mk r a = Quot.mk r b
  const TermId related = terms.app(terms.app(w.var(2), w.var(1)), w.var(0));
  const TermId left = w.apply("Quot.mk", true, {w.var(4), w.var(3), w.var(2)});
  const TermId right = w.apply("Quot.mk", true, {w.var(4), w.var(3), w.var(1)});
  const TermId same = w.apply("Eq", true, {w.apply("Quot", true, {w.var(4), w.var(3)}), left, right});
  w.axiom("Quot.sound", true,
          w.pi(w.sort(), w.pi(w.relation(0), w.pi(w.var(1), w.pi(w.var(2), w.pi(related, same))))));
  return env;
}

}  // namespace verikit::lean
