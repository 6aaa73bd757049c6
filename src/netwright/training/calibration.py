"""What rows that no weight was learnt from make of a network: a temperature, a threshold, conformal quantiles.

Source of the temperature: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On calibration of modern neural networks, 2017.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from torch import Tensor

from netwright.core.evidence import Calibration
from netwright.core.values import Choice, Task
from netwright.data import Preparation
from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.calibration_error import calibration_error
from netwright.training.evaluation.conformal import quantiles_of, scores_of
from netwright.training.evaluation.metrics import DECISIONS
from netwright.training.evaluation.threshold import choose_threshold
from netwright.training.evaluation_config import EvaluationConfig
from netwright.training.inference import from_logits

LEAST_EVENTS = 10  # rows of the rarer kind for one fitted number: P. Peduzzi et al., A simulation study of the number
# of events per variable in logistic regression, 1996. Fitted on 20 honest rows, a temperature cost 0.04 to 0.11 nats.
LEAST_GAIN = 1.0  # nats over all rows: a superfluous number is worth less (H. Akaike, A new look at the model, 1974)
HOTTEST = 10.0  # and the coldest is 1 / HOTTEST


@dataclass(frozen=True)
class HeldOut:
    """Rows that no weight was learnt from, with the network's answers."""

    logits: Float[Tensor, "rows outputs"]  # float64
    truth: Truth


def calibrate(held: HeldOut, preparation: Preparation, config: EvaluationConfig) -> Calibration:
    """Fit the temperature, then the threshold if a metric of decisions was asked for, and the conformal quantiles."""
    task, rows = preparation.spec.task, len(held.truth)
    if not rows:
        reason = "there are no validation rows"
        return Calibration(0, 1.0, reason, 0.5, reason, config.coverage)
    temperature, why = (1.0, "") if task == "regression" else choose_temperature(held, task)
    predicted = from_logits(held.logits, preparation, temperature)
    threshold, because = _threshold(held.truth, predicted, config) if task == "binary" else (0.5, "")
    quantiles = quantiles_of(scores_of(held.truth, predicted))
    return Calibration(rows, temperature, why, threshold, because, config.coverage, quantiles)


def choose_temperature(held: HeldOut, task: Task) -> tuple[float, str]:
    """Return T and the reason: the minimum of the rows' log loss, or 1 where they cannot tell it from 1."""
    logits, truth = as_classes(held.logits.numpy(), task), held.truth.astype(np.int64)
    rows, wrong = len(truth), int((logits.argmax(axis=1) != truth).sum())
    rarer = min(wrong, rows - wrong)
    if rarer < LEAST_EVENTS:
        kind = "wrong" if wrong == rarer else "right"
        return 1.0, f"only {rarer:,} of {rows:,} validation rows are called {kind}; {LEAST_EVENTS} are needed to tell"
    temperature = fit_temperature(logits, truth)
    before, after = log_loss_at(1.0, logits, truth), log_loss_at(temperature, logits, truth)
    if rows * (before - after) < LEAST_GAIN:
        return 1.0, f"no other lowers the log loss of {rows:,} validation rows by more than chance may"
    errors = [_error_at(t, logits, truth) for t in (1.0, temperature)]
    sure = "too sure" if temperature > 1 else "not sure enough"
    return temperature, (
        f"probabilities were {sure}: on {rows:,} validation rows log loss {before:.4f} -> {after:.4f}, "
        f"calibration error {errors[0]:.4f} -> {errors[1]:.4f}"
    )


def as_classes(logits: Array, task: Task) -> Array:
    """Return one logit a class: a single one z is the second class's, beside 0 for the first."""
    return np.concatenate([np.zeros_like(logits), logits], axis=1) if task == "binary" else logits


def fit_temperature(logits: Array, truth: Truth) -> float:
    """Return the T with the least log loss, which is convex in 1 / T.

    Args:
        logits: [n, classes].
        truth: [n] class indices.
    """
    edge = math.log(HOTTEST)
    found = minimize_scalar(
        lambda log: log_loss_at(math.exp(log), logits, truth),
        bounds=(-edge, edge),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return math.exp(float(found.x))


def log_loss_at(temperature: float, logits: Array, truth: Truth) -> float:
    """Return the mean of -log p(true class), in nats, at a temperature."""
    return float(np.mean(losses_at(temperature, logits, truth)))


def losses_at(temperature: float, logits: Array, truth: Truth) -> Array:
    """Return -log p(true class) of each row, in nats, at a temperature."""
    scaled = logits / temperature
    return np.asarray(logsumexp(scaled, axis=1) - scaled[np.arange(len(truth)), truth])


def _error_at(temperature: float, logits: Array, truth: Truth) -> float:
    probabilities = torch.softmax(torch.from_numpy(logits / temperature), dim=1).numpy()
    return float(calibration_error(truth, probabilities, np.ones((1, len(truth))))[0])


def _threshold(truth: Truth, predicted: Array, config: EvaluationConfig) -> tuple[float, str]:
    if config.metric is None or not config.sets_threshold("binary"):
        return 0.5, "the more probable class is said, as no metric of decisions was asked for"
    rarer = int(min(truth.sum(), len(truth) - truth.sum()))
    if rarer < LEAST_EVENTS:
        return 0.5, f"only {rarer:,} validation rows are of the rarer class; {LEAST_EVENTS} are needed to choose one"
    name = config.metric.replace("_", " ")
    at_half = float(DECISIONS[config.metric](truth, predicted[:, 1] > 0.5, np.ones((1, len(truth))))[0])
    threshold, value = choose_threshold(truth, predicted[:, 1], config.metric)
    return threshold, f"the best {name} of {len(truth):,} validation rows: {value:.4f}, and {at_half:.4f} at 0.5"


def choices_of(calibration: Calibration, task: Task) -> tuple[Choice, ...]:
    """Return what was chosen, as a run lists its choices."""
    if task == "regression":
        return ()
    temperature = Choice("evaluation.temperature", round(calibration.temperature, 4), calibration.temperature_reason)
    threshold = Choice("evaluation.threshold", round(calibration.threshold, 4), calibration.threshold_reason)
    return (temperature, threshold) if task == "binary" else (temperature,)
