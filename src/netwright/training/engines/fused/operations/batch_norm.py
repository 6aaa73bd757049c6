"""y = g h + b, h = (z - mean) / sqrt(variance + epsilon), mean and variance over the rows of the batch, per unit.

A bias of the linear layer below cancels in z - mean: it is left out there, has no gradient, and is added to the
running mean.
Source: Ioffe, Szegedy, Batch normalization, 2015.
"""

import math

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import matrix, sum_products, sum_rows, vector
from netwright.training.engines.fused.table import (
    BIAS,
    KEPT,
    OUTPUT,
    RUNNING,
    SHIFT,
    SPARE,
    WEIGHT,
    WIDTH_OUT,
    A,
    Array,
    B,
    Memory,
)


@kernel
def forward(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """Normalise in place; keep h, 1 / sqrt(variance + epsilon)."""
    width = op[WIDTH_OUT]
    z = matrix(memory.values, op[OUTPUT], rows, width)
    mean, spread = vector(memory.kept, op[SPARE], width), vector(memory.kept, op[SPARE] + width, width)
    moments(z, mean, spread)
    track(op, numbers, memory, rows)
    epsilon = z.dtype.type(numbers[A])
    for j in range(width):
        spread[j] = z.dtype.type(1) / math.sqrt(spread[j] + epsilon)
    gain, shift = vector(memory.parameters, op[WEIGHT], width), vector(memory.parameters, op[SHIFT], width)
    h = matrix(memory.kept, op[KEPT], rows, width)
    for i in range(rows):
        for j in range(width):
            e = (z[i, j] - mean[j]) * spread[j]
            h[i, j] = e
            z[i, j] = e * gain[j] + shift[j]


@kernel
def predict(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """The same by the running mean and variance, as one factor and one summand a unit."""
    width, real = op[WIDTH_OUT], memory.values.dtype.type
    z = matrix(memory.values, op[OUTPUT], rows, width)
    factor, summand = vector(memory.kept, op[SPARE], width), vector(memory.kept, op[SPARE] + width, width)
    means, variances = vector(memory.running, op[RUNNING], width), vector(memory.running, op[RUNNING] + width, width)
    for j in range(width):
        bias = memory.parameters[op[BIAS] + j] if op[BIAS] >= 0 else real(0)
        factor[j] = memory.parameters[op[WEIGHT] + j] / math.sqrt(variances[j] + real(numbers[A]))
        summand[j] = memory.parameters[op[SHIFT] + j] + (bias - means[j]) * factor[j]
    for i in range(rows):
        for j in range(width):
            z[i, j] = z[i, j] * factor[j] + summand[j]


@kernel
def moments(z: Array, mean: Array, variance: Array) -> None:
    """Mean, then mean squared distance from it: one pass over squares would lose digits."""
    rows, width = z.shape
    share = z.dtype.type(1.0 / rows)
    sum_rows(z, mean)
    for j in range(width):
        mean[j] *= share
        variance[j] = 0
    fours = rows - rows % 4
    for i in range(0, fours, 4):
        for j in range(width):
            m = mean[j]
            a, b, c, d = z[i, j] - m, z[i + 1, j] - m, z[i + 2, j] - m, z[i + 3, j] - m
            variance[j] += (a * a + b * b) + (c * c + d * d)
    for i in range(fours, rows):
        for j in range(width):
            e = z[i, j] - mean[j]
            variance[j] += e * e
    for j in range(width):
        variance[j] *= share


@kernel
def track(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """r <- (1 - m) r + m (this batch's), for the mean and for the unbiased variance."""
    width = op[WIDTH_OUT]
    mean, variance = vector(memory.kept, op[SPARE], width), vector(memory.kept, op[SPARE] + width, width)
    means, variances = vector(memory.running, op[RUNNING], width), vector(memory.running, op[RUNNING] + width, width)
    share, unbiased = mean.dtype.type(numbers[B]), mean.dtype.type(rows / max(rows - 1, 1))
    for j in range(width):
        bias = memory.parameters[op[BIAS] + j] if op[BIAS] >= 0 else mean.dtype.type(0)
        means[j] += share * (mean[j] + bias - means[j])
        variances[j] += share * (variance[j] * unbiased - variances[j])


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/db = sum delta; dL/dg = sum delta h; delta <- g / s (delta - mean(delta) - h mean(delta h)), s the spread."""
    width = op[WIDTH_OUT]
    delta = matrix(memory.deltas, op[OUTPUT], rows, width)
    h = matrix(memory.kept, op[KEPT], rows, width)
    spread, gain = vector(memory.kept, op[SPARE] + width, width), vector(memory.parameters, op[WEIGHT], width)
    of_gain, of_shift = vector(memory.gradients, op[WEIGHT], width), vector(memory.gradients, op[SHIFT], width)
    sum_rows(delta, of_shift)
    sum_products(delta, h, of_gain)
    share = delta.dtype.type(1.0 / rows)
    for i in range(rows):
        for j in range(width):
            delta[i, j] = gain[j] * spread[j] * (delta[i, j] - share * (of_shift[j] + h[i, j] * of_gain[j]))
