"""Bounds contain every exact value and every float evaluation of class F, on random networks of every operator."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is needed to write the models")
pytest.importorskip("mpmath", reason="the interval twin encloses irrational functions with mpmath")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is one of the evaluations")

from verikit._core import NativeNetwork  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.evaluations import WAYS  # noqa: E402
from tests.property.random_nets import STEPS, WEIGHTS, Net, random_net  # noqa: E402
from tests.property.soundness import METHODS, Bounds, Report, check, check_verdicts, native_bounds  # noqa: E402

Array = np.ndarray[Any, np.dtype[Any]]
SEEDS = 72


def runtimes(model: Any) -> list[Callable[[Array], Array]]:
    """onnxruntime as it optimises by default, and without."""
    found = []
    for level in (
        onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    ):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        options.graph_optimization_level = level
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        shape = session.get_inputs()[0].shape

        def run(x: Array, session: Any = session, shape: Any = shape) -> Array:
            return np.asarray(session.run(None, {"x": x.astype(np.float32).reshape(shape)})[0]).reshape(-1)

        found.append(run)
    return found


def grown(seed: int, dtype: type = np.float32) -> tuple[Net, Any, NativeNetwork]:
    net = random_net(seed, dtype)
    model = net.model(net.output)
    return net, model, NativeNetwork.parse_onnx(model.SerializeToString())


@pytest.mark.parametrize("block", range(6))
def test_bounds_contain_exact_values_and_float32_evaluations(block: int) -> None:
    reports: list[Report] = []
    for seed in range(block, SEEDS, 6):
        _, model, network = grown(seed)
        report = check(model, network, seed, points=2, runtimes=runtimes(model))
        assert not report.escaped, f"seed {seed}: {report.escaped[:5]}"
        reports.append(report)
    finite = sum(r.finite for r in reports) / sum(r.bounds for r in reports)
    assert finite > 0.9  # infinite bounds contain everything
    assert all(r.float_values > 200 for r in reports)


def test_bounds_contain_exact_values_and_float64_evaluations() -> None:
    for seed in range(1000, 1012):
        _, model, network = grown(seed, np.float64)
        report = check(model, network, seed, points=2)
        assert network.dtype == "float64"
        assert not report.escaped, f"seed {seed}: {report.escaped[:5]}"


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")  # the switch for oneDNN sets that one, too
def test_bounds_of_a_point_contain_every_evaluation_by_torch() -> None:
    """Convolutions with and without oneDNN, in both memory layouts, in batches, folded and not: nothing leaves."""
    torch = pytest.importorskip("torch", reason="torch is one of the evaluations")
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    from verikit.bounds import Box, Network

    torch.manual_seed(0)
    nn = torch.nn
    distinct = set()
    for seed in range(4):
        layers = [nn.Conv2d(3, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.Conv2d(24, 16, 3, stride=2), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(144, 40), nn.Sigmoid()]
        module = nn.Sequential(*layers, nn.Linear(40, 5))
        module(torch.randn(16, 3, 14, 14))  # running statistics
        module.eval()
        network = Network.from_torch(module, (3, 14, 14))
        x = torch.randn(1, 3, 14, 14)
        batch = torch.cat([x, torch.randn(6, 3, 14, 14)])
        folded = nn.Sequential(fuse_conv_bn_eval(module[0], module[1]), *module[2:])
        values = []
        with torch.no_grad():
            for net in (module, folded):
                for onednn in (True, False):
                    with torch.backends.mkldnn.flags(enabled=onednn):
                        values += [net(x), net(batch)[:1], net(x.contiguous(memory_format=torch.channels_last))]
        distinct.update(v.numpy().tobytes() for v in values)
        point = x[0].numpy()
        for method in METHODS:
            bounds = network.bound(Box(point, point), method=method)
            for value in values:
                assert (bounds.lower <= value[0].numpy()).all(), (seed, method)
                assert (value[0].numpy() <= bounds.upper).all(), (seed, method)
    assert len(distinct) > 8  # the evaluations do differ


def test_verify_never_accepts_what_an_evaluation_breaks() -> None:
    accepted = asked = 0
    for seed in range(2000, 2040):
        _, model, network = grown(seed)
        report = check_verdicts(model, network, seed)
        assert not report.escaped, f"seed {seed}: {report.escaped[:3]}"
        accepted += report.accepted_with_room
        asked += report.asked_with_room
    assert asked > 150
    assert accepted > 0.8 * asked  # it is not that nothing is ever accepted


def test_the_random_networks_have_every_operator() -> None:
    count: Counter[str] = Counter()
    kinds = set()
    for seed in range(SEEDS):
        net = random_net(seed)
        kinds.add((net.weights, STEPS[seed % len(STEPS)].__name__))
        count.update(node.op_type for node in net.nodes)
    expected = [
        "Gemm", "MatMul", "Conv", "BatchNormalization", "Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Abs", "Clip",
        "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Add", "Sub", "Mul", "Div", "Neg", "Sum",
        "Concat", "Split", "Slice", "Gather", "Pad", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze",
        "ReduceSum", "ReduceMean", "Identity", "Dropout", "Constant",
    ]  # fmt: skip
    assert {op: count[op] for op in expected if count[op] < 2} == {}
    assert len(kinds) > 0.8 * SEEDS
    assert len(WEIGHTS) == 6


# ---- controls: the same check finds bounds that are not sound


def float32_intervals(network: NativeNetwork, box: Bounds, method: str, real_only: bool) -> Bounds:
    """Bounds as tools compute them that do not round outward: the engine's, as if intervals were exact in float32."""
    lower, upper = native_bounds(network, box, method, True)
    middle = (lower.astype(np.float64) + upper.astype(np.float64)) / 2
    radius = (upper.astype(np.float64) - lower.astype(np.float64)) / 2 * (1 - 2.0**-20)
    return (middle - radius).astype(np.float32), (middle + radius).astype(np.float32)


def for_reals_only(network: NativeNetwork, box: Bounds, method: str, real_only: bool) -> Bounds:
    """Bounds that hold in real arithmetic, passed off as bounds of float evaluations."""
    wide = (box[0].astype(np.float64), box[1].astype(np.float64))
    return native_bounds(network, wide, method, True)


def a_twentieth_of_the_widening(network: NativeNetwork, box: Bounds, method: str, real_only: bool) -> Bounds:
    """What class F needs, cut to a twentieth."""
    wide = (box[0].astype(np.float64), box[1].astype(np.float64))
    real, floats = native_bounds(network, wide, method, True), native_bounds(network, wide, method, False)
    with np.errstate(invalid="ignore"):
        return real[0] + (floats[0] - real[0]) / 20, real[1] + (floats[1] - real[1]) / 20


@pytest.mark.parametrize("unsound", [float32_intervals, for_reals_only, a_twentieth_of_the_widening])
def test_the_check_finds_unsound_bounds(unsound: Callable[..., Bounds]) -> None:
    caught = 0
    for seed in range(12):
        _, model, network = grown(seed)
        caught += bool(check(model, network, seed, points=1, bound=unsound).escaped)
    assert caught >= 8, caught


def plain_float32_ibp(weights: list[tuple[Array, Array]], lower: Array, upper: Array) -> Bounds:
    """Interval bounds of a ReLU network, two products a layer, as everyone writes them."""
    for k, (w, b) in enumerate(weights):
        center, radius = (upper + lower) / 2, (upper - lower) / 2
        center, radius = w @ center + b, np.abs(w) @ radius
        lower, upper = center - radius, center + radius
        if k + 1 < len(weights):
            lower, upper = np.maximum(lower, 0), np.maximum(upper, 0)
    return lower, upper


def test_plain_float32_interval_bounds_are_caught_where_ours_hold() -> None:
    caught = 0
    for seed in range(5):
        random = np.random.default_rng(seed)
        net = Net(seed)
        x = net.start(1, 20)
        sizes, weights = [20, 30, 30, 4], []
        for k, (n, m) in enumerate(itertools.pairwise(sizes)):
            w, b = (random.normal(size=s).astype(np.float32) for s in ((m, n), (m,)))
            weights.append((w, b))
            x = net.op("Gemm", x, net.constant(w), net.constant(b), transB=1)
            x = net.op("Relu", x) if k < 2 else x
        model = net.model(x)
        network = NativeNetwork.parse_onnx(model.SerializeToString())

        def plain(network: NativeNetwork, box: Bounds, *_: Any, weights: Any = weights) -> Bounds:
            rows = [
                plain_float32_ibp(weights, a.astype(np.float32), b.astype(np.float32))
                for a, b in zip(*box, strict=True)
            ]
            return np.array([r[0] for r in rows]), np.array([r[1] for r in rows])

        assert not check(model, network, seed, points=1, ways=WAYS[:8]).escaped
        caught += bool(check(model, network, seed, points=1, ways=WAYS[:8], bound=plain).escaped)
    assert caught == 5
