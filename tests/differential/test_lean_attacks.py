"""The files of tests/reject/lean and tests/golden/lean: judged by the reference checker, and each attack shown to work.

An attack that no checker would fall for shows nothing. So every attack is also given to the reference checker with the
one rule left out that must stop it, and has to be accepted there, its proof of False included.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.reference import lean_checker, make_lean_files
from tests.reference.lean import inductive, kernel, levels, literals, nested
from tests.reference.lean import terms as tm
from tests.reference.lean.environment import Environment

TABLES = {folder: make_lean_files.table(folder) for folder in ("reject", "golden")}


def path_of(folder: str, name: str) -> Path:
    return make_lean_files.TESTS / folder / "lean" / name


def test_lean_files_are_what_their_builder_writes() -> None:
    assert make_lean_files.main(["--check"]) == 0


@pytest.mark.parametrize("name", sorted(TABLES["reject"]))
def test_reference_checker_stops_the_attack_by_its_rule(name: str) -> None:
    row = TABLES["reject"][name]
    result = lean_checker.check_file(path_of("reject", name))
    assert (result.status, result.rule) == (row["expected"], row["rule"]), result.detail


@pytest.mark.parametrize("name", sorted(TABLES["golden"]))
def test_reference_checker_accepts_the_control(name: str) -> None:
    result = lean_checker.check_file(path_of("golden", name))
    assert result.status == "accept", result.detail


def test_official_kernel_agrees_or_takes_a_prelude_for_granted() -> None:
    """Where the official kernel accepts an attack, it computes by name, unfolds theorems, or its reader is lenient."""
    assert {row["official_4.35"] for row in TABLES["golden"].values()} == {"accept"}
    accepted = {name for name, row in TABLES["reject"].items() if row["official_4.35"] != "reject"}
    assert accepted == {
        "char_of_nat_of_another_type.ndjson",
        "lean4_12973_theorem_is_opaque_in_recursion.ndjson",  # still unfolds theorems
        "lean4_188_numerals_of_an_empty_nat.ndjson",
        "lean4_188_strings_of_an_empty_type.ndjson",
        "negative_numeral.ndjson",
        "redefined_nat_add.ndjson",
        "redefined_nat_gcd.ndjson",
        "redefined_nat_shift_right.ndjson",
    }


# --- checkers with one rule left out --------------------------------------------------------------------------------

Patch = Callable[[pytest.MonkeyPatch], None]


def trusts_blocks(patch: pytest.MonkeyPatch) -> None:
    """Takes inductive types, constructors and recursors as the file has them."""
    patch.setattr(lean_checker, "add_inductive", lambda _env, declaration: list(declaration.constants))


def trusts_blocks_and_operations(patch: pytest.MonkeyPatch) -> None:
    """The same, and computes by name."""
    trusts_blocks(patch)
    trusts_names_of_operations(patch)


def trusts_k(patch: pytest.MonkeyPatch) -> None:
    """Believes the flag k, and asks it after a constructor was looked for."""
    trusts_blocks(patch)
    real = kernel.Kernel.k_constructor

    def k_constructor(self: kernel.Kernel, induct: Any, major: tm.Term) -> tm.Term | None:
        made = tm.head(literals.expose(self, self.whnf(major)))
        return None if made.kind == "const" and made.a in induct.constructors else real(self, induct, major)

    patch.setattr(kernel.Kernel, "k_constructor", k_constructor)


def trusts_projections(patch: pytest.MonkeyPatch) -> None:
    """Projects from whatever structure is named, 32 bits of the index, proofs included."""

    def infer_proj(self: kernel.Kernel, t: tm.Term, checked: bool) -> tm.Term:
        fn, args = tm.unapp(self.whnf(self.infer(t.c, checked=checked)))
        constructor = self.env.get(self.env.get(t.a).constructors[0])
        rest = tm.instantiate_levels(constructor.type, constructor.params, fn.b)
        for arg in args[: constructor.num_params]:
            rest = tm.instantiate(rest.b, arg)
        for i in range(t.b % 2**32):
            rest = tm.instantiate(rest.b, tm.make("proj", t.a, i, t.c))
        return rest.a  # type: ignore[no-any-return]

    real = kernel.Kernel.step

    def step(self: kernel.Kernel, t: tm.Term) -> tm.Term | None:
        if t.kind != "proj":
            return real(self, t)
        fn, args = tm.unapp(self.whnf(t.c))
        constructor = self.env.find(fn.a, "ctor") if fn.kind == "const" else None
        return args[constructor.num_params + t.b % 2**32] if constructor else None

    patch.setattr(kernel.Kernel, "infer_proj", infer_proj)
    patch.setattr(kernel.Kernel, "step", step)


def closes_transitively(patch: pytest.MonkeyPatch) -> None:
    """Keeps classes of equal terms."""
    real, parent = kernel.Kernel.equal, dict[tm.Term, tm.Term]()

    def find(t: tm.Term) -> tm.Term:
        while t in parent:
            t = parent[t]
        return t

    def equal(self: kernel.Kernel, a: tm.Term, b: tm.Term) -> bool:
        if find(a) is find(b):
            return True
        if not real(self, a, b):
            return False
        if find(a) is not find(b):
            parent[find(a)] = find(b)
        return True

    patch.setattr(kernel.Kernel, "equal", equal)


def unfolds_theorems(patch: pytest.MonkeyPatch) -> None:
    real = kernel.Kernel.unfoldable

    def unfoldable(self: kernel.Kernel, t: tm.Term) -> Any:
        fn = tm.head(t)
        theorem = self.env.find(fn.a, "thm") if fn.kind == "const" else None
        return theorem if theorem and len(fn.b) == len(theorem.params) else real(self, t)

    patch.setattr(kernel.Kernel, "unfoldable", unfoldable)


def forgets_constant_levels(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(levels, "are_equal", lambda a, b: len(a) == len(b))


def forgets_offsets(patch: pytest.MonkeyPatch) -> None:
    """Compares levels without their successors."""
    real = levels.is_equal

    def base(level: Any) -> Any:
        while level[0] == "succ":
            level = level[1]
        return level

    patch.setattr(levels, "is_equal", lambda a, b: real(base(a), base(b)))


def replaces_constants(patch: pytest.MonkeyPatch) -> None:
    """The last declaration of a name counts."""
    patch.setattr(Environment, "add", lambda self, constant: self.constants.__setitem__(constant.name, constant))
    patch.setattr(lean_checker, "check_head", lambda k, c: k.sort_of(c.type, checked=True))
    trusts_blocks(patch)


def drops_nested_parameters(patch: pytest.MonkeyPatch) -> None:
    """Does not check what the elimination of nested types leaves out, or makes."""

    def declare(env: Environment, block: inductive.Block) -> list[Any]:
        elimination = nested.Nested(env, block)
        return elimination.restore(inductive.Inductive(env, elimination.eliminate()).declare(len(elimination.copies)))

    real = kernel.Kernel.step

    def step(self: kernel.Kernel, t: tm.Term) -> tm.Term | None:
        if t.kind != "proj":
            return real(self, t)
        fn, args = tm.unapp(self.whnf(t.c))
        constructor = self.env.find(fn.a, "ctor") if fn.kind == "const" else None
        return args[constructor.num_params + t.b] if constructor else None

    patch.setattr(nested, "declare", declare)
    patch.setattr(kernel.Kernel, "step", step)


def reserves_no_prefix(patch: pytest.MonkeyPatch) -> None:
    """Does not know the reserved prefix."""

    def declare(env: Environment, block: inductive.Block) -> list[Any]:
        return inductive.Inductive(env, nested.Nested(env, block).eliminate()).declare()

    patch.setattr(nested, "declare", declare)


def ignores_universe_parameters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kernel.Kernel, "check_level", lambda _self, _level: None)
    patch.setattr(lean_checker, "check_params", lambda _constant: None)


def forgets_safety(patch: pytest.MonkeyPatch) -> None:
    real = kernel.Kernel.__init__

    def init(self: kernel.Kernel, env: Environment, params: Any = (), _safety: str = "safe") -> None:
        real(self, env, params, "unsafe")

    patch.setattr(kernel.Kernel, "__init__", init)


def knows_the_whole_file(patch: pytest.MonkeyPatch) -> None:
    """Looks constants up in the file, not in what was checked."""
    known: dict[Any, Any] = {}
    real_blocks, real_get = lean_checker.blocks, Environment.get

    def blocks(declarations: list[Any]) -> list[Any]:
        known.update({c.name: c for d in declarations for c in d.constants})
        return real_blocks(declarations)

    patch.setattr(lean_checker, "blocks", blocks)
    patch.setattr(Environment, "get", lambda self, name: known.get(name) or real_get(self, name))


def allows_theorems_of_data(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kernel.Kernel, "is_prop", lambda self, t: levels.is_leq(self.sort_of(t), levels.ONE))


def trusts_literals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(literals, "require_nat", lambda _env: None)
    patch.setattr(literals, "require_string", lambda _kernel, _literal: None)


def trusts_names_of_operations(patch: pytest.MonkeyPatch) -> None:
    """Computes whatever is called Nat.add, Nat.gcd, Nat.shiftRight."""
    import math

    operations = dict(literals.OPERATIONS)
    operations |= {("Nat", "gcd"): math.gcd, ("Nat", "shiftRight"): lambda a, b: a >> b}
    patch.setattr(literals, "OPERATIONS", operations)
    patch.setattr(literals, "is_operation", lambda _kernel, constant: constant.name in operations)


def computes_log2(patch: pytest.MonkeyPatch) -> None:
    """Computes whatever is called Nat.log2."""
    real = literals.compute

    def compute(k: kernel.Kernel, t: tm.Term) -> tm.Term | None:
        if t.kind == "app" and t.a is tm.const("Nat.log2"):
            value = literals.numeral(k, t.b)
            return None if value is None else tm.nat(max(value.bit_length() - 1, 0))
        return real(k, t)

    patch.setattr(literals, "compute", compute)


def reads_strings_as_they_come(patch: pytest.MonkeyPatch) -> None:
    """String.ofList once it is there, String.mk before."""

    def reading(self: Environment) -> Any:
        return ("String", "ofList") if ("String", "ofList") in self.constants else ("String", "mk")

    patch.setattr(Environment, "string_of_list", property(reading, lambda _self, _value: None), raising=False)


def trusts_quotients(patch: pytest.MonkeyPatch) -> None:
    def add(env: Environment, constant: Any) -> None:
        env.add(constant)
        env.quotients = True

    patch.setattr(lean_checker, "add_quotient", add)


# The files that end in a verdict of the reader, of a limit, or of a scan that nothing else rests on, are not here.
NAIVE: dict[Patch, tuple[str, ...]] = {
    trusts_blocks: (
        "annotation_that_is_none",
        "constructor_with_other_fields",
        "field_of_a_universe_too_high_russell",
        "index_counted_as_none",
        "lean4_14615_large_elimination_of_imax_prop",
        "lean4_2125_type_in_its_own_index",
        "mutual_block_with_two_safeties",
        "negative_occurrence",
        "negative_occurrence_behind_a_nested_type",
        "nested_type_says_it_is_not",
        "recursive_type_says_it_is_not",
        "recursor_drops_an_induction_hypothesis",
        "recursor_eliminates_a_maybe_prop",
        "recursor_eliminates_too_far",
        "recursor_missing",
        "recursor_rule_of_another_constructor",
        "recursor_that_is_not_derived",
        "recursor_under_another_name",
        "recursor_with_fewer_fields",
        "recursor_with_other_counts",
        "sokonanoda_recursor_rule_with_other_domains",
        "unsafe_inductive_with_a_safe_recursor",
    ),
    trusts_blocks_and_operations: ("nanoda_recursor_rule_compared_with_itself",),
    trusts_k: ("recursor_says_k",),
    trusts_projections: (
        "lean4_12746_projection_index_of_33_bits",
        "lean4_14613_projection_out_of_imax_prop",
        "lean4_14631_projection_of_another_structure",
        "lean4_14807_stuck_sort_is_no_data",
        "projection_of_a_type_with_two_constructors",
        "projection_of_data_out_of_a_proof",
        "projection_past_hidden_data",
    ),
    closes_transitively: ("lean4_14806_union_find",),
    unfolds_theorems: ("lean4_12973_theorem_is_opaque_in_recursion",),
    forgets_constant_levels: ("constant_levels_ignored",),
    forgets_offsets: (
        "level_leq_drops_the_offset_of_imax",
        "level_max_absorbs_the_successor",
        "level_normal_form_drops_the_offset",
    ),
    replaces_constants: (
        "duplicate_constructor_of_another_type",
        "duplicate_definition",
        "lean4_14632_quotient_over_a_definition",
    ),
    drops_nested_parameters: ("lean4_14577_dropped_nested_parameter",),
    reserves_no_prefix: ("lean4_14616_reserved_prefix",),
    ignores_universe_parameters: ("universe_parameter_twice", "universe_parameter_undeclared"),
    forgets_safety: (
        "partial_definition_in_a_theorem",
        "unsafe_axiom_in_a_theorem",
        "unsafe_definition_in_a_theorem",
        "unsafe_inductive_in_a_theorem",
    ),
    knows_the_whole_file: ("circular_theorems", "theorem_by_itself"),
    allows_theorems_of_data: ("theorem_of_data",),
    trusts_literals: (
        "char_of_nat_of_another_type",
        "lean4_188_numerals_of_an_empty_nat",
        "lean4_188_strings_of_an_empty_type",
    ),
    trusts_names_of_operations: ("redefined_nat_add", "redefined_nat_gcd", "redefined_nat_shift_right"),
    computes_log2: ("redefined_nat_log2",),
    reads_strings_as_they_come: ("string_literal_read_two_ways",),
    trusts_quotients: (
        "quotient_ind_into_types",
        "quotient_lift_without_respect",
        "quotient_over_another_eq",
        "quotient_without_eq",
    ),
}


@pytest.mark.parametrize(
    ("naive", "name"), [pytest.param(p, n, id=f"{n}-{p.__name__}") for p, names in NAIVE.items() for n in names]
)
def test_attack_passes_a_checker_without_the_rule(naive: Patch, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    naive(monkeypatch)
    result = lean_checker.check_file(path_of("reject", f"{name}.ndjson"))
    assert result.status == "accept", f"{result.declaration}: {result.detail}"


def test_every_attack_is_shown_to_work_or_said_to_be_of_another_kind() -> None:
    shown = {f"{name}.ndjson" for names in NAIVE.values() for name in names}
    assert set(TABLES["reject"]) - shown == {
        "lean4_13956_deep_recursion.ndjson",  # a limit
        "lean4_14849_numeral_of_2_to_the_46_bits.ndjson",  # a limit
        "negative_numeral.ndjson",  # no numeral
        "lean4_14498_loose_variable_in_opaque.ndjson",  # a free variable of another process
        "lean4_14607_loose_variable_in_nested_parameter.ndjson",
        "lean4_14616_auxiliary_name.ndjson",  # a name of another process
        "universe_arguments_too_few.ndjson",
        "variable_left_in_an_inferred_type.ndjson",  # needs a checker that abstracts wrongly
    }
