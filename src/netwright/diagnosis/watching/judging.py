"""What one step tells of answers, targets and loss, in plain numbers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from netwright.diagnosis.case import TaskKind
from netwright.diagnosis.programs.coding import is_one_hot
from netwright.diagnosis.watching.identify import Judged, mean_loss
from netwright.diagnosis.watching.targets import correct, task_of

NEARLY = 1e-3  # of a sum to 1


@dataclass(frozen=True)
class Judgement:
    """The objective of one step."""

    head: str
    head_where: str
    loss: str
    reduction: str
    where: str
    broadcast: bool
    factor: float
    root: bool
    value: float | None  # of the loss alone
    output_shape: tuple[int, ...]
    target_shape: tuple[int, ...]
    output_low: float
    output_high: float
    output_scale: float
    output_spread: float | None
    accuracy: float | None
    smoothing: float = 0.0
    weights: tuple[float, ...] = ()  # of classes
    threshold: float = 0.0
    outside: bool = False  # the loss judges what the user made of the network's output by a head of his own
    over_rows: bool = False  # probabilities that sum to 1 over the rows of a batch, not over classes
    one_hot: bool = False  # targets are rows of a single 1
    penalty: float = 0.0  # what the loss charges for the weights themselves


def judge(judged: Judged, penalty: float = 0.0) -> Judgement:
    """Return the numbers of what a step computed."""
    point, target = judged.point.detach().float(), judged.target.detach()
    task = task_of(target, point, judged.loss)
    threshold = threshold_of(judged.head, judged.loss)
    value, one_hot = None if judged.value is None else float(judged.value.detach()), is_one_hot(target)
    return Judgement(
        head=judged.head,
        head_where=judged.head_where,
        loss=judged.loss,
        reduction=judged.reduction,
        where=judged.where,
        broadcast=judged.broadcast,
        factor=judged.factor,
        root=judged.root,
        value=value,
        output_shape=tuple(point.shape),
        target_shape=tuple(target.shape),
        output_low=float(point.min()),
        output_high=float(point.max()),
        output_scale=float(point.std(correction=0)),
        output_spread=float(point.flatten(1).std(0, correction=0).mean())
        if point.dim() > 1 and len(point) > 1
        else None,
        accuracy=accuracy(point, target, task, threshold),
        smoothing=float(judged.options.get("label_smoothing", 0.0)),
        weights=_weights(judged),
        threshold=threshold,
        outside=judged.outside,
        over_rows=sums_over_rows(point.exp() if judged.head == "log_softmax" else point, one_hot),
        one_hot=one_hot,
        penalty=penalty,
    )


def sums_over_rows(output: Tensor, one_hot: bool = False) -> bool:
    """Whether outputs [rows, classes] are shares of 1 down the rows, and not across the classes.

    Of series [rows, positions, classes], as one-hot targets say that they are, also along the positions.
    """
    if not (output.dim() == 2 or (output.dim() == 3 and one_hot)):
        return False
    if min(output.shape) < 2 or float(output.min()) < 0.0:
        return False
    *others, across = (float((output.sum(axis) - 1.0).abs().max()) for axis in range(output.dim()))
    return min(others) < NEARLY and across > 10.0 * NEARLY


def _weights(judged: Judged) -> tuple[float, ...]:
    weights = judged.options.get("weight")
    classes = judged.loss in ("cross_entropy", "nll") and isinstance(weights, Tensor) and weights.dim() == 1
    return tuple(weights.tolist()) if classes and isinstance(weights, Tensor) else ()


def threshold_of(head: str, loss: str) -> float:
    """Return the answer above which one of two classes is meant."""
    if loss in ("bce_with_logits", "hinge", "squared_hinge") or (head == "tanh" and loss != "bce"):
        return 0.0
    return 0.5


def accuracy(output: Tensor, target: Tensor, task: TaskKind, threshold: float) -> float | None:
    """Return the share of right answers; None where the task is not to choose."""
    found = correct(output, target, task, threshold)
    return None if found is None or math.isnan(found) else found


def measured(judgement: Judgement, output: Tensor, target: Tensor) -> float | None:
    """Return the loss of other rows, computed as the training computes its own."""
    trained, asked = (len(judgement.output_shape), len(judgement.target_shape)), (output.dim(), target.dim())
    alike = judgement.output_shape == judgement.target_shape
    numbered = judgement.one_hot and alike and not target.is_floating_point()
    if not judgement.loss or (asked != trained and not (numbered and asked == (trained[0], trained[1] - 1))):
        return None  # other answers, or other targets, than those that are trained; class numbers are one-hot rows
    with torch.no_grad():
        mean = mean_loss(judgement.loss, output, target, judgement.broadcast)
    if mean is None:
        return None
    factor = judgement.factor if judgement.reduction != "sum" else _factor_of_sum(judgement, output)
    return math.sqrt(mean) if judgement.root and mean >= 0 else factor * mean


def _factor_of_sum(judgement: Judgement, output: Tensor) -> float:
    """Scale a sum over rows to another number of rows."""
    return judgement.factor * len(output) / max(judgement.output_shape[0], 1)
