"""Losses by name as they are meant: targets take the coding and the shape that each needs."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from netwright.diagnosis.programs.coding import class_numbers, is_one_hot
from netwright.diagnosis.programs.program import Loss

TAKES_LOGITS = ("cross_entropy", "bce_with_logits")


def cross_entropy(output: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Cross-entropy of logits, whose classes stand in the last axis, or in the second of (batch, class, position)."""
    logits, numbers = classes_last(output, target)
    return functional.cross_entropy(logits, numbers, weight)


def nll(output: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """The same of log-probabilities."""
    logits, numbers = classes_last(output, target)
    return functional.nll_loss(logits, numbers, weight)


def bce(output: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of probabilities."""
    return functional.binary_cross_entropy(output, shaped_like(target, output))


def bce_with_logits(output: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Binary cross-entropy of logits; `weight` multiplies the rows of class 1."""
    return functional.binary_cross_entropy_with_logits(output, shaped_like(target, output), pos_weight=weight)


def mse(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared error."""
    return functional.mse_loss(output, shaped_like(target, output))


def mae(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error."""
    return functional.l1_loss(output, shaped_like(target, output))


def huber(output: Tensor, target: Tensor) -> Tensor:
    """Huber's loss: squared below an error of 1, absolute above."""
    return functional.huber_loss(output, shaped_like(target, output))


LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "nll": nll,
    "bce": bce,
    "bce_with_logits": bce_with_logits,
    "mse": mse,
    "mae": mae,
    "huber": huber,
}
WEIGHTED: dict[str, Callable[[Tensor, Tensor, Tensor | None], Tensor]] = {
    "cross_entropy": cross_entropy,
    "nll": nll,
    "bce_with_logits": bce_with_logits,
}


def shaped_like(target: Tensor, output: Tensor) -> Tensor:
    """Return targets in the outputs' shape and type; class numbers become one-hot rows where each has an output."""
    if target.shape == output.shape:
        return target.to(output.dtype)
    if target.numel() == output.numel():
        return target.reshape(output.shape).to(output.dtype)
    numbers = class_numbers(target)
    if output.dim() == numbers.dim() + 1 and output.shape[:-1] == numbers.shape:
        return functional.one_hot(numbers, output.shape[-1]).to(output.dtype)
    return target.to(output.dtype)


def classes_last(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return logits (rows, classes) and class numbers (rows,), positions of a sequence counted as rows."""
    numbers = target.argmax(-1) if target.shape == output.shape and is_one_hot(target) else class_numbers(target)
    if output.dim() == numbers.dim() + 1 and output.shape[:-1] != numbers.shape:
        output = output.movedim(1, -1)
    return output.reshape(-1, output.shape[-1]), numbers.reshape(-1)


def balanced_weights(loss_name: str, targets: Tensor) -> Tensor:
    """Return weights that give each class the same share of the loss: of all classes, or of class 1 of two."""
    counts = torch.bincount(class_numbers(targets).reshape(-1)).clamp(min=1).float()
    if loss_name == "bce_with_logits":
        return counts[0] / counts[-1]
    return counts.sum() / (len(counts) * counts)
