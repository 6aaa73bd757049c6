"""torch's recurrent layers by name, and how their weights start."""

from collections.abc import Callable

import torch
from torch import Generator, nn

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
FORGET = 1.0  # bias of the LSTM's forget gate: at 0 it would halve what is remembered with every step
# (R. Jozefowicz, W. Zaremba, I. Sutskever, An empirical exploration of recurrent network architectures, 2015)


def fill_cell(cell: nn.RNNBase, generator: Generator) -> None:
    """Weights of inputs Xavier uniform, of states orthogonal, gate by gate; biases 0 but the forget gates'."""
    units = cell.hidden_size
    for name, weight in cell.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(weight)
        for gate in torch.split(weight.detach(), units) if weight.ndim > 1 else ():
            scheme = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
            scheme(gate, generator=generator)
        if isinstance(cell, nn.LSTM) and name.startswith("bias_ih"):
            weight.detach()[units : 2 * units].fill_(FORGET)
