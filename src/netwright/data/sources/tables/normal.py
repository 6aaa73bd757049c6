"""From a typed Polars frame to a Table: one physical type per column, missing cells null, faulty rows set aside."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected, Schema
from netwright.data.sources.tables.far_dates import YEARS, as_written, far_dates, without
from netwright.data.sources.tables.forced import forced_types
from netwright.data.sources.tables.missing import NO_VALUE, honoured
from netwright.data.sources.tables.sheet import Reading, Sheet
from netwright.data.sources.tables.typed import type_sheets
from netwright.data.table import PolarsType, ReadOptions, Table

NUMPY_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
FAR = f"not {YEARS}"  # how a date beyond them counts as missing at predict time
SLICE = 100_000  # rows of text that are hashed at a time


def table_of(frame: pl.DataFrame, source: str, options: ReadOptions, choices: tuple[Choice, ...] = ()) -> Table:
    """Bring a typed frame into the form of a Table; a fingerprint of its values is taken.

    Raises:
        SourceError: there are no rows or no columns.
    """
    if not frame.width or not frame.height:
        raise SourceError(f"{source}: expected rows and columns, got {frame.height} rows and {frame.width} columns")
    return typed_table(frame, source, options, choices, fingerprint_of(frame))


def typed_table(
    frame: pl.DataFrame,
    source: str,
    options: ReadOptions,
    choices: tuple[Choice, ...],
    fingerprint: str,
    torn: tuple[Rejected, ...] = (),
) -> Table:
    """As `table_of`, with a fingerprint that is known already; `torn` are rows of the source that `frame` lacks."""
    nested = {cells.name: str(cells.dtype) for cells in frame if _is_nested(cells.dtype)}
    said = [_left_out(name, kind) for name, kind in nested.items()]
    typed, far = frame, far_dates(frame)
    frame = simple_columns(without(frame, far))
    if not frame.width:
        raise SourceError(f"{source}: expected a column of plain values, got nested columns only ({', '.join(nested)})")
    total = frame.height + len(torn)
    row = np.delete(np.arange(1, total + 1), [fault.row - 1 for fault in torn])
    beyond = {name: int(cells.sum()) for name, cells in far.items()}
    empty = _by_spelling({cells.name: cells.null_count() - beyond.get(cells.name, 0) for cells in frame})
    keep, rejected = _near(typed, row, far if options.schema is None else {})
    if options.schema is not None:
        empty |= {name: {**empty.get(name, {}), FAR: cells} for name, cells in beyond.items()}
        frame = _without_infinite(frame, options.schema, empty)
    rejected += _not_finite(frame, row, keep)
    frame, row = frame.filter(pl.Series(keep)), row[keep]
    table = Table(frame, row, (*torn, *rejected), total, source, (*choices, *said), empty, fingerprint)
    return _with_typed_text(table, options)


def simple_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of plain values, each as one of the physical types that a Table has."""
    return pl.DataFrame([_simple(cells) for cells in frame if not _is_nested(cells.dtype)])


def _left_out(name: str, kind: str) -> Choice:
    return Choice(
        f"schema.columns.{name}.role", "ignored", f"a nested column ({kind}) is left out: cells must be plain"
    )


def _by_spelling(empty: dict[str, int]) -> dict[str, dict[str, int]]:
    return {name: {NO_VALUE: cells} for name, cells in empty.items() if cells}


def _is_nested(dtype: PolarsType) -> bool:
    return dtype.is_nested() or dtype in (pl.Object, pl.Binary)


def _simple(cells: pl.Series) -> pl.Series:
    """One of the physical types that a Table has."""
    dtype = cells.dtype
    if dtype.is_float() or dtype.is_decimal():
        return cells.cast(pl.Float64).fill_nan(None)
    if dtype.is_integer():
        whole = cells.cast(pl.Int64, strict=False)
        return whole if whole.null_count() == cells.null_count() else cells.cast(pl.Float64)
    if isinstance(dtype, pl.Datetime):
        utc = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else cells
        return utc.cast(pl.Datetime("us"))
    if dtype == pl.Date:
        return cells.cast(pl.Datetime("us"))
    if dtype == pl.Duration:
        return cells.dt.total_microseconds().cast(pl.Float64) / 1e6
    if dtype == pl.Time:
        return cells.cast(pl.Int64).cast(pl.Float64) / 1e9
    return cells if dtype in (pl.Boolean, pl.String, pl.Categorical) else cells.cast(pl.String)


def _without_infinite(frame: pl.DataFrame, schema: Schema, missing: dict[str, dict[str, int]]) -> pl.DataFrame:
    """At predict time an infinite feature is a missing one, as in text, so that its row gets a prediction.

    The cells are counted in `missing` by how they are written; conform says so.
    """
    numeric = {column.name for column in schema.columns if column.kind == "numeric" and column.role != "target"}
    mended = []
    for cells in frame:
        if (
            cells.name in numeric
            and cells.dtype.is_float()
            and (infinite := cells.is_infinite().fill_null(False)).any()
        ):
            counts = cells.filter(infinite).cast(pl.String).alias("cell").value_counts(name="count")
            missing[cells.name] = {**missing.get(cells.name, {}), **dict(counts.iter_rows())}
            cells = cells.set(infinite, None)
        mended.append(cells)
    return pl.DataFrame(mended)


def _near(typed: pl.DataFrame, row: np.ndarray, far: dict[str, pl.Series]) -> tuple[np.ndarray, list[Rejected]]:
    """Return the rows without a far date, and the cells of the others that have one."""
    keep, rejected = np.ones(typed.height, dtype=bool), []
    for name, cells in far.items():
        counts = typed[name].to_physical()
        for at in cells.arg_true().to_list():
            keep[at] = False
            rejected.append(
                Rejected(int(row[at]), name, as_written(counts[at], typed[name].dtype), f"expected {YEARS}")
            )
    return keep, rejected


def _not_finite(frame: pl.DataFrame, row: np.ndarray, keep: np.ndarray) -> list[Rejected]:
    """Return the infinite cells, and take their rows out of `keep`."""
    rejected = []
    for cells in frame:
        if not cells.dtype.is_float():
            continue
        for at in cells.is_infinite().fill_null(False).arg_true().to_list():
            keep[at] = False
            rejected.append(Rejected(int(row[at]), cells.name, str(cells[at]), "expected a finite number"))
    return rejected


def _with_typed_text(table: Table, options: ReadOptions) -> Table:
    """Columns of text are read as those of a text file are: spellings of missing, numbers written as text."""
    text = [cells.name for cells in table.frame if cells.dtype in (pl.String, pl.Categorical)]
    if not text:
        return table
    cells = table.frame.select(pl.col(text).cast(pl.String).fill_null("").str.strip_chars())
    sheet = Sheet(cells, np.arange(table.frame.height))
    typed = type_sheets(lambda: [sheet], Reading(honoured(options), forced=forced_types(options.schema)))
    kept = np.zeros(table.frame.height, dtype=bool)
    kept[typed.row] = True
    faults = [Rejected(int(table.row[f.row]), f.column, f.value, f.reason) for f in typed.rejected]
    frame = table.frame.filter(pl.Series(kept)).with_columns(typed.frame)
    return replace(
        table,
        frame=frame,
        row=table.row[kept],
        rejected=(*table.rejected, *faults),
        choices=(*table.choices, *typed.choices),
        missing={**table.missing, **typed.missing},
    )


def fingerprint_of(frame: pl.DataFrame) -> str:
    """sha256 of names, types and values, in order."""
    digest = hashlib.sha256()
    for cells in frame:
        digest.update(f"{cells.name}\x1f{cells.dtype}\x1e".encode())
        for part in _bytes_of(cells):
            digest.update(part)
    return digest.hexdigest()


def _bytes_of(cells: pl.Series) -> Iterator[bytes]:
    if cells.dtype.is_nested() or cells.dtype == pl.Object:
        yield repr(cells.to_list()).encode()
    elif cells.dtype == pl.Duration or far_dates(cells.to_frame()):
        yield from _bytes_of(cells.to_physical().cast(pl.Int64))
    elif cells.dtype.is_integer() and cells.dtype not in NUMPY_INTEGERS:
        yield from _bytes_of(cells.cast(pl.Float64))
    elif cells.dtype.is_numeric() and not cells.dtype.is_decimal():
        yield cells.is_null().to_numpy().tobytes()
        yield cells.fill_null(0).to_numpy().tobytes()
    else:
        text = cells.cast(pl.String).fill_null("\x1d") if cells.dtype != pl.Binary else cells.bin.encode("hex")
        for start in range(0, len(text), SLICE):
            yield "\x1f".join(text[start : start + SLICE].to_list()).encode()
