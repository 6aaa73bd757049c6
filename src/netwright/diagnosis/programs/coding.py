"""What targets are: class numbers, one-hot rows, labels or values; and class numbers of each of them."""

import torch
from torch import Tensor

from netwright.diagnosis.case import TaskKind

MOST_CLASSES = 100  # distinct whole numbers above which targets are values


def distinct_values(targets: Tensor) -> Tensor:
    """Return each value once, in rising order."""
    found: Tensor = torch.unique(targets)
    return found


def is_one_hot(targets: Tensor) -> bool:
    """Whether each row has one 1 among zeros."""
    if targets.dim() < 2 or targets.shape[-1] < 2:
        return False
    whole = targets.double()
    return bool(((whole == 0) | (whole == 1)).all()) and bool((whole.sum(-1) == 1).all())


def is_labels(targets: Tensor) -> bool:
    """Whether several zeros and ones stand in each row, any number of them 1."""
    if targets.dim() != 2 or targets.shape[1] < 2 or is_one_hot(targets):
        return False
    return bool(((targets == 0) | (targets == 1)).all())


def task_of(targets: Tensor, outputs: int, loss_name: str) -> TaskKind:
    """Return what is asked of a network, from its targets, its number of outputs and its loss."""
    if is_one_hot(targets):
        return "classes" if targets.shape[-1] > 2 or loss_name == "cross_entropy" else "binary"
    if is_labels(targets):
        return "labels"
    distinct = distinct_values(targets)
    whole = bool((distinct == distinct.round()).all())
    if not whole or len(distinct) > MOST_CLASSES:
        return "values"
    if len(distinct) == 2:
        return "binary"
    if outputs > 1 or not targets.is_floating_point():
        return "classes"
    return "values"


def class_numbers(targets: Tensor) -> Tensor:
    """Return the class of each row as the targets number it: of one-hot rows the position of the 1."""
    if is_one_hot(targets):
        return targets.argmax(-1)
    if targets.dim() > 1 and targets.shape[-1] == 1:
        targets = targets.squeeze(-1)
    return targets.round().long()


def counted(targets: Tensor, like: Tensor) -> Tensor:
    """Return classes numbered from 0 without gaps; `like` are the targets that say which classes there are."""
    numbers, all_numbers = class_numbers(targets), class_numbers(like)
    return torch.searchsorted(distinct_values(all_numbers), numbers.contiguous())


def number_of_classes(targets: Tensor) -> int:
    return targets.shape[-1] if is_one_hot(targets) else len(distinct_values(class_numbers(targets)))
