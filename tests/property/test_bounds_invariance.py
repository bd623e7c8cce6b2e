"""What bounds must not depend on, and how methods and sizes of boxes compare."""

from __future__ import annotations

import ctypes
import ctypes.util
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is needed to write the models")
pytest.importorskip("mpmath", reason="the interval twin encloses irrational functions with mpmath")

from verikit import _core
from verikit._core import NativeNetwork, NativeProperty

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.random_nets import Net, random_net
from tests.property.soundness import METHODS, boxes
from tests.reference import crown, intervals

Array = np.ndarray[Any, np.dtype[Any]]
Bounds = tuple[Array, Array]
TYPES = (np.float32, np.float64)


def serialized(seed: int, dtype: type = np.float32) -> bytes:
    net = random_net(seed, dtype)
    return bytes(net.model(net.output).SerializeToString())


def bound(network: NativeNetwork, box: Bounds, method: str, real_only: bool, **options: Any) -> Bounds:
    given = {"threads": 1, "memory_mb": 256.0, **options}
    return network.bound(*box, method=method, real_only=real_only, **given)


def some_boxes(seed: int, network: NativeNetwork, dtype: type, rounds: int = 1) -> Bounds:
    random = np.random.default_rng(seed)
    drawn = [boxes(random, network.input_size, dtype) for _ in range(rounds)]
    return np.concatenate([d[0] for d in drawn]), np.concatenate([d[1] for d in drawn])


def everything(network: NativeNetwork, seed: int, **options: Any) -> list[bytes]:
    """All bounds of some boxes, as bytes: every method, type and soundness, outputs and functionals of them."""
    found = []
    for dtype in TYPES:
        box = some_boxes(seed, network, dtype, rounds=3)
        rows = np.random.default_rng(seed).normal(size=(2, network.output_size))
        for method in METHODS:
            for real_only in (False, True):
                for coefficients in (None, rows):
                    low, high = bound(network, box, method, real_only, coefficients=coefficients, **options)
                    found += [low.tobytes(), high.tobytes()]
    return found


# ---- bit for bit the same


@pytest.mark.parametrize("seed", range(12))
def test_bounds_of_a_box_do_not_depend_on_its_batch_on_threads_or_on_memory(seed: int) -> None:
    network = NativeNetwork.parse_onnx(serialized(seed))
    reference = everything(network, seed)
    assert everything(network, seed, threads=2) == reference
    assert everything(network, seed, threads=3, memory_mb=2.0) == reference
    for dtype in TYPES:
        lower, upper = some_boxes(seed, network, dtype, rounds=3)
        for method in METHODS:
            low, high = bound(network, (lower, upper), method, False)
            for k in range(len(lower)):
                one = bound(network, (lower[k : k + 1], upper[k : k + 1]), method, False)
                assert one[0].tobytes() == low[k : k + 1].tobytes(), (method, k)
                assert one[1].tobytes() == high[k : k + 1].tobytes(), (method, k)


def wide_net(seed: int) -> bytes:
    """Layers wide enough that every kernel has whole vectors, and rests."""
    random = np.random.default_rng(seed)
    net = Net(seed)
    x = net.start(1, 3, 13, 11)
    for out, stride in ((19, 1), (33, 2)):
        w = random.normal(size=(out, net.shape(x)[1], 3, 3)) / 8
        x = net.op("Relu", net.op("Conv", x, net.constant(w), net.constant(random.normal(size=out)), pads=[1] * 4,
                                  strides=[stride] * 2))  # fmt: skip
    x = net.op("Flatten", x, axis=1)
    for out in (67, 9):
        w = random.normal(size=(out, net.shape(x)[1])) / 20
        x = net.op("Gemm", net.op("Relu", x), net.constant(w), net.constant(random.normal(size=out)), transB=1)
    return bytes(net.model(x).SerializeToString())


def test_bounds_do_not_depend_on_the_instruction_set() -> None:
    before = _core.instruction_set()
    available = _core.available_instruction_sets()
    assert "scalar" in available
    try:
        for seed, data in [*((s, serialized(s)) for s in range(8)), (100, wide_net(0))]:
            found = {}
            for name in available:
                _core.set_instruction_set(name)
                network = NativeNetwork.parse_onnx(data)
                if seed < 100:
                    found[name] = everything(network, seed)
                    continue
                found[name] = []
                for dtype in TYPES:
                    lower, upper = some_boxes(seed, network, dtype)
                    for method in METHODS[:2]:
                        pair = bound(network, (lower[3:6], upper[3:6]), method, False)
                        found[name] += [pair[0].tobytes(), pair[1].tobytes()]
            assert all(value == found["scalar"] for value in found.values()), seed
    finally:
        _core.set_instruction_set(before)


@contextmanager
def rounding(mode: int) -> Iterator[None]:
    """The C library's rounding mode of this thread."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    before = library.fegetround()
    try:
        assert library.fesetround(mode) == 0
        yield
    finally:
        library.fesetround(before)


@contextmanager
def flushing() -> Iterator[None]:
    torch = pytest.importorskip("torch", reason="torch switches flush-to-zero on")
    assert torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


DOWNWARD, UPWARD, TOWARDS_ZERO = 0x400, 0x800, 0xC00  # <fenv.h> on x86-64
HOSTS = [lambda m=m: rounding(m) for m in (DOWNWARD, UPWARD, TOWARDS_ZERO)] + [flushing]
IDS = ["downward", "upward", "towards_zero", "flush_to_zero"]
on_x86 = pytest.mark.skipif(
    "x86_64" not in __import__("platform").machine(), reason="the numbers of the rounding modes are those of x86-64"
)


@on_x86
@pytest.mark.parametrize("host", HOSTS, ids=IDS)
def test_bounds_do_not_depend_on_the_floating_point_mode_of_the_host(host: Any) -> None:
    for seed in range(10):  # every kind of weights, subnormal ones too
        data = serialized(seed)
        want = everything(NativeNetwork.parse_onnx(data), seed)
        network = NativeNetwork.parse_onnx(data)
        box = {dtype: some_boxes(seed, network, dtype, rounds=3) for dtype in TYPES}
        rows = np.random.default_rng(seed).normal(size=(2, network.output_size))
        got = []
        with host():
            network = NativeNetwork.parse_onnx(data)
            for dtype in TYPES:
                for method in METHODS:
                    for real_only in (False, True):
                        for coefficients in (None, rows):
                            low, high = bound(network, box[dtype], method, real_only, coefficients=coefficients)
                            got += [low.tobytes(), high.tobytes()]
        assert got == want, seed


def subnormal_model() -> bytes:
    """2^140 (2^-140 x): a weight that is lost where subnormals are flushed."""
    net = Net(0)
    x = net.start(1, 1)
    x = net.op("Gemm", x, net.constant([[2.0**-140]]), transB=1)
    x = net.op("Gemm", x, net.constant([[2.0**70]]), transB=1)
    return bytes(net.model(net.op("Gemm", x, net.constant([[2.0**70]]), transB=1)).SerializeToString())


@on_x86
@pytest.mark.parametrize("host", HOSTS, ids=IDS)
def test_reading_a_model_does_not_depend_on_the_floating_point_mode_of_the_host(host: Any) -> None:
    data = subnormal_model()
    with host():
        network = NativeNetwork.parse_onnx(data)
        value = network.evaluate_exact(["3/4"])
    assert value == ["3/4"]
    weight = np.array([[2.0**-140]], np.float32)
    builder = _core.ModelBuilder()
    builder.add_input("x", (1, 1), "float32")
    with host():
        builder.add_initializer("w", weight)
    builder.add_node("MatMul", "n", ["x", "w"], ["y"], {})
    builder.add_output("y")
    assert builder.build().evaluate_exact(["1"]) == [str(Fraction(2.0**-140))]


@on_x86
@pytest.mark.parametrize("host", HOSTS, ids=IDS)
def test_rounding_of_the_input_is_covered_in_every_mode_of_the_host(host: Any) -> None:
    """A double box between two float32 numbers has to reach both, whatever the host rounds to."""
    net = Net(0)
    x = net.start(1, 2)
    model = net.model(net.op("Gemm", x, net.constant(np.eye(2)), transB=1))
    network = NativeNetwork.parse_onnx(model.SerializeToString())
    below, above = float(np.float32(0.7)), float(np.nextafter(np.float32(0.7), np.float32(1)))
    near_below, near_above = below + (above - below) / 8, above - (above - below) / 8
    point = np.array([[near_below, near_above]])
    low, high = bound(network, (point, point), "ibp", False)
    with host():
        low2, high2 = bound(network, (point, point), "ibp", False)
    assert (low.tobytes(), high.tobytes()) == (low2.tobytes(), high2.tobytes())
    assert low2[0, 0] <= below
    assert high2[0, 1] >= above


@on_x86
@pytest.mark.parametrize("host", HOSTS, ids=IDS)
def test_verdicts_do_not_depend_on_the_floating_point_mode_of_the_host(host: Any) -> None:
    for seed in range(6):
        data = serialized(seed)
        network = NativeNetwork.parse_onnx(data)
        low, high = (np.full(network.input_size, v) for v in (-0.1, 2.0**-140))
        y = network.evaluate(np.zeros((1, network.input_size)))[0]
        rows = [[([(0, 1.0)], float(y[0]) - 0.3, False)], [([(0, -1.0)], -float(y[0]) - 0.3, True)]]

        def verdict(data: bytes = data, low: Array = low, high: Array = high, rows: Any = rows) -> dict[str, Any]:
            net = NativeNetwork.parse_onnx(data)
            prop = NativeProperty.build(low, high, net.output_size, rows)
            found = _core.verify(net, prop, timeout_s=30.0, memory_mb=256.0, threads=1, real_only=False, seed=1,
                                 max_boxes=400)  # fmt: skip
            return {k: v for k, v in found.items() if "time" not in k}

        want = verdict()
        with host():
            got = verdict()
        assert repr(got) == repr(want), seed  # NaN equals itself in print


# ---- how bounds compare


def slack_of(network: NativeNetwork, box: Bounds, dtype: type = np.float64) -> Array:
    """The widening for the engine's own arithmetic: that for class F, scaled by the ratio of the unit roundoffs.

    The ratio is 2^-29 for double and 1 for float32; a factor of 16 is for the shares that class F has not.
    """
    wide = (box[0].astype(np.float64), box[1].astype(np.float64))
    real, floats = bound(network, wide, "ibp", True), bound(network, wide, "ibp", False)
    ratio = 2.0**-29 if dtype is np.float64 else 1.0
    return 16 * ratio * np.maximum(real[0] - floats[0], floats[1] - real[1]) + 1e-290


@pytest.mark.parametrize("seed", range(20))
def test_ibp_grows_with_the_box(seed: int) -> None:
    network = NativeNetwork.parse_onnx(serialized(seed))
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, size=network.input_size)
    for dtype in TYPES:
        radii = np.array([0.0, 1e-7, 1e-4, 1e-2, 0.1, 1.0])[:, None]
        box = ((x - radii).astype(dtype), (x + radii).astype(dtype))
        slack = slack_of(network, box, dtype)
        for real_only in (False, True):
            low, high = bound(network, box, "ibp", real_only)
            assert np.isfinite(low).all()
            assert (low[1:] <= low[:-1] + slack[:-1]).all()
            assert (high[1:] >= high[:-1] - slack[:-1]).all()
            assert (high >= low).all()


@pytest.mark.parametrize("seed", range(20))
def test_crown_is_never_looser_than_ibp(seed: int) -> None:
    network = NativeNetwork.parse_onnx(serialized(seed))
    for dtype in TYPES:
        box = some_boxes(seed, network, dtype)
        slack = slack_of(network, box, dtype)
        for real_only in (False, True):
            ibp = bound(network, box, "ibp", real_only)
            crown_ibp = bound(network, box, "crown-ibp", real_only)
            full = bound(network, box, "crown", real_only)
            assert (crown_ibp[0] >= ibp[0]).all()  # intersected with the very same numbers
            assert (crown_ibp[1] <= ibp[1]).all()
            assert (full[0] >= ibp[0] - slack).all()
            assert (full[1] <= ibp[1] + slack).all()


@pytest.mark.parametrize("seed", range(24))
def test_ibp_agrees_with_the_interval_twin(seed: int) -> None:
    net = random_net(seed)
    model = net.model(net.output)
    network = NativeNetwork.parse_onnx(model.SerializeToString())
    box = some_boxes(seed, network, np.float64)
    slack = slack_of(network, box)
    low, high = bound(network, box, "ibp", True)
    for k in range(3, len(low)):
        want = intervals.evaluate(model, [Fraction(v) for v in box[0][k]], [Fraction(v) for v in box[1][k]])
        for i, interval in enumerate(want):
            tolerance = Fraction(float(slack[k, i])) + Fraction(2) ** -44 * max(
                abs(interval.lower), abs(interval.upper), 1
            )
            assert abs(Fraction(float(low[k, i])) - interval.lower) <= tolerance, (k, i)
            assert abs(Fraction(float(high[k, i])) - interval.upper) <= tolerance, (k, i)


class Sequential:
    """A random ReLU or leaky ReLU network, for the engine and for the twin."""

    def __init__(self, seed: int, sizes: tuple[int, ...] = (4, 7, 6, 3)) -> None:
        random = np.random.default_rng(seed)
        self.slope = float(np.float32((0.0, 0.0, 0.25, 1.5)[seed % 4]))
        self.layers: list[tuple[Array, Array]] = []
        for n, m in itertools.pairwise(sizes):
            w, b = random.normal(size=(m, n)) / np.sqrt(n) * 1.5, random.normal(size=m) / 2
            self.layers.append((w.astype(np.float32), b.astype(np.float32)))

    def native(self) -> NativeNetwork:
        net = Net(0)
        x = net.start(1, self.layers[0][0].shape[1])
        for k, (w, b) in enumerate(self.layers):
            x = net.op("Gemm", x, net.constant(w), net.constant(b), transB=1)
            if k + 1 < len(self.layers):
                x = net.op("LeakyRelu", x, alpha=self.slope) if self.slope else net.op("Relu", x)
        return NativeNetwork.parse_onnx(net.model(x).SerializeToString())

    def twin(self) -> list[crown.Layer]:
        found: list[crown.Layer] = []
        for k, (w, b) in enumerate(self.layers):
            found.append(
                crown.Linear([[Fraction(float(v)) for v in row] for row in w], [Fraction(float(v)) for v in b])
            )
            if k + 1 < len(self.layers):
                found.append(crown.Activation(Fraction(self.slope)))
        return found

    def permuted(self, random: np.random.Generator) -> tuple[Sequential, Array]:
        """The same function with its neurons and inputs in another order; and where each input came from."""
        other = object.__new__(Sequential)
        other.slope, other.layers = self.slope, []
        order = first = random.permutation(self.layers[0][0].shape[1])
        for k, (w, b) in enumerate(self.layers):
            rows = random.permutation(len(b)) if k + 1 < len(self.layers) else np.arange(len(b))
            other.layers.append((w[rows][:, order], b[rows]))
            order = rows
        return other, first


@pytest.mark.parametrize("seed", range(16))
def test_crown_agrees_with_its_exact_twin(seed: int) -> None:
    net = Sequential(seed)
    network, twin = net.native(), net.twin()
    random = np.random.default_rng(seed)
    center = random.uniform(-1, 1, size=4)
    for radius in (0.02, 0.3, 1.0):
        lower, upper = center - radius, center + radius
        box = ([Fraction(v) for v in lower], [Fraction(v) for v in upper])
        for method in ("crown-ibp", "crown"):
            backward = crown.output_bounds(twin, *box, method)
            forward = crown.propagate(twin, *box, method)[0][-1]  # what the engine intersects with
            want = ([max(p) for p in zip(backward[0], forward[0], strict=True)],
                    [min(p) for p in zip(backward[1], forward[1], strict=True)])  # fmt: skip
            scale = max(abs(v) for v in (*want[0], *want[1]))
            for real_only, tolerance in ((True, 2.0**-40), (False, 2.0**-16)):
                low, high = bound(network, (lower[None], upper[None]), method, real_only)
                for i in range(3):
                    least, most = Fraction(float(low[0, i])), Fraction(float(high[0, i]))
                    near = scale * Fraction(tolerance)
                    assert want[0][i] - near <= least <= want[0][i], (method, real_only, i)
                    assert want[1][i] <= most <= want[1][i] + near, (method, real_only, i)


@pytest.mark.parametrize("seed", range(16))
def test_bounds_do_not_depend_on_the_order_of_neurons_beyond_their_widening(seed: int) -> None:
    net = Sequential(seed, (6, 40, 30, 5))
    random = np.random.default_rng(seed)
    other, order = net.permuted(random)
    network, shuffled = net.native(), other.native()
    for dtype in TYPES:
        box = some_boxes(seed, network, dtype)
        turned = (np.ascontiguousarray(box[0][:, order]), np.ascontiguousarray(box[1][:, order]))
        slack = slack_of(network, box, dtype) * (4 if dtype is np.float32 else 1)
        for method in METHODS:
            for real_only in (False, True):
                a, b = bound(network, box, method, real_only), bound(shuffled, turned, method, real_only)
                assert (np.abs(a[0] - b[0]) <= slack).all(), (method, real_only)
                assert (np.abs(a[1] - b[1]) <= slack).all(), (method, real_only)
    assert not np.array_equal(net.layers[1][0], other.layers[1][0])
