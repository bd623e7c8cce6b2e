"""Worker processes for ``--instances``: a deadline, a memory cap, and a process group that is killed."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, cast

import msgspec

# Beyond the search's own limit: interpreter, libraries, and address space that threads reserve.
_OVERHEAD_MB = 1024
_PER_THREAD_MB = 160
_GRACE = 1.05
_GRACE_S = 2.0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is asked."""

    onnx: str
    vnnlib: str
    timeout_s: float
    memory_mb: float
    threads: int
    real: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: a verdict's status, or "error" with the error as the reason."""

    status: str
    reason: str | None
    time_s: float
    prepare_s: float = 0.0


class WorkerProcess:
    """One worker, started when it is first asked and again after it died. Not thread-safe."""

    def __init__(self, *, memory_mb: float, threads: int) -> None:
        self._cap = int((memory_mb + _OVERHEAD_MB + _PER_THREAD_MB * threads) * 2**20)
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the workers that write to it)

    def ask(self, job: Job) -> Answer:
        """The answer to one job, whatever happens to the process."""
        process = self._start()
        stdin = cast("IO[bytes]", process.stdin)  # pipes, as _start asked for
        start = time.perf_counter()
        try:
            stdin.write(msgspec.json.encode(job) + b"\n")
            stdin.flush()
            line = self._read_line(process, start + job.timeout_s * _GRACE + _GRACE_S)
        except OSError:
            line = b""
        elapsed = time.perf_counter() - start
        if line is None:
            self.kill()
            return Answer(status="declined", reason="timeout", time_s=elapsed)
        try:
            return msgspec.json.decode(line, type=Answer)
        except msgspec.DecodeError:
            self.kill()
            return Answer(status="error", reason=f"WorkerDied: {self._last_words()}", time_s=elapsed)

    def close(self) -> None:
        """Kill it, and let go of its log."""
        self.kill()
        self._log.close()

    def kill(self) -> None:
        """End the worker and everything it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.kill()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "verikit.cli.worker", str(self._cap)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        return self._process

    @staticmethod
    def _read_line(process: subprocess.Popen[bytes], deadline: float) -> bytes | None:
        """One line; None when the deadline passed; what there was when the worker died."""
        descriptor = cast("IO[bytes]", process.stdout).fileno()
        received = b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                remaining = deadline - time.perf_counter()
                if remaining <= 0 or not selector.select(remaining):
                    return None
                chunk = os.read(descriptor, 1 << 16)
                if not chunk:
                    break
                received += chunk
        return received

    def _last_words(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 2000))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "the worker ended without a word (killed, or out of memory)"
