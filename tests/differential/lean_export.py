"""A lean4export NDJSON file as tables that can be edited: names, levels, terms and declarations.

Used to make mutants and slices for differential tests, not to check anything. Terms are interned tuples:
("bvar", i), ("sort", l), ("const", name, levels), ("app", fn, arg), ("lam" | "forallE", name, type, body, info),
("letE", name, type, value, body, nondep), ("proj", structure, index, term), ("natVal", digits), ("strVal", text),
("mdata", term). Names: ("str" | "num", prefix, part). Levels: ("succ", l), ("max" | "imax", a, b), ("param", name).
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Row = tuple[Any, ...]
Decl = dict[str, Any]
Path = tuple[str | int, ...]  # where a term stands inside a declaration

# Positions of subterms in a row, and how many binders each lies under.
CHILDREN: dict[str, tuple[tuple[int, int], ...]] = {
    "app": ((1, 0), (2, 0)),
    "lam": ((2, 0), (3, 1)),
    "forallE": ((2, 0), (3, 1)),
    "letE": ((2, 0), (3, 0), (4, 1)),
    "proj": ((3, 0),),
    "mdata": ((1, 0),),
}
BINDER_INFOS = ("default", "implicit", "strictImplicit", "instImplicit")
LITERAL_NEEDS = {"natVal": ("Nat",), "strVal": ("String", "Char.ofNat", "List", "String.ofList")}


class Table:
    """Rows with ids, interned; a copy shares nothing that changes."""

    def __init__(self, rows: list[Row] | None = None, index: dict[Row, int] | None = None) -> None:
        self.rows: list[Row] = rows if rows is not None else []
        self.index: dict[Row, int] = index if index is not None else {}

    def add(self, row: Row) -> int:
        at = self.index.get(row)
        if at is None:
            at = self.index[row] = len(self.rows)
            self.rows.append(row)
        return at

    def copy(self) -> Table:
        return Table(self.rows.copy(), self.index.copy())

    def __getitem__(self, at: int) -> Row:
        return self.rows[at]


class Export:
    """The content of one file. ``decls`` hold ids of these tables where the file holds ids of its own."""

    def __init__(self) -> None:
        self.names = Table([("anonymous",)], {("anonymous",): 0})
        self.levels = Table([("zero",)], {("zero",): 0})
        self.terms = Table()
        self.decls: list[Decl] = []
        self.meta: Decl = {}
        self._facts: dict[int, tuple[int, frozenset[Any], frozenset[int]]] = {}

    def copy(self) -> Export:
        """A copy to edit: declarations are shared until ``edit`` is called for one."""
        new = Export()
        new.names, new.levels, new.terms = self.names.copy(), self.levels.copy(), self.terms.copy()
        new.decls, new.meta = self.decls.copy(), self.meta
        new._facts = self._facts.copy()
        return new

    def edit(self, at: int) -> Decl:
        self.decls[at] = copy.deepcopy(self.decls[at])
        return self.decls[at]

    # --- names ------------------------------------------------------------------------------------------------

    def dotted(self, name: int) -> str:
        parts = []
        at = name
        while at:
            row = self.names[at]
            parts.append(str(row[2]))
            at = row[1]
        return ".".join(reversed(parts))

    def name(self, dotted: str) -> int:
        at = 0
        for part in dotted.split(".") if dotted else []:
            at = self.names.add(("str", at, part))
        return at

    # --- declarations -----------------------------------------------------------------------------------------

    @staticmethod
    def kind(decl: Decl) -> str:
        return next(iter(decl))

    @staticmethod
    def constants(decl: Decl) -> list[Decl]:
        """The constants that a declaration makes, as the parts of it that describe them."""
        ((kind, body),) = decl.items()
        return [*body["types"], *body["ctors"], *body["recs"]] if kind == "inductive" else [body]

    @staticmethod
    def places(decl: Decl) -> Iterator[tuple[Path, Decl]]:
        """Where the terms of a declaration stand, each with the constant whose universe parameters it may use."""
        ((kind, body),) = decl.items()
        if kind == "inductive":
            for group in ("types", "ctors", "recs"):
                for i, part in enumerate(body[group]):
                    yield (kind, group, i, "type"), part
                    for j in range(len(part.get("rules", ()))):
                        yield (kind, group, i, "rules", j, "rhs"), part
        else:
            yield (kind, "type"), body
            if "value" in body:
                yield (kind, "value"), body

    @staticmethod
    def get(decl: Decl, path: Path) -> Any:
        at: Any = decl
        for step in path:
            at = at[step]
        return at

    @staticmethod
    def put(decl: Decl, path: Path, value: Any) -> None:
        at: Any = decl
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    # --- facts about terms ------------------------------------------------------------------------------------

    def facts(self, term: int) -> tuple[int, frozenset[Any], frozenset[int]]:
        """Bound on loose variables; (constant, number of levels) and literals that occur; universe parameters."""
        known = self._facts
        stack = [term]
        while stack:
            at = stack[-1]
            if at in known:
                stack.pop()
                continue
            row = self.terms[at]
            kids = [(row[i], under) for i, under in CHILDREN.get(row[0], ())]
            todo = [kid for kid, _ in kids if kid not in known]
            if todo:
                stack.extend(todo)
                continue
            loose, constants, params = 0, frozenset[Any](), frozenset[int]()
            for kid, under in kids:
                a, b, c = known[kid]
                loose = max(loose, a - under)
                constants = constants if b <= constants else constants | b
                params = params if c <= params else params | c
            kind = row[0]
            if kind == "bvar":
                loose = row[1] + 1
            elif kind == "sort":
                params = self.level_params(row[1])
            elif kind == "const":
                constants = frozenset([(row[1], len(row[2]))])
                params = frozenset[int]().union(*(self.level_params(x) for x in row[2]))
            elif kind == "proj":
                constants |= {(row[1], None)}
            elif kind in LITERAL_NEEDS:
                constants = frozenset([(kind, None)])
            known[at] = loose, constants, params
            stack.pop()
        return known[term]

    def level_params(self, level: int) -> frozenset[int]:
        row = self.levels[level]
        if row[0] == "param":
            return frozenset([row[1]])
        return frozenset[int]().union(*(self.level_params(x) for x in row[1:]))

    def needs(self, decl: Decl) -> set[int]:
        """Names of the constants that a declaration mentions, with those that its literals stand for."""
        found: set[int] = set()
        for path, _ in self.places(decl):
            for name, _ in self.facts(self.get(decl, path))[1]:
                if isinstance(name, str):
                    found.update(self.name(x) for x in LITERAL_NEEDS[name])
                else:
                    found.add(name)
        if "quot" in decl:
            found.add(self.name("Eq"))
        return found

    def scope_fault(self) -> str | None:
        """Why the file does not make sense as text, before any typing: None where it does."""
        known: dict[int, int] = {}
        for decl in self.decls:
            parts = self.constants(decl)
            fresh = {part["name"]: len(part["levelParams"]) for part in parts}
            if len(fresh) < len(parts) or any(name in known for name in fresh):
                return "duplicate name"
            inside = {**known, **fresh} if "inductive" in decl else known
            for path, part in self.places(decl):
                loose, constants, params = self.facts(self.get(decl, path))
                if loose:
                    return "loose variable"
                if not params <= set(part["levelParams"]):
                    return "universe parameter"
                for name, arity in constants:
                    if isinstance(name, str):
                        continue
                    if name not in inside:
                        return "unknown constant"
                    if arity is not None and inside[name] != arity:
                        return "universe arity"
            if any(len(set(part["levelParams"])) < len(part["levelParams"]) for part in parts):
                return "repeated universe parameter"
            if "inductive" in decl and not self._block_is_whole(decl["inductive"]):
                return "names of a block"
            known.update(fresh)
        return None

    @staticmethod
    def _block_is_whole(block: Decl) -> bool:
        made = {c["name"] for c in block["ctors"]}
        listed = [c for t in block["types"] for c in t["ctors"]]
        return set(listed) == made and len(listed) == len(made)

    # --- reading and writing ----------------------------------------------------------------------------------

    @staticmethod
    def read(text: str) -> Export:
        new = Export()
        names, levels, terms = {0: 0}, {0: 0}, dict[int, int]()
        for line in text.splitlines():
            j = json.loads(line)
            if "ie" in j:
                terms[j["ie"]] = new.terms.add(_term_row(j, names, levels, terms))
            elif "in" in j:
                kind = "str" if "str" in j else "num"
                row = j[kind]
                part = row["str"] if kind == "str" else row["i"]
                names[j["in"]] = new.names.add((kind, names[row["pre"]], part))
            elif "il" in j:
                kind = next(k for k in j if k != "il")
                args = j[kind] if isinstance(j[kind], list) else [j[kind]]
                ids = names if kind == "param" else levels
                levels[j["il"]] = new.levels.add((kind, *(ids[a] for a in args)))
            elif "meta" in j:
                new.meta = j
            else:
                new.decls.append(map_decl(j, lambda n: names[n], lambda t: terms[t]))
        return new

    def write(self, rng: random.Random | None = None) -> str:
        """The file's text; with a generator, ids, the order of keys and spaces are drawn at random."""
        return Writer(self, rng).text()

    def closure(self, targets: list[int]) -> list[int]:
        """Declarations ``targets`` and those that they rest on, in the order of the file."""
        maker: dict[int, int] = {}
        for i, decl in enumerate(self.decls):
            for part in self.constants(decl):
                maker.setdefault(part["name"], i)
        quotients = [i for i, decl in enumerate(self.decls) if "quot" in decl]
        wanted: set[int] = set()
        stack = list(targets)
        while stack:
            at = stack.pop()
            if at in wanted:
                continue
            wanted.add(at)
            stack.extend(maker[n] for n in self.needs(self.decls[at]) if n in maker)
            if at in quotients:
                stack.extend(quotients)
        return sorted(wanted)

    def slice(self, target: int, others: list[int] | None = None) -> Export:
        """What declaration ``target`` rests on, and it, last; before that, ``others`` with what they rest on."""
        first = self.closure(others or [])
        wanted = [i for i in first if i != target] + [i for i in self.closure([target]) if i not in first]
        if target in first:
            wanted.append(target)
        picked = Export()
        picked.names, picked.levels, picked.terms, picked.meta = self.names, self.levels, self.terms, self.meta
        picked.decls = [self.decls[i] for i in wanted]
        if picked.scope_fault() is not None:  # one of the others needs the target
            picked.decls = [self.decls[i] for i in self.closure([target, *(others or [])])]
        return Export.read(picked.write())


def _term_row(j: Decl, names: dict[int, int], levels: dict[int, int], terms: dict[int, int]) -> Row:
    kind = next(k for k in j if k != "ie")
    a = j[kind]
    if kind == "bvar":
        return kind, a
    if kind == "sort":
        return kind, levels[a]
    if kind == "const":
        return kind, names[a["name"]], tuple(levels[x] for x in a["us"])
    if kind == "app":
        return kind, terms[a["fn"]], terms[a["arg"]]
    if kind in ("lam", "forallE"):
        return kind, names[a["name"]], terms[a["type"]], terms[a["body"]], a["binderInfo"]
    if kind == "letE":
        return kind, names[a["name"]], terms[a["type"]], terms[a["value"]], terms[a["body"]], a["nondep"]
    if kind == "proj":
        return kind, names[a["typeName"]], a["idx"], terms[a["struct"]]
    if kind == "mdata":
        return kind, terms[a["expr"]]
    if kind in ("natVal", "strVal"):
        return kind, a
    raise ValueError(f"an unknown kind of term: {kind}")


NAME_FIELDS = ("name", "induct", "ctor")
NAME_LISTS = ("levelParams", "all", "ctors")
TERM_FIELDS = ("type", "value", "rhs")


def map_decl(part: Any, name: Callable[[int], int], term: Callable[[int], int]) -> Any:
    """A copy of a declaration with every id of a name or term replaced."""
    if isinstance(part, list):
        return [map_decl(x, name, term) for x in part]
    if not isinstance(part, dict):
        return part
    new: Decl = {}
    for key, value in sorted(part.items()):  # so that what is written does not depend on the order in a file
        if key in NAME_FIELDS:
            new[key] = name(value)
        elif key in NAME_LISTS and all(isinstance(x, int) for x in value):
            new[key] = [name(x) for x in value]
        elif key in TERM_FIELDS:
            new[key] = term(value)
        else:
            new[key] = map_decl(value, name, term)
    return new


class Writer:
    """Writes each row the first time that a declaration needs it."""

    def __init__(self, export: Export, rng: random.Random | None) -> None:
        self.export = export
        self.rng = rng
        self.lines: list[str] = []
        self.ids: dict[str, dict[int, int]] = {"in": {0: 0}, "il": {0: 0}, "ie": {}}
        self.next = {"in": 1, "il": 1, "ie": 0}

    def text(self) -> str:
        self.line(self.export.meta or {"meta": {"format": {"version": "3.1.0"}}})
        for decl in self.export.decls:
            self.line(map_decl(decl, self.name, self.term))
        return "\n".join(self.lines) + "\n"

    def line(self, j: Decl) -> None:
        if self.rng is None:
            self.lines.append(json.dumps(j, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        else:
            spaces = self.rng.choice([(",", ":"), (", ", ": "), (" ,", " : ")])
            self.lines.append(json.dumps(self.shuffled(j), separators=spaces, ensure_ascii=self.rng.random() < 0.5))

    def shuffled(self, part: Any) -> Any:
        assert self.rng is not None
        if isinstance(part, list):
            return [self.shuffled(x) for x in part]
        if not isinstance(part, dict):
            return part
        keys = list(part)
        self.rng.shuffle(keys)
        return {key: self.shuffled(part[key]) for key in keys}

    def fresh(self, table: str) -> int:
        at = self.next[table]
        self.next[table] += 1 if self.rng is None else self.rng.choice([1, 1, 1, 2, 5])
        return at

    def name(self, name: int) -> int:
        ids = self.ids["in"]
        chain = []
        while name not in ids:
            chain.append(name)
            name = self.export.names[name][1]
        for at in reversed(chain):
            kind, prefix, part = self.export.names[at]
            ids[at] = self.fresh("in")
            self.line({"in": ids[at], kind: {"pre": ids[prefix], "str" if kind == "str" else "i": part}})
        return ids[chain[0]] if chain else ids[name]

    def level(self, level: int) -> int:
        ids = self.ids["il"]
        if level not in ids:
            kind, *args = self.export.levels[level]
            mine = [self.name(args[0])] if kind == "param" else [self.level(a) for a in args]
            ids[level] = self.fresh("il")
            self.line({"il": ids[level], kind: mine if len(mine) == 2 else mine[0]})
        return ids[level]

    def term(self, term: int) -> int:
        ids = self.ids["ie"]
        stack = [term]
        while stack:
            at = stack[-1]
            if at in ids:
                stack.pop()
                continue
            row = self.export.terms[at]
            todo = [row[i] for i, _ in CHILDREN.get(row[0], ()) if row[i] not in ids]
            if todo:
                stack.extend(reversed(todo))
                continue
            body = self.content(row)
            ids[at] = self.fresh("ie")
            self.line({"ie": ids[at], row[0]: body})
            stack.pop()
        return ids[term]

    def content(self, row: Row) -> Any:
        kind, ids = row[0], self.ids["ie"]
        if kind == "sort":
            return self.level(row[1])
        if kind == "const":
            return {"name": self.name(row[1]), "us": [self.level(x) for x in row[2]]}
        if kind == "app":
            return {"fn": ids[row[1]], "arg": ids[row[2]]}
        if kind in ("lam", "forallE"):
            return {"name": self.name(row[1]), "type": ids[row[2]], "body": ids[row[3]], "binderInfo": row[4]}
        if kind == "letE":
            return {"name": self.name(row[1]), "type": ids[row[2]], "value": ids[row[3]], "body": ids[row[4]],
                    "nondep": row[5]}  # fmt: skip
        if kind == "proj":
            return {"typeName": self.name(row[1]), "idx": row[2], "struct": ids[row[3]]}
        if kind == "mdata":
            return {"expr": ids[row[1]], "data": {}}
        return row[1]
