"""The type checker of one declaration: inference, reduction, definitional equality.

The rules are those of the book "Type Checking in Lean 4". ``infer`` is for terms known to be well typed, ``check`` for
terms from the file. Free variables carry their types, so there is no context to pass around, and what was found about
a term holds wherever it occurs; the memos rest on that.
"""

from __future__ import annotations

from . import levels as lv
from . import literals
from . import terms as tm
from .environment import Constant, DeclinedError, Environment, RejectedError, dotted
from .levels import Level, Name
from .terms import Term, app, head, instantiate, unapp


class Kernel:
    """Judgements in one environment, for a declaration with these universe parameters and this safety."""

    def __init__(self, env: Environment, params: tuple[Name, ...] = (), safety: str = "safe") -> None:
        self.env, self.params, self.safety = env, params, safety
        self.inferred: dict[tuple[Term, bool], Term] = {}
        self.reduced: dict[tuple[Term, bool], Term] = {}
        self.compared: dict[tuple[Term, Term], bool] = {}  # pairs as they were asked: no closure of any kind
        self.steps = 0

    # --- types ------------------------------------------------------------------------------------------------

    def check(self, term: Term) -> Term:
        """The type; everything is checked."""
        return self.infer(term, checked=True)

    def infer(self, term: Term, *, checked: bool = False) -> Term:
        """The type of a term that is well typed (or is found to be where ``checked``)."""
        known = self.inferred.get((term, checked)) or (None if checked else self.inferred.get((term, True)))
        if known is None:
            self.count()
            known = self.inferred[term, checked] = self.infer_uncached(term, checked)
        return known

    def count(self) -> None:
        """A work limit: what is larger is not for this checker."""
        self.steps += 1
        if self.steps > 5_000_000:
            raise DeclinedError("too many steps")

    def infer_uncached(self, t: Term, checked: bool) -> Term:
        kind = t.kind
        if t.loose:
            raise RejectedError("loose-variable", "a bound variable without its binder", t)
        if kind == "fvar":
            return t.b
        if kind == "sort":
            if checked:
                self.check_level(t.a)
            return tm.sort(lv.succ(t.a))
        if kind == "const":
            return self.infer_const(t, checked)
        if kind == "app":
            return self.infer_app(t, checked)
        if kind in ("lam", "pi"):
            domain = t.a
            level = self.sort_of(domain, checked) if checked or kind == "pi" else lv.ZERO
            variable = tm.fresh(domain)
            body = instantiate(t.b, variable)
            if kind == "lam":
                return tm.pis([variable], self.infer(body, checked=checked))
            return tm.sort(lv.make_imax(level, self.sort_of(body, checked)))
        if kind == "let":
            if checked:
                self.sort_of(t.a, checked)
                self.check_type(t.b, t.a, "let-mismatch")
            return self.infer(instantiate(t.c, t.b), checked=checked)
        if kind == "proj":
            return self.infer_proj(t, checked)
        if kind == "nat":
            literals.require_nat(self.env)
            return literals.NAT
        if checked:
            literals.require_string(self, t)
        return literals.STRING

    def check_level(self, level: Level) -> None:
        for p in lv.params(level):
            if p not in self.params:
                raise RejectedError("universe-parameter", f"{dotted(p)} is not declared")

    def infer_const(self, t: Term, checked: bool) -> Term:
        constant = self.env.get(t.a)
        if len(t.b) != len(constant.params):
            raise RejectedError("universe-arity", f"{dotted(t.a)} takes {len(constant.params)} levels, not {len(t.b)}")
        if checked:
            allowed = {"safe": ("safe",), "partial": ("safe", "partial")}.get(self.safety)
            if allowed is not None and constant.safety not in allowed:
                raise RejectedError("unsafe-in-safe", f"{dotted(t.a)} is {constant.safety}")
            for level in t.b:
                self.check_level(level)
        return tm.instantiate_levels(constant.type, constant.params, t.b)

    def infer_app(self, t: Term, checked: bool) -> Term:
        fn_type = self.whnf_pi(self.infer(t.a, checked=checked), t)
        if checked:
            self.check_type(t.b, fn_type.a, "argument-mismatch")
        return instantiate(fn_type.b, t.b)

    def check_type(self, term: Term, expected: Term, rule: str) -> None:
        """Rejects unless term : expected."""
        found = self.check(term)
        if not self.equal(found, expected):
            raise RejectedError(rule, "found and expected type", found, expected)

    def whnf_pi(self, type_: Term, where: Term) -> Term:
        result = self.whnf(type_)
        if result.kind != "pi":
            raise RejectedError("not-a-function", "applied", where, result)
        return result

    def ensure_sort(self, term: Term) -> Level:
        """The level of the sort that the term reduces to."""
        result = self.whnf(term)
        if result.kind != "sort":
            raise RejectedError("not-a-sort", "used as a type's type", result)
        return result.a

    def sort_of(self, type_: Term, checked: bool = False) -> Level:
        """The level of a type."""
        return self.ensure_sort(self.infer(type_, checked=checked))

    def is_prop(self, type_: Term) -> bool:
        """Whether a type is a proposition."""
        return lv.is_zero(self.sort_of(type_))

    def infer_proj(self, t: Term, checked: bool) -> Term:
        def fail(why: str) -> RejectedError:
            return RejectedError("projection", why, t)

        struct = t.c
        type_ = self.whnf(self.infer(struct, checked=checked))
        fn, args = unapp(type_)
        induct = self.env.find(fn.a, "induct") if fn.kind == "const" else None
        if induct is None or fn.a != t.a:
            raise fail("not of the structure that is named")
        if len(induct.constructors) != 1 or len(args) != induct.num_params + induct.num_indices:
            raise fail("not a type with one constructor")
        constructor = self.env.get(induct.constructors[0])
        if t.b >= constructor.num_fields:
            raise fail("no such field")
        rest = tm.instantiate_levels(constructor.type, constructor.params, fn.b)
        for arg in args[: induct.num_params]:
            rest = instantiate(self.whnf_pi(rest, t).b, arg)
        level = self.sort_of(type_)
        for i in range(t.b + 1):
            rest = self.whnf_pi(rest, t)
            # A proof determines no data: a field that is projected, or that later types mention, must be a proof
            # wherever the structure is a proposition.
            if (i == t.b or rest.b.loose) and not lv.implies_zero(level, self.sort_of(rest.a)):
                raise fail("data out of a proof")
            if i < t.b:
                rest = instantiate(rest.b, tm.make("proj", t.a, i, struct))
        return rest.a

    # --- reduction --------------------------------------------------------------------------------------------

    def whnf(self, term: Term) -> Term:
        """Weak head normal form."""
        known = self.reduced.get((term, True))
        if known is not None:
            return known
        t = term
        while True:
            t = self.whnf_core(t)
            following = literals.compute(self, t)
            if following is None:
                following = self.unfold(t)
            if following is None:
                break
            t = following
        self.reduced[term, True] = t
        return t

    def whnf_core(self, term: Term) -> Term:
        """The same without unfolding definitions at the head (arguments that must be looked at are reduced fully)."""
        if term.kind not in ("app", "let", "proj"):
            return term
        known = self.reduced.get((term, False))
        if known is not None:
            return known
        t = term
        while True:
            self.count()
            following = self.step(t)
            if following is None:
                break
            t = following
        self.reduced[term, False] = t
        return t

    def step(self, t: Term) -> Term | None:
        """One reduction at the head other than unfolding, or None."""
        if t.kind == "let":
            return instantiate(t.c, t.b)
        if t.kind == "proj":
            fn, args = unapp(literals.expose(self, self.whnf(t.c)))
            constructor = self.env.find(fn.a, "ctor") if fn.kind == "const" else None
            if constructor is None or constructor.induct != t.a or constructor.num_params + t.b >= len(args):
                return None
            return args[constructor.num_params + t.b]
        if t.kind != "app":
            return None
        fn, args = unapp(t)
        if fn.kind == "lam":
            n = 0
            while fn.kind == "lam" and n < len(args):
                fn, n = fn.b, n + 1
            return app(instantiate(fn, *args[:n]), *args[n:])
        if fn.kind == "const":
            return self.iota(fn, args) or self.quotient(fn, args)
        reduced = self.whnf_core(fn)
        return app(reduced, *args) if reduced is not fn else None

    def unfold(self, t: Term) -> Term | None:
        """The definition at the head unfolded; theorems and opaque constants stay as they are."""
        constant = self.unfoldable(t)
        if constant is None or constant.value is None:
            return None
        fn, args = unapp(t)
        return app(tm.instantiate_levels(constant.value, constant.params, fn.b), *args)

    def unfoldable(self, t: Term) -> Constant | None:
        fn = head(t)
        constant = self.env.constants.get(fn.a) if fn.kind == "const" else None
        if constant is None or constant.kind != "def" or len(fn.b) != len(constant.params):
            return None
        return constant

    def iota(self, fn: Term, args: list[Term]) -> Term | None:
        """A recursor on a constructor."""
        recursor = self.env.find(fn.a, "rec")
        if recursor is None or len(fn.b) != len(recursor.params):
            return None
        before = recursor.num_params + recursor.num_motives + recursor.num_minors
        at = before + recursor.num_indices
        if at >= len(args):
            return None
        major = args[at]
        induct = self.env.get(self.major_type(recursor))
        if recursor.k:
            major = self.k_constructor(induct, major) or major
        major = literals.expose(self, self.whnf(major))
        major = self.eta_constructor(induct, major) or major
        made, fields = unapp(major)
        rule = next((r for r in recursor.rules if made.kind == "const" and r.constructor == made.a), None)
        if rule is None or rule.fields > len(fields):
            return None
        rhs = tm.instantiate_levels(rule.rhs, recursor.params, fn.b)
        return app(rhs, *args[:before], *fields[len(fields) - rule.fields :], *args[at + 1 :])

    def major_type(self, recursor: Constant) -> Name:
        """The inductive type that a recursor takes apart."""
        type_ = recursor.type
        for _ in range(recursor.num_params + recursor.num_motives + recursor.num_minors + recursor.num_indices):
            type_ = type_.b
        return head(type_.a).a

    def k_constructor(self, induct: Constant, major: Term) -> Term | None:
        """A proof of a proposition with one constructor and no fields is that constructor, if the indices agree."""
        type_ = self.whnf(self.infer(major))
        fn, args = unapp(type_)
        if fn.kind != "const" or fn.a != induct.name:
            return None
        made = app(tm.const(induct.constructors[0], fn.b), *args[: induct.num_params])
        return made if self.equal(type_, self.infer(made)) else None

    def eta_constructor(self, induct: Constant, major: Term) -> Term | None:
        """A structure as its constructor on its projections; not for propositions."""
        constructor = self.env.structure(induct.name)
        fn = head(major)
        if constructor is None or (fn.kind == "const" and self.env.find(fn.a, "ctor")):
            return None
        type_ = self.whnf(self.infer(major))
        fn, args = unapp(type_)
        if fn.kind != "const" or fn.a != induct.name or self.is_prop(type_):
            return None
        fields = [tm.make("proj", induct.name, i, major) for i in range(constructor.num_fields)]
        try:
            for field in fields:
                self.infer(field)
        except RejectedError:  # in a universe that may be Prop, of a field that may be data
            return None
        return app(tm.const(constructor.name, fn.b), *args[: induct.num_params], *fields)

    def quotient(self, fn: Term, args: list[Term]) -> Term | None:
        """Quot.lift f h (Quot.mk r a) is f a, Quot.ind p (Quot.mk r a) is p a."""
        at = {("Quot", "lift"): 5, ("Quot", "ind"): 4}.get(fn.a)
        if at is None or not self.env.quotients or len(args) <= at:
            return None
        made, parts = unapp(self.whnf(args[at]))
        if made.kind != "const" or made.a != ("Quot", "mk") or len(parts) != 3:
            return None
        return app(args[3], parts[2], *args[at + 1 :])

    # --- definitional equality --------------------------------------------------------------------------------

    def equal(self, a: Term, b: Term) -> bool:
        """Whether two well-typed terms are definitionally equal."""
        if a is b:
            return True
        known = self.compared.get((a, b))
        if known is None:
            self.count()
            known = self.compared[a, b] = self.equal_uncached(a, b)
        return known

    def quick(self, a: Term, b: Term) -> bool | None:
        """The answer where the forms decide."""
        if a is b:
            return True
        if a.kind == b.kind:
            if a.kind == "sort":
                return lv.is_equal(a.a, b.a)
            if a.kind in ("nat", "str"):
                return False
            if a.kind in ("lam", "pi"):
                if not self.equal(a.a, b.a):
                    return False
                variable = tm.fresh(a.a)
                return self.equal(instantiate(a.b, variable), instantiate(b.b, variable))
        return None

    def equal_uncached(self, a: Term, b: Term) -> bool:
        answer = self.quick(a, b)
        if answer is not None:
            return answer
        if b.kind == "const" and b.a == ("Bool", "true") and not a.open and self.whnf(a) is b:
            return True
        a, b = self.whnf_core(a), self.whnf_core(b)
        answer = self.quick(a, b)
        if answer is None:
            answer = self.equal_proofs(a, b)
        if answer is not None:
            return answer
        outcome = self.unfold_lazily(a, b)
        if isinstance(outcome, bool):
            return outcome
        a, b = outcome
        return (
            self.equal_heads(a, b)
            or self.equal_function_eta(a, b)
            or self.equal_function_eta(b, a)
            or self.equal_structure_eta(a, b)
            or self.equal_structure_eta(b, a)
            or self.equal_strings(a, b)
            or self.equal_units(a, b)
        )

    def equal_proofs(self, a: Term, b: Term) -> bool | None:
        """Two proofs of one proposition are equal."""
        type_ = self.infer(a)
        return self.equal(type_, self.infer(b)) if self.is_prop(type_) else None

    def unfold_lazily(self, a: Term, b: Term) -> bool | tuple[Term, Term]:
        """Unfolds the side of greater height until the forms decide, or until nothing is left to unfold."""
        while True:
            self.count()
            below_a, below_b = literals.predecessor(self.env, a), literals.predecessor(self.env, b)
            if below_a is not None and below_b is not None:
                return self.equal(below_a, below_b)
            if literals.is_zero(self.env, a) and literals.is_zero(self.env, b):
                return True
            if not (a.open or b.open):
                computed_a, computed_b = literals.compute(self, a), literals.compute(self, b)
                if computed_a is not None or computed_b is not None:
                    return self.equal(computed_a or a, computed_b or b)
            unfold_a, unfold_b = self.unfoldable(a), self.unfoldable(b)
            if unfold_a is None and unfold_b is None:
                return a, b
            if unfold_a is not None and unfold_b is not None:
                order = height(unfold_a) - height(unfold_b)
                if order == 0 and unfold_a is unfold_b and self.equal_heads(a, b):
                    return True
            else:
                order = 1 if unfold_b is None else -1
            if order >= 0:
                a = self.whnf_core(self.unfold(a) or a)
            if order <= 0:
                b = self.whnf_core(self.unfold(b) or b)
            answer = self.quick(a, b)
            if answer is not None:
                return answer

    def equal_heads(self, a: Term, b: Term) -> bool:
        """The same head on equal arguments."""
        (fn_a, args_a), (fn_b, args_b) = unapp(a), unapp(b)
        if len(args_a) != len(args_b) or fn_a.kind != fn_b.kind:
            return False
        if fn_a.kind == "const":
            same = fn_a.a == fn_b.a and lv.are_equal(fn_a.b, fn_b.b)
        elif fn_a.kind == "proj":
            same = fn_a.a == fn_b.a and fn_a.b == fn_b.b and self.equal(fn_a.c, fn_b.c)
        else:
            same = fn_a is fn_b
        return same and all(self.equal(x, y) for x, y in zip(args_a, args_b, strict=True))

    def equal_function_eta(self, a: Term, b: Term) -> bool:
        """fun x => f x is f."""
        if a.kind != "lam" or b.kind == "lam":
            return False
        type_ = self.whnf(self.infer(b))
        return type_.kind == "pi" and self.equal(a, tm.lam(type_.a, app(tm.lift(b, 1), tm.bvar(0))))

    def equal_structure_eta(self, a: Term, b: Term) -> bool:
        """mk x.1 x.2 is x."""
        fn, args = unapp(b)
        constructor = self.env.find(fn.a, "ctor") if fn.kind == "const" else None
        if constructor is None or len(args) != constructor.num_params + constructor.num_fields:
            return False
        if self.env.structure(constructor.induct) is None or not self.equal(self.infer(a), self.infer(b)):
            return False
        return all(
            self.equal(tm.make("proj", constructor.induct, i, a), field)
            for i, field in enumerate(args[constructor.num_params :])
        )

    def equal_strings(self, a: Term, b: Term) -> bool:
        """A literal and the list of its characters."""
        expanded = literals.string_application(self.env, a), literals.string_application(self.env, b)
        for x, other in ((expanded[0], b), (expanded[1], a)):
            if x is not None and other.kind == "app" and other.a is x.a:
                return self.equal(x, other)
        return False

    def equal_units(self, a: Term, b: Term) -> bool:
        """Any two elements of a structure without fields are equal."""
        type_ = self.whnf(self.infer(a))
        fn = head(type_)
        constructor = self.env.structure(fn.a) if fn.kind == "const" else None
        return constructor is not None and constructor.num_fields == 0 and self.equal(type_, self.infer(b))


def height(constant: Constant) -> int:
    """What is higher is unfolded first; abbreviations before all, opaque hints last."""
    if isinstance(constant.hints, int):
        return constant.hints
    return 1 << 40 if constant.hints == "abbrev" else -1
