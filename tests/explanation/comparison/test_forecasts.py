"""Forecasts compared from end to end, on a short series with a season."""

import pytest

from netwright.explanation.comparison import forecasts
from netwright.explanation.comparison.clock import Clock
from netwright.explanation.comparison.forecasts import NAIVE, SOLVED, compare_forecasts
from netwright.training.stage import Request
from tests.data.series.series_tables import hourly


@pytest.fixture(scope="module")
def compared():
    with pytest.MonkeyPatch.context() as patch:
        few = {name: forecasts.LEARNT[name] for name in ("nlinear", "gru")}
        patch.setattr(forecasts, "LEARNT", few)
        settings = {"data": {"horizon": 6, "time": "date"}, "windows": {"lookback": 24, "period": 24}}
        request = Request(settings, hourly(400, channels=2))
        yield compare_forecasts(request, Clock(8.0), "hours")


def test_every_forecast_is_measured_on_the_same_windows(compared):
    assert [one.name for one in compared.contestants] == [NAIVE, SOLVED, "nlinear", "gru"]
    assert all(one.measure.value > 0 for one in compared.contestants)
    assert compared.headline == "mse"


def test_a_season_needs_no_weights_and_a_linear_map_has_one_for_each_lag_and_step(compared):
    assert compared.contestant(NAIVE).audit.stored == 0
    assert compared.contestant(SOLVED).audit.reaching == 24 * 6 + 6
    assert compared.contestant("gru").side == "deep"


def test_claims_and_a_recommendation_are_there(compared):
    assert len(compared.claims) == 5
    assert compared.recommendation.name in {one.name for one in compared.contestants}
