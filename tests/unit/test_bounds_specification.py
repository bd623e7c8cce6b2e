from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verikit._base.errors import InputError, PropertyFormatError, ShapeError
from verikit.bounds import Box, Specification

BOX = Box(np.zeros(2, np.float32), np.ones(2, np.float32))


def test_specification_robust_has_one_margin_for_each_other_class() -> None:
    rows = Specification.robust(BOX, 1).coefficients(4)
    assert rows.tolist() == [[-1, 1, 0, 0], [0, 1, -1, 0], [0, 1, 0, -1]]


def test_specification_robust_counts_a_tie_as_a_violation() -> None:
    disjuncts = Specification.robust(BOX, 0)._disjuncts(3)
    assert disjuncts == [[([(0, 1.0), (1, -1.0)], 0.0, False)], [([(0, 1.0), (2, -1.0)], 0.0, False)]]


def test_specification_linear_is_violated_strictly_below_its_bound() -> None:
    specification = Specification.linear(BOX, [[1.0, 0.0, -2.0], [0.0, 1.0, 0.0]], [0.5, -1.0])
    assert specification._disjuncts(3) == [
        [([(0, 1.0), (2, -2.0)], 0.5, True)],
        [([(1, 1.0)], -1.0, True)],
    ]
    strict = Specification.linear(BOX, [0.0, 1.0], 2.0, strict=True)
    assert strict._disjuncts(2) == [[([(1, 1.0)], 2.0, False)]]


def test_specification_knows_its_sizes(data: Path) -> None:
    native = Specification.robust(BOX, 0).native(2, 3)
    assert (native.inputs, native.outputs, native.disjuncts) == (2, 3, 2)
    pair = Specification.from_vnnlib(data / "digits_pair_0.04.vnnlib")
    assert pair.name == "digits_pair_0.04.vnnlib"
    assert (pair.native(64, 10).inputs, pair.native(64, 10).disjuncts) == (64, 2)
    with pytest.raises(ShapeError, match=r"64 inputs and 10 outputs; the network has 5 and 10"):
        pair.native(5, 10)


def test_specification_reads_compressed_files(data: Path, tmp_path: Path) -> None:
    plain = data / "digits_ink.vnnlib"
    (tmp_path / "p.vnnlib.gz").write_bytes(gzip.compress(plain.read_bytes()))
    for name in ("p.vnnlib.gz", "p.vnnlib"):  # also when the suffix is left out
        native = Specification.from_vnnlib(tmp_path / name).native(64, 10)
        assert native.disjuncts == Specification.from_vnnlib(plain).native(64, 10).disjuncts
    (tmp_path / "cut.vnnlib.gz").write_bytes(gzip.compress(plain.read_bytes())[:-20])
    with pytest.raises(InputError, match="gzip"):
        Specification.from_vnnlib(tmp_path / "cut.vnnlib.gz")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Specification.robust(BOX, -1), InputError, "label: expected an integer >= 0"),
        (lambda: Specification.robust(BOX, 1.5), InputError, "label: expected an integer, got 1.5"),
        (lambda: Specification.robust(BOX, 3).coefficients(3), InputError, "label: expected 0 to 2, got 3"),
        (lambda: Specification.linear(BOX, np.zeros((1, 3))), InputError, "row 0 is all zeros"),
        (lambda: Specification.linear(BOX, [[np.nan, 1.0]]), InputError, "finite"),
        (lambda: Specification.linear(BOX, np.ones((2, 2, 2))), ShapeError, r"\(rows, outputs\)"),
        (lambda: Specification.linear(BOX, np.ones((2, 3)), [1.0, 2.0, 3.0]), ShapeError, "at_least"),
        (lambda: Specification.linear(BOX, np.ones((2, 3))).coefficients(4), ShapeError, "4 columns"),
        (lambda: Specification.robust(BOX, 0).native(7, 3), ShapeError, "7 values"),
        (lambda: Specification.from_vnnlib("no/such.vnnlib"), InputError, "found nothing"),
        (lambda: Specification.from_vnnlib("."), InputError, "found a folder"),
    ],
)
def test_specification_refuses_what_makes_no_sense(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_specification_malformed_vnnlib_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.vnnlib"
    path.write_text("(declare-const X_0 Real)\n(assert (<= X_0 1.0)")
    with pytest.raises(PropertyFormatError, match="2"):
        Specification.from_vnnlib(path)


def test_specification_from_vnnlib_has_no_margins_to_bound(data: Path) -> None:
    with pytest.raises(InputError, match=r"use verify\(\)"):
        Specification.from_vnnlib(data / "digits_ink.vnnlib").coefficients(10)
