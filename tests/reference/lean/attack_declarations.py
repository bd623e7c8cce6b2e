"""Attacks by names, universe parameters, safety, and by quotients that are not the real ones."""

from __future__ import annotations

from . import levels as lv
from . import terms as tm
from .attack_parts import U, V, attack, quotient
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
    absurd_bool,
    arrow,
    change,
    eq,
    fun,
    pi,
    refl,
    rewrite,
)
from .terms import PROP, Term, app, const


@attack("duplicate-name")
def duplicate_definition(book: Book) -> None:
    """`claim` is True when it is proved and False when it is used."""
    book.prelude()
    claim = book.define("claim", PROP, TRUE)
    book.theorem("proof", claim, TRIVIAL)
    book.define("claim", PROP, FALSE)
    book.boom(const("proof"))


@attack("duplicate-name")
def duplicate_constructor_of_another_type(book: Book) -> None:
    """A constructor takes the name of a theorem that was used."""
    book.prelude()
    book.add("axiom", "Odd.mk", TRUE)
    book.inductive({"Odd": (PROP, {"mk": const("Odd")})})


@attack("duplicate-name")
def lean4_14632_quotient_over_a_definition(book: Book) -> None:
    """Quot.lift is a definition first, and the quotient's after."""
    book.prelude()
    book.define("Quot.lift", PROP, TRUE)
    quotient(book)


@attack("universe-parameter")
def universe_parameter_twice(book: Book) -> None:
    """levelParams [u, u]."""
    book.prelude()
    book.define("twice", tm.sort(lv.succ(U)), tm.sort(U), params=(("u",), ("u",)))


@attack("universe-parameter")
def universe_parameter_undeclared(book: Book) -> None:
    """Sort v in a definition over u."""
    book.prelude()
    book.define("free", tm.sort(lv.succ(V)), tm.sort(V), params=(("u",),))


@attack("universe-arity")
def universe_arguments_too_few(book: Book) -> None:
    """Eq without its level."""
    book.prelude()
    book.theorem("boom", FALSE, app(const("Eq.refl", []), BOOL, YES))


@attack("unknown-constant")
def circular_theorems(book: Book) -> None:
    """Two theorems of False, each by the other."""
    book.prelude()
    book.boom(const("boom2"))
    book.theorem("boom2", FALSE, const("boom"))


@attack("unknown-constant")
def theorem_by_itself(book: Book) -> None:
    """theorem boom : False := boom."""
    book.prelude()
    book.boom(const("boom"))


@attack("unsafe-in-safe")
def unsafe_definition_in_a_theorem(book: Book) -> None:
    """unsafe def loop : False := loop."""
    book.prelude()
    book.define("loop", FALSE, const("loop"), safety="unsafe")
    book.boom(const("loop"))


@attack("unsafe-in-safe")
def partial_definition_in_a_theorem(book: Book) -> None:
    """A partial definition is for running, not for proving."""
    book.prelude()
    book.define("some_bit", BOOL, YES, safety="partial")
    book.theorem("is_true", eq(ONE, BOOL, const("some_bit"), YES), refl(ONE, BOOL, YES))


@attack("unsafe-in-safe")
def unsafe_inductive_in_a_theorem(book: Book) -> None:
    """An unsafe type need not be positive; so it must not be used."""
    book.prelude()
    n = const("N")
    book.inductive({"N": (TYPE, {"mk": arrow(arrow(n, FALSE), n)})}, safety="unsafe")
    omega = fun(n, lambda x: app(
        const("N.rec", [ZERO]), fun(n, lambda _: arrow(n, FALSE)), fun(arrow(n, FALSE), lambda f: f), x,
            x))  # fmt: skip
    book.boom(app(omega, app(const("N.mk"), omega)))


@attack("recursor")
def unsafe_inductive_with_a_safe_recursor(book: Book) -> None:
    """The same, with a recursor that says it is safe."""
    book.prelude()
    n = const("N")
    book.inductive(
        {"N": (TYPE, {"mk": arrow(arrow(n, FALSE), n)})}, safety="unsafe", forge=change("N.rec", safety="safe")
    )


@attack("unsafe-in-safe")
def unsafe_axiom_in_a_theorem(book: Book) -> None:
    """An axiom marked unsafe."""
    book.prelude()
    book.add("axiom", "anything", FALSE, safety="unsafe")
    book.boom(const("anything"))


@attack("theorem-not-prop")
def theorem_of_data(book: Book) -> None:
    """A theorem whose statement is a type."""
    book.prelude()
    book.theorem("bit", BOOL, YES)


@attack("quotient")
def quotient_lift_without_respect(book: Book) -> None:
    """Quot.lift without the proof that the function respects the relation: with Quot.sound, false = true."""
    book.prelude()

    def lift(_: Term) -> Term:
        return pi(tm.sort(U), lambda a: pi(arrow(a, a, PROP), lambda r: pi(tm.sort(V), lambda b: pi(
            arrow(a, b), lambda f: arrow(TRUE, app(const("Quot", [U]), a, r), b)))))  # fmt: skip

    quotient(book, lift=lift)
    every = fun(BOOL, lambda _: fun(BOOL, lambda _: TRUE))
    q = app(const("Quot", [ONE]), BOOL, every)

    def made(bit: Term) -> Term:
        return app(const("Quot.mk", [ONE]), BOOL, every, bit)

    sound = pi(tm.sort(U), lambda a: pi(arrow(a, a, PROP), lambda r: pi(a, lambda x: pi(a, lambda y: arrow(
        app(r, x, y), eq(U, app(const("Quot", [U]), a, r),
                         app(const("Quot.mk", [U]), a, r, x), app(const("Quot.mk", [U]), a, r, y)))))))  # fmt: skip
    book.add("axiom", "Quot.sound", sound, params=(("u",),))
    same = app(const("Quot.sound", [ONE]), BOOL, every, NO, YES, TRIVIAL)
    bit = fun(q, lambda x: app(const("Quot.lift", [ONE, ONE]), BOOL, every, BOOL, fun(BOOL, lambda b: b), TRIVIAL, x))
    book.define("bit", arrow(q, BOOL), bit)
    book.boom(absurd_bool(rewrite(
        ONE, q, made(NO), made(YES), same, lambda x: eq(ONE, BOOL, NO, app(const("bit"), x)), refl(ONE, BOOL,
            NO))))  # fmt: skip


@attack("quotient")
def quotient_over_another_eq(book: Book) -> None:
    """Eq with a constructor for any two elements: every function respects every relation."""
    u = lv.param(("u_1",))
    book.inductive({"False": (PROP, {})})
    book.inductive({"True": (PROP, {"intro": TRUE})})
    book.inductive({"Bool": (TYPE, {"false": BOOL, "true": BOOL})})
    book.inductive(
        {
            "Eq": (
                pi(tm.sort(u), lambda a: arrow(a, a, PROP)),
                {"refl": pi(tm.sort(u), lambda a: pi(a, lambda x: pi(a, lambda y: eq(u, a, x, y))))},
            )
        },
        num_params=1,
        params=["u_1"],
    )
    quotient(book)


@attack("quotient")
def quotient_ind_into_types(book: Book) -> None:
    """Quot.ind with a motive into Type."""
    book.prelude()

    def ind(_: Term) -> Term:
        return pi(tm.sort(U), lambda a: pi(arrow(a, a, PROP), lambda r: pi(
            arrow(app(const("Quot", [U]), a, r), TYPE), lambda m: arrow(
                pi(a, lambda x: app(m, app(const("Quot.mk", [U]), a, r, x))),
                pi(app(const("Quot", [U]), a, r), lambda q: app(m, q))))))  # fmt: skip

    quotient(book, ind=ind)


@attack("quotient")
def quotient_without_eq(book: Book) -> None:
    """Quotients before there is an Eq."""
    quotient(book)
