"""Quantiles rise whatever goes in, and the middle one is left alone."""

import pytest
import torch

from netwright.networks.layers.quantile_head import QuantileHead


@pytest.mark.parametrize("quantiles", [3, 5, 9])
def test_quantiles_rise(quantiles):
    raw = 10.0 * torch.randn(7, quantiles, 4, dtype=torch.float64)
    said = QuantileHead(quantiles)(raw)
    assert (said.diff(dim=1) > 0).all()
    assert torch.equal(said[:, quantiles // 2], raw[:, quantiles // 2])


def test_a_single_value_is_left_alone():
    raw = torch.randn(7, 1, 4)
    assert torch.equal(QuantileHead(0)(raw), raw)
