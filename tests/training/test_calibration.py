"""The temperature is scipy's minimum, mends what was too sure, and is left alone where rows cannot tell."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.metrics import log_loss

from netwright.networks.ensemble import average_logits
from netwright.training.calibration import (
    LEAST_EVENTS,
    HeldOut,
    as_classes,
    choose_temperature,
    fit_temperature,
    log_loss_at,
)

RNG = np.random.default_rng(0)


def rows_of(task, rows, true_temperature):
    """Logits that are too large by a factor, and truths drawn from the honest ones."""
    outputs = 1 if task == "binary" else 5
    honest = RNG.normal(0, 2.0, (rows, outputs))
    probabilities = torch.softmax(torch.from_numpy(as_classes(honest, task)), dim=1).numpy()
    truth = (probabilities.cumsum(axis=1) < RNG.random((rows, 1))).sum(axis=1)
    return HeldOut(torch.from_numpy(honest * true_temperature), truth)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("true_temperature", [0.5, 1.7, 3.0])
def test_temperature_is_the_minimum_and_near_the_truth(task, true_temperature):
    held = rows_of(task, 6000, true_temperature)
    temperature, why = choose_temperature(held, task)
    logits = as_classes(held.logits.numpy(), task)

    def by_scikit_learn(inverse):
        probabilities = torch.softmax(torch.from_numpy(logits * inverse[0]), dim=1).numpy()
        return log_loss(held.truth, probabilities / probabilities.sum(axis=1, keepdims=True))

    oracle = minimize(by_scikit_learn, [1.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12})
    np.testing.assert_allclose(1 / temperature, oracle.x[0], rtol=1e-4)
    np.testing.assert_allclose(log_loss_at(temperature, logits, held.truth), oracle.fun, rtol=1e-9)
    assert abs(temperature / true_temperature - 1) < 0.1
    assert ("too sure" in why) == (true_temperature > 1)


def test_log_loss_is_convex_in_the_inverse_temperature():
    held = rows_of("multiclass", 200, 1.3)
    inverse = np.linspace(0.1, 10, 50)
    losses = [log_loss_at(1 / b, held.logits.numpy(), held.truth) for b in inverse]
    assert (np.diff(losses, 2) > -1e-12).all()


def test_honest_probabilities_are_left_as_they_are_more_often_than_not():
    kept = [choose_temperature(rows_of("binary", 400, 1.0), "binary")[0] for _ in range(60)]
    assert sum(t == 1.0 for t in kept) > 30
    assert all(0.6 < t < 1.7 for t in kept)


def test_rows_that_are_nearly_all_right_tell_nothing():
    logits = np.where(np.arange(500) % 2, 4.0, -4.0)[:, None]
    truth = (np.arange(500) % 2).astype(int)
    truth[: LEAST_EVENTS - 1] = 1 - truth[: LEAST_EVENTS - 1]
    temperature, why = choose_temperature(HeldOut(torch.from_numpy(logits), truth), "binary")
    assert temperature == 1.0
    assert f"only {LEAST_EVENTS - 1} of 500 validation rows are called wrong" in why


def probabilities(logits, task):
    return torch.softmax(torch.from_numpy(as_classes(logits.numpy(), task)), dim=1).numpy()


@pytest.mark.parametrize(("task", "outputs"), [("binary", 1), ("multiclass", 4)])
def test_scaling_the_logits_of_an_average_is_a_power_of_its_probabilities(task, outputs):
    members = torch.from_numpy(RNG.normal(0, 2, (3, 50, outputs)))
    expected = np.mean([probabilities(member, task) for member in members], axis=0) ** (1 / 1.6)
    found = probabilities(average_logits(members, task) / 1.6, task)
    np.testing.assert_allclose(found, expected / expected.sum(axis=1, keepdims=True), rtol=1e-9)


def test_a_temperature_of_one_changes_no_bit():
    held = rows_of("multiclass", 300, 1.0)
    assert torch.equal(held.logits / 1.0, held.logits)
    assert fit_temperature(held.logits.numpy(), held.truth) != 1.0
