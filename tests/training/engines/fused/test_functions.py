"""Elementary functions against the C library's: float64 the same, float32 to 6e-7 of 1 or of the value."""

import math

import numba
import numpy as np
import pytest

from netwright.training.engines.fused import functions
from netwright.training.engines.fused.compiled import UNCOUNTED

exp, expm1, log1p = functions.exp, functions.expm1, functions.log1p
tanh, erf = functions.tanh, functions.erf
cos, sin = functions.cos, functions.sin


@numba.njit(**UNCOUNTED)
def every(x, out):
    for i in range(x.size):
        out[0, i] = exp(x[i])
        out[1, i] = expm1(x[i])
        out[2, i] = log1p(abs(x[i]) / x.dtype.type(90))
        out[3, i] = tanh(x[i])
        out[4, i] = erf(x[i])
        out[5, i] = cos(x[i])
        out[6, i] = sin(x[i])


EXACT = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log1p": lambda x: math.log1p(abs(x) / 90),
    "tanh": math.tanh,
    "erf": math.erf,
    "cos": math.cos,
    "sin": math.sin,
}


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 6e-7), (np.float64, 1e-15)])
def test_is_the_c_library_s(dtype, tolerance):
    x = np.concatenate([np.linspace(-80, 80, 4001), np.linspace(-2, 2, 4001), [1e-4, -1e-6, 0.0]]).astype(dtype)
    out = np.empty((len(EXACT), len(x)), dtype)
    every(x, out)
    for row, exact in zip(out, EXACT.values(), strict=True):
        expected = np.array([exact(float(value)) for value in x])
        assert (np.abs(row - expected) <= tolerance * np.maximum(np.abs(expected), 1.0)).all()


def test_waves_of_great_numbers_stay_waves():
    x = np.array([1e5, -3e7, 1e20, -3e38], np.float32)
    out = np.empty((len(EXACT), 4), np.float32)
    every(x, out)
    assert (np.abs(out[5:]) <= 1.0001).all()


def test_nan_and_infinity_stay_what_they_are():
    x = np.array([np.nan, np.inf, -np.inf], np.float32)
    out = np.empty((len(EXACT), 3), np.float32)
    every(x, out)
    assert np.isnan(out[:, 0]).all()
    assert out[3, 1] == 1.0
    assert out[3, 2] == -1.0
