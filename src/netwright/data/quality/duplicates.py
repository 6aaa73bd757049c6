"""Rows and columns that say the same thing twice."""

from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import polars as pl

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.row_identity import same_rows
from netwright.data.table import Table

ROWS_COMPARED = 200_000  # first rows, by which columns are compared


def find_duplicates(table: Table, schema: Schema) -> Iterator[Finding]:
    """A note on rows that repeat others, and one on each pair of features that determine each other."""
    groups = same_rows(table, schema)
    copies = len(groups) - (int(groups.max()) + 1 if len(groups) else 0)
    if copies:
        evidence = f"{copies:,} of {len(groups):,} rows are copies of another, in every feature and in the target"
        remedy = "copies stay together in one part of the split"
        yield Finding("data.duplicates", "note", "Rows are repeated", evidence, remedy)
    first_with: dict[bytes, str] = {}
    for column in schema.features:
        if column.distinct > column.rows / 2:  # any two columns of distinct values are 1 to 1
            continue
        key = _pattern(table.frame[column.name].head(ROWS_COMPARED))
        twin = first_with.setdefault(key, column.name)
        if twin != column.name:
            evidence = f"each value of {twin!r} goes with one value of {column.name!r} and the other way round"
            remedy = f"one of them is enough: --ignore {column.name!r}"
            title = f"{twin!r} and {column.name!r} say the same"
            yield Finding("data.duplicates", "note", title, evidence, remedy, column.name)


def _pattern(cells: pl.Series) -> bytes:
    """Hash of the cells with each value replaced by the number of its first row: equal for columns that are 1 to 1."""
    dense = cells.rank("dense").fill_null(0).to_numpy()
    _, first, inverse = np.unique(dense, return_index=True, return_inverse=True)
    return sha256(first[inverse].astype(np.int64).tobytes()).digest()
