"""Language models that read token by token and carry a state: an LSTM or a GRU.

LSTM:   i, f, o = sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, h_t = o tanh(c_t).
GRU:    r, z = sigmoid(...), n = tanh(W x_t + r U h_(t-1)), h_t = (1 - z) n + z h_(t-1).

The bias of the LSTM's forget gate f starts at 1. At 0 it would be sigmoid(0) = 1/2, so that of what a cell holds half
were left after one token and a thousandth after ten, and so of the gradient on its way back; at 1 it keeps 73% a token
before anything is learnt, and training can find what is worth keeping longer.

Sources: S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997; F. Gers et al., Learning to forget, 2000; K. Cho
et al., Learning phrase representations, 2014; R. Jozefowicz et al., An empirical exploration of recurrent network
architectures, 2015 (the bias).
"""

from torch import Generator, Tensor, nn

from netwright.networks.language.config import LanguageNetworkConfig
from netwright.networks.language.gpt import Logits, Tokens
from netwright.networks.layers.recurrent_cells import CELLS, fill_cell
from netwright.networks.layers.unfilled import unfilled
from netwright.networks.layers.vocabulary_head import VocabularyHead

Carried = Tensor | tuple[Tensor, Tensor]  # of a GRU; of an LSTM: (layers, batch, width) each
EMBEDDING_STD = 0.8


class Recurrent(nn.Module):
    """Logits of the next token at every place."""

    def __init__(self, config: LanguageNetworkConfig, tokens: int) -> None:
        super().__init__()
        self.context = config.context
        self.embedding = unfilled(nn.Embedding(tokens, config.width, device="meta"))
        between = config.dropout if config.depth > 1 else 0.0
        sizes = (config.width, config.width, config.depth)
        self.cell = unfilled(CELLS[config.name](*sizes, batch_first=True, dropout=between, device="meta"))
        self.silenced = nn.Dropout(config.dropout)
        self.head = VocabularyHead(config.width, tokens)

    def fill(self, generator: Generator) -> None:
        """Weights of inputs Xavier uniform, of states orthogonal, gate by gate; biases 0 but the forget gates'."""
        nn.init.normal_(self.embedding.weight, 0.0, EMBEDDING_STD, generator=generator)
        fill_cell(self.cell, generator)
        self.head.fill(generator)

    def forward(self, tokens: Tokens) -> Logits:
        return self.go_on(tokens)[0]

    def go_on(self, tokens: Tokens, carried: Carried | None = None) -> tuple[Logits, Carried]:
        """Read more tokens from the state that was carried so far, from zeros at first."""
        states, carried = self.cell(self.silenced(self.embedding(tokens)), carried)
        logits: Tensor = self.head(self.silenced(states))
        assert carried is not None
        return logits, carried
