"""``verikit-check net MODEL --data``: certified accuracy for one radius or several."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any, cast

from verikit._base.errors import InputError, ToolchainMissing
from verikit.bounds import CertifiedAccuracy, Network, certify
from verikit.bounds.network import Method
from verikit.cli import exits
from verikit.cli.net import NetOptions
from verikit.cli.report import AccuracyReport, encode


def load_images(path: Path) -> tuple[Any, Any]:
    """The arrays ``x`` and ``y`` of an .npz file; nothing in it is unpickled.

    Raises
    ------
    InputError
        If the file or one of the arrays cannot be read.
    """
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in ("x", "y") if name not in archive]
            if missing:
                raise InputError(
                    f"{path}: expected arrays x and y, found {sorted(archive)}; save both with numpy.savez"
                )
            return archive["x"], archive["y"]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: expected a numpy .npz file; {error}") from None


def run_accuracy(
    model: Path,
    data: Path,
    eps: list[float],
    options: NetOptions,
    *,
    clip: tuple[float, float] | None,
    method: str,
    complete_s: float,
    plot: Path | None,
) -> int:
    """Print the table (and draw the picture); exit code 0 once every row is there."""
    if not eps:
        raise InputError("net: --data needs a radius; add --eps 0.03, once for each radius")
    if method not in ("ibp", "crown-ibp", "crown"):
        raise InputError(f"--method: expected ibp, crown-ibp or crown, got {method!r}")
    if plot is not None:
        _require_matplotlib()
    network = Network.from_onnx(model)
    x, y = load_images(data)
    rows = []
    for radius in eps:
        if not (options.json or options.quiet) and sys.stderr.isatty():
            print(f"\reps = {radius:g} …", end="", file=sys.stderr, flush=True)
        rows.append(
            certify(
                network,
                x,
                y,
                radius,
                clip=clip,
                method=cast("Method", method),
                timeout_s=complete_s,
                soundness="real" if options.real else "float",
                threads=options.threads,
                memory_mb=options.memory_mb,
            )
        )
    report = AccuracyReport(model=str(model), data=str(data), method=method, rows=tuple(rows))
    if plot is not None:
        draw(report, plot)
    if options.json:
        print(encode(report))
    elif not options.quiet:
        _print(report)
    return exits.ACCEPTED


def _print(report: AccuracyReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"Certified accuracy of {Path(report.model).name} on {Path(report.data).name} ({report.method})"
    )
    for name in ("eps", "images", "correct", "certified", "falsified", "undecided", "share", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.rows:
        counts = (row.images, row.correct, row.certified, row.falsified, row.undecided)
        table.add_row(f"{row.eps:g}", *(str(count) for count in counts), f"{row.share:.1%}", f"{row.time_s:.2f} s")
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    Console().print(table)


def _require_matplotlib() -> None:
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise ToolchainMissing("--plot: matplotlib is not installed; run pip install 'verikit[plot]'")


def draw(report: AccuracyReport, path: Path) -> None:
    """Certified share against eps, as a picture in the format that the file's name asks for."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows: list[CertifiedAccuracy] = sorted(report.rows, key=lambda row: row.eps)
    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([row.eps for row in rows], [row.share for row in rows], "o-", label="certified")
    upper = [1.0 - row.falsified / row.images for row in rows]
    axes.plot([row.eps for row in rows], upper, "--", label="not falsified")
    axes.set(xlabel="eps (maximum norm)", ylabel="share of images", ylim=(0.0, 1.02))
    axes.set_title(f"{Path(report.model).name} on {Path(report.data).name}, {report.method}")
    axes.legend()
    axes.grid(alpha=0.3)
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise InputError(f"--plot: cannot write {path}: {error}") from None
