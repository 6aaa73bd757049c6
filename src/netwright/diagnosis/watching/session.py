"""A training while it is watched: what its events are taken to mean."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from netwright.diagnosis.watching.evaluations import sensitive
from netwright.diagnosis.watching.names import tensors_in
from netwright.diagnosis.watching.quick import settle
from netwright.diagnosis.watching.state import Current, State
from netwright.diagnosis.watching.stepping import (
    before_step,
    begin,
    close_forward,
    finish,
    open_forward,
    stop_tape,
    take_loss,
)

MOST_FORWARDS = 16  # of one step without a backward pass: then its tape ends


@dataclass
class Session:
    """What the events of a training go to."""

    state: State

    def entered(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Hear that the network, or a part that the user calls himself, is about to answer."""
        with self.state.pace.counting():
            _entered(self.state, arguments, options)

    def left(self, result: Any) -> None:
        """Hear that it has answered, or failed."""
        with self.state.pace.counting():
            _left(self.state, result)

    def backward_begins(self, losses: Any) -> None:
        """Hear that a backward pass begins."""
        with self.state.pace.counting():
            _backward_begins(self.state, losses)

    def backward_ended(self) -> None:
        """Hear that it has ended."""
        state = self.state
        state.recorded.backwards += 1
        if state.current is not None:
            with state.pace.counting():
                _backward_ended(state, state.current)

    def step_begins(self, optimizer: Optimizer) -> None:
        """Hear that an optimizer is about to step."""
        with self.state.pace.counting():
            _step_begins(self.state, optimizer)

    def step_ended(self, optimizer: Optimizer) -> None:
        """Hear that it has stepped."""
        state = self.state
        state.in_step = False
        state.held[id(optimizer)].after_step()
        if state.current is not None:
            with state.pace.counting():
                _step_ended(state, state.current, optimizer)

    def clipped(self, norm: float) -> None:
        """Hear that gradients are clipped."""
        self.state.recorded.clip_norm = norm

    def scaled(self, losses: Any, result: Any) -> None:
        """Hear that a loss was scaled for the sake of half precision."""
        state = self.state
        state.recorded.scaled_losses = True
        for loss, scaled in zip(tensors_in(losses), tensors_in(result), strict=False):
            state.scales = {id(scaled): (scaled, loss)}

    def pass_began(self, loader: Any) -> None:
        """Hear that a pass over a loader begins."""
        self.state.evaluations.close(self.state.recorded.judgement)
        if self.state.current is not None and self.state.current.stepped:
            finish(self.state)
        self.state.passes.began(loader)

    def ended(self) -> None:
        """Hear that no more will come."""
        state = self.state
        state.evaluations.close(state.recorded.judgement)
        if state.quick.busy:
            begin(state)
        current = state.current
        if current is not None and state.recorded.steps and not current.backwards and not current.stepped:
            stop_tape(state, current)  # answers that were asked for after the last step
            state.current = None
        finish(state)
        settle(state)
        state.recorded.flush()


def _entered(state: State, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    state.depth += 1
    if state.depth > 1 or state.in_backward:
        return
    state.evaluations.close(state.recorded.judgement)
    current = state.current
    if current is not None and not state.in_step and (current.stepped or current.is_evaluation):
        finish(state)
    if torch.is_grad_enabled() and state.quick.paused and state.current is None and state.model.training:
        state.quick.on, state.quick.paused, state.quick.call = True, False, (arguments, options)
    elif torch.is_grad_enabled():
        open_forward(state, state.current or begin(state), (arguments, options))
    else:
        _evaluate(state, arguments, options)


def _left(state: State, result: Any) -> None:
    state.depth -= 1
    if state.depth or state.in_backward:
        return
    results = list(tensors_in(result))
    if not torch.is_grad_enabled():
        state.evaluations.answered(results)
    elif state.current is not None:
        close_forward(state, state.current, results)
        state.recorded.bare = isinstance(result, Tensor)
        if state.current.forwards > MOST_FORWARDS:
            stop_tape(state, state.current)


def _backward_begins(state: State, losses: Any) -> None:
    state.evaluations.close(state.recorded.judgement)
    current = state.current or begin(state)
    total = next(iter(tensors_in(losses)), None)
    if total is not None:
        take_loss(state, current, _unscaled(state, total))
    for held in state.held.values():
        held.before_backward()


def _backward_ended(state: State, current: Current) -> None:
    current.backwards += 1
    for held in state.held.values():
        held.after_backward(current.watched)
    if current.watched:
        state.recorded.looked += 1
        state.recorded.gradients_seen |= current.layers.after_backward(state.scale)


def _step_begins(state: State, optimizer: Optimizer) -> None:
    if state.current is not None and id(optimizer) in state.current.stepped:
        finish(state)
    current = state.current or begin(state)
    state.in_step = True
    state.held[id(optimizer)].before_step(current.watched)
    before_step(state, current)


def _step_ended(state: State, current: Current, optimizer: Optimizer) -> None:
    current.stepped.add(id(optimizer))
    if current.watched:
        current.layers.after_update()
    if len(state.held) == 1:
        finish(state)


def _evaluate(state: State, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    wrong = state.model.training and any(module.training for _, module in sensitive(state.model))
    if state.current is not None and not state.current.is_evaluation:
        return  # in the middle of a step: part of its loss
    if state.quick.busy:
        return
    state.quick.on, state.quick.paused = False, state.quick.on or state.quick.paused
    state.evaluations.begin(state.recorded.steps, state.passes.current, wrong)
    state.evaluations.call = (arguments, options)


def _unscaled(state: State, total: Tensor) -> Tensor:
    scaled, loss = state.scales.pop(id(total), (total, total))
    if scaled is not loss:
        state.scale = float((scaled.detach() / loss.detach()).nan_to_num(1.0, 1.0, 1.0)) or 1.0
    return loss
