"""A decoder: Transformer blocks in which no place looks ahead, so that each predicts the token after it.

Tokens become vectors of one length (root mean square 1), blocks add to them, and the head, a table of its own, turns
the last ones into logits. Nothing has a bias. Block and head say how they start.

Sources: A. Radford et al., Improving language understanding by generative pre-training, 2018; nanochat, 2025, for the
settings.
"""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import rms_norm

from netwright.networks.language.config import LanguageNetworkConfig
from netwright.networks.layers.attention import Block, Memory, States, causal
from netwright.networks.layers.unfilled import unfilled
from netwright.networks.layers.vocabulary_head import VocabularyHead

Tokens = Int[Tensor, "batch place"]
Logits = Float[Tensor, "batch place token"]
EMBEDDING_STD = 0.8


class Read(NamedTuple):
    """What a gpt remembers of the tokens it read."""

    places: int
    blocks: tuple[Memory, ...]


class Gpt(nn.Module):
    """Logits of the next token at every place."""

    def __init__(self, config: LanguageNetworkConfig, tokens: int) -> None:
        super().__init__()
        self.context = config.context
        self.embedding = unfilled(nn.Embedding(tokens, config.width, device="meta"))
        self.blocks = nn.ModuleList(Block(config.width, config.heads, config.dropout) for _ in range(config.depth))
        self.head = VocabularyHead(config.width, tokens)

    def fill(self, generator: Generator) -> None:
        """Draw the weights that training starts from."""
        nn.init.normal_(self.embedding.weight, 0.0, EMBEDDING_STD, generator=generator)
        for block in self.blocks:
            assert isinstance(block, Block)
            block.fill(generator)
        self.head.fill(generator)

    def forward(self, tokens: Tokens) -> Logits:
        x = self._begin(tokens)
        for block in self.blocks:
            x = block(x, None)
        return self._end(x)

    def go_on(self, tokens: Tokens, read: Read | None = None) -> tuple[Logits, Read]:
        """Read more tokens after those that were read: the same logits as of all in one, up to `context` of them.

        After that each place looks back over the last `context` tokens.
        """
        places, memories = (0, (None,) * len(self.blocks)) if read is None else read
        x, kept = self._begin(tokens), []
        for block, memory in zip(self.blocks, memories, strict=True):
            assert isinstance(block, Block)
            x, memory = block.go_on(x, memory, places, self.context)
            kept.append(memory)
        return self._end(x), Read(places + tokens.shape[1], tuple(kept))

    def attention(self, tokens: Tokens, number: int) -> Float[Tensor, "batch head query key"]:
        """Return how much each place takes of each other in block `number`, from 0; for looking at."""
        x, allowed = self._begin(tokens), causal(tokens.shape[1]).to(tokens.device)
        for block in self.blocks[:number]:
            x = block(x, None)
        block = self.blocks[number]
        assert isinstance(block, Block)
        return block.attention.weights(rms_norm(x, x.shape[-1:]), allowed)

    def _begin(self, tokens: Tokens) -> States:
        x: Tensor = self.embedding(tokens)
        return rms_norm(x, x.shape[-1:])

    def _end(self, x: States) -> Logits:
        logits: Tensor = self.head(rms_norm(x, x.shape[-1:]))
        return logits
