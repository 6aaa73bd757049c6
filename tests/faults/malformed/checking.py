"""One command on one input in a fork, and what must hold of it: a sentence or every row accounted for, and no harm."""

import csv
import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hostile.desk import Ended, apart

from malformed.case import Case

SECONDS = 10.0  # of computing; by the clock it may take twice that
SECONDS_IF_HEAVY = 60.0
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Outcome:
    """What came of one case; `faults` is empty where it holds."""

    name: str
    file: str
    outcome: str  # refused, read, traceback, hang
    rows: int | None  # as the command counts them
    used: int | None
    aside: int | None
    seconds: float
    sentence: str
    faults: tuple[str, ...]


def check(
    case: Case, desk: Path, run: Path, meddle: Callable[[], object] = lambda: None, limit: float = SECONDS
) -> Outcome:
    """Run the command in the folder `desk`, in which the input lies; `meddle` is done in the fork before it."""
    before = snapshot(desk, run)
    logs = desk.with_suffix(".log")
    ended = apart(lambda: _call(case, desk, run, meddle), logs, patience=2 * limit)
    changed = _changed(before, snapshot(desk, run))
    counts = _counts(case, ended) if ended.code == 0 else {}
    faults = [*_unanswered(case, ended, limit)]
    if ended.code == 2:
        faults += [f"changed {name}" for name in changed]
    if ended.code == 0:
        allowed = ("runs/", f"{case.file.split('.')[0]}-predictions.csv")
        faults += [f"changed {name}" for name in changed if not name.startswith(allowed)]
        faults += _unaccounted(case, counts, desk)
    rows = [counts.get(name) for name in ("in", "used", "aside")]
    sentence = ended.errors.strip().removeprefix("netwright: ")
    return Outcome(case.name, case.file, _word(ended), *rows, ended.seconds, sentence, tuple(faults))


def snapshot(*folders: Path) -> dict[str, str]:
    """Digest of every file, by its path below its folder; lock files say nothing."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.lock"
    }


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _call(case: Case, desk: Path, run: Path, meddle: Callable[[], object]) -> None:
    from netwright.cli.main import main as netwright

    os.chdir(desk)
    meddle()
    sys.argv = ["netwright", *(word.format(file=case.file, run=run) if "{" in word else word for word in case.command)]
    sys.excepthook = sys.__excepthook__
    netwright()


def _word(ended: Ended) -> str:
    return {0: "read", 2: "refused", -9: "hang"}.get(ended.code, "traceback")


def _unanswered(case: Case, ended: Ended, limit: float) -> list[str]:
    """Faults of the answer itself."""
    if ended.code not in (0, 2):
        return [f"exit code {ended.code}: {ended.text[-600:]}"]
    faults = [f"{ended.seconds:.1f} s"] * (ended.seconds > limit)
    if ended.code != (2 if case.refused else 0):
        faults.append(
            f"expected to be {'refused' if case.refused else 'read'}, got exit code {ended.code}: {ended.errors[:300]}"
        )
    if ended.code == 2 and not (ended.errors.startswith("netwright: ") and ended.errors.count("\n") == 1):
        faults.append(f"no single sentence: {ended.errors[:400]!r}")
    if ended.code == 0 and ended.errors:
        faults.append(f"warnings on stderr: {ended.errors[:400]!r}")
    faults += ["a traceback is printed"] * ("Traceback" in ended.text)
    return faults + [
        f"the answer lacks {word!r}: {ended.errors[:300]!r}" for word in case.words if word not in ended.text
    ]


def _counts(case: Case, ended: Ended) -> dict[str, int]:
    """Rows in, used and set aside, as the command says itself."""
    rows = json.loads(ended.text.removesuffix(ended.errors))["rows"]
    if case.command[0] == "predict":
        return {"in": rows["in"], "used": rows["out"] - rows["unreadable"], "aside": rows["unreadable"]}
    return {"in": rows["in"], "used": rows["used"], "aside": rows["rejected"]}


def _unaccounted(case: Case, counts: dict[str, int], desk: Path) -> list[str]:
    """Faults of the account: rows in = rows used + rows set aside, and no row that was written is missing."""
    faults = []
    if counts["in"] != counts["used"] + counts["aside"] or counts["in"] != case.rows:
        faults.append(f"rows unaccounted: {case.rows} written, {counts}")
    if case.aside is not None and counts["aside"] != case.aside:
        faults.append(f"expected {case.aside} rows set aside, got {counts['aside']}")
    if case.command[0] == "predict":
        answered = _records(next(desk.glob("*-predictions.csv")))
        faults += [f"rows unaccounted: {case.rows} written, {answered} answers"] * (answered != case.rows)
    if case.command[0] == "fit":
        listed = _listed(next(desk.glob("runs/*/rejected.csv")))
        faults += [f"rows unaccounted: {counts['aside']} set aside, {listed} in rejected.csv"] * (
            listed != counts["aside"]
        )
    return faults


def _records(path: Path) -> int:
    with path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _listed(path: Path) -> int:
    with path.open(newline="") as file:
        return len({(row["source"], row["row"]) for row in csv.DictReader(file)})
