"""Expected calibration error: 0 where frequencies are met, and honest probabilities show what chance makes of rows."""

import numpy as np

from netwright.training.evaluation.calibration_error import calibration_error, honest_error, reliability_of

RNG = np.random.default_rng(3)


def test_bins_hold_every_row_and_their_gaps_are_the_error():
    said = RNG.random(5000)
    predicted = np.stack([1 - said, said], axis=1)
    truth = (RNG.random(5000) < said**1.5).astype(int)
    bins = reliability_of(truth, predicted)
    assert len(bins) == 15
    assert sum(entry.rows for entry in bins) == 5000
    by_bins = sum(entry.rows * abs(entry.observed - entry.predicted) for entry in bins) / 5000
    np.testing.assert_allclose(calibration_error(truth, predicted, np.ones((1, 5000)))[0], by_bins, rtol=1e-12)


def test_probability_one_is_in_the_last_bin():
    bins = reliability_of(np.array([1, 1]), np.array([[0.0, 1.0], [0.05, 0.95]]))
    assert [entry.rows for entry in bins] == [2]


def test_of_more_classes_the_one_that_is_said_counts():
    truth = np.array([0, 1, 2, 2])
    predicted = np.array([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.0, 0.1, 0.9], [0.0, 0.1, 0.9]])
    np.testing.assert_allclose(calibration_error(truth, predicted, np.ones((1, 4)))[0], 0.15)


def test_honest_error_is_what_drawn_outcomes_show():
    said = RNG.beta(0.5, 0.5, 800)
    predicted = np.stack([1 - said, said], axis=1)
    drawn = [
        calibration_error((RNG.random(800) < said).astype(int), predicted, np.ones((1, 800)))[0] for _ in range(300)
    ]
    assert abs(honest_error(predicted) - np.mean(drawn)) < 4 * np.std(drawn) * np.sqrt(1 / 300 + 1 / 200)
