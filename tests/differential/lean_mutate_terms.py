"""Operators that change terms: structure, variables, constants, binders, levels, literals, projections, lets."""

from __future__ import annotations

from tests.differential.lean_export import BINDER_INFOS
from tests.differential.lean_mutants import Mutant, Site, operator

# --- structure ----------------------------------------------------------------------------------------------


@operator("term", 3)
def other_subterm(m: Mutant) -> bool:
    site = m.site()
    return site is not None and m.replace(site, m.some_term(site))


@operator("term", 3)
def other_subterm_of_the_same_type(m: Mutant) -> bool:
    site = m.site(inductive=0.2)
    if site is None:
        return False
    type_ = m.terms.infer(site.term, site.context)
    if type_ is None:
        return False
    found = [m.terms.add("bvar", i) for i in range(len(site.context))]
    for name, (decl, part) in m.terms.constants.items():
        if not part["levelParams"] and decl is not m.export.decls[site.decl]:
            found.append(m.terms.add("const", name, ()))
    found += [t for t in (m.some_term(site) for _ in range(3)) if t is not None]
    m.rng.shuffle(found)
    for term in found[:60]:
        if term != site.term and m.terms.infer(term, site.context) == type_:
            return m.replace(site, term)
    return False


@operator("term")
def swap_function_and_argument(m: Mutant) -> bool:
    site = m.site(m.is_row("app"))
    if site is None:
        return False
    _, fn, arg = m.row(site.term)
    return m.replace(site, m.terms.add("app", arg, fn))


@operator("term", 2)
def swap_two_arguments(m: Mutant) -> bool:
    site = m.site(lambda s: len(m.terms.unfold_app(s.term)[1]) > 1)
    if site is None:
        return False
    fn, args = m.terms.unfold_app(site.term)
    i, j = m.rng.sample(range(len(args)), 2)
    args[i], args[j] = args[j], args[i]
    return m.replace(site, m.terms.app(fn, *args))


@operator("term")
def drop_or_repeat_an_argument(m: Mutant) -> bool:
    site = m.site(m.is_row("app"))
    if site is None:
        return False
    fn, args = m.terms.unfold_app(site.term)
    i = m.rng.randrange(len(args))
    args[i : i + 1] = [] if m.rng.random() < 0.5 else [args[i], args[i]]
    return m.replace(site, m.terms.app(fn, *args))


@operator("term")
def lambda_for_pi(m: Mutant) -> bool:
    site = m.site(m.is_row("lam", "forallE"))
    return site is not None and m.rewrite(site, 0, "lam" if m.row(site.term)[0] == "forallE" else "forallE")


@operator("term")
def swap_two_binders(m: Mutant) -> bool:
    def fits(site: Site) -> bool:
        row = m.row(site.term)
        return row[0] in ("lam", "forallE") and m.row(row[3])[0] == row[0]

    site = m.site(fits)
    if site is None:
        return False
    kind, name, domain, body, info = m.row(site.term)
    _, name2, domain2, body2, info2 = m.row(body)
    if m.export.facts(domain2)[0] > len(site.context) or m.rng.random() < 0.1:
        moved = domain2
    else:
        moved = m.terms.instantiate(domain2, domain)  # drops the unused variable, or puts nonsense there
    swap = {0: 1, 1: 0}
    inner = body2
    if m.rng.random() < 0.7:
        inner = m.terms.rebuild(
            body2, lambda r, d: m.terms.add("bvar", swap[r[1] - d] + d) if r[0] == "bvar" and r[1] - d in swap else None
        )
    second = m.terms.add(kind, name, m.terms.lift(domain, 1), inner, info)
    return m.replace(site, m.terms.add(kind, name2, moved, second, info2))


@operator("term")
def child_for_its_parent(m: Mutant) -> bool:
    site = m.site(lambda s: s.steps)
    if site is None:
        return False
    at = m.rng.randrange(len(site.steps))
    parent, _ = site.steps[at]
    return m.replace(Site(site.decl, site.path, site.part, site.steps[:at], parent, ()), site.term)


@operator("term")
def one_shared_row_everywhere(m: Mutant) -> bool:
    """Changes a leaf in all its occurrences, in every declaration."""
    site = m.site(m.is_row("const", "sort", "bvar"))
    other = m.site(m.is_row("const", "sort", "bvar"))
    if site is None or other is None or other.term == site.term:
        return False
    old, new = site.term, other.term
    memo: dict[tuple[int, int], int] = {}
    for at, decl in enumerate(m.export.decls):
        for path, _ in list(m.export.places(decl)):
            term = m.export.get(m.export.decls[at], path)
            changed = m.terms.rebuild(term, lambda r, d: new if r == m.terms.row(old) else None, 0, memo)
            if changed != term:
                m.export.put(m.export.edit(at), path, changed)
    return True


# --- variables, constants, binders --------------------------------------------------------------------------


@operator("variable", 4)
def other_variable_in_scope(m: Mutant) -> bool:
    site = m.site(lambda s: m.row(s.term)[0] == "bvar" and len(s.context) > 1)
    return site is not None and m.rewrite(site, 1, m.rng.randrange(len(site.context)))


@operator("variable", 2)
def variable_of_the_same_type(m: Mutant) -> bool:
    site = m.site(lambda s: m.row(s.term)[0] == "bvar" and len(s.context) > 1)
    if site is None:
        return False
    type_ = m.terms.infer(site.term, site.context)
    same = [i for i in range(len(site.context)) if m.terms.infer(m.terms.add("bvar", i), site.context) == type_]
    return m.rewrite(site, 1, m.pick(same)) if same else False


@operator("variable")
def variable_out_of_scope(m: Mutant) -> bool:
    site = m.site(m.is_row("bvar"))
    return site is not None and m.rewrite(site, 1, len(site.context) + m.pick([0, 1, 7, 1000]))


@operator("constant", 3)
def constant_of_the_same_type(m: Mutant) -> bool:
    site = m.site(m.is_row("const"))
    if site is None or m.row(site.term)[1] not in m.terms.constants:
        return False
    part = m.terms.constants[m.row(site.term)[1]][1]
    same = [
        name
        for name, (_, p) in m.terms.constants.items()
        if p["type"] == part["type"] and p["levelParams"] == part["levelParams"] and name != part["name"]
    ]
    return m.rewrite(site, 1, m.pick(same)) if same else False


@operator("constant", 2)
def constant_of_the_same_arity(m: Mutant) -> bool:
    site = m.site(m.is_row("const"))
    if site is None:
        return False
    arity = len(m.row(site.term)[2])
    same = [name for name, (_, p) in m.terms.constants.items() if len(p["levelParams"]) == arity]
    return m.rewrite(site, 1, m.pick(same)) if same else False


@operator("constant")
def any_name_for_a_constant(m: Mutant) -> bool:
    site = m.site(m.is_row("const"))
    return site is not None and m.rewrite(site, 1, m.rng.randrange(len(m.export.names.rows)))


@operator("constant")
def a_constant_for_itself(m: Mutant) -> bool:
    """The declaration mentions the constant that it makes."""
    site = m.site(value=True)
    if site is None:
        return False
    levels = tuple(m.export.levels.add(("param", n)) for n in site.part["levelParams"])
    return m.replace(site, m.terms.add("const", site.part["name"], levels))


@operator("binder", 2)
def other_binder_type(m: Mutant) -> bool:
    site = m.site(m.is_row("lam", "forallE"))
    return site is not None and m.rewrite(site, 2, m.some_term(site) or m.row(site.term)[2])


@operator("binder")
def other_binder_info(m: Mutant) -> bool:
    site = m.site(m.is_row("lam", "forallE"))
    return site is not None and m.rewrite(site, 4, m.pick(BINDER_INFOS))


@operator("binder")
def binder_type_is_its_type(m: Mutant) -> bool:
    site = m.site(m.is_row("lam", "forallE"))
    if site is None:
        return False
    domain = m.row(site.term)[2]
    return m.rewrite(site, 2, m.terms.infer(domain, site.context) or domain)


# --- levels -------------------------------------------------------------------------------------------------


def level_sites(m: Mutant, inductive: float = 1.0) -> tuple[Site, int] | None:
    """An occurrence of a level: the term, and which of its levels (-1: of a sort)."""
    site = m.site(lambda s: m.row(s.term)[0] == "sort" or (m.row(s.term)[0] == "const" and m.row(s.term)[2]),
                  inductive=inductive)  # fmt: skip
    if site is None:
        return None
    row = m.row(site.term)
    return site, -1 if row[0] == "sort" else m.rng.randrange(len(row[2]))


def put_level(m: Mutant, site: Site, at: int, level: int) -> bool:
    row = m.row(site.term)
    if at < 0:
        return m.rewrite(site, 1, level)
    return m.rewrite(site, 2, (*row[2][:at], level, *row[2][at + 1 :]))


def get_level(m: Mutant, site: Site, at: int) -> int:
    row = m.row(site.term)
    return int(row[1] if at < 0 else row[2][at])


@operator("level", 2)
def other_level(m: Mutant) -> bool:
    found = level_sites(m)
    return found is not None and put_level(m, *found, m.level(found[0].part))


@operator("level", 2)
def level_one_higher_or_lower(m: Mutant) -> bool:
    found = level_sites(m)
    if found is None:
        return False
    level = get_level(m, *found)
    row = m.export.levels[level]
    if row[0] == "succ" and m.rng.random() < 0.6:
        return put_level(m, *found, row[1])
    return put_level(m, *found, m.export.levels.add(("succ", level)))


@operator("level", 2)
def max_for_imax(m: Mutant) -> bool:
    found = level_sites(m)
    if found is None:
        return False
    row = m.export.levels[get_level(m, *found)]
    if row[0] in ("max", "imax"):
        kind = "imax" if row[0] == "max" else "max"
        pair = row[1:] if m.rng.random() < 0.5 else row[:0:-1]
        return put_level(m, *found, m.export.levels.add((m.pick([kind, row[0]]), *pair)))
    other = m.level(found[0].part)
    return put_level(m, *found, m.export.levels.add((m.pick(["max", "imax"]), get_level(m, *found), other)))


@operator("level")
def permute_universe_arguments(m: Mutant) -> bool:
    site = m.site(lambda s: m.row(s.term)[0] == "const" and len(m.row(s.term)[2]) > 1)
    if site is None:
        return False
    levels = list(m.row(site.term)[2])
    m.rng.shuffle(levels)
    return m.rewrite(site, 2, tuple(levels))


@operator("level", 0.5)
def wrong_number_of_universe_arguments(m: Mutant) -> bool:
    site = m.site(m.is_row("const"))
    if site is None:
        return False
    levels = m.row(site.term)[2]
    return m.rewrite(site, 2, levels[:-1] if levels and m.rng.random() < 0.5 else (*levels, 0))


@operator("level", 0.5)
def undeclared_universe_parameter(m: Mutant) -> bool:
    found = level_sites(m)
    return found is not None and put_level(m, *found, m.export.levels.add(("param", m.export.name("undeclared"))))


# --- literals, projections, lets ----------------------------------------------------------------------------


@operator("literal")
def other_number(m: Mutant) -> bool:
    site = m.rare("natVal")
    if site is None:
        return False
    value = int(m.row(site.term)[1])
    new = m.pick([value + 1, max(value - 1, 0), value * 2, 0, 1, 2**32, 2**63, 2**64 - 1, 2**64, value + 2**64])
    return m.rewrite(site, 1, str(new))


@operator("literal")
def other_text(m: Mutant) -> bool:
    site = m.rare("strVal")
    if site is None:
        return False
    text = m.row(site.term)[1]
    return m.rewrite(site, 1, m.pick([text + "a", text[1:], text[::-1], "", "é", "\U0001f600", '"\\', text + " "]))


@operator("literal")
def number_for_a_term(m: Mutant) -> bool:
    site = m.site()
    return site is not None and m.replace(site, m.terms.add("natVal", str(m.pick([0, 1, 2, 10, 2**64]))))


@operator("literal")
def text_for_a_term(m: Mutant) -> bool:
    site = m.site()
    return site is not None and m.replace(site, m.terms.add("strVal", m.pick(["", "a", "λ"])))


@operator("projection", 2)
def other_field(m: Mutant) -> bool:
    site = m.rare("proj")
    return site is not None and m.rewrite(site, 2, m.pick([0, 1, 2, 3, m.row(site.term)[2] + 1, 2**31]))


@operator("projection", 2)
def other_structure_name(m: Mutant) -> bool:
    site = m.rare("proj")
    return site is not None and m.rewrite(site, 1, m.pick(types_of(m)))


@operator("projection", 2)
def projection_of_anything(m: Mutant) -> bool:
    site = m.site()
    types = types_of(m)
    if site is None or not types:
        return False
    return m.replace(site, m.terms.add("proj", m.pick(types), m.pick([0, 0, 1, 2]), site.term))


@operator("projection", 2)
def projection_of_a_variable(m: Mutant) -> bool:
    """In place of a term: a field of something in scope that is, as far as one can see, a structure."""
    site = m.site(lambda s: s.context)
    if site is None:
        return False
    at = m.terms.add("bvar", m.rng.randrange(len(site.context)))
    type_ = m.terms.infer(at, site.context)
    found = None if type_ is None else m.terms.structure(type_)
    if found is None:
        return False
    fields = found[2]["numFields"]
    index = m.rng.randrange(fields + 1)
    return m.replace(site, m.terms.add("proj", m.row(found[0])[1], index, at))


def types_of(m: Mutant) -> list[int]:
    return [p["name"] for d in m.export.decls if "inductive" in d for p in d["inductive"]["types"]] or [0]


@operator("let", 2)
def other_let_value_or_type(m: Mutant) -> bool:
    site = m.rare("letE")
    if site is None:
        return False
    i = m.pick([2, 3])
    return m.rewrite(site, i, m.some_term(site) or m.row(site.term)[i])


@operator("let")
def let_with_an_unused_ill_typed_value(m: Mutant) -> bool:
    site = m.site()
    if site is None:
        return False
    type_, value = m.some_term(site), m.some_term(site)
    if type_ is None or value is None:
        return False
    name = m.export.name("x")
    return m.replace(site, m.terms.add("letE", name, type_, value, m.terms.lift(site.term, 1), m.rng.random() < 0.5))


@operator("let")
def let_for_a_redex_with_another_type(m: Mutant) -> bool:
    """λ (x : T), t applied to v becomes let x : T := v; t, and the other way."""
    site = m.site(lambda s: m.row(s.term)[0] == "letE" or (m.row(s.term)[0] == "app" and is_redex(m, s)))
    if site is None:
        return False
    row = m.row(site.term)
    if row[0] == "letE":
        return m.replace(site, m.terms.app(m.terms.add("lam", row[1], row[2], row[4], "default"), row[3]))
    _, name, domain, body, _ = m.row(row[1])
    return m.replace(site, m.terms.add("letE", name, domain, row[2], body, m.rng.random() < 0.3))


def is_redex(m: Mutant, site: Site) -> bool:
    row = m.row(site.term)
    return bool(m.row(row[1])[0] == "lam")
