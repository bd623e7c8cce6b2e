"""Networks whose label depends on how they are evaluated are never accepted as robust.

After Jia and Rinard (arXiv 2003.03021), Zombori et al. (ICLR 2021) and Szász et al. (arXiv 2506.01054): a quantity
that is constant in real arithmetic differs in some float32 evaluation, a steep unit turns the difference into a
switch, and the switch flips the label. Each network here is broken by an evaluation that the test finds by
enumeration and shows.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is needed to write the models")
pytest.importorskip("mpmath", reason="the exact twins import it")
from onnx import helper, numpy_helper

from verikit import _core
from verikit._core import NativeNetwork, NativeProperty

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.evaluations import PLAIN, FloatEvaluator, Way
from tests.property.random_nets import Net

Array = np.ndarray[Any, np.dtype[Any]]
OMEGA = 2.0**24


@dataclass
class Backdoor:
    """A network with two outputs of which the first is larger for every input of the box, in real arithmetic."""

    model: Any
    lower: Array
    upper: Array
    safe: Way = PLAIN  # an evaluation that an attacked tool may use for its bounds
    safe_dtype: type = np.float32
    network: NativeNetwork = field(init=False)

    def __post_init__(self) -> None:
        self.network = NativeNetwork.parse_onnx(self.model.SerializeToString())

    def verify(self, *, real_only: bool = False, **options: Any) -> dict[str, Any]:
        unsafe = [[([(0, 1.0), (1, -1.0)], 0.0, False)]]  # y0 - y1 <= 0
        prop = NativeProperty.build(self.lower, self.upper, 2, unsafe)
        given = {"timeout_s": 20.0, "memory_mb": 256.0, "threads": 1, "seed": 0, "max_boxes": 3000, **options}
        return _core.verify(self.network, prop, real_only=real_only, **given)


def vector(net: Net, constants: int, kind: str) -> str:
    """(1, 2 + constants): two inputs, then ones; inputs that cannot change, or neurons that do not depend on them."""
    if kind == "inputs":
        return net.start(1, 2 + constants)
    x = net.start(1, 2)
    weight = np.zeros((2 + constants, 2))
    weight[0, 0] = weight[1, 1] = 1
    bias = np.r_[0, 0, np.ones(constants)]
    return str(net.op("Relu", net.op("Gemm", x, net.constant(weight), net.constant(bias), transB=1)))


def finish(
    net: Net, v: str, s: str, gain: float, offset: float, low: float = 0.0, high: float = 1.0, **more: Any
) -> Backdoor:
    """Outputs 1 + x0/8 and x1/2 + 2 relu(gain s + offset)."""
    switch = net.op("Relu", net.op("Gemm", s, net.constant([[gain]]), net.constant([offset]), transB=1))
    joined = net.op("Concat", v, switch, axis=1)
    n = net.shape(joined)[1]
    weight = np.zeros((2, n))
    weight[0, 0], weight[1, 1], weight[1, -1] = 0.125, 0.5, 2.0
    output = net.op("Gemm", joined, net.constant(weight), net.constant([1.0, 0.0]), transB=1)
    free = np.arange(net.input_shape[1]) < 2
    return Backdoor(net.model(output), np.where(free, low, 1.0), np.where(free, high, 1.0), **more)


def row(net: Net, v: str, *weights: float, bias: float = 0.0) -> str:
    """A linear functional of the ones."""
    weight = np.zeros((1, net.shape(v)[1]))
    weight[0, 2 : 2 + len(weights)] = weights
    return str(net.op("Gemm", v, net.constant(weight), net.constant([bias]), transB=1))


# ---- the networks


def order_of_a_gemm(kind: str, omega: float = OMEGA) -> Backdoor:
    """2^24 + 1 + 1 - 2^24 - 2 is 0, or -2, or 2."""
    net = Net(0)
    v = vector(net, 5, kind)
    tool = Way(name="tool", permutation=(0, 1, 2, 5, 3, 4, 6))
    return finish(net, v, row(net, v, omega, 1, 1, -omega, -2), -1.0, -1.0, safe=tool)


def order_of_a_convolution(kind: str, omega: float = OMEGA) -> Backdoor:
    net = Net(0)
    v = vector(net, 5, kind)
    n = net.shape(v)[1]
    image = net.op("Reshape", v, net.ints(1, 1, n))
    weight = np.zeros((1, 1, n))
    weight[0, 0, 2:] = (omega, 1, 1, -omega, -2)
    s = net.op("Flatten", net.op("Conv", image, net.constant(weight)))
    return finish(net, v, s, -1.0, -1.0, safe=Way(name="tool", permutation=(0, 1, 2, 5, 3, 4, 6)))


def order_of_a_reduction(kind: str, omega: float = OMEGA) -> Backdoor:
    net = Net(0)
    v = vector(net, 5, kind)
    n = net.shape(v)[1]
    scaled = net.op("Mul", v, net.constant([[0, 0, omega, 1, 1, -omega, -2][:n]]))
    s = net.op("ReduceSum", scaled, net.ints(1), keepdims=1)
    return finish(net, v, s, -1.0, -1.0, safe=Way(name="tool", permutation=(0, 1, 2, 5, 3, 4, 6)))


def order_of_a_sum(kind: str, omega: float = OMEGA) -> Backdoor:
    net = Net(0)
    v = vector(net, 4, kind)
    parts = [row(net, v, *weights) for weights in ([omega], [0, 1], [0, 0, 1], [0, 0, 0, -omega])]
    s = net.op("Sum", *parts)
    return finish(net, v, s, -1.0, 1.0, safe=Way(name="tool", permutation=(0, 3, 1, 2)))


def accumulator_in_double(kind: str, omega: float = OMEGA) -> Backdoor:
    """Eight ones that vanish beside 2^24 one by one, in a narrow accumulator only."""
    net = Net(0)
    v = vector(net, 11, kind)
    weights = [omega, *[1.0] * 8, -omega, -8.0]
    return finish(net, v, row(net, v, *weights), -1.0, -1.0, safe=Way(name="tool", accumulate="double"))


def stored_between_layers(kind: str, omega: float = OMEGA) -> Backdoor:
    """(omega + x) - omega, where omega + x is stored: Zombori et al."""
    net = Net(0)
    v = vector(net, 1, kind)
    weight = np.zeros((1, net.shape(v)[1]))
    weight[0, 0], weight[0, 2] = 1.0, omega
    hidden = net.op("Relu", net.op("Gemm", v, net.constant(weight), net.constant([0.0]), transB=1))
    s = net.op("Gemm", hidden, net.constant([[1.0]]), net.constant([-omega]), transB=1)
    return finish(net, v, s, -8.0, 2.0, low=0.4, high=0.45, safe_dtype=np.float64)


def residual_addition(kind: str, omega: float = OMEGA) -> Backdoor:
    """A skip connection around a large branch."""
    net = Net(0)
    v = vector(net, 1, kind)
    select = np.zeros((1, net.shape(v)[1]))
    select[0, 0] = 1.0
    x = net.op("Gemm", v, net.constant(select), net.constant([0.0]), transB=1)
    branch = net.op("Relu", row(net, v, omega))
    s = net.op("Sub", net.op("Add", x, branch), branch)
    return finish(net, v, s, -8.0, 2.0, low=0.4, high=0.45, safe_dtype=np.float64)


def batch_norm_unfolded(kind: str, omega: float = OMEGA) -> Backdoor:
    """The mean takes the bias away again: where the two are folded nothing is lost."""
    net = Net(0)
    v = vector(net, 1, kind)
    weight = np.zeros((1, net.shape(v)[1]))
    weight[0, 0] = 1.0
    z = net.op("Gemm", v, net.constant(weight), net.constant([omega]), transB=1)
    parameters = [net.constant([value]) for value in (1.0, 0.0, omega, 1.0)]
    s = net.op("BatchNormalization", z, *parameters, epsilon=0.0)
    return finish(net, v, s, -8.0, 2.0, low=0.4, high=0.45, safe=Way(name="tool", norm="folded"))


def batch_norm_folded(kind: str, omega: float = OMEGA) -> Backdoor:
    """1 + (1/2 + 2^-23) - (3/2 + 2^-23) is 0 in every order, but not with weights that a fold has rounded."""
    net = Net(0)
    v = vector(net, 2, kind)
    small = 2.0**-23
    z = row(net, v, 1.0, 0.5 + small, bias=-1.5 - small)
    parameters = [net.constant([value]) for value in (0.3, 0.0, 0.0, 0.7)]
    s = net.op("BatchNormalization", z, *parameters, epsilon=1e-5)
    # One sign or the other of the difference.
    both = net.op("Abs", s)
    return finish(net, v, both, omega * 16, -1.0)


def products_rounded(kind: str, omega: float = OMEGA) -> Backdoor:
    """(1 + 2^-12)^2 = 1 + 2^-11 + 2^-24 loses its last term unless it goes into a fused multiply-add."""
    net = Net(0)
    v = vector(net, 2, kind)
    a = 1 + 2.0**-12
    h = net.op("Relu", row(net, v, a))
    h = net.op("Concat", v, h, axis=1)
    weight = np.zeros((1, net.shape(h)[1]))
    weight[0, 2], weight[0, 3], weight[0, -1] = -(1 + 2.0**-11), -(2.0**-24), a
    s = net.op("Gemm", h, net.constant(weight), transB=1)
    n = weight.shape[1]
    order = (0, 1, 2, n - 1, 3)
    return finish(net, v, s, -omega * 2, -0.5, safe=Way(name="tool", accumulate="fma", permutation=order))


def products_fused(kind: str, omega: float = OMEGA) -> Backdoor:
    """a a - a a is 0, but fma(a, a, -fl(a a)) is not."""
    net = Net(0)
    v = vector(net, 2, kind)
    a = 1 + 3 * 2.0**-12
    h = net.op("Concat", v, net.op("Relu", row(net, v, a)), net.op("Relu", row(net, v, 0, a)), axis=1)
    weight = np.zeros((1, net.shape(h)[1]))
    weight[0, -2], weight[0, -1] = a, -a
    s = net.op("Abs", net.op("Gemm", h, net.constant(weight), transB=1))
    return finish(net, v, s, omega * 2, -1.0)


def flush_to_zero(kind: str, omega: float = OMEGA) -> Backdoor:
    """A subnormal number that is brought back to 1."""
    net = Net(0)
    v = vector(net, 1, kind)
    s = row(net, v, 2.0**-65)
    for factor in (2.0**-65, 2.0**65, 2.0**65):
        s = net.op("Relu", net.op("Gemm", s, net.constant([[factor]]), net.constant([0.0]), transB=1))
    return finish(net, v, s, -4.0, 2.0)


def reciprocal(kind: str, omega: float = OMEGA) -> Backdoor:
    """x / 41 is a division, or a product with fl(1/41)."""
    net = Net(0)
    v = vector(net, 1, kind)
    quotient = net.op("Div", row(net, v, 41.0), net.constant([[41.0]]))
    s = net.op("Abs", net.op("Sub", quotient, net.constant([[1.0]])))
    return finish(net, v, s, omega * 4, -1.0)


def library_function(kind: str, omega: float = OMEGA) -> Backdoor:
    """Sigmoid(0) = 1/2 to within what class F allows a library."""
    net = Net(0)
    v = vector(net, 1, kind)
    half = net.op("Sigmoid", row(net, v, 0.0))
    s = net.op("Abs", net.op("Sub", half, net.constant([[0.5]])))
    return finish(net, v, s, omega / 2, -1.0)


def input_rounding(kind: str, omega: float = OMEGA) -> Backdoor:
    """The box ends between two float32 numbers, the next of which switches."""
    net = Net(0)
    v = vector(net, 1, kind)
    end = float(np.float32(0.7)) - 2.0**-28  # rounds up
    weight = np.zeros((1, net.shape(v)[1]))
    weight[0, 0], weight[0, 2] = 1.0, -float(np.float32(0.7))
    s = net.op("Gemm", v, net.constant(weight), net.constant([0.0]), transB=1)
    return finish(net, v, s, 2.0**30, 2.0, low=0.5, high=end, safe_dtype=np.float64)


BACKDOORS: list[Callable[..., Backdoor]] = [
    order_of_a_gemm, order_of_a_convolution, order_of_a_reduction, order_of_a_sum, accumulator_in_double,
    stored_between_layers, residual_addition, batch_norm_unfolded, batch_norm_folded, products_rounded, products_fused,
    flush_to_zero, reciprocal, library_function, input_rounding,
]  # fmt: skip


def evaluations() -> Iterator[Way]:
    """Every order of up to seven products, with and without fused operations, and the other freedoms of class F."""
    for accumulate, norm, divide, flush, library in itertools.product(
        ("single", "fma", "double"), ("written", "folded"), (True, False), (False, True), (0.0, 0.95)
    ):
        if (norm, divide, flush, library).count(False) + (norm == "written") >= 2:
            yield Way(name=f"{accumulate} {norm} divide={divide} flush={flush}", accumulate=accumulate, norm=norm,
                      divide=divide, flush=flush, library=library)  # fmt: skip
    for accumulate in ("single", "fma"):
        for n in (4, 5, 6, 7):
            for p in itertools.islice(itertools.permutations(range(n)), 5040):
                yield Way(name=f"{accumulate} order {p}", accumulate=accumulate, permutation=p)


def broken_by(net: Backdoor, limit: int = 12000) -> tuple[Way, Array, Array] | None:
    """An evaluation and an input of the box at which the label is not the first one."""
    for way in itertools.islice(evaluations(), limit):
        evaluator = FloatEvaluator(net.model, way)
        for x in (net.upper, net.lower):
            y = evaluator.evaluate(x)
            if not y[0] > y[1]:
                return way, x, y
    return None


class PlainIntervals:
    """Interval bounds without outward rounding, as tools compute them: centre and radius in plain floats."""

    def __init__(self, net: Backdoor) -> None:
        self.evaluator = FloatEvaluator(net.model, net.safe, net.safe_dtype)
        self.dtype = net.safe_dtype
        self.net = net
        self.producer: tuple[Array, Array] | None = None  # centre and radius of the last product

    def cast(self, v: Any) -> Any:
        v = np.asarray(v)
        return v.astype(self.dtype) if v.dtype.kind == "f" else v

    def accepts(self) -> bool:
        graph = self.net.model.graph
        values = {t.name: (self.cast(numpy_helper.to_array(t)),) * 2 for t in graph.initializer}
        values["x"] = (self.cast(self.net.lower)[None], self.cast(self.net.upper)[None])
        for node in graph.node:
            values[node.output[0]] = self.step(node, [values[name] for name in node.input])
        lower, upper = (v.reshape(-1) for v in values[graph.output[0].name])
        return bool(lower[0] > upper[1])

    def step(self, node: Any, inputs: list[tuple[Array, Array]]) -> tuple[Array, Array]:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        e = self.evaluator
        e.alone = [True] * len(inputs)
        run = getattr(e, node.op_type)
        (low, high), rest = inputs[0], [i[0] for i in inputs[1:]]
        if node.op_type in ("Gemm", "Conv"):
            self.producer = None
            if (low == high).all():
                y = run(attributes, 1, low, *rest)
                return y, y
            center, radius = (low + high) / 2, (high - low) / 2
            y, r = run(attributes, 1, center, *rest), run(attributes, 1, radius, np.abs(rest[0]))
            self.producer = (y, r)
            return y - r, y + r
        if node.op_type == "BatchNormalization" and self.producer is not None:
            gamma, _, _, variance = rest
            s = gamma / np.sqrt(variance + self.dtype(attributes["epsilon"]))
            center = run(attributes, 1, self.producer[0], *rest)
            return center - np.abs(s) * self.producer[1], center + np.abs(s) * self.producer[1]
        if node.op_type == "Abs":
            return np.maximum(np.maximum(low, -high), 0), np.maximum(-low, high)
        if node.op_type in ("Add", "Sub", "Mul"):
            ends = [run(attributes, 1, a, b) for a in inputs[0] for b in inputs[1]]
            return np.min(ends, axis=0), np.max(ends, axis=0)
        if node.op_type in ("Concat", "Sum"):
            return run(attributes, 1, *[i[0] for i in inputs]), run(attributes, 1, *[i[1] for i in inputs])
        return run(attributes, 1, low, *rest), run(attributes, 1, high, *rest)  # increasing


@pytest.mark.parametrize("kind", ["inputs", "neurons"])
@pytest.mark.parametrize("build", BACKDOORS, ids=lambda f: f.__name__)
def test_backdoor_is_never_accepted_though_the_reals_and_plain_tools_accept(build: Any, kind: str) -> None:
    net = build(kind)
    found = broken_by(net)
    assert found is not None, "no evaluation breaks it: not a backdoor"
    way, x, y = found
    print(f"{build.__name__}: {way.name} at {x}: {y}")
    assert PlainIntervals(net).accepts()
    assert net.verify(real_only=True)["status"] == "accepted"
    verdict = net.verify()
    assert verdict["status"] == "declined", f"{verdict}; broken by {way} at {x}: {y}"
    # (Proving the reals on the box that was widened for the rounding of the input can be as hopeless.)
    assert verdict["reason"] == "float_margin" or (build.__name__ == "input_rounding" and verdict["reason"] == "budget")
    # The bounds themselves do not claim it either, by any method.
    lower, upper = (v.astype(np.float64)[None] for v in (net.lower, net.upper))
    for method in ("ibp", "crown-ibp", "crown"):
        low, high = net.network.bound(lower, upper, method=method, real_only=False, threads=1, memory_mb=64.0)
        assert low[0, 1] <= y[1] <= high[0, 1], method
        assert low[0, 0] <= y[0] <= high[0, 0], method


LARGE = [
    order_of_a_gemm, order_of_a_convolution, order_of_a_reduction, order_of_a_sum, accumulator_in_double,
    stored_between_layers, residual_addition, batch_norm_unfolded,
]  # fmt: skip


@pytest.mark.parametrize("build", LARGE)
@pytest.mark.parametrize("kind", ["inputs", "neurons"])
def test_the_same_network_with_small_weights_is_accepted(build: Any, kind: str) -> None:
    """What is declined above is declined for its rounding, not for its shape."""
    assert build(kind, omega=2.0**8).verify()["status"] == "accepted"


def test_random_order_dependent_sums_are_accepted_only_where_no_order_breaks_them() -> None:
    accepted = broken = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        terms = [float(t) for t in random.choice([1.0, 2.0, 3.0, 0.5], size=3)]
        large = 2.0 ** random.integers(10, 30)
        weights = np.array([large, *terms, -large])
        weights = random.permutation(np.r_[weights, -sum(terms)])
        net = Net(seed)
        v = vector(net, len(weights), "inputs" if seed % 2 else "neurons")
        s = net.op("Abs", row(net, v, *weights))
        backdoor = finish(net, v, s, 1.0, -0.4)
        found = broken_by(backdoor, limit=400) if large >= 2**20 else None
        verdict = backdoor.verify()["status"]
        assert backdoor.verify(real_only=True)["status"] == "accepted"
        if found is not None:
            broken += 1
            assert verdict == "declined", (seed, found)
        accepted += verdict == "accepted"
    assert broken >= 8
    assert accepted >= 8
