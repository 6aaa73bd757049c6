"""An LSTM or a GRU reads the window row by row; a linear map takes its last state to the horizon.

LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t). GRU: h_t = (1 - z) n + z h_(t-1).
Sources: S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997; K. Cho et al., Learning phrase
representations, 2014.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.unfilled import unfilled

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU}
FORGET = 1.0  # bias of the LSTM's forget gate: at 0 it would halve what is remembered with every row


class RecurrentCore(nn.Module):
    """States in the order of time: that of a row depends on rows before it and on itself, on none after it."""

    def __init__(self, config: ForecasterConfig, spec: ForecastSpec) -> None:
        super().__init__()
        cell = CELLS[config.name]
        self.cell = unfilled(cell(1, config.width, config.depth, batch_first=True, device="meta"))
        self.map = unfilled(nn.Linear(config.width, spec.outputs * spec.horizon, device="meta"))
        self.silenced = config.dropout

    def fill(self, generator: Generator) -> None:
        """Weights of inputs Xavier uniform, of states orthogonal, gate by gate; the map and all biases zero."""
        units = self.cell.hidden_size
        for name, weight in self.cell.named_parameters():
            if weight.ndim == 1:
                nn.init.zeros_(weight)
                if isinstance(self.cell, nn.LSTM) and name.startswith("bias_ih"):
                    weight[units : 2 * units].fill_(FORGET)
                continue
            for gate in torch.split(weight, units):
                scheme = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
                scheme(gate, generator=generator)
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
