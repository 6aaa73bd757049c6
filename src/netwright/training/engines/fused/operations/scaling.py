"""y = s x, a factor for each column."""

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.flat import matrix, sum_products, vector
from netwright.training.engines.fused.table import FUNCTION, INPUT, OUTPUT, WEIGHT, WIDTH_OUT, Array, Memory


@inlined
def forward(op: Array, memory: Memory, rows: int) -> None:
    """y_ij = s_j x_ij; x stays for the backward pass."""
    scale(memory.values, op[INPUT], op[OUTPUT], vector(memory.parameters, op[WEIGHT], op[WIDTH_OUT]), rows)


@kernel
def scale(buffer: Array, source: int, target: int, factors: Array, rows: int) -> None:
    x, y = matrix(buffer, source, rows, factors.size), matrix(buffer, target, rows, factors.size)
    for i in range(rows):
        for j in range(factors.size):
            y[i, j] = factors[j] * x[i, j]


@inlined
def backward(op: Array, memory: Memory, rows: int) -> None:
    """dL/ds = sum delta x; the delta below is s delta."""
    width = op[WIDTH_OUT]
    delta, x = matrix(memory.deltas, op[OUTPUT], rows, width), matrix(memory.values, op[INPUT], rows, width)
    sum_products(delta, x, vector(memory.gradients, op[WEIGHT], width))
    if op[FUNCTION]:
        scale(memory.deltas, op[OUTPUT], op[INPUT], vector(memory.parameters, op[WEIGHT], width), rows)
