"""From a task to the number of outputs, and from logits to predictions."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.core.errors import RecipeError
from netwright.core.values import Task

Logits = Float[Tensor, "batch outputs"]


def identity(logits: Logits) -> Logits:
    """Regression: the output is the prediction."""
    return logits


def sigmoid(logits: Logits) -> Logits:
    """Binary: the probability of the second class, 1 / (1 + e^-z)."""
    return torch.sigmoid(logits)


def softmax(logits: Logits) -> Logits:
    """Multiclass: e^z_j / sum_k e^z_k; torch subtracts the largest logit first."""
    return torch.softmax(logits, dim=1)


HEADS: dict[str, Callable[[Tensor], Tensor]] = {"regression": identity, "binary": sigmoid, "multiclass": softmax}


def outputs_for(task: Task, classes: int = 0) -> int:
    """Return the width of a network's output: 1 for regression, 1 logit for two classes, one logit a class for more.

    Raises:
        RecipeError: multiclass with fewer than 2 classes.
    """
    if task != "multiclass":
        return 1
    if classes < 2:
        raise RecipeError(f"task: a multiclass network needs at least 2 classes, got {classes}")
    return classes


def predictions_from(logits: Logits, task: Task) -> Logits:
    """Map logits to predictions: values, P(second class), or one probability a class."""
    return HEADS[task](logits)
