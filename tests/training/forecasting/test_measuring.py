"""Errors against the obvious: one window, step and channel at a time."""

import numpy as np
import pytest
import torch
from torch import nn

from netwright.training.forecasting import answering
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.measuring import by_channel, by_step, measure, with_interval


class Last(nn.Module):
    def forward(self, history):
        return history[:, -1:].expand(-1, 3, -1).unsqueeze(1)


@pytest.mark.parametrize("at_once", [20, 4_000_000])
def test_errors_are_those_of_their_definition(monkeypatch, at_once):
    monkeypatch.setattr(answering, "AT_ONCE", at_once)
    generator = np.random.default_rng(0)
    series = generator.normal(size=(40, 2)).astype(np.float32).astype(np.float64)
    windows = Windows(series, np.arange(5, 37, 2), 5, 3)
    scales = generator.uniform(1, 9, size=(len(windows.origins), 2))
    reach = np.full((3, 2), 0.7)
    found = measure(Last(), windows, scales, reach)
    errors = np.array([[series[o + h] - series[o - 1] for h in range(3)] for o in windows.origins])
    assert np.allclose(found.squared, (errors**2).mean(axis=(1, 2)))
    assert np.allclose(found.mae, np.abs(errors).mean(axis=0))
    assert np.allclose(found.mse_own, ((errors * scales[:, None]) ** 2).mean(axis=(0, 1)))
    assert np.allclose(found.mae_own, np.abs(errors * scales[:, None]).mean(axis=(0, 1)))
    assert np.allclose(found.covered, (np.abs(errors) <= 0.7).mean(axis=0))
    assert np.allclose(found.width, 1.4)
    assert found.headline["mse"] == pytest.approx((errors**2).mean())
    assert by_step(found)[1].mse == pytest.approx((errors[:, 1] ** 2).mean())
    assert by_channel(found, ("a", "b"))[1].rmse_own == pytest.approx(np.sqrt(found.mse_own[1]))
    assert torch.is_grad_enabled()


def test_an_interval_of_windows_that_share_rows_is_wider_than_that_of_independent_ones():
    steps = np.random.default_rng(0).normal(size=4000)
    shared = np.convolve(steps, np.ones(50) / 50, mode="valid")
    wide, narrow = (with_interval(shared, length) for length in (50, 1))
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert wide.low < shared.mean() < wide.high


def test_few_stretches_have_no_interval():
    assert with_interval(np.ones(90), 10).low is None
    assert with_interval(np.ones(100), 10).low == 1.0
