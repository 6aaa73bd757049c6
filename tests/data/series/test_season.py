"""The season is found where there is one, and none where there is none."""

import numpy as np
import pytest

from netwright.data.series.season import autocorrelation, find_season
from tests.data.series.series_tables import waves


@pytest.mark.parametrize("period", [7, 12, 24, 48])
def test_a_season_is_found(period):
    assert find_season([waves(20 * period, period, channels=2)]).period == period


def test_the_shorter_of_two_seasons_that_both_repeat_is_taken():
    t = np.arange(24 * 7 * 5)
    day_and_week = np.sin(2 * np.pi * t / 24) + 0.3 * np.sin(2 * np.pi * t / (24 * 7))
    assert find_season([day_and_week[:, None] + 0.05 * waves(len(t), 24)]).period == 24


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_random_walks_have_no_season(seed):
    noise = np.random.default_rng(seed).normal(size=(600, 2))
    assert find_season([noise]).period == 1
    assert find_season([noise.cumsum(axis=0)]).period == 1


def test_few_rows_and_still_rows_have_no_season():
    assert find_season([np.zeros((5, 1))]).period == 1
    assert find_season([np.zeros((200, 1))]).period == 1


def test_autocorrelation_is_that_of_its_definition():
    values = np.random.default_rng(0).normal(size=(50, 1))
    centred = values[:, 0] - values.mean()
    expected = [(centred[k:] * centred[: len(centred) - k]).sum() / (centred**2).sum() for k in range(11)]
    assert np.allclose(autocorrelation(values, 10), expected)
