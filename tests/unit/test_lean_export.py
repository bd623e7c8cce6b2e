"""`Environment.export_ndjson`: what is written reads back as the same environment."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import lean_proofs as proofs

from verikit import InputError
from verikit.lean import Environment, check, load

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "lean"


def export(environment: Environment, names: str | list[str] | None = None) -> bytes:
    out = io.BytesIO()
    assert environment.export_ndjson(out, names) == len(out.getvalue())
    return out.getvalue()


def picture(environment: Environment, name: str) -> tuple[object, ...]:
    c = environment.constant(name, max_length=1 << 24, universes=True)
    return c.kind, c.safety, c.universes, c.type, c.value


def assert_same(before: Environment, after: Environment) -> None:
    assert set(after) == set(before)
    assert len(after) == len(before)
    for name in before:
        assert picture(after, name) == picture(before, name)


FILES = sorted(GOLDEN.glob("*.ndjson"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_export_keeps_a_files_constants_and_verdict(path: Path) -> None:
    before = load(path)
    written = export(before)
    after = load(written)
    assert_same(before, after)
    was, now = check(path), check(written)
    assert now.status == was.status
    assert now.evidence.axioms == was.evidence.axioms
    assert now.evidence.findings == was.evidence.findings
    # Numbers are given in the order of use: what was written is written the same again.
    assert export(after) == written


@pytest.mark.parametrize("folder", ["modules", "olean"])
def test_export_makes_one_accepted_file_of_compiled_modules(folder: str) -> None:
    for path in sorted((GOLDEN / folder).glob("*.olean")):
        before = load(path, search_path=[GOLDEN / folder])
        written = export(before)
        after = load(written)
        own = set(load(path, imports=False))
        assert own <= set(after) <= set(before)  # of the imports what the module reaches
        for name in after:
            assert set(after.dependencies(name)) <= set(after)
            assert picture(after, name) == picture(before, name)
        assert check(written).status == check(path, search_path=[GOLDEN / folder]).status


def test_export_of_some_names_holds_what_they_rest_on_and_no_more() -> None:
    whole = load(proofs.candidate("sorry"))
    part = load(export(whole, "two"))
    assert set(whole.dependencies("two")) == set(part)
    assert "sorryAx" not in part
    assert check(export(whole, ["two"])).accepted
    assert check(export(whole, ["target", "two"])).evidence.axioms == ("sorryAx",)
    with pytest.raises(KeyError):
        whole.export_ndjson(io.BytesIO(), ["nothing"])


def test_export_writes_whole_files_or_none(tmp_path: Path) -> None:
    environment = load(proofs.candidate("honest"))
    path = tmp_path / "out.ndjson"
    assert environment.export_ndjson(path) == path.stat().st_size
    assert check(path).accepted
    with pytest.raises(InputError, match="cannot be written"):
        environment.export_ndjson(tmp_path / "no" / "folder.ndjson")
    with pytest.raises(InputError, match="'wb'"):
        environment.export_ndjson(io.StringIO())  # type: ignore[arg-type]

    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        environment.export_ndjson(Full())

    class Slow(io.BytesIO):
        def write(self, piece: object) -> int:
            return super().write(memoryview(piece)[:1000])  # type: ignore[arg-type]

    slow = Slow()
    environment.export_ndjson(slow)
    assert slow.getvalue() == path.read_bytes()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_export_to_a_full_device_is_an_input_error() -> None:
    with pytest.raises(InputError, match="cannot be written"):
        load(proofs.candidate("honest")).export_ndjson("/dev/full")


def test_export_escapes_strings_and_odd_names() -> None:
    path = GOLDEN / "strings.ndjson"
    environment = load(path)
    assert_same(environment, load(export(environment)))


@pytest.mark.skipif(
    "VERIKIT_LEAN_ORACLE" not in os.environ or "VERIKIT_LEAN_LIBRARY" not in os.environ,
    reason="needs VERIKIT_LEAN_ORACLE (a program: the official kernel) and VERIKIT_LEAN_LIBRARY (.olean files)",
)
def test_export_of_a_library_is_accepted_by_the_official_kernel(tmp_path: Path) -> None:
    library = load(os.environ["VERIKIT_LEAN_LIBRARY"])
    path = tmp_path / "library.ndjson"
    # The compiler's partial twins of recursive functions go to that kernel as blocks, which the program need not make.
    library.export_ndjson(path, [name for name in library if library.constant(name, max_length=1).safety == "safe"])
    assert check(path).accepted
    assert "_unsafe_rec" not in path.read_text()
    oracle = os.environ["VERIKIT_LEAN_ORACLE"].split()
    assert shutil.which(oracle[0])
    answer = subprocess.run([*oracle, str(path)], capture_output=True, text=True, check=True).stdout
    assert answer.startswith("accept"), answer


def test_export_of_deep_names_levels_and_terms_needs_no_stack() -> None:
    depth = 300_000
    lines = ['{"meta":{"format":{"version":"3.1.0"}}}']
    lines += [f'{{"in":{i},"str":{{"pre":{i - 1},"str":"a"}}}}' for i in range(1, depth)]
    lines += [f'{{"il":{i},"succ":{i - 1}}}' for i in range(1, depth)]
    lines += [f'{{"ie":0,"sort":{depth - 1}}}']
    lines += [f'{{"app":{{"arg":0,"fn":{i - 1}}},"ie":{i}}}' for i in range(1, depth)]
    lines += [f'{{"axiom":{{"isUnsafe":false,"levelParams":[],"name":{depth - 1},"type":{depth - 1}}}}}', ""]
    written = export(load("\n".join(lines).encode()))
    assert written.count(b"\n") == len(lines) - 1
    assert export(load(written)) == written
