"""y = block(x) + S x, S the identity or a matrix, so that a gradient reaches early layers unchanged."""

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import add, copy, matrix, product, vector
from netwright.training.engines.fused.table import (
    FUNCTION,
    INPUT,
    KEPT,
    OUTPUT,
    SPARE,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Memory,
)


@kernel
def forward(op: Array, memory: Memory, rows: int) -> None:
    """Y = Y + X S^T, on the block's output in place."""
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    out = vector(memory.values, op[OUTPUT], rows * narrow)
    if op[WEIGHT] < 0:
        add(out, vector(memory.values, op[INPUT], rows * wide))
        return
    x = matrix(memory.values, op[INPUT], rows, wide)
    product(x, matrix(memory.parameters, op[WEIGHT], narrow, wide).T, matrix(memory.kept, op[SPARE], rows, narrow))
    add(out, vector(memory.kept, op[SPARE], rows * narrow))


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/dS = delta^T X; delta S is kept until the block's first layer adds its own share of dL/dX."""
    wide, narrow = op[WIDTH_IN], op[WIDTH_OUT]
    if op[WEIGHT] < 0:
        if op[FUNCTION]:
            copy(vector(memory.kept, op[KEPT], rows * wide), vector(memory.deltas, op[OUTPUT], rows * narrow))
        return
    delta = matrix(memory.deltas, op[OUTPUT], rows, narrow)
    gradient = matrix(memory.gradients, op[WEIGHT], narrow, wide)
    product(delta.T, matrix(memory.values, op[INPUT], rows, wide), gradient)
    if op[FUNCTION]:
        weight = matrix(memory.parameters, op[WEIGHT], narrow, wide)
        product(delta, weight, matrix(memory.kept, op[KEPT], rows, wide))
