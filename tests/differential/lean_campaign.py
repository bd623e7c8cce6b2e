"""Mutants of accepted Lean exports, judged by the official kernel and by ours.

    python tests/differential/lean_campaign.py --exports FOLDER --official official_kernel.py --count 20000 --cache FILE

FOLDER holds lean4export NDJSON files that the official kernel accepts; large ones are cut into slices, each one
declaration with what it rests on. Mutant i is drawn from the generator seeded with "SEED:i", so any one can be made
again alone
(``--first i --count 1 --keep FOLDER``). Exits 1 if our kernel accepted what the official one rejects, or crashed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.differential.lean_export import Export
from tests.differential.lean_mutants import Mutant, mutate
from tests.differential.lean_oracle import Answer, Oracle, Ours

SLICE_ROWS = 1500  # terms of a slice; a tenth of the slices may have SLICE_ROWS_MOST
SLICE_ROWS_MOST = 6000
USEFUL = (  # what operators wrap terms in: now and then put into a slice
    "Nat", "Bool", "Eq", "PProd", "And", "Prod", "Quot", "Nat.add", "Nat.mul", "Nat.pow", "Nat.sub", "Nat.ble",
    "Nat.beq", "Nat.div", "Nat.mod", "Nat.gcd", "Nat.log2", "Nat.land", "Nat.shiftLeft", "Nat.shiftRight", "List",
    "Option", "PUnit", "String", "Char.ofNat", "String.ofList", "True", "HEq", "Acc", "Array",
)  # fmt: skip
RARE = {"proj", "letE", "natVal", "strVal"}  # rows that few declarations have: those are drawn more often


def read_seeds(files: list[Path], slices: int, seed: int) -> list[tuple[str, Export]]:
    """Whole small files, and slices of the large ones; what is drawn is the same for the same arguments."""
    rng = random.Random(f"slices:{seed}")
    found: list[tuple[str, Export]] = []
    large = []
    for file in files:
        export = Export.read(file.read_text(encoding="utf-8"))
        if len(export.terms.rows) <= SLICE_ROWS:
            found.append((file.stem, export))
        else:
            large.append((file.stem, export))
    for stem, export in large:
        weights = []
        for decl in export.decls:
            own = {kind for path, _ in export.places(decl) for kind in kinds_near(export, Export.get(decl, path))}
            weights.append((4 if own & RARE else 1) * (3 if "inductive" in decl else 1))
        by_name = {export.dotted(p["name"]): i for i, d in enumerate(export.decls) for p in Export.constants(d)}
        useful = [by_name[name] for name in USEFUL if name in by_name]
        taken: set[int] = set()
        for _ in range(20 * slices):
            if len(taken) >= slices // len(large):
                break
            (at,) = rng.choices(range(len(export.decls)), weights)
            if at in taken:
                continue
            others = rng.sample(useful, min(len(useful), rng.choice([0, 1, 2, 4]))) if useful else []
            part = export.slice(at, others)
            if len(part.terms.rows) <= (SLICE_ROWS if rng.random() < 0.8 else SLICE_ROWS_MOST):
                taken.add(at)
                found.append((f"{stem}/{export.dotted(Export.constants(export.decls[at])[0]['name'])}", part))
    return found


def kinds_near(export: Export, term: int, limit: int = 300) -> set[str]:
    """Kinds of rows in a term, as far as a short look goes."""
    found: set[str] = set()
    stack, seen = [term], {term}
    while stack and len(seen) < limit:
        row = export.terms[stack.pop()]
        found.add(row[0])
        kids = {x for x in row[1:] if isinstance(x, int) and row[0] in ("app", "lam", "forallE", "letE", "mdata")}
        if row[0] == "proj":
            kids = {row[3]}
        elif row[0] in ("lam", "forallE", "letE"):
            kids = {x for x in row[2:5] if isinstance(x, int) and not isinstance(x, bool)}
        stack.extend(kids - seen)
        seen |= kids
    return found


@dataclass
class Tally:
    """Counts of a campaign. ``table``: (class, official, ours); ours is "-" where it was not asked."""

    table: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    operators: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    none: int = 0
    unsound: list[str] = field(default_factory=list)  # ours accepts, the official kernel rejects
    crashes: list[str] = field(default_factory=list)
    stricter: dict[str, list[str]] = field(
        default_factory=dict
    )  # reason: mutants that only the official kernel accepts
    weak: list[str] = field(default_factory=list)  # rejected by both, by us only because a recursor differs
    times: dict[str, float] = field(default_factory=lambda: {"make": 0.0, "official": 0.0, "ours": 0.0})

    @property
    def mutants(self) -> int:
        return sum(self.table.values())

    def share(self, official: str) -> float:
        return sum(n for (_, o, _), n in self.table.items() if o == official) / max(1, self.mutants)

    def failed(self) -> bool:
        return bool(self.unsound or self.crashes)

    def lines(self) -> Iterator[str]:
        officials = sorted({o for _, o, _ in self.table})
        yield "class                  " + "".join(f"{o:>11}" for o in [*officials, "mutants"])
        for kind in [*sorted({k for k, _, _ in self.table}), None]:
            rows = [(o, n) for (k, o, _), n in self.table.items() if kind in (None, k)]
            counts = [sum(n for o, n in rows if o == official) for official in officials]
            yield f"{kind or 'all':23}" + "".join(f"{n:11}" for n in [*counts, sum(counts)])
        yield ""
        yield "official x ours"
        pairs: Counter[tuple[str, str]] = Counter()
        for (_, o, ours), n in self.table.items():
            pairs[o, ours] += n
        for (o, ours), n in sorted(pairs.items()):
            yield f"  {o:10} {ours:10} {n:8}"
        scoped = self.faults["none"]
        yield f"scope checks passed: {scoped} of {self.mutants} ({dict(self.faults)})"
        yield f"drawn without effect: {self.none}"
        yield f"accepted by the official kernel: {self.share('accept'):.1%}"
        yield f"seconds: {', '.join(f'{k} {v:.1f}' for k, v in self.times.items())}"
        for reason, names in sorted(self.stricter.items()):
            yield f"only the official kernel accepts, {reason}: {len(names)}"
            yield from (f"    {name}" for name in names[:8])
        findings = {
            "OURS ACCEPTS, THE OFFICIAL KERNEL REJECTS": self.unsound,
            "OURS CRASHED": self.crashes,
            "rejected by us only by the recursor": self.weak,
        }
        for title, names in findings.items():
            yield f"{title}: {len(names)}"
            yield from (f"    {name}" for name in names[:40])


def explain(mutant: Mutant, fault: str | None, ours: Answer, oracle: Oracle) -> str:
    """Why ours may reject what the official kernel accepts: one of the known reasons, or "unexplained"."""
    if fault is not None:
        return f"the script repairs or overlooks it ({fault})"
    export = mutant.export
    quotients = [d["quot"] for d in export.decls if "quot" in d]
    if quotients and "quotient" in ours.why:
        return "the script does not compare the kinds or parameters of quotient constants"
    for at, decl in enumerate(export.decls):
        if "inductive" not in decl:
            continue
        head = export.copy()
        del head.decls[at + 1 :]
        made = oracle.regenerate(head.write())
        if made is None:
            continue
        other = Export.read(made)
        want = mutant.graft(other, other.decls[-1])["inductive"]
        got = decl["inductive"]
        differ = {group: sorted(differences(got[group], want[group])) for group in ("types", "ctors", "recs")}
        if any(differ.values()):
            names = [f"{group}.{key}" for group, keys in differ.items() for key in keys]
            return f"the script does not compare {', '.join(names)}"
    return "unexplained"


def only_recursor(official: str, ours: str) -> bool:
    """Whether ours has nothing against the declaration that the official kernel rejects but its recursor."""
    at = official.rpartition(" at ")[2]
    rules = {finding.split(" at ", 1)[0] for finding in ours.split("; ") if f" at {at}:" in finding}
    return rules == {"recursor"}


def differences(got: list[dict[str, object]], want: list[dict[str, object]]) -> set[str]:
    """Fields in which two lists of parts differ, parts of the same name being compared; types up to binders are not."""
    by_name = {part["name"]: part for part in want}
    if sorted(map(str, (p["name"] for p in got))) != sorted(map(str, by_name)):
        return {"number or names"}
    keys = {k for p in got for k in p if k in by_name[p["name"]] and p[k] != by_name[p["name"]][k]} - {"type", "rules"}
    return keys | ({"order"} if [p["name"] for p in got] != [p["name"] for p in want] else set())


def run(
    seeds: list[tuple[str, Export]],
    oracle: Oracle,
    ours: Ours | None,
    numbers: range,
    seed: int,
    keep: Path | None = None,
    keep_all: bool = False,
) -> Tally:
    """Makes the mutants of these numbers and compares the two verdicts on each."""
    tally = Tally()
    for number in numbers:
        rng = random.Random(f"{seed}:{number}")
        stem, export = rng.choice(seeds)
        start = time.perf_counter()
        mutant = mutate(export, rng, oracle.regenerate)
        if mutant is None:
            tally.none += 1
            continue
        text = mutant.text()
        fault = mutant.export.scope_fault()
        made = time.perf_counter()
        official = oracle.check(text)
        asked = time.perf_counter()
        mine = ours.check(text) if ours is not None else None
        done = time.perf_counter()
        for key, spent in (("make", made - start), ("official", asked - made), ("ours", done - asked)):
            tally.times[key] += spent
        tally.table[mutant.kind, official.verdict, mine.verdict if mine else "-"] += 1
        if len(mutant.applied) == 1:
            tally.operators[(*mutant.applied[0], official.verdict)] += 1
        tally.faults[fault or "none"] += 1
        label = f"{seed}:{number} {stem} [{mutant.label}] official: {official.verdict} {official.why}"
        noted = keep_all
        if mine is not None:
            label += f" | ours: {mine.verdict} {mine.why}"
            if mine.accepted and official.rejected:
                tally.unsound.append(label)
            elif mine.verdict in ("crash", "timeout"):
                tally.crashes.append(label)
            elif official.accepted and not mine.accepted:
                reason = explain(mutant, fault, mine, oracle)
                tally.stricter.setdefault(f"{reason} -> {mine.verdict}", []).append(label)
                noted = noted or reason == "unexplained"
            elif official.verdict == "reject" and mine.verdict == "reject" and only_recursor(official.why, mine.why):
                tally.weak.append(label)
            noted = noted or (mine.accepted and official.rejected) or mine.verdict in ("crash", "timeout")
        if noted and keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"mutant_{seed}_{number}.ndjson").write_text(text, encoding="utf-8")
            (keep / f"mutant_{seed}_{number}.txt").write_text(label + "\n", encoding="utf-8")
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exports", type=Path, nargs="+", required=True, help="folders or files of accepted exports")
    parser.add_argument("--official", type=Path, required=True, help="the script that asks the official kernel")
    parser.add_argument("--ours", type=Path, help="another script that asks ours")
    parser.add_argument("--only-official", action="store_true", help="fill the cache; do not ask our kernel")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slices", type=int, default=300, help="slices of the large files, together")
    parser.add_argument("--cache", type=Path, help="an sqlite file for the official kernel's answers")
    parser.add_argument("--keep", type=Path, help="a folder for the mutants on which the two do not agree")
    parser.add_argument("--keep-all", action="store_true", help="keep every mutant")
    parser.add_argument("--json", type=Path, help="write the counts here")
    args = parser.parse_args()
    sys.setrecursionlimit(20_000)
    files = [f for p in args.exports for f in (sorted(p.rglob("*.ndjson")) if p.is_dir() else [p])]
    seeds = read_seeds(files, args.slices, args.seed)
    print(f"{len(seeds)} seeds from {len(files)} files", flush=True)
    ours = None if args.only_official else Ours(args.ours)
    with Oracle(args.official, args.cache) as oracle:
        good = [(name, e) for name, e in seeds if oracle.check(e.write()).accepted]
        left_out = sorted({n for n, _ in seeds} - {n for n, _ in good})
        if left_out:
            print(f"left out, the official kernel does not accept them: {left_out}")
        numbers = range(args.first, args.first + args.count)
        tally = run(good, oracle, ours, numbers, args.seed, args.keep, args.keep_all)
    if ours is not None:
        ours.close()
    for line in tally.lines():
        print(line)
    if args.json is not None:
        args.json.write_text(json.dumps({
            "table": [[*k, n] for k, n in sorted(tally.table.items())],
            "operators": [[*k, n] for k, n in sorted(tally.operators.items())],
            "faults": tally.faults, "stricter": tally.stricter, "unsound": tally.unsound, "crashes": tally.crashes,
            "weak": tally.weak,
        }, indent=1), encoding="utf-8")  # fmt: skip
    return 1 if tally.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
