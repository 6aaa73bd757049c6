"""Texts read word by word in both directions, by a plain recurrent, an LSTM or a GRU layer.

Elman:  h_t = tanh(W x_t + U h_(t-1) + b).
LSTM:   i, f, o = sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, h_t = o tanh(c_t).
GRU:    r, z = sigmoid(...), n = tanh(W x_t + r U h_(t-1)), h_t = (1 - z) n + z h_(t-1).
Sources: J. Elman, Finding structure in time, 1990; S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997, with
the forget gate of F. Gers et al., 2000; K. Cho et al., Learning phrase representations, 2014.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from netwright.core.values import TextInput
from netwright.networks.layers.text import ENDED, UNKNOWN, WORD_DROPOUT, Chances, TextLayer, Texts
from netwright.networks.layers.unfilled import unfilled

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
FORGET = 1.0  # bias of the LSTM's forget gate: at 0 it would halve what is remembered with every word
# (R. Jozefowicz, W. Zaremba, I. Sutskever, An empirical exploration of recurrent network architectures, 2015)


class TextRecurrent(TextLayer):
    """The largest value that each unit takes over the words of a text; columns after its end are not read."""

    def __init__(self, text: TextInput, size: int, chances: Chances, cell: str, units: int) -> None:
        super().__init__(text, size, chances)
        self.cell = unfilled(CELLS[cell](size, units, batch_first=True, bidirectional=True, device="meta"))
        self.width = 2 * units

    def fill(self, generator: Generator) -> None:
        """Weights of words Xavier uniform, of the state orthogonal, gate by gate; biases 0 but the forget gate's."""
        super().fill(generator)
        units = self.cell.hidden_size
        for name, weight in self.cell.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(weight)
            for gate in torch.split(weight.detach(), units) if weight.ndim > 1 else ():
                scheme = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
                scheme(gate, generator=generator)
            if isinstance(self.cell, nn.LSTM) and name.startswith("bias_ih"):
                weight.detach()[units : 2 * units].fill_(FORGET)

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
