"""Mean and standard deviation of each channel of each series, learnt from its training rows alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.data.series.borders import Borders
from netwright.data.series.panel import Panel

PerSeries = NDArray[np.float64]  # [series, channel]


@dataclass(frozen=True)
class Scaling:
    """z = (x - mean) / scale."""

    means: PerSeries
    scales: PerSeries  # 1 where a channel does not move


def fit_scaling(panel: Panel, borders: Borders) -> Scaling:
    """Learn from the training rows of each series; a series without any takes those of all others together."""
    every = panel.values[borders.rows_of("train")]
    parts = [panel.values[edge[0] : edge[1]] for edge in borders.edges]
    pairs = [spread_of(part if len(part) > 1 else every) for part in parts]
    return Scaling(np.stack([mean for mean, _ in pairs]), np.stack([scale for _, scale in pairs]))


def spread_of(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation of each channel; 1 for a channel that does not move."""
    mean = values.mean(axis=0)
    scale = values.std(axis=0)
    still = scale <= 1e-9 * np.maximum(np.abs(mean), 1e-300)
    return mean, np.where(still, 1.0, scale)


def standardise(panel: Panel, scaling: Scaling) -> NDArray[np.float64]:
    """Return the values of a panel in standardised units."""
    owner = owners(panel)
    return np.asarray((panel.values - scaling.means[owner]) / scaling.scales[owner])


def owners(panel: Panel) -> NDArray[np.int64]:
    """Return the number of the series that each row belongs to."""
    return np.repeat(np.arange(len(panel.series)), np.diff(panel.starts))
