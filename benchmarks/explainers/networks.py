"""Networks, drawn, not trained, whose layers explainers fail on: layer norm, GELU, embeddings, attention."""

import torch
from torch import Tensor, nn

SLOTS, PLACES, SIZE, CLASSES = 30, 8, 16, 3


class Attending(nn.Module):
    """Eight words, and four numbers beside them: embedding, self-attention, layer norm, GELU, a linear answer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.embedding = nn.Embedding(SLOTS, SIZE)
        self.attention = nn.MultiheadAttention(SIZE, 2, batch_first=True)
        self.inner, self.outer = nn.LayerNorm(SIZE), nn.LayerNorm(SIZE + 4)
        self.hidden, self.output = nn.Linear(SIZE + 4, 32), nn.Linear(32, CLASSES)

    def forward(self, words: Tensor, numbers: Tensor) -> Tensor:
        return self.from_vectors(self.embedding(words), numbers)

    def from_vectors(self, vectors: Tensor, numbers: Tensor) -> Tensor:
        mixed = self.inner(vectors + self.attention(vectors, vectors, vectors, need_weights=False)[0])
        joined = self.outer(torch.cat([mixed.mean(dim=1), numbers], dim=1))
        return self.output(nn.functional.gelu(self.hidden(joined)))


class Normed(nn.Module):
    """Ten numbers: two hidden layers with layer norm and GELU."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        parts = [[nn.Linear(a, 32), nn.LayerNorm(32), nn.GELU()] for a in (10, 32)]
        self.layers = nn.Sequential(*parts[0], *parts[1], nn.Linear(32, 1))

    def forward(self, numbers: Tensor) -> Tensor:
        return self.layers(numbers)


def words_and_numbers(rows: int, seed: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(1, SLOTS, (rows, PLACES), generator=draw), torch.randn(rows, 4, generator=draw)
