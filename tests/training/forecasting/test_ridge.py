"""The closed form is the least of what it makes small."""

import numpy as np
import pytest

from netwright.training.forecasting import ridge
from netwright.training.forecasting.ridge import fit_ridge, thinned
from tests.data.series.series_tables import waves


def windows(series, origins, lookback, horizon):
    x = np.concatenate([series[o - lookback : o].T for o in origins])
    y = np.concatenate([series[o : o + horizon].T for o in origins])
    last = x[:, -1:]
    return x - last, y - last


@pytest.mark.parametrize("at_once", [40, 16_000_000])
def test_weights_are_those_of_the_normal_equations(monkeypatch, at_once):
    monkeypatch.setattr(ridge, "AT_ONCE", at_once)
    series = waves(300, channels=2)
    train, held = np.arange(8, 200), np.arange(208, 290)
    found = fit_ridge(series, (train, held), (8, 3))
    x, y = windows(series, train, 8, 3)
    expected = np.linalg.solve(x.T @ x + found.penalty * np.eye(8), x.T @ y)
    assert np.allclose(found.weights, expected)
    x, y = windows(series, held, 8, 3)
    assert found.validation == pytest.approx(((x @ expected - y) ** 2).mean())


def test_another_penalty_is_no_better_on_the_validation_windows():
    series = waves(300)
    origins = np.arange(12, 200), np.arange(210, 290)
    found = fit_ridge(series, origins, (12, 4))
    x, y = windows(series, origins[0], 12, 4)
    held = windows(series, origins[1], 12, 4)
    for penalty in ridge.PENALTIES:
        weights = np.linalg.solve(x.T @ x + penalty * np.eye(12), x.T @ y)
        assert found.validation <= ((held[0] @ weights - held[1]) ** 2).mean() + 1e-9


def test_thinned_origins_are_spread_from_the_first_to_the_last():
    assert thinned(np.arange(100), 4).tolist() == [0, 33, 66, 99]
    assert thinned(np.arange(3), 4).tolist() == [0, 1, 2]
