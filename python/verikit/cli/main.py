"""Entry point of ``verikit-check``.

typer owns the options and the help. Importing it costs more than a small proof, so that the plain forms
``net MODEL PROPERTY [options]`` and ``proof FILE… [options]`` are recognised here first; whatever this does not
recognise goes to typer. A test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from verikit.cli.net import NetOptions

if TYPE_CHECKING:
    from verikit.cli.proof import ProofOptions

_FLAGS = {"--json": "json", "--quiet": "quiet"}
_NET_VALUES = {
    "--timeout": ("timeout_s", float),
    "--memory": ("memory_mb", float),
    "--threads": ("threads", int),
}
_NET_FLAGS = {**_FLAGS, "--real": "real"}
_PROOF_VALUES = {
    "--theorem": ("theorem", str),
    "--against": ("against", str),
    "--axioms": ("axioms", str),
    "--path": ("path", str),
    "--timeout": ("timeout_s", float),
    "--memory": ("memory_mb", float),
    "--jobs": ("jobs", int),
}
_PROOF_FLAGS = {**_FLAGS, "--trust-imports": "trust_imports"}


def parse_plain_net(arguments: list[str]) -> tuple[str, str, NetOptions] | None:
    """``net MODEL PROPERTY`` with well-formed common options, or None: leave it to typer."""
    parsed = _parse_plain("net", arguments, _NET_VALUES, _NET_FLAGS)
    if parsed is None or len(parsed[0]) != 2:
        return None
    (model, prop), fields = parsed
    return model, prop, NetOptions(**fields)


def parse_plain_proof(arguments: list[str]) -> tuple[list[str], ProofOptions] | None:
    """``proof FILE…`` with well-formed options, or None: leave it to typer."""
    parsed = _parse_plain("proof", arguments, _PROOF_VALUES, _PROOF_FLAGS)
    if parsed is None or not parsed[0]:
        return None
    from verikit.cli.proof import ProofOptions

    files, fields = parsed
    return files, ProofOptions(**fields)


def _parse_plain(
    verb: str, arguments: list[str], values: Mapping[str, tuple[str, type]], flags: Mapping[str, str]
) -> tuple[list[str], dict[str, Any]] | None:
    """Files and fields of the options, or None for everything that is out of the ordinary."""
    if not arguments or arguments[0] != verb:
        return None
    files: list[str] = []
    fields: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-"):
            files.append(argument)
        elif argument in flags:
            fields[flags[argument]] = True
        elif argument in values:
            name, convert = values[argument]
            value = next(rest, None)
            if value is None:
                return None
            try:
                fields[name] = convert(value)
            except ValueError:
                return None
        else:
            return None
    return (files, fields) if _in_range(fields) else None


def _in_range(fields: dict[str, Any]) -> bool:
    counts = (fields.get(name, 1) for name in ("memory_mb", "threads", "jobs"))
    return bool(fields.get("timeout_s", 1.0) >= 0) and all(count >= 1 for count in counts)


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    from verikit.cli import exits, output

    try:
        plain = parse_plain_net(arguments)
        if plain is not None:
            from verikit.cli import net

            return net.run(*plain)
        proof_plain = parse_plain_proof(arguments)
        if proof_plain is not None:
            from verikit.cli import proof

            return proof.run(*proof_plain)
        from verikit.cli.app import run_app

        return run_app(arguments)
    except KeyboardInterrupt:
        print("verikit-check: interrupted", file=sys.stderr)
        return exits.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        return exits.INTERNAL
    except Exception as error:
        return output.print_error(error, json="--json" in arguments)


def run() -> None:
    """What the console script calls."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
