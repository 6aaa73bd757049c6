"""The one door to all tables."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.sources.images.arrays import is_idx, is_npz, is_stack, read_idx, read_npz, read_stack
from netwright.data.sources.images.entries import holds_images
from netwright.data.sources.images.manifests import with_images
from netwright.data.sources.images.reading import read_images
from netwright.data.sources.series.reading import (
    is_named_as_series,
    is_series_array,
    is_series_npz,
    is_ts,
    is_wide,
    read_series_array,
    read_series_npz,
    read_ts_files,
    table_of_wide,
)
from netwright.data.sources.tables.archives import locate
from netwright.data.sources.tables.bundled import read_bundled
from netwright.data.sources.tables.columnar import format_of, read_columnar
from netwright.data.sources.tables.delimited import read_delimited
from netwright.data.sources.tables.frames import read_frame
from netwright.data.sources.tables.text_folders import is_texts, read_texts
from netwright.data.table import ReadOptions, Table
from netwright.data.wording import where_and_why

_USUAL = ReadOptions()


def read_table(
    source: Any, options: ReadOptions = _USUAL, progress: Callable[[str, float], None] | None = None
) -> Table:
    """Read a table from a path, a bundled set or a value in memory.

    Args:
        source: a path (CSV, TSV or other delimited text, .gz, "a.zip::b.csv", Parquet, Arrow, JSON lines; a folder
            with a folder of .txt files or of images for each class, a .zip of such, IDX files, an .npz of images, .ts
            files of time series, or a .tsv with a series a line),
            "@iris" and its like, a pandas or Polars frame, a NumPy array [rows, columns] or of images [n, height,
            width] or [n, height, width, colours], a dict of arrays, or a pair (X, y).
        options: what is known of it; the rest is found out and said in `Table.choices`.
        progress: called with the stage's name and the share done, from 0 to 1.

    Raises:
        SourceError: it cannot be read, or more rows than `options.max_rejected` allows cannot.
    """
    table = _read(source, options, progress or _silent)
    _refuse_too_many(table, options.max_rejected)
    return replace(table, choices=(*table.choices, *_missing_choice(table)))


def is_folder_of_rows(path: Path) -> bool:
    """Whether a folder holds images, texts or IDX files, each a row or many."""
    return path.is_dir() and (holds_images(path) or is_texts(path) or is_idx(path))


def _silent(_stage: str, _share: float) -> None:
    return None


def _read(source: Any, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    if isinstance(source, str) and source.startswith("@"):
        return read_bundled(source, options)
    if not isinstance(source, str | Path):
        if is_series_array(source, options):
            return read_series_array(source, options)
        return read_stack(source, options) if is_stack(source) else read_frame(source, options)
    path = Path(source)
    if is_ts(path):
        return read_ts_files(path, options)
    if is_series_npz(path, options):
        return read_series_npz(path, options)
    if is_wide(path, options):
        return _read_wide(path, options, progress)
    if holds_images(path):
        return read_images(path, options, progress)
    if is_texts(path):
        return read_texts(path, options, progress)
    if is_idx(path):
        return read_idx(path, options)
    if is_npz(path):
        return read_npz(path, options)
    return with_images(_read_file(source, options, progress), options, progress)


def _read_wide(path: Path, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    header = False if options.header is None and is_named_as_series(path) else options.header
    plain = replace(options, header=header, schema=None, columns=None)
    return table_of_wide(_read_file(path, plain, progress), options)


def _read_file(source: str | Path, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    opened = locate(source)
    kind = format_of(opened)
    return read_columnar(opened, kind, options) if kind else read_delimited(opened, options, progress)


def _refuse_too_many(table: Table, limit: float) -> None:
    count = table.count
    if count.used and count.rejected <= limit * count.total:
        return
    raise SourceError(
        f"{table.source}: {count.rejected:,} of {count.total:,} rows ({count.rejected / count.total:.0%}) would be set "
        f"aside, more than {limit:.0%}; the first is {where_and_why(table.rejected[0])}; mend the file, or allow more "
        f"with --set data.max_rejected={ceil(20 * count.rejected / count.total) / 20:g}"
    )


def _missing_choice(table: Table) -> list[Choice]:
    total: dict[str, int] = {}
    for spellings in table.missing.values():
        for spelling, cells in spellings.items():
            total[spelling] = total.get(spelling, 0) + cells
    if not total:
        return [Choice("data.missing", [], "no cell is missing")]
    named = {spelling or "blank": cells for spelling, cells in total.items()}
    shown = ", ".join(f"{spelling} ({cells:,} cells)" for spelling, cells in list(named.items())[:20])
    return [Choice("data.missing", list(named), f"found and taken as missing: {shown}")]
