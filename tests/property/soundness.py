"""The check itself: which exact values and which float evaluations of a network lie outside of claimed bounds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from verikit._core import NativeNetwork, NativeProperty, verify

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.evaluations import WAYS, FloatEvaluator, Way, shuffled
from tests.reference import intervals

Array = np.ndarray[Any, np.dtype[Any]]
Bounds = tuple[Array, Array]
METHODS = ("ibp", "crown-ibp", "crown")


@dataclass(frozen=True, kw_only=True)
class Value:
    """One output vector: an interval for each exact value, or a float evaluation."""

    lower: list[Fraction]
    upper: list[Fraction]
    how: str  # "exact", or the name of the evaluation

    @property
    def is_real(self) -> bool:
        return self.how == "exact"


def exact_value(model: Any, network: NativeNetwork, x: Array, twin: bool) -> Value:
    """The real-valued outputs at x: by the engine's exact evaluator, or by the plain Python one."""
    point = [Fraction(float(v)) for v in x]
    if twin:
        found = intervals.evaluate(model, point, point)
        return Value(lower=[v.lower for v in found], upper=[v.upper for v in found], how="exact")
    texts = [str(v) for v in point]
    if network.exactly_evaluable:
        y = [Fraction(v) for v in network.evaluate_exact(texts)]
        return Value(lower=y, upper=y, how="exact")
    lower, upper = network.enclose(texts)
    return Value(lower=[fraction(v) for v in lower], upper=[fraction(v) for v in upper], how="exact")


def fraction(value: float) -> Fraction:
    """A float as a rational; what is not finite becomes larger than anything that occurs."""
    return Fraction(float(value)) if np.isfinite(value) else Fraction(2) ** (2000 if value > 0 else 2001) * (
        1 if value > 0 else -1)  # fmt: skip


def float_value(y: Sequence[float] | Array, how: str) -> Value:
    if not np.isfinite(np.asarray(y, np.float64)).all():
        how += " (not finite)"
    ends = [fraction(float(v)) if not np.isnan(v) else Fraction(2) ** 3000 for v in y]
    return Value(lower=ends, upper=ends, how=how)


def escapes(bounds: Bounds, value: Value) -> list[str]:
    """Descriptions of the outputs that are certainly outside."""
    found = []
    for i, (low, high) in enumerate(zip(value.lower, value.upper, strict=True)):
        lower, upper = float(bounds[0][i]), float(bounds[1][i])
        if np.isnan(lower) or np.isnan(upper):
            found.append(f"output {i}: bounds [{lower}, {upper}]")
        elif (np.isfinite(lower) and high < Fraction(lower)) or (np.isfinite(upper) and low > Fraction(upper)):
            found.append(f"output {i} {value.how}: {float(low)!r} outside [{lower!r}, {upper!r}]")
    return found


def sample_points(random: np.random.Generator, lower: Array, upper: Array, count: int) -> Iterator[Array]:
    """The centre, corners and points inside; of the box's own type."""
    yield np.clip(lower / 2 + upper / 2, lower, upper)
    for k in range(count):
        if k % 2 == 0:
            yield np.where(random.random(lower.shape) < 0.5, lower, upper)
        else:
            t = random.random(lower.shape)
            yield np.clip((lower + t * (upper - lower)).astype(lower.dtype), lower, upper)


def boxes(random: np.random.Generator, size: int, dtype: type) -> Bounds:
    """Centres and radii: points, radii of rounding size, small, large and mixed ones."""
    rows = []
    for radius in (0.0, 0.0, 1e-7, 1e-3, 0.1, 1.0, -1.0):
        x = random.uniform(-1, 1, size=size) * 10.0 ** random.integers(-1, 2)
        if random.random() < 0.3:
            x = np.round(x)
        r = np.where(random.random(size) < 0.5, 0.0, 0.3) if radius < 0 else np.full(size, radius)
        rows.append(((x - r).astype(dtype), (x + r).astype(dtype)))
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows])


def native_bounds(network: NativeNetwork, box: Bounds, method: str, real_only: bool, threads: int = 1) -> Bounds:
    return network.bound(*box, method=method, real_only=real_only, threads=threads, memory_mb=512.0)


@dataclass
class Report:
    """What was tried on one network."""

    escaped: list[str]
    exact_values: int = 0
    float_values: int = 0
    finite: int = 0
    bounds: int = 0


def check(
    model: Any,
    network: NativeNetwork,
    seed: int,
    *,
    points: int = 3,
    ways: Sequence[Way] | None = None,
    runtimes: Sequence[Callable[[Array], Array]] = (),
    bound: Callable[..., Bounds] = native_bounds,
) -> Report:
    """Bounds of random boxes by every method against exact values and float evaluations at points inside."""
    dtype = np.float64 if network.dtype == "float64" else np.float32
    random = np.random.default_rng([seed, 7])
    ways = [*WAYS, shuffled(2 * seed), shuffled(2 * seed + 1)] if ways is None else ways
    report = Report([])
    for box_dtype in (np.float32, np.float64):
        lower, upper = boxes(random, network.input_size, box_dtype)
        claims = {
            (method, real): bound(network, (lower, upper), method, real) for method in METHODS for real in (False, True)
        }
        for row in range(len(lower)):
            for number, x in enumerate(sample_points(random, lower[row], upper[row], points)):
                values = [exact_value(model, network, x, twin=number == 0 and row < 2)]
                if dtype is np.float64 or box_dtype is np.float64 or (x == x.astype(np.float32)).all():
                    chosen = ways if row < 3 or number == 0 else ways[number % 2 :: 4]
                    values += [float_value(FloatEvaluator(model, way, dtype).evaluate(x), way.name) for way in chosen]
                    values += [float_value(run(x), "runtime") for run in runtimes]
                    values.append(float_value(network.evaluate(x.astype(dtype)[None])[0], "plain"))
                for (method, real), (low, high) in claims.items():
                    for value in values:
                        if real and not value.is_real:
                            continue
                        bad = escapes((low[row], high[row]), value)
                        report.escaped += [
                            f"{method} {'real' if real else 'float'} {box_dtype.__name__} box {row}: {b}" for b in bad
                        ]
                report.exact_values += 1
                report.float_values += len(values) - 1
            report.bounds += 1
            report.finite += bool(np.isfinite(claims["ibp", False][0][row]).all())
    return report


def decimal(value: Fraction) -> str:
    """An exact decimal literal; the denominators here are products of twos and fives."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    number = abs(value.numerator) * 10**digits // value.denominator
    text = f"{number:0{digits + 1}d}"
    text = f"{text[: len(text) - digits]}.{text[len(text) - digits :]}" if digits else f"{text}.0"
    return f"(- {text})" if value < 0 else text


def vnnlib(lower: Array, upper: Array, outputs: int, terms: Sequence[tuple[int, Fraction]], bound: Fraction) -> str:
    """Unsafe: the sum of the terms is at most ``bound``."""
    lines = [f"(declare-const X_{i} Real)" for i in range(len(lower))]
    lines += [f"(declare-const Y_{j} Real)" for j in range(outputs)]
    for i, (low, high) in enumerate(zip(lower, upper, strict=True)):
        lines.append(f"(assert (>= X_{i} {decimal(Fraction(float(low)))}))")
        lines.append(f"(assert (<= X_{i} {decimal(Fraction(float(high)))}))")
    total = " ".join(f"(* {decimal(c)} Y_{j})" for j, c in terms)
    lines.append(f"(assert (<= (+ {total}) {decimal(bound)}))")
    return "\n".join(lines)


@dataclass
class VerdictReport:
    """What ``verify`` said about properties that one evaluation breaks, and about ones with room."""

    escaped: list[str]
    asked: int = 0
    accepted_with_room: int = 0
    asked_with_room: int = 0


def check_verdicts(model: Any, network: NativeNetwork, seed: int, *, boxes_asked: int = 3) -> VerdictReport:
    """Ask whether a.y stays above the least value that some evaluation in the box has: never ACCEPTED.

    Coefficients are decimals that no float is; some inputs do not vary, which the engine folds into biases.
    """
    dtype = np.float64 if network.dtype == "float64" else np.float32
    random = np.random.default_rng([seed, 11])
    report = VerdictReport([])
    for k in range(boxes_asked):
        x = random.uniform(-1, 1, size=network.input_size).astype(dtype).astype(np.float64)
        radius = np.where(random.random(x.shape) < 0.5, 0.0, (0.0, 1e-7, 1e-3)[k % 3])
        lower, upper = x - radius, x + radius
        chosen = random.choice(network.output_size, size=min(2, network.output_size), replace=False)
        terms = [(int(j), Fraction(int(random.integers(1, 30)) * (-1) ** int(random.integers(2)), 10)) for j in chosen]
        floats, reals = [], []
        for point in sample_points(random, lower, upper, 2):
            exact = exact_value(model, network, point, twin=False)
            reals.append(exact)
            floats += [float_value(FloatEvaluator(model, way, dtype).evaluate(point), way.name) for way in WAYS]
        if any("not finite" in v.how for v in floats):
            continue

        def value_of(v: Value, terms: Any = terms) -> Fraction:  # an upper bound of what the value is
            return sum((c * (v.upper[j] if c > 0 else v.lower[j]) for j, c in terms), Fraction(0))

        least_real, least = min(map(value_of, reals)), min(map(value_of, [*reals, *floats]))
        room = max(abs(least), Fraction(1))
        questions = [(True, least_real, False), (False, least, False), (True, least_real - room, True)]
        for real_only, value, may_accept in [*questions, (False, least - room, True)]:
            bound = Fraction(float(np.nextafter(float(value), np.inf)))  # not below
            prop = NativeProperty.parse_vnnlib(vnnlib(lower, upper, network.output_size, terms, bound))
            found = verify(network, prop, timeout_s=20.0, memory_mb=256.0, threads=1, real_only=real_only, seed=0,
                           max_boxes=60)  # fmt: skip
            if may_accept:
                report.asked_with_room += 1
                report.accepted_with_room += found["status"] == "accepted"
                continue
            report.asked += 1
            if found["status"] == "accepted":
                report.escaped.append(f"box {k} real_only={real_only}: {terms} stays above {float(bound)!r}: {found}")
    return report
