prelude
import Verikit.Base
/-!
# The core: logic and data that everything else rests on

The names are those that Lean's elaborator expects; the definitions are the usual ones.
-/
set_option linter.all false
universe u v w

/-! ## Functions -/

/-- The identity function. -/
def id {α : Sort u} (a : α) : α := a
/-- Apply `f` after `g`. -/
def Function.comp {α : Sort u} {β : Sort v} {δ : Sort w} (f : β → δ) (g : α → β) : α → δ := fun x => f (g x)
/-- The constant function. -/
def Function.const {α : Sort u} (β : Sort v) (a : α) : β → α := fun _ => a
set_option checkBinderAnnotations false in
/-- Finds an instance by its type. -/
abbrev inferInstance {α : Sort u} [i : α] : α := i
/-- Marks a parameter that type class search determines. -/
@[reducible] def outParam (α : Sort u) : Sort u := α
@[reducible] def semiOutParam (α : Sort u) : Sort u := α
@[reducible] def optParam (α : Sort u) (default : α) : Sort u := α
@[reducible] def namedPattern {α : Sort u} (x a : α) (h : α → α → Prop) : α := a

/-! ## Propositions -/

/-- The proposition that holds. -/
inductive True : Prop
  | intro : True
/-- The proposition that does not hold. -/
inductive False : Prop
/-- Whatever one likes follows from `False`. -/
@[macro_inline] def False.elim {C : Sort u} (h : False) : C := h.rec
/-- A type with one element. -/
abbrev Unit : Type := PUnit
@[match_pattern] abbrev Unit.unit : Unit := PUnit.unit
/-- A type without elements. -/
inductive Empty : Type
set_option bootstrap.inductiveCheckResultingUniverse false in
/-- A type without elements, in any universe. -/
inductive PEmpty : Sort u
/-- `¬ a`: `a` is absurd. -/
def Not (a : Prop) : Prop := a → False
@[macro_inline] def absurd {a : Prop} {b : Sort v} (h₁ : a) (h₂ : Not a) : b := (h₂ h₁).rec

/-! `Eq`, equality, is in the file `Base`. -/

/-- `a ≠ b` -/
@[reducible] def Ne {α : Sort u} (a b : α) : Prop := ¬(a = b)
@[match_pattern] def rfl {α : Sort u} {a : α} : a = a := Eq.refl
@[simp] theorem id_eq {α : Sort u} (a : α) : id a = a := rfl
abbrev Eq.ndrec.{r, s} {α : Sort s} {a : α} {motive : α → Sort r} (m : motive a) {b : α} (h : a = b) : motive b :=
  h.rec m
theorem Eq.subst {α : Sort u} {motive : α → Prop} {a b : α} (h₁ : a = b) (h₂ : motive a) : motive b :=
  Eq.ndrec h₂ h₁
theorem Eq.symm {α : Sort u} {a b : α} (h : a = b) : b = a := h.rec rfl
theorem Eq.trans {α : Sort u} {a b c : α} (h₁ : a = b) (h₂ : b = c) : a = c := h₂.rec h₁
@[macro_inline] def cast {α β : Sort u} (h : α = β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mp {α β : Sort u} (h : α = β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mpr {α β : Sort u} (h : α = β) (b : β) : α := h.symm.rec b
theorem congrArg {α : Sort u} {β : Sort v} {a₁ a₂ : α} (f : α → β) (h : a₁ = a₂) : f a₁ = f a₂ := h.rec rfl
theorem congrFun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : f = g) (a : α) : f a = g a := h.rec rfl
theorem congr {α : Sort u} {β : Sort v} {f₁ f₂ : α → β} {a₁ a₂ : α} (h₁ : f₁ = f₂) (h₂ : a₁ = a₂) :
    f₁ a₁ = f₂ a₂ := h₁.rec (h₂.rec rfl)
theorem congrFun' {α : Sort u} {β : Sort v} {f g : α → β} (h : f = g) (a : α) : f a = g a := h.rec rfl

/-- Equality between elements of types that may differ. -/
inductive HEq {α : Sort u} (a : α) : {β : Sort u} → β → Prop
  | refl : HEq a a
@[match_pattern] def HEq.rfl {α : Sort u} {a : α} : HEq a a := HEq.refl
theorem eq_of_heq {α : Sort u} {a b : α} (h : HEq a b) : a = b :=
  have key : (β : Sort u) → (b : β) → HEq a b → (h : α = β) → cast h a = b :=
    fun _ _ h₁ => h₁.rec (fun _ => rfl)
  key α b h rfl
theorem heq_of_eq {α : Sort u} {a b : α} (h : a = b) : HEq a b := h.rec HEq.refl
theorem HEq.symm {α β : Sort u} {a : α} {b : β} (h : HEq a b) : HEq b a := h.rec HEq.refl
theorem HEq.trans {α β γ : Sort u} {a : α} {b : β} {c : γ} (h₁ : HEq a b) (h₂ : HEq b c) : HEq a c := h₂.rec h₁
theorem type_eq_of_heq {α β : Sort u} {a : α} {b : β} (h : HEq a b) : α = β := h.rec (@rfl _ α)
theorem cast_heq {α β : Sort u} (h : α = β) (a : α) : HEq (cast h a) a := by
  cases h
  exact HEq.refl

/-- Both hold. -/
structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b
/-- At least one holds. -/
inductive Or (a b : Prop) : Prop
  | inl (h : a) : Or a b
  | inr (h : b) : Or a b
/-- Each implies the other. -/
structure Iff (a b : Prop) : Prop where
  intro ::
  mp : a → b
  mpr : b → a
/-- Some element has the property. -/
inductive Exists {α : Sort u} (p : α → Prop) : Prop
  | intro (w : α) (h : p w) : Exists p

/-! ## Truth values, numbers and decisions

Lean tells constructors apart by their number, so that these come before the other types. -/

/-- Two values. -/
structure Prod (α : Type u) (β : Type v) where
  fst : α
  snd : β
/-- Two values, in any universes. -/
structure PProd (α : Sort u) (β : Sort v) where
  fst : α
  snd : β
/-- Carries a type into a larger universe. -/
structure PULift.{r, s} (α : Sort s) : Sort (max s r 1) where
  up ::
  down : α
set_option genCtorIdx false in
/-- Truth values that one can compute with. -/
inductive Bool
  | false : Bool
  | true : Bool
export Bool (false true)
set_option genCtorIdx false in
/-- The natural numbers. -/
inductive Nat
  | zero : Nat
  | succ (n : Nat) : Nat
/-- `a` if the truth value is true, else `b`. -/
noncomputable def cond {α : Sort u} (c : Bool) (a b : α) : α := c.casesOn b a
/-- The number of the constructor of a truth value. -/
noncomputable def Bool.ctorIdx (b : Bool) : Nat := b.casesOn Nat.zero (Nat.succ Nat.zero)
/-- The number of the constructor of a natural number. -/
noncomputable def Nat.ctorIdx (n : Nat) : Nat := n.casesOn Nat.zero fun _ => Nat.succ Nat.zero
set_option genCtorIdx false in
/-- A proposition with a proof or a refutation. -/
class inductive Decidable (p : Prop)
  | isFalse (h : ¬p) : Decidable p
  | isTrue (h : p) : Decidable p
/-- The truth value of a decidable proposition. -/
noncomputable def Decidable.decide (p : Prop) [h : Decidable p] : Bool := h.casesOn (fun _ => false) (fun _ => true)
export Decidable (isTrue isFalse decide)
/-- Whether two natural numbers are equal. -/
noncomputable def Nat.beq (m n : Nat) : Bool :=
  m.rec (motive := fun _ => Nat → Bool) (fun n => n.casesOn true fun _ => false)
    (fun _ ih n => n.casesOn false ih) n

theorem Nat.eq_of_beq_eq_true (m : Nat) : (n : Nat) → Nat.beq m n = true → m = n :=
  m.rec (motive := fun m => (n : Nat) → Nat.beq m n = true → m = n)
    (fun n => n.casesOn (fun _ => rfl) fun _ h => Bool.noConfusion h)
    (fun _ ih n => n.casesOn (fun h => Bool.noConfusion h) fun n h => congrArg Nat.succ (ih n h))

theorem Nat.beq_self (m : Nat) : Nat.beq m m = true :=
  m.rec (motive := fun m => Nat.beq m m = true) rfl (fun _ ih => ih)

theorem Nat.ne_of_beq_eq_false {m n : Nat} (h : Nat.beq m n = false) : ¬m = n :=
  fun e => Bool.noConfusion (h.symm.trans (Eq.subst (motive := fun k => Nat.beq m k = true) e (Nat.beq_self m)))

/-- Equality of natural numbers is decided by computation. -/
noncomputable def Nat.decEq (m n : Nat) : Decidable (m = n) :=
  Bool.rec (motive := fun b => Nat.beq m n = b → Decidable (m = n))
    (fun h => isFalse (Nat.ne_of_beq_eq_false h)) (fun h => isTrue (Nat.eq_of_beq_eq_true m n h))
    (Nat.beq m n) rfl

/-- Whether `m ≤ n`, by computation. -/
noncomputable def Nat.ble (m n : Nat) : Bool :=
  m.rec (motive := fun _ => Nat → Bool) (fun _ => true) (fun _ ih n => n.casesOn false ih) n
/-- Elements that a numbering tells apart are different. -/
theorem noConfusion_of_Nat {α : Sort u} (f : α → Nat) {a b : α} (h : a = b) :
    Bool.rec (motive := fun _ => Prop) False True (Nat.beq (f a) (f b)) :=
  Eq.subst (motive := fun c => Bool.rec (motive := fun _ => Prop) False True (Nat.beq (f a) (f c))) h
    (Eq.subst (motive := fun b => Bool.rec (motive := fun _ => Prop) False True b)
      (Eq.symm (Nat.beq_self (f a))) True.intro)

/-! ## Data -/

structure MProd (α β : Type u) where
  fst : α
  snd : β
/-- A value, and a value whose type depends on it. -/
structure Sigma {α : Type u} (β : α → Type v) where
  fst : α
  snd : β fst
structure PSigma {α : Sort u} (β : α → Sort v) where
  fst : α
  snd : β fst
/-- The elements of `α` with the property `p`. -/
structure Subtype {α : Sort u} (p : α → Prop) where
  val : α
  property : p val
/-- A value of one type or of the other. -/
inductive Sum (α : Type u) (β : Type v)
  | inl (a : α) : Sum α β
  | inr (b : β) : Sum α β
inductive PSum (α : Sort u) (β : Sort v)
  | inl (a : α) : PSum α β
  | inr (b : β) : PSum α β
/-- A value, or none. -/
inductive Option (α : Type u)
  | none : Option α
  | some (a : α) : Option α
/-- Carries a type into a larger universe. -/
structure ULift.{r, s} (α : Type s) : Type (max s r) where
  up ::
  down : α
structure PLift (α : Sort u) : Type u where
  up ::
  down : α
/-- Finite sequences. -/
inductive List (α : Type u)
  | nil : List α
  | cons (head : α) (tail : List α) : List α

abbrev DecidablePred {α : Sort u} (r : α → Prop) := (a : α) → Decidable (r a)
abbrev DecidableRel {α : Sort u} {β : Sort v} (r : α → β → Prop) := (a : α) → (b : β) → Decidable (r a b)
abbrev DecidableEq (α : Sort u) := (a b : α) → Decidable (a = b)
def decEq {α : Sort u} [inst : DecidableEq α] (a b : α) : Decidable (a = b) := inst a b
/-- A type with a chosen element. -/
class Inhabited (α : Sort u) where
  default : α
export Inhabited (default)
/-- A type with at least one element. -/
class inductive Nonempty (α : Sort u) : Prop
  | intro (val : α) : Nonempty α
/-- A type with at most one element. -/
class Subsingleton (α : Sort u) : Prop where
  intro ::
  allEq : (a b : α) → a = b

/-! ## Classes behind the operators -/

/-- Coercions; the elaborator asks for them, this library has none. -/
class CoeT (α : Sort u) (a : α) (β : Sort v) where
  coe : β
class CoeFun (α : Sort u) (γ : outParam (α → Sort v)) where
  coe : (f : α) → γ f
class CoeSort (α : Sort u) (β : outParam (Sort v)) where
  coe : α → β

class OfNat (α : Type u) (n : Nat) where
  ofNat : α
class HAdd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAdd : α → β → γ
class HSub (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hSub : α → β → γ
class HMul (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMul : α → β → γ
class HDiv (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hDiv : α → β → γ
class HMod (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMod : α → β → γ
class HAppend (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAppend : α → β → γ
class Add (α : Type u) where
  add : α → α → α
class Sub (α : Type u) where
  sub : α → α → α
class Mul (α : Type u) where
  mul : α → α → α
class Div (α : Type u) where
  div : α → α → α
class Mod (α : Type u) where
  mod : α → α → α
class Neg (α : Type u) where
  neg : α → α
class Append (α : Type u) where
  append : α → α → α
class LE (α : Type u) where
  le : α → α → Prop
class LT (α : Type u) where
  lt : α → α → Prop
class Dvd (α : Type u) where
  dvd : α → α → Prop
class BEq (α : Type u) where
  beq : α → α → Bool
class Membership (α : outParam (Type u)) (γ : Type v) where
  mem : γ → α → Prop
class Zero (α : Type u) where
  zero : α
class One (α : Type u) where
  one : α
@[reducible] def GE.ge {α : Type u} [LE α] (a b : α) : Prop := LE.le b a
@[reducible] def GT.gt {α : Type u} [LT α] (a b : α) : Prop := LT.lt b a
@[default_instance] instance instHAdd {α : Type u} [Add α] : HAdd α α α := ⟨Add.add⟩
@[default_instance] instance instHSub {α : Type u} [Sub α] : HSub α α α := ⟨Sub.sub⟩
@[default_instance] instance instHMul {α : Type u} [Mul α] : HMul α α α := ⟨Mul.mul⟩
@[default_instance] instance instHDiv {α : Type u} [Div α] : HDiv α α α := ⟨Div.div⟩
@[default_instance] instance instHMod {α : Type u} [Mod α] : HMod α α α := ⟨Mod.mod⟩
@[default_instance] instance instHAppend {α : Type u} [Append α] : HAppend α α α := ⟨Append.append⟩
@[default_instance] instance instOfNatNat (n : Nat) : OfNat Nat n := ⟨n⟩
instance Zero.toOfNat0 {α : Type u} [Zero α] : OfNat α (nat_lit 0) := ⟨Zero.zero⟩
instance One.toOfNat1 {α : Type u} [One α] : OfNat α (nat_lit 1) := ⟨One.one⟩

universe u₁ u₂ u₃
/-- Steps of a calculation, `calc`. -/
class Trans {α : Sort u₁} {β : Sort u₂} {γ : Sort u₃} (r : α → β → Sort u) (s : β → γ → Sort v)
    (t : outParam (α → γ → Sort w)) where
  trans : {a : α} → {b : β} → {c : γ} → r a b → s b c → t a c
instance {α : Sort u} {γ : Sort v} (r : α → γ → Prop) : Trans Eq r r := ⟨fun h₁ h₂ => h₁.symm.rec h₂⟩
instance {α : Sort u} {β : Sort v} (r : α → β → Prop) : Trans r Eq r := ⟨fun h₁ h₂ => h₂.rec h₁⟩

/-! ## Choosing by a condition -/

/-- `if c then t else e`, where the branches may use that `c` holds or not. -/
@[macro_inline] def dite {α : Sort u} (c : Prop) [h : Decidable c] (t : c → α) (e : ¬c → α) : α :=
  h.casesOn e t
/-- `if c then t else e` -/
@[macro_inline] def ite {α : Sort u} (c : Prop) [h : Decidable c] (t e : α) : α :=
  h.casesOn (fun _ => e) (fun _ => t)

/-! ## Natural numbers -/

noncomputable section
set_option bootstrap.genMatcherCode false

/-- Addition, by recursion on the second argument, as are those that follow. -/
protected def Nat.add (m n : Nat) : Nat := match n with
  | .zero => m
  | .succ n => .succ (Nat.add m n)
instance instAddNat : Add Nat := ⟨Nat.add⟩
/-- The number before; of zero, zero. -/
def Nat.pred (n : Nat) : Nat := match n with
  | .zero => .zero
  | .succ n => n
/-- Subtraction that stops at zero. -/
protected def Nat.sub (m n : Nat) : Nat := match n with
  | .zero => m
  | .succ n => Nat.pred (Nat.sub m n)
instance instSubNat : Sub Nat := ⟨Nat.sub⟩
/-- Multiplication. -/
protected def Nat.mul (m n : Nat) : Nat := match n with
  | .zero => .zero
  | .succ n => Nat.add (Nat.mul m n) m
instance instMulNat : Mul Nat := ⟨Nat.mul⟩
/-- The power `m ^ n`. -/
protected def Nat.pow (m n : Nat) : Nat := match n with
  | .zero => .succ .zero
  | .succ n => Nat.mul (Nat.pow m n) m
/-- `m ≤ n`: one gets from `m` to `n` by adding one, again and again. -/
inductive Nat.le (m : Nat) : Nat → Prop
  | refl : Nat.le m m
  | step {n : Nat} : Nat.le m n → Nat.le m (.succ n)
instance instLENat : LE Nat := ⟨Nat.le⟩
/-- `m < n`: `m + 1 ≤ n` -/
protected def Nat.lt (m n : Nat) : Prop := Nat.le (m + 1) n
instance instLTNat : LT Nat := ⟨Nat.lt⟩
attribute [match_pattern] Nat.add Add.add HAdd.hAdd Neg.neg
/-- Induction whose goals speak of `0` and `n + 1`. -/
@[induction_eliminator] protected def Nat.recAddOne.{r} {motive : Nat → Sort r} (zero : motive 0)
    (succ : (n : Nat) → motive n → motive (n + 1)) (n : Nat) : motive n := n.rec zero succ
/-- Cases whose goals speak of `0` and `n + 1`. -/
@[cases_eliminator] protected def Nat.casesAddOne.{r} {motive : Nat → Sort r} (zero : motive 0)
    (succ : (n : Nat) → motive (n + 1)) (n : Nat) : motive n := n.casesOn zero succ
instance instDecidableEqNat : DecidableEq Nat := Nat.decEq
instance : Inhabited Nat := ⟨0⟩
end
