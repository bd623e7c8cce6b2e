from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verikit import Cause
from verikit._base.errors import InputError, ShapeError
from verikit.bounds import BoundsEvidence, Box, Network, Specification, certify, verify


@pytest.fixture(scope="module")
def network(data: Path) -> Network:
    return Network.from_onnx(data / "digits.onnx")


@pytest.fixture(scope="module")
def archive(data: Path) -> dict[str, np.ndarray[Any, Any]]:
    with np.load(data / "digits_heldout.npz") as file:
        return dict(file)


@pytest.mark.parametrize("name", ["digits_robust_0.05", "digits_pair_0.04", "digits_ink"])
def test_verify_accepts_the_bundled_properties_that_hold(network: Network, data: Path, name: str) -> None:
    verdict = verify(network, Specification.from_vnnlib(data / f"{name}.vnnlib"))
    assert verdict.accepted
    assert verdict.cause is None
    assert verdict.evidence.leaves >= 1
    assert verdict.evidence.smallest_margin is not None
    assert verdict.evidence.smallest_margin > 0
    assert "float32 evaluation of class F" in verdict.guarantee.class_
    assert verdict.subject == f"digits.onnx satisfies {name}.vnnlib"


def test_verify_rejects_with_a_counterexample_that_shows_it(network: Network, data: Path) -> None:
    verdict = verify(network, Specification.from_vnnlib(data / "digits_fragile_0.3.vnnlib"))
    assert verdict.rejected
    assert verdict.cause is Cause.RESPONSE
    evidence = verdict.evidence
    assert evidence.counterexample is not None
    assert evidence.counterexample_exact is not None
    point = np.array(evidence.counterexample, np.float32).reshape(1, 8, 8)
    assert [float(Fraction(text)) for text in evidence.counterexample_exact] == list(evidence.counterexample)
    text = (data / "digits_fragile_0.3.vnnlib").read_text()
    label = int(text.split("(a ")[1][0])
    y = network.evaluate(point)
    if evidence.float32_violates:
        assert max(np.delete(y, label)) >= y[label]
    assert evidence.output is not None
    assert np.allclose(evidence.output, y, atol=1e-4)
    assert "violated by this input in real arithmetic" in verdict.guarantee.claim


def test_verify_agrees_with_certified_bounds(network: Network, archive: dict[str, np.ndarray[Any, Any]]) -> None:
    box = Box.linf(archive["x"][0], 0.02, clip=(0, 1))
    specification = Specification.robust(box, int(archive["y"][0]))
    assert (network.bound(box, specification=specification).lower > 0).all()
    assert verify(network, specification).accepted
    wrong = Specification.robust(box, (int(archive["y"][0]) + 1) % 10)
    assert verify(network, wrong).rejected


def test_verify_linear_properties_hold_up_to_their_bound(
    network: Network, archive: dict[str, np.ndarray[Any, Any]]
) -> None:
    point = Box(archive["x"][0], archive["x"][0])
    y = float(network.evaluate(archive["x"][0])[0])
    row = np.eye(10)[0]
    assert verify(network, Specification.linear(point, row, y - 0.01)).accepted
    assert verify(network, Specification.linear(point, row, y + 0.01)).rejected
    assert verify(network, Specification.linear(point, -row, -y + 0.01)).rejected


def test_verify_without_time_is_declined_not_decided(network: Network, data: Path) -> None:
    verdict = verify(network, Specification.from_vnnlib(data / "digits_robust_0.05.vnnlib"), timeout_s=0.0)
    assert verdict.declined
    assert verdict.reason == "timeout"
    assert verdict.cause is Cause.RESPONSE
    assert verdict.detail
    assert verdict.guarantee.claim == "nothing is claimed"


def test_verify_under_a_work_budget_is_reproducible(network: Network, archive: dict[str, np.ndarray[Any, Any]]) -> None:
    specification = Specification.robust(Box.linf(archive["x"][1], 0.12, clip=(0, 1)), int(archive["y"][1]))
    runs = [
        verify(network, specification, timeout_s=float("inf"), max_boxes=40, threads=threads) for threads in (1, 2, 2)
    ]
    first = runs[0]
    for run in runs[1:]:
        assert (run.status, run.reason, run.evidence) == (first.status, first.reason, first.evidence)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timeout_s": -1.0}, "timeout_s"),
        ({"timeout_s": float("nan")}, "timeout_s"),
        ({"memory_mb": 0}, "memory_mb"),
        ({"threads": 0}, "threads"),
        ({"max_boxes": 0}, "max_boxes"),
        ({"soundness": "exact"}, "soundness"),
    ],
)
def test_verify_refuses_limits_that_make_no_sense(
    network: Network, data: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        verify(network, Specification.from_vnnlib(data / "digits_ink.vnnlib"), **arguments)


def test_verify_json_decodes_into_typed_evidence(network: Network, data: Path) -> None:
    import msgspec

    verdict = verify(network, Specification.from_vnnlib(data / "digits_ink.vnnlib"))
    fields = json.loads(verdict.to_json())
    assert msgspec.convert(fields["evidence"], BoundsEvidence) == verdict.evidence


def test_certify_counts_add_up_and_fall_with_eps(network: Network, archive: dict[str, np.ndarray[Any, Any]]) -> None:
    x, y = archive["x"][:60], archive["y"][:60]
    results = [certify(network, x, y, eps, clip=(0, 1)) for eps in (0.0, 0.03, 0.1, 0.5)]
    for result in results:
        assert result.certified + result.falsified + result.undecided == result.images == 60
        assert result.certified <= result.correct
    shares = [result.share for result in results]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == results[0].correct / 60
    assert shares[1] > 0.8 > shares[3]


def test_certify_does_not_depend_on_the_batch_and_search_decides_more(
    network: Network, archive: dict[str, np.ndarray[Any, Any]]
) -> None:
    x, y = archive["x"][:40], archive["y"][:40]
    bounds_only = certify(network, x, y, 0.1, clip=(0, 1), batch=1)
    assert bounds_only.certified == certify(network, x, y, 0.1, clip=(0, 1), batch=17).certified
    searched = certify(network, x, y, 0.1, clip=(0, 1), timeout_s=0.3)
    assert searched.undecided < bounds_only.undecided
    assert searched.certified >= bounds_only.certified


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.zeros((2, 8, 8), np.float32), np.zeros(2, int), ShapeError, "images"),
        (np.zeros((2, 1, 8, 8), np.float32), np.zeros(3, int), ShapeError, "labels"),
        (np.zeros((2, 1, 8, 8), np.float32), np.zeros(2), ShapeError, "labels"),
        (np.zeros((2, 1, 8, 8), np.float32), np.array([0, 10]), InputError, "0 to 9, got 0 to 10"),
        (np.zeros((0, 1, 8, 8), np.float32), np.zeros(0, int), InputError, "at least one"),
    ],
)
def test_certify_refuses_data_that_does_not_fit(
    network: Network, x: Any, y: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        certify(network, x, y, 0.1)
