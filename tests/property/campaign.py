"""A longer search for unsound bounds and wrong verdicts: the property tests' checks on fresh seeds until time is up.

    python tests/property/campaign.py --minutes 10 --seed 100000

Prints each failure with its seed as it is found, and counts at the end; exits 1 if anything failed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.property.evaluations import WAYS, shuffled
from tests.property.random_nets import random_net
from tests.property.soundness import check, check_verdicts
from tests.property.test_bounds_soundness import runtimes
from tests.property.test_bounds_verify import Small, assert_counterexample, verify

from verikit._base.errors import UnsupportedError
from verikit._core import NativeNetwork


def soundness(seed: int, count: Counter[str]) -> list[str]:
    dtype = np.float64 if seed % 5 == 0 else np.float32
    net = random_net(seed, dtype)
    model = net.model(net.output)
    network = NativeNetwork.parse_onnx(model.SerializeToString())
    ways = [*WAYS, *(shuffled(7 * seed + k) for k in range(6))]
    report = check(model, network, seed, points=3, ways=ways, runtimes=[] if dtype is np.float64 else runtimes(model))
    count["networks"] += 1
    count["boxes"] += report.bounds
    count["boxes with finite bounds"] += report.finite
    count["exact values"] += report.exact_values
    count["float evaluations"] += report.float_values
    verdicts = check_verdicts(model, network, seed)
    count["broken properties asked"] += verdicts.asked
    count["properties with room asked"] += verdicts.asked_with_room
    count["properties with room accepted"] += verdicts.accepted_with_room
    return report.escaped + verdicts.escaped


def oracle(seed: int, count: Counter[str]) -> list[str]:
    case = Small(seed)
    violation = max(case.largest_violation(d) for d in case.disjuncts)
    failures = []
    for real_only in (False, True):
        verdict = verify(case.network, case.prop(), real_only=real_only)
        count[f"small networks {verdict['status']}"] += 1
        wrong = (violation > 1e-7 and verdict["status"] == "accepted") or (
            violation < -1e-7 and verdict["status"] == "rejected"
        )
        if wrong:
            failures.append(f"largest violation {violation}, verdict {verdict}")
        if verdict["status"] == "rejected":
            assert_counterexample(case, case.disjuncts, verdict)
        if verdict["status"] == "declined" and abs(violation) > 1e-4:
            count["small networks declined for no good reason"] += 1
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=100_000, help="the first one")
    given = parser.parse_args()
    count: Counter[str] = Counter()
    failed = 0
    end = time.monotonic() + 60 * given.minutes
    seed = given.seed
    while time.monotonic() < end:
        for check_one in (soundness, oracle):
            try:
                found = check_one(seed, count)
            except UnsupportedError:
                count["networks refused"] += 1
                continue
            except Exception as error:  # a crash is a finding too
                found = [f"{type(error).__name__}: {error}"]
            for line in found[:5]:
                print(f"{check_one.__name__} seed {seed}: {line}", flush=True)
            failed += bool(found)
        seed += 1
    print(f"seeds {given.seed} to {seed - 1}: {failed} failed")
    for name, number in sorted(count.items()):
        print(f"{number:>9} {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
