"""Filters that look back only, twice as far with every layer; a linear map takes the last place to the horizon.

h <- h + relu(conv(relu(conv(h)))), filters of k taps that are 1, 2, 4, ... rows apart. After d layers a place knows
1 + 2 (k - 1) (2^d - 1) rows.
Source: S. Bai, Z. Kolter, V. Koltun, An empirical evaluation of generic convolutional and recurrent networks, 2018.
"""

import math

from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout, pad, relu

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.unfilled import unfilled

Signals = Float[Tensor, "row width lookback"]


class CausalBlock(nn.Module):
    """Two filters of one spacing beside a shortcut."""

    def __init__(self, config: ForecasterConfig, spacing: int) -> None:
        super().__init__()
        width, taps = config.width, config.kernel
        self.reach, self.silenced = (taps - 1) * spacing, config.dropout
        self.first = unfilled(nn.Conv1d(width, width, taps, dilation=spacing, device="meta"))
        self.second = unfilled(nn.Conv1d(width, width, taps, dilation=spacing, device="meta"))

    def forward(self, x: Signals) -> Signals:
        inside = dropout(relu(self.first(pad(x, (self.reach, 0)))), self.silenced, self.training)
        return x + dropout(relu(self.second(pad(inside, (self.reach, 0)))), self.silenced, self.training)


class ConvolutionalCore(nn.Module):
    """Blocks whose spacing doubles."""

    def __init__(self, config: ForecasterConfig, spec: ForecastSpec) -> None:
        super().__init__()
        depth = max(config.depth, depth_over(spec.lookback, config.kernel))
        self.spread = unfilled(nn.Conv1d(1, config.width, 1, device="meta"))
        self.blocks = nn.ModuleList(CausalBlock(config, 2**k) for k in range(depth))
        self.map = unfilled(nn.Linear(config.width, spec.outputs * spec.horizon, device="meta"))

    def fill(self, generator: Generator) -> None:
        """He's variance for filters, those that end a block a tenth of it; the map and all biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
                assert layer.bias is not None
                nn.init.zeros_(layer.bias)
        for block in self.blocks:
            assert isinstance(block, CausalBlock)
            block.second.weight.mul_(math.sqrt(0.1))
        nn.init.zeros_(self.map.weight)
        nn.init.zeros_(self.map.bias)

    def states(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row lookback width"]:
        """Return what the last block makes of each row."""
        signals: Tensor = self.spread(x.unsqueeze(1))
        for block in self.blocks:
            signals = block(signals)
        return signals.transpose(1, 2)

    def forward(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row outputs"]:
        mapped: Tensor = self.map(self.states(x)[:, -1])
        return mapped


def depth_over(lookback: int, taps: int) -> int:
    """Return the number of blocks after which the last place knows the whole window.

    >>> depth_over(29, 3), depth_over(30, 3)
    (3, 4)
    """
    return max(1, math.ceil(math.log2((lookback - 1) / (2 * max(1, taps - 1)) + 1)))


def make_convolutional(config: ForecasterConfig, spec: ForecastSpec) -> ConvolutionalCore:
    """A temporal convolutional network."""
    return ConvolutionalCore(config, spec)
