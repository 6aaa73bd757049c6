"""Time series as numbers: what a network must know of their channels, and what stands where a value is missing.

A value that is missing inside a series lies on the straight line between its neighbours in time; before the first and
after the last value of a channel that value is repeated. After the end of a whole series there is nothing: NaN.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.data.series_store import SeriesStore, lengths_of

OF_ALL = 20_000  # series that mean and deviation are measured on


@dataclass(frozen=True)
class Series:
    """The series of a column, float32 [rows, channels, length]."""

    column: str
    shape: tuple[int, int]  # channels, and the length of the longest in training
    mean: tuple[float, ...]  # of each channel over the training series
    deviation: tuple[float, ...]

    @property
    def scale(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.mean, self.deviation


def fit_series(store: SeriesStore, keys: pl.Series) -> Series:
    """Measure the channels of training series.

    Args:
        store: what the keys stand for.
        keys: of the training rows.
    """
    values = store.of(keys.gather_every(max(1, -(-len(keys) // OF_ALL)))).astype(np.float64)
    present = ~np.isnan(values)
    counts = np.maximum(present.sum(axis=(0, 2)), 1)
    mean = np.where(present, values, 0.0).sum(axis=(0, 2)) / counts
    squares = np.where(present, values - mean[:, None], 0.0) ** 2
    deviation = np.sqrt(squares.sum(axis=(0, 2)) / counts)
    least = 1e-6 * np.maximum(np.abs(mean), 1e-6)  # a channel that never changes is left as it is
    deviation = np.where(deviation > least, deviation, 1.0)
    longest = int(lengths_of(store.of(keys)).max(initial=1))
    return Series(keys.name, (store.shape[0], longest), tuple(map(float, mean)), tuple(map(float, deviation)))


def without_gaps(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill what is missing inside series [rows, channels, length]; a channel without a value stays without.

    Changes the array in place and returns it.
    """
    lengths = lengths_of(values)
    times = np.arange(values.shape[2])
    missing = np.isnan(values) & (times < lengths[:, None])[:, None]
    for row, channel in zip(*np.nonzero(missing.any(axis=2)), strict=True):
        gaps = missing[row, channel]
        known = ~np.isnan(values[row, channel])
        if known.any():
            values[row, channel, gaps] = np.interp(times[gaps], times[known], values[row, channel, known])
    return values


def one_after(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the series of both, the shorter ones followed by NaN."""
    longest = max(first.shape[2], second.shape[2])
    wide = (
        np.pad(part, ((0, 0), (0, 0), (0, longest - part.shape[2])), constant_values=np.nan) for part in (first, second)
    )
    return np.concatenate(list(wide))
