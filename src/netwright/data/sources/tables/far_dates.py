"""Dates that a typed file can hold and nobody can write: Polars panics where it turns them into text or a Datetime."""

import polars as pl

from netwright.data.table import PolarsType

EARLIEST, LATEST = -719_162, 2_932_896  # days from 1970-01-01 to 0001-01-01 and to 9999-12-31
PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000}  # nanoseconds in 64 bits reach from 1677 to 2262
YEARS = "a date of the years 1 to 9999"


def far_dates(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the cells outside of the years 1 to 9999, true or false, of each column that has such."""
    found = {cells.name: _is_far(cells) for cells in frame if isinstance(cells.dtype, pl.Date | pl.Datetime)}
    return {name: far for name, far in found.items() if far.any()}


def without(frame: pl.DataFrame, far: dict[str, pl.Series]) -> pl.DataFrame:
    """Return the frame with nothing in these cells."""
    return frame.with_columns(frame[name].set(cells, None) for name, cells in far.items())


def as_written(cell: int, dtype: PolarsType) -> str:
    """Return a date as the file holds it: a count from 1970."""
    unit = dtype.time_unit if isinstance(dtype, pl.Datetime) else "days"
    return f"{cell:,} {unit} from 1970-01-01"


def _is_far(cells: pl.Series) -> pl.Series:
    unit = cells.dtype.time_unit if isinstance(cells.dtype, pl.Datetime) else "days"
    if unit == "ns":
        return pl.Series(cells.name, [False]).new_from_index(0, len(cells))
    per_day, counts = PER_DAY.get(unit, 1), cells.to_physical().cast(pl.Int64)
    return ((counts < EARLIEST * per_day) | (counts >= (LATEST + 1) * per_day)).fill_null(False)
