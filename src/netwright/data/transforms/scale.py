"""Numbers centred and scaled: by median and quartiles, or by mean and standard deviation."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.transforms.numbers import MISSING_SUFFIX, as_float, smooth_clip, write_with_indicator


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

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, 1 or 2])."""
        values = (as_float(cells) - self.centre) * self.factor
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
    low, centre, high = np.quantile(present, (0.25, 0.5, 0.75))
    spread = float(high - low) or float(present.std())  # quartiles that are equal: most cells are one value
    return float(centre), 1.0 / spread if spread > 0 else 0.0


def _standard(present: np.ndarray) -> tuple[float, float]:
    deviation = float(present.std())
    return float(present.mean()), 1.0 / deviation if deviation > 0 else 0.0
