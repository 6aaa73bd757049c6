"""The chosen threshold is the best of all."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from netwright.training.evaluation.threshold import choose_threshold

SCORES = {
    "f1": lambda truth, said: oracle.f1_score(truth, said, zero_division=0),
    "accuracy": oracle.accuracy_score,
    "balanced_accuracy": oracle.balanced_accuracy_score,
    "mcc": oracle.matthews_corrcoef,
}


@pytest.mark.parametrize("metric", SCORES)
@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_does_better(metric, seed):
    chance = np.random.default_rng(seed)
    truth = (chance.random(120) < 0.2).astype(int)
    said = np.round(np.clip(chance.normal(0.2 + 0.25 * truth, 0.15), 0.001, 0.999), 2)
    threshold, value = choose_threshold(truth, said, metric)
    everywhere = [SCORES[metric](truth, said > tried) for tried in np.linspace(0, 1, 2001)]
    np.testing.assert_allclose(value, max(everywhere), rtol=1e-12)
    np.testing.assert_allclose(SCORES[metric](truth, said > threshold), value, rtol=1e-12)


def test_of_equals_the_one_nearest_to_a_half_is_taken():
    truth, said = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert choose_threshold(truth, said, "accuracy") == (0.5, 1.0)


def test_many_rows_are_tried_at_a_bounded_number_of_thresholds():
    chance = np.random.default_rng(0)
    said = chance.random(20_000)
    truth = (chance.random(20_000) < said).astype(int)
    threshold, value = choose_threshold(truth, said, "f1")
    finest = max(oracle.f1_score(truth, said > tried) for tried in np.linspace(0.2, 0.5, 301))
    assert value > finest - 1e-3
    assert 0.2 < threshold < 0.5
