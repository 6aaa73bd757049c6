"""From states to logits over a vocabulary, kept within a bound: z = c tanh(W x / c).

Sources: Gemma team, Gemma 2, 2024 (the bound); T. Chen et al., nanochat, 2025 (its size, and how W starts).
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from netwright.networks.layers.unfilled import unfilled

CAP = 15.0  # of a logit: e^15 to one is sure enough
STD = 0.001  # of W at the start: every token is about as likely


class VocabularyHead(nn.Linear):
    """A linear layer without bias whose outputs are bounded."""

    def __init__(self, width: int, tokens: int) -> None:
        super().__init__(width, tokens, bias=False, device="meta")
        unfilled(self)

    def fill(self, generator: Generator) -> None:
        """N(0, 0.001^2)."""
        nn.init.normal_(self.weight, 0.0, STD, generator=generator)

    def forward(self, x: Float[Tensor, "*place width"]) -> Float[Tensor, "*place token"]:
        return CAP * torch.tanh(super().forward(x) / CAP)
