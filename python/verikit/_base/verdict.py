"""The one shape of every answer: a verdict with evidence that can be checked again."""

from __future__ import annotations

from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["Cause", "Guarantee", "Stats", "Status", "Verdict"]

SCHEMA = "verikit/1"
"""Name of the JSON form; a new number comes only with a form that old readers cannot read."""

EvidenceT = TypeVar("EvidenceT", covariant=True)


class Status(str, Enum):
    """The three answers. DECLINED is never "no" and never "yes"."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DECLINED = "declined"


class Cause(str, Enum):
    """Who is answerable for a verdict that is not ACCEPTED.

    A reward scores ``RESPONSE`` causes with its failure constant and masks the other two only.
    """

    RESPONSE = "response"
    """What was submitted is at fault, or could not be decided because of how it is built."""
    REFERENCE = "reference"
    """The statement, property or gold answer is at fault."""
    INFRASTRUCTURE = "infrastructure"
    """The machine or verikit itself is at fault."""


class Guarantee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a verdict promises, in four parts.

    Attributes
    ----------
    claim : str
        What is true if the guarantee holds.
    class_ : str
        What the claim holds for (``class`` in JSON).
    assumptions : tuple of str
        What is taken for granted about the world.
    trusted_base : tuple of str
        What would have to be wrong for the claim to be wrong.
    """

    claim: str
    class_: str = msgspec.field(name="class")
    assumptions: tuple[str, ...]
    trusted_base: tuple[str, ...]


class Stats(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an answer was reached.

    Attributes
    ----------
    time_s : float
        Wall-clock time of the whole call, in seconds.
    version : str
        verikit's version.
    threads, seed : int or None
        As used; None where the engine has no such thing.
    instruction_set : str or None
        The SIMD path that ran.
    counters : dict of str to int
        Work done (boxes, leaves, ...).
    timings : dict of str to float
        Parts of ``time_s``, in seconds.
    """

    time_s: float
    version: str
    threads: int | None = None
    seed: int | None = None
    instruction_set: str | None = None
    counters: dict[str, int] = {}
    timings: dict[str, float] = {}


class Verdict(msgspec.Struct, Generic[EvidenceT], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """ACCEPTED, REJECTED or DECLINED(reason), with evidence, statistics and a guarantee.

    Attributes
    ----------
    status : Status
    engine : str
        Which engine answered (``"bounds"``).
    subject : str
        What was asked, for a reader.
    reason : str or None
        Why it was declined; None for the other two.
    detail : str or None
        The reason as a sentence, with the place and the way out where there is one.
    cause : Cause or None
        None exactly for ACCEPTED.
    evidence : EvidenceT
        What the engine found, typed by the engine.
    stats : Stats
    guarantee : Guarantee

    Notes
    -----
    ``bool()`` of a declined verdict raises: use ``accepted``, ``rejected``, ``declined``.
    """

    status: Status
    engine: str
    subject: str
    evidence: EvidenceT
    stats: Stats
    guarantee: Guarantee
    reason: str | None = None
    detail: str | None = None
    cause: Cause | None = None

    def __post_init__(self) -> None:
        if (self.reason is not None) != (self.status is Status.DECLINED):
            raise ValueError(f"a reason goes with DECLINED and nothing else; got {self.status} with {self.reason!r}")
        if (self.cause is None) != (self.status is Status.ACCEPTED):
            raise ValueError(f"every verdict but ACCEPTED has a cause; got {self.status} with {self.cause!r}")

    @property
    def accepted(self) -> bool:
        """Whether the claim was proved."""
        return self.status is Status.ACCEPTED

    @property
    def rejected(self) -> bool:
        """Whether the claim was refuted."""
        return self.status is Status.REJECTED

    @property
    def declined(self) -> bool:
        """Whether there is no answer; ``reason`` says why."""
        return self.status is Status.DECLINED

    def __bool__(self) -> bool:
        if self.status is Status.DECLINED:
            raise TypeError(
                f"a DECLINED({self.reason}) verdict is neither true nor false; "
                "ask for .accepted, .rejected or .declined instead"
            )
        return self.status is Status.ACCEPTED

    def __str__(self) -> str:
        suffix = f"({self.reason})" if self.reason is not None else ""
        return f"{self.status.name}{suffix}"

    def to_dict(self) -> dict[str, Any]:
        """The JSON form as plain Python objects: ``schema`` and ``kind`` first, then the fields."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        return {"schema": SCHEMA, "kind": "verdict", **fields}

    def to_json(self) -> str:
        """The JSON form (docs/json-schema.md) on one line."""
        return msgspec.json.encode(self.to_dict()).decode()
