"""The four quotient constants, and Eq, which the type of Quot.lift speaks of."""

from __future__ import annotations

from . import levels as lv
from . import terms as tm
from .environment import Environment, RejectedError
from .levels import Name
from .terms import PROP, Term, app, const, fresh, pi, pis

U, V = lv.param(("u",)), lv.param(("v",))


def relation(alpha: Term) -> Term:
    """alpha -> alpha -> Prop."""
    return pi(alpha, pi(alpha, PROP))


def require_eq(env: Environment) -> None:
    """Rejects unless Eq is the inductive type of the prelude."""
    found = env.find(("Eq",), "induct")
    if found is None or len(found.params) != 1 or len(found.constructors) != 1 or found.safety != "safe":
        raise RejectedError("quotient", "Eq is not the inductive type with Eq.refl")
    constructor = env.get(found.constructors[0])
    u = lv.param(found.params[0])
    alpha = fresh(tm.sort(u))
    a = fresh(alpha)
    if (
        found.num_params != 2
        or found.type is not pis([alpha], relation(alpha))
        or constructor.name != ("Eq", "refl")
        or constructor.type is not pis([alpha, a], app(const("Eq", [u]), alpha, a, a))
    ):
        raise RejectedError("quotient", "Eq has another type than in the prelude", found.type, constructor.type)


def expected() -> dict[Name, tuple[str, tuple[Name, ...], Term]]:
    """For each constant its role, universe parameters and type."""
    alpha, beta = fresh(tm.sort(U)), fresh(tm.sort(V))
    r = fresh(relation(alpha))
    quot = app(const("Quot", [U]), alpha, r)
    a, b, f, q = fresh(alpha), fresh(alpha), fresh(pi(alpha, beta)), fresh(quot)
    related = fresh(app(r, a, b))
    respects = pis([a, b, related], app(const("Eq", [V]), beta, app(f, a), app(f, b)))
    family = fresh(pi(quot, PROP))
    made = app(const("Quot.mk", [U]), alpha, r, a)
    u, v = U[1], V[1]
    return {
        ("Quot",): ("type", (u,), pis([alpha, r], tm.sort(U))),
        ("Quot", "mk"): ("ctor", (u,), pis([alpha, r, a], quot)),
        ("Quot", "lift"): ("lift", (u, v), pis([alpha, r, beta, f], pi(respects, pi(quot, beta)))),
        ("Quot", "ind"): ("ind", (u,), pis([alpha, r, family, fresh(pis([a], app(family, made))), q], app(family, q))),
    }
