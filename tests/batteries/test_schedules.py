"""Every schedule against its closed form, with and without warm-up. A new schedule is one row of FORMS."""

from dataclasses import replace

import numpy as np
import pytest

from netwright.training.config import TrainingConfig
from netwright.training.schedules import SCHEDULES, schedule_factor, share_factors

TOTAL = 200
CONFIG = TrainingConfig(final_learning_rate=0.1, step_size=30.0, gamma=0.5)


def cosine(t):
    return 0.1 + 0.9 * (1 + np.cos(np.pi * t)) / 2


FORMS = {  # closed forms of t = step / total, except "step"
    "constant": np.ones_like,
    "cosine": cosine,
    "flat_cosine": lambda t: np.where(t < 0.5, 1.0, cosine(2 * t - 1)),
    "one_cycle": lambda t: np.where(
        t < 0.3, 1 + (0.04 - 1) * (1 + np.cos(np.pi * t / 0.3)) / 2, cosine((t - 0.3) / 0.7)
    ),
    "coslog4": lambda t: np.sin(np.pi * np.log2(1 + 15 * t)) ** 2,
    "step": lambda t: 0.5 ** np.floor(np.round(t * TOTAL) / 30),
    "plateau": np.ones_like,
}


def test_the_battery_has_every_schedule():
    assert set(SCHEDULES) == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_is_the_closed_form(name):
    config = replace(CONFIG, schedule=name)
    found = [schedule_factor(step, TOTAL, config) for step in range(TOTAL)]
    np.testing.assert_allclose(found, FORMS[name](np.arange(TOTAL) / TOTAL), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("warmup", [20.0, 0.1])
def test_warm_up_is_linear_and_the_schedule_takes_the_rest(name, warmup):
    config = replace(CONFIG, schedule=name, warmup=warmup)
    first = schedule_factor(0, 180, replace(config, warmup=0.0))
    rising = [schedule_factor(step, TOTAL, config) for step in range(20)]
    np.testing.assert_allclose(rising, first * np.arange(1, 21) / 20)
    for step in (20, 77, 199):
        assert schedule_factor(step, TOTAL, config) == schedule_factor(step - 20, 180, replace(config, warmup=0.0))


@pytest.mark.parametrize("name", FORMS)
def test_stays_between_nothing_and_one(name):
    config = replace(CONFIG, schedule=name, warmup=0.05)
    factors = [schedule_factor(step, TOTAL, config) for step in range(TOTAL)]
    assert all(0.0 <= factor <= 1.0 for factor in factors)
    assert (min(factors) > 0.0) == (name != "coslog4")  # which begins at 0


def test_shares_stay_for_the_first_half_and_then_fall_to_nothing():
    config = replace(CONFIG, dropout_schedule="flat_cosine", warmup=20.0)
    dropout, decay = share_factors(0, TOTAL + 1, TOTAL, config)
    assert decay == []
    t = np.arange(TOTAL + 1) / TOTAL
    np.testing.assert_allclose(dropout, np.where(t < 0.5, 1.0, np.sin(np.pi * t) ** 2), atol=1e-15)
    config = replace(CONFIG, weight_decay_schedule="flat_cosine")
    assert share_factors(150, 160, TOTAL, config) == ([], dropout[150:160])
