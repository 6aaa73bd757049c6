"""The work that every peer does, and what it says of it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

ROWS, CLASSES, BATCH, RATE, DROPOUT = 10_000, 3, 64, 0.005, 0.25
STEPS = -(-ROWS // BATCH)  # of one epoch

Rows = tuple[Tensor, Tensor]  # float32 (ROWS, features), classes (ROWS,)


class AbsentError(Exception):
    """A peer that cannot be measured on this machine; the message says why."""


@dataclass(frozen=True)
class Work:
    features: int
    hidden: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.features, *self.hidden, CLASSES)

    @property
    def name(self) -> str:
        return "-".join(map(str, self.sizes))


@dataclass(frozen=True)
class Epoch:
    seconds: float
    loss: float  # cross-entropy over the rows after it, as the network predicts: without dropout


def make_rows(work: Work) -> Rows:
    """Return rows of noise: there is nothing to learn, and no step is easier than another."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(ROWS, work.features, generator=generator)
    return x, torch.randint(0, CLASSES, (ROWS,), generator=generator)


def plain_network(work: Work, outputs: int = CLASSES) -> nn.Sequential:
    layers: list[nn.Module] = []
    width = work.features
    for size in work.hidden:
        layers += [nn.Linear(width, size), nn.BatchNorm1d(size), nn.LeakyReLU(0.01), nn.Dropout(DROPOUT)]
        width = size
    return nn.Sequential(*layers, nn.Linear(width, outputs))


@torch.no_grad()
def loss_after(network: nn.Module, rows: Rows, *more: Tensor) -> float:
    x, y = rows
    return functional.cross_entropy(network.eval()(x, *more), y).item()
