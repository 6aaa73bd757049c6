"""Which rows are the same in every feature and in the target, and so must not stand on both sides of a split."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from netwright.core.values import Schema
from netwright.data.labels import label_text
from netwright.data.table import PolarsType, Table

SLICE = 1_000_000  # rows hashed at a time


def compared_columns(schema: Schema) -> list[str]:
    """Features and target."""
    return [column.name for column in schema.columns if column.role in ("feature", "target")]


def row_hashes(frame: pl.DataFrame, columns: Sequence[str], single: bool = False) -> np.ndarray:
    """Return uint64 [rows], equal for equal rows whatever the physical types; `single` compares as Float32."""
    parts = [_hash(frame.slice(start, SLICE), columns, single) for start in range(0, frame.height, SLICE)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def _hash(frame: pl.DataFrame, columns: Sequence[str], single: bool) -> np.ndarray:
    number = pl.Float32 if single else pl.Float64
    plain = [_plain(frame[name], number) for name in columns]
    return pl.DataFrame(plain).hash_rows(seed=0).to_numpy()


def _plain(cells: pl.Series, number: PolarsType) -> pl.Series:
    if cells.dtype.is_numeric():
        return cells.cast(number) + 0.0  # -0.0 and 0.0 are one value
    return cells if isinstance(cells.dtype, pl.Datetime) else label_text(cells)


def same_rows(table: Table, schema: Schema) -> np.ndarray:
    """Return int64 [rows]: the number of the group of identical rows, groups in order of first appearance."""
    hashes = row_hashes(table.frame, compared_columns(schema))
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    groups: np.ndarray = rank[inverse]
    return groups


def merge_rows(frame: pl.DataFrame, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge rows that are the same, so that a weight of k and k copies of a row are one and the same data.

    Args:
        frame: features and target, each column of a type that a Table has.
        weights: float64 [rows], at least 0; rows of weight 0 are left out.

    Returns:
        The position of one row of each kind, in an order that their values alone decide, and the sums of the weights.
    """
    kept = np.flatnonzero(weights > 0)
    hashes = row_hashes(frame, frame.columns)[kept]
    order = np.argsort(hashes, kind="stable")
    rows, hashes = kept[order], hashes[order]
    copies = 1 + np.flatnonzero(hashes[1:] == hashes[:-1])
    copies = copies[_are_equal(frame, rows[copies - 1], rows[copies])]
    starts = np.delete(np.arange(len(rows)), copies)
    return rows[starts], np.add.reduceat(weights[rows], starts) if len(starts) else weights[rows]


def _are_equal(frame: pl.DataFrame, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each of `rows` is what the other is: two rows may have one hash by chance."""
    equal = np.ones(len(rows), bool)
    for cells in frame:
        equal &= cells.gather(rows).eq_missing(cells.gather(others)).to_numpy()
    return equal


def shared_rows(table: Table, other: Table, schema: Schema) -> int:
    """Count the rows of `other` that stand in `table` too, features and target alike."""
    columns = compared_columns(schema)
    present = [name for name in columns if name in table.frame.columns and name in other.frame.columns]
    single = any(frame[name].dtype == pl.Float32 for frame in (table.frame, other.frame) for name in present)
    here = row_hashes(table.frame, present, single)
    return int(np.isin(row_hashes(other.frame, present, single), here).sum())
