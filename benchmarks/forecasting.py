"""The default forecast, with nothing set but the split, beside what is published. Data: $NETWRIGHT_DATA."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rows import Row, report

import netwright as nw
from netwright.core.forecasts import ForecastEvaluation

SEEDS = 3
UNIT = "MSE"


@dataclass(frozen=True)
class Task:
    """A series, how far it is forecast, how its rows are parted, and what is asked."""

    name: str
    file: str
    horizon: int
    borders: tuple[int, ...]  # rows of training, validation and test; none: 70 / 10 / 20 in a hundred
    most: float  # that the mean over seeds should not pass
    published: tuple[tuple[str, float], ...] = ()

    @property
    def work(self) -> str:
        return f"{self.name}, {self.horizon} rows ahead"


def measure(quick: bool) -> Iterator[Row]:
    """Yield our error on all test windows, that of baselines in the same runs, and what is published."""
    root = os.environ.get("NETWRIGHT_DATA")
    for task in TASKS[-1:] if quick else TASKS:
        if root is None:
            note = "set NETWRIGHT_DATA to the folder of the data"
            yield Row(task.work, "netwright", None, UNIT, f"<= {task.most}", note)
        else:
            yield from measure_task(task, Path(root), 1 if quick else SEEDS)


def measure_task(task: Task, root: Path, seeds: int) -> Iterator[Row]:
    runs, seconds = [], []
    for seed in range(seeds):
        began = time.process_time()
        runs.append(forecast(task, root, seed))
        seconds.append(time.process_time() - began)
    ours = [_value(run.metrics["mse"].value) for run in runs]
    maes = [_value(run.metrics["mae"].value) for run in runs]
    spread = f"mean of {seeds} seeds, spread {statistics.pstdev(ours):.2g}; MAE {statistics.fmean(maes):.4f}"
    held = f"intervals of {runs[0].coverage:.0%} held {statistics.fmean(_value(run.covered) for run in runs):.1%}"
    note = f"{spread}; {held}; {statistics.fmean(seconds):.0f} s of processor"
    yield Row(task.work, "netwright", statistics.fmean(ours), UNIT, f"<= {task.most}", note)
    for name, errors in runs[0].baselines.items():
        yield Row(task.work, name, errors["mse"], UNIT, "", "of the same runs, on the same windows")
    for name, error in task.published:
        yield Row(task.work, f"{name} (published)", error, UNIT, "", "by its authors, on the same split")


def forecast(task: Task, root: Path, seed: int) -> ForecastEvaluation:
    """Return how a run with one seed does on the test windows."""
    with tempfile.TemporaryDirectory(prefix="netwright-series-") as folder:
        settings = {"training.seed": seed} | ({"split.borders": list(task.borders)} if task.borders else {})
        run = nw.forecast(str(root / task.file), task.horizon, settings=settings, options=nw.FitOptions(runs=folder))
        return run.evaluation  # read while the folder is there


def _value(found: float | None) -> float:
    assert found is not None
    return found


ETTH1 = ("ETTh1", "etth1/ETTh1.csv")
MONTHS = (8640, 2880, 2880)  # hours of 12, 4 and 4 months
TASKS = (
    Task(*ETTH1, 96, MONTHS, 0.375, (("NLinear", 0.374), ("DLinear", 0.375), ("PatchTST/64", 0.370))),
    Task(*ETTH1, 720, MONTHS, 0.44, (("NLinear", 0.440), ("DLinear", 0.472), ("PatchTST/64", 0.447))),
    Task("exchange rates", "exchange_rate/exchange_rate.txt.gz", 96, (), 0.085, (("DLinear", 0.081),)),
)

if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
