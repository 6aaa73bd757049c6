"""What checkpoints take of the time of a training: one save, and its share of the default interval."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import torch
from peers.work import BATCH, CLASSES, Rows, Work, make_rows
from rows import Row, report
from torch import nn

import netwright as nw
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training import fit as flow
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig

WORKS = (Work(20, (64, 32)), Work(100, (256, 256)), Work(200, (1024, 1024, 1024)))
TARGET = "< 3"  # percent
EVERY = TrainingConfig().checkpoint_every  # seconds
SAVES = 15


def measure(quick: bool) -> Iterator[Row]:
    """Yield a save and its share of the default interval by size; then what a default run really spent."""
    torch.set_num_threads(1)
    for work in WORKS:
        yield from measure_size(work, 5 if quick else SAVES)
    yield measure_run("@breast-cancer", {})
    if not quick:
        longer = {"training.epochs": 10_000, "training.patience": None}
        yield measure_run("@digits", longer, budget="90s")


def measure_size(work: Work, saves: int) -> Iterator[Row]:
    """Yield the median of saves in a training that saves between any two stretches of steps, and its share."""
    module = build("mlp", MLPConfig(work.hidden), InputSpec(work.features, (), CLASSES, "multiclass"), 0)
    config = TrainingConfig(epochs=1, batch_size=BATCH, checkpoint_every=0.0, device="cpu", engine="eager", threads=1)
    with tempfile.TemporaryDirectory(prefix="netwright-saving-") as folder, timed() as seconds:
        while len(seconds) < saves:
            place = Path(folder) / str(len(seconds))
            flow.fit(module, as_batches(make_rows(work)), config, (), flow.Session(place))
    median = statistics.median(seconds)
    note = f"{weights(module):,} weights; median of {len(seconds)}, in {tempfile.gettempdir()}"
    yield Row(f"a save of {work.name}", "netwright", 1000 * median, "ms", note=note)
    share = 100 * median / (EVERY + median)
    yield Row(f"share of training, {work.name}", "netwright", share, "%", TARGET, f"a save every {EVERY:.0f} s")


def measure_run(source: str, settings: dict[str, object], budget: str | None = None) -> Row:
    """Return what all saves of one whole run took of its training, the one at the end included."""
    with tempfile.TemporaryDirectory(prefix="netwright-saving-") as folder, timed() as seconds, timed("fit") as whole:
        options = nw.FitOptions(runs=folder)
        nw.fit(source, settings=settings | {"training.threads": 1}, options=options, budget=budget)
    note = f"saves: {len(seconds)}, in {sum(whole):.1f} s of training"
    return Row(f"share of the training of {source}", "netwright", 100 * sum(seconds) / sum(whole), "%", TARGET, note)


@contextmanager
def timed(name: str = "_save") -> Iterator[list[float]]:
    """Note how long each call of one of fit.py's functions takes, in seconds."""
    owner = flow
    if name == "fit":
        from netwright.training import job as owner  # the name by which a job calls it
    real, seconds = getattr(owner, name), list[float]()

    def call(*arguments: object) -> object:
        began = time.perf_counter()
        result = real(*arguments)
        seconds.append(time.perf_counter() - began)
        return result

    with mock.patch.object(owner, name, call):
        yield seconds


def as_batches(rows: Rows) -> Batches:
    x, y = rows
    return Batches((x, torch.zeros(len(x), 0, dtype=torch.long)), y)


def weights(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
