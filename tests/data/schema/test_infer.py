"""Kinds, roles, target and task, each by its rule."""

import polars as pl
import pytest

from netwright.core.errors import SchemaError
from netwright.data import SchemaRequest, infer_features, infer_schema, read_table

N = 60
TARGET = [i % 7 + 0.5 for i in range(N)]
KINDS = {
    "numeric": [i * 37 % 50 for i in range(N)],
    "float": [i * 0.37 % 5 for i in range(N)],
    "boolean 0/1": [i % 2 for i in range(N)],
    "boolean text": ["Yes", "no"] * (N // 2),
    "boolean typed": [True, False, None] * (N // 3),
    "constant": ["x"] * N,
    "constant with holes": [1, None] * (N // 2),
    "empty": [None] * N,
    "identifier by step": list(range(100, 100 + N)),
    "customer_id": [i * 37 % 61 for i in range(N)],
    "identifier text": [f"u{i * 37 % 61}" for i in range(N)],
    "categorical": ["a", "b", "c"] * (N // 3),
    "text": [f"this is sentence number {i}" for i in range(N)],
    "datetime iso": [f"2020-01-{i % 28 + 1:02d}" for i in range(N)],
    "datetime d/m/Y": [f"{i % 28 + 1}/3/2020" for i in range(N)],
    "datetime m/d/Y": [f"3/{i % 28 + 1}/2020" for i in range(N)],
    "datetime month": [f"20{i % 20 + 10}-0{i % 9 + 1}" for i in range(N)],
}


def schema_of(columns, **request):
    return infer_schema(read_table(columns), SchemaRequest(**request))


@pytest.mark.parametrize("name", KINDS)
def test_a_column_is_of_the_kind_it_looks_like(name):
    expected = "numeric" if name == "float" else "identifier" if name == "customer_id" else name.split()[0]
    expected = "constant" if name == "empty" else expected
    schema, table = schema_of({name: KINDS[name], "z": KINDS["numeric"], "y": TARGET}, target="y")
    column = schema.column(name)
    assert column.kind == expected
    assert column.kind_reason
    assert column.role == ("ignored" if expected in ("constant", "identifier") else "feature")
    assert column.rows == N
    assert column.missing == table.frame[name].null_count()
    if expected == "datetime":
        assert isinstance(table.frame[name].dtype, pl.Datetime)


def test_reasons_say_numbers():
    schema, _ = schema_of({"age": [17, 90, 30, 30], "y": [0.1, 0.2, 0.3, 0.4]}, target="y")
    assert schema.column("age").kind_reason == "4 of 4 cells are whole numbers from 17 to 90, 3 distinct"


def test_the_order_of_day_and_month_is_decided_by_all_rows():
    dates = ["1/2/2020", "3/4/2020"] * 30
    either, _ = schema_of({"d": dates, "y": TARGET}, target="y")
    assert "other way round" in either.column("d").kind_reason
    month_first, table = schema_of({"d": [*dates[:-1], "2/25/2020"], "y": TARGET}, target="y")
    assert month_first.column("d").datetime_format == "%m/%d/%Y"
    assert table.frame["d"].dt.month().to_list()[0] == 1


def test_a_date_that_cannot_be_read_sets_its_row_aside():
    dates = [f"2020-01-{i % 28 + 1:02d}" for i in range(N - 1)]
    _, table = schema_of({"d": [*dates, "soon"], "y": TARGET}, target="y")
    assert table.frame.height == N - 1
    assert (table.rejected[0].row, table.rejected[0].value) == (N, "soon")


TASKS = {
    "text": (["a", "b"] * 30, "binary", ("a", "b")),
    "bool": ([True, False] * 30, "binary", ("False", "True")),
    "two numbers": ([1, 0] * 30, "binary", ("0", "1")),
    "float labels": ([2.0, 10.0, 3.0] * 20, "multiclass", ("2", "3", "10")),
    "many whole numbers": (list(range(0, 120, 2)), "regression", ()),
    "few rows each": ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 6, "regression", ()),
    "fractions": (TARGET, "regression", ()),
}


@pytest.mark.parametrize("name", TASKS)
def test_the_task_follows_the_target(name):
    target, task, classes = TASKS[name]
    schema, _ = schema_of({"x": KINDS["float"], "y": target}, target="y")
    assert (schema.task, schema.classes) == (task, classes)
    assert schema.task_reason


def test_rows_without_a_target_are_set_aside():
    schema, table = schema_of({"x": KINDS["float"], "y": ["a", "b", None] * 20}, target="y")
    assert table.frame.height == 40
    assert table.total == 60
    assert {fault.reason for fault in table.rejected} == {"no target"}
    assert [fault.row for fault in table.rejected[:2]] == [3, 6]
    assert schema.column("y").missing == 0


@pytest.mark.parametrize(("target", "name"), [("y", "y"), (-1, "y"), ("-1", "y"), ("0", "x"), (0, "x"), (None, "y")])
def test_a_target_is_named_or_numbered_or_told_by_its_name(target, name):
    schema, _ = schema_of({"x": KINDS["float"], "y": TARGET}, target=target)
    assert schema.target == name


FAILS = {
    "misspelt": ({"income": TARGET, "x": TARGET}, {"target": "incme"}, "income"),
    "out of range": ({"x": TARGET, "y": TARGET}, {"target": "7"}, "out of range"),
    "not told": ({"x": TARGET, "price": TARGET}, {}, "--target"),
    "constant": ({"x": TARGET, "y": [1] * N}, {"target": "y"}, "at least two values"),
    "all missing": ({"x": TARGET, "y": [None] * N}, {"target": "y"}, "is missing"),
    "identifier": ({"x": TARGET, "y": [f"u{i}" for i in range(N)]}, {"target": "y"}, "60 distinct values"),
    "no feature": ({"x": ["c"] * N, "y": TARGET}, {"target": "y"}, "at least one feature"),
    "ignored name": ({"age": TARGET, "y": TARGET}, {"target": "y", "ignore": ("agee",)}, "'age'"),
    "text as number": ({"x": TARGET, "y": ["a", "b"] * 30}, {"target": "y", "task": "regression"}, "expects numbers"),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_cannot_be_learnt_stops_with_one_sentence(name):
    columns, request, clue = FAILS[name]
    with pytest.raises(SchemaError, match=clue):
        schema_of(columns, **request)


def test_what_was_asked_for_wins():
    columns = {"a": KINDS["numeric"], "b": KINDS["text"], "g": KINDS["categorical"], "t": KINDS["datetime iso"]}
    schema, _ = schema_of(
        {**columns, "c": KINDS["float"], "y": TARGET},
        target="y",
        ignore=("c",),
        group="g",
        time="t",
        kinds={"a": "categorical", "b": "categorical"},
    )
    assert [column.role for column in schema.columns] == ["feature", "feature", "group", "time", "ignored", "target"]
    assert [column.kind for column in schema.columns[:2]] == ["categorical", "categorical"]
    assert schema.column("a").categories


def test_features_without_a_target_are_read_as_beside_one():
    table = read_table(KINDS)
    schema, typed = infer_features(table, "multiclass")
    beside, _ = infer_schema(read_table({**KINDS, "y": TARGET}), SchemaRequest(target="y"))
    assert schema.columns == tuple(column for column in beside.columns if column.role != "target")
    assert (schema.task, schema.target, typed.frame.height) == ("multiclass", "", N)


def test_features_that_are_all_useless_are_refused():
    with pytest.raises(SchemaError, match="expected at least one feature"):
        infer_features(read_table({"a": ["x"] * N}), "binary")
