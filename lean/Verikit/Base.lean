prelude
/-!
# The base: equality, quotients, notation and tactics

What has to come first. Then:

## Notation and tactics

A bare `prelude` file knows neither `a + b` nor `intro`: these are declared in the official library `Init`, which is
not loaded here. Their parsers and macros are nevertheless part of the Lean program itself, as compiled code. Each
declaration below gives one of them its name back, so that the rest of this library reads like ordinary Lean.

Nothing in this file can make a false theorem true. It only says how text becomes terms, and the kernel checks the
terms. Every constant is an opaque value of a type with one element.
-/
set_option genCtorIdx false
set_option linter.all false

/-! The compiler of Lean expects these three names; no proof uses them. -/

/-- What is left of an erased type. -/
unsafe axiom lcErased : Type
/-- A type that the compiler does not know. -/
unsafe axiom lcAny : Type
/-- A value that is never used. -/
unsafe axiom lcVoid : Type

universe u

set_option bootstrap.inductiveCheckResultingUniverse false in
/-- A type with one element, in any universe. -/
inductive PUnit : Sort u
  | unit : PUnit

/-- Equality: the smallest reflexive relation. -/
inductive Eq {α : Sort u} (a : α) : α → Prop
  | refl : Eq a a

/-! The kernel now learns of `Quot`. Lean takes this command only from a file without imports, and it needs `Eq`. -/
init_quot

/-- A parser that starts a phrase. -/
inductive Lean.ParserDescr | mk
/-- A parser that continues a phrase, like that of an infix operator. -/
inductive Lean.TrailingParserDescr | mk
/-- A piece of source text. -/
inductive Lean.Syntax | mk
/-- What a macro may read. -/
inductive Lean.Macro.Context | mk
/-- What a macro may change. -/
inductive Lean.Macro.State | mk
/-- What a macro gives. -/
inductive Lean.Macro.Result | mk
/-- A function from source text to source text. -/
def Lean.Macro := Lean.Syntax → Lean.Macro.Context → Lean.Macro.State → Lean.Macro.Result

/-! Pieces that several phrases share -/

@[extern "native"] opaque Lean.binderIdent : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.bracketedExplicitBinders : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.unbracketedExplicitBinders : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.explicitBinders : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.calcFirstStep : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.calcStep : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.calcSteps : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.cdotTk : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.location : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.locationHyp : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.locationType : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.locationWildcard : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.rwRule : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.rwRuleSeq : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.elimTarget : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.inductionAlt : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.inductionAltLHS : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.inductionAlts : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.generalizeArg : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpArgs : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpLemma : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpErase : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpStar : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpPre : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpPost : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.discharger : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.optConfig : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.configItem : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.posConfigItem : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.negConfigItem : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.valConfigItem : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.caseArg : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.simpaArgsRest : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.dsimpArgs : Lean.ParserDescr := .mk
@[extern "native"] opaque Lean.Parser.Tactic.withAnnotateState : Lean.ParserDescr := .mk

/-! Operators and other terms -/

@[term_parser, extern "native"] opaque rawNatLit : Lean.ParserDescr := .mk
@[term_parser, extern "native"] opaque «term_=_» : Lean.TrailingParserDescr := .mk
@[macro «term_=_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_=__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_=_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_=__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_≠_» : Lean.TrailingParserDescr := .mk
@[macro «term_≠_», extern "native"] opaque «_aux_Init_Core___macroRules_term_≠__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_≠_», extern "native"] opaque «_aux_Init_Core___macroRules_term_≠__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∧_» : Lean.TrailingParserDescr := .mk
@[macro «term_∧_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∧__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∨_» : Lean.TrailingParserDescr := .mk
@[macro «term_∨_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∨__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term¬_» : Lean.ParserDescr := .mk
@[macro «term¬_», extern "native"] opaque «_aux_Init_Notation___macroRules_term¬__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_↔_» : Lean.TrailingParserDescr := .mk
@[macro «term_↔_», extern "native"] opaque «_aux_Init_Core___macroRules_term_↔__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_+_» : Lean.TrailingParserDescr := .mk
@[macro «term_+_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_+__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_+_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_+__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_-_» : Lean.TrailingParserDescr := .mk
@[macro «term_-_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_-__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_-_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_-__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_*_» : Lean.TrailingParserDescr := .mk
@[macro «term_*_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_*__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_*_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_*__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_/_» : Lean.TrailingParserDescr := .mk
@[macro «term_/_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_/__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_/_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_/__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_%_» : Lean.TrailingParserDescr := .mk
@[macro «term_%_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_%__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_%_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_%__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term-_» : Lean.ParserDescr := .mk
@[macro «term-_», extern "native"] opaque «_aux_Init_Notation___macroRules_term-__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term-_», extern "native"] opaque «_aux_Init_Notation___macroRules_term-__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_≤_» : Lean.TrailingParserDescr := .mk
@[macro «term_≤_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_≤__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_≤_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_≤__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_<_» : Lean.TrailingParserDescr := .mk
@[macro «term_<_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_<__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_<_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_<__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_≥_» : Lean.TrailingParserDescr := .mk
@[macro «term_≥_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_≥__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_≥_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_≥__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_>_» : Lean.TrailingParserDescr := .mk
@[macro «term_>_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_>__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_>_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_>__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∣_» : Lean.TrailingParserDescr := .mk
@[macro «term_∣_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∣__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∈_» : Lean.TrailingParserDescr := .mk
@[macro «term_∈_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∈__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∉_» : Lean.TrailingParserDescr := .mk
@[macro «term_∉_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∉__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_::_» : Lean.TrailingParserDescr := .mk
@[macro «term_::_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_::__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_++_» : Lean.TrailingParserDescr := .mk
@[macro «term_++_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_++__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_++_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_++__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_∘_» : Lean.TrailingParserDescr := .mk
@[macro «term_∘_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_∘__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_×_» : Lean.TrailingParserDescr := .mk
@[macro «term_×_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_×__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_<|_» : Lean.TrailingParserDescr := .mk
@[macro «term_<|_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_<|__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_|>_» : Lean.TrailingParserDescr := .mk
@[macro «term_|>_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_|>__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_≍_» : Lean.TrailingParserDescr := .mk
@[macro «term_≍_», extern "native"] opaque «_aux_Init_Notation___macroRules_term_≍__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_&&_» : Lean.TrailingParserDescr := .mk
@[macro «term_&&_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_&&__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_||_» : Lean.TrailingParserDescr := .mk
@[macro «term_||_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_||__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term!_» : Lean.ParserDescr := .mk
@[macro «term!_», extern "native"] opaque «_aux_Init_Notation___macroRules_term!__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term_==_» : Lean.TrailingParserDescr := .mk
@[macro «term_==_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_==__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «term_==_», extern "native"]
opaque «_aux_Init_Notation___macroRules_term_==__2» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term[_]» : Lean.ParserDescr := .mk
@[macro «term[_]», extern "native"]
opaque Lean.«_aux_Init_Data_List_Notation___macroRules_term[_]_1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term%[_|_]» : Lean.ParserDescr := .mk
@[macro «term%[_|_]», extern "native"]
opaque «_aux_Init_NotationExtra___macroRules_term%[_|_]_1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term∃_,_» : Lean.ParserDescr := .mk
@[macro «term∃_,_», extern "native"]
opaque «_aux_Init_NotationExtra___macroRules_term∃_,__1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque termIfThenElse : Lean.ParserDescr := .mk
@[macro termIfThenElse, extern "native"]
opaque _aux_Init_Notation___macroRules_termIfThenElse_1 : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque termDepIfThenElse : Lean.ParserDescr := .mk
@[macro termDepIfThenElse, extern "native"]
opaque _aux_Init_Notation___macroRules_termDepIfThenElse_1 : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term{_:_//_}» : Lean.ParserDescr := .mk
@[macro «term{_:_//_}», extern "native"]
opaque «_aux_Init_Notation___macroRules_term{_:_//_}_1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque «term‹_›» : Lean.ParserDescr := .mk
@[macro «term‹_›», extern "native"] opaque «_aux_Init_Tactics___macroRules_term‹_›_1» : Lean.Macro := fun _ _ _ => .mk
@[term_parser, extern "native"] opaque Lean.calc : Lean.ParserDescr := .mk


/-! Tactics -/

@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.intro : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.intros : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.exact : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.refine : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.apply : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.constructor : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.cases : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.induction : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.rewriteSeq : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.rwSeq : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.rwSeq, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_rwSeq_1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.simp : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.simpAll : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.simpa : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.dsimp : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.unfold : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.delta : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.show : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.left : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.right : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.subst : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.injection : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.contradiction : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.assumption : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticExfalso : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticExfalso, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticExfalso_1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticRfl : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticRfl, extern "native"]
opaque _aux_Init_Core___macroRules_Lean_Parser_Tactic_tacticRfl_1 : Lean.Macro := fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticRfl, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_1 : Lean.Macro := fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticRfl, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_2 : Lean.Macro := fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticRfl, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_3 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.eqRefl : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.applyRfl : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.decide : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.split : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.generalize : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.change : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticTrivial : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_1 : Lean.Macro :=
  fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_2 : Lean.Macro :=
  fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_3 : Lean.Macro :=
  fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_4 : Lean.Macro :=
  fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_5 : Lean.Macro :=
  fun _ _ _ => .mk
@[macro Lean.Parser.Tactic.tacticTrivial, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_6 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.specialize : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.revert : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.clear : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.first : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticTry_ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticTry_, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTry__1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticRepeat_ : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.repeat' : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.repeat1' : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.«tactic_<;>_» : Lean.TrailingParserDescr := .mk
@[macro Lean.Parser.Tactic.«tactic_<;>_», extern "native"]
opaque Lean.Parser.Tactic.«_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tactic_<;>__1» : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.allGoals : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.anyGoals : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.case : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.case' : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.«tacticNext_=>_» : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.«tacticNext_=>_», extern "native"]
opaque Lean.Parser.Tactic.«_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticNext_=>__1» : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.paren : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.done : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.skip : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.fail : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.focus : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticHave__ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticHave__, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticHave___1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticLet__ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticLet__, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticLet___1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticSuffices_ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticSuffices_, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticSuffices__1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticHave' : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticHave', extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticHave'_1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticRefine_lift_ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticRefine_lift_, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRefine_lift__1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticRefine_lift'_ : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticRefine_lift'_, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRefine_lift'__1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.«tacticExists_,,» : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.«tacticExists_,,», extern "native"]
opaque Lean.Parser.Tactic.«_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticExists_,,_1» : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.symm : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.congr : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.traceState : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.rename : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.renameI : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.substVars : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticInfer_instance : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticInfer_instance, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticInfer_instance_1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.withReducible : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.withReducibleAndInstances : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.failIfSuccess : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.acRfl : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.«tacticNomatch_,,» : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.«tacticNomatch_,,», extern "native"]
opaque Lean.Parser.Tactic.«_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticNomatch_,,_1» : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.Parser.Tactic.tacticNofun : Lean.ParserDescr := .mk
@[macro Lean.Parser.Tactic.tacticNofun, extern "native"]
opaque Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticNofun_1 : Lean.Macro :=
  fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque «tacticBy_cases_:_» : Lean.ParserDescr := .mk
@[macro «tacticBy_cases_:_», extern "native"]
opaque «_aux_Init_ByCases___macroRules_tacticBy_cases_:__1» : Lean.Macro := fun _ _ _ => .mk
@[macro «tacticBy_cases_:_», extern "native"]
opaque «_aux_Init_ByCases___macroRules_tacticBy_cases_:__2» : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticFunext___ : Lean.ParserDescr := .mk
@[macro tacticFunext___, extern "native"]
opaque _aux_Init_NotationExtra___macroRules_tacticFunext____1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticDecreasing_tactic : Lean.ParserDescr := .mk
@[macro tacticDecreasing_tactic, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticDecreasing_tactic_1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticDecreasing_trivial : Lean.ParserDescr := .mk
@[macro tacticDecreasing_trivial, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticDecreasing_trivial_1 : Lean.Macro := fun _ _ _ => .mk
@[macro tacticDecreasing_trivial, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticDecreasing_trivial_2 : Lean.Macro := fun _ _ _ => .mk
@[macro tacticDecreasing_trivial, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticDecreasing_trivial_3 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticDecreasing_with_ : Lean.ParserDescr := .mk
@[macro tacticDecreasing_with_, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticDecreasing_with__1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticClean_wf : Lean.ParserDescr := .mk
@[macro tacticClean_wf, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticClean_wf_1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque tacticSimp_wf : Lean.ParserDescr := .mk
@[macro tacticSimp_wf, extern "native"]
opaque _aux_Init_WFTactics___macroRules_tacticSimp_wf_1 : Lean.Macro := fun _ _ _ => .mk
@[tactic_parser, extern "native"] opaque Lean.cdot : Lean.ParserDescr := .mk
@[tactic_parser, extern "native"] opaque Lean.calcTactic : Lean.ParserDescr := .mk

/-! Attributes -/

@[attr_parser, extern "native"] opaque Lean.Parser.Attr.simp : Lean.ParserDescr := .mk
