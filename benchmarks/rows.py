"""What every benchmark prints: a table for people, or with --json one list of rows."""

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure: what was done, by whom, how much, in which unit, and what it should be."""

    work: str
    who: str  # netwright for ours, a peer's name, or floor for a limit
    figure: float | None  # None: could not be measured here, `note` says why
    unit: str
    target: str = ""
    note: str = ""


def report(description: str, measure: Callable[[bool], Iterable[Row]]) -> None:
    """Parse --json and --quick, measure, print."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one list of rows")
    parser.add_argument("--quick", action="store_true", help="under a minute, rougher")
    asked = parser.parse_args()
    rows = list(measure(asked.quick))
    if asked.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print(description)
    for row in rows:
        figure = "-" if row.figure is None else f"{row.figure:,.4g}"
        print(f"  {row.work:<46} {row.who:<28} {figure:>10} {row.unit:<14} {row.target:<16} {row.note}".rstrip())
