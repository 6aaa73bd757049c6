"""A network with rows and a loss: what a landscape is drawn of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.func import functional_call

Inputs = tuple[Tensor, ...]
Loss = Callable[[Tensor, Tensor], Tensor]  # answers, targets -> a scalar
Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Subject:
    """A module in evaluation mode, and the loss that is drawn."""

    module: nn.Module
    inputs: Inputs  # each with rows first
    targets: Tensor
    loss: Loss
    block: int | None = None  # rows at once, where the loss is a mean over rows; None: all of them

    @property
    def rows(self) -> int:
        return len(self.targets)

    @property
    def weights(self) -> dict[str, Tensor]:
        """What the network learnt, by name."""
        return {name: value.detach() for name, value in self.module.named_parameters()}

    @property
    def blocks(self) -> list[tuple[Inputs, Tensor]]:
        size = self.block or self.rows
        starts = range(0, self.rows, size)
        return [(tuple(x[at : at + size] for x in self.inputs), self.targets[at : at + size]) for at in starts]

    def of(self, module: nn.Module) -> "Subject":
        """Return the same rows and loss with another network."""
        return replace(self, module=module)


def loss_at(subject: Subject, weights: Weights) -> Tensor:
    """Return the loss of the network with other weights; its buffers stay as they are."""
    total = torch.zeros(())
    for inputs, targets in subject.blocks:
        answers = functional_call(subject.module, dict(weights), inputs)
        total = total + subject.loss(answers, targets) * (len(targets) / subject.rows)
    return total


@torch.no_grad()
def own_loss(subject: Subject) -> float:
    """Return the loss of the network as it is."""
    return float(loss_at(subject, subject.weights))
