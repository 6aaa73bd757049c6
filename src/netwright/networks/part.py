"""A network that reads a part of the numeric input, where others read all of it."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class PartOfInput(nn.Module):
    """Hands the columns that a network was trained on to it. Logits are the network's."""

    columns: Tensor

    def __init__(self, network: nn.Module, columns: Any) -> None:
        """Take positions [columns] in the numeric input, as an integer array."""
        super().__init__()
        self.network = network
        self.register_buffer("columns", torch.as_tensor(columns, dtype=torch.int64), persistent=False)

    def forward(
        self, numeric: Float[Tensor, "batch numeric"], categorical: Int[Tensor, "batch categorical"], *images: Tensor
    ) -> Float[Tensor, "batch outputs"]:
        logits: Tensor = self.network(numeric[:, self.columns], categorical, *images)
        return logits
