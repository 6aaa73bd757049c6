"""The error of the last layer: each kernel writes delta = dL/d(logits) and returns L, the sum over the window's rows
times `window.scale`; so the parts of a batch add up to the batch's mean. Class weights and row weights multiply rows.
"""

import math

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.flat import matrix
from netwright.training.engines.fused.functions import exp, log1p
from netwright.training.engines.fused.table import (
    BCE,
    CCE,
    HUBER,
    MSE,
    Array,
    Data,
    Memory,
    Program,
    Real,
    Rule,
    Window,
)


@inlined
def measure(program: Program, memory: Memory, data: Data, rule: Rule, window: Window) -> Real:
    """Every member's rows have the same targets; the loss is the mean of the members' losses."""
    first, rows, step, part, scale, watched = window
    share = Window(first, rows, step, part, scale / program.members, watched)
    total, size = 0.0, rows * program.outputs
    for m in range(program.members):
        logits = matrix(memory.values, program.logits + m * size, rows, program.outputs)
        delta = matrix(memory.deltas, program.logits + m * size, rows, program.outputs)
        total += of_member(logits, delta, data, rule, share)
    return total


@inlined
def of_member(logits: Array, delta: Array, data: Data, rule: Rule, window: Window) -> Real:
    if rule.loss == CCE:
        return categorical(logits, delta, data, window, rule.smoothing)
    if rule.loss == BCE:
        return binary(logits, delta, data, window, rule.smoothing)
    if rule.loss == MSE:
        return squared(logits, delta, data, window)
    limit = rule.huber if rule.loss == HUBER else 0.0
    return absolute(logits, delta, data, window, limit)


@kernel
def squared(logits: Array, delta: Array, data: Data, window: Window) -> Real:
    """L = mean (z - y)^2, delta = 2 (z - y) / n."""
    rows, outputs = logits.shape
    total, share, one = 0.0, logits.dtype.type(2.0 * window.scale / outputs), logits.dtype.type(1)
    for i in range(rows):
        row = data.order[window.first + i]
        weight = data.row_weights[row] if data.row_weights.size else one
        for j in range(outputs):
            e = logits[i, j] - data.targets[row, j]
            total += weight * e * e
            delta[i, j] = weight * share * e
    return total * window.scale / outputs


@kernel
def absolute(logits: Array, delta: Array, data: Data, window: Window, limit: float) -> Real:
    """Huber: e^2 / 2 where |e| <= limit, else limit (|e| - limit / 2); limit 0: |e|, the mean absolute error."""
    rows, outputs = logits.shape
    total = 0.0
    for i in range(rows):
        row = data.order[window.first + i]
        weight = float(data.row_weights[row]) if data.row_weights.size else 1.0
        share = weight * window.scale / outputs
        for j in range(outputs):
            e = float(logits[i, j]) - float(data.targets[row, j])
            sign = (1.0 if e > 0 else -1.0) if e != 0 else 0.0
            if limit == 0.0:
                total += share * abs(e)
                delta[i, j] = share * sign
            elif abs(e) <= limit:
                total += share * 0.5 * e * e
                delta[i, j] = share * e
            else:
                total += share * limit * (abs(e) - 0.5 * limit)
                delta[i, j] = share * limit * sign
    return total


@kernel
def binary(logits: Array, delta: Array, data: Data, window: Window, smoothing: float) -> Real:
    """L = max(z, 0) - z q + log(1 + e^-|z|), delta = (1 / (1 + e^-z) - q) / n; q = (1 - s) y + s / 2."""
    rows, outputs = logits.shape
    total, share, one = 0.0, logits.dtype.type(window.scale / outputs), logits.dtype.type(1)
    for i in range(rows):
        row = data.order[window.first + i]
        own = data.row_weights[row] if data.row_weights.size else one
        for j in range(outputs):
            number = data.classes[row * outputs + j]
            q = logits.dtype.type(number * (1.0 - smoothing) + 0.5 * smoothing)
            weight = own * data.weights[number] if data.weights.size else own
            z = logits[i, j]
            e = exp(-abs(z))
            total += weight * (max(z, logits.dtype.type(0)) - z * q + log1p(e))
            delta[i, j] = weight * share * ((one if z >= 0 else e) / (one + e) - q)
    return total * window.scale / outputs


@kernel
def categorical(logits: Array, delta: Array, data: Data, window: Window, smoothing: float) -> Real:
    """L = log sum_j e^(z_j) - sum_j q_j z_j, delta_j = (softmax_j - q_j) / n; q = (1 - s) [j = y] + s / K."""
    rows, classes = logits.shape
    total, one = 0.0, logits.dtype.type(1)
    spread, certain = logits.dtype.type(smoothing / classes), logits.dtype.type(1.0 - smoothing)
    below_largest(logits)
    exponentials(logits.reshape(logits.size), delta.reshape(delta.size))
    for i in range(rows):
        row = data.order[window.first + i]
        truth = data.classes[row]
        own = data.row_weights[row] if data.row_weights.size else one
        weight = own * data.weights[truth] if data.weights.size else own
        mean, mass = logits.dtype.type(0), logits.dtype.type(0)
        for j in range(classes):
            mean += logits[i, j]
            mass += delta[i, j]
        total += weight * (math.log(mass) - certain * logits[i, truth] - spread * mean)
        factor = weight * logits.dtype.type(window.scale)
        share = factor / mass
        for j in range(classes):
            delta[i, j] = delta[i, j] * share - factor * spread
        delta[i, truth] -= factor * certain
    return total * window.scale


@kernel
def below_largest(logits: Array) -> None:
    """z_j <- z_j - max z: the same probabilities, and no exponential overflows."""
    rows, classes = logits.shape
    for i in range(rows):
        top = logits[i, 0]
        for j in range(1, classes):
            top = max(top, logits[i, j])
        for j in range(classes):
            logits[i, j] -= top


@kernel
def exponentials(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = exp(z[i])
