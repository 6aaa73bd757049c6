"""Metrics, each vectorised over weightings of the rows.

Shapes: truth [n] (class index, or the target in its own unit), predicted [n, classes] probabilities or [n] values,
weights [b, n] counts of each row in b resamples. Every metric returns [b].
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import Task

Array = NDArray[np.float64]
Truth = NDArray[Any]
Metric = Callable[[Truth, Array, Array], Array]


def _mean(scores: Array, weights: Array) -> Array:
    return np.asarray(weights @ scores / weights.sum(axis=1))


def accuracy(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Share of rows whose most probable class is the true one."""
    return _mean((predicted.argmax(axis=1) == truth).astype(np.float64), weights)


def log_loss(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Mean of -log p(true class), in nats; a probability of 0 counts as 2.2e-16."""
    chosen = predicted[np.arange(len(truth)), truth.astype(np.int64)]
    return _mean(-np.log(np.clip(chosen, np.finfo(np.float64).eps, 1.0)), weights)


def brier(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Mean squared distance of p(second class) from the outcome (G. Brier, Verification of forecasts, 1950)."""
    return _mean((predicted[:, 1] - truth) ** 2, weights)


def auc(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Area under the ROC curve: the chance that a positive row scores above a negative one, ties counted half.

    Source: J. Hanley and B. McNeil, The meaning and use of the area under a ROC curve, 1982. NaN without both classes.
    """
    order = np.argsort(predicted[:, 1], kind="stable")
    score, positive = predicted[order, 1], truth[order] == 1
    starts = np.flatnonzero(np.r_[True, score[1:] != score[:-1]])  # first row of each distinct score
    ordered = weights[:, order]
    positives = np.add.reduceat(ordered * positive, starts, axis=1)
    negatives = np.add.reduceat(ordered * ~positive, starts, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives / 2
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((positives * below).sum(axis=1) / pairs)


def macro_f1(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Unweighted mean over classes of 2 TP / (2 TP + FP + FN); a class never seen nor predicted is left out."""
    hard = predicted.argmax(axis=1)
    scores = [_f1_of(truth == k, hard == k, weights) for k in range(predicted.shape[1])]
    return np.asarray(np.nanmean(np.stack(scores), axis=0))


def f1(truth: Truth, predicted: Array, weights: Array) -> Array:
    """F1 of the second class at the threshold one half: 2 TP / (2 TP + FP + FN)."""
    return np.nan_to_num(_f1_of(truth == 1, predicted[:, 1] > 0.5, weights))


def _f1_of(true: NDArray[np.bool_], said: NDArray[np.bool_], weights: Array) -> Array:
    hits = weights @ (true & said).astype(np.float64)
    marks = weights @ (true.astype(np.float64) + said)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * hits / marks)


def rmse(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Root of the mean squared error, in the target's unit."""
    return np.sqrt(_mean((predicted - truth) ** 2, weights))


def mae(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Mean absolute error, in the target's unit."""
    return _mean(np.abs(predicted - truth), weights)


def r2(truth: Truth, predicted: Array, weights: Array) -> Array:
    """1 - squared error / squared distance from the mean; 0 is as good as guessing the mean of these rows."""
    values = truth.astype(np.float64)
    variance = _mean(values**2, weights) - _mean(values, weights) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - _mean((predicted - values) ** 2, weights) / variance)


METRICS: dict[Task, dict[str, Metric]] = {
    "binary": {"accuracy": accuracy, "auc": auc, "log_loss": log_loss, "f1": f1, "brier": brier},
    "multiclass": {"accuracy": accuracy, "log_loss": log_loss, "macro_f1": macro_f1},
    "regression": {"rmse": rmse, "mae": mae, "r2": r2},
}
HIGHER_IS_BETTER = frozenset({"accuracy", "auc", "f1", "macro_f1", "r2"})
IMBALANCED = 0.2  # below this share of the rarer class, accuracy says little


def headline_metric(task: Task, rarer_share: float | None = None) -> tuple[str, str]:
    """Return the metric that tables lead with, and the reason."""
    if task == "regression":
        return "rmse", "error in the target's own unit; large errors weigh more"
    if task == "binary" and rarer_share is not None and rarer_share < IMBALANCED:
        return "auc", f"the rarer class holds only {rarer_share:.1%} of the rows, so accuracy says little"
    return "accuracy", "the share of rows that are called right"
