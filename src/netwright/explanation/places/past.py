"""How much forecasts rest on each stretch of the past, and on each channel's: it is dealt out among the windows anew.

What is dealt are distances from a window's own level, its mean: each window keeps its level, so that no step between
two levels stands where one stretch meets the next. What grows is the error of the middle forecast, standardised.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray

from netwright.core.explanations import Importance, ImportanceTable
from netwright.data.series.origins import every_origin
from netwright.explanation.permutation import spread
from netwright.explanation.places.extent import finest, seconds_of
from netwright.explanation.places.stretches import MOST_CHANNELS, STRETCHES, placed, steps_of
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.inference import ForecastModel, windows_of
from netwright.training.forecasting.material import gather_series
from netwright.training.forecasting.measuring import with_interval
from netwright.training.forecasting.stage import ForecastStage
from netwright.training.predict import predict_logits
from netwright.training.run_directory import RunInfo, read_part
from netwright.training.unchanged import refuse_changed, refuse_edited

STRETCHED, CHANNELLED = "permutation of past steps", "permutation of past channels"
LEVELS = "each window keeps its own level"
LEAST_WINDOWS = 30
MOST_NUMBERS = 20_000_000  # of what is read and of what is said, held at once
AT_ONCE = 256  # windows
Histories = Float[np.ndarray, "windows lookback channels"]
Dealing = Callable[[Histories, NDArray[np.int64]], Histories]


@dataclass(frozen=True)
class Asked:
    """Windows, what came after them, and which part of it a forecast is held to."""

    model: ForecastModel
    history: Histories
    truth: Float[np.ndarray, "windows steps channels"]
    which: tuple[slice, slice]  # steps and channels
    every: float  # windows from one to the next

    def errors(self, history: Histories) -> Float[np.ndarray, " windows"]:
        """Return the mean squared error of each window's middle forecast."""
        said = predict_logits(self.model.network, (torch.from_numpy(history),), AT_ONCE).double().cpu().numpy()
        steps, channels = self.which
        off = said[:, said.shape[1] // 2, steps, channels] - self.truth[:, steps, channels]
        return np.asarray((off**2).mean(axis=(1, 2)))

    def interval(self, growth: Float[np.ndarray, " windows"]) -> tuple[float | None, float | None]:
        """Return the 95% interval of a mean: windows that share steps are drawn together."""
        found = with_interval(growth, max(1, round(self.truth.shape[1] / self.every)))
        return found.low, found.high


def own_windows(folder: Path, model: ForecastModel) -> Windows:
    """Return the windows of the run's own test rows.

    Raises:
        NetwrightError: they cannot be read again, or changed.
    """
    info = read_part(folder, "run.json", RunInfo)
    refuse_edited(folder, info)
    material = gather_series(model.recipe)
    refuse_changed(folder, info, material.panel.table.fingerprint, material.rows)
    return ForecastStage(folder, material, model.recipe, info).windows("test")


def given_windows(model: ForecastModel, source: Any) -> Windows:
    """Return every window of other rows; errors as of `assess_forecasts`, but that none may be there."""
    panel, _, windows = windows_of(model, source)
    crossing = model.recipe.data.gaps == "keep"
    return windows.of(every_origin(panel, (windows.lookback, windows.horizon), crossing))


def past_importance(
    model: ForecastModel, windows: Windows, channel: str | None = None, step: int | None = None, seed: int = 0
) -> tuple[ImportanceTable, ...]:
    """Return by how much the error grows, stretch by stretch in time, and channel by channel.

    Args:
        model: of a finished forecasting run.
        windows: of rows that nothing was learnt from.
        channel: whose error it is; None: that of all.
        step: of the horizon, from 1; None: all.
        seed: of shuffles.

    Returns:
        Nothing where there are fewer than LEAST_WINDOWS windows, or it would take long.
    """
    names = model.schema.channels
    others = min(MOST_CHANNELS, len(names)) if len(names) > 1 else 0
    some = torch.zeros(2, windows.lookback, windows.channels)
    choices = {stretches: stretches + others for stretches in STRETCHES}
    stretches, extent = finest(_available(windows), choices, seconds_of(model.network, (some,)))
    if extent.rows < LEAST_WINDOWS:
        return ()
    which = slice(None) if step is None else slice(step - 1, step), _channels(names, channel)
    asked = _asked(model, windows, extent.rows, which)
    steps = steps_of(windows.lookback, stretches)
    unit = f"growth of mse{f' of {channel}' if channel else ''}{f' at step {step}' if step else ''}"
    stretched = _found(asked, {name: _stretch(a - 1, b) for name, (a, b) in steps.items()}, extent.shuffles, seed)
    found = [ImportanceTable(STRETCHED, unit, extent.rows, placed(stretched, steps), note=LEVELS)]
    if others:
        channelled = _found(asked, {names[k]: _channel(k) for k in range(others)}, extent.shuffles, seed)
        found.append(ImportanceTable(CHANNELLED, unit, extent.rows, channelled, note=LEVELS))
    return tuple(found)


def _channels(names: Sequence[str], channel: str | None) -> slice:
    if channel is None:
        return slice(None)
    number = names.index(channel)
    return slice(number, number + 1)


def _available(windows: Windows) -> int:
    """Return how many windows there are that can be held at once."""
    one = windows.channels * max(windows.lookback, windows.outputs * windows.horizon)
    return min(len(windows.origins), max(1, MOST_NUMBERS // one))


def _asked(model: ForecastModel, windows: Windows, rows: int, which: tuple[slice, slice]) -> Asked:
    origins = windows.origins[spread(np.arange(len(windows.origins)), rows)]
    series = windows.series.astype(np.float32)
    history = series[origins[:, None] + np.arange(-windows.lookback, 0)]
    truth = windows.series[origins[:, None] + np.arange(windows.horizon)]
    return Asked(model, history, truth, which, len(windows.origins) / rows)


def _found(asked: Asked, dealings: Mapping[str, Dealing], shuffles: int, seed: int) -> tuple[Importance, ...]:
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(asked.history)) for _ in range(shuffles)]
    plain = asked.errors(asked.history)
    found = []
    for name, deal in dealings.items():
        growth = np.mean([asked.errors(deal(asked.history, order)) for order in orders], axis=0) - plain
        found.append(Importance(name, float(growth.mean()), *asked.interval(growth)))
    return tuple(sorted(found, key=lambda one: -one.amount))


def _stretch(start: int, stop: int) -> Dealing:
    return lambda history, order: _dealt(history, order, (slice(start, stop), slice(None)))


def _channel(number: int) -> Dealing:
    return lambda history, order: _dealt(history, order, (slice(None), slice(number, number + 1)))


def _dealt(history: Histories, order: NDArray[np.int64], place: tuple[slice, slice]) -> Histories:
    level = history.mean(axis=1, keepdims=True)
    found = history.copy()
    found[:, *place] = (history - level)[order][:, *place] + level[:, :, place[1]]
    return found
