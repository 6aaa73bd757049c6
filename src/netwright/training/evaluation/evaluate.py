"""Evaluating a model on test rows beside its baselines."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.evidence import Evaluation, Measure
from netwright.core.values import InputSpec, Task
from netwright.data import Preparation, Prepared
from netwright.data.transforms.series import one_after
from netwright.training.evaluation.baselines import guess, linear
from netwright.training.evaluation.bootstrap import Sampled, sample
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, headline_metric, metrics_for
from netwright.training.evaluation.series_baselines import NEIGHBOUR, nearest
from netwright.training.evaluation.threshold import choose_threshold
from netwright.training.evaluation.trees import boosted_trees
from netwright.training.evaluation_config import EvaluationConfig
from netwright.training.parts import Parts, part

TREES = "boosted trees"


@dataclass(frozen=True)
class Yardstick:
    """The truth of the test rows, and how well the baselines do on them."""

    task: Task
    truth: NDArray[Any]  # [n] class indices, or targets in their own unit
    baselines: dict[str, dict[str, Measure]]
    headline: str
    headline_reason: str
    seconds: float = 0.0  # that measuring one model takes
    sampled: dict[str, Sampled] = field(default_factory=dict)  # of the headline metric, by baseline
    fitted_in: dict[str, float] = field(default_factory=dict)  # seconds, by baseline
    skipped: dict[str, str] = field(default_factory=dict)  # baselines that were not fitted, and why


@dataclass(frozen=True)
class Baseline:
    """What a baseline says."""

    predicted: NDArray[np.float64]  # of the test rows
    judged: NDArray[np.float64]  # of the rows that choose its threshold
    seconds: float = 0.0


@dataclass(frozen=True)
class Fitting:
    """The rows of a run as baselines take them: those to learn from, and the test rows before those that judge."""

    parts: Parts
    preparation: Preparation
    config: EvaluationConfig

    @property
    def judge(self) -> Prepared:
        """The rows that choose a threshold, if one is: with folds, those learnt from, as no others are left."""
        parts = self.parts
        if not self.config.sets_threshold(self.preparation.spec.task):
            return part(parts.train, 0, 0)
        return parts.validation if len(parts.validation.numeric) else parts.train

    def threshold(self, judged: NDArray[np.float64]) -> float:
        """Return for answers to the judging rows the threshold that the network gets too: the best for the metric."""
        return threshold_for(self.config, truth_of(self.judge, self.preparation), judged)

    @property
    def asked(self) -> Prepared:
        test, judge = self.parts.test, self.judge
        numeric = np.concatenate([test.numeric, judge.numeric])
        pixels = None if test.pixels is None or judge.pixels is None else np.concatenate([test.pixels, judge.pixels])
        series = None if test.series is None or judge.series is None else one_after(test.series, judge.series)
        return Prepared(numeric, np.concatenate([test.categorical, judge.categorical]), None, pixels, series)

    def baseline(self, said: NDArray[np.float64], seconds: float) -> Baseline:
        """Take apart what was said of the asked rows."""
        if self.preparation.spec.task == "regression":
            said = self.preparation.target.decode(said)
        test = len(self.parts.test.numeric)
        return Baseline(said[:test], said[test:], seconds)


def truth_of(prepared: Prepared, preparation: Preparation) -> NDArray[Any]:
    """Return the targets of prepared rows as metrics want them: class indices, or values in their own unit."""
    assert prepared.target is not None
    return in_own_unit(prepared.target, preparation)


def in_own_unit(target: NDArray[Any], preparation: Preparation) -> NDArray[Any]:
    """Undo the standardisation of regression targets; class indices stay as they are."""
    if preparation.spec.task == "regression":
        return np.asarray(preparation.target.decode(target.astype(np.float64)))
    return target.astype(np.int64)


def make_yardstick(
    parts: Parts, preparation: Preparation, config: EvaluationConfig, left: float | None = None
) -> Yardstick:
    """Fit the baselines on the training rows and measure them on the test rows.

    Args:
        parts: the rows of the run.
        preparation: of the rows.
        config: the metric asked for and whether trees are wanted.
        left: seconds that are left of a budget; None: no budget.
    """
    task = preparation.spec.task
    truth, train_truth = truth_of(parts.test, preparation), truth_of(parts.train, preparation)
    fitting = Fitting(parts, preparation, config)
    baselines, skipped = _fit_baselines(fitting, left)
    headline = headline_of(task, train_truth, config)
    before, sampled = time.monotonic(), {}
    for name, baseline in baselines.items():
        metrics = metrics_for(task, fitting.threshold(baseline.judged))
        sampled[name] = sample(metrics, truth, baseline.predicted)
    seconds = (time.monotonic() - before) / len(baselines)
    measured = {name: _measures(found) for name, found in sampled.items()}
    leading = {name: found[headline[0]] for name, found in sampled.items()}
    fitted_in = {name: round(baseline.seconds, 3) for name, baseline in baselines.items() if baseline.seconds}
    return Yardstick(task, truth, measured, *headline, seconds, leading, fitted_in, skipped)


def _fit_baselines(fitting: Fitting, left: float | None) -> tuple[dict[str, Baseline], dict[str, str]]:
    """Return what each baseline says, simplest first, and why any is missing."""
    parts, spec, asked = fitting.parts, fitting.preparation.spec, fitting.asked
    train_truth = truth_of(parts.train, fitting.preparation)
    name, guessed = guess(spec.task, train_truth, max(spec.outputs, 2), len(asked.numeric))
    test, began = len(parts.test.numeric), time.monotonic()
    fitted = linear(parts.train, asked, spec)
    found = {
        name: Baseline(guessed[:test], guessed[test:]),
        "linear model": fitting.baseline(fitted, time.monotonic() - began),
    }
    if spec.series is not None:
        before = time.monotonic()
        neighbour = nearest(parts.train, asked, spec)
        found[NEIGHBOUR] = fitting.baseline(neighbour, time.monotonic() - before)
    if not fitting.config.trees:
        return found, {TREES: "evaluation.trees is off"}
    if spec.numeric + len(spec.cardinalities) == 0:
        return found, {TREES: f"trees read no {_unread(spec)}, and there is nothing else"}
    left = None if left is None else left - (time.monotonic() - began)
    seen = [_without_texts(rows, spec) for rows in (parts.train, asked)]
    trees = boosted_trees(spec.task, seen[0], seen[1], spec.cardinalities, left)
    if trees.predicted is None:
        return found, {TREES: trees.skipped}
    return found | {TREES: fitting.baseline(trees.predicted, trees.seconds)}, {}


def _unread(spec: InputSpec) -> str:
    return "text" if spec.texts else "series" if spec.series is not None else "image"


def _without_texts(rows: Prepared, spec: InputSpec) -> Prepared:
    return replace(rows, categorical=rows.categorical[:, : len(spec.cardinalities)]) if spec.texts else rows


def threshold_for(config: EvaluationConfig, truth: NDArray[Any], predicted: NDArray[np.float64]) -> float:
    """Return the best threshold of these rows for the metric asked for; 0.5 where none is chosen."""
    if config.metric is None or predicted.ndim == 1 or not config.sets_threshold("binary"):
        return 0.5
    return choose_threshold(truth, predicted[:, 1], config.metric)[0] if predicted.shape[1] == 2 else 0.5


def _measures(sampled: dict[str, Sampled]) -> dict[str, Measure]:
    return {name: found.measure() for name, found in sampled.items()}


def guess_yardstick(truth: NDArray[Any], preparation: Preparation, config: EvaluationConfig) -> Yardstick:
    """Measure rows without training rows at hand: the only baseline is guessing their own class shares or mean."""
    task = preparation.spec.task
    name, guessed = guess(task, truth, max(preparation.spec.outputs, 2), len(truth))
    headline = headline_of(task, truth, config)
    sampled = sample(metrics_for(task, threshold_for(config, truth, guessed)), truth, guessed)
    return Yardstick(task, truth, {name: _measures(sampled)}, *headline, sampled={name: sampled[headline[0]]})


def headline_of(task: Task, truth: NDArray[Any], config: EvaluationConfig) -> tuple[str, str]:
    """Return the metric that tables lead with for these targets, and the reason."""
    if config.metric is not None:
        return config.metric, "asked for"
    if task != "binary":
        return headline_metric(task)
    share = float(truth.astype(np.float64).mean())
    return headline_metric(task, min(share, 1 - share))


def evaluate_against(yardstick: Yardstick, predicted: NDArray[np.float64], threshold: float = 0.5) -> Evaluation:
    """Measure predictions with the yardstick's resamples; the headline metric comes first."""
    sampled = sample(metrics_for(yardstick.task, threshold), yardstick.truth, predicted)
    headline, higher = yardstick.headline, yardstick.headline in HIGHER_IS_BETTER
    metrics = _measures({headline: sampled[headline]} | sampled)
    return Evaluation(
        rows=len(yardstick.truth),
        metrics=metrics,
        baselines=yardstick.baselines,
        headline=headline,
        higher_is_better=higher,
        gains={name: sampled[headline].over(other, higher) for name, other in yardstick.sampled.items()},
        skipped=yardstick.skipped,
    )
