"""The threshold of P(second class) that is best for a metric of decisions."""

import numpy as np
from numpy.typing import NDArray

from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.metrics import DECISIONS

MOST_CANDIDATES = 999  # neighbouring thresholds of many rows differ by less than these rows can tell


def choose_threshold(truth: Truth, said: Array, metric: str) -> tuple[float, float]:
    """Return the threshold with the best metric on these rows, and that metric.

    Tried are the middles between neighbouring probabilities, at most MOST_CANDIDATES of them evenly by rank, 0.5, and
    always saying one class. Of equals the one nearest to 0.5 is taken.

    Args:
        truth: [n] class indices, 0 or 1.
        said: P(second class) [n].
        metric: one of DECISIONS.
    """
    tried = candidates(said)
    ones = np.ones((1, len(truth)))
    values = np.array([DECISIONS[metric](truth, said > threshold, ones)[0] for threshold in tried])
    values = np.where(np.isnan(values), -np.inf, values)
    best = tried[values == values.max()]
    threshold = float(best[np.abs(best - 0.5).argmin()])
    return threshold, float(DECISIONS[metric](truth, said > threshold, ones)[0])


def candidates(said: Array) -> NDArray[np.float64]:
    distinct = np.unique(said)
    middles = (distinct[1:] + distinct[:-1]) / 2
    if len(middles) > MOST_CANDIDATES:
        middles = middles[np.linspace(0, len(middles) - 1, MOST_CANDIDATES).round().astype(np.int64)]
    return np.unique(np.append(middles, [0.0, 0.5, 1.0]))
