"""A table with a column of paths to images: the images are read, and their column then holds them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath

import numpy as np
import polars as pl

from netwright.core.errors import SourceError
from netwright.core.foreign import read_named
from netwright.core.values import Choice, Rejected
from netwright.data.pictures import keyed
from netwright.data.sources.images.decode import ENDINGS, MOST_BYTES
from netwright.data.sources.images.entries import Entry
from netwright.data.sources.images.reading import shape_asked
from netwright.data.sources.images.store import read_pictures, shape_choices
from netwright.data.table import FILE, ReadOptions, Table

MOSTLY = 0.9  # share of the cells that must end as images do


def with_images(table: Table, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    """Read the images that a column names, relative to the table's folder; without such a column, change nothing.

    Rows whose image is missing or damaged are set aside, each with the reason.

    Raises:
        SourceError: none of the images can be read.
    """
    column = _column_of_images(table, options)
    if column is None:
        return table
    folder = Path(table.source.split("::")[0]).expanduser().parent
    named = ["" if cell is None else cell for cell in table.frame[column].cast(pl.String).to_list()]
    entries = [Entry(name, None, None, partial(_read, folder, name)) for name in named]
    try:
        decoded = read_pictures(entries, shape_asked(options), progress)
    except SourceError as error:
        raise SourceError(f"{table.source}: column {column!r}: {error}") from None
    keep = np.zeros(len(named), dtype=bool)
    keep[list(decoded.kept)] = True
    faults = sorted(decoded.faults.items())
    rejected = [Rejected(int(table.row[at]), column, named[at], reason) for at, reason in faults]
    table = table.set_aside(keep, rejected)
    frame = table.frame.with_columns(pl.Series(column, decoded.keys, dtype=pl.String))
    if FILE not in frame.columns:
        frame = frame.with_columns(pl.Series(FILE, [named[at] for at in decoded.kept], dtype=pl.String))
    said = f"column {column!r} holds paths to images, taken from {folder}"
    choices = (*table.choices, Choice("data.images", column, said), *shape_choices(decoded))
    return Table(
        frame=frame,
        row=table.row,
        rejected=table.rejected,
        total=table.total,
        source=table.source,
        choices=choices,
        missing=table.missing,
        fingerprint=table.fingerprint + decoded.fingerprint,
        pictures=keyed(column, decoded.pixels, decoded.keys),
    )


def _column_of_images(table: Table, options: ReadOptions) -> str | None:
    """Return the column that training took for images, or the first whose cells end as images do."""
    if options.schema is not None:
        return next((column.name for column in options.schema.columns if column.kind == "image"), None)
    for cells in table.frame:
        if cells.dtype not in (pl.String, pl.Categorical) or not (present := cells.drop_nulls()).len():
            continue
        endings = present.head(1000).cast(pl.String).str.to_lowercase().str.extract(r"(\.[a-z]+)$")
        if float(endings.is_in(list(ENDINGS)).mean() or 0.0) >= MOSTLY:  # type: ignore[arg-type]
            return cells.name
    return None


def _read(folder: Path, name: str) -> bytes:
    if not name:
        raise OSError("no image is named")
    return read_named(folder / PurePath(name), MOST_BYTES)
