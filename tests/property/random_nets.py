"""Random ONNX networks of every operator, grown from a seed.

Each value is grown together with one concrete evaluation of it, which gives the shapes and keeps numbers in range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from .evaluations import PLAIN, FloatEvaluator

Array = np.ndarray[Any, np.dtype[Any]]
Step = Callable[["Net", str], str]

WEIGHTS = ("normal", "dyadic", "spread", "cancelling", "tiny", "extreme")


class Net:
    """A model under construction; ``values`` holds one evaluation."""

    def __init__(self, seed: int, dtype: type = np.float32, weights: str = "normal") -> None:
        self.random = np.random.default_rng(seed)
        self.dtype = dtype
        self.weights = weights
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.values: dict[str, Array] = {}
        self.evaluator = FloatEvaluator(None, PLAIN, dtype)

    def start(self, *shape: int) -> str:
        self.input_shape = shape
        self.values["x"] = self.random.uniform(-1, 1, size=shape).astype(self.dtype)
        return "x"

    def constant(self, array: Any) -> str:
        value = np.asarray(array)
        if value.dtype.kind == "f":
            value = value.astype(self.dtype)
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(value, name))
        self.values[name] = value
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def weight(self, *shape: int) -> str:
        """Weights of one of several temperaments; about the size that keeps a sum of products of order one."""
        w = self.random.normal(size=shape) / np.sqrt(max(1, np.prod(shape[1:])))
        if self.weights == "dyadic":
            w = np.round(w * 8) / 8
        elif self.weights == "spread":
            w = w * 10.0 ** self.random.uniform(-4, 2, size=shape)
        elif self.weights == "cancelling":
            w = w + np.where(self.random.random(size=shape) < 0.5, 1, -1) * 2.0 ** self.random.integers(4, 14)
        elif self.weights == "tiny":
            w = w * np.where(self.random.random(size=shape) < 0.3, 2.0**-130, 1.0)
        elif self.weights == "extreme":  # values near the subnormal numbers, and back
            w = w * 2.0 ** float(self.random.choice([-126, -90, -40, 0, 0, 40, 60]))
        if self.random.random() < 0.1:
            tensor = numpy_helper.from_array(np.asarray(w).astype(self.dtype), "")
            return str(self.op("Constant", value=tensor))
        return self.constant(w)

    def op(self, op_type: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"v{len(self.nodes)}_{k}" for k in range(outputs)]
        self.nodes.append(
            helper.make_node(op_type, list(inputs), names, name=f"{op_type}_{len(self.nodes)}", **attributes)
        )
        given = {a.name: helper.get_attribute_value(a) for a in self.nodes[-1].attribute}
        result = getattr(self.evaluator, op_type)(given, outputs, *[self.values[i] if i else None for i in inputs])
        for name, value in zip(names, result if isinstance(result, list) else [result], strict=True):
            self.values[name] = np.asarray(value)
        return names[0] if outputs == 1 else names

    def shape(self, name: str) -> tuple[int, ...]:
        return self.values[name].shape

    def model(self, output: str) -> Any:
        element = TensorProto.FLOAT if self.dtype is np.float32 else TensorProto.DOUBLE
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", element, self.input_shape)],
            [helper.make_tensor_value_info(output, element, None)],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def pick(net: Net, *choices: Any) -> Any:
    return choices[int(net.random.integers(len(choices)))]


def gemm(net: Net, x: str) -> str:
    x = flatten(net, x)
    n, m = net.shape(x)[1], int(net.random.integers(2, 6))
    kind = pick(net, "plain", "transposed", "scaled", "matmul", "matmul_bias")
    if kind == "plain":
        return str(net.op("Gemm", x, net.weight(m, n), net.weight(m), transB=1))
    if kind == "transposed":
        return str(net.op("Gemm", x, net.op("Transpose", net.weight(m, n), perm=[1, 0]), net.weight(1, m)))
    if kind == "scaled":
        return str(net.op("Gemm", x, net.weight(m, n), net.weight(m), transB=1, alpha=0.7, beta=-1.3))
    y = net.op("MatMul", x, net.constant(net.values[net.weight(m, n)].T))
    return str(net.op("Add", y, net.weight(m)) if kind == "matmul_bias" else y)


def conv(net: Net, x: str) -> str:
    x = image(net, x)
    channels, *size = net.shape(x)[1:]
    group = channels if net.random.random() < 0.3 else 1
    out = group * int(net.random.integers(1, 3)) if group > 1 else int(net.random.integers(1, 4))
    kernel = [int(net.random.integers(1, min(3, d) + 1)) for d in size]
    dilations = [
        2 if 2 * (k - 1) + 1 <= d and net.random.random() < 0.3 else 1 for k, d in zip(kernel, size, strict=True)
    ]
    inputs = [x, net.weight(out, channels // group, *kernel)]
    if net.random.random() < 0.7:
        inputs.append(net.weight(out))
    pads = [int(net.random.integers(2)) for _ in range(2 * len(size))]
    strides = [int(net.random.integers(1, 3)) for _ in size]
    return str(
        net.op("Conv", *inputs, kernel_shape=kernel, group=group, dilations=dilations, pads=pads, strides=strides)
    )


def norm(net: Net, x: str) -> str:
    if len(net.shape(x)) < 2:
        return x
    c = net.shape(x)[1]
    parameters = [net.weight(c), net.weight(c), net.weight(c), net.constant(net.random.uniform(0.01, 2, size=c))]
    parameters = [net.constant(np.clip(net.values[p], -1000, 1000)) for p in parameters]  # larger ones are refused
    if net.random.random() < 0.3:  # a rational standard deviation: 1/sqrt(0.25)
        parameters[3] = net.constant(np.full(c, 0.25))
        return str(net.op("BatchNormalization", x, *parameters, epsilon=0.0))
    return str(net.op("BatchNormalization", x, *parameters, epsilon=1e-5))


def conv_norm(net: Net, x: str) -> str:
    return norm(net, conv(net, x))


def gemm_norm(net: Net, x: str) -> str:
    return norm(net, gemm(net, x))


def activation(net: Net, x: str) -> str:
    kind = pick(net, "Relu", "Relu", "Relu", "LeakyRelu", "PRelu", "Abs", "Clip")
    if kind == "LeakyRelu":
        return str(net.op(kind, x, alpha=pick(net, 0.01, 0.3, 1.5)))
    if kind == "PRelu":
        return str(net.op(kind, x, net.constant(net.random.uniform(-0.5, 1.5, size=net.shape(x)[1:]))))
    if kind == "Clip":
        low, high = sorted(net.random.normal(size=2))
        return str(net.op(kind, x, net.constant(low), net.constant(high)))
    return str(net.op(kind, x))


def smooth(net: Net, x: str) -> str:
    return str(net.op(pick(net, "Sigmoid", "Tanh"), x))


def pool(net: Net, x: str) -> str:
    x = image(net, x)
    size = net.shape(x)[2:]
    kind = pick(net, "MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool")
    if kind.startswith("Global"):
        return str(net.op(kind, x))
    kernel = [int(net.random.integers(1, min(3, d) + 1)) for d in size]
    pads = [int(net.random.integers(2)) if k > 1 else 0 for k in kernel * 2]
    more = {"count_include_pad": int(net.random.integers(2))} if kind == "AveragePool" else {}
    strides = [int(net.random.integers(1, 3)) for _ in size]
    return str(net.op(kind, x, kernel_shape=kernel, pads=pads, strides=strides, **more))


def with_constant(net: Net, x: str) -> str:
    kind = pick(net, "Add", "Sub", "Mul", "Div")
    shape = [d if net.random.random() < 0.7 else 1 for d in net.shape(x)]
    if kind == "Div":
        return str(net.op(kind, x, net.constant(net.random.uniform(0.5, 3, size=shape))))
    c = net.weight(*shape)
    return str(net.op(kind, *([x, c] if net.random.random() < 0.6 else [c, x])))


def residual(net: Net, x: str) -> str:
    branch = activation(net, x)
    if net.random.random() < 0.5:
        branch = with_constant(net, branch)
    kind = pick(net, "Add", "Sub", "Mul", "Sum")
    if kind == "Sum":
        return str(net.op(kind, x, branch, with_constant(net, x)))
    return str(net.op(kind, *([x, branch] if net.random.random() < 0.5 else [branch, x])))


def gate(net: Net, x: str) -> str:
    a, b = gemm(net, x), "x"
    x = flatten(net, a)
    b = net.op("Gemm", x, net.weight(net.shape(x)[1], net.shape(x)[1]), transB=1)
    return str(net.op("Mul", a, pick(net, b, net.op("Relu", b))))


def concat(net: Net, x: str) -> str:
    axis = len(net.shape(x)) - 1
    return str(net.op("Concat", x, activation(net, x), axis=axis))


def split(net: Net, x: str) -> str:
    shape = net.shape(x)
    axis = max(range(len(shape)), key=lambda d: shape[d])
    if shape[axis] < 2:
        return x
    first = shape[axis] // 2
    a, b = net.op("Split", x, net.ints(first, shape[axis] - first), outputs=2, axis=axis)
    return str(net.op("Concat", b, net.op("Neg", a), axis=axis))


def slices(net: Net, x: str) -> str:
    shape = net.shape(x)
    axis = len(shape) - 1
    if shape[axis] < 3:
        return x
    if net.random.random() < 0.5:
        return str(net.op("Slice", x, net.ints(shape[axis] - 1), net.ints(0), net.ints(axis), net.ints(-1)))
    return str(net.op("Gather", x, net.ints(*net.random.integers(0, shape[axis], size=3)), axis=axis))


def pad(net: Net, x: str) -> str:
    pads = [0] * (2 * len(net.shape(x)))
    pads[len(net.shape(x)) - 1] = 1
    pads[-1] = 1
    return str(net.op("Pad", x, net.ints(*pads), net.constant(0.3)))


def shapes(net: Net, x: str) -> str:
    y = net.op("Unsqueeze", x, net.ints(0))
    y = net.op("Transpose", y, perm=[0, 1, *reversed(range(2, len(net.shape(x)) + 1))])
    y = net.op("Squeeze", y, net.ints(0))
    y = net.op("Identity", net.op("Dropout", y))
    return str(net.op("Neg", y) if net.random.random() < 0.5 else y)


def reduce(net: Net, x: str) -> str:
    axis = len(net.shape(x)) - 1
    if len(net.shape(x)) < 3:
        return x
    if net.random.random() < 0.6:
        return str(net.op("ReduceSum", x, net.ints(axis), keepdims=1))
    return str(net.op("ReduceMean", x, axes=[axis], keepdims=1))


def flatten(net: Net, x: str) -> str:
    return x if len(net.shape(x)) == 2 else str(net.op("Flatten", x, axis=1))


def image(net: Net, x: str) -> str:
    if len(net.shape(x)) >= 3:
        return x
    size = int(np.prod(net.shape(x)))
    c = max(d for d in (1, 2, 3) if size % d == 0)
    return str(net.op("Reshape", x, net.ints(1, c, size // c)))


STEPS: list[Step] = [
    gemm, conv, norm, conv_norm, gemm_norm, activation, activation, activation, smooth, pool, with_constant, residual,
    gate, concat, split, slices, pad, shapes, reduce,
]  # fmt: skip


def random_net(seed: int, dtype: type = np.float32) -> Net:
    """A network whose kind of weights and whose operators depend on the seed."""
    weights = WEIGHTS[seed % len(WEIGHTS)]
    net = Net(seed, dtype, weights)
    x = net.start(*pick(net, (1, 4), (1, 6), (1, 2, 5), (1, 2, 4, 4), (1, 1, 3, 5)))
    net.output = grow(net, x, int(net.random.integers(3, 8)), STEPS[seed % len(STEPS)])  # type: ignore[attr-defined]
    return net


def grow(net: Net, x: str, steps: int, must: Step) -> str:
    at = int(net.random.integers(steps))
    for k in range(steps):
        step = must if k == at else STEPS[int(net.random.integers(len(STEPS)))]
        x = step(net, x)
        if net.values[x].size > 60:
            x = gemm(net, x)
        largest = float(np.abs(net.values[x]).max())
        if largest > 1e6:  # keep away from overflow: not what is asked here
            x = str(net.op("Mul", x, net.constant(np.array(2.0 ** -np.round(np.log2(largest))))))
    return x if net.nodes else gemm(net, x)
