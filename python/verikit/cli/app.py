"""The verbs and their options, for typer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from verikit._base.config import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_S
from verikit._base.errors import InputError
from verikit._version import __version__
from verikit.cli import exits
from verikit.cli.net import NetOptions

app = typer.Typer(
    name="verikit-check",
    help="Fast, deterministic verifiers. Exit codes: 0 accepted, 1 rejected, 2 declined, 64 usage, 70 internal error.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON (docs/json-schema.md).")]
_Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors: the exit code is the answer.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"verikit {__version__}")
        raise typer.Exit(0)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def net(
    model: Annotated[Path | None, typer.Argument(help="ONNX model.", show_default=False)] = None,
    prop: Annotated[
        Path | None, typer.Argument(metavar="[PROPERTY]", help="VNN-LIB property (the unsafe set).", show_default=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0.0, help="Time limit in seconds (60; with --instances a cap on each one's own).", show_default=False
        ),
    ] = None,
    memory: Annotated[float, typer.Option(min=1.0, help="Memory limit in MB, of each property.")] = DEFAULT_MEMORY_MB,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; all processors by default.")] = None,
    real: Annotated[bool, typer.Option("--real", help="Prove for real arithmetic only, not for floats.")] = False,
    instances: Annotated[Path | None, typer.Option(help="CSV of many instances (onnx, vnnlib, timeout).")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes for --instances.")] = 1,
    csv: Annotated[Path | None, typer.Option(help="Write the results of --instances in VNN-COMP's columns.")] = None,
    data: Annotated[Path | None, typer.Option(help="Images (.npz with x and y) for certified accuracy.")] = None,
    eps: Annotated[list[float] | None, typer.Option(help="Radius for --data; may be repeated.")] = None,
    clip: Annotated[tuple[float, float] | None, typer.Option(help="Range of valid pixels for --data.")] = None,
    method: Annotated[str, typer.Option(help="Bounds for --data: ibp, crown-ibp or crown.")] = "crown",
    complete: Annotated[
        float, typer.Option(min=0.0, help="Seconds of search for each image that bounds leave open.")
    ] = 0.0,
    plot: Annotated[
        Path | None, typer.Option(help="Picture of certified share against eps (needs matplotlib).")
    ] = None,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Check a property of a network, a file of many instances, or certified accuracy on data."""
    options = NetOptions(
        timeout_s=DEFAULT_TIMEOUT_S if timeout is None else timeout,
        memory_mb=memory,
        threads=threads,
        real=real,
        json=json,
        quiet=quiet,
    )
    if instances is not None:
        if model is not None or data is not None:
            raise InputError("net: --instances names its models itself; leave MODEL and --data out")
        from verikit.cli.instances import run_instances

        code = run_instances(instances, options, workers=workers, csv_path=csv, cap_s=timeout)
    elif data is not None:
        if model is None or prop is not None:
            raise InputError("net: --data goes with one MODEL and no PROPERTY")
        from verikit.cli.accuracy import run_accuracy

        code = run_accuracy(model, data, eps or [], options, clip=clip, method=method, complete_s=complete, plot=plot)
    elif model is None or prop is None:
        raise InputError(
            "net: expected MODEL and PROPERTY, or MODEL --data, or --instances; see verikit-check net --help"
        )
    else:
        from verikit.cli import net as plain

        code = plain.run(str(model), str(prop), options)
    raise typer.Exit(code)


@app.command()
def proof(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE…",
            help="Exports of lean4export, .olean files, folders of them, or modules.",
            show_default=False,
        ),
    ] = None,
    theorem: Annotated[
        str | None, typer.Option(help="The theorem that each file must prove (with --against).", show_default=False)
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="The file that states the theorem; its proof may be a sorry.", show_default=False)
    ] = None,
    axioms: Annotated[
        str | None,
        typer.Option(
            help="Axioms that are allowed, with commas. Any by default; with --theorem Lean's own three.",
            show_default=False,
        ),
    ] = None,
    path: Annotated[
        str | None, typer.Option(help="Folders of imports, as LEAN_PATH, which is the default.", show_default=False)
    ] = None,
    trust_imports: Annotated[
        bool, typer.Option("--trust-imports", help="Check the modules given, and not what they import.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.0, help="Time limit in seconds, of each file.")] = DEFAULT_TIMEOUT_S,
    memory: Annotated[
        float, typer.Option(min=1.0, help="Limit in MB on the terms of one declaration.")
    ] = DEFAULT_MEMORY_MB,
    jobs: Annotated[int | None, typer.Option(min=1, help="Threads; all processors by default.")] = None,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Check Lean proofs with verikit's own kernel, or whether they prove a given theorem."""
    if not files:
        raise InputError("proof: expected at least one FILE; see verikit-check proof --help")
    from verikit.cli import proof as plain

    options = plain.ProofOptions(
        theorem=theorem,
        against=against,
        axioms=axioms,
        path=path,
        trust_imports=trust_imports,
        timeout_s=timeout,
        memory_mb=memory,
        jobs=jobs,
        json=json,
        quiet=quiet,
    )
    raise typer.Exit(plain.run(files, options))


@app.command()
def demo(json: _Json = False, quiet: _Quiet = False) -> None:
    """Run every engine on the input that comes with the package; ends with one table."""
    from verikit.cli.demo import run_demo

    raise typer.Exit(run_demo(json=json, quiet=quiet))


@app.command()
def doctor(json: _Json = False, quiet: _Quiet = False) -> None:
    """Say what is installed, and what is missing for which verb."""
    from verikit.cli.doctor import run_doctor

    raise typer.Exit(run_doctor(json=json, quiet=quiet))


def run_app(arguments: list[str]) -> int:
    """Let typer parse and run; usage errors end in 64 instead of its 2, which means DECLINED here."""
    try:
        result: Any = app(args=arguments or ["--help"], prog_name="verikit-check", standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):  # not one of click's own (vendored by newer versions of typer)
            if type(error).__name__ == "Abort":
                return exits.INTERRUPTED
            raise
        if "--json" in arguments:
            from verikit.cli.report import ErrorReport, encode

            print(encode(ErrorReport(error="UsageError", message=error.format_message(), exit_code=exits.USAGE)))
        print(f"verikit-check: {error.format_message()}\nTry 'verikit-check --help'.", file=sys.stderr)
        return exits.USAGE
    return result if isinstance(result, int) else exits.ACCEPTED
