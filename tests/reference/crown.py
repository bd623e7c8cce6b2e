"""CROWN in exact rational arithmetic for sequential networks (Zhang et al., 2018, arXiv 1811.00866).

The network is ``z_k = W_k a_{k-1} + b_k``, ``a_k = s_k(z_k)``, ``a_0 = x`` in the box ``[lower, upper]``, with
``s(z) = z`` for z >= 0 and ``left * z`` below (left = 0: ReLU). On ``l <= z <= u``, ``l < 0 < u``, the chord
through ``(l, s(l))`` and ``(u, s(u))`` bounds s from one side; the line through the origin with slope 1 if
``u >= -l``, else ``left``, from the other (below for left <= 1). Elsewhere s is one of its pieces.

A lower bound of ``c . z_k`` is carried to the input: replace z_k by ``W_k a_{k-1} + b_k``, then each a by its
line, below where its coefficient is positive and above where it is negative, until only x is left, whose
minimum over the box is taken by signs. An upper bound is minus the lower bound of minus c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Vector = list[Fraction]


@dataclass(frozen=True)
class Linear:
    """``weight[o][i]``, ``bias[o]``."""

    weight: list[Vector]
    bias: Vector


@dataclass(frozen=True)
class Activation:
    """``z`` for z >= 0, ``left * z`` below."""

    left: Fraction = Fraction(0)

    def __call__(self, z: Fraction) -> Fraction:
        return z if z >= 0 else self.left * z


@dataclass(frozen=True)
class Line:
    """``slope * z + intercept``."""

    slope: Fraction
    intercept: Fraction = Fraction(0)


Layer = Linear | Activation
Bounds = tuple[Vector, Vector]
Relaxation = tuple[Line, Line]  # below, above


def relax(s: Activation, lower: Fraction, upper: Fraction) -> Relaxation:
    """Lines below and above s on [lower, upper]."""
    if lower >= 0:
        return Line(Fraction(1)), Line(Fraction(1))
    if upper <= 0:
        return Line(s.left), Line(s.left)
    slope = (s(upper) - s(lower)) / (upper - lower)
    chord = Line(slope, s(upper) - slope * upper)
    steep = Line(Fraction(1) if upper >= -lower else s.left)
    return (steep, chord) if s.left <= 1 else (chord, steep)


def interval(layer: Linear, bounds: Bounds) -> Bounds:
    """Interval bounds of one linear layer."""
    lower, upper = bounds
    least = [
        b + sum(w * (lower[i] if w > 0 else upper[i]) for i, w in enumerate(row))
        for row, b in zip(layer.weight, layer.bias, strict=True)
    ]
    most = [
        b + sum(w * (upper[i] if w > 0 else lower[i]) for i, w in enumerate(row))
        for row, b in zip(layer.weight, layer.bias, strict=True)
    ]
    return least, most


def lower_bound(layers: Sequence[Layer], relaxations: Sequence[list[Relaxation]], c: Vector, box: Bounds) -> Fraction:
    """A lower bound of ``c . (output of the last layer)``; relaxations are those of the activations, in order."""
    constant = Fraction(0)
    remaining = list(relaxations)
    for layer in reversed(layers):
        if isinstance(layer, Linear):
            constant += sum(v * b for v, b in zip(c, layer.bias, strict=True))
            c = [
                sum((c[o] * row[i] for o, row in enumerate(layer.weight)), Fraction(0))
                for i in range(len(layer.weight[0]))
            ]
        else:
            lines = [below if v > 0 else above for v, (below, above) in zip(c, remaining.pop(), strict=True)]
            constant += sum(v * line.intercept for v, line in zip(c, lines, strict=True))
            c = [v * line.slope for v, line in zip(c, lines, strict=True)]
    return constant + sum(v * (box[0][i] if v > 0 else box[1][i]) for i, v in enumerate(c))


def unit(i: int, n: int, sign: int) -> Vector:
    """``sign`` at place i."""
    return [Fraction(sign if j == i else 0) for j in range(n)]


def propagate(
    layers: Sequence[Layer], lower: Vector, upper: Vector, method: str
) -> tuple[list[Bounds], list[list[Relaxation]]]:
    """Bounds of the value after every layer, and the relaxations of the activations.

    ``crown-ibp``: interval bounds throughout. ``crown``: interval bounds of each pre-activation from the bounds
    of its input, and where they leave its sign open, intersected with the backward bounds.
    """
    if method not in ("crown", "crown-ibp"):
        raise ValueError(f"expected 'crown' or 'crown-ibp', got {method!r}")
    current = (lower, upper)
    bounds: list[Bounds] = []
    relaxations: list[list[Relaxation]] = []
    for k, layer in enumerate(layers):
        if isinstance(layer, Activation):
            relaxations.append([relax(layer, a, b) for a, b in zip(*current, strict=True)])
            images = [
                (layer(a), layer(b), *([Fraction(0)] if a < 0 < b else [])) for a, b in zip(*current, strict=True)
            ]
            current = ([min(v) for v in images], [max(v) for v in images])
        else:
            least, most = interval(layer, current)
            followed = k + 1 < len(layers) and isinstance(layers[k + 1], Activation)
            for i in range(len(least)):
                if method == "crown" and followed and least[i] < 0 < most[i]:
                    n = len(least)
                    down = lower_bound(layers[: k + 1], relaxations, unit(i, n, 1), (lower, upper))
                    up = -lower_bound(layers[: k + 1], relaxations, unit(i, n, -1), (lower, upper))
                    least[i], most[i] = max(least[i], down), min(most[i], up)
            current = (least, most)
        bounds.append(current)
    return bounds, relaxations


def output_bounds(layers: Sequence[Layer], lower: Vector, upper: Vector, method: str = "crown") -> Bounds:
    """Backward bounds of every output (not intersected with interval bounds)."""
    bounds, relaxations = propagate(layers, lower, upper, method)
    n = len(bounds[-1][0])
    box = (lower, upper)
    return (
        [lower_bound(layers, relaxations, unit(i, n, 1), box) for i in range(n)],
        [-lower_bound(layers, relaxations, unit(i, n, -1), box) for i in range(n)],
    )
