"""A table as it was read, with an account of every row and every choice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from netwright.core.values import Choice, Rejected, RowCount, Schema
from netwright.data.pictures import Pictures
from netwright.data.series_store import SeriesStore

FILE = "file"  # column with the names of files, where each row is one
PolarsType = Any  # pl.DataType or its class; beartype refuses hints whose repr is not their name


@dataclass(frozen=True)
class ReadOptions:
    """What the user said of a source; what is left out is found out."""

    missing: tuple[str, ...] = ()  # spellings of missing beside the usual ones
    max_rejected: float = 0.1  # share of rows that may be set aside before reading stops
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    columns: tuple[str, ...] | None = None  # names for a file without a header, by position, with or without target
    schema: Schema | None = None  # read each column as the type that training saw
    image_size: tuple[int, int] | None = None  # height and width that images are brought to
    series: bool | None = None  # whether each row is a series of its own; None: by the source
    image_channels: int = 3  # of images whose size was asked for; 1 is grey


@dataclass(frozen=True)
class Table:
    """Rows that could be read, and those that could not. Missing cells are null.

    One physical type per column: Int64, Float64 (Float32 where the table would pass 512 MiB), Boolean, Datetime,
    String or Categorical (both text; Categorical is a dictionary of repeated values).
    """

    frame: pl.DataFrame
    row: np.ndarray  # int64, data row number in the source (from 1) of each frame row
    rejected: tuple[Rejected, ...]  # one entry per fault; a row with two faults has two
    total: int  # data rows in the source
    source: str
    choices: tuple[Choice, ...]
    missing: dict[str, dict[str, int]]  # column -> spelling -> cells
    fingerprint: str  # sha256 of the source's content
    pictures: Pictures | None = None  # where a column holds images: what its keys stand for
    series: SeriesStore | None = None  # where a column holds time series: what its keys stand for

    @property
    def count(self) -> RowCount:
        """Rows in = rows here + rows set aside."""
        return RowCount(self.total, self.frame.height, self.total - self.frame.height)

    def chosen(self, name: str) -> object:
        """Value of the choice called `name`, None where no such choice was taken."""
        return next((choice.value for choice in self.choices if choice.name == name), None)

    @property
    def is_of_files(self) -> bool:
        """Whether each row is a file, named in the column FILE."""
        return FILE in self.frame.columns and any(
            choice.name in ("data.files", "data.images") for choice in self.choices
        )

    def set_aside(self, keep: np.ndarray, rejected: Sequence[Rejected]) -> "Table":
        """Keep the rows where `keep` (bool [rows]) holds; `rejected` says why the others go."""
        if keep.all():
            return self
        frame = self.frame.filter(pl.Series(keep, dtype=pl.Boolean))
        return replace(self, frame=frame, row=self.row[keep], rejected=self.rejected + tuple(rejected))


def np_rows(numbers: Sequence[int]) -> np.ndarray:
    """Return row numbers as a Table holds them."""
    return np.array(numbers, dtype=np.int64)
