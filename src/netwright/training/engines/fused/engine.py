"""The fused engine at work on one training: it binds the training state to flat buffers and runs stretches of steps."""

from functools import cache
from types import TracebackType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController
from torch import Tensor, nn

from netwright.core.seeds import derive_seed
from netwright.core.values import LayerStatistics, Task
from netwright.training.batches import Batches, micro_sizes
from netwright.training.config import TrainingConfig
from netwright.training.engines.fused import table
from netwright.training.engines.fused.binding import (
    Counters,
    bind_average,
    bind_optimizer,
    bind_statistics,
    bind_weights,
    give_back,
    make_memory,
    owned,
    zeros,
)
from netwright.training.engines.fused.compiling import steps_for
from netwright.training.engines.fused.layout import Layout, lay_out
from netwright.training.engines.fused.program import Writer, finish, write_program
from netwright.training.engines.fused.readable import why_not_read
from netwright.training.engines.fused.table import Data, Rule
from netwright.training.engines.stretch import Outcome, Stretch
from netwright.training.losses import loss_terms
from netwright.training.optimizers import hidden_weights
from netwright.training.setbacks import PATIENCE
from netwright.training.state import TrainingState, predicting

RULES = {
    "sgd": table.SGD,
    "momentum": table.MOMENTUM,
    "nesterov": table.NESTEROV,
    "rmsprop": table.RMSPROP,
    "adam": table.ADAM,
    "adamw": table.ADAM,
    "muon": table.MUON,
}
LOSSES = {"mse": table.MSE, "mae": table.MAE, "huber": table.HUBER, "bce": table.BCE, "cce": table.CCE}


@cache
def _libraries() -> ThreadpoolController:
    """Look for the loaded BLAS libraries once: it takes as long as a small network's training."""
    return ThreadpoolController()


class FusedRunner:
    """Stretches of steps by the compiled interpreter."""

    name = "fused"
    notes = ()

    def __init__(
        self, state: TrainingState, batches: Batches, sizes: list[int], config: TrainingConfig, task: Task
    ) -> None:
        self.module = module = state.module
        self.own, self.micro_batches = owned(module), config.accumulate
        layout = lay_out(module, config)
        places = {id(parameter): layout.places[name] for name, parameter in module.named_parameters()}
        writer = write_program(module, places, batches.train_inputs[0].shape[1], max(sizes))
        dtype = batches.train_inputs[0].numpy().dtype
        count = sum(parameter.requires_grad for parameter in module.parameters())
        self.counters = Counters(np.zeros(count, np.float32), np.zeros(len(writer.tracked), np.int64))
        self.layers = _names(module, writer) if config.statistics else ()
        heard = {operation.layer for operation in writer.operations if operation.kind == table.ACTIVATE}
        self.silent = [number for number in range(len(self.layers)) if number not in heard]
        memory = make_memory(writer, layout, dtype, config.accumulate > 1, self.layers)
        memory = bind_optimizer(state.updater, places, memory, self.counters)
        bind_weights(module, layout, memory)
        bind_statistics(writer, memory, self.counters)
        self.memory = bind_average(state.average, layout, memory)
        self.program = finish(writer, _muon_matrices(state, config, places), layout)
        terms = loss_terms(config, task, batches.train_targets)
        parts = [micro_sizes(size, config.accumulate) for size in sizes]
        self.data = data_of(batches, parts, terms[1], task, writer.columns)
        self.rule = rule_of(config, layout, terms[0])
        self.parts: list[int] = self.data.parts.tolist()
        self.held_out = _held_out(batches, writer, terms, task, max(sizes))
        state.predicting = predicting(state)  # views of buffers that stay where they are
        self.only_measure = self.rule._replace(optimizer=table.NONE, seed=table.NONE)
        outcomes = len(self.held_out.order) * self.program.outputs if self.held_out else 0
        self.logits = zeros(outcomes, dtype)  # of the validation rows
        self.limits: Any = None
        self.steps = steps_for(dtype)

    def begin_epoch(self, order: Tensor, first: int) -> None:
        del first
        self.data.order[:] = order.numpy()

    def run(self, stretch: Stretch) -> Outcome:
        count = len(stretch.rates)
        table_ = np.ones((4, count))
        table_[0] = stretch.rates
        if stretch.dropout:
            table_[2] = stretch.dropout
        if stretch.decay:
            table_[3] = stretch.decay
        span = (stretch.first, stretch.step, stretch.updates, stretch.in_a_row)
        norm, taken, skipped = self.steps(self.program, self.memory, self.data, self.rule, span, table_)
        losses = table_[1, :taken].astype(self.memory.parameters.dtype)
        self._count(stretch.first, losses, skipped)
        if not stretch.measured or taken < count:
            return Outcome(torch.from_numpy(losses), None, None, skipped)
        layers = self._layer_statistics() if self.layers else None
        return Outcome(torch.from_numpy(losses), norm, layers, skipped)

    def _count(self, first: int, losses: NDArray[Any], skipped: int) -> None:
        """Count the optimizer's updates, and the batches that each batch normalisation took in."""
        steps, batches = self.counters
        taken = len(losses)
        steps += taken - skipped
        batches += self.parts[first + taken] - self.parts[first]
        for number in np.flatnonzero(np.isnan(losses)) if skipped else ():
            batches -= self.parts[first + number + 1] - self.parts[first + number]

    def _layer_statistics(self) -> LayerStatistics:
        """Return those of the last step. What no activation speaks of is known: to look for NaN takes as long again."""
        quantities: list[list[float | None]] = self.memory.statistics.T.tolist()
        for signal in quantities[: table.SIGNALS]:
            for layer in self.silent:
                signal[layer] = None
        return LayerStatistics(self.layers, *map(tuple, quantities))

    def measure(self) -> tuple[float, Tensor] | None:
        """As the engines' other work, without the interpreter lock: see Runner."""
        if self.held_out is None:
            return None
        data, logits, width = self.held_out, self.logits, self.program.outputs
        memory, table_ = self.memory._replace(logits=logits), np.zeros((4, 1))
        if len(memory.average):
            memory = memory._replace(parameters=memory.average)
        self.steps(self.program, memory, data, self.only_measure, (0, 0, 0, 0), table_)
        return float(table_[1, 0]), torch.from_numpy(logits.reshape(-1, width))

    def __enter__(self) -> "FusedRunner":
        # The products of small networks lose by being shared out, and sums would depend on how.
        self.limits = _libraries().limit(limits=1, user_api="blas")
        self.module.eval()  # the interpreter knows that it trains; only predictions ask the module itself
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.limits.restore_original_limits()
        give_back(self.own)


def _names(module: nn.Module, writer: Writer) -> tuple[str, ...]:
    """Return the module's names of the linear layers, in the order of the table."""
    names = {id(layer): name for name, layer in module.named_modules()}
    return tuple(names[id(layer)] for layer in writer.linear)


def data_of(batches: Batches, parts: list[list[int]], weights: Tensor | None, task: Task, columns: list[int]) -> Data:
    """Return the rows as the interpreter reads them; nothing is copied that has the right type.

    Args:
        batches: all rows.
        parts: rows of each micro-batch of each batch.
        weights: of the classes, if they have any.
        task: whether targets are classes.
        columns: see Data.
    """
    numeric = np.ascontiguousarray(batches.train_inputs[0].numpy())
    codes = batches.train_inputs[1].numpy() if len(batches.train_inputs) > 1 else np.zeros((len(numeric), 0))
    targets = batches.train_targets.reshape(len(numeric), -1)
    values = targets.numpy() if task == "regression" else np.zeros((0, 0))
    classes = np.zeros(0) if task == "regression" else targets.long().flatten().numpy()
    rows = batches.train_weights
    return Data(
        numeric,
        np.ascontiguousarray(codes, np.int64),
        np.ascontiguousarray(values, numeric.dtype),
        np.ascontiguousarray(classes, np.int64),
        np.zeros(0, numeric.dtype) if weights is None else weights.numpy().astype(numeric.dtype),
        np.zeros(0, numeric.dtype) if rows is None else np.ascontiguousarray(rows.numpy(), numeric.dtype),
        np.zeros(len(numeric), np.int64),
        np.cumsum([0, *(size for part in parts for size in part)], dtype=np.int64),
        np.cumsum([0, *map(len, parts)], dtype=np.int64),
        np.array(columns, np.int64),
    )


def _held_out(batches: Batches, writer: Writer, terms: tuple[str, Tensor | None], task: Task, most: int) -> Data | None:
    """Return the validation rows as a batch in parts of `most` rows; None: none, or the module must answer."""
    inputs, targets = batches.validation_inputs, batches.validation_targets
    if inputs is None or targets is None or writer.times > 1:  # members' answers are averaged: the module does that
        return None
    rows = Batches(inputs, targets, train_weights=batches.validation_weights)
    alike = [(part.dtype, part.shape[1:]) for part in inputs] == [
        (part.dtype, part.shape[1:]) for part in batches.train_inputs
    ]
    if not alike or why_not_read(writer, rows, terms, task):
        return None
    full, rest = divmod(len(targets), most)
    data = data_of(rows, [[most] * full + [rest] * (rest > 0)], terms[1], task, writer.columns)
    data.order[:] = np.arange(len(targets))
    return data


def rule_of(config: TrainingConfig, layout: Layout, loss: str) -> Rule:
    return Rule(
        optimizer=RULES[config.optimizer],
        loss=LOSSES[loss],
        momentum=float(config.momentum),
        beta1=float(config.betas[0]),
        beta2=float(config.betas[1]),
        epsilon=float(config.epsilon),
        rho=float(config.rho),
        coupled=config.weight_decay_form == "coupled",
        clip_norm=float(config.clip_norm or 0.0),
        clip_value=float(config.clip_value or 0.0),
        ema=-1.0 if config.ema_decay is None else float(config.ema_decay),
        smoothing=float(config.label_smoothing),
        huber=float(config.huber_delta),
        seed=derive_seed(config.seed, "dropout"),
        trained=layout.trained,
        patience=PATIENCE,
    )


def _muon_matrices(state: TrainingState, config: TrainingConfig, places: dict[int, int]) -> list[tuple[int, int, int]]:
    if config.optimizer != "muon":
        return []
    return [(places[id(weight)], weight.shape[0], weight.shape[1]) for weight in hidden_weights(state.module)]
