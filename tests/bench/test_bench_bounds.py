"""Bounds beside torch's interval arithmetic, one thread each, in one run.

    pytest tests/bench --benchmark-enable --benchmark-only --benchmark-group-by=group

verikit's are sound in floating point (the default); torch's are not. The targets are ratios within a group.
"""

from __future__ import annotations

import resource

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the benchmarks compare with torch")

from tests.bench.networks import MODELS, TorchIbp, boxes  # noqa: E402

from verikit.bounds import Box, Network  # noqa: E402

IBP = [("mlp", 1), ("mlp", 256), ("cnn3", 1), ("cnn3", 64), ("cnn7", 8)]
CROWN = [("mlp", 256), ("cnn3", 64)]


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("name", "batch"), IBP)
@pytest.mark.parametrize("engine", ["verikit", "torch"])
def test_bench_ibp(benchmark, name, batch, engine):
    model, shape = MODELS[name]()
    lower, upper = boxes(shape, batch, 0.01)
    benchmark.group = f"ibp {name} batch {batch}"
    if engine == "torch":
        ibp = TorchIbp(model)
        low, high = torch.from_numpy(lower), torch.from_numpy(upper)
        benchmark(ibp, low, high)
    else:
        network = Network.from_torch(model, shape)
        box = Box(lower[0], upper[0]) if batch == 1 else Box(lower, upper)
        bounds = benchmark(network.bound, box, method="ibp", threads=1)
        assert np.isfinite(bounds.lower).all()
    benchmark.extra_info["peak_mb"] = round(peak_mb())


@pytest.mark.parametrize(("name", "batch"), CROWN)
@pytest.mark.parametrize("eps", [0.01, 0.1])
def test_bench_crown(benchmark, name, batch, eps):
    model, shape = MODELS[name]()
    lower, upper = boxes(shape, batch, eps)
    benchmark.group = f"crown {name} batch {batch}"
    network = Network.from_torch(model, shape)
    bounds = benchmark.pedantic(
        network.bound, (Box(lower, upper),), {"method": "crown", "threads": 1}, rounds=3, warmup_rounds=1
    )
    assert np.isfinite(bounds.lower).all()
    benchmark.extra_info["peak_mb"] = round(peak_mb())
