"""Steps that are not watched: what they do is counted, and little else is done, for they are nearly all steps."""

import math
import time

import torch
from torch import Tensor

from netwright.diagnosis.watching.recorded import StepNote
from netwright.diagnosis.watching.state import Call, State


def make_ready(state: State) -> None:
    """Choose whether the step that is coming is such a one; all of the last one is noted."""
    quick, step = state.quick, state.recorded.steps + 1
    quick.on = len(state.held) == 1 and not state.pace.due(step) and state.store.settled()


def forward(state: State, call: Call) -> bool:
    """Take that the network is about to answer; False where it has to be looked at closer."""
    quick = state.quick
    if not quick.on or state.depth or not state.model.training or not torch.is_grad_enabled():
        return False
    if not quick.forwards:
        quick.began, quick.call = time.perf_counter(), call
    quick.forwards += 1
    state.recorded.forwards += 1
    return True


def loss(state: State, total: Tensor) -> bool:
    """Take a loss that backward is called on; False where it has to be looked at closer."""
    quick = state.quick
    if total.numel() != 1 or state.scales:
        return False
    value: Tensor | float = total.item() if total.is_cpu else total.detach()
    if isinstance(value, float) and not math.isfinite(value):
        return False
    quick.losses.append(value)
    return True


def step_done(state: State) -> None:
    """Note the step."""
    quick, recorded = state.quick, state.recorded
    recorded.steps += 1
    rate = float(state.optimizers[0].param_groups[0]["lr"])
    recorded.add(StepNote(recorded.steps, rate, quick.losses, state.passes.current, True))
    seconds = time.perf_counter() - quick.began if quick.forwards else 0.0
    quick.call, quick.losses, quick.forwards, quick.backwards = ((), {}), [], 0, 0
    state.pace.unwatched(seconds)
    make_ready(state)
