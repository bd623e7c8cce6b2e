prelude
import Verikit.Logic
/-!
# Natural numbers

Addition, multiplication, subtraction and order, each law by induction from the definitions.
-/
set_option linter.all false
universe u v
noncomputable section
namespace Nat

/-! ## Constructors -/

theorem succ_ne_zero (n : Nat) : n + 1 ≠ 0 := fun h => nomatch h
theorem zero_ne_succ (n : Nat) : 0 ≠ n + 1 := fun h => nomatch h
theorem succ_inj {m n : Nat} (h : m + 1 = n + 1) : m = n := by
  injection h
theorem succ_ne_self (n : Nat) : n + 1 ≠ n := by
  induction n with
  | zero => exact succ_ne_zero 0
  | succ n ih => exact fun h => ih (succ_inj h)
theorem eq_zero_or_succ (n : Nat) : n = 0 ∨ ∃ m, n = m + 1 := by
  cases n with
  | zero => exact Or.inl rfl
  | succ m => exact Or.inr ⟨m, rfl⟩
theorem exists_eq_succ_of_ne_zero {n : Nat} (h : n ≠ 0) : ∃ m, n = m + 1 :=
  (eq_zero_or_succ n).resolve_left h
@[simp] theorem pred_zero : pred 0 = 0 := rfl
@[simp] theorem pred_succ (n : Nat) : pred (n + 1) = n := rfl
theorem succ_pred {n : Nat} (h : n ≠ 0) : pred n + 1 = n := by
  cases n with
  | zero => exact absurd rfl h
  | succ m => rfl

/-! ## Addition -/

@[simp] theorem add_zero (n : Nat) : n + 0 = n := rfl
theorem add_succ (m n : Nat) : m + (n + 1) = (m + n) + 1 := rfl
@[simp] theorem zero_add (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem succ_add (m n : Nat) : (m + 1) + n = (m + n) + 1 := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem add_comm (m n : Nat) : m + n = n + m := by
  induction n with
  | zero => exact (zero_add m).symm
  | succ n ih => exact (congrArg succ ih).trans (succ_add n m).symm
theorem add_assoc (m n k : Nat) : (m + n) + k = m + (n + k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact congrArg succ ih
theorem add_left_comm (m n k : Nat) : m + (n + k) = n + (m + k) := by
  rw [← add_assoc, add_comm m n, add_assoc]
theorem add_right_comm (m n k : Nat) : (m + n) + k = (m + k) + n := by
  rw [add_assoc, add_comm n k, ← add_assoc]
theorem add_add_add_comm (a b c d : Nat) : (a + b) + (c + d) = (a + c) + (b + d) := by
  rw [add_assoc, add_left_comm b c d, ← add_assoc]
theorem add_left_cancel {m n k : Nat} (h : m + n = m + k) : n = k := by
  induction m with
  | zero => exact (zero_add n).symm.trans (h.trans (zero_add k))
  | succ m ih =>
    rw [succ_add, succ_add] at h
    exact ih (succ_inj h)
theorem add_right_cancel {m n k : Nat} (h : m + n = k + n) : m = k := by
  rw [add_comm m n, add_comm k n] at h
  exact add_left_cancel h
theorem eq_zero_of_add_eq_zero_right {m n : Nat} (h : m + n = 0) : n = 0 := by
  cases n with
  | zero => rfl
  | succ n => exact absurd h (succ_ne_zero _)
theorem eq_zero_of_add_eq_zero_left {m n : Nat} (h : m + n = 0) : m = 0 :=
  eq_zero_of_add_eq_zero_right ((add_comm n m).trans h)
theorem eq_zero_of_add_eq_self {m n : Nat} (h : m + n = m) : n = 0 := add_left_cancel (h.trans (add_zero m).symm)

/-! ## Multiplication -/

@[simp] theorem mul_zero (n : Nat) : n * 0 = 0 := rfl
theorem mul_succ (m n : Nat) : m * (n + 1) = m * n + m := rfl
@[simp] theorem zero_mul (n : Nat) : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem succ_mul (m n : Nat) : (m + 1) * n = m * n + n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [mul_succ, mul_succ, ih, add_assoc, add_assoc, add_left_comm n m 1]
@[simp] theorem mul_one (n : Nat) : n * 1 = n := zero_add n
@[simp] theorem one_mul (n : Nat) : 1 * n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem mul_comm (m n : Nat) : m * n = n * m := by
  induction n with
  | zero => exact (zero_mul m).symm
  | succ n ih => rw [mul_succ, succ_mul, ih]
theorem mul_add (m n k : Nat) : m * (n + k) = m * n + m * k := by
  induction k with
  | zero => rfl
  | succ k ih => rw [← add_assoc, mul_succ, mul_succ, ih, add_assoc]
theorem add_mul (m n k : Nat) : (m + n) * k = m * k + n * k := by
  rw [mul_comm, mul_add, mul_comm k m, mul_comm k n]
theorem mul_assoc (m n k : Nat) : (m * n) * k = m * (n * k) := by
  induction k with
  | zero => rfl
  | succ k ih => rw [mul_succ, mul_succ, mul_add, ih]
theorem mul_left_comm (m n k : Nat) : m * (n * k) = n * (m * k) := by
  rw [← mul_assoc, mul_comm m n, mul_assoc]
theorem two_mul (n : Nat) : 2 * n = n + n := by
  rw [show 2 = 1 + 1 from rfl, add_mul, one_mul]
theorem mul_eq_zero {m n : Nat} (h : m * n = 0) : m = 0 ∨ n = 0 := by
  cases m with
  | zero => exact Or.inl rfl
  | succ m =>
    cases n with
    | zero => exact Or.inr rfl
    | succ n => exact absurd h (succ_ne_zero _)
theorem pow_zero (n : Nat) : Nat.pow n 0 = 1 := rfl
theorem pow_succ (n k : Nat) : Nat.pow n (k + 1) = Nat.pow n k * n := rfl
theorem pow_add (n j k : Nat) : Nat.pow n (j + k) = Nat.pow n j * Nat.pow n k := by
  induction k with
  | zero => exact (mul_one _).symm
  | succ k ih => rw [add_succ, pow_succ, pow_succ, ih, mul_assoc]
theorem one_pow (k : Nat) : Nat.pow 1 k = 1 := by
  induction k with
  | zero => rfl
  | succ k ih => rw [pow_succ, ih]
theorem mul_pow (m n k : Nat) : Nat.pow (m * n) k = Nat.pow m k * Nat.pow n k := by
  induction k with
  | zero => rfl
  | succ k ih =>
    rw [pow_succ, pow_succ, pow_succ, ih, mul_assoc, mul_assoc, mul_left_comm (Nat.pow n k) m n]

/-! ## Order -/

theorem le_refl (n : Nat) : n ≤ n := le.refl
theorem le_of_eq {m n : Nat} (h : m = n) : m ≤ n := h.rec (le_refl m)
theorem le_succ (n : Nat) : n ≤ n + 1 := le.step le.refl
theorem le_succ_of_le {m n : Nat} (h : m ≤ n) : m ≤ n + 1 := le.step h
theorem zero_le (n : Nat) : 0 ≤ n := by
  induction n with
  | zero => exact le.refl
  | succ n ih => exact le.step ih
theorem le_trans {m n k : Nat} (h₁ : m ≤ n) (h₂ : n ≤ k) : m ≤ k := by
  induction h₂ with
  | refl => exact h₁
  | step _ ih => exact le.step ih
theorem succ_le_succ {m n : Nat} (h : m ≤ n) : m + 1 ≤ n + 1 := by
  induction h with
  | refl => exact le.refl
  | step _ ih => exact le.step ih
theorem pred_le_pred {m n : Nat} (h : m ≤ n) : pred m ≤ pred n := by
  induction h with
  | refl => exact le.refl
  | @step n h ih =>
    cases n with
    | zero => exact ih
    | succ n => exact le.step ih
theorem le_of_succ_le_succ {m n : Nat} (h : m + 1 ≤ n + 1) : m ≤ n := pred_le_pred h
theorem le_of_succ_le {m n : Nat} (h : m + 1 ≤ n) : m ≤ n := le_trans (le_succ m) h
theorem not_succ_le_zero (n : Nat) : ¬(n + 1 ≤ 0) := fun h => nomatch h
theorem not_succ_le_self (n : Nat) : ¬(n + 1 ≤ n) := by
  induction n with
  | zero => exact not_succ_le_zero 0
  | succ n ih => exact fun h => ih (le_of_succ_le_succ h)
theorem lt_irrefl (n : Nat) : ¬(n < n) := not_succ_le_self n
theorem le_of_lt {m n : Nat} (h : m < n) : m ≤ n := le_of_succ_le h
theorem lt_of_lt_of_le {m n k : Nat} (h₁ : m < n) (h₂ : n ≤ k) : m < k := le_trans h₁ h₂
theorem lt_of_le_of_lt {m n k : Nat} (h₁ : m ≤ n) (h₂ : n < k) : m < k := le_trans (succ_le_succ h₁) h₂
theorem lt_trans {m n k : Nat} (h₁ : m < n) (h₂ : n < k) : m < k := lt_of_lt_of_le h₁ (le_of_lt h₂)
theorem lt_succ_self (n : Nat) : n < n + 1 := le_refl (n + 1)
theorem lt_succ_of_le {m n : Nat} (h : m ≤ n) : m < n + 1 := succ_le_succ h
theorem le_of_lt_succ {m n : Nat} (h : m < n + 1) : m ≤ n := le_of_succ_le_succ h
theorem zero_lt_succ (n : Nat) : 0 < n + 1 := succ_le_succ (zero_le n)
theorem not_lt_zero (n : Nat) : ¬(n < 0) := not_succ_le_zero n
theorem eq_zero_of_le_zero {n : Nat} (h : n ≤ 0) : n = 0 := by
  cases h
  rfl
theorem eq_or_lt_of_le {m n : Nat} (h : m ≤ n) : m = n ∨ m < n := by
  cases h with
  | refl => exact Or.inl rfl
  | step h => exact Or.inr (succ_le_succ h)
theorem le_antisymm {m n : Nat} (h₁ : m ≤ n) (h₂ : n ≤ m) : m = n :=
  (eq_or_lt_of_le h₁).elim id fun h => absurd (lt_of_lt_of_le h h₂) (lt_irrefl m)
theorem lt_or_ge (m n : Nat) : m < n ∨ n ≤ m := by
  induction m with
  | zero =>
    cases n with
    | zero => exact Or.inr (le_refl 0)
    | succ n => exact Or.inl (zero_lt_succ n)
  | succ m ih =>
    cases ih with
    | inl h => exact (eq_or_lt_of_le h).symm.imp id fun e => le_of_eq e.symm
    | inr h => exact Or.inr (le.step h)
theorem le_total (m n : Nat) : m ≤ n ∨ n ≤ m := (lt_or_ge m n).imp le_of_lt id
theorem lt_trichotomy (m n : Nat) : m < n ∨ m = n ∨ n < m :=
  (lt_or_ge m n).imp id fun h => (eq_or_lt_of_le h).imp Eq.symm id
theorem not_le_of_lt {m n : Nat} (h : m < n) : ¬(n ≤ m) := fun h' => lt_irrefl m (lt_of_lt_of_le h h')
theorem not_lt_of_le {m n : Nat} (h : m ≤ n) : ¬(n < m) := fun h' => lt_irrefl n (lt_of_lt_of_le h' h)
theorem lt_of_not_le {m n : Nat} (h : ¬(n ≤ m)) : m < n := (lt_or_ge m n).resolve_right h
theorem le_of_not_lt {m n : Nat} (h : ¬(m < n)) : n ≤ m := (lt_or_ge m n).resolve_left h
theorem ne_of_lt {m n : Nat} (h : m < n) : m ≠ n := fun e => lt_irrefl n (e ▸ h)
theorem lt_of_le_of_ne {m n : Nat} (h : m ≤ n) (ne : m ≠ n) : m < n := (eq_or_lt_of_le h).resolve_left ne
theorem pos_of_ne_zero {n : Nat} (h : n ≠ 0) : 0 < n := lt_of_le_of_ne (zero_le n) h.symm
theorem le_add_right (m n : Nat) : m ≤ m + n := by
  induction n with
  | zero => exact le_refl m
  | succ n ih => exact le.step ih
theorem le_add_left (m n : Nat) : m ≤ n + m := by
  rw [add_comm]
  exact le_add_right m n
theorem exists_of_le {m n : Nat} (h : m ≤ n) : ∃ k, m + k = n := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih => exact ih.elim fun k hk => ⟨k + 1, congrArg succ hk⟩
theorem le_iff_exists {m n : Nat} : m ≤ n ↔ ∃ k, m + k = n :=
  ⟨exists_of_le, fun h => h.elim fun k hk => hk.rec (le_add_right m k)⟩
theorem add_le_add_left {m n : Nat} (h : m ≤ n) (k : Nat) : k + m ≤ k + n := by
  induction h with
  | refl => exact le_refl _
  | step _ ih => exact le.step ih
theorem add_le_add_right {m n : Nat} (h : m ≤ n) (k : Nat) : m + k ≤ n + k := by
  rw [add_comm m, add_comm n]
  exact add_le_add_left h k
theorem add_le_add {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d :=
  le_trans (add_le_add_right h₁ c) (add_le_add_left h₂ b)
theorem le_of_add_le_add_left {m n k : Nat} (h : k + m ≤ k + n) : m ≤ n := by
  induction k with
  | zero =>
    rw [zero_add, zero_add] at h
    exact h
  | succ k ih =>
    rw [succ_add, succ_add] at h
    exact ih (le_of_succ_le_succ h)
theorem le_of_add_le_add_right {m n k : Nat} (h : m + k ≤ n + k) : m ≤ n := by
  rw [add_comm m, add_comm n] at h
  exact le_of_add_le_add_left h
theorem add_lt_add_left {m n : Nat} (h : m < n) (k : Nat) : k + m < k + n := add_le_add_left (m := m + 1) h k
theorem mul_le_mul_left {m n : Nat} (k : Nat) (h : m ≤ n) : k * m ≤ k * n := by
  induction h with
  | refl => exact le_refl _
  | step _ ih => exact le_trans ih (le_add_right _ _)
theorem mul_le_mul_right {m n : Nat} (k : Nat) (h : m ≤ n) : m * k ≤ n * k := by
  rw [mul_comm m, mul_comm n]
  exact mul_le_mul_left k h
theorem mul_le_mul {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c ≤ d) : a * c ≤ b * d :=
  le_trans (mul_le_mul_right c h₁) (mul_le_mul_left b h₂)
theorem mul_pos {m n : Nat} (hm : 0 < m) (hn : 0 < n) : 0 < m * n := by
  cases m with
  | zero => exact absurd hm (lt_irrefl 0)
  | succ m =>
    cases n with
    | zero => exact absurd hn (lt_irrefl 0)
    | succ n => exact zero_lt_succ _
theorem one_le_two_pow (n : Nat) : 1 ≤ Nat.pow 2 n := by
  induction n with
  | zero => exact le_refl 1
  | succ n ih =>
    rw [pow_succ]
    exact mul_le_mul ih (show 1 ≤ 2 from le_succ 1)
/-- A power of two is larger than its exponent. -/
theorem lt_two_pow (n : Nat) : n < Nat.pow 2 n := by
  induction n with
  | zero => exact zero_lt_succ 0
  | succ n ih =>
    rw [pow_succ, mul_comm, two_mul]
    exact le_trans (succ_le_succ ih) (le_trans (le_of_eq (add_comm _ 1)) (add_le_add_right (one_le_two_pow n) _))

/-! ## Deciding the order -/

theorem le_of_ble_eq_true {m n : Nat} (h : ble m n = true) : m ≤ n := by
  induction m generalizing n with
  | zero => exact zero_le n
  | succ m ih =>
    cases n with
    | zero => exact Bool.noConfusion h
    | succ n => exact succ_le_succ (ih h)
theorem ble_self (n : Nat) : ble n n = true := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem ble_succ {m n : Nat} (h : ble m n = true) : ble m (n + 1) = true := by
  induction m generalizing n with
  | zero => rfl
  | succ m ih =>
    cases n with
    | zero => exact Bool.noConfusion h
    | succ n => exact ih (n := n) h
theorem ble_of_le {m n : Nat} (h : m ≤ n) : ble m n = true := by
  induction h with
  | refl => exact ble_self m
  | step _ ih => exact ble_succ ih
instance decLe (m n : Nat) : Decidable (m ≤ n) :=
  match h : ble m n with
  | true => isTrue (le_of_ble_eq_true h)
  | false => isFalse fun hle => Bool.noConfusion (h.symm.trans (ble_of_le hle))
instance decLt (m n : Nat) : Decidable (m < n) := decLe (m + 1) n

/-! ## Subtraction that stops at zero -/

@[simp] theorem sub_zero (n : Nat) : n - 0 = n := rfl
theorem sub_succ (m n : Nat) : m - (n + 1) = pred (m - n) := rfl
theorem succ_sub_succ (m n : Nat) : (m + 1) - (n + 1) = m - n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg pred ih
@[simp] theorem sub_self (n : Nat) : n - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [succ_sub_succ, ih]
@[simp] theorem zero_sub (n : Nat) : 0 - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [sub_succ, ih, pred_zero]
theorem sub_le (m n : Nat) : m - n ≤ m := by
  induction n with
  | zero => exact le_refl m
  | succ n ih => exact le_trans (pred_le (m - n)) ih
where
  pred_le (k : Nat) : pred k ≤ k := by
    cases k with
    | zero => exact le_refl 0
    | succ k => exact le_succ k
theorem add_sub_cancel (m n : Nat) : (m + n) - n = m := by
  induction n with
  | zero => rfl
  | succ n ih => rw [add_succ, succ_sub_succ, ih]
theorem add_sub_cancel_left (m n : Nat) : (m + n) - m = n := by
  rw [add_comm]
  exact add_sub_cancel n m
theorem add_sub_of_le {m n : Nat} (h : m ≤ n) : m + (n - m) = n :=
  (exists_of_le h).elim fun k hk => hk.rec (motive := fun n _ => m + (n - m) = n)
    (congrArg (m + ·) (add_sub_cancel_left m k))
theorem sub_add_cancel {m n : Nat} (h : m ≤ n) : (n - m) + m = n := (add_comm _ _).trans (add_sub_of_le h)
theorem sub_eq_zero_of_le {m n : Nat} (h : m ≤ n) : m - n = 0 := by
  induction h with
  | refl => exact sub_self m
  | step _ ih => rw [sub_succ, ih, pred_zero]
theorem sub_sub (m n k : Nat) : (m - n) - k = m - (n + k) := by
  induction k with
  | zero => rfl
  | succ k ih => rw [sub_succ, ih, add_succ, sub_succ]
theorem sub_lt {m n : Nat} (hm : 0 < m) (hn : 0 < n) : m - n < m := by
  cases m with
  | zero => exact absurd hm (lt_irrefl 0)
  | succ m =>
    cases n with
    | zero => exact absurd hn (lt_irrefl 0)
    | succ n =>
      rw [succ_sub_succ]
      exact succ_le_succ (sub_le m n)

/-! ## Induction on everything smaller -/

/-- Strong induction: to prove `p n` one may use `p` of all smaller numbers. -/
theorem strongInduction {p : Nat → Prop} (step : ∀ n, (∀ m, m < n → p m) → p n) (n : Nat) : p n :=
  have all : ∀ n m, m < n → p m := fun n => by
    induction n with
    | zero => exact fun m h => absurd h (not_lt_zero m)
    | succ n ih => exact fun m h => step m fun k hk => ih k (lt_of_lt_of_le hk (le_of_lt_succ h))
  step n (all n)
/-- A property that decides itself and holds somewhere holds at a least number. -/
theorem exists_least {p : Nat → Prop} [DecidablePred p] (h : ∃ n, p n) : ∃ n, p n ∧ ∀ m, p m → n ≤ m :=
  have search : ∀ n, p n → ∃ n, p n ∧ ∀ m, p m → n ≤ m := by
    refine strongInduction (p := fun n => p n → ∃ n, p n ∧ ∀ m, p m → n ≤ m) fun n ih hn => ?_
    have below : ∀ k, (∃ m, m < k ∧ p m) ∨ ∀ m, p m → k ≤ m := fun k => by
      induction k with
      | zero => exact Or.inr fun m _ => zero_le m
      | succ k ihk =>
        cases ihk with
        | inl h => exact Or.inl (h.imp fun m hm => ⟨le.step hm.left, hm.right⟩)
        | inr h =>
          by_cases hk : p k
          · exact Or.inl ⟨k, lt_succ_self k, hk⟩
          · exact Or.inr fun m hm => lt_of_le_of_ne (h m hm) fun e => hk (e.symm.rec (motive := fun k _ => p k) hm)
    cases below n with
    | inl h => exact h.elim fun m hm => ih m hm.left hm.right
    | inr h => exact ⟨n, hn, h⟩
  h.elim search

/-! ## Sums of the first numbers -/

/-- `f 0 + … + f (n - 1)` -/
def sumBelow (f : Nat → Nat) : Nat → Nat
  | 0 => 0
  | n + 1 => sumBelow f n + f n
theorem sumBelow_add (f g : Nat → Nat) (n : Nat) :
    sumBelow (fun i => f i + g i) n = sumBelow f n + sumBelow g n := by
  induction n with
  | zero => rfl
  | succ n ih => exact (congrArg (· + (f n + g n)) ih).trans (add_add_add_comm _ _ _ _)
theorem mul_sumBelow (k : Nat) (f : Nat → Nat) (n : Nat) : sumBelow (fun i => k * f i) n = k * sumBelow f n := by
  induction n with
  | zero => rfl
  | succ n ih => exact (congrArg (· + k * f n) ih).trans (mul_add _ _ _).symm
theorem sumBelow_le {f g : Nat → Nat} (h : ∀ i, f i ≤ g i) (n : Nat) : sumBelow f n ≤ sumBelow g n := by
  induction n with
  | zero => exact le_refl 0
  | succ n ih => exact add_le_add ih (h n)
/-- Gauss: twice the sum of the numbers below `n + 1` is `(n + 1) n`. -/
theorem two_mul_sumBelow_id (n : Nat) : 2 * sumBelow id (n + 1) = (n + 1) * n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show 2 * (sumBelow id (n + 1) + (n + 1)) = _
    rw [mul_add, ih, mul_comm (n + 1) n]
    exact (add_mul n 2 (n + 1)).symm
/-- The sum of the first odd numbers is a square. -/
theorem sumBelow_odd (n : Nat) : sumBelow (fun i => 2 * i + 1) n = n * n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show sumBelow _ n + (2 * n + 1) = _
    rw [ih, two_mul, mul_succ (n + 1) n, succ_mul]
    exact (congrArg (n * n + ·) (add_assoc n n 1)).trans (add_assoc _ _ _).symm

end Nat
end
