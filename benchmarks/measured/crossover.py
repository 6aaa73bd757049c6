"""Units in each of two hidden layers from which on `auto` takes the eager engine, by its estimate."""

from collections.abc import Iterator

import torch
from peers.work import BATCH, CLASSES, ROWS
from rows import Row
from torch import nn

from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import estimate


def measure(_quick: bool) -> Iterator[Row]:
    for threads in (1, 2, 4, 8):
        widths = (width for width in range(64, 16_385, 64) if chosen(width, threads) == "eager")
        work, note = f"crossover of 100-N-N-3 on {threads} threads", "units; none: fused is taken up to 16,384"
        yield Row(work, "netwright", next(widths, None), "units", note=note)


def chosen(width: int, threads: int) -> str:
    with torch.device("meta"):
        module = nn.Sequential(nn.Linear(100, width), nn.Linear(width, width), nn.Linear(width, CLASSES))
        rows = Batches((torch.empty(ROWS, 100),), torch.empty(ROWS))
    times = estimate(module, TrainingConfig(batch_size=BATCH, threads=threads), rows)
    return "eager" if times.eager < times.fused else "fused"
