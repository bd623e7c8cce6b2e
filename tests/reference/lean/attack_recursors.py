"""Attacks by recursors, and by other derived data, that are not what the kernel derives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import levels as lv
from . import terms as tm
from .attack_parts import N_SUCC, N_ZERO, NAT, U, add_list, add_nat, attack
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
    change,
    eq,
    fun,
    named,
    pi,
    refl,
    rewrite,
)
from .environment import Constant, Rule
from .terms import PROP, Term, app, const, nat


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
        const("Nat.rec", [ONE]), fun(NAT, lambda _: PROP), TRUE, fun(NAT, lambda _: fun(PROP,
            lambda _: FALSE)), n)))  # fmt: skip
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
            ZERO, lambda x, m: eq(ONE, BOOL, app(value, x, m), app(code, x)), refl(ONE, BOOL, NO), refl(ONE,
                BOOL, YES), x, m))),
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
        const("Nat.rec", [ONE]), fun(NAT, lambda _: NAT), x, fun(NAT, lambda _: fun(NAT, lambda k: app(N_SUCC,
            k))), y))))  # fmt: skip
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
