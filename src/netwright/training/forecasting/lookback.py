"""How many rows a network reads: the number with which a linear forecast does best on the validation windows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SchemaError
from netwright.core.values import Choice
from netwright.data.series.borders import Borders
from netwright.data.series.origins import Origins, find_origins
from netwright.data.series.panel import Panel
from netwright.training.forecasting.recipe import ForecastRecipe
from netwright.training.forecasting.ridge import fit_ridge, thinned

TRIED = (96, 192, 336, 512)
TRIED_OF_FEW = (3, 6, 12, 24, 48)  # where the rows do not allow two of TRIED
LEAST_WINDOWS = 40  # to learn from, for a look-back to be tried
ROWS = 20_000  # windows times channels that the trial learns from
NAME = "windows.lookback"


@dataclass(frozen=True)
class Ground:
    """Series that are standardised and parted."""

    panel: Panel
    borders: Borders
    series: NDArray[np.float64]
    crossing: bool

    def origins(self, lookback: int, horizon: int) -> Origins:
        return find_origins(self.panel, self.borders, (lookback, horizon), self.crossing)


def choose_lookback(ground: Ground, recipe: ForecastRecipe) -> Choice:
    """Return the look-back with its reason.

    Raises:
        SchemaError: the rows are too few for any; says how many are needed.
    """
    horizon, asked = recipe.data.horizon, recipe.windows.lookback
    if asked is not None:
        refuse_too_few(ground, recipe, asked)
        return Choice(NAME, asked, "asked for")
    usable = _usable(ground, horizon)
    if not usable:
        refuse_too_few(ground, recipe, TRIED_OF_FEW[0])
        return Choice(NAME, TRIED_OF_FEW[0], "the rows do not allow for more")
    if len(usable) == 1:
        return Choice(NAME, usable[0], "the only one tried that the rows allow for")
    errors = {lookback: _error(ground, lookback, horizon) for lookback in usable}
    best = min(errors, key=lambda lookback: errors[lookback])
    told = ", ".join(f"{lookback}: {error:.4f}" for lookback, error in errors.items())
    return Choice(NAME, best, f"the least validation MSE of a linear forecast in closed form ({told})")


def _usable(ground: Ground, horizon: int) -> list[int]:
    def holds(lookback: int) -> bool:
        found = ground.origins(lookback, horizon)
        return len(found.train) >= LEAST_WINDOWS and len(found.validation) > 0 and len(found.test) > 0

    usable = [lookback for lookback in TRIED if holds(lookback)]
    return usable if len(usable) > 1 else [lookback for lookback in (*TRIED_OF_FEW, *TRIED) if holds(lookback)]


def _error(ground: Ground, lookback: int, horizon: int) -> float:
    found, channels = ground.origins(lookback, horizon), ground.series.shape[1]
    most = max(1, ROWS // channels)
    pair = (thinned(found.train, most), thinned(found.validation, most))
    return fit_ridge(ground.series, pair, (lookback, horizon)).validation


def refuse_too_few(ground: Ground, recipe: ForecastRecipe, lookback: int) -> None:
    """Raise SchemaError unless there is a window to learn from, one to judge by and one to test on."""
    horizon = recipe.data.horizon
    found = ground.origins(lookback, horizon)
    if len(found.train) and len(found.validation) and len(found.test):
        return
    longest = int(np.diff(ground.panel.starts).max()) if ground.panel.rows else 0
    reads = f"a look-back of {lookback:,} and a horizon of {horizon:,} rows"
    if recipe.split.borders:
        needs = f"split.borders of at least {lookback + horizon:,}, {horizon:,} and {horizon:,} rows"
        raise SchemaError(f"{ground.panel.table.source}: {reads} need {needs}, got {list(recipe.split.borders)}")
    split = recipe.split
    needed = max((lookback + horizon) / split.train, horizon / split.validation, horizon / split.test)
    gaps = f" without {len(ground.panel.gaps.at):,} gaps between them" if len(ground.panel.gaps.at) else ""
    raise SchemaError(
        f"{ground.panel.table.source}: {reads} need a series of at least {int(np.ceil(needed)) + 1:,} rows{gaps} "
        f"(training {split.train:.0%}, validation {split.validation:.0%}, test {split.test:.0%}), and the longest has "
        f"{longest:,}; bring more rows, or lower --horizon or windows.lookback"
    )
