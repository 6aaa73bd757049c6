"""The step with autograd: forward, loss, backward, clip, update.

It never waits for the device: losses and norms stay tensors until somebody reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import torch
from torch import Tensor, nn

from netwright.networks.layers.dropout import dropouts_of, scale_shares
from netwright.training.averaging import Average, update_average
from netwright.training.batches import Batches, Gathered, Inputs, epoch_batches, micro_sizes
from netwright.training.config import TrainingConfig
from netwright.training.engines.stretch import Outcome, Stretch
from netwright.training.losses import LossFunction
from netwright.training.optimizers import Updater, update
from netwright.training.regularization import clip_by_norm, clip_by_value, gradient_norm
from netwright.training.statistics import Watch, Watched, after_update, before_update, watching


@dataclass(frozen=True)
class Engine:
    """What every step needs."""

    module: nn.Module
    loss: LossFunction
    updater: Updater
    average: Average | None
    config: TrainingConfig
    layers: tuple[Watched, ...] = ()  # that statistics are taken of


@dataclass(frozen=True)
class Batch:
    """The rows of one step, and what is special about it."""

    inputs: Inputs
    targets: Tensor
    weights: Tensor | None  # of the rows
    step: int  # from 1
    learning_rate: float
    measured: bool  # whether the gradient's norm and the layers' statistics are wanted
    decay: float = 1.0  # factor of the weight decay


def take_step(engine: Engine, batch: Batch) -> Outcome:
    """Take one optimizer step. Return the mean loss over the rows and, if measured, what else is wanted."""
    if not (batch.measured and engine.layers):
        return Outcome(*_step(engine, batch, None))
    with watching(engine.layers) as watch:
        loss, norm = _step(engine, batch, watch)
        return Outcome(loss, norm, after_update(watch))


def _step(engine: Engine, batch: Batch, watch: Watch | None) -> tuple[Tensor, Tensor | None]:
    for parameter in engine.updater.parameters:
        parameter.grad = None
    loss = _backward(engine, batch)
    if watch is not None:
        before_update(watch)
    norm = _limit_gradients(engine, batch.measured)
    update(engine.updater, engine.config, batch.learning_rate, batch.decay)
    if engine.average is not None and engine.config.ema_decay is not None:
        _average(engine, engine.average, engine.config.ema_decay, batch.step)
    return loss, norm


def _backward(engine: Engine, batch: Batch) -> Tensor:
    """Fill the gradients of the mean loss, in micro-batches weighted by their rows."""
    if engine.config.accumulate == 1:
        loss = engine.loss(engine.module(*batch.inputs), batch.targets, batch.weights)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()
    sizes = micro_sizes(len(batch.targets), engine.config.accumulate)
    shares: list[Tensor] = []
    columns = [torch.split(tensor, sizes) for tensor in batch.inputs]
    weights = None if batch.weights is None else torch.split(batch.weights, sizes)
    for part, truth in enumerate(torch.split(batch.targets, sizes)):
        logits = engine.module(*(column[part] for column in columns))
        loss = engine.loss(logits, truth, None if weights is None else weights[part])
        share = loss * (sizes[part] / len(batch.targets))
        share.backward()  # type: ignore[no-untyped-call]
        shares.append(share.detach())
    return torch.stack(shares).sum()


@torch.no_grad()
def _limit_gradients(engine: Engine, measured: bool) -> Tensor | None:
    config, parameters = engine.config, engine.updater.parameters
    norm = gradient_norm(parameters) if measured or config.clip_norm is not None else None
    if config.clip_value is not None:
        clip_by_value(parameters, config.clip_value)
    if config.clip_norm is not None:
        after = norm if config.clip_value is None else gradient_norm(parameters)
        assert after is not None
        clip_by_norm(parameters, config.clip_norm, after)
    return norm


@torch.no_grad()
def _average(engine: Engine, average: Average, decay: float, step: int) -> None:
    update_average(average, [parameter.detach() for parameter in engine.module.parameters()], decay, step)


class EagerRunner:
    """Stretches of steps with autograd."""

    name = "eager"

    def __init__(self, engine: Engine, batches: Batches, sizes: list[int]) -> None:
        self.engine, self.batches, self.sizes = engine, batches, sizes
        self.left: Iterator[Gathered] = iter(())
        self.dropouts = dropouts_of(engine.module)

    def begin_epoch(self, order: Tensor, first: int) -> None:
        self.engine.module.train()
        self.left = epoch_batches(self.batches, order, self.sizes, first)

    def run(self, stretch: Stretch) -> Outcome:
        losses = []
        last = len(stretch.rates) - 1
        for number, rate in enumerate(stretch.rates):
            measured = stretch.measured and number == last
            if stretch.dropout:
                scale_shares(self.dropouts, stretch.dropout[number])
            decay = stretch.decay[number] if stretch.decay else 1.0
            batch = Batch(*next(self.left), stretch.step + number + 1, rate, measured, decay)
            taken = take_step(self.engine, batch)
            losses.append(taken.losses)
        return Outcome(torch.stack(losses), taken.norm if stretch.measured else None, taken.layers)

    def measure(self) -> None:
        """Leave it to the module: see Runner."""

    def __enter__(self) -> "EagerRunner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left = iter(())
        scale_shares(self.dropouts, 1.0)
