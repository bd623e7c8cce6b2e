"""Operators on inductive types: what a file says of them, and other inductive types altogether."""

from __future__ import annotations

from typing import Any

from tests.differential.lean_export import BINDER_INFOS, Decl, Export
from tests.differential.lean_mutants import Mutant, Site, operator

Field = tuple[int, int, str]  # name, type, binder info


def block_of(m: Mutant) -> tuple[int, Decl] | None:
    at = m.decl(lambda d: "inductive" in d)
    return None if at is None else (at, m.export.edit(at)["inductive"])


def change_number(m: Mutant, part: Decl, key: str) -> bool:
    old = part[key]
    part[key] = (
        max(0, old + m.pick([-1, 1, 1, 2])) if m.rng.random() < 0.9 else m.pick([255, 2**16, 2**32, 2**32 + old])
    )
    return bool(part[key] != old)


# --- what the file says -------------------------------------------------------------------------------------


@operator("inductive field", 3)
def a_number_of_a_type(m: Mutant) -> bool:
    found = block_of(m)
    if found is None:
        return False
    return change_number(m, m.pick(found[1]["types"]), m.pick(["numParams", "numIndices", "numNested"]))


@operator("inductive field", 2)
def a_flag_of_a_type(m: Mutant) -> bool:
    found = block_of(m)
    if found is None:
        return False
    part = m.pick(found[1]["types"])
    key = m.pick(["isRec", "isReflexive", "isUnsafe"])
    part[key] = not part[key]
    return True


@operator("inductive field", 2)
def a_number_of_a_constructor(m: Mutant) -> bool:
    found = block_of(m)
    if found is None or not found[1]["ctors"]:
        return False
    return change_number(m, m.pick(found[1]["ctors"]), m.pick(["cidx", "numParams", "numFields"]))


@operator("inductive field")
def unsafe_throughout(m: Mutant) -> bool:
    found = block_of(m)
    if found is None:
        return False
    for part in Export.constants({"inductive": found[1]}):
        part["isUnsafe"] = not part["isUnsafe"]
    return True


@operator("inductive field", 2)
def an_order_of_constructors(m: Mutant) -> bool:
    """In the list of the type, in the list of the block, or both."""
    found = block_of(m)
    if found is None:
        return False
    lists = [t["ctors"] for t in found[1]["types"]] + [found[1]["ctors"]]
    some = [x for x in lists if len(x) > 1]
    if not some:
        return False
    for x in some if m.rng.random() < 0.4 else [m.pick(some)]:
        m.rng.shuffle(x)
    return True


@operator("inductive field")
def a_name_in_a_list(m: Mutant) -> bool:
    """In ``all`` or ``ctors`` of a type, or the type that a constructor claims."""
    found = block_of(m)
    if found is None:
        return False
    names = [p["name"] for d in m.export.decls for p in Export.constants(d)]
    way = m.pick(["all", "ctors", "induct"])
    if way == "induct":
        if not found[1]["ctors"]:
            return False
        m.pick(found[1]["ctors"])["induct"] = m.pick(names)
        return True
    names_in = m.pick(found[1]["types"])[way]
    if not names_in or m.rng.random() < 0.3:
        names_in.append(m.pick(names))
    elif m.rng.random() < 0.5:
        names_in.pop()
    else:
        names_in[m.rng.randrange(len(names_in))] = m.pick(names)
    return True


@operator("inductive field")
def universe_parameters_of_a_part(m: Mutant) -> bool:
    found = block_of(m)
    if found is None:
        return False
    params = m.pick(Export.constants({"inductive": found[1]}))["levelParams"]
    if params and m.rng.random() < 0.5:
        params.pop()
    else:
        params.append(m.export.name("extra"))
    return True


@operator("inductive field")
def a_constructor_more_or_less(m: Mutant) -> bool:
    found = block_of(m)
    if found is None or not found[1]["ctors"]:
        return False
    ctors = found[1]["ctors"]
    if m.rng.random() < 0.5:
        gone = ctors.pop(m.rng.randrange(len(ctors)))
        if m.rng.random() < 0.5:
            for t in found[1]["types"]:
                t["ctors"] = [c for c in t["ctors"] if c != gone["name"]]
    else:
        extra = dict(m.pick(ctors))
        extra["name"] = m.export.name(m.export.dotted(extra["name"]) + "_extra")
        ctors.append(extra)
    return True


def recursor_of(m: Mutant) -> tuple[Decl, Decl] | None:
    found = block_of(m)
    if found is None or not found[1]["recs"]:
        return None
    return found[1], m.pick(found[1]["recs"])


@operator("recursor field", 3)
def a_number_of_a_recursor(m: Mutant) -> bool:
    found = recursor_of(m)
    if found is None:
        return False
    return change_number(m, found[1], m.pick(["numParams", "numIndices", "numMotives", "numMinors"]))


@operator("recursor field", 2)
def a_flag_of_a_recursor(m: Mutant) -> bool:
    found = recursor_of(m)
    if found is None:
        return False
    key = m.pick(["k", "k", "isUnsafe"])
    found[1][key] = not found[1][key]
    return True


@operator("recursor field", 3)
def rules_of_a_recursor(m: Mutant) -> bool:
    """In another order, one less, one twice, with each other's sides, names or numbers."""
    found = recursor_of(m)
    if found is None or not found[1]["rules"]:
        return False
    rules = found[1]["rules"]
    way = m.pick(["order", "drop", "repeat", "swap", "nfields", "other"])
    if way == "drop":
        rules.pop(m.rng.randrange(len(rules)))
    elif way == "repeat":
        rules.append(dict(m.pick(rules)))
    elif way == "nfields":
        return change_number(m, m.pick(rules), "nfields")
    elif way == "other":
        others = [r for d in m.export.decls if "inductive" in d for x in d["inductive"]["recs"] for r in x["rules"]]
        key = m.pick(["ctor", "rhs"])
        m.pick(rules)[key] = m.pick(others)[key]
    elif len(rules) < 2:
        return False
    elif way == "order":
        rules.reverse()
    else:
        key = m.pick(["ctor", "rhs", "nfields"])
        rules[0][key], rules[-1][key] = rules[-1][key], rules[0][key]
    return True


@operator("recursor field", 2)
def a_recursor_more_or_less(m: Mutant) -> bool:
    found = recursor_of(m)
    if found is None:
        return False
    block, rec = found
    way = m.pick(["drop", "name", "extra", "all", "params", "type"])
    if way == "drop":
        block["recs"].remove(rec)
    elif way == "name":
        rec["name"] = m.export.name(m.export.dotted(block["types"][0]["name"]) + m.pick([".rec_1", ".recOn", ".rec_2"]))
    elif way == "extra":
        extra = dict(rec)
        extra["name"] = m.export.name(m.export.dotted(block["types"][0]["name"]) + m.pick([".rec_1", ".extra"]))
        block["recs"].append(extra)
    elif way == "all":
        rec["all"] = m.pick([[], rec["all"] * 2, [rec["name"]]])
    elif way == "params":
        rec["levelParams"].reverse()
    else:
        others = [x for d in m.export.decls if "inductive" in d for x in d["inductive"]["recs"]]
        rec["type"] = m.pick(others)["type"]
    return True


# --- other inductive types ----------------------------------------------------------------------------------


class Shape:
    """A block under change: constructors as lists of fields. All after the block is cut off the file."""

    def __init__(self, m: Mutant) -> None:
        self.m = m
        at = m.decl(lambda d: "inductive" in d)
        if at is None:
            raise LookupError
        self.at = at
        self.block: Decl = m.export.edit(at)["inductive"]

    def fields(self, type_: int) -> tuple[list[Field], int]:
        found = []
        while self.m.row(type_)[0] == "forallE":
            _, name, domain, type_, info = self.m.row(type_)
            found.append((name, domain, info))
        return found, type_

    def pi(self, fields: list[Field], body: int) -> int:
        for name, domain, info in reversed(fields):
            body = self.m.terms.add("forallE", name, domain, body, info)
        return body

    def ctor(self) -> Decl:
        if not self.block["ctors"]:
            raise LookupError
        return dict_of(self.m.pick(self.block["ctors"]))

    def context(self, fields: list[Field]) -> Site:
        """As if at the end of the fields: where terms may be drawn from."""
        part = self.block["types"][0]
        return Site(self.at, (), part, (), 0, tuple(d for _, d, _ in fields))

    def some_type(self, fields: list[Field]) -> int:
        """A type for a field that follows ``fields``."""
        m, t = self.m, self.m.terms
        way = m.rng.random()
        if way < 0.25:
            return self.family(len(fields), fields)
        if way < 0.4:  # reflexive: A → I
            domain = self.some_type(fields) if m.rng.random() < 0.3 else self.small(fields)
            return t.add("forallE", m.export.name("a"), domain, t.lift(self.family(len(fields), fields), 1), "default")
        if way < 0.5:  # negative
            return t.add("forallE", m.export.name("f"), self.family(len(fields), fields), self.small(fields), "default")
        if way < 0.65:  # nested
            heads = [
                p
                for d in m.export.decls[: self.at]
                if "inductive" in d
                for p in d["inductive"]["types"]
                if p["numParams"] >= 1 and p["numIndices"] == 0
            ]
            if heads:
                part = m.pick(heads)
                levels = tuple(m.level(self.block["types"][0]) for _ in part["levelParams"])
                args = [
                    self.family(len(fields), fields) if m.rng.random() < 0.6 else self.small(fields)
                    for _ in range(part["numParams"])
                ]
                return t.app(t.add("const", part["name"], levels), *args)
        return self.small(fields)

    def small(self, fields: list[Field]) -> int:
        m = self.m
        way = m.rng.random()
        if way < 0.3 and fields:
            return m.terms.add("bvar", m.rng.randrange(len(fields)))
        if way < 0.6:
            return m.terms.add("sort", m.level(self.block["types"][0]))
        simple = [
            p["name"]
            for d in m.export.decls[: self.at]
            if "inductive" in d
            for p in d["inductive"]["types"]
            if not p["levelParams"] and m.row(p["type"])[0] == "sort"
        ]
        if simple:
            return m.terms.add("const", m.pick(simple), ())
        return m.some_term(self.context(fields)) or m.terms.add("sort", 0)

    def family(self, depth: int, fields: list[Field]) -> int:
        """One of the types that are being defined, at its parameters and some indices."""
        m, t = self.m, self.m.terms
        part = m.pick(self.block["types"])
        head = t.add("const", part["name"], tuple(m.export.levels.add(("param", n)) for n in part["levelParams"]))
        params = [t.add("bvar", depth - 1 - i) for i in range(min(part["numParams"], depth))]
        if m.rng.random() < 0.05 and params:
            params[-1] = m.some_term(self.context(fields)) or params[-1]
        indices = []
        for _ in range(part["numIndices"]):
            indices.append(m.some_term(self.context(fields)) or t.add("sort", 0))
        return t.app(head, *params, *indices)

    def finish(self) -> bool:
        """Cuts the file off, and takes from the official kernel what it makes of the block, if it makes any."""
        m = self.m
        del m.export.decls[self.at + 1 :]
        made = None if m.regenerate is None else m.regenerate(m.export.write())
        if made is not None:
            other = Export.read(made)
            m.export.decls[self.at] = m.graft(other, other.decls[-1])
        return True


def dict_of(part: Any) -> Decl:
    assert isinstance(part, dict)
    return part


def edit_fields(shape: Shape, part: Decl) -> bool:
    """One change to the telescope of a constructor or of a type."""
    m, t = shape.m, shape.m.terms
    fields, result = shape.fields(part["type"])
    params = part["numParams"] if "induct" in part else 0
    way = m.pick(["add", "add", "add", "drop", "type", "type", "swap", "info", "result", "result"])
    at = m.rng.randint(min(params, len(fields)) if m.rng.random() < 0.95 else 0, len(fields))
    if way == "add":
        rest = t.lift(shape.pi(fields[at:], result), 1)
        new: Field = (m.export.name(f"f{at}"), shape.some_type(fields[:at]), m.pick(BINDER_INFOS))
        part["type"] = shape.pi([*fields[:at], new], rest)
        return True
    if way == "result":
        head, args = t.unfold_app(result)
        if not args:
            if m.row(result)[0] != "sort":
                return False
            part["type"] = shape.pi(fields, t.add("sort", m.level(shape.block["types"][0])))
            return True
        i = m.rng.randint(min(params, len(args) - 1), len(args) - 1)
        args[i] = m.some_term(shape.context(fields)) or args[i]
        part["type"] = shape.pi(fields, t.app(head, *args))
        return True
    if at == len(fields):
        return False
    name, domain, info = fields[at]
    rest = shape.pi(fields[at + 1 :], result)
    if way == "drop":
        value = m.some_term(shape.context(fields[:at])) or t.add("sort", 0)
        part["type"] = shape.pi(fields[:at], t.instantiate(rest, value))
    elif way == "type":
        part["type"] = shape.pi([*fields[:at], (name, shape.some_type(fields[:at]), info)], rest)
    elif way == "info":
        part["type"] = shape.pi([*fields[:at], (name, domain, m.pick(BINDER_INFOS))], rest)
    else:
        if at + 1 >= len(fields):
            return False
        fields[at], fields[at + 1] = fields[at + 1], fields[at]
        part["type"] = shape.pi(fields, result)
    return True


@operator("inductive shape", 6)
def other_fields(m: Mutant) -> bool:
    try:
        shape = Shape(m)
        done = [edit_fields(shape, shape.ctor()) for _ in range(m.pick([1, 1, 2, 3, 4]))]
    except LookupError:
        return False
    return any(done) and shape.finish()


@operator("inductive shape", 2)
def another_constructor(m: Mutant) -> bool:
    try:
        shape = Shape(m)
        part = m.pick(shape.block["types"])
        fields, _ = shape.fields(part["type"])
        depth = len(fields)
        params = fields[: part["numParams"]]
        type_ = shape.pi(params, shape.family(min(depth, part["numParams"]), params))
        for i in range(10):
            name = m.export.name(m.export.dotted(part["name"]) + f".new{i}")
            if name not in m.terms.constants:
                break
        ctor = {
            "name": name, "levelParams": list(part["levelParams"]), "type": type_, "induct": part["name"],
            "cidx": len(part["ctors"]), "numParams": part["numParams"], "numFields": 0, "isUnsafe": part["isUnsafe"],
        }  # fmt: skip
        part["ctors"].append(name)
        shape.block["ctors"].append(ctor)
        for _ in range(m.pick([0, 1, 2, 3])):
            edit_fields(shape, ctor)
    except LookupError:
        return False
    return shape.finish()


@operator("inductive shape", 1)
def one_constructor_less(m: Mutant) -> bool:
    try:
        shape = Shape(m)
        gone = shape.ctor()["name"]
    except LookupError:
        return False
    shape.block["ctors"] = [c for c in shape.block["ctors"] if c["name"] != gone]
    for part in shape.block["types"]:
        part["ctors"] = [c for c in part["ctors"] if c != gone]
    return shape.finish()


@operator("inductive shape", 2)
def another_universe(m: Mutant) -> bool:
    try:
        shape = Shape(m)
    except LookupError:
        return False
    level = m.level(shape.block["types"][0])
    for part in shape.block["types"] if m.rng.random() < 0.8 else shape.block["types"][:1]:
        fields, result = shape.fields(part["type"])
        if m.row(result)[0] != "sort":
            return False
        part["type"] = shape.pi(fields, m.terms.add("sort", level))
    return shape.finish()


@operator("inductive shape", 2)
def parameters_as_indices(m: Mutant) -> bool:
    """The same types, more or fewer of their arguments being parameters."""
    try:
        shape = Shape(m)
    except LookupError:
        return False
    old = shape.block["types"][0]["numParams"]
    new = max(0, old + m.pick([-2, -1, -1, 1]))
    for part in shape.block["types"]:
        part["numParams"] = new
        part["numIndices"] = max(0, part["numIndices"] + old - new)
    return new != old and shape.finish()


@operator("inductive shape", 1)
def another_index(m: Mutant) -> bool:
    """The type family takes one more argument, and every mention in its block gets one."""
    try:
        shape = Shape(m)
    except LookupError:
        return False
    t = m.terms
    part = m.pick(shape.block["types"])
    fields, result = shape.fields(part["type"])
    last: Field = (m.export.name("i"), shape.small(fields), "default")
    part["type"] = shape.pi([*fields, last], t.lift(result, 1))
    for ctor in shape.block["ctors"]:
        mine, end = shape.fields(ctor["type"])
        head, _ = t.unfold_app(end)
        if m.row(head)[0] == "const" and m.row(head)[1] == part["name"]:
            extra = m.some_term(shape.context(mine)) or t.add("sort", 0)
            ctor["type"] = shape.pi(mine, t.app(end, extra))
    part["numIndices"] += 1
    return shape.finish()


@operator("inductive shape", 2)
def two_types_in_one_block(m: Mutant) -> bool:
    """Two inductive types become one mutual block, where a field may mention the other."""
    found = [
        i
        for i, d in enumerate(m.export.decls)
        if "inductive" in d and not any(t["numNested"] for t in d["inductive"]["types"])
    ]
    if len(found) < 2:
        return False
    i, j = sorted(m.rng.sample(found, 2))
    a = m.export.edit(i)["inductive"]
    b = m.export.edit(j)["inductive"]
    same = [(x["types"][0]["numParams"], len(x["types"][0]["levelParams"])) for x in (a, b)]
    if same[0] != same[1] or a["types"][0]["levelParams"] != b["types"][0]["levelParams"]:
        return False
    for group in ("types", "ctors", "recs"):
        b[group] = [*b[group], *a[group]] if m.rng.random() < 0.5 and group == "types" else [*a[group], *b[group]]
    m.export.decls.pop(i)
    m.terms.refresh()
    try:
        shape = Shape(m)
        shape.at, shape.block = j - 1, m.export.decls[j - 1]["inductive"]
        for _ in range(m.pick([0, 1, 2])):
            edit_fields(shape, shape.ctor())
    except LookupError:
        return False
    return shape.finish()
