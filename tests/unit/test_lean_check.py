from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import lean_proofs as proofs

from verikit import Cause, InputError
from verikit._base.errors import ExportFormatError
from verikit.lean import check, load


def test_check_accepts_with_counts_axioms_and_a_digest() -> None:
    verdict = check(proofs.candidate("honest"))
    assert verdict.accepted
    evidence = verdict.evidence
    assert (evidence.findings, evidence.rejected, evidence.undecided) == ((), 0, 0)
    assert evidence.declarations == evidence.checked > 5
    assert evidence.trusted == 0
    assert evidence.axioms == ()
    assert evidence.format == "lean4export-ndjson"
    assert len(evidence.sha256 or "") == 64
    assert verdict.stats.counters["steps"] >= 0
    assert "type checks" in verdict.guarantee.claim
    assert verdict.guarantee.trusted_base


def test_check_rejects_with_the_declaration_the_rule_and_the_terms() -> None:
    verdict = check(proofs.candidate("ill_typed"))
    assert verdict.rejected
    assert verdict.cause is Cause.RESPONSE
    (finding,) = verdict.evidence.findings
    assert (finding.declaration, finding.status, finding.rule) == ("target", "rejected", "value-mismatch")
    assert "True" in finding.detail
    assert (verdict.detail or "").startswith("target: value-mismatch: ")


def test_check_counts_findings_beyond_those_it_keeps() -> None:
    verdict = check(proofs.wrong(1200))
    assert len(verdict.evidence.findings) == 1000
    assert verdict.evidence.rejected == 1200
    assert "(and 1199 more)" in (verdict.detail or "")


def test_check_rejects_a_name_that_is_declared_twice() -> None:
    verdict = check(proofs.candidate("twice"))
    assert verdict.rejected
    assert {finding.rule for finding in verdict.evidence.findings} == {"duplicate-name"}


@pytest.mark.parametrize(
    ("kind", "allowed", "accepted"),
    [
        ("axiom", None, True),
        ("axiom", {"cheat"}, True),
        ("axiom", {"propext"}, False),
        ("axiom", set(), False),
        ("forged_propext", {"propext"}, False),
        ("honest", set(), True),
    ],
)
def test_check_rejects_axioms_that_are_not_allowed_or_not_what_they_are_called(
    kind: str, allowed: set[str] | None, accepted: bool
) -> None:
    verdict = check(proofs.candidate(kind), allowed_axioms=allowed)
    assert verdict.accepted == accepted
    if not accepted:
        assert verdict.rejected
        assert verdict.evidence.rejected == 1


def test_check_accepts_the_real_propext() -> None:
    verdict = check(proofs.uses_propext(), allowed_axioms={"propext"})
    assert verdict.accepted, verdict.detail
    assert verdict.evidence.axioms == ("propext",)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"timeout_s": 0.5}, "timeout"), ({"timeout_s": 0}, "timeout"), ({"max_steps": 100_000}, "steps")],
)
def test_check_declines_at_its_limits_and_blames_the_response(limits: dict[str, float], reason: str) -> None:
    start = time.perf_counter()
    verdict = check(proofs.slow(), **limits)  # type: ignore[arg-type]
    assert time.perf_counter() - start < 20
    assert verdict.declined
    assert (verdict.reason, verdict.cause) == (reason, Cause.RESPONSE)
    assert verdict.guarantee.claim == "nothing is claimed"


def test_check_ends_with_ctrl_c_in_the_middle_of_a_declaration() -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        check(proofs.slow(), timeout_s=60)
    assert time.perf_counter() - start < 20
    timer.join()


def test_check_lets_other_threads_run() -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    check(proofs.slow(), timeout_s=1)
    done.set()
    thread.join()
    assert ticks >= 5


def test_check_tells_of_progress_and_raises_what_that_raises() -> None:
    seen: list[tuple[int, int]] = []
    assert check(proofs.many(500), progress=lambda done, total: seen.append((done, total))).accepted
    assert seen[-1][0] == seen[-1][1] > 500

    def stop(done: int, total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check(proofs.many(10), progress=stop)


def test_check_says_the_same_for_any_number_of_threads() -> None:
    content = proofs.wrong(100)
    one, three = check(content, threads=1), check(content, threads=3)
    assert one.evidence == three.evidence
    assert one.detail == three.detail


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"\x00" * 200, b"olean", proofs.candidate("honest")[:-40], b"olean\x02" + b"\xff" * 200],
)
def test_check_raises_for_malformed_input(content: bytes) -> None:
    with pytest.raises(ExportFormatError):
        check(content)


def test_check_reads_files_and_says_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "proof.ndjson").write_bytes(proofs.candidate("honest"))
    verdict = check(tmp_path / "proof.ndjson")
    assert verdict.accepted
    assert verdict.subject == "proof.ndjson"
    for missing in ("nothing.ndjson", "No.Such.Module"):
        with pytest.raises(InputError, match="expected a file"):
            check(tmp_path / missing)
    with pytest.raises(InputError):
        check("No.Such.Module", search_path=[tmp_path])


@pytest.mark.parametrize(
    "wrong",
    [
        {"threads": 0},
        {"timeout_s": -1},
        {"timeout_s": float("nan")},
        {"memory_mb": 0},
        {"max_steps": 0},
        {"max_depth": 0},
        {"allowed_axioms": "propext"},
        {"allowed_axioms": {"sorryAx"}},
        {"search_path": "folder"},
    ],
)
def test_check_refuses_options_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        check(proofs.candidate("honest"), **wrong)  # type: ignore[arg-type]


def test_check_of_compiled_modules_reads_all_parts(root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "olean"
    whole = check(folder)
    assert whole.accepted, whole.detail
    for name in ("Tour", "Parts"):
        verdict = check(folder / f"{name}.olean", search_path=[folder])
        assert verdict.accepted, verdict.detail
        assert verdict.evidence.format == "olean"
        assert check(name, search_path=[folder]).evidence.sha256 == verdict.evidence.sha256
        assert verdict.evidence.sha256 != whole.evidence.sha256


def test_check_of_a_module_checks_what_it_reaches_unless_told_not_to(root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "modules"
    whole = check("Honest", search_path=[folder])
    assert whole.accepted
    assert whole.evidence.checked == 5
    alone = check("Honest", search_path=[folder], trust_imports=True)
    assert alone.accepted
    assert alone.evidence.checked == 1
    assert any("imported modules" in assumption for assumption in alone.guarantee.assumptions)
    assert "imported" not in " ".join(whole.guarantee.assumptions)
    trusted = check("Honest", search_path=[folder], trusted=load("Honest", search_path=[folder]).imports().values())
    assert (trusted.evidence.checked, trusted.evidence.trusted) == (1, 4)


def test_check_of_one_environment_twice_says_the_same() -> None:
    environment = load(proofs.candidate("sorry"))
    first, second = check(environment), check(environment)
    assert first.evidence == second.evidence
    assert first.evidence.axioms == ("sorryAx",)
