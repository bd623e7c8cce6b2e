prelude
import Verikit.Core
/-!
# Logic

Propositions, decisions, quotients. Two axioms enter here, both Lean's own: `propext`, two propositions that imply each
other are equal, and `Quot.sound`, related elements have equal classes. Excluded middle is not assumed anywhere.
-/
set_option linter.all false
universe u v w
noncomputable section

/-! ## Connectives -/

theorem trivial : True := True.intro
theorem mt {a b : Prop} (h₁ : a → b) (h₂ : ¬b) : ¬a := fun h => h₂ (h₁ h)
theorem not_false : ¬False := id
theorem not_not_intro {p : Prop} (h : p) : ¬¬p := fun hn => hn h
theorem not_not_em (a : Prop) : ¬¬(a ∨ ¬a) := fun h => h (Or.inr fun ha => h (Or.inl ha))
theorem not_not_not {a : Prop} (h : ¬¬¬a) : ¬a := fun ha => h fun hn => hn ha
theorem Ne.symm {α : Sort u} {a b : α} (h : a ≠ b) : b ≠ a := fun e => h e.symm
theorem ne_of_eq_of_ne {α : Sort u} {a b c : α} (h₁ : a = b) (h₂ : b ≠ c) : a ≠ c := fun e => h₂ (h₁.symm.trans e)

theorem And.symm {a b : Prop} (h : a ∧ b) : b ∧ a := ⟨h.right, h.left⟩
theorem And.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∧ b) : c ∧ d := ⟨f h.left, g h.right⟩
theorem Or.elim {a b c : Prop} (h : a ∨ b) (l : a → c) (r : b → c) : c := h.rec l r
theorem Or.symm {a b : Prop} (h : a ∨ b) : b ∨ a := h.elim Or.inr Or.inl
theorem Or.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∨ b) : c ∨ d :=
  h.elim (fun x => Or.inl (f x)) (fun x => Or.inr (g x))
theorem Or.resolve_left {a b : Prop} (h : a ∨ b) (na : ¬a) : b := h.elim (fun ha => absurd ha na) id
theorem Or.resolve_right {a b : Prop} (h : a ∨ b) (nb : ¬b) : a := h.elim id (fun hb => absurd hb nb)
theorem Iff.refl (a : Prop) : a ↔ a := ⟨id, id⟩
theorem Iff.rfl {a : Prop} : a ↔ a := Iff.refl a
theorem Iff.symm {a b : Prop} (h : a ↔ b) : b ↔ a := ⟨h.mpr, h.mp⟩
theorem Iff.trans {a b c : Prop} (h₁ : a ↔ b) (h₂ : b ↔ c) : a ↔ c :=
  ⟨fun h => h₂.mp (h₁.mp h), fun h => h₁.mpr (h₂.mpr h)⟩
theorem Iff.of_eq {a b : Prop} (h : a = b) : a ↔ b := h.rec Iff.rfl
theorem Exists.elim {α : Sort u} {p : α → Prop} {b : Prop} (h : ∃ x, p x) (f : ∀ a, p a → b) : b := h.rec f
theorem Exists.imp {α : Sort u} {p q : α → Prop} (f : ∀ a, p a → q a) (h : ∃ x, p x) : ∃ x, q x :=
  h.elim fun a ha => ⟨a, f a ha⟩
theorem exists_swap {α : Sort u} {β : Sort v} {p : α → β → Prop} (h : ∃ x, ∃ y, p x y) : ∃ y, ∃ x, p x y :=
  h.elim fun x hx => hx.elim fun y hy => ⟨y, x, hy⟩
theorem forall_not_of_not_exists {α : Sort u} {p : α → Prop} (h : ¬∃ x, p x) : ∀ x, ¬p x := fun x hx => h ⟨x, hx⟩
theorem not_exists_of_forall_not {α : Sort u} {p : α → Prop} (h : ∀ x, ¬p x) : ¬∃ x, p x :=
  fun e => e.elim fun x hx => h x hx

theorem and_comm {a b : Prop} : a ∧ b ↔ b ∧ a := ⟨And.symm, And.symm⟩
theorem or_comm {a b : Prop} : a ∨ b ↔ b ∨ a := ⟨Or.symm, Or.symm⟩
theorem and_assoc {a b c : Prop} : (a ∧ b) ∧ c ↔ a ∧ (b ∧ c) :=
  ⟨fun h => ⟨h.left.left, h.left.right, h.right⟩, fun h => ⟨⟨h.left, h.right.left⟩, h.right.right⟩⟩
theorem or_assoc {a b c : Prop} : (a ∨ b) ∨ c ↔ a ∨ (b ∨ c) :=
  ⟨fun h => h.elim (fun h => h.elim Or.inl fun hb => Or.inr (Or.inl hb)) fun hc => Or.inr (Or.inr hc),
   fun h => h.elim (fun ha => Or.inl (Or.inl ha)) fun h => h.elim (fun hb => Or.inl (Or.inr hb)) Or.inr⟩
theorem and_or_left {a b c : Prop} : a ∧ (b ∨ c) ↔ (a ∧ b) ∨ (a ∧ c) :=
  ⟨fun h => h.right.elim (fun hb => Or.inl ⟨h.left, hb⟩) fun hc => Or.inr ⟨h.left, hc⟩,
   fun h => h.elim (fun h => ⟨h.left, Or.inl h.right⟩) fun h => ⟨h.left, Or.inr h.right⟩⟩
theorem or_and_left {a b c : Prop} : a ∨ (b ∧ c) ↔ (a ∨ b) ∧ (a ∨ c) :=
  ⟨fun h => h.elim (fun ha => ⟨Or.inl ha, Or.inl ha⟩) fun h => ⟨Or.inr h.left, Or.inr h.right⟩,
   fun h => h.left.elim Or.inl fun hb => h.right.elim Or.inl fun hc => Or.inr ⟨hb, hc⟩⟩
theorem and_congr {a b c d : Prop} (h₁ : a ↔ c) (h₂ : b ↔ d) : a ∧ b ↔ c ∧ d :=
  ⟨And.imp h₁.mp h₂.mp, And.imp h₁.mpr h₂.mpr⟩
theorem or_congr {a b c d : Prop} (h₁ : a ↔ c) (h₂ : b ↔ d) : a ∨ b ↔ c ∨ d :=
  ⟨Or.imp h₁.mp h₂.mp, Or.imp h₁.mpr h₂.mpr⟩
theorem not_congr {a b : Prop} (h : a ↔ b) : ¬a ↔ ¬b := ⟨mt h.mpr, mt h.mp⟩
theorem imp_congr {a b c d : Prop} (h₁ : a ↔ c) (h₂ : b ↔ d) : (a → b) ↔ (c → d) :=
  ⟨fun h hc => h₂.mp (h (h₁.mpr hc)), fun h ha => h₂.mpr (h (h₁.mp ha))⟩
theorem not_or {a b : Prop} : ¬(a ∨ b) ↔ ¬a ∧ ¬b :=
  ⟨fun h => ⟨fun ha => h (Or.inl ha), fun hb => h (Or.inr hb)⟩, fun h o => o.elim h.left h.right⟩
theorem not_and_of_not_or_not {a b : Prop} (h : ¬a ∨ ¬b) : ¬(a ∧ b) :=
  fun hab => h.elim (fun na => na hab.left) fun nb => nb hab.right
theorem and_imp {a b c : Prop} : (a ∧ b → c) ↔ (a → b → c) :=
  ⟨fun h ha hb => h ⟨ha, hb⟩, fun h hab => h hab.left hab.right⟩
theorem or_imp {a b c : Prop} : (a ∨ b → c) ↔ (a → c) ∧ (b → c) :=
  ⟨fun h => ⟨fun ha => h (Or.inl ha), fun hb => h (Or.inr hb)⟩, fun h o => o.elim h.left h.right⟩
theorem forall_and {α : Sort u} {p q : α → Prop} : (∀ x, p x ∧ q x) ↔ (∀ x, p x) ∧ (∀ x, q x) :=
  ⟨fun h => ⟨fun x => (h x).left, fun x => (h x).right⟩, fun h x => ⟨h.left x, h.right x⟩⟩
theorem exists_or {α : Sort u} {p q : α → Prop} : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) :=
  ⟨fun h => h.elim fun x hx => hx.elim (fun hp => Or.inl ⟨x, hp⟩) fun hq => Or.inr ⟨x, hq⟩,
   fun h => h.elim (Exists.imp fun _ => Or.inl) (Exists.imp fun _ => Or.inr)⟩

/-! ## Propositions that are equal -/

/-- Propositions that imply each other are equal. -/
axiom propext {a b : Prop} : (a ↔ b) → a = b
theorem eq_true {p : Prop} (h : p) : p = True := propext ⟨fun _ => trivial, fun _ => h⟩
theorem eq_false {p : Prop} (h : ¬p) : p = False := propext ⟨h, False.elim⟩
theorem eq_false' {p : Prop} (h : p → False) : p = False := eq_false h
theorem of_eq_true {p : Prop} (h : p = True) : p := h.symm.rec trivial
theorem of_eq_false {p : Prop} (h : p = False) : ¬p := fun hp => h.rec (motive := fun q _ => q) hp
@[simp] theorem eq_self {α : Sort u} (a : α) : (a = a) = True := eq_true rfl
@[simp] theorem ne_eq {α : Sort u} (a b : α) : (a ≠ b) = ¬(a = b) := rfl
@[simp] theorem iff_self (p : Prop) : (p ↔ p) = True := eq_true Iff.rfl
@[simp] theorem true_and (p : Prop) : (True ∧ p) = p := propext ⟨And.right, fun h => ⟨trivial, h⟩⟩
@[simp] theorem and_true (p : Prop) : (p ∧ True) = p := propext ⟨And.left, fun h => ⟨h, trivial⟩⟩
@[simp] theorem false_and (p : Prop) : (False ∧ p) = False := eq_false And.left
@[simp] theorem and_false (p : Prop) : (p ∧ False) = False := eq_false And.right
@[simp] theorem and_self (p : Prop) : (p ∧ p) = p := propext ⟨And.left, fun h => ⟨h, h⟩⟩
@[simp] theorem true_or (p : Prop) : (True ∨ p) = True := eq_true (Or.inl trivial)
@[simp] theorem or_true (p : Prop) : (p ∨ True) = True := eq_true (Or.inr trivial)
@[simp] theorem false_or (p : Prop) : (False ∨ p) = p := propext ⟨fun h => h.resolve_left id, Or.inr⟩
@[simp] theorem or_false (p : Prop) : (p ∨ False) = p := propext ⟨fun h => h.resolve_right id, Or.inl⟩
@[simp] theorem or_self (p : Prop) : (p ∨ p) = p := propext ⟨fun h => h.elim id id, Or.inl⟩
@[simp] theorem not_true_eq_false : (¬True) = False := eq_false fun h => h trivial
@[simp] theorem not_false_eq_true : (¬False) = True := eq_true id
@[simp] theorem true_iff (p : Prop) : (True ↔ p) = p :=
  propext ⟨fun h => h.mp trivial, fun h => ⟨fun _ => h, fun _ => trivial⟩⟩
@[simp] theorem iff_true (p : Prop) : (p ↔ True) = p :=
  propext ⟨fun h => h.mpr trivial, fun h => ⟨fun _ => trivial, fun _ => h⟩⟩
theorem implies_congr {p₁ p₂ : Sort u} {q₁ q₂ : Sort v} (h₁ : p₁ = p₂) (h₂ : q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  h₁.rec (h₂.rec rfl)
@[simp] theorem implies_true (α : Sort u) : (α → True) = True := eq_true fun _ => trivial
@[simp] theorem true_implies (p : Prop) : (True → p) = p := propext ⟨fun h => h trivial, fun h _ => h⟩
@[simp] theorem false_implies (p : Prop) : (False → p) = True := eq_true False.elim
theorem implies_congr_ctx {p₁ p₂ q₁ q₂ : Prop} (h₁ : p₁ = p₂) (h₂ : p₂ → q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  propext ⟨fun h hp => (h₂ hp).mp (h (h₁.mpr hp)), fun h hp => (h₂ (h₁.mp hp)).mpr (h (h₁.mp hp))⟩
theorem forall_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a = q a) : (∀ a, p a) = (∀ a, q a) :=
  propext ⟨fun hp a => (h a).mp (hp a), fun hq a => (h a).mpr (hq a)⟩
theorem exists_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a ↔ q a) : (∃ a, p a) ↔ (∃ a, q a) :=
  ⟨Exists.imp fun a => (h a).mp, Exists.imp fun a => (h a).mpr⟩

/-! ## Decisions -/

theorem of_decide_eq_true {p : Prop} [inst : Decidable p] : decide p = true → p :=
  match inst with
  | isTrue h => fun _ => h
  | isFalse _ => fun h => Bool.noConfusion h
theorem eq_true_of_decide {p : Prop} [Decidable p] (h : decide p = true) : p = True :=
  eq_true (of_decide_eq_true h)
theorem of_decide_eq_false {p : Prop} [inst : Decidable p] : decide p = false → ¬p :=
  match inst with
  | isTrue _ => fun h => Bool.noConfusion h
  | isFalse h => fun _ => h
theorem decide_eq_true {p : Prop} [inst : Decidable p] (h : p) : decide p = true :=
  match inst with
  | isTrue _ => rfl
  | isFalse n => absurd h n
theorem decide_eq_false {p : Prop} [inst : Decidable p] (h : ¬p) : decide p = false :=
  match inst with
  | isTrue n => absurd n h
  | isFalse _ => rfl
/-- Excluded middle for what can be decided. -/
theorem Decidable.em (p : Prop) [inst : Decidable p] : p ∨ ¬p :=
  match inst with
  | isTrue h => Or.inl h
  | isFalse h => Or.inr h
theorem Decidable.byContradiction {p : Prop} [Decidable p] (h : ¬p → False) : p :=
  (Decidable.em p).elim id fun n => (h n).elim
theorem Decidable.of_not_not {p : Prop} [Decidable p] (h : ¬¬p) : p := Decidable.byContradiction h
theorem Decidable.not_and {a b : Prop} [Decidable a] : ¬(a ∧ b) ↔ ¬a ∨ ¬b :=
  ⟨fun h => (Decidable.em a).elim (fun ha => Or.inr fun hb => h ⟨ha, hb⟩) Or.inl, not_and_of_not_or_not⟩
theorem Decidable.imp_iff_not_or {a b : Prop} [Decidable a] : (a → b) ↔ ¬a ∨ b :=
  ⟨fun h => (Decidable.em a).elim (fun ha => Or.inr (h ha)) Or.inl, fun h ha => h.resolve_left fun na => na ha⟩
instance : Decidable True := isTrue trivial
instance : Decidable False := isFalse id
instance instDecidableAnd {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p ∧ q) :=
  match dp, dq with
  | isTrue hp, isTrue hq => isTrue ⟨hp, hq⟩
  | isFalse hp, _ => isFalse fun h => hp h.left
  | _, isFalse hq => isFalse fun h => hq h.right
instance instDecidableOr {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p ∨ q) :=
  match dp, dq with
  | isTrue hp, _ => isTrue (Or.inl hp)
  | _, isTrue hq => isTrue (Or.inr hq)
  | isFalse hp, isFalse hq => isFalse fun h => h.elim hp hq
instance instDecidableNot {p : Prop} [dp : Decidable p] : Decidable (¬p) :=
  match dp with
  | isTrue hp => isFalse fun n => n hp
  | isFalse hp => isTrue hp
instance instDecidableImp {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p → q) :=
  match dp, dq with
  | isFalse hp, _ => isTrue fun h => absurd h hp
  | isTrue _, isTrue hq => isTrue fun _ => hq
  | isTrue hp, isFalse hq => isFalse fun h => hq (h hp)
instance instDecidableEqBool : DecidableEq Bool
  | true, true => isTrue rfl
  | false, false => isTrue rfl
  | true, false => isFalse fun h => Bool.noConfusion h
  | false, true => isFalse fun h => Bool.noConfusion h
def decidable_of_iff {a : Prop} (b : Prop) (h : b ↔ a) [inst : Decidable b] : Decidable a :=
  match inst with
  | isTrue hb => isTrue (h.mp hb)
  | isFalse hb => isFalse fun ha => hb (h.mpr ha)
theorem if_pos {α : Sort u} {c : Prop} [h : Decidable c] (hc : c) {t e : α} : ite c t e = t :=
  match h with
  | isTrue _ => rfl
  | isFalse n => absurd hc n
theorem if_neg {α : Sort u} {c : Prop} [h : Decidable c] (hc : ¬c) {t e : α} : ite c t e = e :=
  match h with
  | isTrue n => absurd n hc
  | isFalse _ => rfl
theorem dif_pos {α : Sort u} {c : Prop} [h : Decidable c] (hc : c) {t : c → α} {e : ¬c → α} : dite c t e = t hc :=
  match h with
  | isTrue _ => rfl
  | isFalse n => absurd hc n
theorem dif_neg {α : Sort u} {c : Prop} [h : Decidable c] (hc : ¬c) {t : c → α} {e : ¬c → α} : dite c t e = e hc :=
  match h with
  | isTrue n => absurd n hc
  | isFalse _ => rfl
theorem ite_self {α : Sort u} {c : Prop} [h : Decidable c] (a : α) : ite c a a = a :=
  match h with
  | isTrue _ => rfl
  | isFalse _ => rfl
theorem apply_ite {α : Sort u} {β : Sort v} (f : α → β) (c : Prop) [h : Decidable c] (x y : α) :
    f (ite c x y) = ite c (f x) (f y) :=
  match h with
  | isTrue _ => rfl
  | isFalse _ => rfl

/-! ## Quotients -/

/-- Related elements have the same class. -/
axiom Quot.sound {α : Sort u} {r : α → α → Prop} {a b : α} : r a b → Quot.mk r a = Quot.mk r b

/-- A relation that behaves as equality does. -/
structure Equivalence {α : Sort u} (r : α → α → Prop) : Prop where
  refl : ∀ x, r x x
  symm : ∀ {x y}, r x y → r y x
  trans : ∀ {x y z}, r x y → r y z → r x z

theorem Quot.exists_rep {α : Sort u} {r : α → α → Prop} (q : Quot r) : ∃ a, Quot.mk r a = q :=
  Quot.ind (β := fun q => ∃ a, Quot.mk r a = q) (fun a => ⟨a, rfl⟩) q

/-- Equal classes have related elements, if the relation is an equivalence. -/
theorem Quot.exact {α : Sort u} {r : α → α → Prop} (e : Equivalence r) {a b : α} (h : Quot.mk r a = Quot.mk r b) :
    r a b :=
  have key : r a a = Quot.lift (r a) (fun _ _ h => propext ⟨fun h' => e.trans h' h, fun h' => e.trans h' (e.symm h)⟩)
      (Quot.mk r b) := h.rec rfl
  key.mp (e.refl a)

/-- A function of two classes. -/
def Quot.lift₂ {α : Sort u} {β : Sort v} {γ : Sort w} {r : α → α → Prop} {s : β → β → Prop} (f : α → β → γ)
    (hr : ∀ a b₁ b₂, s b₁ b₂ → f a b₁ = f a b₂) (hs : ∀ a₁ a₂ b, r a₁ a₂ → f a₁ b = f a₂ b)
    (q₁ : Quot r) (q₂ : Quot s) : γ :=
  Quot.lift (fun a => Quot.lift (f a) (hr a) q₂)
    (fun a₁ a₂ ha => Quot.ind (β := fun q₂ => Quot.lift (f a₁) (hr a₁) q₂ = Quot.lift (f a₂) (hr a₂) q₂)
      (fun b => hs a₁ a₂ b ha) q₂) q₁

/-- Functions with the same values everywhere. -/
def Pointwise {α : Sort u} {β : α → Sort v} (f g : (x : α) → β x) : Prop := ∀ x, f x = g x
/-- The value at `x` of a class of functions with the same values. -/
def Pointwise.app {α : Sort u} {β : α → Sort v} (q : Quot (@Pointwise α β)) (x : α) : β x :=
  Quot.lift (fun f => f x) (fun _ _ h => h x) q
/-- Functions with equal values are equal: a theorem, by a quotient. -/
theorem funext {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : ∀ x, f x = g x) : f = g :=
  have e : Pointwise.app (Quot.mk Pointwise f) = Pointwise.app (Quot.mk Pointwise g) :=
    congrArg Pointwise.app (Quot.sound h)
  e

theorem pi_congr {α : Sort u} {β β' : α → Sort v} (h : ∀ a, β a = β' a) : (∀ a, β a) = (∀ a, β' a) :=
  congrArg (fun f : α → Sort v => ∀ a, f a) (funext h)

/-- The quotient that forgets everything but whether there is an element. -/
def Trunc (α : Sort u) : Sort u := Quot fun (_ _ : α) => True
theorem Trunc.all_equal {α : Sort u} (a b : Trunc α) : a = b :=
  Quot.ind (β := fun a => a = b) (fun x =>
    Quot.ind (β := fun b => Quot.mk _ x = b) (fun y => Quot.sound (r := fun _ _ => True) trivial) b) a
instance {α : Sort u} : Subsingleton (Trunc α) := ⟨Trunc.all_equal⟩
instance (p : Prop) : Subsingleton p := ⟨fun _ _ => rfl⟩
theorem proof_irrel {p : Prop} (a b : p) : a = b := rfl
theorem Subtype.eq {α : Type u} {p : α → Prop} {a b : Subtype p} (h : a.val = b.val) : a = b := by
  cases a
  cases b
  cases h
  rfl
theorem Prod.eta {α : Type u} {β : Type v} (p : Prod α β) : Prod.mk p.fst p.snd = p := rfl
theorem PUnit.eta (a b : PUnit.{u}) : a = b := rfl

end
