"""Quantiles that cannot cross: the middle one as it is, the others by steps of one sign away from it.

q_m = z_m, q_k = q_(k-1) + softplus(z_k) above the middle, q_k = q_(k+1) - softplus(z_k) below it.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus

Raw = Float[Tensor, "row output horizon"]


class QuantileHead(nn.Module):
    """From raw outputs to rising quantiles; a single value is left alone."""

    def __init__(self, quantiles: int) -> None:
        super().__init__()
        self.quantiles = quantiles

    def forward(self, raw: Raw) -> Raw:
        if self.quantiles < 2:
            return raw
        middle = self.quantiles // 2
        centre = raw[:, middle : middle + 1]
        above = centre + softplus(raw[:, middle + 1 :]).cumsum(dim=1)
        below = centre - softplus(raw[:, :middle]).flip(1).cumsum(dim=1).flip(1)
        return torch.cat([below, centre, above], dim=1)
