"""lean4export NDJSON 3.1.0 as declarations. What cannot be read is a MalformedError that names the line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from . import levels as lv
from . import terms as tm
from .levels import Level, Name
from .terms import Term


class MalformedError(Exception):
    """Not an export."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a recursor computes on one constructor."""

    constructor: Name
    fields: int
    rhs: Term


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A constant; the last group belongs to inductive types, constructors and recursors."""

    name: Name
    kind: str  # axiom def thm opaque quot induct ctor rec
    params: tuple[Name, ...]
    type: Term
    value: Term | None = None
    safety: str = "safe"  # unsafe safe partial
    hints: str | int = "opaque"  # opaque abbrev, or a height
    all: tuple[Name, ...] = ()
    quot: str = ""  # type ctor lift ind
    num_params: int = 0
    num_indices: int = 0
    num_nested: int = 0
    constructors: tuple[Name, ...] = ()
    is_rec: bool = False
    is_reflexive: bool = False
    induct: Name = ()
    index: int = 0
    num_fields: int = 0
    num_motives: int = 0
    num_minors: int = 0
    rules: tuple[Rule, ...] = ()
    k: bool = False


@dataclass(frozen=True)
class Declaration:
    """The unit of checking: one constant, or an inductive block (types, constructors, recursors)."""

    kind: str
    constants: tuple[Constant, ...]


def natural(value: Any) -> int:
    """A natural number."""
    if type(value) is not int or value < 0:
        raise MalformedError(f"expected a natural number, got {value!r}")
    return value


def flag(value: Any) -> bool:
    """A truth value."""
    if type(value) is not bool:
        raise MalformedError(f"expected a truth value, got {value!r}")
    return value


class Reader:
    """The state of reading: what has been defined, by index."""

    def __init__(self) -> None:
        self.names: dict[int, Name] = {0: ()}
        self.levels: dict[int, Level] = {0: lv.ZERO}
        self.terms: dict[int, Term] = {}
        self.declarations: list[Declaration] = []

    def line(self, record: dict[str, Any]) -> None:
        """Takes one record."""
        if "in" in record:
            self.define(self.names, record["in"], self.name(record))
        elif "il" in record:
            self.define(self.levels, record["il"], self.level(record))
        elif "ie" in record:
            self.define(self.terms, record["ie"], self.term(record))
        elif "inductive" in record:
            self.inductive(record["inductive"])
        elif "meta" in record:
            version = record["meta"]["format"]["version"]
            if version != "3.1.0":
                raise MalformedError(f"format 3.1.0 is read here, this is {version}")
        else:
            kinds = [kind for kind in ("axiom", "def", "thm", "opaque", "quot") if kind in record]
            if len(kinds) != 1:
                raise MalformedError(f"unknown record {sorted(record)}")
            self.declarations.append(Declaration(kinds[0], (self.constant(kinds[0], record[kinds[0]]),)))

    def define(self, table: dict[int, Any], index: Any, value: Any) -> None:
        if natural(index) in table:
            raise MalformedError(f"index {index} is defined twice")
        table[index] = value

    def name(self, r: dict[str, Any]) -> Name:
        if "str" in r:
            return (*self.names[r["str"]["pre"]], str(r["str"]["str"]))
        return (*self.names[r["num"]["pre"]], natural(r["num"]["i"]))

    def level(self, r: dict[str, Any]) -> Level:
        if "succ" in r:
            return lv.succ(self.levels[r["succ"]])
        for kind in ("max", "imax"):
            if kind in r:
                a, b = r[kind]
                return (kind, self.levels[a], self.levels[b])
        return lv.param(self.names[r["param"]])

    def term(self, r: dict[str, Any]) -> Term:
        t = self.terms
        if "app" in r:
            return tm.app(t[r["app"]["fn"]], t[r["app"]["arg"]])
        if "bvar" in r:
            return tm.bvar(natural(r["bvar"]))
        if "const" in r:
            return tm.const(self.names[r["const"]["name"]], [self.levels[u] for u in r["const"]["us"]])
        for kind, made in (("lam", "lam"), ("forallE", "pi")):
            if kind in r:
                return tm.make(made, t[r[kind]["type"]], t[r[kind]["body"]])
        if "sort" in r:
            return tm.sort(self.levels[r["sort"]])
        if "letE" in r:
            let = r["letE"]
            return tm.make("let", t[let["type"]], t[let["value"]], t[let["body"]])
        if "proj" in r:
            p = r["proj"]
            return tm.make("proj", self.names[p["typeName"]], natural(p["idx"]), t[p["struct"]])
        if "natVal" in r:
            text = r["natVal"]
            if not (isinstance(text, str) and text.isascii() and text.isdigit()):
                raise MalformedError(f"no natural number: {text!r}")
            return tm.nat(int(text))
        if "strVal" in r:
            return tm.make("str", str(r["strVal"]))
        return t[r["mdata"]["expr"]]

    def named(self, indices: list[int]) -> tuple[Name, ...]:
        return tuple(self.names[i] for i in indices)

    def constant(self, kind: str, r: dict[str, Any]) -> Constant:
        """Any constant that is declared alone."""
        safety = r.get("safety", "unsafe" if r.get("isUnsafe") else "safe")
        if safety not in ("unsafe", "safe", "partial"):
            raise MalformedError(f"unknown safety {safety!r}")
        hints = r.get("hints", "opaque")
        return Constant(
            **self.head(r),
            kind=kind,
            safety=safety,
            value=self.terms[r["value"]] if "value" in r else None,
            hints=natural(hints["regular"]) if isinstance(hints, dict) else str(hints),
            all=self.named(r.get("all", [])),
            quot=str(r.get("kind", "")),
        )

    def head(self, r: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": self.names[r["name"]],
            "params": self.named(r["levelParams"]),
            "type": self.terms[r["type"]],
        }

    def inductive(self, r: dict[str, Any]) -> None:
        """A block of inductive types."""

        def safety(x: dict[str, Any]) -> str:
            return "unsafe" if flag(x["isUnsafe"]) else "safe"

        types = [
            Constant(
                **self.head(x),
                kind="induct",
                safety=safety(x),
                num_params=natural(x["numParams"]),
                num_indices=natural(x["numIndices"]),
                num_nested=natural(x["numNested"]),
                is_rec=flag(x["isRec"]),
                is_reflexive=flag(x["isReflexive"]),
                all=self.named(x["all"]),
                constructors=self.named(x["ctors"]),
            )
            for x in r["types"]
        ]
        constructors = [
            Constant(
                **self.head(x),
                kind="ctor",
                safety=safety(x),
                induct=self.names[x["induct"]],
                index=natural(x["cidx"]),
                num_params=natural(x["numParams"]),
                num_fields=natural(x["numFields"]),
            )
            for x in r["ctors"]
        ]
        recursors = [
            Constant(
                **self.head(x),
                kind="rec",
                safety=safety(x),
                all=self.named(x["all"]),
                k=flag(x["k"]),
                num_params=natural(x["numParams"]),
                num_indices=natural(x["numIndices"]),
                num_motives=natural(x["numMotives"]),
                num_minors=natural(x["numMinors"]),
                rules=tuple(
                    Rule(constructor=self.names[y["ctor"]], fields=natural(y["nfields"]), rhs=self.terms[y["rhs"]])
                    for y in x["rules"]
                ),
            )
            for x in r["recs"]
        ]
        self.declarations.append(Declaration("inductive", (*types, *constructors, *recursors)))


def read(lines: Iterable[str | bytes]) -> list[Declaration]:
    """All declarations in the file's order."""
    reader = Reader()
    for number, line in enumerate(lines, 1):
        try:
            reader.line(json.loads(line))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise MalformedError(f"line {number}: {type(error).__name__} {error}") from None
        except MalformedError as error:
            raise MalformedError(f"line {number}: {error}") from None
    return reader.declarations
