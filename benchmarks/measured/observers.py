"""What an observer of a record every 10 steps costs with the layers' statistics, over one without them."""

import statistics
from collections.abc import Iterator

import torch
from peers.work import BATCH, CLASSES, RATE, Rows, Work, make_rows
from rows import Row

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit

WORKS = (Work(20, (64, 32)), Work(100, (256, 256)))
MOST = 3.0  # percent, of the fused engine
EPOCHS = 8


def measure(quick: bool) -> Iterator[Row]:
    """Yield the percentage for both engines; pairs of trainings in turns, the median of their ratios."""
    for work in WORKS:
        rows = make_rows(work)
        for engine in ("fused", "eager"):
            ratios = []
            for _ in range(3 if quick or engine == "eager" else 15):
                ratios.append(seconds(work, rows, engine, True) / seconds(work, rows, engine, False))
            percent = 100.0 * (statistics.median(ratios) - 1.0)
            who, target = ("netwright", f"< {MOST:g}") if engine == "fused" else ("netwright, eager engine", "")
            yield Row(f"statistics every 10 steps, {work.name}", who, percent, "%", target, "slower")


def seconds(work: Work, rows: Rows, engine: str, watched: bool) -> float:
    """Return the time of the last epochs of a training that an observer hears of."""
    x, y = rows
    module = build("mlp", MLPConfig(work.hidden), InputSpec(work.features, (), CLASSES, "multiclass"), seed=0)
    settings = {"epochs": EPOCHS if engine == "fused" else 2, "engine": engine, "statistics": watched}
    config = TrainingConfig(batch_size=BATCH, learning_rate=RATE, device="cpu", **settings)
    batches = Batches((x, torch.zeros(len(y), 0, dtype=torch.long)), y)
    ends = [record.seconds for record in fit(module, batches, config, (lambda _: None,)).epochs]
    return ends[-1] - ends[0]
