"""Values go to JSON and back, and rows are never lost."""

import pytest

from netwright.core.files import from_json, to_json
from netwright.core.values import Column, Evaluation, Measure, RowCount, Schema, StepRecord


@pytest.mark.parametrize(
    "value",
    [
        Schema((Column("a", 0, "numeric", "r", "feature", "r", 3, 1, 2, {"?": 1}),), "a", "binary", "r", ("x", "y")),
        Evaluation(3, {"accuracy": Measure(0.5, 0.1, 0.9)}, {"majority": {}}, "accuracy", True),
        StepRecord(1, 1, 0.5, 0.1),
        RowCount(3, 2, 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_json_and_back(value):
    assert from_json(to_json(value), type(value)) == value


def test_rows_in_are_rows_used_and_rejected():
    with pytest.raises(AssertionError, match="rows lost"):
        RowCount(3, 2, 0)
