"""Attacks by what the kernel knows by name: numerals, strings, arithmetic; and by sizes."""

from __future__ import annotations

from collections.abc import Callable

from . import terms as tm
from .attack_parts import N_SUCC, N_ZERO, NAT, add_list, add_nat, add_strings, arithmetic, attack, proj
from .builder import BOOL, FALSE, ONE, TRIVIAL, TRUE, TYPE, YES, ZERO, Book, arrow, eq, fun, pi, refl, rewrite
from .terms import PROP, Term, app, const, nat


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
    empty = book.theorem("empty", pi(characters, lambda x: arrow(app(not_nil, x), FALSE)), fun(characters,
        lambda x: app(
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
        fun(character, lambda _: fun(characters, lambda _: fun(PROP, lambda _: TRUE))), proj("String", 0,
            s))))  # fmt: skip
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
        const("Nat.rec", [ONE]), fun(NAT, lambda _: PROP), TRUE, fun(NAT, lambda _: fun(PROP,
            lambda _: FALSE)), n))  # fmt: skip
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
