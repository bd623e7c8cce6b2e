"""Interval evaluation of an ONNX model, in exact arithmetic on the ends.

For every operator ``f`` and intervals ``[l, u]`` the result contains ``{f(x) : l <= x <= u}``: sums and
products of ends, monotone functions at the ends. Ends are fractions, so nothing is rounded, except irrational
functions, which mpmath encloses to about 200 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import onnx

from .exact_net import Arithmetic, Evaluator

BITS = 200


@dataclass(frozen=True)
class Interval:
    """All reals from ``lower`` to ``upper``."""

    lower: Fraction
    upper: Fraction

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lower + other.lower, self.upper + other.upper)

    def __neg__(self) -> Interval:
        return Interval(-self.upper, -self.lower)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.lower, self.upper) for b in (other.lower, other.upper)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        if other.lower <= 0 <= other.upper:
            raise ZeroDivisionError("the divisor may be zero")
        return self * Interval(1 / other.upper, 1 / other.lower)


def to_fraction(value: Any) -> Fraction:
    """An mpmath number as the rational it is."""
    sign, mantissa, exponent, _ = value._mpf_
    magnitude = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -magnitude if sign else magnitude


def enclose(function: Any, lower: Fraction, upper: Fraction) -> Interval:
    """An increasing function of the interval, through mpmath's interval arithmetic."""
    iv = mpmath.iv
    before, iv.prec = iv.prec, BITS
    try:
        ends = [function(iv.mpf(v.numerator) / iv.mpf(v.denominator)) for v in (lower, upper)]
        return Interval(to_fraction(mpmath.mpf(ends[0]._mpi_[0])), to_fraction(mpmath.mpf(ends[1]._mpi_[1])))
    finally:
        iv.prec = before


class IntervalArithmetic(Arithmetic):
    """The same functions on intervals."""

    def number(self, value: Any) -> Interval:
        return value if isinstance(value, Interval) else Interval(Fraction(value), Fraction(value))

    def maximum(self, a: Interval, b: Interval) -> Interval:
        return Interval(max(a.lower, b.lower), max(a.upper, b.upper))

    def minimum(self, a: Interval, b: Interval) -> Interval:
        return Interval(min(a.lower, b.lower), min(a.upper, b.upper))

    def two_pieces(self, x: Interval, left: Interval) -> Interval:
        parts = []
        if x.upper >= 0:
            parts.append(Interval(max(x.lower, Fraction(0)), x.upper))
        if x.lower < 0:
            parts.append(left * Interval(x.lower, min(x.upper, Fraction(0))))
        return Interval(min(p.lower for p in parts), max(p.upper for p in parts))

    def inverse_root(self, x: Interval) -> Interval:
        root = enclose(mpmath.iv.sqrt, x.lower, x.upper)
        return Interval(1 / root.upper, 1 / root.lower)

    def sigmoid(self, x: Interval) -> Interval:
        return enclose(lambda v: 1 / (1 + mpmath.iv.exp(-v)), x.lower, x.upper)

    def tanh(self, x: Interval) -> Interval:
        return enclose(lambda v: 2 / (1 + mpmath.iv.exp(-2 * v)) - 1, x.lower, x.upper)


class _BoxEvaluator(Evaluator):
    def run_box(self, lower: Sequence[Fraction], upper: Sequence[Fraction]) -> list[Interval]:
        box: list[Any] = [Interval(Fraction(a), Fraction(b)) for a, b in zip(lower, upper, strict=True)]
        return self.run(box)


def evaluate(model: onnx.ModelProto, lower: Sequence[Fraction], upper: Sequence[Fraction]) -> list[Interval]:
    """Intervals that contain the real-valued outputs for every input of the box."""
    return _BoxEvaluator(model, IntervalArithmetic()).run_box(lower, upper)
