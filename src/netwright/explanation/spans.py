"""The values that a raw column took in training: what it may be changed to, and by how much it usually varies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from netwright.core.values import Column
from netwright.data import Preparation, Table
from netwright.data.labels import label_text
from netwright.data.transforms.boolean import Boolean
from netwright.data.transforms.cyclic_datetime import CyclicDatetime
from netwright.data.transforms.embedding import Embedding
from netwright.data.transforms.one_hot import OneHot
from netwright.data.transforms.quantile_normal import QuantileNormal
from netwright.data.transforms.scale import Scale

MOST_CATEGORIES = 30  # that a change may lead to, the most frequent ones


@dataclass(frozen=True)
class Span:
    """A column's values: numbers (dates as seconds since 1970) between ends, or labels."""

    column: str
    numbers: tuple[float, ...] = ()  # rising, the ends of the range among them
    labels: tuple[str, ...] = ()  # most frequent first
    whole: bool = False  # whether numbers have no fractions
    spread: float = 1.0  # of numbers: the distance of their quartiles, or what the training scaled by


def span_of(preparation: Preparation, column: Column, points: int = 20) -> Span | None:
    """Return the values that a column took in training; None where it is a text, an image or a series, or constant."""
    own = [one for one in (*preparation.encoders, *preparation.embeddings) if one.column == column.name]
    for encoder in own:
        if isinstance(encoder, OneHot | Embedding):
            return Span(column.name, labels=encoder.categories[:MOST_CATEGORIES])
        if isinstance(encoder, Boolean):
            return Span(column.name, labels=(encoder.false, encoder.true))
    ends = [end for end in (column.minimum, column.maximum) if end is not None]
    inner = list(column.edges)
    whole = all(float(value).is_integer() for value in (*inner, *ends))
    for encoder in own:
        if isinstance(encoder, QuantileNormal):
            knots = np.array(encoder.quantiles)
            inner = knots[np.linspace(0, len(knots) - 1, points).round().astype(int)].tolist()
            ends = [inner[0], inner[-1]]
    numbers = np.unique(np.round([*inner, *ends]) if whole else [*inner, *ends])
    if len(numbers) < 2:
        return None
    return Span(column.name, tuple(numbers.tolist()), whole=whole, spread=_spread(own, numbers))


def _spread(encoders: Sequence[object], numbers: np.ndarray) -> float:
    scales = [one for one in encoders if isinstance(one, Scale)]
    scales += [one.moment for one in encoders if isinstance(one, CyclicDatetime)]
    if scales and scales[0].factor > 0:
        return 1.0 / scales[0].factor
    for encoder in encoders:
        if isinstance(encoder, QuantileNormal) and (spread := np.diff(np.quantile(encoder.quantiles, [0.25, 0.75]))[0]):
            return float(spread)
    return float(numbers[-1] - numbers[0])


def as_cells(values: Sequence[Any], like: pl.Series) -> pl.Series:
    """Return numbers, dates in seconds or labels as cells of the type of others; a label becomes the cell it is of."""
    if isinstance(like.dtype, pl.Datetime):
        seconds = pl.Series(like.name, [round(value * 1e6) for value in values], dtype=pl.Int64)
        return seconds.cast(pl.Datetime("us", like.dtype.time_zone)).cast(like.dtype)
    if not values or not isinstance(values[0], str):
        whole = like.dtype.is_integer()
        return pl.Series(like.name, [round(value) if whole else value for value in values], dtype=like.dtype)
    if like.dtype == pl.Boolean:
        return pl.Series(like.name, [value.lower() == "true" for value in values], dtype=pl.Boolean)
    if like.dtype.is_numeric():
        return pl.Series(like.name, [float(value) for value in values]).cast(like.dtype)
    return pl.Series(like.name, values, dtype=pl.String).cast(like.dtype, strict=False)


def cell_words(cells: pl.Series) -> tuple[str, ...]:
    """Return cells as they would stand in a source."""
    if isinstance(cells.dtype, pl.Datetime):
        return tuple("missing" if cell is None else _date_words(cell) for cell in cells)
    if cells.dtype.is_float():
        return tuple("missing" if cell is None else f"{cell:.6g}" for cell in cells)
    return tuple("missing" if label is None else label for label in label_text(cells))


def _date_words(moment: datetime) -> str:
    moment = moment.astimezone(UTC) if moment.tzinfo is not None else moment
    return str(moment.date() if moment == moment.replace(hour=0, minute=0, second=0, microsecond=0) else moment)


def with_cells(table: Table, rows: np.ndarray, **changed: pl.Series) -> Table:
    """Return rows of a table, in this order, with other cells in some columns."""
    frame = table.frame[rows.tolist()].with_columns(*(cells.alias(name) for name, cells in changed.items()))
    return replace(table, frame=frame, row=table.row[rows])
