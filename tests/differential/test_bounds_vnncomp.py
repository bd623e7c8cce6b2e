"""The public VNN-COMP instances: no verdict contradicts the known one, and enough of them are reached.

Time limits are cut to keep the run short; docs/performance.md has the full runs.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime", reason="counterexamples are replayed in onnxruntime")

from verikit.bounds import Network, Specification, verify  # noqa: E402

# set: (seconds an instance, at least so many decided). Missing at these limits: ACAS Xu 3_3 with property 2 (about
# 20 s), two of dist_shift (5 s, and one whose float margin is negative), ReLU-rich ones of mnist_fc.
SETS = {"acasxu": (2.0, 106), "rl_benchmarks": (5.0, 198), "dist_shift": (4.0, 68), "mnist_fc": (0.8, 17)}


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_vnncomp_verdicts_agree_with_the_known_ones(shared: Path, name: str) -> None:
    folder = shared / "bounds" / "vnncomp" / name
    timeout, least = SETS[name]
    networks: dict[str, tuple[Network, onnxruntime.InferenceSession]] = {}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    decided, undecided = 0, []
    with (folder / "expected.csv").open() as file:
        instances = list(csv.DictReader(file))
    for instance in instances:
        model = instance["onnx"]
        if model not in networks:
            session = onnxruntime.InferenceSession(str(folder / model), options, providers=["CPUExecutionProvider"])
            networks[model] = Network.from_onnx(folder / model), session
        network, session = networks[model]
        verdict = verify(network, Specification.from_vnnlib(folder / instance["vnnlib"]), timeout_s=timeout)
        where = f"{model} {instance['vnnlib']}"
        if verdict.declined:
            undecided.append(f"{where}: {verdict.reason}")
            continue
        decided += 1
        known = instance["expected"].rstrip("?")
        if known in ("sat", "unsat"):
            assert verdict.rejected == (known == "sat"), where
        if verdict.rejected:
            x = np.array(verdict.evidence.counterexample, dtype=np.float32)
            given = session.get_inputs()[0]
            shape = [d if isinstance(d, int) else 1 for d in given.shape]
            y = session.run(None, {given.name: x.reshape(shape)})[0].ravel()
            scale = max(1.0, float(np.abs(y).max()))
            np.testing.assert_allclose(verdict.evidence.output, y, rtol=0, atol=1e-4 * scale, err_msg=where)
    assert decided >= least, undecided
