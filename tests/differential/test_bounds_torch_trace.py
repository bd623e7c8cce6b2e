"""Traced torch modules against torch itself, through an ONNX file written from the same calls.

``Recorder`` is a second implementation of the builder: it writes a ModelProto, so that what the tracer says
can be checked by onnxruntime's rules too, without verikit's own model builder.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the tracer needs torch")
onnx = pytest.importorskip("onnx", reason="the recorder writes ONNX")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from verikit._base.errors import DtypeError, ShapeError, UnsupportedError, UnsupportedOpError  # noqa: E402
from verikit._core import NativeNetwork  # noqa: E402
from verikit.bounds._torch import trace  # noqa: E402


class Recorder:
    """Writes what the tracer says as an ONNX model."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.input: Any = None
        self.element = 0
        self.output = ""

    def add_input(self, name: str, shape: tuple[int, ...], dtype: str) -> None:
        self.element = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}[dtype]
        self.input = helper.make_tensor_value_info(name, self.element, shape)

    def add_initializer(self, name: str, array: np.ndarray) -> None:
        self.initializers.append(numpy_helper.from_array(array, name))

    def add_node(
        self, op_type: str, name: str, inputs: list[str], outputs: list[str], attributes: dict[str, Any]
    ) -> None:
        self.nodes.append(helper.make_node(op_type, inputs, outputs, name=name, **attributes))

    def add_output(self, name: str) -> None:
        self.output = name

    def serialized(self, shape: Any) -> bytes:
        output = helper.make_tensor_value_info(self.output, self.element, shape)
        graph = helper.make_graph(self.nodes, "g", [self.input], [output], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.b = nn.Conv2d(4, 4, 3, padding="same", dilation=2, groups=2)
        self.skip = nn.Conv2d(2, 4, 1)
        self.out = nn.Linear(4, 3)

    def forward(self, x: Any) -> Any:
        y = F.relu(self.norm(self.a(x)))
        y = torch.relu(self.b(y) + self.skip(x))
        y = F.adaptive_avg_pool2d(y, 1)
        return self.out(torch.flatten(y, 1))


class Function(nn.Module):
    """A forward given as a function, with one parameter to play with."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function
        self.w = nn.Parameter(torch.linspace(-1.0, 1.0, 4))

    def forward(self, x: Any) -> Any:
        return self.function(self, x)


def f(function: Any) -> Any:
    return lambda: Function(function)


class Doubled(nn.Linear):
    def forward(self, x: Any) -> Any:
        return 2 * super().forward(x)


def slope(m: Any) -> Any:
    with torch.no_grad():
        m.weight.copy_(torch.linspace(-0.5, 1.5, m.weight.numel()))
    return m


CASES: dict[str, tuple[tuple[int, ...], Any]] = {
    "mlp": ((6,), lambda: nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3, bias=False), nn.Tanh())),
    "nested": ((6,), lambda: nn.Sequential(nn.Sequential(nn.Linear(6, 5), nn.LeakyReLU(0.2)), nn.Identity())),
    "linear_of_sequence": ((3, 4), lambda: nn.Linear(4, 5)),
    "residual": ((2, 6, 5), Residual),
    "conv1d": (
        (2, 9),
        lambda: nn.Sequential(nn.Conv1d(2, 4, 3, stride=2, padding=1), nn.BatchNorm1d(4), slope(nn.PReLU(4))),
    ),
    "conv_same": ((2, 7, 6), lambda: nn.Conv2d(2, 3, (4, 3), padding="same", dilation=(1, 2))),
    "batch_norm_plain": ((5,), lambda: nn.BatchNorm1d(5, affine=False)),
    "subclass": ((4,), lambda: nn.Sequential(Doubled(4, 4))),
    "prelu_one": ((5,), lambda: slope(nn.PReLU())),
    "clips": ((8,), lambda: nn.Sequential(nn.Hardtanh(-0.7, 0.6), nn.ReLU6(), nn.Sigmoid())),
    "max_pool": ((2, 7, 6), lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True)),
    "max_pool_dilated": ((2, 9), lambda: nn.MaxPool1d(2, 2, dilation=2)),
    "average_pool": ((2, 7, 6), lambda: nn.AvgPool2d(3, 2, 1)),
    "average_pool_uncounted": ((2, 7, 6), lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)),
    "average_pool_1d": ((2, 9), lambda: nn.AvgPool1d(3)),
    "adaptive": ((2, 6, 4), lambda: nn.AdaptiveAvgPool2d((3, None))),
    "adaptive_max": ((2, 6, 4), lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten())),
    "dropout": ((5,), lambda: nn.Sequential(nn.Dropout(0.5), nn.Linear(5, 2))),
    "padding": ((2, 3, 4), lambda: nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.ConstantPad2d(1, 0.5))),
    "unflatten": ((6,), lambda: nn.Unflatten(1, (2, 3))),
    "in_place_relu": ((4,), lambda: nn.Sequential(nn.Linear(4, 3), nn.ReLU(inplace=True), nn.Linear(3, 2))),
    "numbers": ((4,), f(lambda m, x: (1.5 - x) * 0.1 + x / 3.0 - 2)),
    "parameter": ((4,), f(lambda m, x: x * m.w + m.w - x)),
    "product_of_branches": ((4,), f(lambda m, x: torch.relu(x) * torch.tanh(x + m.w))),
    "augmented": ((4,), f(lambda m, x: _augmented(x, m.w))),
    "neg_abs": ((4,), f(lambda m, x: -x + x.abs() - torch.neg(torch.abs(x)))),
    "clamp": ((4,), f(lambda m, x: x.clamp(-0.5, 0.5) + torch.clamp(x, min=0.1) + x.clamp_max(0.3))),
    "functional": ((4,), f(lambda m, x: F.leaky_relu(x, 0.3) + F.hardtanh(x) + F.sigmoid(x) + F.relu6(x))),
    "functional_linear": ((3, 4), f(lambda m, x: F.linear(x, m.w.view(1, 4)))),
    "functional_pool": ((2, 6, 6), f(lambda m, x: F.max_pool2d(F.avg_pool2d(x, 2), 3, 1, padding=1))),
    "matmul": ((3, 4), f(lambda m, x: torch.matmul(x, m.w))),
    "cat_split": ((6,), f(lambda m, x: (lambda p: torch.cat([p[1], p[0] * 2.0, x], 1))(torch.split(x, [2, 4], dim=1)))),
    "chunk": ((6,), f(lambda m, x: (lambda p: p[0] - p[2])(x.chunk(3, dim=-1)))),
    "stack": ((4,), f(lambda m, x: torch.stack([x, torch.relu(x)], dim=-1))),
    "slices": ((5, 6), f(lambda m, x: x[:, 1:4, ::2] - x[..., None, :3][:, 2:, 0])),
    "index": ((5, 6), f(lambda m, x: x[:, -1] + x[:, 0])),
    "shapes": (
        (2, 3, 4),
        f(lambda m, x: x.view(x.size(0), -1).reshape(1, 4, 6).permute(0, 2, 1).transpose(1, 2).flatten(1)),
    ),
    "shape_arithmetic": ((2, 3, 4), f(lambda m, x: x.reshape(x.shape[0], x.shape[1] * x.shape[2], -1))),
    "squeeze": ((1, 4), f(lambda m, x: x.squeeze(1).unsqueeze(-1) + torch.unsqueeze(m.w, 1))),
    "reductions": ((3, 4), f(lambda m, x: x.mean(1) + x.sum(dim=1) + torch.mean(x, dim=(1,), keepdim=False))),
    "reduce_all": ((3, 4), f(lambda m, x: x.sum().view(1, 1) + x.mean([1, 2], keepdim=True).view(1, 1))),
    "pad": ((3, 4), f(lambda m, x: F.pad(x, (1, 0, 2, -1), value=0.7))),
    "expand": ((1, 4), f(lambda m, x: x.expand(-1, 3, 4) * m.w)),
    "made_constant": ((4,), f(lambda m, x: x + torch.ones(4, dtype=m.w.dtype))),
    "method_t": ((4,), f(lambda m, x: x + m.w.view(4, 1).t())),
}


def _augmented(x: Any, w: Any) -> Any:
    y = x * 2.0
    y += w
    y -= 0.25
    y *= 3.0
    return y


def fill(module: Any) -> Any:
    torch.manual_seed(0)
    for m in module.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.running_mean.normal_()
            m.running_var.uniform_(0.3, 2.0)
            if m.weight is not None:
                nn.init.normal_(m.weight)
                nn.init.normal_(m.bias)
    return module.eval()


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("key", sorted(CASES))
def test_traced_module_agrees_with_torch(key: str, dtype: Any) -> None:
    shape, make = CASES[key]
    torch.manual_seed(0)
    module = fill(make()).to(dtype)
    recorder = Recorder()
    trace(module, shape, recorder)
    x = torch.randn(1, *shape, dtype=dtype)
    with torch.no_grad():
        result = module(x.clone())
    want = result.numpy().ravel()
    network = NativeNetwork.parse_onnx(recorder.serialized(result.shape))
    got = np.asarray(network.evaluate(np.ascontiguousarray(x.numpy().reshape(1, -1))))[0]
    # ONNX attributes are float32: alpha and epsilon of a float64 module are rounded by the recorder alone.
    tolerance = 1e-5 if dtype == torch.float32 or key in ("nested", "functional") else 1e-6
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


class Hooked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 4)
        self.inner.register_forward_pre_hook(lambda m, args: (args[0] * 2,))

    def forward(self, x: Any) -> Any:
        return self.inner(x)


def _changed_then_used(m: Any, x: Any) -> Any:
    y = x * 1.0
    z = y.view(2, 2)
    y += 1.0
    return z.view(1, 4)


REFUSED: dict[str, tuple[tuple[int, ...], Any, type, str]] = {
    "softmax_module": ((4,), lambda: nn.Sequential(nn.Linear(4, 4), nn.Softmax(1)), UnsupportedOpError, "1: Softmax"),
    "nested_path": (
        (4,),
        lambda: nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.GELU())),
        UnsupportedOpError,
        r"0\.1: GELU",
    ),
    "function": ((4,), f(lambda m, x: torch.exp(x)), UnsupportedOpError, "exp"),
    "training_batch_norm": ((4,), lambda: nn.BatchNorm1d(4).train(), UnsupportedOpError, "eval"),
    "untracked_batch_norm": (
        (4,),
        lambda: nn.BatchNorm1d(4, track_running_stats=False),
        UnsupportedOpError,
        "statistics",
    ),
    "training_dropout": ((4,), lambda: nn.Dropout(0.5).train(), UnsupportedOpError, "eval"),
    "functional_dropout": ((4,), f(lambda m, x: F.dropout(x, 0.5)), UnsupportedOpError, "dropout"),
    "reflect_padding": (
        (2, 5, 5),
        lambda: nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"),
        UnsupportedOpError,
        "reflect",
    ),
    "hook": ((4,), Hooked, UnsupportedOpError, "inner: Linear has hooks"),
    "item": ((4,), f(lambda m, x: x * x.max()), UnsupportedOpError, "max"),
    "random": ((4,), f(lambda m, x: x + torch.rand(4)), UnsupportedOpError, "random numbers"),
    "branching": ((4,), f(lambda m, x: x if x.sum() > 0 else -x), UnsupportedError, "cannot trace"),
    "in_place_reuse": ((4,), f(_changed_then_used), UnsupportedError, "in place"),
    "in_place_method": ((4,), f(lambda m, x: (lambda y: y.relu_() + y)(x * 1.0)), UnsupportedOpError, "in place"),
    "two_outputs": ((4,), f(lambda m, x: (x, x)), UnsupportedError, "one tensor"),
    "mixed_types": ((4,), lambda: nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4).double()), DtypeError, "float64"),
    "half": ((4,), lambda: nn.Linear(4, 4).half(), DtypeError, "float16"),
    "wrong_shape": ((5,), lambda: nn.Linear(4, 4), ShapeError, "refuses"),
    "empty_shape": ((0,), lambda: nn.Linear(4, 4), ShapeError, "positive"),
    "cast": ((4,), f(lambda m, x: x.double()), UnsupportedOpError, "float64"),
    "alpha": ((4,), f(lambda m, x: torch.add(x, x, alpha=2)), UnsupportedOpError, "alpha"),
    "fancy_index": ((4,), f(lambda m, x: x[:, [0, 2]]), UnsupportedOpError, "indices"),
    "unknown_option": ((4,), f(lambda m, x: x.sum(1, dtype=torch.float32)), UnsupportedOpError, "dtype"),
}


@pytest.mark.parametrize("key", sorted(REFUSED))
def test_module_outside_of_the_list_is_refused_with_its_place(key: str) -> None:
    shape, make, error, text = REFUSED[key]
    with pytest.raises(error, match=text):
        trace(make(), shape, Recorder())


def test_tracing_leaves_the_parameters_alone() -> None:
    module = Function(lambda m, x: x + m.w.mul_(2.0))
    before = module.w.detach().clone()
    with pytest.raises(UnsupportedOpError, match="parameter in place"):
        trace(module, (4,), Recorder())
    assert torch.equal(module.w.detach(), before)
