"""The default `fit` on real tables, beside the baselines on the same test rows. Data: $NETWRIGHT_DATA."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rows import Row, report


@dataclass(frozen=True)
class Table:
    """One real table: what is asked of `fit`, the metric and its target."""

    name: str
    arguments: tuple[str, ...]
    metric: str
    target: float
    higher_is_better: bool = True
    scale: float = 1.0


BANK = "bank-additional/bank-additional-full.csv"
TABLES = (
    Table("adult", ("adult/adult-train.csv", "--target", "-1", "--test", "adult/adult-test.csv"), "accuracy", 0.855),
    Table(
        *("california", ("california_housing/housing.csv", "--target", "median_house_value")),
        *("rmse", 0.50, False, 1e-5),
    ),
    Table(
        "bank, without duration",
        (f"bank_marketing/bank-additional.zip::{BANK}", "--target", "y", "--ignore", "duration"),
        *("auc", 0.79),
    ),
    Table("penguins", ("penguins/penguins.csv", "--target", "species"), "accuracy", 0.98),
)


def measure(quick: bool) -> Iterator[Row]:
    """Yield our metric and the baselines' for each table (penguins alone with --quick)."""
    root = os.environ.get("NETWRIGHT_DATA")
    for table in TABLES[-1:] if quick else TABLES:
        if root is None:
            yield Row(table.name, "netwright", None, table.metric, "", "set NETWRIGHT_DATA to the folder of the data")
            continue
        yield from _measure_table(table, Path(root))


def _measure_table(table: Table, root: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="netwright-quality-") as folder:
        command = [sys.executable, "-m", "netwright", "fit", *table.arguments, "--runs", folder, "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    answer = json.loads(done.stdout)
    target = f"{'>=' if table.higher_is_better else '<='} {table.target}"
    ours = answer["test"][table.metric]
    low, high = sorted((ours["low"] * table.scale, ours["high"] * table.scale))
    note = f"95% {low:.4f} to {high:.4f}, {answer['seconds']:.0f} s"
    yield Row(table.name, "netwright", ours["value"] * table.scale, table.metric, target, note)
    for name, metrics in answer["baselines"].items():
        yield Row(table.name, name, metrics[table.metric]["value"] * table.scale, table.metric)


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
