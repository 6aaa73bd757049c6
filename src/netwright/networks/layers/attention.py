"""The Transformer's block, for encoders and decoders alike: attention, then a small network, each beside a shortcut.

x <- x + attention(rms(x)); x <- x + V relu(W rms(x))^2. Positions enter by turning queries and keys (RoPE), so that
their product depends on how far apart two places are; both are scaled to one length first, so that no product can run
away.

Sources: A. Vaswani et al., Attention is all you need, 2017; B. Zhang, R. Sennrich, Root mean square layer
normalization, 2019; J. Su et al., RoFormer, 2021; D. So et al., Primer, 2021 (the squared relu); A. Henry et al.,
Query-key normalization for Transformers, 2020.
"""

import math
from typing import NamedTuple

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


class Memory(NamedTuple):
    """What attention keeps of the places before: keys, already turned, and values."""

    keys: Heads
    values: Heads


def turn(x: Heads, start: int = 0) -> Heads:
    """Turn the pairs (x_i, x_(i + size/2)) of place p, counted from `start`, by the angle p BASE^(-2i / size)."""
    places, half = x.shape[2], x.shape[3] // 2
    exact = torch.promote_types(x.dtype, torch.float32)  # bfloat16 counts to 256
    rates = BASE ** (-torch.arange(half, dtype=exact, device=x.device) / half)
    angles = torch.arange(start, start + places, dtype=exact, device=x.device).unsqueeze(1) * rates
    first, second = x[..., :half], x[..., half:]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=3)


def recent(past: int, places: int, reach: int) -> Bool[Tensor, "1 query key"]:
    """Return who may look at whom: new places at themselves and at those before, `reach` places in all."""
    distance = torch.arange(past, past + places).unsqueeze(1) - torch.arange(past + places)
    return ((distance >= 0) & (distance < reach)).unsqueeze(0)


class Attention(nn.Module):
    """Each place takes from the places it may look at, by how well its query fits their keys."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.queries_keys_values = unfilled(nn.Linear(width, 3 * width, bias=False, device="meta"))
        self.output = unfilled(nn.Linear(width, width, bias=False, device="meta"))

    def project(self, x: States, start: int = 0) -> tuple[Heads, Heads, Heads]:
        """Return queries and keys, turned and of one length times SHARPNESS, and values."""
        batch, places, width = x.shape
        parts = self.queries_keys_values(x).view(batch, places, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        size = (width // self.heads,)
        queries, keys = turn(rms_norm(queries, size), start), turn(rms_norm(keys, size), start)
        return SHARPNESS * queries, SHARPNESS * keys, values

    def forward(self, x: States, allowed: Allowed | None) -> States:
        """Take from the places that are allowed; None: nobody looks ahead, which needs no table of who may."""
        queries, keys, values = self.project(x)
        mask = None if allowed is None else allowed.unsqueeze(1)
        return self._mix(scaled_dot_product_attention(queries, keys, values, mask, is_causal=mask is None))

    def go_on(self, x: States, memory: Memory | None, start: int, reach: int) -> tuple[States, Memory]:
        """Take new places, the first of number `start`, after those remembered; remember the last `reach`."""
        queries, keys, values = self.project(x, start)
        if memory is not None:
            keys, values = torch.cat([memory.keys, keys], dim=2), torch.cat([memory.values, values], dim=2)
        allowed = recent(keys.shape[2] - x.shape[1], x.shape[1], reach).to(x.device)
        mixed = self._mix(scaled_dot_product_attention(queries, keys, values, allowed.unsqueeze(1)))
        return mixed, Memory(keys[:, :, -reach:], values[:, :, -reach:])

    def _mix(self, taken: Heads) -> States:
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

    def forward(self, x: States, allowed: Allowed | None) -> States:
        return self._add(x, self.attention(rms_norm(x, x.shape[-1:]), allowed))

    def go_on(self, x: States, memory: Memory | None, start: int, reach: int) -> tuple[States, Memory]:
        """As `Attention.go_on`."""
        taken, memory = self.attention.go_on(rms_norm(x, x.shape[-1:]), memory, start, reach)
        return self._add(x, taken), memory

    def _add(self, x: States, taken: States) -> States:
        x = x + dropout(taken, self.silenced, self.training)
        return x + dropout(self.down(relu(self.up(rms_norm(x, x.shape[-1:]))) ** 2), self.silenced, self.training)
