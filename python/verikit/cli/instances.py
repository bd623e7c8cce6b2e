"""``verikit-check net --instances``: many properties, each in a worker process with hard limits."""

from __future__ import annotations

import csv
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import local

import msgspec
from msgspec import structs

from verikit._base.config import available_threads
from verikit._base.errors import InputError
from verikit.cli import exits
from verikit.cli.net import NetOptions
from verikit.cli.report import InstanceResult, InstancesReport, encode
from verikit.cli.workers import Answer, Job, WorkerProcess

_WRONG = {("sat", "unsat"), ("unsat", "sat")}
_UNKNOWN = {"timeout": "timeout"}


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an instances file; paths as written, and resolved against the file's folder."""

    onnx: str
    vnnlib: str
    timeout_s: float
    expected: str | None
    folder: Path


def read_instances(path: Path, default_timeout_s: float) -> list[Instance]:
    """Read ``onnx,vnnlib[,timeout[,expected]]`` lines; a first line that names the columns is understood.

    Raises
    ------
    InputError
        With the line, for anything else.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = [(number, row) for number, row in enumerate(csv.reader(stream), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"instances: cannot read {path}: {error}") from None
    if rows and rows[0][1][0].strip().lower() == "onnx":
        rows = rows[1:]
    result = []
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        place = f"{path}:{number}"
        if not 2 <= len(cells) <= 4:
            raise InputError(f"{place}: expected onnx,vnnlib[,timeout[,expected]], got {len(cells)} columns")
        try:
            timeout_s = float(cells[2]) if len(cells) > 2 and cells[2] else default_timeout_s
        except ValueError:
            raise InputError(f"{place}: expected a number of seconds as timeout, got {cells[2]!r}") from None
        if not timeout_s >= 0:
            raise InputError(f"{place}: expected seconds >= 0 as timeout, got {timeout_s}")
        expected = cells[3] if len(cells) > 3 and cells[3] else None
        result.append(
            Instance(onnx=cells[0], vnnlib=cells[1], timeout_s=timeout_s, expected=expected, folder=path.parent)
        )
    if not result:
        raise InputError(f"{path}: expected at least one instance, found none")
    return result


def run_instances(
    path: Path, options: NetOptions, *, workers: int, csv_path: Path | None, cap_s: float | None = None
) -> int:
    """Run all instances; exit code 0, or 1 for a verdict that contradicts ``expected``, 70 for a crash."""
    instances = read_instances(path, options.timeout_s)
    if cap_s is not None:
        instances = [structs.replace(one, timeout_s=min(one.timeout_s, cap_s)) for one in instances]
    category = path.resolve().parent.name
    start = time.perf_counter()
    results: list[InstanceResult] = []
    with _writer(csv_path) as write, _progress(len(instances), options) as advance:
        for result in _solve(instances, options, workers):
            results.append(result)
            write(
                [category, result.onnx, result.vnnlib, f"{result.prepare_s:.6f}", result.result, f"{result.time_s:.6f}"]
            )
            advance(result)
    decided = [result.time_s for result in results if result.result in ("sat", "unsat")]
    report = InstancesReport(
        category=category,
        results=tuple(results),
        counts=dict(sorted(Counter(result.result for result in results).items())),
        wrong=sum(result.wrong for result in results),
        median_time_s=statistics.median(decided) if decided else None,
        wall_s=time.perf_counter() - start,
    )
    if options.json:
        print(encode(report))
    elif not options.quiet:
        _print(report)
    if report.wrong:
        return exits.REJECTED
    return exits.INTERNAL if report.counts.get("error") else exits.ACCEPTED


def _solve(instances: list[Instance], options: NetOptions, workers: int) -> Iterator[InstanceResult]:
    """Results in the order of the file. Each thread owns one worker process and restarts it when it dies."""
    threads = options.threads or max(1, available_threads() // workers)
    mine = local()
    processes: list[WorkerProcess] = []

    def solve(instance: Instance) -> InstanceResult:
        if not hasattr(mine, "worker"):
            mine.worker = WorkerProcess(memory_mb=options.memory_mb, threads=threads)
            processes.append(mine.worker)
        job = Job(
            onnx=str(instance.folder / instance.onnx),
            vnnlib=str(instance.folder / instance.vnnlib),
            timeout_s=instance.timeout_s,
            memory_mb=options.memory_mb,
            threads=threads,
            real=options.real,
        )
        return _to_result(instance, mine.worker.ask(job))

    with ThreadPoolExecutor(workers) as pool:
        futures: list[Future[InstanceResult]] = [pool.submit(solve, instance) for instance in instances]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
            for process in processes:
                process.close()


def _to_result(instance: Instance, answer: Answer) -> InstanceResult:
    result = {"accepted": "unsat", "rejected": "sat", "error": "error"}.get(answer.status, "unknown")
    if answer.status == "declined":
        result = _UNKNOWN.get(answer.reason or "", "unknown")
    return InstanceResult(
        onnx=instance.onnx,
        vnnlib=instance.vnnlib,
        timeout_s=instance.timeout_s,
        result=result,
        reason=answer.reason,
        time_s=answer.time_s,
        prepare_s=answer.prepare_s,
        expected=instance.expected,
        wrong=(result, instance.expected) in _WRONG,
    )


@contextmanager
def _writer(path: Path | None) -> Iterator[Callable[[list[str]], None]]:
    """Rows go to the file as they come, so that an interrupted run keeps what it has."""
    if path is None:
        yield lambda _: None
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream, lineterminator="\n")

        def write(row: list[str]) -> None:
            rows.writerow(row)
            stream.flush()

        yield write


@contextmanager
def _progress(total: int, options: NetOptions) -> Iterator[Callable[[InstanceResult], None]]:
    if options.json or options.quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("instances", total=total)
        yield lambda result: bar.update(task, advance=1, description=f"{Path(result.vnnlib).name} {result.result}")


def _print(report: InstancesReport) -> None:
    open_ones = [result for result in report.results if result.result not in ("sat", "unsat")]
    for result in open_ones[:20]:
        print(f"  {result.result:8} {result.onnx} {result.vnnlib}  {result.reason or ''}")
    if len(open_ones) > 20:
        print(f"  … and {len(open_ones) - 20} more")
    for result in report.results:
        if result.wrong:
            print(f"  WRONG    {result.onnx} {result.vnnlib}: {result.result}, expected {result.expected}")
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    median = "" if report.median_time_s is None else f", median {report.median_time_s:.3f} s"
    print(
        f"{report.category}: {len(report.results)} instances: {counts}; "
        f"{report.wrong} wrong{median}, {report.wall_s:.1f} s in all"
    )
