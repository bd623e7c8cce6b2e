prelude
import Verikit.Nat
/-!
# Ordered rings

A commutative ring with a total order that addition and multiplication respect: the integers, the rationals, the reals.
Everything about bounds is proved from these laws alone, so that it holds for all of them.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit

/-- A commutative ring with a total order, `≤` decidable, kept by adding and by multiplying with what is `≥ 0`. -/
class OrderedRing (α : Type u) extends Add α, Mul α, Neg α, Zero α, One α, LE α where
  protected add_assoc : ∀ a b c : α, (a + b) + c = a + (b + c)
  protected add_comm : ∀ a b : α, a + b = b + a
  protected add_zero : ∀ a : α, a + 0 = a
  protected add_neg : ∀ a : α, a + -a = 0
  protected mul_assoc : ∀ a b c : α, (a * b) * c = a * (b * c)
  protected mul_comm : ∀ a b : α, a * b = b * a
  protected mul_one : ∀ a : α, a * 1 = a
  protected mul_add : ∀ a b c : α, a * (b + c) = a * b + a * c
  protected le_refl : ∀ a : α, a ≤ a
  protected le_trans : ∀ {a b c : α}, a ≤ b → b ≤ c → a ≤ c
  protected le_antisymm : ∀ {a b : α}, a ≤ b → b ≤ a → a = b
  protected le_total : ∀ a b : α, a ≤ b ∨ b ≤ a
  protected add_le_add_left : ∀ {a b : α}, a ≤ b → ∀ c : α, c + a ≤ c + b
  protected mul_nonneg : ∀ {a b : α}, 0 ≤ a → 0 ≤ b → 0 ≤ a * b
  protected decLe : ∀ a b : α, Decidable (a ≤ b)

variable {α : Type u} [OrderedRing α]

/-- `a - b` is `a + -b`. -/
instance instSubOrderedRing : Sub α := ⟨fun a b => a + -b⟩
/-- `a < b`: `b ≤ a` does not hold. -/
instance instLTOrderedRing : LT α := ⟨fun a b => ¬(b ≤ a)⟩
instance instDecidableLe (a b : α) : Decidable (a ≤ b) := OrderedRing.decLe a b
instance instDecidableLt (a b : α) : Decidable (a < b) := instDecidableNot (dp := OrderedRing.decLe b a)

/-! ## The additive group -/

theorem add_assoc (a b c : α) : (a + b) + c = a + (b + c) := OrderedRing.add_assoc a b c
theorem add_comm (a b : α) : a + b = b + a := OrderedRing.add_comm a b
@[simp] theorem add_zero (a : α) : a + 0 = a := OrderedRing.add_zero a
@[simp] theorem zero_add (a : α) : 0 + a = a := (add_comm 0 a).trans (add_zero a)
@[simp] theorem add_neg (a : α) : a + -a = 0 := OrderedRing.add_neg a
@[simp] theorem neg_add_self (a : α) : -a + a = 0 := (add_comm (-a) a).trans (add_neg a)
theorem add_left_comm (a b c : α) : a + (b + c) = b + (a + c) := by
  rw [← add_assoc, add_comm a b, add_assoc]
theorem add_right_comm (a b c : α) : (a + b) + c = (a + c) + b := by
  rw [add_assoc, add_comm b c, ← add_assoc]
theorem add_add_add_comm (a b c d : α) : (a + b) + (c + d) = (a + c) + (b + d) := by
  rw [add_assoc, add_left_comm b c d, ← add_assoc]
@[simp] theorem neg_add_cancel_left (a b : α) : -a + (a + b) = b := by
  rw [← add_assoc, neg_add_self, zero_add]
@[simp] theorem add_neg_cancel_left (a b : α) : a + (-a + b) = b := by
  rw [← add_assoc, add_neg, zero_add]
theorem add_neg_cancel_right (a b : α) : (a + b) + -b = a := by
  rw [add_assoc, add_neg, add_zero]
theorem neg_add_cancel_right (a b : α) : (a + -b) + b = a := by
  rw [add_assoc, neg_add_self, add_zero]
theorem add_left_cancel {a b c : α} (h : a + b = a + c) : b = c := by
  rw [← neg_add_cancel_left a b, h, neg_add_cancel_left]
theorem add_right_cancel {a b c : α} (h : a + c = b + c) : a = b := by
  rw [← add_neg_cancel_right a c, h, add_neg_cancel_right]
theorem neg_eq_of_add_eq_zero {a b : α} (h : a + b = 0) : -a = b :=
  add_left_cancel ((add_neg a).trans h.symm)
@[simp] theorem neg_neg (a : α) : -(-a) = a := neg_eq_of_add_eq_zero (neg_add_self a)
@[simp] theorem neg_zero : -(0 : α) = 0 := neg_eq_of_add_eq_zero (add_zero 0)
theorem neg_add (a b : α) : -(a + b) = -a + -b :=
  neg_eq_of_add_eq_zero (by rw [add_add_add_comm, add_neg, add_neg, add_zero])
theorem neg_inj {a b : α} (h : -a = -b) : a = b := (neg_neg a).symm.trans ((congrArg (- ·) h).trans (neg_neg b))
theorem sub_eq_add_neg (a b : α) : a - b = a + -b := rfl
@[simp] theorem sub_self (a : α) : a - a = 0 := add_neg a
@[simp] theorem sub_zero (a : α) : a - 0 = a := (congrArg (a + ·) neg_zero).trans (add_zero a)
@[simp] theorem zero_sub (a : α) : 0 - a = -a := zero_add (-a)
theorem sub_add_cancel (a b : α) : (a - b) + b = a := neg_add_cancel_right a b
theorem add_sub_cancel (a b : α) : (a + b) - b = a := add_neg_cancel_right a b
theorem add_sub_of_eq {a b c : α} (h : a = b + c) : a - b = c := by
  rw [h, add_comm b c]
  exact add_sub_cancel c b
theorem neg_sub (a b : α) : -(a - b) = b - a := by
  rw [sub_eq_add_neg, neg_add, neg_neg, add_comm, ← sub_eq_add_neg]
theorem sub_sub (a b c : α) : (a - b) - c = a - (b + c) := by
  rw [sub_eq_add_neg, sub_eq_add_neg, sub_eq_add_neg, neg_add, add_assoc]
theorem add_sub_assoc (a b c : α) : (a + b) - c = a + (b - c) := add_assoc a b (-c)
theorem sub_add_sub_cancel (a b c : α) : (a - b) + (b - c) = a - c := by
  rw [sub_eq_add_neg, sub_eq_add_neg, sub_eq_add_neg, add_assoc, neg_add_cancel_left]
theorem add_sub_add_comm (a b c d : α) : (a + b) - (c + d) = (a - c) + (b - d) := by
  rw [sub_eq_add_neg, neg_add, add_add_add_comm, ← sub_eq_add_neg, ← sub_eq_add_neg]
theorem eq_of_sub_eq_zero {a b : α} (h : a - b = 0) : a = b := by
  rw [← sub_add_cancel a b, h, zero_add]

/-! ## Multiplication -/

theorem mul_assoc (a b c : α) : (a * b) * c = a * (b * c) := OrderedRing.mul_assoc a b c
theorem mul_comm (a b : α) : a * b = b * a := OrderedRing.mul_comm a b
theorem mul_left_comm (a b c : α) : a * (b * c) = b * (a * c) := by
  rw [← mul_assoc, mul_comm a b, mul_assoc]
theorem mul_right_comm (a b c : α) : (a * b) * c = (a * c) * b := by
  rw [mul_assoc, mul_comm b c, ← mul_assoc]
@[simp] theorem mul_one (a : α) : a * 1 = a := OrderedRing.mul_one a
@[simp] theorem one_mul (a : α) : 1 * a = a := (mul_comm 1 a).trans (mul_one a)
theorem mul_add (a b c : α) : a * (b + c) = a * b + a * c := OrderedRing.mul_add a b c
theorem add_mul (a b c : α) : (a + b) * c = a * c + b * c := by
  rw [mul_comm, mul_add, mul_comm c a, mul_comm c b]
@[simp] theorem mul_zero (a : α) : a * 0 = 0 := by
  have h : a * 0 + a * 0 = a * 0 + 0 := by rw [← mul_add, add_zero, add_zero]
  exact add_left_cancel h
@[simp] theorem zero_mul (a : α) : 0 * a = 0 := (mul_comm 0 a).trans (mul_zero a)
theorem mul_neg (a b : α) : a * -b = -(a * b) :=
  (neg_eq_of_add_eq_zero (by rw [← mul_add, add_neg, mul_zero])).symm
theorem neg_mul (a b : α) : -a * b = -(a * b) := by
  rw [mul_comm, mul_neg, mul_comm]
theorem neg_mul_neg (a b : α) : -a * -b = a * b := by
  rw [neg_mul, mul_neg, neg_neg]
theorem mul_sub (a b c : α) : a * (b - c) = a * b - a * c := by
  rw [sub_eq_add_neg, sub_eq_add_neg, mul_add, mul_neg]
theorem sub_mul (a b c : α) : (a - b) * c = a * c - b * c := by
  rw [mul_comm, mul_sub, mul_comm c a, mul_comm c b]
theorem neg_one_mul (a : α) : -1 * a = -a := by
  rw [neg_mul, one_mul]
theorem mul_self_sub_mul_self (a b : α) : a * a - b * b = (a + b) * (a - b) := by
  rw [add_mul, mul_sub, mul_sub, mul_comm b a, sub_add_sub_cancel]

/-! ## Order -/

theorem le_refl (a : α) : a ≤ a := OrderedRing.le_refl a
theorem le_of_eq {a b : α} (h : a = b) : a ≤ b := h ▸ le_refl a
theorem le_trans {a b c : α} (h₁ : a ≤ b) (h₂ : b ≤ c) : a ≤ c := OrderedRing.le_trans h₁ h₂
theorem le_antisymm {a b : α} (h₁ : a ≤ b) (h₂ : b ≤ a) : a = b := OrderedRing.le_antisymm h₁ h₂
theorem le_total (a b : α) : a ≤ b ∨ b ≤ a := OrderedRing.le_total a b
instance : Trans (@LE.le α _) (@LE.le α _) (@LE.le α _) := ⟨le_trans⟩
theorem le_of_lt {a b : α} (h : a < b) : a ≤ b := (le_total a b).resolve_right h
theorem lt_irrefl (a : α) : ¬(a < a) := fun h => h (le_refl a)
theorem not_lt {a b : α} (h : ¬(a < b)) : b ≤ a := Decidable.of_not_not h
theorem lt_of_not_le {a b : α} (h : ¬(b ≤ a)) : a < b := h
theorem le_of_not_le {a b : α} (h : ¬(a ≤ b)) : b ≤ a := (le_total a b).resolve_left h
theorem lt_of_le_of_lt {a b c : α} (h₁ : a ≤ b) (h₂ : b < c) : a < c := fun h => h₂ (le_trans h h₁)
theorem lt_of_lt_of_le {a b c : α} (h₁ : a < b) (h₂ : b ≤ c) : a < c := fun h => h₁ (le_trans h₂ h)
theorem lt_trans {a b c : α} (h₁ : a < b) (h₂ : b < c) : a < c := lt_of_lt_of_le h₁ (le_of_lt h₂)
theorem ne_of_lt {a b : α} (h : a < b) : a ≠ b := fun e => h (le_of_eq e.symm)
theorem lt_of_le_of_ne {a b : α} (h : a ≤ b) (n : a ≠ b) : a < b := fun h' => n (le_antisymm h h')
theorem lt_or_ge (a b : α) : a < b ∨ b ≤ a := (Decidable.em (b ≤ a)).symm

theorem add_le_add_left {a b : α} (h : a ≤ b) (c : α) : c + a ≤ c + b := OrderedRing.add_le_add_left h c
theorem add_le_add_right {a b : α} (h : a ≤ b) (c : α) : a + c ≤ b + c := by
  rw [add_comm a, add_comm b]
  exact add_le_add_left h c
theorem add_le_add {a b c d : α} (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d :=
  le_trans (add_le_add_right h₁ c) (add_le_add_left h₂ b)
theorem le_of_add_le_add_left {a b c : α} (h : c + a ≤ c + b) : a ≤ b := by
  have h' := add_le_add_left h (-c)
  rw [neg_add_cancel_left, neg_add_cancel_left] at h'
  exact h'
theorem le_of_add_le_add_right {a b c : α} (h : a + c ≤ b + c) : a ≤ b := by
  rw [add_comm a, add_comm b] at h
  exact le_of_add_le_add_left h
theorem add_nonneg {a b : α} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a + b := by
  have h := add_le_add ha hb
  rw [add_zero] at h
  exact h
theorem add_nonpos {a b : α} (ha : a ≤ 0) (hb : b ≤ 0) : a + b ≤ 0 := by
  have h := add_le_add ha hb
  rw [add_zero] at h
  exact h
theorem le_add_of_nonneg_right {a b : α} (hb : 0 ≤ b) : a ≤ a + b := by
  have h := add_le_add_left hb a
  rw [add_zero] at h
  exact h
theorem neg_le_neg {a b : α} (h : a ≤ b) : -b ≤ -a := by
  have h' := add_le_add_left h (-a + -b)
  rw [add_right_comm, neg_add_self, zero_add, add_assoc, neg_add_self, add_zero] at h'
  exact h'
theorem le_of_neg_le_neg {a b : α} (h : -b ≤ -a) : a ≤ b := by
  have h' := neg_le_neg h
  rw [neg_neg, neg_neg] at h'
  exact h'
theorem neg_nonneg {a : α} (h : a ≤ 0) : 0 ≤ -a := by
  have h' := neg_le_neg h
  rw [neg_zero] at h'
  exact h'
theorem neg_nonpos {a : α} (h : 0 ≤ a) : -a ≤ 0 := by
  have h' := neg_le_neg h
  rw [neg_zero] at h'
  exact h'
theorem neg_le_self {a : α} (h : 0 ≤ a) : -a ≤ a := le_trans (neg_nonpos h) h
theorem sub_nonneg {a b : α} (h : a ≤ b) : 0 ≤ b - a := by
  have h' := add_le_add_right h (-a)
  rw [add_neg] at h'
  exact h'
theorem le_of_sub_nonneg {a b : α} (h : 0 ≤ b - a) : a ≤ b := by
  have h' := add_le_add_right h a
  rw [zero_add, sub_add_cancel] at h'
  exact h'
theorem sub_nonpos {a b : α} (h : a ≤ b) : a - b ≤ 0 := by
  have h' := neg_nonpos (sub_nonneg h)
  rw [neg_sub] at h'
  exact h'
theorem sub_le_sub {a b c d : α} (h₁ : a ≤ b) (h₂ : c ≤ d) : a - d ≤ b - c := add_le_add h₁ (neg_le_neg h₂)
theorem sub_le_self {a b : α} (h : 0 ≤ b) : a - b ≤ a := by
  have h' := add_le_add_left (neg_nonpos h) a
  rw [add_zero] at h'
  exact h'

theorem mul_nonneg {a b : α} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := OrderedRing.mul_nonneg ha hb
theorem mul_le_mul_of_nonneg_left {a b c : α} (h : a ≤ b) (hc : 0 ≤ c) : c * a ≤ c * b := by
  have h' := mul_nonneg hc (sub_nonneg h)
  rw [mul_sub] at h'
  exact le_of_sub_nonneg h'
theorem mul_le_mul_of_nonneg_right {a b c : α} (h : a ≤ b) (hc : 0 ≤ c) : a * c ≤ b * c := by
  rw [mul_comm a, mul_comm b]
  exact mul_le_mul_of_nonneg_left h hc
theorem mul_le_mul_of_nonpos_left {a b c : α} (h : a ≤ b) (hc : c ≤ 0) : c * b ≤ c * a := by
  have h' := mul_le_mul_of_nonneg_left h (neg_nonneg hc)
  rw [neg_mul, neg_mul] at h'
  exact le_of_neg_le_neg h'
theorem mul_le_mul_of_nonpos_right {a b c : α} (h : a ≤ b) (hc : c ≤ 0) : b * c ≤ a * c := by
  rw [mul_comm a, mul_comm b]
  exact mul_le_mul_of_nonpos_left h hc
theorem mul_nonneg_of_nonpos {a b : α} (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a * b := by
  have h := mul_nonneg (neg_nonneg ha) (neg_nonneg hb)
  rw [neg_mul_neg] at h
  exact h
theorem mul_nonpos {a b : α} (ha : 0 ≤ a) (hb : b ≤ 0) : a * b ≤ 0 := by
  have h := mul_le_mul_of_nonneg_left hb ha
  rw [mul_zero] at h
  exact h
theorem mul_self_nonneg (a : α) : 0 ≤ a * a :=
  (le_total 0 a).elim (fun h => mul_nonneg h h) fun h => mul_nonneg_of_nonpos h h
theorem zero_le_one : (0 : α) ≤ 1 := by
  have h := mul_self_nonneg (1 : α)
  rw [mul_one] at h
  exact h
theorem mul_le_mul {a b c d : α} (h₁ : a ≤ b) (h₂ : c ≤ d) (hc : 0 ≤ c) (hb : 0 ≤ b) : a * c ≤ b * d :=
  le_trans (mul_le_mul_of_nonneg_right h₁ hc) (mul_le_mul_of_nonneg_left h₂ hb)
theorem mul_self_le_mul_self {a b : α} (ha : 0 ≤ a) (h : a ≤ b) : a * a ≤ b * b :=
  mul_le_mul h h ha (le_trans ha h)
/-- Squares are above their products: `ab + ab ≤ a² + b²`. -/
theorem two_mul_le_add_squares (a b : α) : a * b + a * b ≤ a * a + b * b := by
  have h := mul_self_nonneg (a - b)
  rw [mul_sub, sub_mul, sub_mul, mul_comm b a] at h
  refine le_of_sub_nonneg (le_trans h (le_of_eq ?_))
  rw [sub_eq_add_neg (a * a - a * b), neg_sub, add_sub_add_comm]

/-! ## Maximum, minimum, absolute value -/

/-- The larger one. -/
def max (a b : α) : α := if a ≤ b then b else a
/-- The smaller one. -/
def min (a b : α) : α := if a ≤ b then a else b
theorem max_eq_right {a b : α} (h : a ≤ b) : max a b = b := if_pos h
theorem max_eq_left {a b : α} (h : b ≤ a) : max a b = a := by
  by_cases h' : a ≤ b
  · exact (if_pos h').trans (le_antisymm h h')
  · exact if_neg h'
theorem min_eq_left {a b : α} (h : a ≤ b) : min a b = a := if_pos h
theorem min_eq_right {a b : α} (h : b ≤ a) : min a b = b := by
  by_cases h' : a ≤ b
  · exact (if_pos h').trans (le_antisymm h' h)
  · exact if_neg h'
theorem le_max_left (a b : α) : a ≤ max a b :=
  (le_total a b).elim (fun h => (max_eq_right h).symm ▸ h) fun h => (max_eq_left h).symm ▸ le_refl a
theorem le_max_right (a b : α) : b ≤ max a b :=
  (le_total a b).elim (fun h => (max_eq_right h).symm ▸ le_refl b) fun h => (max_eq_left h).symm ▸ h
theorem max_le {a b c : α} (ha : a ≤ c) (hb : b ≤ c) : max a b ≤ c :=
  (le_total a b).elim (fun h => (max_eq_right h).symm ▸ hb) fun h => (max_eq_left h).symm ▸ ha
theorem min_le_left (a b : α) : min a b ≤ a :=
  (le_total a b).elim (fun h => (min_eq_left h).symm ▸ le_refl a) fun h => (min_eq_right h).symm ▸ h
theorem min_le_right (a b : α) : min a b ≤ b :=
  (le_total a b).elim (fun h => (min_eq_left h).symm ▸ h) fun h => (min_eq_right h).symm ▸ le_refl b
theorem le_min {a b c : α} (ha : c ≤ a) (hb : c ≤ b) : c ≤ min a b :=
  (le_total a b).elim (fun h => (min_eq_left h).symm ▸ ha) fun h => (min_eq_right h).symm ▸ hb
theorem max_comm (a b : α) : max a b = max b a :=
  le_antisymm (max_le (le_max_right b a) (le_max_left b a)) (max_le (le_max_right a b) (le_max_left a b))
theorem min_comm (a b : α) : min a b = min b a :=
  le_antisymm (le_min (min_le_right a b) (min_le_left a b)) (le_min (min_le_right b a) (min_le_left b a))
theorem max_self (a : α) : max a a = a := max_eq_right (le_refl a)
theorem min_self (a : α) : min a a = a := min_eq_left (le_refl a)
theorem max_le_max {a b c d : α} (h₁ : a ≤ b) (h₂ : c ≤ d) : max a c ≤ max b d :=
  max_le (le_trans h₁ (le_max_left b d)) (le_trans h₂ (le_max_right b d))
theorem min_le_min {a b c d : α} (h₁ : a ≤ b) (h₂ : c ≤ d) : min a c ≤ min b d :=
  le_min (le_trans (min_le_left a c) h₁) (le_trans (min_le_right a c) h₂)
theorem min_le_max (a b : α) : min a b ≤ max a b := le_trans (min_le_left a b) (le_max_left a b)
theorem max_assoc (a b c : α) : max (max a b) c = max a (max b c) :=
  le_antisymm
    (max_le (max_le (le_max_left _ _) (le_trans (le_max_left b c) (le_max_right _ _)))
      (le_trans (le_max_right b c) (le_max_right _ _)))
    (max_le (le_trans (le_max_left a b) (le_max_left _ _))
      (max_le (le_trans (le_max_right a b) (le_max_left _ _)) (le_max_right _ _)))
theorem min_assoc (a b c : α) : min (min a b) c = min a (min b c) :=
  le_antisymm
    (le_min (le_trans (min_le_left _ _) (min_le_left a b))
      (le_min (le_trans (min_le_left _ _) (min_le_right a b)) (min_le_right _ _)))
    (le_min (le_min (min_le_left _ _) (le_trans (min_le_right _ _) (min_le_left b c)))
      (le_trans (min_le_right _ _) (min_le_right b c)))
theorem neg_max (a b : α) : -max a b = min (-a) (-b) :=
  (le_total a b).elim (fun h => by rw [max_eq_right h, min_eq_right (neg_le_neg h)])
    fun h => by rw [max_eq_left h, min_eq_left (neg_le_neg h)]
theorem neg_min (a b : α) : -min a b = max (-a) (-b) :=
  (le_total a b).elim (fun h => by rw [min_eq_left h, max_eq_left (neg_le_neg h)])
    fun h => by rw [min_eq_right h, max_eq_right (neg_le_neg h)]
theorem max_add_min (a b : α) : max a b + min a b = a + b :=
  (le_total a b).elim (fun h => by rw [max_eq_right h, min_eq_left h, add_comm])
    fun h => by rw [max_eq_left h, min_eq_right h]

/-- The absolute value. -/
def abs (a : α) : α := max a (-a)
theorem abs_of_nonneg {a : α} (h : 0 ≤ a) : abs a = a := max_eq_left (neg_le_self h)
theorem abs_of_nonpos {a : α} (h : a ≤ 0) : abs a = -a := max_eq_right (le_trans h (neg_nonneg h))
theorem abs_nonneg (a : α) : 0 ≤ abs a :=
  (le_total 0 a).elim (fun h => le_trans h (le_max_left _ _)) fun h => le_trans (neg_nonneg h) (le_max_right _ _)
theorem le_abs_self (a : α) : a ≤ abs a := le_max_left a (-a)
theorem neg_le_abs_self (a : α) : -a ≤ abs a := le_max_right a (-a)
theorem abs_le {a b : α} (h₁ : a ≤ b) (h₂ : -a ≤ b) : abs a ≤ b := max_le h₁ h₂
theorem abs_neg (a : α) : abs (-a) = abs a := by
  show max (-a) (-(-a)) = max a (-a)
  rw [neg_neg, max_comm]
theorem abs_zero : abs (0 : α) = 0 := abs_of_nonneg (le_refl 0)
theorem abs_add_le (a b : α) : abs (a + b) ≤ abs a + abs b :=
  abs_le (add_le_add (le_abs_self a) (le_abs_self b)) (by
    rw [neg_add]
    exact add_le_add (neg_le_abs_self a) (neg_le_abs_self b))
theorem abs_mul (a b : α) : abs (a * b) = abs a * abs b := by
  refine (le_total 0 a).elim (fun ha => (le_total 0 b).elim (fun hb => ?_) fun hb => ?_)
    fun ha => (le_total 0 b).elim (fun hb => ?_) fun hb => ?_
  · rw [abs_of_nonneg (mul_nonneg ha hb), abs_of_nonneg ha, abs_of_nonneg hb]
  · rw [abs_of_nonpos (mul_nonpos ha hb), abs_of_nonneg ha, abs_of_nonpos hb, mul_neg]
  · rw [mul_comm a b, abs_of_nonpos (mul_nonpos hb ha), abs_of_nonpos ha, abs_of_nonneg hb, neg_mul, mul_comm]
  · rw [abs_of_nonneg (mul_nonneg_of_nonpos ha hb), abs_of_nonpos ha, abs_of_nonpos hb, neg_mul_neg]

/-! ## Positive and negative part -/

/-- `max a 0` -/
def positivePart (a : α) : α := max a 0
/-- `min a 0` -/
def negativePart (a : α) : α := min a 0
theorem positivePart_nonneg (a : α) : 0 ≤ positivePart a := le_max_right a 0
theorem negativePart_nonpos (a : α) : negativePart a ≤ 0 := min_le_right a 0
/-- A number is the sum of its parts. -/
theorem positivePart_add_negativePart (a : α) : positivePart a + negativePart a = a :=
  (max_add_min a 0).trans (add_zero a)
theorem positivePart_of_nonneg {a : α} (h : 0 ≤ a) : positivePart a = a := max_eq_left h
theorem positivePart_of_nonpos {a : α} (h : a ≤ 0) : positivePart a = 0 := max_eq_right h
theorem negativePart_of_nonneg {a : α} (h : 0 ≤ a) : negativePart a = 0 := min_eq_right h
theorem negativePart_of_nonpos {a : α} (h : a ≤ 0) : negativePart a = a := min_eq_left h
theorem abs_eq_parts (a : α) : abs a = positivePart a - negativePart a :=
  (le_total 0 a).elim
    (fun h => by rw [abs_of_nonneg h, positivePart_of_nonneg h, negativePart_of_nonneg h, sub_zero])
    fun h => by rw [abs_of_nonpos h, positivePart_of_nonpos h, negativePart_of_nonpos h, zero_sub]

end Verikit
end
