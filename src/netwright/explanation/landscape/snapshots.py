"""The weights of a network after each epoch of a training, as many as memory has room for."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.explanation.landscape.subject import Subject
from netwright.training.predict import predict_logits

MOST_KEPT = 100
MOST_BYTES = 1 << 28


@dataclass
class Snapshots:
    """Takes the weights of `module` whenever it is told that an epoch begins; keeps every second one when full."""

    module: nn.Module
    subject: Subject  # rows and loss that each snapshot is measured by
    epochs: list[int] = field(default_factory=list)  # finished before each snapshot
    vectors: list[Float[Tensor, " numbers"]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    every: int = 1

    def epoch_begins(self, epoch: int) -> None:
        """Take a snapshot of what epochs before `epoch`, from 1, made."""
        finished = epoch - 1
        if finished % self.every or finished in self.epochs:
            return
        self.epochs.append(finished)
        self.vectors.append(flat_weights(self.module))
        self.losses.append(float(self.subject.loss(predict_logits(self.module, self.subject.inputs), self._targets)))
        if len(self.vectors) > min(MOST_KEPT, max(4, MOST_BYTES // (4 * self.vectors[0].numel()))):
            self._thin()

    @property
    def _targets(self) -> Tensor:
        return self.subject.targets

    def _thin(self) -> None:
        self.every *= 2
        kept = [place for place, epoch in enumerate(self.epochs) if epoch % self.every == 0]
        self.epochs = [self.epochs[place] for place in kept]
        self.vectors = [self.vectors[place] for place in kept]
        self.losses = [self.losses[place] for place in kept]


def flat_weights(module: nn.Module) -> Float[Tensor, " numbers"]:
    """Return a copy of all parameters in one row, on the CPU."""
    return torch.cat([value.detach().flatten().cpu() for value in module.parameters()])
