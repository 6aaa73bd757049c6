"""Steps on a copy of a network, so that something can be measured before the training itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import count

from torch import nn

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.seeds import derive_seed
from netwright.core.values import Task
from netwright.training.batches import Batches, Gathered, batch_sizes, epoch_batches, epoch_order
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.generators import seeded
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.preflight import bring


@dataclass(frozen=True)
class Subject:
    """What is tried out: a network with its rows and recipe."""

    module: nn.Module  # freshly initialised; stays as it is
    batches: Batches
    config: TrainingConfig  # its optimizer, batch size, decay, clipping and loss are those of the trial
    task: Task


@dataclass
class Trial:
    """A copy of a freshly initialised network with its optimizer, and the batches that it has not seen yet."""

    engine: Engine
    batches: Batches
    left: Iterator[Gathered]
    steps: int = 0  # taken


@contextmanager
def trying(subject: Subject) -> Iterator[Trial]:
    """Copy the network; what chance does with it depends on the config's seed alone, and no other chance on it."""
    config = subject.config
    device, _ = choose_device(config.device)
    with seeded(derive_seed(config.seed, "trial"), device), cpu_threads(config.threads):
        copy = deepcopy(subject.module).to(device).train()
        first = next(copy.parameters())
        batches = bring(subject.batches, subject.task, first.dtype, first.device)
        loss = loss_for(config, subject.task, batches.train_targets)
        engine = Engine(copy, loss, make_updater(copy, config), None, config)
        yield Trial(engine, batches, _endless(batches, config))


def _endless(batches: Batches, config: TrainingConfig) -> Iterator[Gathered]:
    """Yield the batches of one epoch after another, in orders that the training does not use."""
    sizes, seed = batch_sizes(batches.rows, config.batch_size), derive_seed(config.seed, "trial")
    for epoch in count(1):
        yield from epoch_batches(batches, epoch_order(batches.rows, seed, epoch), sizes)


def step(trial: Trial, learning_rate: float) -> float:
    """Take one optimizer step; return the mean loss over its rows, before the step."""
    trial.steps += 1
    batch = Batch(*next(trial.left), trial.steps, learning_rate, measured=False)
    return float(take_step(trial.engine, batch).losses)
