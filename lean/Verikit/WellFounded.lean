prelude
import Verikit.List
/-!
# Well-founded recursion

An element is accessible if all smaller ones are; a relation is well founded if all elements are accessible. Recursion
along such a relation is defined from the recursor of `Acc`, which eliminates a proof into data. Division and the
greatest common divisor are examples.
-/
set_option linter.all false
universe u v w
noncomputable section

/-- Everything below `x` is accessible. -/
inductive Acc {α : Sort u} (r : α → α → Prop) : α → Prop
  | intro (x : α) (h : (y : α) → r y x → Acc r y) : Acc r x
/-- All elements are accessible: there is no infinite descent. -/
inductive WellFounded {α : Sort u} (r : α → α → Prop) : Prop
  | intro (h : ∀ a, Acc r a) : WellFounded r
/-- A type with a well-founded relation. -/
class WellFoundedRelation (α : Sort u) where
  rel : α → α → Prop
  wf : WellFounded rel

theorem Acc.inv {α : Sort u} {r : α → α → Prop} {x y : α} (h : Acc r x) (hy : r y x) : Acc r y := by
  cases h with
  | intro _ h => exact h y hy

namespace WellFounded
variable {α : Sort u} {r : α → α → Prop}
theorem apply (wf : WellFounded r) (a : α) : Acc r a := by
  cases wf with
  | intro h => exact h a
/-- Induction along a well-founded relation. -/
theorem induction (wf : WellFounded r) {p : α → Prop} (a : α) (step : ∀ x, (∀ y, r y x → p y) → p x) : p a :=
  (wf.apply a).rec fun x _ ih => step x ih
/-- Recursion along an accessibility proof. -/
def fixF {C : α → Sort v} (F : (x : α) → ((y : α) → r y x → C y) → C x) (x : α) (a : Acc r x) : C x :=
  a.rec fun x _ ih => F x ih
theorem fixF_eq {C : α → Sort v} (F : (x : α) → ((y : α) → r y x → C y) → C x) (x : α) (a : Acc r x) :
    fixF F x a = F x (fun y hy => fixF F y (a.inv hy)) := by
  cases a with
  | intro _ h => rfl
/-- Recursion along a well-founded relation. -/
def fix (wf : WellFounded r) {C : α → Sort v} (F : (x : α) → ((y : α) → r y x → C y) → C x) (x : α) : C x :=
  fixF F x (wf.apply x)
/-- The recursion equation. -/
theorem fix_eq (wf : WellFounded r) {C : α → Sort v} (F : (x : α) → ((y : α) → r y x → C y) → C x) (x : α) :
    fix wf F x = F x (fun y _ => fix wf F y) := fixF_eq F x (wf.apply x)
/-- A well-founded relation holds of no element and itself. -/
theorem irrefl (wf : WellFounded r) (a : α) : ¬r a a :=
  wf.induction (p := fun a => ¬r a a) a fun x ih h => ih x h h
/-- Two elements are never below each other. -/
theorem asymm (wf : WellFounded r) (a : α) : ∀ b, r a b → ¬r b a :=
  wf.induction (p := fun a => ∀ b, r a b → ¬r b a) a fun x ih b hab hba => ih b hba x hba hab
/-- There is no infinite descent. -/
theorem no_descent (wf : WellFounded r) (f : Nat → α) : ¬∀ n, r (f (n + 1)) (f n) := fun h =>
  have key : ∀ a n, f n = a → False := fun a =>
    wf.induction (p := fun a => ∀ n, f n = a → False) a fun x ih n e => ih (f (n + 1)) (e ▸ h n) (n + 1) rfl
  key (f 0) 0 rfl
end WellFounded

/-- What is below in a smaller relation was below before. -/
theorem Subrelation.wf {α : Sort u} {r s : α → α → Prop} (sub : ∀ {x y}, r x y → s x y) (wf : WellFounded s) :
    WellFounded r :=
  ⟨fun a => wf.induction (p := fun a => Acc r a) a fun x ih => Acc.intro x fun y h => ih y (sub h)⟩
/-- The relation of the images. -/
def InvImage {α : Sort u} {β : Sort v} (r : β → β → Prop) (f : α → β) : α → α → Prop := fun a b => r (f a) (f b)
theorem InvImage.accessible {α : Sort u} {β : Sort v} {r : β → β → Prop} (f : α → β) {a : α} (h : Acc r (f a)) :
    Acc (InvImage r f) a :=
  have key : ∀ b, Acc r b → ∀ a, f a = b → Acc (InvImage r f) a := fun b hb => by
    induction hb with
    | intro b _ ih => exact fun a e => Acc.intro a fun y hy => ih (f y) (e ▸ hy) y rfl
  key (f a) h a rfl
theorem InvImage.wf {α : Sort u} {β : Sort v} {r : β → β → Prop} (f : α → β) (wf : WellFounded r) :
    WellFounded (InvImage r f) := ⟨fun a => InvImage.accessible f (wf.apply (f a))⟩
/-- A step of a relation, and then more steps. -/
inductive TC {α : Sort u} (r : α → α → Prop) : α → α → Prop
  | base {a b : α} : r a b → TC r a b
  | step {a b c : α} : TC r a b → r b c → TC r a c
theorem TC.trans {α : Sort u} {r : α → α → Prop} {a b c : α} (h₁ : TC r a b) (h₂ : TC r b c) : TC r a c := by
  induction h₂ with
  | base h => exact TC.step h₁ h
  | step _ h ih => exact TC.step ih h
theorem TC.accessible {α : Sort u} {r : α → α → Prop} {a : α} (h : Acc r a) : Acc (TC r) a := by
  induction h with
  | intro a _ ih =>
    refine Acc.intro a fun y hy => ?_
    cases hy with
    | base h => exact ih y h
    | step h h' => exact (ih _ h').inv h
theorem TC.wf {α : Sort u} {r : α → α → Prop} (wf : WellFounded r) : WellFounded (TC r) :=
  ⟨fun a => TC.accessible (wf.apply a)⟩

namespace Nat
/-- `<` is well founded. -/
theorem lt_wf : WellFounded (fun m n : Nat => m < n) :=
  ⟨fun n => by
    induction n with
    | zero => exact Acc.intro 0 fun y h => absurd h (not_lt_zero y)
    | succ n ih =>
      exact Acc.intro (n + 1) fun y h =>
        (eq_or_lt_of_le (le_of_lt_succ h)).elim (fun e => e.symm ▸ ih) fun h => ih.inv h⟩
instance ltRelation : WellFoundedRelation Nat := ⟨fun m n => m < n, lt_wf⟩

/-- Quotient and remainder of `n` by `d`, by subtracting as often as possible. -/
def divMod (d : Nat) (n : Nat) : Nat × Nat :=
  lt_wf.fix (C := fun _ => Nat × Nat)
    (fun n rec => if h : 0 < d ∧ d ≤ n then
      let r := rec (n - d) (sub_lt (lt_of_lt_of_le h.left h.right) h.left)
      (r.fst + 1, r.snd)
    else (0, n)) n
theorem divMod_eq (d n : Nat) :
    divMod d n = if 0 < d ∧ d ≤ n then ((divMod d (n - d)).fst + 1, (divMod d (n - d)).snd) else (0, n) := by
  refine (lt_wf.fix_eq (C := fun _ => Nat × Nat) _ n).trans ?_
  by_cases h : 0 < d ∧ d ≤ n
  · rw [dif_pos h, if_pos h]
    rfl
  · rw [dif_neg h, if_neg h]
theorem divMod_of_lt {d n : Nat} (h : n < d) : divMod d n = (0, n) :=
  (divMod_eq d n).trans (if_neg fun h' => not_le_of_lt h h'.right)
theorem divMod_of_le {d n : Nat} (hd : 0 < d) (h : d ≤ n) :
    divMod d n = ((divMod d (n - d)).fst + 1, (divMod d (n - d)).snd) := (divMod_eq d n).trans (if_pos ⟨hd, h⟩)
/-- Division with remainder: `d q + r = n`. -/
theorem divMod_spec (d n : Nat) : d * (divMod d n).fst + (divMod d n).snd = n :=
  lt_wf.induction (p := fun n => d * (divMod d n).fst + (divMod d n).snd = n) n fun n ih => by
    by_cases h : 0 < d ∧ d ≤ n
    · rw [divMod_of_le h.left h.right]
      have ih' := ih (n - d) (sub_lt (lt_of_lt_of_le h.left h.right) h.left)
      show d * ((divMod d (n - d)).fst + 1) + (divMod d (n - d)).snd = n
      rw [mul_succ, add_right_comm, ih']
      exact sub_add_cancel h.right
    · rw [divMod_eq, if_neg h]
      exact zero_add n
/-- The remainder is smaller than the divisor. -/
theorem divMod_snd_lt {d : Nat} (hd : 0 < d) (n : Nat) : (divMod d n).snd < d :=
  lt_wf.induction (p := fun n => (divMod d n).snd < d) n fun n ih =>
    (lt_or_ge n d).elim (fun h => (divMod_of_lt h).symm ▸ h) fun h =>
      (divMod_of_le hd h).symm ▸ ih (n - d) (sub_lt (lt_of_lt_of_le hd h) hd)
/-- Quotient and remainder are the only ones with these properties. -/
theorem divMod_unique {d q q' r r' : Nat} (hr : r < d) (hr' : r' < d) (h : d * q + r = d * q' + r') :
    q = q' ∧ r = r' := by
  have step : ∀ {q q' r r' : Nat}, r < d → d * q + r = d * q' + r' → ¬(q' < q) → ¬(q < q') → q = q' ∧ r = r' :=
    fun _ e n n' => by
      have eq := le_antisymm (le_of_not_lt n) (le_of_not_lt n')
      cases eq
      exact ⟨rfl, add_left_cancel e⟩
  have no : ∀ {q q' r r' : Nat}, r < d → d * q + r = d * q' + r' → ¬(q < q') := fun {q q' r r'} hr e hq => by
    have h₁ : d * (q + 1) ≤ d * q' := mul_le_mul_left d hq
    have h₂ : d * q + r < d * (q + 1) := add_lt_add_left hr (d * q)
    exact not_le_of_lt h₂ (le_trans h₁ (le_trans (le_add_right _ r') (le_of_eq e.symm)))
  exact step hr h (no hr' h.symm) (no hr h)

/-- `d` divides `n`. -/
instance : Dvd Nat := ⟨fun d n => ∃ k, n = d * k⟩
theorem dvd_refl (n : Nat) : n ∣ n := ⟨1, (mul_one n).symm⟩
theorem dvd_zero (n : Nat) : n ∣ 0 := ⟨0, rfl⟩
theorem one_dvd (n : Nat) : 1 ∣ n := ⟨n, (one_mul n).symm⟩
theorem dvd_trans {a b c : Nat} (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c :=
  h₁.elim fun k hk => h₂.elim fun j hj => ⟨k * j, by rw [hj, hk, mul_assoc]⟩
theorem dvd_add {a b c : Nat} (h₁ : a ∣ b) (h₂ : a ∣ c) : a ∣ b + c :=
  h₁.elim fun k hk => h₂.elim fun j hj => ⟨k + j, by rw [hk, hj, mul_add]⟩
theorem dvd_mul_right (a b : Nat) : a ∣ a * b := ⟨b, rfl⟩
theorem dvd_of_dvd_add {a b c : Nat} (h : a ∣ b + c) (hb : a ∣ b) : a ∣ c := by
  cases h with
  | intro k hk =>
    cases hb with
    | intro j hj =>
      cases le_total j k with
      | inl hle =>
        refine ⟨k - j, add_left_cancel (m := b) ?_⟩
        rw [hk]
        refine (congrArg (a * ·) (add_sub_of_le hle)).symm.trans ?_
        rw [mul_add, hj]
      | inr hle =>
        have h₁ : b + c ≤ b := hk ▸ hj ▸ mul_le_mul_left a hle
        have h₂ : c = 0 := eq_zero_of_add_eq_self (le_antisymm h₁ (le_add_right b c))
        exact h₂ ▸ dvd_zero a
theorem le_of_dvd {d n : Nat} (hn : 0 < n) (h : d ∣ n) : d ≤ n := by
  cases h with
  | intro k hk =>
    cases k with
    | zero => exact absurd hn (hk ▸ lt_irrefl 0)
    | succ k => exact hk ▸ le_add_left d (d * k)
theorem dvd_antisymm {m n : Nat} (h₁ : m ∣ n) (h₂ : n ∣ m) : m = n := by
  cases m with
  | zero =>
    cases h₁ with
    | intro k hk => exact (hk.trans (zero_mul k)).symm
  | succ m =>
    cases n with
    | zero =>
      cases h₂ with
      | intro k hk => exact hk.trans (zero_mul k)
    | succ n => exact le_antisymm (le_of_dvd (zero_lt_succ n) h₁) (le_of_dvd (zero_lt_succ m) h₂)

/-- The greatest common divisor, by Euclid: replace the pair `(m, n)` by `(n mod m, m)`. -/
def euclid (m : Nat) : Nat → Nat :=
  lt_wf.fix (C := fun _ => Nat → Nat)
    (fun m rec n => if h : 0 < m then rec (divMod m n).snd (divMod_snd_lt h n) m else n) m
theorem euclid_eq (m n : Nat) : euclid m n = if 0 < m then euclid (divMod m n).snd m else n := by
  refine (congrFun (lt_wf.fix_eq (C := fun _ => Nat → Nat) _ m) n).trans ?_
  by_cases h : 0 < m
  · rw [dif_pos h, if_pos h]
    rfl
  · rw [dif_neg h, if_neg h]
theorem euclid_zero (n : Nat) : euclid 0 n = n := (euclid_eq 0 n).trans (if_neg (lt_irrefl 0))
theorem euclid_pos {m : Nat} (h : 0 < m) (n : Nat) : euclid m n = euclid (divMod m n).snd m :=
  (euclid_eq m n).trans (if_pos h)
/-- Euclid's algorithm gives a common divisor. -/
theorem euclid_dvd (m n : Nat) : euclid m n ∣ m ∧ euclid m n ∣ n :=
  lt_wf.induction (p := fun m => ∀ n, euclid m n ∣ m ∧ euclid m n ∣ n) m (fun m ih n => by
    cases m with
    | zero =>
      rw [euclid_zero]
      exact ⟨dvd_zero n, dvd_refl n⟩
    | succ m =>
      have ih' := ih (divMod (m + 1) n).snd (divMod_snd_lt (zero_lt_succ m) n) (m + 1)
      rw [← euclid_pos (zero_lt_succ m)] at ih'
      refine ⟨ih'.right, ?_⟩
      have h := dvd_add (dvd_trans ih'.right (dvd_mul_right (m + 1) (divMod (m + 1) n).fst)) ih'.left
      rw [divMod_spec] at h
      exact h) n
/-- It is the greatest: every common divisor divides it. -/
theorem dvd_euclid (m n d : Nat) : d ∣ m → d ∣ n → d ∣ euclid m n :=
  lt_wf.induction (p := fun m => ∀ n, d ∣ m → d ∣ n → d ∣ euclid m n) m (fun m ih n hm hn => by
    cases m with
    | zero =>
      rw [euclid_zero]
      exact hn
    | succ m =>
      rw [euclid_pos (zero_lt_succ m)]
      refine ih _ (divMod_snd_lt (zero_lt_succ m) n) (m + 1) ?_ hm
      refine dvd_of_dvd_add (b := (m + 1) * (divMod (m + 1) n).fst) ?_ (dvd_trans hm (dvd_mul_right _ _))
      rw [divMod_spec]
      exact hn) n
theorem euclid_comm (m n : Nat) : euclid m n = euclid n m :=
  dvd_antisymm (dvd_euclid n m _ (euclid_dvd m n).right (euclid_dvd m n).left)
    (dvd_euclid m n _ (euclid_dvd n m).right (euclid_dvd n m).left)
end Nat

/-! ## Pairs in the order of a dictionary -/

/-- First by the first component, then by the second. -/
inductive Prod.Lex {α : Type u} {β : Type v} (r : α → α → Prop) (s : β → β → Prop) : α × β → α × β → Prop
  | left {a₁ : α} (b₁ : β) {a₂ : α} (b₂ : β) : r a₁ a₂ → Lex r s (a₁, b₁) (a₂, b₂)
  | right (a : α) {b₁ b₂ : β} : s b₁ b₂ → Lex r s (a, b₁) (a, b₂)
theorem Prod.lex_accessible {α : Type u} {β : Type v} {r : α → α → Prop} {s : β → β → Prop} (wf : WellFounded s)
    {a : α} (ha : Acc r a) : ∀ b, Acc (Prod.Lex r s) (a, b) := by
  induction ha with
  | intro a _ iha =>
    refine fun b => wf.induction (p := fun b => Acc (Prod.Lex r s) (a, b)) b fun b ihb => ?_
    refine Acc.intro _ fun p h => ?_
    cases h with
    | left b₁ _ h => exact iha _ h b₁
    | right _ h => exact ihb _ h
theorem Prod.lex_wf {α : Type u} {β : Type v} {r : α → α → Prop} {s : β → β → Prop} (wr : WellFounded r)
    (ws : WellFounded s) : WellFounded (Prod.Lex r s) := ⟨fun p => Prod.lex_accessible ws (wr.apply p.fst) p.snd⟩
/-- Ackermann's function grows faster than any recursion in one argument; its termination needs the dictionary. -/
def ackermann (m n : Nat) : Nat :=
  (Prod.lex_wf Nat.lt_wf Nat.lt_wf).fix (C := fun _ => Nat)
    (fun p rec => match p, rec with
      | (0, n), _ => n + 1
      | (m + 1, 0), rec => rec (m, 1) (Prod.Lex.left _ _ (Nat.lt_succ_self m))
      | (m + 1, n + 1), rec =>
        rec (m, rec (m + 1, n) (Prod.Lex.right _ (Nat.lt_succ_self n))) (Prod.Lex.left _ _ (Nat.lt_succ_self m)))
    (m, n)
theorem ackermann_zero (n : Nat) : ackermann 0 n = n + 1 := WellFounded.fix_eq _ _ _
theorem ackermann_succ_zero (m : Nat) : ackermann (m + 1) 0 = ackermann m 1 := WellFounded.fix_eq _ _ _
theorem ackermann_succ_succ (m n : Nat) : ackermann (m + 1) (n + 1) = ackermann m (ackermann (m + 1) n) :=
  WellFounded.fix_eq _ _ _
theorem ackermann_one (n : Nat) : ackermann 1 n = n + 2 := by
  induction n with
  | zero => rw [ackermann_succ_zero, ackermann_zero]
  | succ n ih => rw [ackermann_succ_succ, ih, ackermann_zero]
theorem lt_ackermann (m n : Nat) : n < ackermann m n := by
  induction m generalizing n with
  | zero =>
    rw [ackermann_zero]
    exact Nat.lt_succ_self n
  | succ m ihm =>
    induction n with
    | zero =>
      rw [ackermann_succ_zero]
      exact Nat.lt_trans (Nat.lt_succ_self 0) (ihm 1)
    | succ n ihn =>
      rw [ackermann_succ_succ]
      exact Nat.lt_of_le_of_lt ihn (ihm _)
end
