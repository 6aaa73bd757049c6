"""The Transformer's block, for encoders and decoders alike: attention, then a small network, each beside a shortcut.

x <- x + attention(rms(x)); x <- x + V relu(W rms(x))^2. Positions enter by turning queries and keys (RoPE), so that
their product depends on how far apart two places are; both are scaled to one length first, so that no product can run
away.

Sources: A. Vaswani et al., Attention is all you need, 2017; B. Zhang, R. Sennrich, Root mean square layer
normalization, 2019; J. Su et al., RoFormer, 2021; D. So et al., Primer, 2021 (the squared relu); A. Henry et al.,
Query-key normalization for Transformers, 2020.
"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout, relu, rms_norm, scaled_dot_product_attention

from netwright.networks.layers.unfilled import unfilled

States = Float[Tensor, "batch place width"]
Allowed = Bool[Tensor, "#batch query key"]
Heads = Float[Tensor, "batch head place size"]
BASE = 10_000.0  # the slowest pair of numbers turns once in 2 pi times so many places
SHARPNESS = 1.2  # of queries and of keys: weights of one-length vectors alone would stay nearly even


def causal(places: int) -> Bool[Tensor, "1 query key"]:
    """Return who may look at whom where nobody may look ahead."""
    return torch.ones(places, places, dtype=torch.bool).tril().unsqueeze(0)


def turn(x: Heads) -> Heads:
    """Turn the pairs (x_i, x_(i + size/2)) of place p by the angle p BASE^(-2i / size)."""
    places, half = x.shape[2], x.shape[3] // 2
    rates = BASE ** (-torch.arange(half, dtype=x.dtype, device=x.device) / half)
    angles = torch.arange(places, dtype=x.dtype, device=x.device).unsqueeze(1) * rates
    first, second = x[..., :half], x[..., half:]
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=3)


class Attention(nn.Module):
    """Each place takes from the places it may look at, by how well its query fits their keys."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.queries_keys_values = unfilled(nn.Linear(width, 3 * width, bias=False, device="meta"))
        self.output = unfilled(nn.Linear(width, width, bias=False, device="meta"))

    def project(self, x: States) -> tuple[Heads, Heads, Heads]:
        """Return queries and keys, turned and of one length times SHARPNESS, and values."""
        batch, places, width = x.shape
        parts = self.queries_keys_values(x).view(batch, places, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        size = (width // self.heads,)
        return SHARPNESS * turn(rms_norm(queries, size)), SHARPNESS * turn(rms_norm(keys, size)), values

    def forward(self, x: States, allowed: Allowed) -> States:
        queries, keys, values = self.project(x)
        taken = scaled_dot_product_attention(queries, keys, values, attn_mask=allowed.unsqueeze(1))
        mixed: Tensor = self.output(taken.transpose(1, 2).flatten(2))
        return mixed

    def weights(self, x: States, allowed: Allowed) -> Float[Tensor, "batch head query key"]:
        """Return how much each place takes of each other, summing to 1 over keys: softmax(q k / sqrt(size))."""
        queries, keys, _ = self.project(x)
        scores = queries @ keys.transpose(2, 3) / math.sqrt(queries.shape[3])
        return scores.masked_fill(~allowed.unsqueeze(1), -torch.inf).softmax(dim=3)


class Block(nn.Module):
    """Attention and a network of four times the width, each normalised before and added to what came in."""

    def __init__(self, width: int, heads: int, silenced: float) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.up = unfilled(nn.Linear(width, 4 * width, bias=False, device="meta"))
        self.down = unfilled(nn.Linear(4 * width, width, bias=False, device="meta"))
        self.silenced = silenced  # share of what is added that training silences

    def fill(self, generator: Generator) -> None:
        """N(0, 1 / fan_in); what is added back starts at 0, so that a stack of blocks starts as doing nothing."""
        for layer in (self.attention.queries_keys_values, self.up):
            nn.init.normal_(layer.weight, 0.0, 1.0 / math.sqrt(layer.in_features), generator=generator)
        nn.init.zeros_(self.attention.output.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: States, allowed: Allowed) -> States:
        x = x + dropout(self.attention(rms_norm(x, x.shape[-1:]), allowed), self.silenced, self.training)
        return x + dropout(self.down(relu(self.up(rms_norm(x, x.shape[-1:]))) ** 2), self.silenced, self.training)
