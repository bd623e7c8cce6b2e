prelude
import Verikit.Bounds.Network
/-!
# Linear relaxations of ReLU, and bounds carried backwards

A ReLU with input between `l` and `u` lies below a line and above lines. With these, a linear bound of a network's
output can be carried back through the layers to its input, and evaluated there over the box. The theorem
`crown_sound` says that the result bounds the output. All is stated without division, for any ordered ring.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit
open Interval
variable {α : Type u} [OrderedRing α]

/-! ## One ReLU -/

/-- **The upper line of an unstable ReLU**: `(u - l) relu x ≤ u (x - l)`, which is `relu x ≤ u/(u-l) (x - l)`. -/
theorem relu_upper {l u x : α} (hl : l ≤ 0) (hu : 0 ≤ u) (h₁ : l ≤ x) (h₂ : x ≤ u) :
    (u - l) * relu x ≤ u * (x - l) := by
  refine (le_total 0 x).elim (fun hx => ?_) fun hx => ?_
  · have h := mul_nonneg_of_nonpos hl (sub_nonpos h₂)
    rw [relu_of_nonneg hx]
    refine le_of_sub_nonneg (le_trans h (le_of_eq ?_))
    rw [mul_sub, mul_sub, sub_mul, Verikit.sub_eq_add_neg (u * x - u * l), neg_sub]
    rw [add_comm (u * x - u * l), sub_add_sub_cancel, mul_comm u l]
  · rw [relu_of_nonpos hx, mul_zero]
    exact mul_nonneg hu (sub_nonneg h₁)
/-- **The lower lines of a ReLU**: `λ x ≤ relu x` for `0 ≤ λ ≤ 1`. -/
theorem relu_lower {s : α} (h₀ : 0 ≤ s) (h₁ : s ≤ 1) (x : α) : s * x ≤ relu x := by
  refine (le_total 0 x).elim (fun hx => ?_) fun hx => ?_
  · rw [relu_of_nonneg hx]
    have h := mul_le_mul_of_nonneg_right h₁ hx
    rw [one_mul] at h
    exact h
  · rw [relu_of_nonpos hx]
    exact mul_nonpos h₀ hx
/-- The upper line with a slope that has been divided out: if `s (u - l) = u` then `relu x ≤ s (x - l)`,
in a ring where a positive factor may be cancelled. -/
theorem relu_upper_slope {l u x s : α} (cancel : ∀ a b : α, (u - l) * a ≤ (u - l) * b → a ≤ b) (hl : l ≤ 0)
    (hu : 0 ≤ u) (hs : s * (u - l) = u) (h₁ : l ≤ x) (h₂ : x ≤ u) : relu x ≤ s * (x - l) := by
  have h := relu_upper hl hu h₁ h₂
  have e : u * (x - l) = (u - l) * (s * (x - l)) := by
    rw [← mul_assoc, mul_comm (u - l) s, hs]
  exact cancel _ _ (le_trans h (le_of_eq e))
/-- **Any line above both ends is above the ReLU between them**, however its slope was rounded. -/
theorem relu_le_line {l u x s t : α} (hl : relu l ≤ s * l + t) (hu : relu u ≤ s * u + t) (h₁ : l ≤ x) (h₂ : x ≤ u) :
    relu x ≤ s * x + t := by
  refine max_le ?_ ?_
  · refine (le_total s 1).elim (fun hs => ?_) fun hs => ?_
    · have h := add_le_add (mul_le_mul_of_nonneg_left h₂ (sub_nonneg hs)) (le_trans (le_relu u) hu)
      rw [sub_mul, sub_mul, one_mul, one_mul] at h
      exact shift h
    · have h := add_le_add (mul_le_mul_of_nonpos_left h₁ (sub_nonpos hs)) (le_trans (le_relu l) hl)
      rw [sub_mul, sub_mul, one_mul, one_mul] at h
      exact shift h
  · refine (le_total 0 s).elim (fun hs => ?_) fun hs => ?_
    · exact le_trans (relu_nonneg l) (le_trans hl (add_le_add_right (mul_le_mul_of_nonneg_left h₁ hs) t))
    · exact le_trans (relu_nonneg u) (le_trans hu (add_le_add_right (mul_le_mul_of_nonpos_left h₂ hs) t))
where
  shift {x y p q t : α} (h : (x - p) + y ≤ (y - q) + (q + t)) : x ≤ p + t := by
    have h' := add_le_add_left h (p - y)
    rw [← add_assoc, ← add_assoc, add_comm (p - y), sub_add_sub_cancel, sub_add_cancel, sub_add_sub_cancel] at h'
    rw [← add_assoc, sub_add_cancel] at h'
    exact h'

/-! ## Lines as certificates -/

/-- `slope x + offset` -/
structure Line (α : Type u) where
  slope : α
  offset : α
/-- The value of a line. -/
def Line.eval (line : Line α) (x : α) : α := line.slope * x + line.offset
/-- A lower and an upper line for one ReLU. -/
structure Relaxation (α : Type u) where
  below : Line α
  above : Line α
/-- The lines enclose the ReLU over the interval. -/
def Relaxation.Valid (r : Relaxation α) (I : Interval α) : Prop :=
  ∀ x, x ∈ I → r.below.eval x ≤ relu x ∧ relu x ≤ r.above.eval x
/-- **What a checker must look at**: slope between 0 and 1 and offset `≤ 0` below; both ends above. -/
theorem Relaxation.valid_of_ends {r : Relaxation α} {I : Interval α} (h₀ : 0 ≤ r.below.slope) (h₁ : r.below.slope ≤ 1)
    (ho : r.below.offset ≤ 0) (hl : relu I.lower ≤ r.above.eval I.lower) (hu : relu I.upper ≤ r.above.eval I.upper) :
    r.Valid I := fun x hx => by
  refine ⟨?_, relu_le_line hl hu hx.left hx.right⟩
  have h := add_le_add (relu_lower h₀ h₁ x) ho
  rw [add_zero] at h
  exact h
/-- An active ReLU is the identity. -/
theorem Relaxation.valid_active {I : Interval α} (h : 0 ≤ I.lower) : (Relaxation.mk ⟨1, 0⟩ ⟨1, 0⟩).Valid I :=
  fun x hx => by
    show 1 * x + 0 ≤ relu x ∧ relu x ≤ 1 * x + 0
    rw [one_mul, add_zero, relu_of_nonneg (le_trans h hx.left)]
    exact ⟨le_refl x, le_refl x⟩
/-- An inactive ReLU is zero. -/
theorem Relaxation.valid_inactive {I : Interval α} (h : I.upper ≤ 0) : (Relaxation.mk ⟨0, 0⟩ ⟨0, 0⟩).Valid I :=
  fun x hx => by
    show 0 * x + 0 ≤ relu x ∧ relu x ≤ 0 * x + 0
    rw [zero_mul, add_zero, relu_of_nonpos (le_trans hx.right h)]
    exact ⟨le_refl 0, le_refl 0⟩
theorem Relaxation.valid_within {r : Relaxation α} {I J : Interval α} (h : r.Valid J) (hI : I ≤ J) : r.Valid I :=
  fun x hx => h x (mem_of_within hx hI)

/-! ## A linear form, carried back through a layer -/

/-- `∑ cᵢ xᵢ + k` -/
structure Form (α : Type u) where
  coefficients : List α
  constant : α
/-- The value of a linear form. -/
def Form.eval (form : Form α) (xs : List α) : α := dot form.coefficients xs + form.constant

/-- `∑ cᵢ rowᵢ`, for rows of length `n`. -/
def combine (n : Nat) : List α → List (Row α) → List α
  | [], _ => List.replicate n 0
  | _ :: _, [] => List.replicate n 0
  | c :: cs, row :: rows => addVector (scaleVector c row.weights) (combine n cs rows)
/-- Every row has `n` weights. -/
def RowsHave (n : Nat) (rows : List (Row α)) : Prop := List.Forall (fun row => row.weights.length = n) rows
theorem length_combine {n : Nat} (cs : List α) {rows : List (Row α)} (h : RowsHave n rows) :
    (combine n cs rows).length = n := by
  induction cs generalizing rows with
  | nil => exact List.length_replicate n 0
  | cons c cs ih =>
    cases h with
    | nil => exact List.length_replicate n 0
    | @cons row rows hr h =>
      have hs : (scaleVector c row.weights).length = n := (List.length_map _ _).trans hr
      exact (List.length_zipWith (hs.trans (ih h).symm)).trans hs
/-- `c · W x = (cᵀ W) · x + c · b`, where the left side holds the bias. -/
theorem dot_evalRows {n : Nat} (cs : List α) {rows : List (Row α)} (h : RowsHave n rows) (xs : List α) :
    dot cs (evalRows rows xs) = dot (combine n cs rows) xs + dot cs (rows.map Row.bias) := by
  induction cs generalizing rows with
  | nil => exact ((congrArg (· + 0) (dot_zeros n xs)).trans (add_zero 0)).symm
  | cons c cs ih =>
    cases h with
    | nil => exact ((congrArg (· + 0) (dot_zeros n xs)).trans (add_zero 0)).symm
    | @cons row rows hr h =>
      have hs : (scaleVector c row.weights).length = (combine n cs rows).length :=
        ((List.length_map _ _).trans hr).trans (length_combine cs h).symm
      show c * (dot row.weights xs + row.bias) + dot cs (evalRows rows xs) =
        dot (addVector (scaleVector c row.weights) (combine n cs rows)) xs +
          (c * row.bias + dot cs (rows.map Row.bias))
      rw [ih h, dot_addVector hs, dot_scaleVector, mul_add, add_add_add_comm]
/-- The form, carried back through a linear layer. -/
def Form.throughLinear (n : Nat) (rows : List (Row α)) (form : Form α) : Form α :=
  ⟨combine n form.coefficients rows, dot form.coefficients (rows.map Row.bias) + form.constant⟩
/-- **Carrying a form back through a linear layer is exact.** -/
theorem Form.throughLinear_eval {n : Nat} {rows : List (Row α)} (h : RowsHave n rows) (form : Form α) (xs : List α) :
    (form.throughLinear n rows).eval xs = form.eval (evalRows rows xs) := by
  show dot (combine n form.coefficients rows) xs + (dot form.coefficients (rows.map Row.bias) + form.constant) =
    dot form.coefficients (evalRows rows xs) + form.constant
  rw [dot_evalRows _ h, add_assoc]

/-- The coefficients behind a ReLU layer: the lower line for `c ≥ 0`, the upper line for `c ≤ 0`. -/
def reluCoefficients : List α → List (Relaxation α) → List α
  | [], _ => []
  | _ :: _, [] => []
  | c :: cs, r :: rs => (positivePart c * r.below.slope + negativePart c * r.above.slope) :: reluCoefficients cs rs
/-- The constants that a ReLU layer adds. -/
def reluConstant : List α → List (Relaxation α) → α
  | [], _ => 0
  | _ :: _, [] => 0
  | c :: cs, r :: rs => (positivePart c * r.below.offset + negativePart c * r.above.offset) + reluConstant cs rs
/-- One term: `(c⁺ a + c⁻ s) x + (c⁺ b + c⁻ t) ≤ c relu x`. -/
theorem relu_term {r : Relaxation α} {I : Interval α} (h : r.Valid I) (c : α) {x : α} (hx : x ∈ I) :
    (positivePart c * r.below.slope + negativePart c * r.above.slope) * x +
      (positivePart c * r.below.offset + negativePart c * r.above.offset) ≤ c * relu x := by
  have lower := mul_le_mul_of_nonneg_left (h x hx).left (positivePart_nonneg c)
  have upper := mul_le_mul_of_nonpos_left (h x hx).right (negativePart_nonpos c)
  have sum := add_le_add lower upper
  rw [← add_mul, positivePart_add_negativePart] at sum
  refine le_trans (le_of_eq ?_) sum
  show _ = positivePart c * (r.below.slope * x + r.below.offset) + negativePart c * (r.above.slope * x + r.above.offset)
  rw [add_mul, mul_add, mul_add, mul_assoc, mul_assoc, add_add_add_comm]
/-- The relaxations are valid for the boxes at their places. -/
def AllValid (rs : List (Relaxation α)) (box : List (Interval α)) : Prop :=
  List.Forall₂ (fun r I => Relaxation.Valid r I) rs box
theorem relu_layer (cs : List α) {rs : List (Relaxation α)} {box : List (Interval α)} {xs : List α}
    (hv : AllValid rs box) (hx : InBox xs box) :
    dot (reluCoefficients cs rs) xs + reluConstant cs rs ≤ dot cs (xs.map relu) := by
  induction hx generalizing cs rs with
  | nil =>
    cases hv
    rw [dot_nil_right, show reluConstant cs [] = 0 from ?_, add_zero]
    · exact le_of_eq (dot_nil_right cs).symm
    · cases cs with
      | nil => rfl
      | cons c cs => rfl
  | @cons x I xs box hx hs ih =>
    cases hv with
    | @cons r _ rs _ hr hv =>
      cases cs with
      | nil => exact le_of_eq (add_zero 0)
      | cons c cs =>
        show ((positivePart c * r.below.slope + negativePart c * r.above.slope) * x +
          dot (reluCoefficients cs rs) xs) +
          ((positivePart c * r.below.offset + negativePart c * r.above.offset) + reluConstant cs rs) ≤
          c * relu x + dot cs (xs.map relu)
        rw [add_add_add_comm]
        exact add_le_add (relu_term hr c hx) (ih cs hv)
/-- The form, carried back through a ReLU layer. -/
def Form.throughRelu (rs : List (Relaxation α)) (form : Form α) : Form α :=
  ⟨reluCoefficients form.coefficients rs, reluConstant form.coefficients rs + form.constant⟩
/-- **Carrying a form back through a ReLU layer gives a lower bound.** -/
theorem Form.throughRelu_le {rs : List (Relaxation α)} {box : List (Interval α)} (hv : AllValid rs box)
    (form : Form α) {xs : List α} (hx : InBox xs box) :
    (form.throughRelu rs).eval xs ≤ form.eval (xs.map relu) := by
  have h := add_le_add_right (relu_layer form.coefficients hv hx) form.constant
  rw [add_assoc] at h
  exact h

/-! ## Through the whole network -/

/-- Which form bounds which: carried back through all layers, with relaxations valid on the boxes in between. -/
inductive Backward : List (Layer α) → List (Interval α) → Form α → Form α → Prop
  | done {box : List (Interval α)} (form : Form α) : Backward [] box form form
  | linear {n : Nat} {rows : List (Row α)} {net : List (Layer α)} {box next : List (Interval α)} {form back : Form α} :
      RowsHave n rows → BoxWithin (boundRows rows box) next → Backward net next form back →
      Backward (Layer.linear rows :: net) box form (back.throughLinear n rows)
  | relu {rs : List (Relaxation α)} {net : List (Layer α)} {box next : List (Interval α)} {form back : Form α} :
      AllValid rs box → BoxWithin (box.map reluStep) next → Backward net next form back →
      Backward (Layer.relu :: net) box form (back.throughRelu rs)
/-- The form at the input is below the form of the output. -/
theorem backward_le {net : List (Layer α)} {box : List (Interval α)} {form back : Form α}
    (h : Backward net box form back) {xs : List α} (hx : InBox xs box) :
    back.eval xs ≤ form.eval (Network.eval net xs) := by
  induction h generalizing xs with
  | done form => exact le_refl _
  | @linear n rows net box next form back hn hw _ ih =>
    have hx' := inBox_of_within (boundRows_sound rows hx) hw
    exact le_trans (le_of_eq (Form.throughLinear_eval hn back xs)) (ih hx')
  | @relu rs net box next form back hv hw _ ih =>
    have hx' := inBox_of_within (Layer.bound_sound Layer.relu hx) hw
    exact le_trans (Form.throughRelu_le hv back hx) (ih hx')
/-- **Linear bound propagation is sound**: the least value of the form at the input, over the box, is a lower bound of
the form of the network's outputs. -/
theorem crown_sound {net : List (Layer α)} {box : List (Interval α)} {form back : Form α}
    (h : Backward net box form back) {xs : List α} (hx : InBox xs box) :
    lowerSum back.coefficients box + back.constant ≤ form.eval (Network.eval net xs) :=
  le_trans (affine_bounds back.coefficients back.constant hx).left (backward_le h hx)
/-- Better of two: interval and linear bounds may be combined. -/
theorem crown_ibp_sound {net : List (Layer α)} {box : List (Interval α)} {form back : Form α}
    (h : Backward net box form back) {xs : List α} (hx : InBox xs box) :
    max (lowerSum back.coefficients box + back.constant)
        (lowerSum form.coefficients (Network.bound net box) + form.constant) ≤ form.eval (Network.eval net xs) :=
  max_le (crown_sound h hx) (affine_bounds form.coefficients form.constant (Network.bound_sound net hx)).left

end Verikit
end
