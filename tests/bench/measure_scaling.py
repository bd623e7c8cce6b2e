"""Scaling of bounds over batch and threads, with peak memory: a table on standard output, a picture beside it.

    python -m tests.bench.measure_scaling docs/performance.png        # needs torch and matplotlib

Each configuration runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time

BATCHES = {"mlp": (1, 4, 16, 64, 256, 1024), "cnn3": (1, 4, 16, 64, 256), "cnn7": (1, 2, 4, 8, 16)}
CROWN_BATCHES = {"mlp": (1, 4, 16, 64, 256), "cnn3": (1, 4, 16, 64)}


def measure(engine: str, name: str, batch: int, threads: int) -> dict[str, float]:
    """Best and median milliseconds of one call, and the process's peak memory, in this process."""
    import torch
    from tests.bench.networks import MODELS, TorchIbp, boxes

    from verikit.bounds import Box, Network

    torch.set_num_threads(threads)
    model, shape = MODELS[name]()
    lower, upper = boxes(shape, batch, 0.01)
    if engine == "torch":
        ibp, low, high = TorchIbp(model), torch.from_numpy(lower), torch.from_numpy(upper)

        def call() -> object:
            return ibp(low, high)
    else:
        network, box = Network.from_torch(model, shape), Box(lower, upper)
        method = "ibp" if engine == "ibp" else "crown"

        def call() -> object:
            return network.bound(box, method=method, threads=threads)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    call()
    times = []
    until = time.perf_counter() + 0.5
    while len(times) < 3 or (time.perf_counter() < until and len(times) < 2000):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "best": times[0],
        "median": times[len(times) // 2],
        "peak_mb": peak / 1024,
        "grown_mb": (peak - before) / 1024,
    }


def in_a_process(engine: str, name: str, batch: int, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.measure_scaling", "--one", engine, name, str(batch), str(threads)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def draw(rows: list[tuple[str, str, int, int, dict[str, float]]], path: str) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = list(BATCHES)
    figure, axes = plt.subplots(1, len(names), figsize=(13, 4), constrained_layout=True)
    styles = {
        "torch": ("tab:gray", "torch IBP (not sound)"),
        "ibp": ("tab:blue", "verikit IBP"),
        "crown": ("tab:red", "verikit CROWN"),
    }
    for axis, name in zip(axes, names, strict=True):
        for engine, (color, label) in styles.items():
            for threads, line in ((1, "-"), (2, "--")):
                points = [(b, r["median"] / b) for e, n, b, t, r in rows if (e, n, t) == (engine, name, threads)]
                if points:
                    axis.plot(*zip(*points, strict=True), line, color=color, marker="o", markersize=3,
                              label=f"{label}, {threads} thread{'s' if threads > 1 else ''}")  # fmt: skip
        axis.set(title=name, xlabel="boxes in a batch", xscale="log", yscale="log")
        axis.grid(True, which="major", alpha=0.3)
    axes[0].set_ylabel("milliseconds a box (median)")
    axes[0].legend(fontsize=7)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", nargs="?")
    parser.add_argument("--one", nargs=4)
    options = parser.parse_args()
    if options.one:
        engine, name, batch, threads = options.one
        print(json.dumps(measure(engine, name, int(batch), int(threads))))
        return
    rows = []
    print("| engine | network | batch | threads | median ms | ms a box | peak MB | of which the calls |")
    print("|---|---|---|---|---|---|---|---|")
    threads = [1] + ([2] if (os.cpu_count() or 1) > 1 else [])
    for engine in ("torch", "ibp", "crown"):
        for name, batches in (CROWN_BATCHES if engine == "crown" else BATCHES).items():
            for batch in batches:
                for count in threads:
                    r = in_a_process(engine, name, batch, count)
                    rows.append((engine, name, batch, count, r))
                    print(f"| {engine} | {name} | {batch} | {count} | {r['median']:.3g} | {r['median'] / batch:.3g} "
                          f"| {r['peak_mb']:.0f} | {r['grown_mb']:.0f} |", flush=True)  # fmt: skip
    if options.picture:
        draw(rows, options.picture)


if __name__ == "__main__":
    main()
