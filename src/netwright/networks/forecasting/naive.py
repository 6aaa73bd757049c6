"""The seasonal naive forecast: the last season again, and again. It has nothing to learn."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec


class NaiveCore(nn.Module):
    """y_(t+h) = x_(t + h - period * ceil(h / period)); with a period of 1 the last value. All quantiles are that."""

    def __init__(self, spec: ForecastSpec) -> None:
        super().__init__()
        period = min(spec.period, spec.lookback)
        steps = torch.arange(spec.horizon) % period
        self.register_buffer("places", (spec.lookback - period + steps).repeat(spec.outputs), persistent=False)

    def forward(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row outputs"]:
        assert isinstance(self.places, Tensor)
        return x[:, self.places]


def make_naive(_config: ForecasterConfig, spec: ForecastSpec) -> NaiveCore:
    """With normalization "none"."""
    return NaiveCore(spec)
