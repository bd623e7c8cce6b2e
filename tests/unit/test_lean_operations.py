"""Operations on Nat that are not what their names say: other kernels compute by name, so nothing accepted uses them.

A declaration that applies such an operation to numerals is declined where it would be accepted, and rejected where its
definition says something else. Wherever no numerals meet, the operation is a definition like any other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.reference.lean.attack_parts import N_SUCC, N_ZERO, NAT, add_nat, arithmetic
from tests.reference.lean.builder import BOOL as BIT
from tests.reference.lean.builder import NO, ONE, Book, arrow, eq, fun, pi, refl
from tests.reference.lean.terms import Term, app, const, nat

from verikit import Verdict
from verikit.lean import LeanEvidence, check

BINARY = ("add", "sub", "mul", "pow", "div", "mod", "gcd", "land", "lor", "xor", "shiftLeft", "shiftRight")
PREDICATES = ("beq", "ble")
ALL = (*BINARY, *PREDICATES, "log2")


def with_misnamed(name: str, claim: Callable[[Book, Term, Term], None]) -> Verdict[LeanEvidence]:
    """The verdict on an operation that is constant zero (or false), and on a claim about it."""
    book = Book()
    book.prelude()
    add_nat(book)
    result, value = (BIT, NO) if name in PREDICATES else (NAT, N_ZERO)
    if name == "log2":
        operation = book.define("Nat.log2", arrow(NAT, NAT), fun(NAT, lambda _: value), hints=1)
    else:
        both = fun(NAT, lambda _: fun(NAT, lambda _: value))
        operation = book.define(f"Nat.{name}", arrow(NAT, NAT, result), both, hints=1)
    claim(book, operation, value)
    return check(book.writer.text().encode(), threads=1)


def arguments(name: str, first: Term, second: Term) -> tuple[Term, ...]:
    return (second,) if name == "log2" else (first, second)


def claims(name: str, first: Term, second: Term, says: Term | None = None) -> Callable[[Book, Term, Term], None]:
    """``operation first second = value``, by computation."""

    def claim(book: Book, operation: Term, value: Term) -> None:
        type_ = BIT if name in PREDICATES else NAT
        said = says or value
        applied = app(operation, *arguments(name, first, second))
        book.theorem("claim", eq(ONE, type_, applied, said), refl(ONE, type_, said))

    return claim


@pytest.mark.parametrize("name", ALL)
def test_misnamed_operation_on_numerals_is_declined_where_its_definition_is_right(name: str) -> None:
    verdict = with_misnamed(name, claims(name, nat(12), nat(10)))
    assert verdict.declined, verdict.detail
    (finding,) = verdict.evidence.findings
    assert (finding.declaration, finding.status, finding.rule) == ("claim", "declined", "unsupported")
    assert f"Nat.{name}" in finding.detail


@pytest.mark.parametrize("name", BINARY)
def test_misnamed_operation_on_numerals_is_rejected_where_only_its_name_is_right(name: str) -> None:
    results = {
        "add": 22, "sub": 2, "mul": 120, "pow": 12**10, "div": 1, "mod": 2, "gcd": 2, "land": 8, "lor": 14, "xor": 6,
        "shiftLeft": 12 << 10, "shiftRight": 3,
    }  # fmt: skip
    second = 2 if name == "shiftRight" else 10
    verdict = with_misnamed(name, claims(name, nat(12), nat(second), nat(results[name])))
    assert verdict.rejected, verdict.detail


@pytest.mark.parametrize("name", ALL)
def test_misnamed_operation_without_numerals_is_a_definition_like_any_other(name: str) -> None:
    def claim(book: Book, operation: Term, value: Term) -> None:
        type_ = BIT if name in PREDICATES else NAT

        def on(first: Term, second: Term) -> Term:
            return eq(ONE, type_, app(operation, *arguments(name, first, second)), value)

        proof = refl(ONE, type_, value)
        book.theorem("open", pi(NAT, lambda x: on(x, x)), fun(NAT, lambda _: proof))
        book.theorem("half_open", pi(NAT, lambda x: on(nat(3), x)), fun(NAT, lambda _: proof))
        book.theorem("succ_open", pi(NAT, lambda x: on(app(N_SUCC, x), x)), fun(NAT, lambda _: proof))

    verdict = with_misnamed(name, claim)
    assert verdict.accepted, verdict.detail


def test_axiom_of_an_operation_computes_nothing() -> None:
    for says in (nat(22), N_ZERO):
        book = Book()
        book.prelude()
        add_nat(book)
        add = book.add("axiom", "Nat.add", arrow(NAT, NAT, NAT))
        book.theorem("claim", eq(ONE, NAT, app(add, nat(12), nat(10)), says), refl(ONE, NAT, says))
        assert not check(book.writer.text().encode(), threads=1).accepted


def test_misnamed_operation_does_not_hide_behind_a_definition() -> None:
    def claim(book: Book, operation: Term, value: Term) -> None:
        twelve = book.define("twelve", NAT, nat(12))
        sum_ = book.define("sum", NAT, app(operation, twelve, app(N_SUCC, nat(9))))
        book.theorem("claim", eq(ONE, NAT, sum_, value), refl(ONE, NAT, value))

    verdict = with_misnamed("add", claim)
    assert verdict.declined, verdict.detail


def test_real_operations_compute_on_numerals_beside_a_misnamed_one() -> None:
    book = Book()
    book.prelude()
    arithmetic(book)
    book.define("Nat.gcd", arrow(NAT, NAT, NAT), fun(NAT, lambda x: fun(NAT, lambda _: x)), hints=1)
    big = 10**30
    for name, result in (("add", 2 * big), ("mul", big * big)):
        applied = app(const(f"Nat.{name}"), nat(big), nat(big))
        book.theorem(name, eq(ONE, NAT, applied, nat(result)), refl(ONE, NAT, nat(result)))
    power = app(const("Nat.pow"), nat(10), nat(30))
    book.theorem("pow", eq(ONE, NAT, power, nat(big)), refl(ONE, NAT, nat(big)))
    gcd = app(const("Nat.gcd"), nat(4), nat(6))
    book.theorem("gcd", eq(ONE, NAT, gcd, nat(4)), refl(ONE, NAT, nat(4)))
    verdict = check(book.writer.text().encode(), threads=1)
    assert [(f.declaration, f.status) for f in verdict.evidence.findings] == [("gcd", "declined")]
    assert verdict.evidence.checked == verdict.evidence.declarations


def test_numerals_are_compared_by_value_and_by_successors() -> None:
    book = Book()
    book.prelude()
    add_nat(book)
    book.theorem("right", eq(ONE, NAT, app(N_SUCC, nat(9)), nat(10)), refl(ONE, NAT, nat(10)))
    book.theorem("wrong", eq(ONE, NAT, app(N_SUCC, nat(9)), nat(11)), refl(ONE, NAT, nat(11)))
    verdict = check(book.writer.text().encode(), threads=1)
    assert [(f.declaration, f.status) for f in verdict.evidence.findings] == [("wrong", "rejected")]
