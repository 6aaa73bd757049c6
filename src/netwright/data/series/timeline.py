"""Which column holds the time, and its cells as whole numbers that can be put in order."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SchemaError, nearest
from netwright.data.schema.datetimes import find_dates, parse_dates
from netwright.data.table import Table

TEXT = (pl.String, pl.Categorical)


@dataclass(frozen=True)
class Timeline:
    """The time of each row of a table: microseconds since 1970, or the numbers of a column of whole numbers."""

    column: str | None  # None: the order of the rows is all that is known
    moments: NDArray[np.int64]  # [rows]; 0 where not `known`
    known: NDArray[np.bool_]  # [rows]
    dates: bool  # False: numbers
    format: str | None
    reason: str


def find_timeline(table: Table, asked: str | None, skip: frozenset[str] = frozenset()) -> Timeline:
    """Return the time of each row, by the column that was asked for, or else the first that holds dates.

    Args:
        table: as read.
        asked: a column's name; None: it is looked for.
        skip: columns that hold something else.

    Raises:
        SchemaError: the column that was asked for is not there, or its cells are no dates.
    """
    if asked is not None:
        return _asked(table, asked)
    for cells in table.frame:
        if cells.name not in skip and (found := _dates(cells)) is not None:
            return found
    return in_order(table, "no column holds dates, so the order of the rows is taken as the order of time")


def in_order(table: Table, reason: str) -> Timeline:
    """Return the places of the rows as their time."""
    height = table.frame.height
    return Timeline(None, np.arange(height, dtype=np.int64), np.ones(height, dtype=bool), False, None, reason)


def read_timeline(table: Table, column: str, date_format: str | None) -> Timeline:
    """Read the column of time of new rows as training read it; errors as of `find_timeline`."""
    cells = _column(table, column)
    if date_format is not None and cells.dtype in TEXT:
        return _timeline(cells, parse_dates(cells.cast(pl.String), date_format), date_format, "as in training")
    return _asked(table, column)


def _asked(table: Table, name: str) -> Timeline:
    cells = _column(table, name)
    found = _dates(cells)
    if found is not None:
        return found
    if cells.dtype == pl.Int64:
        moments = cells.fill_null(0).to_numpy().astype(np.int64)
        known = cells.is_not_null().to_numpy()
        return Timeline(name, moments, known, False, None, f"asked for; {name!r} holds whole numbers")
    first = cells.drop_nulls().head(1).to_list()
    raise SchemaError(
        f"{table.source}: expected dates or whole numbers in the column of time {name!r}, "
        f"got {'no value' if not first else repr(first[0])}; write them as 2024-01-31 or 2024-01-31 14:00, "
        "or name another column with --time"
    )


def _column(table: Table, name: str) -> pl.Series:
    if name not in table.frame.columns:
        close = nearest(name, table.frame.columns)
        raise SchemaError(f"{table.source}: expected a column of time called {name!r}, found none; {close}")
    return table.frame[name]


def _dates(cells: pl.Series) -> Timeline | None:
    if isinstance(cells.dtype, pl.Datetime | pl.Date):
        return _timeline(cells, cells.cast(pl.Datetime("us")), None, f"{cells.name!r} holds dates")
    if cells.dtype not in TEXT:
        return None
    found = find_dates(cells)
    return None if found is None else _timeline(cells, found.values, found.format, found.reason)


def _timeline(cells: pl.Series, values: pl.Series, date_format: str | None, reason: str) -> Timeline:
    moments = values.cast(pl.Datetime("us")).cast(pl.Int64)
    known = moments.is_not_null().to_numpy()
    return Timeline(cells.name, moments.fill_null(0).to_numpy().astype(np.int64), known, True, date_format, reason)
