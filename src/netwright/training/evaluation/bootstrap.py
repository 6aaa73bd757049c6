"""Bootstrap intervals: how much a metric would move on another draw of as many rows."""

from collections.abc import Iterator

import numpy as np

from netwright.core.seeds import derive_seed
from netwright.core.values import Measure, Task
from netwright.training.evaluation.metrics import METRICS, Array

CELLS = 4_000_000  # of one block of weights, 32 MB
RESAMPLES = 1000
FEWER_RESAMPLES = 200  # above MANY_ROWS, where intervals are narrow anyway
MANY_ROWS = 100_000


def measure(task: Task, truth: np.ndarray, predicted: Array, seed: int = 0) -> dict[str, Measure]:
    """Return every metric of the task with its 95% percentile interval over resampled rows.

    Args:
        task: which metrics.
        truth: [n] class indices, or targets in their own unit.
        predicted: [n, classes] probabilities, or [n] values.
        seed: the same seed resamples the same rows, so models measured with it compare row by row.

    Source: B. Efron, Bootstrap methods: another look at the jackknife, 1979.
    """
    ones = np.ones((1, len(truth)))
    values = {name: float(metric(truth, predicted, ones)[0]) for name, metric in METRICS[task].items()}
    draws: dict[str, list[Array]] = {name: [] for name in values}
    for weights in _resamples(len(truth), seed):
        for name, metric in METRICS[task].items():
            draws[name].append(metric(truth, predicted, weights))
    return {name: _interval(values[name], np.concatenate(draws[name])) for name in values}


def _resamples(rows: int, seed: int) -> Iterator[Array]:
    """Yield blocks [b, rows] of how often each row was drawn."""
    generator = np.random.default_rng(derive_seed(seed, "bootstrap"))
    left = RESAMPLES if rows <= MANY_ROWS else FEWER_RESAMPLES
    while left:
        size = min(left, max(1, CELLS // rows))
        drawn = generator.integers(rows, size=(size, rows)) + rows * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
        left -= size


def _interval(value: float, draws: Array) -> Measure:
    finite = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not len(finite):  # one row, or one class only
        return Measure(float(value) if np.isfinite(value) else None, None, None)
    low, high = np.quantile(finite, [0.025, 0.975])
    return Measure(value, float(low), float(high))
