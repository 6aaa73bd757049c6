"""Testing the forecasts that a run keeps, beside its baselines, on windows of rows that nothing was learnt from."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import nn

from netwright.core.forecasts import ForecastEvaluation, Margins
from netwright.data.series.panel import Panel
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.baselines import Baseline
from netwright.training.forecasting.examples import Units, backtest, examples_of
from netwright.training.forecasting.intervals import reach_of
from netwright.training.forecasting.measuring import Measured, by_channel, by_step, measure, with_interval

Array = NDArray[np.float64]


def evaluate_forecasts(
    network: nn.Module,
    windows: Windows,
    place: tuple[Panel, Units],
    margins: Margins,
    baselines: Mapping[str, Baseline],
) -> ForecastEvaluation:
    """Measure forecasts and baselines on the same windows.

    Args:
        network: that the run keeps.
        windows: of the test rows, at least one.
        place: the series, and their units.
        margins: of the intervals.
        baselines: by name.
    """
    panel, units = place
    scales = units.scales[units.owners[windows.origins]]
    reach = reach_of(margins, margins.coverage)
    found = measure(network, windows, scales, reach if np.isfinite(reach).all() else None)
    point = Windows(windows.series, windows.origins, windows.lookback, windows.horizon)
    others = {name: measure(baseline.network, point, scales) for name, baseline in baselines.items()}
    return ForecastEvaluation(
        windows=len(windows.origins),
        metrics={
            "mse": with_interval(found.squared, windows.horizon),
            "mae": with_interval(found.absolute, windows.horizon),
        },
        baselines={name: other.headline for name, other in others.items()},
        channels=by_channel(found, panel.channels),
        steps=by_step(found),
        backtest=backtest(found, windows, panel),
        coverage=margins.coverage,
        covered=None if found.covered is None else float(found.covered.mean()),
        examples=examples_of(network, windows, place, reach),
        baseline_steps={name: _steps(other) for name, other in others.items()},
    )


def _steps(found: Measured) -> tuple[float, ...]:
    return tuple(float(step.mean()) for step in found.mse)
