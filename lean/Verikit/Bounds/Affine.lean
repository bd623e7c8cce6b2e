prelude
import Verikit.List
import Verikit.Bounds.Interval
/-!
# Linear layers

Vectors are lists, a linear layer is a list of rows, each with its weights and its bias. For a row `w` with bias `b`
and inputs between `l` and `u` the step by signs is

    ∑ (wᵢ⁺ lᵢ + wᵢ⁻ uᵢ) + b  ≤  ∑ wᵢ xᵢ + b  ≤  ∑ (wᵢ⁺ uᵢ + wᵢ⁻ lᵢ) + b

with `w⁺ = max w 0` and `w⁻ = min w 0`. The step by center and radius is proved too, and that both agree.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit
variable {α : Type u} [OrderedRing α]

/-- `∑ wᵢ xᵢ`, as long as the shorter list. -/
def dot : List α → List α → α
  | [], _ => 0
  | _ :: _, [] => 0
  | w :: ws, x :: xs => w * x + dot ws xs

/-- Every number lies in the interval at its place; the lists are equally long. -/
def InBox (xs : List α) (box : List (Interval α)) : Prop := List.Forall₂ (fun x I => x ∈ I) xs box
/-- Every interval lies in that at its place. -/
def BoxWithin (box box' : List (Interval α)) : Prop := List.Forall₂ (fun I J => I ≤ J) box box'

theorem inBox_of_within {xs : List α} {box box' : List (Interval α)} (h : InBox xs box) (hw : BoxWithin box box') :
    InBox xs box' :=
  List.Forall₂.trans (r := fun x I => x ∈ I) (s := fun I J => I ≤ J) (t := fun x J => x ∈ J)
    (fun _ _ _ hx hI => Interval.mem_of_within hx hI) h hw
theorem boxWithin_refl (box : List (Interval α)) : BoxWithin box box := List.Forall₂.refl Interval.within_refl box
theorem boxWithin_trans {a b c : List (Interval α)} (h₁ : BoxWithin a b) (h₂ : BoxWithin b c) : BoxWithin a c :=
  List.Forall₂.trans (r := fun I J => I ≤ J) (s := fun I J => I ≤ J) (t := fun I J => I ≤ J)
    (fun _ _ _ h h' => Interval.within_trans h h') h₁ h₂

/-! ## Dot products -/

@[simp] theorem dot_nil (xs : List α) : dot [] xs = 0 := rfl
@[simp] theorem dot_cons (w x : α) (ws xs : List α) : dot (w :: ws) (x :: xs) = w * x + dot ws xs := rfl
theorem dot_nil_right (ws : List α) : dot ws [] = 0 := by
  cases ws with
  | nil => rfl
  | cons w ws => rfl
theorem dot_comm (ws xs : List α) : dot ws xs = dot xs ws := by
  induction ws generalizing xs with
  | nil => exact (dot_nil_right xs).symm
  | cons w ws ih =>
    cases xs with
    | nil => rfl
    | cons x xs =>
      rw [dot_cons, dot_cons, ih, mul_comm]
/-- Multiply every entry. -/
def scaleVector (c : α) (ws : List α) : List α := ws.map (c * ·)
/-- Add entry by entry. -/
def addVector (vs ws : List α) : List α := List.zipWith (· + ·) vs ws
theorem dot_scaleVector (c : α) (ws xs : List α) : dot (scaleVector c ws) xs = c * dot ws xs := by
  induction ws generalizing xs with
  | nil => exact (mul_zero c).symm
  | cons w ws ih =>
    cases xs with
    | nil => exact (mul_zero c).symm
    | cons x xs =>
      show (c * w) * x + dot (scaleVector c ws) xs = c * (w * x + dot ws xs)
      rw [ih, mul_add, mul_assoc]
theorem dot_addVector {vs ws : List α} (h : vs.length = ws.length) (xs : List α) :
    dot (addVector vs ws) xs = dot vs xs + dot ws xs := by
  induction vs generalizing ws xs with
  | nil =>
    have e := List.eq_nil_of_length_eq_zero h.symm
    rw [e]
    exact (add_zero 0).symm
  | cons v vs ih =>
    cases ws with
    | nil => exact absurd h (Nat.succ_ne_zero _)
    | cons w ws =>
      cases xs with
      | nil => exact (add_zero 0).symm
      | cons x xs =>
        show (v + w) * x + dot (addVector vs ws) xs = (v * x + dot vs xs) + (w * x + dot ws xs)
        rw [ih (Nat.succ_inj h), add_mul, add_add_add_comm]
theorem dot_zeros (n : Nat) (xs : List α) : dot (List.replicate n 0) xs = 0 := by
  induction n generalizing xs with
  | zero => rfl
  | succ n ih =>
    cases xs with
    | nil => rfl
    | cons x xs =>
      show 0 * x + dot (List.replicate n 0) xs = 0
      rw [ih, zero_mul, add_zero]

/-! ## One row -/

/-- The weights and the bias of one output. -/
structure Row (α : Type u) where
  weights : List α
  bias : α

/-- `∑ wᵢ xᵢ + b` -/
def Row.eval (row : Row α) (xs : List α) : α := dot row.weights xs + row.bias
/-- `∑ wᵢ Iᵢ` in interval arithmetic. -/
def intervalDot : List α → List (Interval α) → Interval α
  | [], _ => Interval.point 0
  | _ :: _, [] => Interval.point 0
  | w :: ws, I :: Is => Interval.scale w I + intervalDot ws Is
/-- The interval step of one row. -/
def Row.bound (row : Row α) (box : List (Interval α)) : Interval α :=
  intervalDot row.weights box + Interval.point row.bias

/-- The lower bound of a row, written out: `∑ (wᵢ⁺ lᵢ + wᵢ⁻ uᵢ)`. -/
def lowerSum : List α → List (Interval α) → α
  | [], _ => 0
  | _ :: _, [] => 0
  | w :: ws, I :: Is => (positivePart w * I.lower + negativePart w * I.upper) + lowerSum ws Is
/-- The upper bound of a row, written out: `∑ (wᵢ⁺ uᵢ + wᵢ⁻ lᵢ)`. -/
def upperSum : List α → List (Interval α) → α
  | [], _ => 0
  | _ :: _, [] => 0
  | w :: ws, I :: Is => (positivePart w * I.upper + negativePart w * I.lower) + upperSum ws Is
theorem intervalDot_eq (ws : List α) (box : List (Interval α)) :
    intervalDot ws box = ⟨lowerSum ws box, upperSum ws box⟩ := by
  induction ws generalizing box with
  | nil => rfl
  | cons w ws ih =>
    cases box with
    | nil => rfl
    | cons I box =>
      show Interval.scale w I + intervalDot ws box = _
      rw [ih]
      rfl
theorem intervalDot_sound (ws : List α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    dot ws xs ∈ intervalDot ws box := by
  induction ws generalizing xs box with
  | nil => exact Interval.mem_point 0
  | cons w ws ih =>
    cases h with
    | nil => exact Interval.mem_point 0
    | cons hx h => exact Interval.add_sound (Interval.scale_sound w hx) (ih h)
theorem intervalDot_mono (ws : List α) {box box' : List (Interval α)} (h : BoxWithin box box') :
    intervalDot ws box ≤ intervalDot ws box' := by
  induction ws generalizing box box' with
  | nil => exact Interval.within_refl _
  | cons w ws ih =>
    cases h with
    | nil => exact Interval.within_refl _
    | cons hI h => exact Interval.add_mono (Interval.scale_mono w hI) (ih h)

/-- **The linear interval step is sound.** -/
theorem Row.bound_sound (row : Row α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    row.eval xs ∈ row.bound box := Interval.add_sound (intervalDot_sound row.weights h) (Interval.mem_point _)
theorem Row.bound_mono (row : Row α) {box box' : List (Interval α)} (h : BoxWithin box box') :
    row.bound box ≤ row.bound box' := Interval.add_mono (intervalDot_mono _ h) (Interval.within_refl _)
/-- The same in numbers: `∑ (wᵢ⁺ lᵢ + wᵢ⁻ uᵢ) + b ≤ ∑ wᵢ xᵢ + b ≤ ∑ (wᵢ⁺ uᵢ + wᵢ⁻ lᵢ) + b`. -/
theorem affine_bounds (ws : List α) (b : α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    lowerSum ws box + b ≤ dot ws xs + b ∧ dot ws xs + b ≤ upperSum ws box + b := by
  have h' := intervalDot_sound ws h
  rw [intervalDot_eq] at h'
  exact ⟨add_le_add_right h'.left b, add_le_add_right h'.right b⟩

/-- The input that reaches the lower bound: the lower end for a positive weight, the upper end for a negative one. -/
def worstInput : List α → List (Interval α) → List α
  | [], box => box.map Interval.lower
  | _ :: _, [] => []
  | w :: ws, I :: Is => (if 0 ≤ w then I.lower else I.upper) :: worstInput ws Is
/-- No interval is empty. -/
def NonemptyBox (box : List (Interval α)) : Prop := List.Forall (fun I => I.lower ≤ I.upper) box
theorem lowers_inBox {box : List (Interval α)} (h : NonemptyBox box) : InBox (box.map Interval.lower) box := by
  induction h with
  | nil => exact List.Forall₂.nil
  | cons h _ ih => exact List.Forall₂.cons ⟨le_refl _, h⟩ ih
theorem worstInput_inBox (ws : List α) {box : List (Interval α)} (h : NonemptyBox box) :
    InBox (worstInput ws box) box := by
  induction ws generalizing box with
  | nil => exact lowers_inBox h
  | cons w ws ih =>
    cases h with
    | nil => exact List.Forall₂.nil
    | @cons I _ hI h =>
      refine List.Forall₂.cons ?_ (ih h)
      by_cases hw : 0 ≤ w
      · rw [if_pos hw]
        exact ⟨le_refl _, hI⟩
      · rw [if_neg hw]
        exact ⟨hI, le_refl _⟩
theorem dot_worstInput (ws : List α) (box : List (Interval α)) : dot ws (worstInput ws box) = lowerSum ws box := by
  induction ws generalizing box with
  | nil => rfl
  | cons w ws ih =>
    cases box with
    | nil => rfl
    | cons I box =>
      show w * (if 0 ≤ w then I.lower else I.upper) + dot ws (worstInput ws box) = _
      rw [ih]
      refine congrArg (· + lowerSum ws box) ?_
      show _ = positivePart w * I.lower + negativePart w * I.upper
      by_cases hw : 0 ≤ w
      · rw [if_pos hw, positivePart_of_nonneg hw, negativePart_of_nonneg hw, zero_mul, add_zero]
      · have hw' := le_of_not_le hw
        rw [if_neg hw, positivePart_of_nonpos hw', negativePart_of_nonpos hw', zero_mul, zero_add]
/-- **The bound of one linear row is exact**: some input in the box reaches it. -/
theorem affine_lower_tight (ws : List α) (b : α) {box : List (Interval α)} (h : NonemptyBox box) :
    ∃ xs, InBox xs box ∧ dot ws xs + b = lowerSum ws box + b :=
  ⟨worstInput ws box, worstInput_inBox ws h, congrArg (· + b) (dot_worstInput ws box)⟩

/-! ## Center and radius -/

/-- `∑ |wᵢ| rᵢ` -/
def radiusDot : List α → List α → α
  | [], _ => 0
  | _ :: _, [] => 0
  | w :: ws, r :: rs => abs w * r + radiusDot ws rs
/-- Every `xᵢ` is at most `rᵢ` away from `cᵢ`. -/
inductive NearAll : List α → List α → List α → Prop
  | nil : NearAll [] [] []
  | cons {c r x : α} {cs rs xs : List α} : Interval.Near c r x → NearAll cs rs xs →
      NearAll (c :: cs) (r :: rs) (x :: xs)
/-- **The linear step by center and radius is sound**: `∑ wᵢ xᵢ` is at most `∑ |wᵢ| rᵢ` away from `∑ wᵢ cᵢ`. -/
theorem radiusDot_sound (ws : List α) {cs rs xs : List α} (h : NearAll cs rs xs) :
    Interval.Near (dot ws cs) (radiusDot ws rs) (dot ws xs) := by
  have zero : Interval.Near (0 : α) 0 0 := le_of_eq ((congrArg abs (sub_self 0)).trans abs_zero)
  induction h generalizing ws with
  | nil =>
    cases ws with
    | nil => exact zero
    | cons w ws => exact zero
  | cons h _ ih =>
    cases ws with
    | nil => exact zero
    | cons w ws => exact Interval.near_add (Interval.near_scale w h) (ih ws)
/-- The box with given centers and radii. -/
def boxAround (cs rs : List α) : List (Interval α) := List.zipWith (fun c r => ⟨c - r, c + r⟩) cs rs
/-- Signs and centers give the same bounds. -/
theorem intervalDot_boxAround (ws : List α) {cs rs : List α} (h : cs.length = rs.length) :
    intervalDot ws (boxAround cs rs) = ⟨dot ws cs - radiusDot ws rs, dot ws cs + radiusDot ws rs⟩ := by
  have zero : Interval.point (0 : α) = ⟨0 - 0, 0 + 0⟩ := Interval.ext (sub_zero 0).symm (add_zero 0).symm
  induction ws generalizing cs rs with
  | nil => exact zero
  | cons w ws ih =>
    cases cs with
    | nil =>
      rw [List.eq_nil_of_length_eq_zero h.symm]
      exact zero
    | cons c cs =>
      cases rs with
      | nil => exact absurd h (Nat.succ_ne_zero _)
      | cons r rs =>
        show Interval.scale w ⟨c - r, c + r⟩ + intervalDot ws (boxAround cs rs) = _
        rw [ih (Nat.succ_inj h), Interval.scale_center_radius]
        exact Interval.ext (add_sub_add_comm _ _ _ _).symm (add_add_add_comm _ _ _ _)

/-! ## A whole layer -/

/-- All rows of a linear layer at one input. -/
def evalRows (rows : List (Row α)) (xs : List α) : List α := rows.map (Row.eval · xs)
/-- The interval step of a whole linear layer. -/
def boundRows (rows : List (Row α)) (box : List (Interval α)) : List (Interval α) := rows.map (Row.bound · box)
/-- **The interval step of a linear layer is sound.** -/
theorem boundRows_sound (rows : List (Row α)) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    InBox (evalRows rows xs) (boundRows rows box) := by
  induction rows with
  | nil => exact List.Forall₂.nil
  | cons row rows ih => exact List.Forall₂.cons (row.bound_sound h) ih
theorem boundRows_mono (rows : List (Row α)) {box box' : List (Interval α)} (h : BoxWithin box box') :
    BoxWithin (boundRows rows box) (boundRows rows box') := by
  induction rows with
  | nil => exact List.Forall₂.nil
  | cons row rows ih => exact List.Forall₂.cons (row.bound_mono h) ih
theorem length_evalRows (rows : List (Row α)) (xs : List α) : (evalRows rows xs).length = rows.length :=
  List.length_map _ rows

end Verikit
end
