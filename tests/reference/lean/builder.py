"""Files made by hand: declarations as Python calls, and checks left out where a file is to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from . import levels as lv
from . import terms as tm
from .environment import Constant, Environment
from .inductive import ANNOTATIONS, Block, Inductive, Type
from .kernel import Kernel
from .levels import Level, Name
from .nested import Nested
from .terms import PROP, Term, app, const, unapp
from .writer import Writer

ZERO, ONE, TWO = lv.ZERO, lv.ONE, lv.succ(lv.ONE)
TYPE = tm.sort(ONE)
FALSE, TRUE, BOOL = const("False"), const("True"), const("Bool")
YES, NO, TRIVIAL = const("Bool.true"), const("Bool.false"), const("True.intro")


def fun(domain: Term, body: Callable[[Term], Term]) -> Term:
    """fun (x : domain) => body x"""
    x = tm.fresh(domain)
    return tm.lams([x], body(x))


def pi(domain: Term, body: Callable[[Term], Term]) -> Term:
    """(x : domain) -> body x"""
    x = tm.fresh(domain)
    return tm.pis([x], body(x))


def arrow(*types: Term) -> Term:
    """A -> B -> C"""
    result = types[-1]
    for t in reversed(types[:-1]):
        result = tm.pi(t, tm.lift(result, 1))
    return result


def named(name: str) -> Name:
    """A dotted name."""
    return tuple(name.split("."))


def eq(level: Level, type_: Term, a: Term, b: Term) -> Term:
    """a = b"""
    return app(const("Eq", [level]), type_, a, b)


def refl(level: Level, type_: Term, a: Term) -> Term:
    """rfl : a = a"""
    return app(const("Eq.refl", [level]), type_, a)


def rewrite(level: Level, type_: Term, a: Term, b: Term, h: Term, motive: Callable[[Term], Term], proof: Term) -> Term:
    """motive b, from h : a = b and proof : motive a, for propositions."""
    family = fun(type_, lambda y: fun(eq(level, type_, a, y), lambda _: motive(y)))
    return app(const("Eq.rec", [ZERO, level]), type_, a, family, proof, b, h)


def cases_bool(level: Level, motive: Callable[[Term], Term], on_false: Term, on_true: Term, b: Term) -> Term:
    """Bool.rec, at motives in Sort level."""
    return app(const("Bool.rec", [level]), fun(BOOL, motive), on_false, on_true, b)


def absurd_bool(h: Term) -> Term:
    """False, from h : false = true."""
    return rewrite(ONE, BOOL, NO, YES, h, lambda b: cases_bool(ONE, lambda _: PROP, TRUE, FALSE, b), TRIVIAL)


class Lax(Inductive):
    """Recursors for blocks that are not well formed."""

    force_large: bool | None = None

    def check_constructor(self, i: int, name: Name, type_: Term) -> None:
        """Nothing is checked."""

    def variable(self, domain: Term) -> Term:
        """Annotations are left out by name."""
        fn, args = unapp(domain)
        if fn.kind == "const" and ANNOTATIONS.get(fn.a) == len(args):
            return self.variable(args[0])
        return tm.fresh(domain)

    def is_occurrence(self, t: Term, i: int) -> bool:
        """Whatever the indices are."""
        fn, args = unapp(t)
        n = self.block.num_params
        return fn is const(self.names[i], self.levels) and len(args) == n + len(self.indices[i])

    def eliminates_into_all(self, kernel: Kernel) -> bool:
        """As is forced, else as it is."""
        return super().eliminates_into_all(kernel) if self.force_large is None else self.force_large


class Book:
    """One file under construction. Nothing is checked; ``env`` serves to compute recursors."""

    def __init__(self) -> None:
        self.env, self.writer = Environment(), Writer()

    def keep(self, constant: Constant) -> None:
        self.env.constants[constant.name] = constant

    def add(self, kind: str, name: str, type_: Term, value: Term | None = None, **more: object) -> Term:
        """A constant that is declared alone; its name as a term where it has no universe parameters."""
        defaults: dict[str, object] = {"hints": "abbrev"} if kind == "def" else {}
        constant = Constant(name=named(name), kind=kind, type=type_, value=value, **(defaults | {"params": ()} | more))  # type: ignore[arg-type]
        self.keep(constant)
        self.writer.constant(constant)
        return const(name)

    def define(self, name: str, type_: Term, value: Term, **more: object) -> Term:
        """A definition."""
        return self.add("def", name, type_, value, **more)

    def theorem(self, name: str, type_: Term, value: Term, **more: object) -> Term:
        """A theorem."""
        return self.add("thm", name, type_, value, **more)

    def inductive(
        self,
        types: dict[str, tuple[Term, dict[str, Term]]],
        num_params: int = 0,
        params: Sequence[str] = (),
        safety: str = "safe",
        large: bool | None = None,
        forge: Callable[[list[Constant]], list[Constant]] = lambda made: made,
    ) -> None:
        """A block; ``forge`` changes what the file says."""
        block = Block(
            params=tuple(named(p) for p in params),
            num_params=num_params,
            safety=safety,
            types=tuple(
                Type(
                    name=named(name),
                    type=type_,
                    constructors=tuple((named(f"{name}.{c}"), t) for c, t in constructors.items()),
                )
                for name, (type_, constructors) in types.items()
            ),
        )
        env = self.env.copy()
        for type_ in block.types:  # names that are taken are for the checkers to find
            for taken in (type_.name, *(c for c, _ in type_.constructors)):
                env.constants.pop(taken, None)
        nested = Nested(env, block)
        maker = Lax(env, nested.eliminate())
        maker.force_large = large
        made = maker.declare(len(nested.copies))
        if nested.copies:
            made = nested.restore(made)
        made = forge(made)
        for constant in made:
            self.keep(constant)
        self.writer.inductive(made)

    def boom(self, value: Term) -> None:
        """The end of an attack: a theorem of False."""
        self.theorem("boom", FALSE, value)

    def prelude(self) -> None:
        """False, True, Bool, Eq."""
        u = lv.param(("u_1",))
        self.inductive({"False": (PROP, {})})
        self.inductive({"True": (PROP, {"intro": TRUE})})
        self.inductive({"Bool": (TYPE, {"false": BOOL, "true": BOOL})})
        self.inductive(
            {
                "Eq": (
                    pi(tm.sort(u), lambda a: arrow(a, a, PROP)),
                    {"refl": pi(tm.sort(u), lambda a: pi(a, lambda x: eq(u, a, x, x)))},
                )
            },
            num_params=2,
            params=["u_1"],
        )

    def observed(self, proposition: Term, observe: Term, on_false: Term, on_true: Term) -> None:
        """False, from a function to Bool that tells two proofs apart."""
        self.theorem(
            "irrelevance",
            pi(
                PROP,
                lambda p: pi(
                    arrow(p, BOOL), lambda f: pi(p, lambda x: pi(p, lambda y: eq(ONE, BOOL, app(f, x), app(f, y))))
                ),
            ),
            fun(
                PROP,
                lambda p: fun(arrow(p, BOOL), lambda f: fun(p, lambda x: fun(p, lambda _: refl(ONE, BOOL, app(f, x))))),
            ),
        )
        self.boom(absurd_bool(app(const("irrelevance"), proposition, observe, on_false, on_true)))


def change(name: str, /, **fields: object) -> Callable[[list[Constant]], list[Constant]]:
    """A forgery: other fields for one constant of a block."""
    return lambda made: [replace(c, **fields) if c.name == named(name) else c for c in made]  # type: ignore[arg-type]
