"""Controls for the attacks: files like them that are right and must be accepted (tests/golden/lean)."""

from __future__ import annotations

from collections.abc import Callable

from .lean import levels as lv
from .lean import terms as tm
from .lean.attack_parts import (
    N_SUCC,
    N_ZERO,
    NAT,
    U,
    V,
    add_list,
    add_nat,
    add_strings,
    arithmetic,
    hidden_bit,
    proj,
    quotient,
    three_runs,
)
from .lean.builder import (
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
    pi,
    refl,
)
from .lean.terms import PROP, Term, app, const, nat

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


@control
def lean4_14613_imax_prop(book: Book) -> None:
    """A proposition in Sort (imax 1 0): its proofs are equal, its recursor stays in Prop."""
    book.prelude()
    hidden_bit(book, tm.sort(("imax", ONE, ZERO)))
    hidden = const("Hidden")
    no, yes = (app(const("Hidden.mk"), bit) for bit in (NO, YES))
    book.define("claim", PROP, hidden)
    book.theorem("same", eq(ZERO, hidden, no, yes), refl(ZERO, hidden, no))


@control
def lean4_10475_let_in_the_type_of_a_let(book: Book) -> None:
    """let y := Prop; let x : y := True; p x, whose type mentions both."""
    book.prelude()
    p_type = pi(PROP, lambda a: a)
    p = tm.fresh(p_type)
    inner = tm.make("let", tm.bvar(0), TRUE, app(tm.lift(p, 2), tm.bvar(0)))
    value = tm.make("let", TYPE, PROP, inner)
    book.define("lets", arrow(p_type, TRUE), tm.lams([p], value))


@control
def lean4_2672_quotient_of_functions(book: Book) -> None:
    """Quot.lift and Quot.ind applied to more than they take."""
    book.prelude()
    quotient(book)
    every = fun(BOOL, lambda _: fun(BOOL, lambda _: TRUE))
    q = app(const("Quot", [ONE]), BOOL, every)
    made = app(const("Quot.mk", [ONE]), BOOL, every, NO)
    function = arrow(BOOL, BOOL)
    respects = fun(
        BOOL, lambda _: fun(BOOL, lambda _: fun(TRUE, lambda _: refl(ONE, function, fun(BOOL, lambda b: b))))
    )
    lifted = app(
        const("Quot.lift", [ONE, ONE]),
        BOOL,
        every,
        function,
        fun(BOOL, lambda _: fun(BOOL, lambda b: b)),
        respects,
        made,
        YES,
    )
    book.theorem("lift", eq(ONE, BOOL, lifted, YES), refl(ONE, BOOL, YES))
    family = fun(q, lambda _: arrow(TRUE, TRUE))
    induced = app(
        const("Quot.ind", [ONE]), BOOL, every, family, fun(BOOL, lambda _: fun(TRUE, lambda h: h)), made, TRIVIAL
    )
    book.theorem("ind", TRUE, induced)


@control
def nested_mutual_reflexive(book: Book) -> None:
    """Trees of lists, of pairs of lists, in a family; even and odd; a tree that branches over Nat."""
    book.prelude()
    add_nat(book)
    add_list(book)

    def listed(t: Term) -> Term:
        return app(const("List", [ZERO]), t)

    def pair_of(a: Term, b: Term) -> Term:
        return app(const("Pair"), a, b)

    book.inductive(
        {"Pair": (arrow(TYPE, TYPE, TYPE), {"mk": pi(TYPE, lambda a: pi(TYPE, lambda b: arrow(a, b, pair_of(a, b))))})},
        num_params=2,
    )
    rose = const("Rose")
    book.inductive(
        {
            "Rose": (
                arrow(TYPE, TYPE),
                {
                    "node": pi(
                        TYPE, lambda a: arrow(a, listed(pair_of(app(rose, a), listed(app(rose, a)))), app(rose, a))
                    )
                },
            )
        },
        num_params=1,
    )
    even, odd = const("Even"), const("Odd")
    book.inductive(
        {
            "Even": (
                arrow(NAT, PROP),
                {"zero": app(even, N_ZERO), "succ": pi(NAT, lambda n: arrow(app(odd, n), app(even, app(N_SUCC, n))))},
            ),
            "Odd": (
                arrow(NAT, PROP),
                {"succ": pi(NAT, lambda n: arrow(app(even, n), app(odd, app(N_SUCC, n))))},
            ),
        }
    )
    wide = const("Wide")
    book.inductive({"Wide": (TYPE, {"leaf": wide, "node": arrow(arrow(NAT, wide), wide)})})
    depth = fun(wide, lambda t: app(
        const("Wide.rec", [ONE]), fun(wide, lambda _: NAT), N_ZERO,
        fun(arrow(NAT, wide), lambda _: fun(arrow(NAT, NAT), lambda ih: app(N_SUCC, app(ih, N_ZERO)))), t))  # fmt: skip
    book.define("depth", arrow(wide, NAT), depth, hints=1)
    leaf = const("Wide.leaf")
    book.theorem(
        "depth_one",
        eq(ONE, NAT, app(const("depth"), app(const("Wide.node"), fun(NAT, lambda _: leaf))), nat(1)),
        refl(ONE, NAT, nat(1)),
    )


@control
def structures(book: Book) -> None:
    """Eta for structures and functions, unit types in every universe, K, projections where they are sound."""
    book.prelude()
    unit = const("Unit", [U])
    book.inductive({"Unit": (tm.sort(U), {"unit": unit})}, params=["u"])
    book.theorem(
        "unit_eta",
        pi(unit, lambda x: pi(unit, lambda y: eq(U, unit, x, y))),
        fun(unit, lambda x: fun(unit, lambda y: refl(U, unit, x))),
        params=(("u",),),
    )
    rec = fun(unit, lambda x: app(const("Unit.rec", [ONE, U]), fun(unit, lambda _: BOOL), YES, x))
    book.theorem(
        "unit_rec",
        pi(unit, lambda x: eq(ONE, BOOL, app(rec, x), YES)),
        fun(unit, lambda _: refl(ONE, BOOL, YES)),
        params=(("u",),),
    )
    both = const("Both")
    book.inductive({"Both": (TYPE, {"mk": arrow(BOOL, BOOL, both)})})
    book.theorem(
        "eta",
        pi(both, lambda x: eq(ONE, both, app(const("Both.mk"), proj("Both", 0, x), proj("Both", 1, x)), x)),
        fun(both, lambda x: refl(ONE, both, x)),
    )
    swapped = fun(both, lambda x: app(
        const("Both.rec", [ONE]), fun(both, lambda _: BOOL), fun(BOOL, lambda _: fun(BOOL, lambda b: b)),
            x))  # fmt: skip
    book.theorem(
        "rec_of_a_variable",
        pi(both, lambda x: eq(ONE, BOOL, app(swapped, x), proj("Both", 1, x))),
        fun(both, lambda x: refl(ONE, BOOL, proj("Both", 1, x))),
    )
    conj = const("Conj")
    book.inductive(
        {
            "Conj": (
                arrow(PROP, PROP, PROP),
                {"mk": pi(PROP, lambda a: pi(PROP, lambda b: arrow(a, b, app(conj, a, b))))},
            )
        },
        num_params=2,
    )
    book.theorem(
        "right",
        pi(PROP, lambda a: pi(PROP, lambda b: arrow(app(conj, a, b), b))),
        fun(PROP, lambda a: fun(PROP, lambda b: fun(app(conj, a, b), lambda h: proj("Conj", 1, h)))),
    )
    # K: a cast along a proof of b = b is no cast.
    family = fun(BOOL, lambda b: fun(eq(ONE, BOOL, YES, b), lambda _: BOOL))
    book.theorem(
        "k",
        pi(
            eq(ONE, BOOL, YES, YES),
            lambda h: eq(ONE, BOOL, app(const("Eq.rec", [ONE, ONE]), BOOL, YES, family, NO, YES, h), NO),
        ),
        fun(eq(ONE, BOOL, YES, YES), lambda _: refl(ONE, BOOL, NO)),
    )
    function = arrow(BOOL, BOOL)
    book.theorem(
        "function_eta",
        pi(function, lambda f: eq(ONE, function, fun(BOOL, lambda x: app(f, x)), f)),
        fun(function, lambda f: refl(ONE, function, f)),
    )


@control
def large_elimination_that_is_sound(book: Book) -> None:
    """Propositions whose recursor goes into every sort: no constructor; fields that are proofs or in the indices."""
    book.prelude()
    at = const("At")
    book.inductive({"At": (arrow(BOOL, BOOL, PROP), {"mk": pi(BOOL, lambda b: arrow(TRUE, app(at, b, b)))})})
    both = pi(BOOL, lambda b: app(at, b, b))
    first = fun(app(at, YES, YES), lambda h: app(
        const("At.rec", [ONE]), fun(BOOL, lambda x: fun(BOOL, lambda y: fun(app(at, x, y), lambda _: BOOL))),
        fun(BOOL, lambda b: fun(TRUE, lambda _: b)), YES, YES, h))  # fmt: skip
    book.define("first", arrow(app(at, YES, YES), BOOL), first)
    book.theorem(
        "first_made",
        pi(both, lambda _: eq(ONE, BOOL, app(const("first"), app(const("At.mk"), YES, TRIVIAL)), YES)),
        fun(both, lambda _: refl(ONE, BOOL, YES)),
    )
    book.define(
        "from_false",
        arrow(FALSE, BOOL),
        fun(FALSE, lambda h: app(const("False.rec", [ONE]), fun(FALSE, lambda _: BOOL), h)),
    )


@control
def annotation_that_is_one(book: Book) -> None:
    """outParam, the identity: left out of the recursor's types."""
    book.prelude()
    sort = tm.sort(U)
    book.define("outParam", arrow(sort, sort), fun(sort, lambda a: a), params=(("u",),))
    has = const("Has")
    out = app(const("outParam", [lv.succ(ONE)]), TYPE)
    book.inductive(
        {
            "Has": (
                arrow(TYPE, out, TYPE),
                {"mk": pi(TYPE, lambda a: pi(out, lambda b: arrow(arrow(a, b), app(has, a, b))))},
            )
        },
        num_params=2,
    )


@control
def strings(book: Book) -> None:
    """Literals and the lists that they stand for."""
    book.prelude()
    character = const("Char")

    def char(book: Book) -> None:
        book.inductive({"Char": (TYPE, {"mk": arrow(NAT, character)})})
        book.define("Char.ofNat", arrow(NAT, character), fun(NAT, lambda n: app(const("Char.mk"), n)))

    add_strings(book, char)
    string = const("String")
    text = app(const("List.nil", [ZERO]), character)
    for c in reversed("aé∀😀"):
        text = app(const("List.cons", [ZERO]), character, app(const("Char.ofNat"), nat(ord(c))), text)
    literal = tm.make("str", "aé∀😀")
    book.theorem("chars", eq(ONE, string, literal, app(const("String.mk"), text)), refl(ONE, string, literal))
    characters = app(const("List", [ZERO]), character)
    book.theorem("field", eq(ONE, characters, proj("String", 0, literal), text), refl(ONE, characters, text))


@control
def arithmetic_on_numerals(book: Book) -> None:
    """Large numerals, with operations whose definitions are the usual ones."""
    book.prelude()
    arithmetic(book)

    def apply(name: str, a: int, b: int) -> Term:
        return app(const(f"Nat.{name}"), nat(a), nat(b))

    for i, (name, a, b, c) in enumerate(
        [("add", 10**30, 7, 10**30 + 7), ("mul", 3**50, 3**50, 3**100), ("pow", 2, 200, 2**200), ("pow", 0, 0, 1)]
    ):
        book.theorem(f"t{i}", eq(ONE, NAT, apply(name, a, b), nat(c)), refl(ONE, NAT, nat(c)))
    x = tm.fresh(NAT)
    sum_ = app(const("Nat.add"), x, nat(2))
    book.theorem(
        "open", tm.pis([x], eq(ONE, NAT, sum_, app(N_SUCC, app(N_SUCC, x)))), tm.lams([x], refl(ONE, NAT, sum_))
    )


@control
def redefined_operations_that_are_not_used_on_numerals(book: Book) -> None:
    """A Nat.add of another kind is a definition like any other."""
    book.prelude()
    add_nat(book)
    book.define("Nat.add", arrow(NAT, NAT, NAT), fun(NAT, lambda x: fun(NAT, lambda _: x)), hints=1)
    book.theorem(
        "first",
        pi(NAT, lambda x: pi(NAT, lambda y: eq(ONE, NAT, app(const("Nat.add"), x, y), x))),
        fun(NAT, lambda x: fun(NAT, lambda _: refl(ONE, NAT, x))),
    )


@control
def unsafe_and_partial_by_themselves(book: Book) -> None:
    """Definitions that no theorem rests on may be circular, and types need not be positive."""
    book.prelude()
    book.define("loop", FALSE, const("loop"), safety="unsafe")
    n = const("N")
    book.inductive({"N": (TYPE, {"mk": arrow(arrow(n, FALSE), n)})}, safety="unsafe")
    book.define("of_n", arrow(n, n), fun(n, lambda x: x), safety="unsafe")
    book.define("bit", BOOL, YES, safety="partial")


@control
def level_algebra(book: Book) -> None:
    """Levels that are equal and not written so."""
    book.prelude()
    for i, (a, b) in enumerate(
        [
            (("max", U, V), ("max", V, U)),
            (("imax", U, lv.succ(V)), ("max", U, lv.succ(V))),
            (("imax", U, ZERO), ZERO),
            (("imax", ONE, ("imax", U, ZERO)), ZERO),
            (("max", U, ("max", V, U)), ("max", U, V)),
            (lv.succ(("max", U, V)), ("max", lv.succ(U), lv.succ(V))),
            (("imax", U, U), U),
        ]
    ):
        book.define(f"same{i}", arrow(tm.sort(a), tm.sort(b)), fun(tm.sort(a), lambda x: x), params=(("u",), ("v",)))


@control
def cases_in_prop(book: Book) -> None:
    """A theorem by cases, through a motive that computes."""
    book.prelude()
    flip = fun(BOOL, lambda b: cases_bool(ONE, lambda _: BOOL, YES, NO, b))
    book.define("flip", arrow(BOOL, BOOL), flip, hints=1)
    twice = lambda b: app(const("flip"), app(const("flip"), b))  # noqa: E731
    book.theorem(
        "flip_flip",
        pi(BOOL, lambda b: eq(ONE, BOOL, twice(b), b)),
        fun(
            BOOL,
            lambda b: cases_bool(
                ZERO, lambda b: eq(ONE, BOOL, twice(b), b), refl(ONE, BOOL, NO), refl(ONE, BOOL, YES), b
            ),
        ),
    )


@control
def variable_whose_type_is_substituted(book: Book) -> None:
    """(fun B P (h : forall x, P x) => h) A: the type of P is substituted into while the function's type is inferred."""
    book.prelude()

    def of(a: Term) -> Term:
        return pi(arrow(a, PROP), lambda p: arrow(pi(a, lambda x: app(p, x)), pi(a, lambda x: app(p, x))))

    def identity(b: Term) -> Term:
        return fun(arrow(b, PROP), lambda p: fun(pi(b, lambda x: app(p, x)), lambda h: h))

    book.define("same", pi(TYPE, of), fun(TYPE, lambda a: app(fun(TYPE, identity), a)))
