"""The loss of one answer for every row, against its definition."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from netwright.diagnosis.from_run.objective import constant_loss, constant_loss_of_values
from netwright.training.config import TrainingConfig

SHARES = (0.5, 0.3, 0.2)


def least_cross_entropy(weights=None, smoothing=0.0):
    """Let torch find the least loss that one answer for a thousand rows of these shares reaches."""
    targets = torch.repeat_interleave(torch.arange(3), torch.tensor([500, 300, 200]))
    logits = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    best = torch.optim.LBFGS([logits], max_iter=100, line_search_fn="strong_wolfe")

    def measure():
        best.zero_grad()
        answers = logits.expand(1000, 3)
        loss = functional.cross_entropy(answers, targets, weight=weights, label_smoothing=smoothing)
        loss.backward()
        return loss

    best.step(measure)
    return float(measure().detach())


def test_without_weights_it_is_the_entropy():
    assert constant_loss(TrainingConfig(), "cross_entropy", {}, SHARES) == pytest.approx(least_cross_entropy())


def test_balanced_classes_make_it_the_logarithm_of_their_number():
    config = TrainingConfig(class_weights="balanced")
    weights = torch.tensor([1 / 0.5, 1 / 0.3, 1 / 0.2], dtype=torch.float64)
    assert constant_loss(config, "cross_entropy", {}, SHARES) == pytest.approx(math.log(3))
    assert least_cross_entropy(weights) == pytest.approx(math.log(3), abs=1e-6)


def test_smoothing_is_counted_in():
    config = TrainingConfig(label_smoothing=0.1)
    assert constant_loss(config, "cross_entropy", {}, SHARES) == pytest.approx(least_cross_entropy(smoothing=0.1))


@pytest.mark.parametrize("loss", ["mae", "huber"])
def test_of_values_it_is_found_on_the_rows_themselves(loss):
    truths = np.random.default_rng(0).standard_normal(500) ** 3
    called = {"mae": functional.l1_loss, "huber": functional.huber_loss}[loss]
    rows = torch.from_numpy(truths)
    least = min(float(called(torch.full_like(rows, answer), rows)) for answer in np.linspace(-2, 2, 801))
    found = constant_loss_of_values(TrainingConfig(), loss, truths.tolist())
    assert least <= found + 1e-4
    assert found == pytest.approx(least, rel=0.02)


def test_what_is_not_known_is_none():
    assert constant_loss(TrainingConfig(label_smoothing=0.1), "cross_entropy", {}, ()) is None
    assert constant_loss(TrainingConfig(), "huber", {}, ()) is None
