"""The reference checker against labelled exports, and the engine against the reference checker."""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.differential.lean_campaign import read_seeds
from tests.differential.lean_mutants import mutate
from tests.reference import lean_checker, make_lean_files

SMALL = 100_000  # bytes; what is larger is for the slow tests
# Attacks that the engine does not judge: it reads no index of more than 32 bits, and says so.
DECLINED = {"lean4_12746_projection_index_of_33_bits.ndjson"}


def labelled(shared: Path) -> list[tuple[Path, str]]:
    """The exports of the format that the reference checker reads, with what is expected of them."""
    folder = shared / "lean"
    if not (folder / "expected.csv").is_file():
        pytest.skip("the labelled Lean exports are not on this machine")
    with (folder / "expected.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["format"] == "ndjson 3.1.0" and row["expected"]]
    return [(folder / "exports" / row["file"], row["expected"]) for row in rows]


def engine_verdict(data: bytes) -> str:
    """What the engine says: accept, reject (malformed included) or decline."""
    lean = pytest.importorskip("verikit.lean", reason="the Lean engine is not built")
    from verikit._base.errors import InputError, ResourceError

    try:
        verdict = lean.check(data, threads=1)
    except InputError:
        return "reject"
    except ResourceError:
        return "decline"
    return "accept" if verdict.accepted else "reject" if verdict.rejected else "decline"


@pytest.mark.shared
def test_reference_checker_judges_labelled_exports_as_expected(shared: Path) -> None:
    small = [(path, verdict) for path, verdict in labelled(shared) if path.stat().st_size <= SMALL]
    assert len(small) >= 126
    wrong = {
        path.name: (verdict, result.status, result.detail)
        for path, verdict in small
        if (result := lean_checker.check_file(path)).status != verdict
    }
    assert wrong == {}


@pytest.mark.shared
@pytest.mark.slow
def test_reference_checker_accepts_the_prelude_of_lean(shared: Path) -> None:
    labelled(shared)
    result = lean_checker.check_file(shared / "lean" / "exports" / "nyaya" / "good" / "init-prelude.ndjson")
    assert result.status == "accept", result.detail


@pytest.mark.shared
def test_engine_agrees_with_the_reference_checker_on_labelled_exports(shared: Path) -> None:
    for path, _ in labelled(shared):
        if path.stat().st_size <= SMALL:
            assert engine_verdict(path.read_bytes()) == lean_checker.check_file(path).status, path.name


@pytest.mark.parametrize("folder", ["reject", "golden"])
def test_engine_agrees_with_the_reference_checker_on_attacks_and_controls(folder: str) -> None:
    for name, row in make_lean_files.table(folder).items():
        data = (make_lean_files.TESTS / folder / "lean" / name).read_bytes()
        assert engine_verdict(data) == ("decline" if name in DECLINED else row["expected"]), name


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_engine_agrees_with_the_reference_checker_on_mutants(shared: Path, part: int) -> None:
    """The engine never accepts what the reference rejects. It may reject what the reference accepts, seldom: levels
    are compared completely here, in the engine as far as the official kernel does. Where either declines there is
    nothing to compare."""
    files = [path for path, verdict in labelled(shared) if verdict == "accept" and path.name != "app-lam.ndjson"]
    seeds = read_seeds(files, 60, part)
    compared: Counter[tuple[str, str]] = Counter()
    for number in range(250):
        rng = random.Random(f"reference:{part}:{number}")
        mutant = mutate(rng.choice(seeds)[1], rng)
        if mutant is None:
            continue
        text = mutant.text()
        verdicts = lean_checker.check(text.splitlines()).status, engine_verdict(text.encode())
        assert verdicts != ("reject", "accept"), f"{part}:{number} {mutant.label}"
        compared[verdicts] += 1
    assert compared["reject", "reject"] >= 50
    assert compared["accept", "accept"] >= 50
    assert compared["accept", "reject"] <= 5
