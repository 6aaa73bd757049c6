"""What is learnt of series: the scale of each channel, from training rows alone; gaps are filled along time."""

import numpy as np
import polars as pl
import pytest

from netwright.data.series_store import lengths_of, padded, store_series
from netwright.data.transforms.series import fit_series, one_after, without_gaps

NAN = np.nan


def test_each_channel_is_measured_over_training_values_alone():
    values = np.full((3, 2, 4), NAN, np.float32)
    values[0, :, :3], values[1, :, :2] = [[1, 2, 3], [10, 10, 10]], [[4, 5], [10, 10]]
    values[2] = 1e6
    store, keys = store_series("series", values)
    found = fit_series(store, pl.Series("series", keys[:2]))
    assert found.shape == (2, 3)
    assert found.mean == pytest.approx((3.0, 10.0))
    assert found.deviation == pytest.approx((np.sqrt(2.0), 1.0))  # a channel that never changes keeps its unit


def test_gaps_lie_on_a_line_and_ends_stay_empty():
    values = np.array([[[NAN, 1, NAN, NAN, 4, NAN], [0, NAN, NAN, NAN, NAN, NAN]]], np.float32)
    filled = without_gaps(values)
    assert lengths_of(filled).tolist() == [5]
    expected = [[[1, 1, 2, 3, 4, NAN], [0, 0, 0, 0, 0, NAN]]]
    assert np.array_equal(filled, np.array(expected, np.float32), equal_nan=True)


def test_a_missing_key_is_a_series_without_values():
    store, keys = store_series("series", padded([np.ones((1, 3), np.float32)], 1))
    found = store.of(pl.Series("series", [keys[0], None]))
    assert lengths_of(found).tolist() == [3, 0]


def test_series_of_two_lengths_become_one_array():
    joined = one_after(np.ones((1, 1, 2), np.float32), np.zeros((1, 1, 4), np.float32))
    assert lengths_of(joined).tolist() == [2, 4]
