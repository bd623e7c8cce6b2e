"""Malformed and unsupported models: each file of ``onnx/`` gets the error that ``expected.tsv`` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from verikit._base import errors
from verikit._core import NativeNetwork

FOLDER = Path(__file__).resolve().parent / "onnx"
EXPECTED = [line.split("\t") for line in (FOLDER / "expected.tsv").read_text().splitlines()[1:]]


def test_every_file_has_an_expected_error() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.onnx")) == sorted(name for name, _, _ in EXPECTED)


@pytest.mark.parametrize(("name", "error", "part"), EXPECTED, ids=[name for name, _, _ in EXPECTED])
def test_malformed_model_is_refused_with_its_error(name: str, error: str, part: str) -> None:
    with pytest.raises(errors.VerikitError) as caught:
        NativeNetwork.read_onnx(str(FOLDER / name))
    assert type(caught.value).__name__ == error
    assert part in str(caught.value)
    assert len(str(caught.value)) < 600
