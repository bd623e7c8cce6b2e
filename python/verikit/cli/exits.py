"""Exit codes of ``verikit-check``."""

from __future__ import annotations

from verikit._base.verdict import Status, Verdict

ACCEPTED = 0
REJECTED = 1
DECLINED = 2
USAGE = 64
INTERNAL = 70
INTERRUPTED = 130

_OF_STATUS = {Status.ACCEPTED: ACCEPTED, Status.REJECTED: REJECTED, Status.DECLINED: DECLINED}


def of_verdict(verdict: Verdict[object]) -> int:
    """0, 1 or 2."""
    return _OF_STATUS[verdict.status]
