"""The least loss that one answer for every row reaches, in the loss's own unit."""

import math

import torch
from torch import Tensor

from netwright.diagnosis.programs.coding import is_one_hot
from netwright.diagnosis.watching.candidates import BY_NAME
from netwright.diagnosis.watching.judging import Judgement
from netwright.diagnosis.watching.targets import class_count

ENTROPIES = ("cross_entropy", "nll", "probabilities_cross_entropy", "kl")
POINTS = 65  # of a search over constants
ROUNDS = 4


def constant_loss(judgement: Judgement, targets: Tensor) -> float | None:
    """Return the least mean loss over constant answers, times what the training multiplies it by; None if unknown.

    Args:
        judgement: the objective of a step.
        targets: as they met the answers, all rows seen.
    """
    mean = _least(judgement, targets)
    if mean is None or not math.isfinite(mean):
        return None
    return math.sqrt(max(mean, 0.0)) if judgement.root else judgement.factor * mean


def shares_of(targets: Tensor, classes: int) -> tuple[float, ...]:
    """Return the share of each class; of one-hot or soft rows the mean of each column."""
    if targets.dim() > 1 and targets.shape[-1] > 1 and (is_one_hot(targets) or targets.is_floating_point()):
        means = targets.double().flatten(0, -2).mean(0)
        return tuple((means / means.sum()).tolist())
    numbers = targets.long().flatten()
    if int(numbers.min()) == -1 and bool((numbers.abs() == 1).all()):  # no and yes of a hinge
        numbers = (numbers + 1) // 2
    numbers = numbers[numbers >= 0]
    counts = torch.bincount(numbers, minlength=classes).double()
    return tuple((counts / counts.sum().clamp(min=1)).tolist())


def _least(judgement: Judgement, targets: Tensor) -> float | None:
    classes = class_count(judgement.output_shape, judgement.target_shape)
    if judgement.loss in ENTROPIES:
        if classes < 2:
            return None
        shares = torch.tensor(shares_of(targets, classes))
        if len(judgement.weights) == len(shares):
            shares = shares * torch.tensor(judgement.weights)
            shares = shares / shares.sum()
        smoothed = (1 - judgement.smoothing) * shares + judgement.smoothing / len(shares)
        return float(-(smoothed * smoothed.clamp(min=1e-12).log()).sum())
    columns = _columns(judgement, targets)
    if judgement.loss in ("bce", "bce_with_logits"):
        means = columns.mean(0).clamp(1e-12, 1 - 1e-12)
        return float(-(means * means.log() + (1 - means) * (1 - means).log()).mean())
    if judgement.loss == "mse":
        return float(columns.var(0, correction=0).mean())
    if judgement.loss == "mae":
        return float((columns - columns.median(0).values).abs().mean())
    return _searched(judgement.loss, columns)


def _columns(judgement: Judgement, targets: Tensor) -> Tensor:
    """Return targets as the loss compares them: a column an output, class numbers as one-hot rows."""
    values = targets.double()
    wide = judgement.output_shape[-1] if len(judgement.output_shape) > 1 else 1
    same = len(judgement.target_shape) == len(judgement.output_shape) and not judgement.broadcast
    if same and wide > 1:
        return values.flatten(0, -2) if values.dim() > 1 else values[:, None]
    if values.dim() == 1 and wide > 1 and not judgement.broadcast:
        return torch.nn.functional.one_hot(values.long().clamp(min=0), wide).double()
    return values.flatten()[:, None]


def _searched(name: str, columns: Tensor) -> float | None:
    """Return the least of a loss without a formula for it, by a search between the extremes of each column."""
    candidate = BY_NAME.get(name)
    if candidate is None or candidate.classes:
        return None
    low, high = columns.min(0).values, columns.max(0).values
    if name in ("hinge", "squared_hinge"):
        low, high = torch.full_like(low, -1.0), torch.full_like(high, 1.0)
    best = torch.full_like(low, math.inf)
    for _ in range(ROUNDS):
        steps = torch.linspace(0, 1, POINTS, dtype=columns.dtype)[:, None]
        tried = low + (high - low) * steps
        losses = torch.stack([candidate.terms(row.expand_as(columns), columns).mean(0) for row in tried])
        best, at = losses.min(0)
        width = (high - low) / (POINTS - 1)
        middle = tried.gather(0, at[None])[0]
        low, high = middle - width, middle + width
    return float(best.mean())
