from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verikit.cli import demo, doctor
from verikit.cli.main import main
from verikit.cli.report import DemoReport, DoctorReport, DoctorRow, Report, json_schema


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json"])
    return code, msgspec.json.decode(capsys.readouterr().out, type=Report)


def test_demo_runs_every_engine_and_all_comes_out_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run(capsys, "demo")
    assert code == 0
    assert isinstance(report, DemoReport)
    assert {row.engine for row in report.rows} == {"bounds", "lean"}
    assert {row.answer for row in report.rows} >= {"ACCEPTED", "REJECTED"}
    assert all(row.as_expected for row in report.rows)


def test_demo_table_fits_on_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_demo_says_so_when_something_does_not_come_out_as_expected(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_PROPERTIES", (("digits_fragile_0.3.vnnlib", "accepted", "a false claim"),))
    assert main(["demo"]) == 70
    assert "NOT as" in capsys.readouterr().out


def test_doctor_lists_every_extra_it_knows_and_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run(capsys, "doctor")
    assert code == 0
    assert isinstance(report, DoctorReport)
    assert report.native["instruction_set"]
    assert {row.name for row in report.rows} >= {"numpy", "typer", "torch", "onnx", "matplotlib"}
    assert all(row.version for row in report.rows if row.required)


def test_doctor_reports_what_is_missing_and_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = (("no-such-package", "nothing", False, "plot"), ("no-such-core", "everything", True, ""))
    monkeypatch.setattr(doctor, "_PARTS", parts)
    code, report = run(capsys, "doctor")
    assert code == 70
    assert report.rows[0] == DoctorRow(
        name="no-such-package",
        needed_for="nothing",
        version=None,
        required=False,
        install="pip install 'verikit[plot]'",
    )
    assert main(["doctor"]) == 70
    out = capsys.readouterr().out
    assert "missing" in out
    assert "verikit[plot]" in out


def test_json_schema_document_is_the_one_of_the_types(root: Path) -> None:
    document = json.loads((root / "docs" / "json-schema.json").read_text())
    assert document == json.loads(json.dumps(json_schema())), "run python -m verikit.cli.report > docs/json-schema.json"


def test_json_schema_refuses_unknown_fields_and_kinds() -> None:
    good = b'{"schema":"verikit/1","kind":"error","error":"InputError","message":"m","exit_code":64}'
    assert msgspec.json.decode(good, type=Report)
    for bad in (good.replace(b'"message"', b'"massage"'), good.replace(b'"error",', b'"horror",', 1)):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(bad, type=Report)


def test_json_schema_page_names_every_kind(root: Path) -> None:
    page = (root / "docs" / "json-schema.md").read_text()
    kinds = json_schema()["discriminator"]["mapping"]
    assert len(kinds) == 6
    for kind in kinds:
        assert f"| `{kind}` |" in page
