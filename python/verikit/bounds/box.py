"""Boxes of inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from verikit._base.errors import DtypeError, InputError, ShapeError
from verikit.bounds._arrays import FloatArray, as_floats


class Box:
    """All inputs ``x`` with ``lower <= x <= upper``, elementwise; or a batch of such boxes.

    Parameters
    ----------
    lower, upper : array of float32 or float64
        numpy arrays or CPU torch tensors of one shape: a network's input shape, or ``(batch, *input_shape)``.
        C-contiguous ones are used without copying; do not write to them afterwards.

    Raises
    ------
    ShapeError
        If the shapes differ or there are no elements.
    DtypeError
        If the dtypes differ or are not float32 or float64.
    InputError
        If a bound is NaN or infinite, or ``lower > upper`` somewhere (the box would be empty).
    """

    __slots__ = ("lower", "upper")

    def __init__(self, lower: Any, upper: Any) -> None:
        low = as_floats(lower, "lower")
        high = as_floats(upper, "upper")
        if low.shape != high.shape:
            raise ShapeError(f"box: lower has shape {low.shape} and upper {high.shape}; they must be the same")
        if low.dtype != high.dtype:
            raise DtypeError(f"box: lower is {low.dtype} and upper {high.dtype}; they must be the same")
        if low.size == 0:
            raise ShapeError(f"box: shape {low.shape} has no elements")
        if not (low <= high).all() or not (np.isfinite(low).all() and np.isfinite(high).all()):
            raise InputError(_complaint(low, high))
        self.lower: FloatArray = low
        self.upper: FloatArray = high

    @classmethod
    def linf(cls, x: Any, eps: Any, *, clip: tuple[float, float] | None = None) -> Box:
        """The ball ``|x' - x| <= eps`` in the maximum norm, intersected with ``clip``.

        Parameters
        ----------
        x : array of float32 or float64
            The centre, or a batch of centres.
        eps : float or array
            Radius, not negative; broadcast against ``x``.
        clip : (low, high), optional
            The range of valid inputs, for instance ``(0, 1)`` for images.

        Notes
        -----
        The ends are rounded outwards, so that the box contains the exact ball; where they are representable
        (``eps = 0`` among them) they are exact.
        """
        centre = as_floats(x, "x")
        radius = np.asarray(eps, dtype=np.float64)
        if not (radius >= 0).all() or not np.isfinite(radius).all():
            raise InputError(f"eps: expected finite numbers >= 0, got {eps!r}")
        if not np.isfinite(centre).all():
            raise InputError("x: expected finite numbers, got NaN or infinity")
        try:
            wide, radius = np.broadcast_arrays(centre.astype(np.float64), radius)
        except ValueError:
            raise ShapeError(f"eps: shape {radius.shape} does not broadcast to x's {centre.shape}") from None
        if wide.shape != centre.shape:
            raise ShapeError(f"eps: shape {radius.shape} is larger than x's {centre.shape}")
        lower = _sum_toward(wide, -radius, -np.inf)
        upper = _sum_toward(wide, radius, np.inf)
        if clip is not None:
            low, high = float(clip[0]), float(clip[1])
            if not low <= high:
                raise InputError(f"clip: expected low <= high, got {clip!r}")
            lower, upper = np.maximum(lower, low), np.minimum(upper, high)
            if (lower > upper).any():
                place = int(np.argmax(lower > upper))
                raise InputError(
                    f"clip: x[{place}] = {centre.flat[place]!r} lies further than eps outside [{low}, {high}]; "
                    "the box would be empty"
                )
        return cls(_cast_toward(lower, centre.dtype, -np.inf), _cast_toward(upper, centre.dtype, np.inf))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of ``lower`` and ``upper``."""
        return self.lower.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self.lower.dtype

    def __getitem__(self, index: int | slice) -> Box:
        """One box, or some, of a batch."""
        return Box(self.lower[index], self.upper[index])

    def __repr__(self) -> str:
        return f"Box(shape={self.shape}, dtype={self.dtype})"


def _complaint(low: FloatArray, high: FloatArray) -> str:
    for name, values in (("lower", low), ("upper", high)):
        bad = ~np.isfinite(values)
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            return f"box: {name}{list(place)} is {values[place]}; expected finite numbers"
    place = tuple(int(i) for i in np.argwhere(low > high)[0])
    return (
        f"box: lower{list(place)} = {low[place]} > upper{list(place)} = {high[place]}; "
        "the box is empty, swap or correct the ends"
    )


def _sum_toward(a: Any, b: Any, direction: float) -> Any:
    """``a + b`` in float64, rounded toward ``direction`` (exact sums stay exact)."""
    total = a + b
    part = total - a
    error = (a - (total - part)) + (b - part)  # Knuth's two-sum: a + b = total + error exactly
    off = error < 0 if direction < 0 else error > 0
    return np.where(off, np.nextafter(total, direction), total)


def _cast_toward(values: Any, dtype: np.dtype[Any], direction: float) -> Any:
    """``values`` in ``dtype``, rounded toward ``direction``."""
    cast = values.astype(dtype)
    off = cast > values if direction < 0 else cast < values
    return np.where(off, np.nextafter(cast, dtype.type(direction)), cast)
