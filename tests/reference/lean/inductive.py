"""Inductive types: whether a block is well formed, and what it declares, recursors included.

``declare`` does it for a block without nested occurrences; nested.py reduces the general case to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import levels as lv
from . import terms as tm
from .environment import Constant, Environment, RejectedError, Rule, dotted
from .kernel import Kernel
from .levels import Level, Name
from .terms import Term, app, const, instantiate, unapp


@dataclass(frozen=True, kw_only=True)
class Type:
    """One type of a block with its constructors."""

    name: Name
    type: Term
    constructors: tuple[tuple[Name, Term], ...]


@dataclass(frozen=True, kw_only=True)
class Block:
    """What a file says that is not derived from anything."""

    params: tuple[Name, ...]
    num_params: int
    types: tuple[Type, ...]
    safety: str


ANNOTATIONS = {("outParam",): 1, ("semiOutParam",): 1, ("optParam",): 2, ("autoParam",): 2}


class Inductive:
    """The check of one block, and the constants it makes, in ``env`` as they are made."""

    def __init__(self, env: Environment, block: Block) -> None:
        self.env, self.block = env.copy(), block
        self.names = [t.name for t in block.types]
        self.levels = tuple(lv.param(p) for p in block.params)
        self.parameters: list[Term] = []
        self.indices: list[list[Term]] = []
        self.level: Level = lv.ZERO
        self.made: list[Constant] = []

    @property
    def kernel(self) -> Kernel:
        """A checker for the environment as it is now."""
        return Kernel(self.env, self.block.params, self.block.safety)

    def declare(self, num_nested: int = 0) -> list[Constant]:
        """All constants of the block, in the environment's order."""
        for type_ in self.block.types:
            self.check_type(type_)
        recursive = any(tm.mentions(d, self.names) for d in self.domains())
        reflexive = any(d.kind == "pi" and tm.mentions(d, self.names) for d in self.domains())
        for type_, indices in zip(self.block.types, self.indices, strict=True):
            self.add(
                Constant(
                    name=type_.name,
                    kind="induct",
                    params=self.block.params,
                    type=type_.type,
                    safety=self.block.safety,
                    num_params=self.block.num_params,
                    num_indices=len(indices),
                    num_nested=num_nested,
                    all=tuple(self.names),
                    is_rec=recursive,
                    is_reflexive=reflexive,
                    constructors=tuple(name for name, _ in type_.constructors),
                )
            )
        for i, type_ in enumerate(self.block.types):
            for name, constructor in type_.constructors:
                self.check_constructor(i, name, constructor)
        for type_ in self.block.types:
            for index, (name, constructor) in enumerate(type_.constructors):
                self.add(
                    Constant(
                        name=name,
                        kind="ctor",
                        params=self.block.params,
                        type=constructor,
                        safety=self.block.safety,
                        induct=type_.name,
                        index=index,
                        num_params=self.block.num_params,
                        num_fields=arity(constructor) - self.block.num_params,
                    )
                )
        self.make_recursors()
        return self.made

    def add(self, constant: Constant) -> None:
        self.env.add(constant)
        self.made.append(constant)

    def domains(self) -> list[Term]:
        """The domains of all constructors, as written."""
        found = []
        for type_ in self.block.types:
            for _, t in type_.constructors:
                while t.kind == "pi":
                    found.append(t.a)
                    t = t.b
        return found

    # --- well-formedness --------------------------------------------------------------------------------------

    def variable(self, domain: Term) -> Term:
        """A free variable for a binder. Annotations like outParam are left out of its type, as the official kernel
        does; there by name alone, here only where that is the same type."""
        fn, args = unapp(domain)
        if fn.kind == "const" and ANNOTATIONS.get(fn.a) == len(args):
            if not self.kernel.equal(domain, args[0]):
                raise RejectedError("inductive", f"{dotted(fn.a)} is not an annotation here", domain)
            return self.variable(args[0])
        return tm.fresh(domain)

    def check_type(self, type_: Type) -> None:
        """Well typed, with the block's parameters, indices, and a sort at the end."""
        kernel, first = self.kernel, not self.indices
        kernel.sort_of(type_.type, checked=True)
        t, taken, indices = kernel.whnf(type_.type), 0, []
        while t.kind == "pi":
            if taken < self.block.num_params:
                if first:
                    self.parameters.append(self.variable(t.a))
                elif not kernel.equal(t.a, self.parameters[taken].b):
                    raise RejectedError("inductive", "parameters of the types of a block differ", t.a)
                variable = self.parameters[taken]
                taken += 1
            else:
                variable = self.variable(t.a)
                indices.append(variable)
            t = kernel.whnf(instantiate(t.b, variable))
        if taken != self.block.num_params:
            raise RejectedError("inductive", f"{dotted(type_.name)} has too few parameters")
        level = kernel.ensure_sort(t)
        if first:
            self.level = level
        elif not lv.is_equal(level, self.level):
            raise RejectedError("inductive", "types of a block in different universes")
        self.indices.append(indices)

    def check_constructor(self, i: int, name: Name, type_: Term) -> None:
        """Well typed, parameters first, fields in the universe and positive, the type itself at the end."""
        kernel = self.kernel
        kernel.sort_of(type_, checked=True)
        t, at = type_, 0
        while t.kind == "pi":
            if at < self.block.num_params:
                variable = self.parameters[at]
                if not kernel.equal(t.a, variable.b):
                    raise RejectedError("constructor", f"{dotted(name)}: parameter {at} differs", t.a)
            else:
                level = kernel.sort_of(t.a)
                if not (lv.is_zero(self.level) or lv.is_leq(level, self.level)):
                    raise RejectedError("universe-too-small", f"{dotted(name)}: field {at} lives too high", t.a)
                if self.block.safety == "safe":
                    self.check_positivity(kernel, t.a, name)
                variable = self.variable(t.a)
            t = instantiate(t.b, variable)
            at += 1
        if at < self.block.num_params or not self.is_occurrence(t, i):
            raise RejectedError("constructor", f"{dotted(name)} does not make its type", t)

    def check_positivity(self, kernel: Kernel, t: Term, name: Name) -> None:
        t = kernel.whnf(t)
        while tm.mentions(t, self.names):
            if t.kind != "pi":
                if self.occurrence(t) is None:
                    raise RejectedError("positivity", f"{dotted(name)}: not a valid occurrence", t)
                return
            if tm.mentions(t.a, self.names):
                raise RejectedError("positivity", f"{dotted(name)}: to the left of an arrow", t)
            t = kernel.whnf(instantiate(t.b, self.variable(t.a)))

    def is_occurrence(self, t: Term, i: int) -> bool:
        """Type i of the block on its parameters, and no type of the block in the indices."""
        fn, args = unapp(t)
        n = self.block.num_params
        return (
            fn is const(self.names[i], self.levels)
            and len(args) == n + len(self.indices[i])
            and args[:n] == self.parameters
            and not any(tm.mentions(arg, self.names) for arg in args[n:])
        )

    def occurrence(self, t: Term) -> int | None:
        return next((i for i in range(len(self.names)) if self.is_occurrence(t, i)), None)

    # --- recursors --------------------------------------------------------------------------------------------

    def open(self, kernel: Kernel, t: Term, variables: list[Term]) -> Term:
        """Free variables for all arguments of a type, reducing on the way."""
        t = kernel.whnf(t)
        while t.kind == "pi":
            variables.append(self.variable(t.a))
            t = kernel.whnf(instantiate(t.b, variables[-1]))
        return t

    def fields(self, kernel: Kernel, type_: Term) -> tuple[list[Term], list[Term], Term]:
        """A constructor's fields as free variables, those that are recursive, and the type it makes."""
        fields, recursive, t = [], [], type_
        for parameter in self.parameters:
            t = instantiate(t.b, parameter)
        while t.kind == "pi":
            field = self.variable(t.a)
            fields.append(field)
            if self.occurrence(self.open(kernel, t.a, [])) is not None:
                recursive.append(field)
            t = instantiate(t.b, field)
        return fields, recursive, t

    def eliminates_into_all(self, kernel: Kernel) -> bool:
        """Whether the motive may be any sort: not for a proposition, unless it has nothing to tell."""
        if lv.is_never_zero(self.level):
            return True
        if len(self.block.types) != 1 or len(self.block.types[0].constructors) > 1:
            return False
        for _, type_ in self.block.types[0].constructors:
            fields, _, result = self.fields(kernel, type_)
            _, args = unapp(result)
            if any(not kernel.is_prop(field.b) and field not in args for field in fields):
                return False
        return True

    def make_recursors(self) -> None:
        kernel, block = self.kernel, self.block
        large, u, i = self.eliminates_into_all(kernel), ("u",), 1
        while u in block.params:
            u, i = (f"u_{i}",), i + 1
        sort = tm.sort(lv.param(u) if large else lv.ZERO)
        rec_params = (u, *block.params) if large else block.params
        rec_levels = tuple(lv.param(p) for p in rec_params)
        k_like = len(block.types) == 1 and lv.is_zero(self.level) and len(block.types[0].constructors) == 1
        k_like = k_like and arity(block.types[0].constructors[0][1]) == block.num_params

        majors = [
            tm.fresh(app(const(t.name, self.levels), *self.parameters, *indices))
            for t, indices in zip(block.types, self.indices, strict=True)
        ]
        motives = [
            tm.fresh(tm.pis([*indices, major], sort)) for indices, major in zip(self.indices, majors, strict=True)
        ]

        def motive(t: Term, subject: Term) -> Term:
            i = self.occurrence(t)
            if i is None:
                raise RejectedError("inductive", "an occurrence that is none", t)
            return app(motives[i], *unapp(t)[1][block.num_params :], subject)

        minors, opened = [], []
        for type_ in block.types:
            for name, constructor in type_.constructors:
                fields, recursive, result = self.fields(kernel, constructor)
                hypotheses = []
                for field in recursive:
                    inner: list[Term] = []
                    target = self.open(kernel, kernel.infer(field), inner)
                    hypotheses.append(tm.fresh(tm.pis(inner, motive(target, app(field, *inner)))))
                made = app(const(name, self.levels), *self.parameters, *fields)
                minors.append(tm.fresh(tm.pis([*fields, *hypotheses], motive(result, made))))
                opened.append((type_.name, name, fields, recursive))

        before = [*self.parameters, *motives, *minors]
        recursors = []
        for i, type_ in enumerate(block.types):
            rules = []
            for minor, (owner, name, fields, recursive) in zip(minors, opened, strict=True):
                if owner != type_.name:
                    continue
                calls = []
                for field in recursive:
                    inner = []
                    target = self.open(kernel, kernel.infer(field), inner)
                    j = self.occurrence(target)
                    recursor = const((*self.names[j or 0], "rec"), rec_levels)
                    indices = unapp(target)[1][block.num_params :]
                    calls.append(tm.lams(inner, app(recursor, *before, *indices, app(field, *inner))))
                rhs = tm.lams([*before, *fields], app(minor, *fields, *calls))
                rules.append(Rule(constructor=name, fields=len(fields), rhs=rhs))
            result = app(motives[i], *self.indices[i], majors[i])
            recursors.append(
                Constant(
                    name=(*type_.name, "rec"),
                    kind="rec",
                    params=rec_params,
                    safety=block.safety,
                    type=tm.pis([*before, *self.indices[i], majors[i]], result),
                    all=tuple(self.names),
                    num_params=block.num_params,
                    num_indices=len(self.indices[i]),
                    num_motives=len(motives),
                    num_minors=len(minors),
                    rules=tuple(rules),
                    k=k_like,
                )
            )
        for made_recursor in recursors:
            self.add(made_recursor)


def arity(type_: Term) -> int:
    """Number of arguments, as written."""
    n = 0
    while type_.kind == "pi":
        n, type_ = n + 1, type_.b
    return n
