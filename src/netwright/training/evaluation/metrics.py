"""Metrics, each vectorised over weightings of the rows.

Shapes: truth [n] (class index, or the target in its own unit), predicted [n, classes] probabilities or [n] values,
weights [b, n] counts of each row in b resamples. Every metric returns [b].
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import Task
from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.calibration_error import calibration_error

Metric = Callable[[Truth, Array, Array], Array]
Decision = Callable[[Truth, NDArray[np.bool_], Array], Array]  # of what was said, [n], rather than of probabilities


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


def binary_accuracy(truth: Truth, said: NDArray[np.bool_], weights: Array) -> Array:
    """Share of rows that are called right."""
    return _mean((said == truth).astype(np.float64), weights)


def f1(truth: Truth, said: NDArray[np.bool_], weights: Array) -> Array:
    """F1 of the second class: 2 TP / (2 TP + FP + FN)."""
    return np.nan_to_num(_f1_of(truth == 1, said, weights))


def balanced_accuracy(truth: Truth, said: NDArray[np.bool_], weights: Array) -> Array:
    """Mean over the two classes of the share of their rows that are called right; NaN without both."""
    hits, positives = _counts(truth, said, weights)
    misses = weights @ ((truth == 0) & ~said).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((hits / positives + misses / (weights.sum(axis=1) - positives)) / 2)


def mcc(truth: Truth, said: NDArray[np.bool_], weights: Array) -> Array:
    """Correlation of what was said with the truth, 0 where either is always the same.

    Source: B. Matthews, Comparison of the predicted and observed secondary structure of T4 phage lysozyme, 1975.
    """
    hits, positives = _counts(truth, said, weights)
    rows, marked = weights.sum(axis=1), weights @ said.astype(np.float64)
    spread = positives * (rows - positives) * marked * (rows - marked)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, (hits * rows - positives * marked) / np.sqrt(spread), 0.0)


def _counts(truth: Truth, said: NDArray[np.bool_], weights: Array) -> tuple[Array, Array]:
    """Return the rows of the second class that were called right, and all of its rows, by resample."""
    positive = truth == 1
    return weights @ (positive & said).astype(np.float64), weights @ positive.astype(np.float64)


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


DECISIONS: dict[str, Decision] = {
    "accuracy": binary_accuracy,
    "balanced_accuracy": balanced_accuracy,
    "f1": f1,
    "mcc": mcc,
}  # of two classes: they depend on the threshold


def at_threshold(decision: Decision, threshold: float) -> Metric:
    """Return the metric of saying the second class wherever P(second class) is above the threshold."""
    return lambda truth, predicted, weights: decision(truth, predicted[:, 1] > threshold, weights)


METRICS: dict[Task, dict[str, Metric]] = {
    "binary": {
        "accuracy": at_threshold(binary_accuracy, 0.5),
        "auc": auc,
        "log_loss": log_loss,
        "f1": at_threshold(f1, 0.5),
        "balanced_accuracy": at_threshold(balanced_accuracy, 0.5),
        "mcc": at_threshold(mcc, 0.5),
        "brier": brier,
        "calibration_error": calibration_error,
    },
    "multiclass": {
        "accuracy": accuracy,
        "log_loss": log_loss,
        "macro_f1": macro_f1,
        "calibration_error": calibration_error,
    },
    "regression": {"rmse": rmse, "mae": mae, "r2": r2},
}
HIGHER_IS_BETTER = frozenset({"accuracy", "balanced_accuracy", "auc", "f1", "macro_f1", "mcc", "r2"})
IMBALANCED = 0.2  # below this share of the rarer class, accuracy says little


def headline_metric(task: Task, rarer_share: float | None = None) -> tuple[str, str]:
    """Return the metric that tables lead with, and the reason."""
    if task == "regression":
        return "rmse", "error in the target's own unit; large errors weigh more"
    if task == "binary" and rarer_share is not None and rarer_share < IMBALANCED:
        return "auc", f"the rarer class holds only {rarer_share:.1%} of the rows, so accuracy says little"
    return "accuracy", "the share of rows that are called right"


def metrics_for(task: Task, threshold: float) -> dict[str, Metric]:
    """Return every metric of the task, those of decisions at this threshold."""
    if task != "binary":
        return METRICS[task]
    return METRICS[task] | {name: at_threshold(decision, threshold) for name, decision in DECISIONS.items()}
