from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verikit._base.errors import (
    DtypeError,
    InputError,
    MemoryLimitError,
    ModelFormatError,
    ShapeError,
    ToolchainMissing,
)
from verikit.bounds import Box, Network, Specification

METHODS = ["ibp", "crown-ibp", "crown"]


@pytest.fixture(scope="module")
def network(data: Path) -> Network:
    return Network.from_onnx(data / "digits.onnx")


@pytest.fixture(scope="module")
def images(data: Path) -> np.ndarray[Any, Any]:
    return np.load(data / "digits_heldout.npz")["x"]


def test_network_knows_its_shapes(network: Network) -> None:
    assert (network.name, network.dtype) == ("digits.onnx", "float32")
    assert (network.input_shape, network.output_shape) == ((1, 8, 8), (10,))
    assert (network.input_size, network.output_size) == (64, 10)
    assert network.exactly_evaluable


def test_network_reads_compressed_files_to_the_same_network(
    network: Network, images: np.ndarray[Any, Any], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "d.onnx.gz").write_bytes(gzip.compress((data / "digits.onnx").read_bytes()))
    again = Network.from_onnx(tmp_path / "d.onnx")
    assert (again.evaluate(images) == network.evaluate(images)).all()


def test_network_evaluates_batches_as_it_does_single_inputs(network: Network, images: np.ndarray[Any, Any]) -> None:
    batch = network.evaluate(images[:7])
    assert batch.shape == (7, 10)
    for row, image in zip(batch, images[:7], strict=True):
        assert (network.evaluate(image) == row).all()


def test_network_accuracy_is_what_training_reached(network: Network, data: Path) -> None:
    archive = np.load(data / "digits_heldout.npz")
    assert (network.evaluate(archive["x"]).argmax(1) == archive["y"]).mean() >= 0.95


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bounds_contain_evaluations_and_keep_the_dtype(
    network: Network, images: np.ndarray[Any, Any], method: Any, dtype: Any
) -> None:
    image = images[0].astype(dtype)
    box = Box.linf(image, 0.05, clip=(0, 1))
    bounds = network.bound(box, method=method)
    assert bounds.lower.dtype == bounds.upper.dtype == dtype
    assert bounds.lower.shape == bounds.upper.shape == (10,)
    random = np.random.default_rng(0)
    for _ in range(200):
        point = (box.lower + (box.upper - box.lower) * random.integers(0, 2, box.shape)).astype(np.float32)
        y = network.evaluate(np.clip(point, box.lower.astype(np.float32), box.upper.astype(np.float32)))
        assert (bounds.lower <= y).all()
        assert (y <= bounds.upper).all()
    assert (bounds.width > 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_bounds_do_not_depend_on_batch_or_threads(network: Network, images: np.ndarray[Any, Any], method: Any) -> None:
    batch = network.bound(Box.linf(images[:33], 0.03), method=method, threads=2)
    assert batch.lower.shape == (33, 10)
    for index in (0, 7, 32):
        alone = network.bound(Box.linf(images[index], 0.03), method=method, threads=1)
        assert (alone.lower == batch.lower[index]).all()
        assert (alone.upper == batch.upper[index]).all()


def test_bounds_of_crown_are_inside_those_of_ibp(network: Network, images: np.ndarray[Any, Any]) -> None:
    box = Box.linf(images[:20], 0.05)
    ibp, crown_ibp, crown = (network.bound(box, method=method) for method in METHODS)  # type: ignore[arg-type]
    assert crown.width.mean() < crown_ibp.width.mean() < ibp.width.mean()


def test_bounds_of_margins_are_tighter_than_differences_of_bounds(
    network: Network, images: np.ndarray[Any, Any]
) -> None:
    box = Box.linf(images[0], 0.05)
    label = int(network.evaluate(images[0]).argmax())
    margins = network.bound(box, specification=Specification.robust(box, label))
    plain = network.bound(box)
    others = [j for j in range(10) if j != label]
    assert margins.lower.shape == (9,)
    assert (margins.lower > plain.lower[label] - plain.upper[others]).all()
    batch = network.bound(Box.linf(images[:3], 0.05), specification=Specification.robust(box, label))
    assert batch.lower.shape == (3, 9)


def test_bounds_for_the_reals_are_inside_those_for_floats(network: Network, images: np.ndarray[Any, Any]) -> None:
    box = Box.linf(images[0], 0.01)
    real, both = network.bound(box, soundness="real"), network.bound(box)
    assert (both.lower <= real.lower).all()
    assert (real.upper <= both.upper).all()
    assert (both.width > real.width).any()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"method": "interval"}, InputError, "interval"),
        ({"soundness": "exact"}, InputError, "soundness"),
        ({"threads": 0}, InputError, "threads"),
        ({"memory_mb": 0.001}, MemoryLimitError, "memory|MB"),
    ],
)
def test_bound_refuses_options_that_do_not_exist(
    network: Network, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        network.bound(Box(np.zeros((1, 8, 8)), np.ones((1, 8, 8))), **arguments)


@pytest.mark.parametrize("shape", [(64,), (8, 8), (1, 1, 1, 8, 8), (2, 8, 8), (3, 2, 8, 8)])
def test_bound_refuses_other_shapes_and_names_them(network: Network, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"expected shape \(1, 8, 8\).*digits\.onnx"):
        network.bound(Box(np.zeros(shape), np.ones(shape)))
    with pytest.raises(ShapeError, match=r"x: expected shape"):
        network.evaluate(np.zeros(shape))


def test_evaluate_refuses_other_dtypes(network: Network) -> None:
    with pytest.raises(DtypeError, match="int64"):
        network.evaluate(np.zeros((1, 8, 8), np.int64))


def test_network_malformed_files_are_input_errors(data: Path, tmp_path: Path) -> None:
    whole = (data / "digits.onnx").read_bytes()
    for name, content in (("cut", whole[: len(whole) // 2]), ("text", b"not a model"), ("empty", b"")):
        (tmp_path / f"{name}.onnx").write_bytes(content)
        with pytest.raises(ModelFormatError):
            Network.from_onnx(tmp_path / f"{name}.onnx")
    with pytest.raises(InputError, match="found nothing"):
        Network.from_onnx(tmp_path / "missing.onnx")


def test_network_from_torch_evaluates_as_the_module_does() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra")
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3, padding=1), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(48, 5)
    )
    network = Network.from_torch(module, (1, 4, 4))
    assert (network.name, network.input_shape, network.output_shape) == ("Sequential", (1, 4, 4), (5,))
    x = torch.rand(6, 1, 4, 4)
    with torch.no_grad():
        expected = module(x).numpy()
    assert np.allclose(network.evaluate(x), expected, atol=1e-5)
    bounds = network.bound(Box(x - 0.01, x + 0.01))
    assert (bounds.lower <= expected).all()
    assert (expected <= bounds.upper).all()


def test_network_from_torch_without_torch_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verikit.bounds.network.find_spec", lambda _: None)
    with pytest.raises(ToolchainMissing, match=r"pip install 'verikit\[torch\]'"):
        Network.from_torch(object(), (1,))
