"""Certified accuracy: the share of images that no perturbation of a given size can make misclassified."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from verikit._base.config import DEFAULT_MEMORY_MB
from verikit._base.errors import InputError, ShapeError
from verikit.bounds.box import Box
from verikit.bounds.network import Method, Network, Soundness
from verikit.bounds.specification import Specification
from verikit.bounds.verification import verify


class CertifiedAccuracy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many images of a set are classified correctly, and provably so within ``eps``.

    Attributes
    ----------
    eps : float
        Radius in the maximum norm.
    images : int
        Number of images; the other counts are of these.
    correct : int
        Classified as labelled, without a perturbation.
    certified : int
        Proved to be classified as labelled under every perturbation.
    falsified : int
        Misclassified already, or with a counterexample that was re-checked exactly.
    undecided : int
        The rest.
    time_s : float
    """

    eps: float
    images: int
    correct: int
    certified: int
    falsified: int
    undecided: int
    time_s: float

    @property
    def share(self) -> float:
        """Certified accuracy, 0 to 1."""
        return self.certified / self.images


def certify(
    network: Network,
    images: Any,
    labels: Any,
    eps: float,
    *,
    clip: tuple[float, float] | None = None,
    method: Method = "crown",
    timeout_s: float = 0.0,
    soundness: Soundness = "float",
    threads: int | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    batch: int = 64,
) -> CertifiedAccuracy:
    """Count the images whose label is certified within ``eps``.

    Parameters
    ----------
    images : array of float32 or float64, shape (count, *input_shape)
    labels : array of int, shape (count,)
    eps : float
        Radius in the maximum norm, in the units of ``images``.
    clip : (low, high), optional
        The range of valid inputs.
    method : {"ibp", "crown-ibp", "crown"}
        The bounds for a first answer.
    timeout_s : float
        If positive, each image that the bounds leave open goes to :func:`verify` for so long.
    batch : int
        Boxes bounded at a time; the counts do not depend on it.

    Notes
    -----
    **Guarantee**: "certified" as an ACCEPTED verdict of :func:`verify` for :meth:`Specification.robust`.
    """
    import numpy as np

    from verikit.bounds._arrays import as_floats

    start = time.perf_counter()
    x = as_floats(images, "images")
    y = np.asarray(labels)
    if x.shape[1:] != network.input_shape or x.ndim != len(network.input_shape) + 1:
        raise ShapeError(f"images: expected (count, *{network.input_shape}), got {x.shape}")
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu":
        raise ShapeError(f"labels: expected {len(x)} integers, got {y.dtype} of shape {y.shape}")
    if len(x) == 0:
        raise InputError("images: expected at least one image, got none")
    if batch < 1:
        raise InputError(f"batch: expected at least 1, got {batch!r}")
    if y.min() < 0 or y.max() >= network.output_size:
        raise InputError(f"labels: expected 0 to {network.output_size - 1}, got {y.min()} to {y.max()}")

    correct = np.argmax(network.evaluate(x).reshape(len(x), -1), axis=1) == y
    certified = np.zeros(len(x), dtype=bool)
    falsified = ~correct
    for label in np.unique(y[correct]):
        members = np.flatnonzero(correct & (y == label))
        for first in range(0, len(members), batch):
            chosen = members[first : first + batch]
            box = Box.linf(x[chosen], eps, clip=clip)
            margins = network.bound(
                box,
                method=method,
                specification=Specification.robust(box, int(label)),
                soundness=soundness,
                threads=threads,
                memory_mb=memory_mb,
            )
            certified[chosen] = (margins.lower > 0).all(axis=1)
    if timeout_s > 0:
        for index in np.flatnonzero(correct & ~certified):
            verdict = verify(
                network,
                Specification.robust(Box.linf(x[index], eps, clip=clip), int(y[index])),
                timeout_s=timeout_s,
                soundness=soundness,
                threads=threads,
                memory_mb=memory_mb,
            )
            certified[index], falsified[index] = verdict.accepted, verdict.rejected
    return CertifiedAccuracy(
        eps=float(eps),
        images=len(x),
        correct=int(correct.sum()),
        certified=int(certified.sum()),
        falsified=int(falsified.sum()),
        undecided=int((~certified & ~falsified).sum()),
        time_s=time.perf_counter() - start,
    )
