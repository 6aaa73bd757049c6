"""Numbers sent to normal quantiles: the rank among training rows decides, so that outliers and skew do not.

Source: Gorishniy et al., "Revisiting deep learning models for tabular data", 2021 (there through scikit-learn's
QuantileTransformer).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.transforms.numbers import MISSING_SUFFIX, as_float, write_with_indicator

EDGE = 2.3e-4  # the least and greatest probability: +-3.5 standard deviations
RANK_SUFFIX = " (rank)"


@dataclass(frozen=True)
class QuantileNormal:
    """Values at evenly spaced probabilities from 0 to 1, sorted; a missing cell becomes 0."""

    column: str
    quantiles: tuple[float, ...]
    indicator: bool

    @property
    def names(self) -> tuple[str, ...]:
        name = self.column + RANK_SUFFIX
        return (name, self.column + MISSING_SUFFIX) if self.indicator else (name,)

    @property
    def continuous(self) -> tuple[int, ...]:
        """Positions among `names` that hold a measured quantity."""
        return (0,)

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, 1 or 2])."""
        from scipy.special import ndtri

        values, knots = as_float(cells), np.asarray(self.quantiles)
        share = np.linspace(0.0, 1.0, len(knots))
        # Interpolated from both sides, so that the middle of a run of equal knots is hit.
        up, down = np.interp(values, knots, share), -np.interp(-values, -knots[::-1], -share[::-1])
        write_with_indicator(ndtri(np.clip((up + down) / 2, EDGE, 1 - EDGE)), self.indicator, out)


def fit_quantile_normal(cells: pl.Series, indicators: bool) -> QuantileNormal:
    """Learn clip(rows / 30, 10, 1000) quantiles from training cells."""
    values = as_float(cells)
    present = values[~np.isnan(values)]
    indicator = indicators and len(present) < len(values)
    if not len(present):
        return QuantileNormal(cells.name, (0.0, 0.0), indicator)
    count = int(np.clip(len(present) // 30, 10, 1000))
    return QuantileNormal(cells.name, tuple(np.quantile(present, np.linspace(0, 1, count)).tolist()), indicator)
