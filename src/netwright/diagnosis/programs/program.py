"""One PyTorch training as people write it: network, rows, loss, optimizer, and the habits of its loop."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from netwright.diagnosis.case import Case, TaskKind

Loss = Callable[[Tensor, Tensor], Tensor]  # output and target to a scalar
Penalty = Callable[[nn.Module], Tensor]  # a network to a scalar that is added to the loss
RateFactor = Callable[[int], float]  # number of finished steps or epochs to what the rate is multiplied by


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows: what the network takes, as one tensor an argument, and what it should answer."""

    inputs: tuple[Tensor, ...]
    targets: Tensor

    @property
    def rows(self) -> int:
        return len(self.targets)

    def at(self, chosen: Tensor) -> "Sample":
        """Return the chosen rows, by number."""
        return Sample(tuple(part[chosen] for part in self.inputs), self.targets[chosen])


@dataclass(frozen=True)
class Habits:
    """What a loop does around forward and backward; the defaults are what it should do."""

    zero_grad: bool = True
    clear_before_step: bool = False  # gradients are set to zero between backward and step
    train_mode: bool = True
    evaluation_mode: bool = True  # when it evaluates
    frozen: tuple[str, ...] = ()  # names of parameters, or their beginnings, that require no gradient
    left_out: tuple[str, ...] = ()  # the same of those that the optimizer is not given
    stale: bool = False  # the optimizer holds the parameters of another copy of the network
    backwards: bool = True
    steps: bool = True
    accumulate: int = 1  # backward passes a step
    divides: bool = True  # each of their losses by their number
    rate_per: Literal["step", "epoch"] = "epoch"  # what `schedule` counts
    one_batch: bool = False  # every step reads the first rows
    apart: bool = False  # rows are drawn in one order, targets in another
    detached: str = ""  # layer whose result is cut from the graph


@dataclass(frozen=True, eq=False)
class Program:
    """One training."""

    name: str
    build: Callable[[int], nn.Module]  # a fresh network of a seed; torch's generator has that seed as well
    loss: Loss
    loss_name: str  # as in `Objective.loss`: cross_entropy, mse ...
    rows: Sample
    task: TaskKind
    validation: Sample | None = None
    optimizer: type[Optimizer] = torch.optim.SGD
    settings: Mapping[str, Any] = field(default_factory=lambda: {"lr": 0.01})
    batch_size: int = 32
    epochs: int = 10
    shuffle: bool = True
    schedule: RateFactor | None = None
    clip_norm: float | None = None
    penalty: Penalty | None = None  # it is no part of the losses that are noted
    most_steps: int | None = None  # after which training ends, whatever its epochs
    patience: int | None = None  # epochs without a lower validation loss; then the best weights come back
    precision: torch.dtype = torch.float32
    threshold: float | None = None  # between the answers of two classes; None: by the loss and the targets
    habits: Habits = field(default_factory=Habits)
    spare: int = 0  # of the first validation rows, by which nothing is judged: they may be trained on instead

    @property
    def judged(self) -> Sample | None:
        """The validation rows that the training is judged by."""
        held = self.validation
        return held.at(torch.arange(self.spare, held.rows)) if held is not None and self.spare else held

    @property
    def steps_per_epoch(self) -> int:
        batches = math.ceil(self.rows.rows / self.batch_size)
        return math.ceil(batches / self.habits.accumulate)

    @property
    def steps(self) -> int:
        planned = self.steps_per_epoch * self.epochs
        return planned if self.most_steps is None else min(planned, self.most_steps)

    def but(self, **fields: Any) -> "Program":
        """Return the same with some fields changed; those of habits by their own names."""
        habits = {name: fields.pop(name) for name in list(fields) if name in _HABITS}
        changed = dataclasses.replace(self.habits, **habits)
        return dataclasses.replace(self, habits=changed, **fields)

    def with_settings(self, **settings: Any) -> "Program":
        """Return the same with some of the optimizer's settings changed."""
        return dataclasses.replace(self, settings={**self.settings, **settings})


_HABITS = {entry.name for entry in dataclasses.fields(Habits)}


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a program came to. Scores: accuracy, micro F1 of labels, or 1 - squared error / variance, at least -1."""

    loss: float | None  # mean training loss of the last tenth of the steps; None: not finite
    score: float | None  # on validation rows, or training rows where there are none; None: not finite
    training_score: float | None
    validation_score: float | None
    losses: tuple[float, ...]  # of each step
    validation_losses: tuple[float, ...]  # of each epoch
    steps: int
    seconds: float
    finished: bool  # whether all its steps were taken before the deadline
    case: Case | None = None  # where it was watched
    network: nn.Module | None = None
