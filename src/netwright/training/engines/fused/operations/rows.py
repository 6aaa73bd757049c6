"""The first operations: the rows of a batch, and the learnt vectors of their categories, side by side."""

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import fill, matrix, vector
from netwright.training.engines.fused.table import (
    COLUMN,
    FUNCTION,
    OUTPUT,
    SPARE,
    WEIGHT,
    WIDTH_IN,
    WIDTH_OUT,
    Array,
    Data,
    Memory,
    Window,
)


@kernel
def gather(op: Array, memory: Memory, data: Data, window: Window) -> None:
    """a^0_ij = x_(order(i) j), or of chosen columns x_(order(i) columns(j)), from column `spare` of the output on."""
    out = matrix(memory.values, op[OUTPUT], window.rows, op[WIDTH_OUT])
    for i in range(window.rows):
        row = data.order[window.first + i]
        if op[COLUMN] >= 0:
            for j in range(op[WIDTH_IN]):
                out[i, op[SPARE] + j] = data.numeric[row, data.columns[op[COLUMN] + j]]
        else:
            for j in range(op[WIDTH_IN]):
                out[i, j] = data.numeric[row, j]


@kernel
def embed(op: Array, memory: Memory, data: Data, window: Window) -> None:
    """a^0_i = E_c(i), the table's row of the category c(i), in the columns of the output that belong to it."""
    width = op[WIDTH_IN]
    out = matrix(memory.values, op[OUTPUT], window.rows, op[WIDTH_OUT])
    for i in range(window.rows):
        at = op[WEIGHT] + width * data.categorical[data.order[window.first + i], op[COLUMN]]
        for j in range(width):
            out[i, op[SPARE] + j] = memory.parameters[at + j]


@kernel
def embed_backward(op: Array, memory: Memory, data: Data, window: Window) -> None:
    """dL/dE_c = sum of delta^0_i over the rows i with c(i) = c."""
    width = op[WIDTH_IN]
    fill(vector(memory.gradients, op[WEIGHT], width * op[FUNCTION]), 0.0)
    delta = matrix(memory.deltas, op[OUTPUT], window.rows, op[WIDTH_OUT])
    for i in range(window.rows):
        at = op[WEIGHT] + width * data.categorical[data.order[window.first + i], op[COLUMN]]
        for j in range(width):
            memory.gradients[at + j] += delta[i, op[SPARE] + j]
