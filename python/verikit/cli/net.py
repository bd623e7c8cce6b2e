"""``verikit-check net MODEL PROPERTY``: one property of one network."""

from __future__ import annotations

import time

import msgspec

from verikit._base.config import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_S
from verikit._base.errors import ResourceError, UnsupportedError
from verikit._base.verdict import Cause, Verdict
from verikit.bounds.evidence import BoundsEvidence


class NetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options that all forms of ``net`` share."""

    timeout_s: float = DEFAULT_TIMEOUT_S
    memory_mb: float = DEFAULT_MEMORY_MB
    threads: int | None = None
    real: bool = False
    json: bool = False
    quiet: bool = False


def check(model: str, prop: str, options: NetOptions) -> Verdict[BoundsEvidence]:
    """Read both files and verify; the time limit covers the reading.

    Unsupported input and exceeded limits come back as DECLINED; errors in the input are raised.
    """
    from verikit.bounds.network import Network
    from verikit.bounds.specification import Specification
    from verikit.bounds.verification import declined, verify

    start = time.perf_counter()
    cause = Cause.RESPONSE
    try:
        network = Network.from_onnx(model)
        cause = Cause.REFERENCE
        specification = Specification.from_vnnlib(prop)
        cause = Cause.RESPONSE
        return verify(
            network,
            specification,
            timeout_s=max(0.0, options.timeout_s - (time.perf_counter() - start)),
            memory_mb=options.memory_mb,
            threads=options.threads,
            soundness="real" if options.real else "float",
        )
    except (UnsupportedError, ResourceError) as error:
        return declined(f"{model} against {prop}", error, cause=cause, time_s=time.perf_counter() - start)


def run(model: str, prop: str, options: NetOptions) -> int:
    """Check, print, and return the exit code."""
    from verikit.cli import exits, output

    verdict = check(model, prop, options)
    output.print_verdict(verdict, json=options.json, quiet=options.quiet)
    return exits.of_verdict(verdict)
