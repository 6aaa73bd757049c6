"""Evaluating a model on test rows beside its baselines."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import Evaluation, Measure, Task
from netwright.data import Preparation, Prepared
from netwright.training.evaluation.baselines import guess, linear
from netwright.training.evaluation.bootstrap import measure
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, headline_metric


@dataclass(frozen=True)
class Yardstick:
    """The truth of the test rows, and how well the baselines do on them."""

    task: Task
    truth: NDArray[Any]  # [n] class indices, or targets in their own unit
    baselines: dict[str, dict[str, Measure]]
    headline: str
    headline_reason: str
    seconds: float = 0.0  # that measuring one model takes


def truth_of(prepared: Prepared, preparation: Preparation) -> NDArray[Any]:
    """Return the targets of prepared rows as metrics want them: class indices, or values in their own unit."""
    assert prepared.target is not None
    return in_own_unit(prepared.target, preparation)


def in_own_unit(target: NDArray[Any], preparation: Preparation) -> NDArray[Any]:
    """Undo the standardisation of regression targets; class indices stay as they are."""
    if preparation.spec.task == "regression":
        return np.asarray(preparation.target.decode(target.astype(np.float64)))
    return target.astype(np.int64)


def make_yardstick(train: Prepared, test: Prepared, preparation: Preparation) -> Yardstick:
    """Fit the baselines on the training rows and measure them on the test rows."""
    task = preparation.spec.task
    truth, train_truth = truth_of(test, preparation), truth_of(train, preparation)
    classes = max(preparation.spec.outputs, 2)
    name, guessed = guess(task, train_truth, classes, len(truth))
    fitted = linear(task, train, test, preparation.spec.cardinalities)
    if task == "regression":
        fitted = preparation.target.decode(fitted)
    before = time.monotonic()
    baselines = {name: measure(task, truth, guessed), "linear model": measure(task, truth, fitted)}
    seconds = (time.monotonic() - before) / len(baselines)
    return Yardstick(task, truth, baselines, *headline_of(task, train_truth), seconds)


def guess_yardstick(truth: NDArray[Any], preparation: Preparation) -> Yardstick:
    """Measure rows without training rows at hand: the only baseline is guessing their own class shares or mean."""
    task = preparation.spec.task
    name, guessed = guess(task, truth, max(preparation.spec.outputs, 2), len(truth))
    return Yardstick(task, truth, {name: measure(task, truth, guessed)}, *headline_of(task, truth))


def headline_of(task: Task, truth: NDArray[Any]) -> tuple[str, str]:
    """Return the metric that tables lead with for these targets, and the reason."""
    if task != "binary":
        return headline_metric(task)
    share = float(truth.astype(np.float64).mean())
    return headline_metric(task, min(share, 1 - share))


def evaluate_against(yardstick: Yardstick, predicted: NDArray[np.float64]) -> Evaluation:
    """Measure predictions with the yardstick's resamples; the headline metric comes first."""
    metrics = measure(yardstick.task, yardstick.truth, predicted)
    first = {yardstick.headline: metrics.pop(yardstick.headline)}
    return Evaluation(
        rows=len(yardstick.truth),
        metrics=first | metrics,
        baselines=yardstick.baselines,
        headline=yardstick.headline,
        higher_is_better=yardstick.headline in HIGHER_IS_BETTER,
    )
