"""Series in wide tables and arrays: only where they are meant."""

import numpy as np
import pytest

from netwright.core.errors import SourceError
from netwright.data import read_table
from netwright.data.table import ReadOptions

ASKED = ReadOptions(series=True, max_rejected=1.0)
VALUES = np.random.default_rng(0).normal(size=(6, 2, 9)).astype(np.float32)
LABELS = np.array(["up", "down"] * 3)


def values_of(table):
    return table.series.of(table.frame["series"])


def test_a_tsv_of_the_archive_is_known_by_its_name(tmp_path):
    path = tmp_path / "Coffee_TRAIN.tsv"
    path.write_text("1\t0.5\t0.25\tNaN\n2\t1.5\t-1e-3\t7\n")
    table = read_table(path)
    assert table.frame["label"].to_list() == [1, 2]
    assert np.array_equal(values_of(table), np.array([[[0.5, 0.25, np.nan]], [[1.5, -1e-3, 7]]], "f4"), equal_nan=True)
    assert "named as the UCR archive" in next(c.reason for c in table.choices if c.name == "data.series")
    assert read_table(path, ReadOptions(series=False)).series is None


def test_another_table_is_one_of_series_only_where_that_is_said(tmp_path):
    path = tmp_path / "coffee.csv"
    path.write_text("kind,t1,t2,t3\ngood,1,2,3\nbad,4,x,6\ngood,,,\ngood,7,8,\n")
    assert read_table(path).series is None
    table = read_table(path, ASKED)
    assert table.frame["label"].to_list() == ["good", "good"]
    assert {(fault.row, fault.reason) for fault in table.rejected} == {
        (2, "expected a number"),
        (3, "no value is there"),
    }
    assert (table.count.total, table.count.used) == (4, 2)


def test_arrays_are_series_where_that_is_said_and_images_otherwise():
    table = read_table((VALUES, LABELS), ASKED)
    assert table.series.shape == (2, 9)
    assert np.array_equal(values_of(table), VALUES)
    assert table.frame["label"].to_list() == LABELS.tolist()
    assert read_table((VALUES, LABELS)).series is None
    assert read_table((VALUES, LABELS)).pictures is not None
    assert read_table(VALUES[:, 0], ASKED).series.shape == (1, 9)


def test_an_archive_of_arrays_may_hold_both_parts(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, x_train=VALUES, y_train=LABELS, x_test=VALUES[:2, :, :5] + 1, y_test=LABELS[:2])
    table = read_table(path, ASKED)
    assert table.frame["part"].to_list() == ["train"] * 6 + ["test"] * 2
    assert np.isnan(values_of(table)[6:, :, 5:]).all()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.zeros((0, 1, 4)), "expected series as numbers"),
        (np.array([[["a", "b"]]]), "expected series as numbers"),
        ((VALUES, LABELS[:3]), "expected 6 labels, one a series, got 3"),
    ],
)
def test_arrays_that_are_no_series_are_refused(source, message):
    with pytest.raises(SourceError, match=message):
        read_table(source, ASKED)


def test_a_series_with_a_value_that_is_not_finite_is_set_aside():
    values = VALUES.copy()
    values[1, 0, 3], values[2] = np.inf, np.nan
    table = read_table((values, LABELS), ASKED)
    assert [fault.row for fault in table.rejected] == [2, 3]
    assert table.frame.height == 4
