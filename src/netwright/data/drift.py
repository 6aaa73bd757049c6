"""Whether new rows are of other values than those that training saw, column by column.

The population stability index PSI = sum over bins of (q - p) ln(q / p), p the share of a bin in training, q that of the
new rows. Numbers and dates fall into tenths of the training's, categories into one bin each, the rarer ones into a
last; missing cells are a bin too. Of rows of the same population n m / (n + m) PSI follows chi squared with a degree of
freedom less than there are bins (n new rows, m in training), so that few rows raise no alarm.

Source: Siddiqi, Credit Risk Scorecards, 2006 (0.1 and 0.25); Yurdakul, Statistical properties of PSI, 2018.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2

from netwright.core.findings import Finding
from netwright.core.values import Column
from netwright.data.labels import count_labels

TENTHS = np.arange(1, 10) / 10
MOST_CATEGORIES = 30  # that have a bin of their own
MODERATE, LARGE = 0.1, 0.25
LEAST_ROWS = 20
HALF = 0.5
FALSE_ALARM = 0.01  # chance that any column of a table of the same population is called drifted


def tenths_of(present: pl.Series) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the inner edges of bins of numbers or dates, and each bin's share; nothing for cells of another type."""
    if not len(present) or not (present.dtype.is_numeric() or isinstance(present.dtype, pl.Datetime)):
        return (), ()
    numbers = _as_numbers(present)
    edges = np.unique(np.quantile(numbers, TENTHS, method="inverted_cdf"))
    return tuple(edges.tolist()), tuple((_counts(numbers, edges) / len(numbers)).tolist())


def shares_of(counts: Mapping[str, int]) -> tuple[float, ...]:
    """Return the shares of the categories that have a bin; `counts` has every category, most frequent first."""
    total = sum(counts.values())
    return tuple(count / total for count in islice(counts.values(), MOST_CATEGORIES))


@dataclass(frozen=True)
class Compared:
    """A column's cells in training and now, counted in the same bins."""

    column: Column
    before: NDArray[np.float64]  # (bins,) cells: the column's bins, other values, missing
    now: NDArray[np.float64]  # (bins,)

    @cached_property
    def bins(self) -> NDArray[np.bool_]:
        """Which bins hold anything."""
        return (self.before > HALF) | (self.now > 0.0)

    @cached_property
    def psi(self) -> float:
        """The index; half a row stands in a bin that one side leaves empty."""
        p = np.maximum(self.before, HALF)[self.bins] / self.column.rows
        q = np.maximum(self.now, HALF)[self.bins] / self.now.sum()
        return float(np.sum((q - p) * np.log(q / p)))

    def is_certain(self, chance: float) -> bool:
        """Whether rows of the same population would differ as much with no more than this chance."""
        new, old, bins = self.now.sum(), self.column.rows, int(self.bins.sum())
        return bins > 1 and bool(new * old / (new + old) * self.psi > chi2.ppf(1.0 - chance, bins - 1))


def drift_findings(cells: dict[str, pl.Series], columns: list[Column]) -> tuple[list[Finding], dict[str, float]]:
    """Return what to say of the columns that drifted, worst first, and the index of each column that has bins."""
    compared = [
        Compared(column, _before(column), _now(cells[column.name], column))
        for column in columns
        if column.shares and len(cells[column.name]) >= LEAST_ROWS
    ]
    indices = {one.column.name: one.psi for one in compared}
    drifted = [one for one in compared if one.psi >= MODERATE and one.is_certain(FALSE_ALARM / len(compared))]
    return [_finding(one) for one in sorted(drifted, key=lambda one: -one.psi)], indices


def _as_numbers(present: pl.Series) -> NDArray[np.float64]:
    """As numbers; dates as seconds since 1970, the unit of Column.minimum."""
    if isinstance(present.dtype, pl.Datetime):
        return present.cast(pl.Int64).to_numpy() / 1e6
    return present.cast(pl.Float64).to_numpy()


def _counts(numbers: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the numbers up to and including each edge, and those beyond the last."""
    return np.bincount(np.searchsorted(edges, numbers, side="left"), minlength=len(edges) + 1).astype(np.float64)


def _before(column: Column) -> NDArray[np.float64]:
    """Return the counts in training: the bins, categories without one, missing cells."""
    present = column.rows - column.missing
    shares = np.asarray(column.shares)
    rest = max(0.0, 1.0 - float(shares.sum())) if column.categories else 0.0
    return np.array([*(shares * present), rest * present, column.missing])


def _now(cells: pl.Series, column: Column) -> NDArray[np.float64]:
    present = cells.drop_nulls()
    missing = len(cells) - len(present)
    if not column.categories:
        return np.array([*_counts(_as_numbers(present), np.asarray(column.edges)), 0.0, missing])
    counts = count_labels(present)
    known = [counts.get(name, 0) for name in column.categories[:MOST_CATEGORIES]]
    return np.array([*known, len(present) - sum(known), missing], np.float64)


def _finding(one: Compared) -> Finding:
    psi, p, q = one.psi, one.before / one.column.rows, one.now / one.now.sum()
    place = int(np.argmax(np.abs(q - p)))
    size = f"{'large' if psi >= LARGE else 'moderate'} shift ({MODERATE} moderate, {LARGE} large)"
    moved = f"{_name(place, one.column)}: {p[place]:.1%} in training, {q[place]:.1%} here"
    title = f"{one.column.name!r} is not what it was in training"
    evidence = f"population stability index {psi:.2f}, a {size}; {moved}"
    return Finding("data.drift", "warning" if psi >= LARGE else "note", title, evidence, "", one.column.name)


def _name(place: int, column: Column) -> str:
    bins = len(column.shares)
    if place == bins + 1:
        return "missing cells"
    if place == bins:
        return "other values"
    if column.categories:
        return repr(column.categories[place])
    low = "" if place == 0 else f"above {_edge(column.edges[place - 1], column)}"
    high = "" if place == bins - 1 else f"up to {_edge(column.edges[place], column)}"
    return f"values {' '.join(filter(None, (low, high)))}"


def _edge(value: float, column: Column) -> str:
    if column.kind == "datetime":
        return str(np.datetime64(int(value * 1e6), "us").astype("datetime64[s]"))
    return f"{value:g}"
