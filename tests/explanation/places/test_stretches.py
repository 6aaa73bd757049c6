"""Stretches of time and channels: all the loss is at what decides, and no series becomes longer or shorter."""

import numpy as np
import pytest
import torch

from netwright.data import Prepared, ReadOptions
from netwright.explanation.places import stretches
from netwright.explanation.places.stretches import CHANNELLED, STRETCHED, series_importance, steps_of
from tests.explanation.places.made import model_of

ROWS, LENGTH = 120, 32
VALUES = np.random.default_rng(0).normal(size=(ROWS, 2, LENGTH)).astype(np.float32)
VALUES[::3, :, 20:] = np.nan  # a third are shorter
ASKED = ReadOptions(series=True)


@pytest.fixture(scope="module")
def asked():
    labels = np.where(VALUES[:, 1, 8:10].mean(axis=1) > 0, "yes", "no")
    return model_of(lambda x: 4.0 * torch.nan_to_num(x[:, 1:2, 8:10]).mean(dim=2), (VALUES, labels), ASKED)


@pytest.fixture(scope="module")
def found(asked):
    return series_importance(*asked)


def test_the_stretch_and_the_channel_that_decide_are_all_that_matters(found):
    stretched, channelled = found
    assert [one.method for one in found] == [STRETCHED, CHANNELLED]
    assert [len(one.columns) for one in found] == [16, 2]
    for table, name in ((stretched, "steps 9 to 10"), (channelled, "channel 2")):
        assert table.columns[0].name == name
        assert table.columns[0].low > 0.0
        assert all(one.amount == 0.0 for one in table.columns[1:])
        assert (table.unit, table.rows) == ("growth of log loss", ROWS)
    assert stretched.columns[0].steps == (9, 10)


def test_nothing_goes_missing_and_nothing_comes_after_an_end():
    part = Prepared(np.zeros((ROWS, 0), np.float32), np.zeros((ROWS, 0), np.int64), None, None, VALUES)
    order = np.random.default_rng(1).permutation(ROWS)
    dealt = stretches._dealing(slice(None), slice(16, 24))(part, order).series
    assert np.array_equal(np.isnan(dealt), np.isnan(VALUES))
    assert np.array_equal(dealt[:, :, :16], VALUES[:, :, :16], equal_nan=True)
    assert np.array_equal(dealt[:, :, 16:20], VALUES[order][:, :, 16:20])


def test_steps_are_counted_from_one_and_all_are_there():
    assert steps_of(3, 16) == {"step 1": (1, 1), "step 2": (2, 2), "step 3": (3, 3)}
    ends = list(steps_of(150, 16).values())
    assert [a for a, _ in ends] == [1, *(b + 1 for _, b in ends[:-1])]
    assert ends[-1][1] == 150


def test_where_it_would_take_long_there_is_nothing(asked, monkeypatch):
    monkeypatch.setattr(stretches, "seconds_of", lambda *_: 10.0)
    assert series_importance(*asked) == ()
