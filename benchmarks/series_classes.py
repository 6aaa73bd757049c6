"""The default `fit` on small sets of time series, with nothing set, beside simple models. Data: $NETWRIGHT_DATA."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rows import Row, report

import netwright as nw

SEEDS = 3
PEERS = ("linear model", "nearest neighbour")


@dataclass(frozen=True)
class Archive:
    """A set of the UCR or UEA archive in its official parts, and what is asked of it."""

    name: str
    least: float  # accuracy that the mean over seeds should reach


ARCHIVES = (Archive("GunPoint", 0.98), Archive("BasicMotions", 1.0), Archive("ItalyPowerDemand", 0.965))


def measure(quick: bool) -> Iterator[Row]:
    """Yield our accuracy, that of simple models in the same run, and the processor time, for each set."""
    root = os.environ.get("NETWRIGHT_DATA")
    for archive in ARCHIVES[-1:] if quick else ARCHIVES:
        if root is None:
            note = "set NETWRIGHT_DATA to the folder of the data"
            yield Row(archive.name, "netwright", None, "accuracy", f">= {archive.least}", note)
        else:
            yield from measure_archive(archive, Path(root) / "ucr_uea_small" / archive.name, 1 if quick else SEEDS)


def measure_archive(archive: Archive, folder: Path, seeds: int) -> Iterator[Row]:
    ours: list[float] = []
    theirs: dict[str, list[float]] = {peer: [] for peer in PEERS}
    seconds: list[float] = []
    for seed in range(seeds):
        began = time.process_time()
        run = fitted(folder, seed)
        seconds.append(time.process_time() - began)
        ours.append(_value(run.evaluation.metrics["accuracy"].value))
        for peer in PEERS:
            theirs[peer].append(_value(run.evaluation.baselines[peer]["accuracy"].value))
    spread = f"mean of {seeds} seeds, spread {statistics.pstdev(ours):.2g}"
    note = f"{spread}; {statistics.fmean(seconds):.0f} s of processor"
    yield Row(archive.name, "netwright", statistics.fmean(ours), "accuracy", f">= {archive.least}", note)
    for peer in PEERS:
        yield Row(archive.name, peer, statistics.fmean(theirs[peer]), "accuracy", "", "of the same runs")


def fitted(folder: Path, seed: int) -> nw.Run:
    """Train on the official training series, measure on the official test series."""
    train, test = (str(folder / f"{folder.name}_{part}.ts") for part in ("TRAIN", "TEST"))
    with tempfile.TemporaryDirectory(prefix="netwright-series-") as runs:
        settings = {"training.seed": seed, "split.seed": seed}
        run = nw.fit(train, test=test, settings=settings, options=nw.FitOptions(runs=runs))
        assert run.evaluation.metrics  # read while the folder is there
        return run


def _value(found: float | None) -> float:
    assert found is not None
    return found


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
