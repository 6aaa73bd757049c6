"""y_f = w_f x_f + b_f + sum_t V_ft e_t(x_f) for each column f that is embedded.

e_t is 1 in the bins below that of x and 0 in those above. So the sum is that of the V below, added up once a step, and
the share u of the one V of x's own bin t: two short vectors a number, however many bins there are.
Source: Gorishniy, Rubachev, Babenko, On embeddings for numerical features, 2022.
"""

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.flat import fill, matrix, vector
from netwright.training.engines.fused.table import (
    BIAS,
    INPUT,
    KEPT,
    OUTPUT,
    PARTS,
    RUNNING,
    SHIFT,
    SIZE,
    SPARE,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
)


@kernel
def forward(op: Array, memory: Memory, rows: int) -> None:
    """Write the vectors; keep each number's bin t and its share u of it."""
    x = matrix(memory.values, op[INPUT], rows, op[WIDTH_IN])
    out = matrix(memory.values, op[OUTPUT], rows, op[WIDTH_OUT])
    size, bins = op[SIZE], op[PARTS]
    below = matrix(memory.kept, op[SPARE], bins, size)
    for f in range(op[WIDTH_IN]):
        number, share = vector(memory.kept, op[KEPT] + 2 * f * rows, rows), op[KEPT] + (2 * f + 1) * rows
        part = vector(memory.kept, share, rows)
        for i in range(rows):
            part[i] = x[i, f]
        locate(vector(memory.running, op[RUNNING] + f * (bins + 1), bins + 1), number, part)
        weight = matrix(memory.parameters, op[WEIGHT] + f * bins * size, bins, size)
        add_up(vector(memory.parameters, op[BIAS] + f * size, size), weight, below)
        slope = vector(memory.parameters, op[SHIFT] + f * size, size)
        for i in range(rows):
            t, u, value = int(number[i]), part[i], x[i, f]
            for j in range(size):
                out[i, f * size + j] = below[t, j] + u * weight[t, j] + value * slope[j]


@inlined
def locate(edges: Array, number: Array, share: Array) -> None:
    """From x (in `share`) to the number of its bin, by counting edges below, and to its share of that bin."""
    count, one = 0, edges.dtype.type(1)
    for t in range(edges.size - 1):
        count += 1 if edges[t + 1] > edges[t] else 0  # bins without width are the last ones
    fill(number, 0.0)
    for t in range(1, count):
        edge = edges[t]
        for i in range(number.size):
            number[i] += one if share[i] >= edge else edges.dtype.type(0)
    for i in range(number.size):
        t = int(number[i])
        share[i] = (share[i] - edges[t]) / (edges[t + 1] - edges[t]) if count else edges.dtype.type(0)


@inlined
def add_up(bias: Array, weight: Array, below: Array) -> None:
    """b + sum of the V below each bin."""
    for j in range(bias.size):
        below[0, j] = bias[j]
    for t in range(1, weight.shape[0]):
        for j in range(bias.size):
            below[t, j] = below[t - 1, j] + weight[t - 1, j]


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dw = sum delta x; dL/db = sum delta; dL/dV_t = sum delta u over x in bin t and delta over x in bins above."""
    x = matrix(memory.values, op[INPUT], rows, op[WIDTH_IN])
    delta = matrix(memory.deltas, op[OUTPUT], rows, op[WIDTH_OUT])
    size, bins = op[SIZE], op[PARTS]
    inside = matrix(memory.kept, op[SPARE], bins, size)
    for f in range(op[WIDTH_IN]):
        number = vector(memory.kept, op[KEPT] + 2 * f * rows, rows)
        share = vector(memory.kept, op[KEPT] + (2 * f + 1) * rows, rows)
        of_weight = matrix(memory.gradients, op[WEIGHT] + f * bins * size, bins, size)
        of_slope = vector(memory.gradients, op[SHIFT] + f * size, size)
        fill(inside.reshape(bins * size), 0.0)
        fill(of_weight.reshape(bins * size), 0.0)
        fill(of_slope, 0.0)
        for i in range(rows):
            t, u, value = int(number[i]), share[i], x[i, f]
            for j in range(size):
                d = delta[i, f * size + j]
                inside[t, j] += d
                of_weight[t, j] += u * d
                of_slope[j] += value * d
        add_from_above(inside, of_weight, vector(memory.gradients, op[BIAS] + f * size, size))


@inlined
def add_from_above(inside: Array, of_weight: Array, total: Array) -> None:
    """Each bin's V was added whole to every x in the bins above; the total over all bins is the bias's gradient."""
    fill(total, 0.0)
    for t in range(inside.shape[0] - 1, -1, -1):
        for j in range(total.size):
            of_weight[t, j] += total[j]
            total[j] += inside[t, j]
