"""Hand files that were made to do harm to what a user calls, and the same files to readers that believe them.

    python tests/faults/hostile_files.py

A case holds where the answer is one sentence and exit code 2 (or, where the file can be read without harm, 0), no code
of the file ran, nothing outside changed, memory grew by at most 256 MB and it computed for at most 5 s; and where its
control, an unguarded reader, did come to harm. Each runs in a fork of a process that has loaded everything. Exits with
1 if one does not hold. Linux (forks, /proc).
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from hostile import archives, estimators, links, parts, tables, weights
from hostile.desk import MEMORY, SECONDS, Case, Desk, Ended, apart, snapshot

CASES = [case for kind in (weights, parts, links, archives, tables, estimators) for case in kind.CASES]
SETTINGS = ("training.epochs=2", "training.threads=1", "training.engine=eager", "evaluation.trees=false")


@dataclass(frozen=True)
class Outcome:
    """What came of one case; `faults` is empty where it holds."""

    name: str
    answer: str
    seconds: float
    megabytes: int
    control: str
    faults: tuple[str, ...]


def main() -> int:
    """Run the cases and print a line for each; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--every", type=int, default=1, help="each so-manieth case")
    parser.add_argument("--list", action="store_true", help="print the names of all cases, and do nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead of a table")
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(case.name for case in CASES))
        return 0
    _preload()
    root = Path(tempfile.mkdtemp(prefix="netwright-hostile-"))
    try:
        _make_originals(root / "originals")
        outcomes = [_try(case, root) for case in _chosen(asked.only, asked.every)]
    finally:
        shutil.rmtree(root)
    for outcome in outcomes:
        print(json.dumps(asdict(outcome)) if asked.json else _line(outcome))
    bad = sum(bool(outcome.faults) for outcome in outcomes)
    if not asked.json:
        print(f"{len(outcomes)} files: {len(outcomes) - bad} did no harm and their controls did; {bad} do not hold")
    return 1 if bad else 0


def _chosen(only: str, every: int) -> list[Case]:
    return [case for case in CASES if only in case.name][::every]


def _preload() -> None:
    """Import once what every fork needs; nothing is computed, since a fork would not have the threads."""
    os.environ["OMP_NUM_THREADS"] = "1"
    from torch import nn

    import netwright.cli.main
    import netwright.report.page
    import netwright.report.tables
    import netwright.sklearn
    import netwright.training.assessment
    import netwright.training.job  # noqa: F401

    nn.Linear(1, 1, device="meta")  # PyTorch loads 500 modules at the first of these


def _make_originals(folder: Path) -> None:
    """Fit the run and the estimator that the cases spoil copies of."""
    folder.mkdir()
    ended = apart(lambda: _fit(folder), folder / "log")
    assert ended.code == 0, ended.text


def _fit(folder: Path) -> None:
    import numpy as np

    from netwright.sklearn import NetworkClassifier

    table = folder / "new.csv"
    table.write_text("width,height,colour,kind\n" + "".join(map(_row, range(120))))
    numbers = np.arange(120.0).reshape(60, 2)
    NetworkClassifier(epochs=1, hidden_sizes=(4,), engine="eager").fit(numbers, ["a", "b"] * 30).save(
        folder / "estimator"
    )
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    _command(["fit", str(table), "--target", "kind", "--runs", str(folder), "--name", "run", *settings])


def _row(i: int) -> str:
    colour, kind = ("red", "green", "blue")[i % 3], ("lily", "rose")[i * 7 % 5 > 2]
    return f"{i * 37 % 101 / 9:.3f},{i * 53 % 97 / 7:.3f},{colour},{kind}\n"


def _command(words: list[str]) -> None:
    from netwright.cli.main import main as netwright

    sys.argv = ["netwright", *words]
    netwright()


def _try(case: Case, root: Path) -> Outcome:
    desk = _lay(root)
    planted = apart(lambda: case.plant(desk), desk.work / "planted")
    assert planted.code == 0, planted.text
    before = snapshot(desk)
    ended = apart(lambda: _call(case, desk), desk.work / "answer")
    changed = [name for name, was in snapshot(desk).items() if before.get(name) != was] + list(
        before - snapshot(desk).keys()
    )
    control = apart(lambda: _control(case, desk), desk.work / "control", MEMORY)
    said = control.text.strip().splitlines()
    faults = [*_faults(case, ended, desk.canary.exists() and str(desk.canary.relative_to(desk.root)) in changed)]
    faults += [f"changed {name}" for name in changed]
    faults += [] if control.code == 0 else [f"the control did nothing: {said[-1] if said else control.code}"]
    answer = (ended.text.strip().splitlines() or [""])[-1].replace(str(desk.root), "")
    shutil.rmtree(desk.root)
    return Outcome(case.name, answer, ended.seconds, ended.grown >> 20, said[-1] if said else "", tuple(faults))


def _lay(root: Path) -> Desk:
    desk = Desk(root / "desk")
    for folder in (desk.inbox, desk.outside, desk.work):
        folder.mkdir(parents=True)
    desk.precious.write_text("precious")
    shutil.copy(root / "originals" / "new.csv", desk.inbox)
    for name in ("run", "estimator"):
        shutil.copytree(root / "originals" / name, desk.inbox / name)
    return desk


def _call(case: Case, desk: Desk) -> None:
    """Do what the user does; what Python raises is printed as the command line does."""
    from netwright.core.errors import NetwrightError

    os.chdir(desk.work)
    if isinstance(case.call, tuple):
        places = {"run": desk.run, "inbox": desk.inbox, "work": desk.work}
        _command([word.format(**places) for word in case.call])
        return
    try:
        case.call(desk)
    except NetwrightError as error:
        print(f"netwright: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _control(case: Case, desk: Desk) -> None:
    os.chdir(desk.work)
    print(case.control(desk))


def _faults(case: Case, ended: Ended, fired: bool) -> list[str]:
    faults = ["its code ran"] if fired else []
    if ended.code != case.code:
        faults.append(f"exit code {ended.code}: {ended.text[-400:]}")
    if case.code == 2 and not (ended.errors.startswith("netwright: ") and ended.errors.count("\n") == 1):
        faults.append(f"no single sentence: {ended.errors[:400]!r}")
    faults += [f"the answer lacks {word!r}: {ended.text[:400]!r}" for word in case.words if word not in ended.text]
    faults += [f"the answer holds {case.absent!r}"] * (case.absent in ended.text)
    faults += [f"{ended.grown >> 20} MB"] * (ended.grown > MEMORY)
    return faults + [f"{ended.seconds:.1f} s"] * (ended.seconds > SECONDS)


def _line(outcome: Outcome) -> str:
    shown = outcome.answer.removeprefix("netwright: ")
    shown = shown if len(shown) < 100 else shown[:97] + "..."
    state = "ok  " if not outcome.faults else "BAD "
    text = f"{state}{outcome.name:52} {outcome.seconds:4.1f} s {outcome.megabytes:4} MB  {shown:100}"
    return "\n      ".join([f"{text}  control: {outcome.control}", *outcome.faults])


if __name__ == "__main__":
    sys.exit(main())
