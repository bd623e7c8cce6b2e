module
prelude
-- A module of the module system: Lean writes it in three parts, and the proof is in the last.
set_option genCtorIdx false
public section
inductive Truth : Prop where
  | intro : Truth
theorem proved : Truth := Truth.intro
def exposed : Prop := Truth
