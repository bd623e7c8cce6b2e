"""Train the digit classifier that comes with verikit, and write it and its properties.

    pip install 'verikit[onnx,torch]' scikit-learn
    python examples/train_digits.py            # writes python/verikit/data/

A small convolutional network on scikit-learn's digits (1,797 images of 8x8 pixels), trained with interval
bounds (Gowal et al. 2018, arXiv:1810.12715) so that its robustness can be proved. Seeded, one thread: the same
versions of torch and scikit-learn give the same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 10


def make_model() -> nn.Sequential:
    """The architecture: two convolutions and two dense layers, 9,802 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(256, 32),
        nn.ReLU(),
        nn.Linear(32, CLASSES),
    )


def margins(model: nn.Sequential, lower: Tensor, upper: Tensor, label: Tensor) -> Tensor:
    """Interval lower bounds of ``y[label] - y[j]``, the last layer elided; 0 at ``j = label``."""
    center, radius = (lower + upper) / 2, (upper - lower) / 2
    for layer in list(model)[:-1]:
        if isinstance(layer, nn.Conv2d):
            center = layer(center)
            radius = functional.conv2d(radius, layer.weight.abs(), None, layer.stride, layer.padding)
        elif isinstance(layer, nn.Linear):
            center, radius = layer(center), functional.linear(radius, layer.weight.abs())
        elif isinstance(layer, nn.ReLU):
            low, high = functional.relu(center - radius), functional.relu(center + radius)
            center, radius = (low + high) / 2, (high - low) / 2
        else:
            center, radius = center.flatten(1), radius.flatten(1)
    last = model[-1]
    assert isinstance(last, nn.Linear)
    difference = functional.one_hot(label, CLASSES)[:, None, :] - torch.eye(CLASSES)[None]
    weight, bias = difference @ last.weight, difference @ last.bias
    return (weight @ center[..., None] - weight.abs() @ radius[..., None]).squeeze(-1) + bias


def train(x: Tensor, y: Tensor, *, eps: float, epochs: int) -> nn.Sequential:
    """Natural and interval cross-entropy, half and half at the end, with a linear ramp of eps."""
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=epochs)
    for epoch in range(epochs):
        ramp = min(1.0, max(0.0, (epoch - 0.05 * epochs) / (0.6 * epochs)))
        for chosen in torch.randperm(len(x)).split(64):
            batch, label = x[chosen], y[chosen]
            lower, upper = (batch - ramp * eps).clamp(0, 1), (batch + ramp * eps).clamp(0, 1)
            natural = functional.cross_entropy(model(batch), label)
            robust = functional.cross_entropy(-margins(model, lower, upper, label), label)
            loss = (1 - 0.5 * ramp) * natural + 0.5 * ramp * robust
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
        schedule.step()
    return model.eval()


def write_onnx(model: nn.Sequential, path: Path) -> None:
    """The model as ONNX, node by node: no exporter, so that the file says exactly what was trained."""
    nodes, constants = [], []
    value = "input"
    for index, layer in enumerate(model):
        result = "logits" if index == len(model) - 1 else f"v{index}"
        inputs = [value]
        for name, parameter in layer.named_parameters():
            constants.append(numpy_helper.from_array(parameter.detach().numpy(), f"{name}{index}"))
            inputs.append(f"{name}{index}")
        if isinstance(layer, nn.Conv2d):
            node = helper.make_node(
                "Conv", inputs, [result], f"conv{index}", kernel_shape=[3, 3], strides=list(layer.stride), pads=[1] * 4
            )
        elif isinstance(layer, nn.Linear):
            node = helper.make_node("Gemm", inputs, [result], f"gemm{index}", transB=1)
        elif isinstance(layer, nn.ReLU):
            node = helper.make_node("Relu", inputs, [result], f"relu{index}")
        else:
            node = helper.make_node("Flatten", inputs, [result], f"flatten{index}", axis=1)
        nodes.append(node)
        value = result
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, CLASSES])],
        constants,
    )
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx_model.producer_name = "verikit examples/train_digits.py"
    onnx.checker.check_model(onnx_model)
    onnx.save(onnx_model, path)


def decimal(value: Fraction) -> str:
    """Exactly, in decimal digits."""
    text = str(Decimal(value.numerator) / Decimal(value.denominator))
    assert Fraction(text) == value
    return text


def write_vnnlib(
    path: Path, title: str, boxes: Sequence[Sequence[tuple[Fraction, Fraction]]], unsafe: Sequence[Sequence[str]]
) -> None:
    """``unsafe`` is a disjunction of conjunctions; with one box for each disjunct, or one for all."""
    lines = [f"; {title}", "; The assertions describe the UNSAFE set: the property holds if nothing meets them.", ""]
    lines += [f"(declare-const X_{i} Real)" for i in range(64)]
    lines += [f"(declare-const Y_{j} Real)" for j in range(CLASSES)]
    lines.append("")
    if len(boxes) == 1:
        for i, (low, high) in enumerate(boxes[0]):
            lines += [f"(assert (>= X_{i} {decimal(low)}))", f"(assert (<= X_{i} {decimal(high)}))"]
        lines.append("(assert (or " + " ".join(f"(and {' '.join(terms)})" for terms in unsafe) + "))")
    else:
        lines.append("(assert (or")
        for box, terms in zip(boxes, unsafe, strict=True):
            ends = " ".join(
                f"(>= X_{i} {decimal(low)}) (<= X_{i} {decimal(high)})" for i, (low, high) in enumerate(box)
            )
            lines.append(f"  (and {ends} {' '.join(terms)})")
        lines.append("))")
    path.write_text("\n".join(lines) + "\n")


def ball(image: np.ndarray, eps: str) -> list[tuple[Fraction, Fraction]]:
    """The maximum-norm ball within [0, 1], exactly."""
    radius = Fraction(eps)
    return [
        (max(Fraction(0), Fraction(float(v)) - radius), min(Fraction(1), Fraction(float(v)) + radius))
        for v in image.ravel()
    ]


def misclassified(label: int) -> list[list[str]]:
    """Some other class scores at least as high."""
    return [[f"(>= Y_{j} Y_{label})"] for j in range(CLASSES) if j != label]


def lower_margins(model: nn.Sequential, box: Sequence[tuple[Fraction, Fraction]], label: int) -> Tensor:
    """Interval margins of one box, for choosing properties (the proofs are verikit's)."""
    ends = torch.tensor([[float(low), float(high)] for low, high in box]).reshape(1, 1, 8, 8, 2)
    with torch.no_grad():
        return margins(model, ends[..., 0], ends[..., 1], torch.tensor([label]))[0]


def attack(model: nn.Sequential, x: Tensor, label: int, eps: float) -> bool:
    """Whether signed gradient steps find a misclassified input in the ball."""
    point = x.clone()
    for _ in range(40):
        point.requires_grad_(True)
        logits = model(point)
        if int(logits.argmax()) != label:
            return True
        gradient = torch.autograd.grad(functional.cross_entropy(logits, torch.tensor([label])), point)[0]
        point = (point.detach() + eps / 8 * gradient.sign()).clamp(x - eps, x + eps).clamp(0, 1)
    return False


def write_properties(model: nn.Sequential, x: np.ndarray, y: np.ndarray, folder: Path) -> None:
    """Choose held-out images for which interval bounds or an attack say how the property comes out."""

    def certain(index: int, eps: str) -> bool:
        return bool((lower_margins(model, ball(x[index], eps), int(y[index])) >= 0).all())

    def corner(index: int) -> list[tuple[Fraction, Fraction]]:
        box = ball(x[index], "0")
        for row in range(2):
            for column in range(2):
                box[8 * row + column] = (box[8 * row + column][0], Fraction(1))
        return box

    robust = next(i for i in range(len(x)) if certain(i, "0.05"))
    write_vnnlib(
        folder / "digits_robust_0.05.vnnlib",
        f"held-out digit {robust} (a {y[robust]}) keeps its class within 0.05 of every pixel",
        [ball(x[robust], "0.05")],
        misclassified(int(y[robust])),
    )
    first = next(i for i in range(len(x)) if y[i] == 3 and certain(i, "0.04"))
    second = next(i for i in range(len(x)) if y[i] == 8 and certain(i, "0.04"))
    write_vnnlib(
        folder / "digits_pair_0.04.vnnlib",
        "near held-out digits of a 3 and an 8, the 3 is not taken for an 8 nor the 8 for a 3",
        [ball(x[first], "0.04"), ball(x[second], "0.04")],
        [["(>= Y_8 Y_3)"], ["(>= Y_3 Y_8)"]],
    )
    ink = next(i for i in range(len(x)) if y[i] != 0 and float(lower_margins(model, corner(i), int(y[i]))[0]) > 0.5)
    write_vnnlib(
        folder / "digits_ink.vnnlib",
        f"more ink in the upper left corner of held-out digit {ink} (a {y[ink]}) never makes a 0 the likeliest class",
        [corner(ink)],
        [[f"(>= Y_0 Y_{j})" for j in range(1, CLASSES)]],
    )
    fragile = next(
        i
        for i in range(len(x))
        if certain(i, "0.02") and attack(model, torch.from_numpy(x[i : i + 1]), int(y[i]), 0.25)
    )
    write_vnnlib(
        folder / "digits_fragile_0.3.vnnlib",
        f"held-out digit {fragile} (a {y[fragile]}) keeps its class within 0.3 of every pixel: it does not",
        [ball(x[fragile], "0.3")],
        misclassified(int(y[fragile])),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parent.parent / "python" / "verikit" / "data"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--eps", type=float, default=0.08, help="radius at the end of training")
    parser.add_argument("--epochs", type=int, default=120)
    options = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, None]  # multiples of 1/16: exact in float32 and in decimal
    labels = digits.target.astype(np.int64)
    x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.2, random_state=0, stratify=labels)
    model = train(torch.from_numpy(x_train), torch.from_numpy(y_train), eps=options.eps, epochs=options.epochs)
    with torch.no_grad():
        x, y = torch.from_numpy(x_test), torch.from_numpy(y_test)
        print(f"held-out accuracy {float((model(x).argmax(1) == y).float().mean()):.3f}")
        for eps in (0.02, 0.05, 0.08):
            proved = (margins(model, (x - eps).clamp(0, 1), (x + eps).clamp(0, 1), y) >= 0).all(1)
            print(f"interval-certified at {eps}: {float(proved.float().mean()):.3f}")
    options.out.mkdir(parents=True, exist_ok=True)
    write_onnx(model, options.out / "digits.onnx")
    np.savez_compressed(options.out / "digits_heldout.npz", x=x_test, y=y_test)
    write_properties(model, x_test, y_test, options.out)


if __name__ == "__main__":
    main()
