"""Texts read by a Transformer's encoder: every word looks at every other, and their mean is what the text becomes."""

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout, rms_norm

from netwright.core.values import TextInput
from netwright.networks.layers.attention import Allowed, Block, States
from netwright.networks.layers.text import ENDED, UNKNOWN, WORD_DROPOUT, Chances, TextLayer, Texts


class TextTransformer(TextLayer):
    """The mean over the words of what the last block makes of them; nobody looks past the end of a text."""

    def __init__(self, text: TextInput, size: int, chances: Chances, depth: int, heads: int) -> None:
        super().__init__(text, size, chances)
        self.blocks = nn.ModuleList(Block(size, heads, chances.silenced / 2) for _ in range(depth))

    def fill(self, generator: Generator) -> None:
        """Words as elsewhere, blocks as they say."""
        super().fill(generator)
        for block in self.blocks:
            assert isinstance(block, Block)
            block.fill(generator)

    def forward(self, text: Texts) -> Float[Tensor, "batch size"]:
        words = text[:, : self.text.length]
        states, allowed, there = self.begin(words)
        for block in self.blocks:
            states = block(states, allowed)
        states = rms_norm(states, states.shape[-1:]) * there.unsqueeze(2)
        vector: Tensor = self.dropout(states.sum(dim=1) / there.sum(dim=1, keepdim=True).clamp(min=1))
        return vector

    def begin(self, words: Texts) -> tuple[States, Allowed, Bool[Tensor, "batch place"]]:
        """Return the words' vectors, who may look at whom, and where there is a word.

        A place after the end looks at itself, so that its softmax is of something; nobody reads what it gets.
        """
        there = words != ENDED
        oneself = torch.eye(words.shape[1], dtype=torch.bool, device=words.device)
        allowed = there.unsqueeze(1) | oneself
        vectors = dropout(self.words(self.hide(words, UNKNOWN)), WORD_DROPOUT, self.training)
        return rms_norm(vectors, vectors.shape[-1:]), allowed, there
