"""Intervals that hold the truth as often as was asked: split conformal prediction, for each step and channel by itself.

A score says how far the truth lies outside: |y - z| of a point forecast, or max(low - y, y - high) beside the outer
quantiles. Intervals reach as far as the ceil((n + 1) c)-th smallest score of n validation windows. Windows overlap and
series drift, so what theory promises of exchangeable rows is not promised here: the coverage on the test windows is
measured and said.

Sources: V. Vovk, A. Gammerman, G. Shafer, Algorithmic learning in a random world, 2005; Y. Romano, E. Patterson,
E. Candès, Conformalized quantile regression, 2019.
"""

import math

import numpy as np
from numpy.typing import NDArray

from netwright.core.forecasts import COVERAGES, Margins
from netwright.training.evaluation.conformal import place_of

Array = NDArray[np.float64]


def scores_of(said: Array, truth: Array) -> Array:
    """Return how far each truth lies outside [window, step, channel]; below 0 where it lies between quantiles."""
    return np.maximum(said[:, 0] - truth, truth - said[:, -1])


def find_margins(scores: Array, coverage: float) -> Margins:
    """Return how far intervals must reach, for each of COVERAGES.

    Args:
        scores: of the validation windows [window, step, channel].
        coverage: that tables and pictures show.
    """
    ordered = np.sort(scores, axis=0)
    windows = len(ordered)
    reach = []
    for share in COVERAGES:
        place = place_of(windows, share)
        far = ordered[place - 1] if place <= windows else np.full(ordered.shape[1:], np.nan)
        reach.append(tuple(tuple(None if math.isnan(cell) else float(cell) for cell in step) for step in far))
    return Margins(windows, coverage, tuple(reach))


def reach_of(margins: Margins, coverage: float) -> Array:
    """Return the reach at one of COVERAGES [step, channel]; infinite where the windows were too few."""
    steps = margins.reach[COVERAGES.index(coverage)]
    return np.array([[math.inf if cell is None else cell for cell in step] for step in steps], dtype=np.float64)


def ends_of(said: Array, reach: Array) -> tuple[Array, Array]:
    """Return both ends of each interval [window, step, channel]; those of crossed ends meet in the middle."""
    low, high = said[:, 0] - reach, said[:, -1] + reach
    middle = said[:, said.shape[1] // 2]
    return np.minimum(low, middle), np.maximum(high, middle)
