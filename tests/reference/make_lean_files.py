"""Writes tests/reject/lean and tests/golden/lean, and what is expected of them.

    python tests/reference/make_lean_files.py           writes the files and the tables
    python tests/reference/make_lean_files.py --check   says whether they are as they would be written
    python tests/reference/make_lean_files.py --official SCRIPT   asks an official kernel about every file: SCRIPT FILE
                                                        prints accept or reject

The tables have the verdict and the rule that are expected,
    and what Lean 4.35 says. Where that is `accept` for a file to
be rejected, the official kernel takes for granted that a prelude is the one that it ships with.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    __package__ = "tests.reference"

from .lean.attacks import ATTACKS
from .lean.builder import Book
from .lean_controls import CONTROLS

TESTS = Path(__file__).resolve().parents[1]
HEADER = ("file", "expected", "rule", "official_4.35", "about")


def files(folder: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The text of each file, and its row in the table without the official verdict."""
    result = {}
    if folder == "reject":
        for name, attack in ATTACKS.items():
            book = Book()
            attack.build(book)
            verdict = "decline" if attack.rule == "resource" else "reject"
            result[f"{name}.ndjson"] = (book.writer.text(), (verdict, attack.rule, attack.about))
    else:
        for name, control in CONTROLS.items():
            book = Book()
            control(book)
            about = " ".join((control.__doc__ or "").split())
            result[f"{name}.ndjson"] = (book.writer.text(), ("accept", "-", about))
    return result


def table(folder: str) -> dict[str, dict[str, str]]:
    """The rows of a table by file."""
    path = TESTS / folder / "lean" / "expected.tsv"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0]: dict(zip(HEADER, line.split("\t"), strict=True)) for line in lines[1:]}


def ask(script: str, path: Path) -> str:
    """What an official kernel says of a file; a process that is lost or that runs on says nothing."""
    try:
        done = subprocess.run(
            [sys.executable, script, str(path)], capture_output=True, text=True, timeout=120, check=False
        )
    except subprocess.TimeoutExpired:
        return "timeout"
    verdict = done.stdout.split(" ", 1)[0]
    return verdict if verdict in ("accept", "reject") else "crash"


def text_of_table(folder: str, script: str | None = None) -> str:
    """The table as it should be."""
    before = table(folder)
    lines = ["\t".join(HEADER)]
    for name, (_, (verdict, rule, about)) in sorted(files(folder).items()):
        official = before.get(name, {}).get("official_4.35", "?")
        if script is not None:
            official = ask(script, TESTS / folder / "lean" / name)
        lines.append("\t".join((name, verdict, rule, official, about)))
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Writes, or compares."""
    wrong = []
    script = arguments[arguments.index("--official") + 1] if "--official" in arguments else None
    for folder in ("reject", "golden"):
        wanted = {name: text for name, (text, _) in files(folder).items()} | {
            "expected.tsv": text_of_table(folder, script)
        }
        there = TESTS / folder / "lean"
        there.mkdir(parents=True, exist_ok=True)
        for name, text in wanted.items():
            path = there / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"{folder}/lean/{name}")
                if "--check" not in arguments:
                    path.write_text(text, encoding="utf-8")
    print(*wrong, sep="\n")
    return int(bool(wrong) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
