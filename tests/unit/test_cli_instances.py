from __future__ import annotations

import csv
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verikit._base.errors import InputError
from verikit.cli.instances import read_instances
from verikit.cli.main import main
from verikit.cli.report import InstancesReport, Report
from verikit.cli.workers import Job, WorkerProcess


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = main(["net", *(str(argument) for argument in arguments), "--json"])
    return code, msgspec.json.decode(capsys.readouterr().out, type=Report)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def benchmark_folder(data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "digits"
    folder.mkdir()
    for file in data.glob("digits*"):
        (folder / file.name).symlink_to(file)
    return folder


def test_instances_run_in_order_and_write_the_competition_columns(
    capsys: pytest.CaptureFixture[str], benchmark_folder: Path
) -> None:
    names = ["digits_robust_0.05.vnnlib", "digits_fragile_0.3.vnnlib", "digits_ink.vnnlib", "digits_pair_0.04.vnnlib"]
    path = write(benchmark_folder / "instances.csv", *(f"digits.onnx,{name},20" for name in names))
    code, report = run(capsys, "--instances", path, "--workers", 2, "--csv", benchmark_folder / "results.csv")
    assert code == 0
    assert isinstance(report, InstancesReport)
    assert [result.vnnlib for result in report.results] == names
    assert [result.result for result in report.results] == ["unsat", "sat", "unsat", "unsat"]
    assert (report.counts, report.wrong, report.category) == ({"sat": 1, "unsat": 3}, 0, "digits")
    with (benchmark_folder / "results.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[:3] for row in rows] == [["digits", "digits.onnx", name] for name in names]
    assert [row[4] for row in rows] == ["unsat", "sat", "unsat", "unsat"]
    assert all(float(row[3]) >= 0 and float(row[5]) > 0 for row in rows)


def test_instances_count_verdicts_that_contradict_what_is_expected(
    capsys: pytest.CaptureFixture[str], benchmark_folder: Path
) -> None:
    path = write(
        benchmark_folder / "expected.csv",
        "onnx,vnnlib,timeout_s,expected",
        "digits.onnx,digits_robust_0.05.vnnlib,20,sat",
        "digits.onnx,digits_fragile_0.3.vnnlib,20,unsat",
        "digits.onnx,digits_ink.vnnlib,20,unsat",
        "digits.onnx,digits_fragile_0.3.vnnlib,20,unsat?",
        "digits.onnx,digits_pair_0.04.vnnlib,0,sat",
    )
    code, report = run(capsys, "--instances", path)
    assert code == 1
    assert [result.wrong for result in report.results] == [True, True, False, False, False]
    assert report.wrong == 2
    assert report.results[4].result == "timeout"


def test_instances_go_on_after_one_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str], benchmark_folder: Path
) -> None:
    path = write(
        benchmark_folder / "instances.csv",
        "missing.onnx,digits_ink.vnnlib,20",
        "digits.onnx,digits.onnx,20",
        "digits.onnx,digits_ink.vnnlib,20",
    )
    code, report = run(capsys, "--instances", path)
    assert code == 70
    assert [result.result for result in report.results] == ["error", "error", "unsat"]
    assert report.results[0].reason.startswith("InputError: ")
    assert report.results[1].reason.startswith("PropertyFormatError: ")


def test_instances_timeout_option_caps_each_limit(capsys: pytest.CaptureFixture[str], benchmark_folder: Path) -> None:
    path = write(
        benchmark_folder / "instances.csv", "digits.onnx,digits_ink.vnnlib,20", "digits.onnx,digits_ink.vnnlib,1"
    )
    _, report = run(capsys, "--instances", path, "--timeout", 5)
    assert [result.timeout_s for result in report.results] == [5, 1]


def test_instances_print_a_summary(capsys: pytest.CaptureFixture[str], benchmark_folder: Path) -> None:
    path = write(benchmark_folder / "instances.csv", "digits.onnx,digits_ink.vnnlib,20,sat")
    assert main(["net", "--instances", str(path)]) == 1
    out = capsys.readouterr().out
    assert "WRONG" in out
    assert "1 instances: 1 unsat; 1 wrong" in out


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "at least one instance"),
        (["onnx,vnnlib,timeout"], "at least one instance"),
        (["a.onnx"], r":1: expected onnx,vnnlib"),
        (["a,b,c,d,e"], "5 columns"),
        (["a,b,1", "a,b,soon"], r":2: expected a number of seconds.*'soon'"),
        (["a,b,-1"], "seconds >= 0"),
        (["a,b,nan"], "seconds >= 0"),
    ],
)
def test_instances_files_that_are_malformed_name_the_line(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_instances(write(tmp_path / "i.csv", *lines), 60.0)


def test_instances_without_a_timeout_take_the_default(tmp_path: Path) -> None:
    assert read_instances(write(tmp_path / "i.csv", "a,b"), 12.0)[0].timeout_s == 12.0


def job(data: Path, timeout_s: float) -> Job:
    return Job(
        onnx=str(data / "digits.onnx"),
        vnnlib=str(data / "digits_ink.vnnlib"),
        timeout_s=timeout_s,
        memory_mb=1000,
        threads=1,
        real=False,
    )


def test_worker_that_hangs_is_killed_at_its_deadline(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verikit.cli.workers._GRACE_S", 0.2)
    worker = WorkerProcess(memory_mb=1000, threads=1)
    process = worker._start()
    os.killpg(process.pid, signal.SIGSTOP)
    start = time.perf_counter()
    answer = worker.ask(job(data, 0.3))
    assert (answer.status, answer.reason) == ("declined", "timeout")
    assert 0.3 <= time.perf_counter() - start < 2.0
    assert process.returncode == -signal.SIGKILL
    assert worker.ask(job(data, 20.0)).status == "accepted"  # a new process took its place
    worker.close()


def test_worker_that_dies_is_an_error_and_is_replaced(data: Path) -> None:
    worker = WorkerProcess(memory_mb=1000, threads=1)
    process = worker._start()
    os.killpg(process.pid, signal.SIGSTOP)
    threading.Timer(0.3, os.killpg, (process.pid, signal.SIGKILL)).start()
    answer = worker.ask(job(data, 20.0))
    assert answer.status == "error"
    assert "WorkerDied" in (answer.reason or "")
    assert worker.ask(job(data, 20.0)).status == "accepted"
    worker.close()


def test_worker_memory_is_capped(data: Path) -> None:
    worker = WorkerProcess(memory_mb=1000, threads=1)
    process = worker._start()
    assert worker.ask(job(data, 20.0)).status == "accepted"
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    (line,) = (line for line in limits.splitlines() if line.startswith("Max address space"))
    assert int(line.split()[3]) < 2300 * 2**20
    worker.close()
