"""Microseconds per training step of the eager engine beside loops that people write by hand.

Repeats are interleaved in one run, medians taken; the target is 1.05 times the loop by hand.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from rows import Row, report
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit

ROWS, CLASSES, BATCH, RATE = 10_000, 3, 64, 0.005
STEPS = -(-ROWS // BATCH)  # of one epoch
TARGET = 1.05  # of the loop by hand


@dataclass(frozen=True)
class Work:
    features: int
    hidden: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, (self.features, *self.hidden, CLASSES)))} batch {BATCH}"


WORKS = (Work(20, (64, 32)), Work(100, (256, 256)))
Rows = tuple[Tensor, Tensor]


def make_rows(work: Work) -> Rows:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(ROWS, work.features, generator=generator)
    return x, torch.randint(0, CLASSES, (ROWS,), generator=generator)


def plain_network(work: Work) -> nn.Module:
    layers: list[nn.Module] = []
    width = work.features
    for size in work.hidden:
        layers += [nn.Linear(width, size), nn.BatchNorm1d(size), nn.LeakyReLU(0.01), nn.Dropout(0.25)]
        width = size
    return nn.Sequential(*layers, nn.Linear(width, CLASSES))


def netwright_epoch(work: Work, rows: Rows) -> float:
    x, y = rows
    spec = InputSpec(work.features, (), CLASSES, "multiclass")
    module = build("mlp", MLPConfig(work.hidden), spec, seed=0)
    batches = Batches((x, torch.zeros(ROWS, 0, dtype=torch.long)), y)
    config = TrainingConfig(epochs=2, batch_size=BATCH, learning_rate=RATE, device="cpu")
    ends = [record.seconds for record in fit(module, batches, config).epochs]
    return ends[1] - ends[0]


def by_hand(**options: bool) -> Callable[[Work, Rows], float]:
    def epoch(work: Work, rows: Rows) -> float:
        x, y = rows
        model = plain_network(work).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE, **options)
        _sliced_epoch(model, optimizer, x, y)
        start = time.perf_counter()
        _sliced_epoch(model, optimizer, x, y)
        return time.perf_counter() - start

    return epoch


def _sliced_epoch(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    order = torch.randperm(ROWS)
    for first in range(0, ROWS, BATCH):
        chosen = order[first : first + BATCH]
        optimizer.zero_grad()
        functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
        optimizer.step()


def script_epoch(work: Work, rows: Rows) -> float:
    """The source document's script: DataLoader, coupled weight decay, `.item()` at every step."""
    loader = DataLoader(TensorDataset(*rows), batch_size=BATCH, shuffle=True)
    model = plain_network(work).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()
    start = time.perf_counter()
    total = 0.0
    for batch_x, batch_y in loader:
        optimizer.zero_grad()
        loss = criterion(model(batch_x), batch_y)
        loss.backward()
        optimizer.step()
        total += loss.item() * batch_x.size(0)
    return time.perf_counter() - start


WHO: dict[str, Callable[[Work, Rows], float]] = {
    "netwright": netwright_epoch,
    "by hand, Adam": by_hand(),
    "by hand, fused Adam": by_hand(fused=True),
    "DataLoader script": script_epoch,
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
            work.name, who, median / STEPS * 1e6, "us/step", f"< {slowest:.0f}" if who == "netwright" else "", note
        )


if __name__ == "__main__":
    report("Microseconds per training step: the eager engine beside loops written by hand, on one thread", measure)
