"""Numbers centred and scaled: by median and quartiles, or by mean and standard deviation."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import polars as pl

from netwright.data.transforms.numbers import MISSING_SUFFIX, as_float, smooth_clip, write_with_indicator

LEAST_SQUARED = 1e-100  # its square, and that of one over it, are far within the range of numbers


@dataclass(frozen=True)
class Scale:
    """(x - centre) * factor, then a smooth clip if asked for; a missing cell becomes 0."""

    column: str
    centre: float
    factor: float
    clip: bool
    indicator: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.column, self.column + MISSING_SUFFIX) if self.indicator else (self.column,)

    @property
    def continuous(self) -> tuple[int, ...]:
        """Positions among `names` that hold a measured quantity."""
        return (0,)

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, 1 or 2])."""
        with np.errstate(over="ignore", under="ignore"):  # too great for a number: the greatest
            shifted = np.nan_to_num(as_float(cells) - self.centre, nan=np.nan)
            values = np.nan_to_num(shifted * self.factor, nan=np.nan)
        write_with_indicator(smooth_clip(values) if self.clip else values, self.indicator, out)


def fit_scale(cells: pl.Series, robust: bool, clip: bool, indicators: bool) -> Scale:
    """Learn centre and factor from training cells; a constant column has factor 0."""
    values = as_float(cells)
    present = values[~np.isnan(values)]
    indicator = indicators and len(present) < len(values)
    if not len(present):
        return Scale(cells.name, 0.0, 0.0, clip, indicator)
    centre, factor = _robust(present) if robust else _standard(present)
    return Scale(cells.name, centre, factor, clip, indicator)


def _robust(present: np.ndarray) -> tuple[float, float]:
    unit, scaled = _in_units(present)
    low, centre, high = np.quantile(scaled, (0.25, 0.5, 0.75))
    spread = float(high - low) or float(scaled.std())  # quartiles that are equal: most cells are one value
    return float(centre) * unit, _factor(spread, unit)


def _standard(present: np.ndarray) -> tuple[float, float]:
    unit, scaled = _in_units(present)
    return float(scaled.mean()) * unit, _factor(float(scaled.std()), unit)


def _in_units(present: np.ndarray) -> tuple[float, np.ndarray]:
    """Values so great or so small that their squares leave the range of numbers, as shares of the greatest."""
    peak = float(np.abs(present).max())
    unit = 1.0 if LEAST_SQUARED < peak < 1.0 / LEAST_SQUARED or peak == 0 else peak
    return unit, present / unit


def _factor(spread: float, unit: float) -> float:
    """One over the spread; 0, as for a constant, where there is no spread or no number so great."""
    spread *= unit
    factor = 1.0 / spread if spread > 0 else 0.0
    return factor if isfinite(factor) else 0.0
