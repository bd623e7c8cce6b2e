"""Random graphs: chains and branches of many operators, where storage orders, views and fusions meet.

Each graph is grown from its seed, node by node, and compared with ONNX's reference evaluator in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is needed to write the models")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from verikit._core import NativeNetwork  # noqa: E402

Shape = tuple[int, ...]


class Growing:
    """A graph under construction; ``values`` are names with their shapes."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        rank = int(self.random.integers(1, 5))
        shape = (1, *(int(d) for d in self.random.integers(1, 5, size=rank)))
        self.values: list[tuple[str, Shape]] = [("x", shape)]
        self.input_shape = shape

    def constant(self, array: Any) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def emit(self, op: str, inputs: list[str], shapes: list[Shape], **attributes: Any) -> None:
        names = [f"v{len(self.nodes)}_{i}" for i in range(len(shapes))]
        self.nodes.append(helper.make_node(op, inputs, names, name=f"{op}{len(self.nodes)}", **attributes))
        self.values.extend(zip(names, shapes, strict=True))

    def pick(self) -> tuple[str, Shape]:
        # mostly the newest value, at times an older one: branches
        if self.random.random() < 0.7:
            return self.values[-1]
        return self.values[int(self.random.integers(len(self.values)))]

    def axis(self, shape: Shape) -> int:
        return int(self.random.integers(len(shape)))

    def grow(self) -> None:
        steps: list[Callable[[], None]] = [
            self.activation, self.transpose, self.reshape, self.branches, self.constant_operand, self.matmul,
            self.convolution, self.pool, self.norm, self.concat, self.split, self.slice, self.pad, self.reduce,
            self.gather, self.expand,
        ]  # fmt: skip
        steps[int(self.random.integers(len(steps)))]()

    def activation(self) -> None:
        x, shape = self.pick()
        self.emit(str(self.random.choice(["Relu", "Tanh", "Abs", "Neg", "Sigmoid"])), [x], [shape])

    def transpose(self) -> None:
        x, shape = self.pick()
        perm = [int(p) for p in self.random.permutation(len(shape))]
        self.emit("Transpose", [x], [tuple(shape[p] for p in perm)], perm=perm)

    def reshape(self) -> None:
        x, shape = self.pick()
        left = int(np.prod(shape))
        new = []
        for _ in range(int(self.random.integers(1, 4))):
            divisors = [d for d in range(1, left + 1) if left % d == 0]
            new.append(int(self.random.choice(divisors)))
            left //= new[-1]
        new.append(left)
        self.emit("Reshape", [x, self.constant(np.array(new))], [tuple(new)])

    def branches(self) -> None:
        a, shape = self.pick()
        b, other = self.values[int(self.random.integers(len(self.values)))]
        if int(np.prod(other)) == int(np.prod(shape)) and other != shape:
            self.emit("Reshape", [b, self.constant(np.array(shape, np.int64))], [shape])
            b, other = self.values[-1]
        try:
            result = np.broadcast_shapes(shape, other)
        except ValueError:
            return
        if np.prod(result) <= 400:
            pair = [a, b] if self.random.random() < 0.5 else [b, a]
            op = str(self.random.choice(["Add", "Sub", "Mul", "Sum"]))
            self.emit(op, [*pair, "x"] if op == "Sum" and self.input_shape == result else pair, [result])

    def constant_operand(self) -> None:
        x, shape = self.pick()
        dims = tuple(d if self.random.random() < 0.6 else 1 for d in shape)
        c = self.constant(self.random.uniform(0.5, 2.0, size=dims))
        op = str(self.random.choice(["Add", "Sub", "Mul", "Div", "Add"]))
        flip = op != "Div" and self.random.random() < 0.3
        self.emit(op, [c, x] if flip else [x, c], [shape])

    def matmul(self) -> None:
        x, shape = self.pick()
        out = int(self.random.integers(1, 5))
        if len(shape) > 1 and self.random.random() < 0.3:
            w = self.constant(self.random.normal(size=(out, shape[-2])) / 2)
            self.emit("MatMul", [w, x], [(*shape[:-2], out, shape[-1])])
        elif len(shape) == 2 and self.random.random() < 0.6:
            w = self.constant(self.random.normal(size=(out, shape[-1])) / 2)
            c = self.constant(self.random.normal(size=(out,)))
            self.emit("Gemm", [x, w, c], [(shape[0], out)], transB=1, alpha=0.5)
        else:
            w = self.constant(self.random.normal(size=(shape[-1], out)) / 2)
            self.emit("MatMul", [x, w], [(*shape[:-1], out)])

    def image(self) -> tuple[str, Shape]:
        """A value as (1, C, H, W)."""
        x, shape = self.pick()
        if len(shape) == 4 and shape[0] == 1:
            return x, shape
        size = int(np.prod(shape))
        c = int(self.random.choice([d for d in (1, 2, 3, 4) if size % d == 0]))
        h = int(self.random.choice([d for d in range(1, size // c + 1) if (size // c) % d == 0]))
        new = (1, c, h, size // c // h)
        self.emit("Reshape", [x, self.constant(np.array(new))], [new])
        return self.values[-1]

    def convolution(self) -> None:
        x, shape = self.image()
        k = [int(self.random.integers(1, min(3, d) + 1)) for d in shape[2:]]
        groups = shape[1] if self.random.random() < 0.3 else 1
        out = int(self.random.integers(1, 4)) * groups
        w = self.constant(self.random.normal(size=(out, shape[1] // groups, *k)) / 2)
        b = self.constant(self.random.normal(size=(out,)))
        pads = [int(self.random.integers(2)) for _ in range(4)]
        sizes = [shape[2 + i] + pads[i] + pads[2 + i] - k[i] + 1 for i in range(2)]
        inputs = [x, w, b] if self.random.random() < 0.5 else [x, w]
        self.emit("Conv", inputs, [(1, out, *sizes)], group=groups, pads=pads, kernel_shape=k)

    def pool(self) -> None:
        x, shape = self.image()
        k = [int(self.random.integers(1, min(3, d) + 1)) for d in shape[2:]]
        sizes = [(shape[2 + i] - k[i]) // k[i] + 1 for i in range(2)]
        op = str(self.random.choice(["MaxPool", "AveragePool"]))
        self.emit(op, [x], [(*shape[:2], *sizes)], kernel_shape=k, strides=k)

    def norm(self) -> None:
        x, shape = self.pick()
        if len(shape) < 2:
            return
        c = shape[1]
        p = [self.random.normal(size=c), self.random.normal(size=c), self.random.normal(size=c)]
        names = [self.constant(v) for v in [*p, self.random.uniform(0.5, 2.0, size=c)]]
        self.emit("BatchNormalization", [x, *names], [shape], epsilon=0.125)

    def concat(self) -> None:
        x, shape = self.pick()
        axis = self.axis(shape)
        others = [v for v in self.values if v[1] == shape]
        other = others[int(self.random.integers(len(others)))][0]
        if self.random.random() < 0.2:
            other = self.constant(self.random.normal(size=shape))
        if 2 * np.prod(shape) <= 400:
            self.emit("Concat", [x, other], [tuple(2 * d if i == axis else d for i, d in enumerate(shape))], axis=axis)

    def split(self) -> None:
        x, shape = self.pick()
        axis = self.axis(shape)
        if shape[axis] < 2:
            return
        first = int(self.random.integers(1, shape[axis]))
        sizes = [first, shape[axis] - first]
        shapes = [tuple(s if i == axis else d for i, d in enumerate(shape)) for s in sizes]
        self.emit("Split", [x, self.constant(np.array(sizes))], shapes, axis=axis)

    def slice(self) -> None:
        x, shape = self.pick()
        axis = self.axis(shape)
        size = shape[axis]
        a, b = sorted(int(v) for v in self.random.choice(size + 1, size=2, replace=False))
        step = int(self.random.integers(1, 3))
        bounds: list[int] = [a, b, step]
        kept = len(range(a, b, step))
        if self.random.random() < 0.3:
            bounds = [b - 1, a - 1 if a > 0 else -size - 1, -step]
            kept = len(range(b - 1, a - 1, -step))
        names = [self.constant(np.array([v])) for v in (bounds[0], bounds[1], axis, bounds[2])]
        self.emit("Slice", [x, *names], [tuple(kept if i == axis else d for i, d in enumerate(shape))])

    def pad(self) -> None:
        x, shape = self.pick()
        pads = [int(p) for p in self.random.integers(0, 2, size=2 * len(shape))]
        new = tuple(d + pads[i] + pads[i + len(shape)] for i, d in enumerate(shape))
        if np.prod(new) <= 400:
            value = self.constant(np.float64(self.random.choice([0.0, 0.75])))
            self.emit("Pad", [x, self.constant(np.array(pads)), value], [new])

    def reduce(self) -> None:
        x, shape = self.pick()
        axis = self.axis(shape)
        new = tuple(1 if i == axis else d for i, d in enumerate(shape))
        if self.random.random() < 0.5:
            self.emit("ReduceMean", [x], [new], axes=[axis], keepdims=1)
        else:
            self.emit("ReduceSum", [x, self.constant(np.array([axis]))], [new], keepdims=1)

    def gather(self) -> None:
        x, shape = self.pick()
        axis = self.axis(shape)
        picks = self.random.integers(-shape[axis], shape[axis], size=int(self.random.integers(1, 4)))
        new = tuple(len(picks) if i == axis else d for i, d in enumerate(shape))
        self.emit("Gather", [x, self.constant(picks)], [new], axis=axis)

    def expand(self) -> None:
        x, shape = self.pick()
        new = tuple(2 if d == 1 and self.random.random() < 0.3 else d for d in shape)
        if new[0] == 1 and np.prod(new) <= 400:
            self.emit("Expand", [x, self.constant(np.array(new))], [new])

    def model(self) -> Any:
        output = helper.make_tensor_value_info(self.values[-1][0], TensorProto.DOUBLE, self.values[-1][1])
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.DOUBLE, self.input_shape)],
            [output],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("block", range(20))
def test_random_graphs_agree_with_the_reference_evaluator(block: int) -> None:
    compared = 0
    for seed in range(25 * block, 25 * block + 25):
        graph = Growing(seed)
        for _ in range(int(graph.random.integers(3, 14))):
            graph.grow()
        if not graph.nodes:
            continue
        model = graph.model()
        x = graph.random.normal(size=graph.input_shape)
        want = np.asarray(ReferenceEvaluator(model).run(None, {"x": x})[0])
        assert want.shape == graph.values[-1][1]
        network = NativeNetwork.parse_onnx(model.SerializeToString())
        got = np.asarray(network.evaluate(np.ascontiguousarray(x.reshape(1, -1))))[0]
        scale = max(1.0, float(np.abs(want).max()))
        np.testing.assert_allclose(got, want.ravel(), rtol=0, atol=1e-9 * scale, err_msg=f"seed {seed}")
        compared += 1
    assert compared > 15
