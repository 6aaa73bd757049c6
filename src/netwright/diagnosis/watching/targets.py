"""What targets ask for, and which answers are right."""

import torch
from torch import Tensor

from netwright.diagnosis.case import TaskKind
from netwright.diagnosis.programs.coding import MOST_CLASSES, is_one_hot

CHOOSING = ("cross_entropy", "nll", "probabilities_cross_entropy", "multi_margin")


def task_of(target: Tensor, output: Tensor, loss: str) -> TaskKind:
    """Return what is asked: from the targets themselves, and where they leave it open from the loss.

    Args:
        target: as it met the answers.
        output: the answers, as many rows or others.
        loss: as in Objective.loss.
    """
    if not target.numel():
        return ""
    if is_one_hot(target):
        return "classes"
    zeros_and_ones = bool(((target == 0) | (target == 1)).all())
    if target.dim() == 2 and target.shape[1] > 1 and zeros_and_ones:
        return "labels"
    alike = target.shape[1:] == output.shape[1:] and target.dim() == output.dim()
    if loss in CHOOSING and not (target.is_floating_point() and alike):
        return "classes"
    distinct = torch.unique(target if target.is_floating_point() else target[target != -100])
    whole = bool((distinct == distinct.round()).all()) if target.is_floating_point() else True
    if not whole or len(distinct) > MOST_CLASSES or target.numel() < 2 or target.dim() > 2:
        return "classes" if loss in CHOOSING and alike and target.dim() == 2 else "values"
    if zeros_and_ones or (len(distinct) == 2 and target.numel() > 4):
        return "binary"
    wide = output.dim() > 1 and output.shape[-1] > 1 and not alike
    return "classes" if wide or not target.is_floating_point() else "values"


def class_count(output: tuple[int, ...], target: tuple[int, ...]) -> int:
    """Return how many answers there are for each target: the last axis, or the second of (batch, class, position)."""
    if len(output) < 2:
        return 1
    second = len(output) > 2 and target == output[:1] + output[2:] and target != output[:-1]
    return output[1] if second else output[-1]


def class_numbers(target: Tensor, output: Tensor) -> Tensor:
    """Return the class of each row as targets number it."""
    if is_one_hot(target) or (target.shape == output.shape and target.dim() > 1 and target.shape[-1] > 1):
        return target.argmax(-1)
    if target.dim() > 1 and target.shape[-1] == 1:
        target = target.squeeze(-1)
    return target.long()


def correct(output: Tensor, target: Tensor, task: TaskKind, threshold: float) -> float | None:
    """Return the share of right answers; None where that says nothing.

    Args:
        output: answers: scores of classes in the last axis, or in the second of (batch, class, position); or one score.
        target: as it met them.
        task: what is asked.
        threshold: of one score of two classes.
    """
    if task == "labels" and target.shape == output.shape:
        return float(((output > threshold) == (target > 0.5)).float().mean())
    if task == "binary" and output.numel() == target.numel():
        low, high = target.min(), target.max()
        middle = threshold if low >= 0 and high <= 1 else float(low + high) / 2
        return float(((output.flatten() > middle) == (target.flatten() > (low + high) / 2)).float().mean())
    if task not in ("classes", "binary") or output.dim() < 2 or output.shape[-1] < 2:
        return None
    numbers = class_numbers(target, output)
    if numbers.dim() != output.dim() - 1:
        return None
    axis = -1 if output.shape[:-1] == numbers.shape else 1
    chosen = output.argmax(axis)
    known = numbers >= 0
    return (
        float((chosen == numbers)[known].float().mean())
        if chosen.shape == numbers.shape and bool(known.any())
        else None
    )


def distribution(targets: list[Tensor]) -> Tensor:
    """Return all targets below each other as numbers, where their shapes allow it."""
    width = targets[0].shape[1:]
    return torch.cat([target for target in targets if target.shape[1:] == width])
