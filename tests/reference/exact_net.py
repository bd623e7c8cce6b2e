"""The real-valued function of an ONNX model, evaluated in exact arithmetic.

A value is a numpy array of Python objects, fractions here and intervals in ``intervals.py``; an operator is a
few lines over such arrays. Everything that arithmetic alone does not give (maxima, roots, exponentials) comes
from an ``Arithmetic``. Only the onnx package is used, to read the file.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

Array = np.ndarray[Any, np.dtype[Any]]


class NotRationalError(ValueError):
    """The value is not a rational number: use ``intervals.evaluate``."""


class Arithmetic:
    """Exact arithmetic on fractions."""

    def number(self, value: Fraction) -> Any:
        return value

    def maximum(self, a: Any, b: Any) -> Any:
        return max(a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return min(a, b)

    def two_pieces(self, x: Any, left: Any) -> Any:
        """``left * x`` for negative x, else x."""
        return x if x >= 0 else left * x

    def inverse_root(self, x: Any) -> Any:
        """1 / sqrt(x)."""
        top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if top * top != x.numerator or bottom * bottom != x.denominator:
            raise NotRationalError(f"1/sqrt({x}) is not rational")
        return Fraction(bottom, top)

    def sigmoid(self, x: Any) -> Any:
        raise NotRationalError("Sigmoid has irrational values")

    def tanh(self, x: Any) -> Any:
        raise NotRationalError("Tanh has irrational values")


def each(function: Callable[..., Any], *arrays: Any) -> Array:
    """The function of the elements, with broadcasting; always an array of objects."""
    return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


def exact(array: Any, arithmetic: Arithmetic) -> Array:
    """Floats become the rationals that they are; integers stay."""
    array = np.asarray(array)
    if array.dtype.kind != "f":
        return array
    return each(lambda v: arithmetic.number(Fraction(float(v))), array)


def windows(
    shape: Sequence[int], kernel: Sequence[int], attributes: dict[str, Any]
) -> tuple[tuple[int, ...], Iterator[tuple[tuple[int, ...], list[tuple[tuple[int, ...], tuple[int, ...]]], int]]]:
    """Where a convolution or a pool looks: the output's spatial shape, and for each output position the pairs
    (position in the kernel, position in the image) inside the image, and how many positions of the kernel lie
    inside the padded image.
    """
    n = len(kernel)
    strides = attributes.get("strides", [1] * n)
    dilations = attributes.get("dilations", [1] * n)
    pads = attributes.get("pads", [0] * 2 * n)
    if attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        raise NotImplementedError("auto_pad")
    out = []
    for d in range(n):
        free = shape[d] + pads[d] + pads[n + d] - dilations[d] * (kernel[d] - 1) - 1
        steps = -(-free // strides[d]) if attributes.get("ceil_mode") else free // strides[d]
        if attributes.get("ceil_mode") and steps * strides[d] >= shape[d] + pads[d]:
            steps -= 1  # a window must begin in the image or its left padding
        out.append(steps + 1)

    def walk() -> Iterator[tuple[tuple[int, ...], list[tuple[tuple[int, ...], tuple[int, ...]]], int]]:
        for position in itertools.product(*map(range, out)):
            inside, padded = [], 0
            for tap in itertools.product(*map(range, kernel)):
                at = tuple(
                    p * s + t * k - b for p, s, t, k, b in zip(position, strides, tap, dilations, pads, strict=False)
                )
                padded += all(a < size + end for a, size, end in zip(at, shape, pads[n:], strict=True))
                if all(0 <= a < size for a, size in zip(at, shape, strict=True)):
                    inside.append((tap, at))
            yield position, inside, padded

    return tuple(out), walk()


class Evaluator:
    """Runs the nodes of one graph in order."""

    def __init__(self, model: onnx.ModelProto, arithmetic: Arithmetic) -> None:
        self.graph = model.graph
        self.arithmetic = arithmetic

    def run(self, x: Sequence[Fraction]) -> list[Any]:
        values: dict[str, Array] = {
            t.name: exact(numpy_helper.to_array(t), self.arithmetic) for t in self.graph.initializer
        }
        (source,) = [i for i in self.graph.input if i.name not in values]
        shape = [d.dim_value or 1 for d in source.type.tensor_type.shape.dim]
        data = np.empty(len(x), dtype=object)
        data[:] = [self.arithmetic.number(v) for v in x]
        values[source.name] = data.reshape(shape)
        for node in self.graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            inputs = [values[name] if name else None for name in node.input]
            outputs = getattr(self, node.op_type)(attributes, len(node.output), *inputs)
            for name, value in zip(node.output, outputs if isinstance(outputs, list) else [outputs], strict=False):
                values[name] = value
        return list(values[self.graph.output[0].name].reshape(-1))

    def _real(self, value: float) -> Any:
        return self.arithmetic.number(Fraction(value))

    # linear

    def Gemm(self, a: dict[str, Any], _: int, x: Array, w: Array, c: Array | None = None) -> Array:
        y = np.matmul(x.T if a.get("transA") else x, w.T if a.get("transB") else w) * self._real(a.get("alpha", 1.0))
        return y if c is None else y + c * self._real(a.get("beta", 1.0))

    def MatMul(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return np.asarray(np.matmul(x, y), dtype=object)

    def Conv(self, a: dict[str, Any], _: int, x: Array, w: Array, b: Array | None = None) -> Array:
        groups = a.get("group", 1)
        features, channels = w.shape[0], w.shape[1]
        shape, positions = windows(x.shape[2:], w.shape[2:], a)
        y = np.empty((x.shape[0], features, *shape), dtype=object)
        for position, inside, _padded in positions:
            for n, o in itertools.product(range(x.shape[0]), range(features)):
                first = o // (features // groups) * channels
                total = self._real(0.0) if b is None else b[o]
                for c in range(channels):
                    for tap, at in inside:
                        total = total + w[(o, c, *tap)] * x[(n, first + c, *at)]
                y[(n, o, *position)] = total
        return y

    def BatchNormalization(self, a: dict[str, Any], _: int, x: Array, *parameters: Array) -> Array:
        scale, shift, mean, variance = (p.reshape(1, -1, *[1] * (x.ndim - 2)) for p in parameters)
        factor = each(self.arithmetic.inverse_root, variance + self._real(a.get("epsilon", float(np.float32(1e-5)))))
        return np.asarray((x - mean) * factor * scale + shift, dtype=object)

    # elementwise

    def Add(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return x + y

    def Sub(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return x - y

    def Mul(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return x * y

    def Div(self, a: dict[str, Any], _: int, x: Array, y: Array) -> Array:
        return each(lambda p, q: p / q, x, y)

    def Neg(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return each(lambda v: -v, x)

    def Abs(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return each(lambda v: self.arithmetic.two_pieces(v, self._real(-1.0)), x)

    def Relu(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return each(lambda v: self.arithmetic.maximum(v, self._real(0.0)), x)

    def LeakyRelu(self, a: dict[str, Any], _: int, x: Array) -> Array:
        slope = self._real(a.get("alpha", float(np.float32(0.01))))
        return each(lambda v: self.arithmetic.two_pieces(v, slope), x)

    def PRelu(self, a: dict[str, Any], _: int, x: Array, slope: Array) -> Array:
        return each(self.arithmetic.two_pieces, x, slope)

    def Clip(self, a: dict[str, Any], _: int, x: Array, low: Any = None, high: Any = None) -> Array:
        low = self._real(a["min"]) if "min" in a else low
        high = self._real(a["max"]) if "max" in a else high
        if low is not None:
            x = each(self.arithmetic.maximum, x, low)
        return x if high is None else each(self.arithmetic.minimum, x, high)

    def Sigmoid(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return each(self.arithmetic.sigmoid, x)

    def Tanh(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return each(self.arithmetic.tanh, x)

    def Sum(self, a: dict[str, Any], _: int, x: Array, *rest: Array) -> Array:
        for y in rest:
            x = x + y
        return x

    # pooling and reductions

    def _pool(self, a: dict[str, Any], x: Array, kernel: Sequence[int], join: Callable[[list[Any], int], Any]) -> Array:
        shape, positions = windows(x.shape[2:], kernel, a)
        y = np.empty((*x.shape[:2], *shape), dtype=object)
        for position, inside, padded in positions:
            for n, c in itertools.product(range(x.shape[0]), range(x.shape[1])):
                y[(n, c, *position)] = join([x[(n, c, *at)] for _, at in inside], padded)
        return y

    def _largest(self, values: list[Any], _: int = 0) -> Any:
        best = values[0]
        for value in values[1:]:
            best = self.arithmetic.maximum(best, value)
        return best

    def _mean(self, values: list[Any], count: int) -> Any:
        return sum(values[1:], values[0]) * self.arithmetic.number(Fraction(1, count))

    def MaxPool(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self._pool(a, x, a["kernel_shape"], self._largest)

    def AveragePool(self, a: dict[str, Any], _: int, x: Array) -> Array:
        padded = a.get("count_include_pad")
        return self._pool(a, x, a["kernel_shape"], lambda v, n: self._mean(v, n if padded else len(v)))

    def GlobalMaxPool(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self._pool({}, x, x.shape[2:], self._largest)

    def GlobalAveragePool(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return self._pool({}, x, x.shape[2:], self._mean)

    def _reduce(self, a: dict[str, Any], x: Array, axes: Any) -> tuple[Array, int]:
        chosen = a.get("axes", axes if axes is not None else None)
        if (chosen is None or len(chosen) == 0) and a.get("noop_with_empty_axes"):
            return x, 1
        along = tuple(int(d) % x.ndim for d in chosen) if chosen is not None and len(chosen) else tuple(range(x.ndim))
        total = np.asarray(x.sum(axis=along, keepdims=bool(a.get("keepdims", 1))), dtype=object)
        return total, math.prod(x.shape[d] for d in along)

    def ReduceSum(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        return self._reduce(a, x, axes)[0]

    def ReduceMean(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        total, count = self._reduce(a, x, axes)
        return each(lambda v: v * self.arithmetic.number(Fraction(1, count)), total)

    # shapes

    def Constant(self, a: dict[str, Any], _: int) -> Array:
        ((kind, value),) = a.items()
        return exact(numpy_helper.to_array(value) if kind == "value" else np.array(value), self.arithmetic)

    def Identity(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return x

    def Dropout(self, a: dict[str, Any], _: int, x: Array, *rest: Any) -> Array:
        return x

    def Concat(self, a: dict[str, Any], _: int, *parts: Array) -> Array:
        return np.concatenate(parts, axis=a["axis"])

    def Split(self, a: dict[str, Any], count: int, x: Array, sizes: Any = None) -> list[Array]:
        axis = a.get("axis", 0)
        sizes = a.get("split", sizes)
        if sizes is None:
            size = -(-x.shape[axis] // count)
            sizes = [size] * (count - 1) + [x.shape[axis] - size * (count - 1)]
        return np.split(x, np.cumsum(sizes)[:-1], axis=axis)

    def Slice(self, a: dict[str, Any], _: int, x: Array, *rest: Any) -> Array:
        starts, ends, axes, steps = ([*rest, None, None, None, None])[:4]
        starts, ends, axes = a.get("starts", starts), a.get("ends", ends), a.get("axes", axes)
        index = [slice(None)] * x.ndim
        for k in range(len(starts)):
            axis = k if axes is None else int(axes[k])
            step = 1 if steps is None else int(steps[k])
            start, end, size = int(starts[k]), int(ends[k]), x.shape[axis]
            start = start + size if start < 0 else start
            end = end + size if end < 0 else end
            if step > 0:
                index[axis] = slice(max(start, 0), max(end, 0), step)
            else:
                index[axis] = slice(min(start, size - 1), end if end >= 0 else None, step)
        return x[tuple(index)]

    def Gather(self, a: dict[str, Any], _: int, x: Array, which: Array) -> Array:
        return np.take(x, which.astype(np.int64), axis=a.get("axis", 0))

    def Pad(self, a: dict[str, Any], _: int, x: Array, pads: Any = None, fill: Any = None, axes: Any = None) -> Array:
        if a.get("mode", b"constant") != b"constant":
            raise NotImplementedError(a["mode"])
        pads = [int(p) for p in a.get("pads", pads)]
        along = list(range(x.ndim)) if axes is None else [int(d) % x.ndim for d in axes]
        for d, before, after in zip(along, pads[: len(along)], pads[len(along) :], strict=True):
            x = np.take(x, range(max(-before, 0), x.shape[d] - max(-after, 0)), axis=d)
            value = self._real(a.get("value", 0.0)) if fill is None else fill.reshape(-1)[0]
            parts = [
                np.full([*x.shape[:d], max(n, 0), *x.shape[d + 1 :]], value, dtype=object) for n in (before, after)
            ]
            x = np.concatenate([parts[0], x, parts[1]], axis=d)
        return x

    def Flatten(self, a: dict[str, Any], _: int, x: Array) -> Array:
        axis = a.get("axis", 1)
        axis += x.ndim if axis < 0 else 0
        return x.reshape(math.prod(x.shape[:axis]), -1)

    def Reshape(self, a: dict[str, Any], _: int, x: Array, shape: Array) -> Array:
        return x.reshape([x.shape[k] if n == 0 and not a.get("allowzero") else int(n) for k, n in enumerate(shape)])

    def Transpose(self, a: dict[str, Any], _: int, x: Array) -> Array:
        return x.transpose(a.get("perm"))

    def Squeeze(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        axes = a.get("axes", axes)
        return x.squeeze(None if axes is None else tuple(int(d) for d in axes))

    def Unsqueeze(self, a: dict[str, Any], _: int, x: Array, axes: Any = None) -> Array:
        return np.expand_dims(x, tuple(int(d) for d in a.get("axes", axes)))


def evaluate(model: onnx.ModelProto, x: Sequence[Fraction]) -> list[Fraction]:
    """The exact outputs at x, in row-major order.

    Raises
    ------
    NotRationalError
        For Sigmoid, Tanh, and batch norms whose standard deviation is not rational.
    """
    return Evaluator(model, Arithmetic()).run(x)
