from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verikit._base.errors import DtypeError, InputError, ShapeError
from verikit.bounds import Box


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_box_keeps_contiguous_arrays_without_copying(dtype: Any) -> None:
    lower, upper = np.zeros((2, 3), dtype), np.ones((2, 3), dtype)
    box = Box(lower, upper)
    assert box.lower is lower
    assert box.upper is upper
    assert (box.shape, box.dtype) == ((2, 3), dtype)


def test_box_makes_other_layouts_contiguous() -> None:
    lower = np.arange(6.0).reshape(2, 3).T
    box = Box(lower, lower + 1)
    assert box.lower.flags.c_contiguous
    assert (box.lower == lower).all()


def test_box_takes_torch_tensors_without_copying() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra")
    lower, upper = torch.zeros(4, requires_grad=True), torch.ones(4)
    box = Box(lower, upper)
    assert box.lower.ctypes.data == lower.data_ptr()
    assert box.upper.ctypes.data == upper.data_ptr()
    with pytest.raises(DtypeError, match=r"float16.*\.float\(\)"):
        Box(lower.half(), upper.half())
    with pytest.raises(DtypeError, match="CPU"):
        Box(torch.zeros(4, device="meta"), upper)


@pytest.mark.parametrize(
    ("lower", "upper", "error", "message"),
    [
        (np.zeros(3), np.zeros(4), ShapeError, r"\(3,\) and upper \(4,\)"),
        (np.zeros(3), np.zeros(3, np.float32), DtypeError, "lower is float64 and upper float32"),
        (np.zeros(3, np.int64), np.ones(3, np.int64), DtypeError, "int64.*astype"),
        (np.zeros(3, np.float16), np.ones(3, np.float16), DtypeError, "float16"),
        (np.zeros(3, ">f4"), np.ones(3, ">f4"), DtypeError, "byte order"),
        (np.zeros(3, complex), np.ones(3, complex), DtypeError, "complex128"),
        (np.zeros(0), np.zeros(0), ShapeError, "no elements"),
        (np.array([0.0, np.nan]), np.ones(2), InputError, r"lower\[1\] is nan"),
        (np.zeros(2), np.array([1.0, np.nan]), InputError, r"upper\[1\] is nan"),
        (np.array([-np.inf, 0.0]), np.ones(2), InputError, r"lower\[0\] is -inf"),
        (np.zeros(2), np.array([1.0, np.inf]), InputError, r"upper\[1\] is inf"),
        (np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]]), InputError, r"lower\[0, 1\] = 2.0 > upper\[0, 1\] = 1.0"),
        ([[1.0, 2.0], [3.0]], [1.0], ShapeError, "rectangular"),
        ("abc", "abc", DtypeError, "lower"),
    ],
)
def test_box_refuses_what_is_not_a_box_and_says_where(
    lower: Any, upper: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Box(lower, upper)


_floats = st.floats(-1e6, 1e6, width=32)


@given(x=_floats, eps=st.floats(0, 1e3), dtype=st.sampled_from([np.float32, np.float64]))
def test_box_linf_contains_the_exact_ball_and_little_more(x: float, eps: float, dtype: Any) -> None:
    box = Box.linf(np.array([x], dtype), eps)
    lower, upper = Fraction(float(box.lower[0])), Fraction(float(box.upper[0]))
    exact_lower, exact_upper = Fraction(x) - Fraction(eps), Fraction(x) + Fraction(eps)
    assert lower <= exact_lower
    assert upper >= exact_upper
    ulps = 2 * Fraction(float(np.spacing(np.maximum(np.abs(box.lower), np.abs(box.upper))[0])))
    assert exact_lower - lower <= ulps
    assert upper - exact_upper <= ulps


@given(x=_floats)
def test_box_linf_of_radius_zero_is_the_point(x: float) -> None:
    point = np.array([x], np.float32)
    box = Box.linf(point, 0.0)
    assert box.lower == point == box.upper


def test_box_linf_clips_and_broadcasts() -> None:
    x = np.array([[0.0, 0.5], [1.0, 0.25]], np.float32)
    box = Box.linf(x, np.array([0.25, 0.5]), clip=(0, 1))
    assert box.lower.tolist() == [[0.0, 0.0], [0.75, 0.0]]
    assert box.upper.tolist() == [[0.25, 1.0], [1.0, 0.75]]
    assert box.dtype == np.float32
    assert box[1].lower.tolist() == [0.75, 0.0]


@pytest.mark.parametrize(
    ("x", "eps", "clip", "error", "message"),
    [
        (np.zeros(2), -0.1, None, InputError, "eps: expected finite numbers >= 0"),
        (np.zeros(2), float("nan"), None, InputError, "eps"),
        (np.array([0.0, np.inf]), 0.1, None, InputError, "x: expected finite"),
        (np.array([0.0, 3.0]), 0.1, (0, 1), InputError, r"x\[1\].*empty"),
        (np.zeros(2), 0.1, (1, 0), InputError, "clip: expected low <= high"),
        (np.zeros(2), np.zeros(3), None, ShapeError, "does not broadcast"),
        (np.zeros(2), np.zeros((2, 2)), None, ShapeError, "larger"),
    ],
)
def test_box_linf_refuses_what_is_not_a_ball(x: Any, eps: Any, clip: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Box.linf(x, eps, clip=clip)
