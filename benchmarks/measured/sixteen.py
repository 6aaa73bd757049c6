"""Sixteen networks on two threads beside the same on one; interleaved, medians of five."""

import statistics
import time
from collections.abc import Iterator

import torch
from peers.work import BATCH, CLASSES, ROWS, STEPS, Work, make_rows
from rows import Row

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.populations import Member, fit_population

WORK = Work(20, (64, 32))


def measure(quick: bool) -> Iterator[Row]:
    epochs = 2 if quick else 10
    x, y = make_rows(WORK)
    batches = Batches((x, torch.zeros(ROWS, 0, dtype=torch.long)), y)
    spec = InputSpec(WORK.features, (), CLASSES, "multiclass")
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(5):
        for threads, times in seconds.items():
            config = TrainingConfig(epochs=epochs, batch_size=BATCH, device="cpu", engine="fused", threads=1)
            members = [Member(build("mlp", MLPConfig(WORK.hidden), spec, seed), config) for seed in range(16)]
            start = time.perf_counter()
            fit_population(members, batches, threads)
            times.append(time.perf_counter() - start)
    one, two = (statistics.median(times) for times in seconds.values())
    note = f"{two / (16 * epochs * STEPS) * 1e6:.1f} us per network and step on two threads"
    yield Row("16 networks, two threads over one", "netwright", one / two, "times", "> 1.8", note)
