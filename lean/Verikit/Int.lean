prelude
import Verikit.OrderedRing
/-!
# The integers, an ordered ring

An integer is `ofNat n`, which is `n`, or `negSucc n`, which is `-(n + 1)`. The laws are proved through differences:
`Rep x a b` says that `x` is `a - b`; sums, products and the order are those of differences of natural numbers.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit

/-- The integers. -/
inductive Int
  | ofNat (n : Nat)
  | negSucc (n : Nat)

namespace Int

/-- `x` if it is positive, else zero. -/
def pos : Int → Nat
  | ofNat n => n
  | negSucc _ => 0
/-- `-x` if it is positive, else zero. -/
def neg' : Int → Nat
  | ofNat _ => 0
  | negSucc n => n + 1
/-- `a - b` -/
def diff : Nat → Nat → Int
  | a, 0 => ofNat a
  | 0, b + 1 => negSucc b
  | a + 1, b + 1 => diff a b
theorem diff_zero (a : Nat) : diff a 0 = ofNat a := by
  cases a with
  | zero => rfl
  | succ a => rfl
theorem diff_spec (a b : Nat) : pos (diff a b) + b = a + neg' (diff a b) := by
  induction a generalizing b with
  | zero =>
    cases b with
    | zero => rfl
    | succ b => rfl
  | succ a ih =>
    cases b with
    | zero => rfl
    | succ b => exact (congrArg Nat.succ (ih b)).trans (Nat.succ_add _ _).symm

/-- Integers with the same differences are equal. -/
theorem eq_of_parts {x y : Int} (h : pos x + neg' y = pos y + neg' x) : x = y := by
  cases x with
  | ofNat m =>
    cases y with
    | ofNat n => exact congrArg ofNat h
    | negSucc n => exact absurd (Nat.eq_zero_of_add_eq_zero_right (m := m) h) (Nat.succ_ne_zero n)
  | negSucc m =>
    cases y with
    | ofNat n => exact absurd (Nat.eq_zero_of_add_eq_zero_right (m := n) h.symm) (Nat.succ_ne_zero m)
    | negSucc n =>
      have h' : 0 + (n + 1) = 0 + (m + 1) := h
      exact congrArg negSucc (Nat.succ_inj (Nat.add_left_cancel h')).symm

/-- `x` is `a - b`. -/
def Rep (x : Int) (a b : Nat) : Prop := pos x + b = a + neg' x
theorem rep_self (x : Int) : Rep x (pos x) (neg' x) := rfl
theorem rep_diff (a b : Nat) : Rep (diff a b) a b := diff_spec a b
/-- Differences that are equal represent the same integer. -/
theorem Rep.congr {x : Int} {a b c d : Nat} (h : Rep x a b) (e : a + d = c + b) : Rep x c d := by
  refine Nat.add_right_cancel (n := b) ?_
  calc (pos x + d) + b = (pos x + b) + d := Nat.add_right_comm _ _ _
    _ = (a + neg' x) + d := congrArg (· + d) h
    _ = (a + d) + neg' x := Nat.add_right_comm _ _ _
    _ = (c + b) + neg' x := congrArg (· + neg' x) e
    _ = (c + neg' x) + b := Nat.add_right_comm _ _ _
/-- One difference represents one integer. -/
theorem Rep.unique {x y : Int} {a b : Nat} (hx : Rep x a b) (hy : Rep y a b) : x = y := by
  refine eq_of_parts (Nat.add_right_cancel (n := b + a) ?_)
  calc (pos x + neg' y) + (b + a) = (pos x + b) + (neg' y + a) := Nat.add_add_add_comm _ _ _ _
    _ = (a + neg' x) + (a + neg' y) := by rw [show pos x + b = a + neg' x from hx, Nat.add_comm (neg' y)]
    _ = (a + neg' x) + (pos y + b) := congrArg ((a + neg' x) + ·) hy.symm
    _ = (pos y + neg' x) + (b + a) := by
      rw [Nat.add_comm a (neg' x), Nat.add_add_add_comm, Nat.add_comm (neg' x) (pos y), Nat.add_comm a b]
theorem Rep.eq_iff {x y : Int} {a b c d : Nat} (hx : Rep x a b) (hy : Rep y c d) (e : a + d = c + b) : x = y :=
  (hx.congr e).unique hy

/-! ## Operations -/

protected def add (x y : Int) : Int := diff (pos x + pos y) (neg' x + neg' y)
protected def neg (x : Int) : Int := diff (neg' x) (pos x)
protected def mul (x y : Int) : Int :=
  diff (pos x * pos y + neg' x * neg' y) (pos x * neg' y + neg' x * pos y)
/-- `x ≤ y` if the difference is not negative. -/
protected def le (x y : Int) : Prop := pos x + neg' y ≤ pos y + neg' x
instance : Add Int := ⟨Int.add⟩
instance : Neg Int := ⟨Int.neg⟩
instance : Mul Int := ⟨Int.mul⟩
instance : Zero Int := ⟨ofNat 0⟩
instance : One Int := ⟨ofNat 1⟩
instance : LE Int := ⟨Int.le⟩

theorem rep_zero : Rep 0 0 0 := rfl
theorem rep_one : Rep 1 1 0 := rfl
theorem rep_ofNat (n : Nat) : Rep (ofNat n) n 0 := rfl
theorem Rep.add {x y : Int} {a b c d : Nat} (hx : Rep x a b) (hy : Rep y c d) : Rep (x + y) (a + c) (b + d) := by
  refine (rep_diff (pos x + pos y) (neg' x + neg' y)).congr ?_
  rw [Nat.add_add_add_comm, show pos x + b = a + neg' x from hx, show pos y + d = c + neg' y from hy,
    Nat.add_add_add_comm]
theorem Rep.neg {x : Int} {a b : Nat} (hx : Rep x a b) : Rep (-x) b a := by
  refine (rep_diff (neg' x) (pos x)).congr ?_
  rw [Nat.add_comm, ← show pos x + b = a + neg' x from hx, Nat.add_comm]
/-- Replacing one factor by an equal difference. -/
theorem mul_shift {p q a b r s : Nat} (h : p + b = a + q) :
    (p * r + q * s) + (a * s + b * r) = (a * r + b * s) + (p * s + q * r) := by
  rw [Nat.add_comm (a * s), Nat.add_add_add_comm, ← Nat.add_mul, ← Nat.add_mul, h, Nat.add_comm q a, ← h]
  rw [Nat.add_comm (p * s), Nat.add_add_add_comm, ← Nat.add_mul, ← Nat.add_mul, Nat.add_comm b p, h]
theorem Rep.mul {x y : Int} {a b c d : Nat} (hx : Rep x a b) (hy : Rep y c d) :
    Rep (x * y) (a * c + b * d) (a * d + b * c) := by
  have h₁ : Rep (x * y) (a * pos y + b * neg' y) (a * neg' y + b * pos y) :=
    (rep_diff _ _).congr (mul_shift hx)
  refine h₁.congr ?_
  have h₂ := mul_shift (r := a) (s := b) hy
  rw [Nat.mul_comm a (pos y), Nat.mul_comm b (neg' y), Nat.mul_comm a d, Nat.mul_comm b c, Nat.add_comm (d * a)]
  rw [Nat.mul_comm a c, Nat.mul_comm b d, Nat.mul_comm a (neg' y), Nat.mul_comm b (pos y), Nat.add_comm (neg' y * a)]
  exact h₂

/-! ## Laws -/

protected theorem add_comm (x y : Int) : x + y = y + x :=
  ((rep_self x).add (rep_self y)).unique (by
    rw [Nat.add_comm (pos x), Nat.add_comm (neg' x)]
    exact (rep_self y).add (rep_self x))
protected theorem add_assoc (x y z : Int) : (x + y) + z = x + (y + z) :=
  (((rep_self x).add (rep_self y)).add (rep_self z)).unique (by
    rw [Nat.add_assoc, Nat.add_assoc]
    exact (rep_self x).add ((rep_self y).add (rep_self z)))
protected theorem add_zero (x : Int) : x + 0 = x := ((rep_self x).add rep_zero).unique (rep_self x)
protected theorem add_neg (x : Int) : x + -x = 0 :=
  ((rep_self x).add (rep_self x).neg).eq_iff rep_zero (by rw [Nat.add_zero, Nat.zero_add, Nat.add_comm])
protected theorem mul_comm (x y : Int) : x * y = y * x :=
  ((rep_self x).mul (rep_self y)).unique (by
    rw [Nat.mul_comm (pos x), Nat.mul_comm (neg' x), Nat.mul_comm (pos x), Nat.mul_comm (neg' x),
      Nat.add_comm (neg' y * pos x)]
    exact (rep_self y).mul (rep_self x))
protected theorem mul_one (x : Int) : x * 1 = x :=
  ((rep_self x).mul rep_one).unique (by
    rw [Nat.mul_one, Nat.mul_zero, Nat.mul_one, Nat.mul_zero, Nat.add_zero, Nat.zero_add]
    exact rep_self x)
protected theorem mul_add (x y z : Int) : x * (y + z) = x * y + x * z :=
  ((rep_self x).mul ((rep_self y).add (rep_self z))).unique (by
    rw [Nat.mul_add, Nat.mul_add, Nat.mul_add, Nat.mul_add, Nat.add_add_add_comm (pos x * pos y),
      Nat.add_add_add_comm (pos x * neg' y)]
    exact ((rep_self x).mul (rep_self y)).add ((rep_self x).mul (rep_self z)))
/-- `(ac + bd) e + (ad + bc) f` and `a (ce + df) + b (cf + de)` are one. -/
theorem mul_assoc_parts (a b c d e f : Nat) :
    (a * c + b * d) * e + (a * d + b * c) * f = a * (c * e + d * f) + b * (c * f + d * e) := by
  rw [Nat.add_mul, Nat.add_mul, Nat.mul_add, Nat.mul_add, Nat.mul_assoc, Nat.mul_assoc, Nat.mul_assoc, Nat.mul_assoc]
  rw [Nat.add_comm (b * (c * f)), Nat.add_add_add_comm]
protected theorem mul_assoc (x y z : Int) : (x * y) * z = x * (y * z) :=
  (((rep_self x).mul (rep_self y)).mul (rep_self z)).unique (by
    rw [mul_assoc_parts, mul_assoc_parts]
    exact (rep_self x).mul ((rep_self y).mul (rep_self z)))

/-! ## Order -/

theorem Rep.le_iff {x y : Int} {a b c d : Nat} (hx : Rep x a b) (hy : Rep y c d) : x ≤ y ↔ a + d ≤ c + b := by
  have e : (pos x + neg' y) + (b + d) = (a + d) + (neg' x + neg' y) := by
    calc (pos x + neg' y) + (b + d) = (pos x + b) + (d + neg' y) := by
          rw [Nat.add_add_add_comm, Nat.add_comm (neg' y) d]
      _ = (a + neg' x) + (d + neg' y) := congrArg (· + (d + neg' y)) hx
      _ = (a + d) + (neg' x + neg' y) := Nat.add_add_add_comm _ _ _ _
  have f : (pos y + neg' x) + (b + d) = (c + b) + (neg' x + neg' y) := by
    calc (pos y + neg' x) + (b + d) = (pos y + d) + (neg' x + b) := by
          rw [Nat.add_comm b d, Nat.add_add_add_comm]
      _ = (c + neg' y) + (neg' x + b) := congrArg (· + (neg' x + b)) hy
      _ = (c + b) + (neg' x + neg' y) := by
        rw [Nat.add_comm (neg' x) b, Nat.add_add_add_comm, Nat.add_comm (neg' y) (neg' x)]
  constructor
  · intro h
    have h' := Nat.add_le_add_right h (b + d)
    rw [e, f] at h'
    exact Nat.le_of_add_le_add_right h'
  · intro h
    have h' := Nat.add_le_add_right h (neg' x + neg' y)
    rw [← e, ← f] at h'
    exact Nat.le_of_add_le_add_right h'
protected theorem le_refl (x : Int) : x ≤ x := Nat.le_refl _
protected theorem le_total (x y : Int) : x ≤ y ∨ y ≤ x := Nat.le_total _ _
protected theorem le_antisymm {x y : Int} (h₁ : x ≤ y) (h₂ : y ≤ x) : x = y := eq_of_parts (Nat.le_antisymm h₁ h₂)
protected theorem le_trans {x y z : Int} (h₁ : x ≤ y) (h₂ : y ≤ z) : x ≤ z := by
  refine Nat.le_of_add_le_add_right (k := pos y + neg' y) ?_
  have h : (pos x + neg' y) + (pos y + neg' z) ≤ (pos y + neg' x) + (pos z + neg' y) := Nat.add_le_add h₁ h₂
  refine Nat.le_trans (Nat.le_of_eq ?_) (Nat.le_trans h (Nat.le_of_eq ?_))
  · rw [Nat.add_comm (pos y) (neg' y), Nat.add_add_add_comm, Nat.add_comm (neg' z) (pos y)]
  · rw [Nat.add_comm (pos y) (neg' x), Nat.add_add_add_comm, Nat.add_comm (neg' x) (pos z)]
protected theorem add_le_add_left {x y : Int} (h : x ≤ y) (z : Int) : z + x ≤ z + y := by
  refine (((rep_self z).add (rep_self x)).le_iff ((rep_self z).add (rep_self y))).mpr ?_
  have h₀ : pos x + neg' y ≤ pos y + neg' x := h
  refine Nat.le_trans (Nat.le_of_eq ?_) (Nat.le_trans (Nat.add_le_add_left h₀ (pos z + neg' z)) (Nat.le_of_eq ?_))
  · exact Nat.add_add_add_comm _ _ _ _
  · exact Nat.add_add_add_comm _ _ _ _
theorem exists_nat_of_nonneg {x : Int} (h : 0 ≤ x) : ∃ n, x = ofNat n := by
  cases x with
  | ofNat n => exact ⟨n, rfl⟩
  | negSucc n =>
    have h' : 0 + (n + 1) ≤ 0 + 0 := h
    rw [Nat.zero_add] at h'
    exact absurd h' (Nat.not_succ_le_zero n)
theorem ofNat_nonneg (n : Nat) : 0 ≤ ofNat n := Nat.zero_le _
theorem ofNat_mul (m n : Nat) : ofNat m * ofNat n = ofNat (m * n) :=
  ((rep_ofNat m).mul (rep_ofNat n)).unique (by
    rw [Nat.mul_zero, Nat.mul_zero, Nat.zero_mul, Nat.add_zero]
    exact rep_ofNat (m * n))
theorem ofNat_add (m n : Nat) : ofNat m + ofNat n = ofNat (m + n) :=
  ((rep_ofNat m).add (rep_ofNat n)).unique (rep_ofNat (m + n))
theorem ofNat_le {m n : Nat} : ofNat m ≤ ofNat n ↔ m ≤ n := (rep_ofNat m).le_iff (rep_ofNat n)
theorem ofNat_inj {m n : Nat} (h : ofNat m = ofNat n) : m = n := congrArg pos h
protected theorem mul_nonneg {x y : Int} (hx : 0 ≤ x) (hy : 0 ≤ y) : 0 ≤ x * y := by
  cases exists_nat_of_nonneg hx with
  | intro m hm =>
    cases exists_nat_of_nonneg hy with
    | intro n hn =>
      rw [hm, hn, ofNat_mul]
      exact ofNat_nonneg _
instance decEq (x y : Int) : Decidable (x = y) :=
  match x, y with
  | ofNat m, ofNat n => decidable_of_iff (m = n) ⟨fun h => congrArg ofNat h, ofNat_inj⟩
  | negSucc m, negSucc n => decidable_of_iff (m = n) ⟨fun h => congrArg negSucc h, fun h => by injection h⟩
  | ofNat _, negSucc _ => isFalse fun h => nomatch h
  | negSucc _, ofNat _ => isFalse fun h => nomatch h

/-- **The integers are an ordered ring**, so that everything about bounds holds for them. -/
instance orderedRing : OrderedRing Int where
  add_assoc := Int.add_assoc
  add_comm := Int.add_comm
  add_zero := Int.add_zero
  add_neg := Int.add_neg
  mul_assoc := Int.mul_assoc
  mul_comm := Int.mul_comm
  mul_one := Int.mul_one
  mul_add := Int.mul_add
  le_refl := Int.le_refl
  le_trans := Int.le_trans
  le_antisymm := Int.le_antisymm
  le_total := Int.le_total
  add_le_add_left := Int.add_le_add_left
  mul_nonneg := Int.mul_nonneg
  decLe _ _ := Nat.decLe _ _


/-- In the integers a positive factor may be cancelled. -/
theorem le_of_mul_le_mul_left {k x y : Int} (hk : 0 < k) (h : k * x ≤ k * y) : x ≤ y := by
  refine Decidable.of_not_not fun n => ?_
  have hxy : y ≤ x := (Int.le_total x y).resolve_left n
  cases exists_nat_of_nonneg (sub_nonneg hxy) with
  | intro d hd =>
    cases exists_nat_of_nonneg (le_of_lt hk) with
    | intro m hm =>
      have prod : k * (x - y) ≤ 0 := by
        rw [mul_sub]
        exact sub_nonpos h
      rw [hd, hm, ofNat_mul] at prod
      have zero : m * d = 0 := Nat.eq_zero_of_le_zero (ofNat_le.mp prod)
      cases Nat.mul_eq_zero zero with
      | inl e => exact hk (le_of_eq (hm.trans (congrArg ofNat e)))
      | inr e => exact n (le_of_eq (eq_of_sub_eq_zero (hd.trans (congrArg ofNat e))))

end Int
end Verikit
end
