"""What surrounds one training, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from netwright.core.interrupts import StopSignal
from netwright.core.values import Choice, EpochRecord, Task
from netwright.training.losses import LossFunction
from netwright.training.optimizers import Updater
from netwright.training.records import Record, RecordSink

Observer = Callable[[Record], object]
Metric = Callable[[Tensor, Tensor], float]  # logits, targets -> value


def _ignore(_: int) -> None:
    return None


@dataclass(frozen=True)
class Session:
    """What surrounds one call of `fit`: where to save, when to stop, what to measure."""

    folder: Path | None = None  # of checkpoints; None: none are made
    stop: StopSignal | None = None
    deadline: float | None = None  # in time.monotonic() seconds
    metric: Metric | None = None  # on validation rows
    higher_is_better: bool = True
    resume: bool = False
    task: Task | None = None  # None: whole-number targets are classes, others are values
    networks: int = 1  # that this process trains, this one among them
    records: RecordSink | None = None
    updater: Updater | None = None  # the module's optimizer with what it remembers; None: a fresh one
    loss: LossFunction | None = None  # reads targets as they are given; None: that of the config, for the task
    validation: Callable[[nn.Module], float] | None = None  # the loss to judge by, in place of validation rows
    epoch_begins: Callable[[int], object] = _ignore  # told of each epoch's number before its steps


@dataclass(frozen=True)
class FitResult:
    """What came of a training. The module itself holds the best weights."""

    epochs: tuple[EpochRecord, ...]
    steps: int  # optimizer steps taken
    best_epoch: int  # from 1; 0 where the monitored metric never was a number
    best_value: float  # of the monitored value; the training loss where there are no validation rows
    stopped_because: str
    seconds: float
    planned_epochs: int  # fewer than configured where a deadline did not leave room for all
    engine: Choice  # that trained, and why
    notes: tuple[str, ...] = ()  # what a user should know of a resume
