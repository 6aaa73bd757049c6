"""What a forecasting job has in its hands when training begins, and who hears of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from netwright.core.forecasts import SeriesSchema
from netwright.core.interrupts import StopSignal
from netwright.core.values import Choice
from netwright.networks.forecasting import ForecastSpec
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.material import SeriesMaterial
from netwright.training.forecasting.recipe import ForecastRecipe
from netwright.training.forecasting.ridge import thinned
from netwright.training.material import Reading
from netwright.training.run_directory import RunInfo
from netwright.training.session import Observer

MOST_NUMBERS = 16_000_000  # of the answers to validation windows that are held in memory at once


@dataclass(frozen=True)
class ForecastReady:
    """What is known when training is about to start."""

    material: SeriesMaterial
    recipe: ForecastRecipe
    choices: tuple[Choice, ...]
    folder: Path
    windows: dict[str, int]  # of each part


def _ignore(_: object) -> None:
    return None


@dataclass(frozen=True)
class ForecastListener:
    """Who is told how the job goes, and who may stop it."""

    reading: Reading | None = None
    ready: Callable[[ForecastReady], None] = _ignore
    observers: Sequence[Observer] = ()
    stop: StopSignal | None = None
    training: Callable[[str], None] = _ignore  # the recipe whose network is trained next


@dataclass(frozen=True)
class ForecastStage:
    """A run directory that is ready to be trained in."""

    folder: Path
    material: SeriesMaterial
    recipe: ForecastRecipe
    info: RunInfo
    resume: bool = False

    @property
    def spec(self) -> ForecastSpec:
        return spec_of(self.recipe, self.material.schema)

    def windows(self, part: str) -> Windows:
        """Return the windows of a part; of the validation rows as many as memory holds, evenly spread."""
        origins, spec = getattr(self.material.origins, part), self.spec
        if part == "validation":
            one = spec.outputs * spec.horizon * self.material.series.shape[1]
            origins = thinned(origins, max(1, MOST_NUMBERS // one))
        return Windows(self.material.series, origins, spec.lookback, spec.horizon, spec.outputs)


def spec_of(recipe: ForecastRecipe, schema: SeriesSchema) -> ForecastSpec:
    """Return the shape of what the run's networks read and answer."""
    return ForecastSpec(schema.lookback, schema.horizon, schema.period, recipe.windows.quantiles)
