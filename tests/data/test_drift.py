"""Columns of new rows that are not what they were in training are named, and those that are stay unnamed."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from netwright.data import conform, infer_schema, read_table


def make(rows, seed, **changes):
    """Return a table of a normal, a skewed whole number, a category, a date and a target."""
    rng = np.random.default_rng(seed)
    columns = {
        "width": rng.normal(size=rows),
        "count": rng.poisson(1.0, rows),
        "colour": rng.choice(["red", "green", "blue"], rows, p=[0.6, 0.3, 0.1]).tolist(),
        "when": [datetime(2024, 1, 1) + timedelta(hours=float(hour)) for hour in rng.uniform(0, 8000, rows)],
        "target": rng.choice(["a", "b"], rows).tolist(),
    }
    return pl.DataFrame({**columns, **{name: change(rng, rows) for name, change in changes.items()}})


@pytest.fixture(scope="module")
def schema():
    return infer_schema(read_table(make(4000, 0)))[0]


def drift(schema, frame):
    found = conform(read_table(frame), schema, with_target=False)
    return [note for note in found.notes if note.code == "data.drift"], found.drift


CHANGES = {
    "width": lambda rng, rows: rng.normal(0.8, 1.0, rows),
    "count": lambda rng, rows: rng.poisson(2.5, rows),
    "colour": lambda rng, rows: rng.choice(["red", "green", "blue"], rows, p=[0.2, 0.3, 0.5]).tolist(),
    "when": lambda rng, rows: [datetime(2025, 1, 1) + timedelta(hours=float(h)) for h in rng.uniform(0, 99, rows)],
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_column_that_moved_is_named_and_no_other(schema, name):
    notes, indices = drift(schema, make(500, 1, **{name: CHANGES[name]}))
    assert [note.column for note in notes] == [name]
    assert notes[0].severity == "warning"
    assert max(indices, key=indices.get) == name
    assert set(indices) == {"width", "count", "colour", "when"}


def test_missing_cells_and_unknown_categories_count(schema):
    frame = make(500, 2).with_columns(
        pl.when(pl.int_range(500) < 200).then(None).otherwise("width").alias("width"),
        pl.when(pl.int_range(500) < 200).then(pl.lit("teal")).otherwise("colour").alias("colour"),
    )
    notes, _ = drift(schema, frame)
    said = {note.column: note.evidence for note in notes}
    assert "missing cells: 0.0% in training, 40.0% here" in said["width"]
    assert "other values: 0.0% in training, 40.0% here" in said["colour"]


@pytest.mark.parametrize("rows", [20, 50, 200, 3000])
def test_rows_of_the_same_population_raise_no_alarm(schema, rows):
    alarms = sum(bool(drift(schema, make(rows, seed))[0]) for seed in range(10, 110))
    assert alarms <= 3


def test_few_rows_are_not_judged(schema):
    assert drift(schema, make(19, 3, width=CHANGES["width"])) == ([], {})


def test_the_index_is_the_one_of_the_definition(schema):
    frame = make(1000, 4)
    column = schema.column("width")
    edges = [-np.inf, *column.edges, np.inf]
    before = np.asarray(column.shares)
    now = np.histogram(frame["width"].to_numpy(), edges)[0] / 1000
    assert drift(schema, frame)[1]["width"] == pytest.approx(np.sum((now - before) * np.log(now / before)))


def test_predict_says_it(netwright, run_copy, tmp_path):
    import json

    from tests.conftest import flowers_csv

    lines = flowers_csv(120).splitlines()
    moved = [
        lines[0],
        *(",".join([f"{float(line.split(',')[0]) + 50:.1f}", *line.split(",")[1:]]) for line in lines[1:]),
    ]
    (tmp_path / "new.csv").write_text("\n".join(moved) + "\n")
    arguments = ("predict", run_copy, tmp_path / "new.csv", "-o", tmp_path / "out.csv")
    assert "'width' is not what it was in training" in netwright(*arguments).err
    assert json.loads(netwright(*arguments, "--json").out)["drift"]["width"] > 1.0
