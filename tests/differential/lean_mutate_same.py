"""Operators that keep a term well typed: redexes around it, unfolding, eta, literals in other forms, equal levels.

Each result is definitionally equal to what it replaces, so that most mutants are accepted, by use of one rule or other.
"""

from __future__ import annotations

from tests.differential.lean_export import BINDER_INFOS
from tests.differential.lean_mutants import Mutant, Site, operator
from tests.differential.lean_mutate_terms import get_level, level_sites, put_level

SELDOM = 0.05  # terms of inductive blocks are compared as they are written


def typed(m: Mutant) -> tuple[Site, int] | None:
    """An occurrence and its type."""
    for _ in range(4):
        site = m.site(inductive=SELDOM)
        type_ = None if site is None else m.terms.infer(site.term, site.context)
        if site is not None and type_ is not None:
            return site, type_
    return None


def typed_with_level(m: Mutant) -> tuple[Site, int, int] | None:
    """An occurrence, its type, and the level of that type's sort."""
    for _ in range(4):
        found = typed(m)
        level = None if found is None else m.terms.sort_of(found[1], found[0].context)
        if found is not None and level is not None:
            return *found, level
    return None


def binder(m: Mutant, kind: str, type_: int, body: int) -> int:
    return m.terms.add(kind, m.export.name(m.pick(["x", "h", "a"])), type_, body, m.pick(BINDER_INFOS))


# --- beta, zeta, delta, eta ---------------------------------------------------------------------------------


@operator("preserving term", 2)
def wrap_in_an_identity(m: Mutant) -> bool:
    found = typed(m)
    if found is None:
        return False
    site, type_ = found
    identity = binder(m, "lam", type_, m.terms.add("bvar", 0))
    return m.replace(site, m.terms.app(identity, site.term))


@operator("preserving term")
def wrap_in_a_constant_function(m: Mutant) -> bool:
    """(λ (x : A), t) a, for some other well-typed a."""
    site = m.site(inductive=SELDOM)
    other = None if site is None else m.some_term(site)
    type_ = None if site is None or other is None else m.terms.infer(other, site.context)
    if site is None or other is None or type_ is None:
        return False
    return m.replace(site, m.terms.app(binder(m, "lam", type_, m.terms.lift(site.term, 1)), other))


@operator("preserving term", 2)
def wrap_in_a_let(m: Mutant) -> bool:
    found = typed(m)
    if found is None:
        return False
    site, type_ = found
    name = m.export.name("y")
    return m.replace(site, m.terms.add("letE", name, type_, site.term, m.terms.add("bvar", 0), m.rng.random() < 0.3))


@operator("preserving term", 3)
def abstract_a_subterm(m: Mutant) -> bool:
    """t[s] becomes (λ x, t[x]) s or let x := s; t[x], at a subterm that stands under no binder of t."""
    found = typed(m)
    if found is None or not found[0].steps:
        return False
    site, type_ = found
    start = len(site.steps)
    while start and m.rng.random() < 0.7 and not crosses_binder(m, site, start - 1):
        start -= 1
    if start == len(site.steps):
        return False
    outer = site.steps[start][0]
    body = m.terms.replace(m.terms.lift(outer, 1), m.terms.lift(site.term, 1), m.terms.add("bvar", 0))
    if m.rng.random() < 0.5:
        new = m.terms.add("letE", m.export.name("z"), type_, site.term, body, m.rng.random() < 0.3)
    else:
        new = m.terms.app(binder(m, "lam", type_, body), site.term)
    return m.replace(Site(site.decl, site.path, site.part, site.steps[:start], outer, ()), new)


def crosses_binder(m: Mutant, site: Site, step: int) -> bool:
    term, i = site.steps[step]
    return (m.row(term)[0], i) in {("lam", 3), ("forallE", 3), ("letE", 4)}


@operator("preserving term", 3)
def unfold_a_definition(m: Mutant) -> bool:
    def unfolds(site: Site) -> bool:
        row = m.row(site.term)
        return row[0] == "const" and row[1] in m.terms.constants and "value" in m.terms.constants[row[1]][1]

    site = m.site(unfolds, inductive=SELDOM)
    return site is not None and m.replace(site, m.terms.specialised(site.term, "value"))


@operator("preserving term", 2)
def unfold_the_head_of_a_type(m: Mutant) -> bool:
    """Weak head reduction of a binder's domain or of a declared type."""
    site = m.site(lambda s: m.row(s.term)[0] in ("app", "const"), inductive=SELDOM)
    return site is not None and m.replace(site, m.terms.head_normal(site.term, m.pick([0, 1, 2, 5])))


@operator("preserving term", 2)
def reduce_a_redex(m: Mutant) -> bool:
    def reducible(site: Site) -> bool:
        row = m.row(site.term)
        return row[0] == "letE" or (row[0] == "app" and m.row(row[1])[0] == "lam")

    site = m.site(reducible, inductive=SELDOM)
    if site is None:
        return False
    row = m.row(site.term)
    if row[0] == "letE":
        return m.replace(site, m.terms.instantiate(row[4], row[3]))
    return m.replace(site, m.terms.instantiate(m.row(row[1])[3], row[2]))


@operator("preserving term", 3)
def eta_expand_a_function(m: Mutant) -> bool:
    found = typed(m)
    pi = None if found is None else m.terms.pi(found[1])
    if found is None or pi is None:
        return False
    site = found[0]
    applied = m.terms.app(m.terms.lift(site.term, 1), m.terms.add("bvar", 0))
    return m.replace(site, m.terms.add("lam", pi[1], pi[2], applied, pi[4]))


@operator("preserving term", 3)
def eta_expand_a_structure(m: Mutant) -> bool:
    """t becomes S.mk (t.1) … (t.n), where its type is a structure S; not a proposition's data."""
    for _ in range(6):
        found = typed(m)
        struct = None if found is None else m.terms.structure(found[1])
        if found is not None and struct is not None:
            break
    else:
        return False
    head, args, ctor = struct
    fields = [m.terms.add("proj", m.row(head)[1], i, found[0].term) for i in range(ctor["numFields"])]
    made = m.terms.add("const", ctor["name"], m.row(head)[2])
    return m.replace(found[0], m.terms.app(made, *args, *fields))


@operator("preserving term", 0.5)
def wrap_in_mdata(m: Mutant) -> bool:
    site = m.site()
    return site is not None and m.replace(site, m.terms.add("mdata", site.term))


# --- iota, K, projections, quotients ------------------------------------------------------------------------


@operator("preserving term", 2)
def wrap_in_a_projection_of_a_pair(m: Mutant) -> bool:
    """(PProd.mk t t).1 and its like."""
    found = typed_with_level(m)
    if found is None:
        return False
    site, type_, level = found
    row = m.export.levels[level]
    pairs = []
    if m.terms.has("PProd"):
        pairs.append(("PProd", (level, level)))
    if m.terms.has("And") and level == 0:
        pairs.append(("And", ()))
    if m.terms.has("Prod") and row[0] == "succ":
        pairs.append(("Prod", (row[1], row[1])))
    if not pairs:
        return False
    name, levels = m.pick(pairs)
    part = m.terms.constants[m.export.name(name)][1]
    if len(part["levelParams"]) != len(levels) or len(part["ctors"]) != 1:
        return False
    made = m.terms.app(m.terms.add("const", part["ctors"][0], levels), type_, type_, site.term, site.term)
    return m.replace(site, m.terms.add("proj", part["name"], m.pick([0, 1]), made))


@operator("preserving term", 3)
def wrap_in_a_recursor_of_an_enumeration(m: Mutant) -> bool:
    """I.rec (λ _, T) t … t c, for a constructor c without fields."""
    found = typed_with_level(m)
    if found is None:
        return False
    site, type_, level = found
    options = []
    for decl in m.export.decls:
        block = decl.get("inductive")
        if block is None or len(block["types"]) != 1 or len(block["recs"]) != 1:
            continue
        (rec,) = block["recs"]
        nullary = all(c["numFields"] == 0 for c in block["ctors"])
        if (
            nullary
            and block["ctors"]
            and rec["numParams"] == rec["numIndices"] == 0
            and not block["types"][0]["levelParams"]
        ):
            options.append(block)
    if not options:
        return False
    block = m.pick(options)
    (rec,) = block["recs"]
    if len(rec["levelParams"]) == 0 and level != 0:
        return False
    head = m.terms.add("const", rec["name"], (level,) if rec["levelParams"] else ())
    enumeration = m.terms.add("const", block["types"][0]["name"], ())
    motive = binder(m, "lam", enumeration, m.terms.lift(type_, 1))
    major = m.terms.add("const", m.pick(block["ctors"])["name"], ())
    return m.replace(site, m.terms.app(head, motive, *[site.term] * len(block["ctors"]), major))


@operator("preserving term", 2)
def wrap_in_a_recursor_of_nat(m: Mutant) -> bool:
    found = typed_with_level(m)
    if found is None or not (m.terms.has("Nat.rec") and m.terms.has("Nat.zero")):
        return False
    site, type_, level = found
    nat = m.terms.const("Nat")
    motive = binder(m, "lam", nat, m.terms.lift(type_, 1))
    step = binder(m, "lam", nat, binder(m, "lam", m.terms.lift(type_, 1), m.terms.add("bvar", 0)))
    zero = m.terms.const("Nat.zero")
    number = m.pick(
        [m.terms.add("natVal", str(m.pick([0, 1, 2, 17]))), zero, m.terms.app(m.terms.const("Nat.succ"), zero)]
    )
    return m.replace(site, m.terms.app(m.terms.const("Nat.rec", level), motive, site.term, step, number))


@operator("preserving term", 3)
def cast_along_reflexivity(m: Mutant) -> bool:
    """Eq.rec (motive := λ b h, T) t (Eq.refl t), or with any proof of the same equation that is in scope (K)."""
    found = typed_with_level(m)
    if found is None or not m.terms.has("Eq.rec"):
        return False
    site, type_, level = found
    if len(m.terms.constants[m.export.name("Eq.rec")][1]["levelParams"]) != 2:
        return False
    t = m.terms
    up1 = t.lift(type_, 1)
    equation = t.app(t.const("Eq", level), up1, t.lift(site.term, 1), t.add("bvar", 0))
    motive = binder(m, "lam", type_, binder(m, "lam", equation, t.lift(type_, 2)))
    proof = t.app(t.const("Eq.refl", level), type_, site.term)
    here = t.app(t.const("Eq", level), type_, site.term, site.term)
    proofs = [i for i in range(len(site.context)) if t.infer(t.add("bvar", i), site.context) == here]
    if proofs:
        proof = t.add("bvar", m.pick(proofs))
    elif m.rng.random() < 0.5:  # a proof that is neutral: a variable bound around the whole
        up = [t.lift(x, 1) for x in (type_, site.term)]
        motive_up = t.lift(motive, 1)
        cast = t.app(t.const("Eq.rec", level, level), *up, motive_up, up[1], up[1], t.add("bvar", 0))
        return m.replace(site, t.app(binder(m, "lam", here, cast), proof))
    return m.replace(
        site, t.app(t.const("Eq.rec", level, level), type_, site.term, motive, site.term, site.term, proof)
    )


@operator("preserving term", 1)
def wrap_in_a_quotient(m: Mutant) -> bool:
    """Quot.lift (λ x, x) (λ a b h, h) (Quot.mk Eq t)."""
    found = typed_with_level(m)
    if found is None or not (m.terms.has("Quot.lift") and m.terms.has("Quot.mk")):
        return False
    site, type_, level = found
    t = m.terms
    b = [t.add("bvar", i) for i in range(4)]

    def equal(depth: int, x: int, y: int) -> int:
        return t.app(t.const("Eq", level), t.lift(type_, depth), x, y)

    relation = binder(m, "lam", type_, binder(m, "lam", t.lift(type_, 1), equal(2, b[1], b[0])))
    identity = binder(m, "lam", type_, b[0])
    respects = binder(m, "lam", type_, binder(m, "lam", t.lift(type_, 1), binder(m, "lam", equal(2, b[1], b[0]), b[0])))
    quotient = t.app(t.const("Quot.mk", level), type_, relation, site.term)
    return m.replace(
        site, t.app(t.const("Quot.lift", level, level), type_, relation, type_, identity, respects, quotient)
    )


# --- literals -----------------------------------------------------------------------------------------------


@operator("preserving term", 2)
def number_in_another_form(m: Mutant) -> bool:
    """Literals, Nat.succ of literals, Nat.zero, sums of literals: all equal."""
    t = m.terms
    if not (t.has("Nat.zero") and t.has("Nat.succ")):
        return False
    zero, succ = t.const("Nat.zero"), t.const("Nat.succ")

    def number(site: Site) -> bool:
        row = m.row(site.term)
        return row[0] == "natVal" or site.term == zero or (row[0] == "app" and row[1] == succ)

    site = m.site(number, inductive=SELDOM)
    if site is None:
        return False
    row = m.row(site.term)
    if site.term == zero:
        return m.replace(site, t.add("natVal", "0"))
    if row[0] == "natVal":
        value = int(row[1])
        if m.rng.random() < 0.4 and t.has("Nat.add"):
            part = m.rng.randint(0, value)
            halves = [t.add("natVal", str(part)), t.add("natVal", str(value - part))]
            return m.replace(site, t.app(t.const("Nat.add"), *halves))
        return m.replace(site, t.app(succ, t.add("natVal", str(value - 1))) if value else zero)
    inner = m.row(row[2])
    if inner[0] == "natVal":
        return m.replace(site, t.add("natVal", str(int(inner[1]) + 1)))
    if m.terms.has("Nat.add"):
        one = t.add("natVal", "1")
        return m.replace(site, t.app(t.const("Nat.add"), row[2], one))
    return False


@operator("preserving term", 2)
def arithmetic_on_literals(m: Mutant) -> bool:
    """A literal as the result of an operation that the kernel computes; now and then off by one."""
    t = m.terms
    site = m.rare("natVal", inductive=SELDOM)
    if site is None:
        return False
    value = int(m.row(site.term)[1])
    a, b = m.rng.randint(0, 40), m.rng.randint(0, 7)
    forms = [
        ("Nat.sub", value + a, a), ("Nat.mul", value, 1), ("Nat.div", value * (b + 1) + b, b + 1), ("Nat.sub", 0, a),
        ("Nat.mod", value + (value + 1) * b, value + 1), ("Nat.gcd", value * (2 * b + 1), value), ("Nat.pow", value, 1),
        ("Nat.land", value | 1 << 70, (1 << 70) - 1 | value), ("Nat.lor", value, value >> 1 & value),
        ("Nat.xor", value ^ a, a), ("Nat.shiftRight", value << b | 0, b), ("Nat.shiftLeft", value, 0),
        ("Nat.add", value, 0), ("Nat.div", value, 0), ("Nat.mod", value, 0), ("Nat.log2", value, None),
    ]  # fmt: skip
    known = [f for f in forms if t.has(f[0])]
    if not known:
        return False
    name, x, y = m.pick(known)
    if m.rng.random() < 0.1:
        x += 1
    args = [t.add("natVal", str(v)) for v in (x, y) if v is not None]
    return m.replace(site, t.app(t.const(name), *args))


@operator("preserving term", 1)
def text_as_a_list_of_characters(m: Mutant) -> bool:
    t = m.terms
    name = next((n for n in ("String.ofList", "String.mk") if t.has(n)), None)
    site = m.rare("strVal", inductive=SELDOM)
    if site is None or name is None or not t.has("List.cons") or not t.has("Char.ofNat"):
        return False
    char = t.const("Char")
    chain = t.app(t.const("List.nil", 0), char)
    for c in reversed(m.row(site.term)[1][:50]):
        point = t.app(t.const("Char.ofNat"), t.add("natVal", str(ord(c))))
        chain = t.app(t.const("List.cons", 0), char, point, chain)
    return m.replace(site, t.app(t.const(name), chain))


# --- levels -------------------------------------------------------------------------------------------------


@operator("preserving level")
def equal_level(m: Mutant) -> bool:
    """A level that is equal for all values of its parameters, by an identity of max and imax."""
    found = level_sites(m, SELDOM)
    if found is None:
        return False
    new = get_level(m, *found)
    for _ in range(m.pick([1, 1, 2, 4])):
        new = equal_to(m, new)
    return put_level(m, *found, new)


def equal_to(m: Mutant, level: int) -> int:
    row = m.export.levels[level]
    if len(row) > 1 and row[0] != "param" and m.rng.random() < 0.4:  # somewhere inside
        at = m.rng.randrange(1, len(row))
        return m.export.levels.add((*row[:at], equal_to(m, row[at]), *row[at + 1 :]))

    def make(kind: str, *args: int) -> int:
        return m.export.levels.add((kind, *args))

    one = make("succ", 0)
    forms = [make("max", level, level), make("max", level, 0), make("max", 0, level), make("imax", level, level),
             make("imax", one, level), make("imax", 0, level), make("imax", level, level)]  # fmt: skip
    if row[0] == "succ":
        inner = m.export.levels[row[1]]
        forms += [make("max", level, row[1]), make("max", one, level), make("imax", row[1], level)]
        if inner[0] == "max":
            forms += [make("max", make("succ", inner[1]), make("succ", inner[2]))] * 3
    elif row[0] == "max":
        left, right = m.export.levels[row[1]], m.export.levels[row[2]]
        forms += [make("max", row[2], row[1])] * 3
        if left[0] == right[0] == "succ":
            forms += [make("succ", make("max", left[1], right[1]))] * 3
        if left[0] == "max":
            forms += [make("max", left[1], make("max", left[2], row[2]))] * 3
        if right[0] == "succ":
            forms += [make("imax", row[1], row[2])] * 3
    elif row[0] == "imax":
        right = m.export.levels[row[2]]
        forms += [make("max", level, row[2])]
        if right[0] == "succ":
            forms += [make("max", row[1], row[2])] * 3
        if right[0] in ("max", "imax"):
            kinds = ("max", right[0])
            first = make("imax", row[1], right[1]) if right[0] == "max" else make("imax", row[1], right[2])
            forms += [make(kinds[0], first, make("imax", row[1], right[2]) if right[0] == "max" else row[2])] * 3
    return int(m.pick(forms))
