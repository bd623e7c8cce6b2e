from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import lean_proofs as proofs

from verikit.cli.app import run_app
from verikit.cli.main import main, parse_plain_proof
from verikit.cli.report import ErrorReport, Report, VerdictReport
from verikit.lean import LeanEvidence


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lean")
    for kind in proofs.CANDIDATES:
        (folder / f"{kind}.ndjson").write_bytes(proofs.candidate(kind))
    (folder / "slow.ndjson").write_bytes(proofs.slow())
    (folder / "propext.ndjson").write_bytes(proofs.uses_propext())
    (folder / "malformed.ndjson").write_bytes(b"{}\n[")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def decode(line: str) -> Any:
    return msgspec.json.decode(line, type=Report)


CASES: dict[str, tuple[str, tuple[str, ...], int]] = {
    "accepted": ("honest", (), 0),
    "rejected": ("ill_typed", (), 1),
    "declined": ("slow", ("--timeout", "0.3"), 2),
    "malformed": ("malformed", (), 64),
    "missing": ("no_such_file", (), 64),
}


@pytest.mark.parametrize("case", CASES)
def test_cli_proof_exit_code_and_json_say_the_same(capsys: pytest.CaptureFixture[str], files: Path, case: str) -> None:
    name, extra, expected = CASES[case]
    code, out, err = run(capsys, "proof", files / f"{name}.ndjson", *extra, "--json")
    assert code == expected
    assert out.count("\n") == 1
    report = decode(out)
    if expected == 64:
        assert isinstance(report, ErrorReport)
        assert report.message in err
    else:
        assert isinstance(report, VerdictReport)
        assert report.status.value == case
        assert isinstance(report.evidence, LeanEvidence)
        assert err == ""


@pytest.mark.parametrize(
    ("name", "extra", "expected"),
    [
        ("honest", (), 0),
        ("sorry", (), 1),
        ("other_definition", (), 1),
        ("propext", (), 0),
        ("propext", ("--axioms", "Quot.sound,Classical.choice"), 1),
        ("propext", ("--axioms", ""), 1),
        ("axiom", ("--axioms", "cheat"), 1),
        ("malformed", (), 1),
    ],
)
def test_cli_proof_against_a_reference(
    capsys: pytest.CaptureFixture[str], files: Path, name: str, extra: tuple[str, ...], expected: int
) -> None:
    reference = files / "sorry.ndjson"
    command = ("proof", files / f"{name}.ndjson", "--theorem", "target", "--against", reference, *extra, "--json")
    code, out, _ = run(capsys, *command)
    report = decode(out)
    assert (code, report.evidence.theorem) == (expected, "target")


def test_cli_proof_gives_each_file_its_verdict_and_the_worst_exit_code(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    def of(*names: str) -> tuple[int, list[str]]:
        paths = [files / f"{name}.ndjson" for name in names]
        code, out, _ = run(capsys, "proof", *paths, "--timeout", "0.5", "--json")
        kinds = [json.loads(line) for line in out.splitlines()]
        return code, [kind.get("status", kind["kind"]) for kind in kinds]

    assert of("honest", "sorry") == (0, ["accepted", "accepted"])
    assert of("honest", "slow", "honest") == (2, ["accepted", "declined", "accepted"])
    assert of("slow", "ill_typed") == (1, ["declined", "rejected"])
    assert of("ill_typed", "malformed", "honest") == (64, ["rejected", "error", "accepted"])


def test_cli_proof_prints_a_verdict_a_person_can_read(capsys: pytest.CaptureFixture[str], files: Path) -> None:
    _, out, _ = run(capsys, "proof", files / "sorry.ndjson")
    lines = out.splitlines()
    assert lines[0].startswith("ACCEPTED  sorry.ndjson  (")
    assert "  axioms          sorryAx" in lines
    assert any(line.startswith("  checked         ") for line in lines)
    assert any(line.startswith("  assuming        ") for line in lines)
    _, out, _ = run(capsys, "proof", files / "ill_typed.ndjson")
    assert "  rejected        target  value-mismatch\n" in out
    reference = files / "sorry.ndjson"
    _, out, _ = run(capsys, "proof", files / "honest.ndjson", "--theorem", "target", "--against", reference)
    assert out.startswith("ACCEPTED  target of sorry.ndjson by honest.ndjson  (")
    assert "  statement       target : Same two two\n" in out
    assert run(capsys, "proof", files / "honest.ndjson", "--quiet") == (0, "", "")


def test_cli_proof_reads_modules_from_folders(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "olean"
    for argument in ("Tour", folder / "Parts.olean", folder):
        code, out, err = run(capsys, "proof", argument, "--path", folder, "--json")
        assert (code, decode(out).evidence.format) == (0, "olean"), err
    assert run(capsys, "proof", "Tour", "--path", folder, "--trust-imports", "--quiet")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["proof"],
        ["proof", "--json"],
        ["proof", "a", "--bogus"],
        ["proof", "a", "--theorem", "t"],
        ["proof", "a", "--against", "b"],
        ["proof", "a", "--theorem", "t", "--against", "b", "--trust-imports"],
        ["proof", "a", "--jobs", "0"],
        ["proof", "a", "--timeout", "soon"],
        ["proof", "a", "--theorem"],
    ],
)
def test_cli_proof_usage_errors_end_in_64(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 64
    assert err.startswith("verikit-check: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["proof", "a"],
        ["proof", "a", "b", "--json", "--quiet"],
        ["proof", "--theorem", "t", "a", "--against", "r", "--axioms", "propext,Quot.sound"],
        ["proof", "a", "--axioms", ""],
        ["proof", "a", "--jobs", "2", "--timeout", "3", "--memory", "100", "--path", "x:y", "--trust-imports"],
    ],
)
def test_cli_proof_plain_form_means_what_typer_says(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    import verikit.cli.proof

    seen: list[object] = []

    def record(*call: object) -> int:
        seen.append(call)
        return 0

    monkeypatch.setattr(verikit.cli.proof, "run", record)
    assert run_app(arguments) == 0
    assert seen == [parse_plain_proof(arguments)]


@pytest.mark.parametrize(
    "arguments",
    [["proof"], ["proof", "--help"], ["proof", "a", "--jobs=2"], ["proof", "a", "--jobs", "0"], ["net", "a"]],
)
def test_cli_proof_plain_form_leaves_the_rest_to_typer(arguments: list[str]) -> None:
    assert parse_plain_proof(arguments) is None


def test_cli_proof_is_one_process_of_at_most_300_ms(files: Path) -> None:
    command = [sys.executable, "-m", "verikit.cli.main", "proof", str(files / "honest.ndjson"), "--jobs", "1", "--json"]
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = subprocess.run(command, capture_output=True, check=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert json.loads(out.stdout)["status"] == "accepted"
    assert min(times) <= 0.3, times


def test_cli_proof_shows_progress_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verikit.cli import proof

    shown: list[tuple[object, ...]] = []
    real = proof._bar
    monkeypatch.setattr(proof, "_bar", lambda file: shown.append((file,)) or real(file))
    slow = files / "slow.ndjson"
    run(capsys, "proof", slow, "--timeout", "1.5")
    assert shown == []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run(capsys, "proof", slow, "--timeout", "1.5")
    assert shown == [(str(slow),)]
