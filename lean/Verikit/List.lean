prelude
import Verikit.Nat
/-!
# Lists

Append, map, fold, length, reverse, membership, permutations, and relations between lists of equal length.
-/
set_option linter.all false
universe u v w
noncomputable section
variable {α : Type u} {β : Type v} {γ : Type w}
namespace List

/-! ## Definitions -/

/-- How many elements. -/
def length : List α → Nat
  | [] => 0
  | _ :: as => length as + 1
/-- One list after the other. -/
protected def append : List α → List α → List α
  | [], bs => bs
  | a :: as, bs => a :: List.append as bs
instance : Append (List α) := ⟨List.append⟩
/-- A function at every element. -/
def map (f : α → β) : List α → List β
  | [] => []
  | a :: as => f a :: map f as
/-- Combine from the right: `f a₁ (f a₂ (… z))`. -/
def foldr (f : α → β → β) (z : β) : List α → β
  | [] => z
  | a :: as => f a (foldr f z as)
/-- Combine from the left: `f (… (f z a₁) …) aₙ`. -/
def foldl (f : β → α → β) (z : β) : List α → β
  | [] => z
  | a :: as => foldl f (f z a) as
/-- The elements in the opposite order. -/
def reverse : List α → List α
  | [] => []
  | a :: as => reverse as ++ [a]
/-- The elements with a property. -/
def filter (p : α → Bool) : List α → List α
  | [] => []
  | a :: as => cond (p a) (a :: filter p as) (filter p as)
/-- All lists, one after another. -/
def flatten : List (List α) → List α
  | [] => []
  | as :: l => as ++ flatten l
/-- Combine the elements at equal places; as long as the shorter list. -/
def zipWith (f : α → β → γ) : List α → List β → List γ
  | [], _ => []
  | _ :: _, [] => []
  | a :: as, b :: bs => f a b :: zipWith f as bs
/-- `n` times the same element. -/
def replicate : Nat → α → List α
  | 0, _ => []
  | n + 1, a => a :: replicate n a
/-- The first `n` elements. -/
def take : Nat → List α → List α
  | 0, _ => []
  | _ + 1, [] => []
  | n + 1, a :: as => a :: take n as
/-- What follows the first `n` elements. -/
def drop : Nat → List α → List α
  | 0, as => as
  | _ + 1, [] => []
  | n + 1, _ :: as => drop n as
/-- Membership: at the head or in the tail. -/
inductive Mem (a : α) : List α → Prop
  | head (as : List α) : Mem a (a :: as)
  | tail (b : α) {as : List α} : Mem a as → Mem a (b :: as)
instance : Membership α (List α) := ⟨fun as a => Mem a as⟩

/-! ## Constructors -/

theorem cons_ne_nil (a : α) (as : List α) : a :: as ≠ [] := fun h => nomatch h
theorem head_eq_of_cons_eq {a b : α} {as bs : List α} (h : a :: as = b :: bs) : a = b := by
  injection h
theorem tail_eq_of_cons_eq {a b : α} {as bs : List α} (h : a :: as = b :: bs) : as = bs := by
  injection h
theorem eq_nil_or_cons (as : List α) : as = [] ∨ ∃ b, ∃ bs, as = b :: bs := by
  cases as with
  | nil => exact Or.inl rfl
  | cons b bs => exact Or.inr ⟨b, bs, rfl⟩
/-- Equality of lists is decidable if that of the elements is. -/
instance hasDecEq [DecidableEq α] : DecidableEq (List α) := fun as bs => by
  induction as generalizing bs with
  | nil =>
    cases bs with
    | nil => exact isTrue rfl
    | cons b bs => exact isFalse fun h => nomatch h
  | cons a as ih =>
    cases bs with
    | nil => exact isFalse fun h => nomatch h
    | cons b bs =>
      exact match decEq a b, ih bs with
        | isTrue h₁, isTrue h₂ => isTrue (h₁ ▸ h₂ ▸ rfl)
        | isFalse h₁, _ => isFalse fun h => h₁ (head_eq_of_cons_eq h)
        | _, isFalse h₂ => isFalse fun h => h₂ (tail_eq_of_cons_eq h)

/-! ## Append -/

@[simp] theorem nil_append (as : List α) : [] ++ as = as := rfl
@[simp] theorem cons_append (a : α) (as bs : List α) : (a :: as) ++ bs = a :: (as ++ bs) := rfl
@[simp] theorem append_nil (as : List α) : as ++ [] = as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons a) ih
theorem append_assoc (as bs cs : List α) : (as ++ bs) ++ cs = as ++ (bs ++ cs) := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons a) ih
theorem append_left_cancel {as bs cs : List α} (h : as ++ bs = as ++ cs) : bs = cs := by
  induction as with
  | nil => exact h
  | cons a as ih => exact ih (tail_eq_of_cons_eq h)
theorem append_eq_nil {as bs : List α} (h : as ++ bs = []) : as = [] ∧ bs = [] := by
  cases as with
  | nil => exact ⟨rfl, h⟩
  | cons a as => exact absurd h (cons_ne_nil _ _)

/-! ## Length -/

@[simp] theorem length_nil : length ([] : List α) = 0 := rfl
@[simp] theorem length_cons (a : α) (as : List α) : length (a :: as) = length as + 1 := rfl
theorem eq_nil_of_length_eq_zero {as : List α} (h : length as = 0) : as = [] := by
  cases as with
  | nil => rfl
  | cons a as => exact absurd h (Nat.succ_ne_zero _)
theorem length_append (as bs : List α) : length (as ++ bs) = length as + length bs := by
  induction as with
  | nil => exact (Nat.zero_add _).symm
  | cons a as ih => exact (congrArg Nat.succ ih).trans (Nat.succ_add _ _).symm
theorem length_map (f : α → β) (as : List α) : length (map f as) = length as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg Nat.succ ih
theorem length_reverse (as : List α) : length (reverse as) = length as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact (length_append _ _).trans (congrArg Nat.succ ih)
theorem length_replicate (n : Nat) (a : α) : length (replicate n a) = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih
theorem length_zipWith {f : α → β → γ} {as : List α} {bs : List β} (h : length as = length bs) :
    length (zipWith f as bs) = length as := by
  induction as generalizing bs with
  | nil => rfl
  | cons a as ih =>
    cases bs with
    | nil => exact absurd h (Nat.succ_ne_zero _)
    | cons b bs => exact congrArg Nat.succ (ih (Nat.succ_inj h))
theorem take_append_drop (n : Nat) (as : List α) : take n as ++ drop n as = as := by
  induction n generalizing as with
  | zero => rfl
  | succ n ih =>
    cases as with
    | nil => rfl
    | cons a as => exact congrArg (cons a) (ih as)
theorem length_take_le (n : Nat) (as : List α) : length (take n as) ≤ n := by
  induction n generalizing as with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    cases as with
    | nil => exact Nat.zero_le _
    | cons a as => exact Nat.succ_le_succ (ih as)
theorem length_filter_le (p : α → Bool) (as : List α) : length (filter p as) ≤ length as := by
  induction as with
  | nil => exact Nat.le_refl 0
  | cons a as ih =>
    show length (cond (p a) (a :: filter p as) (filter p as)) ≤ _
    cases p a with
    | false => exact Nat.le_succ_of_le ih
    | true => exact Nat.succ_le_succ ih

/-! ## Map -/

theorem map_id (as : List α) : map id as = as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons a) ih
theorem map_map (g : β → γ) (f : α → β) (as : List α) : map g (map f as) = map (g ∘ f) as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons _) ih
theorem map_append (f : α → β) (as bs : List α) : map f (as ++ bs) = map f as ++ map f bs := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons _) ih
theorem map_congr {f g : α → β} (h : ∀ a, f a = g a) (as : List α) : map f as = map g as :=
  congrArg (map · as) (funext h)
theorem map_replicate (f : α → β) (n : Nat) (a : α) : map f (replicate n a) = replicate n (f a) := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg (cons _) ih

/-! ## Folds -/

theorem foldr_append (f : α → β → β) (z : β) (as bs : List α) :
    foldr f z (as ++ bs) = foldr f (foldr f z bs) as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (f a) ih
theorem foldl_append (f : β → α → β) (z : β) (as bs : List α) :
    foldl f z (as ++ bs) = foldl f (foldl f z as) bs := by
  induction as generalizing z with
  | nil => rfl
  | cons a as ih => exact ih (f z a)
theorem foldr_map (f : β → γ → γ) (g : α → β) (z : γ) (as : List α) :
    foldr f z (map g as) = foldr (fun a => f (g a)) z as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (f (g a)) ih
theorem foldr_cons_nil (as : List α) : foldr cons [] as = as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact congrArg (cons a) ih
/-- A fold from the right is one from the left over the reversed list. -/
theorem foldl_reverse (f : β → α → β) (z : β) (as : List α) :
    foldl f z (reverse as) = foldr (fun a b => f b a) z as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact (foldl_append f z (reverse as) [a]).trans (congrArg (f · a) ih)

/-! ## Reverse -/

theorem reverse_append (as bs : List α) : reverse (as ++ bs) = reverse bs ++ reverse as := by
  induction as with
  | nil => exact (append_nil _).symm
  | cons a as ih => exact (congrArg (· ++ [a]) ih).trans (append_assoc _ _ _)
theorem reverse_reverse (as : List α) : reverse (reverse as) = as := by
  induction as with
  | nil => rfl
  | cons a as ih => exact (reverse_append _ _).trans (congrArg (cons a) ih)
theorem reverse_inj {as bs : List α} (h : reverse as = reverse bs) : as = bs :=
  (reverse_reverse as).symm.trans ((congrArg reverse h).trans (reverse_reverse bs))
theorem map_reverse (f : α → β) (as : List α) : map f (reverse as) = reverse (map f as) := by
  induction as with
  | nil => rfl
  | cons a as ih => exact (map_append f _ _).trans (congrArg (· ++ [f a]) ih)

/-! ## Membership -/

theorem not_mem_nil (a : α) : ¬(a ∈ ([] : List α)) := fun h => nomatch h
theorem mem_cons_self (a : α) (as : List α) : a ∈ a :: as := Mem.head as
theorem mem_cons_of_mem {a : α} (b : α) {as : List α} (h : a ∈ as) : a ∈ b :: as := Mem.tail b h
theorem mem_cons {a b : α} {as : List α} : a ∈ b :: as ↔ a = b ∨ a ∈ as := by
  constructor
  · intro h
    cases h with
    | head => exact Or.inl rfl
    | tail _ h => exact Or.inr h
  · intro h
    cases h with
    | inl h => exact h ▸ mem_cons_self a as
    | inr h => exact mem_cons_of_mem b h
theorem mem_append {a : α} {as bs : List α} : a ∈ as ++ bs ↔ a ∈ as ∨ a ∈ bs := by
  induction as with
  | nil => exact ⟨Or.inr, fun h => h.elim (fun h => absurd h (not_mem_nil a)) id⟩
  | cons b as ih =>
    show a ∈ b :: (as ++ bs) ↔ _
    exact mem_cons.trans ((or_congr Iff.rfl ih).trans (or_assoc.symm.trans (or_congr mem_cons.symm Iff.rfl)))
theorem mem_map {b : β} {f : α → β} {as : List α} : b ∈ map f as ↔ ∃ a, a ∈ as ∧ f a = b := by
  induction as with
  | nil => exact ⟨fun h => absurd h (not_mem_nil b), fun h => h.elim fun a h => absurd h.left (not_mem_nil a)⟩
  | cons c as ih =>
    constructor
    · intro h
      cases mem_cons.mp h with
      | inl h => exact ⟨c, mem_cons_self c as, h.symm⟩
      | inr h => exact (ih.mp h).imp fun a ha => ⟨mem_cons_of_mem c ha.left, ha.right⟩
    · intro h
      cases h with
      | intro a ha =>
        cases mem_cons.mp ha.left with
        | inl e => exact e ▸ ha.right ▸ mem_cons_self _ _
        | inr h => exact mem_cons_of_mem _ (ih.mpr ⟨a, h, ha.right⟩)
theorem mem_reverse {a : α} {as : List α} : a ∈ reverse as ↔ a ∈ as := by
  induction as with
  | nil => exact Iff.rfl
  | cons b as ih =>
    refine mem_append.trans ⟨fun h => ?_, fun h => ?_⟩
    · exact h.elim (fun h => mem_cons_of_mem b (ih.mp h))
        fun h => (mem_cons.mp h).elim (fun e => e ▸ mem_cons_self a as) fun h => nomatch h
    · exact (mem_cons.mp h).elim (fun e => Or.inr (e ▸ mem_cons_self a [])) fun h => Or.inl (ih.mpr h)
theorem length_pos_of_mem {a : α} {as : List α} (h : a ∈ as) : 0 < length as := by
  cases as with
  | nil => exact absurd h (not_mem_nil a)
  | cons b as => exact Nat.zero_lt_succ _
instance decMem [DecidableEq α] (a : α) (as : List α) : Decidable (a ∈ as) := by
  induction as with
  | nil => exact isFalse (not_mem_nil a)
  | cons b as ih => exact decidable_of_iff (a = b ∨ a ∈ as) mem_cons.symm

/-! ## All elements, and pairs of elements -/

/-- Every element has the property. -/
inductive Forall (p : α → Prop) : List α → Prop
  | nil : Forall p []
  | cons {a : α} {as : List α} : p a → Forall p as → Forall p (a :: as)
theorem Forall.imp {p q : α → Prop} (f : ∀ a, p a → q a) {as : List α} (h : Forall p as) : Forall q as := by
  induction h with
  | nil => exact Forall.nil
  | cons h _ ih => exact Forall.cons (f _ h) ih
theorem forall_iff_mem {p : α → Prop} {as : List α} : Forall p as ↔ ∀ a, a ∈ as → p a := by
  constructor
  · intro h
    induction h with
    | nil => exact fun a h => absurd h (not_mem_nil a)
    | cons h _ ih => exact fun a ha => (mem_cons.mp ha).elim (fun e => e ▸ h) (ih a)
  · intro h
    induction as with
    | nil => exact Forall.nil
    | cons a as ih => exact Forall.cons (h a (mem_cons_self a as)) (ih fun b hb => h b (mem_cons_of_mem a hb))
theorem Forall.append {p : α → Prop} {as bs : List α} (h₁ : Forall p as) (h₂ : Forall p bs) :
    Forall p (as ++ bs) := by
  induction h₁ with
  | nil => exact h₂
  | cons h _ ih => exact Forall.cons h ih
/-- Lists of equal length whose elements at equal places are related. -/
inductive Forall₂ (r : α → β → Prop) : List α → List β → Prop
  | nil : Forall₂ r [] []
  | cons {a : α} {b : β} {as : List α} {bs : List β} : r a b → Forall₂ r as bs → Forall₂ r (a :: as) (b :: bs)
theorem Forall₂.imp {r s : α → β → Prop} (f : ∀ a b, r a b → s a b) {as : List α} {bs : List β}
    (h : Forall₂ r as bs) : Forall₂ s as bs := by
  induction h with
  | nil => exact Forall₂.nil
  | cons h _ ih => exact Forall₂.cons (f _ _ h) ih
theorem Forall₂.length_eq {r : α → β → Prop} {as : List α} {bs : List β} (h : Forall₂ r as bs) :
    length as = length bs := by
  induction h with
  | nil => rfl
  | cons _ _ ih => exact congrArg Nat.succ ih
theorem Forall₂.refl {r : α → α → Prop} (h : ∀ a, r a a) (as : List α) : Forall₂ r as as := by
  induction as with
  | nil => exact Forall₂.nil
  | cons a as ih => exact Forall₂.cons (h a) ih
theorem Forall₂.flip {r : α → β → Prop} {as : List α} {bs : List β} (h : Forall₂ r as bs) :
    Forall₂ (fun b a => r a b) bs as := by
  induction h with
  | nil => exact Forall₂.nil
  | cons h _ ih => exact Forall₂.cons h ih
theorem Forall₂.trans {r : α → β → Prop} {s : β → γ → Prop} {t : α → γ → Prop} (f : ∀ a b c, r a b → s b c → t a c)
    {as : List α} {bs : List β} {cs : List γ} (h₁ : Forall₂ r as bs) (h₂ : Forall₂ s bs cs) : Forall₂ t as cs := by
  induction h₁ generalizing cs with
  | nil =>
    cases h₂
    exact Forall₂.nil
  | cons h _ ih =>
    cases h₂ with
    | cons h' h₂ => exact Forall₂.cons (f _ _ _ h h') (ih h₂)
/-- Functions that keep a relation keep it through `map`. -/
theorem Forall₂.map {δ : Type u} {r : α → β → Prop} {s : γ → δ → Prop} {f : α → γ} {g : β → δ}
    (h : ∀ a b, r a b → s (f a) (g b)) {as : List α} {bs : List β} (hs : Forall₂ r as bs) :
    Forall₂ s (map f as) (map g bs) := by
  induction hs with
  | nil => exact Forall₂.nil
  | cons h' _ ih => exact Forall₂.cons (h _ _ h') ih

/-! ## Permutations -/

/-- One list is the other in another order. -/
inductive Perm : List α → List α → Prop
  | nil : Perm [] []
  | cons (a : α) {as bs : List α} : Perm as bs → Perm (a :: as) (a :: bs)
  | swap (a b : α) (as : List α) : Perm (b :: a :: as) (a :: b :: as)
  | trans {as bs cs : List α} : Perm as bs → Perm bs cs → Perm as cs
theorem Perm.refl (as : List α) : Perm as as := by
  induction as with
  | nil => exact Perm.nil
  | cons a as ih => exact Perm.cons a ih
theorem Perm.symm {as bs : List α} (h : Perm as bs) : Perm bs as := by
  induction h with
  | nil => exact Perm.nil
  | cons a _ ih => exact Perm.cons a ih
  | swap a b as => exact Perm.swap b a as
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₂ ih₁
theorem Perm.equivalence : Equivalence (@Perm α) := ⟨Perm.refl, Perm.symm, Perm.trans⟩
theorem Perm.length_eq {as bs : List α} (h : Perm as bs) : length as = length bs := by
  induction h with
  | nil => rfl
  | cons _ _ ih => exact congrArg Nat.succ ih
  | swap => rfl
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂
theorem Perm.mem_iff {a : α} {as bs : List α} (h : Perm as bs) : a ∈ as ↔ a ∈ bs := by
  induction h with
  | nil => exact Iff.rfl
  | cons b _ ih => exact mem_cons.trans ((or_congr Iff.rfl ih).trans mem_cons.symm)
  | swap b c as =>
    exact ⟨fun h => (mem_cons.mp h).elim (fun e => mem_cons_of_mem _ (mem_cons.mpr (Or.inl e)))
        fun h => (mem_cons.mp h).elim (fun e => mem_cons.mpr (Or.inl e))
          fun h => mem_cons_of_mem _ (mem_cons_of_mem _ h),
      fun h => (mem_cons.mp h).elim (fun e => mem_cons_of_mem _ (mem_cons.mpr (Or.inl e)))
        fun h => (mem_cons.mp h).elim (fun e => mem_cons.mpr (Or.inl e))
          fun h => mem_cons_of_mem _ (mem_cons_of_mem _ h)⟩
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂
theorem Perm.map (f : α → β) {as bs : List α} (h : Perm as bs) : Perm (as.map f) (bs.map f) := by
  induction h with
  | nil => exact Perm.nil
  | cons a _ ih => exact Perm.cons (f a) ih
  | swap a b as => exact Perm.swap (f a) (f b) (as.map f)
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₁ ih₂
theorem Perm.append_right (cs : List α) {as bs : List α} (h : Perm as bs) : Perm (as ++ cs) (bs ++ cs) := by
  induction h with
  | nil => exact Perm.refl cs
  | cons a _ ih => exact Perm.cons a ih
  | swap a b as => exact Perm.swap a b (as ++ cs)
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₁ ih₂
theorem Perm.append_singleton (a : α) (as : List α) : Perm (as ++ [a]) (a :: as) := by
  induction as with
  | nil => exact Perm.refl [a]
  | cons b as ih => exact Perm.trans (Perm.cons b ih) (Perm.swap a b as)
theorem Perm.reverse (as : List α) : Perm (reverse as) as := by
  induction as with
  | nil => exact Perm.nil
  | cons a as ih => exact Perm.trans (Perm.append_singleton a (List.reverse as)) (Perm.cons a ih)
/-- A fold with an operation whose order does not matter has one value for all orders of the list. -/
theorem Perm.foldr_eq {f : α → β → β} (comm : ∀ a b z, f a (f b z) = f b (f a z)) {as bs : List α} (h : Perm as bs)
    (z : β) : foldr f z as = foldr f z bs := by
  induction h with
  | nil => rfl
  | cons a _ ih => exact congrArg (f a) ih
  | swap a b as => exact comm b a (foldr f z as)
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂

/-! ## Sorting -/

/-- Put an element before the first that is not smaller. -/
def insertOrdered (le : α → α → Bool) (a : α) : List α → List α
  | [] => [a]
  | b :: bs => cond (le a b) (a :: b :: bs) (b :: insertOrdered le a bs)
/-- Insertion sort. -/
def sort (le : α → α → Bool) : List α → List α
  | [] => []
  | a :: as => insertOrdered le a (sort le as)
theorem perm_insertOrdered (le : α → α → Bool) (a : α) (as : List α) : Perm (insertOrdered le a as) (a :: as) := by
  induction as with
  | nil => exact Perm.refl [a]
  | cons b as ih =>
    show Perm (cond (le a b) (a :: b :: as) (b :: insertOrdered le a as)) _
    cases le a b with
    | true => exact Perm.refl _
    | false => exact Perm.trans (Perm.cons b ih) (Perm.swap a b as)
/-- Sorting changes the order only. -/
theorem perm_sort (le : α → α → Bool) (as : List α) : Perm (sort le as) as := by
  induction as with
  | nil => exact Perm.nil
  | cons a as ih => exact Perm.trans (perm_insertOrdered le a (sort le as)) (Perm.cons a ih)
theorem sort_example : sort Nat.ble [5, 3, 8, 1, 3] = [1, 3, 3, 5, 8] := rfl

end List
end
