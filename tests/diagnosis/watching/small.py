"""Small networks and loops that tests watch."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from netwright.diagnosis.case import Case
from netwright.diagnosis.watching import Doctor, watch

ROWS = 96


def rows(task: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Twenty features, and targets of a task that they decide."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(ROWS, 20, generator=generator)
    score = x[:, 0] + 0.5 * x[:, 1]
    targets = {
        "classes": (score > 0).long() + (score > 1).long(),
        "binary": (score > 0).float()[:, None],
        "values": score[:, None],
        "labels": (x[:, :3] > 0).float(),
    }
    return x, targets[task]


def mlp(outputs: int, *head: nn.Module, seed: int = 0) -> nn.Sequential:
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, outputs), *head)


def batches(x: Tensor, y: Tensor, size: int = 32) -> Iterator[tuple[Tensor, Tensor]]:
    yield from zip(x.split(size), y.split(size), strict=True)


def trained(
    model: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    data: tuple[Tensor, Tensor],
    epochs: int = 2,
    **options: Any,
) -> Doctor:
    """Train as it should be done, and watch it."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer, probe=False, **options) as doctor:
        for _ in range(epochs):
            for x, y in batches(*data):
                optimizer.zero_grad()
                loss(model(x), y).backward()
                optimizer.step()
    assert not doctor.state.recorded.remarks
    return doctor


def case_of(model: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], data: tuple[Tensor, Tensor]) -> Case:
    return trained(model, loss, data).case()
