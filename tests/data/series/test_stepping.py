"""The step between rows is that of clocks, months or business days, and what comes after the last row follows it."""

import numpy as np
import polars as pl
import pytest

from netwright.data import read_table
from netwright.data.series.stepping import find_axis, moments_after, say_step, steps_between
from netwright.data.series.timeline import find_timeline


def axis_of(cells):
    timeline = find_timeline(read_table(pl.DataFrame({"when": cells, "x": np.arange(len(cells)) + 0.5})), "when")
    return find_axis(timeline, [timeline.moments]), timeline.moments


def days(first, last, step):
    return [str(day) for day in np.arange(np.datetime64(first), np.datetime64(last), np.timedelta64(step, "D"))]


MONTHS = [f"{year}-{month:02d}-01" for year in (2023, 2024) for month in range(1, 13)]
WORKDAYS = [day for day in days("2024-01-01", "2024-02-01", 1) if np.is_busday(np.datetime64(day))]


@pytest.mark.parametrize(
    ("cells", "unit", "said", "following"),
    [
        (days("2024-01-01", "2024-01-20", 1), "microsecond", "1 day", "2024-01-20"),
        (days("2024-01-01", "2024-03-01", 7), "microsecond", "7 days", "2024-03-04"),
        (MONTHS, "month", "1 month", "2025-01-01"),
        (MONTHS[::3], "month", "3 months", "2025-01-01"),
        (MONTHS[::12], "month", "12 months", "2025-01-01"),
        (WORKDAYS, "business day", "1 business day", "2024-02-01"),
        (["2024-01-01 00:00", "2024-01-01 00:15", "2024-01-01 00:30"], "microsecond", "15 min", "2024-01-01T00:45"),
    ],
)
def test_the_step_is_found_and_goes_on(cells, unit, said, following):
    axis, moments = axis_of(cells)
    assert (axis.unit, say_step(axis)) == (unit, said)
    assert np.allclose(steps_between(moments, axis), 1.0)
    after = moments_after(int(moments[-1]), axis, 2)
    assert np.datetime64(int(after[0]), "us") == np.datetime64(following)


def test_the_last_day_of_months_stays_within_them():
    axis, moments = axis_of(["2023-10-28", "2023-11-28", "2023-12-28"])
    assert axis.unit == "month"
    last = int(np.datetime64("2024-01-31T12:00", "us").astype(np.int64))
    found = [str(np.datetime64(int(moment), "us")) for moment in moments_after(last, axis, 2)]
    assert found == ["2024-02-29T12:00:00.000000", "2024-03-31T12:00:00.000000"]
    assert len(moments) == 3


def test_numbers_step_by_their_usual_difference():
    axis, moments = axis_of([1990, 1992, 1994, 2000])
    assert (axis.unit, axis.size) == ("number", 2)
    assert steps_between(moments, axis).tolist() == [1.0, 1.0, 3.0]
    assert moments_after(2000, axis, 2).tolist() == [2002, 2004]
