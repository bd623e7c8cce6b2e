"""Controls for the attacks: files like them that are right and must be accepted (tests/golden/lean)."""

from __future__ import annotations

from collections.abc import Callable

from .lean import levels as lv
from .lean import terms as tm
from .lean.builder import BOOL, FALSE, NO, ONE, PROP, TRIVIAL, TRUE, TYPE, YES, ZERO, Book, app, arrow, const, eq, fun, pi, refl
from .lean.terms import nat
from .lean_attacks import NAT, U, V, add_list, add_nat, add_strings, arithmetic, proj, quotient, three_runs

CONTROLS: dict[str, Callable[[Book], None]] = {}


def control(build: Callable[[Book], None]) -> Callable[[Book], None]:
    """Registers a file under its function's name."""
    CONTROLS[build.__name__] = build
    return build


@control
def pairs_of_equal_terms(book: Book) -> None:
    """a = b and b = c by computation: the pairs that the union-find attack starts from."""
    three_runs(book)
    a, b, c = const("a"), const("b"), const("c")
    book.theorem("a_b", eq(ONE, BOOL, a, b), refl(ONE, BOOL, a))
    book.theorem("b_c", eq(ONE, BOOL, b, c), refl(ONE, BOOL, b))
