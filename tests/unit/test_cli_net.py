from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verikit.cli.app import run_app
from verikit.cli.main import main, parse_plain_net
from verikit.cli.report import AccuracyReport, ErrorReport, Report, VerdictReport


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def decode(line: str) -> Any:
    assert line.count("\n") == 1
    return msgspec.json.decode(line, type=Report)


CASES = {
    "accepted": ("digits.onnx", "digits_robust_0.05.vnnlib", (), 0),
    "rejected": ("digits.onnx", "digits_fragile_0.3.vnnlib", (), 1),
    "declined": ("digits.onnx", "digits_robust_0.05.vnnlib", ("--timeout", "0"), 2),
    "usage": ("digits.onnx", "digits.onnx.missing", (), 64),
}


@pytest.mark.parametrize("case", CASES)
def test_cli_net_exit_code_and_json_say_the_same(capsys: pytest.CaptureFixture[str], data: Path, case: str) -> None:
    model, prop, extra, expected = CASES[case]
    code, out, err = run(capsys, "net", data / model, data / prop, *extra, "--json")
    assert code == expected
    report = decode(out)
    if case == "usage":
        assert isinstance(report, ErrorReport)
        assert (report.error, report.exit_code) == ("InputError", 64)
        assert report.message in err
    else:
        assert isinstance(report, VerdictReport)
        assert report.status.value == case
        assert err == ""


def test_cli_net_prints_a_verdict_a_person_can_read(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    _, out, _ = run(capsys, "net", data / "digits.onnx", data / "digits_fragile_0.3.vnnlib")
    first, second, third = out.splitlines()
    assert first.startswith("REJECTED  digits.onnx violates digits_fragile_0.3.vnnlib  (")
    assert second.startswith("  counterexample  x = [")
    assert "re-checked exactly" in second
    assert third.startswith("  guarantee       the property is violated by this input in real arithmetic")
    _, out, _ = run(capsys, "net", data / "digits.onnx", data / "digits_ink.vnnlib")
    assert out.startswith("ACCEPTED  digits.onnx satisfies digits_ink.vnnlib  (")
    assert "  proof           " in out


def test_cli_net_quiet_prints_nothing(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    assert run(capsys, "net", data / "digits.onnx", data / "digits_ink.vnnlib", "--quiet") == (0, "", "")


def test_cli_net_unsupported_models_are_declined(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path
) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is an extra")
    model = onnx.load(data / "digits.onnx")
    model.graph.node[1].op_type = "Hardmax"
    onnx.save(model, tmp_path / "odd.onnx")
    code, out, _ = run(capsys, "net", tmp_path / "odd.onnx", data / "digits_ink.vnnlib", "--json")
    assert code == 2
    report = decode(out)
    assert isinstance(report, VerdictReport)
    assert report.reason == "unsupported_operator"
    assert "Hardmax" in (report.detail or "")
    assert report.cause is not None
    assert report.cause.value == "response"


def test_cli_internal_errors_end_in_70(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import verikit.cli.net

    def crash(*_: object) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(verikit.cli.net, "run", crash)
    code, out, err = run(capsys, "net", "a", "b", "--json")
    assert code == 70
    assert decode(out).error == "RuntimeError"
    assert "please report" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["net"],
        ["net", "a.onnx"],
        ["net", "a", "b", "c"],
        ["net", "--bogus"],
        ["net", "a", "b", "--timeout", "soon"],
        ["net", "a", "b", "--timeout", "-1"],
        ["net", "a", "b", "--threads", "0"],
        ["net", "a", "b", "--timeout"],
        ["nonsense"],
        ["net", "a", "--data", "b.npz"],
        ["net", "a", "--instances", "b.csv"],
        ["net", "a", "b", "--data", "c.npz"],
    ],
)
def test_cli_usage_errors_end_in_64(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (64, "")
    assert err.startswith("verikit-check: ")
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 64
    assert isinstance(decode(out), ErrorReport)


@pytest.mark.parametrize(
    "arguments",
    [
        ["net", "m", "p"],
        ["net", "--json", "m", "p", "--quiet"],
        ["net", "m", "--timeout", "2.5", "p", "--memory", "100", "--threads", "3", "--real"],
        ["net", "m", "p", "--timeout", "1", "--timeout", "7"],
        ["net", "m", "p", "--timeout", "1e-3"],
        ["net", "m", "p", "--threads", "1"],
    ],
)
def test_cli_plain_form_means_what_typer_says(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    import verikit.cli.net

    seen: list[object] = []

    def record(*call: object) -> int:
        seen.append(call)
        return 0

    monkeypatch.setattr(verikit.cli.net, "run", record)
    assert run_app(arguments) == 0
    assert seen == [parse_plain_net(arguments)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["net", "--help"],
        ["net", "m", "p", "--timeout=3"],
        ["net", "m", "--", "p"],
        ["net", "m", "p", "--instances", "x"],
        ["net", "m", "p", "--threads", "0"],
        ["demo"],
        [],
    ],
)
def test_cli_plain_form_leaves_the_rest_to_typer(arguments: list[str]) -> None:
    assert parse_plain_net(arguments) is None


def test_cli_help_and_version_name_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for verb in ("net", "proof", "demo", "doctor"):
        assert verb in out
    code, out, _ = run(capsys, "--version")
    assert (code, out.startswith("verikit 0.")) == (0, True)


def test_cli_accuracy_table_json_and_picture(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    command = ["net", data / "digits.onnx", "--data", data / "digits_heldout.npz", "--clip", 0, 1]
    code, out, _ = run(capsys, *command, "--eps", 0.01, "--eps", 0.1, "--method", "ibp", "--json")
    assert code == 0
    report = decode(out)
    assert isinstance(report, AccuracyReport)
    assert [row.eps for row in report.rows] == [0.01, 0.1]
    assert report.rows[0].certified > report.rows[1].certified > 0
    code, out, _ = run(capsys, *command, "--eps", 0.01)
    assert code == 0
    assert "Certified accuracy of digits.onnx" in out
    pytest.importorskip("matplotlib", reason="matplotlib is an extra")
    picture = tmp_path / "share.png"
    code, _, _ = run(capsys, *command, "--eps", 0.01, "--eps", 0.1, "--plot", picture, "--quiet")
    assert code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_cli_accuracy_bad_data_ends_in_64(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    np.savez(tmp_path / "objects.npz", x=np.array([{}, {}]), y=np.zeros(2))
    (tmp_path / "text.npz").write_text("not an archive")
    for name in ("other.npz", "objects.npz", "text.npz", "missing.npz"):
        code, _, err = run(capsys, "net", data / "digits.onnx", "--data", tmp_path / name, "--eps", 0.1)
        assert (code, name in err) == (64, True)
    code, _, err = run(capsys, "net", data / "digits.onnx", "--data", data / "digits_heldout.npz")
    assert (code, "--eps" in err) == (64, True)


def test_cli_net_is_one_process_of_at_most_300_ms(data: Path) -> None:
    command = [sys.executable, "-m", "verikit.cli.main", "net", str(data / "digits.onnx")]
    command += [str(data / "digits_robust_0.05.vnnlib"), "--json"]
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = subprocess.run([*command, "--threads", "1"], capture_output=True, check=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert json.loads(out.stdout)["status"] == "accepted"
    assert min(times) <= 0.3, times  # processor time of one thread: on an idle machine the wall clock says the same
