"""Places in flat buffers, read as vectors and matrices, and the plainest loops over them. Nothing is copied.

Loops are spelt out: an array expression would bring Numba's broadcasting, seconds of compilation, with it.
"""

import numpy as np

from netwright.training.engines.fused.compiled import allocating, inlined, kernel
from netwright.training.engines.fused.table import Array


@inlined
def vector(buffer: Array, place: int, size: int) -> Array:
    return buffer[place : place + size]


@inlined
def matrix(buffer: Array, place: int, rows: int, columns: int) -> Array:
    return buffer[place : place + rows * columns].reshape((rows, columns))


@allocating
def product(a: Array, b: Array, out: Array) -> None:
    """Out = A B, by the BLAS; a transposed view costs no copy. (Numba's own part of it counts references.)"""
    np.dot(a, b, out)


@kernel
def fill(target: Array, value: float) -> None:
    number = target.dtype.type(value)
    for i in range(target.size):
        target[i] = number


@kernel
def copy(target: Array, source: Array) -> None:
    for i in range(target.size):
        target[i] = source[i]


@kernel
def add(target: Array, other: Array) -> None:
    for i in range(target.size):
        target[i] += other[i]


@kernel
def multiply(target: Array, other: Array) -> None:
    for i in range(target.size):
        target[i] *= other[i]


@kernel
def sum_rows(source: Array, out: Array) -> None:
    """Sum over rows, column by column; four rows at a time: rows are short, and a loop's beginning is not free."""
    fill(out, 0.0)
    rows, columns = source.shape
    fours = rows - rows % 4
    for i in range(0, fours, 4):
        for j in range(columns):
            out[j] += (source[i, j] + source[i + 1, j]) + (source[i + 2, j] + source[i + 3, j])
    for i in range(fours, rows):
        for j in range(columns):
            out[j] += source[i, j]


@kernel
def sum_products(one: Array, other: Array, out: Array) -> None:
    """Sum of products over rows, column by column."""
    fill(out, 0.0)
    rows, columns = one.shape
    fours = rows - rows % 4
    for i in range(0, fours, 4):
        for j in range(columns):
            out[j] += (one[i, j] * other[i, j] + one[i + 1, j] * other[i + 1, j]) + (
                one[i + 2, j] * other[i + 2, j] + one[i + 3, j] * other[i + 3, j]
            )
    for i in range(fours, rows):
        for j in range(columns):
            out[j] += one[i, j] * other[i, j]
