"""`fit` and `partial_fit`: what is checked, what is learnt, and what the estimator then carries."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length

from netwright.core.errors import SchemaError
from netwright.core.seeds import derive_seed
from netwright.sklearn.inputs import training_cells
from netwright.sklearn.learning import Learned, Lesson, begin, go_on, show
from netwright.sklearn.parameters import seed_of
from netwright.sklearn.targets import (
    check_labels,
    check_values,
    check_weights,
    class_numbers,
    class_weights,
    task_for,
)


@dataclass(frozen=True)
class Given:
    """The arguments of `fit` or `partial_fit`."""

    features: Any
    y: Any
    sample_weight: Any
    one_pass: bool = False


def fit_classifier(estimator: Any, given: Given) -> None:
    """Train on all rows; with `warm_start`, from the weights of the fit before."""
    before = _before(estimator)
    lesson, classes = _classes_lesson(estimator, given, before, estimator.classes_ if before else None)
    learned = _learn(estimator, lesson, before, seed_of(estimator.random_state))
    estimator.classes_ = classes
    _carry(estimator, learned, ([], []))


def fit_regressor(estimator: Any, given: Given) -> None:
    """Train on all rows; with `warm_start`, from the weights of the fit before."""
    before = _before(estimator)
    lesson = _values_lesson(estimator, given, before)
    _carry(estimator, _learn(estimator, lesson, before, seed_of(estimator.random_state)), ([], []))


def pass_classifier(estimator: Any, given: Given, classes: Any) -> None:
    """Take one pass over the rows."""
    before = getattr(estimator, "learned_", None)
    if before is None and classes is None:
        raise SchemaError("partial_fit: expected all classes at the first call, got none; pass classes=")
    known = np.unique(check_labels(classes)) if before is None else estimator.classes_
    if classes is not None and not np.array_equal(np.unique(classes), known):
        raise SchemaError(f"partial_fit: expected the classes {known.tolist()} of the first call, got {classes!r}")
    lesson, estimator.classes_ = _classes_lesson(estimator, given, before, known)
    _pass(estimator, lesson, before)


def pass_regressor(estimator: Any, given: Given) -> None:
    """Take one pass over the rows."""
    before = getattr(estimator, "learned_", None)
    _pass(estimator, _values_lesson(estimator, given, before), before)


def _before(estimator: Any) -> Learned | None:
    return getattr(estimator, "learned_", None) if estimator.warm_start else None


def _classes_lesson(
    estimator: Any, given: Given, before: Learned | None, known: np.ndarray | None
) -> tuple[Lesson, np.ndarray]:
    """Return the lesson and the classes: those `known`, else the labels of rows that count."""
    cells = training_cells(estimator, given.features, given.y, before is None)
    labels = check_labels(given.y)
    check_consistent_length(given.features, labels)
    weights = check_weights(given.sample_weight, len(labels))
    classes = np.unique(labels[weights > 0]) if known is None else known
    task = task_for(classes)
    counted = weights > 0
    numbers = np.zeros(len(labels), np.int64)
    numbers[counted] = class_numbers(labels[counted], classes)
    factors = class_weights(estimator.class_weight, numbers, weights, classes)
    outputs = 1 if task == "binary" else len(classes)
    return Lesson(cells, numbers, weights, task, outputs, factors=factors, one_pass=given.one_pass), classes


def _values_lesson(estimator: Any, given: Given, before: Learned | None) -> Lesson:
    cells = training_cells(estimator, given.features, given.y, before is None)
    values, flat = check_values(given.y)
    check_consistent_length(given.features, values)
    weights = check_weights(given.sample_weight, len(values))
    if before is not None and before.values is not None and values.shape[1] != len(before.values.mean):
        raise SchemaError(f"y: expected {len(before.values.mean)} columns as in the fit before, got {values.shape[1]}")
    return Lesson(cells, values, weights, "regression", values.shape[1], flat, one_pass=given.one_pass)


def _learn(estimator: Any, lesson: Lesson, before: Learned | None, seed: int) -> Learned:
    return begin(estimator, lesson, seed) if before is None else go_on(estimator, lesson, seed, before)


def _pass(estimator: Any, lesson: Lesson, before: Learned | None) -> None:
    """Each pass has chance of its own, and adds to the curves."""
    curves = ([], []) if before is None else (estimator.loss_curve_, estimator.validation_loss_curve_)
    seed = derive_seed(seed_of(estimator.random_state), "pass", len(curves[0]))
    _carry(estimator, _learn(estimator, lesson, before, seed), curves)


def _carry(estimator: Any, learned: Learned, curves: tuple[list[float], list[float]]) -> None:
    epochs = [result.epochs for result in learned.results]
    losses = _mean_curve([[record.train_loss for record in run] for run in epochs])
    held = [[record.validation_loss for record in run if record.validation_loss is not None] for run in epochs]
    show(estimator, learned, (curves[0] + losses, curves[1] + _mean_curve(held)))


def _mean_curve(curves: list[list[float]]) -> list[float]:
    """At each epoch the mean over the networks that came so far."""
    length = max(map(len, curves))
    return [float(np.mean([curve[at] for curve in curves if len(curve) > at])) for at in range(length)]
