"""What a verdict of the Lean kernel must not depend on, and that what is too large ends, and soon.

The same findings for any number of threads and any order of independent declarations; terms a million deep, numerals of
a gigabit and towers of powers end in a verdict or DECLINED, in seconds and in bounded memory.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.differential.lean_export import Export
from tests.reference import make_lean_files
from tests.reference.lean.attack_parts import NAT, arithmetic
from tests.reference.lean.builder import ONE, Book, eq, refl
from tests.reference.lean.terms import Term, app, const, nat

lean = pytest.importorskip("verikit.lean", reason="the Lean engine is not built")
from verikit._base.errors import InputError, ResourceError, UnsupportedError  # noqa: E402

FILES = sorted(
    path for folder in ("reject", "golden") for path in (make_lean_files.TESTS / folder / "lean").glob("*.ndjson")
)
SECONDS = 20  # what takes one or two on a quiet machine
MEGABYTES = 1000


def answer(data: bytes, **options: Any) -> tuple[Any, ...]:
    """All that a verdict says about the input; of limits on time nothing is in these files."""
    try:
        verdict = lean.check(data, **options)
    except InputError as error:
        return ("malformed", str(error))
    except (ResourceError, UnsupportedError) as error:
        return ("declined", str(error))
    evidence = verdict.evidence
    if evidence is None:
        return (verdict.status, verdict.reason, verdict.detail)
    return (verdict.status, verdict.reason, evidence.findings, evidence.axioms, evidence.checked)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_findings_are_the_same_for_any_number_of_threads(threads: int) -> None:
    judged = 0
    for path in FILES:
        data = path.read_bytes()
        assert answer(data, threads=threads) == answer(data, threads=1), path.name
        judged += 1
    assert judged >= 80


@pytest.mark.shared
def test_findings_in_a_large_file_are_the_same_for_any_number_of_threads(shared: Path) -> None:
    file = shared / "lean" / "exports" / "nyaya" / "good" / "init-prelude.ndjson"
    if not file.is_file():
        pytest.skip("the export of Lean's prelude is not on this machine")
    data = spoiled(file.read_text(encoding="utf-8"), 12).encode()
    expected = answer(data, threads=1)
    assert expected[0].value == "rejected"
    assert len(expected[2]) >= 10
    for threads in (2, 3, 8):
        assert answer(data, threads=threads) == expected


def spoiled(text: str, count: int) -> str:
    """The file with other proofs for some theorems: each that of one before it."""
    lines = text.splitlines()
    theorems = [i for i, line in enumerate(lines) if line.startswith('{"thm"')]
    chosen = sorted(random.Random(1).sample(theorems, count + 1))
    records = [json.loads(lines[i]) for i in chosen]
    values = [record["thm"]["value"] for record in records]
    for i, record, value in zip(chosen[1:], records[1:], values[:-1], strict=True):
        record["thm"]["value"] = value
        lines[i] = json.dumps(record, separators=(",", ":"))
    return "\n".join(lines) + "\n"


def reordered(export: Export, rng: random.Random) -> Export:
    """The declarations in another order, each after what it mentions; the quotient constants stay together."""
    groups: list[list[Any]] = []
    for decl in export.decls:
        if groups and "quot" in decl and "quot" in groups[-1][-1]:
            groups[-1].append(decl)
        else:
            groups.append([decl])
    owner = {
        export.dotted(constant["name"]): i
        for i, group in enumerate(groups)
        for decl in group
        for constant in export.constants(decl)
    }
    needs = []
    for i, group in enumerate(groups):
        mentioned = {owner.get(export.dotted(name)) for decl in group for name in export.needs(decl)}
        needs.append({at for at in mentioned if at is not None and at < i})
    order: list[int] = []
    left = set(range(len(groups)))
    while left:
        ready = sorted(i for i in left if needs[i].isdisjoint(left))
        rng.shuffle(ready)
        taken = ready[: rng.randint(1, len(ready))]
        order += taken
        left -= set(taken)
    other = export.copy()
    other.decls = [decl for i in order for decl in groups[i]]
    return other


def by_name(data: bytes) -> tuple[Any, ...]:
    """The answer with the findings as a set: they are listed in the order of the file."""
    first, *rest = answer(data, threads=2)
    return (first, *(sorted(map(repr, part)) if isinstance(part, tuple) else part for part in rest))


def test_findings_do_not_depend_on_the_order_of_independent_declarations() -> None:
    moved = 0
    for path in FILES:
        if "duplicate" in path.name or path.stat().st_size > 200_000:
            continue  # which of two comes first is what the file is about
        try:
            export = Export.read(path.read_text(encoding="utf-8"))
        except (KeyError, ValueError, IndexError):
            continue  # not a file that can be written again
        if export.scope_fault() is not None:
            continue
        expected = by_name(export.write().encode())
        for seed in range(3):
            text = reordered(export, random.Random(f"{path.name}:{seed}")).write()
            assert by_name(text.encode()) == expected, (path.name, seed)
            moved += text != export.write()
    assert moved >= 60


@pytest.mark.shared
@pytest.mark.slow
def test_findings_in_the_prelude_do_not_depend_on_its_order(shared: Path) -> None:
    file = shared / "lean" / "exports" / "nyaya" / "good" / "init-prelude.ndjson"
    if not file.is_file():
        pytest.skip("the export of Lean's prelude is not on this machine")
    export = Export.read(spoiled(file.read_text(encoding="utf-8"), 12))
    expected = by_name(export.write().encode())
    for seed in range(3):
        assert by_name(reordered(export, random.Random(seed)).write().encode()) == expected


# --- what is too large --------------------------------------------------------------------------------------------

# Names 1 A, 2 f, 3 a, 4 x, 5 u, 6 deep; levels 1 = 1, 2 = u; terms 0 Type, 1 A, 2 A → A, 3 f, 4 a, 5 #0.
START = (
    [{"meta": {"exporter": {"name": "verikit", "version": "3.1.0"}, "lean": {"githash": "", "version": "4.35.0"},
               "format": {"version": "3.1.0"}}}]
    + [{"in": i, "str": {"pre": 0, "str": text}} for i, text in enumerate(("A", "f", "a", "x", "u", "deep"), 1)]
    + [
        {"il": 1, "succ": 0}, {"il": 2, "param": 5}, {"ie": 0, "sort": 1}, {"ie": 1, "const": {"name": 1, "us": []}},
        {"ie": 2, "forallE": {"name": 4, "type": 1, "body": 1, "binderInfo": "default"}},
        {"ie": 3, "const": {"name": 2, "us": []}}, {"ie": 4, "const": {"name": 3, "us": []}}, {"ie": 5, "bvar": 0},
    ]
    + [{"axiom": {"name": n, "levelParams": [], "type": t, "isUnsafe": False}} for n, t in ((1, 0), (2, 2), (3, 1))]
)  # fmt: skip


def binder(kind: str, body: int) -> dict[str, Any]:
    return {kind: {"name": 4, "type": 1, "body": body, "binderInfo": "default"}}


# How a term of each kind grows by one, from where, and what type the file says that it has.
GROWTH: dict[str, tuple[int, Callable[[int], dict[str, Any]], int]] = {
    "arguments": (4, lambda t: {"app": {"fn": 3, "arg": t}}, 1),
    "functions": (3, lambda t: {"app": {"fn": t, "arg": 4}}, 1),
    "lambdas": (4, lambda t: binder("lam", t), 1),
    "arrows": (1, lambda t: binder("forallE", t), 0),
    "domains": (1, lambda t: {"forallE": {"name": 4, "type": t, "body": 1, "binderInfo": "default"}}, 0),
    "lets": (4, lambda t: {"letE": {"name": 4, "type": 1, "value": 4, "body": t, "nondep": False}}, 1),
    "let_values": (4, lambda t: {"letE": {"name": 4, "type": 1, "value": t, "body": 5, "nondep": False}}, 1),
    "annotations": (4, lambda t: {"mdata": {"expr": t, "data": []}}, 1),
    "projections": (4, lambda t: {"proj": {"typeName": 1, "idx": 0, "struct": t}}, 1),
}
LEVEL_GROWTH: dict[str, Callable[[int], dict[str, Any]]] = {
    "successors": lambda level: {"succ": level},
    "maxima": lambda level: {"max": [1 + level % 2, level]},
    "impredicative_maxima": lambda level: {"imax": [level, 2]},
}


def deep(kind: str, depth: int) -> Iterator[dict[str, Any]]:
    """The records of a file with one definition that deep."""
    yield from START
    if kind in LEVEL_GROWTH:
        for at in range(2, depth + 2):
            yield {"il": at + 1, **LEVEL_GROWTH[kind](at)}
        yield {"il": depth + 3, "succ": depth + 2}
        yield {"ie": 6, "sort": depth + 2}
        yield {"ie": 7, "sort": depth + 3}
        value, type_ = 6, 7
    else:
        value, grow, type_ = GROWTH[kind]
        for at in range(6, depth + 6):
            yield {"ie": at, **grow(value)}
            value = at
    yield {"def": {"name": 6, "levelParams": [5], "type": type_, "value": value, "hints": "abbrev", "safety": "safe",
                   "all": [6]}}  # fmt: skip


CHILD = """
import resource, sys, time
from verikit import lean
from verikit._base.errors import ResourceError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = open(sys.argv[1], "rb").read()
start = time.monotonic()
try:
    verdict = lean.check(data, threads=1, timeout_s=60)
    said = verdict.status.value
except ResourceError:
    said = "declined"
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(said, time.monotonic() - start, used // 1024)
"""


def judged_alone(path: Path) -> tuple[str, float, int]:
    """The verdict on a file, the seconds, and the megabytes of the process that gave it."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    said, seconds, megabytes = done.stdout.split()
    return said, float(seconds), int(megabytes)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*GROWTH, *LEVEL_GROWTH])
def test_a_term_a_million_deep_ends_in_an_answer(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.ndjson"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, separators=(",", ":")) + "\n" for record in deep(kind, 1_000_000))
    said, seconds, megabytes = judged_alone(path)
    wrong = {"functions", "lambdas", "projections"}  # of another type than the file says, or of none
    assert said in (("rejected", "declined") if kind in wrong else ("accepted", "declined"))
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("kind", [*GROWTH, *LEVEL_GROWTH])
def test_a_term_a_hundred_deep_is_judged(kind: str) -> None:
    """The same files, so small that no limit is met: the answer is known."""
    text = "\n".join(json.dumps(record) for record in deep(kind, 100))
    expected = "rejected" if kind in {"functions", "lambdas", "projections"} else "accepted"
    assert lean.check(text.encode(), threads=1).status.value == expected


@pytest.mark.slow
def test_a_numeral_of_a_gigabit_is_declined(tmp_path: Path) -> None:
    path = tmp_path / "numeral.ndjson"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in START)
        file.write('{"ie":6,"natVal":"')
        file.writelines("7" * 1_000_000 for _ in range(302))  # 10^9 bits
        file.write('"}\n')
    said, seconds, megabytes = judged_alone(path)
    assert said == "declined"
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def power(a: Term, b: Term) -> Term:
    return app(const("Nat.pow"), a, b)


def times(a: Term, b: Term) -> Term:
    return app(const("Nat.mul"), a, b)


def squared(t: Term, times_: int) -> Term:
    for _ in range(times_):
        t = times(t, t)
    return t


@pytest.mark.parametrize(
    "large",
    [
        pytest.param(power(nat(2), nat(1 << 40)), id="2^(2^40)"),
        pytest.param(power(nat(1 << 80), nat(1 << 24)), id="(2^80)^(2^24)"),
        pytest.param(power(power(nat(2), nat(1 << 23)), nat(1 << 23)), id="(2^(2^23))^(2^23)"),
        pytest.param(squared(power(nat(2), nat(1 << 23)), 40), id="2^(2^23) squared 40 times"),
        pytest.param(squared(nat(3), 60), id="3 squared 60 times"),
        pytest.param(power(nat(2), power(nat(2), power(nat(2), nat(64)))), id="2^(2^(2^64))"),
    ],
)
def test_a_power_too_large_is_declined_soon(large: Term) -> None:
    book = Book()
    book.prelude()
    arithmetic(book)
    book.theorem("large", eq(ONE, NAT, large, nat(0)), refl(ONE, NAT, nat(0)))
    start = time.monotonic()
    verdict = lean.check(book.writer.text().encode(), threads=1, timeout_s=60)
    assert verdict.declined, verdict.detail
    assert [f.declaration for f in verdict.evidence.findings] == ["large"]
    assert time.monotonic() - start < SECONDS


@pytest.mark.parametrize("threads", [1, 3])
def test_a_time_limit_is_kept_in_the_middle_of_a_declaration(threads: int) -> None:
    from tests import lean_proofs

    data = lean_proofs.slow()
    start = time.monotonic()
    verdict = lean.check(data, threads=threads, timeout_s=0.05)
    assert verdict.declined
    assert verdict.reason == "timeout"
    assert time.monotonic() - start < 1
