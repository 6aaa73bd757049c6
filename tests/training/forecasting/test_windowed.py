"""Windows that are read by their place are those that slicing gives, and losses those of their definition."""

import pytest
import torch
from torch import nn

from netwright.training.forecasting.windowed import Windowed, loss_name, truth_at, window_loss


class Echo(nn.Module):
    """Says the last `horizon` rows again, for each of `outputs` quantiles shifted by its number."""

    def __init__(self, horizon, outputs):
        super().__init__()
        self.horizon, self.outputs, self.unit = horizon, outputs, nn.Parameter(torch.ones(()))

    def forward(self, history):
        last = history[:, -self.horizon :]
        return torch.stack([last + k for k in range(self.outputs)], dim=1) * self.unit


def test_a_window_is_the_rows_before_its_origin():
    series, origins = torch.randn(50, 3), torch.tensor([7, 20, 7, 50])
    asked = Windowed(Echo(4, 1), series, 7)
    found = asked(origins).view(4, 4, 3)
    for k, origin in enumerate(origins.tolist()):
        assert torch.equal(found[k], series[origin - 4 : origin])


def test_the_series_is_in_no_checkpoint():
    assert set(Windowed(Echo(2, 1), torch.randn(5, 1), 3).state_dict()) == {"network.unit"}


def test_the_truth_is_the_rows_from_the_origin_on():
    series = torch.randn(30, 2)
    found = truth_at(series, torch.tensor([3, 10]), 5)
    assert torch.equal(found[1], series[10:15])


@pytest.mark.parametrize(("name", "quantiles"), [("mse", ()), ("mae", ()), ("pinball", (0.1, 0.5, 0.9))])
def test_losses_are_those_of_their_definition(name, quantiles):
    series, origins = torch.randn(60, 2, dtype=torch.float64), torch.tensor([10, 31])
    outputs = max(1, len(quantiles))
    flat = Windowed(Echo(4, outputs), series, 8).double()(origins)
    said, total, count = flat.view(2, outputs, 4, 2), 0.0, 0
    for window, origin in enumerate(origins.tolist()):
        for step in range(4):
            for channel in range(2):
                for k, share in enumerate(quantiles or (None,)):
                    error = (series[origin + step, channel] - said[window, k, step, channel]).item()
                    losses = {"mse": error**2, "mae": abs(error)}
                    total += losses[name] if share is None else max(share * error, (share - 1) * error)
                    count += 1
    found = window_loss(series, (outputs, 4), name, quantiles)(flat, origins)
    assert found.item() == pytest.approx(total / count)


def test_quantiles_are_learnt_by_the_pinball_loss():
    assert [loss_name(*pair) for pair in (("auto", ()), ("mae", ()), ("auto", (0.1, 0.5, 0.9)))] == [
        "mse",
        "mae",
        "pinball",
    ]
