"""Steps that are not watched: what they do is counted, and little else is done, for they are nearly all steps."""

import math
import time

from torch import Tensor

from netwright.diagnosis.watching.recorded import StepNote
from netwright.diagnosis.watching.state import State


def make_ready(state: State) -> None:
    """Choose whether the step that is coming is such a one, and how many after it; all of the last one is noted."""
    quick, pace, steps = state.quick, state.pace, state.recorded.steps
    now = time.perf_counter()
    if quick.on:
        settle(state)
        pace.unwatched((now - quick.began) / (steps - quick.since))
    quick.paused = False
    quick.on = quick.held is not None and not pace.due(steps + 1) and state.store.settled()
    if quick.on:
        quick.began, quick.since, quick.until = now, steps, steps + pace.rest(steps)


def loss(state: State, total: object) -> bool:
    """Take a loss that backward is called on; False where it has to be looked at closer."""
    quick = state.quick
    held = quick.held
    if held is None or not isinstance(total, Tensor) or total.numel() != 1 or state.scales:
        return False
    value: Tensor | float = total.item() if total.is_cpu else total.detach()
    if isinstance(value, float) and not math.isfinite(value):
        return False
    quick.losses.append(value)
    if held.stale:
        held.before_backward(False)
    held.given = True
    return True


def step_done(state: State) -> None:
    """Count the step."""
    quick, recorded = state.quick, state.recorded
    recorded.steps = step = recorded.steps + 1
    quick.done.append((step, state.optimizers[0].param_groups[0]["lr"], quick.losses, state.passes.current))
    quick.call, quick.losses = None, []
    if quick.held is not None:
        quick.held.stepped()
    if step >= quick.until:
        make_ready(state)


def settle(state: State) -> None:
    """Note the steps that were counted."""
    recorded, done = state.recorded, state.quick.done
    for step, rate, losses, loading in done:
        recorded.backwards += len(losses)
        recorded.add(StepNote(step, float(rate), losses, loading, True))
    done.clear()
