"""Checking environments, and proofs against the statements that they should prove."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from verikit import _core
from verikit._base.config import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_S, available_threads
from verikit._base.errors import (
    ExportFormatError,
    InputError,
    MemoryLimitError,
    ResourceError,
    TimeLimitError,
    UnsupportedError,
)
from verikit._base.verdict import Cause, Guarantee, Stats, Status, Verdict
from verikit._version import __version__
from verikit.lean.environment import Environment, Progress, Source, is_compiled, load
from verikit.lean.evidence import LeanEvidence, LeanFinding

STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""The axioms of Lean's own library."""

DEFAULT_MAX_STEPS = 500_000_000
DEFAULT_MAX_DEPTH = 100_000
_MAX_FINDINGS = 1000

_REASON = {"time": "timeout"}  # the engine's words for limits, where they are not the house's

_TRUSTED = (
    "verikit's C++ engine (the readers, the type checker, the statement match) and its compiler",
    "Boost.Multiprecision's integer arithmetic",
    "Lean 4's type theory, with the axioms that the evidence names, is consistent",
)
_CLASS = (
    "the constants of the input with this digest, by the rules of Lean 4's kernel (docs/lean.md says where they "
    "differ); compiled code, implemented_by and native evaluation play no part"
)
_AS_READ = "the input's terms are what its author means: parsing, notation and elaboration came before"
_NOTHING = Guarantee(claim="nothing is claimed", class_="none", assumptions=(), trusted_base=())


def check(
    source: Source | Environment,
    *,
    allowed_axioms: Collection[str] | None = None,
    search_path: Sequence[str | os.PathLike[str]] | None = None,
    trust_imports: bool = False,
    trusted: Iterable[str] = (),
    threads: int | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    memory_mb: float = DEFAULT_MEMORY_MB,
    max_steps: int = DEFAULT_MAX_STEPS,
    max_depth: int = DEFAULT_MAX_DEPTH,
    progress: Progress | None = None,
) -> Verdict[LeanEvidence]:
    """Check every declaration of a file, a folder or a module.

    Parameters
    ----------
    source : path, bytes or Environment
        As for :func:`load`. Of ``.olean`` files all that the modules reach in their imports is checked too.
    allowed_axioms : collection of str, optional
        Reject other axioms, and standard ones that do not state what Lean's library says; any by default.
    search_path : sequence of paths, optional
        Where imports are looked up; ``LEAN_PATH`` by default.
    trust_imports : bool
        Check the modules that were asked for, and take their imports as they are; the guarantee says so.
    trusted : iterable of str
        SHA-256 digests of modules that are taken as checked.
    threads : int, optional
        All processors by default. Where no clock is involved the verdict does not depend on it.
    timeout_s, memory_mb : float
        Wall-clock limit of the whole call, and limit on the terms of one declaration.
    max_steps, max_depth : int
        Limits on the evaluation of one declaration, and on recursion.
    progress : callable, optional
        Called with the declarations done and their number.

    Returns
    -------
    Verdict of LeanEvidence
        ACCEPTED: every declaration checks. REJECTED: ``evidence.findings`` has the declarations that do not, the rules
        and the terms. DECLINED: none was rejected, and some could not be decided within the limits.

    Raises
    ------
    InputError
        If there is no such file or module.
    ExportFormatError
        If it is malformed or truncated.

    Notes
    -----
    **Guarantee**: in the verdict (``verdict.guarantee``); docs/lean.md states the rules. Carneiro 2019, The Type
    Theory of Lean.
    """
    start = time.perf_counter()
    _require_limits(threads, timeout_s, memory_mb, max_steps, max_depth)
    allowed = None if allowed_axioms is None else _require_axioms(allowed_axioms)
    try:
        environment = _as_environment(source, search_path=search_path, trusted=trusted, progress=progress)
    except (ResourceError, UnsupportedError, MemoryError) as error:
        return _declined_by(error, _subject(source), time_s=time.perf_counter() - start)
    remaining_s = timeout_s - (time.perf_counter() - start)
    if remaining_s <= 0:
        return _declined_by(TimeLimitError("the time limit passed while reading"), environment.name, time_s=timeout_s)
    used_threads = available_threads() if threads is None else threads
    try:
        raw = environment._native.check(
            targets_only=trust_imports,
            allowed_axioms=allowed,
            limits=_limits(used_threads, remaining_s, memory_mb, max_steps, max_depth),
            max_findings=_MAX_FINDINGS,
            progress=progress,
        )
    except (ResourceError, UnsupportedError, MemoryError) as error:
        return _declined_by(error, environment.name, time_s=time.perf_counter() - start)
    axioms = raw["axioms"]
    status = Status(raw["status"])
    findings = _findings(raw)
    if not axioms["matches"]:
        status = Status.REJECTED
        findings = (*findings, _as_finding(axioms))
    evidence = _evidence(
        environment, raw, findings=findings, axioms=tuple(axioms["axioms"]), more_rejected=0 if axioms["matches"] else 1
    )
    reason = _reason(status, findings)
    return Verdict(
        status=status,
        engine="lean",
        subject=environment.name,
        reason=reason,
        detail=_detail(status, evidence),
        cause=None if status is Status.ACCEPTED else Cause.RESPONSE,
        evidence=evidence,
        stats=_stats(raw, used_threads, time.perf_counter() - start),
        guarantee=_check_guarantee(status, evidence, trust_imports),
    )


def verify_proof(
    reference: Source | Environment,
    candidate: Source | Environment,
    theorem: str,
    *,
    allowed_axioms: Collection[str] = STANDARD_AXIOMS,
    search_path: Sequence[str | os.PathLike[str]] | None = None,
    trust_reference: bool = True,
    threads: int | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    memory_mb: float = DEFAULT_MEMORY_MB,
    max_steps: int = DEFAULT_MAX_STEPS,
    max_depth: int = DEFAULT_MAX_DEPTH,
    progress: Progress | None = None,
) -> Verdict[LeanEvidence]:
    """Decide whether a candidate proves a theorem that a reference states.

    Parameters
    ----------
    reference : path, bytes or Environment
        States the theorem. Its own proof is not looked at: it may be a ``sorry``, or the statement an axiom.
    candidate : path, bytes or Environment
        Must prove it. Nothing that its author could write is trusted. An Environment may have been loaded with a search
        path of its own.
    theorem : str
        Full name of the constant, the same in both.
    allowed_axioms : collection of str
        What the proof may use. An axiom must state what it states in the reference or, where that does not have it, in
        Lean's library.
    search_path : sequence of paths, optional
        Where imports of both are looked up; ``LEAN_PATH`` by default.
    trust_reference : bool
        Do not check again a module that the reference imports too, bit for bit the same; everything else is checked.
    threads, timeout_s, memory_mb, max_steps, max_depth, progress
        As for :func:`check`.

    Returns
    -------
    Verdict of LeanEvidence
        ACCEPTED: the statement is the same, with all that it rests on, and the candidate checks. REJECTED: it is
        another one, an axiom is not allowed, or a declaration does not check or cannot be read. DECLINED with cause
        REFERENCE: the reference does not state it, or not in a way that can be used. DECLINED with cause RESPONSE: a
        limit ran out.

    Raises
    ------
    InputError
        If there is no such file or module.

    Notes
    -----
    **Guarantee**: in the verdict (``verdict.guarantee``). Two statements are the same if they are the same term up to
    names of bound variables and of universe parameters, and so is every constant behind them: a definition by its
    value, an inductive type by its constructors, a theorem by its statement.
    """
    start = time.perf_counter()
    _require_limits(threads, timeout_s, memory_mb, max_steps, max_depth)
    allowed = _require_axioms(allowed_axioms)
    if not theorem:
        raise InputError(f"theorem: expected the full name of a constant, got {theorem!r}")
    subject = f"{theorem} of {_subject(reference)} by {_subject(candidate)}"
    whose = Cause.REFERENCE
    try:
        stated = _as_environment(reference, search_path=search_path, progress=progress)
        stated._native.load_names([theorem, *allowed])
        digests = _reference_digests(stated, candidate) if trust_reference else ()
        whose = Cause.RESPONSE
        offered = _as_environment(candidate, search_path=search_path, trusted=digests, progress=progress)
    except ExportFormatError as error:
        return _malformed(error, subject, theorem, whose, time_s=time.perf_counter() - start)
    except (ResourceError, UnsupportedError, MemoryError) as error:
        return _declined_by(error, subject, cause=whose, time_s=time.perf_counter() - start)
    remaining_s = timeout_s - (time.perf_counter() - start)
    if remaining_s <= 0:
        return _declined_by(TimeLimitError("the time limit passed while reading"), subject, time_s=timeout_s)
    used_threads = available_threads() if threads is None else threads
    try:
        raw = _core.NativeEnvironment.verify(
            stated._native,
            offered._native,
            theorem=theorem,
            allowed_axioms=allowed,
            limits=_limits(used_threads, remaining_s, memory_mb, max_steps, max_depth),
            max_findings=_MAX_FINDINGS,
            progress=progress,
        )
    except ExportFormatError as error:  # .olean files are read as they are reached
        return _malformed(error, subject, theorem, Cause.RESPONSE, time_s=time.perf_counter() - start)
    except (ResourceError, UnsupportedError, MemoryError) as error:
        return _declined_by(error, subject, time_s=time.perf_counter() - start)
    return _proof_verdict(stated, offered, theorem, raw, subject, used_threads, time.perf_counter() - start)


def _proof_verdict(
    stated: Environment,
    offered: Environment,
    theorem: str,
    raw: dict[str, Any],
    subject: str,
    threads: int,
    time_s: float,
) -> Verdict[LeanEvidence]:
    match = raw["match"]
    findings = _findings(raw)
    if not match["matches"]:
        findings = (_as_finding(match), *findings)
    status, cause = Status(raw["status"]), Cause.RESPONSE
    if match["reference_at_fault"]:
        status, cause = Status.DECLINED, Cause.REFERENCE
    evidence = _evidence(
        offered,
        raw,
        findings=findings,
        axioms=tuple(match["axioms"]),
        more_rejected=0 if match["matches"] else 1,
        theorem=theorem,
        statement=offered[theorem].type if theorem in offered else None,
        reference_sha256=stated.sha256,
    )
    reason, detail = _reason(status, findings), _detail(status, evidence)
    if match["reference_at_fault"]:
        reason = "reference"
    elif status is Status.DECLINED and raw["reason"] is not None:
        reason, detail = _REASON.get(raw["reason"], raw["reason"]), f"{theorem}: {raw['detail']}"
    return Verdict(
        status=status,
        engine="lean",
        subject=subject,
        reason=reason,
        detail=detail,
        cause=None if status is Status.ACCEPTED else cause,
        evidence=evidence,
        stats=_stats(raw, threads, time_s),
        guarantee=_proof_guarantee(status, evidence),
    )


# --- what comes in --------------------------------------------------------------------------------------------


def _as_environment(source: Source | Environment, **options: Any) -> Environment:
    return source if isinstance(source, Environment) else load(source, **options)


def _subject(source: Source | Environment) -> str:
    if isinstance(source, Environment):
        return source.name
    if isinstance(source, (bytes, bytearray, memoryview)):
        return "<bytes>"
    return os.path.basename(os.fspath(source)) or os.fspath(source)


def _reference_digests(stated: Environment, candidate: Source | Environment) -> tuple[str, ...]:
    """Digests of what the reference imports, where the candidate may share it: modules share, exports do not."""
    if stated.format != "olean" or isinstance(candidate, Environment) or not is_compiled(candidate):
        return ()
    return tuple(stated.imports().values())


def _require_axioms(names: Collection[str]) -> list[str]:
    if isinstance(names, (str, bytes)) or not all(names):
        raise InputError(f"allowed_axioms: expected a set of names, got {names!r}")
    if "sorryAx" in names:
        raise InputError("allowed_axioms: sorryAx proves everything; leave it out")
    return sorted(names)


def _require_limits(threads: int | None, timeout_s: float, memory_mb: float, max_steps: int, max_depth: int) -> None:
    if threads is not None and threads < 1:
        raise InputError(f"threads: expected at least 1, or None for all, got {threads!r}")
    if not timeout_s >= 0:
        raise InputError(f"timeout_s: expected seconds >= 0, got {timeout_s!r}")
    if not (memory_mb > 0 and math.isfinite(memory_mb)):
        raise InputError(f"memory_mb: expected megabytes > 0, got {memory_mb!r}")
    if not 1 <= max_steps < 1 << 63:
        raise InputError(f"max_steps: expected at least 1, got {max_steps!r}")
    if not 1 <= max_depth < 1 << 31:
        raise InputError(f"max_depth: expected at least 1, got {max_depth!r}")


def _limits(threads: int, timeout_s: float, memory_mb: float, max_steps: int, max_depth: int) -> _core.LeanLimits:
    return _core.LeanLimits(
        threads=threads, timeout_s=timeout_s, max_steps=max_steps, max_depth=max_depth, memory_mb=min(memory_mb, 1e9)
    )


# --- what comes out -------------------------------------------------------------------------------------------


def _findings(raw: dict[str, Any]) -> tuple[LeanFinding, ...]:
    return tuple(
        LeanFinding(declaration=name, status=status, rule=_REASON.get(rule, rule), detail=detail)
        for name, status, rule, detail in raw["findings"]
    )


def _as_finding(match: dict[str, Any]) -> LeanFinding:
    return LeanFinding(declaration=match["constant"], status="rejected", rule=match["rule"], detail=match["detail"])


def _evidence(
    environment: Environment,
    raw: dict[str, Any],
    *,
    findings: tuple[LeanFinding, ...],
    axioms: tuple[str, ...],
    more_rejected: int,
    theorem: str | None = None,
    statement: str | None = None,
    reference_sha256: str | None = None,
) -> LeanEvidence:
    return LeanEvidence(
        theorem=theorem,
        statement=statement,
        axioms=axioms,
        findings=findings,
        rejected=raw["rejected"] + more_rejected,
        undecided=raw["declined"],
        declarations=raw["declarations"],
        checked=raw["checked"],
        trusted=raw["trusted"],
        constants=raw["constants"],
        terms=raw["terms"],
        format=environment.format,
        sha256=environment.sha256,
        reference_sha256=reference_sha256,
    )


def _reason(status: Status, findings: tuple[LeanFinding, ...]) -> str | None:
    if status is not Status.DECLINED:
        return None
    return next((finding.rule for finding in findings if finding.status == "declined"), "undecided")


def _detail(status: Status, evidence: LeanEvidence) -> str | None:
    if status is Status.ACCEPTED or not evidence.findings:
        return None
    wanted = "rejected" if status is Status.REJECTED else "declined"
    first = next((finding for finding in evidence.findings if finding.status == wanted), evidence.findings[0])
    more = (evidence.rejected if status is Status.REJECTED else evidence.undecided) - 1
    others = f" (and {more} more)" if more > 0 else ""
    return f"{first.declaration}: {first.rule}: {first.detail}{others}"


def _stats(raw: dict[str, Any], threads: int, time_s: float) -> Stats:
    return Stats(
        time_s=time_s,
        version=__version__,
        threads=threads,
        counters={
            "steps": raw["steps"],
            "store_bytes": raw["store_bytes"],
            "peak_thread_bytes": raw["peak_thread_bytes"],
        },
        timings={"check_s": raw["time_s"]},
    )


def _malformed(
    error: ExportFormatError, subject: str, theorem: str, whose: Cause, *, time_s: float
) -> Verdict[LeanEvidence]:
    """A candidate that cannot be read proves nothing; a reference that cannot be read states nothing."""
    response = whose is Cause.RESPONSE
    finding = LeanFinding(declaration=theorem, status="rejected", rule="format", detail=str(error))
    return Verdict(
        status=Status.REJECTED if response else Status.DECLINED,
        engine="lean",
        subject=subject,
        reason=None if response else "reference",
        detail=str(error),
        cause=whose,
        evidence=LeanEvidence(theorem=theorem, findings=(finding,) if response else (), rejected=int(response)),
        stats=Stats(time_s=time_s, version=__version__),
        guarantee=_NOTHING,
    )


def _declined_by(
    error: ResourceError | UnsupportedError | MemoryError, subject: str, *, cause: Cause = Cause.RESPONSE, time_s: float
) -> Verdict[LeanEvidence]:
    """The verdict for input that is unsupported or does not fit into the limits."""
    reason = "unsupported"
    if isinstance(error, TimeLimitError):
        reason = "timeout"
    elif isinstance(error, (MemoryLimitError, MemoryError)):
        reason = "memory"
    return Verdict(
        status=Status.DECLINED,
        engine="lean",
        subject=subject,
        reason=reason,
        detail=str(error) or "out of memory",
        cause=cause,
        evidence=LeanEvidence(),
        stats=Stats(time_s=time_s, version=__version__),
        guarantee=_NOTHING,
    )


def _check_guarantee(status: Status, evidence: LeanEvidence, trust_imports: bool) -> Guarantee:
    if status is Status.DECLINED:
        return _NOTHING
    if status is Status.REJECTED:
        return _rejection(evidence)
    return Guarantee(
        claim="every declaration type checks, and rests on nothing but the declarations before it and the axioms named",
        class_=_CLASS,
        assumptions=(_AS_READ, *_trust(evidence, trust_imports)),
        trusted_base=_TRUSTED,
    )


def _proof_guarantee(status: Status, evidence: LeanEvidence) -> Guarantee:
    if status is Status.DECLINED:
        return _NOTHING
    if status is Status.REJECTED:
        return _rejection(evidence)
    return Guarantee(
        claim="the candidate proves the statement of the reference: the same proposition, over the same definitions, "
        "from the axioms named and nothing else; and everything in it type checks",
        class_=_CLASS,
        assumptions=("the reference states what its author means", *_trust(evidence, False)),
        trusted_base=_TRUSTED,
    )


def _rejection(evidence: LeanEvidence) -> Guarantee:
    first = evidence.findings[0] if evidence.findings else None
    return Guarantee(
        claim="the input is not accepted" + (f": {first.declaration} breaks the rule {first.rule!r}" if first else ""),
        class_="the input with this digest; another encoding of the same proof may be accepted",
        assumptions=(_AS_READ,),
        trusted_base=_TRUSTED,
    )


def _trust(evidence: LeanEvidence, trust_imports: bool) -> tuple[str, ...]:
    if trust_imports:
        return ("the imported modules were checked before: here they were not",)
    if evidence.trusted:
        return (
            f"{evidence.trusted} declarations of modules with trusted digests were checked before: here they were not",
        )
    return ()
