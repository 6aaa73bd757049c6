"""Recognising dates and times written as text.

Rule: the format out of `FORMATS` that reads most of the cells, if it reads at least 98% of them. Where day and month
could be either way round in every cell, the day is taken first, and the reason says so.
"""

from dataclasses import dataclass

import polars as pl

ENOUGH = 0.98
TRIED_FIRST = 200  # distinct cells, before all are tried
_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y"),
)
_TIMES = ("", " %H:%M:%S%.f", " %H:%M", "T%H:%M:%S%.f", "T%H:%M", " %I:%M %p", " %I:%M:%S %p")
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.fZ")
MONTH = "%Y-%m"
PARTED = r"\w[-/., ]+\w"  # in whatever is written in one of the formats
FORMATS = (*(date + time for date in _DATES for time in _TIMES), *_ZONED, MONTH)


@dataclass(frozen=True)
class Dates:
    """The format of a column of dates, and what it reads."""

    format: str
    values: pl.Series  # Datetime("us"), UTC where the text had a zone
    read: int
    reason: str


def parse_dates(cells: pl.Series, date_format: str) -> pl.Series:
    """Read text cells in one format; null where it does not fit or the year is before 1000."""
    if date_format == MONTH:
        cells, date_format = cells + "-01", "%Y-%m-%d"
    values = cells.str.to_datetime(date_format, strict=False, time_unit="us")
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return values.set((values.dt.year() < 1000).fill_null(False), None)


def find_dates(cells: pl.Series) -> Dates | None:
    """Find the format of the cells that are not missing; None where they are not dates."""
    present = cells.cast(pl.String).drop_nulls()
    sample = present.head(TRIED_FIRST)
    if not len(sample) or sample.str.contains(r"\d").sum() < ENOUGH * len(sample):
        return None
    if sample.str.contains(PARTED).sum() < ENOUGH * len(sample):  # a hundred formats take a while to try
        return None
    likely = [form for form in FORMATS if _reads(sample, form) >= 0.5 * len(sample)]
    if not likely:
        return None
    counts = {form: _reads(present, form) for form in likely}
    best = max(likely, key=lambda form: counts[form])
    if counts[best] < ENOUGH * len(present):
        return None
    reason = f"{counts[best]:,} of {len(present):,} cells are dates written as {best}"
    twin = next((form for form in likely if form != best and counts[form] == counts[best]), None)
    if twin is not None and _swaps_day(best, twin):
        reason += f"; {twin} fits as well, so day and month may be the other way round"
    return Dates(best, parse_dates(cells.cast(pl.String), best), counts[best], reason)


def _reads(cells: pl.Series, date_format: str) -> int:
    return len(cells) - parse_dates(cells, date_format).null_count()


def _swaps_day(one: str, other: str) -> bool:
    return one.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m") == other
