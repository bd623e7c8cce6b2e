"""The slow twins themselves, against definitions, brute force and onnxruntime."""

from __future__ import annotations

import itertools
import math
import random
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the twins read models with the onnx package")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is the other side of the comparison")
pytest.importorskip("mpmath", reason="the interval twin encloses irrational functions with mpmath")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.reference import crown, exact_net, intervals  # noqa: E402
from tests.reference.crown import Activation, Linear  # noqa: E402

F = Fraction


def single(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def run(proto: Any, x: Any) -> list[float]:
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return [float(v) for v in session.run(None, {"x": single(x)})[0].reshape(-1)]


def model(nodes: list[Any], input_shape: list[int], /, **constants: Any) -> Any:
    """A float32 model."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(single(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def eighths(seed: int, *shape: int) -> Any:
    """Numbers with which short sums of products make no rounding error."""
    return np.random.default_rng(seed).integers(-16, 17, size=shape) / 8


node = helper.make_node

# Models whose float32 evaluation is exact, so that the comparison can be for equality. (ONNX's own reference
# evaluator disagrees with onnxruntime, and with the formula of the standard, on this BatchNormalization.)
EXACT: dict[str, Callable[[], Any]] = {
    "mlp": lambda: model(
        [
            node("Gemm", ["x", "w", "b"], ["h"], transB=1, alpha=0.5, beta=2.0),
            node("Relu", ["h"], ["r"]),
            node("MatMul", ["r", "v"], ["m"]),
            node("LeakyRelu", ["m"], ["y"], alpha=0.125),
        ],
        [1, 4],
        w=eighths(1, 5, 4),
        b=eighths(2, 5),
        v=eighths(3, 5, 3),
    ),
    "conv": lambda: model(
        [
            node("Conv", ["x", "w", "b"], ["c"], strides=[2, 1], pads=[1, 0, 1, 2], dilations=[1, 2], group=2),
            node("BatchNormalization", ["c", "s", "t", "m", "v"], ["n"], epsilon=0.25),
            node("MaxPool", ["n"], ["p"], kernel_shape=[2, 2], strides=[1, 1], pads=[0, 1, 1, 0]),
            node("AveragePool", ["p"], ["a"], kernel_shape=[2, 2], count_include_pad=1, pads=[1, 1, 0, 0]),
            node("Flatten", ["a"], ["y"]),
        ],
        [1, 2, 5, 6],
        w=eighths(4, 4, 1, 3, 2),
        b=eighths(5, 4),
        s=eighths(6, 4),
        t=eighths(7, 4),
        m=eighths(8, 4),
        v=np.array([0.75, 3.75, 0.0, 15.75]),
    ),
    "conv1d": lambda: model(
        [node("Conv", ["x", "w"], ["c"], strides=[2]), node("PRelu", ["c", "s"], ["y"])],
        [1, 2, 7],
        w=eighths(9, 3, 2, 3),
        s=eighths(10, 3, 1),
    ),
    "shapes": lambda: model(
        [
            node("Split", ["x", "parts"], ["p", "q"], axis=1),
            node("Pad", ["p", "pads", "fill"], ["d"]),
            node("Slice", ["d", "from", "to", "axes", "steps"], ["s"]),
            node("Concat", ["s", "q"], ["c"], axis=1),
            node("Gather", ["c", "which"], ["g"], axis=1),
            node("Transpose", ["g"], ["t"], perm=[1, 0]),
            node("Reshape", ["t", "shape"], ["r"]),
            node("Unsqueeze", ["r", "axes"], ["u"]),
            node("Squeeze", ["u", "axes"], ["v"]),
            node("Clip", ["v", "low", "high"], ["k"]),
            node("Abs", ["k"], ["a"]),
            node("Neg", ["a"], ["y"]),
        ],
        [1, 6],
        parts=np.array([2, 4]),
        pads=np.array([0, 2, 0, 1]),
        fill=np.array(0.5),
        **{"from": np.array([-1]), "to": np.array([-100]), "axes": np.array([1]), "steps": np.array([-2])},
        which=np.array([0, -1, 2, 2]),
        shape=np.array([2, -1]),
        low=np.array(-1.5),
        high=np.array(1.25),
    ),
    "arithmetic": lambda: model(
        [
            node("Add", ["x", "a"], ["p"]),
            node("Sub", ["a", "x"], ["q"]),
            node("Mul", ["p", "q"], ["m"]),
            node("Div", ["m", "four"], ["d"]),
            node("ReduceSum", ["d", "axes"], ["s"], keepdims=1),
            node("ReduceMean", ["d"], ["n"], axes=[1], keepdims=1),
            node("Sub", ["s", "n"], ["y"]),
        ],
        [1, 4],
        a=eighths(11, 4),
        four=np.array(4.0),
        axes=np.array([1]),
    ),
}


@pytest.mark.parametrize("name", EXACT)
def test_exact_net_equals_onnxruntime_where_floats_are_exact(name: str) -> None:
    proto = EXACT[name]()
    shape = [d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]
    for seed in range(5):
        x = eighths(100 + seed, *shape)
        assert exact_net.evaluate(proto, [F(v) for v in x.reshape(-1)]) == [F(v) for v in run(proto, x)]


@pytest.mark.parametrize("name", EXACT)
def test_intervals_contain_the_outputs_of_their_box(name: str) -> None:
    proto = EXACT[name]()
    size = int(np.prod([d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]))
    rng = random.Random(5)
    lower = [F(rng.randint(-20, 20), rng.randint(1, 9)) for _ in range(size)]
    upper = [a + F(rng.randint(0, 3), 7) for a in lower]
    bounds = intervals.evaluate(proto, lower, upper)
    for _ in range(10):
        x = [rng.choice([a, b, a + (b - a) * F(rng.randint(0, 9), 9)]) for a, b in zip(lower, upper, strict=True)]
        for y, bound in zip(exact_net.evaluate(proto, x), bounds, strict=True):
            assert bound.lower <= y <= bound.upper
    # A point is its own box. The batch norms of these models have rational roots; mpmath's are enclosures.
    for y, bound in zip(exact_net.evaluate(proto, lower), intervals.evaluate(proto, lower, lower), strict=True):
        assert bound.lower <= y <= bound.upper
        assert bound.upper - bound.lower < F(1, 2**150)


@pytest.mark.parametrize("op", ["Sigmoid", "Tanh"])
def test_irrational_functions_are_enclosed_to_many_digits(op: str) -> None:
    proto = model([node(op, ["x"], ["y"])], [1, 3])
    x = [F(-1, 3), F(0), F(7, 2)]
    with pytest.raises(exact_net.NotRationalError):
        exact_net.evaluate(proto, x)
    expected = [{"Sigmoid": lambda v: 1 / (1 + math.exp(-v)), "Tanh": math.tanh}[op](float(v)) for v in x]
    for value, bound in zip(expected, intervals.evaluate(proto, x, x), strict=True):
        assert 0 <= bound.upper - bound.lower < F(1, 2**180)
        assert abs(float(bound.lower) - value) < 1e-15
    (wide,) = intervals.evaluate(model([node(op, ["x"], ["y"])], [1, 1]), [F(-1)], [F(2)])
    ends = [intervals.evaluate(model([node(op, ["x"], ["y"])], [1, 1]), [v], [v])[0] for v in (F(-1), F(2))]
    assert wide.lower == ends[0].lower
    assert wide.upper == ends[1].upper


def random_layers(rng: random.Random, widths: list[int]) -> list[crown.Layer]:
    layers: list[crown.Layer] = []
    for a, b in itertools.pairwise(widths):
        weight = [[F(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(a)] for _ in range(b)]
        layers += [
            Linear(weight, [F(rng.randint(-9, 9), 4) for _ in range(b)]),
            Activation(rng.choice([F(0), F(0), F(1, 10), F(3, 2), F(-1)])),
        ]
    return layers[:-1]


def forward(layers: list[crown.Layer], x: list[Fraction]) -> list[Fraction]:
    for layer in layers:
        if isinstance(layer, Linear):
            x = [
                b + sum(w * v for w, v in zip(row, x, strict=True))
                for row, b in zip(layer.weight, layer.bias, strict=True)
            ]
        else:
            x = [layer(v) for v in x]
    return x


@pytest.mark.parametrize("method", ["crown", "crown-ibp"])
def test_crown_contains_every_output_of_a_grid(method: str) -> None:
    rng = random.Random(3)
    for _ in range(25):
        layers = random_layers(rng, [2, rng.randint(1, 4), rng.randint(1, 4), 2])
        lower = [F(rng.randint(-8, 8), 4) for _ in range(2)]
        upper = [a + F(rng.randint(0, 8), 4) for a in lower]
        low, high = crown.output_bounds(layers, lower, upper, method)
        hidden, _ = crown.propagate(layers, lower, upper, method)
        for s, t in itertools.product(range(7), repeat=2):
            x = [lower[0] + (upper[0] - lower[0]) * F(s, 6), lower[1] + (upper[1] - lower[1]) * F(t, 6)]
            for k in range(len(layers)):
                y = forward(layers[: k + 1], x)
                assert all(a <= v <= b for a, v, b in zip(hidden[k][0], y, hidden[k][1], strict=True))
            assert all(a <= v <= b for a, v, b in zip(low, forward(layers, x), high, strict=True))


@pytest.mark.parametrize("left", [F(0), F(1, 100), F(1), F(3, 2), F(-1)])
def test_relaxation_touches_and_contains_the_function(left: Fraction) -> None:
    s = Activation(left)
    for a, b in [
        (F(-2), F(1)),
        (F(-1), F(2)),
        (F(-1), F(1)),
        (F(-3), F(-1)),
        (F(1), F(3)),
        (F(0), F(2)),
        (F(-2), F(0)),
    ]:
        below, above = crown.relax(s, a, b)
        gaps_below, gaps_above = [], []
        for k in range(13):
            z = a + (b - a) * F(k, 12)
            gaps_below.append(s(z) - (below.slope * z + below.intercept))
            gaps_above.append(above.slope * z + above.intercept - s(z))
        assert min(gaps_below) == 0
        assert min(gaps_above) == 0


def test_crown_gives_the_bounds_of_a_worked_example() -> None:
    # z = (x1 + x2, x1 - x2) in [-2, 2]^2, both open: below relu(z) >= z, above relu(z) <= z / 2 + 1.
    layers = [Linear([[F(1), F(1)], [F(1), F(-1)]], [F(0), F(0)]), Activation(), Linear([[F(1), F(1)]], [F(0)])]
    low, high = crown.output_bounds(layers, [F(-1)] * 2, [F(1)] * 2)
    assert low == [F(-2)]  # min of 2 x1
    assert high == [F(3)]  # max of x1 + 2
    # Shifted by 1/2 the second has l = -5/2, u = 3/2: u < -l, so its lower line is zero.
    layers[0] = Linear([[F(1), F(1)], [F(1), F(-1)]], [F(0), F(-1, 2)])
    low, high = crown.output_bounds(layers, [F(-1)] * 2, [F(1)] * 2)
    assert low == [F(-2)]  # min of x1 + x2
    assert high == [1 + F(15, 16) + max(F(7, 8) + F(1, 8), F(0)) - F(3, 16)]


def test_crown_is_exact_where_all_signs_are_known_and_beats_intervals() -> None:
    positive = [Linear([[F(1), F(2)], [F(3), F(-1)]], [F(9), F(9)]), Activation(), Linear([[F(1), F(-1)]], [F(0)])]
    low, high = crown.output_bounds(positive, [F(-1)] * 2, [F(1)] * 2)
    assert (low, high) == ([F(-5)], [F(5)])  # -2 x1 + 3 x2
    interval_low, interval_high = crown.propagate(positive, [F(-1)] * 2, [F(1)] * 2, "crown-ibp")[0][-1]
    assert interval_low[0] < low[0]
    assert interval_high[0] > high[0]


def test_crown_refuses_an_unknown_method() -> None:
    with pytest.raises(ValueError, match="crown-ibp"):
        crown.output_bounds([Linear([[F(1)]], [F(0)])], [F(0)], [F(1)], "alpha")
