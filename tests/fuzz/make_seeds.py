"""Writes the ONNX seeds of the fuzzer into ``seeds/``: tiny models that together use most operators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SEEDS = Path(__file__).resolve().parent / "seeds"


def save(name: str, nodes: list, shape: list, out: list, constants: dict, *, dtype: int = TensorProto.FLOAT) -> None:
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("x", dtype, shape)],
        [helper.make_tensor_value_info("y", dtype, out)],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (SEEDS / f"{name}.onnx").write_bytes(model.SerializeToString())


def main() -> None:
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32).round(2)

    node = helper.make_node
    save(
        "mlp",
        [
            node("Gemm", ["x", "w1", "b1"], ["h"], transB=1, name="first"),
            node("Relu", ["h"], ["r"]),
            node("MatMul", ["r", "w2"], ["m"]),
            node("Add", ["m", "b2"], ["y"]),
        ],
        ["batch", 3],
        ["batch", 2],
        {"w1": weights(4, 3), "b1": weights(4), "w2": weights(4, 2), "b2": weights(2)},
    )
    save(
        "conv",
        [
            node(
                "Conv", ["x", "k", "b"], ["c"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], dilations=[1, 1]
            ),
            node("BatchNormalization", ["c", "s", "t", "m", "v"], ["n"], epsilon=1e-5),
            node("LeakyRelu", ["n"], ["l"], alpha=0.1),
            node("MaxPool", ["l"], ["p"], kernel_shape=[2, 2]),
            node("GlobalAveragePool", ["p"], ["g"]),
            node("Flatten", ["g"], ["f"], axis=1),
            node("Sigmoid", ["f"], ["y"]),
        ],
        [1, 1, 6, 6],
        [1, 2],
        {
            "k": weights(2, 1, 3, 3),
            "b": weights(2),
            "s": weights(2),
            "t": weights(2),
            "m": weights(2),
            "v": np.abs(weights(2)) + 1,
        },
    )
    save(
        "graph",
        [
            node("Split", ["x", "parts"], ["p", "q"], axis=1),
            node("Mul", ["p", "q"], ["m"]),
            node("Tanh", ["m"], ["t"]),
            node("Concat", ["t", "q"], ["c"], axis=1),
            node("Slice", ["c", "from", "to", "axes", "steps"], ["s"]),
            node("Gather", ["s", "which"], ["g"], axis=1),
            node("Pad", ["g", "pads", "fill"], ["d"], mode="constant"),
            node("Transpose", ["d"], ["u"], perm=[1, 0]),
            node("Reshape", ["u", "shape"], ["r"]),
            node("Clip", ["r", "low", "high"], ["k"]),
            node("ReduceSum", ["k", "axes"], ["y"], keepdims=1),
        ],
        [1, 4],
        [1, 1],
        {
            "parts": np.array([2, 2]),
            "from": np.array([0]),
            "to": np.array([3]),
            "axes": np.array([1]),
            "steps": np.array([1]),
            "which": np.array([2, 0, 1]),
            "pads": np.array([0, 1, 0, 0]),
            "fill": np.float32(0.5),
            "shape": np.array([1, -1]),
            "low": np.float32(-1),
            "high": np.float32(1),
        },
    )
    save(
        "double",
        [
            node("Constant", [], ["half"], value=numpy_helper.from_array(np.array([0.5, 0.25]))),
            node("Div", ["x", "half"], ["d"]),
            node("Sub", ["d", "half"], ["s"]),
            node("Abs", ["s"], ["a"]),
            node("Neg", ["a"], ["n"]),
            node("Unsqueeze", ["n", "axes"], ["u"]),
            node("Squeeze", ["u", "axes"], ["y"]),
        ],
        [1, 2],
        [1, 2],
        {"axes": np.array([0])},
        dtype=TensorProto.DOUBLE,
    )


if __name__ == "__main__":
    main()
