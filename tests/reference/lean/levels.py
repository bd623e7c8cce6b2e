"""Universe levels as tuples: ("zero",), ("succ", l), ("max", a, b), ("imax", a, b), ("param", name).

A level is a function from assignments of naturals to its parameters. Comparison decides it for all assignments:
every parameter that guards an ``imax`` is either 0 or a successor, and once that is known a level is a maximum of
sums ``parameter + constant``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Name = tuple[str | int, ...]
Level = tuple[Any, ...]

ZERO: Level = ("zero",)


def succ(level: Level) -> Level:
    """The successor."""
    return ("succ", level)


ONE = succ(ZERO)


def param(name: Name) -> Level:
    """A parameter."""
    return ("param", name)


def _offset(level: Level) -> tuple[Level, int]:
    k = 0
    while level[0] == "succ":
        level, k = level[1], k + 1
    return level, k


def is_never_zero(level: Level) -> bool:
    """Whether the level is positive by its form."""
    if level[0] == "max":
        return is_never_zero(level[1]) or is_never_zero(level[2])
    return level[0] == "succ" or (level[0] == "imax" and is_never_zero(level[2]))


def make_max(a: Level, b: Level) -> Level:
    """The maximum, simplified as the official kernel does where it instantiates parameters."""
    (base_a, k_a), (base_b, k_b) = _offset(a), _offset(b)
    if base_a == base_b:  # includes two numerals, and equal levels
        return a if k_a >= k_b else b
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    if b[0] == "max" and a in b[1:]:
        return b
    if a[0] == "max" and b in a[1:]:
        return a
    return ("max", a, b)


def make_imax(a: Level, b: Level) -> Level:
    """The impredicative maximum (0 where b is 0), simplified likewise."""
    if is_never_zero(b):
        return make_max(a, b)
    if b == ZERO or a in (ZERO, b):
        return b
    return ("imax", a, b)


def instantiate(level: Level, values: dict[Name, Level]) -> Level:
    """The level with parameters replaced; what does not change stays as written."""
    kind = level[0]
    if kind == "param":
        return values.get(level[1], level)
    if kind == "succ":
        return succ(instantiate(level[1], values))
    if kind in ("max", "imax"):
        a, b = instantiate(level[1], values), instantiate(level[2], values)
        if (a, b) == level[1:]:
            return level
        return make_max(a, b) if kind == "max" else make_imax(a, b)
    return level


def params(level: Level) -> Iterator[Name]:
    """All parameters, with repetitions."""
    if level[0] == "param":
        yield level[1]
    elif level[0] != "zero":
        for child in level[1:]:
            yield from params(child)


def _decider(level: Level) -> Name | None:
    """A parameter on which it depends whether the level is 0, if one does."""
    if level[0] == "param":
        name: Name = level[1]
        return name
    if level[0] == "imax":
        return _decider(level[2])
    if level[0] == "max" and not is_never_zero(level):
        return _decider(level[1]) or _decider(level[2])
    return None


def _guard(level: Level) -> Name | None:
    """A parameter that decides whether some imax is 0."""
    if level[0] in ("param", "zero"):
        return None
    found = _decider(level[2]) if level[0] == "imax" else None
    for child in level[1:]:
        found = found or _guard(child)
    return found


def _value(level: Level) -> dict[Name | None, int]:
    """A level without undecided imax as {parameter: offset}; None stands for the constant."""
    if level[0] == "zero":
        return {None: 0}
    if level[0] == "param":
        return {None: 0, level[1]: 0}
    if level[0] == "succ":
        return {p: k + 1 for p, k in _value(level[1]).items()}
    right = _value(level[2])
    if level[0] == "imax" and right == {None: 0}:  # no parameter of `right` is undecided, so it is 0 always
        return right
    left = _value(level[1])
    return {p: max(left.get(p, 0), right.get(p, 0)) for p in left | right}


def is_leq(a: Level, b: Level) -> bool:
    """Whether a <= b under every assignment."""
    guard = _guard(a) or _guard(b)
    if guard is not None:
        cases = (ZERO, succ(param(guard)))
        return all(is_leq(_replace(a, guard, case), _replace(b, guard, case)) for case in cases)
    left, right = _value(a), _value(b)
    largest = max(right.values())  # of b with all parameters 0
    return left[None] <= largest and all(p in right and k <= right[p] for p, k in left.items() if p is not None)


def _replace(level: Level, name: Name, value: Level) -> Level:
    """Replacement with imax resolved where its right side is decided."""
    kind = level[0]
    if kind == "param":
        return value if level[1] == name else level
    if kind == "zero":
        return level
    if kind == "succ":
        return succ(_replace(level[1], name, value))
    a, b = _replace(level[1], name, value), _replace(level[2], name, value)
    if kind == "max":
        return ("max", a, b)
    if is_zero(b):
        return ZERO
    return ("max", a, b) if is_never_zero(b) else ("imax", a, b)


def is_zero(level: Level) -> bool:
    """Whether the level is 0 under every assignment."""
    if level[0] == "zero":
        return True
    if level[0] == "max":
        return is_zero(level[1]) and is_zero(level[2])
    return level[0] == "imax" and is_zero(level[2])


def is_equal(a: Level, b: Level) -> bool:
    """Whether a = b under every assignment."""
    return a == b or (is_leq(a, b) and is_leq(b, a))


def are_equal(a: Sequence[Level], b: Sequence[Level]) -> bool:
    """Pointwise."""
    return len(a) == len(b) and all(is_equal(x, y) for x, y in zip(a, b, strict=True))


def implies_zero(a: Level, b: Level) -> bool:
    """Whether b is 0 wherever a is."""
    return is_leq(b, ("imax", b, a))
