"""The step with autograd: forward, loss, backward, clip, update.

It waits for the device once a step, to learn whether the loss is finite; other values stay tensors until read.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import TracebackType

import torch
from torch import Tensor, nn

from netwright.core.errors import RunError
from netwright.networks.layers.dropout import dropouts_of, scale_shares
from netwright.networks.layers.mixing import Mixing, mixing_of
from netwright.training.averaging import Average, update_average
from netwright.training.batches import Batches, Gathered, Inputs, epoch_batches, micro_sizes
from netwright.training.config import TrainingConfig
from netwright.training.engines.replay import Recorder, recorder_for
from netwright.training.engines.room import ShortOfMemoryError, is_out_of_memory, no_room
from netwright.training.engines.stretch import Outcome, Stretch
from netwright.training.losses import LossFunction
from netwright.training.optimizers import Updater, update
from netwright.training.precision import computing
from netwright.training.regularization import clip_by_norm, clip_by_value, gradient_norm
from netwright.training.setbacks import PATIENCE
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
    recorder: Recorder | None = None  # of steps on a GPU

    @cached_property
    def mixing(self) -> Mixing | None:
        """The layer that makes one image of two, where the network has one."""
        return mixing_of(self.module)

    @property
    def ask(self) -> Callable[..., Tensor]:
        """What answers: the module, or while a step is recorded what torch.compile made of it, if that is wanted."""
        return self.module if self.recorder is None else self.recorder.ask


@dataclass(frozen=True)
class Batch:
    """The rows of one step, and what is special about it."""

    inputs: Inputs
    targets: Tensor
    weights: Tensor | None  # of the rows
    update: int  # of the optimizer, from 1
    learning_rate: float
    measured: bool  # whether the gradient's norm and the layers' statistics are wanted
    decay: float = 1.0  # factor of the weight decay


def on_gpu(engine: Engine, rows: int) -> Engine:
    """Return the engine as it is, or where that pays on its device, with steps of `rows` rows recorded and replayed."""
    parameters, mixed = engine.updater.parameters, engine.mixing is not None
    recorder = recorder_for(engine.module, parameters, engine.config, rows, mixed)
    return engine if recorder is None else replace(engine, recorder=recorder)


def take_step(engine: Engine, batch: Batch) -> Outcome:
    """Take one optimizer step. Return the mean loss over the rows and, if measured, what else is wanted.

    Where the loss, or the gradient's norm by which it is clipped, is not finite, nothing is changed but the running
    statistics, and the loss is NaN.
    """
    if not (batch.measured and engine.layers):
        loss, norm, skipped = _step(engine, batch, None)
        return Outcome(loss, norm, None, skipped)
    with watching(engine.layers) as watch:
        loss, norm, skipped = _step(engine, batch, watch)
        return Outcome(loss, norm, None if skipped else after_update(watch), skipped)


def _step(engine: Engine, batch: Batch, watch: Watch | None) -> tuple[Tensor, Tensor | None, int]:
    for parameter in engine.updater.parameters:
        parameter.grad = None
    try:
        loss = _gradients(engine, batch, watch is not None)
    except (MemoryError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise ShortOfMemoryError from error
        raise
    if watch is not None:
        before_update(watch)
    norm = _limit_gradients(engine, batch.measured)
    decisive = [loss] if norm is None or engine.config.clip_norm is None else [loss, norm]
    if not all(math.isfinite(value.item()) for value in decisive):
        return torch.full_like(loss, math.nan), norm, 1
    _update(engine, batch)
    if engine.average is not None and engine.config.ema_decay is not None:
        _average(engine, engine.average, engine.config.ema_decay, batch.update)
    return loss, norm, 0


def _update(engine: Engine, batch: Batch) -> None:
    if engine.recorder is None:
        update(engine.updater, engine.config, batch.learning_rate, batch.decay)
    else:
        engine.recorder.update(batch.learning_rate, batch.decay, partial(update, engine.updater, engine.config))


def _gradients(engine: Engine, batch: Batch, watched: bool) -> Tensor:
    """Fill the gradients, by what was recorded where that is possible."""
    if engine.recorder is None:
        return _backward(engine, batch)

    def compute(rows: Gathered) -> Tensor:
        return _backward(engine, replace(batch, inputs=rows[0], targets=rows[1], weights=rows[2]))

    return engine.recorder.gradients((batch.inputs, batch.targets, batch.weights), compute, watched)


def _backward(engine: Engine, batch: Batch) -> Tensor:
    """Fill the gradients of the mean loss, in micro-batches weighted by their rows."""
    if engine.config.accumulate == 1:
        loss = _loss(engine, batch.inputs, batch.targets, batch.weights)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()
    sizes = micro_sizes(len(batch.targets), engine.config.accumulate)
    shares: list[Tensor] = []
    columns = [torch.split(tensor, sizes) for tensor in batch.inputs]
    weights = None if batch.weights is None else torch.split(batch.weights, sizes)
    for part, truth in enumerate(torch.split(batch.targets, sizes)):
        inputs = tuple(column[part] for column in columns)
        loss = _loss(engine, inputs, truth, None if weights is None else weights[part])
        share = loss * (sizes[part] / len(batch.targets))
        share.backward()  # type: ignore[no-untyped-call]
        shares.append(share.detach())
    return torch.stack(shares).sum()


def _loss(engine: Engine, inputs: Inputs, targets: Tensor, weights: Tensor | None) -> Tensor:
    """Return the mean loss; of mixed images that of both labels, each with the share of its image."""
    logits = _logits(engine, inputs)
    loss = engine.loss(logits, targets, weights)
    if engine.mixing is None or engine.mixing.drawn is None:
        return loss
    others, kept = engine.mixing.drawn
    other = engine.loss(logits, targets[others], None if weights is None else weights[others])
    return kept * loss + (1.0 - kept) * other


def _logits(engine: Engine, inputs: Inputs) -> Tensor:
    """Ask the module, in the recipe's precision; the loss reads float32 all the same."""
    if engine.config.precision != "bfloat16":
        return engine.ask(*inputs)
    with computing(engine.config.precision, inputs[0].device.type):
        logits = engine.ask(*inputs)
    return logits.float()


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


class Steady:
    """The module's running statistics before a step, to put back if it is skipped or begun anew."""

    def __init__(self, module: nn.Module) -> None:
        norms = [layer for layer in module.modules() if isinstance(layer, nn.modules.batchnorm._NormBase)]
        silent = {id(buffer) for layer in norms for buffer in layer.buffers()}  # their kernels count no version
        self.buffers = list(module.buffers())
        self.kept = [buffer.clone() for buffer in self.buffers]
        self.versions = [None if id(buffer) in silent else buffer._version for buffer in self.buffers]
        always = [place for place, version in enumerate(self.versions) if version is None]
        self.always: dict[torch.dtype, list[int]] = {}  # places; those of one type are copied by one call
        for place in always:
            self.always.setdefault(self.buffers[place].dtype, []).append(place)

    def keep(self) -> None:
        """Copy those that changed since the last call, or may have: constants cost nothing."""
        for places in self.always.values():
            torch._foreach_copy_([self.kept[place] for place in places], [self.buffers[place] for place in places])
        for place, (buffer, version) in enumerate(zip(self.buffers, self.versions, strict=True)):
            if version is not None and buffer._version != version:
                self.kept[place].copy_(buffer)
                self.versions[place] = buffer._version

    def put_back(self) -> None:
        for buffer, kept in zip(self.buffers, self.kept, strict=True):
            buffer.copy_(kept)


class EagerRunner:
    """Stretches of steps with autograd."""

    name = "eager"

    def __init__(self, engine: Engine, batches: Batches, sizes: list[int]) -> None:
        self.engine, self.batches, self.sizes = on_gpu(engine, engine.config.batch_size), batches, sizes
        self.left: Iterator[Gathered] = iter(())
        self.dropouts = dropouts_of(engine.module)
        self.micro_batches = engine.config.accumulate
        self.steady = Steady(engine.module)

    def begin_epoch(self, order: Tensor, first: int) -> None:
        self.engine.module.train()
        self.left = epoch_batches(self.batches, order, self.sizes, first)

    def run(self, stretch: Stretch) -> Outcome:
        losses, skipped, in_a_row, last = [], 0, stretch.in_a_row, len(stretch.rates) - 1
        for number, rate in enumerate(stretch.rates):
            measured = stretch.measured and number == last
            if stretch.dropout:
                scale_shares(self.dropouts, stretch.dropout[number])
            decay = stretch.decay[number] if stretch.decay else 1.0
            update = stretch.updates + number - skipped + 1
            taken = self._take(Batch(*next(self.left), update, rate, measured, decay))
            losses.append(taken.losses)
            skipped += taken.skipped
            in_a_row = in_a_row + 1 if taken.skipped else 0
            if in_a_row >= PATIENCE:
                break
        return Outcome(torch.stack(losses), taken.norm if measured else None, taken.layers, skipped)

    def _take(self, batch: Batch) -> Outcome:
        """Take a step; in smaller micro-batches, from now on, where there is no memory for it."""
        self.steady.keep()
        while True:
            try:
                taken = take_step(self.engine, batch)
            except ShortOfMemoryError as error:
                rows = len(batch.targets)
                if self.micro_batches >= rows:
                    raise RunError(no_room(rows, self.engine.config)) from error
                self.divide(min(rows, 2 * self.micro_batches))
                self.steady.put_back()
            else:
                if taken.skipped:
                    self.steady.put_back()
                return taken

    def divide(self, micro_batches: int) -> None:
        """Take more micro-batches a step: the effective batch, and with it the rate's meaning, stays."""
        self.micro_batches = micro_batches
        config = replace(self.engine.config, accumulate=micro_batches)
        self.engine = replace(self.engine, config=config, recorder=None)

    @property
    def notes(self) -> tuple[str, ...]:
        return () if self.engine.recorder is None else self.engine.recorder.notes

    def measure(self) -> None:
        """Leave it to the module: see Runner."""

    def __enter__(self) -> "EagerRunner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left = iter(())
        scale_shares(self.dropouts, 1.0)
