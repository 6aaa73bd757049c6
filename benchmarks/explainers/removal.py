"""Whether taking parts out by importance moves the answer more than by chance: on adult, mnist and sst2."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rows import Row

from explainers import runs
from netwright.explanation.rows import explain_rows

TARGET = ">= 95"


def measure(folder: Path, quick: bool, adult: runs.Trained) -> Iterator[Row]:
    """Yield for each data set the share of rows whose deletion curve is better than that of random orders."""
    rows = 10 if quick else 200
    yield _share("adult", adult, rows)
    makers: dict[str, Callable[[Path, int], runs.Trained]] = {"mnist": runs.mnist, "sst2": runs.sst2}
    for name, make in makers.items():
        if quick:
            yield Row("deletion better than random", name, None, "% of rows", TARGET, "left out by --quick")
            continue
        yield _share(name, make(folder / name, 2), rows)


def _share(name: str, run: runs.Trained, rows: int) -> Row:
    chosen = np.linspace(0, run.rows.table.frame.height - 1, rows).astype(int).tolist()
    found = explain_rows(run.model, run.rows, chosen, tests=rows)
    passed = [check.passed for one in found for check in one.checks if check.name == "deletion"]
    counted = [one for one in passed if one is not None]
    share = 100.0 * float(np.mean(counted)) if counted else None
    note = f"{found[0].method}, {len(counted)} rows"
    return Row("deletion better than random", name, share, "% of rows", TARGET, note)
