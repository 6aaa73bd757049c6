"""The moving average and the linear maps are what they say."""

import torch

from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster
from netwright.networks.forecasting.linear import moving_average


def test_the_moving_average_is_that_of_its_definition():
    x = torch.randn(3, 20, dtype=torch.float64)
    for kernel in (1, 2, 5, 25):
        before, after = (kernel - 1) // 2, kernel - 1 - (kernel - 1) // 2
        wide = torch.cat([x[:, :1].expand(-1, before), x, x[:, -1:].expand(-1, after)], dim=1)
        expected = torch.stack([wide[:, k : k + kernel].mean(dim=1) for k in range(20)], dim=1)
        assert torch.allclose(moving_average(x, kernel), expected)


def test_nlinear_is_a_linear_map_of_what_came_before_the_last_value():
    network = build_forecaster(ForecasterConfig("nlinear", "last"), ForecastSpec(6, 4), 0)
    torch.nn.init.normal_(network.core.map.weight)
    torch.nn.init.normal_(network.core.map.bias)
    x = torch.randn(5, 6, 1)
    last = x[:, -1, 0]
    expected = (x[:, :, 0] - last[:, None]) @ network.core.map.weight.T + network.core.map.bias + last[:, None]
    assert torch.allclose(network(x)[:, 0, :, 0], expected, atol=1e-6)


def test_nlinear_moves_with_the_level():
    network = build_forecaster(ForecasterConfig("nlinear", "last"), ForecastSpec(6, 4), 0).double()
    torch.nn.init.normal_(network.core.map.weight)
    x = torch.randn(5, 6, 2, dtype=torch.float64)
    assert torch.allclose(network(x + 100.0), network(x) + 100.0)
