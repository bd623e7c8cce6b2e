"""Attacks on definitional equality, on levels, and on projections."""

from __future__ import annotations

from . import levels as lv
from . import terms as tm
from .attack_parts import U, V, attack, hidden_bit, made_hidden, proj, three_runs
from .builder import (
    BOOL,
    FALSE,
    NO,
    ONE,
    TRIVIAL,
    TRUE,
    TWO,
    TYPE,
    YES,
    ZERO,
    Book,
    absurd_bool,
    arrow,
    cases_bool,
    eq,
    fun,
    pi,
    refl,
)
from .terms import PROP, Term, app, const


@attack("argument-mismatch")
def lean4_14806_union_find(book: Book) -> None:
    """One declaration compares a with b, b with c, and then needs a = c, which no comparison of the pair gives: a
    kernel that keeps classes of equal terms accepts it, and accepts or not by the order of what came before."""
    three_runs(book)
    a, b, c = const("a"), const("b"), const("c")
    body = fun(
        eq(ONE, BOOL, a, b), lambda _: fun(eq(ONE, BOOL, b, c), lambda _: fun(eq(ONE, BOOL, a, c), lambda _: TRIVIAL))
    )
    book.theorem("primed", TRUE, app(body, refl(ONE, BOOL, a), refl(ONE, BOOL, b), refl(ONE, BOOL, a)))


@attack("not-a-sort")
def lean4_14807_stuck_sort_is_no_data(book: Book) -> None:
    """P := (a = b) and Q := (a = c) are definitionally equal, yet a sort that K-reduces for a proof of P is stuck for
    one of Q. A family of propositions over P is used at a proof of Q; its Bool is projected, since the stuck sort is
    `not Prop`."""
    three_runs(book)
    a, b, c = const("a"), const("b"), const("c")
    p = book.define("P", PROP, eq(ONE, BOOL, a, b))
    q = book.define("Q", PROP, eq(ONE, BOOL, a, c))
    witness = book.add("opaque", "witness", q, const("a_is_c"))
    family = fun(BOOL, lambda y: fun(eq(ONE, BOOL, a, y), lambda _: TYPE))
    book.define("gate", arrow(p, TYPE), fun(p, lambda h: app(const("Eq.rec", [TWO, ONE]), BOOL, a, family, PROP, b, h)))
    owner = const("Owner")
    book.inductive(
        {"Owner": (pi(p, lambda h: app(const("gate"), h)), {"mk": pi(p, lambda h: arrow(BOOL, app(owner, h)))})},
        num_params=1,
    )
    book.define("as_prop", arrow(p, PROP), fun(p, lambda h: app(owner, h)))
    claim = book.define("claim", PROP, app(const("as_prop"), witness))
    observe = book.define("observe", arrow(claim, BOOL), fun(claim, lambda x: proj("Owner", 0, x)))
    made = [book.define(f"proof_{bit.a[-1]}", claim, app(const("Owner.mk"), witness, bit)) for bit in (NO, YES)]
    book.observed(claim, observe, *made)


@attack("value-mismatch")
def constant_levels_ignored(book: Book) -> None:
    """All.{0}, that proofs of a proposition are equal, holds; All.{1}, that elements of a type are, does not. A
    comparison of constants that forgets their levels makes one of the other."""
    book.prelude()

    def body(level: lv.Level) -> Term:
        return pi(tm.sort(level), lambda t: pi(t, lambda x: pi(t, lambda y: eq(level, t, x, y))))

    book.define("All", PROP, body(U), params=(("u",),), hints="opaque")
    book.theorem(
        "all_0", const("All", [ZERO]), fun(PROP, lambda t: fun(t, lambda x: fun(t, lambda _: refl(ZERO, t, x))))
    )
    book.theorem("all_1", const("All", [ONE]), const("all_0"))
    book.boom(absurd_bool(app(const("all_1"), BOOL, NO, YES)))


def collapse(book: Book, params: str, level: lv.Level) -> None:
    """down : Sort (level + 1) -> Sort level, the identity; at level 0 it makes Bool a proposition."""
    book.prelude()
    names = tuple((p,) for p in params)
    book.define(
        "down",
        arrow(tm.sort(lv.succ(level)), tm.sort(level)),
        fun(tm.sort(lv.succ(level)), lambda x: x),
        params=names,
    )
    claim = book.define("claim", PROP, app(const("down", [ZERO] * len(names)), BOOL))
    book.observed(claim, fun(claim, lambda x: x), NO, YES)


@attack("value-mismatch")
def level_leq_drops_the_offset_of_imax(book: Book) -> None:
    """Takes Sort (imax u v + 1) for Sort (imax u v): `imax u v + 1 <= imax u v` once held by a comparison that found
    equal bases and forgot the offset."""
    collapse(book, "uv", ("imax", U, V))


@attack("value-mismatch")
def level_normal_form_drops_the_offset(book: Book) -> None:
    """The same with imax 0 v, whose normal form once lost the offset where v is 0."""
    collapse(book, "v", ("imax", ZERO, V))


@attack("value-mismatch")
def level_max_absorbs_the_successor(book: Book) -> None:
    """The same with max u v."""
    collapse(book, "uv", ("max", U, V))


@attack("projection")
def projection_of_data_out_of_a_proof(book: Book) -> None:
    """The Bool in a proof."""
    book.prelude()
    hidden_bit(book)
    hidden = const("Hidden")
    book.observed(hidden, fun(hidden, lambda x: proj("Hidden", 0, x)), made_hidden(NO), made_hidden(YES))


@attack("projection")
def lean4_14613_projection_out_of_imax_prop(book: Book) -> None:
    """The same where the proposition lives in Sort (imax 1 0), which is Prop but not written so."""
    book.prelude()
    hidden_bit(book, tm.sort(("imax", ONE, ZERO)))
    claim = book.define("claim", PROP, const("Hidden"))
    book.observed(claim, fun(const("Hidden"), lambda x: proj("Hidden", 0, x)), made_hidden(NO), made_hidden(YES))


@attack("recursor")
def lean4_14615_large_elimination_of_imax_prop(book: Book) -> None:
    """The same type with a recursor into every sort."""
    book.prelude()
    hidden_bit(book, tm.sort(("imax", ONE, ZERO)), large=True)
    claim = book.define("claim", PROP, const("Hidden"))
    observe = fun(const("Hidden"), lambda x: app(
        const("Hidden.rec", [ONE]), fun(const("Hidden"), lambda _: BOOL), fun(BOOL, lambda b: b), x))  # fmt: skip
    book.observed(claim, observe, made_hidden(NO), made_hidden(YES))


@attack("projection")
def lean4_14631_projection_of_another_structure(book: Book) -> None:
    """A projection that names a structure of data and takes a proof apart."""
    book.prelude()
    hidden_bit(book)
    book.inductive({"Box": (TYPE, {"mk": arrow(BOOL, const("Box"))})})
    hidden = const("Hidden")
    book.observed(hidden, fun(hidden, lambda x: proj("Box", 0, x)), made_hidden(NO), made_hidden(YES))


@attack("projection")
def projection_of_a_type_with_two_constructors(book: Book) -> None:
    """The first constructor's field, of an element made with the second."""
    book.prelude()
    either = const("Either")
    book.inductive({"Either": (PROP, {"left": arrow(FALSE, either), "right": arrow(TRUE, either)})})
    book.boom(proj("Either", 0, app(const("Either.right"), TRIVIAL)))


@attack("projection")
def lean4_12746_projection_index_of_33_bits(book: Book) -> None:
    """Field 2^32, which a 32-bit index reads as field 0: two spellings of one projection."""
    book.prelude()
    book.inductive({"Box": (TYPE, {"mk": arrow(BOOL, const("Box"))})})
    book.define("field", arrow(const("Box"), BOOL), fun(const("Box"), lambda x: proj("Box", 1 << 32, x)))


@attack("projection")
def projection_past_hidden_data(book: Book) -> None:
    """A field whose type depends on hidden data: x.1 : holds x.0, where x.0 is not to be had; equal proofs of
    `there is a true bit` and `there is a bit with a proof of False if it is not` mix."""
    book.prelude()
    holds = book.define(
        "holds", arrow(BOOL, PROP), fun(BOOL, lambda b: cases_bool(ONE, lambda _: PROP, FALSE, TRUE, b))
    )
    some = const("Some")
    book.inductive({"Some": (PROP, {"mk": pi(BOOL, lambda b: arrow(arrow(app(holds, b), FALSE), some))})})
    # mk false id : Some, and mk true ? cannot be made; but x.1 has a type that mentions x.0.
    book.theorem(
        "leak",
        pi(some, lambda x: arrow(app(holds, proj("Some", 0, x)), FALSE)),
        fun(some, lambda x: proj("Some", 1, x)),
    )


@attack("value-mismatch")
def variable_left_in_an_inferred_type(book: Book) -> None:
    """Applied to A, `fun B p x (h : p x) => weaken B p x h` has a type in which p is bound. A checker that leaves p
    free there takes it for the P of the context, and what was shown for True holds for P: everything."""
    book.prelude()

    def family(b: Term) -> Term:
        return arrow(b, PROP)

    book.theorem(
        "weaken",
        pi(TYPE, lambda b: pi(family(b), lambda p: pi(b, lambda x: arrow(app(p, x), TRUE, app(p, x))))),
        fun(
            TYPE, lambda b: fun(family(b), lambda p: fun(b, lambda x: fun(app(p, x), lambda h: fun(TRUE, lambda _: h))))
        ),
    )

    def shown(b: Term) -> Term:
        weaken = const("weaken")
        return fun(family(b), lambda p: fun(b, lambda x: fun(app(p, x), lambda h: app(weaken, b, p, x, h))))

    def body(a: Term, x: Term) -> Term:
        return app(fun(TYPE, shown), a, fun(a, lambda _: TRUE), x, TRIVIAL)

    book.theorem(
        "everything",
        pi(TYPE, lambda a: pi(family(a), lambda p: pi(a, lambda x: arrow(TRUE, app(p, x))))),
        fun(TYPE, lambda a: fun(family(a), lambda _: fun(a, lambda x: body(a, x)))),
    )
    book.boom(app(const("everything"), BOOL, fun(BOOL, lambda _: FALSE), YES, TRIVIAL))


@attack("value-mismatch")
def lean4_12973_theorem_is_opaque_in_recursion(book: Book) -> None:
    """A recursion on a proof that is a theorem computes only where theorems unfold. Lean's own elaborator stopped doing
    so (lean4#12973); the kernel of 4.35 still does, and lean4#14896 makes it follow. No proof of False: what is lost is
    that a theorem's proof may not matter to anything but its own check."""
    three_runs(book)
    book.theorem("computes", eq(ONE, BOOL, app(const("run"), NO, const("acc_false")), NO), refl(ONE, BOOL, NO))
