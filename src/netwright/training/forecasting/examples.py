"""Forecasts to be looked at: some windows with what was read, said and came, and a backtest from several origins."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from netwright.core.forecasts import Backtest, Example, OriginError
from netwright.data.series.gaps import say_moment
from netwright.data.series.panel import Panel
from netwright.training.forecasting.answering import Windows, every_answer
from netwright.training.forecasting.intervals import ends_of
from netwright.training.forecasting.measuring import Measured

ORIGINS = 10  # of the backtest, at most
SHOWN_WINDOWS, SHOWN_CHANNELS = 3, 4
MOST_HISTORY = 400  # rows that are drawn before a forecast

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """From standardised units to each series' own."""

    means: Array  # [series, channel]
    scales: Array
    owners: NDArray[np.int64]  # number of the series of each row


def spread_origins(windows: Windows) -> NDArray[np.int64]:
    """Return numbers of windows that do not overlap, evenly spread, at most ORIGINS."""
    count = len(windows.origins)
    step = max(windows.horizon, -(-count // ORIGINS))
    return np.arange(0, count, step)


def backtest(found: Measured, windows: Windows, panel: Panel) -> Backtest:
    """Return the errors from several origins of the test rows, the earliest first."""
    picked = spread_origins(windows)
    picked = picked[np.argsort(panel.moments[windows.origins[picked]], kind="stable")]  # series stand one after another
    errors = tuple(
        OriginError(
            origin=int(panel.row[windows.origins[k] - 1]),
            time=said_origin(panel, int(windows.origins[k])),
            mse=float(found.squared[k]),
            mae=float(found.absolute[k]),
        )
        for k in picked
    )
    values = [error.mse for error in errors]
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Backtest(errors, float(np.mean(values)), deviation)


def said_origin(panel: Panel, origin: int) -> str:
    """Return the time of the last row that is read before an origin; empty where rows have none."""
    return "" if panel.axis is None else say_moment(int(panel.moments[origin - 1]), panel.axis)


def examples_of(network: nn.Module, windows: Windows, place: tuple[Panel, Units], reach: Array) -> tuple[Example, ...]:
    """Return a few forecasts in the channels' own units: windows spread over the test rows, the first channels."""
    panel, units = place
    count = len(windows.origins)
    numbers = np.unique(np.linspace(0, count - 1, min(SHOWN_WINDOWS, count)).round().astype(np.int64))
    some = windows.of(windows.origins[numbers])
    said, truth = every_answer(network, some)
    ends = ends_of(said, reach)
    middle = said[:, said.shape[1] // 2]
    history = min(windows.lookback, max(2 * windows.horizon, 24), MOST_HISTORY)
    shown: list[Example] = []
    for k, origin in enumerate(some.origins):
        owner = int(units.owners[origin])
        for c in range(min(SHOWN_CHANNELS, windows.channels)):
            mean, scale = units.means[owner, c], units.scales[owner, c]
            past = windows.series[origin - history : origin, c]
            rows = (past, truth[k, :, c], middle[k, :, c])
            read, came, expected = (tuple(map(_plain, row * scale + mean)) for row in rows)
            low, high = (tuple(map(_or_none, end[k, :, c] * scale + mean)) for end in ends)
            name, where = panel.series[owner], said_origin(panel, int(origin)) or f"row {panel.row[origin - 1]:,}"
            shown.append(Example(panel.channels[c], name, where, read, came, expected, low, high))
    return tuple(shown)


def _plain(value: float) -> float:
    """Six significant digits: a picture shows no more."""
    return float(f"{value:.6g}")


def _or_none(value: float) -> float | None:
    return _plain(value) if np.isfinite(value) else None
