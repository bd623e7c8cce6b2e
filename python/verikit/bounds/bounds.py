"""Lower and upper bounds of a network's outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verikit.bounds._arrays import FloatArray


class Bounds:
    """Elementwise bounds: every output lies in ``[lower, upper]``.

    Attributes
    ----------
    lower, upper : ndarray
        Of the network's output shape (or one value for each row of a specification), with the boxes' batch
        dimension in front where they had one; float32 or float64 as the boxes were.
    """

    __slots__ = ("lower", "upper")

    def __init__(self, lower: FloatArray, upper: FloatArray) -> None:
        self.lower = lower
        self.upper = upper

    @property
    def width(self) -> FloatArray:
        """``upper - lower``, rounded to nearest."""
        return self.upper - self.lower

    def __repr__(self) -> str:
        return f"Bounds(lower={self.lower!r}, upper={self.upper!r})"
