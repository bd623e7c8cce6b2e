"""The registry of attacks, and declarations that several of them begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import levels as lv
from . import quotients
from . import terms as tm
from .builder import (
    BOOL,
    FALSE,
    NO,
    ONE,
    TRIVIAL,
    TRUE,
    TYPE,
    YES,
    ZERO,
    Book,
    arrow,
    cases_bool,
    eq,
    fun,
    named,
    pi,
    refl,
    rewrite,
)
from .environment import Constant
from .terms import PROP, Term, app, const

U, V = lv.param(("u",)), lv.param(("v",))

NAT, N_ZERO, N_SUCC = const("Nat"), const("Nat.zero"), const("Nat.succ")


@dataclass(frozen=True)
class Attack:
    """A file to be rejected (or declined): the rule that must stop it, and what it is."""

    build: Callable[[Book], None]
    rule: str
    about: str


ATTACKS: dict[str, Attack] = {}


def attack(rule: str) -> Callable[[Callable[[Book], None]], Callable[[Book], None]]:
    """Registers a file under its function's name; the docstring says what it is."""

    def register(build: Callable[[Book], None]) -> Callable[[Book], None]:
        ATTACKS[build.__name__] = Attack(build, rule, " ".join((build.__doc__ or "").split()))
        return build

    return register


def proj(structure: str, index: int, term: Term) -> Term:
    """A projection."""
    return tm.make("proj", named(structure), index, term)


def add_nat(book: Book, **forge: Callable[[list[Constant]], list[Constant]]) -> None:
    book.inductive({"Nat": (TYPE, {"zero": NAT, "succ": arrow(NAT, NAT)})}, **forge)


def three_runs(book: Book) -> None:
    """Three Bools a, b, c, all provably false: a = b and b = c by computation, a = c not.

    They run a recursion on the proof that false is below true; `seed` is such a proof that does not reduce.
    """
    book.prelude()
    u = lv.param(("u_1",))
    relation_type = arrow(BOOL, BOOL, PROP)

    def below(x: Term, y: Term) -> Term:
        return app(const("below"), x, y)

    def acc(x: Term) -> Term:
        return app(const("Acc", [ONE]), BOOL, const("below"), x)

    def smaller(alpha: Term, r: Term, x: Term, level: lv.Level) -> Term:
        return pi(alpha, lambda y: arrow(app(r, y, x), app(const("Acc", [level]), alpha, r, y)))

    sort = tm.sort(u)
    book.inductive(
        {
            "Acc": (
                pi(sort, lambda a: pi(arrow(a, a, PROP), lambda r: arrow(a, PROP))),
                {
                    "intro": pi(
                        sort,
                        lambda a: pi(
                            arrow(a, a, PROP),
                            lambda r: pi(a, lambda x: arrow(smaller(a, r, x, u), app(const("Acc", [u]), a, r, x))),
                        ),
                    )
                },
            )
        },
        num_params=2,
        params=["u_1"],
    )
    book.define(
        "below",
        relation_type,
        fun(BOOL, lambda x: fun(BOOL, lambda y: cases_bool(
            ONE, lambda _: PROP, FALSE, cases_bool(ONE, lambda _: PROP, TRUE, FALSE, x), y))),
    )  # fmt: skip

    def recursion(level: lv.Level, motive: Term, minor: Term, x: Term, h: Term) -> Term:
        return app(const("Acc.rec", [level, ONE]), BOOL, const("below"), motive, minor, x, h)

    def intro(x: Term, h: Term) -> Term:
        return app(const("Acc.intro", [ONE]), BOOL, const("below"), x, h)

    def from_false(type_: Term, h: Term) -> Term:
        return app(const("False.rec", [ZERO]), fun(FALSE, lambda _: type_), h)

    ends = book.theorem(
        "acc_false", acc(NO), intro(NO, fun(BOOL, lambda y: fun(below(y, NO), lambda h: from_false(acc(y), h))))
    )
    book.add(
        "opaque",
        "seed",
        acc(YES),
        intro(YES, fun(BOOL, lambda y: cases_bool(
            ZERO, lambda y: arrow(below(y, YES), acc(y)),
            fun(below(NO, YES), lambda _: ends), fun(below(YES, YES), lambda h: from_false(acc(YES), h)), y))),
    )  # fmt: skip
    inverse = book.define(
        "inverse",
        pi(BOOL, lambda x: arrow(acc(x), pi(BOOL, lambda y: arrow(below(y, x), acc(y))))),
        fun(BOOL, lambda x: fun(acc(x), lambda h: recursion(
            ZERO, fun(BOOL, lambda x: fun(acc(x), lambda _: pi(BOOL, lambda y: arrow(below(y, x), acc(y))))),
            fun(BOOL, lambda x: fun(smaller(BOOL, const("below"), x, ONE), lambda s: fun(
                pi(BOOL, lambda y: pi(below(y, x), lambda _: pi(BOOL, lambda z: arrow(below(z, y), acc(z))))),
                    lambda _: s))),
            x, h))),
    )  # fmt: skip

    def calls(x: Term) -> Term:
        return pi(BOOL, lambda y: arrow(below(y, x), BOOL))

    run = book.define(
        "run",
        pi(BOOL, lambda x: arrow(acc(x), BOOL)),
        fun(BOOL, lambda x: fun(acc(x), lambda h: recursion(
            ONE, fun(BOOL, lambda x: fun(acc(x), lambda _: BOOL)),
            fun(BOOL, lambda x: fun(smaller(BOOL, const("below"), x, ONE), lambda _: fun(calls(x),
                lambda ih: app(cases_bool(
                ONE, lambda x: arrow(calls(x), BOOL),
                fun(calls(NO), lambda _: NO), fun(calls(YES), lambda ih: app(ih, NO, TRIVIAL)), x), ih)))),
            x, h))),
        hints=3,
    )  # fmt: skip
    seed = const("seed")
    opened = intro(YES, fun(BOOL, lambda y: fun(below(y, YES), lambda h: app(inverse, YES, seed, y, h))))
    book.define("a", BOOL, app(run, YES, seed), hints=4)
    book.define("b", BOOL, app(run, YES, opened), hints=4)
    book.define("c", BOOL, app(run, NO, app(inverse, YES, seed, NO, TRIVIAL)), hints=4)
    # Every run gives false; so a = c has a proof.
    book.theorem(
        "run_false",
        pi(BOOL, lambda x: pi(acc(x), lambda h: eq(ONE, BOOL, app(run, x, h), NO))),
        fun(BOOL, lambda x: fun(acc(x), lambda h: recursion(
            ZERO, fun(BOOL, lambda x: fun(acc(x), lambda h: eq(ONE, BOOL, app(run, x, h), NO))),
            fun(BOOL, lambda x: cases_bool(
                ZERO, lambda x: pi(smaller(BOOL, const("below"), x, ONE), lambda s: arrow(
                    pi(BOOL, lambda y: pi(below(y, x), lambda g: eq(ONE, BOOL, app(run, y, app(s, y, g)), NO))),
                    eq(ONE, BOOL, app(run, x, intro(x, s)), NO))),
                fun(smaller(BOOL, const("below"), NO, ONE), lambda s: fun(
                    pi(BOOL, lambda y: pi(below(y, NO), lambda g: eq(ONE, BOOL, app(run, y, app(s, y, g)), NO))),
                    lambda _: refl(ONE, BOOL, NO))),
                fun(smaller(BOOL, const("below"), YES, ONE), lambda s: fun(
                    pi(BOOL, lambda y: pi(below(y, YES), lambda g: eq(ONE, BOOL, app(run, y, app(s, y, g)), NO))),
                    lambda ih: app(ih, NO, TRIVIAL))),
                x)),
            x, h))),
    )  # fmt: skip
    a, c = const("a"), const("c")
    a_false = app(const("run_false"), YES, seed)
    c_false = app(const("run_false"), NO, app(inverse, YES, seed, NO, TRIVIAL))
    flipped = rewrite(ONE, BOOL, c, NO, c_false, lambda y: eq(ONE, BOOL, y, c), refl(ONE, BOOL, c))
    book.add(
        "opaque",
        "a_is_c",
        eq(ONE, BOOL, a, c),
        rewrite(ONE, BOOL, NO, c, flipped, lambda y: eq(ONE, BOOL, a, y), a_false),
    )


def hidden_bit(book: Book, sort: Term = PROP, **more: object) -> None:
    book.inductive({"Hidden": (sort, {"mk": arrow(BOOL, const("Hidden"))})}, **more)  # type: ignore[arg-type]


def made_hidden(bit: Term) -> Term:
    return app(const("Hidden.mk"), bit)


def add_list(book: Book) -> None:
    u = lv.param(("u",))

    def of(a: Term) -> Term:
        return app(const("List", [u]), a)

    sort = tm.sort(lv.succ(u))
    book.inductive(
        {"List": (arrow(sort, sort), {"nil": pi(sort, of), "cons": pi(sort, lambda a: arrow(a, of(a), of(a)))})},
        num_params=1,
        params=["u"],
    )


def add_strings(book: Book, char: Callable[[Book], None]) -> None:
    """List, Char by `char`, and String with a list of characters in it."""
    add_nat(book)
    add_list(book)
    char(book)
    characters = app(const("List", [ZERO]), const("Char"))
    book.inductive({"String": (TYPE, {"mk": arrow(characters, const("String"))})})
    book.define(
        "String.ofList", arrow(characters, const("String")), fun(characters, lambda x: app(const("String.mk"), x))
    )


def arithmetic(book: Book) -> None:
    """Nat with add, mul and pow by recursion on the second argument, as in the prelude."""
    add_nat(book)

    def by_recursion(zero: Callable[[Term], Term], succ: Callable[[Term, Term], Term]) -> Term:
        return fun(NAT, lambda x: fun(NAT, lambda y: app(
            const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT), zero(x), fun(NAT, lambda _: fun(NAT,
                lambda k: succ(x, k))), y)))  # fmt: skip

    binary = arrow(NAT, NAT, NAT)
    add, mul = const("Nat.add"), const("Nat.mul")
    book.define("Nat.add", binary, by_recursion(lambda x: x, lambda _x, k: app(N_SUCC, k)), hints=1)
    book.define("Nat.mul", binary, by_recursion(lambda _: N_ZERO, lambda x, k: app(add, k, x)), hints=2)
    book.define("Nat.pow", binary, by_recursion(lambda _: app(N_SUCC, N_ZERO), lambda x, k: app(mul, k, x)), hints=3)


def quotient(book: Book, **forge: Callable[[Term], Term]) -> None:
    """The four constants; a keyword changes the type of one."""
    for name, (role, params, type_) in quotients.expected().items():
        changed = forge.get(role, lambda t: t)(type_)
        constant = Constant(name=name, kind="quot", params=params, type=changed, quot=role)
        book.keep(constant)
        book.writer.constant(constant)
    book.env.quotients = True
