"""A piece of a table before its cells have types."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
import polars as pl

from netwright.core.values import Rejected
from netwright.data.sources.tables.numbers import Style, is_number


@dataclass(frozen=True)
class Sheet:
    """Cells as stripped text, "" where there was nothing."""

    frame: pl.DataFrame  # String columns only, no nulls
    row: np.ndarray  # int64, data row number in the source, from 1
    rejected: tuple[Rejected, ...] = ()  # rows of this piece that did not make it into `frame`


Sheets = Callable[[], Iterable[Sheet]]  # may be read more than once


@dataclass(frozen=True)
class Reading:
    """How cells are to be read."""

    missing: frozenset[str]  # spellings
    style: Style = "point"
    forced: dict[str, bool] | None = None  # column -> is it numbers; at predict time, from the schema

    @cached_property
    def sentinels(self) -> tuple[str, ...]:
        """Spellings of missing that would read as numbers (-999)."""
        return tuple(spelling for spelling in self.missing if is_number(spelling) and isfinite(float(spelling)))
