"""The networks that answer: one, or the mean of several of different recipes."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netwright.core.values import Contender
from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster
from netwright.training.forecasting.recipe import ForecastRecipe

__all__ = ["Contender", "MeanForecaster", "bare", "build"]


class MeanForecaster(nn.Module):
    """The mean of what the members say; quantiles are averaged quantile by quantile.

    Source: S. Vincent, The functions of the vibrissae, 1912 (averaging quantiles).
    """

    def __init__(self, members: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleDict(members)

    def forward(self, history: Tensor) -> Tensor:
        return torch.stack([member(history) for member in self.members.values()]).mean(dim=0)


def build(recipe: ForecastRecipe, name: str, spec: ForecastSpec) -> nn.Module:
    """Return the initialised network of one of the recipe's kinds."""
    kind = recipe.kinds[name]
    return build_forecaster(kind.network, spec, kind.training.seed)


def bare(kind: str, spec: ForecastSpec) -> nn.Module:
    """Return a network that has nothing to learn, or that is filled elsewhere: naive, ridge."""
    return build_forecaster(ForecasterConfig(name=kind, normalization="last" if kind == "ridge" else "none"), spec, 0)
