"""How well a small tree says what a model says."""

import numpy as np

from netwright.explanation.comparison.surrogate import fidelity

ROWS = np.random.default_rng(0).normal(size=(400, 3))


def test_a_model_of_one_threshold_is_repeated_and_a_random_one_is_not():
    plain = np.eye(2)[(ROWS[:, 0] > 0).astype(int)]
    noise = np.eye(2)[np.random.default_rng(1).integers(0, 2, 400)]
    halves = slice(0, 200), slice(200, 400)
    repeated, guessed = (
        fidelity("binary", (ROWS[:200], ROWS[200:]), tuple(said[half] for half in halves)) for said in (plain, noise)
    )
    assert repeated.value > 0.98
    assert guessed.value < 0.65


def test_of_values_it_is_the_share_of_variance():
    said = np.where(ROWS[:, 1] > 0, 5.0, -5.0)
    assert fidelity("regression", (ROWS[:200], ROWS[200:]), (said[:200], said[200:])).value > 0.95
