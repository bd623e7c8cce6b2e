"""How fast proofs are checked, beside Lean's own kernel: tables on standard output.

    python -m tests.bench.measure_lean FILE... [--official PROGRAM] [--library FOLDER] [--copies FILE] [--small FILE]

FILE is an export (NDJSON). PROGRAM is called with a file and answers `accept FILE ... kernel=1.234s wall=5.67s`, where
`kernel` is the time of the kernel's calls alone. FOLDER holds .olean files. Everything runs one after the other, each
figure in a process of its own; times are the best and the median of the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

MODULE = "tests.bench.measure_lean"
# What literals and their arithmetic stand for, quotients, and the annotations that recursors leave out: there is one of
# each, whatever else is copied.
KERNEL_NAMES = (
    *(f"Nat.{n}" for n in ("succ", "add", "sub", "mul", "div", "mod", "gcd", "beq", "ble", "land", "lor", "xor")),
    *(f"Nat.{n}" for n in ("shiftLeft", "shiftRight", "pow", "log2")),
    *("Char.ofNat", "String", "String.mk", "String.ofList", "List", "Quot", "Quot.mk", "Quot.lift", "Quot.ind"),
    *("outParam", "semiOutParam", "optParam", "autoParam"),
)


# --- in a process of its own ------------------------------------------------------------------------------------------


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return (time.perf_counter() - start) * 1e3, result


def measure_check(path: str, runs: int, threads: int) -> dict[str, Any]:
    """Milliseconds of reading, checking, and both."""
    from verikit.lean import check, load

    reading, checking, both = [], [], []
    for _ in range(runs):
        read, environment = timed(lambda: load(path))
        checked, verdict = timed(lambda e=environment: check(e, threads=threads))
        assert verdict.accepted, verdict
        reading.append(read)
        checking.append(checked)
        both.append(read + checked)
        del environment
    return {"read": reading, "check": checking, "both": both, "declarations": verdict.evidence.declarations,
            "terms": verdict.evidence.terms}  # fmt: skip


def measure_threads(path: str, runs: int) -> dict[str, Any]:
    """Milliseconds of checking with one thread and with two, in turns."""
    from verikit.lean import check, load

    environment = load(path)
    times: dict[int, list[float]] = {1: [], 2: []}
    work: dict[int, list[float]] = {1: [], 2: []}  # processor time: what other processes take does not count
    for _ in range(runs):
        for threads, of in times.items():
            before = time.process_time()
            took, verdict = timed(lambda t=threads: check(environment, threads=t))
            assert verdict.accepted, verdict
            of.append(took)
            work[threads].append((time.process_time() - before) * 1e3)
    return {"one": times[1], "two": times[2], "work one": work[1], "work two": work[2],
            "declarations": verdict.evidence.declarations}  # fmt: skip


def measure_memory(path: str) -> dict[str, float]:
    """Bytes for each byte of the file: what the engine counts, and how much the process grew at its peak."""
    from verikit import _core
    from verikit.lean import checking, load

    load(b'{"meta":{"format":{"version":"3.1.0"}}}\n')  # what is loaded once, whatever the file
    size = os.path.getsize(path)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before = resident("VmRSS")
    environment = load(path)
    limits = _core.LeanLimits(threads=1, timeout_s=checking.DEFAULT_TIMEOUT_S, max_steps=checking.DEFAULT_MAX_STEPS,
                              max_depth=checking.DEFAULT_MAX_DEPTH, memory_mb=checking.DEFAULT_MEMORY_MB)  # fmt: skip
    report = environment._native.check(targets_only=True, allowed_axioms=None, limits=limits, max_findings=1)
    return {"size": size, "store": report["store_bytes"] / size, "thread": report["peak_thread_bytes"] / size,
            "resident": (resident("VmHWM") - before) / size}  # fmt: skip


def resident(what: str) -> int:
    found = re.search(rf"^{what}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def measure_compiled(folder: str, runs: int) -> dict[str, list[float]]:
    """Milliseconds from .olean files to the verdict, at once and through an export, and of the steps."""
    from verikit.lean import check, load

    result: dict[str, list[float]] = {
        step: []
        for step in ("read", "check", "verdict", "write", "read the export", "check the export", "through the export")
    }
    with tempfile.TemporaryDirectory() as place:
        export = os.path.join(place, "export.ndjson")
        for _ in range(runs):
            # Compiled files are indexed by load and read when they are needed: all of it, here.
            def everything() -> Any:
                environment = load(folder)
                environment._native.load_names(list(environment))
                return environment

            read, environment = timed(everything)
            result["read"].append(read)
            result["check"].append(timed(lambda e=environment: check(e, threads=1))[0])
            del environment
            whole, verdict = timed(lambda: check(folder, threads=1))
            assert verdict.accepted
            result["verdict"].append(whole)

            environment = load(folder)
            loaded, _ = timed(lambda e=environment: e._native.load_names(list(e)))
            written, _ = timed(lambda e=environment: e.export_ndjson(export))
            del environment
            read_again, environment = timed(lambda: load(export))
            checked, verdict = timed(lambda e=environment: check(e, threads=1))
            assert verdict.accepted
            result["write"].append(written)
            result["read the export"].append(read_again)
            result["check the export"].append(checked)
            result["through the export"].append(loaded + written + read_again + checked)
        result["bytes"] = [sum(f.stat().st_size for f in Path(folder).rglob("*.olean*")), os.path.getsize(export)]
    return result


def in_a_process(what: str, *arguments: object) -> Any:
    command = [sys.executable, "-m", MODULE, "--one", what, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def one(what: str, arguments: list[str]) -> Any:
    if what == "check":
        return measure_check(arguments[0], int(arguments[1]), int(arguments[2]))
    if what == "threads":
        return measure_threads(arguments[0], int(arguments[1]))
    if what == "memory":
        return measure_memory(arguments[0])
    if what == "safe":
        from verikit.lean import load

        environment = load(arguments[0])
        safe = [n for n in environment if environment.constant(n, max_length=1).safety == "safe"]
        return environment.export_ndjson(arguments[1], safe)
    return measure_compiled(arguments[0], int(arguments[1]))


# --- copies of a file in one file ------------------------------------------------------------------------------------


def copies(path: str, count: int) -> Iterator[str]:
    """The lines of an export with `count` copies of its declarations, all but the first under names of their own.

    What the kernel knows by name, and what that rests on, is not copied: the copies use the first's.
    """
    from verikit.lean import load

    environment = load(path)
    kept = {n for root in KERNEL_NAMES if root in environment for n in environment.dependencies(root)}
    with open(path, encoding="utf-8") as stream:
        lines = [json.loads(line) for line in stream if line.strip()]
    names, last = {0: ""}, {"in": 0, "il": 0, "ie": -1}
    for line in lines:
        yield json.dumps(line, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        for space in last:
            last[space] = max(last[space], line.get(space, 0))
        if "in" in line:
            part = line.get("str") or line["num"]
            text = str(part["str"] if "str" in line else part["i"])
            names[line["in"]] = f"{names[part['pre']]}.{text}" if part["pre"] else text
    kept_numbers = {number for number, text in names.items() if text in kept}
    for copy in range(1, count):
        shift = {space: copy * (count_of + 1) for space, count_of in last.items()}
        yield from (json.dumps(line, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
                    for line in one_copy(lines, f"C{copy}", shift, kept_numbers))  # fmt: skip


def one_copy(lines: list[Any], prefix: str, shift: dict[str, int], kept: set[int]) -> Iterator[dict[str, Any]]:
    """Names of constants get the prefix, terms new numbers; levels and names of variables are the first's."""

    def renamed(number: int) -> int:
        return number if number in kept else number + shift["in"]

    def declared(item: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in item.items():
            if key in ("type", "value", "rhs"):
                out[key] = value + shift["ie"]
            elif key in ("name", "induct", "ctor"):
                out[key] = renamed(value)
            elif key in ("all", "ctors") and all(isinstance(v, int) for v in value):
                out[key] = [renamed(v) for v in value]
            elif key in ("types", "ctors", "recs", "rules"):
                out[key] = [declared(v) for v in value]
            else:
                out[key] = value
        return out

    yield {"in": shift["in"], "str": {"pre": 0, "str": prefix}}  # the twin of the anonymous name
    for line in lines:
        if "meta" in line or "il" in line:
            continue
        if "in" in line:
            kind = "str" if "str" in line else "num"
            yield {"in": line["in"] + shift["in"], kind: {**line[kind], "pre": line[kind]["pre"] + shift["in"]}}
        elif "ie" in line:
            (key,) = line.keys() - {"ie"}
            item = line[key]
            if key == "const":
                item = {**item, "name": renamed(item["name"])}
            elif isinstance(item, dict):
                item = {k: v + shift["ie"] if k in ("fn", "arg", "type", "body", "value", "struct", "expr") else v
                        for k, v in item.items()}  # fmt: skip
                if key == "proj":
                    item["typeName"] = renamed(item["typeName"])
            yield {key: item, "ie": line["ie"] + shift["ie"]}
        else:
            ((key, item),) = line.items()
            first = item["types"][0] if key == "inductive" else item
            if first["name"] not in kept:
                yield {key: declared(item)}


# --- tables -----------------------------------------------------------------------------------------------------------


def figure(milliseconds: list[float]) -> str:
    return f"{min(milliseconds):.3g} ({median(milliseconds):.3g})"


def official(program: str, path: str, runs: int) -> tuple[str, float]:
    times = []
    for _ in range(runs):
        answer = subprocess.run([*program.split(), path], capture_output=True, text=True, check=True).stdout
        found = re.search(r"^accept .*kernel=([\d.]+)s", answer)
        if not found:
            return "no accept", float("nan")
        times.append(float(found[1]) * 1e3)
    return figure(times), min(times)


def processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        found = re.search(r"^model name\s*:\s*(.*)$", stream.read(), re.MULTILINE)
    return found[1] if found else platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--official", help="a program that asks Lean's own kernel")
    parser.add_argument("--once", action="append", default=[], metavar="FILE", help="ask that kernel once about FILE")
    parser.add_argument("--library", help="a folder of .olean files")
    parser.add_argument("--copies", help="an export to check ten times over, with one thread and with two")
    parser.add_argument("--small", help="an export for the whole process's time")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], options.one[1:])))
        return

    import verikit

    print(f"{datetime.now(timezone.utc):%Y-%m-%d}, {os.cpu_count()} x {processor()}, {platform.system()}, "
          f"Python {platform.python_version()}, verikit {verikit.__version__}; load average at the start "
          f"{os.getloadavg()[0]:.1f}\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        files = [(Path(f).stem, f) for f in options.files]
        if options.library:
            library = os.path.join(place, "library.ndjson")
            in_a_process("safe", options.library, library)
            files.append(("the library's safe constants, exported", library))
        print_checks(files, options)
        if options.library:
            print_compiled(in_a_process("compiled", options.library, options.runs))
        if options.copies:
            print_threads(options.copies, os.path.join(place, "copies.ndjson"), options.runs)
        if options.small:
            print_process(options.small, options.runs)


def print_checks(files: list[tuple[str, str]], options: argparse.Namespace) -> None:
    print("| file | MB | declarations | read | check | read and check | official kernel, calls alone | faster by |")
    print("|---|---|---|---|---|---|---|---|")
    for name, path in files:
        ours = in_a_process("check", path, options.runs, 1)
        asked = 1 if path in options.once else min(options.runs, 5)
        theirs, best = official(options.official, path, asked) if options.official else ("", 0.0)
        print(f"| {name} | {os.path.getsize(path) / 1e6:.2f} | {ours['declarations']} | {figure(ours['read'])} | "
              f"{figure(ours['check'])} | {figure(ours['both'])} | {theirs} | {best / min(ours['both']):.1f} |",
              flush=True)  # fmt: skip
    print("\n| file | MB | terms and tables | a thread's own, at most | together | the process's growth at its peak |")
    print("|---|---|---|---|---|---|")
    for name, path in files:
        use = in_a_process("memory", path)
        print(f"| {name} | {use['size'] / 1e6:.2f} | {use['store']:.2f} | {use['thread']:.2f} | "
              f"{use['store'] + use['thread']:.2f} | {use['resident']:.2f} |", flush=True)  # fmt: skip


def print_compiled(steps: dict[str, list[float]]) -> None:
    compiled, exported = steps.pop("bytes")
    print(f"\nLibrary: {compiled / 1e6:.2f} MB of .olean, {exported / 1e6:.2f} MB as an export\n")
    print("| step | ms | MB/s |")
    print("|---|---|---|")
    rates = {"read": compiled, "write": exported, "read the export": exported}
    for step, times in steps.items():
        rate = f"{rates[step] / min(times) / 1e3:.0f}" if step in rates else ""
        print(f"| {step} | {figure(times)} | {rate} |", flush=True)


def print_threads(path: str, target: str, runs: int) -> None:
    with open(target, "w", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in copies(path, 10))
    times = in_a_process("threads", target, runs)
    print(f"\n{Path(path).stem} ten times over ({os.path.getsize(target) / 1e6:.1f} MB, {times['declarations']} "
          f"declarations): check with one thread {figure(times['one'])} ms, with two {figure(times['two'])} ms; "
          f"ratio {min(times['one']) / min(times['two']):.2f}; processor time {min(times['work one']):.0f} and "
          f"{min(times['work two']):.0f} ms", flush=True)  # fmt: skip


def print_process(path: str, runs: int) -> None:
    program = "from verikit.cli.main import run; run()"
    times = []
    for _ in range(runs):
        took, done = timed(lambda: subprocess.run([sys.executable, "-c", program, "proof", path], capture_output=True))
        assert done.returncode == 0, done.stderr
        times.append(took)
    print(f"\n`verikit-check proof {Path(path).name}`, whole process: {figure(times)} ms")


if __name__ == "__main__":
    main()
