"""A table becomes series without a lost row: sorted, twins set aside, holes filled from before and counted."""

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import SchemaError
from netwright.data.series.channels import fill_forward
from tests.data.series.series_tables import hourly, hours, panel_of


def filled_slowly(values, starts):
    """The obvious way: look at every cell in turn."""
    found, count = values.copy(), 0
    for row in range(len(values)):
        for channel in range(values.shape[1]):
            if np.isnan(found[row, channel]) and row not in starts and not np.isnan(found[row - 1, channel]):
                found[row, channel] = found[row - 1, channel]
                count += 1
    return found, count


def test_cells_are_filled_from_before_and_never_from_the_future():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(60, 3))
    values[generator.random((60, 3)) < 0.4] = np.nan
    starts = np.array([0, 13, 40])
    expected, count = filled_slowly(values, starts)
    found, filled = fill_forward(values, starts)
    assert np.array_equal(found, expected, equal_nan=True)
    assert filled.sum() == count


def test_filled_cells_are_counted_and_said():
    frame = hourly(50).with_columns(c0=pl.when(pl.int_range(50).is_in([7, 8, 30])).then(None).otherwise(pl.col("c0")))
    panel = panel_of(frame)
    assert panel.filled == (3,)
    assert "3 missing cells" in panel.findings[0].evidence
    assert panel.values[8, 0] == panel.values[6, 0] == frame["c0"][6]


def test_rows_before_the_first_value_are_set_aside():
    frame = hourly(50).with_columns(c0=pl.when(pl.int_range(50) < 2).then(None).otherwise(pl.col("c0")))
    panel = panel_of(frame)
    assert (panel.rows, [item.row for item in panel.table.rejected]) == (48, [1, 2])
    assert panel.table.count.total == 50


def test_rows_are_put_in_the_order_of_time_and_keep_their_numbers():
    frame = hourly(40)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=1)
    panel = panel_of(shuffled)
    assert np.array_equal(panel.values, panel_of(frame).values)
    assert [shuffled["date"][int(row) - 1] for row in panel.row] == frame["date"].to_list()
    assert any(choice.name == "data.order" for choice in panel.choices)


def test_a_second_row_of_one_time_is_set_aside_and_counted():
    frame = pl.concat([hourly(40), hourly(40)[5:7].with_columns(c0=pl.lit(99.0))])
    panel = panel_of(frame)
    assert panel.rows == 40
    assert [item.row for item in panel.table.rejected] == [41, 42]
    assert 99.0 not in panel.values
    assert panel.table.count.rejected == 2


def test_a_time_that_cannot_be_read_sets_its_row_aside():
    frame = hourly(200)
    frame[3, "date"] = "yesterday"
    panel = panel_of(frame)
    assert (panel.rows, panel.table.rejected[0].value) == (199, "yesterday")


def test_a_group_column_makes_a_series_of_each_value():
    frame = pl.concat([hourly(30, seed=k).with_columns(shop=pl.lit(name)) for k, name in enumerate("ba")])
    panel = panel_of(frame, group="shop")
    assert (panel.series, panel.starts.tolist()) == (("a", "b"), [0, 30, 60])
    assert panel.channels == ("c0",)
    assert not panel.table.rejected


def test_gaps_are_counted_with_the_longest():
    frame = pl.concat([hourly(60)[:20], hourly(60)[23:40], hourly(60)[41:]])
    panel = panel_of(frame)
    assert panel.gaps.at.tolist() == [20, 37]
    assert panel.gaps.steps.tolist() == [3.0, 1.0]
    evidence = panel.findings[0].evidence
    assert "2 gaps" in evidence
    assert "4 rows missing" in evidence
    assert "lacks 3 rows after 2024-01-01 19:00:00" in evidence


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"target": ("c9",)}, "column 'c9' to forecast, found none; did you mean 'c0'"),
        ({"target": ("place",)}, r"expected numbers in the column 'place' to forecast, got cells such as 'x'"),
        ({"group": "shop"}, "column 'shop' that tells series apart"),
        ({"ignore": ("nothing",)}, "column 'nothing' to ignore"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(request_, said):
    frame = hourly(30).with_columns(place=pl.lit("x"))
    with pytest.raises(SchemaError, match=said):
        panel_of(frame, **request_)


def test_a_table_without_numbers_is_refused():
    with pytest.raises(SchemaError, match="at least one column of numbers"):
        panel_of(pl.DataFrame({"date": hours(5), "word": list("abcde")}))


def test_positions_and_names_choose_channels():
    frame = hourly(30, channels=3)
    assert panel_of(frame, target=("-1", "c0")).channels == ("c2", "c0")
    assert panel_of(frame).channels == ("c0", "c1", "c2")
