"""One linear map from the window to the horizon, plain or for trend and rest apart.

NLinear: y = W (x - x_last) + b + x_last. DLinear: y = W_t m(x) + W_r (x - m(x)) + b, m a moving average.
Source: A. Zeng et al., Are Transformers effective for time series forecasting?, 2023.
"""

from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import pad

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.unfilled import unfilled

Row = Float[Tensor, "row lookback"]
Raw = Float[Tensor, "row outputs"]


class LinearCore(nn.Module):
    """W x + b."""

    def __init__(self, spec: ForecastSpec) -> None:
        super().__init__()
        self.map = unfilled(nn.Linear(spec.lookback, spec.outputs * spec.horizon, device="meta"))

    def fill(self, _generator: Generator) -> None:
        """Zero: with the last value taken off and put back, training starts from repeating it."""
        nn.init.zeros_(self.map.weight)
        nn.init.zeros_(self.map.bias)

    def forward(self, x: Row) -> Raw:
        mapped: Tensor = self.map(x)
        return mapped


class DecomposedCore(nn.Module):
    """A linear map of the moving average, and one of what it leaves."""

    def __init__(self, spec: ForecastSpec, kernel: int) -> None:
        super().__init__()
        size = spec.outputs * spec.horizon
        self.kernel = kernel
        self.trend = unfilled(nn.Linear(spec.lookback, size, device="meta"))
        self.rest = unfilled(nn.Linear(spec.lookback, size, bias=False, device="meta"))

    def fill(self, _generator: Generator) -> None:
        """1 / lookback: training starts from the mean of the window."""
        for layer in (self.trend, self.rest):
            nn.init.constant_(layer.weight, 1.0 / layer.in_features)
        nn.init.zeros_(self.trend.bias)

    def forward(self, x: Row) -> Raw:
        trend = moving_average(x, self.kernel)
        mapped: Tensor = self.trend(trend) + self.rest(x - trend)
        return mapped


def moving_average(x: Row, kernel: int) -> Row:
    """Return the mean of `kernel` rows around each, the ends repeated beyond the window.

    As differences of running sums, which are taken in double precision, so that nothing is lost far along.
    """
    before = (kernel - 1) // 2
    wide = pad(x.unsqueeze(1), (before, kernel - 1 - before), mode="replicate").squeeze(1)
    sums = pad(wide.double().cumsum(dim=1), (1, 0))
    return ((sums[:, kernel:] - sums[:, :-kernel]) / kernel).to(x.dtype)


def make_linear(_config: ForecasterConfig, spec: ForecastSpec) -> LinearCore:
    """NLinear, with normalization "last"."""
    return LinearCore(spec)


def make_decomposed(config: ForecasterConfig, spec: ForecastSpec) -> DecomposedCore:
    """DLinear; its authors have normalization "none"."""
    return DecomposedCore(spec, config.kernel)
