"""Writes rounding_table.h: decimals and the floats around them, computed with Python's fractions.

Run it from this folder: ``python make_rounding_table.py > rounding_table.h``.
"""

import random
import struct
import sys
from fractions import Fraction

FORMATS = {"double": (53, -1074, 1023), "float": (24, -149, 127)}


def neighbours(q: Fraction, digits: int, smallest: int, largest: int) -> tuple[Fraction | None, Fraction | None]:
    """The largest float <= q and the smallest >= q; None stands for minus and plus infinity."""
    top = Fraction(2**digits - 1) * Fraction(2) ** (largest - digits + 1)
    if q > top:
        return top, None
    if q < -top:
        return None, -top
    step = Fraction(2) ** smallest
    while abs(q) >= step * 2**digits:
        step *= 2
    return (q // step) * step, -(-q // step) * step


def show(value: Fraction | None, infinity: str, name: str) -> str:
    if value is None:
        return infinity + "INFINITY"
    number = float(value)
    assert Fraction(number) == value
    if name == "float":
        assert struct.unpack("f", struct.pack("f", number))[0] == number
    return number.hex() + ("" if name == "double" else "f")


def literals(rng: random.Random) -> list[str]:
    fixed = [
        "0",
        "1",
        "-1",
        "0.1",
        "-0.1",
        "1e-323",
        "-1e-323",
        "4.9e-324",
        "2.4703282292062328e-324",
        "1e-400",
        "-1e-400",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "-1.8e308",
        "1e400",
        "-1e400",
        "3.4028234e38",
        "3.4028235e38",
        "-3.4028236e38",
        "1.401298464324817e-45",
        "7e-46",
        "-7e-46",
        "1.17549435e-38",
        "1.1754942e-38",
        "16777217",
        "16777216",
        "-16777217",
        "9007199254740993",
        "9007199254740992",
        "-9007199254740993",
        "9007199254740991.5",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "0.9999999999999999999",
        "1.00000000000000000000000000000000000001",
        "0.679857769",
        "-0.298552812",
        "3.991125645861615",
        "-0.23960987339265516",
    ]
    for _ in range(150):
        digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 40)))
        point = rng.randint(0, len(digits))
        text = rng.choice(["", "-"]) + digits[:point] + "." + digits[point:]
        if rng.random() < 0.6:
            text += "e" + str(rng.choice([rng.randint(-30, 30), rng.randint(-340, 320), rng.randint(-60, 40)]))
        fixed.append(text)
    return fixed


def main() -> None:
    print("// Made by make_rounding_table.py; do not edit.\n#pragma once\n\n#include <cmath>\n")
    print(
        "struct RoundingCase {\n  const char* decimal;\n  double double_down, double_up;\n"
        "  float float_down, float_up;\n};\n"
    )
    print("inline const RoundingCase kRoundingTable[] = {")
    for text in literals(random.Random(20)):
        mantissa, _, exponent = text.partition("e")
        q = Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
        cells = []
        for name, form in FORMATS.items():
            down, up = neighbours(q, *form)
            cells += [show(down, "-", name), show(up, "", name)]
        print(f'    {{"{text}", ' + ", ".join(cells) + "},")
    print("};")


if __name__ == "__main__":
    sys.exit(main())
