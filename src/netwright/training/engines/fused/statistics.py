"""What observers see of a watched step: see LayerStatistics. One pass over what lies in the buffers anyway."""

import math

from netwright.core.values import FLAT
from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import copy, matrix, vector
from netwright.training.engines.fused.limits import norm_of
from netwright.training.engines.fused.table import (
    ACTIVATE,
    ANSWER,
    DEAD,
    DELTA_NORM,
    GRADIENT_NORM,
    KEPT,
    KIND,
    LAYER,
    LINEAR,
    MEAN,
    OUTPUT,
    PARTS,
    SATURATED,
    SPREAD,
    UPDATE_RATIO,
    WEIGHT,
    WEIGHT_NORM,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
    Program,
)


@kernel
def after_forward(op: Array, memory: Memory, rows: int) -> None:
    """Mean and spread of a = f(z); shares of values and of whole units whose f'(z) is nearly 0."""
    if op[KIND] != ACTIVATE or op[LAYER] < 0:
        return
    row, width = memory.statistics[op[LAYER]], op[WIDTH_OUT]
    a, slope = vector(memory.values, op[OUTPUT], rows * width), vector(memory.kept, op[KEPT], rows * width)
    zero, one, limit = a.dtype.type(0), a.dtype.type(1), a.dtype.type(FLAT)
    total, square, flat, origin = zero, zero, zero, a[0]  # an origin among the values spares digits of the spread
    for i in range(a.size):
        distance = a[i] - origin
        total += distance
        square += distance * distance
        flat += one if abs(slope[i]) < limit else zero
    mean = total / a.size
    row[MEAN] = origin + mean
    row[SPREAD] = math.sqrt(max(square / a.size - mean * mean, 0.0))
    row[SATURATED] = flat / a.size
    row[DEAD] = dead_units(matrix(memory.kept, op[KEPT], rows, width), limit) / width


@kernel
def dead_units(slope: Array, limit: float) -> int:
    """Count the units that are flat in every row; most are found alive in their first."""
    dead = 0
    for j in range(slope.shape[1]):
        i = 0
        while i < slope.shape[0] and abs(slope[i, j]) < limit:
            i += 1
        dead += i == slope.shape[0]
    return dead


@kernel
def before_backward(op: Array, memory: Memory, rows: int) -> None:
    """|delta| of a linear layer, delta = dL/dz being complete now."""
    if op[KIND] == LINEAR or op[KIND] == ANSWER:
        delta = vector(memory.deltas, op[OUTPUT], rows * op[PARTS] * op[WIDTH_OUT])
        memory.statistics[op[LAYER], DELTA_NORM] = norm_of(delta)


@kernel
def before_update(program: Program, memory: Memory) -> None:
    """|dL/dW| and |W|, and the weights as they are."""
    for k in range(program.table.shape[0]):
        op = program.table[k]
        if op[KIND] == LINEAR or op[KIND] == ANSWER:
            size, row = op[PARTS] * op[WIDTH_IN] * op[WIDTH_OUT], memory.statistics[op[LAYER]]
            row[GRADIENT_NORM] = norm_of(vector(memory.gradients, op[WEIGHT], size))
            row[WEIGHT_NORM] = norm_of(vector(memory.parameters, op[WEIGHT], size))
            copy(vector(memory.before, op[WEIGHT], size), vector(memory.parameters, op[WEIGHT], size))


@kernel
def after_update(program: Program, memory: Memory) -> None:
    """|W_t - W_(t-1)| / |W_(t-1)|."""
    for k in range(program.table.shape[0]):
        op = program.table[k]
        if op[KIND] == LINEAR or op[KIND] == ANSWER:
            size, row = op[PARTS] * op[WIDTH_IN] * op[WIDTH_OUT], memory.statistics[op[LAYER]]
            change = vector(memory.before, op[WEIGHT], size)
            now = vector(memory.parameters, op[WEIGHT], size)
            for i in range(size):
                change[i] = now[i] - change[i]
            row[UPDATE_RATIO] = norm_of(change) / row[WEIGHT_NORM]
