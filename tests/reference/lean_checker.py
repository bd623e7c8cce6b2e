"""A Lean 4 type checker in plain Python: the specification of cpp/lean, for small files.

    python tests/reference/lean_checker.py FILE...    prints accept, reject or decline, the file, and why

It reads lean4export NDJSON 3.1.0, checks every declaration in the file's order, computes inductive types and their
recursors anew and compares them with the file. The parts, in the order to read them: lean/levels.py, terms.py,
kernel.py, literals.py, inductive.py, nested.py, quotients.py, and the rules for declarations here. No code is shared
with the C++ engine.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    __package__ = "tests.reference"

from .lean import literals, nested, quotients
from .lean import terms as tm
from .lean.environment import Constant, DeclinedError, Environment, RejectedError, dotted
from .lean.export import Declaration, MalformedError, read
from .lean.inductive import Block, Type
from .lean.kernel import Kernel

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Result:
    """``status``: accept, reject or decline. ``rule``: as the engine names it, or ``malformed``, or ``resource``."""

    status: str
    declaration: str = ""
    rule: str = ""
    detail: str = ""


def check_file(path: Path) -> Result:
    """The verdict on a file."""
    with path.open("rb") as lines:
        return check(lines)


def check(lines: Iterable[bytes | str]) -> Result:
    """The verdict on an export's lines."""
    return with_deep_stack(lambda: check_here(lines))


def check_here(lines: Iterable[bytes | str]) -> Result:
    """The same on the caller's stack."""
    tm.forget()
    where = ""
    try:
        declarations = blocks(read(lines))
        env = Environment()
        if any(c.name == ("String", "mk") and c.kind == "ctor" for d in declarations for c in d.constants):
            env.string_of_list = ("String", "mk")  # before Lean 4.27
        for declaration in declarations:
            where = dotted(declaration.constants[0].name) if declaration.constants else ""
            add(env, declaration)
    except MalformedError as error:
        return Result(status="reject", rule="malformed", detail=str(error))
    except RejectedError as error:
        return Result(status="reject", declaration=where, rule=error.rule, detail=str(error))
    except (DeclinedError, RecursionError, MemoryError) as error:
        return Result(status="decline", declaration=where, rule="resource", detail=f"{type(error).__name__} {error}")
    return Result(status="accept")


def with_deep_stack(work: Callable[[], T]) -> T:
    """Runs ``work`` on a thread that can recurse far."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    limit, size, digits = sys.getrecursionlimit(), threading.stack_size(), sys.get_int_max_str_digits()
    sys.setrecursionlimit(50_000)
    threading.stack_size(512 << 20)
    sys.set_int_max_str_digits(1_000_000)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
        sys.set_int_max_str_digits(digits)
    if errors:
        raise errors[0]
    return results[0]


def blocks(declarations: list[Declaration]) -> list[Declaration]:
    """Puts mutual unsafe or partial definitions together, which a file lists one after another."""
    result: list[Declaration] = []
    for declaration in declarations:
        last, new = result[-1] if result else None, declaration.constants
        if (
            last is not None and last.kind == declaration.kind == "def"
            and new[0].safety != "safe" and len(new[0].all) > 1
            and last.constants[0].all == new[0].all and last.constants[0].safety == new[0].safety
        ):  # fmt: skip
            result[-1] = Declaration("def", (*last.constants, *new))
        else:
            result.append(declaration)
    return result


# --- declarations -------------------------------------------------------------------------------------------------


def add(env: Environment, declaration: Declaration) -> None:
    """Checks a declaration and adds its constants."""
    if declaration.kind == "inductive":
        for constant in add_inductive(env, declaration):
            env.add(constant)
    elif declaration.kind == "quot":
        add_quotient(env, declaration.constants[0])
    elif declaration.kind == "def" and declaration.constants[0].safety != "safe":
        add_recursive(env, declaration.constants)
    else:
        constant = declaration.constants[0]
        kernel = Kernel(env, constant.params, constant.safety if constant.kind == "axiom" else "safe")
        check_head(kernel, constant)
        if constant.kind == "thm" and not kernel.is_prop(constant.type):
            raise RejectedError("theorem-not-prop", "its type is no proposition", constant.type)
        check_value(kernel, constant)
        env.add(constant)
        if literals.is_operation(Kernel(env), constant):
            env.operations.add(constant.name)


def check_head(kernel: Kernel, constant: Constant) -> None:
    """A free name, distinct universe parameters, and a type that is one."""
    if constant.name in kernel.env.constants:
        raise RejectedError("duplicate-name", f"{dotted(constant.name)} is declared twice")
    check_params(constant)
    kernel.sort_of(constant.type, checked=True)


def check_params(constant: Constant) -> None:
    if len(set(constant.params)) != len(constant.params):
        raise RejectedError("universe-parameter", "a universe parameter is listed twice")


def check_value(kernel: Kernel, constant: Constant) -> None:
    if constant.value is not None:
        kernel.check_type(constant.value, constant.type, "value-mismatch")


def add_recursive(env: Environment, constants: tuple[Constant, ...]) -> None:
    """Unsafe and partial definitions may refer to each other; they are opaque while they are checked."""
    block = env.copy()
    for constant in constants:
        check_head(Kernel(env, constant.params, constant.safety), constant)
        if constant.params != constants[0].params:
            raise RejectedError("mutual-block", "definitions of a block with different universe parameters")
    for constant in constants:
        block.add(replace(constant, kind="opaque"))
    for constant in constants:
        check_value(Kernel(block, constant.params, constant.safety), constant)
    for constant in constants:
        env.add(constant)


def add_quotient(env: Environment, constant: Constant) -> None:
    quotients.require_eq(env)
    found = quotients.expected().get(constant.name)
    if found is None or found != (constant.quot, constant.params, constant.type):
        raise RejectedError("quotient", f"{dotted(constant.name)} is not one of the quotient constants", constant.type)
    env.add(constant)
    env.quotients = all(
        name in env.constants for name in (("Quot",), ("Quot", "mk"), ("Quot", "lift"), ("Quot", "ind"))
    )


def add_inductive(env: Environment, declaration: Declaration) -> list[Constant]:
    """Computes what the block declares and compares all of it with what the file says."""
    by_name: dict[tuple[str | int, ...], Constant] = {}
    for constant in declaration.constants:
        if constant.name in by_name or constant.name in env.constants:
            raise RejectedError("duplicate-name", f"{dotted(constant.name)} is declared twice")
        by_name[constant.name] = constant
    types = [c for c in declaration.constants if c.kind == "induct"]
    if not types:
        raise RejectedError("inductive", "a block without types")
    check_params(types[0])
    if any(
        (t.params, t.num_params, t.safety) != (types[0].params, types[0].num_params, types[0].safety) for t in types
    ):
        raise RejectedError("mutual-block", "types with different parameters or safety")

    def constructor(name: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], tm.Term]:
        found = by_name.get(name)
        if found is None or found.kind != "ctor":
            raise RejectedError("constructor", f"{dotted(name)} is listed, but not there")
        return name, found.type

    block = Block(
        params=types[0].params,
        num_params=types[0].num_params,
        safety=types[0].safety,
        types=tuple(
            Type(name=t.name, type=t.type, constructors=tuple(constructor(c) for c in t.constructors)) for t in types
        ),
    )
    made = nested.declare(env, block)
    # An export may leave out recursors that nothing uses; nobody else may bear their names.
    absent = {c.name for c in made if c.kind == "rec"} - set(by_name)
    if {c.name for c in made} - absent != set(by_name) or absent & set(env.constants):
        extra = set(by_name) ^ {c.name for c in made}
        raise RejectedError("recursor", f"not what is declared: {sorted(map(dotted, extra))}")
    env.reserved |= absent
    made = [c for c in made if c.name not in absent]
    for constant in made:
        given = by_name[constant.name]
        for field in Constant.__dataclass_fields__:
            if getattr(given, field) != getattr(constant, field):
                rule = {"induct": "inductive", "ctor": "constructor", "rec": "recursor"}[constant.kind]
                raise RejectedError(
                    rule,
                    f"{dotted(constant.name)}: {field} is not what it must be",
                    *(x for x in (getattr(given, field), getattr(constant, field)) if isinstance(x, tm.Term)),
                )
    return made


def main(paths: list[str]) -> int:
    """Prints a line a file."""
    worst = 0
    for path in paths:
        result = check_file(Path(path))
        print(result.status, path, result.declaration, result.detail, flush=True)
        worst = max(worst, ("accept", "reject", "decline").index(result.status))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
