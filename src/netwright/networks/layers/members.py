"""Several networks in one: members that share every hidden layer, and differ in what they read and in their outputs.

Members lie one after another: of `member_rows` = members * batch rows, the first `batch` are the first member's.

Source: Gorishniy, Kotelnikov, Babenko, TabM: advancing tabular deep learning with parameter-efficient ensembling, 2025
(there "TabM-mini"); Wen, Tran, Ba, BatchEnsemble, 2020.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn


class MemberAdapter(nn.Module):
    """Turn rows into each member's own view of them: y_m = R_m x, element by element, so that members learn apart."""

    def __init__(self, members: int, sizes: Sequence[int], signs: bool) -> None:
        """Take the columns of each feature, whose factors start equal, and whether they start as 1 or -1."""
        super().__init__()
        self.members, self.sizes, self.signs = members, tuple(sizes), signs
        self.weight = nn.Parameter(torch.empty(members, sum(sizes)))  # R

    @torch.no_grad()
    def fill(self, generator: Generator) -> None:
        """R ~ N(0, 1), or 1 and -1 by chance: one draw for each member and feature, whatever the feature's width."""
        drawn = torch.randn(self.members, len(self.sizes), generator=generator)
        drawn = torch.where(drawn < 0, -1.0, 1.0) if self.signs else drawn
        self.weight.copy_(drawn.repeat_interleave(torch.tensor(self.sizes), dim=1))

    def forward(self, x: Float[Tensor, "batch width"]) -> Float[Tensor, "member_rows width"]:
        return (x * self.weight.unsqueeze(1)).flatten(0, 1)


class MemberHead(nn.Module):
    """A linear output layer for each member: z_m = W_m a_m + b_m."""

    def __init__(self, members: int, width: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, outputs, width))
        self.bias = nn.Parameter(torch.empty(members, outputs))

    def fill(self, generator: Generator) -> None:
        """W and b ~ U(-a, a), a = 1 / sqrt(width)."""
        bound = 1.0 / math.sqrt(self.weight.shape[2])
        nn.init.uniform_(self.weight, -bound, bound, generator=generator)
        nn.init.uniform_(self.bias, -bound, bound, generator=generator)

    def forward(self, x: Float[Tensor, "member_rows width"]) -> Float[Tensor, "member_rows outputs"]:
        return torch.baddbmm(self.bias.unsqueeze(1), by_member(x, len(self.weight)), self.weight.mT).flatten(0, 1)


LINEAR = (nn.Linear, MemberHead)  # layers z = W a + b; a network's last one gives its logits


def by_member(x: Float[Tensor, "member_rows width"], members: int) -> Float[Tensor, "members batch width"]:
    """Give each member's rows a dimension of their own."""
    return x.view(members, len(x) // members, x.shape[1])


def members_of(module: nn.Module) -> int:
    """Return how many members' rows a module makes of each row: 1 where there are none."""
    return max((layer.members for layer in module.modules() if isinstance(layer, MemberAdapter)), default=1)
