"""Verdicts and errors for a terminal, without any library: the common verbs start fast."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from verikit._base.errors import InternalError, VerikitError
from verikit._base.verdict import SCHEMA, Status, Verdict
from verikit.bounds.evidence import BoundsEvidence
from verikit.cli import exits

_COLOR = {Status.ACCEPTED: "32", Status.REJECTED: "31", Status.DECLINED: "33"}


def print_verdict(verdict: Verdict[BoundsEvidence], *, json: bool, quiet: bool) -> None:
    """One verdict on stdout."""
    if json:
        print(verdict.to_json())
    elif not quiet:
        print(format_verdict(verdict, color=wants_color()))


def headline(verdict: Verdict[object], *, color: bool = False) -> str:
    """The first line of every verdict: the answer, what was asked, the time."""
    word = str(verdict)
    if color:
        word = f"\x1b[1;{_COLOR[verdict.status]}m{word}\x1b[0m"
    return f"{word}  {verdict.subject}  ({verdict.stats.time_s:.2f} s)"


def format_verdict(verdict: Verdict[BoundsEvidence], *, color: bool = False) -> str:
    """The verdict as a reader sees it; the JSON form has the same facts."""
    lines = [headline(verdict, color=color)]
    evidence = verdict.evidence
    if evidence.counterexample is not None:
        exact = "exactly" if evidence.arithmetic == "rational" else "with certified enclosures"
        checked = f"re-checked {exact} and in float32"
        if not evidence.float32_violates:
            checked = f"re-checked {exact}; the float32 evaluation does not show it"
        lines.append(
            f"  counterexample  x = {show(evidence.counterexample)}  y = {show(evidence.output or ())}   {checked}"
        )
    if verdict.accepted:
        margin = "" if evidence.smallest_margin is None else f", smallest margin {evidence.smallest_margin:.6g}"
        lines.append(f"  proof           {evidence.leaves} leaves of {evidence.boxes} boxes{margin}")
    if verdict.declined:
        lines.append(f"  reason          {verdict.detail}")
        if evidence.lower_bound is not None:
            real = "" if evidence.real_lower_bound is None else f" (real arithmetic: {evidence.real_lower_bound:.6g})"
            lines.append(f"  bound reached   {evidence.lower_bound:.6g}{real} in {evidence.boxes} boxes")
    lines.append(f"  guarantee       {verdict.guarantee.claim}")
    if verdict.accepted:
        lines.append(f"  holds for       {verdict.guarantee.class_}")
    return "\n".join(lines)


def show(values: Sequence[float], limit: int = 8) -> str:
    """The first numbers of a vector."""
    shown = ", ".join(f"{value:.6g}" for value in values[:limit])
    return f"[{shown}, …]" if len(values) > limit else f"[{shown}]"


def print_error(error: BaseException, *, json: bool) -> int:
    """Report an error on stderr (and as JSON on stdout); returns the exit code."""
    known = isinstance(error, VerikitError)
    code = error.exit_code if isinstance(error, VerikitError) else exits.INTERNAL
    if json:
        import msgspec

        report = {
            "schema": SCHEMA,
            "kind": "error",
            "error": type(error).__name__,
            "message": str(error),
            "exit_code": code,
        }
        print(msgspec.json.encode(report).decode())
    print(f"verikit-check: {type(error).__name__}: {error}", file=sys.stderr)
    if not known or isinstance(error, InternalError):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
        print("verikit-check: this is a bug in verikit; please report it with the lines above", file=sys.stderr)
    return code


def wants_color() -> bool:
    """Whether stdout is a terminal whose user has not asked for plain text."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
