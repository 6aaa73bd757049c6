"""Muon for hidden matrices: w <- w - 0.2 eta sqrt(max(rows, columns)) U, U the nearly orthogonal factor of the Nesterov
momentum, by five Newton-Schulz iterations X <- a X + (b A + c A A) X, A = X X^T.

Source: Jordan et al., Muon: an optimizer for hidden layers, 2024.
"""

import math

import numpy as np

from netwright.training.engines.fused.compiled import allocating, inlined, kernel
from netwright.training.engines.fused.flat import vector
from netwright.training.engines.fused.table import Array, Memory, Pace, Program, Rule

ITERATIONS = 5
POLYNOMIAL = (3.4445, -4.7750, 2.0315)
SMALLEST_NORM = 1e-7


@inlined
def orthogonal_step(program: Program, memory: Memory, rule: Rule, pace: Pace) -> None:
    for number in range(program.hidden.shape[0]):
        if pace.start <= program.hidden[number, 0] < pace.end:
            step_matrix(program.hidden[number], memory, rule, pace)


@allocating
def step_matrix(shape: Array, memory: Memory, rule: Rule, pace: Pace) -> None:
    """v <- v + (1 - beta) (g - v); w <- w - 0.2 eta sqrt(max(rows, columns)) U(g + beta (v - g))."""
    place, rows, columns = shape
    size, real = rows * columns, memory.parameters.dtype.type
    w, g = vector(memory.parameters, place, size), vector(memory.gradients, place, size)
    v = vector(memory.first, place, size)
    beta, rest = real(rule.momentum), real(1.0 - rule.momentum)
    direction = np.empty(size, w.dtype)
    for i in range(size):
        gradient = real(pace.scale) * g[i] + real(pace.coupled) * w[i]
        v[i] += rest * (gradient - v[i])
        direction[i] = gradient + beta * (v[i] - gradient)
    orthogonalize(direction.reshape((rows, columns)))
    length = real(0.2 * pace.rate * math.sqrt(max(rows, columns)))
    for i in range(size):
        w[i] = real(pace.shrink) * w[i] - length * direction[i]


@allocating
def orthogonalize(x: Array) -> None:
    """Push all singular values towards 1, in place.

    A = X X^T or, for a tall X, X^T X: the smaller of the two, which comes to the same, X then standing on the left.
    """
    rows, columns = x.shape
    small, tall = min(rows, columns), rows > columns
    flat = x.reshape(x.size)
    gram, square, other = np.empty((small, small), x.dtype), np.empty((small, small), x.dtype), np.empty_like(x)
    shrink_to_unit(flat)
    for _ in range(ITERATIONS):
        if tall:
            np.dot(x.T, x, gram)
        else:
            np.dot(x, x.T, gram)
        np.dot(gram, gram, square)
        blend(gram.reshape(small * small), square.reshape(small * small), POLYNOMIAL[1], POLYNOMIAL[2])
        if tall:
            np.dot(x, gram, other)
        else:
            np.dot(gram, x, other)
        blend(flat, other.reshape(x.size), POLYNOMIAL[0], 1.0)


@kernel
def shrink_to_unit(x: Array) -> None:
    """x <- x / |x|."""
    total = x.dtype.type(0)
    for i in range(x.size):
        total += x[i] * x[i]
    factor = x.dtype.type(1.0 / max(math.sqrt(total), SMALLEST_NORM))
    for i in range(x.size):
        x[i] *= factor


@kernel
def blend(x: Array, y: Array, a: float, b: float) -> None:
    """x <- a x + b y."""
    left, right = x.dtype.type(a), x.dtype.type(b)
    for i in range(x.size):
        x[i] = left * x[i] + right * y[i]
