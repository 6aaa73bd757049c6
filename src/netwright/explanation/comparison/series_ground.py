"""Windows of series that every forecast of a comparison learns from and is measured on."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from netwright.core.errors import SchemaError
from netwright.explanation.comparison.networks import at_ease
from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.evaluation.bootstrap import RESAMPLES, Sampled
from netwright.training.forecasting.answering import Windows, answer
from netwright.training.forecasting.defaults import complete_forecast
from netwright.training.forecasting.material import SeriesMaterial, gather_series
from netwright.training.forecasting.measuring import LEAST_BLOCKS
from netwright.training.forecasting.recipe import forecast_recipe_from
from netwright.training.forecasting.recipes import Facts
from netwright.training.forecasting.ridge import thinned
from netwright.training.forecasting.windowed import Windowed, window_loss
from netwright.training.learning_curve import SHARES
from netwright.training.losses import LossFunction
from netwright.training.stage import Request

MOST_HELD = 1500  # windows to validate and to test on, each
LEAST_WINDOWS = 20


@dataclass(frozen=True)
class SeriesGround:
    """What every forecast has in common."""

    material: SeriesMaterial
    train: NDArray[np.int64]  # origins, the latest last
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    sizes: tuple[int, ...]  # windows to learn from: the latest
    seed: int

    @property
    def spec(self) -> ForecastSpec:
        schema = self.material.schema
        return ForecastSpec(schema.lookback, schema.horizon, schema.period, ())

    def windows(self, origins: NDArray[np.int64]) -> Windows:
        return Windows(self.material.series, origins, self.spec.lookback, self.spec.horizon)

    def latest(self, size: int) -> NDArray[np.int64]:
        """Return the last so many training windows: the nearest to what is tested, each size within the next."""
        return self.train[len(self.train) - size :]

    def kind(self, name: str, windows: int) -> tuple[ForecasterConfig, TrainingConfig]:
        """Return what this program chooses for a forecaster that learns from so many windows."""
        channels = len(self.material.schema.channels)
        facts = Facts(windows, channels, self.spec.lookback, self.spec.horizon)
        recipe, _ = complete_forecast({"data": {"horizon": self.spec.horizon}, "preset": {"recipe": name}}, facts)
        return recipe.network, at_ease(recipe.training, self.seed)

    def network(self, config: ForecasterConfig) -> nn.Module:
        return build_forecaster(config, self.spec, self.seed)

    def task(self, network: nn.Module, size: int) -> tuple[nn.Module, Batches, LossFunction]:
        """Return what `fit` takes to train a network on the latest windows."""
        series = torch.from_numpy(self.material.series).float()
        train, held = torch.from_numpy(self.latest(size)), torch.from_numpy(self.validation)
        loss = window_loss(series, (1, self.spec.horizon), "mse", ())
        return Windowed(network, series, self.spec.lookback), Batches((train,), train, (held,), held), loss

    def errors(self, network: nn.Module, origins: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the mean squared error of each window, in standardised units."""
        blocks = answer(network, self.windows(origins))
        return np.concatenate([((block.middle - block.truth) ** 2).mean(axis=(1, 2)) for block in blocks])


def gather_windows(request: Request, most_train: int) -> SeriesGround:
    """Read the series of a request and lay the windows.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
    """
    recipe = forecast_recipe_from(request.settings, "settings")
    material = gather_series(recipe, request.source)
    origins = material.origins
    for name in ("train", "validation", "test"):
        if not len(getattr(origins, name)):
            raise SchemaError(
                f"expected windows to {name} on, got none; bring more rows, or lower --horizon or windows.lookback"
            )
    train = np.sort(origins.train)[-most_train:]
    sizes = sorted({round(share * len(train)) for share in SHARES if round(share * len(train)) >= LEAST_WINDOWS})
    held, test = (thinned(part, MOST_HELD) for part in (origins.validation, origins.test))
    return SeriesGround(material, train, held, test, tuple(sizes or [len(train)]), recipe.training.seed)


def without_normalization(config: ForecasterConfig) -> ForecasterConfig:
    """Return the same network reading windows as they are."""
    return replace(config, normalization="none")


def sampled_errors(errors: NDArray[np.float64], length: int) -> Sampled:
    """Return how good errors are (less is better, so their mean with a minus), resampled in stretches of windows.

    Stretches are as long as the horizon, since neighbouring windows share most of their rows; the same number of
    windows gives the same stretches, so that forecasts compare window by window.
    """
    blocks = len(errors) // max(length, 1)
    if blocks < LEAST_BLOCKS:
        return Sampled(-float(errors.mean()), np.full(1, np.nan))
    sums = np.concatenate([[0.0], np.cumsum(errors)])
    stretches = (sums[length:] - sums[:-length]) / length
    drawn = np.random.default_rng(0).integers(0, len(stretches), (RESAMPLES, blocks))
    return Sampled(-float(errors.mean()), -stretches[drawn].mean(axis=1))


def lag_table(ground: SeriesGround, origins: NDArray[np.int64], network: nn.Module) -> tuple[Any, Any]:
    """Return what a person could look at, the values before each origin [rows, lags], and what a network says."""
    windows = ground.windows(origins)
    said = np.concatenate([block.middle for block in answer(network, windows)])
    lags = np.stack([windows.series[origin - windows.lookback : origin] for origin in origins])
    by_channel = (part.transpose(0, 2, 1).reshape(-1, part.shape[1]) for part in (lags, said))
    table, answers = by_channel
    return table, answers
