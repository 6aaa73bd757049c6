"""The gradient noise scale against a problem whose Sigma and G are known."""

import numpy as np
import pytest
import torch
from torch import nn

from netwright.core.values import NoiseScale
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.noise_scale import measure_noise_scale, separate
from netwright.training.rate_choice import advise
from netwright.training.trial import Subject, trying


class Shift(nn.Module):
    """Answers with its parameter whatever it reads: the gradient of (w - y)^2 for a row is 2 (w - y)."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 2, dtype=torch.float64))

    def forward(self, x):
        return self.weight.expand(len(x), 2)


def shifted(mean, deviation, rows=8192, batch_size=16) -> Subject:
    generator = torch.Generator().manual_seed(3)
    targets = mean + deviation * torch.randn(rows, 2, generator=generator, dtype=torch.float64)
    config = TrainingConfig(optimizer="sgd", batch_size=batch_size, loss="mse", device="cpu", threads=1)
    return Subject(Shift(), Batches((torch.zeros(rows, 1, dtype=torch.float64),), targets), config, "regression")


@pytest.mark.parametrize(("mean", "deviation"), [(1.0, 1.0), (0.5, 2.0), (3.0, 0.5)])
def test_against_a_known_covariance_and_mean(mean, deviation):
    """The loss is the mean of two squares, so a row's gradient is w - y in each of two weights: tr(Sigma) = 2 s^2."""
    with trying(shifted(mean, deviation)) as trial:
        found = measure_noise_scale(trial)
    assert found is not None
    assert found.noise == pytest.approx(2 * deviation**2, rel=0.25)
    assert found.signal == pytest.approx(2 * mean**2, rel=0.25)
    assert found.rows == pytest.approx((deviation / mean) ** 2, rel=0.4)


def test_the_estimates_are_not_biased():
    """Over many draws of few rows the mean of each estimate is the truth, within four standard errors."""
    generator = np.random.default_rng(0)
    mean, deviation, small, count = np.array([0.3, -0.2, 0.1]), 1.5, 4, 8
    draws = mean + deviation * generator.normal(size=(20_000, count, small, 3))
    gradients = draws.mean(axis=2)
    norms = np.square(gradients).sum(axis=-1).mean(axis=1)
    big = np.square(gradients.mean(axis=1)).sum(axis=-1)
    pairs = [separate(float(few), float(many), small, small * count) for few, many in zip(norms, big, strict=True)]
    for estimate, truth in zip(np.array(pairs).T, (3 * deviation**2, 0.14), strict=True):
        assert abs(estimate.mean() - truth) < 4 * estimate.std() / np.sqrt(len(estimate))


def test_too_few_rows_have_no_noise_scale():
    with trying(shifted(1.0, 1.0, rows=3)) as trial:
        assert measure_noise_scale(trial) is None


def test_advice_names_the_last_scale_that_is_known():
    start, later, lost = NoiseScale(0, 100.0, 2.0), NoiseScale(100, 100.0, 0.1), NoiseScale(100, 100.0, -0.1)
    assert lost.rows is None
    assert "about 1,000 rows" in advise([start, later], 256)
    assert "50 at the start" in advise([start, later], 256)
    assert "about 50 rows" in advise([start, lost], 256)
    assert "after 100 steps the gradient cannot be told" in advise([start, lost], 256)
    assert "any batch size" in advise([lost], 256)
    assert advise([], 256).endswith("the recipe takes 256.")
