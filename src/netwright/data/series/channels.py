"""Which columns are forecast, and their missing cells: filled from before, never from the future."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SchemaError, nearest
from netwright.core.values import Choice
from netwright.data.table import Table

Values = NDArray[np.float64]  # [rows, channel]


def choose_channels(table: Table, asked: Sequence[str], skip: frozenset[str]) -> Choice:
    """Return the names of the columns to forecast: those asked for, or all columns of numbers.

    Args:
        table: as read.
        asked: names, or positions such as "-1"; none: all columns of numbers.
        skip: columns that hold the time or the series' name, or are to be left out.

    Raises:
        SchemaError: a column is not there or holds no numbers, or there is none.
    """
    if asked:
        names = list(dict.fromkeys(_asked(table, name) for name in asked))
        return Choice("data.target", names, "asked for")
    numeric = [cells.name for cells in table.frame if cells.name not in skip and cells.dtype.is_numeric()]
    if not numeric:
        raise SchemaError(
            f"{table.source}: expected at least one column of numbers to forecast, found none among "
            f"{', '.join(map(repr, table.frame.columns[:12]))}; mend the file or name one with --target"
        )
    left = [name for name in table.frame.columns if name not in numeric and name not in skip]
    more = f"; {', '.join(map(repr, left[:8]))} hold no numbers and are left out" if left else ""
    return Choice("data.target", numeric, f"every column of numbers is forecast, since none was named{more}")


def _asked(table: Table, name: str) -> str:
    columns = table.frame.columns
    if name not in columns and name.lstrip("-").isdigit() and -len(columns) <= int(name) < len(columns):
        name = columns[int(name)]
    if name not in columns:
        raise SchemaError(
            f"{table.source}: expected a column {name!r} to forecast, found none; {nearest(name, columns)}"
        )
    cells = table.frame[name]
    if not cells.dtype.is_numeric():
        first = cells.drop_nulls().head(1).to_list()
        shown = f"such as {first[0]!r}" if first else "without a value"
        raise SchemaError(
            f"{table.source}: expected numbers in the column {name!r} to forecast, got cells {shown}; "
            "name a column of numbers with --target"
        )
    return name


def values_of(frame: pl.DataFrame, names: Sequence[str]) -> Values:
    """Return the columns as numbers [rows, channel], NaN where a cell is missing."""
    columns = [frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names]
    return np.stack(columns, axis=1) if columns else np.zeros((frame.height, 0))


def fill_forward(values: Values, starts: NDArray[np.int64]) -> tuple[Values, NDArray[np.int64]]:
    """Fill each missing cell with the last value before it in its series.

    Args:
        values: [rows, channel], series after series, in the order of time.
        starts: the first row of each series.

    Returns:
        The values, NaN where nothing came before; and the number of cells filled, by channel.
    """
    place = np.arange(len(values))
    first = np.zeros(len(values), dtype=np.int64)
    first[starts] = starts
    first = np.maximum.accumulate(first)
    known = ~np.isnan(values)
    last = np.maximum.accumulate(np.where(known, place[:, None], -1), axis=0)
    there = last >= first[:, None]
    filled = np.where(there, np.take_along_axis(values, np.maximum(last, 0), axis=0), np.nan)
    return filled, (there & ~known).sum(axis=0).astype(np.int64)
