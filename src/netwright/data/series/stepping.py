"""How far rows are apart: the step from one to the next, where there are gaps, and what comes after the last row.

Rule: months where all dates are firsts (or another one day) of months; business days where the usual step is a day and
no row is on a weekend; else the most frequent difference.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netwright.core.forecasts import TimeAxis
from netwright.data.series.timeline import Timeline

DAY = 86_400_000_000  # microseconds
Moments = NDArray[np.int64]


def find_axis(timeline: Timeline, parts: Sequence[Moments]) -> TimeAxis | None:
    """Return the axis of rows that are in order, series by series; None where only their order is known.

    Args:
        timeline: the column.
        parts: moments of each series, rising.
    """
    if timeline.column is None:
        return None
    steps = np.concatenate([np.diff(part) for part in parts]) if parts else np.zeros(0, np.int64)
    if not timeline.dates:
        return TimeAxis(timeline.column, "number", max(1, _usual(steps)))
    every = np.concatenate(list(parts))
    if len(steps) and _is_monthly(every, steps):
        months = _usual(np.concatenate([np.diff(_months(part)) for part in parts]))
        return TimeAxis(timeline.column, "month", max(1, months), timeline.format)
    usual = max(1, _usual(steps))
    if usual == DAY and len(every) > 10 and not _on_weekend(every).any():
        return TimeAxis(timeline.column, "business day", 1, timeline.format)
    return TimeAxis(timeline.column, "microsecond", usual, timeline.format)


def steps_between(moments: Moments, axis: TimeAxis) -> NDArray[np.float64]:
    """Return how many steps each row is after the one before it [rows - 1]; 1 where there is no gap."""
    if axis.unit == "month":
        return np.diff(_months(moments)) / axis.size
    if axis.unit == "business day":
        days = (moments // DAY).astype("datetime64[D]")
        return np.asarray(np.busday_count(days[:-1], days[1:]), dtype=np.float64)
    return np.diff(moments) / axis.size


def moments_after(last: int, axis: TimeAxis, count: int) -> Moments:
    """Return the moments of the next `count` steps."""
    ahead = np.arange(1, count + 1, dtype=np.int64) * axis.size
    if axis.unit == "month":
        return _plus_months(last, ahead)
    if axis.unit == "business day":
        day = np.datetime64(last // DAY, "D")
        days = np.busday_offset(day, ahead, roll="backward").astype(np.int64)
        return np.asarray(days * DAY + last % DAY)
    return last + ahead


def say_step(axis: TimeAxis) -> str:
    """Return the step in words: "1 h", "15 min", "1 month"."""
    if axis.unit != "microsecond":
        return f"{axis.size} {axis.unit}{'' if axis.size == 1 else 's'}" if axis.unit != "number" else f"{axis.size}"
    for name, size in (("day", DAY), ("h", DAY // 24), ("min", 60_000_000), ("s", 1_000_000)):
        if axis.size % size == 0:
            return f"{axis.size // size} {name}{'s' if name == 'day' and axis.size > size else ''}"
    return f"{axis.size / 1e6:g} s"


def _usual(steps: NDArray[np.int64]) -> int:
    if not len(steps):
        return 1
    values, counts = np.unique(steps, return_counts=True)
    return int(values[counts.argmax()])


def _months(moments: Moments) -> NDArray[np.int64]:
    return moments.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)


def _is_monthly(every: Moments, steps: Moments) -> bool:
    """All on one day and time of their months, and at least four weeks apart."""
    within = every - _months(every).astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)
    return bool((within == within[0]).all() and steps.min() >= 28 * DAY)


def _on_weekend(moments: Moments) -> NDArray[np.bool_]:
    return np.asarray(~np.is_busday((moments // DAY).astype("datetime64[D]")))


def _plus_months(last: int, ahead: NDArray[np.int64]) -> Moments:
    """The same day and time of later months; where a month has no such day, its last."""
    month = _months(np.array([last]))[0]
    within = last - int(np.datetime64(int(month), "M").astype("datetime64[us]").astype(np.int64))
    starts = (month + np.arange(ahead[-1] + 2)).astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)
    first, after = starts[ahead], starts[ahead + 1]
    return np.asarray(np.minimum(first + within, after - DAY + within % DAY))
