"""Carrying a program out, as its author would: a loop over epochs and batches, with its habits."""

import copy
import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from netwright.core.seeds import derive_seed
from netwright.diagnosis.programs.program import Outcome, Program, Sample
from netwright.diagnosis.programs.scoring import measure

Watch = Callable[..., AbstractContextManager[Any]]
END = 0.1  # share of the steps whose mean loss is the loss of a training


@dataclass
class Running:
    """A program while it is carried out."""

    program: Program
    network: nn.Module
    optimizer: Optimizer
    order: torch.Generator
    deadline: float
    scheduler: LambdaLR | None = None
    doctor: Any = None
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    backwards: int = 0
    best: dict[str, Tensor] | None = None
    worse: int = 0  # epochs since the lowest validation loss
    stopped: bool = False

    @property
    def over(self) -> bool:
        """Whether no further batch is to be read."""
        taken = self.backwards // self.program.habits.accumulate
        return self.stopped or taken >= self.program.steps or time.perf_counter() > self.deadline


def train_program(
    program: Program, seed: int = 0, watch: Watch | None = None, deadline: float | None = None, keep: bool = False
) -> Outcome:
    """Train a program under a seed and return what it came to; the caller's generators are left as they were.

    Args:
        program: what to train.
        seed: of the initial weights, the order of rows and dropout.
        watch: `netwright.diagnosis.watching.watch`, to get the case as well.
        deadline: a time of `time.perf_counter` after which no step begins.
        keep: whether the network comes back with the outcome.
    """
    began = time.perf_counter()
    with torch.random.fork_rng([]), ExitStack() as stack:
        torch.default_generator.manual_seed(seed)
        running = start(program, seed, math.inf if deadline is None else deadline)
        if watch is not None:
            running.doctor = stack.enter_context(watch(running.network, running.optimizer, program.loss))
        for _ in range(program.epochs):
            if running.over:
                break
            train_epoch(running)
        stack.close()
        return finish(running, time.perf_counter() - began, keep)


def start(program: Program, seed: int, deadline: float) -> Running:
    """Build the network and its optimizer."""
    network = program.build(seed).to(program.precision)
    freeze(network, program.habits.frozen)
    if program.habits.detached:
        cut(network, program.habits.detached)
    optimizer = optimizer_of(program, copy.deepcopy(network) if program.habits.stale else network)
    scheduler = LambdaLR(optimizer, program.schedule) if program.schedule else None
    order = torch.Generator().manual_seed(derive_seed(seed, "order of rows"))
    return Running(program, network, optimizer, order, deadline, scheduler)


def freeze(network: nn.Module, names: tuple[str, ...]) -> None:
    for name, parameter in network.named_parameters():
        if names and name.startswith(names):
            parameter.requires_grad_(False)


def cut(network: nn.Module, layer: str) -> None:
    """Have a layer's result cut from the graph, as a stray `.detach()` does."""
    network.get_submodule(layer).register_forward_hook(lambda _module, _inputs, output: output.detach())


def optimizer_of(program: Program, network: nn.Module) -> Optimizer:
    left_out = program.habits.left_out
    given = [
        parameter
        for name, parameter in network.named_parameters()
        if parameter.requires_grad and not (left_out and name.startswith(left_out))
    ]
    return program.optimizer(given, **program.settings)


def train_epoch(running: Running) -> None:
    program = running.program
    running.network.train(program.habits.train_mode)
    first = len(running.losses)
    for batch in batches(running):
        if running.over:
            break
        train_batch(running, batch)
    if program.habits.rate_per == "epoch":
        advance(running)
    evaluate_epoch(running, statistics.fmean(running.losses[first:]))


def batches(running: Running) -> Iterator[Sample]:
    """Yield the batches of one epoch."""
    program, rows = running.program, running.program.rows
    order = torch.randperm(rows.rows, generator=running.order) if program.shuffle else torch.arange(rows.rows)
    other = torch.randperm(rows.rows, generator=running.order) if program.habits.apart else order
    for at in range(0, rows.rows, program.batch_size):
        chosen, told = (part[at : at + program.batch_size] for part in (order, other))
        if program.habits.one_batch:
            chosen = told = torch.arange(min(program.batch_size, rows.rows))
        inputs = tuple(cast(part[chosen], program.precision) for part in rows.inputs)
        yield Sample(inputs, rows.targets[told])


def cast(part: Tensor, precision: torch.dtype) -> Tensor:
    return part.to(precision) if part.is_floating_point() else part


def train_batch(running: Running, batch: Sample) -> None:
    """Do one forward and backward pass, and the step if it is time for one."""
    program, habits = running.program, running.program.habits
    if habits.zero_grad and running.backwards % habits.accumulate == 0:
        running.optimizer.zero_grad()
    loss = program.loss(running.network(*batch.inputs), batch.targets)
    running.losses.append(float(loss.detach()))
    if program.penalty is not None:
        loss = loss + program.penalty(running.network)
    if habits.backwards and loss.requires_grad:
        parts = habits.accumulate if habits.divides else 1
        torch.autograd.backward(loss / parts if parts > 1 else loss)
    running.backwards += 1
    if running.backwards % habits.accumulate == 0:
        step(running)


def step(running: Running) -> None:
    program = running.program
    if program.habits.clear_before_step:
        running.optimizer.zero_grad()
    if program.clip_norm is not None:
        nn.utils.clip_grad_norm_(running.network.parameters(), program.clip_norm)
    if program.habits.steps:
        running.optimizer.step()
    if program.habits.rate_per == "step":
        advance(running)


def advance(running: Running) -> None:
    if running.scheduler is not None:
        running.scheduler.step()


def evaluate_epoch(running: Running, train_loss: float) -> None:
    """Evaluate on the validation rows, tell the doctor, and stop early if the program does."""
    program, judged = running.program, running.program.judged
    if judged is None:
        return
    running.network.train(not program.habits.evaluation_mode)
    score, loss = measure(program, running.network, in_precision(program, judged))
    running.validation_losses.append(math.nan if loss is None else loss)
    if running.doctor is not None:
        running.doctor.epoch(train_loss=train_loss, validation_loss=loss, metric=score)
    if program.patience is not None and loss is not None:
        stop_early(running, loss, program.patience)


def in_precision(program: Program, sample: Sample) -> Sample:
    return Sample(tuple(cast(part, program.precision) for part in sample.inputs), sample.targets)


def stop_early(running: Running, loss: float, patience: int) -> None:
    if loss <= min(running.validation_losses):
        running.best, running.worse = copy.deepcopy(running.network.state_dict()), 0
        return
    running.worse += 1
    running.stopped = running.worse >= patience


def finish(running: Running, seconds: float, keep: bool) -> Outcome:
    """Score the trained network."""
    program = running.program
    if running.best is not None:
        running.network.load_state_dict(running.best)
    running.network.train(not program.habits.evaluation_mode)
    training, _ = measure(program, running.network, in_precision(program, program.rows))
    validation, judged = None, program.judged
    if judged is not None:
        validation, _ = measure(program, running.network, in_precision(program, judged))
    steps = running.backwards // program.habits.accumulate
    return Outcome(
        final(running.losses),
        training if judged is None else validation,
        training,
        validation,
        tuple(running.losses),
        tuple(running.validation_losses),
        steps,
        seconds,
        running.stopped or steps >= program.steps,
        running.doctor.case() if running.doctor is not None else None,
        running.network if keep else None,
    )


def final(losses: list[float]) -> float | None:
    """Return the mean loss of the last tenth; None where one is not finite."""
    last = losses[-max(1, round(END * len(losses))) :]
    return statistics.fmean(last) if last and all(map(math.isfinite, last)) else None
