"""y_f = [x_f, V_f cos(2 pi w_f x_f + b_f) + c_f] for each column f that is embedded.

One column at a time, turned so that the rows of the batch lie side by side: loops over rows are long, over waves short.
Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024.
"""

import math

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.flat import matrix, vector
from netwright.training.engines.fused.functions import cos, sin
from netwright.training.engines.fused.table import (
    BIAS,
    FREQUENCY,
    INPUT,
    KEPT,
    OUTPUT,
    PARTS,
    SHIFT,
    SIZE,
    SPARE,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
)


@inlined
def forward(op: Array, memory: Memory, rows: int) -> None:
    """Write the vectors; keep x, cosines and sines."""
    for f in range(op[WIDTH_IN]):
        embed(op, memory, rows, f)


@kernel
def embed(op: Array, memory: Memory, rows: int, f: int) -> None:
    """The vectors of one column."""
    others, waves, first = op[SIZE] - 1, op[PARTS], f * op[PARTS]
    values = matrix(memory.values, op[INPUT], rows, op[WIDTH_IN])
    out = matrix(memory.values, op[OUTPUT], rows, op[WIDTH_OUT])
    bias = vector(memory.parameters, op[BIAS] + f * others, others)
    weight = matrix(memory.parameters, op[WEIGHT] + first * others, others, waves)
    x = vector(memory.kept, op[SPARE] + f * rows, rows)
    mixed = matrix(memory.kept, op[SPARE] + op[WIDTH_IN] * rows, others, rows)
    for i in range(rows):
        x[i] = values[i, f]
    for s in range(others):
        for i in range(rows):
            mixed[s, i] = bias[s]
    for k in range(waves):
        cosine, sine = wave(op, memory, rows, first + k)
        frequency = x.dtype.type(2.0 * math.pi * memory.parameters[op[FREQUENCY] + first + k])
        phase = memory.parameters[op[SHIFT] + first + k]
        for i in range(rows):
            angle = x[i] * frequency + phase
            cosine[i] = cos(angle)
            sine[i] = sin(angle)
        for s in range(others):
            factor = weight[s, k]
            for i in range(rows):
                mixed[s, i] += factor * cosine[i]
    for i in range(rows):
        out[i, f * op[SIZE]] = x[i]
        for s in range(others):
            out[i, f * op[SIZE] + 1 + s] = mixed[s, i]


@inlined
def wave(op: Array, memory: Memory, rows: int, number: int) -> tuple[Array, Array]:
    """Where cosines and sines of one wave are kept."""
    place = op[KEPT] + 2 * rows * number
    return vector(memory.kept, place, rows), vector(memory.kept, place + rows, rows)


@inlined
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dc = sum delta; dL/dV = sum delta cos; with g = -V^T delta sin: dL/db = sum g; dL/dw = 2 pi sum g x."""
    for f in range(op[WIDTH_IN]):
        learn(op, memory, rows, f)


@kernel
def learn(op: Array, memory: Memory, rows: int, f: int) -> None:
    """The gradients of one column."""
    others, waves, first = op[SIZE] - 1, op[PARTS], f * op[PARTS]
    delta = matrix(memory.deltas, op[OUTPUT], rows, op[WIDTH_OUT])
    weight = matrix(memory.parameters, op[WEIGHT] + first * others, others, waves)
    of_weight = matrix(memory.gradients, op[WEIGHT] + first * others, others, waves)
    x, zero = vector(memory.kept, op[SPARE] + f * rows, rows), delta.dtype.type(0)
    turned = matrix(memory.kept, op[SPARE] + op[WIDTH_IN] * rows, others + 1, rows)
    reached = turned[others]  # room for V^T delta
    for s in range(others):
        total = zero
        for i in range(rows):
            turned[s, i] = delta[i, f * op[SIZE] + 1 + s]
            total += turned[s, i]
        memory.gradients[op[BIAS] + f * others + s] = total
    for k in range(waves):
        cosine, sine = wave(op, memory, rows, first + k)
        for i in range(rows):
            reached[i] = zero
        for s in range(others):
            total, factor = zero, weight[s, k]
            for i in range(rows):
                total += turned[s, i] * cosine[i]
                reached[i] += factor * turned[s, i]
            of_weight[s, k] = total
        of_phase, of_frequency = zero, zero
        for i in range(rows):
            g = reached[i] * sine[i]
            of_phase -= g
            of_frequency -= g * x[i]
        memory.gradients[op[SHIFT] + first + k] = of_phase
        memory.gradients[op[FREQUENCY] + first + k] = delta.dtype.type(2.0 * math.pi) * of_frequency
