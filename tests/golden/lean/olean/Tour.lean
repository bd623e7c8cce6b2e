prelude
-- Constants of every kind, for the reader of compiled modules: Tour.olean beside this file is what Lean 4.35 made of it.
set_option genCtorIdx false
set_option autoImplicit false
unsafe axiom lcErased : Type
unsafe axiom lcAny : Type
unsafe axiom lcVoid : Type
universe u v

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a
init_quot

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit

inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat

inductive List (α : Type u) where
  | nil : List α
  | cons (head : α) (tail : List α) : List α

inductive Tree (α : Type u) where
  | node (value : α) (children : List (Tree α)) : Tree α

mutual
inductive Even : Nat → Prop where
  | zero : Even Nat.zero
  | step (n : Nat) (h : Odd n) : Even (Nat.succ n)
inductive Odd : Nat → Prop where
  | step (n : Nat) (h : Even n) : Odd (Nat.succ n)
end

structure Prod (α : Type u) (β : Type v) where
  fst : α
  snd : β

class OfNat (α : Type u) (n : Nat) where
  ofNat : α
instance instOfNatNat (n : Nat) : OfNat Nat n := OfNat.mk n

axiom extensional (P Q : Prop) (f : P → Q) (g : Q → P) : Eq P Q
theorem even_zero : Even Nat.zero := Even.zero
noncomputable def swap {α : Type u} {β : Type v} (p : Prod α β) : Prod β α := Prod.mk p.snd p.fst
theorem swap_swap {α : Type u} {β : Type v} (p : Prod α β) : Eq (swap (swap p)) p := Eq.refl p
theorem two : Eq (Nat.succ (Nat.succ Nat.zero)) (let one := Nat.succ Nat.zero; Nat.succ one) := Eq.refl _
theorem small : Eq (2 : Nat) (Nat.succ 1) := Eq.refl _
theorem large : Eq (340282366920938463463374607431768211456 : Nat) 340282366920938463463374607431768211456 := Eq.refl _
noncomputable def again {α : Sort u} (r : α → α → Prop) (same : (a b : α) → r a b → Eq (Quot.mk r a) (Quot.mk r b))
    (q : Quot r) : Quot r :=
  Quot.lift (fun a => Quot.mk r a) same q
noncomputable opaque hidden : Nat := Nat.zero
unsafe def forever (n : Nat) : Nat := forever n
