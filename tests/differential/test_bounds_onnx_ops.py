"""The ONNX reader and the lowering against two independent runtimes, operator by operator.

Each case is a small graph with random weights. In float64 it is compared with ONNX's own reference
evaluator, in float32 with onnxruntime; nothing here knows how verikit stores or fuses anything.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is needed to write the models")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is the other side of the comparison")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from verikit._core import NativeNetwork  # noqa: E402


class Graph:
    """Collects nodes; float constants take the type of the model."""

    def __init__(self, opset: int, dtype: type, seed: int) -> None:
        self.opset = opset
        self.dtype = dtype
        self.random = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._count = 0

    def name(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def op(self, op_type: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(op_type, list(inputs), names, name=f"{op_type}_{names[0]}", **attributes))
        return names[0] if outputs == 1 else names

    def const(self, array: Any) -> str:
        value = np.asarray(array)
        if value.dtype.kind == "f":
            value = value.astype(self.dtype)
        name = self.name()
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def ints(self, *values: int) -> str:
        return self.const(np.array(values, np.int64))

    def normal(self, *shape: int) -> str:
        return self.const(self.random.normal(size=shape))

    def positive(self, *shape: int) -> str:
        return self.const(self.random.uniform(0.3, 2.0, size=shape))

    def model(self, shape: tuple[Any, ...], output: str) -> Any:
        element = TensorProto.FLOAT if self.dtype is np.float32 else TensorProto.DOUBLE
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", element, shape)],
            [helper.make_tensor_value_info(output, element, None)],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


Case = Callable[[Graph], str]
CASES: dict[str, tuple[int, tuple[Any, ...], Case]] = {}


def case(name: str, shape: tuple[Any, ...], build: Case, *opsets: int) -> None:
    for opset in opsets or (17,):
        key = f"{name}-{opset}"
        assert key not in CASES, key
        CASES[key] = (opset, shape, build)


def bn(g: Graph, x: str, channels: int, **attributes: Any) -> str:
    p = [g.normal(channels), g.normal(channels), g.normal(channels), g.positive(channels)]
    return str(g.op("BatchNormalization", x, *p, epsilon=0.01, **attributes))


# ---- affine
case("gemm", (1, 6), lambda g: g.op("Gemm", "x", g.normal(6, 4), g.normal(4)), 7, 9, 11, 13, 18)
case(
    "gemm_trans_b_alpha_beta",
    (1, 6),
    lambda g: g.op("Gemm", "x", g.normal(4, 6), g.normal(1, 4), transB=1, alpha=0.7, beta=-1.3),
)
case("gemm_no_c", (1, 6), lambda g: g.op("Gemm", "x", g.normal(6, 3)), 11)
case("gemm_scalar_c", (1, 6), lambda g: g.op("Gemm", "x", g.normal(6, 3), g.normal()))
case("gemm_rows", (5, 6), lambda g: g.op("Gemm", "x", g.normal(6, 3), g.normal(3)))
case("gemm_trans_a", (6, 5), lambda g: g.op("Gemm", "x", g.normal(6, 3), g.normal(3), transA=1))
case("gemm_constant_first", (6, 5), lambda g: g.op("Gemm", g.normal(3, 6), "x", g.normal(3, 1)))
case("gemm_constant_first_transposed", (5, 6), lambda g: g.op("Gemm", g.normal(6, 3), "x", transA=1, transB=1))
case("matmul", (1, 6), lambda g: g.op("MatMul", "x", g.normal(6, 4)))
case("matmul_leading", (2, 3, 4, 5), lambda g: g.op("MatMul", "x", g.normal(5, 7)))
case("matmul_left", (2, 4, 5), lambda g: g.op("MatMul", g.normal(3, 4), "x"))
case("matmul_left_batch1", (2, 4, 5), lambda g: g.op("MatMul", g.normal(1, 1, 3, 4), "x"))
case("matmul_vector", (6,), lambda g: g.op("MatMul", "x", g.normal(6, 4)))
case("matmul_by_vector", (3, 6), lambda g: g.op("MatMul", "x", g.normal(6)))
case("matmul_vector_left", (6, 3), lambda g: g.op("MatMul", g.normal(6), "x"))
case("matmul_add_bias", (1, 6), lambda g: g.op("Add", g.op("MatMul", "x", g.normal(6, 4)), g.normal(4)))
case(
    "matmul_bias_twice",
    (1, 6),
    lambda g: g.op("Sub", g.op("Add", g.normal(4), g.op("Gemm", "x", g.normal(6, 4), g.normal(4))), g.normal(1, 4)),
)
case("matmul_add_other_rows", (3, 6), lambda g: g.op("Add", g.op("MatMul", "x", g.normal(6, 4)), g.normal(3, 4)))
case("matmul_add_expands", (1, 6), lambda g: g.op("Add", g.op("MatMul", "x", g.normal(6, 4)), g.normal(3, 4)))
case(
    "matmul_of_transposed", (1, 3, 4), lambda g: g.op("MatMul", g.op("Transpose", "x", perm=[0, 2, 1]), g.normal(3, 5))
)
case(
    "linear_of_slice",
    (1, 40),
    lambda g: g.op("MatMul", g.op("Slice", "x", g.ints(3), g.ints(9), g.ints(1)), g.normal(6, 2)),
)
case(
    "linear_of_most",
    (1, 8),
    lambda g: g.op("MatMul", g.op("Slice", "x", g.ints(6), g.ints(0), g.ints(1), g.ints(-1)), g.normal(6, 2)),
)
case(
    "linear_of_repeats",
    (1, 4),
    lambda g: g.op("MatMul", g.op("Gather", "x", g.ints(0, 3, 3, 1, 0), axis=1), g.normal(5, 2)),
)
case(
    "linear_of_padded",
    (1, 4),
    lambda g: g.op("MatMul", g.op("Pad", "x", g.ints(0, 1, 0, 2), g.const(0.5)), g.normal(7, 2)),
)
case(
    "linear_shared_then_bias",
    (1, 6),
    lambda g: (lambda y: g.op("Mul", g.op("Add", y, g.normal(4)), g.op("Relu", y)))(
        g.op("MatMul", "x", g.normal(6, 4))
    ),
)

# ---- convolutions
for _group, _in, _out in ((1, 3, 4), (3, 3, 6), (2, 4, 4)):
    for _k, _s, _p, _d in (
        (3, 1, (1, 1, 1, 1), 1),
        (3, 2, (0, 1, 2, 0), 1),
        (2, 1, (0, 0, 0, 0), 2),
        (1, 3, (0, 0, 0, 0), 1),
    ):
        case(
            f"conv2d_g{_group}_k{_k}_s{_s}_p{''.join(map(str, _p))}_d{_d}",
            (1, _in, 7, 6),
            lambda g, gr=_group, i=_in, o=_out, k=_k, s=_s, p=_p, d=_d: g.op(
                "Conv",
                "x",
                g.normal(o, i // gr, k, k),
                g.normal(o),
                group=gr,
                strides=[s, s],
                pads=list(p),
                dilations=[d, d],
                kernel_shape=[k, k],
            ),
        )
for _auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    case(
        f"conv2d_{_auto}",
        (1, 2, 7, 6),
        lambda g, a=_auto: g.op("Conv", "x", g.normal(3, 2, 4, 3), auto_pad=a, strides=[2, 3]),
    )
    case(f"conv1d_{_auto}", (1, 2, 9), lambda g, a=_auto: g.op("Conv", "x", g.normal(3, 2, 4), auto_pad=a))
case("conv1d", (1, 3, 9), lambda g: g.op("Conv", "x", g.normal(5, 3, 3), g.normal(5), pads=[2, 1], strides=[2]), 9, 11)
case("conv1d_groups", (1, 4, 9), lambda g: g.op("Conv", "x", g.normal(4, 1, 3), g.normal(4), group=4, dilations=[2]))
case(
    "conv_relu_conv",
    (1, 2, 6, 6),
    lambda g: g.op("Conv", g.op("Relu", g.op("Conv", "x", g.normal(3, 2, 3, 3), g.normal(3))), g.normal(2, 3, 2, 2)),
)
case(
    "conv_rectangular",
    (1, 2, 5, 8),
    lambda g: g.op("Conv", "x", g.normal(3, 2, 2, 5), strides=[1, 2], dilations=[2, 1], pads=[1, 0, 0, 3]),
)
case(
    "conv_of_padded",
    (1, 2, 5, 5),
    lambda g: g.op("Conv", g.op("Pad", "x", g.ints(0, 0, 1, 1, 0, 0, 1, 2), g.const(0.0)), g.normal(3, 2, 3, 3)),
)
case(
    "conv_flatten_gemm",
    (1, 2, 5, 5),
    lambda g: g.op(
        "Gemm", g.op("Flatten", g.op("Relu", g.op("Conv", "x", g.normal(3, 2, 3, 3)))), g.normal(27, 4), g.normal(4)
    ),
)
case("conv_add_bias", (1, 2, 5, 5), lambda g: g.op("Add", g.op("Conv", "x", g.normal(3, 2, 3, 3)), g.normal(3, 1, 1)))
case(
    "conv_add_image", (1, 2, 5, 5), lambda g: g.op("Add", g.op("Conv", "x", g.normal(3, 2, 3, 3)), g.normal(1, 3, 3, 3))
)
case(
    "conv_residual",
    (1, 2, 5, 5),
    lambda g: g.op("Relu", g.op("Add", g.op("Conv", "x", g.normal(2, 2, 3, 3), pads=[1, 1, 1, 1]), "x")),
)
case(
    "conv_residual_twice",
    (1, 2, 5, 5),
    lambda g: (lambda y: g.op("Add", y, g.op("Conv", g.op("Relu", y), g.normal(3, 3, 1, 1))))(
        g.op("Conv", "x", g.normal(3, 2, 3, 3))
    ),
)

# ---- batch norm
case("bn_linear", (1, 6), lambda g: bn(g, g.op("Gemm", "x", g.normal(6, 4), g.normal(4)), 4), 7, 9, 14, 15)
case("bn_conv", (1, 2, 5, 5), lambda g: bn(g, g.op("Conv", "x", g.normal(3, 2, 3, 3)), 3))
case(
    "bn_conv_bias",
    (1, 2, 5, 5),
    lambda g: bn(g, g.op("Add", g.op("Conv", "x", g.normal(3, 2, 3, 3)), g.normal(1, 3, 1, 1)), 3),
)
case("bn_grouped_conv", (1, 4, 5, 5), lambda g: bn(g, g.op("Conv", "x", g.normal(4, 1, 3, 3), g.normal(4), group=4), 4))
case("bn_bn", (1, 2, 5, 5), lambda g: bn(g, bn(g, g.op("Conv", "x", g.normal(3, 2, 3, 3)), 3), 3))
case("bn_input", (1, 3, 4, 5), lambda g: bn(g, "x", 3, momentum=0.3))
case("bn_relu", (1, 2, 5, 5), lambda g: bn(g, g.op("Relu", g.op("Conv", "x", g.normal(3, 2, 3, 3))), 3))
case("bn_shared", (1, 6), lambda g: (lambda y: g.op("Add", bn(g, y, 4), y))(g.op("MatMul", "x", g.normal(6, 4))))
case(
    "bn_output_used_twice",
    (1, 6),
    lambda g: (lambda y: g.op("Sub", g.op("Add", y, g.normal(4)), g.op("Abs", y)))(
        bn(g, g.op("MatMul", "x", g.normal(6, 4)), 4)
    ),
)
case("bn_rows", (5, 6), lambda g: bn(g, g.op("MatMul", "x", g.normal(6, 4)), 4))
case("bn_sequence", (1, 3, 6), lambda g: bn(g, g.op("MatMul", "x", g.normal(6, 4)), 3))

# ---- elementwise
for _name in ("Relu", "Sigmoid", "Tanh", "Abs", "Neg", "Identity"):
    case(_name.lower(), (1, 3, 4), lambda g, n=_name: g.op(n, "x"), 9, 13)
case("leaky_relu", (1, 7), lambda g: g.op("LeakyRelu", "x", alpha=0.25), 7, 16)
case("leaky_relu_negative_slope", (1, 7), lambda g: g.op("LeakyRelu", "x", alpha=-0.5))
case("prelu", (1, 3, 4), lambda g: g.op("PRelu", "x", g.normal(3, 1)), 7, 9, 16)
case("prelu_scalar", (1, 3, 4), lambda g: g.op("PRelu", "x", g.normal(1)))
case(
    "prelu_after_conv",
    (1, 2, 4, 4),
    lambda g: g.op("PRelu", g.op("Conv", "x", g.normal(3, 2, 2, 2)), g.normal(3, 1, 1)),
)
case("clip_attributes", (1, 7), lambda g: g.op("Clip", "x", min=-0.5, max=0.75), 7)
case("clip_default", (1, 7), lambda g: g.op("Clip", "x", min=0.0), 10)
case("clip_inputs", (1, 7), lambda g: g.op("Clip", "x", g.const(-0.5), g.const(0.75)), 11, 13)
case("clip_high", (1, 7), lambda g: g.op("Clip", "x", "", g.const(0.25)), 13)
for _name in ("Add", "Sub", "Mul", "Div"):
    case(f"{_name}_constant", (1, 3, 4), lambda g, n=_name: g.op(n, "x", g.positive(3, 1)))
    case(f"{_name}_scalar", (1, 3, 4), lambda g, n=_name: g.op(n, "x", g.positive()))
    case(f"{_name}_expands", (1, 3, 1), lambda g, n=_name: g.op(n, "x", g.positive(2, 1, 4)))
    case(
        f"{_name}_transposed",
        (1, 3, 4),
        lambda g, n=_name: g.op(n, g.op("Transpose", "x", perm=[2, 0, 1]), g.positive(4, 1, 3)),
    )
    if _name != "Div":
        case(f"{_name}_constant_first", (1, 3, 4), lambda g, n=_name: g.op(n, g.normal(1, 4), "x"))
        case(f"{_name}_branches", (1, 3, 4), lambda g, n=_name: g.op(n, g.op("Relu", "x"), g.op("Tanh", "x")))
        case(f"{_name}_self", (1, 3, 4), lambda g, n=_name: g.op(n, "x", "x"))
        case(f"{_name}_own_transpose", (4, 4), lambda g, n=_name: g.op(n, g.op("Transpose", "x"), "x"))
        case(
            f"{_name}_broadcast_branches", (1, 3, 4), lambda g, n=_name: g.op(n, g.op("ReduceSum", "x", g.ints(1)), "x")
        )
        case(
            f"{_name}_outer",
            (5,),
            lambda g, n=_name: g.op(n, g.op("Unsqueeze", "x", g.ints(0)), g.op("Unsqueeze", "x", g.ints(1))),
        )
        case(
            f"{_name}_conv_and_image",
            (1, 2, 4, 4),
            lambda g, n=_name: g.op(n, "x", g.op("Conv", "x", g.normal(2, 2, 1, 1))),
        )
case("sum_three", (1, 3, 4), lambda g: g.op("Sum", "x", g.op("Relu", "x"), g.normal(4)))
case("sum_two", (1, 4), lambda g: g.op("Sum", "x", g.op("Abs", "x")), 8, 13)
case("sum_one", (1, 4), lambda g: g.op("Sum", "x"))
case(
    "sum_layouts",
    (1, 2, 4, 4),
    lambda g: g.op("Sum", "x", g.op("Conv", "x", g.normal(2, 2, 1, 1)), g.op("ReduceMean", "x", axes=[2])),
    13,
)

# ---- pooling
for _name in ("MaxPool", "AveragePool"):
    for _k, _s, _p, _ceil in (
        ((2, 2), (2, 2), (0, 0, 0, 0), 0),
        ((3, 2), (2, 1), (1, 0, 1, 1), 0),
        ((3, 3), (2, 2), (0, 0, 0, 0), 1),
        ((2, 3), (3, 2), (1, 1, 1, 1), 1),
    ):
        case(
            f"{_name}_k{_k[0]}{_k[1]}_s{_s[0]}{_s[1]}_p{''.join(map(str, _p))}_c{_ceil}",
            (1, 2, 7, 6),
            lambda g, n=_name, k=_k, s=_s, p=_p, c=_ceil: g.op(
                n, "x", kernel_shape=list(k), strides=list(s), pads=list(p), ceil_mode=c
            ),
        )
    case(f"{_name}_1d", (1, 2, 7), lambda g, n=_name: g.op(n, "x", kernel_shape=[3], strides=[2], pads=[1, 1]), 7, 11)
    case(
        f"{_name}_same_upper",
        (1, 2, 7, 6),
        lambda g, n=_name: g.op(n, "x", kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_UPPER"),
    )
    case(
        f"{_name}_same_lower",
        (1, 2, 7, 6),
        lambda g, n=_name: g.op(n, "x", kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_LOWER"),
    )
    case(
        f"{_name}_after_conv",
        (1, 2, 7, 6),
        lambda g, n=_name: g.op(
            "Flatten", g.op(n, g.op("Relu", g.op("Conv", "x", g.normal(3, 2, 2, 2))), kernel_shape=[2, 2])
        ),
    )
    case(f"Global{_name}", (1, 3, 4, 5), lambda g, n=_name: g.op("Global" + n, "x"))
    case(f"Global{_name}_1d", (1, 3, 4), lambda g, n=_name: g.op("Global" + n, "x"))
case(
    "MaxPool_dilated",
    (1, 2, 7, 6),
    lambda g: g.op("MaxPool", "x", kernel_shape=[2, 3], dilations=[2, 2], storage_order=0),
)
case(
    "MaxPool_twice",
    (1, 2, 8, 8),
    lambda g: g.op("MaxPool", g.op("MaxPool", "x", kernel_shape=[2, 2]), kernel_shape=[2, 2], strides=[2, 2]),
)
case("AveragePool_dilated", (1, 2, 7, 6), lambda g: g.op("AveragePool", "x", kernel_shape=[2, 2], dilations=[2, 3]), 19)
case(
    "AveragePool_count_pad",
    (1, 2, 7, 6),
    lambda g: g.op("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
)
case(
    "AveragePool_same_count_pad",
    (1, 2, 7, 6),
    lambda g: g.op("AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0], count_include_pad=1),
)

# ---- reductions
for _name in ("ReduceSum", "ReduceMean"):
    _as_input = 13 if _name == "ReduceSum" else 18
    for _axes in ((1,), (-1, 1), (0, 1, 2)):
        for _keep in (0, 1):
            _tag = f"{_name}_{''.join(map(str, _axes))}_{_keep}"
            case(
                _tag + "_attribute",
                (1, 3, 4),
                lambda g, n=_name, a=_axes, k=_keep: g.op(n, "x", axes=list(a), keepdims=k),
                11,
            )
            case(
                _tag + "_input",
                (1, 3, 4),
                lambda g, n=_name, a=_axes, k=_keep: g.op(n, "x", g.ints(*a), keepdims=k),
                _as_input,
            )
    case(_name + "_all", (1, 3, 4), lambda g, n=_name: g.op(n, "x"), 9, _as_input)
    case(_name + "_noop", (1, 3, 4), lambda g, n=_name: g.op(n, "x", noop_with_empty_axes=1), _as_input)
case(
    "ReduceMean_after_conv",
    (1, 2, 5, 5),
    lambda g: g.op("ReduceMean", g.op("Conv", "x", g.normal(3, 2, 2, 2)), axes=[2, 3], keepdims=0),
)

# ---- data movement
case("flatten_axes", (2, 3, 4), lambda g: g.op("Flatten", "x", axis=2), 9, 13)
case("flatten_negative", (2, 3, 4), lambda g: g.op("Flatten", "x", axis=-1), 11)
case("flatten_zero", (2, 3, 4), lambda g: g.op("Flatten", "x", axis=0))
case("reshape", (1, 3, 4), lambda g: g.op("Reshape", "x", g.ints(0, -1, 2)), 7, 14)
case(
    "reshape_from_shape",
    ("n", 3, 4),
    lambda g: g.op(
        "Reshape", "x", g.op("Concat", g.op("Slice", g.op("Shape", "x"), g.ints(0), g.ints(1)), g.ints(-1), axis=0)
    ),
)
case(
    "reshape_gathered_shape",
    (1, 3, 4),
    lambda g: g.op(
        "Reshape",
        "x",
        g.op(
            "Unsqueeze",
            g.op("Mul", g.op("Gather", g.op("Shape", "x"), g.const(np.int64(1))), g.const(np.int64(4))),
            g.ints(0),
        ),
    ),
)
case("transpose", (2, 3, 4), lambda g: g.op("Relu", g.op("Transpose", "x", perm=[1, 2, 0])))
case("transpose_default", (2, 3, 4), lambda g: g.op("Transpose", "x"))
case(
    "transpose_conv",
    (1, 5, 4, 2),
    lambda g: g.op(
        "Transpose", g.op("Conv", g.op("Transpose", "x", perm=[0, 3, 1, 2]), g.normal(3, 2, 2, 2)), perm=[0, 2, 3, 1]
    ),
)
case("squeeze_attribute", (1, 3, 1), lambda g: g.op("Squeeze", "x", axes=[2]), 9, 11)
case("squeeze_input", (1, 3, 1), lambda g: g.op("Squeeze", "x", g.ints(-1)), 13)
case("squeeze_all", (1, 3, 1), lambda g: g.op("Squeeze", "x"), 11, 13)
case("unsqueeze_attribute", (1, 3), lambda g: g.op("Unsqueeze", "x", axes=[0, 3]), 9)
case("unsqueeze_input", (1, 3), lambda g: g.op("Unsqueeze", "x", g.ints(-1, 1)), 13)
case("expand", (1, 3, 1), lambda g: g.op("Expand", "x", g.ints(2, 1, 4)), 8, 13)
case("concat", (1, 3, 4), lambda g: g.op("Concat", "x", g.op("Relu", "x"), g.normal(1, 2, 4), axis=1))
case("concat_negative", (1, 3, 4), lambda g: g.op("Concat", g.op("Relu", "x"), "x", axis=-1), 11)
case(
    "concat_channels",
    (1, 2, 4, 4),
    lambda g: g.op("Conv", g.op("Concat", "x", g.op("Conv", "x", g.normal(3, 2, 1, 1)), axis=1), g.normal(2, 5, 2, 2)),
)
case(
    "concat_with_constant_into_gemm",
    (1, 3),
    lambda g: g.op("Gemm", g.op("Concat", g.normal(1, 2), "x", axis=1), g.normal(5, 2)),
)
case("concat_padded", (1, 3), lambda g: g.op("Concat", g.op("Pad", "x", g.ints(0, 1, 0, 0), g.const(2.0)), "x", axis=1))
case(
    "split_equal",
    (1, 6),
    lambda g: (lambda p: g.op("Sub", p[0], g.op("Mul", p[1], p[2])))(g.op("Split", "x", outputs=3, axis=1)),
    7,
    13,
)
case(
    "split_attribute",
    (1, 6),
    lambda g: g.op("Concat", *reversed(g.op("Split", "x", outputs=2, axis=1, split=[2, 4])), axis=1),
    11,
)
case(
    "split_input",
    (1, 6),
    lambda g: g.op("Concat", *reversed(g.op("Split", "x", g.ints(1, 2, 3), outputs=3, axis=-1)), axis=1),
    13,
    17,
)
case(
    "split_num_outputs",
    (1, 7),
    lambda g: g.op("Concat", *reversed(g.op("Split", "x", outputs=3, axis=1, num_outputs=3)), axis=1),
    18,
)
case(
    "split_linear_bias_one_half",
    (1, 4),
    lambda g: (lambda p: g.op("Concat", g.op("Add", p[0], g.normal(3)), p[1], axis=1))(
        g.op("Split", g.op("MatMul", "x", g.normal(4, 6)), outputs=2, axis=1)
    ),
)
case("slice_attributes", (1, 5, 6), lambda g: g.op("Slice", "x", starts=[1, -4], ends=[4, 100], axes=[1, 2]), 7)
case(
    "slice_inputs",
    (1, 5, 6),
    lambda g: g.op("Slice", "x", g.ints(4, -1), g.ints(0, -100), g.ints(1, 2), g.ints(-2, -1)),
    10,
    13,
)
case(
    "slice_steps",
    (1, 5, 6),
    lambda g: g.op("Slice", "x", g.ints(0, 0, 1), g.ints(1, 5, 2**62), g.ints(0, 1, -1), g.ints(1, 3, 2)),
)
case("slice_no_axes", (3, 5), lambda g: g.op("Slice", "x", g.ints(1, 2), g.ints(3, 4)))
case("slice_huge_step", (1, 5), lambda g: g.op("Slice", "x", g.ints(1), g.ints(5), g.ints(1), g.ints(2**62)))
case("gather_axis0", (4, 3), lambda g: g.op("Gather", "x", g.ints(2, 0, -1)), 7, 13)
case("gather_matrix_indices", (1, 4, 3), lambda g: g.op("Gather", "x", g.const(np.array([[1, 0], [-1, 2]])), axis=1))
case("gather_scalar", (1, 4, 3), lambda g: g.op("Gather", "x", g.const(np.int64(2)), axis=1))
case("pad_attribute", (1, 3, 4), lambda g: g.op("Pad", "x", pads=[0, 1, 0, 0, 0, 2], value=1.5), 7)
case("pad_input", (1, 3, 4), lambda g: g.op("Pad", "x", g.ints(0, 1, 0, 0, 0, 2), g.const(1.5)), 11, 13)
case("pad_axes", (1, 3, 4), lambda g: g.op("Pad", "x", g.ints(1, 2), g.const(1.5), g.ints(-1)), 18)
case("pad_crop", (1, 3, 4), lambda g: g.op("Pad", "x", g.ints(0, -1, 1, 0, 0, -2)))
case(
    "pad_twice",
    (1, 3),
    lambda g: g.op("Pad", g.op("Pad", "x", g.ints(0, 1, 0, 1), g.const(2.0)), g.ints(0, 1, 0, 1), g.const(3.0)),
)
case("pad_relu", (1, 3), lambda g: g.op("Relu", g.op("Pad", "x", g.ints(0, 1, 0, 1), g.const(-2.0))))
case("dropout_attribute", (1, 3), lambda g: g.op("Dropout", "x", ratio=0.3), 7, 10)
case("dropout_input", (1, 3), lambda g: g.op("Dropout", "x", g.const(0.3), g.const(np.array(False))), 12, 13)

# ---- constants
case(
    "constant_node",
    (1, 3),
    lambda g: g.op("Add", "x", g.op("Constant", value=numpy_helper.from_array(np.array([1, 2, 3], g.dtype)))),
)
case("constant_ints", (1, 6), lambda g: g.op("Reshape", "x", g.op("Constant", value_ints=[2, 3])))
case(
    "constant_of_shape",
    (1, 3),
    lambda g: g.op(
        "Sub", "x", g.op("ConstantOfShape", g.ints(3), value=numpy_helper.from_array(np.array([0.5], g.dtype)))
    ),
)
case(
    "constant_folded_exactly",
    (1, 4),
    lambda g: g.op(
        "MatMul", "x", g.op("Mul", g.op("Transpose", g.const(g.random.integers(-8, 8, (2, 4)) / 4.0)), g.const(0.5))
    ),
)
case("constant_sum_rounds", (1, 4), lambda g: g.op("Add", "x", g.op("Add", g.normal(4), g.normal(4))))
case("constant_product_rounds", (1, 4), lambda g: g.op("Mul", "x", g.op("Tanh", g.op("Mul", g.normal(4), g.normal(4)))))
case(
    "cast_ints",
    (1, 4),
    lambda g: g.op(
        "Mul",
        "x",
        g.op("Cast", g.ints(1, 2, 3, 4), to=TensorProto.FLOAT if g.dtype is np.float32 else TensorProto.DOUBLE),
    ),
)
case("dead_node", (1, 4), lambda g: (g.op("Softmax", "x"), g.op("Relu", "x"))[1])


def build(key: str, dtype: type) -> tuple[Any, tuple[int, ...]]:
    opset, shape, make = CASES[key]
    graph = Graph(opset, dtype, zlib.crc32(key.encode()))
    output = make(graph)
    return graph.model(shape, output), tuple(1 if isinstance(d, str) else d for d in shape)


def ours(model: Any, x: np.ndarray) -> np.ndarray:
    network = NativeNetwork.parse_onnx(model.SerializeToString())
    return np.asarray(network.evaluate(np.ascontiguousarray(x.reshape(1, -1))))[0]


# ONNX's reference evaluator (1.23) cannot be asked here; onnxruntime still checks these.
NO_REFERENCE = {
    "GlobalMaxPool_1d-17": "it reduces over the wrong axes",
    "MaxPool_same_lower-17": "it computes another output shape than the operator's specification",
    "bn_linear-7": "it returns no tensor",
    "bn_linear-9": "it mixes the batch's own statistics in",
    "pad_crop-17": "it refuses negative pads",
}


@pytest.mark.parametrize("key", sorted(CASES))
def test_operator_agrees_with_the_reference_evaluator(key: str) -> None:
    if key in NO_REFERENCE:
        pytest.skip(f"the reference evaluator is no reference here: {NO_REFERENCE[key]}")
    model, shape = build(key, np.float64)
    x = np.random.default_rng(1).normal(size=shape)
    got = ours(model, x)
    network = NativeNetwork.parse_onnx(model.SerializeToString())
    assert np.prod(network.output_shape) == got.size
    want = np.asarray(ReferenceEvaluator(model).run(None, {"x": x})[0])
    stripped = want.shape[1:] if want.ndim > 1 and want.shape[0] == 1 else want.shape
    assert tuple(network.output_shape) == stripped
    np.testing.assert_allclose(got, want.ravel(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("key", sorted(CASES))
def test_operator_agrees_with_onnxruntime(key: str) -> None:
    model, shape = build(key, np.float32)
    x = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    want = session.run(None, {"x": x})[0].ravel()
    scale = max(1.0, float(np.abs(want).max()))
    np.testing.assert_allclose(ours(model, x), want, rtol=0, atol=2e-5 * scale)
