"""The default's own network by both engines on real tables: the same metric, within the seeds' spread, and the time."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from quality import TABLES, Table, divide
from rows import Row, report

import netwright as nw

ENGINES = {"fused": "netwright", "eager": "netwright, eager engine"}
SEEDS = 5
ONE = {"preset.recipe": "netwright"}  # the engines are compared on the default's own network


def measure(quick: bool) -> Iterator[Row]:
    """Yield metric and seconds of adult and california, seeds of the two engines in turns (one seed with --quick)."""
    root = os.environ.get("NETWRIGHT_DATA")
    for table in TABLES[:2]:
        if root is None:
            yield Row(table.name, "netwright", None, table.metric, "", "set NETWRIGHT_DATA to the folder of the data")
            continue
        yield from measure_table(table, Path(root), 1 if quick else SEEDS)


def measure_table(table: Table, root: Path, seeds: int) -> Iterator[Row]:
    values: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    seconds: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    for seed in range(seeds):
        for engine in ENGINES:
            metric, taken = fitted(table, root, {**ONE, "training.seed": seed, "training.engine": engine})
            values[engine].append(metric)
            seconds[engine].append(taken)
    spread = max(map(statistics.pstdev, values.values()))
    means = {engine: statistics.fmean(found) for engine, found in values.items()}
    for engine, who in ENGINES.items():
        apart = f"within {2 * spread:.2g} of the other" if engine == "fused" else ""
        note = f"mean of {seeds} seeds, spread {statistics.pstdev(values[engine]):.2g}"
        yield Row(table.name, who, means[engine], table.metric, apart, note)
    for engine, who in ENGINES.items():
        yield Row(f"{table.name}, time", who, statistics.median(seconds[engine]), "s", "", "median, of the whole job")


def fitted(table: Table, root: Path, settings: dict[str, object]) -> tuple[float, float]:
    """Return the test metric of one run, and its wall time in seconds; the table is parted by seed 0."""
    with tempfile.TemporaryDirectory(prefix="netwright-engines-") as folder:
        division = divide(table, root, 0, Path(folder))
        choices = nw.FitOptions(runs=folder)
        run = nw.fit(str(division.train), table.target, test=str(division.test), settings=settings, options=choices)
        found = run.evaluation.metrics[table.metric].value
        assert found is not None
        return found * table.scale, run.summary.seconds


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
