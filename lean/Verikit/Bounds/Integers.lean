prelude
import Verikit.Int
import Verikit.Bounds.Relaxation
/-!
# The theorems at the integers, and networks that are certified by computation

The integers are an ordered ring, hence all theorems hold for integer weights and inputs. A certificate is then found
by the kernel itself: it evaluates `certify`, and `certify_sound` turns the answer into a statement about all inputs.
-/
set_option linter.all false
noncomputable section
namespace Verikit.Integers
open Interval

/-- Interval bound propagation is sound for integer networks. -/
theorem bound_sound (net : List (Layer Int)) {xs : List Int} {box : List (Interval Int)} (h : InBox xs box) :
    InBox (Network.eval net xs) (Network.bound net box) := Network.bound_sound net h
/-- A finished search tree proves safety, for integer networks. -/
theorem safe_of_proof {net : List (Layer Int)} {box : List (Interval Int)} (h : Network.Proof net box) :
    Network.Safe net box := Network.safe_of_proof h
/-- Linear bounds are sound for integer networks. -/
theorem crown_sound {net : List (Layer Int)} {box : List (Interval Int)} {form back : Form Int}
    (h : Backward net box form back) {xs : List Int} (hx : InBox xs box) :
    lowerSum back.coefficients box + back.constant ≤ form.eval (Network.eval net xs) := Verikit.crown_sound h hx
/-- The upper line with a slope, for integers: a positive factor may be cancelled. -/
theorem relu_upper_slope {l u x s : Int} (hlu : 0 < u - l) (hl : l ≤ 0) (hu : 0 ≤ u) (hs : s * (u - l) = u)
    (h₁ : l ≤ x) (h₂ : x ≤ u) : relu x ≤ s * (x - l) :=
  Verikit.relu_upper_slope (fun _ _ => Int.le_of_mul_le_mul_left hlu) hl hu hs h₁ h₂

/-! ## A small network -/

/-- A natural number, as an integer. -/
abbrev pos (n : Nat) : Int := Int.ofNat n
/-- The negative of a natural number. -/
abbrev neg (n : Nat) : Int := -Int.ofNat n

/-- `y = 9 - relu (2 a - b) - relu (a + b - 1)` -/
def small : List (Layer Int) :=
  [.linear [⟨[pos 2, neg 1], pos 0⟩, ⟨[pos 1, pos 1], neg 1⟩], .relu, .linear [⟨[neg 1, neg 1], pos 9⟩]]
/-- Both inputs between -1 and 2. -/
def region : List (Interval Int) := [⟨neg 1, pos 2⟩, ⟨neg 1, pos 2⟩]
theorem small_at : Network.eval small [pos 1, pos 2] = [pos 7] := by decide
theorem small_bound : (Network.bound small region).map Interval.lower = [pos 1] := by decide
theorem small_certified : Network.certify small region = true := by decide
/-- For all inputs between -1 and 2 the output is not negative. -/
theorem small_safe : Network.Safe small region := Network.certify_sound small_certified
theorem small_has_no_counterexample (xs : List Int) : ¬Network.Counterexample small region xs :=
  Network.no_counterexample (Network.Proof.leaf small_certified) xs

/-! ## A network that needs branching -/

/-- `y = 2 - relu x - relu (-x)`, which is `2 - |x|`. -/
def tent : List (Layer Int) :=
  [.linear [⟨[pos 1], pos 0⟩, ⟨[neg 1], pos 0⟩], .relu, .linear [⟨[neg 1, neg 1], pos 2⟩]]
/-- `x` between -2 and 2. -/
def line : List (Interval Int) := [⟨neg 2, pos 2⟩]
/-- Interval bounds alone do not suffice: the two ReLUs are never large at the same time. -/
theorem tent_not_certified : Network.certify tent line = false := by decide
/-- Two boxes, cut at zero, do. -/
theorem tent_proof : Network.Proof tent line :=
  .branch 0 (pos 0) (.leaf (by decide)) (.leaf (by decide))
theorem tent_safe : Network.Safe tent line := Network.safe_of_proof tent_proof
/-- Beyond 2 the output is negative. -/
theorem tent_counterexample : Network.Counterexample tent [⟨neg 2, pos 3⟩] [pos 3] := by
  refine ⟨List.Forall₂.cons (by decide) List.Forall₂.nil, fun h => ?_⟩
  have h' : List.Forall (fun x : Int => 0 ≤ x) [neg 1] := h
  cases h' with
  | cons h _ => exact absurd h (by decide)

/-! ## Linear bounds, checked from their ends -/

/-- Lines around `relu` between -3 and 3: `0` below, `x + 3` above; the check looks at the ends only. -/
theorem lines_valid : (Relaxation.mk ⟨pos 0, pos 0⟩ ⟨pos 1, pos 3⟩).Valid ⟨neg 3, pos 3⟩ :=
  Relaxation.valid_of_ends (by decide) (by decide) (by decide) (by decide) (by decide)
/-- `y = 4 - relu x`, bounded through these lines. -/
def ramp : List (Layer Int) := [.relu, .linear [⟨[neg 1], pos 4⟩]]
/-- The form of the output, carried back to the input: `1 - x`. -/
theorem ramp_backward : ∃ back, Backward ramp [⟨neg 3, pos 3⟩] ⟨[pos 1], pos 0⟩ back ∧
    lowerSum back.coefficients [⟨neg 3, pos 3⟩] + back.constant = neg 2 := by
  refine ⟨_, Backward.relu (rs := [⟨⟨pos 0, pos 0⟩, ⟨pos 1, pos 3⟩⟩]) (List.Forall₂.cons lines_valid List.Forall₂.nil)
    (boxWithin_refl _) (Backward.linear (n := 1) (List.Forall.cons rfl List.Forall.nil) (boxWithin_refl _)
      (Backward.done _)), ?_⟩
  decide

end Verikit.Integers
end
