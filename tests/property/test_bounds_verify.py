"""Verdicts against oracles that search in another way, and what verdicts must not depend on."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is needed to write the models")
pytest.importorskip("mpmath", reason="the exact twins import it")
optimize = pytest.importorskip("scipy.optimize", reason="the oracle solves linear programs")

from verikit import _core  # noqa: E402
from verikit._core import NativeNetwork, NativeProperty  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.random_nets import Net  # noqa: E402
from tests.reference import exact_net  # noqa: E402

Array = np.ndarray[Any, np.dtype[Any]]
Constraint = tuple[list[tuple[int, float]], float, bool]
Disjunct = list[Constraint]


def verify(network: NativeNetwork, prop: NativeProperty, **options: Any) -> dict[str, Any]:
    given = {"timeout_s": 60.0, "memory_mb": 512.0, "threads": 1, "real_only": False, "seed": 0, "max_boxes": 20000}
    return _core.verify(network, prop, **{**given, **options})


class Small:
    """A random ReLU network with dyadic weights, 2 or 3 inputs and at most 9 neurons, and a question about it."""

    def __init__(self, seed: int) -> None:
        random = self.random = np.random.default_rng(seed)
        n = int(random.integers(2, 4))
        sizes = [n, *random.integers(2, 5, size=random.integers(1, 3)), int(random.integers(2, 4))]
        self.layers = [
            (random.integers(-8, 9, size=(m, k)) / 4, random.integers(-8, 9, size=m) / 4)
            for k, m in itertools.pairwise(sizes)
        ]
        net = Net(seed)
        x = net.start(1, n)
        for k, (w, b) in enumerate(self.layers):
            x = net.op("Gemm", x, net.constant(w), net.constant(b), transB=1)
            x = net.op("Relu", x) if k + 1 < len(self.layers) else x
        self.model = net.model(x)
        self.network = NativeNetwork.parse_onnx(self.model.SerializeToString())
        self.lower = random.integers(-8, 5, size=n) / 8
        self.upper = self.lower + random.integers(1, 9, size=n) / 8
        self.disjuncts = [self.question() for _ in range(int(random.integers(1, 4)))]

    def question(self) -> Disjunct:
        """One or two half-spaces of outputs that are about at the edge of what is reached."""
        outputs = self.network.output_size
        grid = self.network.evaluate(self.grid(9)).astype(np.float64)
        rows: Disjunct = []
        for _ in range(int(self.random.integers(1, 3))):
            a = self.random.integers(-4, 5, size=outputs) / 2
            values = grid @ a
            low, spread = values.min(), np.ptp(values) + 0.25
            bound = np.round((low + spread * self.random.choice([-0.5, -0.1, -0.02, 0.02, 0.3])) * 64) / 64
            rows.append(([(i, float(c)) for i, c in enumerate(a) if c], float(bound), bool(self.random.random() < 0.3)))
        return rows

    def grid(self, points: int) -> Array:
        axes = [np.linspace(a, b, points) for a, b in zip(self.lower, self.upper, strict=True)]
        return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(self.lower))

    def prop(self, disjuncts: list[Disjunct] | None = None) -> NativeProperty:
        chosen = self.disjuncts if disjuncts is None else disjuncts
        return NativeProperty.build(self.lower, self.upper, self.network.output_size, chosen)

    def largest_violation(self, disjunct: Disjunct) -> float:
        """The maximum over the box of the least of bound - a.y, by a linear program for each pattern of active neurons.

        Where it is negative there are no unsafe inputs.
        """
        hidden = [len(b) for _, b in self.layers[:-1]]
        best = -np.inf
        n = len(self.lower)
        for pattern in itertools.product((0, 1), repeat=sum(hidden)):
            m, c = np.eye(n), np.zeros(n)  # the value here is m x + c
            rows, limits = [], []
            at = 0
            for w, b in self.layers[:-1]:
                m, c = w @ m, w @ c + b
                for j in range(len(b)):
                    sign = -1.0 if pattern[at] else 1.0  # active: m x + c >= 0
                    rows.append([*(sign * m[j]), 0.0])
                    limits.append(-sign * c[j])
                    if not pattern[at]:
                        m[j], c[j] = 0, 0
                    at += 1
            w, b = self.layers[-1]
            m, c = w @ m, w @ c + b
            for terms, bound, _ in disjunct:
                a = np.zeros(len(b))
                for i, value in terms:
                    a[i] += value
                rows.append([*(a @ m), 1.0])  # a.y + t <= bound
                limits.append(bound - a @ c)
            limit = [(low, high) for low, high in zip(self.lower, self.upper, strict=True)] + [(-1e4, 1e4)]
            found = optimize.linprog([0.0] * n + [-1.0], A_ub=rows, b_ub=limits, bounds=limit, method="highs")
            if found.status == 0:
                best = max(best, -found.fun)
        return float(best)


def meets(disjunct: Disjunct, y: list[Fraction]) -> bool:
    for terms, bound, strict in disjunct:
        value = sum((Fraction(c) * y[i] for i, c in terms), Fraction(0))
        if not (value < Fraction(bound) if strict else value <= Fraction(bound)):
            return False
    return True


def assert_counterexample(case: Any, disjuncts: list[Disjunct], verdict: dict[str, Any]) -> None:
    x = [Fraction(v) for v in verdict["counterexample_exact"]]
    assert all(Fraction(a) <= v <= Fraction(b) for a, v, b in zip(case.lower, x, case.upper, strict=True))
    assert meets(disjuncts[verdict["disjunct"]], exact_net.evaluate(case.model, x))


@pytest.mark.parametrize("block", range(4))
def test_verdicts_of_small_networks_agree_with_linear_programs_over_all_patterns(block: int) -> None:
    count = {"accepted": 0, "rejected": 0, "declined": 0}
    for seed in range(block, 100, 4):
        case = Small(seed)
        violation = max(case.largest_violation(d) for d in case.disjuncts)
        for real_only in (False, True):
            verdict = verify(case.network, case.prop(), real_only=real_only)
            count[verdict["status"]] += 1
            if violation < -1e-4:
                assert verdict["status"] == "accepted", (seed, violation, verdict)
            elif violation > 1e-7:
                assert verdict["status"] == "rejected", (seed, violation, verdict)
            if verdict["status"] == "rejected":
                assert verdict["arithmetic"] == "rational"
                assert_counterexample(case, case.disjuncts, verdict)
            if verdict["status"] == "accepted":
                y = case.network.evaluate(case.grid(25))
                for disjunct in case.disjuncts:
                    hit = np.ones(len(y), bool)
                    for terms, bound, strict in disjunct:
                        value = sum(y[:, i] * c for i, c in terms)
                        hit &= (value < bound) if strict else (value <= bound)
                    assert not hit.any(), seed
                assert verdict["smallest_margin"] > 0
    assert count["accepted"] >= 10
    assert count["rejected"] >= 10
    assert count["declined"] <= 4


def without_times(verdict: dict[str, Any], *more: str) -> str:
    return repr({k: v for k, v in verdict.items() if "time" not in k and k not in more})


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_verdicts_do_not_depend_on_threads_instruction_set_or_order_of_disjuncts(seed: int) -> None:
    case = Small(seed)
    reference = verify(case.network, case.prop())
    for threads in (1, 2, 3):
        assert without_times(verify(case.network, case.prop(), threads=threads), "threads") == without_times(
            reference, "threads"
        )
    before = _core.instruction_set()
    try:
        for name in _core.available_instruction_sets():
            _core.set_instruction_set(name)
            network = NativeNetwork.parse_onnx(case.model.SerializeToString())
            found = verify(network, case.prop())
            assert without_times(found, "instruction_set") == without_times(reference, "instruction_set"), name
    finally:
        _core.set_instruction_set(before)
    for order in itertools.permutations(case.disjuncts):
        found = verify(case.network, case.prop(list(order)))
        assert found["status"] == reference["status"]
        if found["status"] == "rejected":
            assert_counterexample(case, list(order), found)


class Hard:
    """A network and a property that takes long: the bounds are loose, and there is no counterexample to find."""

    def __init__(self, inputs: int = 12, width: int = 40) -> None:
        random = np.random.default_rng(5)
        net = Net(5)
        x = net.start(1, inputs)
        for _ in range(3):
            w = random.normal(size=(width, net.shape(x)[1])) * np.sqrt(2 / net.shape(x)[1])
            x = net.op("Relu", net.op("Gemm", x, net.constant(w), net.constant(random.normal(size=width)), transB=1))
        w = random.normal(size=(1, width))
        x = net.op("Gemm", x, net.constant(w), net.constant(np.zeros(1)), transB=1)
        self.data = bytes(net.model(x).SerializeToString())
        self.network = NativeNetwork.parse_onnx(self.data)
        samples = self.network.evaluate(random.uniform(-1, 1, size=(20000, inputs)))
        bound = float(samples.min()) - 0.25 * float(np.ptp(samples))
        self.lower, self.upper = np.full(inputs, -1.0), np.full(inputs, 1.0)
        self.rows: list[Disjunct] = [[([(0, 1.0)], bound, False)]]

    def prop(self) -> NativeProperty:
        return NativeProperty.build(self.lower, self.upper, 1, self.rows)


@pytest.fixture(scope="module")
def hard() -> Hard:
    return Hard()


def test_a_budget_of_boxes_gives_the_same_outcome_on_every_run(hard: Hard) -> None:
    for budget in (1, 200, 1500):
        runs = [verify(hard.network, hard.prop(), max_boxes=budget, threads=t) for t in (1, 1, 2)]
        assert runs[0]["reason"] == "budget"
        assert len({without_times(run, "threads") for run in runs}) == 1
        assert runs[0]["boxes"] >= budget
    low = [verify(hard.network, hard.prop(), max_boxes=b)["lower_bound"] for b in (1, 200, 1500)]
    assert low == sorted(low)  # more work does not make the bound worse


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("limit", [0.2, 1.0])
def test_the_time_limit_is_kept(hard: Hard, threads: int, limit: float) -> None:
    overshoot = []
    for _ in range(4):  # other processes may hold one up, but not every one
        start = time.perf_counter()
        verdict = verify(hard.network, hard.prop(), timeout_s=limit, max_boxes=0, threads=threads)
        spent = time.perf_counter() - start
        assert (verdict["status"], verdict["reason"]) == ("declined", "timeout")
        assert np.isfinite(verdict["lower_bound"])
        overshoot.append(spent - 1.05 * limit)
        if overshoot[-1] <= 0.05:
            break
    assert min(overshoot) <= 0.05, overshoot


def test_the_time_limit_is_kept_where_one_box_takes_longer() -> None:
    random = np.random.default_rng(0)
    net = Net(0)
    x = net.start(1, 600)
    for out in (1500, 1500, 1):
        w, b = random.normal(size=(out, net.shape(x)[1])) / 8, np.zeros(out)
        x = net.op("Gemm", net.op("Relu", x), net.constant(w), net.constant(b), transB=1)
    network = NativeNetwork.parse_onnx(net.model(x).SerializeToString())
    prop = NativeProperty.build(-np.ones(600), np.ones(600), 1, [[([(0, 1.0)], -2e3, False)]])
    overshoot = []
    for _ in range(4):
        start = time.perf_counter()
        verdict = verify(network, prop, timeout_s=0.5, max_boxes=0)
        overshoot.append(time.perf_counter() - start - 1.05 * 0.5)
        assert (verdict["status"], verdict["reason"]) == ("declined", "timeout")
        if overshoot[-1] <= 0.05:
            break
    assert min(overshoot) <= 0.05, (overshoot, verdict)


MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from tests.property.test_bounds_verify import Hard, verify
hard = Hard()
verify(hard.network, hard.prop(), max_boxes=300)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
verdict = verify(hard.network, hard.prop(), max_boxes=0, timeout_s=float(sys.argv[3]), memory_mb=float(sys.argv[2]))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(after - before, verdict["reason"], verdict["boxes"])
"""


@pytest.mark.parametrize("limit", [1.0, 4.0])
def test_the_memory_limit_is_kept(limit: float) -> None:
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, root, str(limit), "2"], capture_output=True, text=True, check=True
    )
    grown, reason, boxes = done.stdout.split()
    assert reason in ("timeout", "memory")
    assert int(boxes) > 1000 * limit  # it went on in depth, within its memory
    assert float(grown) <= 1.05 * limit + 4, done.stdout  # pages of the allocator


def chain(*factors: float, bias: float = 0.0) -> tuple[Any, NativeNetwork]:
    net = Net(0)
    x = net.start(1, 1)
    for factor in factors:
        net.values[x] = np.ones((1, 1), np.float32)  # nothing is to overflow here
        x = net.op("Relu", net.op("Gemm", x, net.constant([[factor]]), net.constant([bias]), transB=1))
    model = net.model(x)
    return model, NativeNetwork.parse_onnx(model.SerializeToString())


def interval(low: float, high: float, rows: list[Disjunct]) -> NativeProperty:
    return NativeProperty.build(np.array([low]), np.array([high]), 1, rows)


def test_networks_that_may_overflow_are_declined_and_decided_for_the_reals() -> None:
    _, network = chain(1e30, 1e30)  # 1e60 x: infinite in float32
    negative: list[Disjunct] = [[([(0, 1.0)], -1.0, False)]]
    large: list[Disjunct] = [[([(0, -1.0)], -1e59, False)]]
    found = verify(network, interval(0.5, 1.0, negative))
    assert (found["status"], found["reason"]) == ("declined", "float_overflow")
    assert verify(network, interval(0.5, 1.0, negative), real_only=True)["status"] == "accepted"
    assert verify(network, interval(0.5, 1.0, large))["status"] == "rejected"  # in exact arithmetic, where it is true
    low, high = network.bound(
        np.array([[0.5]]), np.array([[1.0]]), method="crown", real_only=False, threads=1, memory_mb=64.0
    )
    assert low[0, 0] == -np.inf
    assert high[0, 0] == np.inf
    # Back in range afterwards: the infinity came in between, and infinity times zero is not a number.
    _, network = chain(1e30, 1e30, 1e-30, 1e-30)
    assert verify(network, interval(0.5, 1.0, negative))["reason"] == "float_overflow"
    assert verify(network, interval(0.5, 1.0, negative), real_only=True)["status"] == "accepted"


def test_large_weights_without_large_values_are_decided() -> None:
    for factors in ((1e-20, 1e20, 1e20, 1e-20), (2.0**-50, 2.0**-50, 2.0**50, 2.0**50)):
        _, network = chain(*factors)
        for dtype in (np.float32, np.float64):
            box = np.array([[0.5]], dtype), np.array([[1.0]], dtype)
            for method in ("ibp", "crown-ibp", "crown"):
                low, high = network.bound(*box, method=method, real_only=False, threads=1, memory_mb=64.0)
                assert 0.4 < low[0, 0] <= 0.5001, (method, dtype)
                assert 0.9999 <= high[0, 0] < 1.1, (method, dtype)
        assert verify(network, interval(0.5, 1.0, [[([(0, 1.0)], 0.25, False)]]))["status"] == "accepted"


def test_coefficients_that_overflow_on_dead_neurons_claim_nothing_wrong() -> None:
    """relu(x - 5) is 0 on the box; the products of the weights behind it are infinite in float32, and in double."""
    for layers in (2, 4, 10):
        net = Net(0)
        x = net.start(1, 1)
        net.values[x] = np.zeros((1, 1), np.float32)
        h = net.op("Relu", net.op("Gemm", x, net.constant([[1.0]]), net.constant([-5.0]), transB=1))
        for _ in range(layers):
            h = net.op("Gemm", h, net.constant([[1e36]]), transB=1)
        y = net.op("Add", h, x)
        network = NativeNetwork.parse_onnx(net.model(y).SerializeToString())
        for dtype in (np.float32, np.float64):
            for method in ("ibp", "crown-ibp", "crown"):
                for real_only in (False, True):
                    low, high = network.bound(np.zeros((1, 1), dtype), np.ones((1, 1), dtype), method=method,
                                              real_only=real_only, threads=1, memory_mb=64.0)  # fmt: skip
                    assert low[0, 0] <= 0, (layers, method, dtype)  # neither is NaN
                    assert high[0, 0] >= 1, (layers, method, dtype)
        for real_only in (False, True):
            found = verify(network, interval(0.0, 1.0, [[([(0, 1.0)], 0.5, False)]]), real_only=real_only, max_boxes=50)
            assert found["status"] == "rejected"
            found = verify(
                network, interval(0.0, 1.0, [[([(0, 1.0)], -0.5, False)]]), real_only=real_only, max_boxes=50
            )
            assert found["status"] != "rejected"


def test_at_a_margin_of_zero_strict_and_plain_inequalities_differ() -> None:
    model, network = chain(1.0)
    for real_only in (False, True):
        at_most: list[Disjunct] = [[([(0, 1.0)], 0.0, False)]]
        below: list[Disjunct] = [[([(0, 1.0)], 0.0, True)]]
        found = verify(network, interval(0.0, 1.0, at_most), real_only=real_only)
        assert found["status"] == "rejected"  # x = 0 meets y <= 0
        assert [Fraction(v) for v in found["counterexample_exact"]] == [0]
        assert verify(network, interval(0.0, 1.0, below), real_only=real_only)["status"] != "rejected"
        at_least: list[Disjunct] = [[([(0, -1.0)], -1.0, False)]]
        above: list[Disjunct] = [[([(0, -1.0)], -1.0, True)]]
        found = verify(network, interval(0.0, 1.0, at_least), real_only=real_only)
        assert found["status"] == "rejected"  # x = 1 meets y >= 1
        assert exact_net.evaluate(model, [Fraction(found["counterexample_exact"][0])]) == [1]
        assert verify(network, interval(0.0, 1.0, above), real_only=real_only)["status"] != "rejected"


def test_a_point_decides_itself() -> None:
    for seed in range(20):
        case = Small(seed)
        point = case.grid(3)[seed % 9]
        y = exact_net.evaluate(case.model, [Fraction(v) for v in point])
        for disjunct in case.disjuncts:
            prop = NativeProperty.build(point, point, case.network.output_size, [disjunct])
            found = verify(case.network, prop)
            if meets(disjunct, y):
                assert found["status"] == "rejected", seed
            else:
                assert found["status"] in ("accepted", "declined"), seed
                far = any(
                    float(sum(Fraction(c) * y[i] for i, c in terms)) > bound + 1e-4 for terms, bound, _ in disjunct
                )
                assert found["status"] == "accepted" or not far, seed
