"""a = f(z) in place, keeping f'(z): the backward pass is delta <- delta * f'(z). One loop a function.

The parametric form a = z + alpha (f(z) - z), one alpha for each unit, bends what f left: its slope is
1 + alpha (f'(z) - 1), and dL/dalpha the sum of delta (f(z) - z) over rows.
"""

import math

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.flat import copy, matrix, multiply, sum_products, vector
from netwright.training.engines.fused.functions import erf, exp, expm1, log1p, tanh
from netwright.training.engines.fused.table import (
    ELU,
    FUNCTION,
    GELU,
    KEPT,
    MISH,
    OUTPUT,
    PRELU,
    PRELU_UNITS,
    RECTIFIER,
    SHIFT,
    SIGMOID,
    SILU,
    SPARE,
    TANH,
    WEIGHT,
    WIDTH_OUT,
    A,
    Array,
    B,
    Memory,
    Real,
)

LINEAR_BEYOND = 20.0  # where softplus is its own argument; torch's threshold


@inlined
def forward(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """Evaluate f and f', then the parametric form of them where there is one."""
    size = rows * op[WIDTH_OUT]
    if op[SHIFT] >= 0:
        copy(vector(memory.kept, op[SPARE], size), vector(memory.values, op[OUTPUT], size))
    evaluate(op, numbers, memory, rows)
    if op[SHIFT] >= 0:
        bend(op, memory, rows)


@kernel
def bend(op: Array, memory: Memory, rows: int) -> None:
    """f(z) and f'(z) become those of the parametric form; what is kept goes from z to f(z) - z."""
    width = op[WIDTH_OUT]
    values, slope = matrix(memory.values, op[OUTPUT], rows, width), matrix(memory.kept, op[KEPT], rows, width)
    kept, alpha = matrix(memory.kept, op[SPARE], rows, width), vector(memory.parameters, op[SHIFT], width)
    one = values.dtype.type(1)
    for i in range(rows):
        for j in range(width):
            z, bent = kept[i, j], values[i, j] - kept[i, j]
            kept[i, j] = bent
            values[i, j] = z + alpha[j] * bent
            slope[i, j] = one + alpha[j] * (slope[i, j] - one)


@kernel
def evaluate(op: Array, numbers: Array, memory: Memory, rows: int) -> None:
    """Evaluate f and f' over the whole buffer."""
    width, size = op[WIDTH_OUT], rows * op[WIDTH_OUT]
    z, slope = vector(memory.values, op[OUTPUT], size), vector(memory.kept, op[KEPT], size)
    kind = op[FUNCTION]
    if kind == RECTIFIER:
        rectifier(z, slope, numbers[A])
    elif kind == PRELU:
        below_zero(z, vector(memory.kept, op[SPARE], size))
        rectifier(z, slope, memory.parameters[op[WEIGHT]])
    elif kind == PRELU_UNITS:
        below_zero(z, vector(memory.kept, op[SPARE], size))
        leaks = vector(memory.parameters, op[WEIGHT], width)
        rectify_units(matrix(memory.values, op[OUTPUT], rows, width), matrix(memory.kept, op[KEPT], rows, width), leaks)
    elif kind == SIGMOID:
        sigmoid(z, slope)
    elif kind == TANH:
        tangent(z, slope)
    elif kind == ELU:
        elu(z, slope, numbers[A], numbers[B])
    elif kind == GELU:
        gelu(z, slope)
    elif kind == SILU:
        silu(z, slope)
    elif kind == MISH:
        mish(z, slope)
    else:
        softplus(z, slope)


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """delta <- delta * f'(z); PReLU also learns its slopes: dL/da = sum delta min(z, 0)."""
    width, size = op[WIDTH_OUT], rows * op[WIDTH_OUT]
    delta, slope = vector(memory.deltas, op[OUTPUT], size), vector(memory.kept, op[KEPT], size)
    learnt = op[SHIFT] if op[SHIFT] >= 0 else op[WEIGHT]
    if op[FUNCTION] == PRELU:
        memory.gradients[learnt] = dot(delta, vector(memory.kept, op[SPARE], size))
    elif learnt >= 0:
        kept, gradient = matrix(memory.kept, op[SPARE], rows, width), vector(memory.gradients, learnt, width)
        sum_products(matrix(memory.deltas, op[OUTPUT], rows, width), kept, gradient)
    multiply(delta, slope)


@kernel
def dot(one: Array, other: Array) -> Real:
    total = one.dtype.type(0)
    for i in range(one.size):
        total += one[i] * other[i]
    return total


@kernel
def below_zero(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = min(z[i], z.dtype.type(0))


@kernel
def rectifier(z: Array, slope: Array, leak: float) -> None:
    """f = z above 0, leak z below; leak 0: ReLU."""
    one, low = z.dtype.type(1), z.dtype.type(leak)
    for i in range(z.size):
        factor = one if z[i] > 0 else low
        slope[i] = factor
        z[i] *= factor


@kernel
def rectify_units(z: Array, slope: Array, leaks: Array) -> None:
    """f = z above 0, a_j z below."""
    one = z.dtype.type(1)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            factor = one if z[i, j] > 0 else leaks[j]
            slope[i, j] = factor
            z[i, j] *= factor


@kernel
def sigmoid(z: Array, slope: Array) -> None:
    """f = s = 1 / (1 + e^-z), f' = s (1 - s)."""
    one = z.dtype.type(1)
    for i in range(z.size):
        s = one / (one + exp(-z[i]))
        z[i] = s
        slope[i] = s * (one - s)


@kernel
def tangent(z: Array, slope: Array) -> None:
    """f = tanh z, f' = 1 - f^2."""
    one = z.dtype.type(1)
    for i in range(z.size):
        t = tanh(z[i])
        z[i] = t
        slope[i] = one - t * t


@kernel
def elu(z: Array, slope: Array, alpha: float, scale: float) -> None:
    """f = scale z above 0, scale alpha (e^z - 1) below. ELU: both 1; SELU: 1.6733 and 1.0507."""
    high, low = z.dtype.type(scale), z.dtype.type(scale * alpha)
    for i in range(z.size):
        e = low * expm1(min(z[i], z.dtype.type(0)))
        slope[i] = high if z[i] > 0 else e + low
        z[i] = high * z[i] if z[i] > 0 else e


@kernel
def gelu(z: Array, slope: Array) -> None:
    """f = z P, P = (1 + erf(z / sqrt 2)) / 2, f' = P + z e^(-z^2 / 2) / sqrt(2 pi)."""
    half, one = z.dtype.type(0.5), z.dtype.type(1)
    root, density = z.dtype.type(math.sqrt(0.5)), z.dtype.type(1.0 / math.sqrt(2.0 * math.pi))
    for i in range(z.size):
        p = half * (one + erf(z[i] * root))
        slope[i] = p + z[i] * density * exp(-half * z[i] * z[i])
        z[i] = z[i] * p


@kernel
def silu(z: Array, slope: Array) -> None:
    """f = z s, s = 1 / (1 + e^-z), f' = s (1 + z (1 - s))."""
    one = z.dtype.type(1)
    for i in range(z.size):
        s = one / (one + exp(-z[i]))
        slope[i] = s * (one + z[i] * (one - s))
        z[i] = z[i] * s


@kernel
def mish(z: Array, slope: Array) -> None:
    """f = z t, t = tanh(log(1 + e^z)) = u / (u + 2), u = e^z (e^z + 2); f' = t + z (1 - t^2) / (1 + e^-z)."""
    one, two, far = z.dtype.type(1), z.dtype.type(2), z.dtype.type(LINEAR_BEYOND)
    for i in range(z.size):
        e = exp(min(z[i], far))
        u = e * (e + two)
        t = u / (u + two)
        slope[i] = t + z[i] * (one - t * t) * e / (one + e)
        z[i] = z[i] * t


@kernel
def softplus(z: Array, slope: Array) -> None:
    """f = log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), f' = 1 / (1 + e^-z)."""
    zero, one, far = z.dtype.type(0), z.dtype.type(1), z.dtype.type(LINEAR_BEYOND)
    for i in range(z.size):
        e = exp(-abs(z[i]))
        slope[i] = (one if z[i] >= 0 else e) / (one + e)
        z[i] = z[i] if z[i] > far else max(z[i], zero) + log1p(e)
