"""An LSTM or a GRU reads the window row by row; a linear map takes its last state to the horizon.

LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t). GRU: h_t = (1 - z) n + z h_(t-1).
Sources: S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997; K. Cho et al., Learning phrase
representations, 2014.
"""

from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.recurrent_cells import CELLS, fill_cell
from netwright.networks.layers.unfilled import unfilled


class RecurrentCore(nn.Module):
    """States in the order of time: that of a row depends on rows before it and on itself, on none after it."""

    def __init__(self, config: ForecasterConfig, spec: ForecastSpec) -> None:
        super().__init__()
        cell = CELLS[config.name]
        self.cell = unfilled(cell(1, config.width, config.depth, batch_first=True, device="meta"))
        self.map = unfilled(nn.Linear(config.width, spec.outputs * spec.horizon, device="meta"))
        self.silenced = config.dropout

    def fill(self, generator: Generator) -> None:
        """Draw the cell's weights as `fill_cell` says; the map is zero."""
        fill_cell(self.cell, generator)
        nn.init.zeros_(self.map.weight)
        nn.init.zeros_(self.map.bias)

    def states(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row lookback width"]:
        """Return the last layer's state after each row."""
        states: Tensor = self.cell(x.unsqueeze(2))[0]
        return states

    def forward(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row outputs"]:
        mapped: Tensor = self.map(dropout(self.states(x)[:, -1], self.silenced, self.training))
        return mapped


def make_recurrent(config: ForecasterConfig, spec: ForecastSpec) -> RecurrentCore:
    """`config.name` is the cell's: lstm or gru."""
    return RecurrentCore(config, spec)
