"""What a verdict of the bounds engine carries."""

from __future__ import annotations

import msgspec


class BoundsEvidence(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="bounds"
):
    """Evidence for or against a property of a network.

    Attributes
    ----------
    counterexample : tuple of float or None
        REJECTED: an input, in the network's row-major order, whose output is unsafe.
    counterexample_exact : tuple of str or None
        The same as fractions, when it is not exactly what the floats say.
    output : tuple of float or None
        The network's output there in real arithmetic, rounded to nearest.
    output_float32 : tuple of float or None
        The output of one float32 evaluation (sums in index order).
    float32_violates : bool or None
        Whether that float32 evaluation is unsafe as well.
    arithmetic : {"rational", "enclosure"} or None
        How the counterexample was re-checked.
    disjunct : int or None
        Which of the property's unsafe situations it shows, from 0.
    smallest_margin : float or None
        ACCEPTED: the smallest distance from being unsafe that any leaf was proved with. Inputs that were cut away
        between splits are safe too, by a distance that was not measured.
    lower_bound : float or None
        A proven lower bound of the property's margin over all its inputs: after ACCEPTED 0 where inputs were cut
        away, after DECLINED the best that was reached; None for minus infinity.
    real_lower_bound : float or None
        The same in real arithmetic, without the allowance for rounding.
    boxes, leaves : int
        Boxes examined, and boxes that were proved without being split.
    """

    counterexample: tuple[float, ...] | None = None
    counterexample_exact: tuple[str, ...] | None = None
    output: tuple[float, ...] | None = None
    output_float32: tuple[float, ...] | None = None
    float32_violates: bool | None = None
    arithmetic: str | None = None
    disjunct: int | None = None
    smallest_margin: float | None = None
    lower_bound: float | None = None
    real_lower_bound: float | None = None
    boxes: int = 0
    leaves: int = 0
