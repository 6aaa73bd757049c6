"""The naive forecast repeats the last season, row by row."""

import pytest
import torch

from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster


@pytest.mark.parametrize("period", [1, 3, 4, 12])
def test_each_step_is_a_whole_number_of_seasons_before(period):
    x = torch.randn(2, 12, 3)
    said = build_forecaster(ForecasterConfig("naive", "none"), ForecastSpec(12, 10, period), 0)(x)
    for step in range(10):
        place = 12 + step
        while place >= 12:
            place -= period
        assert torch.equal(said[:, 0, step], x[:, place])


def test_a_season_longer_than_the_window_is_cut_to_it():
    x = torch.randn(1, 4, 1)
    said = build_forecaster(ForecasterConfig("naive", "none"), ForecastSpec(4, 6, 9), 0)(x)
    assert torch.equal(said[0, 0, :, 0], x[0, [0, 1, 2, 3, 0, 1], 0])
