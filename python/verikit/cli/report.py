"""What ``--json`` prints: one of these objects on one line. docs/json-schema.json is made from them."""

from __future__ import annotations

from typing import Any

import msgspec

from verikit._base.verdict import SCHEMA, Cause, Guarantee, Stats, Status
from verikit.bounds.certification import CertifiedAccuracy
from verikit.bounds.evidence import BoundsEvidence
from verikit.lean.evidence import LeanEvidence


class _Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    schema: str = SCHEMA


class VerdictReport(_Report, frozen=True, kw_only=True, tag="verdict"):
    """A single verdict (the form of ``Verdict.to_json``)."""

    status: Status
    engine: str
    subject: str
    reason: str | None
    detail: str | None
    cause: Cause | None
    evidence: BoundsEvidence | LeanEvidence
    stats: Stats
    guarantee: Guarantee


class ErrorReport(_Report, frozen=True, kw_only=True, tag="error"):
    """A command that ended in an error: the class of docs, its message and the exit code."""

    error: str
    message: str
    exit_code: int


class InstanceResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an instances file. ``result`` is in VNN-COMP's words: unsat means that the property holds."""

    onnx: str
    vnnlib: str
    timeout_s: float
    result: str
    reason: str | None
    time_s: float
    prepare_s: float
    expected: str | None = None
    wrong: bool = False


class InstancesReport(_Report, frozen=True, kw_only=True, tag="instances"):
    """``verikit-check net --instances``: all results in the file's order."""

    category: str
    results: tuple[InstanceResult, ...]
    counts: dict[str, int]
    wrong: int
    median_time_s: float | None
    wall_s: float


class AccuracyReport(_Report, frozen=True, kw_only=True, tag="certified-accuracy"):
    """``verikit-check net MODEL --data``: one row for each eps."""

    model: str
    data: str
    method: str
    rows: tuple[CertifiedAccuracy, ...]


class DemoRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the demo's table."""

    engine: str
    claim: str
    answer: str
    time_s: float
    as_expected: bool


class DemoReport(_Report, frozen=True, kw_only=True, tag="demo"):
    """``verikit-check demo``."""

    rows: tuple[DemoRow, ...]


class DoctorRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that some verb needs or can use."""

    name: str
    needed_for: str
    version: str | None
    required: bool
    install: str


class DoctorReport(_Report, frozen=True, kw_only=True, tag="doctor"):
    """``verikit-check doctor``."""

    verikit: str
    python: str
    platform: str
    threads: int
    memory_mb: int
    native: dict[str, str]
    rows: tuple[DoctorRow, ...]


Report = VerdictReport | ErrorReport | InstancesReport | AccuracyReport | DemoReport | DoctorReport


def encode(report: Report) -> str:
    """One line of JSON."""
    return msgspec.json.encode(report).decode()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of everything ``--json`` prints."""
    return msgspec.json.schema(Report)


if __name__ == "__main__":  # python -m verikit.cli.report > docs/json-schema.json
    import json

    print(json.dumps(json_schema(), indent=2, sort_keys=True))
