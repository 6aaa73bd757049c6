"""A category with many values as one index, for a learnt embedding."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.transforms.one_hot import category_codes, training_categories

UNSEEN_SLOT, MISSING_SLOT, FIRST_SLOT = 0, 1, 2


@dataclass(frozen=True)
class Embedding:
    """Slot 0 is unseen, slot 1 missing, slot 2 the most frequent category, and so on."""

    column: str
    categories: tuple[str, ...]

    @property
    def cardinality(self) -> int:
        return len(self.categories) + FIRST_SLOT

    def index(self, cells: pl.Series) -> np.ndarray:
        """Return int64 [rows], each below `cardinality`."""
        slots = (category_codes(cells, self.categories) + FIRST_SLOT).fill_null(UNSEEN_SLOT)
        return slots.set(cells.is_null(), MISSING_SLOT).to_numpy()


def fit_embedding(cells: pl.Series) -> Embedding:
    """Learn the categories of training cells, the most frequent first."""
    return Embedding(cells.name, training_categories(cells))
