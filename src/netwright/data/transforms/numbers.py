"""Cells as float64, NaN where missing: what the encoders of numbers and dates start from."""

import numpy as np
import polars as pl

MISSING_SUFFIX = " (missing)"
LARGE = 1e30  # a scaled value beyond it is cut, so that it and its square can be computed with


def as_float(cells: pl.Series) -> np.ndarray:
    """Return float64 [rows], NaN where null; seconds since 1970 for dates."""
    if isinstance(cells.dtype, pl.Datetime):
        return cells.cast(pl.Int64).cast(pl.Float64).to_numpy() / 1e6
    return cells.cast(pl.Float64).to_numpy()


def smooth_clip(values: np.ndarray) -> np.ndarray:
    """Squash to (-3, 3), the slope 1 at 0: x / sqrt(1 + (x / 3)^2).

    Source: Holzmüller, Grinsztajn, Steinwart, "Better by default: strong pre-tuned MLPs and boosted trees", 2024.
    """
    values = np.clip(values, -LARGE, LARGE)
    clipped: np.ndarray = values / np.sqrt(1.0 + np.square(values / 3.0))
    return clipped


def write_with_indicator(values: np.ndarray, indicator: bool, out: np.ndarray) -> None:
    """Write one column of scaled values, 0 where NaN, and 1 beside it where NaN if there is an indicator."""
    missing = np.isnan(values)
    out[:, 0] = np.clip(np.where(missing, 0.0, values), -LARGE, LARGE)
    if indicator:
        out[:, 1] = missing
