"""Thousands of mutants through both readers; every one must end in success or a VerikitError, soon."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from verikit._core import NativeNetwork, NativeProperty

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def fuzzer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_readers", HERE / "fuzz_readers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_readers"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted((HERE / "seeds").iterdir()), ids=lambda p: p.name)
def test_seed_is_read(path: Path) -> None:
    if path.suffix == ".onnx":
        assert NativeNetwork.parse_onnx(path.read_bytes(), folder="").input_size > 0
    else:
        assert NativeProperty.parse_vnnlib(path.read_bytes()).inputs > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_readers_survive_mutants(fuzzer: ModuleType, seed: int) -> None:
    count = 4_000
    read, refused, _ = fuzzer.run(seed, 0, count)
    assert read + refused == count
    # Mutants that are all refused at the first byte, or all read, would test nothing.
    assert read > count // 50
    assert refused > count // 4


@pytest.mark.parametrize(
    ("control", "why"),
    [("abort", "SIGABRT"), ("raise", "ValueError"), ("hang", "SIGALRM"), ("allocate", "MemoryError")],
)
def test_fuzzer_notices_a_broken_reader(fuzzer: ModuleType, control: str, why: str) -> None:
    with pytest.raises(fuzzer.Failure, match=why) as failure:
        fuzzer.run(1, 100, 20, control)
    assert failure.value.number == 105


def test_mutants_can_be_made_again(fuzzer: ModuleType) -> None:
    seeds = fuzzer.load_seeds()
    assert [fuzzer.mutant(4, n, seeds) for n in range(50)] == [fuzzer.mutant(4, n, seeds) for n in range(50)]
    assert len({fuzzer.mutant(4, n, seeds)[1] for n in range(200)}) > 150
