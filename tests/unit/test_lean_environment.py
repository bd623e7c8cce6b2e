from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import lean_proofs as proofs

from verikit.lean import Constant, Environment, load


@pytest.fixture(scope="module")
def sorry() -> Environment:
    return load(proofs.candidate("sorry"))


def test_environment_is_a_mapping_from_names_in_the_order_of_the_file(sorry: Environment) -> None:
    names = list(sorry)
    assert len(sorry) == len(names) == len(set(names))
    assert names[0] == "False"
    assert names[-2:] == ["step", "target"]
    assert "Nat.rec" in sorry
    assert "Nat.rac" not in sorry
    assert 3 not in sorry
    assert repr(sorry) == f"Environment('<bytes>', lean4export-ndjson, {len(names)} constants)"


def test_environment_prints_constants(sorry: Environment) -> None:
    target = sorry["target"]
    assert isinstance(target, Constant)
    assert (target.name, target.kind, target.safety, target.universes) == ("target", "theorem", "safe", ())
    assert (target.type, target.value) == ("Same two two", "step")
    assert sorry["sorryAx"].value is None
    assert sorry["Nat.rec"].kind == sorry.kind("Nat.rec") == "recursor"
    assert len(sorry["Eq"].universes) == 1
    assert len(sorry.constant("Nat.rec", max_length=20).type.encode()) <= 24
    for missing in ("nothing", ""):
        with pytest.raises(KeyError):
            sorry[missing]


def test_environment_recomputes_axioms_and_dependencies(sorry: Environment) -> None:
    assert sorry.axioms("target") == ("sorryAx",)
    assert sorry.axioms("Same") == ()
    assert {"target", "step", "sorryAx", "two", "Nat.rec"} <= set(sorry.dependencies("target"))
    without = set(sorry.dependencies("target", proofs=False))
    assert "sorryAx" not in without
    assert "two" in without


def test_environment_graph_has_an_edge_for_each_mention(sorry: Environment) -> None:
    pytest.importorskip("networkx", reason="networkx is an extra")
    graph = sorry.graph()
    assert set(graph) == set(sorry)
    assert graph.nodes["target"]["kind"] == "theorem"
    assert graph.has_edge("target", "step")
    assert not graph.has_edge("target", "sorryAx")
    part = sorry.graph(["two"])
    assert set(part) == set(sorry.dependencies("two"))
    assert "step" not in sorry.graph(["target"], proofs=False)


def test_environment_of_compiled_modules_loads_what_is_asked_for(root: Path) -> None:
    folder = root / "tests" / "golden" / "lean" / "olean"
    tour = load(folder / "Tour.olean", search_path=[folder])
    assert tour.format == "olean"
    assert tour["two"].kind == "theorem"
    assert tour["Nat.succ"].type.endswith("Nat")
    assert tour.axioms("extensional") == ("extensional",)
    assert tour["two"].module == "Tour"
    assert load("Tour", search_path=[folder]).sha256 == tour.sha256
