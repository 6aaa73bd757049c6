"""A category as one column per value, with a slot of its own for missing (if training met it) and for unseen."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.labels import label_text

UNSEEN = "(unseen)"
MISSING = "(missing)"


@dataclass(frozen=True)
class OneHot:
    """Categories in the order of their columns. Without a slot for missing, a missing cell counts as unseen."""

    column: str
    categories: tuple[str, ...]
    missing: bool

    @property
    def names(self) -> tuple[str, ...]:
        slots = (*self.categories, *([MISSING] if self.missing else []), UNSEEN)
        return tuple(f"{self.column}={slot}" for slot in slots)

    @property
    def continuous(self) -> tuple[int, ...]:
        """Positions among `names` that hold a measured quantity."""
        return ()

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, slots]) with one 1 in each row."""
        unseen = out.shape[1] - 1
        codes = category_codes(cells, self.categories).fill_null(unseen).to_numpy().copy()
        if self.missing:
            codes[cells.is_null().to_numpy()] = unseen - 1
        out[:] = 0.0
        out[np.arange(len(codes)), codes] = 1.0


def fit_one_hot(cells: pl.Series) -> OneHot:
    """Learn the categories of training cells, sorted by frequency."""
    return OneHot(cells.name, training_categories(cells), bool(cells.null_count()))


def training_categories(cells: pl.Series) -> tuple[str, ...]:
    """Distinct labels, the most frequent first, ties in order of the alphabet."""
    counts = label_text(cells).drop_nulls().alias("value").value_counts(name="count")
    return tuple(counts.sort(["count", "value"], descending=[True, False])["value"].to_list())


def category_codes(cells: pl.Series, categories: tuple[str, ...]) -> pl.Series:
    """Return Int64 positions in `categories`, null where a cell is missing or not among them."""
    known = pl.Enum(list(categories))
    return label_text(cells).cast(known, strict=False).to_physical().cast(pl.Int64)
