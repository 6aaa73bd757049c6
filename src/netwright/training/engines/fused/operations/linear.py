"""z^l = W^l a^(l-1) + b^l, rows being samples: Z = A W^T + b. Weights lie as torch keeps them: (outputs, inputs)."""

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import add, matrix, product, sum_rows, vector
from netwright.training.engines.fused.table import (
    BIAS,
    FUNCTION,
    INPUT,
    OUTPUT,
    SHIFT,
    SPARE,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
)


@kernel
def forward(op: Array, memory: Memory, rows: int) -> None:
    """Z = A W^T + b."""
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    z = matrix(memory.values, op[OUTPUT], rows, narrow)
    weight = matrix(memory.parameters, op[WEIGHT], narrow, wide)
    x = matrix(memory.values, op[INPUT], rows, wide)
    if op[SHIFT] >= 0:
        turned = matrix(memory.kept, op[SHIFT], wide, narrow)
        transpose(weight, turned)
        product(x, turned, z)
    else:
        product(x, weight.T, z)
    if op[BIAS] >= 0:
        bias = vector(memory.parameters, op[BIAS], narrow)
        for i in range(rows):
            for j in range(narrow):
                z[i, j] += bias[j]


@kernel
def transpose(source: Array, out: Array) -> None:
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            out[j, i] = source[i, j]


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dW^l = (delta^l)^T A^(l-1); dL/db^l = sum of delta^l over rows; dL/dA^(l-1) = delta^l W^l.

    The last times f'(z^(l-1)) is delta^(l-1); the operation before this one multiplies it.
    """
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    delta = matrix(memory.deltas, op[OUTPUT], rows, narrow)
    weight_gradient = matrix(memory.gradients, op[WEIGHT], narrow, wide)
    product(delta.T, matrix(memory.values, op[INPUT], rows, wide), weight_gradient)
    if op[BIAS] >= 0:
        sum_rows(delta, vector(memory.gradients, op[BIAS], narrow))
    if op[FUNCTION]:
        below = matrix(memory.deltas, op[INPUT], rows, wide)
        product(delta, matrix(memory.parameters, op[WEIGHT], narrow, wide), below)
        if op[SPARE] >= 0:
            add(vector(memory.deltas, op[INPUT], rows * wide), vector(memory.kept, op[SPARE], rows * wide))
