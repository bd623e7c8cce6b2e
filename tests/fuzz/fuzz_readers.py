"""A seeded mutator for both readers: whatever the bytes, a reader returns or raises a VerikitError, soon.

Every mutant is a function of the seed and its number, so that a failure can be made again from two numbers.
A child process reads the mutants under a memory limit and an alarm; the parent notices its death, whatever
the cause, and names the mutant. From the command line::

    python tests/fuzz/fuzz_readers.py --seed 7 --count 100000 --save failures
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

SEEDS = Path(__file__).resolve().parent / "seeds"
MEMORY_BYTES = 1 << 30  # beyond what the interpreter has when it starts to read
SECONDS_EACH = 10
LONGEST_MESSAGE = 2_000
LARGEST_MUTANT = 1 << 20


# ---- mutations of bytes


def flip(rng: random.Random, data: bytes) -> bytes:
    result = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        if result:
            result[rng.randrange(len(result))] ^= 1 << rng.randrange(8)
    return bytes(result)


def overwrite(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    extreme = [
        b"\x00",
        b"\xff",
        b"\x7f",
        b"\x80" * 10,
        b"\xff" * 9 + b"\x01",
        struct.pack("<f", float("nan")),
        struct.pack("<d", float("inf")),
        bytes(rng.randrange(256) for _ in range(8)),
    ]
    chosen = rng.choice(extreme)
    return data[:at] + chosen + data[at + len(chosen) :]


def truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def cut(rng: random.Random, data: bytes) -> bytes:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:a] + data[b:]


def repeat(rng: random.Random, data: bytes) -> bytes:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:b] + data[a:b] * rng.choice([1, 2, 50]) + data[b:]


def splice(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


# ---- mutations that know the protobuf wire format


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    raise ValueError


Field = tuple[int, int, int, bytes | int]  # start, end, tag, content


def fields(data: bytes) -> list[Field]:
    """The fields of a message, or ValueError when the bytes are not one."""
    result: list[Field] = []
    at = 0
    while at < len(data):
        start = at
        tag, at = read_varint(data, at)
        kind = tag & 7
        content: bytes | int
        if kind == 0:
            content, at = read_varint(data, at)
        elif kind == 2:
            size, at = read_varint(data, at)
            content = data[at : at + size]
            at += size
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            content = data[at : at + size]
            at += size
        else:
            raise ValueError
        if at > len(data) or tag >> 3 == 0:
            raise ValueError
        result.append((start, at, tag, content))
    return result


EXTREME_INTEGERS = [0, 1, 2, 7, 127, 128, 65535, 2**31 - 1, 2**31, 2**32, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1]


def mutate_message(rng: random.Random, data: bytes, depth: int = 0) -> bytes:
    """Goes down to a random field and changes it; the lengths around it stay right unless they are the target."""
    try:
        parts = fields(data)
    except ValueError:
        parts = []
    if not parts:
        return overwrite(rng, data)
    start, end, tag, content = rng.choice(parts)
    if tag & 7 == 2 and isinstance(content, bytes):
        choice = rng.random()
        if choice < 0.6 and content and depth < 8:
            content = mutate_message(rng, content, depth + 1)
            field = varint(tag) + varint(len(content)) + content
        elif choice < 0.75:  # a length that lies
            lie = rng.choice([*EXTREME_INTEGERS, len(content) + 1, max(len(content) - 1, 0)])
            field = varint(tag) + varint(lie) + content
        elif choice < 0.85:
            field = b""
        elif choice < 0.95:
            field = data[start:end] * rng.choice([2, 3, 100])
        else:  # the message inside itself
            field = data[start:end]
            for _ in range(rng.choice([2, 40, 2000])):
                field = varint(tag) + varint(len(field)) + field
                if len(field) > 1 << 16:
                    break
    elif tag & 7 == 0:
        field = varint(tag) + varint(rng.choice(EXTREME_INTEGERS))
    else:
        field = varint(tag ^ rng.choice([1, 2, 8, 16])) + data[end - 4 : end]
    return data[:start] + field + data[end:]


# ---- mutations that know the tokens of VNN-LIB

TOKEN = re.compile(rb'[()]|;[^\n]*|"[^"]*"|\|[^|]*\||[^\s();"|]+')
WORDS = [
    b"(",
    b")",
    b"and",
    b"or",
    b"<=",
    b">=",
    b"<",
    b">",
    b"=",
    b"+",
    b"-",
    b"*",
    b"/",
    b"not",
    b"true",
    b"false",
    b"assert",
    b"declare-const",
    b"declare-fun",
    b"declare-network",
    b"Real",
    b"Int",
    b"X_0",
    b"X_1",
    b"Y_0",
    b"Y_9",
    b"X_2147483647",
    b"X_99999999999999999999",
    b"X_-1",
    b"Y_",
    b"0",
    b"-0.0",
    b"1e4096",
    b"-1e-4096",
    b"1e5000",
    b"1e",
    b".",
    b"5.",
    b"0x1",
    b"9" * 5000,
    b"NaN",
    b"(- 1.0)",
    b"\x00",
    b"\xff\xfe",
    b"|",
    b'"',
    b";",
]


def mutate_tokens(rng: random.Random, data: bytes) -> bytes:
    tokens = [t for t in TOKEN.findall(data) if not t.startswith(b";")]
    for _ in range(rng.choice([1, 1, 2, 5])):
        if not tokens:
            break
        at = rng.randrange(len(tokens))
        choice = rng.randrange(7)
        if choice == 0:
            del tokens[at]
        elif choice == 1:
            tokens.insert(at, rng.choice(WORDS))
        elif choice == 2:
            tokens[at] = rng.choice(WORDS)
        elif choice == 3:
            other = rng.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif choice == 4:
            to = min(len(tokens), at + rng.randrange(1, 20))
            tokens[at:at] = tokens[at:to] * rng.choice([1, 3, 200])
        elif choice == 5:
            depth = rng.choice([2, 50, 1500, 20_000])
            opening = rng.choice([b"(and", b"(or", b"(-", b"(* 2", b"("])
            tokens[at : at + 1] = [opening] * depth + [tokens[at]] + [b")"] * depth
        else:
            tokens[at] = tokens[at] * rng.choice([2, 300])
    return rng.choice([b" ", b"\n"]).join(tokens)


# ---- mutants


def load_seeds() -> tuple[list[bytes], list[bytes]]:
    read = [[path.read_bytes() for path in sorted(SEEDS.glob(f"*.{kind}"))] for kind in ("onnx", "vnnlib")]
    if not all(read):
        raise FileNotFoundError(f"no seeds in {SEEDS}")
    return read[0], read[1]


def mutant(seed: int, number: int, seeds: tuple[list[bytes], list[bytes]]) -> tuple[str, bytes]:
    """The reader and the bytes of one mutant."""
    rng = random.Random(f"{seed}/{number}")
    kind = number % 2
    data = rng.choice(seeds[kind])
    structured = mutate_tokens if kind else mutate_message
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        choice = rng.random()
        if choice < 0.6:
            data = structured(rng, data)
        elif choice < 0.67:
            data = splice(rng, data, rng.choice(seeds[kind]))
        else:
            data = rng.choice([flip, overwrite, truncate, cut, repeat])(rng, data)
        data = data[:LARGEST_MUTANT]
    return ("vnnlib" if kind else "onnx"), data


# ---- the child


def misbehave(control: str) -> None:
    """What a broken reader would do: the control of the harness itself."""
    if control == "abort":
        os.abort()
    if control == "raise":
        raise ValueError("not one of ours")
    if control == "hang":
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        while True:
            pass
    if control == "allocate":
        bytearray(2 * MEMORY_BYTES)


def child(seed: int, first: int, count: int, control: str) -> int:
    """Prints the number of each mutant before it is read, then how many were read and how many refused."""
    from verikit._base.errors import InternalError, VerikitError
    from verikit._core import NativeNetwork, NativeProperty

    seeds = load_seeds()
    with open("/proc/self/statm") as file:
        present = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    outcomes = {"read": 0, "refused": 0}
    slowest = 0.0
    for number in range(first, first + count):
        kind, data = mutant(seed, number, seeds)
        print(number, flush=True)
        start = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, SECONDS_EACH)
        try:
            if number == first + 5:
                misbehave(control)
            if kind == "onnx":
                NativeNetwork.parse_onnx(data, folder="")
            else:
                NativeProperty.parse_vnnlib(data)
            outcomes["read"] += 1
        except InternalError:
            raise
        except VerikitError as error:
            message = str(error)
            if not message or len(message) > LONGEST_MESSAGE:
                raise RuntimeError(f"mutant {number}: a message of {len(message)} characters") from error
            outcomes["refused"] += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, time.perf_counter() - start)
    print(f"done {outcomes['read']} {outcomes['refused']} {slowest:.3f}", flush=True)
    return 0


# ---- the parent


class Failure(Exception):
    """A mutant that crashed a reader, kept it busy or made it raise something else."""

    def __init__(self, seed: int, number: int, kind: str, data: bytes, why: str) -> None:
        super().__init__(f"mutant {number} of seed {seed} ({kind}, {len(data)} bytes): {why}")
        self.number, self.kind, self.data = number, kind, data


def run(seed: int, first: int, count: int, control: str = "") -> tuple[int, int, float]:
    """Reads mutants first..first+count-1 in a child process: how many were read, refused, the slowest's seconds.

    Raises
    ------
    Failure
        At the first mutant that did not end in success or a VerikitError.
    """
    command = [sys.executable, __file__, "--child", "--seed", str(seed), "--first", str(first), "--count", str(count)]
    command += ["--control", control]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stdout.split("\n")
    if done.returncode == 0 and len(lines) > 1 and lines[-2].startswith("done "):
        _, read, refused, slowest = lines[-2].split()
        return int(read), int(refused), float(slowest)
    numbers = [int(line) for line in lines if line.isdigit()]
    if not numbers:
        raise RuntimeError(f"the child did not start: {done.stderr[-2000:]}")
    kind, data = mutant(seed, numbers[-1], load_seeds())
    signalled = f"signal {signal.Signals(-done.returncode).name}" if done.returncode < 0 else done.stderr[-2000:]
    raise Failure(seed, numbers[-1], kind, data, signalled)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--save", type=Path, help="folder for the mutants that fail; without it, stop at the first")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--control", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.seed, options.first, options.count, options.control)
    failures = read = refused = 0
    slowest = 0.0
    at, end = options.first, options.first + options.count
    while at < end:
        size = min(5_000, end - at)
        try:
            more_read, more_refused, seconds = run(options.seed, at, size)
        except Failure as failure:
            print(failure)
            failures += 1
            if options.save is None:
                return 1
            options.save.mkdir(parents=True, exist_ok=True)
            name = f"{failure.kind}_{options.seed}_{failure.number}.{failure.kind}"
            (options.save / name).write_bytes(failure.data)
            at = failure.number + 1
            continue
        read, refused, slowest = read + more_read, refused + more_refused, max(slowest, seconds)
        at += size
        print(f"{at - options.first} mutants: {read} read, {refused} refused, slowest {slowest:.3f} s", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
