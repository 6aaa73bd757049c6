"""Every model's answers measured on the same resamples of the same test rows, so that differences are paired."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import Task
from netwright.explanation.comparison.trained import Answers
from netwright.training.evaluation.bootstrap import Sampled, sample
from netwright.training.evaluation.metrics import METRICS, Metric


def sample_all(task: Task, metric: str, truth: NDArray[Any], answers: Mapping[Any, Answers]) -> dict[Any, Sampled]:
    """Return a metric of each of many models' answers, on all rows and on resamples that all of them share."""
    measure = METRICS[task][metric]
    names = {str(number): key for number, key in enumerate(answers)}
    metrics = {name: _of(measure, answers[key]) for name, key in names.items()}
    found = sample(metrics, truth, np.zeros((len(truth), 2))) if metrics else {}
    return {names[name]: one for name, one in found.items()}


def _of(measure: Metric, said: Answers) -> Metric:
    return lambda truth, _, weights: measure(truth, said, weights)


def value_of(task: Task, metric: str, truth: NDArray[Any], said: Answers) -> float | None:
    """Return a metric on all rows; None where it is not defined."""
    value = float(METRICS[task][metric](truth, said, np.ones((1, len(truth))))[0])
    return value if np.isfinite(value) else None


def difference(first: Sampled, second: Sampled) -> Sampled:
    """Return first - second, resample by resample."""
    return Sampled(first.value - second.value, first.draws - second.draws, first.shrink)


def mean_of(several: Iterable[Sampled]) -> Sampled:
    """Return the mean of several, resample by resample."""
    every = list(several)
    values, draws = [one.value for one in every], [one.draws for one in every]
    return Sampled(float(np.mean(values)), np.mean(draws, axis=0), every[0].shrink)
