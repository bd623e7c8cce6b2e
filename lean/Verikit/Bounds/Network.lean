prelude
import Verikit.Bounds.Affine
/-!
# Interval bound propagation through a network

A feed-forward network is a list of layers, each a linear layer or a ReLU at every entry. Interval bound propagation
applies the interval step of every layer in turn. The main theorem, `Network.bound_sound`, says that the boxes that it
computes hold everything that the network can compute, by induction over the layers. Rounding is covered: the steps may
be replaced by anything that gives larger boxes. So are branching on inputs and deciding a property from the bounds.
-/
set_option linter.all false
universe u
noncomputable section
namespace Verikit
open Interval
variable {α : Type u} [OrderedRing α]

/-- A layer: linear, with its rows, or ReLU. -/
inductive Layer (α : Type u)
  | linear (rows : List (Row α))
  | relu

namespace Layer
/-- What the layer computes. -/
def eval : Layer α → List α → List α
  | linear rows, xs => evalRows rows xs
  | relu, xs => xs.map Interval.relu
/-- The interval step of the layer. -/
def bound : Layer α → List (Interval α) → List (Interval α)
  | linear rows, box => boundRows rows box
  | relu, box => box.map reluStep
/-- **The interval step of a layer is sound.** -/
theorem bound_sound (layer : Layer α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    InBox (layer.eval xs) (layer.bound box) := by
  cases layer with
  | linear rows => exact boundRows_sound rows h
  | relu => exact List.Forall₂.map (r := fun x I => x ∈ I) (s := fun x I => x ∈ I) (fun _ _ hx => reluStep_sound hx) h
theorem bound_mono (layer : Layer α) {box box' : List (Interval α)} (h : BoxWithin box box') :
    BoxWithin (layer.bound box) (layer.bound box') := by
  cases layer with
  | linear rows => exact boundRows_mono rows h
  | relu => exact List.Forall₂.map (r := fun I J => I ≤ J) (s := fun I J => I ≤ J) (fun _ _ hI => reluStep_mono hI) h
end Layer

namespace Network
/-- What the network computes: one layer after another. -/
def eval : List (Layer α) → List α → List α
  | [], xs => xs
  | layer :: layers, xs => eval layers (layer.eval xs)
/-- Interval bound propagation: the steps of all layers, one after another. -/
def bound : List (Layer α) → List (Interval α) → List (Interval α)
  | [], box => box
  | layer :: layers, box => bound layers (layer.bound box)

/-- **Interval bound propagation is sound**: for every input in the box the outputs lie in the computed box. -/
theorem bound_sound (net : List (Layer α)) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    InBox (eval net xs) (bound net box) := by
  induction net generalizing xs box with
  | nil => exact h
  | cons layer net ih => exact ih (layer.bound_sound h)
/-- A smaller region has bounds at least as good. -/
theorem bound_mono (net : List (Layer α)) {box box' : List (Interval α)} (h : BoxWithin box box') :
    BoxWithin (bound net box) (bound net box') := by
  induction net generalizing box box' with
  | nil => exact h
  | cons layer net ih => exact ih (layer.bound_mono h)
theorem eval_append (net net' : List (Layer α)) (xs : List α) : eval (net ++ net') xs = eval net' (eval net xs) := by
  induction net generalizing xs with
  | nil => rfl
  | cons layer net ih => exact ih (layer.eval xs)
theorem bound_append (net net' : List (Layer α)) (box : List (Interval α)) :
    bound (net ++ net') box = bound net' (bound net box) := by
  induction net generalizing box with
  | nil => rfl
  | cons layer net ih => exact ih (layer.bound box)

/-! ## Rounding -/

/-- A computation of boxes, layer by layer, whose every step gives at least the box of exact arithmetic. -/
inductive Computed : List (Layer α) → List (Interval α) → List (Interval α) → Prop
  | nil {box box' : List (Interval α)} : BoxWithin box box' → Computed [] box box'
  | cons {layer : Layer α} {net : List (Layer α)} {box next out : List (Interval α)} :
      BoxWithin (layer.bound box) next → Computed net next out → Computed (layer :: net) box out
/-- **Rounding outwards is sound**: steps with any larger boxes still hold everything the network can compute. -/
theorem computed_sound {net : List (Layer α)} {xs : List α} {box out : List (Interval α)} (h : Computed net box out)
    (hx : InBox xs box) : InBox (eval net xs) out := by
  induction h generalizing xs with
  | nil hw => exact inBox_of_within hx hw
  | cons hw _ ih => exact ih (inBox_of_within (Layer.bound_sound _ hx) hw)
/-- Exact arithmetic is such a computation. -/
theorem computed_bound (net : List (Layer α)) (box : List (Interval α)) : Computed net box (bound net box) := by
  induction net generalizing box with
  | nil => exact Computed.nil (boxWithin_refl box)
  | cons layer net ih => exact Computed.cons (boxWithin_refl _) (ih _)
/-- No computation with rounding has better bounds than exact arithmetic. -/
theorem bound_within_computed {net : List (Layer α)} {box out : List (Interval α)} (h : Computed net box out) :
    BoxWithin (bound net box) out := by
  induction h with
  | nil hw => exact hw
  | @cons layer net _ _ _ hw _ ih => exact boxWithin_trans (bound_mono net hw) ih

/-! ## Deciding a property -/

/-- All entries are at least zero. -/
def AllNonneg (xs : List α) : Prop := List.Forall (fun x => 0 ≤ x) xs
/-- The property holds for all inputs in the box. -/
def Safe (net : List (Layer α)) (box : List (Interval α)) : Prop := ∀ xs, InBox xs box → AllNonneg (eval net xs)
/-- Whether all lower bounds are at least zero, by computation. -/
def lowersNonneg : List (Interval α) → Bool
  | [] => true
  | I :: box => cond (decide (0 ≤ I.lower)) (lowersNonneg box) false
theorem allNonneg_of_lowersNonneg {xs : List α} {box : List (Interval α)} (hx : InBox xs box)
    (h : lowersNonneg box = true) : AllNonneg xs := by
  induction hx with
  | nil => exact List.Forall.nil
  | @cons x I xs box hx _ ih =>
    by_cases hI : 0 ≤ I.lower
    · refine List.Forall.cons (le_trans hI hx.left) (ih ?_)
      have e : lowersNonneg (I :: box) = lowersNonneg box :=
        congrArg (cond · (lowersNonneg box) false) (decide_eq_true hI)
      exact e.symm.trans h
    · have e : lowersNonneg (I :: box) = false := congrArg (cond · (lowersNonneg box) false) (decide_eq_false hI)
      exact Bool.noConfusion (e.symm.trans h)
/-- What a verifier runs: propagate the box, look at the lower bounds. -/
def certify (net : List (Layer α)) (box : List (Interval α)) : Bool := lowersNonneg (bound net box)
/-- **A certificate means safety**: if the computation says yes, every input in the box gives outputs `≥ 0`. A
property about margins, such as "class 3 always wins", has this form once the margins are the last linear layer. -/
theorem certify_sound {net : List (Layer α)} {box : List (Interval α)} (h : certify net box = true) : Safe net box :=
  fun _ hx => allNonneg_of_lowersNonneg (bound_sound net hx) h
/-- The same for a computation with rounding. -/
theorem safe_of_computed {net : List (Layer α)} {box out : List (Interval α)} (hc : Computed net box out)
    (h : lowersNonneg out = true) : Safe net box := fun _ hx => allNonneg_of_lowersNonneg (computed_sound hc hx) h
theorem safe_of_within {net : List (Layer α)} {box box' : List (Interval α)} (h : Safe net box')
    (hw : BoxWithin box box') : Safe net box := fun xs hx => h xs (inBox_of_within hx hw)

/-! ## Branch and bound on the input -/

/-- Boxes that together hold every input of the box. -/
def Covers (boxes : List (List (Interval α))) (box : List (Interval α)) : Prop :=
  ∀ xs, InBox xs box → ∃ part, part ∈ boxes ∧ InBox xs part
/-- **Branching is sound**: if every part of a cover is safe, so is the whole. -/
theorem safe_of_cover {net : List (Layer α)} {boxes : List (List (Interval α))} {box : List (Interval α)}
    (hc : Covers boxes box) (h : ∀ part, part ∈ boxes → Safe net part) : Safe net box :=
  fun xs hx => (hc xs hx).elim fun part hp => h part hp.left xs hp.right
/-- Cut the interval at place `i` at `m`: the lower part. -/
def cutLower : Nat → α → List (Interval α) → List (Interval α)
  | _, _, [] => []
  | 0, m, I :: box => ⟨I.lower, m⟩ :: box
  | i + 1, m, I :: box => I :: cutLower i m box
/-- Cut the interval at place `i` at `m`: the upper part. -/
def cutUpper : Nat → α → List (Interval α) → List (Interval α)
  | _, _, [] => []
  | 0, m, I :: box => ⟨m, I.upper⟩ :: box
  | i + 1, m, I :: box => I :: cutUpper i m box
theorem inBox_cut (i : Nat) (m : α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
    InBox xs (cutLower i m box) ∨ InBox xs (cutUpper i m box) := by
  induction h generalizing i with
  | nil =>
    cases i with
    | zero => exact Or.inl List.Forall₂.nil
    | succ i => exact Or.inl List.Forall₂.nil
  | cons hx hs ih =>
    cases i with
    | zero => exact (mem_split hx).imp (fun h => List.Forall₂.cons h hs) fun h => List.Forall₂.cons h hs
    | succ i => exact (ih i).imp (fun h => List.Forall₂.cons hx h) fun h => List.Forall₂.cons hx h
/-- A search tree: certify a box, or cut it and search both parts. -/
inductive Proof (net : List (Layer α)) : List (Interval α) → Prop
  | leaf {box : List (Interval α)} : certify net box = true → Proof net box
  | branch {box : List (Interval α)} (i : Nat) (m : α) : Proof net (cutLower i m box) → Proof net (cutUpper i m box) →
      Proof net box
/-- **Branch and bound is sound**: a finished search tree proves safety. -/
theorem safe_of_proof {net : List (Layer α)} {box : List (Interval α)} (h : Proof net box) : Safe net box := by
  induction h with
  | leaf h => exact certify_sound h
  | branch i m _ _ ih₁ ih₂ => exact fun xs hx => (inBox_cut i m hx).elim (ih₁ xs) (ih₂ xs)

/-! ## Counterexamples -/

/-- An input in the box with an output below zero. -/
def Counterexample (net : List (Layer α)) (box : List (Interval α)) (xs : List α) : Prop :=
  InBox xs box ∧ ¬AllNonneg (eval net xs)
/-- A certificate and a counterexample cannot both exist. -/
theorem no_counterexample {net : List (Layer α)} {box : List (Interval α)} (h : Proof net box) (xs : List α) :
    ¬Counterexample net box xs := fun hc => hc.right (safe_of_proof h xs hc.left)

end Network
end Verikit
end
