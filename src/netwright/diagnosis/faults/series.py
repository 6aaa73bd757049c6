"""Made-up series and tokens that are quick to learn, and the recurrent and attention networks that learn them."""

import math
from collections.abc import Callable
from typing import no_type_check

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

LENGTH = 16
TOKENS = 4
WIDTH = 32
Series = Float[Tensor, "rows time 1"]
CELLS: dict[str, Callable[..., nn.Module]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def waves(rows: int) -> tuple[Series, Int[Tensor, " rows"]]:
    """Return sines of one of three frequencies, with noise, and which."""
    generator = torch.Generator().manual_seed(1)
    targets = torch.randint(0, 3, (rows,), generator=generator)
    phase = 2 * math.pi * torch.rand(rows, 1, generator=generator)
    speed = torch.tensor([0.4, 0.8, 1.4])[targets][:, None]
    noise = 0.2 * torch.randn(rows, LENGTH, generator=generator)
    return (torch.sin(speed * torch.arange(LENGTH) + phase) + noise)[..., None], targets


def next_values(rows: int) -> tuple[Series, Float[Tensor, "rows 1"]]:
    """Return sums of two sines and what comes after each."""
    generator = torch.Generator().manual_seed(2)
    phases = 2 * math.pi * torch.rand(rows, 2, 1, generator=generator)
    times = torch.arange(LENGTH + 1)
    both = torch.sin(0.5 * times + phases[:, 0]) + 0.5 * torch.sin(1.1 * times + phases[:, 1])
    whole = both + 0.05 * torch.randn(rows, LENGTH + 1, generator=generator)
    return whole[:, :-1, None], whole[:, -1:]


def most_frequent(rows: int) -> tuple[Int[Tensor, "rows time"], Int[Tensor, " rows"]]:
    """Return rows of tokens in which one is twice as likely, and the one that stands there most often."""
    generator = torch.Generator().manual_seed(3)
    favoured = torch.randint(0, TOKENS, (rows,), generator=generator)
    chances = torch.ones(rows, TOKENS).scatter_(1, favoured[:, None], 2.5)
    drawn = torch.multinomial(chances, LENGTH, replacement=True, generator=generator)
    counts = nn.functional.one_hot(drawn, TOKENS).sum(1)
    return drawn, counts.argmax(1)


class LastOf(nn.Module):
    """A recurrent layer and an answer from its last state."""

    def __init__(self, cell: str, features: int, width: int, outputs: int) -> None:
        super().__init__()
        self.cell = CELLS[cell](features, width, batch_first=True)
        self.answer = nn.Linear(width, outputs)

    @no_type_check  # torch.fx follows it with proxies
    def forward(self, rows: Tensor) -> Tensor:
        states, _ = self.cell(rows)
        answered: Tensor = self.answer(states[:, -1])
        return answered


def last_of(cell: str, features: int, width: int, outputs: int) -> Callable[[int], nn.Module]:
    return lambda _seed: LastOf(cell, features, width, outputs)


class Transformer(nn.Module):
    """One block of attention and a feed-forward part over tokens with their positions, averaged."""

    def __init__(self, tokens: int, width: int, outputs: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.positions = nn.Parameter(0.02 * torch.randn(LENGTH, width))
        self.before = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.between = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.contract = nn.Linear(2 * width, width)
        self.answer = nn.Linear(width, outputs)

    @no_type_check
    def forward(self, tokens: Tensor) -> Tensor:
        states = self.embedding(tokens) + self.positions
        normed = self.before(states)
        states = states + self.attention(normed, normed, normed, need_weights=False)[0]
        states = states + self.contract(torch.relu(self.expand(self.between(states))))
        answered: Tensor = self.answer(states.mean(1))
        return answered


def transformer(_seed: int) -> nn.Module:
    return Transformer(TOKENS, WIDTH, TOKENS)
