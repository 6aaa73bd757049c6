"""Microseconds per training step of the eager engine beside loops that people write by hand.

Repeats are interleaved in one run, medians taken; the target is 1.05 times the loop by hand.
"""

import statistics
from collections.abc import Callable, Iterator

import torch
from peers.by_hand import epoch as fused_by_hand
from peers.by_hand import second_epoch
from peers.script import epoch as script_epoch
from peers.work import BATCH, CLASSES, RATE, ROWS, STEPS, Rows, Work, make_rows, plain_network
from rows import Row, report

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit

TARGET = 1.05  # of the loop by hand
WORKS = (Work(20, (64, 32)), Work(100, (256, 256)))


def netwright_epoch(work: Work, rows: Rows) -> float:
    x, y = rows
    spec = InputSpec(work.features, (), CLASSES, "multiclass")
    module = build("mlp", MLPConfig(work.hidden), spec, seed=0)
    batches = Batches((x, torch.zeros(ROWS, 0, dtype=torch.long)), y)
    config = TrainingConfig(epochs=2, batch_size=BATCH, learning_rate=RATE, device="cpu")
    ends = [record.seconds for record in fit(module, batches, config).epochs]
    return ends[1] - ends[0]


def by_hand(work: Work, rows: Rows) -> float:
    network = plain_network(work)
    return second_epoch(network, torch.optim.Adam(network.parameters(), lr=RATE), rows).seconds


WHO: dict[str, Callable[[Work, Rows], float]] = {
    "netwright": netwright_epoch,
    "by hand, Adam": by_hand,
    "by hand, fused Adam": lambda work, rows: fused_by_hand(work, rows).seconds,
    "DataLoader script": lambda work, rows: script_epoch(work, rows).seconds,
}


def measure(quick: bool) -> Iterator[Row]:
    """Yield each one's median time per step, all of one work measured in turns on one thread."""
    torch.set_num_threads(1)
    for work in WORKS:
        yield from measure_work(work, repeats=5 if quick else 15)


def measure_work(work: Work, repeats: int) -> Iterator[Row]:
    rows = make_rows(work)
    seconds: dict[str, list[float]] = {who: [] for who in WHO}
    for _ in range(repeats):
        for who, epoch in WHO.items():
            seconds[who].append(epoch(work, rows))
    medians = {who: statistics.median(times) for who, times in seconds.items()}
    slowest = TARGET * medians["by hand, Adam"] / STEPS * 1e6
    for who, median in medians.items():
        note = f"{median / medians['by hand, Adam']:.2f} of by hand, Adam; median of {repeats}, 1 thread"
        yield Row(
            f"{work.name} batch {BATCH}",
            who,
            median / STEPS * 1e6,
            "us/step",
            f"< {slowest:.0f}" if who == "netwright" else "",
            note,
        )


if __name__ == "__main__":
    report("Microseconds per training step: the eager engine beside loops written by hand, on one thread", measure)
