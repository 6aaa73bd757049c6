"""What every benchmark prints: a table for people, or with --json one list of rows; --markdown writes a page too."""

import argparse
import importlib.metadata
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from operator import ge, gt, le, lt
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = (
    *("torch", "numpy", "numba", "scikit-learn", "jax", "lightning", "skorch", "optuna"),
    *("lightgbm", "pytabkit", "tabm", "rtdl_num_embeddings"),
)


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
    asked = options(description).parse_args()
    facts = machine()
    publish(asked, facts, list(measure(asked.quick)))


def options(description: str) -> argparse.ArgumentParser:
    """Return a parser of what every benchmark takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one list of rows")
    parser.add_argument("--quick", action="store_true", help="under a minute, rougher")
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="write the rows there too, with the machine")
    parser.set_defaults(description=description)
    return parser


def publish(
    asked: argparse.Namespace, facts: list[str], rows: list[Row], title: str = "Performance", prose: str = ""
) -> None:
    """Print the rows as the options say; the page has its title, and a paragraph before its tables."""
    if asked.markdown:
        asked.markdown.write_text(page(asked.description, facts, rows, title, prose))
    if asked.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print(asked.description)
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


def page(
    description: str, facts: Iterable[str], rows: Iterable[Row], title: str = "Performance", prose: str = ""
) -> str:
    """Return Markdown: the machine, a paragraph if there is one, then a table for each work."""
    command = f"python benchmarks/{Path(sys.argv[0]).name} {shlex.join(sys.argv[1:])}"
    written = f"{description.rstrip('.')}. Written by `{command}`; every figure was measured by that program."
    lines = [f"# {title}", "", written, "", *facts, *(["", prose] if prose else [])]
    for work, found in groupby(rows, key=lambda row: row.work):
        lines += ["", f"## {work}", "", "| who | figure | unit | target | met | |", "|---|---:|---|---|---|---|"]
        lines += [table_row(row) for row in found]
    return "\n".join(lines) + "\n"


def table_row(row: Row) -> str:
    figure = "-" if row.figure is None else f"{row.figure:,.4g}"
    cells = (row.who, figure, row.unit, row.target, met(row), row.note)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


HOLDS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def met(row: Row) -> str:
    """Say whether a figure keeps its target, a sign of HOLDS and a number; nothing where there is none."""
    sign, _, bound = row.target.partition(" ")
    if sign not in HOLDS or row.figure is None:
        return ""
    return "yes" if HOLDS[sign](row.figure, float(bound)) else "**no**"
