"""Terms and constants as lean4export NDJSON 3.1.0: for files made by hand, right or wrong."""

from __future__ import annotations

import json
from typing import Any

from .environment import dotted
from .export import Constant
from .levels import Level, Name
from .terms import Term


class Writer:
    """Lines of one file. Names, levels and terms are written where they are first needed."""

    def __init__(self) -> None:
        meta = {"exporter": {"name": "verikit", "version": "3.1.0"}, "format": {"version": "3.1.0"}}
        self.lines = [self.dump({"meta": meta | {"lean": {"githash": "", "version": "4.35.0"}}})]
        self.names: dict[Name, int] = {(): 0}
        self.levels: dict[Level, int] = {("zero",): 0}
        self.terms: dict[Term, int] = {}

    @staticmethod
    def dump(record: dict[str, Any]) -> str:
        return json.dumps(record, separators=(",", ":"), ensure_ascii=False)

    def text(self) -> str:
        """The file."""
        return "\n".join(self.lines) + "\n"

    def raw(self, record: dict[str, Any]) -> None:
        """A record as it is."""
        self.lines.append(self.dump(record))

    def name(self, name: Name) -> int:
        """The index of a name."""
        if name not in self.names:
            prefix, last = self.name(name[:-1]), name[-1]
            index = self.names[name] = len(self.names)
            part = (
                {"str": {"pre": prefix, "str": last}} if isinstance(last, str) else {"num": {"pre": prefix, "i": last}}
            )
            self.raw({"in": index, **part})
        return self.names[name]

    def level(self, level: Level) -> int:
        """The index of a level."""
        if level not in self.levels:
            kind = level[0]
            if kind == "param":
                body: Any = self.name(level[1])
            elif kind == "succ":
                body = self.level(level[1])
            else:
                body = [self.level(level[1]), self.level(level[2])]
            index = self.levels[level] = len(self.levels)
            self.raw({"il": index, kind: body})
        return self.levels[level]

    def term(self, term: Term) -> int:
        """The index of a term, children first, without recursion."""
        todo = [term]
        while todo:
            t = todo[-1]
            if t in self.terms:
                todo.pop()
                continue
            missing = [x for x in (t.a, t.b, t.c) if isinstance(x, Term) and x not in self.terms]
            if missing:
                todo += reversed(missing)
                continue
            todo.pop()
            body = self.body(t)
            index = self.terms[t] = len(self.terms)
            self.raw({"ie": index, **body})
        return self.terms[term]

    def body(self, t: Term) -> dict[str, Any]:
        a, b, c, ix = t.a, t.b, t.c, self.terms
        if t.kind == "bvar":
            return {"bvar": a}
        if t.kind == "sort":
            return {"sort": self.level(a)}
        if t.kind == "const":
            return {"const": {"name": self.name(a), "us": [self.level(u) for u in b]}}
        if t.kind == "app":
            return {"app": {"fn": ix[a], "arg": ix[b]}}
        if t.kind in ("lam", "pi"):
            kind = "lam" if t.kind == "lam" else "forallE"
            name = self.name(("x",))
            return {kind: {"name": name, "type": ix[a], "body": ix[b], "binderInfo": "default"}}
        if t.kind == "let":
            name = self.name(("x",))
            return {"letE": {"name": name, "type": ix[a], "value": ix[b], "body": ix[c], "nondep": False}}
        if t.kind == "proj":
            return {"proj": {"typeName": self.name(a), "idx": b, "struct": ix[c]}}
        if t.kind == "nat":
            return {"natVal": str(a)}
        if t.kind == "str":
            return {"strVal": a}
        raise ValueError(f"not in a file: {t.kind}")

    def head(self, c: Constant) -> dict[str, Any]:
        return {
            "name": self.name(c.name),
            "levelParams": [self.name(p) for p in c.params],
            "type": self.term(c.type),
        }

    def constant(self, c: Constant) -> None:
        """A constant that is declared alone."""
        record = self.head(c)
        if c.value is not None:
            record["value"] = self.term(c.value)
            record["all"] = [self.name(n) for n in c.all or (c.name,)]
        if c.kind == "def":
            record |= {"safety": c.safety, "hints": c.hints if isinstance(c.hints, str) else {"regular": c.hints}}
        elif c.kind in ("axiom", "opaque"):
            record["isUnsafe"] = c.safety == "unsafe"
        elif c.kind == "quot":
            record["kind"] = c.quot
        elif c.kind != "thm":
            raise ValueError(f"{dotted(c.name)} is declared in a block")
        self.raw({c.kind: record})

    def inductive(self, constants: list[Constant]) -> None:
        """A block of inductive types."""
        parts: dict[str, list[Any]] = {"types": [], "ctors": [], "recs": []}
        for c in constants:
            record = self.head(c) | {"isUnsafe": c.safety == "unsafe", "numParams": c.num_params}
            if c.kind == "induct":
                record |= {
                    "numIndices": c.num_indices, "numNested": c.num_nested, "isRec": c.is_rec,
                    "isReflexive": c.is_reflexive, "all": [self.name(n) for n in c.all],
                    "ctors": [self.name(n) for n in c.constructors],
                }  # fmt: skip
                parts["types"].append(record)
            elif c.kind == "ctor":
                record |= {"induct": self.name(c.induct), "cidx": c.index, "numFields": c.num_fields}
                parts["ctors"].append(record)
            else:
                rules = [
                    {"ctor": self.name(r.constructor), "nfields": r.fields, "rhs": self.term(r.rhs)} for r in c.rules
                ]
                record |= {
                    "all": [self.name(n) for n in c.all], "numIndices": c.num_indices, "k": c.k,
                    "numMotives": c.num_motives, "numMinors": c.num_minors, "rules": rules,
                }  # fmt: skip
                parts["recs"].append(record)
        self.raw({"inductive": parts})
