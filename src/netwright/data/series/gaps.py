"""Times that are missing between rows: how many there are, and the longest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.core.findings import Finding
from netwright.core.forecasts import TimeAxis
from netwright.data.series.stepping import say_step, steps_between

TOLERANCE = 1.5  # steps: clocks are not exact


@dataclass(frozen=True)
class Gaps:
    """Where rows are missing."""

    at: NDArray[np.int64]  # rows that come after a gap
    steps: NDArray[np.float64]  # rows that are missing before each


NO_GAPS = Gaps(np.zeros(0, np.int64), np.zeros(0))


def find_gaps(moments: NDArray[np.int64], starts: NDArray[np.int64], axis: TimeAxis | None) -> Gaps:
    """Return the rows, series after series, that come more than a step after the one before them."""
    if axis is None or len(moments) < 2:
        return NO_GAPS
    steps = steps_between(moments, axis)
    steps[starts[1:-1] - 1] = 1.0  # from one series to the next is no gap
    at = np.flatnonzero(steps > TOLERANCE)
    return Gaps(at + 1, np.round(steps[at] - 1))


def gap_findings(gaps: Gaps, axis: TimeAxis | None, moments: NDArray[np.int64]) -> list[Finding]:
    """Say how many gaps there are, and where the longest is."""
    if axis is None or not len(gaps.at):
        return []
    longest = int(gaps.steps.argmax())
    before = moments[gaps.at[longest] - 1]
    count, missing = len(gaps.at), int(gaps.steps.sum())
    evidence = (
        f"{count:,} gap{'s' if count > 1 else ''} in steps of {say_step(axis)}, {missing:,} rows missing in all; the "
        f"longest lacks {int(gaps.steps[longest]):,} rows after {say_moment(int(before), axis)}"
    )
    remedy = "add the rows, even empty ones, if the source has them"
    return [Finding("series.gaps", "warning", "Gaps in time", evidence, remedy, axis.column)]


def say_moment(moment: int, axis: TimeAxis | None) -> str:
    """Return a moment as text: a date with its time, or the number itself."""
    if axis is None or axis.unit == "number":
        return str(moment)
    text = str(np.datetime64(moment, "us")).replace("T", " ").removesuffix(".000000")
    return text.removesuffix(" 00:00:00")
