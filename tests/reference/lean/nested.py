"""Nested inductive types: `inductive Tree | node : List Tree -> Tree`.

Every occurrence `I Ds is` of an earlier inductive type I whose parameters Ds mention the types being declared is copied
into the block as an auxiliary type, with I's constructors, until none is left. What the larger block declares is then
written back in terms of `I Ds`. Auxiliary names contain -1, which no file can say.
"""

from __future__ import annotations

from dataclasses import replace

from . import terms as tm
from .environment import Constant, Environment, RejectedError, Rule, dotted
from .inductive import Block, Inductive, Type
from .kernel import Kernel
from .levels import Name, param
from .terms import Term, app, const, instantiate, unapp


class Nested:
    """The elimination for one block: the auxiliary types found so far."""

    def __init__(self, env: Environment, block: Block) -> None:
        self.env, self.block = env, block
        self.levels = tuple(param(p) for p in block.params)
        self.types = list(block.types)
        self.parameters: list[Term] = []  # the first type's
        t = block.types[0].type
        for _ in range(block.num_params):
            variable, t = self.enter(t)
            self.parameters.append(variable)
        self.copies: dict[Name, Term] = {}  # auxiliary name -> `I Ds` over `parameters`

    def enter(self, t: Term) -> tuple[Term, Term]:
        if t.kind != "pi":
            raise RejectedError("inductive", "too few parameters", t)
        variable = tm.fresh(t.a)
        return variable, instantiate(t.b, variable)

    def eliminate(self) -> Block:
        """The block without nested occurrences."""
        at = 0
        while at < len(self.types):  # grows as copies are found
            type_ = self.types[at]
            constructors = tuple((name, self.without_nested(t)) for name, t in type_.constructors)
            self.types[at] = replace(type_, constructors=constructors)
            at += 1
        return replace(self.block, types=tuple(self.types))

    def without_nested(self, type_: Term) -> Term:
        """A constructor's type with auxiliary types for its nested occurrences."""
        parameters, t = [], type_
        for _ in range(self.block.num_params):
            variable, t = self.enter(t)
            parameters.append(variable)
        return tm.pis(parameters, tm.replace(t, lambda e, _: self.occurrence(e, parameters)))

    def occurrence(self, e: Term, parameters: list[Term]) -> Term | None:
        """The auxiliary type for `I Ds is`, made where it is new."""
        if e.kind != "app":
            return None
        fn, args = unapp(e)
        induct = self.env.find(fn.a, "induct") if fn.kind == "const" else None
        if induct is None or len(args) < induct.num_params:
            return None
        n = induct.num_params
        names = [t.name for t in self.types]
        if not any(tm.mentions(arg, names) for arg in args[:n]):
            return None
        if any(arg.loose for arg in args[:n]):
            raise RejectedError("positivity", "a parameter of a nested occurrence depends on a field", e)
        if len(fn.b) != len(induct.params):
            raise RejectedError("universe-arity", "a nested occurrence", e)

        def over_block(t: Term) -> Term:
            return instantiate(tm.abstract(t, parameters), *self.parameters)

        wanted = over_block(app(fn, *args[:n]))
        found = next((name for name, copied in self.copies.items() if copied is wanted), None)
        if found is None:
            for other in induct.all:
                name = self.copy(self.env.get(other), fn, args[:n], parameters)
                self.copies[name] = over_block(app(const(other, fn.b), *args[:n]))
                if other == induct.name:
                    found = name
        return app(const(found or (), self.levels), *parameters, *args[n:])

    def copy(self, induct: Constant, fn: Term, args: list[Term], parameters: list[Term]) -> Name:
        """Adds the auxiliary type for an inductive type on these parameters; its name."""
        name: Name = ("_nested", -1, len(self.copies), *induct.name)

        def specialise(constant: Constant) -> Term:
            t = tm.instantiate_levels(constant.type, constant.params, fn.b)
            for _ in args:
                if t.kind != "pi":
                    raise RejectedError("inductive", "a nested occurrence of an ill-formed type", t)
                t = t.b
            return tm.pis(parameters, instantiate(t, *args))

        constructors = tuple(
            ((*name, -1, c), specialise(self.env.get(full))) for c, full in enumerate(induct.constructors)
        )
        self.types.append(Type(name=name, type=specialise(induct), constructors=constructors))
        return name

    def restore(self, declared: list[Constant]) -> list[Constant]:
        """What the larger block declares, in terms of the original types."""
        original = [t.name for t in self.block.types]
        self.constructors: dict[Name, tuple[Name, Name]] = {}  # of auxiliary types: (original, auxiliary type)
        self.recursors: dict[Name, Name] = {}
        for i, (name, copied) in enumerate(self.copies.items()):
            auxiliary_recursor: Name = (*name, "rec")
            self.recursors[auxiliary_recursor] = (*original[0], f"rec_{i + 1}")
            induct = self.env.get(unapp(copied)[0].a)
            for c, full in enumerate(induct.constructors):
                auxiliary: Name = (*name, -1, c)
                self.constructors[auxiliary] = full, name
        result = []
        for constant in declared:
            if constant.name in self.copies or constant.name in self.constructors:
                continue
            changed = replace(constant, type=self.written_back(constant.type))
            if constant.kind in ("induct", "rec"):
                changed = replace(changed, all=tuple(original))
            if constant.kind == "rec":
                rules = tuple(
                    Rule(
                        constructor=self.constructors.get(rule.constructor, (rule.constructor, ()))[0],
                        fields=rule.fields,
                        rhs=self.written_back(rule.rhs),
                    )
                    for rule in constant.rules
                )
                changed = replace(changed, rules=rules, name=self.recursors.get(constant.name, constant.name))
            result.append(changed)
        return result

    def written_back(self, term: Term) -> Term:
        """A term over pis or lambdas for the parameters, without auxiliary constants."""
        kind, parameters, t = term.kind, [], term
        for _ in range(self.block.num_params):
            variable = tm.fresh(t.a)
            parameters.append(variable)
            t = instantiate(t.b, variable)

        def step(e: Term, _: int) -> Term | None:
            fn, args = unapp(e)
            if fn.kind != "const":
                return None
            if e is fn and fn.a in self.recursors:
                return const(self.recursors[fn.a], fn.b)
            rest = [tm.replace(arg, step) for arg in args[self.block.num_params :]]
            if fn.a in self.copies:
                return app(self.original(fn.a, parameters), *rest)
            if fn.a in self.constructors:
                full, owner = self.constructors[fn.a]
                induct, induct_args = unapp(self.original(owner, parameters))
                return app(const(full, induct.b), *induct_args, *rest)
            return None

        return tm.bind("pi" if kind == "pi" else "lam", parameters, tm.replace(t, step))

    def original(self, name: Name, parameters: list[Term]) -> Term:
        return instantiate(tm.abstract(self.copies[name], self.parameters), *parameters)


def declare(env: Environment, block: Block) -> list[Constant]:
    """Checks a block of inductive types and gives all the constants that it declares."""
    for type_ in block.types:
        for _, constructor in (("", type_.type), *type_.constructors):
            if constructor.loose:
                raise RejectedError("loose-variable", "a bound variable without its binder", constructor)
            for t in tm.subterms(constructor):
                if t.kind in ("const", "proj") and t.a[:1] == ("_nested",):
                    raise RejectedError("inductive", f"{dotted(t.a)} has a reserved prefix")
    nested = Nested(env, block)
    declared = Inductive(env, nested.eliminate()).declare(len(nested.copies))
    if nested.copies:
        declared = nested.restore(declared)
    after = env.copy()
    for constant in declared:
        after.add(constant)
    # The parameters Ds of the occurrences are not part of the larger block: they are checked in the result.
    for copied in nested.copies.values():
        Kernel(after, block.params, block.safety).check(copied)
    # What was generated must be well typed, and the rules must keep types.
    for constant in declared:
        kernel = Kernel(after, constant.params, block.safety)
        kernel.sort_of(constant.type, checked=True)
        for rule in constant.rules:
            check_rule(kernel, constant, rule)
    return declared


def check_rule(kernel: Kernel, recursor: Constant, rule: Rule) -> None:
    """The recursor on the constructor has the type of what the rule makes of it."""
    before, rest = [], recursor.type
    while rest.kind == "pi":
        before.append(tm.fresh(rest.a))
        rest = instantiate(rest.b, before[-1])
    major = before.pop().b
    del before[len(before) - recursor.num_indices :]
    fn, args = unapp(major)
    constructor = kernel.env.get(rule.constructor)
    fields, made = [], tm.instantiate_levels(constructor.type, constructor.params, fn.b)
    for arg in args[: constructor.num_params]:
        made = instantiate(made.b, arg)
    while made.kind == "pi":
        fields.append(tm.fresh(made.a))
        made = instantiate(made.b, fields[-1])
    subject = app(const(rule.constructor, fn.b), *args[: constructor.num_params], *fields)
    indices = unapp(made)[1][constructor.num_params :]
    left = app(const(recursor.name, [param(p) for p in recursor.params]), *before, *indices, subject)
    kernel.check_type(app(rule.rhs, *before, *fields), kernel.check(left), "recursor")
