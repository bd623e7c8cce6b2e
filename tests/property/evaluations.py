"""Float evaluations of an ONNX model in every way that class F of docs/soundness.md allows, chosen to be bad.

The operators that move data are those of the exact twin; whatever rounds is written out here, on numpy floats, with the
order of sums, the width of accumulators, fused operations and flushing as the :class:`Way` says.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.reference.exact_net import Arithmetic, Evaluator, windows

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, kw_only=True)
class Way:
    """One implementation of class F."""

    name: str
    order: str = "forward"  # forward, reversed, pairwise, blocked, ascending, descending, alternating, shuffled
    accumulate: str = "single"  # single, double (rounded once at the end), fma
    bias_first: bool = False
    flush: bool = False  # subnormal operands and results become zero
    norm: str = "written"  # written, reciprocal, scaled (x * s + t), folded (into the Gemm or Conv before)
    divide: bool = True  # False: multiply by the rounded reciprocal
    fuse: bool = False  # bias adds, batch norms and activations read the accumulator before it is rounded
    library: float = 0.0  # error of Sigmoid and Tanh, in units of what is allowed
    seed: int = 0
    permutation: tuple[int, ...] = ()  # for sums of so many products, instead of the order


PLAIN = Way(name="plain")
WAYS = [
    PLAIN,
    Way(name="reversed", order="reversed", norm="reciprocal", library=0.9),
    Way(name="pairwise", order="pairwise", norm="scaled", divide=False, library=-0.9),
    Way(name="blocked", order="blocked", bias_first=True, norm="folded"),
    Way(name="ascending", order="ascending", norm="folded", divide=False),
    Way(name="descending", order="descending", bias_first=True, norm="reciprocal"),
    Way(name="alternating", order="alternating", norm="scaled"),
    Way(name="double", accumulate="double", norm="written"),
    Way(name="double_fused", accumulate="double", fuse=True, divide=False, norm="scaled"),
    Way(name="fma", accumulate="fma", bias_first=True, norm="scaled", fuse=True),
    Way(name="fma_reversed", accumulate="fma", order="reversed", norm="folded"),
    Way(name="flush", flush=True),
    Way(name="flush_folded", flush=True, order="reversed", norm="folded", divide=False),
    Way(name="flush_scaled", flush=True, accumulate="fma", order="ascending", norm="scaled"),
]


def shuffled(seed: int) -> Way:
    norm = ("written", "reciprocal", "scaled", "folded")[seed % 4]
    accumulate = ("single", "fma")[seed // 4 % 2]
    return Way(name=f"shuffled{seed}", order="shuffled", accumulate=accumulate, norm=norm, seed=seed,
               bias_first=seed % 3 == 0, flush=seed % 5 == 0)  # fmt: skip


class FloatEvaluator(Evaluator):
    """Evaluates in ``dtype`` the way it is told."""

    def __init__(self, model: Any, way: Way, dtype: type = np.float32) -> None:
        self.way = way
        self.dtype = dtype
        self.tiny = np.finfo(dtype).tiny
        self.arithmetic = Arithmetic()
        self.wide: dict[int, Array] = {}  # of a result, by id: the accumulator before it was rounded
        self.producer: dict[int, tuple[Any, ...]] = {}
        self.readers: dict[str, int] = {}
        self.keep: list[Any] = []  # so that an id stays the name of one array
        if model is not None:
            self.graph = model.graph
            for node in self.graph.node:
                for name in node.input:
                    self.readers[name] = self.readers.get(name, 0) + 1

    def evaluate(self, x: Sequence[float]) -> Array:
        """The outputs at x, which is rounded to the nearest number of the format."""
        from onnx import helper, numpy_helper

        self.wide.clear()
        self.producer.clear()
        self.keep.clear()
        values: dict[str, Any] = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        (source,) = [i for i in self.graph.input if i.name not in values]
        shape = [d.dim_value or 1 for d in source.type.tensor_type.shape.dim]
        values[source.name] = self.rounded(np.asarray(x, np.float64)).reshape(shape)
        with np.errstate(all="ignore"):
            for node in self.graph.node:
                attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
                inputs = [values[name] if name else None for name in node.input]
                self.alone = [self.readers.get(name, 0) == 1 for name in node.input]
                out = getattr(self, node.op_type)(attributes, len(node.output), *inputs)
                for name, value in zip(node.output, out if isinstance(out, list) else [out], strict=False):
                    values[name] = value
                    self.keep.append(value)
        return np.asarray(values[self.graph.output[0].name]).reshape(-1)

    # rounding

    def rounded(self, x: Any) -> Array:
        y = np.asarray(x).astype(self.dtype)
        return self.flushed(y) if self.way.flush else y

    def flushed(self, x: Array) -> Array:
        return np.where(np.abs(x) < self.tiny, np.zeros((), x.dtype), x)

    def operand(self, x: Array) -> Array:
        return self.flushed(x) if self.way.flush and x.dtype.kind == "f" else x

    def add(self, a: Array, b: Array) -> Array:
        return self.rounded(self.operand(a) + self.operand(b))

    def mul(self, a: Array, b: Array) -> Array:
        with np.errstate(under="ignore", over="ignore", invalid="ignore"):
            return self.rounded(self.operand(a) * self.operand(b))

    def div(self, a: Array, b: Array) -> Array:
        if not self.way.divide:
            return self.mul(a, self.rounded(self.dtype(1) / b))
        return self.rounded(self.operand(a) / self.operand(b))

    def fma(self, a: Array, b: Array, c: Array) -> Array:
        """a b + c; exact up to the last rounding in float32, and to one more, far smaller, in float64."""
        wide = np.longdouble if self.dtype is np.float64 else np.float64
        a, b, c = self.operand(a), self.operand(b), self.operand(c)
        return self.rounded(a.astype(wide) * b.astype(wide) + c.astype(wide))

    def order(self, products: Array) -> list[int]:
        n = products.shape[-1]
        kind = self.way.order
        if len(self.way.permutation) == n:
            return list(self.way.permutation)
        if kind in ("ascending", "descending"):
            size = np.abs(products).reshape(-1, n).max(axis=0) if products.size else np.zeros(n)
            found = [int(i) for i in np.argsort(size, kind="stable")]
            return found if kind == "ascending" else found[::-1]
        if kind == "reversed":
            return list(range(n))[::-1]
        if kind == "alternating":
            by_value = [int(i) for i in np.argsort(products.reshape(-1, n)[0], kind="stable")]
            return [by_value[i // 2] if i % 2 == 0 else by_value[n - 1 - i // 2] for i in range(n)]
        if kind == "shuffled":
            return [int(i) for i in np.random.default_rng([self.way.seed, n]).permutation(n)]
        return list(range(n))

    def dot(self, w: Array, x: Array, bias: Any = None) -> Array:
        """The sum over the last axis of w x, plus the bias."""
        way = self.way
        w, x = np.broadcast_arrays(w, x)
        n = w.shape[-1]
        if way.accumulate == "double":
            wide = (w.astype(np.longdouble) * x.astype(np.longdouble)).sum(axis=-1) if self.dtype is np.float64 else (
                w.astype(np.float64) * x.astype(np.float64)).sum(axis=-1)  # fmt: skip
            wide = np.asarray(wide if bias is None else wide + bias)
            result = self.rounded(wide)
            self.wide[id(result)] = wide
            self.keep.append(result)
            return result
        products = self.mul(w, x)
        order = self.order(products)
        if way.order in ("pairwise", "blocked") and way.accumulate == "single":
            parts = [products[..., i] for i in order]
            if way.order == "blocked":
                parts = [self.chain(parts[k::4]) for k in range(min(4, n))]
            while len(parts) > 1:
                parts = [
                    self.add(*parts[k : k + 2]) if k + 1 < len(parts) else parts[k] for k in range(0, len(parts), 2)
                ]
            total = parts[0]
            return total if bias is None else self.add(total, bias)
        start = bias is not None and way.bias_first
        total = np.broadcast_to(bias, products.shape[:-1]).astype(self.dtype) if start else None
        for i in order:
            if total is None:
                total = products[..., i]
            elif way.accumulate == "fma":
                total = self.fma(w[..., i], x[..., i], total)
            else:
                total = self.add(total, products[..., i])
        return total if bias is None or start else self.add(total, bias)

    def chain(self, parts: list[Array]) -> Array:
        total = parts[0]
        for part in parts[1:]:
            total = self.add(total, part)
        return total

    # linear

    def Gemm(self, a: dict[str, Any], _: int, x: Array, w: Array, c: Any = None) -> Array:
        x = x.T if a.get("transA") else x
        w = w if a.get("transB") else w.T
        alpha, beta = a.get("alpha", 1.0), a.get("beta", 1.0)
        if beta != 1.0 and c is not None:
            c = self.mul(c, self.dtype(beta))
        if alpha == 1.0:
            y = self.dot(w[None], x[:, None, :], c)
            self.keep.append(y)
            self.producer[id(y)] = ("gemm", w, x, c)
        elif self.way.bias_first or self.way.order in ("pairwise", "reversed"):  # alpha folded into one operand
            y = self.dot(self.mul(w, self.dtype(alpha))[None], x[:, None, :], c)
        else:
            y = self.mul(self.dot(w[None], x[:, None, :]), self.dtype(alpha))
            y = y if c is None else self.add(y, c)
        return y

    def MatMul(self, a: dict[str, Any], _: int, x: Array, w: Array) -> Array:
        if w.ndim == 2 and x.ndim >= 2:
            return self.dot(w.T, x[..., None, :])
        raise NotImplementedError("MatMul of these shapes")

    def Conv(self, a: dict[str, Any], _: int, x: Array, w: Array, b: Any = None) -> Array:
        groups = a.get("group", 1)
        features, channels = w.shape[0], w.shape[1]
        shape, positions = windows(x.shape[2:], w.shape[2:], a)
        y = np.empty((1, features, *shape), self.dtype)
        wide = np.empty((1, features, *shape), np.longdouble if self.dtype is np.float64 else np.float64)
        for position, inside, _padded in positions:
            for o in range(features):
                first = o // (features // groups) * channels
                pairs = [(w[(o, c, *tap)], x[(0, first + c, *at)]) for c in range(channels) for tap, at in inside]
                bias = None if b is None else np.asarray(b[o])
                if not pairs:
                    y[(0, o, *position)] = wide[(0, o, *position)] = 0 if b is None else b[o]
                    continue
                value = self.dot(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]), bias)
                y[(0, o, *position)] = value
                wide[(0, o, *position)] = self.wide.pop(id(value), value)
        if self.way.accumulate == "double":
            self.wide[id(y)] = wide
        self.keep.append(y)
        self.producer[id(y)] = ("conv", w, x, b, a)
        return y

    def BatchNormalization(self, a: dict[str, Any], _: int, x: Array, *parameters: Array) -> Array:
        scale, shift, mean, variance = (p.reshape(1, -1, *[1] * (x.ndim - 2)) for p in parameters)
        one = self.dtype(1)
        spread = self.add(variance, np.asarray(self.dtype(a.get("epsilon", 1e-5))))
        deviation = self.rounded(np.sqrt(spread))
        alone = getattr(self, "alone", [True])[0]
        way = self.way
        if way.norm == "folded" and id(x) in self.producer and alone:
            kind, w, source, b, *more = self.producer[id(x)]
            s = self.div(scale, deviation).reshape(-1)
            w2 = self.mul(w, s.reshape(-1, *[1] * (w.ndim - 1)))
            b2 = np.zeros(len(s), self.dtype) if b is None else np.asarray(b).reshape(-1)
            b2 = self.add(self.mul(self.add(b2, -mean.reshape(-1)), s), shift.reshape(-1))
            return (
                self.Gemm({"transB": 1}, 1, source, w2, b2) if kind == "gemm" else self.Conv(more[0], 1, source, w2, b2)
            )
        if way.fuse and alone and id(x) in self.wide:
            wide = self.wide[id(x)]
            return self.rounded((wide - mean) / deviation * scale + shift)
        if way.norm == "written":
            y = self.div(self.add(x, -mean), deviation)
            return self.add(self.mul(y, scale), shift)
        inverse = self.rounded(one / deviation)
        if way.norm == "reciprocal":
            return self.add(self.mul(self.mul(self.add(x, -mean), scale), inverse), shift)
        s = self.mul(scale, inverse)
        t = self.add(shift, -self.mul(mean, s))
        return self.fma(x, s, t) if way.accumulate == "fma" else self.add(self.mul(x, s), t)

    # elementwise

    def Add(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        alone = getattr(self, "alone", [True, True])
        if self.way.fuse and alone[0] and id(x) in self.wide and id(y) not in self.wide and y.size <= x.size:
            return self.rounded(self.wide[id(x)] + y)
        return self.add(x, y)

    def Sub(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return self.add(x, -y)

    def Mul(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return self.mul(x, y)

    def Div(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return self.div(x, y)

    def Neg(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self.operand(-x)

    def Abs(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self.operand(np.abs(x))

    def Relu(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self.operand(np.maximum(x, self.dtype(0)))

    def LeakyRelu(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return np.where(x >= 0, self.operand(x), self.mul(x, np.asarray(self.dtype(a.get("alpha", 0.01)))))

    def PRelu(self, a: dict[str, Any], _: int, x: Array, slope: Array) -> Array:
        return np.where(x >= 0, self.operand(x), self.mul(x, slope))

    def Clip(self, a: dict[str, Any], _: int, x: Array, low: Any = None, high: Any = None) -> Array:
        x = x if low is None else np.maximum(x, low)
        return self.operand(x if high is None else np.minimum(x, high))

    def smooth(self, exact: Array) -> Array:
        allowed = 2.0**-50 if self.dtype is np.float64 else 2.0**-21
        y = self.rounded(exact + self.way.library * allowed)
        too_far = np.abs(y.astype(np.longdouble) - exact) > allowed  # by its rounding
        return np.where(too_far, np.nextafter(y, exact.astype(self.dtype)), y)

    def Sigmoid(self, a: dict[str, Any], _: int, x: Array) -> Array:
        with np.errstate(over="ignore"):
            return self.smooth(1 / (1 + np.exp(-x.astype(np.longdouble))))

    def Tanh(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self.smooth(np.tanh(x.astype(np.longdouble)))

    def Sum(self, a: dict[str, Any], _: int, *parts: Array) -> Array:
        stack = np.stack(np.broadcast_arrays(*parts), axis=-1)
        return self.dot(np.ones((), self.dtype), stack)

    # pooling and reductions

    def mean(self, values: Array, count: int) -> Array:
        ones = np.ones(values.shape[-1], self.dtype)
        if self.way.bias_first:  # the weights of the mean as a convolution
            return self.dot(self.rounded(ones / self.dtype(count)), values)
        return self.div(self.dot(ones, values), np.asarray(self.dtype(count)))

    def _pool(self, a: dict[str, Any], x: Array, kernel: Sequence[int], join: Any) -> Array:
        shape, positions = windows(x.shape[2:], kernel, a)
        y = np.empty((*x.shape[:2], *shape), self.dtype)
        for position, inside, padded in positions:
            for n, c in itertools.product(range(x.shape[0]), range(x.shape[1])):
                y[(n, c, *position)] = join([x[(n, c, *at)] for _, at in inside], padded)
        return y

    def _largest(self, values: Any, _: int = 0) -> Any:
        return self.operand(np.max(np.array(values)))

    def _mean(self, values: Any, count: int) -> Any:
        return self.mean(np.array(values), count)

    def ReduceSum(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        moved, shape = self.to_last(a, x, axes)
        return self.dot(np.ones((), self.dtype), moved).reshape(shape)

    def ReduceMean(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        moved, shape = self.to_last(a, x, axes)
        return self.mean(moved, moved.shape[-1]).reshape(shape)

    def to_last(self, a: dict[str, Any], x: Array, axes: Any) -> tuple[Array, tuple[int, ...]]:
        along = [int(d) % x.ndim for d in (a.get("axes", axes) if a.get("axes", axes) is not None else range(x.ndim))]
        rest = [d for d in range(x.ndim) if d not in along]
        moved = x.transpose([*rest, *along]).reshape([*[x.shape[d] for d in rest], -1])
        return moved, tuple(
            1 if d in along else n for d, n in enumerate(x.shape) if d not in along or a.get("keepdims", 1)
        )

    # shapes

    def Constant(self, a: dict[str, Any], _: int) -> Array:
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(a["value"]))

    def Pad(self, a: dict[str, Any], _: int, x: Array, pads: Any = None, fill: Any = None, axes: Any = None) -> Array:
        half = len(pads) // 2
        value = self.dtype(0) if fill is None else fill.reshape(-1)[0]
        return np.pad(
            x, [(int(p), int(q)) for p, q in zip(pads[:half], pads[half:], strict=True)], constant_values=value
        )


def with_library(way: Way, error: float) -> Way:
    return replace(way, library=error)
