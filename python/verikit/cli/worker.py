"""A worker process: one JSON job a line on stdin, one JSON answer a line on stdout.

The answer goes to a duplicate of stdout, and stdout itself to stderr: nothing that a library prints can
break the framing.
"""

from __future__ import annotations

import os
import sys
import time

import msgspec

from verikit._base.errors import InternalError, ResourceError, UnsupportedError, VerikitError
from verikit._base.verdict import Cause
from verikit.bounds.network import Network
from verikit.bounds.specification import Specification
from verikit.bounds.verification import declined, verify
from verikit.cli.workers import Answer, Job


def answer(job: Job) -> Answer:
    """Solve one job; typed errors become an answer, anything else ends the process."""
    start = time.perf_counter()
    prepared = start
    try:
        try:
            network = Network.from_onnx(job.onnx)
            specification = Specification.from_vnnlib(job.vnnlib)
            prepared = time.perf_counter()
            verdict = verify(
                network,
                specification,
                timeout_s=max(0.0, job.timeout_s - (prepared - start)),
                memory_mb=job.memory_mb,
                threads=job.threads,
                soundness="real" if job.real else "float",
            )
        except (UnsupportedError, ResourceError) as error:
            verdict = declined("", error, cause=Cause.RESPONSE, time_s=time.perf_counter() - start)
        except MemoryError:
            return Answer(status="declined", reason="memory", time_s=time.perf_counter() - start)
    except InternalError:
        raise
    except VerikitError as error:
        reason = f"{type(error).__name__}: {error}"
        return Answer(status="error", reason=reason, time_s=time.perf_counter() - start)
    done = time.perf_counter()
    return Answer(
        status=verdict.status.value, reason=verdict.reason, time_s=done - prepared, prepare_s=prepared - start
    )


def main() -> None:
    """Serve until stdin closes."""
    cap = int(sys.argv[1])
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(answer(msgspec.json.decode(line, type=Job))) + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
