"""Intervals hold what was asked on rows that are exchangeable, for each step and channel by itself."""

import math

import numpy as np
import pytest

from netwright.core.files import from_json, to_json
from netwright.core.forecasts import COVERAGES, Margins
from netwright.training.evaluation.conformal import conformal_quantile
from netwright.training.forecasting.intervals import ends_of, find_margins, reach_of, scores_of


def noise(windows, seed):
    """Errors whose size differs by step and channel."""
    sizes = np.array([[1.0, 5.0], [2.0, 0.1], [4.0, 3.0]])
    return np.random.default_rng(seed).normal(size=(windows, 3, 2)) * sizes


@pytest.mark.parametrize("coverage", COVERAGES)
def test_the_share_held_is_the_share_asked(coverage):
    said, truth = np.zeros((2000, 1, 3, 2)), noise(2000, 0)
    margins = find_margins(scores_of(said, truth), coverage)
    low, high = ends_of(said, reach_of(margins, coverage))
    fresh = noise(2000, 1)
    held = ((low <= fresh) & (fresh <= high)).mean(axis=0)
    assert np.abs(held - coverage).max() < 4 * math.sqrt(coverage * (1 - coverage) / 2000) + 0.01


def test_each_step_and_channel_has_the_quantile_of_its_own_scores():
    scores = np.abs(noise(99, 3))
    reach = reach_of(find_margins(scores, 0.9), 0.9)
    for step in range(3):
        for channel in range(2):
            assert reach[step, channel] == conformal_quantile(scores[:, step, channel], 0.9)


def test_too_few_windows_make_intervals_without_an_end_and_survive_a_file():
    margins = find_margins(np.abs(noise(8, 0)), 0.9)
    assert margins.reach[COVERAGES.index(0.99)][0][0] is None
    again = from_json(to_json(margins), Margins)
    assert again == margins
    assert np.isinf(reach_of(again, 0.99)).all()


def test_quantiles_are_widened_or_narrowed_until_they_hold():
    truth = noise(4000, 0)
    said = np.stack([np.full_like(truth, -0.5), np.zeros_like(truth), np.full_like(truth, 0.5)], axis=1)
    low, high = ends_of(said, reach_of(find_margins(scores_of(said, truth), 0.8), 0.8))
    held = ((low <= noise(4000, 5)) & (noise(4000, 5) <= high)).mean(axis=0)
    assert np.abs(held - 0.8).max() < 0.03
    assert (low <= high).all()
