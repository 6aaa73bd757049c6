"""What kind of values a column holds, decided from all of its rows, with the reason in words.

Rules, first that fits: constant (at most one value); boolean (two values that mean yes and no, 0 and 1 too); datetime
(typed, or text of which 98% reads in one format); identifier (whole numbers, all distinct, that step by a constant or
whose name says id; text that is all distinct, short and not numbers with units); numeric; text (four words or more on
average, most distinct); categorical.
"""

import re
from dataclasses import dataclass

import polars as pl

from netwright.core.values import Kind
from netwright.data.labels import label_text
from netwright.data.schema.datetimes import Dates, find_dates
from netwright.data.schema.number_like import count_number_like

PAIRS = (("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("0", "1"), ("off", "on"))
LEAST_ROWS = 10  # below, all-distinct says nothing
WORDS_OF_TEXT = 4.0
_CAMEL_ID = re.compile(r"[a-z](ID|Id|Key|No|Nr|Index)$")
_PLAIN_ID = re.compile(r"(^|[_\s.\-])(p?id|uuid|guid|key|index|idx|no|nr|number|row|unnamed: 0)$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A column's kind and why."""

    kind: Kind
    reason: str
    dates: Dates | None = None


def find_kind(cells: pl.Series) -> Found:
    """Decide one column's kind."""
    present = cells.drop_nulls()
    distinct = present.n_unique()
    if distinct <= 1:
        return Found("constant", _constant_reason(present))
    if is_boolean(present, distinct):
        shown = " and ".join(label_text(present.unique().sort()).to_list())
        return Found("boolean", f"two values, {shown}, in {_of(present, cells)} cells")
    if isinstance(cells.dtype, pl.Datetime):
        return Found("datetime", f"typed as date and time in the source, from {present.min()!s} to {present.max()!s}")
    if cells.dtype.is_numeric():
        return _numeric(cells, present, distinct)
    return _text(cells, present, distinct)


def _constant_reason(present: pl.Series) -> str:
    return f"every cell that is not missing is {label_text(present)[0]!r}" if len(present) else "every cell is missing"


def _of(present: pl.Series, cells: pl.Series) -> str:
    return f"{len(present):,} of {len(cells):,}"


def is_boolean(present: pl.Series, distinct: int) -> bool:
    """Tell whether there are two values and they mean yes and no."""
    if distinct != 2:
        return False
    if present.dtype == pl.Boolean:
        return True
    values = {value.lower() for value in label_text(present.unique()).to_list()}
    return any(values == set(pair) for pair in PAIRS)


def _numeric(cells: pl.Series, present: pl.Series, distinct: int) -> Found:
    whole = present.dtype.is_integer()
    if whole and distinct == len(present) >= LEAST_ROWS:
        if _PLAIN_ID.search(cells.name) or _CAMEL_ID.search(cells.name):
            return Found("identifier", f"{distinct:,} whole numbers, all distinct, in a column called {cells.name!r}")
        steps = present.sort().diff().drop_nulls()
        if steps.min() == steps.max():
            return Found("identifier", f"{distinct:,} whole numbers, all distinct, which step by {steps[0]}")
    sort = "whole numbers" if whole else "numbers"
    span = " to ".join(f"{edge:,}" if whole else f"{edge:g}" for edge in (_edge(present.min()), _edge(present.max())))
    return Found("numeric", f"{_of(present, cells)} cells are {sort} from {span}, {distinct:,} distinct")


def _edge(value: object) -> int | float:
    assert isinstance(value, int | float)
    return value


def _text(cells: pl.Series, present: pl.Series, distinct: int) -> Found:
    dates = find_dates(cells)
    if dates is not None:
        return Found("datetime", dates.reason, dates)
    words = mean_words(present)
    if words >= WORDS_OF_TEXT and distinct > max(LEAST_ROWS, len(present) / 2):
        return Found("text", f"{distinct:,} distinct cells of {words:.1f} words on average")
    if distinct == len(present) >= LEAST_ROWS and count_number_like(present) is None:
        return Found("identifier", f"{distinct:,} of {len(present):,} cells are distinct")
    return Found("categorical", f"{distinct:,} distinct values in {_of(present, cells)} cells")


def mean_words(present: pl.Series) -> float:
    """Words per cell on average, over at most 10,000 cells."""
    return float((present.head(10_000).cast(pl.String).str.count_matches(r"\s+") + 1).mean() or 0.0)  # type: ignore[arg-type]
