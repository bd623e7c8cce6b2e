"""Writes nat_vectors.h: Lean's operations on natural numbers, computed with Python's integers.

Run it from this folder: ``python make_nat_vectors.py > nat_vectors.h``.
"""

import math
import random

OPERATIONS = {
    "kAdd": lambda a, b: a + b,
    "kSub": lambda a, b: max(a - b, 0),
    "kMul": lambda a, b: a * b,
    "kDiv": lambda a, b: a // b if b else 0,
    "kMod": lambda a, b: a % b if b else a,
    "kGcd": math.gcd,
    "kBeq": lambda a, b: int(a == b),
    "kBle": lambda a, b: int(a <= b),
    "kLand": lambda a, b: a & b,
    "kLor": lambda a, b: a | b,
    "kXor": lambda a, b: a ^ b,
    "kShiftLeft": lambda a, b: a << b,
    "kShiftRight": lambda a, b: a >> b,
    "kPow": lambda a, b: a**b,
    "kLog2": lambda a, b: max(a.bit_length() - 1, 0),
}
EDGES = [0, 1, 2, 3, 63, 64, 65, 2**32 - 1, 2**32, 2**63, 2**64 - 1, 2**64, 2**64 + 1, 2**128 - 1, 2**128]


def arguments(name: str, rng: random.Random) -> list[tuple[int, int]]:
    """Edge cases first, then numbers of all sizes; second arguments that are exponents or shifts stay small."""
    small = name in ("kPow", "kShiftLeft")
    seconds = [b for b in EDGES if b <= 65] if small else EDGES
    pairs = [(a, b) for a in EDGES for b in seconds]
    pairs = rng.sample(pairs, 60)
    for _ in range(15):
        a = rng.getrandbits(rng.choice([8, 32, 64, 65, 128, 200]))
        b = rng.randrange(40) if small else rng.getrandbits(rng.choice([3, 8, 32, 64, 65, 128, 200]))
        pairs.append((a, b))
        if not small:
            pairs.append((a * (b + 1), b + 1))
    if name == "kPow":
        pairs = [(a, b) for a, b in pairs if a.bit_length() * b <= 600]
    return pairs


def main() -> None:
    rng = random.Random(20)
    print("// Made by make_nat_vectors.py; do not edit.")
    print("#pragma once\n")
    print('#include "lean/nat_ops.h"\n')
    print("struct NatVector {")
    print("  verikit::lean::NatOp op;")
    print("  const char *a, *b, *result;")
    print("};")
    print("inline constexpr NatVector kNatVectors[] = {")
    for name, operation in OPERATIONS.items():
        for a, b in arguments(name, rng):
            print(f'    {{verikit::lean::NatOp::{name}, "{a:#x}", "{b:#x}", "{operation(a, b):#x}"}},')
    print("};")


if __name__ == "__main__":
    main()
