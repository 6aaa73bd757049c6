"""Texts read word by word in both directions, by a plain recurrent, an LSTM or a GRU layer.

Elman:  h_t = tanh(W x_t + U h_(t-1) + b).
LSTM:   i, f, o = sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, h_t = o tanh(c_t).
GRU:    r, z = sigmoid(...), n = tanh(W x_t + r U h_(t-1)), h_t = (1 - z) n + z h_(t-1).
Sources: J. Elman, Finding structure in time, 1990; S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997, with
the forget gate of F. Gers et al., 2000; K. Cho et al., Learning phrase representations, 2014.
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from netwright.core.values import TextInput
from netwright.networks.layers.recurrent_cells import CELLS, fill_cell
from netwright.networks.layers.text import ENDED, UNKNOWN, WORD_DROPOUT, Chances, TextLayer, Texts
from netwright.networks.layers.unfilled import unfilled


class TextRecurrent(TextLayer):
    """The largest value that each unit takes over the words of a text; columns after its end are not read."""

    asks_host = True  # for the lengths: its steps cannot be recorded for a GPU

    def __init__(self, text: TextInput, size: int, chances: Chances, cell: str, units: int) -> None:
        super().__init__(text, size, chances)
        self.cell = unfilled(CELLS[cell](size, units, batch_first=True, bidirectional=True, device="meta"))
        self.width = 2 * units

    def fill(self, generator: Generator) -> None:
        """Words as elsewhere, the cell as `fill_cell` says."""
        super().fill(generator)
        fill_cell(self.cell, generator)

    def forward(self, text: Texts) -> Float[Tensor, "batch width"]:
        words = text[:, : self.text.length]
        lengths = (words != ENDED).sum(dim=1)
        vectors = dropout(self.words(self.hide(words, UNKNOWN)), WORD_DROPOUT, self.training)
        packed = pack_padded_sequence(vectors, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.cell(packed)[0], batch_first=True, total_length=self.text.length)
        read = torch.arange(self.text.length, device=text.device) < lengths.clamp(min=1).unsqueeze(1)
        largest = states.masked_fill(~read.unsqueeze(2), -torch.inf).amax(dim=1)
        vector: Tensor = self.dropout(largest)
        return vector
