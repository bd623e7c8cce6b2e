from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import lean_proofs as proofs

from verikit import Cause, InputError
from verikit.lean import check, load, verify_proof

# How each candidate fails: the rule, and the constant that the verdict names.
REJECTED = {
    "other_statement": ("statement", "target"),
    "other_definition": ("statement", "Same"),
    "other_constructor": ("statement", "Nat"),
    "sorry": ("axiom", "sorryAx"),
    "axiom": ("axiom", "cheat"),
    "forged_propext": ("statement", "propext"),
    "stated_as_axiom": ("axiom", "target"),
    "ill_typed": ("value-mismatch", "target"),
    "unsafe": ("unsafe-in-safe", "target"),
    "missing": ("unknown-constant", "target"),
    "twice": ("duplicate-name", "target"),
}
ACCEPTED = ("honest", "other_proof")


def test_verify_proof_cases_are_all_there_and_most_would_pass_a_mere_check() -> None:
    assert {*REJECTED, *ACCEPTED} == set(proofs.CANDIDATES)
    pass_alone = {kind for kind in REJECTED if check(proofs.candidate(kind)).accepted}
    assert pass_alone == set(REJECTED) - {"ill_typed", "twice"}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_verify_proof_accepts_any_proof_of_the_statement(kind: str) -> None:
    verdict = verify_proof(proofs.reference(), proofs.candidate(kind), "target")
    assert verdict.accepted, verdict.detail
    evidence = verdict.evidence
    assert (evidence.theorem, evidence.axioms) == ("target", ())
    assert "Same two two" in (evidence.statement or "")
    assert evidence.sha256 != evidence.reference_sha256
    assert "proves the statement" in verdict.guarantee.claim


@pytest.mark.parametrize("kind", REJECTED)
def test_verify_proof_rejects_what_is_no_proof_and_says_why(kind: str) -> None:
    verdict = verify_proof(proofs.reference(), proofs.candidate(kind), "target")
    rule, constant = REJECTED[kind]
    assert verdict.rejected
    assert verdict.cause is Cause.RESPONSE
    finding = verdict.evidence.findings[0]
    assert (finding.rule, finding.declaration) == (rule, constant)


def test_verify_proof_accepts_the_real_propext_that_the_reference_does_not_mention() -> None:
    verdict = verify_proof(proofs.reference(), proofs.uses_propext(), "target")
    assert verdict.accepted, verdict.detail
    assert verdict.evidence.axioms == ("propext",)
    refused = verify_proof(proofs.reference(), proofs.uses_propext(), "target", allowed_axioms=())
    assert refused.rejected
    assert refused.evidence.findings[0].rule == "axiom"


def test_verify_proof_rejects_a_candidate_that_cannot_be_read() -> None:
    for content in (b"", b"nonsense", proofs.candidate("honest")[:-30]):
        verdict = verify_proof(proofs.reference(), content, "target")
        assert verdict.rejected
        assert verdict.cause is Cause.RESPONSE
        assert verdict.evidence.findings[0].rule == "format"


@pytest.mark.parametrize(
    ("reference", "theorem"),
    [
        (b"nonsense", "target"),
        (proofs.reference(), "no_such_theorem"),
        (proofs.reference(), "Nat.zero"),
        (proofs.reference(), "two"),
        (proofs.candidate("unsafe"), "target"),
        (proofs.candidate("twice"), "target"),
        (proofs.candidate("missing"), "target"),
    ],
)
def test_verify_proof_blames_the_reference_for_what_is_its_own(reference: bytes, theorem: str) -> None:
    verdict = verify_proof(reference, proofs.candidate("honest"), theorem)
    assert verdict.declined
    assert (verdict.reason, verdict.cause) == ("reference", Cause.REFERENCE)


def test_verify_proof_blames_whoever_brought_the_broken_module(root: Path, tmp_path: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "modules"
    for name in ("Library", "Reference", "Honest"):
        (tmp_path / f"{name}.olean").write_bytes((folder / f"{name}.olean").read_bytes())
    for broken, status, cause in (
        ("Reference", "declined", Cause.REFERENCE),
        ("Honest", "rejected", Cause.RESPONSE),
    ):
        path = tmp_path / f"{broken}.olean"
        content = path.read_bytes()
        path.write_bytes(content[:1000] + b"\xfe" * (len(content) - 1000))
        verdict = verify_proof("Reference", "Honest", "plus_zero", search_path=[tmp_path])
        assert (verdict.status.value, verdict.cause) == (status, cause), verdict.detail
        path.write_bytes(content)


def test_verify_proof_nobody_profits_from_a_proof_that_cannot_be_decided() -> None:
    verdict = verify_proof(proofs.slow(), proofs.slow(), "target", timeout_s=0.5)
    assert verdict.declined
    assert (verdict.reason, verdict.cause) == ("timeout", Cause.RESPONSE)


def test_verify_proof_takes_environments_and_the_same_one_twice() -> None:
    honest, reference = load(proofs.candidate("honest")), load(proofs.reference())
    assert verify_proof(reference, honest, "target").accepted
    assert verify_proof(honest, honest, "target").accepted
    assert verify_proof(reference, reference, "target").rejected


def test_verify_proof_of_modules_trusts_what_the_reference_has_bit_for_bit(root: Path, tmp_path: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "modules"
    shared = verify_proof("Reference", "Honest", "plus_zero", search_path=[folder])
    assert shared.accepted, shared.detail
    assert (shared.evidence.checked, shared.evidence.trusted) == (1, 4)
    assert any("trusted digests" in assumption for assumption in shared.guarantee.assumptions)
    everything = verify_proof("Reference", "Honest", "plus_zero", search_path=[folder], trust_reference=False)
    assert everything.accepted
    assert (everything.evidence.checked, everything.evidence.trusted) == (5, 0)

    # One bit in a header: the same constants, another file.
    for name in ("Library.olean", "Honest.olean"):
        content = bytearray((folder / name).read_bytes())
        content[40] ^= 1
        (tmp_path / name).write_bytes(content)
    reference = load("Reference", search_path=[folder])
    candidate = load("Honest", search_path=[tmp_path], trusted=reference.imports().values())
    other = verify_proof(reference, candidate, "plus_zero")
    assert other.accepted, other.detail
    assert (other.evidence.checked, other.evidence.trusted) == (5, 0)


def test_verify_proof_of_modules_rejects_the_same_names_with_another_meaning(root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "modules"
    assert check("Cheating", search_path=[folder]).accepted
    verdict = verify_proof("Reference", "Cheating", "plus_zero", search_path=[folder])
    assert verdict.rejected
    assert (verdict.evidence.findings[0].declaration, verdict.evidence.findings[0].rule) == ("plus", "statement")
    assert verify_proof("Reference", "Reference", "plus_zero", search_path=[folder]).rejected


def test_verify_proof_of_compiled_modules_trusts_nothing_that_was_asked_for(root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "olean"
    verdict = verify_proof(folder / "Tour.olean", folder / "Tour.olean", "swap_swap", search_path=[folder])
    assert verdict.accepted, verdict.detail
    assert verdict.evidence.trusted == 0
    uses_axiom = verify_proof(folder / "Tour.olean", folder / "Tour.olean", "extensional", search_path=[folder])
    assert not uses_axiom.accepted


def test_verify_proof_refuses_questions_that_make_no_sense() -> None:
    for theorem, allowed in (("", ()), ("target", "propext"), ("target", {"sorryAx"})):
        with pytest.raises(InputError):
            verify_proof(proofs.reference(), proofs.candidate("honest"), theorem, allowed_axioms=allowed)
    with pytest.raises(InputError):
        verify_proof("no/such/file", proofs.candidate("honest"), "target")


def test_bundled_files_are_what_their_builder_writes(data: Path) -> None:
    for kind in proofs.BUNDLED:
        assert (data / f"plus_zero_{kind}.ndjson").read_bytes() == proofs.bundled(kind)
