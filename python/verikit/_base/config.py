"""Defaults that depend on the machine, each in one place."""

from __future__ import annotations

import os

DEFAULT_TIMEOUT_S = 60.0
DEFAULT_MEMORY_MB = 4096.0


def available_threads() -> int:
    """Number of processors this process may run on (at least 1)."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)
