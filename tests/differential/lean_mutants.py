"""Mutants of lean4export files: one seeded random change, or a few, to a file that was accepted.

An operator changes a mutant in place and says whether it did. Those of kind ``preserving`` keep types by the rules of
the kernel (wrapping in a redex, unfolding, eta, other names); the official kernel accepts most of what they make, which
a checker that rejects too much does not. The others break something more often than not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.differential.lean_export import CHILDREN, Decl, Export, Path, map_decl
from tests.differential.lean_terms import Context, GaveUp, Terms

Operator = Callable[["Mutant"], bool]
Regenerate = Callable[[str], "str | None"]
# class: [(name, operator, weight)]
OPERATORS: dict[str, list[tuple[str, Operator, float]]] = {}
# How often each class is drawn. The preserving ones make most of what is accepted.
CLASSES = {
    "preserving term": 24.0,
    "preserving level": 6.0,
    "preserving declaration": 8.0,
    "computation": 5.0,
    "format": 1.0,
    "term": 14.0,
    "variable": 5.0,
    "constant": 7.0,
    "binder": 5.0,
    "level": 9.0,
    "literal": 4.0,
    "projection": 5.0,
    "let": 3.0,
    "declaration": 9.0,
    "order": 4.0,
    "name": 3.0,
    "inductive field": 5.0,
    "recursor field": 6.0,
    "quotient": 3.0,
    "inductive shape": 12.0,
}


def operator(kind: str, weight: float = 1.0) -> Callable[[Operator], Operator]:
    def register(function: Operator) -> Operator:
        OPERATORS.setdefault(kind, []).append((function.__name__, function, weight))
        return function

    return register


@dataclass(frozen=True)
class Site:
    """One occurrence of a term: its place in a declaration, and the way down to it."""

    decl: int
    path: Path
    part: Decl  # the constant whose universe parameters are in scope
    steps: tuple[tuple[int, int], ...]  # (term, position of the child)
    term: int
    context: Context


class Mutant:
    """An export that is being changed. ``regenerate`` asks the official kernel for an inductive block, if given."""

    def __init__(self, seed: Export, rng: random.Random, regenerate: Regenerate | None = None) -> None:
        self.export = seed.copy()
        self.terms = Terms(self.export)
        self.rng = rng
        self.regenerate = regenerate
        self.applied: list[tuple[str, str]] = []
        self.shuffled = False  # write ids, keys and spaces at random

    @property
    def label(self) -> str:
        return " + ".join(f"{kind}: {name}" for kind, name in self.applied)

    @property
    def kind(self) -> str:
        """The class of the mutant: its operator's, or "several" where classes meet."""
        kinds = {kind for kind, _ in self.applied}
        return kinds.pop() if len(kinds) == 1 else "several"

    def text(self) -> str:
        return self.export.write(self.rng if self.shuffled else None)

    # --- choices ----------------------------------------------------------------------------------------------

    def row(self, term: int) -> Any:
        return self.terms.row(term)

    def pick(self, items: Sequence[Any]) -> Any:
        return self.rng.choice(items)

    def decl(self, want: Callable[[Decl], bool] = lambda _: True) -> int | None:
        """A declaration, mostly the last one."""
        decls = self.export.decls
        if decls and self.rng.random() < 0.6 and want(decls[-1]):
            return len(decls) - 1
        found = [i for i, d in enumerate(decls) if want(d)]
        return self.pick(found) if found else None

    def walk(self, at: int, path: Path, part: Decl) -> list[Site]:
        """The occurrences on a random way from the root of a term to a leaf."""
        site = Site(at, path, part, (), Export.get(self.export.decls[at], path), ())
        found = [site]
        while len(found) < 400:
            row = self.row(site.term)
            kids = CHILDREN.get(row[0])
            if not kids:
                break
            i, under = self.pick(kids)
            context = (*site.context, row[2]) if under else site.context
            site = Site(at, path, part, (*site.steps, (site.term, i)), row[i], context)
            found.append(site)
        return found

    def site(
        self, want: Callable[[Site], Any] = lambda _: True, *, inductive: float = 1.0, value: bool = False
    ) -> Site | None:
        """An occurrence that ``want`` holds for. inductive: how likely blocks of inductive types are looked at."""
        for _ in range(12):
            at = self.decl()
            if at is None:
                return None
            decl = self.export.decls[at]
            if "inductive" in decl and self.rng.random() > inductive:
                continue
            places = [(p, part) for p, part in Export.places(decl) if not value or p[-1] == "value"]
            if not places:
                continue
            sites = self.walk(at, *self.pick(places))
            self.rng.shuffle(sites)
            for site in sites:
                if want(site):
                    return site
        return None

    def rare(self, *kinds: str, inductive: float = 1.0) -> Site | None:
        """An occurrence of one of these kinds of row, found by looking everywhere in a declaration."""
        for _ in range(6):
            at = self.decl()
            if at is None or ("inductive" in self.export.decls[at] and self.rng.random() > inductive):
                continue
            found = []
            for path, part in Export.places(self.export.decls[at]):
                stack = [Site(at, path, part, (), Export.get(self.export.decls[at], path), ())]
                seen = set()
                while stack and len(seen) < 1000:
                    site = stack.pop()
                    if site.term in seen:
                        continue
                    seen.add(site.term)
                    row = self.row(site.term)
                    if row[0] in kinds:
                        found.append(site)
                    for i, under in CHILDREN.get(row[0], ()):
                        context = (*site.context, row[2]) if under else site.context
                        stack.append(Site(at, path, part, (*site.steps, (site.term, i)), row[i], context))
            if found:
                site = self.pick(found)
                assert isinstance(site, Site)
                return site
        return None

    def is_row(self, *kinds: str) -> Callable[[Site], bool]:
        return lambda site: self.row(site.term)[0] in kinds

    # --- changes ----------------------------------------------------------------------------------------------

    def replace(self, site: Site | None, new: int | None) -> bool:
        """Puts a term in place of an occurrence."""
        if site is None or new is None or new == site.term:
            return False
        for term, i in reversed(site.steps):
            copy = list(self.row(term))
            copy[i] = new
            new = self.terms.add(*copy)
        Export.put(self.export.edit(site.decl), site.path, new)
        return True

    def rewrite(self, site: Site | None, position: int, value: Any) -> bool:
        """Changes one entry of the row at an occurrence."""
        if site is None:
            return False
        copy = list(self.row(site.term))
        copy[position] = value
        return self.replace(site, self.terms.add(*copy))

    def level(self, part: Decl) -> int:
        """Some level over the universe parameters in scope."""
        levels = self.export.levels
        params = [levels.add(("param", n)) for n in part["levelParams"]]
        at = self.pick([0, levels.add(("succ", 0)), *params, *params])
        for _ in range(self.pick([0, 0, 1, 2])):
            kind = self.pick(["succ", "max", "imax"])
            at = levels.add(("succ", at) if kind == "succ" else (kind, at, self.pick([0, *params, at])))
        return at

    def some_term(self, site: Site) -> int | None:
        """A term from anywhere that makes sense as text at an occurrence."""
        if self.rng.random() < 0.3 and site.context:
            return self.terms.add("bvar", self.rng.randrange(len(site.context)))
        at = self.decl()
        if at is None:
            return None
        other = self.pick(self.walk(at, *self.pick(list(Export.places(self.export.decls[at])))))
        loose, _, params = self.export.facts(other.term)
        if loose > len(site.context):
            return None
        if not params <= set(site.part["levelParams"]):
            map_ = {n: self.level(site.part) for n in params}
            return self.terms.substitute_levels(other.term, map_)
        return other.term

    def graft(self, other: Export, decl: Decl) -> Decl:
        """A declaration of another export, over the tables of this one."""
        names, levels, terms = {0: 0}, {0: 0}, dict[int, int]()

        def name(at: int) -> int:
            if at not in names:
                kind, prefix, part = other.names[at]
                names[at] = self.export.names.add((kind, name(prefix), part))
            return names[at]

        def level(at: int) -> int:
            if at not in levels:
                kind, *args = other.levels[at]
                levels[at] = self.export.levels.add((kind, *((name if kind == "param" else level)(a) for a in args)))
            return levels[at]

        for at, row in enumerate(other.terms.rows):  # children come first
            copy = list(row)
            for i, _ in CHILDREN.get(row[0], ()):
                copy[i] = terms[row[i]]
            if row[0] == "sort":
                copy[1] = level(row[1])
            elif row[0] == "const":
                copy[1:] = [name(row[1]), tuple(level(x) for x in row[2])]
            elif row[0] in ("lam", "forallE", "letE", "proj"):
                copy[1] = name(row[1])
            terms[at] = self.terms.add(*copy)
        return dict(map_decl(decl, name, lambda t: terms[t]))


def mutate(seed: Export, rng: random.Random, regenerate: Regenerate | None = None) -> Mutant | None:
    """A mutant of an export, or None where what was drawn did not apply. Deterministic in the generator."""
    mutant = Mutant(seed, rng, regenerate)
    kinds = list(CLASSES)
    weights = [CLASSES[k] for k in kinds]
    for _ in range(rng.choices([1, 2, 3], [75, 18, 7])[0]):
        for _ in range(8):
            (kind,) = rng.choices(kinds, weights)
            operators = OPERATORS[kind]
            name, function, _ = rng.choices(operators, [w for _, _, w in operators])[0]
            try:
                done = function(mutant)
            except GaveUp:
                return None
            if done:
                mutant.applied.append((kind, name))
                mutant.terms.refresh()
                break
        else:
            break
    return mutant if mutant.applied else None


# The operators register themselves.
from tests.differential import (  # noqa: E402
    lean_mutate_blocks,  # noqa: F401
    lean_mutate_decls,  # noqa: F401
    lean_mutate_same,  # noqa: F401
    lean_mutate_terms,  # noqa: F401
)

__all__ = ["CLASSES", "OPERATORS", "Mutant", "Site", "mutate", "operator"]
