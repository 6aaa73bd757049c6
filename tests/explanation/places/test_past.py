"""What forecasts rest on: the stretch and the channel that a network reads, and no other."""

import numpy as np
import pytest
import torch
from torch import nn

from netwright.core.forecasts import Margins
from netwright.explanation.places import past
from netwright.explanation.places.past import CHANNELLED, STRETCHED, given_windows, past_importance
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.inference import ForecastModel
from netwright.training.forecasting.recipe import forecast_recipe_from
from tests.training.forecasting.small_series import material_of, small, tree_of


class Yesterday(nn.Module):
    """Says what the first channel was a day before, of the second nothing."""

    def forward(self, history):
        said = torch.zeros(len(history), 1, 6, 2)
        said[:, 0, :, 0] = history[:, :6, 0]
        return said


@pytest.fixture(scope="module")
def asked():
    material = material_of(small(600))
    recipe = forecast_recipe_from(tree_of(), "test")
    model = ForecastModel(Yesterday().eval(), material.schema, recipe, Margins(0, 0.9, ()))
    schema = material.schema
    return model, Windows(material.series, material.origins.test, schema.lookback, schema.horizon)


@pytest.fixture(scope="module")
def found(asked):
    return past_importance(*asked)


def test_the_steps_and_the_channel_that_are_read_are_all_that_matters(asked, found):
    stretched, channelled = found
    assert [one.method for one in found] == [STRETCHED, CHANNELLED]
    mattering = [one for one in stretched.columns if abs(one.amount) > 1e-5]
    assert {one.steps for one in mattering} == {one.steps for one in stretched.columns if one.steps[0] <= 6}
    assert all(one.low > 0.0 for one in mattering)
    first, second = channelled.columns
    assert first.name == "c0"
    assert first.low > 0.0
    assert second.amount == 0.0
    assert stretched.rows == len(asked[1].origins)
    assert stretched.unit == "growth of mse"


def test_the_error_of_one_channel_and_step_may_be_asked(asked):
    stretched, _ = past_importance(*asked, "c1", 3)
    assert stretched.unit == "growth of mse of c1 at step 3"


def test_levels_stay_and_the_rest_is_dealt():
    history = (
        np.random.default_rng(0).normal(size=(5, 8, 2)).astype(np.float32)
        + np.arange(5, dtype=np.float32)[:, None, None]
    )
    order = np.array([1, 2, 3, 4, 0])
    dealt = past._dealt(history, order, (slice(None), slice(0, 1)))
    assert dealt.mean(axis=1) == pytest.approx(history.mean(axis=1), abs=1e-5)
    assert np.array_equal(dealt[:, :, 1], history[:, :, 1])
    assert np.diff(dealt[:, :, 0], axis=1) == pytest.approx(np.diff(history[order][:, :, 0], axis=1), abs=1e-5)


def test_few_windows_tell_nothing_and_have_no_interval(asked):
    model, windows = asked
    assert past_importance(model, windows.of(windows.origins[:20])) == ()
    stretched, _ = past_importance(model, windows.of(windows.origins[:40]))
    assert {(one.low, one.high) for one in stretched.columns} == {(None, None)}


def test_every_window_of_other_rows_is_asked(asked):
    model, _ = asked
    assert len(given_windows(model, small(100)).origins) == 100 - 24 - 6 + 1
    assert not len(given_windows(model, small(25)).origins)
    assert torch.is_grad_enabled()
