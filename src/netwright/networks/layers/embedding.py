"""Categorical inputs: each category owns a learnt vector; the vectors of a row are laid side by side."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from netwright.core.errors import RecipeError
from netwright.networks.layers.unfilled import unfilled


def embedding_width(cardinality: int) -> int:
    """Return min(50, round(1.6 cardinality^0.56)), at least 1.

    The rule is fastai's with a lower ceiling (Howard, Gugger, fastai: a layered API for deep learning, 2020).

    >>> embedding_width(10)
    6
    """
    return max(1, min(50, round(1.6 * math.pow(cardinality, 0.56))))


class CategoricalEmbedding(nn.Module):
    """One table for each categorical column (Guo, Berkhahn, Entity embeddings of categorical variables, 2016)."""

    def __init__(self, cardinalities: tuple[int, ...], size: int | None = None) -> None:
        super().__init__()
        if any(cardinality < 1 for cardinality in cardinalities):
            raise RecipeError(f"network: each categorical input needs at least 1 slot, got {cardinalities}")
        self.tables = nn.ModuleList(
            unfilled(nn.Embedding(slots, size or embedding_width(slots), device="meta")) for slots in cardinalities
        )

    @property
    def width(self) -> int:
        return sum(table.embedding_dim for table in self.embeddings())

    def embeddings(self) -> list[nn.Embedding]:
        return [table for table in self.tables if isinstance(table, nn.Embedding)]

    def forward(self, categorical: Int[Tensor, "batch categorical"]) -> Float[Tensor, "batch width"]:
        columns = categorical.unbind(1)
        return torch.cat([table(column) for table, column in zip(self.tables, columns, strict=True)], dim=1)
