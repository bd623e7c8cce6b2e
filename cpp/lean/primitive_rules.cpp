#include "lean/big_nat.h"
#include "lean/primitive_rules.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "lean/kernel.h"
#include "lean/primitives.h"

namespace verikit::lean {
namespace {

constexpr std::uint32_t bit(NatOp op) { return 1u << static_cast<unsigned>(op); }

// Terms written as text over an environment, with free variables, and questions about them. A constant that is not there,
// is not safe, or does not come before the operation in question makes everything that mentions it false: Unfit.
//   term: name | name.{level …} | numeral | Prop | Type | (term term …) | (fun (x term) term) | (pi (x term) term) |
//         (-> term term)
class Unfit : public std::exception {};

class Scope {
 public:
  // Constants of a rank above `rank` are out of bounds.
  Scope(Kernel& kernel, std::uint32_t rank) : kernel_(kernel), rank_(rank) {}

  Scope& let(const char* name, const char* type) {
    const TermId t = read(type);
    kernel_.check(t);
    return bind(name, kernel_.fvar(static_cast<std::uint32_t>(count_++), t));
  }
  // `name` stands for the term from now on.
  Scope& bind(const char* name, TermId term) {
    free_.emplace_back(name, term);
    return *this;
  }
  TermId read(std::string_view text) {
    text_ = text;
    at_ = 0;
    bound_.clear();
    const TermId t = term();
    skip();
    if (at_ != text_.size()) malformed();
    return t;
  }
  // The two are well typed, of the same type, and equal by definition.
  bool equal(const char* left, const char* right) { return equal(read(left), read(right)); }
  bool equal(TermId left, TermId right) {
    return kernel_.equal(kernel_.check(left), kernel_.check(right)) && kernel_.equal(left, right);
  }
  bool has_type(const char* term, const char* type) {
    const TermId expected = read(type);
    kernel_.check(expected);
    return kernel_.equal(kernel_.check(read(term)), expected);
  }
  // A constructor or type (level arguments included) of the type that is given.
  struct Member {
    const char* name;
    const char* type;
  };
  // `type` is a safe inductive type with exactly these constructors.
  bool is_inductive(const Member& type, std::uint64_t num_params, const std::vector<Member>& constructors) {
    if (!has_type(type.name, type.type)) return false;
    const Constant& c = constant(without_levels(type.name));
    if (c.kind != ConstantKind::kInductive) return false;
    const InductiveInfo& info = kernel_.inductive(c);
    if (info.num_params != num_params || info.constructors.size() != constructors.size()) return false;
    for (std::size_t i = 0; i < constructors.size(); ++i) {
      const Constant& k = constant(without_levels(constructors[i].name));
      if (k.kind != ConstantKind::kConstructor || info.constructors[i] != k.name || k.declaration != c.declaration) return false;
      if (!has_type(constructors[i].name, constructors[i].type)) return false;
    }
    return true;
  }
  const Constant& constant(std::string_view name) {
    const Environment& env = kernel_.environment();
    const ConstantId id = env.find(name);
    if (id == kNone) throw Unfit();
    const Constant& c = env.constant(id);
    if (c.safety != Safety::kSafe || c.declaration == kNone || env.declaration(c.declaration).rank > rank_) throw Unfit();
    return c;
  }
  Kernel& kernel() { return kernel_; }

 private:
  static std::string_view without_levels(std::string_view name) { return name.substr(0, name.find(".{")); }
  [[noreturn]] void malformed() const { fail(ErrorCode::kInternal, "malformed equation of a primitive: " + std::string(text_)); }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool eat(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!eat(c)) malformed();
  }
  std::string_view word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '(' && text_[at_] != ')' && text_[at_] != '}') ++at_;
    if (at_ == begin) malformed();
    return text_.substr(begin, at_ - begin);
  }
  TermId term() {
    if (!eat('(')) return atom();
    const std::size_t start = at_;
    if (const std::string_view head = eat_keyword(); head == "->") {
      const TermId domain = term();
      return binder(Kind::kPi, "", domain);
    } else if (!head.empty()) {
      expect('(');
      const std::string_view name = word();
      const TermId domain = term();
      expect(')');
      return binder(head == "fun" ? Kind::kLambda : Kind::kPi, name, domain);
    }
    at_ = start;
    TermId t = term();
    while (!eat(')')) t = kernel_.terms().app(t, term());
    return t;
  }
  std::string_view eat_keyword() {
    skip();
    for (const std::string_view keyword : {"fun ", "pi ", "-> "}) {
      if (text_.substr(at_).starts_with(keyword)) {
        at_ += keyword.size();
        return keyword.substr(0, keyword.size() - 1);
      }
    }
    return "";
  }
  TermId binder(Kind kind, std::string_view name, TermId domain) {
    bound_.push_back(name);
    const TermId body = term();
    bound_.pop_back();
    expect(')');
    const std::uint32_t info = kernel_.terms().binder(kAnonymous, BinderInfo::kDefault);
    return kind == Kind::kPi ? kernel_.terms().pi(domain, body, info) : kernel_.terms().lambda(domain, body, info);
  }
  TermId atom() {
    std::string_view name = word();
    for (std::size_t i = bound_.size(); i-- > 0;) {
      if (bound_[i] == name) return kernel_.terms().bvar(static_cast<std::uint32_t>(bound_.size() - 1 - i));
    }
    for (std::size_t i = free_.size(); i-- > 0;) {
      if (free_[i].first == name) return free_[i].second;
    }
    if (name == "Prop") return kernel_.terms().sort(kLevelZero);
    if (name == "Type") return kernel_.terms().sort(kLevelOne);
    if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') return kernel_.terms().nat(static_cast<std::uint64_t>(name[0] - '0'));
    std::vector<LevelId> levels;
    if (const std::size_t brace = name.find(".{"); brace != std::string_view::npos) {
      for (at_ = static_cast<std::size_t>(name.data() - text_.data()) + brace + 2; !eat('}');) {
        LevelId level = kLevelZero;
        for (int k = text_[at_++] - '0'; k > 0; --k) level = kernel_.levels().succ(level);
        levels.push_back(level);
      }
      name = name.substr(0, brace);
    }
    return kernel_.terms().constant(constant(name).name, kernel_.levels().list(levels));
  }

  Kernel& kernel_;
  std::uint32_t rank_;
  std::size_t count_ = 0;
  std::vector<std::pair<std::string, TermId>> free_;
  std::vector<std::string_view> bound_;
  std::string_view text_;
  std::size_t at_ = 0;
};

class Rules {
 public:
  Rules(Kernel& kernel, const Primitives& primitives, NatOp op) : kernel_(kernel), rank_(rank_of(kernel, primitives, op)) {}

  bool satisfied(NatOp op) {
    const char* type = nat_op_arity(op) == 1 ? "(-> Nat Nat)" : nat_op_is_predicate(op) ? "(-> Nat (-> Nat Bool))" : "(-> Nat (-> Nat Nat))";
    if (!scope().has_type(nat_op_name(op), type)) return false;
    switch (op) {
      case NatOp::kAdd: return add();
      case NatOp::kSub: return sub();
      case NatOp::kMul: return mul();
      case NatOp::kPow: return pow();
      case NatOp::kBeq: return beq();
      case NatOp::kBle: return ble();
      case NatOp::kDiv: return attempt(&Rules::div_by_fuel) || attempt(&Rules::div_by_recursion);
      case NatOp::kMod: return attempt(&Rules::mod_by_fuel) || attempt(&Rules::mod_by_recursion);
      case NatOp::kGcd: return gcd();
      case NatOp::kLog2: return attempt(&Rules::log2_by_fuel) || attempt(&Rules::log2_by_recursion);
      case NatOp::kLand: return bitwise("Nat.land", false, false, false, true);
      case NatOp::kLor: return bitwise("Nat.lor", false, true, true, true);
      case NatOp::kXor: return bitwise("Nat.xor", false, true, true, false);
      case NatOp::kShiftLeft: return shift_left();
      case NatOp::kShiftRight: return shift_right();
      case NatOp::kCount: break;
    }
    return false;
  }

 private:
  static std::uint32_t rank_of(Kernel& kernel, const Primitives& primitives, NatOp op) {
    const Environment& env = kernel.environment();
    return env.declaration(env.constant(env.find(primitives.op_name(op))).declaration).rank;
  }
  [[nodiscard]] Scope scope() const { return {kernel_, rank_}; }
  Scope nat_scope() const {
    Scope s = scope();
    s.let("x", "Nat").let("y", "Nat");
    return s;
  }
  bool attempt(bool (Rules::*rule)()) {
    try {
      return (this->*rule)();
    } catch (const Unfit&) {
    } catch (const Rejection&) {
    }
    return false;
  }

  // --- by recursion on the second argument: there is one function that satisfies both equations ------------------
  bool add() {
    Scope s = nat_scope();
    return s.equal("(Nat.add x Nat.zero)", "x") && s.equal("(Nat.add x (Nat.succ y))", "(Nat.succ (Nat.add x y))");
  }
  bool sub() {
    Scope s = nat_scope();
    return s.equal("(Nat.pred Nat.zero)", "Nat.zero") && s.equal("(Nat.pred (Nat.succ x))", "x") &&
           s.equal("(Nat.sub x Nat.zero)", "x") && s.equal("(Nat.sub x (Nat.succ y))", "(Nat.pred (Nat.sub x y))");
  }
  bool mul() {
    Scope s = nat_scope();
    return s.equal("(Nat.mul x Nat.zero)", "Nat.zero") && s.equal("(Nat.mul x (Nat.succ y))", "(Nat.add (Nat.mul x y) x)");
  }
  bool pow() {
    Scope s = nat_scope();
    return s.equal("(Nat.pow x Nat.zero)", "(Nat.succ Nat.zero)") && s.equal("(Nat.pow x (Nat.succ y))", "(Nat.mul (Nat.pow x y) x)");
  }
  bool beq() {
    Scope s = nat_scope();
    return s.equal("(Nat.beq Nat.zero Nat.zero)", "Bool.true") && s.equal("(Nat.beq Nat.zero (Nat.succ y))", "Bool.false") &&
           s.equal("(Nat.beq (Nat.succ x) Nat.zero)", "Bool.false") && s.equal("(Nat.beq (Nat.succ x) (Nat.succ y))", "(Nat.beq x y)");
  }
  bool ble() {
    Scope s = nat_scope();
    return s.equal("(Nat.ble Nat.zero Nat.zero)", "Bool.true") && s.equal("(Nat.ble Nat.zero (Nat.succ y))", "Bool.true") &&
           s.equal("(Nat.ble (Nat.succ x) Nat.zero)", "Bool.false") && s.equal("(Nat.ble (Nat.succ x) (Nat.succ y))", "(Nat.ble x y)");
  }
  // x << (y + 1) = 2x << y, for every x.
  bool shift_left() {
    Scope s = nat_scope();
    return s.equal("(Nat.shiftLeft x Nat.zero)", "x") &&
           s.equal("(Nat.shiftLeft x (Nat.succ y))", "(Nat.shiftLeft (Nat.mul 2 x) y)");
  }
  bool shift_right() {
    Scope s = nat_scope();
    return s.equal("(Nat.shiftRight x Nat.zero)", "x") &&
           s.equal("(Nat.shiftRight x (Nat.succ y))", "(Nat.div (Nat.shiftRight x y) 2)");
  }

  // --- by cases on a decidable proposition ------------------------------------------------------------------------
  // A value of Decidable p is isTrue where p holds and isFalse where it does not, whatever computes it; so `dite p d t e`
  // is t where p holds and e elsewhere, and the d in an equation below only has to be the one in the definition.
  bool decisions_are_right() {
    Scope s = scope();
    s.let("p", "Prop").let("yes", "p").let("no", "(-> p False)").let("t", "(-> p Nat)").let("e", "(-> (Not p) Nat)");
    return s.is_inductive({"False", "Prop"}, 0, {}) && s.equal("(Not p)", "(-> p False)") &&
           s.is_inductive({"Decidable", "(-> Prop Type)"}, 1,
                          {{"Decidable.isFalse", "(pi (p Prop) (-> (-> p False) (Decidable p)))"},
                           {"Decidable.isTrue", "(pi (p Prop) (-> p (Decidable p)))"}}) &&
           s.equal("(dite.{1} Nat p (Decidable.isTrue p yes) t e)", "(t yes)") &&
           s.equal("(dite.{1} Nat p (Decidable.isFalse p no) t e)", "(e no)");
  }
  bool choices_are_right() {
    Scope s = scope();
    s.let("p", "Prop").let("yes", "p").let("no", "(-> p False)").let("a", "Nat").let("b", "Nat");
    return s.equal("(ite.{1} Nat p (Decidable.isTrue p yes) a b)", "a") &&
           s.equal("(ite.{1} Nat p (Decidable.isFalse p no) a b)", "b");
  }
  bool decide_is_right() {
    Scope s = scope();
    s.let("p", "Prop").let("yes", "p").let("no", "(-> p False)");
    return s.equal("(Decidable.decide p (Decidable.isTrue p yes))", "Bool.true") &&
           s.equal("(Decidable.decide p (Decidable.isFalse p no))", "Bool.false");
  }
  bool le_is_right() {
    return scope().is_inductive({"Nat.le", "(-> Nat (-> Nat Prop))"}, 1,
                                {{"Nat.le.refl", "(pi (n Nat) (Nat.le n n))"},
                                 {"Nat.le.step", "(pi (n Nat) (pi (m Nat) (-> (Nat.le n m) (Nat.le n (Nat.succ m)))))"}});
  }
  bool and_is_right() {
    return scope().is_inductive({"And", "(-> Prop (-> Prop Prop))"}, 2,
                                {{"And.intro", "(pi (a Prop) (pi (b Prop) (-> a (-> b (And a b)))))"}});
  }
  bool eq_is_right() {
    return scope().is_inductive({"Eq.{1}", "(pi (A Type) (-> A (-> A Prop)))"}, 2,
                                {{"Eq.refl.{1}", "(pi (A Type) (pi (a A) (Eq.{1} A a a)))"}});
  }
  bool bool_rec_is_right() {
    Scope s = scope();
    s.let("a", "Nat").let("b", "Nat");
    return s.equal("(Bool.rec.{1} (fun (_ Bool) Nat) a b Bool.false)", "a") &&
           s.equal("(Bool.rec.{1} (fun (_ Bool) Nat) a b Bool.true)", "b");
  }

  // --- with fuel ----------------------------------------------------------------------------------------------------
  // go y _ fuel x _ = x / y (or x % y) by induction on fuel: x < fuel holds (h says so), and where y <= x, x - y < fuel - 1.
  // k, the proof of that, is a variable here: what it claims is true, and one proof is as good as another.
  Scope fuel_scope() const {
    Scope s = nat_scope();
    s.let("hy", "(Nat.le 1 y)").let("fuel", "Nat").let("h0", "(Nat.le (Nat.succ x) (Nat.succ x))");
    s.let("h", "(Nat.le (Nat.succ x) (Nat.succ fuel))").let("k", "(-> (Nat.le y x) (Nat.le (Nat.succ (Nat.sub x y)) fuel))");
    return s;
  }
  bool div_by_fuel() {
    Scope s = fuel_scope();
    return decisions_are_right() && le_is_right() &&
           s.equal("(Nat.div x y)",
                   "(dite.{1} Nat (Nat.le 1 y) (Nat.decLe 1 y) (fun (q (Nat.le 1 y)) (Nat.div.go y q (Nat.succ x) x h0)) "
                   "(fun (q (Not (Nat.le 1 y))) 0))") &&
           s.equal("(Nat.div.go y hy (Nat.succ fuel) x h)",
                   "(dite.{1} Nat (Nat.le y x) (Nat.decLe y x) (fun (q (Nat.le y x)) "
                   "(Nat.succ (Nat.div.go y hy fuel (Nat.sub x y) (k q)))) (fun (q (Not (Nat.le y x))) 0))");
  }
  bool mod_by_fuel() {
    Scope s = fuel_scope();
    return decisions_are_right() && choices_are_right() && le_is_right() && mod_cases() &&
           s.equal("(Nat.modCore x y)",
                   "(dite.{1} Nat (Nat.le 1 y) (Nat.decLe 1 y) (fun (q (Nat.le 1 y)) (Nat.modCore.go y q (Nat.succ x) x h0)) "
                   "(fun (q (Not (Nat.le 1 y))) x))") &&
           s.equal("(Nat.modCore.go y hy (Nat.succ fuel) x h)",
                   "(dite.{1} Nat (Nat.le y x) (Nat.decLe y x) (fun (q (Nat.le y x)) "
                   "(Nat.modCore.go y hy fuel (Nat.sub x y) (k q))) (fun (q (Not (Nat.le y x))) x))");
  }
  // 0 % y = 0; (x+1) % y is modCore's where y <= x+1, and x+1 elsewhere.
  bool mod_cases() {
    Scope s = nat_scope();
    return s.equal("(Nat.mod Nat.zero y)", "Nat.zero") &&
           s.equal("(Nat.mod (Nat.succ x) y)",
                   "(ite.{1} Nat (Nat.le y (Nat.succ x)) (Nat.decLe y (Nat.succ x)) (Nat.modCore (Nat.succ x) y) (Nat.succ x))");
  }
  // The definition is g n n where g f n = if f = 0 or n < 2 then 0 else g (f - 1) (n / 2) + 1: log2 n for every f >= log2 n.
  bool log2_by_fuel() {
    Scope s = nat_scope();
    return bool_rec_is_right() &&
           s.equal("(Nat.log2 x)",
                   "(Nat.rec.{1} (fun (_ Nat) (-> Nat Nat)) (fun (_ Nat) 0) (fun (_ Nat) (fun (ih (-> Nat Nat)) (fun (n Nat) "
                   "(Bool.rec.{1} (fun (_ Bool) Nat) 0 (Nat.succ (ih (Nat.div n 2))) (Nat.ble 2 n))))) x x)");
  }

  // --- by well-founded recursion ------------------------------------------------------------------------------------
  // One step of the recursion that a text's definition is made of: a term that is equal to it in every model.
  TermId step(const char* text) {
    const TermId t = recursion_scope().read(text);
    const TermId by_measure = attempt_step_of_fix(t);
    return by_measure != kNone ? by_measure : step_of_accessibility(t);
  }

  // WellFounded.Nat.fix A M m F a = F a (fun y _ => WellFounded.Nat.fix A M m F y): go's value does not depend on the fuel
  // as long as it exceeds m a, by induction on the fuel; eager is the identity. p0, p and q are true.
  bool fix_is_right() {
    Scope s = scope();
    s.let("A", "Type").let("M", "(-> A Type)").let("m", "(-> A Nat)").let("a", "A").let("t", "Nat");
    s.let("F", "(pi (x A) (-> (pi (y A) (-> (Nat.le (Nat.succ (m y)) (m x)) (M y))) (M x)))");
    s.let("p0", "(Nat.le (Nat.succ (m a)) (WellFounded.Nat.eager (Nat.succ (m a))))");
    s.let("p", "(Nat.le (Nat.succ (m a)) (Nat.succ t))");
    s.let("q", "(pi (y A) (-> (Nat.le (Nat.succ (m y)) (m a)) (Nat.le (Nat.succ (m y)) t)))");
    return decisions_are_right() && choices_are_right() && le_is_right() &&
           s.equal("(WellFounded.Nat.eager t)",
                   "(ite.{1} Nat (Eq.{1} Bool (Nat.beq t t) Bool.true) (instDecidableEqBool (Nat.beq t t) Bool.true) t t)") &&
           s.equal("(WellFounded.Nat.fix.{1 1} A M m F a)",
                   "(WellFounded.Nat.fix.go.{1 1} A M m F (WellFounded.Nat.eager (Nat.succ (m a))) a p0)") &&
           s.equal("(WellFounded.Nat.fix.go.{1 1} A M m F (Nat.succ t) a p)",
                   "(F a (fun (y A) (fun (h (Nat.le (Nat.succ (m y)) (m a))) (WellFounded.Nat.fix.go.{1 1} A M m F t y (q y h)))))");
  }
  TermId attempt_step_of_fix(TermId t) {
    const Environment& env = kernel_.environment();
    const NameId fix = env.names().find("WellFounded.Nat.fix");
    if (fix == kNone) return kNone;
    std::vector<TermId> args;
    TermId head = kernel_.unfold_app(t, args);
    constexpr int kMaxUnfoldings = 8;  // the operation, its unary form, and what may lie in between
    for (int i = 0; kernel_.terms()[head].kind == Kind::kConst && kernel_.terms()[head].a != fix; ++i) {
      const ConstantId id = env.find(kernel_.terms()[head].a);
      if (i == kMaxUnfoldings || id == kNone) return kNone;
      const Constant& c = env.constant(id);
      if (c.kind != ConstantKind::kDefinition || !c.params.empty()) return kNone;
      t = kernel_.plain(kernel_.whnf_core(kernel_.app(c.value, args)));
      args.clear();
      head = kernel_.unfold_app(t, args);
    }
    constexpr std::size_t kArgs = 5;
    if (kernel_.terms()[head].kind != Kind::kConst || args.size() < kArgs) return kNone;
    const LevelId one[] = {kLevelOne, kLevelOne};
    if (kernel_.terms()[head].b != kernel_.levels().list(one) || !attempt(&Rules::fix_is_right)) return kNone;
    TermStore& terms = kernel_.terms();
    const std::uint32_t binder = terms.binder(kAnonymous, BinderInfo::kDefault);
    const TermId type = args[0], measure = args[2], functional = args[3], element = args[4];
    const TermId again = terms.app(kernel_.app(head, std::span(args).first(4)), terms.bvar(1));
    const TermId le = terms.constant(scope().constant("Nat.le").name, kNoLevels);
    const TermId succ = terms.constant(scope().constant("Nat.succ").name, kNoLevels);
    const TermId smaller = terms.app(terms.app(le, terms.app(succ, terms.app(measure, terms.bvar(0)))), terms.app(measure, element));
    const TermId rest = terms.lambda(type, terms.lambda(smaller, again, binder), binder);
    return kernel_.app(terms.app(terms.app(functional, element), rest), std::span(args).subspan(kArgs));
  }

  // Acc.rec on a proof that x is accessible: the proof is replaced by Acc.intro x of its own inversion, which is equal to
  // it as both are proofs of one proposition.
  TermId step_of_accessibility(TermId start) {
    Scope s = scope();
    const TermId t = kernel_.plain_whnf(start);
    std::vector<TermId> args;
    const TermId head = kernel_.unfold_app(t, args);
    const Node& n = kernel_.terms()[head];
    constexpr std::size_t kMajor = 5;  // after the type, the relation, motive, minor premise and the element
    if (n.kind != Kind::kConst || n.a != s.constant("Acc.rec").name || args.size() <= kMajor) throw Unfit();
    const auto levels = kernel_.levels().list(n.b);
    if (levels.size() != 2) throw Unfit();
    const std::array<LevelId, 2> to_prop{kLevelZero, levels[1]};
    const std::array<LevelId, 1> at{levels[1]};
    TermStore& terms = kernel_.terms();
    const TermId type = args[0], relation = args[1], element = args[4], major = args[kMajor];
    const TermId acc = terms.app(terms.app(terms.constant(s.constant("Acc").name, kernel_.levels().list(at)), type), relation);
    const TermId intro =
        terms.app(terms.app(terms.constant(s.constant("Acc.intro").name, kernel_.levels().list(at)), type), relation);
    const TermId rec = terms.app(terms.app(terms.constant(s.constant("Acc.rec").name, kernel_.levels().list(to_prop)), type), relation);
    // Everything in args is closed, so nothing needs lifting under the binders here.
    const std::uint32_t binder = terms.binder(kAnonymous, BinderInfo::kDefault);
    const auto below = [&](std::uint32_t x) {  // pi (y type), relation y x -> Acc y, for the bound variable x
      const TermId related = terms.app(terms.app(relation, terms.bvar(0)), terms.bvar(x + 1));
      return terms.pi(type, terms.pi(related, terms.app(acc, terms.bvar(1)), binder), binder);
    };
    const TermId motive = terms.lambda(type, terms.lambda(terms.app(acc, terms.bvar(0)), below(1), binder), binder);
    // fun x (h : below x) (ih : pi y, relation y x -> below y) => h
    const TermId related = terms.app(terms.app(relation, terms.bvar(0)), terms.bvar(2));
    const TermId ih = terms.pi(type, terms.pi(related, below(1), binder), binder);
    const TermId minor = terms.lambda(type, terms.lambda(below(0), terms.lambda(ih, terms.bvar(1), binder), binder), binder);
    const TermId inversion = terms.app(terms.app(terms.app(terms.app(rec, motive), minor), element), major);
    const TermId opened = terms.app(terms.app(intro, element), inversion);
    if (!kernel_.equal(kernel_.check(opened), kernel_.infer(major)) || !kernel_.is_prop(kernel_.infer(major))) throw Unfit();
    args[kMajor] = opened;
    return kernel_.app(head, args);
  }
  // The variables of all texts about well-founded recursion, in one context.
  Scope recursion_scope() const {
    Scope s = nat_scope();
    s.let("f", "(-> Bool (-> Bool Bool))");
    return s;
  }
  bool unfolds_to(const char* left, const char* right) {
    Scope s = recursion_scope();
    const TermId wanted = s.read(right);
    return s.equal(step(left), wanted);
  }
  static constexpr const char* kBothCases =
      "(And (Nat.lt 0 y) (Nat.le y x)) (instDecidableAnd (Nat.lt 0 y) (Nat.le y x) (Nat.decLt 0 y) (Nat.decLe y x))";
  bool div_by_recursion() {
    const std::string right = std::string("(dite.{1} Nat ") + kBothCases +
                              " (fun (q (And (Nat.lt 0 y) (Nat.le y x))) (Nat.succ (Nat.div (Nat.sub x y) y)))"
                              " (fun (q (Not (And (Nat.lt 0 y) (Nat.le y x)))) 0))";
    return decisions_are_right() && choices_are_right() && le_is_right() && lt_is_right() && and_is_right() && unfolds_to("(Nat.div x y)", right.c_str());
  }
  bool mod_by_recursion() {
    const std::string right = std::string("(dite.{1} Nat ") + kBothCases +
                              " (fun (q (And (Nat.lt 0 y) (Nat.le y x))) (Nat.modCore (Nat.sub x y) y))"
                              " (fun (q (Not (And (Nat.lt 0 y) (Nat.le y x)))) x))";
    return decisions_are_right() && choices_are_right() && le_is_right() && lt_is_right() && and_is_right() &&
           (attempt(&Rules::mod_cases) ? unfolds_to("(Nat.modCore x y)", right.c_str()) : mod_itself());
  }
  // Still older: Nat.mod without modCore.
  bool mod_itself() {
    const std::string right = std::string("(dite.{1} Nat ") + kBothCases +
                              " (fun (q (And (Nat.lt 0 y) (Nat.le y x))) (Nat.mod (Nat.sub x y) y))"
                              " (fun (q (Not (And (Nat.lt 0 y) (Nat.le y x)))) x))";
    return unfolds_to("(Nat.mod x y)", right.c_str());
  }
  bool lt_is_right() { return nat_scope().equal("(Nat.lt x y)", "(Nat.le (Nat.succ x) y)"); }
  // By induction on the first argument: y % (x + 1) < x + 1.
  bool gcd() {
    return unfolds_to("(Nat.gcd Nat.zero y)", "y") &&
           unfolds_to("(Nat.gcd (Nat.succ x) y)", "(Nat.gcd (Nat.mod y (Nat.succ x)) (Nat.succ x))");
  }
  bool log2_by_recursion() {
    return decisions_are_right() && choices_are_right() && le_is_right() &&
           unfolds_to("(Nat.log2 x)", "(ite.{1} Nat (Nat.le 2 x) (Nat.decLe 2 x) (Nat.succ (Nat.log2 (Nat.div x 2))) 0)");
  }
  // Bit by bit: what f does with the last bits of x and y, below what it does with the rest.
  bool bitwise(const char* op, bool ff, bool ft, bool tf, bool tt) {
    Scope s = scope();
    const Node& value = kernel_.terms()[s.constant(op).value];
    if (value.kind != Kind::kApp) return false;
    const Node& fn = kernel_.terms()[value.a];
    if (fn.kind != Kind::kConst || fn.a != s.constant("Nat.bitwise").name || fn.b != kNoLevels) return false;
    s.bind("g", value.b);
    const auto gives = [&](const char* application, bool result) {
      return s.equal(application, result ? "Bool.true" : "Bool.false");
    };
    return s.has_type("g", "(-> Bool (-> Bool Bool))") && gives("(g Bool.false Bool.false)", ff) &&
           gives("(g Bool.false Bool.true)", ft) && gives("(g Bool.true Bool.false)", tf) && gives("(g Bool.true Bool.true)", tt) &&
           decisions_are_right() && choices_are_right() && decide_is_right() && eq_is_right() && bitwise_recursion();
  }
  bool bitwise_recursion() {
    return unfolds_to(
        "(Nat.bitwise f x y)",
        "(ite.{1} Nat (Eq.{1} Nat x 0) (Nat.decEq x 0)"
        " (ite.{1} Nat (Eq.{1} Bool (f Bool.false Bool.true) Bool.true) (instDecidableEqBool (f Bool.false Bool.true) Bool.true) y 0)"
        " (ite.{1} Nat (Eq.{1} Nat y 0) (Nat.decEq y 0)"
        " (ite.{1} Nat (Eq.{1} Bool (f Bool.true Bool.false) Bool.true) (instDecidableEqBool (f Bool.true Bool.false) Bool.true) x 0)"
        " ((fun (b Bool) (fun (r Nat) (ite.{1} Nat (Eq.{1} Bool b Bool.true) (instDecidableEqBool b Bool.true)"
        " (Nat.add (Nat.add r r) 1) (Nat.add r r))))"
        " (f (Decidable.decide (Eq.{1} Nat (Nat.mod x 2) 1) (Nat.decEq (Nat.mod x 2) 1))"
        " (Decidable.decide (Eq.{1} Nat (Nat.mod y 2) 1) (Nat.decEq (Nat.mod y 2) 1)))"
        " (Nat.bitwise f (Nat.div x 2) (Nat.div y 2)))))");
  }

  Kernel& kernel_;
  std::uint32_t rank_;
};

}  // namespace

std::uint32_t rests_on(NatOp op) {
  switch (op) {
    case NatOp::kAdd:
    case NatOp::kSub:
    case NatOp::kBeq:
    case NatOp::kBle:
    case NatOp::kCount:
      return 0;
    case NatOp::kMul:
      return bit(NatOp::kAdd);
    case NatOp::kPow:
    case NatOp::kShiftLeft:
      return bit(NatOp::kMul);
    case NatOp::kDiv:
    case NatOp::kMod:
      return bit(NatOp::kSub);
    case NatOp::kGcd:
      return bit(NatOp::kMod);
    case NatOp::kLog2:
      return bit(NatOp::kDiv) | bit(NatOp::kBle);
    case NatOp::kShiftRight:
      return bit(NatOp::kDiv);
    case NatOp::kLand:
    case NatOp::kLor:
    case NatOp::kXor:
      return bit(NatOp::kAdd) | bit(NatOp::kDiv) | bit(NatOp::kMod);
  }
  return 0;
}

bool satisfies_equations(Kernel& kernel, const Primitives& primitives, NatOp op) {
  try {
    return Rules(kernel, primitives, op).satisfied(op);
  } catch (const Unfit&) {
    return false;
  }
}

namespace {

// Whether a number is, by reduction, another one than `expected`; what is stuck is not.
bool is_another_number(Kernel& kernel, const Primitives& primitives, TermId term, std::uint64_t expected) {
  for (;; --expected) {
    term = kernel.plain_whnf(term);
    const Node& n = kernel.terms()[term];
    if (n.kind == Kind::kNat || n.kind == Kind::kBigNat) return term != kernel.terms().nat(expected);
    if (n.kind == Kind::kConst && n.a == primitives.zero) return expected != 0;
    if (n.kind != Kind::kApp) return false;
    const Node& fn = kernel.terms()[n.a];
    if (fn.kind != Kind::kConst || fn.a != primitives.succ) return false;
    if (expected == 0) return true;
    term = n.b;
  }
}

bool is_another_boolean(Kernel& kernel, const Primitives& primitives, TermId term, bool expected) {
  const Node& n = kernel.terms()[kernel.plain_whnf(term)];
  return n.kind == Kind::kConst && n.a == (expected ? primitives.bool_false : primitives.bool_true);
}

}  // namespace

bool differs_on_examples(Kernel& kernel, const Primitives& primitives, NatOp op) {
  TermStore& terms = kernel.terms();
  const TermId constant = terms.constant(primitives.op_name(op), kNoLevels);
  const TermId type = terms.constant(nat_op_is_predicate(op) ? primitives.bool_type : primitives.nat, kNoLevels);
  constexpr std::uint64_t kExamples[] = {0, 1, 2, 3, 6};
  for (const std::uint64_t a : kExamples) {
    for (const std::uint64_t b : kExamples) {
      TermId term = terms.app(constant, terms.nat(a));
      if (nat_op_arity(op) == 2) term = terms.app(term, terms.nat(b));
      const std::uint64_t result = nat_op_small(op, a, b).value_or(0);  // there is one: they are small
      try {
        if (!kernel.equal(kernel.check(term), type)) return true;
        const bool differs = nat_op_is_predicate(op) ? is_another_boolean(kernel, primitives, term, result != 0)
                                                     : is_another_number(kernel, primitives, term, result);
        if (differs) return true;
      } catch (const Rejection&) {
        return true;
      }
    }
  }
  return false;
}

bool string_types_fit(Kernel& kernel, const Primitives& primitives) {
  try {
    Scope s(kernel, primitives.string_rank());
    s.bind("build", kernel.terms().constant(primitives.string_constructor, kNoLevels));
    return s.has_type("String", "Type") && s.has_type("Char", "Type") && s.has_type("Char.ofNat", "(-> Nat Char)") &&
           s.has_type("(List.{0} Char)", "Type") && s.has_type("(List.nil.{0} Char)", "(List.{0} Char)") &&
           s.has_type("(List.cons.{0} Char)", "(-> Char (-> (List.{0} Char) (List.{0} Char)))") &&
           s.has_type("build", "(-> (List.{0} Char) String)") && s.constant("Char.ofNat").safety == Safety::kSafe;
  } catch (const Unfit&) {
    return false;
  }
}

}  // namespace verikit::lean
