"""Bootstrap intervals: how much a metric would move on another draw of as many rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from netwright.core.evidence import Measure
from netwright.core.seeds import derive_seed
from netwright.core.values import Task
from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.metrics import Metric, metrics_for

CELLS = 1_000_000  # of one block of weights, 8 MB; a metric makes a handful of such arrays
RESAMPLES = 1000
MANY_ROWS = 100_000  # above, fewer and smaller resamples: intervals are narrow, and time would grow without end
FEWER_RESAMPLES = 200
SMALLER_ROWS = 50_000
NOISY = frozenset({"calibration_error"})  # means of absolute values: the noise of resampling itself raises them


@dataclass(frozen=True)
class Sampled:
    """A metric on all rows and on each resample of them."""

    value: float
    draws: Array
    shrink: float = 1.0  # of distances from the value, where the resamples were smaller

    def measure(self) -> Measure:
        """Return the 95% percentile interval; without a value where one row or one class leaves none."""
        finite = self.draws[np.isfinite(self.draws)]
        if not np.isfinite(self.value) or not len(finite):
            return Measure(float(self.value) if np.isfinite(self.value) else None, None, None)
        low, high = self.value + (np.quantile(finite, [0.025, 0.975]) - self.value) * self.shrink
        return Measure(self.value, float(low), float(high))

    def over(self, other: "Sampled", higher_is_better: bool) -> Measure:
        """Return how much better this one is, from the differences on the same resamples of the same rows."""
        sign = 1.0 if higher_is_better else -1.0
        return Sampled(sign * (self.value - other.value), sign * (self.draws - other.draws), self.shrink).measure()


def measure(task: Task, truth: Truth, predicted: Array, seed: int = 0) -> dict[str, Measure]:
    """Return every metric of the task with its 95% percentile interval over resampled rows.

    Args:
        task: which metrics.
        truth: [n] class indices, or targets in their own unit.
        predicted: [n, classes] probabilities, or [n] values.
        seed: the same seed resamples the same rows, so models measured with it compare row by row.

    Source: B. Efron, Bootstrap methods: another look at the jackknife, 1979; above MANY_ROWS the m out of n bootstrap,
    P. Bickel, F. Götze, W. van Zwet, Resampling fewer than n observations, 1997.
    """
    return {name: found.measure() for name, found in sample(metrics_for(task, 0.5), truth, predicted, seed).items()}


def sample(metrics: dict[str, Metric], truth: Truth, predicted: Array, seed: int = 0) -> dict[str, Sampled]:
    """Return each metric on all rows and on resamples; the same seed and number of rows resample the same rows."""
    ones = np.ones((1, len(truth)))
    resample = _all_rows if len(truth) <= MANY_ROWS else _fewer_rows
    with threadpool_limits(1, user_api="blas"):  # products of a matrix and a vector: on two threads twice as slow
        draws = resample(metrics, truth, predicted, np.random.default_rng(derive_seed(seed, "bootstrap")))
    shrink = 1.0 if len(truth) <= MANY_ROWS else math.sqrt(SMALLER_ROWS / len(truth))
    values = {name: float(metric(truth, predicted, ones)[0]) for name, metric in metrics.items()}
    return {name: Sampled(values[name], _centred(name, values[name], draws[name]), shrink) for name in metrics}


def _centred(name: str, value: float, draws: Array) -> Array:
    """Move the draws of a noisy metric so that their mean is the value, and not below 0."""
    return np.maximum(draws - draws.mean() + value, 0.0) if name in NOISY else draws


def _all_rows(
    metrics: dict[str, Metric], truth: Truth, predicted: Array, generator: np.random.Generator
) -> dict[str, Array]:
    """Draw as many rows as there are; a block of resamples is one matrix of weights."""
    blocks: dict[str, list[Array]] = {name: [] for name in metrics}
    for weights in weights_of(len(truth), generator):
        for name, metric in metrics.items():
            blocks[name].append(metric(truth, predicted, weights))
    return {name: np.concatenate(parts) for name, parts in blocks.items()}


def weights_of(rows: int, generator: np.random.Generator, resamples: int = RESAMPLES) -> Iterator[Array]:
    """Yield blocks [b, rows] of how often each row was drawn."""
    left = resamples
    while left:
        size = min(left, max(1, CELLS // rows))
        drawn = generator.integers(rows, size=(size, rows)) + rows * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
        left -= size


def _fewer_rows(
    metrics: dict[str, Metric], truth: Truth, predicted: Array, generator: np.random.Generator
) -> dict[str, Array]:
    """Draw SMALLER_ROWS rows each time."""
    ones = np.ones((1, SMALLER_ROWS))
    chosen = [generator.integers(len(truth), size=SMALLER_ROWS) for _ in range(FEWER_RESAMPLES)]
    return {
        name: np.concatenate([metric(truth[rows], predicted[rows], ones) for rows in chosen])
        for name, metric in metrics.items()
    }
