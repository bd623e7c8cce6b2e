"""Operators on declarations: their parts, kinds, names, universe parameters, and their order in the file."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

from tests.differential.lean_export import Decl, Export
from tests.differential.lean_mutants import Mutant, operator


def plain(decl: Decl) -> bool:
    return "inductive" not in decl and "quot" not in decl


def valued(decl: Decl) -> bool:
    return any(kind in decl for kind in ("def", "thm", "opaque"))


def edit(m: Mutant, want: Any = plain) -> tuple[int, str, Decl] | None:
    """A declaration to change: its place, kind and body."""
    at = m.decl(want)
    if at is None:
        return None
    (item,) = m.export.edit(at).items()
    return at, *item


# --- nothing that the kernel looks at -----------------------------------------------------------------------


@operator("preserving declaration", 2)
def other_hints(m: Mutant) -> bool:
    found = edit(m, lambda d: "def" in d)
    if found is None:
        return False
    found[2]["hints"] = m.pick(["opaque", "abbrev", {"regular": m.pick([0, 1, 5, 1000, 2**31])}])
    return True


@operator("preserving declaration", 2)
def other_binder_names(m: Mutant) -> bool:
    site = m.site(m.is_row("lam", "forallE", "letE"))
    return site is not None and m.rewrite(site, 1, m.export.name(m.pick(["q", "A.b", "é", ""])))


@operator("preserving declaration", 2)
def other_universe_parameter_names(m: Mutant) -> bool:
    """A declaration's universe parameters renamed throughout: into fresh ones, or into each other."""
    found = edit(m, lambda d: plain(d) and next(iter(d.values()))["levelParams"])
    if found is None:
        return False
    _, _, body = found
    old = body["levelParams"]
    new = [m.export.name(f"w_{i}") for i in range(len(old))] if m.rng.random() < 0.5 else old[::-1]
    map_ = {a: m.export.levels.add(("param", b)) for a, b in zip(old, new, strict=True)}
    body["levelParams"] = new
    for field in ("type", "value"):
        if field in body:
            body[field] = m.terms.substitute_levels(body[field], map_)
    return True


@operator("preserving declaration", 2)
def repeated_under_another_name(m: Mutant) -> bool:
    at = m.decl(plain)
    if at is None:
        return False
    decl = copy.deepcopy(m.export.decls[at])
    (body,) = decl.values()
    body["name"] = m.export.name(m.export.dotted(body["name"]) + ".copy")
    m.export.decls.insert(m.rng.randint(at + 1, len(m.export.decls)), decl)
    return True


@operator("preserving declaration", 2)
def another_order(m: Mutant) -> bool:
    """A random order in which everything still comes after what it mentions (quotients stay together)."""
    decls, export = m.export.decls, m.export
    maker = {p["name"]: i for i, d in enumerate(decls) for p in Export.constants(d)}
    quotients = [i for i, d in enumerate(decls) if "quot" in d]
    waits = [{maker[n] for n in export.needs(d) if n in maker} - {i} for i, d in enumerate(decls)]
    for i, need in enumerate(waits):
        if need & set(quotients) and i not in quotients:
            need.update(quotients)
    for a, b in itertools.pairwise(quotients):
        waits[b].add(a)
    done: list[int] = []
    left = list(range(len(decls)))
    while left:
        ready = [i for i in left if waits[i] <= set(done)]
        if not ready:
            return False
        at = m.pick(ready)
        left.remove(at)
        done.append(at)
    if done == sorted(done):
        return False
    m.export.decls = [decls[i] for i in done]
    return True


@operator("preserving declaration")
def a_theorem_as_an_axiom(m: Mutant) -> bool:
    return change_kind(m, "thm", "axiom")


@operator("preserving declaration")
def a_theorem_as_an_opaque(m: Mutant) -> bool:
    return change_kind(m, "thm", "opaque")


@operator("preserving declaration")
def a_theorem_as_a_definition(m: Mutant) -> bool:
    return change_kind(m, "thm", "def")


@operator("preserving declaration")
def an_equation_proved_by_reflexivity(m: Mutant) -> bool:
    """A new theorem: some value of a definition is equal to it, by Eq.refl (one unfolding)."""
    at = m.decl(lambda d: "def" in d)
    if at is None or not m.terms.has("Eq.refl"):
        return False
    body = m.export.decls[at]["def"]
    levels = tuple(m.export.levels.add(("param", n)) for n in body["levelParams"])
    level = m.terms.sort_of(body["type"], ())
    if level is None:
        return False
    t = m.terms
    this = t.add("const", body["name"], levels)
    sides = [this, body["value"]]
    m.rng.shuffle(sides)
    name = m.export.name(m.export.dotted(body["name"]) + ".equation")
    made = {
        "name": name,
        "levelParams": body["levelParams"],
        "type": t.app(t.const("Eq", level), body["type"], *sides),
        "value": t.app(t.const("Eq.refl", level), body["type"], m.pick(sides)),
        "all": [name],
    }
    m.export.decls.append({"thm": made})
    return True


COMPUTED: dict[str, Any] = {
    "Nat.add": lambda a, b: a + b,
    "Nat.sub": lambda a, b: max(a - b, 0),
    "Nat.mul": lambda a, b: a * b,
    "Nat.div": lambda a, b: a // b if b else 0,
    "Nat.mod": lambda a, b: a % b if b else a,
    "Nat.gcd": math.gcd,
    "Nat.pow": lambda a, b: a ** min(b, 64),
    "Nat.land": lambda a, b: a & b,
    "Nat.lor": lambda a, b: a | b,
    "Nat.xor": lambda a, b: a ^ b,
    "Nat.shiftLeft": lambda a, b: a << min(b, 200),
    "Nat.shiftRight": lambda a, b: a >> min(b, 200),
    "Nat.beq": lambda a, b: a == b,
    "Nat.ble": lambda a, b: a <= b,
    "Nat.log2": lambda a: max(a.bit_length() - 1, 0),
    "Nat.succ": lambda a: a + 1,
    "Nat.pred": lambda a: max(a - 1, 0),
}


def number(m: Mutant, size: int = 3) -> tuple[int, int]:
    """A closed term of type Nat and its value: a literal, a constructor, or an operation on such terms."""
    t = m.terms
    known = [name for name in COMPUTED if t.has(name) and name not in ("Nat.beq", "Nat.ble")]
    if size == 0 or m.rng.random() < 0.4 or not known:
        value = m.pick([0, 0, 1, 2, 3, 7, 20, 2**31, 2**32 - 1, 2**63, 2**64 - 1, 2**64, 2**70 + 5])
        if value == 0 and m.rng.random() < 0.5:
            return t.const("Nat.zero"), 0
        return t.add("natVal", str(value)), value
    name = m.pick(known)
    arity = 1 if name in ("Nat.log2", "Nat.succ", "Nat.pred") else 2
    parts = [number(m, size - 1) for _ in range(arity)]
    if name in ("Nat.pow", "Nat.shiftLeft", "Nat.shiftRight"):  # keep it small
        exponent = m.rng.randint(0, 70)
        parts[1] = (t.add("natVal", str(exponent)), exponent)
        if name == "Nat.pow":
            exponent = m.rng.randint(0, 5)
            parts[1] = (t.add("natVal", str(exponent)), exponent)
    return t.app(t.const(name), *(p for p, _ in parts)), COMPUTED[name](*(v for _, v in parts))


def equation(m: Mutant, type_: int, left: int, right: int) -> bool:
    """Adds a theorem left = right, proved by reflexivity of one side."""
    t = m.terms
    one = m.export.levels.add(("succ", 0))
    name = m.export.name("computed.equation")
    if name in t.constants:
        return False
    sides = [left, right]
    m.rng.shuffle(sides)
    body = {"name": name, "levelParams": [], "type": t.app(t.const("Eq", one), type_, *sides), "all": [name]}
    body["value"] = t.app(t.const("Eq.refl", one), type_, m.pick(sides))
    m.export.decls.append({"thm": body})
    return True


@operator("computation", 3)
def numbers_that_are_equal(m: Mutant) -> bool:
    """A theorem about a computation on literals; in one of four the result is wrong by a little."""
    t = m.terms
    if not (t.has("Eq.refl") and t.has("Nat.zero")):
        return False
    left, value = number(m)
    if value.bit_length() > 5000:
        return False
    if m.rng.random() < 0.25:
        value += m.pick([1, 2**32, 2**64])
    right = t.add("natVal", str(value))
    if value and m.rng.random() < 0.3:
        right = t.app(t.const("Nat.succ"), t.add("natVal", str(value - 1)))
    return equation(m, t.const("Nat"), left, right)


@operator("computation", 2)
def numbers_that_are_compared(m: Mutant) -> bool:
    t = m.terms
    known = [name for name in ("Nat.beq", "Nat.ble") if t.has(name)]
    if not (known and t.has("Eq.refl") and t.has("Bool.true")):
        return False
    (left, a), (right, b) = number(m, 2), number(m, 2)
    if max(a, b).bit_length() > 5000:
        return False
    name = m.pick(known)
    truth = COMPUTED[name](a, b) != (m.rng.random() < 0.2)
    side = t.app(t.const(name), left, right)
    return equation(m, t.const("Bool"), side, t.const("Bool.true" if truth else "Bool.false"))


@operator("computation", 1)
def texts_that_are_equal(m: Mutant) -> bool:
    t = m.terms
    if not (t.has("Eq.refl") and t.has("String.ofList") and t.has("List.cons") and t.has("Char.ofNat")):
        return False
    text = m.pick(["", "a", "λx", "\U0001f600", "\x7f\n", "ab" * 5])
    char = t.const("Char")
    chain = t.app(t.const("List.nil", 0), char)
    shown = text if m.rng.random() < 0.75 else m.pick([text + "a", text[:-1], text[::-1]])
    for c in reversed(shown):
        chain = t.app(t.const("List.cons", 0), char, t.app(t.const("Char.ofNat"), t.add("natVal", str(ord(c)))), chain)
    return equation(m, t.const("String"), t.add("strVal", text), t.app(t.const("String.ofList"), chain))


@operator("format")
def other_ids_keys_and_spaces(m: Mutant) -> bool:
    m.shuffled = True
    return True


@operator("format", 0.3)
def unknown_extra_names(m: Mutant) -> bool:
    found = edit(m, valued)
    if found is None:
        return False
    found[2]["all"] = m.pick([[], [m.export.name("nobody")], found[2]["all"] * 2])
    return True


# --- kinds and parts ----------------------------------------------------------------------------------------


def change_kind(m: Mutant, old: str, new: str) -> bool:
    at = m.decl(lambda d: old in d)
    if at is None:
        return False
    body = dict(m.export.decls[at][old])
    made = {k: body[k] for k in ("name", "levelParams", "type")}
    if new != "axiom":
        if "value" not in body:
            return False
        made |= {"value": body["value"], "all": body["all"]}
    if new == "def":
        made |= {"hints": m.pick(["abbrev", "opaque", {"regular": 1}]), "safety": "safe"}
    if new in ("axiom", "opaque"):
        made["isUnsafe"] = m.rng.random() < 0.1
    m.export.decls[at] = {new: made}
    return True


@operator("declaration", 2)
def another_kind(m: Mutant) -> bool:
    kinds = ["def", "thm", "opaque", "axiom"]
    return change_kind(m, *m.rng.sample(kinds, 2))


@operator("declaration", 2)
def value_or_type_of_another(m: Mutant) -> bool:
    found = edit(m)
    if found is None:
        return False
    _, _, body = found
    other = m.pick([p for d in m.export.decls for p in Export.constants(d)])
    field = m.pick(["type", "value"])
    if field not in body or field not in other:
        return False
    new = other[field]
    if other["levelParams"] != body["levelParams"]:
        new = m.terms.substitute_levels(new, {n: m.level(body) for n in other["levelParams"]})
    if new == body[field]:
        return False
    body[field] = new
    return True


@operator("declaration")
def type_of_the_type(m: Mutant) -> bool:
    found = edit(m)
    if found is None:
        return False
    type_ = m.terms.infer(found[2]["type"], ())
    if type_ is None:
        return False
    found[2]["type"] = type_
    return True


@operator("declaration", 2)
def the_guessed_type_of_the_value(m: Mutant) -> bool:
    """The type is what the value's type reads like: another form of it."""
    found = edit(m, valued)
    type_ = None if found is None else m.terms.infer(found[2]["value"], ())
    if found is None or type_ is None or type_ == found[2]["type"]:
        return False
    found[2]["type"] = type_
    return True


@operator("declaration")
def another_safety(m: Mutant) -> bool:
    found = edit(m, lambda d: plain(d) and "thm" not in d)
    if found is None:
        return False
    _, kind, body = found
    if kind == "def":
        body["safety"] = m.pick([s for s in ("safe", "unsafe", "partial") if s != body["safety"]])
    else:
        body["isUnsafe"] = not body["isUnsafe"]
    return True


@operator("declaration", 2)
def other_universe_parameters(m: Mutant) -> bool:
    """Dropped, added, repeated, or in another order."""
    found = edit(m)
    if found is None:
        return False
    params = found[2]["levelParams"]
    way = m.pick(["drop", "add", "repeat", "order"])
    if way == "add":
        params.insert(m.rng.randint(0, len(params)), m.export.name("extra"))
    elif not params:
        return False
    elif way == "drop":
        params.pop(m.rng.randrange(len(params)))
    elif way == "repeat":
        params.append(m.pick(params))
    else:
        old = list(params)
        m.rng.shuffle(params)
        return old != params
    return True


# --- order and names ----------------------------------------------------------------------------------------


@operator("order")
def drop_a_declaration(m: Mutant) -> bool:
    if len(m.export.decls) < 2:
        return False
    m.export.decls.pop(m.rng.randrange(len(m.export.decls)))
    return True


@operator("order")
def repeat_a_declaration(m: Mutant) -> bool:
    decl = m.pick(m.export.decls)
    m.export.decls.insert(m.rng.randint(0, len(m.export.decls)), decl)
    return True


@operator("order", 2)
def move_a_declaration(m: Mutant) -> bool:
    if len(m.export.decls) < 2:
        return False
    decl = m.export.decls.pop(m.rng.randrange(len(m.export.decls)))
    m.export.decls.insert(m.rng.randint(0, len(m.export.decls)), decl)
    return True


@operator("name", 2)
def swap_two_names(m: Mutant) -> bool:
    """Two constants change names, where they are made; what mentions them stays."""
    a, b = edit(m), edit(m)
    if a is None or b is None or a[0] == b[0]:
        return False
    a[2]["name"], b[2]["name"] = b[2]["name"], a[2]["name"]
    return True


@operator("name")
def a_taken_name(m: Mutant) -> bool:
    found = edit(m)
    names = [p["name"] for d in m.export.decls for p in Export.constants(d)]
    if found is None:
        return False
    found[2]["name"] = m.pick(names)
    return True


@operator("name")
def rename_throughout(m: Mutant) -> bool:
    """A constant gets another name, and so does every mention of it: of those that the kernel knows, too."""
    at = m.decl(plain)
    if at is None:
        return False
    (body,) = m.export.edit(at).values()
    old = body["name"]
    new = m.export.name(m.pick(["Nat.add", "Nat.gcd", "Nat.mod", "Nat.sub", "fresh.name", "Nat.ble"]))
    if new in m.terms.constants:
        return False
    body["name"] = new
    memo: dict[tuple[int, int], int] = {}
    for i in range(len(m.export.decls)):
        decl = m.export.edit(i)
        for path, _ in list(Export.places(decl)):
            term = Export.get(decl, path)
            Export.put(
                decl,
                path,
                m.terms.rebuild(
                    term,
                    lambda r, d: m.terms.add("const", new, r[2]) if r[0] == "const" and r[1] == old else None,
                    0,
                    memo,
                ),
            )
    return True


# --- quotients ----------------------------------------------------------------------------------------------


@operator("quotient")
def another_quotient_kind(m: Mutant) -> bool:
    found = edit(m, lambda d: "quot" in d)
    if found is None:
        return False
    found[2]["kind"] = m.pick([k for k in ("type", "ctor", "lift", "ind") if k != found[2]["kind"]])
    return True


@operator("quotient")
def another_quotient_name_or_type(m: Mutant) -> bool:
    a, b = edit(m, lambda d: "quot" in d), edit(m)
    if a is None or b is None:
        return False
    field = m.pick(["name", "type"])
    a[2][field] = b[2][field]
    return True


@operator("quotient")
def one_quotient_constant_less_or_later(m: Mutant) -> bool:
    found = [i for i, d in enumerate(m.export.decls) if "quot" in d]
    if not found:
        return False
    decl = m.export.decls.pop(m.pick(found))
    if m.rng.random() < 0.5:
        m.export.decls.insert(m.rng.randint(0, len(m.export.decls)), decl)
    return True
