"""Small Lean files for tests: a reference that states a theorem, and candidates that prove it or pretend to."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.reference.lean.builder import (
    BOOL,
    FALSE,
    NO,
    ONE,
    PROP,
    TRIVIAL,
    TRUE,
    TYPE,
    YES,
    Book,
    app,
    arrow,
    cases_bool,
    const,
    eq,
    fun,
    pi,
    refl,
    rewrite,
)
from tests.reference.lean.builder import ZERO as LEVEL_ZERO
from tests.reference.lean.terms import Term

NAT, ZERO, SUCC = const("Nat"), const("Nat.zero"), const("Nat.succ")
TWO = const("two")
CANDIDATES = (
    "honest",
    "other_proof",
    "other_statement",
    "other_definition",
    "other_constructor",
    "sorry",
    "axiom",
    "forged_propext",
    "stated_as_axiom",
    "ill_typed",
    "unsafe",
    "missing",
    "twice",
)


def _nat(book: Book, *, more: bool = False) -> None:
    constructors = {"zero": NAT, "succ": arrow(NAT, NAT)} | ({"omega": NAT} if more else {})
    book.inductive({"Nat": (TYPE, constructors)})
    book.define("two", NAT, app(SUCC, app(SUCC, ZERO)))


def _anything(book: Book, name: str) -> None:
    book.add("axiom", name, pi(PROP, lambda p: p))


def reference() -> bytes:
    """States ``target : Same two two`` with a sorry for a proof."""
    return candidate("sorry")


def candidate(kind: str) -> bytes:
    """An export with the theorem ``target``, by the way in which it is proved."""
    book = Book()
    book.prelude()
    _nat(book, more=kind == "other_constructor")
    same = (lambda a, b: TRUE) if kind == "other_definition" else (lambda a, b: eq(ONE, NAT, a, b))
    book.define("Same", arrow(NAT, NAT, PROP), fun(NAT, lambda a: fun(NAT, lambda b: same(a, b))))
    statement = app(const("Same"), TWO, TWO)
    if kind == "other_statement":
        statement = app(const("Same"), ZERO, ZERO)
    number = ZERO if kind == "other_statement" else TWO
    proof = TRIVIAL if kind == "other_definition" else refl(ONE, NAT, number)
    if kind == "other_proof":
        proof = app(fun(statement, lambda x: x), proof)
    elif kind in ("sorry", "axiom", "forged_propext"):
        name = {"sorry": "sorryAx", "axiom": "cheat", "forged_propext": "propext"}[kind]
        _anything(book, name)
        book.theorem("step", statement, app(const(name), statement))
        proof = const("step")
    elif kind == "ill_typed":
        proof = TRIVIAL
    if kind == "stated_as_axiom":
        book.add("axiom", "target", statement)
    elif kind == "unsafe":
        book.define("target", statement, const("target"), safety="unsafe")
    elif kind != "missing":
        book.theorem("target", statement, proof)
    if kind == "twice":
        book.theorem("target", TRUE, TRIVIAL)
    return book.writer.text().encode()


def uses_propext() -> bytes:
    """An honest candidate that rests on the real propext, which the reference does not mention."""
    book = Book()
    book.prelude()
    _nat(book)
    book.define("Same", arrow(NAT, NAT, PROP), fun(NAT, lambda a: fun(NAT, lambda b: eq(ONE, NAT, a, b))))
    book.inductive(
        {
            "Iff": (
                arrow(PROP, PROP, PROP),
                {
                    "intro": pi(
                        PROP, lambda a: pi(PROP, lambda b: arrow(arrow(a, b), arrow(b, a), app(const("Iff"), a, b)))
                    )
                },
            )
        },
        num_params=2,
    )
    iff = pi(PROP, lambda a: pi(PROP, lambda b: arrow(app(const("Iff"), a, b), eq(ONE, PROP, a, b))))
    book.add("axiom", "propext", iff)
    same = app(const("Iff.intro"), TRUE, TRUE, fun(TRUE, lambda x: x), fun(TRUE, lambda x: x))
    statement = app(const("Same"), TWO, TWO)
    lemma = eq(ONE, PROP, TRUE, TRUE)
    book.theorem("lemma", lemma, app(const("propext"), TRUE, TRUE, same))
    book.theorem("target", statement, app(fun(lemma, lambda _: refl(ONE, NAT, TWO)), const("lemma")))
    return book.writer.text().encode()


def slow(height: int = 60) -> bytes:
    """A true theorem whose check visits 2^height different leaves of a tree, and never goes deep."""
    book = Book()
    book.prelude()
    _nat(book)
    bits = const("Bits")
    book.inductive({"Bits": (TYPE, {"nil": bits, "o": arrow(bits, bits), "i": arrow(bits, bits)})})

    def both(below: Term, path: Term) -> Term:
        left, right = app(below, app(const("Bits.o"), path)), app(below, app(const("Bits.i"), path))
        return cases_bool(ONE, lambda _: BOOL, NO, right, left)

    motive = fun(NAT, lambda _: arrow(bits, BOOL))
    step = fun(NAT, lambda _: fun(arrow(bits, BOOL), lambda below: fun(bits, lambda path: both(below, path))))
    recursor = app(const("Nat.rec", [ONE]), motive, fun(bits, lambda _: YES), step)
    book.define("tree", arrow(NAT, bits, BOOL), fun(NAT, lambda n: app(recursor, n)))
    number = ZERO
    for _ in range(height):
        number = app(SUCC, number)
    visited = app(const("tree"), number, const("Bits.nil"))
    book.theorem("target", eq(ONE, BOOL, visited, YES), refl(ONE, BOOL, YES))
    return book.writer.text().encode()


def many(count: int) -> bytes:
    """A file of that many small theorems."""
    book = Book()
    book.prelude()
    for i in range(count):
        book.theorem(f"t{i}", TRUE, TRIVIAL)
    return book.writer.text().encode()


def wrong(count: int = 1) -> bytes:
    """A file in which that many theorems do not check."""
    book = Book()
    book.prelude()
    for i in range(count):
        book.theorem(f"wrong{i}", FALSE, TRIVIAL)
    return book.writer.text().encode()


BUNDLED = ("statement", "proof", "fake")


def bundled(kind: str) -> bytes:
    """The files plus_zero_*.ndjson that come with the package: n + 0 = n, stated, proved by induction, and faked."""
    book = Book()
    book.prelude()
    book.inductive({"Nat": (TYPE, {"zero": NAT, "succ": arrow(NAT, NAT)})})
    plus_zero = lambda n: eq(ONE, NAT, app(const("plus"), n, ZERO), n)  # noqa: E731
    recursor, natural = const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT)
    step = fun(NAT, lambda _: fun(NAT, lambda sum_: app(SUCC, sum_)))
    by_recursion = fun(NAT, lambda m: fun(NAT, lambda n: app(recursor, natural, n, step, m)))
    first = fun(NAT, lambda m: fun(NAT, lambda _: m))
    book.define("plus", arrow(NAT, NAT, NAT), first if kind == "fake" else by_recursion)
    statement = pi(NAT, plus_zero)
    if kind == "statement":
        _anything(book, "sorryAx")
        proof = app(const("sorryAx"), statement)
    elif kind == "fake":
        proof = fun(NAT, lambda n: refl(ONE, NAT, n))
    else:

        def next_one(n: Term, hypothesis: Term) -> Term:
            sum_ = app(const("plus"), n, ZERO)
            same = lambda y: eq(ONE, NAT, app(SUCC, sum_), app(SUCC, y))  # noqa: E731
            return rewrite(ONE, NAT, sum_, n, hypothesis, same, refl(ONE, NAT, app(SUCC, sum_)))

        induction = fun(NAT, lambda n: fun(plus_zero(n), lambda h: next_one(n, h)))
        proof = app(const("Nat.rec", [LEVEL_ZERO]), fun(NAT, plus_zero), refl(ONE, NAT, ZERO), induction)
    book.theorem("plus_zero", statement, proof)
    return book.writer.text().encode()


if __name__ == "__main__":  # python tests/lean_proofs.py writes the bundled files
    folder = Path(__file__).resolve().parents[1] / "python" / "verikit" / "data"
    for kind in BUNDLED:
        (folder / f"plus_zero_{kind}.ndjson").write_bytes(bundled(kind))
