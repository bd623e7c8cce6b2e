"""``verikit-check demo``: every engine on the input that comes with the package."""

from __future__ import annotations

from pathlib import Path

from verikit.bounds import Network, Specification, certify, verify
from verikit.cli import exits
from verikit.cli.accuracy import load_images
from verikit.cli.report import DemoReport, DemoRow, encode
from verikit.lean import check, verify_proof

DATA = Path(__file__).resolve().parent.parent / "data"

# What each bundled property is expected to come out as: the demo says so when it does not.
_PROPERTIES = (
    ("digits_robust_0.05.vnnlib", "accepted", "a held-out digit keeps its class within 0.05 of every pixel"),
    ("digits_pair_0.04.vnnlib", "accepted", "within 0.04 a 3 is not taken for an 8, nor an 8 for a 3"),
    ("digits_ink.vnnlib", "accepted", "more ink in a corner never turns a digit into a 0"),
    ("digits_fragile_0.3.vnnlib", "rejected", "a held-out digit keeps its class within 0.3 of every pixel"),
)


def bounds_rows() -> list[DemoRow]:
    """The bounds engine: bundled properties of the digit classifier, then its certified accuracy."""
    network = Network.from_onnx(DATA / "digits.onnx")
    rows = []
    for file, expected, claim in _PROPERTIES:
        verdict = verify(network, Specification.from_vnnlib(DATA / file), timeout_s=20)
        rows.append(
            DemoRow(
                engine="bounds",
                claim=claim,
                answer=str(verdict),
                time_s=verdict.stats.time_s,
                as_expected=verdict.status.value == expected,
            )
        )
    images, labels = load_images(DATA / "digits_heldout.npz")
    result = certify(network, images, labels, 0.03, clip=(0.0, 1.0))
    rows.append(
        DemoRow(
            engine="bounds",
            claim=f"of {result.images} held-out digits, right under every change of up to 0.03 a pixel",
            answer=f"{result.certified} certified ({result.share:.0%})",
            time_s=result.time_s,
            as_expected=result.share > 0.5,
        )
    )
    return rows


def lean_rows() -> list[DemoRow]:
    """The Lean engine: a proof of n + 0 = n, and a file that proves it of another addition."""
    statement, proof, fake = (DATA / f"plus_zero_{name}.ndjson" for name in ("statement", "proof", "fake"))
    rows = []
    for verdict, expected, claim in (
        (verify_proof(statement, proof, "plus_zero"), "accepted", "a proof by induction that n + 0 = n"),
        (check(fake), "accepted", "a file with another addition type checks"),
        (verify_proof(statement, fake, "plus_zero"), "rejected", "and proves that n + 0 = n"),
    ):
        rows.append(
            DemoRow(
                engine="lean",
                claim=claim,
                answer=str(verdict),
                time_s=verdict.stats.time_s,
                as_expected=verdict.status.value == expected,
            )
        )
    return rows


def run_demo(*, json: bool, quiet: bool) -> int:
    """Run and print; exit code 0 if everything came out as it should, else 70."""
    report = DemoReport(rows=(*bounds_rows(), *lean_rows()))
    if json:
        print(encode(report))
    elif not quiet:
        from rich.console import Console
        from rich.table import Table

        table = Table(title="verikit: a claim goes in, a verdict with evidence comes out")
        for name in ("engine", "claim", "answer"):
            table.add_column(name)
        table.add_column("time", justify="right")
        for row in report.rows:
            answer = row.answer if row.as_expected else f"{row.answer}, which is NOT as expected"
            table.add_row(row.engine, row.claim, answer, f"{row.time_s * 1e3:.1f} ms")
        Console().print(table)
    return exits.ACCEPTED if all(row.as_expected for row in report.rows) else exits.INTERNAL
