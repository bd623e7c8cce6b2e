"""Numerals and strings: what literals stand for, and arithmetic on them.

The kernel computes with the constants of a file only where the file's own definitions say the same: Nat must be the
inductive type there is, and an operation must satisfy its recursive equations definitionally. Anything else is a
constant like any other. An official kernel takes their names for granted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import levels as lv
from . import terms as tm
from .environment import Constant, DeclinedError, Environment, RejectedError
from .levels import Name
from .terms import Term, app, const, nat, pi, unapp

if TYPE_CHECKING:
    from .kernel import Kernel

NAT, BOOL, STRING, CHAR = const("Nat"), const("Bool"), const("String"), const("Char")
ZERO, SUCC = const("Nat.zero"), const("Nat.succ")
FALSE, TRUE = const("Bool.false"), const("Bool.true")
MAX_BITS = 1 << 24


def has_nat(env: Environment) -> bool:
    """Whether Nat is the type it should be: its block has been checked, so its form says all."""
    found = env.find(NAT.a, "induct")
    return (
        found is not None
        and (found.safety, found.params, found.type) == ("safe", (), tm.sort(lv.ONE))
        and (found.num_params, found.constructors) == (0, (ZERO.a, SUCC.a))
        and env.get(ZERO.a).type is NAT
        and env.get(SUCC.a).type is pi(NAT, NAT)
    )


def has_bool(env: Environment) -> bool:
    """The same for Bool."""
    found = env.find(BOOL.a, "induct")
    return (
        found is not None
        and (found.safety, found.params, found.type) == ("safe", (), tm.sort(lv.ONE))
        and (found.num_params, found.constructors) == (0, (FALSE.a, TRUE.a))
        and env.get(FALSE.a).type is BOOL
        and env.get(TRUE.a).type is BOOL
    )


def require_nat(env: Environment) -> None:
    """Rejects numerals without Nat."""
    if not has_nat(env):
        raise RejectedError("literal", "a numeral, but Nat is not the usual inductive type")


def require_string(kernel: Kernel, literal: Term) -> None:
    """Rejects a string whose expansion is ill typed."""
    expansion = string_application(kernel.env, literal)
    try:
        proper = expansion is not None and kernel.equal(kernel.check(expansion), STRING)
    except RejectedError as error:
        raise RejectedError("literal", f"the expansion of a string is rejected: {error}") from None
    if not proper:
        raise RejectedError("literal", "a string, but its expansion is no String", literal)


def string_application(env: Environment, t: Term) -> Term | None:
    """A string literal as a list of characters, itself as numerals."""
    if t.kind != "str":
        return None
    characters = app(const("List.nil", [lv.ZERO]), CHAR)
    for c in reversed(t.a):
        characters = app(const("List.cons", [lv.ZERO]), CHAR, app(const("Char.ofNat"), nat(ord(c))), characters)
    return app(const(env.string_of_list), characters)


def expose(kernel: Kernel, t: Term) -> Term:
    """A literal in weak head normal form with its constructor in front; other terms as they are."""
    if t.kind == "nat":
        return ZERO if t.a == 0 else app(SUCC, nat(t.a - 1))
    expansion = string_application(kernel.env, t)
    return t if expansion is None else kernel.whnf(expansion)


def is_zero(env: Environment, t: Term) -> bool:
    """Zero as a literal or as the constructor."""
    return t is nat(0) or (t is ZERO and has_nat(env))


def predecessor(env: Environment, t: Term) -> Term | None:
    """n of n + 1, in either form."""
    if t.kind == "nat" and t.a > 0:
        return nat(t.a - 1)
    return t.b if t.kind == "app" and t.a is SUCC and has_nat(env) else None


# --- arithmetic -------------------------------------------------------------------------------------------------


def _bits(value: int) -> None:
    if value > MAX_BITS:
        raise DeclinedError("a numeral of more than 2^24 bits")


def _mul(a: int, b: int) -> int:
    _bits(a.bit_length() + b.bit_length())
    return a * b


def _pow(a: int, b: int) -> int:
    _bits(a.bit_length() * b)
    return a**b


def _shift_left(a: int, b: int) -> int:
    _bits(a.bit_length() + b)
    return a << b


OPERATIONS: dict[Name, Callable[[int, int], int | bool]] = {
    ("Nat", "add"): lambda a, b: a + b,
    ("Nat", "sub"): lambda a, b: max(a - b, 0),
    ("Nat", "mul"): _mul,
    ("Nat", "pow"): _pow,
    ("Nat", "beq"): lambda a, b: a == b,
    ("Nat", "ble"): lambda a, b: a <= b,
    ("Nat", "shiftLeft"): _shift_left,
}


def compute(kernel: Kernel, t: Term) -> Term | None:
    """An operation on numerals."""
    if t.kind != "app":
        return None
    if t.a is SUCC and has_nat(kernel.env):
        value = numeral(kernel, t.b)
        return None if value is None else nat(value + 1)
    fn, args = unapp(t)
    if fn.kind != "const" or fn.a not in kernel.env.operations or len(args) != 2:
        return None
    a = numeral(kernel, args[0])
    b = numeral(kernel, args[1]) if a is not None else None
    if a is None or b is None:
        return None
    result = OPERATIONS[fn.a](a, b)
    if isinstance(result, bool):
        return TRUE if result else FALSE
    return nat(result)


def numeral(kernel: Kernel, t: Term) -> int | None:
    """The value of a term that reduces to a numeral."""
    t = kernel.whnf(t)
    if t.kind == "nat":
        return int(t.a)
    return 0 if t is ZERO else None


def is_operation(kernel: Kernel, constant: Constant) -> bool:
    """Whether a definition is the arithmetic operation of its name, by its equations.

    requires: ``kernel.env`` has the constant, and does not compute with it. Equations that hold definitionally for
    variables hold for numerals; with them an induction gives that the operation is the one it should be.
    """
    env, name = kernel.env, constant.name
    if name not in OPERATIONS or (constant.kind, constant.safety, constant.params) != ("def", "safe", ()):
        return False
    predicate = name in (("Nat", "beq"), ("Nat", "ble"))
    if not has_nat(env) or (predicate and not has_bool(env)):
        return False
    if constant.type is not pi(NAT, pi(NAT, BOOL if predicate else NAT)):
        return False
    x, y = tm.fresh(NAT), tm.fresh(NAT)

    def succ(t: Term) -> Term:
        return app(SUCC, t)

    def f(a: Term, b: Term) -> Term:
        return app(const(name), a, b)

    one, two = succ(ZERO), succ(succ(ZERO))
    add, mul, pred = const("Nat.add"), const("Nat.mul"), const("Nat.pred")
    needs = {"mul": add, "pow": mul, "shiftLeft": mul}.get(str(name[1]))
    if needs is not None and needs.a not in env.operations:
        return False
    if name == ("Nat", "sub"):
        found = env.find(pred.a, "def")
        if found is None or found.type is not pi(NAT, NAT) or found.params:
            return False
        if not (kernel.equal(app(pred, ZERO), ZERO) and kernel.equal(app(pred, succ(x)), x)):
            return False
    equations: dict[Name, list[tuple[Term, Term]]] = {
        ("Nat", "add"): [(f(x, ZERO), x), (f(x, succ(y)), succ(f(x, y)))],
        ("Nat", "sub"): [(f(x, ZERO), x), (f(x, succ(y)), app(pred, f(x, y)))],
        ("Nat", "mul"): [(f(x, ZERO), ZERO), (f(x, succ(y)), app(add, f(x, y), x))],
        ("Nat", "pow"): [(f(x, ZERO), one), (f(x, succ(y)), app(mul, f(x, y), x))],
        ("Nat", "beq"): [
            (f(ZERO, ZERO), TRUE),
            (f(ZERO, succ(x)), FALSE),
            (f(succ(x), ZERO), FALSE),
            (f(succ(x), succ(y)), f(x, y)),
        ],
        ("Nat", "ble"): [
            (f(ZERO, ZERO), TRUE),
            (f(ZERO, succ(x)), TRUE),
            (f(succ(x), ZERO), FALSE),
            (f(succ(x), succ(y)), f(x, y)),
        ],
        ("Nat", "shiftLeft"): [(f(x, ZERO), x), (f(x, succ(y)), f(app(mul, two, x), y))],
    }
    return all(kernel.equal(left, right) for left, right in equations[name])
