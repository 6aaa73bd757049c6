"""Yes and no as 1 and -1."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.data.labels import label_text
from netwright.data.transforms.numbers import MISSING_SUFFIX

YES = ("true", "yes", "y", "t", "1", "on")


@dataclass(frozen=True)
class Boolean:
    """`true` becomes 1 and `false` -1, in any case; every other cell 0."""

    column: str
    false: str
    true: str
    indicator: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.column, self.column + MISSING_SUFFIX) if self.indicator else (self.column,)

    @property
    def continuous(self) -> tuple[int, ...]:
        """Positions among `names` that hold a measured quantity."""
        return ()

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill `out` (float32 [rows, 1 or 2])."""
        labels = label_text(cells).str.to_lowercase()
        yes, no = (labels == self.true.lower()).fill_null(False), (labels == self.false.lower()).fill_null(False)
        out[:, 0] = yes.to_numpy().astype(np.float32) - no.to_numpy()
        if self.indicator:
            out[:, 1] = cells.is_null().to_numpy()


def fit_boolean(cells: pl.Series, values: tuple[str, ...], indicators: bool) -> Boolean:
    """Tell yes from no among the schema's two values; in the order of the alphabet where neither says yes."""
    false, true = sorted(values, key=lambda value: (value.lower() in YES, value))[:2]
    return Boolean(cells.name, false, true, indicators and bool(cells.null_count()))
