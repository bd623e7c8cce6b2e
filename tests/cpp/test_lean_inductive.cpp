// Blocks of inductive types and quotients: what is well formed is accepted with exactly its recursors, and nothing else
// is.
#include <functional>
#include <string>
#include <vector>

#include "check.h"
#include "lean/check.h"
#include "lean_sexpr.h"

using namespace verikit::lean;
using lean_test::term;

namespace {

struct Ctor {
  std::string name, type;
};
struct Type {
  std::string name, type;
  std::uint64_t params = 0, indices = 0;
  std::vector<Ctor> constructors;
};
struct Rule {
  std::string constructor;
  std::uint64_t fields = 0;
  std::string rhs;
};
struct Rec {
  std::string name, type;
  std::uint64_t indices = 0;
  std::vector<Rule> rules;
  bool k = false;
  std::vector<std::string> params = {"u"};
};
struct Block {
  std::vector<Type> types;
  std::vector<Rec> recursors;
  bool recursive = false, reflexive = false, unsafe = false;
  std::uint64_t nested = 0, minors = 0;
  std::vector<std::string> params;
};

std::vector<NameId> names(Environment& env, const std::vector<std::string>& text) {
  std::vector<NameId> ids;
  for (const std::string& t : text) ids.push_back(env.names().parse(t));
  return ids;
}

DeclarationId add(Environment& env, const Block& b) {
  std::vector<ConstantId> ids;
  std::vector<NameId> all;
  for (const Type& t : b.types) all.push_back(env.names().parse(t.name));
  const auto constant = [&](ConstantKind kind, const std::string& name, const std::vector<std::string>& params,
                            const std::string& type, std::uint32_t info) {
    Constant c;
    c.kind = kind;
    c.name = env.names().parse(name);
    c.safety = b.unsafe ? Safety::kUnsafe : Safety::kSafe;
    c.params = names(env, params);
    c.type = term(env, type);
    c.info = info;
    ids.push_back(env.add(std::move(c)));
  };
  for (const Type& t : b.types) {
    InductiveInfo info;
    info.num_params = t.params;
    info.num_indices = t.indices;
    info.num_nested = b.nested;
    info.all = all;
    for (const Ctor& c : t.constructors) info.constructors.push_back(env.names().parse(c.name));
    info.is_recursive = b.recursive;
    info.is_reflexive = b.reflexive;
    constant(ConstantKind::kInductive, t.name, b.params, t.type, env.add(std::move(info)));
  }
  for (const Type& t : b.types) {
    std::uint64_t index = 0;
    for (const Ctor& c : t.constructors) {
      ConstructorInfo info;
      info.inductive = env.names().parse(t.name);
      info.index = index++;
      info.num_params = t.params;
      TermId type = term(env, c.type);
      for (; env.terms()[type].kind == Kind::kPi; type = env.terms()[type].b) ++info.num_fields;
      info.num_fields -= t.params;
      constant(ConstantKind::kConstructor, c.name, b.params, c.type, env.add(info));
    }
  }
  for (const Rec& r : b.recursors) {
    RecursorInfo info;
    info.all = all;
    info.num_params = b.types[0].params;
    info.num_indices = r.indices;
    info.num_motives = b.types.size() + b.nested;
    info.num_minors = b.minors;
    for (const Rule& rule : r.rules)
      info.rules.push_back({env.names().parse(rule.constructor), rule.fields, term(env, rule.rhs)});
    info.k = r.k;
    constant(ConstantKind::kRecursor, r.name, r.params, r.type, env.add(std::move(info)));
  }
  return env.declare(DeclarationKind::kInductive, std::move(ids));
}

// "accepted", or the rule by which the last declaration was rejected; "earlier: …" where another one was.
std::string verdict(Environment& env) {
  env.names().parse("u");
  const Report report = check_environment(env, {});
  const auto last = static_cast<DeclarationId>(env.num_declarations() - 1);
  for (const Finding& f : report.findings) {
    const std::string what = f.status == CheckStatus::kRejected ? rule_name(f.rule) : decline_name(f.reason);
    return f.declaration == last || f.declaration == kNone ? what
                                                           : "earlier: " + f.name + ": " + what + ": " + f.detail;
  }
  return report.status == CheckStatus::kAccepted ? "accepted" : "none";
}

Block nat() {
  Block b;
  b.types = {{"Nat", "Type", 0, 0, {{"Nat.zero", "Nat"}, {"Nat.succ", "(Pi (n Nat) Nat)"}}}};
  b.recursive = true;
  b.minors = 2;
  const std::string head = "(m (Pi (t Nat) (Sort u))) (z (m Nat.zero)) (s (Pi (n Nat) (ih (m n)) (m (Nat.succ n))))";
  b.recursors = {{"Nat.rec",
                  "(Pi " + head + " (t Nat) (m t))",
                  0,
                  {{"Nat.zero", 0, "(fun " + head + " z)"},
                   {"Nat.succ", 1, "(fun " + head + " (n Nat) (s n (Nat.rec.{u} m z s n)))"}}}};
  return b;
}

Block eq() {
  Block b;
  b.params = {"v"};
  b.types = {
      {"Eq", "(Pi (A (Sort v)) (a A) (b A) Prop)", 2, 1, {{"Eq.refl", "(Pi (A (Sort v)) (a A) (Eq.{v} A a a))"}}}};
  b.minors = 1;
  const std::string head = "(A (Sort v)) (a A) (m (Pi (b A) (t (Eq.{v} A a b)) (Sort u))) (r (m a (Eq.refl.{v} A a)))";
  b.recursors = {{"Eq.rec",
                  "(Pi " + head + " (b A) (t (Eq.{v} A a b)) (m b t))",
                  1,
                  {{"Eq.refl", 0, "(fun " + head + " r)"}},
                  true,
                  {"u", "v"}}};
  return b;
}

Block list() {
  Block b;
  b.params = {"v"};
  b.types = {{"List",
              "(Pi (A (Sort (succ v))) (Sort (succ v)))",
              1,
              0,
              {{"List.nil", "(Pi (A (Sort (succ v))) (List.{v} A))"},
               {"List.cons", "(Pi (A (Sort (succ v))) (x A) (xs (List.{v} A)) (List.{v} A))"}}}};
  b.recursive = true;
  b.minors = 2;
  const std::string head =
      "(A (Sort (succ v))) (m (Pi (t (List.{v} A)) (Sort u))) (n (m (List.nil.{v} A)))"
      "(c (Pi (x A) (xs (List.{v} A)) (ih (m xs)) (m (List.cons.{v} A x xs))))";
  b.recursors = {{"List.rec",
                  "(Pi " + head + " (t (List.{v} A)) (m t))",
                  0,
                  {{"List.nil", 0, "(fun " + head + " n)"},
                   {"List.cons", 2, "(fun " + head + " (x A) (xs (List.{v} A)) (c x xs (List.rec.{u,v} A m n c xs)))"}},
                  false,
                  {"u", "v"}}};
  return b;
}

// Trees whose children are a list: a nested type with one auxiliary type.
Block tree() {
  Block b;
  b.types = {{"Tree", "Type", 0, 0, {{"Tree.node", "(Pi (ts (List.{0} Tree)) Tree)"}}}};
  b.recursive = true;
  b.nested = 1;
  b.minors = 3;
  const std::string head =
      "(m (Pi (t Tree) (Sort u))) (p (Pi (t (List.{0} Tree)) (Sort u)))"
      "(f (Pi (ts (List.{0} Tree)) (ih (p ts)) (m (Tree.node ts)))) (n (p (List.nil.{0} Tree)))"
      "(c (Pi (x Tree) (xs (List.{0} Tree)) (i (m x)) (j (p xs)) (p (List.cons.{0} Tree x xs))))";
  b.recursors = {
      {"Tree.rec",
       "(Pi " + head + " (t Tree) (m t))",
       0,
       {{"Tree.node", 1, "(fun " + head + " (ts (List.{0} Tree)) (f ts (Tree.rec_1.{u} m p f n c ts)))"}}},
      {"Tree.rec_1",
       "(Pi " + head + " (t (List.{0} Tree)) (p t))",
       0,
       {{"List.nil", 0, "(fun " + head + " n)"},
        {"List.cons", 2,
         "(fun " + head +
             " (x Tree) (xs (List.{0} Tree)) (c x xs (Tree.rec.{u} m p f n c x) (Tree.rec_1.{u} m p f n c xs)))"}}}};
  return b;
}

// A type with two values.
Block flag() {
  Block b;
  b.types = {{"Flag", "Type", 0, 0, {{"Flag.up", "Flag"}, {"Flag.down", "Flag"}}}};
  b.minors = 2;
  const std::string head = "(m (Pi (t Flag) (Sort u))) (a (m Flag.up)) (b (m Flag.down))";
  b.recursors = {{"Flag.rec",
                  "(Pi " + head + " (t Flag) (m t))",
                  0,
                  {{"Flag.up", 0, "(fun " + head + " a)"}, {"Flag.down", 0, "(fun " + head + " b)"}}}};
  return b;
}

// Even and odd numbers, as propositions: a mutual block that eliminates into Prop only.
Block even() {
  Block b;
  b.types = {{"Even",
              "(Pi (n Nat) Prop)",
              0,
              1,
              {{"Even.zero", "(Even Nat.zero)"}, {"Even.succ", "(Pi (n Nat) (h (Odd n)) (Even (Nat.succ n)))"}}},
             {"Odd", "(Pi (n Nat) Prop)", 0, 1, {{"Odd.succ", "(Pi (n Nat) (h (Even n)) (Odd (Nat.succ n)))"}}}};
  b.recursive = true;
  b.minors = 3;
  const std::string head =
      "(p (Pi (n Nat) (t (Even n)) Prop)) (q (Pi (n Nat) (t (Odd n)) Prop)) (z (p Nat.zero Even.zero))"
      "(s (Pi (n Nat) (h (Odd n)) (ih (q n h)) (p (Nat.succ n) (Even.succ n h))))"
      "(o (Pi (n Nat) (h (Even n)) (ih (p n h)) (q (Nat.succ n) (Odd.succ n h))))";
  b.recursors = {{"Even.rec",
                  "(Pi " + head + " (n Nat) (t (Even n)) (p n t))",
                  1,
                  {{"Even.zero", 0, "(fun " + head + " z)"},
                   {"Even.succ", 2, "(fun " + head + " (n Nat) (h (Odd n)) (s n h (Odd.rec p q z s o n h)))"}},
                  false,
                  {}},
                 {"Odd.rec",
                  "(Pi " + head + " (n Nat) (t (Odd n)) (q n t))",
                  1,
                  {{"Odd.succ", 2, "(fun " + head + " (n Nat) (h (Even n)) (o n h (Even.rec p q z s o n h)))"}},
                  false,
                  {}}};
  return b;
}

// The verdict on a block after others; `change` is applied to it first.
std::string after(const std::vector<Block>& before, Block b, const std::function<void(Block&)>& change = nullptr) {
  Environment env;
  for (const Block& earlier : before) add(env, earlier);
  if (change) change(b);
  add(env, b);
  return verdict(env);
}

// A block that is one type and leaves out its recursor, as an export may.
std::string of_type(Type type, const std::function<void(Block&)>& change = nullptr) {
  Block b;
  b.types = {std::move(type)};
  return after({nat(), list()}, b, change);
}

}  // namespace

TEST(inductive_accepts_well_formed_blocks) {
  CHECK(after({}, nat()) == "accepted");
  CHECK(after({}, eq()) == "accepted");
  CHECK(after({}, flag()) == "accepted");
  CHECK(after({}, list()) == "accepted");
  CHECK(after({list()}, tree()) == "accepted");
  CHECK(after({nat()}, even()) == "accepted");
}

TEST(inductive_compares_every_field_of_a_recursor) {
  const std::vector<std::function<void(Block&)>> changes = {
      [](Block& b) { b.recursors[0].k = !b.recursors[0].k; },
      [](Block& b) { b.minors += 1; },
      [](Block& b) { b.recursors[0].indices += 1; },
      [](Block& b) { b.recursors[0].rules[0].fields += 1; },
      [](Block& b) { b.recursors[0].rules.pop_back(); },
      [](Block& b) { b.recursors[0].rules.push_back(b.recursors[0].rules[0]); },
      [](Block& b) { b.recursors[0].name += "x"; },
      [](Block& b) { b.recursors[0].rules[0].rhs = b.recursors[0].type; },
      [](Block& b) { b.recursors[0].type = b.recursors[0].rules[0].rhs; },
      [](Block& b) {
        b.recursors.push_back(b.recursors[0]);
        b.recursors.back().name = b.types[0].name + ".rec_1";
      },
  };
  for (const auto& change : changes) {
    CHECK(after({}, eq(), change) == "recursor");
    CHECK(after({}, flag(), change) == "recursor");
    CHECK(after({}, list(), change) != "accepted");
  }
  CHECK(after({}, flag(), [](Block& b) { std::swap(b.recursors[0].rules[0].rhs, b.recursors[0].rules[1].rhs); }) ==
        "recursor");
  CHECK(after({}, nat(), [](Block& b) { std::swap(b.recursors[0].rules[0], b.recursors[0].rules[1]); }) == "recursor");
  CHECK(after({list()}, tree(), [](Block& b) { std::swap(b.recursors[0].name, b.recursors[1].name); }) == "recursor");
  CHECK(after({list()}, tree(), [](Block& b) { b.recursors.pop_back(); }) != "accepted");
  CHECK(after({}, eq(), [](Block& b) { std::swap(b.recursors[0].params[0], b.recursors[0].params[1]); }) == "recursor");
}

TEST(inductive_ignores_names_and_order_of_recursors) {
  CHECK(after({list()}, tree(), [](Block& b) { std::swap(b.recursors[0], b.recursors[1]); }) == "accepted");
  CHECK(after({}, nat(), [](Block& b) {
          const std::string head =
              "(x (Pi (y Nat) (Sort u))) (a (x Nat.zero)) (b (Pi (y Nat) (c (x y)) (x (Nat.succ y))))";
          b.recursors[0].type = "(Pi " + head + " (y Nat) (x y))";
        }) == "accepted");
}

TEST(inductive_recomputes_flags_and_counts) {
  CHECK(after({}, nat(), [](Block& b) { b.recursive = false; }) == "inductive");
  CHECK(after({}, nat(), [](Block& b) { b.reflexive = true; }) == "inductive");
  CHECK(after({}, nat(), [](Block& b) { b.nested = 1; }) == "inductive");
  CHECK(after({list()}, tree(), [](Block& b) { b.nested = 0; }) == "inductive");
  CHECK(after({}, nat(), [](Block& b) { b.types[0].indices = 1; }) == "inductive");
  CHECK(after({}, eq(), [](Block& b) { b.types[0].indices = 2; }) == "inductive");
  CHECK(after({}, nat(), [](Block& b) { b.types[0].params = 1; }) == "inductive");
  CHECK(after({}, nat(), [](Block& b) { b.types[0].params = 1'000'000'000'000; }) == "inductive");
}

TEST(inductive_rejects_negative_occurrences) {
  const auto recursive = [](Block& b) { b.recursive = b.reflexive = true; };
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Pi (x T) Nat)) T)"}}}, recursive) == "positivity");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Pi (g (Pi (x T) Nat)) Nat)) T)"}}}, recursive) == "positivity");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Pi (n Nat) T)) T)"}}}, recursive) == "accepted");
  // In a type that does not say that it is recursive, the occurrence is still what is reported.
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Pi (x T) Nat)) T)"}}}) == "positivity");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Pi (x T) Nat)) T)"}}}, [&](Block& b) {
          recursive(b);
          b.unsafe = true;
        }) == "accepted");
}

TEST(inductive_rejects_negative_occurrences_through_nested_types) {
  Block fn;  // Fn A is A → Nat
  fn.types = {{"Fn", "(Pi (A Type) Type)", 1, 0, {{"Fn.mk", "(Pi (A Type) (f (Pi (a A) Nat)) (Fn A))"}}}};
  fn.minors = 1;
  const std::string head = "(A Type) (m (Pi (t (Fn A)) (Sort u))) (k (Pi (f (Pi (a A) Nat)) (m (Fn.mk A f))))";
  fn.recursors = {{"Fn.rec",
                   "(Pi " + head + " (t (Fn A)) (m t))",
                   0,
                   {{"Fn.mk", 1, "(fun " + head + " (f (Pi (a A) Nat)) (k f))"}}}};
  CHECK(after({nat()}, fn) == "accepted");
  Block b;
  b.types = {{"T", "Type", 0, 0, {{"T.mk", "(Pi (f (Fn T)) T)"}}}};
  b.recursive = b.reflexive = true;
  b.nested = 1;
  CHECK(after({nat(), fn}, b) == "positivity");
}

TEST(inductive_rejects_fields_of_a_universe_too_high) {
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (A Type) T)"}}}) == "universe-too-small");
  CHECK(of_type({"T", "(Sort 2)", 0, 0, {{"T.mk", "(Pi (A Type) T)"}}}) == "accepted");
  CHECK(of_type({"T", "Prop", 0, 0, {{"T.mk", "(Pi (A Type) T)"}}}) == "accepted");
}

TEST(inductive_rejects_types_that_are_not_uniform) {
  const auto recursive = [](Block& b) { b.recursive = true; };
  // The parameter is exchanged for another; behind a reduction that drops it; the universe is another.
  CHECK(of_type({"T", "(Pi (n Nat) Type)", 1, 0, {{"T.mk", "(Pi (n Nat) (x (T Nat.zero)) (T n))"}}}, recursive) ==
        "positivity");
  CHECK(
      of_type({"T", "(Pi (n Nat) Type)", 1, 0, {{"T.mk", "(Pi (n Nat) (x ((fun (y Type) Nat) (T Nat.zero))) (T n))"}}},
              recursive) == "positivity");
  CHECK(of_type({"T", "(Pi (n Nat) Type)", 1, 0, {{"T.mk", "(Pi (n Nat) (x (T n)) (T n))"}}}, recursive) == "accepted");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (x T.{0}) T.{v})"}}}, [&](Block& b) {
          recursive(b);
          b.params = {"v"};
        }) == "positivity");
}

TEST(inductive_rejects_a_type_in_its_own_index) {
  const auto recursive = [](Block& b) { b.recursive = true; };
  CHECK(of_type({"T", "(Pi (A Type) Type)", 0, 1, {{"T.mk", "(T (T Nat))"}}}) == "constructor");
  CHECK(of_type({"T", "(Pi (A Type) Type)", 0, 1, {{"T.mk", "(Pi (x (T (T Nat))) (T Nat))"}}}, recursive) ==
        "positivity");
  CHECK(of_type({"T", "(Pi (A Type) Type)", 0, 1, {{"T.mk", "(T Nat)"}}}) == "accepted");
}

TEST(inductive_rejects_constructors_of_something_else) {
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "Nat"}}}) == "constructor");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.mk", "(Pi (n Nat) (m Nat) Nat)"}}}) == "constructor");
  CHECK(of_type({"T", "(Pi (A Type) Type)", 1, 0, {{"T.mk", "(Pi (A Prop) (T A))"}}}) != "accepted");
  CHECK(of_type({"T", "Nat", 0, 0, {}}) == "not-a-sort");
  CHECK(of_type({"T", "(Pi (x T) Type)", 0, 1, {}}) == "unknown-constant");
  CHECK(of_type({"T", "Type", 0, 0, {{"T.a", "T"}, {"T.b", "(Pi (p (Nat.rec.{1} T.a)) T)"}}}) == "unknown-constant");
}

TEST(inductive_keeps_a_block_together) {
  Block b;
  b.types = {{"A", "Type", 0, 0, {{"A.mk", "A"}}}, {"B", "(Sort 2)", 0, 0, {{"B.mk", "B"}}}};
  CHECK(after({}, b) == "mutual-block");
  b.types[1].type = "Type";
  CHECK(after({}, b) == "accepted");
  b.types[1].name = b.types[1].constructors[0].type = "A";
  CHECK(after({}, b) == "duplicate-name");
}

TEST(inductive_lets_propositions_eliminate_into_data_only_where_nothing_is_lost) {
  // One field of data that the type does not show: into Prop only, so a recursor with a universe is another.
  Block b;
  b.types = {{"Ex", "Prop", 0, 0, {{"Ex.mk", "(Pi (n Nat) Ex)"}}}};
  b.minors = 1;
  const auto recursor = [](const std::string& sort, const std::vector<std::string>& params) {
    const std::string head = "(m (Pi (t Ex) " + sort + ")) (k (Pi (n Nat) (m (Ex.mk n))))";
    return Rec{"Ex.rec", "(Pi " + head + " (t Ex) (m t))", 0, {{"Ex.mk", 1, "(fun " + head + " (n Nat) (k n))"}}, false,
               params};
  };
  b.recursors = {recursor("Prop", {})};
  CHECK(after({nat()}, b) == "accepted");
  b.recursors = {recursor("(Sort u)", {"u"})};
  CHECK(after({nat()}, b) == "recursor");
  // The same in a universe that is Prop under another name, and in Type.
  b.types[0].type = "(Sort (imax 1 0))";
  CHECK(after({nat()}, b) == "recursor");
  b.recursors = {recursor("Prop", {})};
  CHECK(after({nat()}, b) == "accepted");
  b.types[0].type = "Type";
  CHECK(after({nat()}, b) == "recursor");
  b.recursors = {recursor("(Sort u)", {"u"})};
  CHECK(after({nat()}, b) == "accepted");
}

TEST(inductive_names_the_copies_of_nested_types_in_messages) {
  // The field y is no type: its text is a variable whose type is the copy of List T.
  Block b;
  b.types = {{"T", "Type", 0, 0, {{"T.mk", "(Pi (x (List.{0} T)) (y x) T)"}}}};
  b.recursive = true;
  b.nested = 1;
  CHECK(after({list()}, b) == "not-a-sort");
  b.types[0].constructors[0].type = "(Pi (x (List.{0} T)) (f (Pi (n Nat) Type)) (y (f x)) T)";
  CHECK(after({nat(), list()}, b) == "argument-mismatch");
}

TEST(inductive_rejects_nested_parameters_with_local_variables) {
  Block vec;  // V n has one element, which forgets n
  vec.types = {{"V", "(Pi (A Type) (n Nat) Type)", 2, 0, {{"V.mk", "(Pi (A Type) (n Nat) (V A n))"}}}};
  vec.minors = 1;
  const std::string head = "(A Type) (n Nat) (m (Pi (t (V A n)) (Sort u))) (k (m (V.mk A n)))";
  vec.recursors = {{"V.rec", "(Pi " + head + " (t (V A n)) (m t))", 0, {{"V.mk", 0, "(fun " + head + " k)"}}}};
  CHECK(after({nat()}, vec) == "accepted");
  Block b;
  b.types = {{"T", "Type", 0, 0, {{"T.mk", "(Pi (n Nat) (x (V T n)) T)"}}}};
  b.recursive = true;
  b.nested = 1;
  CHECK(after({nat(), vec}, b) == "inductive");
  b.types[0].constructors[0].type = "(Pi (n Nat) (x (V T Nat.zero)) T)";
  CHECK(after({nat(), vec}, b) == "accepted");
  // The argument that the copy drops must still have its type.
  b.types[0].constructors[0].type = "(Pi (n Nat) (x (V T Nat)) T)";
  CHECK(after({nat(), vec}, b) == "argument-mismatch");
}

namespace {

struct Quotient {
  std::string name;
  QuotientKind kind = QuotientKind::kType;
  std::vector<std::string> params;
  std::string type;
};
std::vector<Quotient> quotients() {
  const std::string a = "(A (Sort u)) (r (Pi (x A) (y A) Prop))";
  return {{"Quot", QuotientKind::kType, {"u"}, "(Pi " + a + " (Sort u))"},
          {"Quot.mk", QuotientKind::kMk, {"u"}, "(Pi " + a + " (x A) (Quot.{u} A r))"},
          {"Quot.lift",
           QuotientKind::kLift,
           {"u", "v"},
           "(Pi " + a +
               " (B (Sort v)) (f (Pi (x A) B)) (h (Pi (x A) (y A) (p (r x y)) (Eq.{v} B (f x) (f y)))) (q (Quot.{u} A "
               "r)) B)"},
          {"Quot.ind",
           QuotientKind::kInd,
           {"u"},
           "(Pi " + a +
               " (B (Pi (q (Quot.{u} A r)) Prop)) (h (Pi (x A) (B (Quot.mk.{u} A r x)))) (q (Quot.{u} A r)) (B q))"}};
}
std::string with_quotients(const std::vector<Quotient>& all, const Block* equality) {
  Environment env;
  if (equality != nullptr) add(env, *equality);
  for (const Quotient& q : all) {
    Constant c;
    c.kind = ConstantKind::kQuotient;
    c.quotient = q.kind;
    c.name = env.names().parse(q.name);
    c.params = names(env, q.params);
    c.type = term(env, q.type);
    env.declare(DeclarationKind::kQuotient, {env.add(std::move(c))});
  }
  return verdict(env);
}

}  // namespace

TEST(quotient_constants_have_exactly_their_types) {
  const Block equality = eq();
  CHECK(with_quotients(quotients(), &equality) == "accepted");
  CHECK(with_quotients({quotients()[0]}, &equality) == "accepted");
  const auto wrong_last = [&](std::size_t which, const std::function<void(Quotient&)>& change) {
    std::vector<Quotient> all = quotients();
    std::swap(all[which], all.back());
    change(all.back());
    return with_quotients(all, &equality).find("accepted") == std::string::npos;
  };
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(wrong_last(i, [](Quotient& q) { q.kind = QuotientKind::kType; }));
    CHECK(wrong_last(i, [](Quotient& q) { q.params.push_back("w"); }));
    CHECK(wrong_last(i, [](Quotient& q) { q.name += "x"; }));
    CHECK(wrong_last(i, [](Quotient& q) { q.type = "Prop"; }));
  }
  // Lifting without respect for the relation, induction into types.
  CHECK(wrong_last(2, [](Quotient& q) {
    q.type =
        "(Pi (A (Sort u)) (r (Pi (x A) (y A) Prop)) (B (Sort v)) (f (Pi (x A) B)) (h (Pi (x A) (y A) (Eq.{v} B (f x) "
        "(f x)))) (q (Quot.{u} A r)) B)";
  }));
  CHECK(wrong_last(3, [](Quotient& q) {
    q.type =
        "(Pi (A (Sort u)) (r (Pi (x A) (y A) Prop)) (B (Pi (q (Quot.{u} A r)) Type)) (h (Pi (x A) (B (Quot.mk.{u} A r "
        "x)))) (q (Quot.{u} A r)) (B q))";
  }));
}

TEST(quotients_need_the_real_equality) {
  CHECK(with_quotients({quotients()[0]}, nullptr) == "quotient");
  Block none = eq();  // no proof of anything
  none.types[0].constructors.clear();
  none.recursors.clear();
  CHECK(with_quotients({quotients()[0]}, &none).find("accepted") == std::string::npos);
  Block all;  // an equality of all with all
  all.params = {"v"};
  all.types = {{"Eq",
                "(Pi (A (Sort v)) (a A) (b A) Prop)",
                3,
                0,
                {{"Eq.refl", "(Pi (A (Sort v)) (a A) (b A) (Eq.{v} A a b))"}}}};
  all.minors = 1;
  const std::string head = "(A (Sort v)) (a A) (b A) (m (Pi (t (Eq.{v} A a b)) (Sort u))) (r (m (Eq.refl.{v} A a b)))";
  all.recursors = {{"Eq.rec",
                    "(Pi " + head + " (t (Eq.{v} A a b)) (m t))",
                    0,
                    {{"Eq.refl", 0, "(fun " + head + " r)"}},
                    true,
                    {"u", "v"}}};
  CHECK(after({}, all) == "accepted");
  CHECK(with_quotients({quotients()[0]}, &all) == "quotient");
}

CHECK_MAIN()
