prelude
import Verikit.Int
import Verikit.WellFounded
/-!
# Types of every kind

What a kernel must know how to check, each with a theorem that uses it: nested, mutual and reflexive inductive types,
indexed families, structures with eta, recursion on accessibility proofs, quotients, universes, large numbers, and
computation inside proofs.
-/
set_option linter.all false
universe u v w
noncomputable section
namespace Verikit.Types

/-! ## A nested type: trees with a list of children -/

/-- A tree: a value and a list of trees. -/
inductive Tree (α : Type u)
  | node (value : α) (children : List (Tree α))
namespace Tree
variable {α : Type u} {β : Type v}
mutual
/-- How many values. -/
def size : Tree α → Nat
  | node _ children => sizeAll children + 1
/-- How many values in all trees of a list. -/
def sizeAll : List (Tree α) → Nat
  | [] => 0
  | t :: ts => size t + sizeAll ts
end
mutual
/-- The mirror image. -/
def mirror : Tree α → Tree α
  | node a children => node a (mirrorAll children)
/-- The mirror images, in the opposite order. -/
def mirrorAll : List (Tree α) → List (Tree α)
  | [] => []
  | t :: ts => mirrorAll ts ++ [mirror t]
end
mutual
/-- A function at every value. -/
def map (f : α → β) : Tree α → Tree β
  | node a children => node (f a) (mapAll f children)
def mapAll (f : α → β) : List (Tree α) → List (Tree β)
  | [] => []
  | t :: ts => map f t :: mapAll f ts
end
theorem sizeAll_append (ts us : List (Tree α)) : sizeAll (ts ++ us) = sizeAll ts + sizeAll us := by
  induction ts with
  | nil => exact (Nat.zero_add _).symm
  | cons t ts ih => exact (congrArg (size t + ·) ih).trans (Nat.add_assoc _ _ _).symm
theorem mirrorAll_append (ts us : List (Tree α)) : mirrorAll (ts ++ us) = mirrorAll us ++ mirrorAll ts := by
  induction ts with
  | nil => exact (List.append_nil _).symm
  | cons t ts ih => exact (congrArg (· ++ [mirror t]) ih).trans (List.append_assoc _ _ _)
/-- Induction on trees and lists of trees at once. -/
theorem induct {p : Tree α → Prop} {q : List (Tree α) → Prop} (node : ∀ a ts, q ts → p (Tree.node a ts)) (nil : q [])
    (cons : ∀ t ts, p t → q ts → q (t :: ts)) (t : Tree α) : p t :=
  Tree.rec (motive_1 := p) (motive_2 := q) node nil cons t
/-- Mirroring changes no size. -/
theorem size_mirror (t : Tree α) : size (mirror t) = size t :=
  induct (p := fun t => size (mirror t) = size t) (q := fun ts => sizeAll (mirrorAll ts) = sizeAll ts)
    (fun _ _ ih => congrArg Nat.succ ih) rfl
    (fun t ts iht ihts => by
      show sizeAll (mirrorAll ts ++ [mirror t]) = size t + sizeAll ts
      rw [sizeAll_append, ihts, Nat.add_comm]
      exact congrArg (· + sizeAll ts) iht) t
/-- Mirroring twice changes nothing. -/
theorem mirror_mirror (t : Tree α) : mirror (mirror t) = t :=
  induct (p := fun t => mirror (mirror t) = t) (q := fun ts => mirrorAll (mirrorAll ts) = ts)
    (fun a _ ih => congrArg (node a) ih) rfl
    (fun t ts iht ihts => by
      show mirrorAll (mirrorAll ts ++ [mirror t]) = t :: ts
      rw [mirrorAll_append, ihts]
      exact congrArg (· :: ts) iht) t
theorem size_map (f : α → β) (t : Tree α) : size (map f t) = size t :=
  induct (p := fun t => size (map f t) = size t) (q := fun ts => sizeAll (mapAll f ts) = sizeAll ts)
    (fun _ _ ih => congrArg Nat.succ ih) rfl
    (fun t ts iht ihts => by
      show size (map f t) + sizeAll (mapAll f ts) = size t + sizeAll ts
      rw [iht, ihts]) t
end Tree

/-! ## Mutual types: even and odd -/

mutual
/-- Even numbers. -/
inductive Even : Nat → Prop
  | zero : Even 0
  | succ {n : Nat} : Odd n → Even (n + 1)
/-- Odd numbers. -/
inductive Odd : Nat → Prop
  | succ {n : Nat} : Even n → Odd (n + 1)
end
theorem even_or_odd (n : Nat) : Even n ∨ Odd n := by
  induction n with
  | zero => exact Or.inl Even.zero
  | succ n ih => exact ih.symm.imp Even.succ Odd.succ
theorem not_even_and_odd (n : Nat) : ¬(Even n ∧ Odd n) := by
  induction n with
  | zero => exact fun h => nomatch h.right
  | succ n ih =>
    intro h
    cases h.left with
    | succ ho =>
      cases h.right with
      | succ he => exact ih ⟨he, ho⟩
theorem even_double (n : Nat) : Even (n + n) := by
  induction n with
  | zero => exact Even.zero
  | succ n ih =>
    rw [← Nat.add_assoc, Nat.succ_add]
    exact Even.succ (Odd.succ ih)
theorem even_add {m n : Nat} (hm : Even m) (hn : Even n) : Even (m + n) :=
  Even.rec (motive_1 := fun n _ => Even (m + n)) (motive_2 := fun n _ => Odd (m + n)) hm (fun _ ih => Even.succ ih)
    (fun _ ih => Odd.succ ih) hn
theorem exists_double_of_even {n : Nat} (h : Even n) : ∃ k, n = k + k :=
  Even.rec (motive_1 := fun n _ => ∃ k, n = k + k) (motive_2 := fun n _ => ∃ k, n = (k + k) + 1) ⟨0, rfl⟩
    (fun _ ih => ih.elim fun k hk => ⟨k + 1, (congrArg Nat.succ hk).trans (congrArg Nat.succ (Nat.succ_add k k).symm)⟩)
    (fun _ ih => ih.imp fun _ hk => congrArg Nat.succ hk) h

mutual
/-- Expressions, whose argument lists are a type of their own. -/
inductive Expression
  | number (n : Nat)
  | sum (arguments : Arguments)
/-- Argument lists. -/
inductive Arguments
  | nil
  | cons (head : Expression) (tail : Arguments)
end
mutual
/-- The value of an expression. -/
def Expression.value : Expression → Nat
  | .number n => n
  | .sum as => as.value
/-- The sum of the arguments. -/
def Arguments.value : Arguments → Nat
  | .nil => 0
  | .cons e as => e.value + as.value
end
mutual
/-- Every number doubled. -/
def Expression.double : Expression → Expression
  | .number n => .number (2 * n)
  | .sum as => .sum as.double
def Arguments.double : Arguments → Arguments
  | .nil => .nil
  | .cons e as => .cons e.double as.double
end
theorem Expression.value_double (e : Expression) : e.double.value = 2 * e.value :=
  Expression.rec (motive_1 := fun e => e.double.value = 2 * e.value)
    (motive_2 := fun as => as.double.value = 2 * as.value) (fun _ => rfl) (fun _ ih => ih) rfl
    (fun e as ihe ihas => by
      show e.double.value + as.double.value = 2 * (e.value + as.value)
      rw [ihe, ihas, Nat.mul_add]) e

/-! ## A reflexive type: well-founded trees -/

/-- Trees whose nodes `a` have a child for each element of `β a`. -/
inductive W {α : Type u} (β : α → Type v) : Type (max u v)
  | sup (a : α) (f : β a → W β) : W β
/-- One tree is a child of the other. -/
def W.Child {α : Type u} {β : α → Type v} (x y : W β) : Prop := ∃ a, ∃ f : β a → W β, y = W.sup a f ∧ ∃ b, x = f b
/-- Descending into children ends. -/
theorem W.child_wf {α : Type u} {β : α → Type v} : WellFounded (@W.Child α β) :=
  ⟨fun x => by
    induction x with
    | sup a f ih =>
      refine Acc.intro _ fun y h => ?_
      cases h with
      | intro a' h =>
        cases h with
        | intro f' h =>
          cases h with
          | intro e h =>
            cases e
            cases h with
            | intro b h => exact h ▸ ih b⟩
/-- The natural numbers once more: zero has no child, a successor has one. -/
def WNat : Type := W (fun b : Bool => cond b Unit Empty)
def WNat.zero : WNat := W.sup false fun e => e.rec
def WNat.succ (n : WNat) : WNat := W.sup true fun _ => n
theorem WNat.induction {p : WNat → Prop} (zero : p WNat.zero) (succ : ∀ n, p n → p (WNat.succ n)) (n : WNat) : p n := by
  refine W.rec (motive := p) (fun b => ?_) n
  cases b with
  | false =>
    refine fun f _ => ?_
    have e : f = fun e => e.rec := funext fun e => e.rec
    exact e ▸ zero
  | true => exact fun f ih => succ (f PUnit.unit) (ih PUnit.unit)

/-! ## Indexed families -/

/-- Lists of a length that the type knows. -/
inductive Vec (α : Type u) : Nat → Type u
  | nil : Vec α 0
  | cons {n : Nat} (head : α) (tail : Vec α n) : Vec α (n + 1)
namespace Vec
variable {α : Type u} {β : Type v} {γ : Type w}
/-- The first element; there is one. -/
def head {n : Nat} : Vec α (n + 1) → α
  | cons a _ => a
/-- The others. -/
def tail {n : Nat} : Vec α (n + 1) → Vec α n
  | cons _ as => as
theorem cons_head_tail {n : Nat} (v : Vec α (n + 1)) : cons v.head v.tail = v := by
  cases v with
  | cons a as => rfl
theorem eq_nil (v : Vec α 0) : v = nil := by
  cases v
  rfl
def map (f : α → β) {n : Nat} : Vec α n → Vec β n
  | nil => nil
  | cons a as => cons (f a) (map f as)
def zip (f : α → β → γ) {n : Nat} : Vec α n → Vec β n → Vec γ n
  | nil, nil => nil
  | cons a as, cons b bs => cons (f a b) (zip f as bs)
def toList {n : Nat} : Vec α n → List α
  | nil => []
  | cons a as => a :: toList as
def ofList : (as : List α) → Vec α as.length
  | [] => nil
  | a :: as => cons a (ofList as)
theorem length_toList {n : Nat} (v : Vec α n) : v.toList.length = n := by
  induction v with
  | nil => rfl
  | cons a _ ih => exact congrArg Nat.succ ih
theorem toList_ofList (as : List α) : (ofList as).toList = as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (List.cons a) ih
theorem map_map (g : β → γ) (f : α → β) {n : Nat} (v : Vec α n) : map g (map f v) = map (fun a => g (f a)) v := by
  induction v with
  | nil => rfl
  | cons a _ ih => exact congrArg (cons (g (f a))) ih
theorem zip_comm {f : α → α → β} (h : ∀ a b, f a b = f b a) {n : Nat} (v w : Vec α n) : zip f v w = zip f w v := by
  induction v with
  | nil =>
    cases w
    rfl
  | cons a as ih =>
    cases w with
    | cons b bs =>
      show cons (f a b) (zip f as bs) = cons (f b a) (zip f bs as)
      rw [h, ih]
/-- Appending vectors adds their lengths. -/
def append {m n : Nat} (v : Vec α m) : Vec α n → Vec α (n + m) :=
  v.rec (motive := fun m _ => Vec α n → Vec α (n + m)) (fun w => w) (fun a _ ih w => cons a (ih w))
theorem toList_append {m n : Nat} (v : Vec α m) (w : Vec α n) : (append v w).toList = v.toList ++ w.toList := by
  induction v with
  | nil => rfl
  | cons a _ ih => exact congrArg (List.cons a) ih
/-- An equality of lengths moves a vector; its elements stay. -/
theorem toList_cast {m n : Nat} (e : m = n) (v : Vec α m) : (e ▸ v : Vec α n).toList = v.toList := by
  cases e
  rfl
end Vec

/-- The numbers below `n`: a number, with a proof. -/
structure Fin (n : Nat) where
  val : Nat
  isLt : val < n
namespace Fin
theorem eq_of_val_eq {n : Nat} {i j : Fin n} (h : i.val = j.val) : i = j := by
  cases i
  cases j
  cases h
  rfl
instance decEq {n : Nat} (i j : Fin n) : Decidable (i = j) :=
  decidable_of_iff (i.val = j.val) ⟨eq_of_val_eq, congrArg Fin.val⟩
theorem elim0 (i : Fin 0) : False := Nat.not_lt_zero i.val i.isLt
def zero {n : Nat} : Fin (n + 1) := ⟨0, Nat.zero_lt_succ n⟩
def succ {n : Nat} (i : Fin n) : Fin (n + 1) := ⟨i.val + 1, Nat.succ_le_succ i.isLt⟩
/-- Cases on a number below `n + 1`: zero, or one more than a number below `n`. -/
theorem zero_or_succ {n : Nat} (i : Fin (n + 1)) : i = zero ∨ ∃ j : Fin n, i = succ j := by
  cases i with
  | mk k h =>
    cases k with
    | zero => exact Or.inl rfl
    | succ k => exact Or.inr ⟨⟨k, Nat.le_of_succ_le_succ h⟩, rfl⟩
/-- The element at a place; a place below the length always has one. -/
def get {α : Type u} {n : Nat} (v : Vec α n) : Fin n → α :=
  v.rec (motive := fun n _ => Fin n → α) (fun i => (Nat.not_lt_zero i.val i.isLt).elim)
    (fun a _ ih i => match i with
      | ⟨0, _⟩ => a
      | ⟨k + 1, h⟩ => ih ⟨k, Nat.le_of_succ_le_succ h⟩)
theorem get_map {α : Type u} {β : Type v} (f : α → β) {n : Nat} (v : Vec α n) (i : Fin n) :
    get (v.map f) i = f (get v i) := by
  induction v with
  | nil => exact (Nat.not_lt_zero i.val i.isLt).elim
  | cons a as ih =>
    cases zero_or_succ i with
    | inl e => exact e ▸ rfl
    | inr e => exact e.elim fun j hj => hj.symm ▸ ih j
/-- **The pigeonhole principle**: no function from `n + 1` numbers to `n` numbers keeps all apart. -/
theorem pigeonhole (n : Nat) (f : Fin (n + 1) → Fin n) : ¬∀ i j, f i = f j → i = j := by
  induction n with
  | zero => exact fun _ => (Nat.not_lt_zero (f zero).val (f zero).isLt).elim
  | succ n ih =>
    intro inj
    have apart : ∀ j : Fin (n + 1), (f (succ j)).val ≠ (f zero).val := fun j h =>
      Nat.succ_ne_zero j.val (congrArg Fin.val (inj (succ j) zero (eq_of_val_eq h)))
    let skip : Nat → Nat := fun k => if k < (f zero).val then k else Nat.pred k
    have skip_lt : ∀ k, k < (f zero).val → skip k = k := fun k h => if_pos h
    have skip_ge : ∀ k, ¬(k < (f zero).val) → skip k = Nat.pred k := fun k h => if_neg h
    have below : ∀ j : Fin (n + 1), skip (f (succ j)).val < n := fun j => by
      by_cases h : (f (succ j)).val < (f zero).val
      · rw [skip_lt _ h]
        exact Nat.lt_of_lt_of_le h (Nat.le_of_lt_succ (f zero).isLt)
      · rw [skip_ge _ h]
        have pos : (f zero).val < (f (succ j)).val := Nat.lt_of_le_of_ne (Nat.le_of_not_lt h) (apart j).symm
        have e := Nat.succ_pred (n := (f (succ j)).val) fun z => Nat.not_lt_zero _ (z ▸ pos)
        have lt := (f (succ j)).isLt
        rw [← e] at lt
        exact Nat.le_of_succ_le_succ lt
    refine ih (fun j => ⟨skip (f (succ j)).val, below j⟩) fun i j h => ?_
    have h' : skip (f (succ i)).val = skip (f (succ j)).val := congrArg Fin.val h
    have same : ∀ a b : Nat, a ≠ (f zero).val → b ≠ (f zero).val → skip a = skip b → a = b := fun a b ha hb e => by
      by_cases h₁ : a < (f zero).val
      · by_cases h₂ : b < (f zero).val
        · rw [skip_lt a h₁, skip_lt b h₂] at e
          exact e
        · rw [skip_lt a h₁, skip_ge b h₂] at e
          have lt := Nat.lt_of_le_of_ne (Nat.le_of_not_lt h₂) hb.symm
          have eb := Nat.succ_pred (n := b) fun z => Nat.not_lt_zero _ (z ▸ lt)
          rw [← eb, ← e] at lt
          exact (Nat.lt_irrefl a (Nat.lt_of_lt_of_le h₁ (Nat.le_of_lt_succ lt))).elim
      · by_cases h₂ : b < (f zero).val
        · rw [skip_ge a h₁, skip_lt b h₂] at e
          have lt := Nat.lt_of_le_of_ne (Nat.le_of_not_lt h₁) ha.symm
          have ea := Nat.succ_pred (n := a) fun z => Nat.not_lt_zero _ (z ▸ lt)
          rw [← ea, e] at lt
          exact (Nat.lt_irrefl b (Nat.lt_of_lt_of_le h₂ (Nat.le_of_lt_succ lt))).elim
        · rw [skip_ge a h₁, skip_ge b h₂] at e
          have lta := Nat.lt_of_le_of_ne (Nat.le_of_not_lt h₁) ha.symm
          have ltb := Nat.lt_of_le_of_ne (Nat.le_of_not_lt h₂) hb.symm
          have ea := Nat.succ_pred (n := a) fun z => Nat.not_lt_zero _ (z ▸ lta)
          have eb := Nat.succ_pred (n := b) fun z => Nat.not_lt_zero _ (z ▸ ltb)
          exact ea.symm.trans ((congrArg Nat.succ e).trans eb)
    have e := inj (succ i) (succ j) (eq_of_val_eq (same _ _ (apart i) (apart j) h'))
    exact eq_of_val_eq (Nat.succ_inj (congrArg Fin.val e))
end Fin

/-- Equality on a type, as a family over both ends, in any universe. -/
inductive Path {α : Sort u} : α → α → Type
  | refl (a : α) : Path a a
def Path.trans {α : Sort u} {a b c : α} (p : Path a b) : Path b c → Path a c :=
  match p with
  | .refl _ => fun q => q
def Path.symm {α : Sort u} {a b : α} (p : Path a b) : Path b a :=
  match p with
  | .refl _ => .refl _
theorem Path.trans_symm {α : Sort u} {a b : α} (p : Path a b) : p.trans p.symm = .refl a := by
  cases p
  rfl
theorem Path.to_eq {α : Sort u} {a b : α} (p : Path a b) : a = b := by
  cases p
  rfl

/-! ## Structures: eta, projections, inheritance -/

/-- A point with named coordinates. -/
structure Point (α : Type u) where
  x : α
  y : α
/-- A point that has a weight. -/
structure WeightedPoint (α : Type u) extends Point α where
  weight : Nat
theorem Point.eta {α : Type u} (p : Point α) : { x := p.x, y := p.y : Point α } = p := rfl
theorem WeightedPoint.eta {α : Type u} (p : WeightedPoint α) :
    { x := p.x, y := p.y, weight := p.weight : WeightedPoint α } = p := rfl
/-- Swap the coordinates. -/
def Point.swap {α : Type u} (p : Point α) : Point α := { x := p.y, y := p.x }
theorem Point.swap_swap {α : Type u} (p : Point α) : p.swap.swap = p := rfl
theorem Point.ext {α : Type u} {p q : Point α} (hx : p.x = q.x) (hy : p.y = q.y) : p = q := by
  cases p
  cases q
  cases hx
  cases hy
  rfl
theorem function_eta {α : Sort u} {β : α → Sort v} (f : (a : α) → β a) : (fun a => f a) = f := rfl
theorem unit_like (a b : Unit) : a = b := rfl
theorem functions_to_unit {α : Type u} (f g : α → Unit) : (fun a => f a) = fun a => g a := funext fun _ => rfl
theorem pair_of_units (p q : Unit × Unit) : (p.fst, p.snd) = q := rfl
theorem curry_uncurry {α : Type u} {β : Type v} {γ : Type w} (f : α × β → γ) :
    (fun p : α × β => (fun a b => f (a, b)) p.fst p.snd) = f := rfl

/-! ## Propositions: their proofs are equal, and equality proofs compute -/

theorem subtype_irrelevant {α : Type u} {p : α → Prop} (a : α) (h₁ h₂ : p a) :
    (⟨a, h₁⟩ : Subtype p) = ⟨a, h₂⟩ := rfl
/-- Casting along any proof of `a = a` does nothing, by computation. -/
theorem cast_rfl {α : Sort u} (h : α = α) (a : α) : cast h a = a := rfl
theorem rec_any_proof {α : Type u} {a : α} {C : α → Type v} (h : a = a) (c : C a) : (h ▸ c : C a) = c := rfl
theorem heq_of_cast {α β : Sort u} (h : α = β) (a : α) : HEq a (cast h a) := (cast_heq h a).symm
theorem and_eta {a b : Prop} (h : a ∧ b) : ⟨h.left, h.right⟩ = h := rfl
/-- From a proof in `Prop` into data: allowed, since `False` has no cases and `And` only proofs. -/
def dataOfAnd {a b : Prop} (h : a ∧ b) (C : Type u) (f : a → b → C) : C := h.rec f
theorem dataOfAnd_eq {a b : Prop} (ha : a) (hb : b) (C : Type u) (f : a → b → C) :
    dataOfAnd ⟨ha, hb⟩ C f = f ha hb := rfl
theorem dataOfAnd_any_proof {a b : Prop} (h h' : a ∧ b) (C : Type u) (f : a → b → C) :
    dataOfAnd h C f = dataOfAnd h' C f := rfl
/-- Recursion on accessibility may take any proof of it. -/
theorem fixF_any_proof {α : Sort u} {r : α → α → Prop} {C : α → Sort v}
    (F : (x : α) → ((y : α) → r y x → C y) → C x) (x : α) (h₁ h₂ : Acc r x) :
    WellFounded.fixF F x h₁ = WellFounded.fixF F x h₂ := rfl

/-! ## Quotients: lists without order -/

/-- Lists up to their order. -/
def Multiset (α : Type u) : Type u := Quot (@List.Perm α)
namespace Multiset
variable {α : Type u} {β : Type v}
def ofList (as : List α) : Multiset α := Quot.mk _ as
theorem sound {as bs : List α} (h : List.Perm as bs) : ofList as = ofList bs := Quot.sound h
theorem exact {as bs : List α} (h : ofList as = ofList bs) : List.Perm as bs := Quot.exact List.Perm.equivalence h
/-- The number of elements does not depend on the order. -/
def card (m : Multiset α) : Nat := Quot.lift List.length (fun _ _ h => h.length_eq) m
def map (f : α → β) (m : Multiset α) : Multiset β :=
  Quot.lift (fun as => ofList (as.map f)) (fun _ _ h => sound (h.map f)) m
/-- A combination in which the order does not matter. -/
def fold (f : α → β → β) (comm : ∀ a b z, f a (f b z) = f b (f a z)) (z : β) (m : Multiset α) : β :=
  Quot.lift (List.foldr f z) (fun _ _ h => h.foldr_eq comm z) m
theorem card_map (f : α → β) (m : Multiset α) : card (map f m) = card m :=
  Quot.ind (β := fun m => card (map f m) = card m) (fun as => List.length_map f as) m
theorem ofList_reverse (as : List α) : ofList as.reverse = ofList as := sound (List.Perm.reverse as)
theorem card_ofList (as : List α) : card (ofList as) = as.length := rfl
/-- The sum of numbers, in any order. -/
def sum (m : Multiset Nat) : Nat := fold (· + ·) (fun a b z => Nat.add_left_comm a b z) 0 m
theorem sum_example : sum (ofList [3, 1, 2]) = sum (ofList [1, 2, 3]) := rfl
end Multiset

/-! ## Universes -/

/-- A type in every universe has its copy in the next one. -/
structure Lift (α : Type u) : Type (u + 1) where
  down : α
theorem Lift.eta {α : Type u} (a : Lift α) : Lift.mk a.down = a := rfl
/-- A type is as large as another if functions go both ways and undo each other. -/
structure Equivalent (α : Sort u) (β : Sort v) : Sort (max 1 u v) where
  to : α → β
  back : β → α
  back_to : ∀ a, back (to a) = a
  to_back : ∀ b, to (back b) = b
def Equivalent.refl (α : Sort u) : Equivalent α α := ⟨id, id, fun _ => rfl, fun _ => rfl⟩
def Equivalent.symm {α : Sort u} {β : Sort v} (e : Equivalent α β) : Equivalent β α :=
  ⟨e.back, e.to, e.to_back, e.back_to⟩
def Equivalent.trans {α : Sort u} {β : Sort v} {γ : Sort w} (e : Equivalent α β) (f : Equivalent β γ) :
    Equivalent α γ :=
  ⟨fun a => f.to (e.to a), fun c => e.back (f.back c),
   fun a => (congrArg e.back (f.back_to (e.to a))).trans (e.back_to a),
   fun c => (congrArg f.to (e.to_back (f.back c))).trans (f.to_back c)⟩
def Equivalent.lift (α : Type u) : Equivalent α (Lift α) := ⟨Lift.mk, Lift.down, fun _ => rfl, fun _ => rfl⟩
theorem Equivalent.symm_symm {α : Sort u} {β : Sort v} (e : Equivalent α β) : e.symm.symm = e := rfl
/-- **Cantor**: no function from a type reaches all its properties. -/
theorem cantor {α : Type u} (f : α → α → Prop) : ¬∀ p : α → Prop, ∃ a, f a = p := fun h =>
  (h fun a => ¬f a a).elim fun a ha =>
    have e : f a a = ¬f a a := congrFun ha a
    have no : ¬f a a := fun hf => e.mp hf hf
    no (e.mpr no)
/-- The same for values instead of properties, over any type whose function `not` moves everything. -/
theorem lawvere {α : Type u} {β : Type v} (f : α → α → β) (onto : ∀ g : α → β, ∃ a, f a = g) (t : β → β) :
    ∃ b, t b = b :=
  (onto fun a => t (f a a)).elim fun a ha => ⟨f a a, (congrFun ha a).symm⟩

/-! ## Computation inside proofs -/

theorem big_product : 123456789 * 987654321 = 121932631112635269 := rfl
theorem big_power : Nat.pow 2 100 = 1267650600228229401496703205376 := rfl
theorem big_difference : 1000000000000 - 999999999999 = 1 := rfl
theorem big_comparison : 999999999999 ≤ 1000000000000 := by decide
theorem decided : (2 + 2 = 4 ∧ ¬(2 + 2 = 5)) ∨ False := by decide
theorem decided_list : [1, 2] ++ [3] = [1, 2, 3] := by decide
theorem decided_member : 3 ∈ [1, 2, 3] := by decide
theorem sorted_twice : List.sort Nat.ble (List.sort Nat.ble [4, 2, 9, 1]) = [1, 2, 4, 9] := by decide
theorem integers_compute : (Int.ofNat 3 + Int.negSucc 4) * Int.negSucc 1 = Int.ofNat 4 := rfl
theorem tree_size :
    Tree.size (Tree.node 0 [Tree.node 1 [], Tree.node 2 [Tree.node 3 []]]) = 4 := rfl

end Verikit.Types
end
