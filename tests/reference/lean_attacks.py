"""Attacks on Lean checkers, most of them proofs of False for a checker with one rule left out.

Each function is one file of tests/reject/lean: it is named for what has gone wrong somewhere (an issue of lean4 where
there is one), and says which rule must stop it. The constructions are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .lean import levels as lv
from .lean import terms as tm
from .lean.builder import (
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
    change,
    eq,
    fun,
    named,
    pi,
    refl,
    rewrite,
)
from .lean.environment import Constant, Rule
from .lean.terms import PROP, Term, app, const, nat

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


# --- definitional equality ------------------------------------------------------------------------------------------


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
                pi(BOOL, lambda y: pi(below(y, x), lambda _: pi(BOOL, lambda z: arrow(below(z, y), acc(z))))), lambda _: s))),
            x, h))),
    )  # fmt: skip

    def calls(x: Term) -> Term:
        return pi(BOOL, lambda y: arrow(below(y, x), BOOL))

    run = book.define(
        "run",
        pi(BOOL, lambda x: arrow(acc(x), BOOL)),
        fun(BOOL, lambda x: fun(acc(x), lambda h: recursion(
            ONE, fun(BOOL, lambda x: fun(acc(x), lambda _: BOOL)),
            fun(BOOL, lambda x: fun(smaller(BOOL, const("below"), x, ONE), lambda _: fun(calls(x), lambda ih: app(cases_bool(
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


# --- projections ----------------------------------------------------------------------------------------------------


def hidden_bit(book: Book, sort: Term = PROP, **more: object) -> None:
    book.inductive({"Hidden": (sort, {"mk": arrow(BOOL, const("Hidden"))})}, **more)  # type: ignore[arg-type]


def made_hidden(bit: Term) -> Term:
    return app(const("Hidden.mk"), bit)


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


# --- inductive types ------------------------------------------------------------------------------------------------


@attack("projection")
def lean4_14577_dropped_nested_parameter(book: Book) -> None:
    """E.mk takes a `Tag (E w) (w.0.0)`, where the parameter w.0.0 projects a Box out of a proof. The elimination of
    nested types drops parameters, so nobody looks at it; the constructor and the recursor that are written back speak
    of the bit in a proof. (lean4#14576 goes on from such a type to False.)"""
    book.prelude()
    hidden_bit(book)
    book.inductive({"Box": (TYPE, {"mk": arrow(BOOL, const("Box"))})})
    wrap, tag, e = const("Wrap"), const("Tag"), const("E")
    book.inductive({"Wrap": (TYPE, {"mk": arrow(const("Hidden"), wrap)})})
    book.inductive(
        {"Tag": (arrow(TYPE, BOOL, TYPE), {"mk": pi(TYPE, lambda t: pi(BOOL, lambda b: app(tag, t, b)))})}, num_params=2
    )
    book.inductive(
        {
            "E": (
                arrow(wrap, TYPE),
                {"mk": pi(wrap, lambda w: arrow(app(tag, app(e, w), proj("Box", 0, proj("Wrap", 0, w))), app(e, w)))},
            )
        },
        num_params=1,
    )
    # The argument of E.mk at a proof of false is a Tag of false.
    w_no = app(const("Wrap.mk"), made_hidden(NO))
    book.define("at_no", e_of(w_no), app(const("E.mk"), w_no, app(const("Tag.mk"), e_of(w_no), NO)))


def e_of(w: Term) -> Term:
    return app(const("E"), w)


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


@attack("inductive")
def lean4_14616_auxiliary_name(book: Book) -> None:
    """A constructor that names the auxiliary type of its own block's elimination: it exists for the moment."""
    book.prelude()
    add_list(book)
    tree = const("Tree")
    of_trees = app(const("List", [ZERO]), tree)
    book.inductive(
        {
            "Tree": (
                TYPE,
                {"node": arrow(of_trees, tree), "bad": arrow(tm.make("const", ("_nested", "List_1"), ()), tree)},
            )
        }
    )


@attack("inductive")
def lean4_14616_reserved_prefix(book: Book) -> None:
    """A constructor that names an ordinary constant under the reserved prefix: well typed, and rejected all the
    same, as the official kernel does."""
    book.prelude()
    host = book.define("_nested.Host_1", PROP, TRUE)
    book.inductive({"Host": (PROP, {"mk": arrow(host, const("Host"))})})


@attack("loose-variable")
def lean4_14498_loose_variable_in_opaque(book: Book) -> None:
    """opaque boom : False := #0. In an export the variable without a binder is what a free variable is in memory."""
    book.prelude()
    book.add("opaque", "boom", app(fun(arrow(FALSE, FALSE), lambda _: FALSE), fun(FALSE, lambda h: h)), tm.bvar(0))


@attack("loose-variable")
def lean4_14607_loose_variable_in_nested_parameter(book: Book) -> None:
    """A nested occurrence `List (Tree #7)`: the elimination would drop the parameter and the variable with it."""
    book.prelude()
    add_list(book)
    tree = const("Tree")

    def tampered(made: list[Constant]) -> list[Constant]:
        bad = tm.pi(TYPE, tm.pi(app(const("List", [ZERO]), app(tree, tm.bvar(7))), app(tree, tm.bvar(1))))
        return [replace(c, type=bad) if c.name == named("Tree.node") else c for c in made]

    of_trees = pi(TYPE, lambda t: arrow(app(const("List", [ZERO]), app(tree, t)), app(tree, t)))
    book.inductive({"Tree": (arrow(TYPE, TYPE), {"node": of_trees})}, num_params=1, forge=tampered)


@attack("positivity")
def negative_occurrence(book: Book) -> None:
    """N | mk : (N -> False) -> N."""
    book.prelude()
    n = const("N")
    book.inductive({"N": (TYPE, {"mk": arrow(arrow(n, FALSE), n)})})
    self_refuting = fun(n, lambda x: app(
        const("N.rec", [ZERO]), fun(n, lambda _: arrow(n, FALSE)), fun(arrow(n, FALSE), lambda f: f), x, x))  # fmt: skip
    book.define("omega", arrow(n, FALSE), self_refuting)
    book.boom(app(const("omega"), app(const("N.mk"), const("omega"))))


@attack("positivity")
def negative_occurrence_behind_a_nested_type(book: Book) -> None:
    """The arrow hides in a structure: `N | mk : Refutation N -> N`."""
    book.prelude()
    refutation, n = const("Refutation"), const("N")
    book.inductive(
        {"Refutation": (arrow(TYPE, TYPE), {"mk": pi(TYPE, lambda t: arrow(arrow(t, FALSE), app(refutation, t)))})},
        num_params=1,
    )
    of_n = app(refutation, n)
    book.inductive({"N": (TYPE, {"mk": arrow(of_n, n)})})
    book.define("opened", arrow(of_n, n, FALSE), fun(of_n, lambda r: proj("Refutation", 0, r)))
    book.define("omega", arrow(n, FALSE), fun(n, lambda x: app(const("opened"), proj("N", 0, x), x)))
    book.boom(app(const("omega"), app(const("N.mk"), app(const("Refutation.mk"), n, const("omega")))))


@attack("constructor")
def lean4_2125_type_in_its_own_index(book: Book) -> None:
    """C : Prop -> Type with mk : C (C False' is empty): an index that mentions the type is no index."""
    book.prelude()
    c = const("C")
    book.inductive({"C": (arrow(PROP, TYPE), {"mk": app(c, arrow(app(c, FALSE), FALSE))})})


@attack("universe-too-small")
def field_of_a_universe_too_high_russell(book: Book) -> None:
    """Tree : Type | node : (A : Type) -> (A -> Tree) -> Tree, and the tree of all trees that are not their own
    children."""
    book.prelude()
    tree = const("Tree")
    book.inductive({"Tree": (TYPE, {"node": pi(TYPE, lambda a: arrow(arrow(a, tree), tree))})})
    book.inductive(
        {
            "Ex": (
                pi(TYPE, lambda a: arrow(arrow(a, PROP), PROP)),
                {
                    "mk": pi(TYPE, lambda a: pi(arrow(a, PROP), lambda p: pi(a, lambda x: arrow(
                        app(p, x), app(const("Ex"), a, p))))),
                },
            )
        },
        num_params=2,
    )  # fmt: skip

    def child(x: Term, t: Term) -> Term:
        return app(const("child"), x, t)

    def is_child(x: Term, a: Term, f: Term) -> Term:
        return app(const("Ex"), a, fun(a, lambda i: eq(ONE, tree, app(f, i), x)))

    book.define(
        "child",
        arrow(tree, tree, PROP),
        fun(tree, lambda x: fun(tree, lambda t: app(
            const("Tree.rec", [ONE]), fun(tree, lambda _: PROP),
            fun(TYPE, lambda a: fun(arrow(a, tree), lambda f: fun(arrow(a, PROP), lambda _: is_child(x, a, f)))), t))),
    )  # fmt: skip
    good = const("Good")
    book.inductive({"Good": (TYPE, {"mk": pi(tree, lambda t: arrow(arrow(child(t, t), FALSE), good))})})
    value = fun(good, lambda g: proj("Good", 0, g))
    russell = book.define("russell", tree, app(const("Tree.node"), good, value))
    inside = child(russell, russell)

    def from_member(g: Term, h: Term) -> Term:
        # g.0 = russell, and g.0 is not its own child
        refute = proj("Good", 1, g)
        moved = rewrite(ONE, tree, proj("Good", 0, g), russell, h, lambda t: arrow(child(t, t), FALSE), refute)
        return moved

    member = fun(good, lambda g: eq(ONE, tree, app(value, g), russell))
    book.theorem(
        "no",
        arrow(inside, FALSE),
        fun(inside, lambda h: app(
            const("Ex.rec"), good, member, fun(app(const("Ex"), good, member), lambda _: FALSE),
            fun(good, lambda g: fun(app(member, g), lambda e: app(from_member(g, e), h))), h)),
    )  # fmt: skip
    packed = app(const("Good.mk"), russell, const("no"))
    book.boom(app(const("no"), app(const("Ex.mk"), good, member, packed, refl(ONE, tree, russell))))


@attack("inductive")
def annotation_that_is_none(book: Book) -> None:
    """outParam is stripped from the types of recursors by its name. Here `outParam False` is True: the constructor
    takes a True, and the recursor's minor premise a False. A kernel that does not look proves every motive."""
    book.prelude()
    book.define("outParam", arrow(PROP, PROP), fun(PROP, lambda _: TRUE))
    t = const("T")
    book.inductive({"T": (TYPE, {"mk": arrow(app(const("outParam"), FALSE), t)})})
    made = app(const("T.mk"), TRIVIAL)
    book.boom(app(const("T.rec", [ZERO]), fun(t, lambda _: FALSE), fun(FALSE, lambda h: h), made))


@attack("mutual-block")
def mutual_block_with_two_safeties(book: Book) -> None:
    """One type of a block is unsafe, which leaves out positivity; the other is safe."""
    book.prelude()
    n = const("N")
    book.inductive(
        {"N": (TYPE, {"mk": arrow(arrow(n, FALSE), n)}), "M": (TYPE, {})}, forge=change("N", safety="unsafe")
    )


# --- recursors ------------------------------------------------------------------------------------------------------


def two_proofs(book: Book, **more: object) -> None:
    book.prelude()
    two = const("Two")
    book.inductive({"Two": (PROP, {"a": two, "b": two})}, **more)  # type: ignore[arg-type]


@attack("recursor")
def recursor_eliminates_too_far(book: Book) -> None:
    """A proposition with two constructors and a recursor into every sort."""
    two_proofs(book, large=True)
    two = const("Two")
    observe = fun(two, lambda x: app(const("Two.rec", [ONE]), fun(two, lambda _: BOOL), NO, YES, x))
    book.observed(two, observe, const("Two.a"), const("Two.b"))


@attack("recursor")
def recursor_eliminates_a_maybe_prop(book: Book) -> None:
    """Maybe.{u} : Sort u with two constructors: at u = 0 a proposition. `u is not 0` is not known."""
    book.prelude()
    maybe = const("Maybe", [U])
    made = const("Maybe", [ZERO])
    book.inductive({"Maybe": (tm.sort(U), {"a": maybe, "b": maybe})}, params=["u"], large=True)
    observe = fun(made, lambda x: app(const("Maybe.rec", [ONE, ZERO]), fun(made, lambda _: BOOL), NO, YES, x))
    book.observed(made, observe, const("Maybe.a", [ZERO]), const("Maybe.b", [ZERO]))


@attack("recursor")
def recursor_says_k(book: Book) -> None:
    """k on Nat.rec: every number is taken for zero, whose case is easy."""
    book.prelude()
    add_nat(book, forge=change("Nat.rec", k=True))
    is_zero = book.define("is_zero", arrow(NAT, PROP), fun(NAT, lambda n: app(
        const("Nat.rec", [ONE]), fun(NAT, lambda _: PROP), TRUE, fun(NAT, lambda _: fun(PROP, lambda _: FALSE)), n)))  # fmt: skip
    book.theorem("all_zero", pi(NAT, lambda n: app(is_zero, n)), fun(NAT, lambda _: TRIVIAL))
    book.boom(app(const("all_zero"), app(N_SUCC, N_ZERO)))


def lying_rule(made: list[Constant], name: str, at: int, rhs: Callable[[Rule], Rule]) -> list[Constant]:
    def changed(c: Constant) -> Constant:
        rules = tuple(rhs(rule) if i == at else rule for i, rule in enumerate(c.rules))
        return replace(c, rules=rules)

    return [changed(c) if c.name == named(name) else c for c in made]


@attack("recursor")
def recursor_rule_of_another_constructor(book: Book) -> None:
    """The rules of a recursor swapped. By its type it gives for every bit x an element of Marked x; by its rules it
    gives for o the one that is marked i."""
    book.prelude()

    def swapped(made: list[Constant]) -> list[Constant]:
        first, second = next(c for c in made if c.kind == "rec").rules
        rules = (replace(first, rhs=second.rhs), replace(second, rhs=first.rhs))
        return change("Bit.rec", rules=rules)(made)

    bits_and_marks(book, swapped)


def bits_and_marks(book: Book, forge: Callable[[list[Constant]], list[Constant]]) -> None:
    """Bit with a recursor whose rules are swapped; and False from that."""
    bit, marked = const("Bit"), const("Marked")
    o, i = const("Bit.o"), const("Bit.i")
    book.inductive({"Bit": (TYPE, {"o": bit, "i": bit})}, forge=forge)
    book.inductive({"Marked": (arrow(bit, TYPE), {"o": app(marked, o), "i": app(marked, i)})})

    def by_mark(
        level: lv.Level, motive: Callable[[Term, Term], Term], on_o: Term, on_i: Term, x: Term, m: Term
    ) -> Term:
        family = fun(bit, lambda x: fun(app(marked, x), lambda m: motive(x, m)))
        return app(const("Marked.rec", [level]), family, on_o, on_i, x, m)

    # Both of these go by the rules: value by those of Marked, code by the swapped ones of Bit.
    value = book.define("value", pi(bit, lambda x: arrow(app(marked, x), BOOL)), fun(bit, lambda x: fun(
        app(marked, x), lambda m: by_mark(ONE, lambda _x, _m: BOOL, NO, YES, x, m))))  # fmt: skip
    code = book.define(
        "code", arrow(bit, BOOL), fun(bit, lambda x: app(const("Bit.rec", [ONE]), fun(bit, lambda _: BOOL), YES, NO, x))
    )
    agree = book.theorem(
        "agree",
        pi(bit, lambda x: pi(app(marked, x), lambda m: eq(ONE, BOOL, app(value, x, m), app(code, x)))),
        fun(bit, lambda x: fun(app(marked, x), lambda m: by_mark(
            ZERO, lambda x, m: eq(ONE, BOOL, app(value, x, m), app(code, x)), refl(ONE, BOOL, NO), refl(ONE, BOOL, YES), x, m))),
    )  # fmt: skip
    chosen = app(const("Bit.rec", [ONE]), fun(bit, lambda x: app(marked, x)), const("Marked.o"), const("Marked.i"), i)
    book.define("chosen", app(marked, i), chosen)
    book.boom(absurd_bool(app(agree, i, const("chosen"))))


@attack("recursor")
def nanoda_recursor_rule_compared_with_itself(book: Book) -> None:
    """The rule for succ gives the case of zero. By it x + (y + 1) is x; by arithmetic on numerals 1 + 1 is 2."""
    book.prelude()

    def constant_rule(made: list[Constant]) -> list[Constant]:
        rhs = fun(arrow(NAT, tm.sort(U)), lambda m: fun(app(m, N_ZERO), lambda z: fun(
            pi(NAT, lambda n: arrow(app(m, n), app(m, app(N_SUCC, n)))), lambda _: fun(NAT, lambda _: z))))  # fmt: skip
        return lying_rule(made, "Nat.rec", 1, lambda rule: replace(rule, rhs=rhs))

    add_nat(book, forge=constant_rule)
    add, beq = const("Nat.add"), const("Nat.beq")
    book.define("Nat.add", arrow(NAT, NAT, NAT), fun(NAT, lambda x: fun(NAT, lambda y: app(
        const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT), x, fun(NAT, lambda _: fun(NAT, lambda k: app(N_SUCC, k))), y))))  # fmt: skip
    book.define("Nat.beq", arrow(NAT, NAT, BOOL), fun(NAT, lambda _: fun(NAT, lambda _: NO)))
    one, two = nat(1), nat(2)
    rule = pi(NAT, lambda x: pi(NAT, lambda y: eq(ONE, NAT, app(add, x, app(N_SUCC, y)), x)))
    by_rule = book.theorem("by_rule", rule, fun(NAT, lambda x: fun(NAT, lambda _: refl(ONE, NAT, x))))
    by_number = book.theorem("by_number", eq(ONE, NAT, app(add, one, one), two), refl(ONE, NAT, two))
    joined = rewrite(
        ONE, NAT, app(add, one, one), one, app(by_rule, one, nat(0)), lambda n: eq(ONE, NAT, n, two), by_number
    )
    moved = rewrite(ONE, NAT, one, two, joined, lambda n: eq(ONE, BOOL, app(beq, one, n), YES), refl(ONE, BOOL, YES))
    book.boom(absurd_bool(moved))


@attack("recursor")
def sokonanoda_recursor_rule_with_other_domains(book: Book) -> None:
    """Swapped rules whose lambdas bind proofs where the real ones bind data: a comparison that opens both bodies with
    the file's domains finds proofs of one proposition, which are equal, and lets the rules in."""
    book.prelude()

    def forged(made: list[Constant]) -> list[Constant]:
        def rhs(first: bool) -> Term:
            return fun(PROP, lambda p: fun(p, lambda x: fun(p, lambda y: x if first else y)))

        made = lying_rule(made, "Bit.rec", 0, lambda rule: replace(rule, rhs=rhs(False)))
        return lying_rule(made, "Bit.rec", 1, lambda rule: replace(rule, rhs=rhs(True)))

    bits_and_marks(book, forged)


@attack("recursor")
def recursor_drops_an_induction_hypothesis(book: Book) -> None:
    """The minor premise for node expects an induction hypothesis, the rule does not give it: an argument is read as
    the one before it. This is what the union-find kernel generated by itself."""
    book.prelude()
    t = const("Chain")

    def short(made: list[Constant]) -> list[Constant]:
        sort = tm.sort(U)
        step = lambda m: pi(BOOL, lambda b: pi(t, lambda x: arrow(app(m, x), app(m, app(const("Chain.node"), b, x)))))  # noqa: E731
        rhs = fun(arrow(t, sort), lambda m: fun(app(m, const("Chain.leaf")), lambda _: fun(step(m), lambda n: fun(
            BOOL, lambda b: fun(t, lambda x: app(n, b, x))))))  # fmt: skip
        return lying_rule(made, "Chain.rec", 1, lambda rule: replace(rule, rhs=rhs))

    book.inductive({"Chain": (TYPE, {"leaf": t, "node": arrow(BOOL, t, t)})}, forge=short)
    node = app(const("Chain.node"), YES, const("Chain.leaf"))
    # By its type a function from types to propositions, applied to Bool; by its rule the hypothesis, which is Bool.
    predicate = arrow(TYPE, PROP)
    bad = book.define("bad", PROP, app(
        const("Chain.rec", [TWO]), fun(t, lambda _: predicate), fun(TYPE, lambda _: TRUE),
        fun(BOOL, lambda _: fun(t, lambda _: fun(predicate, lambda ih: ih))), node, BOOL))  # fmt: skip
    book.observed(bad, fun(bad, lambda x: x), NO, YES)


@attack("recursor")
def recursor_with_fewer_fields(book: Book) -> None:
    """nfields one too low."""
    book.prelude()
    add_nat(book, forge=lambda made: lying_rule(made, "Nat.rec", 1, lambda rule: replace(rule, fields=0)))


@attack("recursor")
def recursor_with_other_counts(book: Book) -> None:
    """A motive counted as a parameter: the sum is right, and with it every position."""
    book.prelude()
    add_nat(book, forge=change("Nat.rec", num_params=1, num_motives=0))


@attack("recursor")
def recursor_that_is_not_derived(book: Book) -> None:
    """A second recursor in a block, with rules of its own."""
    book.prelude()
    bit = const("Bit")

    def extra(made: list[Constant]) -> list[Constant]:
        rec = next(c for c in made if c.kind == "rec")
        rhs = rec.rules[0].rhs
        rules = tuple(replace(rule, rhs=rhs) for rule in rec.rules)
        return [*made, replace(rec, name=named("Bit.other"), rules=rules)]

    book.inductive({"Bit": (TYPE, {"o": bit, "i": bit})}, forge=extra)
    is_o = book.define("is_o", arrow(bit, PROP), fun(bit, lambda x: app(
        const("Bit.rec", [ONE]), fun(bit, lambda _: PROP), TRUE, FALSE, x)))  # fmt: skip
    same = app(
        const("Bit.other", [ONE]),
        fun(bit, lambda _: PROP),
        app(is_o, const("Bit.o")),
        app(is_o, const("Bit.i")),
        const("Bit.i"),
    )
    book.theorem("holds", same, TRIVIAL)


@attack("recursor")
def recursor_under_another_name(book: Book) -> None:
    """The recursor of a block is called for another type, that comes later without one of its own."""
    book.prelude()
    bit = const("Bit")
    book.inductive({"Bit": (TYPE, {"o": bit, "i": bit})}, forge=change("Bit.rec", name=named("Later.rec")))


@attack("recursor")
def recursor_missing(book: Book) -> None:
    """A block without its recursor leaves the name free for an axiom."""
    book.prelude()
    bit = const("Bit")
    book.inductive({"Bit": (TYPE, {"o": bit, "i": bit})}, forge=lambda made: [c for c in made if c.kind != "rec"])
    book.add("axiom", "Bit.rec", pi(bit, lambda x: eq(ONE, bit, x, const("Bit.o"))))


@attack("inductive")
def recursive_type_says_it_is_not(book: Book) -> None:
    """isRec false on a type that contains itself: with it comes eta for structures, without end."""
    book.prelude()
    t = const("Loop")
    book.inductive({"Loop": (TYPE, {"mk": arrow(t, t)})}, forge=change("Loop", is_rec=False))


@attack("inductive")
def nested_type_says_it_is_not(book: Book) -> None:
    """numNested 0 on a nested type."""
    book.prelude()
    add_list(book)
    tree = const("Tree")
    book.inductive(
        {"Tree": (TYPE, {"node": arrow(app(const("List", [ZERO]), tree), tree)})}, forge=change("Tree", num_nested=0)
    )


@attack("inductive")
def index_counted_as_none(book: Book) -> None:
    """numIndices 0 on a family: a structure with eta and projections, which it is not."""
    book.prelude()
    t = const("Only")
    book.inductive({"Only": (arrow(BOOL, TYPE), {"mk": app(t, YES)})}, forge=change("Only", num_indices=0))


@attack("constructor")
def constructor_with_other_fields(book: Book) -> None:
    """numFields one too low."""
    book.prelude()
    t = const("Box")
    book.inductive({"Box": (TYPE, {"mk": arrow(BOOL, t)})}, forge=change("Box.mk", num_fields=0))


# --- names, universes, safety ---------------------------------------------------------------------------------------


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
        const("N.rec", [ZERO]), fun(n, lambda _: arrow(n, FALSE)), fun(arrow(n, FALSE), lambda f: f), x, x))  # fmt: skip
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


# --- literals and what the kernel computes --------------------------------------------------------------------------


@attack("literal")
def lean4_188_numerals_of_an_empty_nat(book: Book) -> None:
    """Nat is an empty type, and 0 is a numeral."""
    book.prelude()
    book.inductive({"Nat": (TYPE, {})})
    book.boom(app(const("Nat.rec", [ZERO]), fun(NAT, lambda _: FALSE), nat(0)))


@attack("literal")
def lean4_188_strings_of_an_empty_type(book: Book) -> None:
    """The same with String."""
    book.prelude()
    string = const("String")
    book.inductive({"String": (TYPE, {})})
    book.boom(app(const("String.rec", [ZERO]), fun(string, lambda _: FALSE), tm.make("str", "boom")))


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


@attack("literal")
def char_of_nat_of_another_type(book: Book) -> None:
    """Char is empty and Char.ofNat gives a Bool: the first character of a literal inhabits Char."""
    book.prelude()

    def char(book: Book) -> None:
        book.inductive({"Char": (TYPE, {})})
        book.define("Char.ofNat", arrow(NAT, BOOL), fun(NAT, lambda _: YES))

    add_strings(book, char)
    character = const("Char")
    characters = app(const("List", [ZERO]), character)
    not_nil = book.define("not_nil", arrow(characters, PROP), fun(characters, lambda x: app(
        const("List.rec", [ONE, ZERO]), character, fun(characters, lambda _: PROP), FALSE,
        fun(character, lambda _: fun(characters, lambda _: fun(PROP, lambda _: TRUE))), x)))  # fmt: skip
    empty = book.theorem("empty", pi(characters, lambda x: arrow(app(not_nil, x), FALSE)), fun(characters, lambda x: app(
        const("List.rec", [ZERO, ZERO]), character, fun(characters, lambda x: arrow(app(not_nil, x), FALSE)),
        fun(FALSE, lambda h: h),
        fun(character, lambda c: fun(characters, lambda x: fun(arrow(app(not_nil, x), FALSE), lambda _: fun(
            TRUE, lambda _: app(const("Char.rec", [ZERO]), fun(character, lambda _: FALSE), c))))), x)))  # fmt: skip
    book.boom(app(empty, proj("String", 0, tm.make("str", "a")), TRIVIAL))


@attack("value-mismatch")
def string_literal_read_two_ways(book: Book) -> None:
    """A literal is String.mk of its characters before String.ofList exists, and String.ofList of them after; here
    ofList forgets the list."""
    book.prelude()
    add_nat(book)
    add_list(book)
    character = const("Char")
    book.inductive({"Char": (TYPE, {"mk": arrow(NAT, character)})})
    book.define("Char.ofNat", arrow(NAT, character), fun(NAT, lambda n: app(const("Char.mk"), n)))
    characters = app(const("List", [ZERO]), character)
    string = const("String")
    book.inductive({"String": (TYPE, {"mk": arrow(characters, string)})})
    empty = app(const("List.nil", [ZERO]), character)
    text = app(const("List.cons", [ZERO]), character, app(const("Char.ofNat"), nat(97)), empty)
    literal = tm.make("str", "a")
    book.theorem("as_mk", eq(ONE, string, literal, app(const("String.mk"), text)), refl(ONE, string, literal))
    book.define("String.ofList", arrow(characters, string), fun(characters, lambda _: app(const("String.mk"), empty)))
    book.theorem("as_list", eq(ONE, string, literal, app(const("String.ofList"), text)), refl(ONE, string, literal))
    length = book.define("long", arrow(string, PROP), fun(string, lambda s: app(
        const("List.rec", [ONE, ZERO]), character, fun(characters, lambda _: PROP), FALSE,
        fun(character, lambda _: fun(characters, lambda _: fun(PROP, lambda _: TRUE))), proj("String", 0, s))))  # fmt: skip
    one, none = app(const("String.mk"), text), app(const("String.mk"), empty)
    flipped = rewrite(
        ONE, string, literal, one, const("as_mk"), lambda s: eq(ONE, string, s, literal), refl(ONE, string, literal)
    )
    joined = rewrite(ONE, string, literal, none, const("as_list"), lambda s: eq(ONE, string, one, s), flipped)
    book.boom(rewrite(ONE, string, one, none, joined, lambda s: app(length, s), TRIVIAL))


def redefined(
    book: Book,
    name: str,
    body: Callable[[Term, Term], Term],
    a: int,
    b: int,
    real: int,
    said: Callable[[Term, Term], Term],
) -> None:
    """Nat.<name> computes `body`; on the numerals a and b a kernel that trusts the name says `real`."""
    book.prelude()
    add_nat(book)
    f = f"Nat.{name}"
    book.define(f, arrow(NAT, NAT, NAT), fun(NAT, lambda x: fun(NAT, lambda y: body(x, y))), hints=1)
    general = pi(NAT, lambda x: pi(NAT, lambda y: eq(ONE, NAT, app(const(f), x, y), said(x, y))))
    book.theorem("by_definition", general, fun(NAT, lambda x: fun(NAT, lambda y: refl(ONE, NAT, said(x, y)))))
    computed = app(const(f), nat(a), nat(b))
    book.theorem("by_name", eq(ONE, NAT, computed, nat(real)), refl(ONE, NAT, nat(real)))
    value = said(nat(a), nat(b))
    # value = computed = real: two different numerals.
    joined = rewrite(
        ONE,
        NAT,
        computed,
        value,
        app(const("by_definition"), nat(a), nat(b)),
        lambda n: eq(ONE, NAT, n, nat(real)),
        const("by_name"),
    )
    is_zero = fun(NAT, lambda n: app(
        const("Nat.rec", [ONE]), fun(NAT, lambda _: PROP), TRUE, fun(NAT, lambda _: fun(PROP, lambda _: FALSE)), n))  # fmt: skip
    book.define("is_zero", arrow(NAT, PROP), is_zero)
    book.boom(rewrite(ONE, NAT, value, nat(real), joined, lambda n: app(const("is_zero"), n), TRIVIAL))


@attack("value-mismatch")
def redefined_nat_add(book: Book) -> None:
    """Nat.add is constant 0; on numerals its name says otherwise."""
    redefined(book, "add", lambda _x, _y: N_ZERO, 1, 1, 2, lambda _x, _y: N_ZERO)


@attack("value-mismatch")
def redefined_nat_gcd(book: Book) -> None:
    """Nat.gcd is constant 0."""
    redefined(book, "gcd", lambda _x, _y: N_ZERO, 4, 6, 2, lambda _x, _y: N_ZERO)


@attack("value-mismatch")
def redefined_nat_shift_right(book: Book) -> None:
    """Nat.shiftRight is constant 0."""
    redefined(book, "shiftRight", lambda _x, _y: N_ZERO, 4, 1, 2, lambda _x, _y: N_ZERO)


@attack("value-mismatch")
def redefined_nat_log2(book: Book) -> None:
    """Nat.log2 of one argument is constant 0."""
    book.prelude()
    add_nat(book)
    book.define("Nat.log2", arrow(NAT, NAT), fun(NAT, lambda _: N_ZERO), hints=1)
    book.theorem("by_name", eq(ONE, NAT, app(const("Nat.log2"), nat(8)), nat(3)), refl(ONE, NAT, nat(3)))


@attack("malformed")
def negative_numeral(book: Book) -> None:
    """natVal "-1"."""
    book.prelude()
    add_nat(book)
    index = book.writer.term(nat(0))
    book.writer.raw({"ie": index + 1, "natVal": "-1"})
    book.writer.raw({"def": {
        "name": book.writer.name(("below_zero",)), "levelParams": [], "type": book.writer.term(NAT), "value": index + 1,
        "hints": "abbrev", "safety": "safe", "all": [book.writer.name(("below_zero",))]}})  # fmt: skip


@attack("resource")
def lean4_14849_numeral_of_2_to_the_46_bits(book: Book) -> None:
    """(2 ^ 2 ^ 23) ^ 2 ^ 23 with the real Nat.pow: not to be computed."""
    book.prelude()
    arithmetic(book)

    def power(a: Term, b: Term) -> Term:
        return app(const("Nat.pow"), a, b)

    big = power(power(nat(2), nat(1 << 23)), nat(1 << 23))
    book.theorem("big", eq(ONE, NAT, big, nat(0)), refl(ONE, NAT, nat(0)))


@attack("resource")
def lean4_13956_deep_recursion(book: Book) -> None:
    """The identity on Nat by recursion, at 10^7: a chain of successors that deep."""
    book.prelude()
    add_nat(book)
    copy = book.define("copy", arrow(NAT, NAT), fun(NAT, lambda n: app(
        const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT), N_ZERO,
        fun(NAT, lambda _: fun(NAT, lambda k: app(N_SUCC, k))), n)))  # fmt: skip
    depth = 10_000_000
    book.theorem("deep", eq(ONE, NAT, app(copy, nat(depth)), nat(depth + 1)), refl(ONE, NAT, nat(depth + 1)))


def arithmetic(book: Book) -> None:
    """Nat with add, mul and pow by recursion on the second argument, as in the prelude."""
    add_nat(book)

    def by_recursion(zero: Callable[[Term], Term], succ: Callable[[Term, Term], Term]) -> Term:
        return fun(NAT, lambda x: fun(NAT, lambda y: app(
            const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT), zero(x), fun(NAT, lambda _: fun(NAT, lambda k: succ(x, k))), y)))  # fmt: skip

    binary = arrow(NAT, NAT, NAT)
    add, mul = const("Nat.add"), const("Nat.mul")
    book.define("Nat.add", binary, by_recursion(lambda x: x, lambda _x, k: app(N_SUCC, k)), hints=1)
    book.define("Nat.mul", binary, by_recursion(lambda _: N_ZERO, lambda x, k: app(add, k, x)), hints=2)
    book.define("Nat.pow", binary, by_recursion(lambda _: app(N_SUCC, N_ZERO), lambda x, k: app(mul, k, x)), hints=3)


# --- quotients ------------------------------------------------------------------------------------------------------


def quotient(book: Book, **forge: Callable[[Term], Term]) -> None:
    """The four constants; a keyword changes the type of one."""
    from .lean.quotients import expected

    for name, (role, params, type_) in expected().items():
        changed = forge.get(role, lambda t: t)(type_)
        constant = Constant(name=name, kind="quot", params=params, type=changed, quot=role)
        book.keep(constant)
        book.writer.constant(constant)
    book.env.quotients = True


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
        ONE, q, made(NO), made(YES), same, lambda x: eq(ONE, BOOL, NO, app(const("bit"), x)), refl(ONE, BOOL, NO))))  # fmt: skip


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
