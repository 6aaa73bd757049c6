"""The linear forecast in closed form: least squares of what comes after the last value on what came before it.

W = argmin |Y - X W|^2 + penalty |W|^2 = (X'X + penalty I)^-1 X'Y, X the window less its last value, Y the horizon less
it; the channels share W. One eigendecomposition serves every penalty, and the validation windows choose among them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PENALTIES = tuple(10.0 ** np.arange(-1.0, 7.0))
AT_ONCE = 16_000_000  # numbers of windows in memory


@dataclass(frozen=True)
class Ridge:
    """A linear forecast."""

    weights: Array  # [lookback, horizon]
    penalty: float
    validation: float  # mean squared error on the validation windows


def fit_ridge(series: Array, origins: tuple[NDArray[np.int64], NDArray[np.int64]], sizes: tuple[int, int]) -> Ridge:
    """Solve for every penalty and keep the one with the least error on the validation windows.

    Args:
        series: standardised rows [rows, channel].
        origins: of the training and of the validation windows, at least one each.
        sizes: lookback and horizon.
    """
    lookback, horizon = sizes
    gram, moments = np.zeros((lookback, lookback)), np.zeros((lookback, horizon))
    for x, y in _pairs(series, origins[0], sizes):
        gram += x.T @ x
        moments += x.T @ y
    values, vectors = np.linalg.eigh(gram)
    turned = vectors.T @ moments
    every = [vectors @ (turned / (np.maximum(values, 0.0)[:, None] + penalty)) for penalty in PENALTIES]
    errors = _errors(series, origins[1], sizes, every)
    best = int(np.argmin(errors))
    return Ridge(every[best], PENALTIES[best], float(errors[best]))


def _errors(series: Array, origins: NDArray[np.int64], sizes: tuple[int, int], every: Sequence[Array]) -> Array:
    total, count = np.zeros(len(every)), 0
    for x, y in _pairs(series, origins, sizes):
        total += [float(((x @ weights - y) ** 2).sum()) for weights in every]
        count += y.size
    return total / max(count, 1)


def _pairs(series: Array, origins: NDArray[np.int64], sizes: tuple[int, int]) -> Iterator[tuple[Array, Array]]:
    """Yield windows and horizons, both less the last value, a row for each window and channel."""
    lookback, horizon = sizes
    windows = np.lib.stride_tricks.sliding_window_view(series, lookback + horizon, axis=0)
    step = max(1, AT_ONCE // ((lookback + horizon) * series.shape[1]))
    for first in range(0, len(origins), step):
        some = windows[origins[first : first + step] - lookback].reshape(-1, lookback + horizon)
        some = some - some[:, lookback - 1 : lookback]
        yield some[:, :lookback], some[:, lookback:]


def thinned(origins: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return at most so many of the origins, evenly spread: neighbours say nearly the same."""
    if len(origins) <= most:
        return origins
    return origins[np.linspace(0, len(origins) - 1, max(most, 1)).round().astype(np.int64)]
