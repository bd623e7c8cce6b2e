prelude
import Verikit.OrderedRing
/-!
# Interval arithmetic

An interval is a pair of bounds. Each operation on intervals is sound: it contains what the operation on numbers gives
for all numbers in the intervals. Each is also monotone for inclusion: larger intervals have larger results. This is
what allows rounding outwards, and splitting a region into smaller ones.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit

/-- A lower and an upper bound. -/
structure Interval (α : Type u) where
  lower : α
  upper : α

variable {α : Type u} [OrderedRing α]
namespace Interval

/-- `x ∈ I`: `x` lies between the bounds. -/
protected def Contains (I : Interval α) (x : α) : Prop := I.lower ≤ x ∧ x ≤ I.upper
instance : Membership α (Interval α) := ⟨Interval.Contains⟩
/-- `I ≤ J`: the interval `I` lies within `J`. -/
protected def Within (I J : Interval α) : Prop := J.lower ≤ I.lower ∧ I.upper ≤ J.upper
instance : LE (Interval α) := ⟨Interval.Within⟩

theorem mem_iff {x : α} {I : Interval α} : x ∈ I ↔ I.lower ≤ x ∧ x ≤ I.upper := Iff.rfl
/-- An interval is its two bounds. -/
theorem eta (I : Interval α) : Interval.mk I.lower I.upper = I := rfl
theorem ext {I J : Interval α} (hl : I.lower = J.lower) (hu : I.upper = J.upper) : I = J := by
  cases I
  cases J
  cases hl
  cases hu
  rfl
theorem within_refl (I : Interval α) : I ≤ I := ⟨le_refl _, le_refl _⟩
theorem within_trans {I J K : Interval α} (h₁ : I ≤ J) (h₂ : J ≤ K) : I ≤ K :=
  ⟨le_trans h₂.left h₁.left, le_trans h₁.right h₂.right⟩
theorem within_antisymm {I J : Interval α} (h₁ : I ≤ J) (h₂ : J ≤ I) : I = J :=
  ext (le_antisymm h₂.left h₁.left) (le_antisymm h₁.right h₂.right)
/-- Rounding outwards is sound: what lies in an interval lies in every interval around it. -/
theorem mem_of_within {x : α} {I J : Interval α} (hx : x ∈ I) (h : I ≤ J) : x ∈ J :=
  ⟨le_trans h.left hx.left, le_trans hx.right h.right⟩
theorem lower_le_upper_of_mem {x : α} {I : Interval α} (h : x ∈ I) : I.lower ≤ I.upper := le_trans h.left h.right
theorem within_iff_forall_mem {I J : Interval α} (h : I.lower ≤ I.upper) : I ≤ J ↔ ∀ x, x ∈ I → x ∈ J :=
  ⟨fun hw x hx => mem_of_within hx hw,
   fun hm => ⟨(hm I.lower ⟨le_refl _, h⟩).left, (hm I.upper ⟨h, le_refl _⟩).right⟩⟩
instance decMem (x : α) (I : Interval α) : Decidable (x ∈ I) :=
  decidable_of_iff (I.lower ≤ x ∧ x ≤ I.upper) mem_iff.symm

/-- The interval with one element. -/
def point (x : α) : Interval α := ⟨x, x⟩
theorem mem_point (x : α) : x ∈ point x := ⟨le_refl x, le_refl x⟩
theorem eq_of_mem_point {x y : α} (h : x ∈ point y) : x = y := le_antisymm h.right h.left
theorem point_within {x : α} {I : Interval α} (h : x ∈ I) : point x ≤ I := ⟨h.left, h.right⟩

/-! ## Sum, negation, difference -/

/-- `[l, u] + [l', u'] = [l + l', u + u']` -/
protected def add (I J : Interval α) : Interval α := ⟨I.lower + J.lower, I.upper + J.upper⟩
instance : Add (Interval α) := ⟨Interval.add⟩
/-- Addition of intervals is sound. -/
theorem add_sound {x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : x + y ∈ I + J :=
  ⟨add_le_add hx.left hy.left, add_le_add hx.right hy.right⟩
theorem add_mono {I I' J J' : Interval α} (h : I ≤ I') (h' : J ≤ J') : I + J ≤ I' + J' :=
  ⟨add_le_add h.left h'.left, add_le_add h.right h'.right⟩
protected theorem add_comm (I J : Interval α) : I + J = J + I := ext (add_comm _ _) (add_comm _ _)
protected theorem add_assoc (I J K : Interval α) : (I + J) + K = I + (J + K) := ext (add_assoc _ _ _) (add_assoc _ _ _)
/-- The bounds of a sum are reached, so that they cannot be better. -/
theorem add_tight {I J : Interval α} (hI : I.lower ≤ I.upper) (hJ : J.lower ≤ J.upper) :
    (∃ x, ∃ y, x ∈ I ∧ y ∈ J ∧ x + y = (I + J).lower) ∧ (∃ x, ∃ y, x ∈ I ∧ y ∈ J ∧ x + y = (I + J).upper) :=
  ⟨⟨I.lower, J.lower, ⟨le_refl _, hI⟩, ⟨le_refl _, hJ⟩, rfl⟩, ⟨I.upper, J.upper, ⟨hI, le_refl _⟩, ⟨hJ, le_refl _⟩, rfl⟩⟩

/-- `-[l, u] = [-u, -l]` -/
protected def neg (I : Interval α) : Interval α := ⟨-I.upper, -I.lower⟩
instance : Neg (Interval α) := ⟨Interval.neg⟩
/-- Negation of intervals is sound. -/
theorem neg_sound {x : α} {I : Interval α} (h : x ∈ I) : -x ∈ -I := ⟨neg_le_neg h.right, neg_le_neg h.left⟩
theorem neg_mono {I J : Interval α} (h : I ≤ J) : -I ≤ -J := ⟨neg_le_neg h.right, neg_le_neg h.left⟩
protected theorem neg_neg (I : Interval α) : -(-I) = I := ext (neg_neg _) (neg_neg _)

/-- `[l, u] - [l', u'] = [l - u', u - l']` -/
protected def sub (I J : Interval α) : Interval α := ⟨I.lower - J.upper, I.upper - J.lower⟩
instance : Sub (Interval α) := ⟨Interval.sub⟩
/-- Subtraction of intervals is sound. -/
theorem sub_sound {x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : x - y ∈ I - J :=
  ⟨sub_le_sub hx.left hy.right, sub_le_sub hx.right hy.left⟩
theorem sub_eq_add_neg (I J : Interval α) : I - J = I + -J := rfl
theorem sub_mono {I I' J J' : Interval α} (h : I ≤ I') (h' : J ≤ J') : I - J ≤ I' - J' :=
  add_mono h (neg_mono h')

/-! ## Products -/

/-- Between two numbers, times `y`: between the two products. -/
theorem mul_between {l u x y : α} (hl : l ≤ x) (hu : x ≤ u) :
    min (l * y) (u * y) ≤ x * y ∧ x * y ≤ max (l * y) (u * y) :=
  (le_total 0 y).elim
    (fun hy => ⟨le_trans (min_le_left _ _) (mul_le_mul_of_nonneg_right hl hy),
      le_trans (mul_le_mul_of_nonneg_right hu hy) (le_max_right _ _)⟩)
    (fun hy => ⟨le_trans (min_le_right _ _) (mul_le_mul_of_nonpos_right hu hy),
      le_trans (mul_le_mul_of_nonpos_right hl hy) (le_max_left _ _)⟩)

/-- The least and the greatest of the four products of bounds. -/
protected def mul (I J : Interval α) : Interval α :=
  ⟨min (min (I.lower * J.lower) (I.lower * J.upper)) (min (I.upper * J.lower) (I.upper * J.upper)),
   max (max (I.lower * J.lower) (I.lower * J.upper)) (max (I.upper * J.lower) (I.upper * J.upper))⟩
instance : Mul (Interval α) := ⟨Interval.mul⟩
/-- Multiplication of intervals is sound. -/
theorem mul_sound {x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : x * y ∈ I * J := by
  have outer := mul_between (y := y) hx.left hx.right
  have low : ∀ a : α, min (a * J.lower) (a * J.upper) ≤ a * y ∧ a * y ≤ max (a * J.lower) (a * J.upper) := fun a => by
    rw [mul_comm a, mul_comm a, mul_comm a]
    exact mul_between hy.left hy.right
  exact ⟨le_trans (min_le_min (low I.lower).left (low I.upper).left) outer.left,
    le_trans outer.right (max_le_max (low I.lower).right (low I.upper).right)⟩
theorem mul_point (c d : α) : point c * point d = point (c * d) :=
  ext ((congrArg (min · _) (min_self _)).trans ((congrArg (min _) (min_self _)).trans (min_self _)))
    ((congrArg (max · _) (max_self _)).trans ((congrArg (max _) (max_self _)).trans (max_self _)))

/-- A constant times an interval: the bounds change places when the constant is negative. -/
def scale (c : α) (I : Interval α) : Interval α :=
  ⟨positivePart c * I.lower + negativePart c * I.upper, positivePart c * I.upper + negativePart c * I.lower⟩
/-- Scaling is sound: `c⁺ l + c⁻ u ≤ c x ≤ c⁺ u + c⁻ l`. -/
theorem scale_sound (c : α) {x : α} {I : Interval α} (h : x ∈ I) : c * x ∈ scale c I := by
  have split : c * x = positivePart c * x + negativePart c * x := by
    rw [← add_mul, positivePart_add_negativePart]
  rw [split]
  exact ⟨add_le_add (mul_le_mul_of_nonneg_left h.left (positivePart_nonneg c))
      (mul_le_mul_of_nonpos_left h.right (negativePart_nonpos c)),
    add_le_add (mul_le_mul_of_nonneg_left h.right (positivePart_nonneg c))
      (mul_le_mul_of_nonpos_left h.left (negativePart_nonpos c))⟩
theorem scale_mono (c : α) {I J : Interval α} (h : I ≤ J) : scale c I ≤ scale c J :=
  ⟨add_le_add (mul_le_mul_of_nonneg_left h.left (positivePart_nonneg c))
      (mul_le_mul_of_nonpos_left h.right (negativePart_nonpos c)),
   add_le_add (mul_le_mul_of_nonneg_left h.right (positivePart_nonneg c))
      (mul_le_mul_of_nonpos_left h.left (negativePart_nonpos c))⟩
theorem scale_of_nonneg {c : α} (h : 0 ≤ c) (I : Interval α) : scale c I = ⟨c * I.lower, c * I.upper⟩ := by
  refine ext ?_ ?_
  · show positivePart c * I.lower + negativePart c * I.upper = c * I.lower
    rw [positivePart_of_nonneg h, negativePart_of_nonneg h, zero_mul, add_zero]
  · show positivePart c * I.upper + negativePart c * I.lower = c * I.upper
    rw [positivePart_of_nonneg h, negativePart_of_nonneg h, zero_mul, add_zero]
theorem scale_of_nonpos {c : α} (h : c ≤ 0) (I : Interval α) : scale c I = ⟨c * I.upper, c * I.lower⟩ := by
  refine ext ?_ ?_
  · show positivePart c * I.lower + negativePart c * I.upper = c * I.upper
    rw [positivePart_of_nonpos h, negativePart_of_nonpos h, zero_mul, zero_add]
  · show positivePart c * I.upper + negativePart c * I.lower = c * I.lower
    rw [positivePart_of_nonpos h, negativePart_of_nonpos h, zero_mul, zero_add]

/-! ## Monotone functions, maximum, ReLU, absolute value -/

/-- A function at both bounds. -/
def map (f : α → α) (I : Interval α) : Interval α := ⟨f I.lower, f I.upper⟩
/-- A monotone function maps intervals soundly by its values at the bounds. -/
theorem map_sound {f : α → α} (mono : ∀ a b, a ≤ b → f a ≤ f b) {x : α} {I : Interval α} (h : x ∈ I) : f x ∈ map f I :=
  ⟨mono _ _ h.left, mono _ _ h.right⟩
theorem map_mono {f : α → α} (mono : ∀ a b, a ≤ b → f a ≤ f b) {I J : Interval α} (h : I ≤ J) : map f I ≤ map f J :=
  ⟨mono _ _ h.left, mono _ _ h.right⟩
/-- The maximum of two intervals. -/
def sup (I J : Interval α) : Interval α := ⟨max I.lower J.lower, max I.upper J.upper⟩
/-- Maximum (as in max pooling) is sound. -/
theorem sup_sound {x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : max x y ∈ sup I J :=
  ⟨max_le_max hx.left hy.left, max_le_max hx.right hy.right⟩
/-- The minimum of two intervals. -/
def inf (I J : Interval α) : Interval α := ⟨min I.lower J.lower, min I.upper J.upper⟩
theorem inf_sound {x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : min x y ∈ inf I J :=
  ⟨min_le_min hx.left hy.left, min_le_min hx.right hy.right⟩

/-- The rectified linear unit: `max x 0`. -/
def relu (x : α) : α := max x 0
theorem relu_nonneg (x : α) : 0 ≤ relu x := le_max_right x 0
theorem le_relu (x : α) : x ≤ relu x := le_max_left x 0
theorem relu_of_nonneg {x : α} (h : 0 ≤ x) : relu x = x := max_eq_left h
theorem relu_of_nonpos {x : α} (h : x ≤ 0) : relu x = 0 := max_eq_right h
theorem relu_mono {a b : α} (h : a ≤ b) : relu a ≤ relu b := max_le_max h (le_refl 0)
theorem relu_relu (x : α) : relu (relu x) = relu x := relu_of_nonneg (relu_nonneg x)
/-- The ReLU step: `[relu l, relu u]`. -/
def reluStep (I : Interval α) : Interval α := map relu I
/-- The ReLU step is sound. -/
theorem reluStep_sound {x : α} {I : Interval α} (h : x ∈ I) : relu x ∈ reluStep I := map_sound (fun _ _ => relu_mono) h
theorem reluStep_mono {I J : Interval α} (h : I ≤ J) : reluStep I ≤ reluStep J := map_mono (fun _ _ => relu_mono) h
/-- A ReLU that is always on changes nothing. -/
theorem reluStep_of_lower_nonneg {I : Interval α} (h : 0 ≤ I.lower) (h' : I.lower ≤ I.upper) : reluStep I = I :=
  ext (relu_of_nonneg h) (relu_of_nonneg (le_trans h h'))
/-- A ReLU that is always off gives zero. -/
theorem reluStep_of_upper_nonpos {I : Interval α} (h : I.upper ≤ 0) (h' : I.lower ≤ I.upper) : reluStep I = point 0 :=
  ext (relu_of_nonpos (le_trans h' h)) (relu_of_nonpos h)
/-- `[max 0 (max l (-u)), max (-l) u]` holds the absolute values. -/
def absStep (I : Interval α) : Interval α := ⟨max 0 (max I.lower (-I.upper)), max (-I.lower) I.upper⟩
theorem absStep_sound {x : α} {I : Interval α} (h : x ∈ I) : abs x ∈ absStep I :=
  ⟨max_le (abs_nonneg x) (max_le (le_trans h.left (le_abs_self x)) (le_trans (neg_le_neg h.right) (neg_le_abs_self x))),
   abs_le (le_trans h.right (le_max_right _ _)) (le_trans (neg_le_neg h.left) (le_max_left _ _))⟩

/-! ## Hull and meet -/

/-- The least interval around two. -/
def hull (I J : Interval α) : Interval α := ⟨min I.lower J.lower, max I.upper J.upper⟩
theorem within_hull_left (I J : Interval α) : I ≤ hull I J := ⟨min_le_left _ _, le_max_left _ _⟩
theorem within_hull_right (I J : Interval α) : J ≤ hull I J := ⟨min_le_right _ _, le_max_right _ _⟩
theorem hull_least {I J K : Interval α} (h₁ : I ≤ K) (h₂ : J ≤ K) : hull I J ≤ K :=
  ⟨le_min h₁.left h₂.left, max_le h₁.right h₂.right⟩
/-- What two intervals have in common. -/
def meet (I J : Interval α) : Interval α := ⟨max I.lower J.lower, min I.upper J.upper⟩
/-- Two sound bounds may be combined: the better of each side is sound. -/
theorem meet_sound {x : α} {I J : Interval α} (h₁ : x ∈ I) (h₂ : x ∈ J) : x ∈ meet I J :=
  ⟨max_le h₁.left h₂.left, le_min h₁.right h₂.right⟩
/-- An interval cut at `m`: every element is in one of the two parts. -/
theorem mem_split {x m : α} {I : Interval α} (h : x ∈ I) : x ∈ Interval.mk I.lower m ∨ x ∈ Interval.mk m I.upper :=
  (le_total x m).imp (fun hm => ⟨h.left, hm⟩) fun hm => ⟨hm, h.right⟩

/-! ## Center and radius -/

/-- `x` is at most `r` away from `c`. -/
def Near (c r x : α) : Prop := abs (x - c) ≤ r
/-- Center and radius describe the interval `[c - r, c + r]`. -/
theorem near_iff_mem {c r x : α} : Near c r x ↔ x ∈ Interval.mk (c - r) (c + r) := by
  have up : x - c ≤ r ↔ x ≤ c + r := by
    refine ⟨fun h => ?_, fun h => ?_⟩
    · have h' := add_le_add_right h c
      rw [sub_add_cancel, add_comm r] at h'
      exact h'
    · have h' := add_le_add_right h (-c)
      rw [add_comm c, add_neg_cancel_right] at h'
      exact h'
  have down : -(x - c) ≤ r ↔ c - r ≤ x := by
    rw [neg_sub]
    refine ⟨fun h => ?_, fun h => ?_⟩
    · have h' := add_le_add_right h (x - r)
      rw [add_comm r, sub_add_cancel, sub_add_sub_cancel] at h'
      exact h'
    · have h' := add_le_add_right h (r - x)
      rw [sub_add_sub_cancel, add_comm x, sub_add_cancel] at h'
      exact h'
  exact ⟨fun h => ⟨down.mp (le_trans (neg_le_abs_self _) h), up.mp (le_trans (le_abs_self _) h)⟩,
    fun h => abs_le (up.mpr h.right) (down.mpr h.left)⟩
/-- Scaling by center and radius: `c x` is near `c m` with radius `|c| r`. -/
theorem near_scale (c : α) {m r x : α} (h : Near m r x) : Near (c * m) (abs c * r) (c * x) := by
  show abs (c * x - c * m) ≤ _
  rw [← mul_sub, abs_mul]
  exact mul_le_mul_of_nonneg_left h (abs_nonneg c)
theorem near_add {m r x m' r' x' : α} (h : Near m r x) (h' : Near m' r' x') : Near (m + m') (r + r') (x + x') := by
  show abs ((x + x') - (m + m')) ≤ _
  rw [add_sub_add_comm]
  exact le_trans (abs_add_le _ _) (add_le_add h h')
/-- Both ways of scaling give the same interval. -/
theorem scale_center_radius (c m r : α) :
    scale c ⟨m - r, m + r⟩ = ⟨c * m - abs c * r, c * m + abs c * r⟩ := by
  refine (le_total 0 c).elim (fun h => ?_) fun h => ?_
  · rw [scale_of_nonneg h, abs_of_nonneg h]
    exact ext (mul_sub c m r) (mul_add c m r)
  · rw [scale_of_nonpos h, abs_of_nonpos h, neg_mul]
    refine ext ?_ ?_
    · show c * (m + r) = c * m - -(c * r)
      rw [mul_add, Verikit.sub_eq_add_neg, neg_neg]
    · show c * (m - r) = c * m + -(c * r)
      rw [mul_sub, Verikit.sub_eq_add_neg]

end Interval
end Verikit
end
