"""Every kind of source gives the same table."""

import datetime
import decimal
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from netwright.core.errors import SourceError
from netwright.data import ReadOptions, SchemaRequest, infer_schema, read_table

FRAME = pl.DataFrame({"a": [1, 2, None], "b": [0.5, None, 1.5], "c": ["x", "y", None], "d": [True, False, None]})
EXPECTED = FRAME.to_dict(as_series=False)


def as_pandas(frame):
    return pd.DataFrame(
        {
            "a": pd.array([1, 2, None], dtype="Int64"),
            "b": [0.5, np.nan, 1.5],
            "c": pd.Series(["x", "y", None], dtype=object),
            "d": pd.array([True, False, None], dtype="boolean"),
        }
    )


SOURCES = {
    "polars": lambda folder: FRAME,
    "lazy": lambda folder: FRAME.lazy(),
    "pandas": as_pandas,
    "pandas category": lambda folder: as_pandas(folder).astype({"c": "category"}),
    "dict": lambda folder: EXPECTED,
    "parquet": lambda folder: FRAME.write_parquet(folder / "t.parquet") or folder / "t.parquet",
    "arrow": lambda folder: FRAME.write_ipc(folder / "t.arrow") or folder / "t.arrow",
    "json lines": lambda folder: FRAME.write_ndjson(folder / "t.jsonl") or folder / "t.jsonl",
    "json": lambda folder: (folder / "t.json").write_text(json.dumps(FRAME.to_dicts())) and folder / "t.json",
}


@pytest.mark.parametrize("name", SOURCES)
def test_typed_sources_give_one_table(name, tmp_path):
    table = read_table(SOURCES[name](tmp_path))
    assert table.frame.with_columns(pl.col("c").cast(pl.String)).to_dict(as_series=False) == EXPECTED
    assert (table.total, table.row.tolist(), table.rejected) == (3, [1, 2, 3], ())


def test_arrays_and_pairs():
    x = np.arange(6.0).reshape(3, 2)
    assert read_table(x).frame.columns == ["column_1", "column_2"]
    assert read_table(x, ReadOptions(columns=("a", "b"))).frame.columns == ["a", "b"]
    table = read_table((x, ["p", "q", "p"]))
    assert table.frame.columns[-1] == "target"
    assert table.chosen("data.target") == "target"
    with pytest.raises(SourceError, match="2 targets for 3 rows"):
        read_table((x, [1, 2]))


def test_a_source_of_no_known_kind_is_refused():
    with pytest.raises(SourceError, match="got <class 'int'>"):
        read_table(3)


def test_types_are_brought_to_those_of_a_table():
    frame = pl.DataFrame(
        {
            "decimal": [decimal.Decimal("1.5"), decimal.Decimal("2.25")],
            "date": [datetime.date(2020, 1, 1), None],
            "zoned": pl.Series([datetime.datetime(2020, 1, 1, 12)] * 2).dt.replace_time_zone("Europe/Berlin"),
            "huge": pl.Series([2**63 + 1, 1], dtype=pl.UInt64),
            "small": pl.Series([1, 2], dtype=pl.UInt8),
            "list": [[1], [2, 3]],
            "nan": [float("nan"), 1.0],
        }
    )
    table = read_table(frame)
    kinds = [pl.Float64, pl.Datetime("us"), pl.Datetime("us"), pl.Float64, pl.Int64, pl.Float64]
    assert table.frame.dtypes == kinds
    assert table.frame["zoned"][0] == datetime.datetime(2020, 1, 1, 11)
    assert table.chosen("schema.columns.list.role") == "ignored"
    assert table.frame["nan"].null_count() == 1


ODD_TYPES = {
    "duration": (pl.Series([datetime.timedelta(seconds=90), None]), [90.0, None]),
    "int128": (pl.Series([2**100, None], dtype=pl.Int128), [2.0**100, None]),
    "small int128": (pl.Series([7, None], dtype=pl.Int128), [7, None]),
    "uint64": (pl.Series([2**63, 2**64 - 1], dtype=pl.UInt64), [2.0**63, 2.0**64]),
    "numpy uint64": (np.array([2**63, 2**64 - 1], np.uint64), [2.0**63, 2.0**64]),
    "pandas uint64": (pd.Series([2**63, None], dtype="UInt64"), [2.0**63, None]),
    "pandas object": (pd.Series([1, 2**64 - 1], dtype=object), [1.0, 2.0**64]),
    "numpy duration": (np.array([90, 30], "timedelta64[s]"), [90.0, 30.0]),
    "pandas duration": (pd.Series(pd.to_timedelta([90, None], unit="s")), [90.0, None]),
}


@pytest.mark.parametrize("name", ODD_TYPES)
@pytest.mark.parametrize("by", [dict, pl.DataFrame, pd.DataFrame])
def test_spans_of_time_and_great_integers_become_numbers(name, by):
    cells, expected = ODD_TYPES[name]
    polars = isinstance(cells, pl.Series)
    if by is not dict and (by is pl.DataFrame) != polars:
        pytest.skip("a column of another library")
    table = read_table(by({"a": cells, "b": [1, 2]}))
    assert table.frame["a"].to_list() == expected
    assert len(table.fingerprint) == 64


def test_infinite_numbers_in_a_frame_set_their_rows_aside():
    table = read_table({"a": [1.0] * 20 + [np.inf]})
    assert (table.total, table.frame.height) == (21, 20)
    assert table.rejected[0].row == 21


def test_damaged_files_say_so(tmp_path):
    FRAME.write_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match=r"cut\.parquet"):
        read_table(tmp_path / "cut.parquet")
    (tmp_path / "t.jsonl").write_text('{"a": 1}\n{"a": \n')
    with pytest.raises(SourceError, match="line 2"):
        read_table(tmp_path / "t.jsonl")


def test_same_values_have_the_same_fingerprint():
    assert read_table({"a": [1, 2]}).fingerprint == read_table({"a": [1, 2]}).fingerprint
    assert read_table({"a": [1, 2]}).fingerprint != read_table({"a": [1, 3]}).fingerprint
    assert read_table({"a": [1, 2]}).fingerprint != read_table({"b": [1, 2]}).fingerprint


@pytest.mark.parametrize(
    ("name", "shape", "task"),
    [
        ("@iris", (150, 5), "multiclass"),
        ("@digits", (1797, 65), "multiclass"),
        ("@breast-cancer", (569, 31), "binary"),
        ("@wine", (178, 14), "multiclass"),
        ("@diabetes", (442, 11), "regression"),
    ],
)
def test_bundled_sets_know_their_target(name, shape, task):
    schema, table = infer_schema(read_table(name), SchemaRequest())
    assert table.frame.shape == shape
    assert schema.task == task
    assert schema.target == table.frame.columns[-1]


def test_an_unknown_bundled_set_offers_the_nearest():
    with pytest.raises(SourceError, match="@iris"):
        read_table("@irs")
