"""Elementary functions. In float32 they are polynomials without branches, so that loops over them vectorise: the C
library's would be called element by element, which costs more than a small network's matrix products. In float64
they are the C library's own.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from netwright.training.engines.fused.compiled import by_precision, kernel, ordered

F = np.float32
LOG2_E = F(1.442695040888963)
LN2_HIGH, LN2_LOW = F(0.693359375), F(-2.12194440e-4)  # their sum is ln 2; the first has few bits, so n ln2 is exact
EXP_LOW, EXP_HIGH = F(-87.3), F(88.3)  # e^x stays a normal float32

ONE_OVER_PI, HALF_PI = F(1 / math.pi), F(math.pi / 2)
PI_HIGH, PI_LOW = F(3.140625), F(9.676535897932e-4)  # the same for pi


def _bits_as_float(_context: Any, _bits: Any) -> Any:
    """Read 32 bits as a float32."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        import llvmlite.ir

        return builder.bitcast(arguments[0], llvmlite.ir.FloatType())

    return types.float32(types.int32), generate


bits_as_float: Any = intrinsic(_bits_as_float)


@kernel
def _exp_single(x: Any) -> Any:
    """e^x = 2^n e^r, n = round(x / ln 2), |r| <= ln 2 / 2; e^r by a polynomial (Moshier, Cephes, expf)."""
    x = min(max(x, EXP_LOW), EXP_HIGH) if x == x else x
    n = np.floor(x * LOG2_E + F(0.5))
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = F(1.9875691500e-4) * r + F(1.3981999507e-3)
    p = ((p * r + F(8.3334519073e-3)) * r + F(4.1665795894e-2)) * r + F(1.6666665459e-1)
    p = (p * r + F(5.0000001201e-1)) * r * r + r + F(1)
    return p * bits_as_float(np.int32((np.int32(n) + np.int32(127)) << np.int32(23)))


@kernel
def _log1p_single(x: Any) -> Any:
    """log(1 + x) = 2 artanh(s), s = x / (2 + x), by its series; for x from 0 to 1, where s <= 1/3."""
    s = x / (F(2) + x)
    q = s * s
    p = (F(1 / 13) * q + F(1 / 11)) * q + F(1 / 9)
    p = ((p * q + F(1 / 7)) * q + F(1 / 5)) * q + F(1 / 3)
    return F(2) * s * (p * q + F(1))


@kernel
def _tanh_single(x: Any) -> Any:
    """1 - 2 / (1 + e^(2x)); near 0, where that cancels, the Taylor series."""
    q = x * x
    near = x * (F(1) + q * (F(-1 / 3) + q * (F(2 / 15) + q * (F(-17 / 315) + q * F(62 / 2835)))))
    return near if q < F(0.09) else F(1) - F(2) / (F(1) + _exp_single(F(2) * x))


@kernel
def _erf_single(x: Any) -> Any:
    """1 - (a1 t + ... + a5 t^5) e^(-x^2), t = 1 / (1 + p x), odd in x (Abramowitz, Stegun, 7.1.26: within 1.5e-7)."""
    magnitude = abs(x)
    t = F(1) / (F(1) + F(0.3275911) * magnitude)
    p = (F(1.061405429) * t + F(-1.453152027)) * t + F(1.421413741)
    p = ((p * t + F(-0.284496736)) * t + F(0.254829592)) * t
    y = F(1) - p * _exp_single(-x * x)
    return y if x >= 0 else -y


@ordered
def _less_half_turns(x: Any, n: Any) -> Any:
    """x - n pi."""
    return (x - n * PI_HIGH) - n * PI_LOW


@kernel
def _half_turns_single(x: Any) -> tuple[Any, Any]:
    """x = n pi + r, |r| <= pi / 2: r, and the sign (-1)^n that sine and cosine take from it."""
    n = np.floor(x * ONE_OVER_PI + F(0.5))
    r = _less_half_turns(x, n)
    r = min(max(r, -HALF_PI), HALF_PI) if r == r else r  # an x so great that it has no digits behind the point
    return r, F(1) - F(2) * (n - F(2) * np.floor(F(0.5) * n))


@kernel
def _cos_single(x: Any) -> Any:
    """The Taylor series to r^12, within 1e-8."""
    r, sign = _half_turns_single(x)
    q = r * r
    p = (F(1 / 479001600) * q + F(-1 / 3628800)) * q + F(1 / 40320)
    return sign * ((((p * q + F(-1 / 720)) * q + F(1 / 24)) * q + F(-0.5)) * q + F(1))


@kernel
def _sin_single(x: Any) -> Any:
    """The Taylor series to r^11, within 6e-8."""
    r, sign = _half_turns_single(x)
    q = r * r
    p = (F(-1 / 39916800) * q + F(1 / 362880)) * q + F(-1 / 5040)
    return sign * (r + r * q * ((p * q + F(1 / 120)) * q + F(-1 / 6)))


@by_precision(lambda x: _cos_single(x), lambda x: math.cos(x))
def cos(x: Any) -> Any:
    """The cosine of x radians."""
    return math.cos(x)


@by_precision(lambda x: _sin_single(x), lambda x: math.sin(x))
def sin(x: Any) -> Any:
    """The sine of x radians."""
    return math.sin(x)


@by_precision(lambda x: _exp_single(x), lambda x: math.exp(x))
def exp(x: Any) -> Any:
    """e^x."""
    return math.exp(x)


@by_precision(lambda x: _exp_single(x) - F(1), lambda x: math.expm1(x))
def expm1(x: Any) -> Any:
    """e^x - 1."""
    return math.expm1(x)


@by_precision(lambda x: _log1p_single(x), lambda x: math.log1p(x))
def log1p(x: Any) -> Any:
    """log(1 + x), for x from 0 to 1."""
    return math.log1p(x)


@by_precision(lambda x: _tanh_single(x), lambda x: math.tanh(x))
def tanh(x: Any) -> Any:
    """(e^x - e^-x) / (e^x + e^-x)."""
    return math.tanh(x)


@by_precision(lambda x: _erf_single(x), lambda x: math.erf(x))
def erf(x: Any) -> Any:
    """2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x."""
    return math.erf(x)
