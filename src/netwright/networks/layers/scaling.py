"""A learnt factor for each input: y = s x, s starting at 1, so that the network can turn inputs down or up as a whole.

Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Scaling(nn.Module):
    """Multiply every column by a factor of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Float[Tensor, "batch width"]) -> Float[Tensor, "batch width"]:
        return x * self.weight
