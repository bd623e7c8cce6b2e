from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest


def python_files(root: Path) -> list[Path]:
    return sorted((root / "python" / "verikit").rglob("*.py"))


def knows_python(text: str) -> bool:
    return re.search(r"Python\.h|pybind11|torch/", text) is not None


def test_engines_do_not_know_python(root: Path) -> None:
    assert knows_python("#include <pybind11/numpy.h>")  # the control
    sources = [path for pattern in ("*.h", "*.cpp", "*.inc") for path in (root / "cpp").rglob(pattern)]
    assert len(sources) > 10
    assert [path.name for path in sources if knows_python(path.read_text())] == []


def forbidden_calls(source: str) -> list[str]:
    """Calls that would run input, and assert statements on what may be input."""
    banned = {"eval", "exec", "sympify", "parse_expr", "__import__"}
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in banned:
            found.append(node.func.id)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            found += [name for name in names if name.split(".")[0] in ("pickle", "marshal", "shelve")]
        if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            off = isinstance(node.value, ast.Constant) and node.value.value is False
            found += [] if off else [node.arg]
    return found


def test_package_never_runs_its_input(root: Path) -> None:
    assert forbidden_calls("import pickle\neval('1')\nnp.load(p, allow_pickle=True)") != []  # the control
    for path in python_files(root):
        assert forbidden_calls(path.read_text()) == [], path


def test_package_has_no_star_imports_and_no_files_that_do_not_fit_in_a_head(root: Path) -> None:
    for path in python_files(root):
        text = path.read_text()
        assert "import *" not in text, path
        assert text.count("\n") <= 600, path


def test_package_is_typed_and_its_version_is_written_once(root: Path) -> None:
    import verikit

    assert (root / "python" / "verikit" / "py.typed").exists()
    assert re.fullmatch(r"\d+\.\d+\.\d+", verikit.__version__)
    assert f'"{verikit.__version__}"' not in (root / "pyproject.toml").read_text()
    from importlib.metadata import version

    assert version("verikit") == verikit.__version__


@pytest.mark.tools
@pytest.mark.skipif(importlib.util.find_spec("importlinter") is None, reason="import-linter is a development tool")
def test_import_contracts_hold_and_can_fail(root: Path, tmp_path: Path) -> None:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config"]
    good = subprocess.run([*lint, str(root / "pyproject.toml")], capture_output=True, text=True, cwd=root, timeout=120)
    assert good.returncode == 0, good.stdout
    contract = (
        "[importlinter]\nroot_package = verikit\n[importlinter:contract:upside-down]\nname = upside down\n"
        "type = layers\nlayers =\n  verikit._base\n  verikit.bounds\n"
    )
    (tmp_path / "upside_down.ini").write_text(contract)
    bad = subprocess.run(
        [*lint, str(tmp_path / "upside_down.ini")], capture_output=True, text=True, cwd=root, timeout=120
    )
    assert bad.returncode == 1, bad.stdout
