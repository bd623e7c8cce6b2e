prelude
-- What the reference and the candidates share.
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
noncomputable def plus (m n : N) : N := N.rec n (fun _ s => N.succ s) m
theorem congr_succ (a b : N) (h : Same a b) : Same (N.succ a) (N.succ b) :=
  Same.rec (motive := fun x _ => Same (N.succ a) (N.succ x)) (Same.refl (N.succ a)) h
