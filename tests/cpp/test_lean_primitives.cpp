// Which operations compute, in small environments written here: an operation computes where its definition is right, however
// it is written, and never where it is wrong.
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "lean/environment.h"
#include "lean/kernel.h"
#include "lean/primitives.h"

using namespace verikit::lean;

namespace {

// Nat, Bool and definitions over their recursors.
class Prelude {
 public:
  Prelude() {
    nat_ = define_type("Nat", {{"Nat.zero", false}, {"Nat.succ", true}});
    bool_ = define_type("Bool", {{"Bool.false", false}, {"Bool.true", false}});
    nat_nat_ = pi(nat_, nat_);
    binary_ = pi(nat_, nat_nat_);
    predicate_ = pi(nat_, pi(nat_, bool_));
    add_recursor("Nat", nat_, {{"Nat.zero", false}, {"Nat.succ", true}});
    add_recursor("Bool", bool_, {{"Bool.false", false}, {"Bool.true", false}});
  }
  Environment& env() { return env_; }
  TermStore& t() { return env_.terms(); }
  TermId nat() const { return nat_; }
  TermId boolean() const { return bool_; }
  TermId unary() const { return nat_nat_; }
  TermId binary() const { return binary_; }
  TermId predicate() const { return predicate_; }
  TermId c(const char* name) { return t().constant(env_.names().parse(name), kNoLevels); }
  TermId var(std::uint32_t i) { return t().bvar(i); }
  TermId app(TermId f, std::initializer_list<TermId> args) {
    for (const TermId a : args) f = t().app(f, a);
    return f;
  }
  TermId fun(TermId domain, TermId body) { return t().lambda(domain, body, 0); }
  TermId fun2(TermId body) { return fun(nat_, fun(nat_, body)); }
  TermId pi(TermId domain, TermId body) { return t().pi(domain, body, 0); }
  TermId succ(TermId n) { return t().app(c("Nat.succ"), n); }
  // Recursion into a constant type `result`: base, step (fun n ih => …), major.
  TermId rec(const char* type, TermId result, std::initializer_list<TermId> minors, TermId major) {
    const LevelId one[] = {kLevelOne};
    const TermId r = t().constant(env_.names().parse(std::string(type) + ".rec"), env_.terms().levels().list(one));
    TermId f = t().app(r, fun(type == std::string("Nat") ? nat_ : bool_, result));
    for (const TermId m : minors) f = t().app(f, m);
    return t().app(f, major);
  }
  void define(const char* name, TermId type, TermId value, Safety safety = Safety::kSafe) {
    Constant d;
    d.name = env_.names().parse(name);
    d.kind = ConstantKind::kDefinition;
    d.safety = safety;
    d.hints = {HintKind::kRegular, next_height_++};
    d.type = type;
    d.value = value;
    d.all = {d.name};
    env_.declare(DeclarationKind::kDefinition, {env_.add(std::move(d))});
  }

  // The operations as Lean's prelude has them, by recursion on the second argument (the first for beq and ble).
  void add() { define("Nat.add", binary_, fun2(rec("Nat", nat_, {var(1), fun2(succ(var(0)))}, var(0)))); }
  void pred() { define("Nat.pred", nat_nat_, fun(nat_, rec("Nat", nat_, {c("Nat.zero"), fun2(var(1))}, var(0)))); }
  void sub() { define("Nat.sub", binary_, fun2(rec("Nat", nat_, {var(1), fun2(app(c("Nat.pred"), {var(0)}))}, var(0)))); }
  void mul() {
    define("Nat.mul", binary_, fun2(rec("Nat", nat_, {c("Nat.zero"), fun2(app(c("Nat.add"), {var(0), var(3)}))}, var(0))));
  }
  void pow() {
    define("Nat.pow", binary_, fun2(rec("Nat", nat_, {succ(c("Nat.zero")), fun2(app(c("Nat.mul"), {var(0), var(3)}))}, var(0))));
  }
  // fun x => rec (fun y => rec onzero (fun _ _ => below) y) (fun _ ih y => rec above (fun m _ => ih m) y) x
  TermId comparison(const char* both_zero, const char* below, const char* above) {
    const TermId at_zero = fun(nat_, rec("Nat", bool_, {c(both_zero), fun(nat_, fun(bool_, c(below)))}, var(0)));
    const TermId at_succ = fun(nat_, fun(pi(nat_, bool_), fun(nat_, rec("Nat", bool_, {c(above), fun(nat_, fun(bool_, app(var(3), {var(1)})))}, var(0)))));
    return fun(nat_, rec("Nat", pi(nat_, bool_), {at_zero, at_succ}, var(0)));
  }
  void beq() { define("Nat.beq", predicate_, comparison("Bool.true", "Bool.false", "Bool.false")); }
  void ble() { define("Nat.ble", predicate_, comparison("Bool.true", "Bool.true", "Bool.false")); }
  void shift_left() {
    const TermId step = fun(nat_, fun(nat_nat_, fun(nat_, app(var(1), {app(c("Nat.mul"), {t().nat(2), var(0)})}))));
    define("Nat.shiftLeft", binary_, fun2(app(rec("Nat", nat_nat_, {fun(nat_, var(0)), step}, var(0)), {var(1)})));
  }

 private:
  using Shape = std::vector<std::pair<const char*, bool>>;  // constructors, and whether they take one of the type

  TermId define_type(const char* name, const Shape& constructors) {
    NameTable& names = env_.names();
    Constant type;
    type.name = names.parse(name);
    type.kind = ConstantKind::kInductive;
    type.type = t().sort(kLevelOne);
    InductiveInfo info;
    info.all = {type.name};
    for (const auto& [constructor, recursive] : constructors) {
      info.constructors.push_back(names.parse(constructor));
      info.is_recursive = info.is_recursive || recursive;
    }
    type.info = env_.add(info);
    const NameId type_name = type.name;
    std::vector<ConstantId> block{env_.add(std::move(type))};
    const TermId self = t().constant(type_name, kNoLevels);
    for (std::size_t i = 0; i < constructors.size(); ++i) {
      Constant k;
      k.name = info.constructors[i];
      k.kind = ConstantKind::kConstructor;
      k.type = constructors[i].second ? pi(self, self) : self;
      ConstructorInfo about;
      about.inductive = type_name;
      about.index = i;
      about.num_fields = constructors[i].second ? 1 : 0;
      k.info = env_.add(about);
      block.push_back(env_.add(std::move(k)));
    }
    env_.declare(DeclarationKind::kInductive, std::move(block));
    return self;
  }

  // T.rec.{u} : (motive : T -> Sort u) -> minors -> (t : T) -> motive t, in the block of T.
  void add_recursor(const char* name, TermId self, const Shape& constructors) {
    NameTable& names = env_.names();
    const NameId u = names.parse("u");
    const LevelId level[] = {env_.terms().levels().param(u)};
    Constant r;
    r.name = names.parse(std::string(name) + ".rec");
    r.kind = ConstantKind::kRecursor;
    r.params = {u};
    RecursorInfo info;
    info.all = {names.parse(name)};
    info.num_motives = 1;
    info.num_minors = constructors.size();
    const TermId motive = pi(self, t().sort(level[0]));
    const auto count = static_cast<std::uint32_t>(constructors.size());
    // The minor premise of constructor i, under the motive and i minor premises.
    const auto minor = [&](std::uint32_t i) {
      const TermId k = c(constructors[i].first);
      if (!constructors[i].second) return t().app(var(i), k);
      return pi(self, pi(t().app(var(i + 1), var(0)), t().app(var(i + 2), app(k, {var(1)}))));
    };
    TermId type = pi(self, t().app(var(count + 1), var(0)));
    for (std::uint32_t i = count; i-- > 0;) type = pi(minor(i), type);
    r.type = pi(motive, type);
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool recursive = constructors[i].second;
      const std::uint32_t fields = recursive ? 1 : 0;
      TermId rhs = var(count - 1 - i + fields);
      if (recursive) {
        TermId again = t().constant(r.name, env_.terms().levels().list(level));
        for (std::uint32_t k = 0; k <= count; ++k) again = t().app(again, var(count - k + 1));
        rhs = app(rhs, {var(0), t().app(again, var(0))});
        rhs = fun(self, rhs);
      }
      for (std::uint32_t k = count; k-- > 0;) rhs = fun(minor(k), rhs);
      info.rules.push_back({names.parse(constructors[i].first), fields, fun(motive, rhs)});
    }
    r.info = env_.add(std::move(info));
    const ConstantId id = env_.add(std::move(r));
    const DeclarationId declaration = env_.constant(env_.find(name)).declaration;
    env_.constant(id).declaration = declaration;
    env_.declaration(declaration).constants.push_back(id);
  }

  Environment env_;
  TermId nat_ = kNone, bool_ = kNone, nat_nat_ = kNone, binary_ = kNone, predicate_ = kNone;
  std::uint32_t next_height_ = 1;
};

bool computes(Prelude& p, NatOp op) { return Primitives(p.env()).computes(op); }
bool misnamed(Prelude& p, NatOp op) { return Primitives(p.env()).is_misnamed(op); }

}  // namespace

TEST(primitives_of_the_right_definitions_compute) {
  Prelude p;
  p.add(), p.pred(), p.sub(), p.mul(), p.pow(), p.beq(), p.ble(), p.shift_left();
  Primitives primitives(p.env());
  CHECK(primitives.nat_literals() && primitives.booleans());
  for (const NatOp op : {NatOp::kPow, NatOp::kAdd, NatOp::kSub, NatOp::kMul, NatOp::kBeq, NatOp::kBle, NatOp::kShiftLeft}) {
    CHECK(primitives.computes(op));
    CHECK(!primitives.is_misnamed(op));
    CHECK(primitives.op(primitives.op_name(op)) == op);
  }
  CHECK(!primitives.computes(NatOp::kGcd) && !primitives.is_misnamed(NatOp::kGcd));  // not there
  CHECK(primitives.op(primitives.nat) == NatOp::kCount);
}

TEST(primitives_that_are_other_operations_do_not_compute) {
  {
    Prelude p;
    p.add(), p.pred();
    p.define("Nat.sub", p.binary(), p.fun2(p.app(p.c("Nat.add"), {p.var(1), p.var(0)})));
    p.define("Nat.mul", p.binary(), p.c("Nat.add"));
    CHECK(computes(p, NatOp::kAdd));
    CHECK(!computes(p, NatOp::kSub) && misnamed(p, NatOp::kSub));
    CHECK(!computes(p, NatOp::kMul) && misnamed(p, NatOp::kMul));
  }
  {
    Prelude p;  // ble as beq, beq as ble
    p.define("Nat.beq", p.predicate(), p.comparison("Bool.true", "Bool.true", "Bool.false"));
    p.define("Nat.ble", p.predicate(), p.comparison("Bool.true", "Bool.false", "Bool.false"));
    CHECK(!computes(p, NatOp::kBeq) && misnamed(p, NatOp::kBeq));
    CHECK(!computes(p, NatOp::kBle) && misnamed(p, NatOp::kBle));
  }
  {
    Prelude p;
    p.add();
    p.define("Nat.gcd", p.binary(), p.fun2(p.var(0)));
    CHECK(!computes(p, NatOp::kGcd) && misnamed(p, NatOp::kGcd));
  }
}

TEST(primitives_right_on_small_arguments_only_do_not_compute) {
  // fun x y => rec x (fun n ih => succ ih, but succ (succ ih) for n >= 7) y: right for all y <= 7.
  Prelude p;
  TermId late = p.var(1);
  for (int i = 0; i < 7; ++i) late = p.rec("Nat", p.nat(), {p.c("Nat.zero"), p.fun2(p.var(1))}, late);
  late = p.rec("Nat", p.nat(), {p.succ(p.var(0)), p.fun2(p.succ(p.succ(p.var(2))))}, late);
  p.define("Nat.add", p.binary(), p.fun2(p.rec("Nat", p.nat(), {p.var(1), p.fun2(late)}, p.var(0))));
  CHECK(!computes(p, NatOp::kAdd));
  CHECK(!misnamed(p, NatOp::kAdd));
}

TEST(primitives_rest_on_verified_ones_only) {
  Prelude p;
  p.define("Nat.add", p.binary(), p.fun2(p.var(0)));
  p.mul(), p.pow();
  CHECK(!computes(p, NatOp::kAdd) && !computes(p, NatOp::kMul) && !computes(p, NatOp::kPow));
}

TEST(primitives_of_another_type_or_safety_do_not_compute) {
  Prelude p;
  p.define("Nat.add", p.unary(), p.c("Nat.succ"));
  p.define("Nat.beq", p.predicate(), p.comparison("Bool.true", "Bool.false", "Bool.false"), Safety::kUnsafe);
  CHECK(!computes(p, NatOp::kAdd) && misnamed(p, NatOp::kAdd));
  CHECK(!computes(p, NatOp::kBeq));
}

TEST(primitives_written_in_another_way_compute_too) {
  // x + y through a local definition, and with the roles of the recursion's variables hidden behind a redex.
  Prelude p;
  const TermId inner = p.fun2(p.rec("Nat", p.nat(), {p.var(1), p.fun2(p.succ(p.var(0)))}, p.var(0)));
  p.define("Nat.add", p.binary(), p.fun2(p.t().let(p.binary(), inner, p.app(p.var(0), {p.var(2), p.var(1)}), kAnonymous)));
  CHECK(computes(p, NatOp::kAdd));
}

TEST(primitives_literals_need_the_real_nat) {
  const auto change = [](const std::function<void(Prelude&)>& body) {
    Prelude p;
    body(p);
    return Primitives(p.env()).nat_literals();
  };
  const auto nat = [](Prelude& p) -> Constant& { return p.env().constant(p.env().find("Nat")); };
  CHECK(change([](Prelude&) {}));
  CHECK(!change([&](Prelude& p) { nat(p).safety = Safety::kUnsafe; }));
  CHECK(!change([&](Prelude& p) { nat(p).type = p.t().sort(kLevelZero); }));
  CHECK(!change([&](Prelude& p) { std::swap(p.env().inductive(nat(p)).constructors[0], p.env().inductive(nat(p)).constructors[1]); }));
  CHECK(!change([&](Prelude& p) { p.env().inductive(nat(p)).constructors.push_back(p.env().names().parse("Bool.true")); }));
  CHECK(!change([](Prelude& p) { p.env().constant(p.env().find("Nat.succ")).type = p.pi(p.boolean(), p.nat()); }));
  CHECK(!change([](Prelude& p) { p.env().constant(p.env().find("Nat.zero")).type = p.unary(); }));
}

TEST(primitives_string_literals_need_strings) {
  Prelude p;
  Primitives primitives(p.env());
  CHECK(!primitives.string_literals());
  CHECK(primitives.string_rank() == kNone);
  CHECK(primitives.nat_rank() == p.env().declaration(p.env().constant(p.env().find("Nat")).declaration).rank);
}

CHECK_MAIN()
