"""The column of time is found, read and refused as it says."""

import polars as pl
import pytest

from netwright.core.errors import SchemaError
from netwright.data import read_table
from netwright.data.series.timeline import find_timeline, read_timeline
from tests.data.series.series_tables import HOUR, hours


def test_the_first_column_of_dates_is_the_time():
    table = read_table(pl.DataFrame({"x": [1.0, 2.0, 3.0], "when": hours(3), "later": hours(3, "2025-01-01")}))
    found = find_timeline(table, None)
    assert found.column == "when"
    assert found.moments.tolist() == [found.moments[0] + HOUR * k for k in range(3)]
    assert "%Y-%m-%d" in found.reason


def test_without_dates_the_order_of_the_rows_is_the_time_and_is_said():
    found = find_timeline(read_table(pl.DataFrame({"x": [1.5, 2.5]})), None)
    assert (found.column, found.moments.tolist()) == (None, [0, 1])
    assert "order of the rows" in found.reason


def test_whole_numbers_are_a_time_if_asked_for():
    table = read_table(pl.DataFrame({"year": [1990, 1991], "x": [1.5, 2.5]}))
    assert find_timeline(table, "year").moments.tolist() == [1990, 1991]
    assert find_timeline(table, None).column is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [("x", r"expected dates or whole numbers .* got 'north'"), ("dat", "called 'dat', found none; did")],
)
def test_a_column_that_is_no_time_is_refused(asked, said):
    table = read_table(pl.DataFrame({"date": hours(3), "x": ["north", "south", "west"]}))
    with pytest.raises(SchemaError, match=said):
        find_timeline(table, asked)


def test_new_rows_are_read_in_the_format_of_training():
    cells = ["03/01/2024", "04/01/2024"]  # day or month first: the format says
    table = read_table(pl.DataFrame({"when": cells}))
    days = read_timeline(table, "when", "%d/%m/%Y").moments
    months = read_timeline(table, "when", "%m/%d/%Y").moments
    assert days[1] - days[0] == 24 * HOUR
    assert months[1] - months[0] == 31 * 24 * HOUR
