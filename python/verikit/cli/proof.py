"""``verikit-check proof FILE…``: Lean proofs, one verdict a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from verikit._base.config import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_S
from verikit._base.errors import InputError, VerikitError
from verikit._base.verdict import Verdict
from verikit.lean.evidence import LeanEvidence

if TYPE_CHECKING:
    from rich.progress import Progress

_PROGRESS_AFTER_S = 0.5
_MOST_FINDINGS = 20
_INDENT = "\n                  "


class ProofOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of ``proof``. ``axioms`` is a list with commas; None: any for files, the standard three for theorems."""

    theorem: str | None = None
    against: str | None = None
    axioms: str | None = None
    path: str | None = None
    trust_imports: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    memory_mb: float = DEFAULT_MEMORY_MB
    jobs: int | None = None
    json: bool = False
    quiet: bool = False


def check(file: str, options: ProofOptions, progress: Callable[[int, int], object] | None) -> Verdict[LeanEvidence]:
    """The verdict on one file; errors in the input are raised."""
    from verikit.lean import checking

    search_path = None if options.path is None else [folder for folder in options.path.split(os.pathsep) if folder]
    axioms = None if options.axioms is None else {name.strip() for name in options.axioms.split(",") if name.strip()}
    if options.theorem is not None and options.against is not None:
        return checking.verify_proof(
            options.against,
            file,
            options.theorem,
            allowed_axioms=checking.STANDARD_AXIOMS if axioms is None else axioms,
            search_path=search_path,
            threads=options.jobs,
            timeout_s=options.timeout_s,
            memory_mb=options.memory_mb,
            progress=progress,
        )
    return checking.check(
        file,
        allowed_axioms=axioms,
        search_path=search_path,
        trust_imports=options.trust_imports,
        threads=options.jobs,
        timeout_s=options.timeout_s,
        memory_mb=options.memory_mb,
        progress=progress,
    )


def run(files: list[str], options: ProofOptions) -> int:
    """Check each file, print each verdict as it comes, and return the exit code: the worst of all."""
    from verikit.cli import exits, output

    if (options.theorem is None) != (options.against is None):
        raise InputError("proof: --theorem and --against go together: the theorem's name, and the file that states it")
    if options.trust_imports and options.theorem is not None:
        raise InputError(
            "proof: --trust-imports does not go with --theorem; modules that the reference has are trusted"
        )
    codes = []
    for file in files:
        try:
            with _progress(file, options) as progress:
                verdict = check(file, options, progress)
        except VerikitError as error:
            codes.append(output.print_error(error, json=options.json))
            continue
        if options.json:
            print(verdict.to_json())
        elif not options.quiet:
            print(format_proof(verdict, color=output.wants_color()))
        codes.append(exits.of_verdict(verdict))
    # An internal error first, then what could not be read, then rejected before undecided.
    return max(
        codes,
        key=lambda code: (exits.ACCEPTED, exits.DECLINED, exits.REJECTED, exits.USAGE, exits.INTERNAL).index(code),
    )


def format_proof(verdict: Verdict[LeanEvidence], *, color: bool = False) -> str:
    """The verdict as a reader sees it; the JSON form has the same facts."""
    from verikit.cli import output

    evidence = verdict.evidence
    lines = [output.headline(verdict, color=color)]
    if evidence.statement is not None:
        lines.append(f"  statement       {evidence.theorem} : {evidence.statement}")
    for finding in evidence.findings[:_MOST_FINDINGS]:
        detail = finding.detail.replace("\n", _INDENT)
        lines.append(f"  {finding.status:14}  {finding.declaration}  {finding.rule}{_INDENT}{detail}")
    more = evidence.rejected + evidence.undecided - _MOST_FINDINGS
    if more > 0:
        lines.append(f"  …               and {more} more")
    if verdict.declined and not evidence.findings:
        lines.append(f"  reason          {verdict.detail}")
    if evidence.checked:
        trusted = f", {evidence.trusted} trusted" if evidence.trusted else ""
        lines.append(f"  checked         {evidence.checked} of {evidence.declarations} declarations{trusted}")
        lines.append(f"  axioms          {', '.join(evidence.axioms) or 'none'}")
    lines.append(f"  guarantee       {verdict.guarantee.claim}")
    if verdict.accepted:
        lines += [f"  assuming        {assumption}" for assumption in verdict.guarantee.assumptions]
    return "\n".join(lines)


@contextmanager
def _progress(file: str, options: ProofOptions) -> Iterator[Callable[[int, int], object] | None]:
    """A bar on a terminal's stderr, for what takes longer than a moment."""
    if options.json or options.quiet or not sys.stderr.isatty():
        yield None
        return
    start = time.perf_counter()
    bar: Progress | None = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            if time.perf_counter() - start < _PROGRESS_AFTER_S:
                return
            bar = _bar(file)
        bar.update(bar.task_ids[0], completed=done, total=total or None)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()


def _bar(file: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(os.path.basename(file), total=None)
    bar.start()
    return bar
