"""The interpreter: it walks the table forward, then backward, then updates the weights; step after step.

forward: a^l from a^(l-1), operation by operation. Backward, in the opposite order: delta^l = dL/dz^l from delta^(l+1).
"""

import math

from netwright.training.engines.fused import losses, optimizers, statistics
from netwright.training.engines.fused.compiled import entry, inlined, kernel
from netwright.training.engines.fused.flat import copy, vector
from netwright.training.engines.fused.limits import limit_gradients, update_average
from netwright.training.engines.fused.operations import (
    activation,
    batch_norm,
    dropout,
    layer_norm,
    linear,
    members,
    periodic,
    piecewise,
    rows,
    scaling,
    shortcut,
)
from netwright.training.engines.fused.table import (
    ACTIVATE,
    ANSWER,
    BATCH_NORM,
    DROPOUT,
    EMBED,
    GATHER,
    KIND,
    LAYER_NORM,
    LINEAR,
    NONE,
    PART,
    PERIODIC,
    PIECEWISE,
    SCALE,
    SHORTCUT,
    TIMES,
    Array,
    Data,
    Memory,
    Program,
    Real,
    Rule,
    Window,
)


@entry
def run_steps(
    program: Program, memory: Memory, data: Data, rule: Rule, span: tuple[int, int, int, int], out: Array
) -> tuple[float, int, int]:
    """Take the steps of consecutive batches of one epoch; or, by a rule without an optimizer, only measure their rows.

    A step whose loss, or whose gradient's norm where it is clipped by that, is not finite changes nothing but its
    loss, which is NaN; after `rule.patience` of them in a row no further step is taken.

    Args:
        program: the network.
        memory: the flat buffers, changed in place.
        data: all rows, and the epoch's order.
        rule: the recipe.
        span: the first batch; the steps before it; the optimizer's updates before it; the steps skipped just before.
        out: (4, steps): learning rates; losses, to be filled; factors of dropout, of weight decay.

    Returns:
        The gradient's norm of the last step, before clipping; how many steps were taken, and how many of those skipped.
    """
    norm, updates, skipped, in_a_row = 0.0, span[2], 0, span[3]
    for number in range(out.shape[1]):
        batch, step, last = span[0] + number, span[1] + number + 1, number == out.shape[1] - 1
        watched = last and memory.statistics.shape[0] > 0 and rule.optimizer != NONE
        copy(memory.steady, memory.running)
        loss = backpropagate(program, memory, data, rule, (batch, step, watched, out[2, number]))
        out[1, number] = loss
        if rule.optimizer == NONE:
            continue
        if watched:
            statistics.before_update(program, memory)
        norm, scale = limit_gradients(memory, rule, last)
        if not (math.isfinite(loss) and math.isfinite(scale)):
            copy(memory.running[: memory.steady.size], memory.steady)
            out[1, number] = math.nan
            skipped, in_a_row = skipped + 1, in_a_row + 1
            if in_a_row >= rule.patience:
                return norm, number + 1, skipped
            continue
        in_a_row, updates = 0, updates + 1
        optimizers.update(program, memory, rule, (out[0, number], out[3, number]), updates, scale)
        if watched:
            statistics.after_update(program, memory)
        if rule.ema >= 0.0:
            update_average(memory, rule.ema, updates)
    return norm, out.shape[1], skipped


@inlined
def backpropagate(
    program: Program, memory: Memory, data: Data, rule: Rule, which: tuple[int, int, bool, float]
) -> Real:
    """Fill the gradients of one batch's mean loss, in micro-batches that add up; return the loss."""
    batch, step, watched, silenced = which
    first, last = data.parts[batch], data.parts[batch + 1]
    scale = 1.0 / (data.bounds[last] - data.bounds[first])
    loss = 0.0
    for part in range(first, last):
        start = data.bounds[part]
        window = Window(start, data.bounds[part + 1] - start, step, part - first, scale, watched)
        loss += pass_through(program, memory, data, rule, (window, silenced))
        if last - first > 1 and rule.optimizer != NONE:
            accumulate(memory, part == first, part == last - 1)
    return loss


@kernel
def accumulate(memory: Memory, first: bool, last: bool) -> None:
    """Add up the gradients of micro-batches."""
    total, gradients = memory.total, memory.gradients
    for i in range(gradients.size):
        total[i] = gradients[i] if first else total[i] + gradients[i]
    if last:
        copy(gradients, total)


@inlined
def pass_through(program: Program, memory: Memory, data: Data, rule: Rule, which: tuple[Window, float]) -> Real:
    """One forward and one backward pass over the table, with the step's factor of dropout, or a forward pass alone."""
    window, silenced = which
    count = program.table.shape[0]
    for k in range(count):
        forward(program.table[k], program.numbers[k], memory, data, (window, (rule.seed, silenced)))
        if window.watched:
            statistics.after_forward(program.table[k], memory, window.rows * program.table[k, TIMES])
    if rule.optimizer == NONE:
        keep_logits(program, memory, window)
        count = 0
    loss = losses.measure(program, memory, data, rule, window)
    for k in range(count - 1, -1, -1):
        if window.watched:
            statistics.before_backward(program.table[k], memory, window.rows * program.table[k, TIMES])
        backward(program.table[k], memory, data, window)
    return loss


@kernel
def keep_logits(program: Program, memory: Memory, window: Window) -> None:
    """Copy them to where they outlast the loss, which works in their place."""
    size = window.rows * program.outputs
    kept = vector(memory.logits, window.first * program.outputs, size)
    copy(kept, vector(memory.values, program.logits, size))


@inlined
def forward(op: Array, numbers: Array, memory: Memory, data: Data, which: tuple[Window, tuple[int, float]]) -> None:
    window, chance = which
    kind, count = op[KIND], window.rows * op[TIMES]
    if kind == LINEAR:
        linear.forward(op, memory, count)
    elif kind == BATCH_NORM and chance[0] == NONE:
        batch_norm.predict(op, numbers, memory, count)
    elif kind == BATCH_NORM:
        batch_norm.forward(op, numbers, memory, count)
    elif kind == ACTIVATE:
        activation.forward(op, numbers, memory, count)
    elif kind == DROPOUT and chance[0] != NONE:
        dropout.forward(op, numbers, memory, window, chance)
    elif kind == GATHER:
        rows.gather(op, memory, data, window)
    elif kind == EMBED:
        rows.embed(op, memory, data, window)
    elif kind == LAYER_NORM:
        layer_norm.forward(op, numbers, memory, count)
    elif kind == SHORTCUT:
        shortcut.forward(op, memory, count)
    elif kind == PERIODIC:
        periodic.forward(op, memory, count)
    elif kind == PIECEWISE:
        piecewise.forward(op, memory, count)
    elif kind == SCALE:
        scaling.forward(op, memory, count)
    elif kind == PART:
        members.part(op, memory, count)
    elif kind == ANSWER:
        members.answer(op, memory, count)


@inlined
def backward(op: Array, memory: Memory, data: Data, window: Window) -> None:
    kind, count = op[KIND], window.rows * op[TIMES]
    if kind == LINEAR:
        linear.backward(op, memory, count)
    elif kind == BATCH_NORM:
        batch_norm.backward(op, memory, count)
    elif kind == ACTIVATE:
        activation.backward(op, memory, count)
    elif kind == DROPOUT:
        dropout.backward(op, memory, count)
    elif kind == EMBED:
        rows.embed_backward(op, memory, data, window)
    elif kind == LAYER_NORM:
        layer_norm.backward(op, memory, count)
    elif kind == SHORTCUT:
        shortcut.backward(op, memory, count)
    elif kind == PERIODIC:
        periodic.backward(op, memory, count)
    elif kind == PIECEWISE:
        piecewise.backward(op, memory, count)
    elif kind == SCALE:
        scaling.backward(op, memory, count)
    elif kind == PART:
        members.part_backward(op, memory, count)
    elif kind == ANSWER:
        members.answer_backward(op, memory, count)
