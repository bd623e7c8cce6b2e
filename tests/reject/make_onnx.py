"""Write the malformed and unsupported models of ``onnx/`` and the table of the errors they must get.

From the repository's root::

    python tests/reject/make_onnx.py

The bytes are put together by hand where a well-behaved writer could not make them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent / "onnx"
CASES: dict[str, tuple[str, str, bytes]] = {}


def case(name: str, error: str, part: str, data: bytes) -> None:
    assert name not in CASES
    CASES[name] = (error, part, data)


def model(
    nodes: list[Any],
    constants: dict[str, Any] | None = None,
    shape: Any = (1, 2),
    outputs: Any = ("y",),
    opset: int = 13,
    element: int = TensorProto.FLOAT,
    inputs: tuple[str, ...] = ("x",),
) -> ModelProto:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, element, shape) for name in inputs],
        [helper.make_tensor_value_info(name, element, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8, producer_name="")


def node(op: str, inputs: str, output: str = "y", **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), output.split(), name=f"the_{op}", **attributes)


def data(*args: Any, **kwargs: Any) -> bytes:
    return bytes(model(*args, **kwargs).SerializeToString(deterministic=True))


def changed(change: Callable[[ModelProto], Any]) -> bytes:
    made = gemm()
    change(made)
    return bytes(made.SerializeToString(deterministic=True))


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def i64(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def gemm(weight: np.ndarray | None = None) -> ModelProto:
    w = np.ones((2, 3), np.float32) if weight is None else weight
    return model([node("Gemm", "x w")], {"w": w})


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def external(location: str, **entries: str) -> bytes:
    def change(made: ModelProto) -> None:
        tensor = made.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **entries}.items():
            tensor.external_data.add(key=key, value=value)

    return changed(change)


good = bytes(gemm().SerializeToString(deterministic=True))
relu = [node("Relu", "x")]

# ---- bytes
case("empty", "ModelFormatError", "no graph", b"")
case("text", "ModelFormatError", "malformed ONNX file", b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n")
case("truncated", "ModelFormatError", "truncated", good[: len(good) // 2])
case(
    "lfs_pointer",
    "ModelFormatError",
    "malformed",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
)
case("group", "ModelFormatError", "groups", good + b"\x0b\x0c")
case("field_zero", "ModelFormatError", "field number", good + b"\x00\x01")
case("endless_number", "ModelFormatError", "does not", good + b"\x08" + b"\xff" * 12)
case("length_past_the_end", "ModelFormatError", "truncated", b"\x08\x08\x3a" + varint(2**63))
case("graph_is_a_number", "ModelFormatError", "wire type", b"\x08\x08\x38\x01")
case("name_not_utf8", "ModelFormatError", "UTF-8", good + field(7, field(1, field(3, b"\xff\xfe"))))
case("no_ir_version", "ModelFormatError", "IR version", changed(lambda m: m.ClearField("ir_version")))
case("old_ir_version", "UnsupportedError", "IR version 2", changed(lambda m: setattr(m, "ir_version", 2)))
case("no_opset", "ModelFormatError", "operator set", changed(lambda m: m.ClearField("opset_import")))
case("two_opsets", "ModelFormatError", "twice", changed(lambda m: m.opset_import.add(version=9)))
case("old_opset", "UnsupportedError", "operator set 6", data(relu, opset=6))
case("future_opset", "UnsupportedError", "operator set 1000", data(relu, opset=1000))
case("training", "UnsupportedError", "training", changed(lambda m: m.training_info.add()))
case("functions", "UnsupportedError", "functions", changed(lambda m: m.functions.add(name="f")))
case("sparse_initializer", "UnsupportedError", "sparse", changed(lambda m: m.graph.sparse_initializer.add()))

# ---- tensors
case(
    "huge_dimensions",
    "ModelFormatError",
    "more elements",
    changed(lambda m: m.graph.initializer[0].dims.extend([2**40, 2**40])),
)
case("negative_dimension", "ModelFormatError", "negative", changed(lambda m: m.graph.initializer[0].dims.append(-1)))
case("too_few_elements", "ModelFormatError", "needs 12", changed(lambda m: m.graph.initializer[0].dims.append(2)))
case(
    "two_kinds_of_data", "ModelFormatError", "two kinds", changed(lambda m: m.graph.initializer[0].float_data.append(1))
)
case("segments", "ModelFormatError", "segments", changed(lambda m: m.graph.initializer[0].segment.SetInParent()))
case("float_data_in_int64", "ModelFormatError", "does not fit", changed(
    lambda m: (m.graph.initializer[0].ClearField("raw_data"), m.graph.initializer[0].float_data.extend([1] * 6),
               setattr(m.graph.initializer[0], "data_type", 7))))  # fmt: skip
case(
    "initializer_twice",
    "ModelFormatError",
    "two initializers",
    changed(lambda m: m.graph.initializer.add().CopyFrom(m.graph.initializer[0])),
)
case("nan_weight", "ModelFormatError", "NaN", bytes(gemm(np.full((2, 3), np.nan, np.float32)).SerializeToString()))
case(
    "infinite_weight",
    "ModelFormatError",
    "infinite",
    bytes(gemm(np.full((2, 3), np.inf, np.float32)).SerializeToString()),
)
case(
    "float16_weight",
    "ModelFormatError",
    "different types",
    bytes(gemm(np.ones((2, 3), np.float16)).SerializeToString()),
)
case(
    "string_weight", "ModelFormatError", "types", data([node("Add", "x s")], {"s": np.array(["a", "b"], dtype=object)})
)

# ---- external data
case("external_outside", "ModelFormatError", "leaves the model's folder", external("../make_onnx.py"))
case("external_absolute", "ModelFormatError", "absolute", external("/etc/hostname"))
case("external_missing", "ModelFormatError", "cannot open", external("not_here.bin"))
case("external_is_the_folder", "ModelFormatError", "not a regular file", external("."))
case("external_too_long", "ModelFormatError", "behind the end", external("expected.tsv", length=str(10**12)))
case("external_bad_offset", "ModelFormatError", "offset", external("expected.tsv", offset="-1"))
case("external_wrong_length", "ModelFormatError", "expected 24 bytes", external("expected.tsv", length="20"))

# ---- graphs
case("cycle", "ModelFormatError", "cycle", data([node("Relu", "b", "a"), node("Tanh", "a", "b"), node("Add", "a x")]))
case("self_loop", "ModelFormatError", "cycle", data([node("Relu", "y")]))
case("undefined_value", "ModelFormatError", "'nowhere'", data([node("Add", "x nowhere")]))
case("undefined_output", "ModelFormatError", "graph output", data(relu, outputs=("z",)))
case("defined_twice", "ModelFormatError", "defined twice", data([*relu, node("Tanh", "x")]))
case("no_output", "ModelFormatError", "no output", data(relu, outputs=()))
case("two_outputs", "UnsupportedError", "2 outputs", data([*relu, node("Tanh", "x", "z")], outputs=("y", "z")))
case("two_inputs", "UnsupportedError", "2 inputs", data([node("Add", "x u")], inputs=("x", "u")))
case("wrong_declared_output", "ModelFormatError", "declared", changed(
    lambda m: m.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 7)))))  # fmt: skip
case(
    "inner_dimensions_differ",
    "ModelFormatError",
    "inner dimensions",
    bytes(gemm(np.ones((5, 3), np.float32)).SerializeToString()),
)
case("shapes_do_not_broadcast", "ModelFormatError", "(3,)", data([node("Add", "x c")], {"c": f32(1, 2, 3)}))
case("dynamic_shape", "UnsupportedError", "dynamic", data(relu, shape=(1, "length")))
case("no_shape", "UnsupportedError", "no shape", data(relu, shape=None))
case("integer_input", "UnsupportedError", "int64", data(relu, element=TensorProto.INT64))
case("huge_input", "MemoryLimitError", "limit", data(relu, shape=(1, 2**40)))
case("huge_expand", "MemoryLimitError", "limit", data([node("Expand", "x s")], {"s": i64(2**40, 2)}))
case(
    "if_with_subgraphs",
    "UnsupportedError",
    "control flow",
    data([node("If", "x", then_branch=model(relu).graph, else_branch=model(relu).graph)]),
)

# ---- operators and attributes
case("unknown_operator", "UnsupportedOpError", "Softmax", data([node("Softmax", "x")]))
case("other_domain", "UnsupportedOpError", "'com.example'", data([node("Relu", "x", domain="com.example")]))
case("unknown_attribute", "UnsupportedOpError", "'surprise'", data([node("Relu", "x", surprise=1)]))
case("attribute_of_wrong_type", "ModelFormatError", "'axis'", data([node("Flatten", "x", axis=1.5)]))
case("attribute_twice", "ModelFormatError", "twice", changed(
    lambda m: m.graph.node[0].attribute.extend([helper.make_attribute("alpha", v) for v in (1.0, 2.0)])))  # fmt: skip
case("attribute_of_two_types", "ModelFormatError", "more than its own type", changed(
    lambda m: m.graph.node[0].attribute.add(name="alpha", type=1, f=1.0, i=3)))  # fmt: skip
case("product_of_variables", "UnsupportedOpError", "both depend", data([node("MatMul", "x x")], shape=(2, 2)))
case("division_by_variable", "UnsupportedOpError", "division", data([node("Div", "x x")]))
case("division_by_zero", "ModelFormatError", "division by zero", data([node("Div", "x c")], {"c": f32(0)}))
case("computed_weight_rounds", "UnsupportedOpError", "rounding", data(
    [node("Mul", "a b", "w"), node("MatMul", "x w")], {"a": f32(0.1, 0.1).reshape(2, 1), "b": f32(0.1)}))  # fmt: skip
case(
    "training_dropout",
    "UnsupportedOpError",
    "training",
    data([node("Dropout", "x r t")], {"r": f32(0.5)[0], "t": np.array(True)}),
)
case("training_batch_norm", "UnsupportedOpError", "training", data(
    [node("BatchNormalization", "x s s s s", training_mode=1)], {"s": f32(1, 1)}, opset=15))  # fmt: skip
case(
    "negative_variance",
    "ModelFormatError",
    "variance",
    data([node("BatchNormalization", "x s s s v")], {"s": f32(1, 1), "v": f32(-1, 1)}),
)
case(
    "reflect_pad", "UnsupportedOpError", "'reflect'", data([node("Pad", "x p", mode="reflect")], {"p": i64(0, 1, 0, 1)})
)
case("variable_axes", "UnsupportedOpError", "must be a constant", data([node("Reshape", "x x")]))
case("axis_out_of_range", "ModelFormatError", "out of range", data([node("Transpose", "x", perm=[0, 5])]))
case("index_out_of_range", "ModelFormatError", "out of range", data([node("Gather", "x i", axis=1)], {"i": i64(2)}))
case("reshape_to_wrong_count", "ModelFormatError", "reshaped", data([node("Reshape", "x s")], {"s": i64(3)}))
case(
    "conv_3d",
    "UnsupportedOpError",
    "dimensions",
    data([node("Conv", "x k")], {"k": np.ones((1, 1, 1, 1, 1), np.float32)}, shape=(1, 1, 2, 2, 2)),
)
case(
    "conv_batch",
    "UnsupportedOpError",
    "batch",
    data([node("Conv", "x k")], {"k": np.ones((1, 1, 1, 1), np.float32)}, shape=(2, 1, 2, 2)),
)
case(
    "kernel_too_large",
    "ModelFormatError",
    "larger than",
    data([node("MaxPool", "x", kernel_shape=[9])], shape=(1, 1, 4)),
)
case(
    "zero_stride",
    "ModelFormatError",
    "strides",
    data([node("MaxPool", "x", kernel_shape=[2], strides=[0])], shape=(1, 1, 4)),
)
case("max_pool_indices", "UnsupportedOpError", "does not compute", data(
    [node("MaxPool", "x", "m i", kernel_shape=[2]), node("Cast", "i", "y", to=1)], shape=(1, 1, 4)))  # fmt: skip
case(
    "clip_limits_crossed",
    "UnsupportedOpError",
    "limit",
    data([node("Clip", "x a b")], {"a": f32(1)[0], "b": f32(-1)[0]}),
)
case("cast_to_float16", "UnsupportedOpError", "cast", data([node("Cast", "x", to=10)]))
case("slice_step_zero", "ModelFormatError", "step", data(
    [node("Slice", "x a b c d")], {"a": i64(0), "b": i64(2), "c": i64(1), "d": i64(0)}))  # fmt: skip
case("average_pool_divisor", "UnsupportedOpError", "divisor", data(
    [node("AveragePool", "x", kernel_shape=[3], strides=[2], ceil_mode=1, count_include_pad=1)],
    shape=(1, 1, 4)))  # fmt: skip
case("tensor_attribute_without_tensor", "ModelFormatError", "holds none", changed(
    lambda m: m.graph.node[0].attribute.add(name="value", type=4)))  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    lines = ["file\terror\tpart of the message"]
    for name, (error, part, content) in sorted(CASES.items()):
        (FOLDER / f"{name}.onnx").write_bytes(content)
        lines.append(f"{name}.onnx\t{error}\t{part}")
    (FOLDER / "expected.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
