"""Public data sets, where the machine has them: shapes, kinds and targets as their authors describe them."""

import os
from pathlib import Path

import pytest

from netwright.data import ReadOptions, SchemaRequest, check_quality, conform, infer_schema, read_table, shared_rows

FOLDER = Path(os.environ.get("NETWRIGHT_DATA", ""))
pytestmark = pytest.mark.skipif("NETWRIGHT_DATA" not in os.environ, reason="NETWRIGHT_DATA names no folder")

# file, target -> rows, columns, features, task, kinds of some columns
TABLES = {
    "adult/adult-train.csv": (-1, (32561, 15), 14, "binary", {"column_1": "numeric", "column_2": "categorical"}),
    "california_housing/housing.csv": (
        *("median_house_value", (20640, 10), 9, "regression"),
        {"ocean_proximity": "categorical", "total_bedrooms": "numeric"},
    ),
    "bank_marketing/bank-additional.zip::bank-additional/bank-additional-full.csv": (
        *("y", (41188, 21), 20, "binary"),
        {"age": "numeric", "job": "categorical", "euribor3m": "numeric"},
    ),
    "penguins/penguins.csv": ("species", (344, 7), 6, "multiclass", {"sex": "categorical", "body_mass_g": "numeric"}),
    "titanic/titanic.csv": ("Survived", (891, 12), 9, "binary", {"Name": "text", "PassengerId": "identifier"}),
    "letter_recognition/LetterRecognition.csv": ("lettr", (20000, 17), 16, "multiclass", {"width": "numeric"}),
    "etth1/ETTh1.csv": ("OT", (17420, 8), 7, "regression", {"date": "datetime"}),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_public_table_is_understood(name):
    target, shape, features, task, kinds = TABLES[name]
    schema, table = infer_schema(read_table(FOLDER / name), SchemaRequest(target=target))
    assert table.frame.shape == shape
    assert table.total == shape[0]
    assert len(schema.features) == features
    assert schema.task == task
    assert {column: schema.column(column).kind for column in kinds} == kinds
    assert not [finding for finding in check_quality(table, schema) if finding.code == "data.leak"]


def test_the_test_file_of_adult_fits_though_its_labels_end_in_a_dot():
    schema, table = infer_schema(read_table(FOLDER / "adult/adult-train.csv"), SchemaRequest(target=-1))
    options = ReadOptions(columns=tuple(column.name for column in schema.columns), schema=schema)
    conformed = conform(read_table(FOLDER / "adult/adult-test.csv", options), schema, with_target=True)
    assert conformed.table.frame.height == 16281
    assert "data.labels" in {note.code for note in conformed.notes}
    assert shared_rows(table, conformed.table, schema) == 23
