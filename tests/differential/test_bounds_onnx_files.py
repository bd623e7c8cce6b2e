"""The public benchmark networks: what verikit reads is what onnxruntime runs."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is the other side of the comparison")

from verikit._core import NativeNetwork  # noqa: E402

SETS = ("acasxu", "dist_shift", "mnist_fc", "rl_benchmarks")


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_benchmark_networks_agree_with_onnxruntime(shared: Path, name: str) -> None:
    files = sorted((shared / "bounds" / "vnncomp" / name / "onnx").glob("*.onnx*"))
    assert files
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".gz":
            data = gzip.decompress(data)
        network = NativeNetwork.parse_onnx(data)
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        given = session.get_inputs()[0]
        shape = [d if isinstance(d, int) else 1 for d in given.shape]
        assert int(np.prod(network.input_shape)) == int(np.prod(shape))
        x = np.random.default_rng(0).uniform(-1, 1, size=(8, int(np.prod(shape)))).astype(np.float32)
        got = np.asarray(network.evaluate(x))
        for row, mine in zip(x, got, strict=True):
            want = session.run(None, {given.name: row.reshape(shape)})[0].ravel()
            scale = max(1.0, float(np.abs(want).max()))
            np.testing.assert_allclose(mine, want, rtol=0, atol=2e-5 * scale, err_msg=file.name)
        operators = [op for op, _, _ in network.nodes]
        assert "Select" not in operators, file.name  # nothing in these networks needs a copy
