"""The target as class positions or as a standardised number."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import polars as pl

from netwright.core.errors import SchemaError
from netwright.data.transforms.numbers import LARGE, as_float
from netwright.data.transforms.one_hot import category_codes


@dataclass(frozen=True)
class Target:
    """Classes, or (y - mean) / deviation; the range is that of the training rows."""

    column: str
    classes: tuple[str, ...] = ()
    mean: float = 0.0
    deviation: float = 1.0
    minimum: float | None = None
    maximum: float | None = None
    clamped: bool = False  # whether predictions stay within the range

    def encode(self, cells: pl.Series) -> np.ndarray:
        """Return int64 class positions or float32 standardised numbers [rows]; no cell may be missing."""
        if self.classes:
            codes = category_codes(cells, self.classes)
            assert not codes.null_count(), f"target {self.column!r} has a cell that is no class"
            return codes.to_numpy()
        with np.errstate(over="ignore"):  # too far from the training rows for a number: the greatest
            values = (as_float(cells) - self.mean) / self.deviation
        return np.clip(values, -LARGE, LARGE).astype(np.float32)

    def decode(self, standardised: np.ndarray) -> np.ndarray:
        """Return numbers in the target's unit, float64, of any range."""
        values: np.ndarray = standardised.astype(np.float64) * self.deviation + self.mean
        return values

    def decode_prediction(self, standardised: np.ndarray) -> np.ndarray:
        """As `decode`, held to the training rows' range where that is asked for."""
        values = self.decode(standardised)
        return np.clip(values, self.minimum, self.maximum) if self.clamped else values


def fit_target(cells: pl.Series, classes: tuple[str, ...], clamped: bool = False) -> Target:
    """Learn mean, deviation and range from training rows; classes come from the schema.

    Raises:
        SchemaError: the numbers are so great that their deviation is none.
    """
    if classes:
        return Target(cells.name, classes)
    values = as_float(cells)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(values.mean()), float(values.std())
    span = float(values.min()), float(values.max())
    if not isfinite(deviation):
        raise SchemaError(
            f"target {cells.name!r}: expected numbers whose squares are numbers too, got {span[0]:g} to {span[1]:g}; "
            "divide the column, or choose another target"
        )
    return Target(cells.name, (), mean, deviation if deviation > 0 else 1.0, *span, clamped)
