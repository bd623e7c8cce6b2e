"""``verikit-check doctor``: what is installed, and what is missing for which verb."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from verikit import _core
from verikit._base.config import available_threads
from verikit._version import __version__
from verikit.cli import exits
from verikit.cli.report import DoctorReport, DoctorRow, encode

# (distribution, what needs it, required by the core, extra)
_PARTS = (
    ("numpy", "net, demo", True, ""),
    ("msgspec", "everything", True, ""),
    ("typer", "everything", True, ""),
    ("rich", "net --data, demo, doctor", True, ""),
    ("psutil", "doctor", True, ""),
    ("torch", "Network.from_torch", False, "torch"),
    ("onnx", "examples/train_digits.py", False, "onnx"),
    ("matplotlib", "net --data --plot", False, "plot"),
    ("networkx", "lean.Environment.graph", False, "lean"),
)


def inspect_parts() -> list[DoctorRow]:
    """Versions as the installer recorded them; nothing is imported."""
    rows = []
    for name, needed_for, required, extra in _PARTS:
        try:
            found: str | None = version(name)
        except PackageNotFoundError:
            found = None
        install = f"pip install 'verikit[{extra}]'" if extra else "pip install --force-reinstall verikit"
        rows.append(DoctorRow(name=name, needed_for=needed_for, version=found, required=required, install=install))
    return rows


def run_doctor(*, json: bool, quiet: bool) -> int:
    """Print the list; exit code 0 if the core is complete, else 70."""
    import psutil

    report = DoctorReport(
        verikit=__version__,
        python=platform.python_version(),
        platform=platform.platform(),
        threads=available_threads(),
        memory_mb=psutil.virtual_memory().total // 2**20,
        native={
            "instruction_set": _core.instruction_set(),
            **{name: str(value) for name, value in sorted(_core.build_info().items())},
        },
        rows=tuple(inspect_parts()),
    )
    if json:
        print(encode(report))
    elif not quiet:
        _print(report)
    complete = all(row.version is not None for row in report.rows if row.required)
    return exits.ACCEPTED if complete else exits.INTERNAL


def _print(report: DoctorReport) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    print(f"verikit {report.verikit}, Python {report.python}, {report.platform}")
    print(f"{report.threads} processors, {report.memory_mb} MB memory")
    print("engine: " + ", ".join(f"{name} {value}" for name, value in report.native.items()))
    table = Table()
    for name in ("part", "version", "needed for", "to install"):
        table.add_column(name)
    for row in report.rows:
        table.add_row(row.name, row.version or "missing", row.needed_for, "" if row.version else escape(row.install))
    Console().print(table)
