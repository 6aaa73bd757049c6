"""Patches of a window as the words of a Transformer's encoder; all that it makes of them is mapped to the horizon.

Source: Y. Nie et al., A time series is worth 64 words: long-term forecasting with Transformers, 2023. The blocks are
those of layers/attention.py, which turn queries and keys by place, in place of learnt positions and batch norm.
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout, pad, rms_norm

from netwright.core.errors import RecipeError
from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.attention import Block
from netwright.networks.layers.unfilled import unfilled


class PatchCore(nn.Module):
    """Patches overlap; the last value is repeated for a stride, so that the newest rows have a patch of their own."""

    def __init__(self, config: ForecasterConfig, spec: ForecastSpec) -> None:
        super().__init__()
        self.patch, self.stride, self.silenced = config.patch, config.stride, config.dropout
        places = (spec.lookback - config.patch) // config.stride + 2
        self.embed = unfilled(nn.Linear(config.patch, config.width, device="meta"))
        self.blocks = nn.ModuleList(Block(config.width, config.heads, config.dropout) for _ in range(config.depth))
        self.map = unfilled(nn.Linear(places * config.width, spec.outputs * spec.horizon, device="meta"))
        allowed = torch.ones(1, places, places, dtype=torch.bool, device=torch.get_default_device())
        self.register_buffer("allowed", allowed, persistent=False)

    def fill(self, generator: Generator) -> None:
        """Patches by Xavier, blocks as they say; the map zero, so that training starts from the window's own level."""
        nn.init.xavier_normal_(self.embed.weight, generator=generator)
        nn.init.zeros_(self.embed.bias)
        for block in self.blocks:
            assert isinstance(block, Block)
            block.fill(generator)
        nn.init.zeros_(self.map.weight)
        nn.init.zeros_(self.map.bias)

    def forward(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row outputs"]:
        patches = pad(x.unsqueeze(1), (0, self.stride), mode="replicate").squeeze(1).unfold(1, self.patch, self.stride)
        states = dropout(self.embed(patches), self.silenced, self.training)
        for block in self.blocks:
            states = block(states, self.allowed)
        states = rms_norm(states, states.shape[-1:]).flatten(1)
        mapped: Tensor = self.map(dropout(states, self.silenced, self.training))
        return mapped


def make_patches(config: ForecasterConfig, spec: ForecastSpec) -> PatchCore:
    """PatchTST, with normalization "revin".

    Raises:
        RecipeError: a patch is longer than the look-back.
    """
    if config.patch > spec.lookback:
        raise RecipeError(f"network.patch: expected at most the look-back of {spec.lookback} rows, got {config.patch}")
    return PatchCore(config, spec)
