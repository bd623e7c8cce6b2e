"""Malformed and unsupported properties: each file of ``vnnlib/`` gets the error that ``expected.tsv`` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from verikit._base import errors
from verikit._core import NativeProperty

FOLDER = Path(__file__).resolve().parent / "vnnlib"
EXPECTED = [line.split("\t") for line in (FOLDER / "expected.tsv").read_text().splitlines()[1:]]


def test_every_file_has_an_expected_error() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.vnnlib")) == sorted(name for name, _, _ in EXPECTED)


@pytest.mark.parametrize(("name", "error", "part"), EXPECTED, ids=[name for name, _, _ in EXPECTED])
def test_malformed_property_is_refused_with_its_error(name: str, error: str, part: str) -> None:
    with pytest.raises(errors.VerikitError) as caught:
        NativeProperty.read_vnnlib(str(FOLDER / name))
    assert type(caught.value).__name__ == error
    assert part in str(caught.value)
    assert name in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(FOLDER))
