"""y = g h + b, h = (z - mean) / sqrt(variance + epsilon), mean and variance over the units of one row.

Source: Ba, Kiros, Hinton, Layer normalization, 2016.
"""

import math

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import fill, matrix, vector
from netwright.training.engines.fused.table import KEPT, OUTPUT, SHIFT, SPARE, WEIGHT, WIDTH_OUT, A, Array, Memory


@kernel
def forward(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """Normalise in place; keep h and each row's 1 / sqrt(variance + epsilon)."""
    width = op[WIDTH_OUT]
    z, h = matrix(memory.values, op[OUTPUT], rows, width), matrix(memory.kept, op[KEPT], rows, width)
    gain, shift = vector(memory.parameters, op[WEIGHT], width), vector(memory.parameters, op[SHIFT], width)
    zero, one, epsilon = z.dtype.type(0), z.dtype.type(1), z.dtype.type(numbers[A])
    for i in range(rows):
        mean, variance = zero, zero
        for j in range(width):
            mean += z[i, j]
        mean *= z.dtype.type(1.0 / width)
        for j in range(width):
            variance += (z[i, j] - mean) * (z[i, j] - mean)
        spread = one / math.sqrt(variance * z.dtype.type(1.0 / width) + epsilon)
        memory.kept[op[SPARE] + i] = spread
        for j in range(width):
            h[i, j] = (z[i, j] - mean) * spread
            z[i, j] = h[i, j] * gain[j] + shift[j]


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/db = sum delta; dL/dg = sum delta h; with e = g delta: delta <- (e - mean(e) - h mean(e h)) / s."""
    width = op[WIDTH_OUT]
    delta, h = matrix(memory.deltas, op[OUTPUT], rows, width), matrix(memory.kept, op[KEPT], rows, width)
    gain = vector(memory.parameters, op[WEIGHT], width)
    of_gain, of_shift = vector(memory.gradients, op[WEIGHT], width), vector(memory.gradients, op[SHIFT], width)
    fill(of_gain, 0.0)
    fill(of_shift, 0.0)
    share = delta.dtype.type(1.0 / width)
    for i in range(rows):
        mean, along = delta.dtype.type(0), delta.dtype.type(0)
        for j in range(width):
            of_shift[j] += delta[i, j]
            of_gain[j] += delta[i, j] * h[i, j]
            delta[i, j] *= gain[j]
            mean += delta[i, j]
            along += delta[i, j] * h[i, j]
        spread = memory.kept[op[SPARE] + i]
        for j in range(width):
            delta[i, j] = spread * (delta[i, j] - share * (mean + h[i, j] * along))
