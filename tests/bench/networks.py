"""The networks that bounds are timed on, and what they are timed against: torch, with |W| made beforehand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[2]


def mlp() -> tuple[nn.Sequential, tuple[int, ...]]:
    """784-256-256-10."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)).eval(), (
        784,
    )


def cnn3() -> tuple[nn.Sequential, tuple[int, ...]]:
    """Two strided convolutions and two linear layers on 1 x 28 x 28."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    ).eval(), (1, 28, 28)


def cnn7() -> tuple[nn.Sequential, tuple[int, ...]]:
    """Five 3 x 3 convolutions (64, 64, 128 with stride 2, 128, 128) and two linear layers on 3 x 32 x 32."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for inputs, outputs, stride in ((3, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 128, 1)):
        layers += [nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(128 * 16 * 16, 512), nn.ReLU(), nn.Linear(512, 10)]
    return nn.Sequential(*layers).eval(), (3, 32, 32)


MODELS = {"mlp": mlp, "cnn3": cnn3, "cnn7": cnn7}


def boxes(shape: tuple[int, ...], batch: int, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """Uniform random centres in [0, 1], radius eps, clipped to [0, 1], in float32."""
    rng = np.random.default_rng(0)
    center = rng.random((batch, *shape), dtype=np.float32)
    return np.maximum(center - eps, 0).astype(np.float32), np.minimum(center + eps, 1).astype(np.float32)


class TorchIbp:
    """Interval bound propagation with two products a layer; not sound in floats, and as fast as torch gets."""

    def __init__(self, model: nn.Sequential) -> None:
        self.steps = []
        for layer in model:
            if isinstance(layer, nn.Linear | nn.Conv2d):
                self.steps.append((layer, layer.weight.detach(), layer.weight.detach().abs(), layer.bias.detach()))
            else:
                self.steps.append((layer, None, None, None))

    @torch.inference_mode()
    def __call__(self, lower: torch.Tensor, upper: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        for layer, weight, magnitude, bias in self.steps:
            if isinstance(layer, nn.Flatten):
                lower, upper = lower.flatten(1), upper.flatten(1)
            elif isinstance(layer, nn.ReLU):
                lower, upper = lower.relu(), upper.relu()
            else:
                center, radius = (lower + upper) / 2, (upper - lower) / 2
                if isinstance(layer, nn.Linear):
                    center = nn.functional.linear(center, weight, bias)
                    radius = nn.functional.linear(radius, magnitude)
                else:
                    center = nn.functional.conv2d(center, weight, bias, layer.stride, layer.padding)
                    radius = nn.functional.conv2d(radius, magnitude, None, layer.stride, layer.padding)
                lower, upper = center - radius, center + radius
        return lower, upper


def shared_folder() -> Path | None:
    """The public benchmark files, which do not come with the repository."""
    folder = ROOT.parent / "shared" / "bounds" / "vnncomp"
    return folder if folder.is_dir() else None


if __name__ == "__main__":
    sys.exit("this file holds the networks; run: pytest tests/bench --benchmark-enable --benchmark-only")
