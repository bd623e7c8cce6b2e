"""Terms: hash-consed, so that structural equality is identity. Binder names and binder infos are not kept.

Bound variables are de Bruijn indices; a free variable is a number and its type. Kinds and their parts:
bvar(index) fvar(number, type) sort(level) const(name, levels) app(fn, arg) lam(domain, body) pi(domain, body)
let(type, value, body) proj(structure, index, term) nat(value) str(value).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from . import levels as lv
from .levels import Level, Name


class Term:
    """One node. ``loose``: every loose bound variable is below it. ``open``: contains free variables."""

    __slots__ = ("a", "b", "c", "kind", "loose", "open", "poly")

    def __init__(self, kind: str, a: Any, b: Any, c: Any) -> None:
        self.kind, self.a, self.b, self.c = kind, a, b, c
        under = {"lam": (0, 1), "pi": (0, 1), "let": (0, 0, 1)}.get(kind, (0, 0, 0))
        children = [(x, n) for x, n in zip((a, b, c), under, strict=False) if isinstance(x, Term) and kind != "fvar"]
        self.loose: int = a + 1 if kind == "bvar" else max((max(x.loose - n, 0) for x, n in children), default=0)
        self.open: bool = kind == "fvar" or any(x.open for x, _ in children)
        own = (a,) if kind == "sort" else b if kind == "const" else ()
        self.poly: bool = any(x.poly for x, _ in children) or any(True for level in own for _ in lv.params(level))

    def __repr__(self) -> str:
        return show(self)


_table: dict[tuple[str, Any, Any, Any], Term] = {}
_lasting: dict[tuple[str, Any, Any, Any], Term] = {}  # what modules hold
_numbers = count()


def make(kind: str, a: Any = None, b: Any = None, c: Any = None) -> Term:
    """The term of that form."""
    key = (kind, a, b, c)
    term = _table.get(key)
    if term is None:
        term = _table[key] = Term(kind, a, b, c)
    return term


def forget() -> None:
    """Drops all terms but those made before the first call: terms of one file are not to be used with another's."""
    if not _lasting:
        _lasting.update(_table)
    _table.clear()
    _table.update(_lasting)


def bvar(index: int) -> Term:
    """A bound variable."""
    return make("bvar", index)


def fresh(type_: Term) -> Term:
    """A free variable that did not exist before."""
    return make("fvar", next(_numbers), type_)


def sort(level: Level) -> Term:
    """Sort of a level."""
    return make("sort", level)


def const(name: Name | str, levels: Sequence[Level] = ()) -> Term:
    """A constant; a dotted string stands for its name."""
    return make("const", tuple(name.split(".")) if isinstance(name, str) else name, tuple(levels))


def app(fn: Term, *args: Term) -> Term:
    """An application to any number of arguments."""
    for arg in args:
        fn = make("app", fn, arg)
    return fn


def lam(domain: Term, body: Term) -> Term:
    """A function."""
    return make("lam", domain, body)


def pi(domain: Term, body: Term) -> Term:
    """A function type."""
    return make("pi", domain, body)


def nat(value: int) -> Term:
    """A literal."""
    return make("nat", value)


PROP = sort(lv.ZERO)


def unapp(term: Term) -> tuple[Term, list[Term]]:
    """Head and arguments."""
    args = []
    while term.kind == "app":
        args.append(term.b)
        term = term.a
    return term, args[::-1]


def head(term: Term) -> Term:
    """Head of an application."""
    while term.kind == "app":
        term = term.a
    return term


def rebuild(term: Term, visit: Callable[[Term, int], Term], depth: int) -> Term:
    """The same node over visited children; ``visit`` gets the number of binders above."""
    kind, a, b, c = term.kind, term.a, term.b, term.c
    if kind == "app":
        return make("app", visit(a, depth), visit(b, depth))
    if kind in ("lam", "pi"):
        return make(kind, visit(a, depth), visit(b, depth + 1))
    if kind == "let":
        return make("let", visit(a, depth), visit(b, depth), visit(c, depth + 1))
    if kind == "proj":
        return make("proj", a, b, visit(c, depth))
    return term


def replace(term: Term, step: Callable[[Term, int], Term | None]) -> Term:
    """Replaces top-down: where ``step`` gives a term it is taken, else the children are replaced."""
    memo: dict[tuple[Term, int], Term] = {}

    def visit(t: Term, depth: int) -> Term:
        key = (t, depth)
        result = memo.get(key)
        if result is None:
            found = step(t, depth)
            result = memo[key] = found if found is not None else rebuild(t, visit, depth)
        return result

    return visit(term, 0)


def lift(term: Term, by: int) -> Term:
    """All loose bound variables up by ``by``."""

    def step(t: Term, depth: int) -> Term | None:
        if t.loose <= depth:
            return t
        return bvar(t.a + by) if t.kind == "bvar" else None

    return term if by == 0 or term.loose == 0 else replace(term, step)


def instantiate(body: Term, *values: Term) -> Term:
    """The body of ``len(values)`` binders, the outermost first, with values for its variables."""
    n = len(values)

    def step(t: Term, depth: int) -> Term | None:
        if t.loose <= depth:
            return t
        if t.kind != "bvar":
            return None
        index = t.a - depth
        return lift(values[n - 1 - index], depth) if index < n else bvar(t.a - n)

    return body if body.loose == 0 else replace(body, step)


def abstract(term: Term, variables: Sequence[Term]) -> Term:
    """The inverse of ``instantiate``: free variables become loose bound ones."""
    index = {v: len(variables) - 1 - i for i, v in enumerate(variables)}

    def step(t: Term, depth: int) -> Term | None:
        if not t.open:
            return t
        return bvar(index[t] + depth) if t in index else None

    return replace(term, step)


def bind(kind: str, variables: Sequence[Term], body: Term) -> Term:
    """lam or pi over free variables."""
    body = abstract(body, variables)
    for i in reversed(range(len(variables))):
        body = make(kind, abstract(variables[i].b, variables[:i]), body)
    return body


def pis(variables: Sequence[Term], body: Term) -> Term:
    """A function type over free variables."""
    return bind("pi", variables, body)


def lams(variables: Sequence[Term], body: Term) -> Term:
    """A function over free variables."""
    return bind("lam", variables, body)


def instantiate_levels(term: Term, names: Sequence[Name], values: Sequence[Level]) -> Term:
    """Universe parameters replaced."""
    table = dict(zip(names, values, strict=True))

    def step(t: Term, _: int) -> Term | None:
        if not t.poly:
            return t
        if t.kind == "sort":
            return sort(lv.instantiate(t.a, table))
        if t.kind == "const":
            return const(t.a, tuple(lv.instantiate(level, table) for level in t.b))
        return None

    return term if not table else replace(term, step)


def subterms(term: Term) -> Iterator[Term]:
    """Every subterm once (types of free variables are none)."""
    seen, todo = {term}, [term]
    while todo:
        t = todo.pop()
        yield t
        for child in (t.a, t.b, t.c):
            if isinstance(child, Term) and t.kind != "fvar" and child not in seen:
                seen.add(child)
                todo.append(child)


def mentions(term: Term, names: Sequence[Name]) -> bool:
    """Whether one of these constants occurs."""
    return any(t.kind == "const" and t.a in names for t in subterms(term))


def show(term: Term, depth: int = 12) -> str:
    """For messages."""
    if depth == 0:
        return "…"
    k, a, b, c = term.kind, term.a, term.b, term.c
    if k == "app":
        fn, args = unapp(term)
        return "(" + " ".join(show(t, depth - 1) for t in (fn, *args)) + ")"
    if k in ("lam", "pi"):
        return f"({'fun' if k == 'lam' else 'Pi'} {show(a, depth - 1)}, {show(b, depth - 1)})"
    if k == "let":
        return f"(let {show(b, depth - 1)} : {show(a, depth - 1)}; {show(c, depth - 1)})"
    if k == "proj":
        return f"{show(c, depth - 1)}.{b}"
    text = {"bvar": f"#{a}", "fvar": f"x{a}", "sort": f"Sort {a}", "nat": str(a), "str": repr(a)}
    return text[k] if k in text else ".".join(map(str, a))
