"""Which sources hold series, and how each becomes a table."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.series_store import padded
from netwright.data.sources.images.arrays import Stack, is_npz, load_stacks
from netwright.data.sources.series.making import LABEL, SERIES, Labels, Origin, refuse_endless, table_of_series
from netwright.data.sources.series.ts import ENDING, Head, Lines, labels_of, read_ts
from netwright.data.sources.tables.archives import locate
from netwright.data.table import ReadOptions, Table

NAMED = re.compile(r".+_(train|test)\.(ts|tsv)(\.gz)?$", re.IGNORECASE)  # as the UCR and UEA archives name files


def wants_series(options: ReadOptions) -> bool:
    """Whether series were asked for, or seen in training."""
    known = () if options.schema is None else options.schema.columns
    return bool(options.series) or any(column.kind == "series" for column in known)


def is_ts(path: Path) -> bool:
    """Whether it is a .ts file, or a folder that holds such files."""
    try:
        return _ends_as_ts(path.name) or (path.is_dir() and bool(_ts_files(path)))
    except OSError:  # it may not be looked into, or is no name at all: whoever reads it says so
        return False


def is_wide(path: Path, options: ReadOptions) -> bool:
    """Whether a table holds a series a line: as asked for, or a .tsv without header named as the UCR archive does."""
    if options.series is not None:
        return options.series
    return wants_series(options) or (options.header is not True and is_named_as_series(path))


def is_named_as_series(path: Path) -> bool:
    """Whether a file is named as the UCR archive names tables of series, which have no header."""
    return bool(NAMED.match(path.name))


def is_series_array(source: object, options: ReadOptions) -> bool:
    """Whether a value in memory is an array of series, or a pair of one and labels: only where series are meant."""
    values = source[0] if isinstance(source, tuple) and len(source) == 2 else source
    return wants_series(options) and isinstance(values, np.ndarray) and values.ndim in (2, 3)


def read_ts_files(path: Path, options: ReadOptions) -> Table:
    """Read one .ts file, or those of a folder, whose names then say which is to train and which to test on.

    Raises:
        SourceError: a file is no .ts file, or the files of a folder do not go together.
    """
    files = [path] if not path.is_dir() else _ts_files(path)
    parts = [found.group(1).lower() if (found := NAMED.match(file.name)) else "" for file in files]
    if len(files) > 1 and sorted(parts) != ["test", "train"]:
        raise SourceError(
            f"{path}: expected one {ENDING} file, or NAME_TRAIN{ENDING} and NAME_TEST{ENDING}, got "
            f"{', '.join(file.name for file in files)[:200]}; name one, and the other with --test"
        )
    read = [read_ts(locate(file)) for file in files]
    head, lines = read[0] if len(read) == 1 else _joined(read, path)
    channels = len(lines.series[0])
    refuse_endless(str(path), len(lines.series), channels, max(one.shape[1] for one in lines.series))
    named = [part for part, (_, one) in zip(parts, read, strict=True) for _ in one.series] if len(read) > 1 else None
    origin = Origin(str(path), lines.total, lines.row, tuple(lines.rejected), named)
    return table_of_series(padded(lines.series, channels), labels_of(head, lines), origin, options)


def table_of_wide(table: Table, options: ReadOptions) -> Table:
    """Turn a table with a label in its first column and a value in each other one into a table of series.

    Rows whose values are no numbers are set aside. Without a label, as many columns as in training are all values.

    Raises:
        SourceError: there are too few columns, or most cells are no numbers.
    """
    names = table.frame.columns
    known = () if options.schema is None else options.schema.columns
    length = next((column.shape[1] for column in known if column.kind == "series"), None)
    labelled = len(names) != length
    if len(names) < 1 + labelled:
        raise SourceError(f"{table.source}: expected a label and the values of a series in each row, got one column")
    columns = names[labelled:]
    numbers = [table.frame[name].cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False) for name in columns]
    odd = [cells.is_null() & table.frame[name].is_not_null() for cells, name in zip(numbers, columns, strict=True)]
    values = np.stack([cells.to_numpy() for cells in numbers], axis=1).astype(np.float32)[:, None]
    rejected = [
        Rejected(int(table.row[at]), name, str(table.frame[name][int(at)])[:40], "expected a number")
        for name, cells in zip(columns, odd, strict=True)
        for at in np.flatnonzero(cells.to_numpy())
    ]
    sound = ~np.stack([cells.to_numpy() for cells in odd]).any(axis=0)
    empty = sound & np.isnan(values).all(axis=(1, 2))
    rejected += [Rejected(int(table.row[at]), SERIES, "", "no value is there") for at in np.flatnonzero(empty)]
    sound &= ~empty
    told = table.frame[names[0]].filter(pl.Series(sound)) if labelled else None
    labels = Labels(told, f"the first column, {names[0]}: a label and then the values of a series")
    origin = Origin(table.source, table.total, table.row[sound].tolist(), (*table.rejected, *rejected))
    return _said(table_of_series(values[sound], labels, origin, options), options)


def _said(table: Table, options: ReadOptions) -> Table:
    reason = "asked for" if options.series else "a table without header, named as the UCR archive names its series"
    return replace(table, choices=(Choice("data.series", True, reason), *table.choices))


def read_series_array(source: Any, options: ReadOptions) -> Table:
    """Turn series in memory [n, channels, length] or [n, length], or a pair of them and labels, into a table."""
    values, labels = source if isinstance(source, tuple) else (source, None)
    stack = Stack(values, None if labels is None else np.asarray(labels).ravel())
    return _table_of_stacks([stack], "series in memory", "the second of the pair (X, y)", options)


def is_series_npz(path: Path, options: ReadOptions) -> bool:
    return wants_series(options) and is_npz(path)


def read_series_npz(path: Path, options: ReadOptions) -> Table:
    """Read arrays x and y of an .npz archive, or x_train, y_train, x_test and y_test.

    Raises:
        SourceError: no such arrays, or objects in them, which would be code.
    """
    return _table_of_stacks(load_stacks(path), str(path), "the array of labels", options)


def _table_of_stacks(stacks: list[Stack], source: str, reason: str, options: ReadOptions) -> Table:
    arrays = [_checked(stack, source) for stack in stacks]
    if len({array.shape[1] for array in arrays}) > 1:
        raise SourceError(f"{source}: expected arrays of one number of channels, got others")
    longest = max(array.shape[2] for array in arrays)
    values = np.concatenate([_to_length(array, longest) for array in arrays])
    told = [np.asarray(stack.labels) for stack in stacks if stack.labels is not None]
    labels = pl.Series(LABEL, np.concatenate(told)) if len(told) == len(stacks) else None
    sound = ~(np.isinf(values).any(axis=(1, 2)) | np.isnan(values).all(axis=(1, 2)))
    rejected = tuple(
        Rejected(int(at) + 1, SERIES, "", "a value is not finite, or none is there") for at in np.flatnonzero(~sound)
    )
    parts = [str(stack.part) for stack in stacks for _ in stack.images] if stacks[0].part else None
    kept = None if parts is None else [part for part, keep in zip(parts, sound, strict=True) if keep]
    origin = Origin(source, len(values), (np.flatnonzero(sound) + 1).tolist(), rejected, kept)
    if labels is not None:
        labels = labels.filter(pl.Series(sound))
    return table_of_series(values[sound], Labels(labels, reason), origin, options)


def _checked(stack: Stack, source: str) -> NDArray[np.float32]:
    values = stack.images
    if values.ndim not in (2, 3) or 0 in values.shape or values.dtype.kind not in "buif":
        expected = "series as numbers [n, channels, length] or [n, length]"
        raise SourceError(f"{source}: expected {expected}, got {values.dtype} {list(values.shape)}")
    if stack.labels is not None and len(stack.labels) != len(values):
        raise SourceError(f"{source}: expected {len(values):,} labels, one a series, got {len(stack.labels):,}")
    return (values if values.ndim == 3 else values[:, None]).astype(np.float32)


def _to_length(values: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return np.pad(values, ((0, 0), (0, 0), (0, length - values.shape[2])), constant_values=np.nan)


def _ends_as_ts(name: str) -> bool:
    return name.lower().endswith((ENDING, ENDING + ".gz"))


def _ts_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _ends_as_ts(path.name) and path.is_file())


def _joined(read: list[tuple[Head, Lines]], source: Path) -> tuple[Head, Lines]:
    heads, whole = [head for head, _ in read], Lines()
    if len({(head.labelled, head.regression) for head in heads}) > 1:
        raise SourceError(f"{source}: expected files with labels of one kind, got others; name one, and --test")
    if len({len(lines.series[0]) for _, lines in read}) > 1:
        raise SourceError(f"{source}: expected files of one number of channels, got others")
    for _, lines in read:
        whole.row += [whole.total + row for row in lines.row]
        whole.rejected += [replace(fault, row=whole.total + fault.row) for fault in lines.rejected]
        whole.series += lines.series
        whole.labels += lines.labels
        whole.total += lines.total
    return heads[0], whole
