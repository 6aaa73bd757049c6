"""Columns as they come: numbers unscaled, categories by their place in the alphabet, texts by counts of words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.values import Column
from netwright.data.labels import label_text, sort_labels

HASHED = 256  # columns that the words of a text share
LARGEST = 1e30  # float32 holds a little more
UNSEEN = -1.0


@dataclass(frozen=True)
class RawColumn:
    """How a column becomes a number, as learnt from the training rows."""

    name: str
    kind: str  # number, moment, category, text
    fill: float = 0.0  # of missing cells: the median
    codes: dict[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}: words {k}" for k in range(HASHED)) if self.kind == "text" else (self.name,)


def fit_raw(frame: pl.DataFrame, columns: Sequence[Column]) -> tuple[RawColumn, ...]:
    """Learn from training rows how each column becomes a number; images and series are none of these columns."""
    return tuple(_fit(frame[column.name], column) for column in columns if column.kind not in ("image", "series"))


def _fit(cells: pl.Series, column: Column) -> RawColumn:
    kind = kind_of(cells, column)
    if kind in ("number", "moment"):
        median = _numbers(cells, kind).drop_nulls().drop_nans().median()
        return RawColumn(column.name, kind, float(median) if isinstance(median, int | float) else 0.0)
    if kind == "text":
        return RawColumn(column.name, kind)
    labels = sort_labels(label_text(cells).drop_nulls().unique().to_list())
    return RawColumn(column.name, kind, UNSEEN, {label: float(code) for code, label in enumerate(labels)})


def kind_of(cells: pl.Series, column: Column) -> str:
    """Return number, moment, category or text."""
    if cells.dtype.is_temporal():
        return "moment"
    if column.kind == "text":
        return "text"
    is_number = cells.dtype.is_numeric() and column.kind in ("numeric", "identifier", "constant", "boolean")
    return "number" if is_number or cells.dtype == pl.Boolean else "category"


def read_raw(frame: pl.DataFrame, columns: Sequence[RawColumn]) -> NDArray[np.float32]:
    """Return rows as raw numbers [rows, columns]."""
    blocks = [_read(frame[column.name], column) for column in columns]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((frame.height, 0), np.float32)


def _read(cells: pl.Series, column: RawColumn) -> NDArray[np.float32]:
    if column.kind == "text":
        return _hashed(cells)
    if column.kind == "category":
        found = label_text(cells).replace_strict(column.codes, default=column.fill, return_dtype=pl.Float64)
    else:
        found = _numbers(cells, column.kind).fill_nan(None)
    values = found.fill_null(column.fill).to_numpy().astype(np.float64)
    return np.asarray(np.clip(values, -LARGEST, LARGEST)[:, None], dtype=np.float32)


def _numbers(cells: pl.Series, kind: str) -> pl.Series:
    if kind == "moment" and cells.dtype != pl.Time:
        return cells.cast(pl.Datetime("us")).dt.epoch("s").cast(pl.Float64)
    return cells.cast(pl.Float64, strict=False)


def _hashed(cells: pl.Series) -> NDArray[np.float32]:
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(n_features=HASHED, alternate_sign=False, norm=None, dtype=np.float32)
    counted: NDArray[np.float32] = words.transform(cells.cast(pl.String).fill_null("").to_list()).toarray()
    return counted
