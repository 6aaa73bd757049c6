"""Give malformed and odd tables to `fit`, `predict` and `evaluate`, and account for every row.

    python tests/faults/malformed_input.py

A case holds where the command ends within 10 s, either with exit code 2, one sentence and nothing changed on disk, or
with exit code 0 and rows in = rows used + rows set aside = the rows that were written, those set aside in rejected.csv
(of `predict`: one answer a row). Readers that are broken on purpose must be caught. Exits with 1 if one does not hold.
Linux (forks, /proc).
"""

import argparse
import importlib
import json
import os
import pickle
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the batteries, whose cases are taken too

from hostile.desk import apart
from malformed.case import SETTINGS, Case, flowers, text
from malformed.checking import SECONDS, SECONDS_IF_HEAVY, Outcome, check
from malformed.sabotage import CONTROLS, Sabotage

PRELOADED = (
    *("sklearn.linear_model", "sklearn.pipeline", "torch._dynamo", "netwright.report.tables", "netwright.cli.main"),
    *("netwright.cli.live", "netwright.cli.watching", "netwright.training.assessment", "netwright.training.job"),
    "netwright.training.summary",
)


def main() -> int:
    """Run the cases and print a line for each; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--every", type=int, default=1, help="each so-manieth case, and none that is heavy")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead of a table")
    asked = parser.parse_args()
    _preload()
    root = Path(tempfile.mkdtemp(prefix="netwright-malformed-"))
    try:
        outcomes = []
        for outcome in _run(root, asked.only, asked.every):
            outcomes.append(outcome)
            print(json.dumps(asdict(outcome)) if asked.json else _line(outcome), flush=True)
    finally:
        shutil.rmtree(root)
    if not asked.json:
        print(_summary(outcomes))
    return 1 if any(outcome.faults for outcome in outcomes) else 0


def _preload() -> None:
    """Import once what every fork needs; nothing is computed, since a fork would not have the threads."""
    os.environ["OMP_NUM_THREADS"] = "1"
    for name in PRELOADED:
        importlib.import_module(name)
    from torch import nn

    from netwright.report.page import template

    template()
    nn.Linear(1, 1, device="meta")  # PyTorch loads 500 modules at the first of these


def _run(root: Path, only: str, every: int) -> Iterator[Outcome]:
    prepared = apart(lambda: _prepare(root), root / "prepared", patience=600)
    assert prepared.code == 0, prepared.text
    desks: list[tuple[Case, Path]] = pickle.loads((root / "desks").read_bytes())
    chosen = [(case, desk) for case, desk in desks[: -len(CONTROLS)] if only in case.name]
    if every > 1:
        chosen = [(case, desk) for case, desk in chosen if not case.heavy][::every]
    yield from (_try(case, desk, root) for case, desk in chosen)
    controls = zip(CONTROLS, desks[-len(CONTROLS) :], strict=True)
    yield from (_control(item, *laid, root) for item, laid in controls if only in item.name)


def _try(case: Case, desk: Path, root: Path) -> Outcome:
    outcome = check(case, desk, root / "run", limit=SECONDS_IF_HEAVY if case.heavy else SECONDS)
    shutil.rmtree(desk)
    return outcome


def _control(sabotage: Sabotage, case: Case, desk: Path, root: Path) -> Outcome:
    """A case with a broken reader; what is a fault here is that its fault was not found."""
    found = check(case, desk, root / "run", sabotage.meddle, sabotage.limit)
    caught = next((fault for fault in found.faults if sabotage.word in fault), "")
    faults = () if caught else (f"the broken reader was not caught: expected {sabotage.word!r}, got {found}",)
    return replace(found, name=f"control: {sabotage.name}", outcome="caught", sentence=caught, faults=faults)


def _prepare(root: Path) -> None:
    """Write the inputs and fit the run that is asked, in a fork: Polars is used for it, and has threads."""
    from malformed import answers, batteries, cells, encodings, formats, names, shapes, targets

    kinds = (encodings, shapes, names, cells, targets, formats, answers, batteries)
    cases = {case.name: case for kind in kinds for case in kind.CASES}
    twice = Counter(case.name for kind in kinds for case in kind.CASES) - Counter(list(cases))
    assert not twice, f"names that stand twice: {list(twice)}"
    desks = [(case, root / f"{number:03d}") for number, case in enumerate(cases.values())]
    desks += [(cases[control.case], root / f"control-{number}") for number, control in enumerate(CONTROLS)]
    for case, desk in desks:
        _lay(case, desk)
    (root / "desks").write_bytes(pickle.dumps([(replace(case, content=None), desk) for case, desk in desks]))
    table = root / "new.csv"
    table.write_text(text(flowers(90)))
    from netwright.cli.main import main as netwright

    sys.argv = ["netwright", "fit", str(table), "--target", "kind", "--runs", str(root), "--name", "run", *SETTINGS]
    netwright()


def _lay(case: Case, desk: Path) -> None:
    desk.mkdir()
    for name, content in {case.file: case.content, **case.beside}.items():
        if content is not None:
            (desk / name).write_bytes(content)


def _line(outcome: Outcome) -> str:
    counts = "".join(f"{'' if count is None else count:>6} " for count in (outcome.rows, outcome.used, outcome.aside))
    sentence = outcome.sentence if len(outcome.sentence) < 100 else outcome.sentence[:97] + "..."
    state = "ok  " if not outcome.faults else "BAD "
    line = f"{state}{outcome.name[:60]:60} {outcome.file:12} {outcome.outcome:9} {counts}{outcome.seconds:5.1f} s"
    line = f"{line}  {sentence}"
    return "\n      ".join([line.rstrip(), *outcome.faults])


def _summary(outcomes: list[Outcome]) -> str:
    controls = [outcome for outcome in outcomes if outcome.outcome == "caught"]
    inputs = [outcome for outcome in outcomes if outcome.outcome != "caught"]
    kinds = {
        kind: sum(outcome.outcome == kind for outcome in inputs) for kind in ("refused", "read", "traceback", "hang")
    }
    lost = sum(any("rows unaccounted" in fault for fault in outcome.faults) for outcome in inputs)
    bad = sum(bool(outcome.faults) for outcome in outcomes)
    caught = sum(not outcome.faults for outcome in controls)
    said = f"{kinds['refused']} refused, {kinds['read']} read; {bad} do not hold; "
    said += f"{caught} of {len(controls)} broken readers caught"
    return (
        f"{said}\n{len(inputs)} inputs: {kinds['traceback']} tracebacks, {kinds['hang']} hangs, {lost} rows unaccounted"
    )


if __name__ == "__main__":
    sys.exit(main())
