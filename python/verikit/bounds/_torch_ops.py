"""What each torch module, function and method means in ONNX operators (operator set 17).

Every handler mirrors the signature of its torch twin; an option that is not in the signature is refused by the caller.
Shapes are static: ``emitter.result`` is what torch itself computed for a zero input.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from verikit._base.errors import UnsupportedOpError

__all__ = ["FUNCTIONS", "METHODS", "MODULES", "Builder", "Emitter", "Traced"]


class Builder(Protocol):
    """Receives a model node by node; :class:`verikit._core.ModelBuilder` is one."""

    def add_input(self, name: str, shape: tuple[int, ...], dtype: str) -> None:
        """Add the input; ``dtype`` is ``"float32"`` or ``"float64"``."""

    def add_initializer(self, name: str, array: np.ndarray[Any, Any]) -> None:
        """Add a constant."""

    def add_node(
        self, op_type: str, name: str, inputs: list[str], outputs: list[str], attributes: dict[str, Any]
    ) -> None:
        """Add an ONNX operator."""

    def add_output(self, name: str) -> None:
        """Name the value that is the model's output."""


@dataclasses.dataclass(frozen=True)
class Traced:
    """A tensor in the model: its name and its shape."""

    name: str
    shape: tuple[int, ...]


class Emitter:
    """Writes nodes and constants under fresh names."""

    def __init__(self, builder: Builder, dtype: torch.dtype) -> None:
        self.builder = builder
        self.numpy_dtype = np.float32 if dtype == torch.float32 else np.float64
        self.place = ""
        self.result: Any = None
        self._count = 0

    def unsupported(self, message: str) -> NoReturn:
        raise UnsupportedOpError(f"{self.place}: {message}")

    def _fresh(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def node(
        self, op_type: str, *inputs: Traced | None, shape: Sequence[int] | None = None, **attributes: Any
    ) -> Traced:
        """One operator with one output, of the shape of torch's result unless told."""
        name = self._fresh()
        names = [value.name if value is not None else "" for value in inputs]
        self.builder.add_node(op_type, self.place, names, [name], attributes)
        return Traced(name, tuple(self.result.shape if shape is None else shape))

    def split(self, x: Traced, axis: int, shapes: list[tuple[int, ...]]) -> tuple[Traced, ...]:
        names = [self._fresh() for _ in shapes]
        sizes = self.integers([shape[axis] for shape in shapes])
        self.builder.add_node("Split", self.place, [x.name, sizes.name], names, {"axis": axis})
        return tuple(Traced(name, shape) for name, shape in zip(names, shapes, strict=True))

    def constant(self, tensor: torch.Tensor) -> Traced:
        return self._array(np.array(tensor.detach().cpu().numpy(), order="C"))

    def integers(self, values: Sequence[int]) -> Traced:
        return self._array(np.array(list(values), np.int64))

    def number(self, value: float) -> Traced:
        """A Python number as torch sees it: rounded to the tensor's type."""
        return self._array(np.array(value, self.numpy_dtype))

    def rounded(self, value: float) -> float:
        """A Python number rounded to the tensor's type."""
        return float(self.numpy_dtype(value))

    def _array(self, array: np.ndarray[Any, Any]) -> Traced:
        name = self._fresh()
        self.builder.add_initializer(name, array)
        return Traced(name, tuple(array.shape))

    def operand(self, value: Any) -> Traced:
        if isinstance(value, Traced):
            return value
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            self.unsupported(f"an operand of type {type(value).__name__}")
        return self.number(value)

    def tensor(self, value: Any) -> Traced:
        if not isinstance(value, Traced):
            self.unsupported(f"expected a tensor, got {type(value).__name__}")
        return value


def _pair(value: Any, dims: int) -> list[int]:
    return [int(v) for v in value] if isinstance(value, (tuple, list)) else [int(value)] * dims


def _axis(x: Traced, axis: int) -> int:
    return axis + len(x.shape) if axis < 0 else axis


# ---- affine


def _linear(e: Emitter, x: Traced, weight: Traced, bias: Traced | None = None) -> Traced:
    if len(x.shape) == 2:
        return e.node("Gemm", x, weight, *([bias] if bias is not None else []), transB=1)
    turned = e.node("Transpose", e.tensor(weight), shape=weight.shape[::-1], perm=[1, 0])
    product = e.node("MatMul", x, turned)
    return product if bias is None else e.node("Add", product, bias)


def _matmul(e: Emitter, a: Any, b: Any) -> Traced:
    return e.node("MatMul", e.tensor(a), e.tensor(b))


def _conv(dims: int) -> Callable[..., Traced]:
    def conv(
        e: Emitter, x: Traced, weight: Traced, bias: Traced | None = None, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1,
    ) -> Traced:  # fmt: skip
        if len(x.shape) != dims + 2:
            e.unsupported(f"expected an input of {dims + 2} dimensions (with the batch), got shape {x.shape}")
        kernel = list(weight.shape[2:])
        spread = _pair(dilation, dims)
        if padding == "same":
            total = [d * (k - 1) for d, k in zip(spread, kernel, strict=True)]
            pads = [t // 2 for t in total] + [t - t // 2 for t in total]
        elif padding == "valid":
            pads = [0] * (2 * dims)
        else:
            pads = _pair(padding, dims) * 2
        inputs = [x, weight] + ([bias] if bias is not None else [])
        return e.node(
            "Conv", *inputs, kernel_shape=kernel, strides=_pair(stride, dims), pads=pads, dilations=spread, group=groups
        )

    return conv


def _conv_module(dims: int) -> Callable[..., Traced]:
    def handler(e: Emitter, m: Any, x: Traced) -> Traced:
        if m.padding_mode != "zeros":
            e.unsupported(f"padding_mode {m.padding_mode!r}; only 'zeros' is handled")
        bias = None if m.bias is None else e.constant(m.bias)
        return _conv(dims)(e, x, e.constant(m.weight), bias, m.stride, m.padding, m.dilation, m.groups)

    return handler


def _linear_module(e: Emitter, m: Any, x: Traced) -> Traced:
    bias = None if m.bias is None else e.constant(m.bias)
    return _linear(e, x, e.constant(m.weight), bias)


def _batch_norm_module(e: Emitter, m: Any, x: Traced) -> Traced:
    gamma = torch.ones_like(m.running_mean) if m.weight is None else m.weight
    beta = torch.zeros_like(m.running_mean) if m.bias is None else m.bias
    parameters = [e.constant(t) for t in (gamma, beta, m.running_mean, m.running_var)]
    return e.node("BatchNormalization", x, *parameters, epsilon=float(m.eps))


# ---- elementwise


def _unary(op_type: str) -> Callable[..., Traced]:
    def handler(e: Emitter, x: Traced) -> Traced:
        return e.node(op_type, e.tensor(x))

    return handler


def _binary(op_type: str) -> Callable[..., Traced]:
    def handler(e: Emitter, a: Any, b: Any, *, alpha: Any = 1, rounding_mode: Any = None) -> Traced:
        if alpha != 1 or rounding_mode is not None:
            e.unsupported("alpha and rounding_mode are not handled")
        return e.node(op_type, e.operand(a), e.operand(b))

    return handler


def _reversed_sub(e: Emitter, a: Any, b: Any, *, alpha: Any = 1) -> Traced:
    return _binary("Sub")(e, b, a, alpha=alpha)


def _leaky_relu(e: Emitter, x: Traced, negative_slope: float = 0.01) -> Traced:
    return e.node("LeakyRelu", x, alpha=e.rounded(negative_slope))


def _prelu(e: Emitter, x: Traced, weight: Traced) -> Traced:
    slope = e.tensor(weight)
    channels = int(np.prod(slope.shape))
    if channels > 1:
        shape = [channels] + [1] * (len(x.shape) - 2)
        slope = _reshape_to(e, slope, shape)
    return e.node("PRelu", x, slope)


def _clip(e: Emitter, x: Traced, min: Any = None, max: Any = None) -> Traced:
    limits = []
    for limit in (min, max):
        if isinstance(limit, Traced):
            e.unsupported("limits that are tensors")
        limits.append(None if limit is None else e.number(limit))
    return e.node("Clip", x, *limits)


def _hardtanh(e: Emitter, x: Traced, min_val: float = -1.0, max_val: float = 1.0) -> Traced:
    return _clip(e, x, min_val, max_val)


def _relu6(e: Emitter, x: Traced) -> Traced:
    return _clip(e, x, 0.0, 6.0)


def _identity(_: Emitter, x: Traced, *__: Any, **___: Any) -> Traced:
    return x  # the caller has checked that the type stays the same


def _dropout(e: Emitter, x: Traced, p: float = 0.5, training: bool = True) -> Traced:
    if training and p != 0:
        e.unsupported("dropout is active; call eval(), and pass training=self.training")
    return x


def _dropout_module(e: Emitter, m: Any, x: Traced) -> Traced:
    return _dropout(e, x, m.p, m.training)


# ---- pooling and reductions


def _max_pool(dims: int) -> Callable[..., Traced]:
    def handler(
        e: Emitter, x: Traced, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
        ceil_mode: bool = False, return_indices: bool = False,
    ) -> Traced:  # fmt: skip
        if return_indices:
            e.unsupported("return_indices")
        _batched(e, x, dims)
        return e.node(
            "MaxPool", x, kernel_shape=_pair(kernel_size, dims), strides=_pair(stride or kernel_size, dims),
            pads=_pair(padding, dims) * 2, dilations=_pair(dilation, dims), ceil_mode=int(ceil_mode),
        )  # fmt: skip

    return handler


def _average_pool(dims: int) -> Callable[..., Traced]:
    def handler(
        e: Emitter, x: Traced, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> Traced:  # fmt: skip
        if divisor_override is not None:
            e.unsupported("divisor_override")
        _batched(e, x, dims)
        return e.node(
            "AveragePool", x, kernel_shape=_pair(kernel_size, dims), strides=_pair(stride or kernel_size, dims),
            pads=_pair(padding, dims) * 2, ceil_mode=int(ceil_mode), count_include_pad=int(count_include_pad),
        )  # fmt: skip

    return handler


def _batched(e: Emitter, x: Traced, dims: int) -> None:
    if len(x.shape) != dims + 2:
        e.unsupported(f"expected an input of {dims + 2} dimensions (with the batch), got shape {x.shape}")


def _adaptive(op_type: str, dims: int) -> Callable[..., Traced]:
    def handler(e: Emitter, x: Traced, output_size: Any, return_indices: bool = False) -> Traced:
        del output_size  # the result's shape says it, without the None entries
        if return_indices:
            e.unsupported("return_indices")
        _batched(e, x, dims)
        sizes, wanted = list(x.shape[2:]), list(e.result.shape[2:])
        if all(w == 1 for w in wanted):
            return e.node("Global" + op_type, x)
        if any(s % w for s, w in zip(sizes, wanted, strict=True)):
            e.unsupported(f"an adaptive pooling of {sizes} to {wanted} has windows of different sizes")
        kernel = [s // w for s, w in zip(sizes, wanted, strict=True)]
        return e.node(op_type, x, kernel_shape=kernel, strides=kernel)

    return handler


def _reduce(op_type: str) -> Callable[..., Traced]:
    def handler(e: Emitter, x: Traced, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Traced:
        if dtype is not None:
            e.unsupported("dtype")
        axes = list(range(len(x.shape))) if dim is None else [_axis(x, d) for d in _pair(dim, 1)]
        axes = axes or list(range(len(x.shape)))
        if op_type == "ReduceSum":
            return e.node(op_type, x, e.integers(axes), keepdims=int(keepdim))
        return e.node(op_type, x, axes=axes, keepdims=int(keepdim))

    return handler


# ---- data movement


def _reshape_to(e: Emitter, x: Traced, shape: Sequence[int]) -> Traced:
    return e.node("Reshape", x, e.integers(shape), shape=shape)


def _reshape(e: Emitter, x: Traced, *_: Any, **__: Any) -> Traced:
    """Everything that keeps the row-major order: view, flatten, squeeze, unsqueeze, ..."""
    return _reshape_to(e, e.tensor(x), tuple(e.result.shape))


def _permute(e: Emitter, x: Traced, *dims: Any) -> Traced:
    order = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    return e.node("Transpose", x, perm=[_axis(x, d) for d in order])


def _transpose(e: Emitter, x: Traced, dim0: int, dim1: int) -> Traced:
    order = list(range(len(x.shape)))
    a, b = _axis(x, dim0), _axis(x, dim1)
    order[a], order[b] = order[b], order[a]
    return e.node("Transpose", x, perm=order)


def _turn(e: Emitter, x: Traced) -> Traced:
    return _transpose(e, x, 0, 1) if len(x.shape) == 2 else x


def _cat(e: Emitter, tensors: Any, dim: int = 0) -> Traced:
    parts = [e.tensor(t) for t in tensors]
    return e.node("Concat", *parts, axis=_axis(parts[0], dim))


def _stack(e: Emitter, tensors: Any, dim: int = 0) -> Traced:
    rank = len(e.result.shape)
    axis = dim + rank if dim < 0 else dim
    parts = []
    for t in tensors:
        shape = list(e.tensor(t).shape)
        shape.insert(axis, 1)
        parts.append(_reshape_to(e, t, shape))
    return e.node("Concat", *parts, axis=axis)


def _split(e: Emitter, x: Traced, _sizes: Any, dim: int = 0) -> tuple[Traced, ...]:
    return e.split(x, _axis(x, dim), [tuple(part.shape) for part in e.result])


def _chunk(e: Emitter, x: Traced, chunks: Any, dim: int = 0) -> tuple[Traced, ...]:
    return _split(e, x, chunks, dim)


def _expand(e: Emitter, x: Traced, *_: Any) -> Traced:
    return e.node("Expand", x, e.integers(tuple(e.result.shape)))


def _getitem(e: Emitter, x: Any, index: Any) -> Any:
    if not isinstance(x, Traced):
        return x[index]
    items = list(index) if isinstance(index, tuple) else [index]
    if not all(
        i is None or i is Ellipsis or (isinstance(i, int) and not isinstance(i, bool)) or isinstance(i, slice)
        for i in items
    ):
        e.unsupported("only integers, slices, None and ... may be used as indices")
    used = sum(1 for i in items if i is not None and i is not Ellipsis)
    if Ellipsis not in items:
        items.append(Ellipsis)
    axis = 0
    axes: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    steps: list[int] = []
    for item in items:
        if item is None:
            continue
        if item is Ellipsis:
            axis += len(x.shape) - used
            continue
        size = x.shape[axis]
        if isinstance(item, int):
            first = item + size if item < 0 else item
            bounds = (first, first + 1, 1)
        else:
            bounds = item.indices(size)
        if bounds != (0, size, 1):
            axes.append(axis)
            starts.append(bounds[0])
            ends.append(bounds[1])
            steps.append(bounds[2])
        axis += 1
    shape = list(x.shape)
    for a, first, last, step in zip(axes, starts, ends, steps, strict=True):
        shape[a] = len(range(first, last, step))
    if axes:
        x = e.node("Slice", x, *(e.integers(v) for v in (starts, ends, axes, steps)), shape=shape)
    return x if tuple(e.result.shape) == x.shape else _reshape(e, x)


def _pad(e: Emitter, x: Traced, pad: Any, mode: str = "constant", value: float | None = None) -> Traced:
    if mode != "constant":
        e.unsupported(f"mode {mode!r}; only 'constant' is handled")
    before, after = [0] * len(x.shape), [0] * len(x.shape)
    for i in range(len(pad) // 2):
        before[-1 - i], after[-1 - i] = int(pad[2 * i]), int(pad[2 * i + 1])
    return e.node("Pad", x, e.integers(before + after), e.number(0.0 if value is None else value))


def _getattr(e: Emitter, x: Any, name: str) -> Traced:
    if name not in ("T", "mT"):
        e.unsupported(f"attribute {name!r} of a tensor")
    return _turn(e, e.tensor(x)) if name == "T" else _transpose(e, e.tensor(x), -1, -2)


def _clamp_min(e: Emitter, x: Traced, min: Any) -> Traced:
    return _clip(e, x, min, None)


def _clamp_max(e: Emitter, x: Traced, max: Any) -> Traced:
    return _clip(e, x, None, max)


def _plain(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Make a module's handler of a function's, for modules without options."""

    def of_module(e: Emitter, _: nn.Module, x: Traced) -> Any:
        return handler(e, x)

    return of_module


def _pool_arguments(m: Any, *more: str) -> list[Any]:
    return [m.kernel_size, m.stride, m.padding, *(getattr(m, name) for name in more)]


_MAX = ("dilation", "ceil_mode", "return_indices")

MODULES: dict[type, Callable[..., Any]] = {
    nn.Linear: _linear_module,
    nn.Conv1d: _conv_module(1),
    nn.Conv2d: _conv_module(2),
    nn.BatchNorm1d: _batch_norm_module,
    nn.BatchNorm2d: _batch_norm_module,
    nn.ReLU: _plain(_unary("Relu")),
    nn.ReLU6: _plain(_relu6),
    nn.LeakyReLU: lambda e, m, x: _leaky_relu(e, x, m.negative_slope),
    nn.PReLU: lambda e, m, x: _prelu(e, x, e.constant(m.weight)),
    nn.Sigmoid: _plain(_unary("Sigmoid")),
    nn.Tanh: _plain(_unary("Tanh")),
    nn.Hardtanh: lambda e, m, x: _clip(e, x, m.min_val, m.max_val),
    nn.MaxPool1d: lambda e, m, x: _max_pool(1)(e, x, *_pool_arguments(m, *_MAX)),
    nn.MaxPool2d: lambda e, m, x: _max_pool(2)(e, x, *_pool_arguments(m, *_MAX)),
    nn.AvgPool1d: lambda e, m, x: _average_pool(1)(e, x, *_pool_arguments(m, "ceil_mode", "count_include_pad")),
    nn.AvgPool2d: lambda e, m, x: _average_pool(2)(
        e, x, *_pool_arguments(m, "ceil_mode", "count_include_pad", "divisor_override")
    ),
    nn.AdaptiveAvgPool1d: lambda e, m, x: _adaptive("AveragePool", 1)(e, x, m.output_size),
    nn.AdaptiveAvgPool2d: lambda e, m, x: _adaptive("AveragePool", 2)(e, x, m.output_size),
    nn.AdaptiveMaxPool1d: lambda e, m, x: _adaptive("MaxPool", 1)(e, x, m.output_size, m.return_indices),
    nn.AdaptiveMaxPool2d: lambda e, m, x: _adaptive("MaxPool", 2)(e, x, m.output_size, m.return_indices),
    nn.Flatten: _plain(_reshape),
    nn.Unflatten: _plain(_reshape),
    nn.Dropout: _dropout_module,
    nn.Dropout1d: _dropout_module,
    nn.Dropout2d: _dropout_module,
    nn.Identity: _plain(_identity),
    nn.ConstantPad1d: lambda e, m, x: _pad(e, x, m.padding, "constant", m.value),
    nn.ConstantPad2d: lambda e, m, x: _pad(e, x, m.padding, "constant", m.value),
    nn.ZeroPad1d: lambda e, m, x: _pad(e, x, m.padding),
    nn.ZeroPad2d: lambda e, m, x: _pad(e, x, m.padding),
}

# Names that are both functions of torch and methods of tensors.
_BOTH: dict[str, Callable[..., Any]] = {
    "add": _binary("Add"),
    "sub": _binary("Sub"),
    "mul": _binary("Mul"),
    "multiply": _binary("Mul"),
    "div": _binary("Div"),
    "true_divide": _binary("Div"),
    "matmul": _matmul,
    "mm": _matmul,
    "neg": _unary("Neg"),
    "negative": _unary("Neg"),
    "abs": _unary("Abs"),
    "relu": _unary("Relu"),
    "sigmoid": _unary("Sigmoid"),
    "tanh": _unary("Tanh"),
    "prelu": _prelu,
    "clamp": _clip,
    "clip": _clip,
    "clamp_min": _clamp_min,
    "clamp_max": _clamp_max,
    "mean": _reduce("ReduceMean"),
    "sum": _reduce("ReduceSum"),
    "flatten": _reshape,
    "unflatten": _reshape,
    "reshape": _reshape,
    "ravel": _reshape,
    "squeeze": _reshape,
    "unsqueeze": _reshape,
    "permute": _permute,
    "transpose": _transpose,
    "swapaxes": _transpose,
    "t": _turn,
    "split": _split,
    "chunk": _chunk,
    "clone": _identity,
    "detach": _identity,
}

METHODS: dict[str, Callable[..., Any]] = {
    **_BOTH,
    "view": _reshape,
    "view_as": _reshape,
    "reshape_as": _reshape,
    "contiguous": _identity,
    "to": _identity,
    "float": _identity,
    "double": _identity,
    "cpu": _identity,
    "expand": _expand,
    "expand_as": _expand,
}

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **{getattr(torch, name): handler for name, handler in _BOTH.items() if hasattr(torch, name)},
    operator.add: _binary("Add"),
    operator.sub: _binary("Sub"),
    operator.mul: _binary("Mul"),
    operator.truediv: _binary("Div"),
    operator.matmul: _matmul,
    operator.neg: _unary("Neg"),
    operator.abs: _unary("Abs"),
    operator.getitem: _getitem,
    getattr: _getattr,
    torch.rsub: _reversed_sub,
    torch.cat: _cat,
    torch.concat: _cat,
    torch.stack: _stack,
    F.linear: _linear,
    F.conv1d: _conv(1),
    F.conv2d: _conv(2),
    F.relu: _unary("Relu"),
    F.relu6: _relu6,
    F.leaky_relu: _leaky_relu,
    F.prelu: _prelu,
    F.sigmoid: _unary("Sigmoid"),
    F.tanh: _unary("Tanh"),
    F.hardtanh: _hardtanh,
    F.max_pool1d: _max_pool(1),
    F.max_pool2d: _max_pool(2),
    F.avg_pool1d: _average_pool(1),
    F.avg_pool2d: _average_pool(2),
    F.adaptive_avg_pool1d: _adaptive("AveragePool", 1),
    F.adaptive_avg_pool2d: _adaptive("AveragePool", 2),
    F.dropout: _dropout,
    F.pad: _pad,
}
