"""Work on the terms of an export: lifting, instantiation, and types as far as they can be read off.

The inference here is a guess for mutators: it does not check anything and gives up (None) easily.
"""

from __future__ import annotations

from typing import Any

from tests.differential.lean_export import CHILDREN, Decl, Export

Context = tuple[int, ...]  # types of the binders around a term, outermost first, each in the context before it


class GaveUp(Exception):
    """The work allowed for one mutant ran out."""


class Terms:
    """Operations on the tables of one export."""

    def __init__(self, export: Export, fuel: int = 200_000) -> None:
        self.export = export
        self.fuel = fuel
        self.constants: dict[int, tuple[Decl, Decl]] = {}  # name: (declaration, the part that describes it)
        self.refresh()

    def refresh(self) -> None:
        self.constants = {p["name"]: (d, p) for d in self.export.decls for p in self.export.constants(d)}

    def row(self, term: int) -> Any:
        self.fuel -= 1
        if self.fuel < 0:
            raise GaveUp
        return self.export.terms.rows[term]

    def add(self, *row: Any) -> int:
        return self.export.terms.add(row)

    def has(self, dotted: str) -> bool:
        return self.export.name(dotted) in self.constants

    def const(self, dotted: str, *levels: int) -> int:
        return self.add("const", self.export.name(dotted), tuple(levels))

    def app(self, fn: int, *args: int) -> int:
        for arg in args:
            fn = self.add("app", fn, arg)
        return fn

    def unfold_app(self, term: int) -> tuple[int, list[int]]:
        args = []
        while self.row(term)[0] == "app":
            args.append(self.row(term)[2])
            term = self.row(term)[1]
        return term, args[::-1]

    # --- substitution -----------------------------------------------------------------------------------------

    def rebuild(self, term: int, leaf: Any, depth: int = 0, memo: dict[Any, int] | None = None) -> int:
        """The term with ``leaf(row, depth)`` (None: as it is) in place of bound variables, sorts and constants."""
        memo = {} if memo is None else memo
        key = (term, depth)
        if key in memo:
            return memo[key]
        row = self.row(term)
        kids = CHILDREN.get(row[0], ())
        if not kids:
            new = leaf(row, depth)
            memo[key] = term if new is None else new
        else:
            copy = list(row)
            for i, under in kids:
                copy[i] = self.rebuild(row[i], leaf, depth + under, memo)
            memo[key] = self.add(*copy)
        return memo[key]

    def lift(self, term: int, by: int) -> int:
        if by == 0 or self.export.facts(term)[0] == 0:
            return term
        return self.rebuild(term, lambda r, d: self.add("bvar", r[1] + by) if r[0] == "bvar" and r[1] >= d else None)

    def instantiate(self, body: int, value: int) -> int:
        """body[0 := value], the other variables one lower."""

        def leaf(row: Any, depth: int) -> int | None:
            if row[0] != "bvar" or row[1] < depth:
                return None
            return self.lift(value, depth) if row[1] == depth else self.add("bvar", row[1] - 1)

        return body if self.export.facts(body)[0] == 0 else self.rebuild(body, leaf)

    def replace(self, term: int, old: int, new: int) -> int:
        """Every occurrence of the closed term ``old`` becomes ``new`` (valid outside of all binders of term)."""
        memo: dict[Any, int] = {}

        def go(at: int, depth: int) -> int:
            if at == old:
                return self.lift(new, depth)
            if (at, depth) not in memo:
                copy = list(self.row(at))
                for i, under in CHILDREN.get(copy[0], ()):
                    copy[i] = go(copy[i], depth + under)
                memo[at, depth] = self.add(*copy)
            return memo[at, depth]

        return go(term, 0)

    def level_substitute(self, level: int, map_: dict[int, int]) -> int:
        row = self.export.levels[level]
        if row[0] == "zero":
            return level
        if row[0] == "param":
            return map_.get(row[1], level)
        return self.export.levels.add((row[0], *(self.level_substitute(x, map_) for x in row[1:])))

    def substitute_levels(self, term: int, map_: dict[int, int]) -> int:
        if not map_ or not self.export.facts(term)[2]:
            return term

        def leaf(row: Any, depth: int) -> int | None:
            if row[0] == "sort":
                return self.add("sort", self.level_substitute(row[1], map_))
            if row[0] == "const":
                return self.add("const", row[1], tuple(self.level_substitute(x, map_) for x in row[2]))
            return None

        return self.rebuild(term, leaf)

    def specialised(self, const: int, field: str) -> int | None:
        """The type or value of a constant at its universe arguments."""
        _, name, levels = self.row(const)
        if name not in self.constants:
            return None
        part = self.constants[name][1]
        if field not in part or len(part["levelParams"]) != len(levels):
            return None
        return self.substitute_levels(part[field], dict(zip(part["levelParams"], levels, strict=True)))

    # --- types, as a guess ------------------------------------------------------------------------------------

    def head_normal(self, term: int, delta: int = 2) -> int:
        for _ in range(20):
            row = self.row(term)
            if row[0] == "mdata":
                term = row[1]
                continue
            if row[0] == "letE":
                term = self.instantiate(row[4], row[3])
                continue
            head, args = self.unfold_app(term)
            first = self.row(head)
            if first[0] == "lam" and args:
                term = self.app(self.instantiate(first[3], args[0]), *args[1:])
                continue
            if first[0] == "const" and delta > 0 and first[1] in self.constants:
                value = self.specialised(head, "value") if "def" in self.constants[first[1]][0] else None
                if value is not None:
                    delta -= 1
                    term = self.app(value, *args)
                    continue
            return term
        return term

    def pi(self, term: int | None) -> Any:
        """The row of the function type that a type is, or None."""
        if term is None:
            return None
        if self.row(term)[0] != "forallE":
            term = self.head_normal(term)
        return self.row(term) if self.row(term)[0] == "forallE" else None

    def infer(self, term: int, context: Context) -> int | None:
        row = self.row(term)
        kind = row[0]
        if kind == "bvar":
            return self.lift(context[-1 - row[1]], row[1] + 1) if row[1] < len(context) else None
        if kind == "sort":
            return self.add("sort", self.export.levels.add(("succ", row[1])))
        if kind == "const":
            return self.specialised(term, "type")
        if kind == "app":
            pi = self.pi(self.infer(row[1], context))
            return None if pi is None else self.instantiate(pi[3], row[2])
        if kind == "lam":
            body = self.infer(row[3], (*context, row[2]))
            return None if body is None else self.add("forallE", row[1], row[2], body, row[4])
        if kind == "forallE":
            a, b = self.sort_of(row[2], context), self.sort_of(row[3], (*context, row[2]))
            return None if a is None or b is None else self.add("sort", self.export.levels.add(("imax", a, b)))
        if kind == "letE":
            body = self.infer(row[4], (*context, row[2]))
            return None if body is None else self.instantiate(body, row[3])
        if kind == "mdata":
            return self.infer(row[1], context)
        if kind in ("natVal", "strVal"):
            return self.const("Nat" if kind == "natVal" else "String")
        if kind == "proj":
            return self.infer_projection(row, context)
        return None

    def sort_of(self, type_: int, context: Context) -> int | None:
        """The level of the sort of a type."""
        sort = self.infer(type_, context)
        if sort is None:
            return None
        row = self.row(self.head_normal(sort))
        return row[1] if row[0] == "sort" else None

    def structure(self, type_: int) -> tuple[int, list[int], Decl] | None:
        """The head, the parameters and the constructor of a structure type without indices."""
        head, args = self.unfold_app(self.head_normal(type_))
        row = self.row(head)
        if row[0] != "const" or row[1] not in self.constants:
            return None
        decl, part = self.constants[row[1]]
        if "inductive" not in decl or part.get("numIndices") != 0 or len(part.get("ctors", ())) != 1:
            return None
        made = self.constants.get(part["ctors"][0])
        if made is None or len(args) != part["numParams"] or "numFields" not in made[1]:
            return None
        return head, args, made[1]

    def infer_projection(self, row: Any, context: Context) -> int | None:
        _, _, index, term = row
        type_ = self.infer(term, context)
        found = None if type_ is None else self.structure(type_)
        if found is None:
            return None
        head, args, ctor = found
        at = self.specialised(self.add("const", ctor["name"], self.row(head)[2]), "type")
        for value in [*args, *(self.add("proj", row[1], i, term) for i in range(index))]:
            pi = self.pi(at)
            if pi is None:
                return None
            at = self.instantiate(pi[3], value)
        pi = self.pi(at)
        return None if pi is None else pi[2]
