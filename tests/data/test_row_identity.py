"""Merging rows: a weight of k and k copies are one and the same data."""

import numpy as np
import polars as pl
import pytest

from netwright.data import merge_rows, row_identity


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame(
        {"a": [1.0, None, 1.0, 0.0, -0.0, None, 2.0], "b": ["x", "y", "x", None, None, "y", "x"], "c": [True] * 7}
    )


def test_copies_become_one_row_and_their_weights_add_up(frame):
    rows, weights = merge_rows(frame, np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5]))
    found = {frame.row(row)[:2]: weight for row, weight in zip(rows.tolist(), weights.tolist(), strict=True)}
    assert found == {(1.0, "x"): 4.0, (None, "y"): 8.0, (0.0, None): 9.0, (2.0, "x"): 0.5}


def test_rows_without_weight_are_left_out(frame):
    rows, _ = merge_rows(frame, np.array([1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]))
    assert not {1, 5} & set(rows.tolist())
    assert len(merge_rows(frame, np.zeros(7))[0]) == 0


def test_the_order_is_that_of_the_values_not_of_the_rows(frame):
    there = np.array([6, 2, 4, 1, 5, 0, 3])
    one, other = merge_rows(frame, np.ones(7)), merge_rows(frame[there], np.ones(7))
    assert frame[one[0]].rows() == frame[there][other[0]].rows()
    assert np.array_equal(one[1], other[1])


def test_rows_that_share_a_hash_by_chance_stay_apart(frame, monkeypatch):
    monkeypatch.setattr(row_identity, "row_hashes", lambda frame, columns: np.zeros(frame.height, np.uint64))
    rows, weights = merge_rows(frame[[0, 2, 6]], np.ones(3))
    assert rows.tolist() == [0, 2]
    assert weights.tolist() == [2.0, 1.0]
