"""What our kernel says of an export, in the words of the comparison: loaded by a process that may be lost."""

from __future__ import annotations

from typing import Any

from verikit import lean
from verikit._base.errors import InputError, ResourceError, UnsupportedError


def judge(data: bytes) -> tuple[str, str]:
    """The verdict and its first reason: accept, reject, malformed or declined."""
    try:
        # What official Lean settles at once takes us far fewer steps than this; what takes more is not settled here.
        verdict: Any = lean.check(data, threads=1, max_steps=10_000_000, max_depth=20_000, timeout_s=8)
    except InputError as error:
        return "malformed", str(error)[:300]
    except (ResourceError, UnsupportedError) as error:
        return "declined", str(error)[:300]
    if verdict.accepted:
        return "accept", ""
    findings = getattr(verdict.evidence, "findings", ()) or ()
    why = "; ".join(f"{f.rule} at {f.declaration}: {f.detail}"[:300] for f in findings[:2])
    return ("declined" if verdict.declined else "reject"), why or str(verdict.detail)
