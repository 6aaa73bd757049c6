"""Numbers as vectors: each continuous column is widened by functions of its own, so that the network need not bend it.

The output holds the vectors of the continuous columns, in their order; then the other columns, unchanged, in theirs.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

Continuous = Float[Tensor, "batch continuous"]
Vectors = Float[Tensor, "batch continuous size"]


class NumericEmbedding(nn.Module):
    """Which columns are embedded, and how wide the output is; the maps are those of the two kinds below."""

    columns: Tensor
    others: Tensor

    def __init__(self, width: int, continuous: Sequence[int], size: int) -> None:
        super().__init__()
        self.features, self.size = len(continuous), size
        embedded = set(continuous)
        others = [column for column in range(width) if column not in embedded]
        self.register_buffer("columns", torch.tensor(continuous, dtype=torch.long), persistent=False)
        self.register_buffer("others", torch.tensor(others, dtype=torch.long), persistent=False)
        self.width = self.features * size + len(others)

    def split(self, numeric: Float[Tensor, "batch numeric"]) -> tuple[Continuous, Float[Tensor, "batch others"]]:
        return numeric.index_select(1, self.columns), numeric.index_select(1, self.others)


class PeriodicEmbedding(NumericEmbedding):
    """[x, V cos(2 pi w x + b) + c] for each column: the number itself beside size - 1 mixtures of learnt waves.

    Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024 (there "PBLD"); the waves of Gorishniy, Rubachev,
    Babenko, On embeddings for numerical features, 2022.
    """

    def __init__(self, width: int, continuous: Sequence[int], size: int, frequencies: int, scale: float) -> None:
        super().__init__(width, continuous, size)
        self.scale = scale
        self.frequency = nn.Parameter(torch.empty(self.features, frequencies))  # w
        self.phase = nn.Parameter(torch.empty(self.features, frequencies))  # b
        self.weight = nn.Parameter(torch.empty(self.features, size - 1, frequencies))  # V
        self.bias = nn.Parameter(torch.empty(self.features, size - 1))  # c

    def fill(self, generator: Generator) -> None:
        """w ~ N(0, scale^2), b ~ U(-pi, pi), V and c ~ U(-a, a), a = 1 / sqrt(frequencies)."""
        bound = 1.0 / math.sqrt(self.frequency.shape[1])
        nn.init.normal_(self.frequency, 0.0, self.scale, generator=generator)
        nn.init.uniform_(self.phase, -math.pi, math.pi, generator=generator)
        nn.init.uniform_(self.weight, -bound, bound, generator=generator)
        nn.init.uniform_(self.bias, -bound, bound, generator=generator)

    def forward(self, numeric: Float[Tensor, "batch numeric"]) -> Float[Tensor, "batch width"]:
        x, others = self.split(numeric)
        waves = torch.cos(x.unsqueeze(2) * (2.0 * math.pi * self.frequency) + self.phase)
        mixed = torch.einsum("bfk,fsk->bfs", waves, self.weight) + self.bias
        return torch.cat([torch.cat([x.unsqueeze(2), mixed], dim=2).flatten(1), others], dim=1)


class PiecewiseEmbedding(NumericEmbedding):
    """w x + b + sum_t V_t e_t(x) for each column: a line, and a correction that may bend at every edge of a bin.

    e_t(x) is the share of bin t that lies below x, from 0 to 1; below the first edge and beyond the last one it goes on
    as a line. Where the edges come from: see `netwright.networks.fit_bins`. V starts at zero.

    Source: Gorishniy, Rubachev, Babenko, On embeddings for numerical features, 2022, as in Gorishniy, Kotelnikov,
    Babenko, TabM, 2025 (there "version B").
    """

    edges: Float[Tensor, "continuous edges"]

    def __init__(
        self, width: int, continuous: Sequence[int], size: int, bins: int, edges_from: str = "quantiles"
    ) -> None:
        super().__init__(width, continuous, size)
        self.edges_from = edges_from  # quantiles, tree
        self.weight = nn.Parameter(torch.empty(self.features, bins, size))  # V
        self.slope = nn.Parameter(torch.empty(self.features, size))  # w
        self.bias = nn.Parameter(torch.empty(self.features, size))  # b
        # A column of fewer distinct edges repeats its last edge: bins without width, which say nothing.
        self.register_buffer("edges", torch.full((self.features, bins + 1), math.nan))

    def fill(self, generator: Generator) -> None:
        """w and b ~ U(-a, a), a = 1 / sqrt(size); V = 0."""
        bound = 1.0 / math.sqrt(self.size)
        nn.init.zeros_(self.weight)
        nn.init.uniform_(self.slope, -bound, bound, generator=generator)
        nn.init.uniform_(self.bias, -bound, bound, generator=generator)

    @property
    def has_bins(self) -> bool:
        return not bool(self.edges.isnan().any())

    def forward(self, numeric: Float[Tensor, "batch numeric"]) -> Float[Tensor, "batch width"]:
        x, others = self.split(numeric)
        corrected = torch.einsum("bft,fts->bfs", self.shares(x), self.weight)
        return torch.cat([(corrected + x.unsqueeze(2) * self.slope + self.bias).flatten(1), others], dim=1)

    def shares(self, x: Continuous) -> Float[Tensor, "batch continuous bins"]:
        """Return e_t(x)."""
        widths = self.edges.diff(dim=1)
        real = widths > 0
        number = torch.arange(real.shape[1], device=x.device)
        lowest = torch.where(number > 0, 0.0, -math.inf).to(x.dtype).expand_as(widths)
        highest = torch.where(number < real.sum(1, keepdim=True) - 1, 1.0, math.inf).to(x.dtype)
        share = (x.unsqueeze(2) - self.edges[:, :-1]) / torch.where(real, widths, math.inf)
        return share.clamp(lowest, highest)
