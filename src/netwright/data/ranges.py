"""Sorted row positions as text: "0-3,5,7-12"."""

import numpy as np
import polars as pl


def to_ranges(positions: np.ndarray) -> str:
    """Write sorted, distinct positions as runs."""
    if not len(positions):
        return ""
    breaks = np.flatnonzero(np.diff(positions) != 1)
    first = positions[np.concatenate(([0], breaks + 1))]
    last = positions[np.concatenate((breaks, [len(positions) - 1]))]
    runs = pl.DataFrame({"first": first, "last": last}).select(
        pl.when(pl.col("first") == pl.col("last"))
        .then(pl.col("first").cast(pl.String))
        .otherwise(pl.concat_str("first", pl.lit("-"), "last"))
        .alias("run")
    )
    return ",".join(runs["run"].to_list())


def from_ranges(text: str) -> np.ndarray:
    """Read what `to_ranges` wrote, as int64; ValueError where the text is no such thing."""
    if not text:
        return np.zeros(0, np.int64)
    runs = pl.Series("run", text.split(","))
    try:
        ends = runs.str.split_exact("-", 1).struct.unnest()
        first = ends["field_0"].cast(pl.Int64).to_numpy()
        last = ends["field_1"].cast(pl.Int64).fill_null(pl.Series(first)).to_numpy()
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"expected ranges such as 0-3,5, got {text[:40]!r}") from error
    lengths = last - first + 1
    offsets = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return offsets + np.arange(int(lengths.sum()))
