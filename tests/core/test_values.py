"""Values go to JSON and back, and rows are never lost."""

import pytest

from netwright.core.evidence import Calibration, Coverage, Covered, Evaluation, Measure, Slice, Slices
from netwright.core.files import from_json, to_json
from netwright.core.values import Column, RowCount, Schema, StepRecord


@pytest.mark.parametrize(
    "value",
    [
        Schema((Column("a", 0, "numeric", "r", "feature", "r", 3, 1, 2, {"?": 1}),), "a", "binary", "r", ("x", "y")),
        Evaluation(3, {"accuracy": Measure(0.5, 0.1, 0.9)}, {"majority": {}}, "accuracy", True),
        Calibration(3, 1.2, "r", 0.4, "r", 0.9, (None, 0.1)),
        Slices("f1", 0.5, (Slice("a", "b", 40, Measure(0.5, 0.1, 0.9)),), 1, 0, 30),
        Coverage(0.9, None, Covered("", 3, Measure(1.0, 0.3, 1.0), None)),
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
