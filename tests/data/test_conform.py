"""New data against the contract: row count in = out, and everything odd is said."""

import polars as pl
import pytest

from netwright.core.errors import ContractError
from netwright.data import ReadOptions, SchemaRequest, conform, infer_schema, read_table

N = 60
TRAIN = {
    "age": [20 + i % 40 for i in range(N)],
    "job": ["a", "b", "c"] * (N // 3),
    "flag": ["yes", "no"] * (N // 2),
    "day": [f"2020-01-{i % 28 + 1:02d}" for i in range(N)],
    "income": ["<=50K", ">50K"] * (N // 2),
}
SCHEMA, _ = infer_schema(read_table(TRAIN), SchemaRequest(target="income"))
OPTIONS = ReadOptions(columns=tuple(TRAIN), schema=SCHEMA)


def fitted(tmp_path, text, with_target=False):
    path = tmp_path / "new.csv"
    path.write_text(text)
    return conform(read_table(path, OPTIONS), SCHEMA, with_target)


def codes(conformed):
    return sorted(note.code for note in conformed.notes)


@pytest.mark.parametrize(
    "text",
    [
        "age,job,flag,day\n30,a,yes,2020-01-05\n",
        "day,flag,job,age\n2020-01-05,yes,a,30\n",
        "30,a,yes,2020-01-05\n",
        "30,a,yes,2020-01-05,<=50K\n",
        "age;job;flag;day\n30.0;a;YES;2020-01-05\n",
    ],
)
def test_columns_are_found_by_name_or_position(text, tmp_path):
    conformed = fitted(tmp_path, text)
    frame = conformed.table.frame.with_columns(pl.col("job", "flag").cast(pl.String), pl.col("day").dt.day())
    assert frame.rows() == [(30, "a", "yes", 5)]
    assert codes(conformed) == []


ODD = {
    "extra column": ("age,job,flag,day,x\n30,a,yes,2020-01-05,1\n", ["data.extra-column"]),
    "unseen category": ("age,job,flag,day\n30,zz,yes,2020-01-05\n", ["data.unseen"]),
    "new missing": ("age,job,flag,day\n,a,yes,2020-01-05\n", ["data.new-missing"]),
    "other type": ("age,job,flag,day\nold,a,yes,2020-01-05\n", ["data.new-missing", "data.unreadable"]),
    "no date": ("age,job,flag,day\n30,a,yes,soon\n", ["data.new-missing", "data.unreadable"]),
    "out of range": ("age,job,flag,day\n300,a,yes,2020-01-05\n", ["data.out-of-range"]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_cells_are_noted_and_no_row_is_lost(name, tmp_path):
    text, expected = ODD[name]
    conformed = fitted(tmp_path, text)
    assert codes(conformed) == expected
    assert conformed.table.frame.height == conformed.table.total == 1
    assert conformed.unseen == ({"job": 1} if name == "unseen category" else {})


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    with pytest.raises(ContractError, match=r"'job' is missing; did you mean 'jobs'\?"):
        fitted(tmp_path, "age,jobs,flag,day\n30,a,yes,2020-01-05\n")


def test_ragged_rows_leave_a_gap_that_can_be_filled(tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("age,job,flag,day\n30,a,yes,2020-01-05\n30,a\n31,b,no,2020-01-06\n")
    table = read_table(path, ReadOptions(columns=tuple(TRAIN), schema=SCHEMA, max_rejected=1.0))
    conformed = conform(table, SCHEMA, with_target=False)
    assert conformed.table.row.tolist() == [1, 3]
    assert conformed.table.total == 3


LABELS = {
    "dots": ("<=50K.", ">50K.", "a final dot"),
    "case": ("<=50k", ">50k", "upper and lower case"),
    "dots and case": ("<=50k.", ">50k.", "a final dot and case"),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_spelt_otherwise_are_matched_and_said(name, tmp_path):
    one, other, ignored = LABELS[name]
    conformed = fitted(tmp_path, f"30,a,yes,2020-01-05,{one}\n31,b,no,2020-01-06,{other}\n", with_target=True)
    assert conformed.table.frame["income"].to_list() == ["<=50K", ">50K"]
    (note,) = conformed.notes
    assert note.code == "data.labels"
    assert "2 of 2 labels" in note.evidence
    assert ignored in note.evidence


def test_rows_whose_label_is_no_class_are_set_aside(tmp_path):
    text = "30,a,yes,2020-01-05,<=50K\n31,b,no,2020-01-06,rich\n32,b,no,2020-01-06,\n"
    conformed = fitted(tmp_path, text, with_target=True)
    assert conformed.table.frame.height == 1
    assert [(fault.row, fault.value) for fault in conformed.table.rejected] == [(2, "rich"), (3, "")]
    (note,) = conformed.notes
    assert (note.code, note.severity) == ("data.labels", "warning")
    assert "1 of 3 labels" in note.evidence
    assert "'rich' (1)" in note.evidence
    with pytest.raises(ContractError, match="'rich'"):
        fitted(tmp_path, "31,b,no,2020-01-06,rich\n", with_target=True)


def test_a_frame_fits_as_a_file_does():
    frame = {"age": [30.0, None], "job": ["a", "b"], "flag": ["yes", "no"], "day": ["2020-01-05", "2020-01-06"]}
    conformed = conform(read_table(frame, OPTIONS), SCHEMA, with_target=False)
    assert conformed.table.frame["age"].to_list() == [30, None]
    assert codes(conformed) == ["data.new-missing"]


@pytest.mark.parametrize("form", ["frame", "parquet", "csv"])
def test_numbers_that_are_not_finite_count_as_missing_and_are_said(form, tmp_path):
    ages = [float("inf"), float("-inf"), float("nan"), 30.0]
    frame = pl.DataFrame({"age": ages, "job": "a", "flag": "yes", "day": "2020-01-05"})
    path = tmp_path / f"new.{form}"
    if form != "frame":
        getattr(frame, f"write_{form}")(path)
    conformed = conform(read_table(frame if form == "frame" else path, OPTIONS), SCHEMA, with_target=False)
    assert conformed.table.frame["age"].to_list() == [None, None, None, 30]
    assert codes(conformed) == ["data.new-missing", "data.unreadable"]
    (note,) = (note for note in conformed.notes if note.code == "data.unreadable")
    assert note.column == "age"
    assert "2 cells" in note.evidence
    assert "'inf' (1)" in note.evidence


def test_numbers_that_are_categories_match_in_any_form():
    columns = {"c": [1, 2, 3] * 20, "y": [0.5 * i for i in range(60)]}
    schema, _ = infer_schema(read_table(columns), SchemaRequest(target="y", kinds={"c": "categorical"}))
    conformed = conform(read_table({"c": ["1.0", "2", "4"]}, ReadOptions(schema=schema)), schema, with_target=False)
    assert conformed.table.frame["c"].to_list() == ["1", "2", "4"]
    assert conformed.unseen == {"c": 1}
