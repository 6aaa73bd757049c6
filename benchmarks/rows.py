"""What every benchmark prints: a table for people, or with --json one list of rows; --markdown writes a page too."""

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = ("torch", "numpy", "numba", "scikit-learn", "jax", "lightning", "skorch", "optuna")


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
    """Parse the options, measure, print."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one list of rows")
    parser.add_argument("--quick", action="store_true", help="under a minute, rougher")
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="write the rows there too, with the machine")
    asked = parser.parse_args()
    facts = machine()
    rows = list(measure(asked.quick))
    if asked.markdown:
        asked.markdown.write_text(page(description, facts, rows))
    if asked.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print(description)
    for row in rows:
        figure = "-" if row.figure is None else f"{row.figure:,.4g}"
        print(f"  {row.work:<46} {row.who:<28} {figure:>10} {row.unit:<14} {row.target:<16} {row.note}".rstrip())


def machine() -> list[str]:
    """Return what figures depend on, as lines of a list; read before measuring, which is itself a load."""
    load = f"{os.getloadavg()[0]:.1f} before the run; much above 0, other work disturbed it"
    facts = {
        "date": date.today().isoformat(),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "threads": "1, unless a row says otherwise",
        "load": load,
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "matrix kernels": kernels(),
    }
    return [f"- {name}: {fact}" for name, fact in facts.items()]


def processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


def kernels() -> str:
    """Return which processor's kernels each BLAS has taken: on one with AVX-512, those of Haswell are half as fast."""
    loaded = [entry for entry in threadpool_info() if entry["user_api"] == "blas"]
    found = {f"{entry['internal_api']} {entry.get('architecture', 'unknown')}" for entry in loaded}
    given = os.environ.get("OPENBLAS_CORETYPE")
    return ", ".join(sorted(found)) + (f", by OPENBLAS_CORETYPE={given}" if given else "")


def version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def page(description: str, facts: Iterable[str], rows: Iterable[Row]) -> str:
    """Return Markdown: the machine, then a table for each work."""
    command = f"python benchmarks/{Path(sys.argv[0]).name} {' '.join(sys.argv[1:])}"
    lines = ["# Performance", "", f"{description}. Written by `{command}`; every figure is of that run.", "", *facts]
    for work, found in groupby(rows, key=lambda row: row.work):
        lines += ["", f"## {work}", "", "| who | figure | unit | target | met | |", "|---|---:|---|---|---|---|"]
        lines += [table_row(row) for row in found]
    return "\n".join(lines) + "\n"


def table_row(row: Row) -> str:
    figure = "-" if row.figure is None else f"{row.figure:,.4g}"
    cells = (row.who, figure, row.unit, row.target, met(row), row.note)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def met(row: Row) -> str:
    """Say whether a figure keeps its target, `< number` or `> number`; nothing where there is none."""
    if not row.target or row.figure is None:
        return ""
    sign, bound = row.target.split()
    return "yes" if (row.figure < float(bound)) == (sign == "<") else "**no**"
