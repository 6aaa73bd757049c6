"""The series of a table: the table holds a key for each, and here is what the key stands for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class SeriesStore:
    """Series of some channels, each as long as it is. A key is made from what a series holds: equal ones share it."""

    column: str  # of the table
    values: NDArray[np.float32]  # [series, channels, length]; NaN where a value is missing and after a series' end
    places: dict[str, int]  # key -> position in `values`

    @property
    def shape(self) -> tuple[int, int]:
        """Channels, and the length of the longest."""
        channels, length = self.values.shape[1:]
        return channels, length

    def of(self, keys: pl.Series) -> NDArray[np.float32]:
        """Return the values behind keys, float32 [keys, channels, length]; NaN where a key is missing."""
        at = np.array([self.places.get(key, -1) for key in keys.to_list()], dtype=np.int64)
        if not len(self.values):
            return np.full((len(at), *self.shape), np.nan, np.float32)
        found = self.values[np.maximum(at, 0)]
        found[at < 0] = np.nan
        return found


def store_series(column: str, values: NDArray[np.float32]) -> tuple[SeriesStore, list[str]]:
    """Return series and the key of each: the first of those that are the same stands for all."""
    keys = [key_of(series) for series in values]
    places: dict[str, int] = {}
    for position, key in enumerate(keys):
        places.setdefault(key, position)
    return SeriesStore(column, values, places), keys


def key_of(series: NDArray[np.float32]) -> str:
    """Return the key of one series [channels, length]; what follows its end plays no part."""
    known = np.ascontiguousarray(series[:, : lengths_of(series[None])[0]]) + np.float32(0.0)  # -0.0 and 0.0 are one
    known[np.isnan(known)] = np.nan  # of the many NaNs, one
    return hashlib.blake2b(str(known.shape).encode() + known.tobytes(), digest_size=16).hexdigest()


def lengths_of(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the length of each of [series, channels, length]: up to the last value that any channel has."""
    present = np.asarray(np.isfinite(values).any(axis=1))
    ends = np.asarray(values.shape[2] - present[:, ::-1].argmax(axis=1), dtype=np.int64)
    return np.where(present.any(axis=1), ends, 0)


def padded(series: Sequence[NDArray[np.float32]], channels: int) -> NDArray[np.float32]:
    """Return series [channels, any length] as one array, NaN after the end of each."""
    longest = max((one.shape[1] for one in series), default=0)
    values = np.full((len(series), channels, max(longest, 1)), np.nan, np.float32)
    for position, one in enumerate(series):
        values[position, :, : one.shape[1]] = one
    return values
