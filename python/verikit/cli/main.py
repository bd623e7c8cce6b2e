"""Entry point of ``verikit-check``.

typer owns the options and the help. Importing it costs more than a small proof, so that the plain form
``net MODEL PROPERTY [options]`` is recognised here first; whatever this does not recognise goes to typer. A
test holds the two together.
"""

from __future__ import annotations

import sys

from verikit.cli.net import NetOptions

_VALUES = {
    "--timeout": ("timeout_s", float),
    "--memory": ("memory_mb", float),
    "--threads": ("threads", int),
}
_FLAGS = {"--json": "json", "--quiet": "quiet", "--real": "real"}


def parse_plain_net(arguments: list[str]) -> tuple[str, str, NetOptions] | None:
    """``net MODEL PROPERTY`` with well-formed common options, or None: leave it to typer."""
    if not arguments or arguments[0] != "net":
        return None
    files: list[str] = []
    fields: dict[str, object] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-"):
            files.append(argument)
        elif argument in _FLAGS:
            fields[_FLAGS[argument]] = True
        elif argument in _VALUES:
            name, convert = _VALUES[argument]
            try:
                fields[name] = convert(next(rest, ""))
            except ValueError:
                return None
        else:
            return None
    if len(files) != 2 or not _in_range(fields):
        return None
    return files[0], files[1], NetOptions(**fields)  # type: ignore[arg-type]


def _in_range(fields: dict[str, object]) -> bool:
    timeout, memory, threads = fields.get("timeout_s", 1.0), fields.get("memory_mb", 1.0), fields.get("threads", 1)
    return timeout >= 0 and memory >= 1 and threads >= 1  # type: ignore[operator]


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    from verikit.cli import exits, output

    try:
        plain = parse_plain_net(arguments)
        if plain is not None:
            from verikit.cli import net

            return net.run(*plain)
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
