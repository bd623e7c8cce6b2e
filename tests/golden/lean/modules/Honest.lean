prelude
import Library
set_option genCtorIdx false
theorem plus_zero (n : N) : Same (plus n N.zero) n :=
  N.rec (motive := fun n => Same (plus n N.zero) n) (Same.refl N.zero) (fun k h => congr_succ (plus k N.zero) k h) n
