"""A date as a scaled moment and as positions on the circles of year, month, week and day."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.transforms.numbers import MISSING_SUFFIX, as_float, write_with_indicator
from netwright.data.transforms.scale import Scale, fit_scale

# part -> (values from 0, length of the circle)
CIRCLES: dict[str, tuple[Callable[[pl.Series], pl.Series], int]] = {
    "month": (lambda cells: cells.dt.month() - 1, 12),
    "day": (lambda cells: cells.dt.day() - 1, 31),
    "weekday": (lambda cells: cells.dt.weekday() - 1, 7),
    "hour": (lambda cells: cells.dt.hour(), 24),
}


@dataclass(frozen=True)
class CyclicDatetime:
    """The moment, then sine and cosine of each part that varies in training; all 0 where missing."""

    column: str
    moment: Scale
    parts: tuple[str, ...]
    indicator: bool

    @property
    def names(self) -> tuple[str, ...]:
        circles = [f"{self.column} {part} {wave}" for part in self.parts for wave in ("sin", "cos")]
        return (self.column, *([self.column + MISSING_SUFFIX] if self.indicator else []), *circles)

    @property
    def continuous(self) -> tuple[int, ...]:
        """Positions among `names` that hold a measured quantity."""
        return (0,)

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, names])."""
        self.moment.write(cells, out)
        at = 1 + self.indicator
        for part in self.parts:
            values, length = CIRCLES[part]
            angle = as_float(values(cells)) * (2 * np.pi / length)
            write_with_indicator(np.sin(angle), False, out[:, at:])
            write_with_indicator(np.cos(angle), False, out[:, at + 1 :])
            at += 2


def fit_cyclic_datetime(cells: pl.Series, clip: bool, indicators: bool) -> CyclicDatetime:
    """Learn the scale of time and which circles turn at all, from training cells."""
    moment = fit_scale(cells, robust=True, clip=clip, indicators=indicators)
    parts = tuple(part for part, (values, _) in CIRCLES.items() if values(cells).drop_nulls().n_unique() > 1)
    return CyclicDatetime(cells.name, moment, parts, moment.indicator)
