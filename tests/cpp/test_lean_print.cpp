// Printing terms: what a person reads, and that no term makes it long or slow.
#include <chrono>
#include <cstring>
#include <set>
#include <string>

#include "check.h"
#include "lean/big_nat.h"
#include "lean/print.h"
#include "lean/rejection.h"

using namespace verikit::lean;

namespace {

struct Terms {
  TermStore store;
  NameId name(std::string_view dotted) { return store.names().parse(dotted); }
  TermId c(std::string_view dotted) { return store.constant(name(dotted), kNoLevels); }
  TermId v(std::uint32_t index) { return store.bvar(index); }
  TermId app(TermId f, std::initializer_list<TermId> args) {
    for (const TermId a : args) f = store.app(f, a);
    return f;
  }
  TermId pi(std::string_view x, TermId type, TermId body, BinderInfo info = BinderInfo::kDefault) {
    return store.pi(type, body, store.binder(name(x), info));
  }
  TermId fun(std::string_view x, TermId type, TermId body, BinderInfo info = BinderInfo::kDefault) {
    return store.lambda(type, body, store.binder(name(x), info));
  }
  std::string operator()(TermId t, const PrintOptions& options = {}) const { return to_string(store, t, options); }
};

bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

}  // namespace

TEST(terms_print_as_in_lean) {
  Terms t;
  const TermId nat = t.c("Nat"), f = t.c("f"), g = t.c("g");
  CHECK(t(t.app(f, {t.app(g, {nat}), nat})) == "f (g Nat) Nat");
  CHECK(t(t.app(t.fun("x", nat, t.v(0)), {nat})) == "(fun (x : Nat) => x) Nat");
  CHECK(t(t.pi("x", nat, t.pi("y", nat, t.app(f, {t.v(1), t.v(0)})))) == "∀ (x : Nat) (y : Nat), f x y");
  CHECK(t(t.pi("x", nat, nat)) == "Nat → Nat");
  CHECK(t(t.pi("x", nat, t.pi("y", nat, nat))) == "Nat → Nat → Nat");
  CHECK(t(t.pi("x", t.pi("y", nat, nat), nat)) == "(Nat → Nat) → Nat");
  CHECK(t(t.pi("x", nat, nat, BinderInfo::kImplicit)) == "∀ {x : Nat}, Nat");
  CHECK(t(t.pi("x", nat, t.pi("y", nat, t.v(1)))) == "∀ (x : Nat), Nat → x");
  CHECK(t(t.pi("y", nat, t.pi("x", nat, t.app(f, {t.v(0)})))) == "Nat → ∀ (x : Nat), f x");
  CHECK(t(t.fun("x", nat,
                t.fun("i", nat, t.fun("s", nat, t.v(2), BinderInfo::kStrictImplicit), BinderInfo::kInstImplicit))) ==
        "fun (x : Nat) [i : Nat] ⦃s : Nat⦄ => x");
  CHECK(t(t.fun("x", nat, t.pi("y", nat, t.v(0)))) == "fun (x : Nat) => ∀ (y : Nat), y");
  CHECK(t(t.store.let(nat, t.c("n"), t.app(f, {t.v(0)}), t.name("x"))) == "let x : Nat := n; f x");
  CHECK(t(t.store.proj(t.name("Prod"), 0, t.app(f, {nat}))) == "(f Nat).1");
  CHECK(t(t.app(f, {t.pi("x", nat, nat), t.store.sort(kLevelOne)})) == "f (Nat → Nat) Type");
  CHECK(t(t.v(3)) == "#3");
  CHECK(t(t.store.fvar(4, nat)) == "x✝4");
}

TEST(sorts_and_universes_print_as_in_lean) {
  Terms t;
  LevelStore& levels = t.store.levels();
  const LevelId u = levels.param(t.name("u")), v = levels.param(t.name("v"));
  CHECK(t(t.store.sort(kLevelZero)) == "Prop" && t(t.store.sort(kLevelOne)) == "Type");
  CHECK(t(t.store.sort(u)) == "Sort u" && t(t.store.sort(levels.succ(u))) == "Type u");
  CHECK(t(t.store.sort(levels.succ(kLevelOne))) == "Type 1");
  CHECK(t(t.store.sort(levels.succ(levels.succ(u)))) == "Type (u+1)");
  CHECK(t(t.store.sort(levels.max(u, levels.succ(v)))) == "Sort (max u (v+1))");
  CHECK(t(t.store.sort(levels.succ(levels.succ(levels.imax(u, levels.max(u, v)))))) == "Type ((imax u (max u v))+1)");
  CHECK(t(t.app(t.c("f"), {t.store.sort(u)})) == "f (Sort u)");
  const LevelId both[] = {levels.max(u, v), kLevelOne};
  const TermId list = t.store.constant(t.name("List.map"), levels.list(both));
  CHECK(t(list) == "List.map" && t(list, {.universes = true}) == "List.map.{max u v, 1}");
}

TEST(literals_print_as_in_lean) {
  Terms t;
  CHECK(t(t.store.nat(std::uint64_t{18446744073709551615u})) == "18446744073709551615");
  CHECK(t(t.store.nat(BigNat(1) << 64)) == "18446744073709551616");
  CHECK(t(t.store.nat(BigNat(1) << 5'000'000)) == "⟨a literal of 5000001 bits⟩");
  CHECK(t(t.store.string("a\"\\\n\té\x01")) == "\"a\\\"\\\\\\n\\té\\x01\"");
}

TEST(a_name_in_scope_is_not_given_twice) {
  Terms t;
  const TermId nat = t.c("Nat");
  const TermId both = t.app(t.c("f"), {t.v(0), t.v(1)});
  CHECK(t(t.fun("x", nat, t.fun("x", nat, both))) == "fun (x : Nat) (x_1 : Nat) => f x_1 x");
  CHECK(t(t.app(t.c("f"), {t.fun("x", nat, t.v(0)), t.fun("x", nat, t.v(0))})) ==
        "f (fun (x : Nat) => x) (fun (x : Nat) => x)");
  CHECK(t(t.fun("x_1", nat, t.fun("x", nat, t.fun("x", nat, t.v(2))))) ==
        "fun (x_1 : Nat) (x : Nat) (x_2 : Nat) => x_1");
  CHECK(t(t.fun("a._@.M._hyg.7", nat, t.v(0))) == "fun (a✝ : Nat) => a✝");
  CHECK(t(t.store.lambda(nat, t.v(0), t.store.binder(kAnonymous, BinderInfo::kDefault))) == "fun (x : Nat) => x");
}

TEST(what_is_too_long_ends_in_an_ellipsis_between_characters) {
  Terms t;
  const TermId f = t.c("ααα");
  const TermId long_one = t.app(f, {f, f, f, f, f, f, f, f});
  for (std::size_t length = 3; length < 70; ++length) {
    const std::string text = t(long_one, {.max_length = length});
    CHECK(text.size() <= length && is_utf8(text));
    if (length < 62) CHECK(text.size() + 3 > length && text.substr(text.size() - 3) == "…");
  }
  CHECK(t(long_one, {.max_length = 62}) == "ααα ααα ααα ααα ααα ααα ααα ααα ααα");
  CHECK(t(t.store.string(std::string(100'000, 'x'))).size() == 2000);
}

TEST(what_is_too_deep_is_an_ellipsis) {
  Terms t;
  const TermId f = t.c("f");
  TermId deep = t.c("x");
  for (int i = 0; i < 5; ++i) deep = t.app(f, {deep});
  CHECK(t(deep, {.max_depth = 5}) == "f (f (f (f (f x))))");
  CHECK(t(deep, {.max_depth = 3}) == "f (f (f (… …)))");
}

// Shared terms that are exponential as trees, and terms of a million levels: bounded work.
TEST(work_is_set_by_the_limits) {
  const auto start = std::chrono::steady_clock::now();
  Terms t;
  const TermId f = t.c("f");
  TermId shared = t.c("x"), left = f, right = f, binders = t.v(0), arrows = f, lets = t.v(0), projections = f;
  LevelId level = t.store.levels().param(t.name("u"));
  LevelId successors = level;
  for (int i = 0; i < 200'000; ++i) {
    if (i < 5000) {
      shared = t.app(f, {shared, shared});
      level = t.store.levels().max(level, t.store.levels().succ(level));
    }
    left = t.store.app(left, f);
    right = t.store.app(f, right);
    binders = t.fun("x", f, binders);
    arrows = t.pi("x", f, arrows);
    lets = t.store.let(f, f, lets, t.name("x"));
    projections = t.store.proj(t.name("P"), 0, projections);
    successors = t.store.levels().succ(successors);
  }
  for (const TermId id :
       {shared, left, right, binders, arrows, lets, projections, t.store.sort(level), t.store.sort(successors)}) {
    for (const std::size_t depth : {10u, 200u, 100'000u}) {
      const std::string text = t(id, {.max_depth = depth, .universes = true});
      CHECK(text.size() <= 2000 && is_utf8(text) && !text.empty());
    }
  }
  CHECK(t(binders, {.max_length = 100'000, .max_depth = 100}).size() <= 100'000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

TEST(every_rule_and_reason_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (int i = 0; i < static_cast<int>(Rule::kCount); ++i) {
    const std::string name = rule_name(static_cast<Rule>(i));
    CHECK(name != "none" && names.insert(name).second);
    for (const char c : name) CHECK((c >= 'a' && c <= 'z') || c == '-');
  }
  for (int i = 0; i < static_cast<int>(Decline::kCount); ++i) {
    const std::string name = decline_name(static_cast<Decline>(i));
    CHECK(name != "none" && names.insert(name).second);
  }
  CHECK(std::strcmp(rule_name(Rule::kUniverseArity), "universe-arity") == 0);
  CHECK(std::strcmp(decline_name(Decline::kDepth), "depth") == 0);
}

CHECK_MAIN()
