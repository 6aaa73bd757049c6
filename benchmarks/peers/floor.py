"""An epoch of nothing but matrix products: what no engine that asks BLAS for them can be faster than."""

import math
import time
from itertools import pairwise

import numba
import numpy as np

from peers.work import BATCH, STEPS, Epoch, Rows, Work


def epoch(work: Work, _rows: Rows) -> Epoch:
    generator, seconds = np.random.default_rng(0), 0.0
    for number, (wide, narrow) in enumerate(pairwise(work.sizes)):
        x = generator.normal(size=(BATCH, wide)).astype(np.float32)
        w = (generator.normal(size=(narrow, wide)) * 1e-3).astype(np.float32)
        z, g = np.zeros((BATCH, narrow), np.float32), np.zeros((narrow, wide), np.float32)
        products(x, w, z, g, 1)
        start = time.perf_counter()
        products(x, w, z, g, STEPS if number else -STEPS)
        seconds += time.perf_counter() - start
    return Epoch(seconds, math.nan)


@numba.njit
def products(x: np.ndarray, w: np.ndarray, z: np.ndarray, g: np.ndarray, times: int) -> None:
    """The three products of one layer, as the engine asks for them; `times` negative: the first layer has two."""
    for _ in range(abs(times)):
        np.dot(x, w.T, z)
        np.dot(z.T, x, g)
        if times > 0:
            np.dot(z, w, x)
