"""The whole of a forecasting network: each channel by itself, normalised, read by a core, and put back."""

from jaxtyping import Float
from torch import Tensor, nn

from netwright.networks.forecasting.config import ForecastSpec
from netwright.networks.layers.quantile_head import QuantileHead
from netwright.networks.layers.reversible_norm import NORMS

Windows = Float[Tensor, "batch lookback channel"]
Forecasts = Float[Tensor, "batch output horizon channel"]


class Forecaster(nn.Module):
    """Channels share all weights and never see each other, so that any number of them can be forecast.

    Source: Y. Nie et al., A time series is worth 64 words, 2023 (channel independence).
    """

    def __init__(self, core: nn.Module, normalization: str, spec: ForecastSpec) -> None:
        super().__init__()
        self.spec = spec
        self.norm = NORMS[normalization]()
        self.core = core
        self.head = QuantileHead(len(spec.quantiles))

    def forward(self, history: Windows) -> Forecasts:
        batch, _, channels = history.shape
        rows = history.transpose(1, 2).flatten(0, 1)
        level = self.norm.measure(rows)
        raw = self.core(self.norm(rows, level)).view(len(rows), self.spec.outputs, self.spec.horizon)
        said: Tensor = self.norm.inverse(self.head(raw), level)
        return said.view(batch, channels, self.spec.outputs, self.spec.horizon).permute(0, 2, 3, 1)
