"""Complete verification: a property goes in, a verdict with evidence comes out."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from verikit import _core
from verikit._base.config import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_S, available_threads
from verikit._base.errors import (
    InputError,
    InternalError,
    MemoryLimitError,
    ResourceError,
    TimeLimitError,
    UnsupportedError,
    UnsupportedOpError,
)
from verikit._base.verdict import Cause, Guarantee, Stats, Status, Verdict
from verikit._version import __version__
from verikit.bounds.evidence import BoundsEvidence
from verikit.bounds.network import Soundness, real_only

if TYPE_CHECKING:
    from verikit.bounds.network import Network
    from verikit.bounds.specification import Specification

FLOAT_CLASS = (
    "real arithmetic, and every {dtype} evaluation of class F of docs/soundness.md: the input rounded to the nearest "
    "{dtype}, each ONNX node rounded separately or fused with the one before, any summation order and use of FMA, "
    "batch norm folded or not, subnormals flushed or not"
)
REAL_CLASS = "real arithmetic only; float evaluations of the network are not covered"
_OUTSIDE = (
    "the network is evaluated within the class: no Winograd or FFT convolutions, no TF32, no format narrower than "
    "{dtype}, round to nearest"
)
_LIBRARY = "Sigmoid and Tanh of the evaluating library are within the error that docs/soundness.md allows"
_TRUSTED = (
    "verikit's C++ engine (readers, rounding analysis of docs/soundness.md, branch and bound) and its compiler",
    "IEEE 754 arithmetic of the processor in round-to-nearest",
)
_TRUSTED_EXACT = (
    "verikit's readers of the model and the property, and its exact evaluator; not the search that found the input",
    "Boost.Multiprecision's rational arithmetic",
)

_DETAIL = {
    "timeout": "the time limit passed before the property was decided",
    "memory": "the memory limit was reached before the property was decided",
    "budget": "the limit on boxes was reached before the property was decided",
    "float_margin": "the property holds in real arithmetic, but by less than rounding can move a float evaluation",
    "float_overflow": "a float evaluation of the network could overflow inside the box, so no finite bound covers it",
    "undecided": "the smallest boxes that floats can express did not decide the property",
}


def verify(
    network: Network,
    specification: Specification,
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    memory_mb: float = DEFAULT_MEMORY_MB,
    threads: int | None = None,
    soundness: Soundness = "float",
    seed: int = 0,
    max_boxes: int | None = None,
) -> Verdict[BoundsEvidence]:
    """Decide whether a network has a property: an attack first, then branch and bound.

    Parameters
    ----------
    network : Network
    specification : Specification
        What should hold.
    timeout_s : float
        Wall-clock limit; after it the verdict is DECLINED(timeout).
    memory_mb : float
        Limit of the search's memory; past it the verdict is DECLINED(memory).
    threads : int, optional
        All processors by default. Where no clock is involved the verdict does not depend on it.
    soundness : {"float", "real"}
        "real" proves the property in real arithmetic only.
    seed : int
        Of the attack's starting points.
    max_boxes : int, optional
        A limit on the work instead of the clock: verdicts under it are reproducible.

    Returns
    -------
    Verdict of BoundsEvidence
        ACCEPTED: it holds. REJECTED: ``evidence.counterexample`` is an input that breaks it, re-checked exactly.
        DECLINED: neither, with the bound that was reached.

    Raises
    ------
    ShapeError
        If the specification does not fit the network.

    Notes
    -----
    **Guarantee**: in the verdict (``verdict.guarantee``); the argument is docs/soundness.md.
    """
    start = time.perf_counter()
    _require_limits(timeout_s, memory_mb, threads, max_boxes)
    only_real = real_only(soundness)
    prepared = specification.native(network.input_size, network.output_size)
    remaining_s = timeout_s - (time.perf_counter() - start)
    if remaining_s <= 0:
        late = TimeLimitError(_DETAIL["timeout"])
        subject = f"{network.name} against {specification.name}"
        return declined(subject, late, cause=Cause.RESPONSE, time_s=time.perf_counter() - start)
    raw = _core.verify(
        network._native,
        prepared,
        timeout_s=remaining_s,
        memory_mb=memory_mb,
        threads=available_threads() if threads is None else threads,
        real_only=only_real,
        seed=seed,
        max_boxes=0 if max_boxes is None else max_boxes,
    )
    return _to_verdict(network, specification.name, raw, only_real, seed, time.perf_counter() - start)


def declined(
    subject: str, error: UnsupportedError | ResourceError, *, cause: Cause, time_s: float
) -> Verdict[BoundsEvidence]:
    """The verdict for input that is unsupported or does not fit into the limits.

    Parameters
    ----------
    error : UnsupportedError or ResourceError
    cause : Cause
        RESPONSE for the network, REFERENCE for the property.
    """
    reason = "unsupported"
    if isinstance(error, TimeLimitError):
        reason = "timeout"
    elif isinstance(error, MemoryLimitError):
        reason = "memory"
    elif isinstance(error, UnsupportedOpError):
        reason = "unsupported_operator"
    return Verdict(
        status=Status.DECLINED,
        engine="bounds",
        subject=subject,
        reason=reason,
        detail=str(error),
        cause=cause,
        evidence=BoundsEvidence(),
        stats=Stats(time_s=time_s, version=__version__),
        guarantee=_NOTHING,
    )


_NOTHING = Guarantee(claim="nothing is claimed", class_="none", assumptions=(), trusted_base=())


def _require_limits(timeout_s: float, memory_mb: float, threads: int | None, max_boxes: int | None) -> None:
    if not timeout_s >= 0:
        raise InputError(f"timeout_s: expected seconds >= 0, got {timeout_s!r}")
    if not memory_mb > 0:
        raise InputError(f"memory_mb: expected megabytes > 0, got {memory_mb!r}")
    if threads is not None and threads < 1:
        raise InputError(f"threads: expected at least 1, or None for all, got {threads!r}")
    if max_boxes is not None and max_boxes < 1:
        raise InputError(f"max_boxes: expected at least 1, or None for no limit, got {max_boxes!r}")


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _to_verdict(
    network: Network, name: str, raw: dict[str, Any], only_real: bool, seed: int, time_s: float
) -> Verdict[BoundsEvidence]:
    status = Status(raw["status"])
    reason: str | None = raw["reason"]
    rejected, accepted = status is Status.REJECTED, status is Status.ACCEPTED
    if (reason is not None) != (status is Status.DECLINED) or (reason is not None and reason not in _DETAIL):
        raise InternalError(f"the engine answered {raw['status']!r} with reason {reason!r}; please report this")
    evidence = BoundsEvidence(
        counterexample=tuple(raw["counterexample"]) if rejected else None,
        counterexample_exact=tuple(raw["counterexample_exact"]) if rejected else None,
        output=tuple(raw["output"]) if rejected else None,
        output_float32=tuple(raw["output_float32"]) if rejected else None,
        float32_violates=bool(raw["float32_violates"]) if rejected else None,
        arithmetic=raw["arithmetic"] if rejected else None,
        disjunct=raw["disjunct"] if rejected else None,
        smallest_margin=_finite(raw["smallest_margin"]) if accepted else None,
        lower_bound=None if rejected else _finite(raw["lower_bound"]),
        real_lower_bound=None if rejected else _finite(raw["real_lower_bound"]),
        boxes=raw["boxes"],
        leaves=raw["leaves"],
    )
    verb = "satisfies" if accepted else "violates" if rejected else "against"
    return Verdict(
        status=status,
        engine="bounds",
        subject=f"{network.name} {verb} {name}",
        reason=reason,
        detail=None if reason is None else _DETAIL[reason],
        cause=None if accepted else Cause.RESPONSE,
        evidence=evidence,
        stats=Stats(
            time_s=time_s,
            version=__version__,
            threads=raw["threads"],
            seed=seed,
            instruction_set=raw["instruction_set"],
            counters={"boxes": raw["boxes"], "leaves": raw["leaves"]},
            timings={"attack_s": raw["attack_time_s"], "engine_s": raw["time_s"]},
        ),
        guarantee=_guarantee(network, evidence, status, reason, only_real),
    )


def _guarantee(
    network: Network, evidence: BoundsEvidence, status: Status, reason: str | None, only_real: bool
) -> Guarantee:
    dtype = network.dtype
    if status is Status.REJECTED:
        both = (
            " and in float32" if evidence.float32_violates else ", though not in the float32 evaluation that was tried"
        )
        how = "exact rational arithmetic" if evidence.arithmetic == "rational" else "certified enclosures"
        return Guarantee(
            claim=f"the property is violated by this input in real arithmetic{both}",
            class_=f"this one input, re-checked in {how}",
            assumptions=("the files were read as ONNX and VNN-LIB define them",),
            trusted_base=_TRUSTED_EXACT,
        )
    if status is Status.ACCEPTED:
        return Guarantee(
            claim="for every input in the property's boxes, the network's output is outside the property's unsafe set",
            class_=REAL_CLASS if only_real else FLOAT_CLASS.format(dtype=dtype),
            assumptions=(
                "the files were read as ONNX and VNN-LIB define them",
                *(() if only_real else (_OUTSIDE.format(dtype=dtype),)),
                *(() if network.exactly_evaluable else (_LIBRARY,)),
            ),
            trusted_base=_TRUSTED,
        )
    if reason == "float_margin":
        return Guarantee(
            claim="the property holds in real arithmetic; nothing is claimed about float evaluations",
            class_=REAL_CLASS,
            assumptions=("the files were read as ONNX and VNN-LIB define them",),
            trusted_base=_TRUSTED,
        )
    return _NOTHING
