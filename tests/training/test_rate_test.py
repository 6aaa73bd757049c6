"""The range test finds rates that are stable, and says so where there is nothing to find."""

import math
import time

import numpy as np
import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.rate_choice import find_rate
from netwright.training.rate_test import Sweep, smooth, suggest, sweep
from netwright.training.rate_test_config import RateTestConfig, validate_rate_test
from netwright.training.trial import Subject, step, trying

CURVATURES = (0.5, 1.0, 4.0)
CONFIG = TrainingConfig(optimizer="sgd", batch_size=32, loss="mse", device="cpu", threads=1, learning_rate=1e-3)


def quadratic(rows=512, noise=0.1) -> Subject:
    """Linear least squares: the loss is a quadratic whose Hessian 2 E[x x^T] has the eigenvalues 2 CURVATURES."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(rows, len(CURVATURES), generator=generator, dtype=torch.float64)
    inputs = inputs * torch.tensor(CURVATURES, dtype=torch.float64).sqrt()
    truth = inputs @ torch.tensor([[1.0], [-2.0], [1.0]], dtype=torch.float64)
    targets = truth + noise * torch.randn(rows, 1, generator=generator, dtype=torch.float64)
    module = nn.Linear(len(CURVATURES), 1, dtype=torch.float64)
    nn.init.zeros_(module.weight)
    nn.init.zeros_(module.bias)
    return Subject(module, Batches((inputs,), targets), CONFIG, "regression")


def test_on_a_quadratic_the_suggestion_is_within_the_stable_range():
    subject = quadratic()
    found = find_rate(subject, RateTestConfig(run=True), asked=False, left=math.inf)
    bound = 2.0 / (2.0 * max(CURVATURES))  # gradient descent diverges beyond 2 over the largest curvature
    assert found.suggested is not None
    assert bound / 100 < found.suggested < bound
    assert found.used == found.suggested
    assert found.rates[-1] > bound / 2  # the test went on until it hurt
    assert len(found.rates) < 200
    with trying(subject) as trial:
        first = step(trial, 0.0)
        last = [step(trial, found.suggested) for _ in range(200)][-1]
    assert last < 0.05 * first


def test_the_same_seed_finds_the_same_and_nothing_else_is_touched():
    subject = quadratic()
    before, state = subject.module.weight.clone(), torch.get_rng_state()
    found = [find_rate(subject, RateTestConfig(run=True), asked=False, left=math.inf) for _ in range(2)]
    assert found[0].losses == found[1].losses
    assert found[0].noise == found[1].noise
    assert torch.equal(subject.module.weight, before)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_rate_that_was_asked_for_is_kept():
    found = find_rate(quadratic(), RateTestConfig(run=True), asked=True, left=math.inf)
    assert found.suggested is not None
    assert found.used == CONFIG.learning_rate
    assert "which was asked for, is kept" in found.verdict


def test_without_anything_to_learn_the_default_is_kept_and_it_is_said():
    subject = quadratic()
    flat = Batches((torch.zeros_like(subject.batches.train_inputs[0]),), torch.randn(512, 1, dtype=torch.float64))
    nn.init.constant_(subject.module.bias, float(flat.train_targets.mean()))
    found = find_rate(
        Subject(subject.module, flat, CONFIG, "regression"), RateTestConfig(run=True), asked=False, left=math.inf
    )
    assert found.suggested is None
    assert found.used == CONFIG.learning_rate
    assert "the default 0.001 is kept" in found.verdict


def test_a_used_up_budget_ends_the_test_at_once():
    with trying(quadratic()) as trial:
        assert len(sweep(trial, RateTestConfig(), deadline=time.monotonic()).losses) == 1
    found = find_rate(quadratic(), RateTestConfig(run=True), asked=False, left=0.0)
    assert found.suggested is None
    assert not found.noise
    assert "came as far as 1e-06 when its share of the time budget was used up" in found.verdict


def test_what_a_deadline_cut_in_the_middle_of_its_fall_suggests_nothing():
    rates, falling = np.geomspace(1e-6, 10, 200)[:120], np.linspace(3.0, 1.0, 120)
    assert suggest(Sweep(rates, falling, 200)) is not None
    assert suggest(Sweep(rates, falling, 200, cut=True)) is None


def test_smoothing_is_the_weighted_mean_of_all_before():
    losses = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    weights = 0.9 ** np.arange(5)[::-1]
    assert smooth(losses)[-1] == pytest.approx(np.average(losses, weights=weights))
    assert smooth(losses)[0] == 3.0


def test_a_fall_within_the_scatter_is_none():
    generator = np.random.default_rng(0)
    noise = generator.normal(size=200)
    rates = np.geomspace(1e-6, 10, 200)
    assert suggest(Sweep(rates, 10 + noise, 200)) is None
    valley = 10 + noise - 8 * np.exp(-np.square(np.log10(rates / 0.1)))
    suggested = suggest(Sweep(rates, valley, 200))
    assert suggested is not None
    assert 0.005 < suggested < 0.2


@pytest.mark.parametrize("wrong", [{"steps": 3}, {"lowest": 0.0}, {"lowest": 1.0, "highest": 0.1}])
def test_a_range_that_is_none_is_refused(wrong):
    with pytest.raises(RecipeError, match="rate_test"):
        validate_rate_test(RateTestConfig(**wrong))
