prelude
-- The same names, another addition.
set_option genCtorIdx false
set_option autoImplicit false
unsafe axiom lcErased : Type
unsafe axiom lcAny : Type
unsafe axiom lcVoid : Type
universe u
inductive Same {α : Sort u} : α → α → Prop where
  | refl (a : α) : Same a a
inductive N where
  | zero : N
  | succ (n : N) : N
noncomputable def plus (m : N) (_ : N) : N := m
theorem plus_zero (n : N) : Same (plus n N.zero) n := Same.refl n
