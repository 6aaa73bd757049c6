"""Members that share what lies between: y_m = R_m x, element by element, and in the end z_m = W_m a_m + b_m.

Members lie one after another: of members * rows rows, the first `rows` are the first member's.
Source: Gorishniy, Kotelnikov, Babenko, TabM, 2025.
"""

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import fill, matrix, product, sum_products, sum_rows, vector
from netwright.training.engines.fused.operations.scaling import scale
from netwright.training.engines.fused.table import (
    BIAS,
    FUNCTION,
    INPUT,
    OUTPUT,
    PARTS,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
)


@kernel
def part(op: Array, memory: Memory, rows: int) -> None:
    """y_mij = R_mj x_ij; x stays for the backward pass."""
    width = op[WIDTH_OUT]
    for m in range(op[PARTS]):
        factors = vector(memory.parameters, op[WEIGHT] + m * width, width)
        scale(memory.values, op[INPUT], op[OUTPUT] + m * rows * width, factors, rows)


@kernel
def part_backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dR_m = sum of delta_m x over rows; the delta below is the sum of R_m delta_m over members."""
    width = op[WIDTH_OUT]
    x, below = matrix(memory.values, op[INPUT], rows, width), matrix(memory.deltas, op[INPUT], rows, width)
    if op[FUNCTION]:
        fill(vector(memory.deltas, op[INPUT], rows * width), 0.0)
    for m in range(op[PARTS]):
        delta = matrix(memory.deltas, op[OUTPUT] + m * rows * width, rows, width)
        sum_products(delta, x, vector(memory.gradients, op[WEIGHT] + m * width, width))
        if op[FUNCTION]:
            add_scaled(below, delta, vector(memory.parameters, op[WEIGHT] + m * width, width))


@kernel
def add_scaled(target: Array, delta: Array, factors: Array) -> None:
    for i in range(delta.shape[0]):
        for j in range(factors.size):
            target[i, j] += factors[j] * delta[i, j]


@kernel
def answer(op: Array, memory: Memory, rows: int) -> None:
    """Z_m = A_m W_m^T + b_m."""
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    for m in range(op[PARTS]):
        z = matrix(memory.values, op[OUTPUT] + m * rows * narrow, rows, narrow)
        weight = matrix(memory.parameters, op[WEIGHT] + m * narrow * wide, narrow, wide)
        product(matrix(memory.values, op[INPUT] + m * rows * wide, rows, wide), weight.T, z)
        bias = vector(memory.parameters, op[BIAS] + m * narrow, narrow)
        for i in range(rows):
            for j in range(narrow):
                z[i, j] += bias[j]


@kernel
def answer_backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dW_m = delta_m^T A_m; dL/db_m = sum of delta_m over rows; dL/dA_m = delta_m W_m."""
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    for m in range(op[PARTS]):
        place, source = op[WEIGHT] + m * narrow * wide, op[INPUT] + m * rows * wide
        delta = matrix(memory.deltas, op[OUTPUT] + m * rows * narrow, rows, narrow)
        product(delta.T, matrix(memory.values, source, rows, wide), matrix(memory.gradients, place, narrow, wide))
        sum_rows(delta, vector(memory.gradients, op[BIAS] + m * narrow, narrow))
        weight = matrix(memory.parameters, place, narrow, wide)
        product(delta, weight, matrix(memory.deltas, source, rows, wide))
