// The statement match against everything a candidate might change. One small library is built twice; the candidate's copy
// with one thing altered.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "lean/big_nat.h"
#include "lean/match.h"

using namespace verikit::lean;

namespace {

const std::vector<std::string> kStandard = {"propext", "Classical.choice", "Quot.sound"};

// Terms written by hand. `other_names`: binders, universe parameters and ids are other ones, the meaning is the same.
class Library {
 public:
  explicit Library(bool other_names = false) : other_(other_names) {
    env->modules().push_back({});
    if (other_) {
      for (int i = 0; i < 50; ++i) t().sort(t().levels().param(n("noise" + std::to_string(i))));
    }
    u = n(other_ ? "v" : "u");
    level_u = t().levels().param(u);
  }
  TermStore& t() { return env->terms(); }
  NameId n(const std::string& dotted) { return env->names().parse(dotted); }
  TermId c(const std::string& name, std::vector<LevelId> levels = {}) {
    return t().constant(n(name), t().levels().list(levels));
  }
  TermId app(TermId f, std::vector<TermId> arguments) {
    for (const TermId a : arguments) f = t().app(f, a);
    return f;
  }
  TermId pi(TermId a, TermId b) {
    return t().pi(a, b, t().binder(n(other_ ? "y" : "x"), other_ ? BinderInfo::kImplicit : BinderInfo::kDefault));
  }
  TermId lambda(TermId a, TermId b) { return t().lambda(a, b, t().binder(n(other_ ? "y" : "x"), BinderInfo::kDefault)); }
  TermId v(std::uint32_t i) { return t().bvar(i); }
  TermId prop() { return t().sort(kLevelZero); }
  TermId type() { return t().sort(kLevelOne); }

  Constant make(const std::string& name, ConstantKind kind, TermId of, TermId value = kNone) {
    Constant k;
    k.name = n(name);
    k.kind = kind;
    k.type = of;
    k.value = value;
    return k;
  }
  ConstantId add(DeclarationKind kind, Constant k) {
    const ConstantId id = env->add(std::move(k));
    env->declare(kind, {id});
    return id;
  }
  ConstantId axiom(const std::string& name, TermId of) { return add(DeclarationKind::kAxiom, make(name, ConstantKind::kAxiom, of)); }
  ConstantId def(const std::string& name, TermId of, TermId value) {
    return add(DeclarationKind::kDefinition, make(name, ConstantKind::kDefinition, of, value));
  }
  ConstantId theorem(const std::string& name, TermId of, TermId value) {
    return add(DeclarationKind::kTheorem, make(name, ConstantKind::kTheorem, of, value));
  }
  // inductive name : Type with constructors whose types are given; a recursor with one rule a constructor.
  void inductive(const std::string& name, std::vector<std::pair<std::string, TermId>> constructors, std::uint64_t params = 0) {
    Constant i = make(name, ConstantKind::kInductive, type());
    InductiveInfo info;
    info.num_params = params;
    info.all = {i.name};
    RecursorInfo rec;
    rec.all = {i.name};
    rec.num_motives = 1;
    rec.num_minors = constructors.size();
    std::vector<ConstantId> block;
    std::vector<Constant> made;
    for (std::size_t k = 0; k < constructors.size(); ++k) {
      Constant con = make(name + "." + constructors[k].first, ConstantKind::kConstructor, constructors[k].second);
      std::uint64_t fields = 0;
      for (TermId at = con.type; t()[at].kind == Kind::kPi; at = t()[at].b) ++fields;
      con.info = env->add(ConstructorInfo{i.name, k, params, fields});
      info.constructors.push_back(con.name);
      rec.rules.push_back({con.name, fields, v(static_cast<std::uint32_t>(k))});
      made.push_back(con);
    }
    i.info = env->add(info);
    block.push_back(env->add(i));
    for (Constant& con : made) block.push_back(env->add(con));
    Constant r = make(name + ".rec", ConstantKind::kRecursor, pi(c(name), type()));
    r.params = {u};
    r.info = env->add(rec);
    block.push_back(env->add(r));
    env->declare(DeclarationKind::kInductive, block);
  }
  Constant& at(const std::string& name) { return env->constant(env->find(std::string_view(name))); }

  std::unique_ptr<Environment> env = std::make_unique<Environment>();
  NameId u = 0;
  LevelId level_u = 0;

 private:
  bool other_;
};

// Nat, an equality, a "notation" that unfolds to it, an instance, an opaque, a lemma used in the statement, and the target:
//   theorem target.{u} : Holds (id.{u} two) (pick lemma) 7
void build(Library& l, const std::function<void(Library&)>& before = {}) {
  if (before) before(l);
  const auto absent = [&](const char* name) { return l.env->find(std::string_view(name)) == kNone; };
  const TermId nat = l.c("Nat");
  if (absent("Nat")) l.inductive("Nat", {{"zero", nat}, {"succ", l.pi(nat, nat)}});
  const TermId one = l.app(l.c("Nat.succ"), {l.c("Nat.zero")});
  if (absent("two")) l.def("two", nat, l.app(l.c("Nat.succ"), {one}));
  if (absent("instance")) l.def("instance", l.pi(nat, nat), l.lambda(nat, l.v(0)));
  if (absent("Same")) l.axiom("Same", l.pi(nat, l.pi(nat, l.prop())));  // allowed explicitly below
  if (absent("Holds")) {
    l.def("Holds", l.pi(nat, l.pi(nat, l.prop())),
          l.lambda(nat, l.lambda(nat, l.app(l.c("Same"), {l.app(l.c("instance"), {l.v(1)}), l.v(0)}))));
  }
  if (absent("hidden")) {
    l.add(DeclarationKind::kOpaque, l.make("hidden", ConstantKind::kOpaque, nat, l.c("Nat.zero")));
  }
  if (absent("fact")) l.axiom("fact", l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}));
  if (absent("lemma")) l.theorem("lemma", l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}), l.c("fact"));
  if (absent("pick")) {
    Constant pick = l.make("pick", ConstantKind::kDefinition,
                           l.pi(l.t().sort(l.level_u), l.pi(l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}), nat)),
                           l.lambda(l.t().sort(l.level_u), l.lambda(l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}), l.c("hidden"))));
    pick.params = {l.u};
    l.add(DeclarationKind::kDefinition, pick);
  }
  if (absent("statement")) {
    l.def("statement", l.prop(), l.app(l.c("Holds"), {l.c("two"), l.c("two")}));
  }
  if (absent("target")) {
    const TermId picked = l.app(l.c("pick", {l.t().levels().succ(l.level_u)}), {l.t().sort(l.level_u), l.c("lemma")});
    Constant target = l.make("target", ConstantKind::kTheorem, l.app(l.c("Holds"), {picked, l.t().nat(7)}), l.c("proof"));
    target.params = {l.u};
    l.add(DeclarationKind::kTheorem, target);
  }
  if (absent("proof")) {
    Constant proof = l.make("proof", ConstantKind::kAxiom, l.at("target").type);
    proof.params = {l.u};
    l.add(DeclarationKind::kAxiom, proof);
  }
}

const std::vector<std::string> kAllowed = {"Same", "fact", "proof"};

MatchResult match(const std::function<void(Library&)>& before, const std::function<void(Library&)>& after = {},
                  bool other_names = false) {
  Library reference, candidate(other_names);
  build(reference);
  build(candidate, before);
  if (after) after(candidate);
  return match_statement(*reference.env, *candidate.env, "target", kAllowed);
}

bool rejected(const MatchResult& r, Rule rule, const std::string& constant) {
  const bool as_expected = !r.matches && !r.reference_at_fault && r.rule == rule && r.constant == constant && !r.detail.empty();
  if (!as_expected) {
    std::fprintf(stderr, "matches %d fault %d rule %s constant %s: %s\n", r.matches, r.reference_at_fault,
                 r.matches ? "" : rule_name(r.rule), r.constant.c_str(), r.detail.c_str());
  }
  return as_expected;
}

}  // namespace

TEST(match_accepts_the_same_statement_and_names_the_axioms) {
  const MatchResult r = match({});
  if (!r.matches) std::fprintf(stderr, "%s: %s\n", r.constant.c_str(), r.detail.c_str());
  CHECK(r.matches);
  CHECK((r.axioms == std::vector<std::string>{"Same", "fact", "proof"}));
}

TEST(match_does_not_look_at_binder_names_and_infos_level_names_and_ids) {
  const MatchResult r = match({}, {}, true);
  if (!r.matches) std::fprintf(stderr, "%s: %s\n", r.constant.c_str(), r.detail.c_str());
  CHECK(r.matches);
}

TEST(match_accepts_another_proof_of_a_lemma_in_the_statement) {
  CHECK(match([](Library& l) {
          l.axiom("fact", l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}));
          l.theorem("lemma", l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}),
                    l.app(l.lambda(l.prop(), l.c("fact")), {l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)})}));
        }).matches);
}

TEST(match_rejects_another_type) {
  CHECK(rejected(match({}, [](Library& l) { l.at("target").type = l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)}); }),
                 Rule::kStatement, "target"));
  CHECK(rejected(match({}, [](Library& l) { l.at("target").type = l.t()[l.at("target").type].a; }), Rule::kStatement, "target"));
}

TEST(match_rejects_a_changed_definition_behind_the_statement) {
  CHECK(rejected(match([](Library& l) { l.def("two", l.c("Nat"), l.c("Nat.zero")); }), Rule::kStatement, "two"));
}

TEST(match_rejects_a_changed_instance) {
  CHECK(rejected(match([](Library& l) {
                   l.def("instance", l.pi(l.c("Nat"), l.c("Nat")), l.lambda(l.c("Nat"), l.c("Nat.zero")));
                 }),
                 Rule::kStatement, "instance"));
}

TEST(match_rejects_a_notation_that_unfolds_to_something_else) {
  CHECK(rejected(match([](Library& l) {
                   const TermId nat = l.c("Nat");
                   l.def("Holds", l.pi(nat, l.pi(nat, l.prop())),
                         l.lambda(nat, l.lambda(nat, l.app(l.c("Same"), {l.v(0), l.v(0)}))));
                 }),
                 Rule::kStatement, "Holds"));
}

TEST(match_rejects_an_opaque_constant_with_another_value) {
  CHECK(rejected(match([](Library& l) {
                   l.add(DeclarationKind::kOpaque, l.make("hidden", ConstantKind::kOpaque, l.c("Nat"), l.c("two")));
                 }),
                 Rule::kStatement, "hidden"));
}

TEST(match_rejects_a_constant_of_another_kind) {
  const auto as_kind = [](ConstantKind kind, const char* name) {
    return match({}, [=](Library& l) { l.at(name).kind = kind; });
  };
  CHECK(rejected(as_kind(ConstantKind::kDefinition, "hidden"), Rule::kStatement, "hidden"));
  CHECK(rejected(as_kind(ConstantKind::kOpaque, "two"), Rule::kStatement, "two"));
  CHECK(rejected(as_kind(ConstantKind::kAxiom, "lemma"), Rule::kStatement, "lemma"));
  CHECK(rejected(as_kind(ConstantKind::kDefinition, "lemma"), Rule::kStatement, "lemma"));
  CHECK(rejected(as_kind(ConstantKind::kAxiom, "two"), Rule::kStatement, "two"));
}

TEST(match_rejects_an_inductive_type_with_another_constructor) {
  CHECK(rejected(match([](Library& l) {
                   const TermId nat = l.c("Nat");
                   l.inductive("Nat", {{"zero", nat}, {"succ", l.pi(nat, nat)}, {"omega", nat}});
                 }),
                 Rule::kStatement, "Nat"));
  CHECK(rejected(match([](Library& l) {
                   const TermId nat = l.c("Nat");
                   l.inductive("Nat", {{"succ", l.pi(nat, nat)}, {"zero", nat}});
                 }),
                 Rule::kStatement, "Nat.zero"));
  CHECK(rejected(match([](Library& l) {
                   const TermId nat = l.c("Nat");
                   l.inductive("Nat", {{"zero", nat}, {"succ", l.pi(nat, l.pi(nat, nat))}});
                 }),
                 Rule::kStatement, "Nat.succ"));
}

TEST(match_rejects_inductive_types_that_differ_in_what_terms_do_not_show) {
  CHECK(rejected(match({}, [](Library& l) { l.env->inductive(l.at("Nat")).num_params = 1; }), Rule::kStatement, "Nat"));
  CHECK(rejected(match({}, [](Library& l) { l.env->constructor(l.at("Nat.succ")).num_fields = 0; }), Rule::kStatement, "Nat.succ"));
  CHECK(rejected(match({}, [](Library& l) { l.env->constructor(l.at("Nat.succ")).index = 0; }), Rule::kStatement, "Nat.succ"));
  CHECK(rejected(match({}, [](Library& l) { l.env->recursor(l.at("Nat.rec")).rules[0].rhs = l.v(5); }), Rule::kStatement, "Nat.rec"));
  CHECK(rejected(match({}, [](Library& l) { l.env->recursor(l.at("Nat.rec")).rules.pop_back(); }), Rule::kStatement, "Nat.rec"));
  CHECK(rejected(match({}, [](Library& l) { l.env->recursor(l.at("Nat.rec")).k = true; }), Rule::kStatement, "Nat.rec"));
}

TEST(match_rejects_a_literal_of_another_value) {
  const auto with = [](const BigNat& value) {
    return match({}, [&](Library& l) {
      l.at("target").type = l.app(l.t()[l.at("target").type].a, {l.t().nat(value)});
    });
  };
  CHECK(with(7).matches);  // the control
  CHECK(rejected(with(8), Rule::kStatement, "target"));
  CHECK(rejected(with(BigNat(7) << 64), Rule::kStatement, "target"));
}

TEST(match_compares_big_and_string_literals_by_value_and_what_they_stand_for) {
  const auto run = [](const BigNat& big, const std::string& text, bool same_string) {
    Library reference, candidate(true);
    const auto fill = [&](Library& l, const BigNat& value, const std::string& string, bool standard) {
      l.inductive("Nat", {{"zero", l.c("Nat")}, {"succ", l.pi(l.c("Nat"), l.c("Nat"))}});
      l.inductive("String", {{standard ? "mk" : "other", l.c("String")}});
      l.axiom("P", l.pi(l.c("Nat"), l.pi(l.c("String"), l.prop())));
      l.axiom("p", l.app(l.c("P"), {l.t().nat(value), l.t().string(string)}));
      l.theorem("target", l.app(l.c("P"), {l.t().nat(value), l.t().string(string)}), l.c("p"));
    };
    candidate.t().nat(BigNat(1) << 200);  // other ids
    candidate.t().string("other");
    fill(reference, BigNat(1) << 100, "text", true);
    fill(candidate, big, text, same_string);
    return match_statement(*reference.env, *candidate.env, "target", {"P", "p"});
  };
  CHECK(run(BigNat(1) << 100, "text", true).matches);
  CHECK(rejected(run(BigNat(1) << 101, "text", true), Rule::kStatement, "target"));
  CHECK(rejected(run(BigNat(1) << 100, "test", true), Rule::kStatement, "target"));
  CHECK(rejected(run(BigNat(1) << 100, "text", false), Rule::kUnknownConstant, "String.mk"));
}

TEST(match_rejects_universe_parameters_in_another_order_or_number) {
  const auto fill = [](Library& l, bool swapped, bool more) {
    const NameId w = l.n("w");
    const LevelId level = l.t().levels().param(w);
    Constant p = l.make("P", ConstantKind::kAxiom, l.pi(l.t().sort(l.level_u), l.pi(l.t().sort(level), l.prop())));
    p.params = {l.u, w};
    l.add(DeclarationKind::kAxiom, p);
    Constant target = l.make("target", ConstantKind::kTheorem,
                             l.app(l.c("P", {l.t().levels().succ(l.level_u), l.t().levels().succ(level)}),
                                   {l.t().sort(l.level_u), l.t().sort(level)}),
                             l.c("P"));
    target.params = swapped ? std::vector<NameId>{w, l.u} : std::vector<NameId>{l.u, w};
    if (more) target.params.push_back(l.n("w2"));
    l.add(DeclarationKind::kTheorem, target);
  };
  const auto run = [&](bool swapped, bool more, bool other) {
    Library reference, candidate(other);
    fill(reference, false, false);
    fill(candidate, swapped, more);
    return match_statement(*reference.env, *candidate.env, "target", {"P"});
  };
  CHECK(run(false, false, false).matches);
  CHECK(run(false, false, true).matches);
  for (const bool other : {false, true}) {
    CHECK(rejected(run(true, false, other), Rule::kStatement, "target"));
    CHECK(rejected(run(false, true, other), Rule::kStatement, "target"));
  }
}

TEST(match_rejects_missing_and_doubled_constants) {
  Library reference, candidate;
  build(reference);
  CHECK(rejected(match_statement(*reference.env, *candidate.env, "target", kAllowed), Rule::kUnknownConstant, "target"));
  build(candidate);
  candidate.def("two", candidate.c("Nat"), candidate.c("Nat.zero"));
  CHECK(rejected(match_statement(*reference.env, *candidate.env, "target", kAllowed), Rule::kDuplicateName, "two"));
}

TEST(match_rejects_a_target_that_is_no_proof) {
  CHECK(rejected(match({}, [](Library& l) { l.at("target").kind = ConstantKind::kAxiom; }), Rule::kAxiom, "target"));
  CHECK(rejected(match({}, [](Library& l) { l.at("target").safety = Safety::kUnsafe; }), Rule::kUnsafeInSafe, "target"));
  CHECK(rejected(match({}, [](Library& l) { l.at("target").safety = Safety::kPartial; }), Rule::kUnsafeInSafe, "target"));
  CHECK(rejected(match({}, [](Library& l) { l.at("target").kind = ConstantKind::kQuotient; }), Rule::kStatement, "target"));
}

TEST(match_rejects_unsafe_and_partial_constants_anywhere_behind_the_proof) {
  for (const Safety safety : {Safety::kUnsafe, Safety::kPartial}) {
    CHECK(rejected(match({},
                         [=](Library& l) {
                           Constant trick = l.make("trick", ConstantKind::kDefinition, l.at("target").type, l.c("proof"));
                           trick.safety = safety;
                           l.add(DeclarationKind::kDefinition, trick);
                           l.def("step", l.at("target").type, l.c("trick"));
                           l.at("target").value = l.c("step");
                         }),
                   Rule::kUnsafeInSafe, "trick"));
    CHECK(rejected(match({}, [=](Library& l) { l.at("two").safety = safety; }), Rule::kStatement, "two"));
  }
}

TEST(match_rejects_axioms_however_deep_and_sorry_among_them) {
  const auto with_axiom = [](const char* name) {
    return match({}, [=](Library& l) {
      l.axiom(name, l.pi(l.prop(), l.v(0)));
      l.theorem("deep", l.at("target").type, l.app(l.c(name), {l.at("target").type}));
      l.def("deeper", l.at("target").type, l.t().let(l.at("target").type, l.c("deep"), l.v(0), l.n("x")));
      l.at("target").value = l.c("deeper");
    });
  };
  CHECK(rejected(with_axiom("sorryAx"), Rule::kAxiom, "sorryAx"));
  CHECK(rejected(with_axiom("Lean.ofReduceBool"), Rule::kAxiom, "Lean.ofReduceBool"));
  const MatchResult r = with_axiom("cheat");
  CHECK(rejected(r, Rule::kAxiom, "cheat"));
  CHECK(std::count(r.axioms.begin(), r.axioms.end(), "cheat") == 1);
}

TEST(match_finds_an_axiom_behind_a_lemma_of_the_statement) {
  CHECK(rejected(match([](Library& l) {
                   const TermId holds = l.app(l.c("Holds"), {l.c("two"), l.t().nat(7)});
                   l.axiom("cheat", l.pi(l.prop(), l.v(0)));
                   l.theorem("lemma", holds, l.app(l.c("cheat"), {holds}));
                 }),
                 Rule::kAxiom, "cheat"));
}

TEST(match_rejects_an_allowed_axiom_that_states_something_else) {
  const auto proof_is = [](Library& l, const char* axiom, TermId of) {
    l.axiom(axiom, of);
    l.at("target").value = l.c(axiom);
  };
  const auto run = [&](const char* axiom, bool in_reference) {
    Library reference, candidate;
    build(reference);
    build(candidate);
    if (in_reference) reference.axiom(axiom, reference.prop());
    proof_is(candidate, axiom, candidate.pi(candidate.prop(), candidate.v(0)));
    std::vector<std::string> allowed = kAllowed;
    allowed.insert(allowed.end(), kStandard.begin(), kStandard.end());
    allowed.push_back("mine");
    return match_statement(*reference.env, *candidate.env, "target", allowed);
  };
  CHECK(rejected(run("mine", true), Rule::kStatement, "mine"));
  CHECK(rejected(run("mine", false), Rule::kAxiom, "mine"));  // nothing says what it should be
  for (const std::string& name : kStandard) {
    CHECK(rejected(run(name.c_str(), false), Rule::kStatement, name));
    CHECK(rejected(run(name.c_str(), true), Rule::kStatement, name));
  }
}

TEST(match_rejects_a_standard_axiom_over_another_equality) {
  // propext with the right words, where Iff holds of everything.
  Library l;
  const TermId p = l.prop();
  l.inductive("Eq", {{"refl", l.type()}});
  l.inductive("Iff", {{"intro", l.type()}});
  const TermId iff = l.app(l.c("Iff"), {l.v(1), l.v(0)});
  const ConstantId id =
      l.axiom("propext", l.pi(p, l.pi(p, l.pi(iff, l.app(l.c("Eq", {kLevelOne}), {p, l.v(2), l.v(1)})))));
  const MatchResult r = match_axioms(nullptr, *l.env, {id}, kStandard);
  CHECK(!r.matches);
  CHECK(r.rule == Rule::kStatement && (r.constant == "Iff" || r.constant == "Eq"));
}

TEST(match_of_the_standard_axioms_accepts_themselves) {
  const auto env = standard_axioms();
  std::vector<ConstantId> axioms;
  for (const std::string& name : kStandard) axioms.push_back(env->find(name));
  const MatchResult r = match_axioms(nullptr, *env, axioms, kStandard);
  CHECK(r.matches);
  CHECK(r.axioms.size() == 3);
  CHECK(!match_axioms(nullptr, *env, axioms, {"propext"}).matches);
  Library l;
  const ConstantId mine = l.axiom("mine", l.prop());
  CHECK(match_axioms(nullptr, *l.env, {mine}, {"mine"}).matches);  // without a reference the name alone decides
  CHECK(!match_axioms(env.get(), *l.env, {mine}, {"mine"}).matches);
  CHECK(!match_axioms(nullptr, *l.env, {mine}, kStandard).matches);
  for (const ConstantId id : axioms) {
    std::vector<NameId> missing;
    CHECK(dependency_edges(*env, {id}).size() >= 2);
    CHECK(axioms_of(*env, id) == std::vector<ConstantId>{id});
    CHECK(statement_closure(*env, id, &missing).size() >= 2);
    CHECK(missing.empty());
  }
}

TEST(match_blames_the_reference_for_what_is_its_own) {
  const auto fault = [](const std::function<void(Library&)>& change, Rule rule, const std::string& constant) {
    Library reference, candidate;
    build(reference);
    build(candidate);
    change(reference);
    const MatchResult r = match_statement(*reference.env, *candidate.env, "target", kAllowed);
    const bool as_expected = !r.matches && r.reference_at_fault && r.rule == rule && r.constant == constant;
    if (!as_expected) std::fprintf(stderr, "%d %d %s %s\n", r.matches, r.reference_at_fault, r.constant.c_str(), r.detail.c_str());
    return as_expected;
  };
  CHECK(fault([](Library& l) { l.at("two").safety = Safety::kUnsafe; }, Rule::kUnsafeInSafe, "two"));
  CHECK(fault([](Library& l) { l.at("target").safety = Safety::kUnsafe; }, Rule::kUnsafeInSafe, "target"));
  CHECK(fault([](Library& l) { l.at("target").kind = ConstantKind::kConstructor; }, Rule::kStatement, "target"));
  CHECK(fault([](Library& l) { l.at("two").value = l.c("nowhere"); }, Rule::kUnknownConstant, "nowhere"));
  CHECK(fault([](Library& l) { l.at("two").value = l.c("target"); }, Rule::kStatement, "target"));
  CHECK(fault([](Library& l) { l.def("two", l.c("Nat"), l.c("Nat.zero")); }, Rule::kDuplicateName, "two"));
  CHECK(fault(
      [](Library& l) {
        l.axiom("extra", l.c("Nat"));
        l.at("two").value = l.c("extra");
      },
      Rule::kAxiom, "extra"));
  Library nothing, candidate;
  build(candidate);
  const MatchResult r = match_statement(*nothing.env, *candidate.env, "target", kAllowed);
  CHECK(r.reference_at_fault && r.rule == Rule::kUnknownConstant);
}

TEST(match_does_not_care_how_the_reference_proves_it) {
  for (const ConstantKind kind : {ConstantKind::kAxiom, ConstantKind::kTheorem, ConstantKind::kDefinition, ConstantKind::kOpaque}) {
    Library reference, candidate;
    build(reference);
    build(candidate);
    reference.axiom("sorryAx", reference.pi(reference.prop(), reference.v(0)));
    reference.at("target").kind = kind;
    reference.at("target").value = reference.app(reference.c("sorryAx"), {reference.at("target").type});
    CHECK(match_statement(*reference.env, *candidate.env, "target", kAllowed).matches);
  }
}

TEST(match_walks_terms_of_any_depth) {
  const auto deep = [](Library& l, TermId last) {
    l.inductive("Nat", {{"zero", l.c("Nat")}, {"succ", l.pi(l.c("Nat"), l.c("Nat"))}});
    TermId value = last == kNone ? l.c("Nat.zero") : last;
    for (int i = 0; i < 1'000'000; ++i) value = l.t().app(l.c("Nat.succ"), value);
    l.axiom("P", l.pi(l.c("Nat"), l.prop()));
    l.theorem("target", l.app(l.c("P"), {value}), l.c("P"));
  };
  Library reference, same(true), other;
  deep(reference, kNone);
  deep(same, kNone);
  deep(other, other.t().nat(0));
  CHECK(match_statement(*reference.env, *same.env, "target", {"P"}).matches);
  CHECK(rejected(match_statement(*reference.env, *other.env, "target", {"P"}), Rule::kStatement, "target"));
  LevelId level = kLevelZero, doubled = kLevelOne;
  Library a, b;
  for (Library* l : {&a, &b}) {
    level = kLevelZero;
    doubled = kLevelOne;
    for (int i = 0; i < 100'000; ++i) level = l->t().levels().succ(level);
    for (int i = 0; i < 200; ++i) doubled = l->t().levels().max(doubled, doubled);
    l->axiom("P", l->pi(l->t().sort(level), l->pi(l->t().sort(doubled), l->prop())));
    l->theorem("target", l->app(l->c("P"), {}), l->c("P"));
  }
  CHECK(match_statement(*a.env, *b.env, "target", {"P"}).matches);
}

TEST(dependencies_reach_types_values_constructors_and_recursors) {
  Library l;
  build(l);
  const auto names = [&](const std::vector<ConstantId>& ids) {
    std::vector<std::string> out;
    for (const ConstantId id : ids) out.push_back(l.env->names().to_string(l.env->constant(id).name));
    std::sort(out.begin(), out.end());
    return out;
  };
  const std::vector<std::string> nat = {"Nat", "Nat.rec", "Nat.succ", "Nat.zero"};
  CHECK(names(dependencies(*l.env, {l.env->find(std::string_view("Nat.zero"))})) == nat);
  auto two = nat;
  two.push_back("two");
  CHECK(names(dependencies(*l.env, {l.env->find(std::string_view("two"))})) == two);
  const ConstantId target = l.env->find(std::string_view("target"));
  const auto all = names(dependencies(*l.env, {target}));
  const auto without_proofs = names(dependencies(*l.env, {target}, false));
  CHECK(std::count(all.begin(), all.end(), "proof") == 1 && std::count(all.begin(), all.end(), "fact") == 1);
  CHECK(std::count(without_proofs.begin(), without_proofs.end(), "proof") == 0);
  CHECK(std::count(without_proofs.begin(), without_proofs.end(), "lemma") == 1);
  std::vector<ConstantId> mentioned;
  const ConstantId two_id = l.env->find(std::string_view("two"));
  for (const auto& [from, to] : dependency_edges(*l.env, {target})) {
    if (from == two_id) mentioned.push_back(to);
  }
  CHECK(names(mentioned) == (std::vector<std::string>{"Nat", "Nat.succ", "Nat.zero"}));
  CHECK(names(axioms_of(*l.env, target)) == (std::vector<std::string>{"Same", "fact", "proof"}));
}

CHECK_MAIN()
