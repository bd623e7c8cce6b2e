"""Attacks by inductive types that are not well formed."""

from __future__ import annotations

from dataclasses import replace

from . import terms as tm
from .attack_parts import add_list, attack, hidden_bit, made_hidden, proj
from .builder import (
    BOOL,
    FALSE,
    NO,
    ONE,
    TRIVIAL,
    TRUE,
    TYPE,
    ZERO,
    Book,
    arrow,
    change,
    eq,
    fun,
    named,
    pi,
    refl,
    rewrite,
)
from .environment import Constant
from .terms import PROP, Term, app, const


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
        const("N.rec", [ZERO]), fun(n, lambda _: arrow(n, FALSE)), fun(arrow(n, FALSE), lambda f: f), x,
            x))  # fmt: skip
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
        return rewrite(ONE, tree, proj("Good", 0, g), russell, h, lambda t: arrow(child(t, t), FALSE), refute)

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
