"""Dates beyond what can be written: rows set aside in training, missing cells at predict time, never a panic."""

import polars as pl
import pytest

from netwright.core.values import Column, Schema
from netwright.data import ReadOptions, read_table

FAR = {
    "days": pl.Series([0, 10**9, -(10**9), 2_932_896, 2_932_897, None], dtype=pl.Int32).cast(pl.Date),
    "ms": pl.Series([0, 2**62, -(2**62), 253402300799999, 253402300800000, None]).cast(pl.Datetime("ms")),
    "us": pl.Series([0, 2**62, -(2**62), 253402300799999999, 253402300800000000, None]).cast(pl.Datetime("us")),
    "with a zone": pl.Series([0, 2**62, -(2**62), 253402300799999, 253402300800000, None]).cast(
        pl.Datetime("ms", "Europe/Paris")
    ),
}


@pytest.fixture(params=FAR)
def frame(request) -> pl.DataFrame:
    return pl.DataFrame({"day": FAR[request.param], "y": range(6)})


def test_rows_with_a_far_date_are_set_aside(frame, tmp_path):
    frame.write_parquet(tmp_path / "t.parquet")
    for source in (frame, tmp_path / "t.parquet"):
        table = read_table(source, ReadOptions(max_rejected=0.9))
        assert table.row.tolist() == [1, 4, 6]
        assert [(item.row, item.column) for item in table.rejected] == [(2, "day"), (3, "day"), (5, "day")]
        assert {item.reason for item in table.rejected} == {"expected a date of the years 1 to 9999"}
        assert table.rejected[0].value.endswith("from 1970-01-01")
        assert table.missing == {"day": {"": 1}}


def test_a_far_date_is_a_missing_cell_at_predict_time(frame):
    columns = [
        Column(name, at, kind, "", role, "", 9, 0, 9)
        for at, (name, kind, role) in enumerate([("day", "datetime", "feature"), ("y", "numeric", "target")])
    ]
    table = read_table(frame, ReadOptions(schema=Schema(tuple(columns), "y", "regression", "")))
    assert table.frame["day"].null_count() == 4
    assert table.frame.height == 6
    assert table.missing["day"]["not a date of the years 1 to 9999"] == 3


def test_frames_with_other_far_dates_have_other_fingerprints():
    one, two = (pl.DataFrame({"d": pl.Series([day, 0], dtype=pl.Int32).cast(pl.Date)}) for day in (10**9, 10**9 + 1))
    options = ReadOptions(max_rejected=0.9)
    assert read_table(one, options).fingerprint != read_table(two, options).fingerprint
