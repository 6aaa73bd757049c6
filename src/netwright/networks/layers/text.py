"""Texts as vectors: the words of a cell become one vector of fixed width.

A text is `Int[Tensor, "batch columns"]`: first its words in order, 0 where it has ended, 1 for a word that training did
not know, from 2 on those of the vocabulary; then the different parts of its words, 0 where there are no more. In
training some words and parts are hidden, so that no single one is relied on.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout, relu

from netwright.core.values import TextInput
from netwright.networks.layers.unfilled import unfilled

Texts = Int[Tensor, "batch columns"]
Slots = Int[Tensor, "batch number"]
ENDED, UNKNOWN = 0, 1
EMBEDDING_STD = 0.1  # of a word's vector at the start
MULTIPLIER = 92_821  # of the hash of two neighbours; a prime, so that pairs spread over all slots
WORD_DROPOUT = 0.3  # of the numbers of a word's vector, before the filters


@dataclass(frozen=True)
class Chances:
    """What training keeps from a layer."""

    hidden: float  # share of words and parts that are not seen
    silenced: float  # share of the numbers that a text becomes


class TextLayer(nn.Module):
    """What the kinds below share: a vector for each word, and what training hides."""

    def __init__(self, text: TextInput, size: int, chances: Chances) -> None:
        super().__init__()
        self.text, self.hidden = text, chances.hidden
        self.words = table(text.words, size)
        self.dropout = nn.Dropout(chances.silenced)
        self.width = size

    def fill(self, generator: Generator) -> None:
        """Words start at N(0, 0.1^2); the end of a text is 0."""
        fill_table(self.words, generator)

    def hide(self, slots: Slots, instead: int) -> Slots:
        """Put `instead` in the place of some."""
        if not self.training or self.hidden == 0.0:
            return slots
        seen = torch.rand(slots.shape, device=slots.device) >= self.hidden
        return torch.where(seen | (slots == ENDED), slots, instead)


class TextBag(TextLayer):
    """The vectors of all words, all neighbouring pairs and all parts, added up and divided by sqrt(their number).

    Pairs share a table of fixed size by a hash, so that two of them may share a vector.
    Source: A. Joulin, E. Grave, P. Bojanowski, T. Mikolov, Bag of tricks for efficient text classification, 2016.
    """

    def __init__(self, text: TextInput, size: int, chances: Chances, pairs: int) -> None:
        super().__init__(text, size, chances)
        self.pairs = table(pairs, size)
        self.parts = table(text.part_slots, size)

    def fill(self, generator: Generator) -> None:
        """As of words, pairs and parts too."""
        super().fill(generator)
        fill_table(self.pairs, generator)
        fill_table(self.parts, generator)

    def forward(self, text: Texts) -> Float[Tensor, "batch size"]:
        words, parts = text[:, : self.text.length], self.hide(text[:, self.text.length :], ENDED)
        pairs = self.hide(self.slots_of(words), ENDED)
        words = self.hide(words, ENDED)
        number = sum((slots != ENDED).sum(dim=1) for slots in (words, pairs, parts))
        assert isinstance(number, Tensor)
        added = self.words(words).sum(dim=1) + self.pairs(pairs).sum(dim=1) + self.parts(parts).sum(dim=1)
        vector: Tensor = self.dropout(added / number.clamp(min=1).sqrt().unsqueeze(1).to(added))
        return vector

    def slots_of(self, words: Slots) -> Int[Tensor, "batch pairs"]:
        """Return the slot of each word with the next, 0 where there is no next."""
        first, second = words[:, :-1], words[:, 1:]
        slots = 1 + (first * MULTIPLIER + second) % (self.pairs.num_embeddings - 1)
        return torch.where(second == ENDED, ENDED, slots)


class TextConvolution(TextLayer):
    """Filters over 1 to 4 neighbouring words, the largest answer of each anywhere in the text; parts are not read.

    Source: Y. Kim, Convolutional neural networks for sentence classification, 2014.
    """

    WIDTHS = (1, 2, 3, 4)

    def __init__(self, text: TextInput, size: int, chances: Chances, filters: int) -> None:
        super().__init__(text, size, chances)
        self.filters = nn.ModuleList(
            unfilled(nn.Conv1d(size, filters, width, padding=width - 1, device="meta")) for width in self.WIDTHS
        )
        self.width = filters * len(self.WIDTHS)

    def fill(self, generator: Generator) -> None:
        """Filters start at N(0, 1 / (3 fan_in)), small since the largest of many answers is taken; biases at 0."""
        super().fill(generator)
        for layer in self.filters:
            assert isinstance(layer, nn.Conv1d)
            fan_in = layer.in_channels * layer.kernel_size[0]
            nn.init.normal_(layer.weight, 0.0, math.sqrt(1.0 / (3.0 * fan_in)), generator=generator)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)

    def forward(self, text: Texts) -> Float[Tensor, "batch width"]:
        words = self.words(self.hide(text[:, : self.text.length], UNKNOWN))
        words = dropout(words, WORD_DROPOUT, self.training).transpose(1, 2)
        found = [relu(layer(words)).amax(dim=2) for layer in self.filters]
        vector: Tensor = self.dropout(torch.cat(found, dim=1))
        return vector


def table(slots: int, size: int) -> nn.Embedding:
    return unfilled(nn.Embedding(slots, size, padding_idx=ENDED, device="meta"))


def fill_table(vectors: nn.Embedding, generator: Generator) -> None:
    nn.init.normal_(vectors.weight, 0.0, EMBEDDING_STD, generator=generator)
    with torch.no_grad():
        vectors.weight[ENDED] = 0.0
