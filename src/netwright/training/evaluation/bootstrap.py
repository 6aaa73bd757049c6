"""Bootstrap intervals: how much a metric would move on another draw of as many rows."""

import math
from collections.abc import Iterator

import numpy as np

from netwright.core.seeds import derive_seed
from netwright.core.values import Measure, Task
from netwright.training.evaluation.metrics import METRICS, Array, Truth

CELLS = 1_000_000  # of one block of weights, 8 MB; a metric makes a handful of such arrays
RESAMPLES = 1000
MANY_ROWS = 100_000  # above, fewer and smaller resamples: intervals are narrow, and time would grow without end
FEWER_RESAMPLES = 200
SMALLER_ROWS = 50_000


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
    ones = np.ones((1, len(truth)))
    values = {name: float(metric(truth, predicted, ones)[0]) for name, metric in METRICS[task].items()}
    resample = _all_rows if len(truth) <= MANY_ROWS else _fewer_rows
    draws = resample(task, truth, predicted, np.random.default_rng(derive_seed(seed, "bootstrap")))
    shrink = 1.0 if len(truth) <= MANY_ROWS else math.sqrt(SMALLER_ROWS / len(truth))
    return {name: _interval(values[name], draws[name], shrink) for name in values}


def _all_rows(task: Task, truth: Truth, predicted: Array, generator: np.random.Generator) -> dict[str, Array]:
    """Draw as many rows as there are; a block of resamples is one matrix of weights."""
    blocks: dict[str, list[Array]] = {name: [] for name in METRICS[task]}
    for weights in _weights(len(truth), generator):
        for name, metric in METRICS[task].items():
            blocks[name].append(metric(truth, predicted, weights))
    return {name: np.concatenate(parts) for name, parts in blocks.items()}


def _weights(rows: int, generator: np.random.Generator) -> Iterator[Array]:
    """Yield blocks [b, rows] of how often each row was drawn."""
    left = RESAMPLES
    while left:
        size = min(left, max(1, CELLS // rows))
        drawn = generator.integers(rows, size=(size, rows)) + rows * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
        left -= size


def _fewer_rows(task: Task, truth: Truth, predicted: Array, generator: np.random.Generator) -> dict[str, Array]:
    """Draw SMALLER_ROWS rows each time."""
    ones = np.ones((1, SMALLER_ROWS))
    chosen = [generator.integers(len(truth), size=SMALLER_ROWS) for _ in range(FEWER_RESAMPLES)]
    return {
        name: np.concatenate([metric(truth[rows], predicted[rows], ones) for rows in chosen])
        for name, metric in METRICS[task].items()
    }


def _interval(value: float, draws: Array, shrink: float) -> Measure:
    """Percentiles of the draws, their distance from the value shrunk where the resamples were smaller."""
    finite = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not len(finite):  # one row, or one class only
        return Measure(float(value) if np.isfinite(value) else None, None, None)
    low, high = value + (np.quantile(finite, [0.025, 0.975]) - value) * shrink
    return Measure(value, float(low), float(high))
