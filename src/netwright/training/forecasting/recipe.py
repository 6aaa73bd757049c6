"""The recipe of a forecast: everything needed to repeat it, as one small tree of frozen configs."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from netwright.core.errors import RecipeError
from netwright.core.forecasts import COVERAGES, MOST_STEPS
from netwright.data.series.borders import BordersConfig, validate_borders
from netwright.networks.forecasting.config import ForecasterConfig, validate_forecaster
from netwright.training.config import TrainingConfig, validate
from netwright.training.recipe import config_from


@dataclass(frozen=True)
class SeriesDataConfig:
    """Where the rows come from and how they are read. What is None or empty is found out."""

    source: str = ""
    horizon: int = 0  # steps to forecast
    target: tuple[str, ...] = ()  # columns to forecast; none: all columns of numbers
    time: str | None = None  # the column that orders the rows
    group: str | None = None  # the column that tells series apart
    ignore: tuple[str, ...] = ()
    gaps: Literal["auto", "keep", "split"] = "auto"  # split: no window reaches across a gap
    missing: tuple[str, ...] = ()  # spellings of missing, on top of those known
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    max_rejected: float = 0.1  # share of rows that may be set aside
    strict: bool = False  # warnings about the data stop the run


@dataclass(frozen=True)
class WindowsConfig:
    """What a network reads, and what it says of each step."""

    lookback: int | None = None  # rows that are read; None: the best of several for a linear model
    period: int | None = None  # rows of a season; None: found in the training rows, 1 where there is none
    quantiles: tuple[float, ...] = ()  # rising, such as 0.1, 0.5, 0.9; none: one value, by the squared error


@dataclass(frozen=True)
class ForecastPreset:
    """Where the recipe came from."""

    quality: str = "standard"  # a name of QUALITIES
    recipe: str = "auto"  # a name of FORECASTERS; auto: by quality
    contenders: tuple[str, ...] = ("auto",)  # recipes that are trained beside it; auto: by quality


@dataclass(frozen=True)
class IntervalsConfig:
    coverage: float = 0.9  # of the intervals that are measured and drawn


@dataclass(frozen=True)
class ForecastContender:
    """Another network with its own training, on the same windows."""

    network: ForecasterConfig = field(default_factory=ForecasterConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


@dataclass(frozen=True)
class ForecastRecipe:
    """Everything needed to repeat a run."""

    data: SeriesDataConfig = field(default_factory=SeriesDataConfig)
    split: BordersConfig = field(default_factory=BordersConfig)
    windows: WindowsConfig = field(default_factory=WindowsConfig)
    network: ForecasterConfig = field(default_factory=ForecasterConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    preset: ForecastPreset = field(default_factory=ForecastPreset)
    evaluation: IntervalsConfig = field(default_factory=IntervalsConfig)
    contenders: dict[str, ForecastContender] = field(default_factory=dict)  # by the name of their recipe

    @property
    def kinds(self) -> dict[str, ForecastContender]:
        """The run's own network first, then the others, by the name of their recipe."""
        return {self.preset.recipe: ForecastContender(self.network, self.training), **self.contenders}


def forecast_recipe_from(tree: Mapping[str, Any], origin: str) -> ForecastRecipe:
    """Build the recipe from nested plain values, and check every name and range; errors as of `recipe_from`."""
    recipe: ForecastRecipe = config_from(tree, ForecastRecipe, origin)
    _check_steps("data.horizon", recipe.data.horizon)
    if recipe.windows.lookback is not None:
        _check_steps("windows.lookback", recipe.windows.lookback)
    if recipe.windows.period is not None:
        _check_steps("windows.period", recipe.windows.period)
    _check_quantiles(recipe.windows.quantiles)
    check_coverage("evaluation.coverage", recipe.evaluation.coverage)
    validate_borders(recipe.split)
    for kind in recipe.kinds.values():
        validate_forecaster(kind.network)
        if kind.network.name == "ridge" and recipe.windows.quantiles:
            raise RecipeError("windows.quantiles: a ridge in closed form forecasts one value; take another recipe")
        validate(kind.training)
    return recipe


def check_coverage(name: str, coverage: float) -> float:
    """Return a coverage that intervals can be asked to have; raise RecipeError for another."""
    if coverage not in COVERAGES:
        raise RecipeError(f"{name}: expected one of {', '.join(map(str, COVERAGES))} of a forecast, got {coverage!r}")
    return coverage


def _check_steps(name: str, value: int) -> None:
    if not 1 <= value <= MOST_STEPS:
        asked = "--horizon" if name == "data.horizon" else name
        raise RecipeError(f"{asked}: expected a number of rows from 1 to {MOST_STEPS:,}, got {value:,}")


def _check_quantiles(quantiles: tuple[float, ...]) -> None:
    if not quantiles:
        return
    rising = all(low < high for low, high in itertools.pairwise(quantiles))
    if len(quantiles) < 3 or len(quantiles) % 2 == 0 or not rising or not 0.0 < quantiles[0] < quantiles[-1] < 1.0:
        raise RecipeError(
            "windows.quantiles: expected an odd number (3 or more) of rising shares between 0 and 1, such as "
            f"[0.1, 0.5, 0.9], got {list(quantiles)}"
        )


def is_forecast(tree: Mapping[str, Any]) -> bool:
    """Whether settings describe a forecast: they name a horizon."""
    data = tree.get("data", {})
    return isinstance(data, Mapping) and data.get("horizon") is not None
