"""What a run's network answers, and how far off it may be: head, loss, and the loss of one answer for every row."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Literal

from netwright.core.evidence import Measure
from netwright.core.values import Task
from netwright.data.transforms.target import Target
from netwright.diagnosis.case import Objective, TaskKind
from netwright.training.config import TrainingConfig
from netwright.training.losses import FITTING

LOSSES = {"mse": "mse", "mae": "mae", "huber": "huber", "bce": "bce_with_logits", "cce": "cross_entropy"}
TASKS: dict[Task, TaskKind] = {"regression": "values", "binary": "binary", "multiclass": "classes"}

Baselines = Mapping[str, Mapping[str, Measure]]


def objective_of(
    training: TrainingConfig,
    target: Target,
    task: Task,
    baselines: Baselines,
    shares: Sequence[float] = (),
    truths: Sequence[float] = (),
) -> Objective:
    """Return the objective of a run.

    Args:
        training: names the loss, the smoothing and the class weights.
        target: as it was learnt from the training rows.
        task: of the schema.
        baselines: what guessing reaches on the test rows, whose target is spread as that of the training rows.
        shares: of each class; none where they are not known.
        truths: targets in their own unit, of rows that are drawn as the training rows are; none where not known.
    """
    loss = LOSSES[FITTING[task][0] if training.loss == "auto" else training.loss]
    regression = task == "regression"
    takes: Literal["logits", "values"] = "values" if regression else "logits"
    outputs = len(target.classes) if task == "multiclass" else 1
    low, high = _range(target) if regression else (0.0, float(max(1, len(target.classes) - 1)))
    return Objective(
        task=TASKS[task],
        head="identity",
        loss=loss,
        takes=takes,
        reduction="mean",
        output_shape=(training.batch_size, outputs),
        target_low=low,
        target_high=high,
        target_mean=0.0 if regression else None,
        target_deviation=1.0 if regression else None,
        target_whole=not regression,
        shares=tuple(shares),
        constant_loss=constant_loss(training, loss, baselines, shares)
        if not truths or not regression
        else constant_loss_of_values(training, loss, [(truth - target.mean) / target.deviation for truth in truths]),
    )


def _range(target: Target) -> tuple[float | None, float | None]:
    """Return the least and the greatest target, standardised as the network sees it."""
    ends = (target.minimum, target.maximum)
    low, high = (None if end is None else (end - target.mean) / target.deviation for end in ends)
    return low, high


def constant_loss_of_values(training: TrainingConfig, loss: str, truths: Sequence[float]) -> float:
    """Return the least loss that one answer for all these standardised targets reaches, to a percent of it or so."""
    if loss == "mse":
        return 1.0
    ordered = sorted(truths)
    tries = [ordered[round(share / 20 * (len(ordered) - 1))] for share in range(4, 17)]
    return min(statistics.fmean(_error(truth - answer, loss, training.huber_delta) for truth in truths)
               for answer in (*tries, statistics.fmean(truths)))  # fmt: skip


def _error(difference: float, loss: str, delta: float) -> float:
    size = abs(difference)
    if loss == "mae":
        return size
    return size**2 / 2.0 if size <= delta else delta * (size - delta / 2.0)


def constant_loss(training: TrainingConfig, loss: str, baselines: Baselines, shares: Sequence[float]) -> float | None:
    """Return the least loss that one answer for every row reaches; None where it is not known."""
    if loss in ("mse", "mae", "huber"):
        return 1.0 if loss == "mse" else None  # targets are standardised
    if training.class_weights == "none" and not training.label_smoothing:
        return _entropy(shares) if shares else _measured(baselines, "majority", "log_loss")
    if not shares:
        return None
    return _entropy(_smoothed(_weighted(training, shares), training.label_smoothing))


def _measured(baselines: Baselines, name: str, metric: str) -> float | None:
    measure = baselines.get(name, {}).get(metric)
    return None if measure is None else measure.value


def _weighted(training: TrainingConfig, shares: Sequence[float]) -> list[float]:
    """Return the shares as class weights change them."""
    weights = training.class_weights
    if weights == "none":
        return list(shares)
    if isinstance(weights, str):
        present = sum(share > 0.0 for share in shares)
        return [1.0 / present if share > 0.0 else 0.0 for share in shares]
    weighted = [weight * share for weight, share in zip(weights, shares, strict=True)]
    return [share / sum(weighted) for share in weighted]


def _smoothed(shares: Sequence[float], smoothing: float) -> list[float]:
    return [(1.0 - smoothing) * share + smoothing / len(shares) for share in shares]


def _entropy(shares: Sequence[float]) -> float:
    """-sum p ln p, in nats."""
    return -sum(share * math.log(share) for share in shares if share > 0.0)
