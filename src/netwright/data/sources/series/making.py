"""From series and their labels to a table: a row a series, its label beside it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.series_store import lengths_of, store_series
from netwright.data.table import ReadOptions, Table, np_rows

SERIES, LABEL, PART = "series", "label", "part"
MOST_BYTES = 1 << 33  # of all values, every series taken to be as long as the longest


@dataclass(frozen=True)
class Labels:
    """What each series is to be told by, and how that is known."""

    values: pl.Series | None  # text, whole numbers or numbers, null where it is missing; None: no labels are there
    reason: str


@dataclass(frozen=True)
class Origin:
    """Where series come from."""

    source: str
    total: int  # rows, those set aside included
    row: Sequence[int]  # of each series, from 1
    rejected: tuple[Rejected, ...] = ()
    parts: Sequence[str] | None = None  # train or test, for each series


def table_of_series(values: NDArray[np.float32], labels: Labels, origin: Origin, options: ReadOptions) -> Table:
    """Return the table of series [series, channels, length].

    Raises:
        SourceError: their channels are not those of training.
    """
    _refuse_other_channels(values, origin.source, options)
    store, keys = store_series(SERIES, values)
    columns = [pl.Series(SERIES, keys, dtype=pl.String)]
    if labels.values is not None:
        columns.append(labels.values.alias(LABEL))
    if origin.parts is not None:
        columns.append(pl.Series(PART, list(origin.parts), dtype=pl.String))
    frame = pl.DataFrame(columns)
    content = "\0".join([*keys, *map(str, frame.rows()), *map(str, origin.rejected)])
    return Table(
        frame=frame,
        row=np_rows(list(origin.row)),
        rejected=origin.rejected,
        total=origin.total,
        source=origin.source,
        choices=_choices(values, labels, origin),
        missing={},
        fingerprint=hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest(),
        series=store,
    )


def refuse_endless(source: str, series: int, channels: int, longest: int) -> None:
    """Raise SourceError where an array that holds all series at the length of the longest would fill the memory."""
    if (size := 4 * series * channels * longest) > MOST_BYTES:
        raise SourceError(
            f"{source}: expected series that together take up to {MOST_BYTES:,} bytes, got {series:,} of {channels:,} "
            f"channels with up to {longest:,} values, which take {size:,}; cut the longest, or take every second value"
        )


def _refuse_other_channels(values: NDArray[np.float32], source: str, options: ReadOptions) -> None:
    known = () if options.schema is None else options.schema.columns
    shape = next((column.shape for column in known if column.kind == "series"), None)
    if shape is not None and values.shape[1] != shape[0]:
        raise SourceError(
            f"{source}: expected series of {shape[0]:,} channels, as in training, got {values.shape[1]:,}; "
            "bring the channels that the run was trained on, in the same order"
        )


def _choices(values: NDArray[np.float32], labels: Labels, origin: Origin) -> tuple[Choice, ...]:
    lengths = lengths_of(values)
    gaps = int(np.isnan(values).sum()) - values.shape[1] * int((values.shape[2] - lengths).sum())
    longest, shortest = (int(lengths.max()), int(lengths.min())) if len(lengths) else (0, 0)
    said = f"all have {longest:,} values" if longest == shortest else f"they have {shortest:,} to {longest:,} values"
    many = f"{values.shape[1]:,} channels" if values.shape[1] > 1 else "one channel"
    found = [Choice("data.length", longest, f"{len(values):,} series of {many}; {said}, and each keeps its length")]
    if gaps:
        filled = f"{gaps:,} values are missing inside series: a straight line from neighbour to neighbour fills them"
        found.append(Choice("data.gaps", gaps, filled))
    if labels.values is not None:
        found.append(Choice("data.target", LABEL, labels.reason))
    if origin.parts is not None:
        names = " and ".join(dict.fromkeys(origin.parts))
        found.append(Choice("split.column", PART, f"the names of the files say {names}"))
    return tuple(found)
