"""Keras's semantics that failing programs depend on: losses on clipped probabilities, first weights, decay."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

EPSILON = 1e-7


def categorical_crossentropy(output: Tensor, target: Tensor) -> Tensor:
    """Outputs are divided by their sum and clipped; targets are one-hot."""
    share = output / output.sum(-1, keepdim=True)
    return -(target * torch.log(share.clamp(EPSILON, 1.0 - EPSILON))).sum(-1).mean()


def binary_crossentropy(output: Tensor, target: Tensor) -> Tensor:
    """Outputs are clipped; targets take their shape."""
    truth = target.reshape(output.shape)
    chance = output.clamp(EPSILON, 1.0 - EPSILON)
    return -(truth * torch.log(chance) + (1.0 - truth) * torch.log(1.0 - chance)).mean()


def mean_squared_error(output: Tensor, target: Tensor) -> Tensor:
    return (output - target.reshape(output.shape)).square().mean()


def mean_absolute_error(output: Tensor, target: Tensor) -> Tensor:
    return (output - target.reshape(output.shape)).abs().mean()


def glorot(weight: Tensor) -> None:
    nn.init.xavier_uniform_(weight)


def uniform(weight: Tensor) -> None:
    nn.init.uniform_(weight, -0.05, 0.05)


def dense(inputs: int, outputs: int, start: Callable[[Tensor], None] = glorot) -> nn.Linear:
    """A layer with biases of 0."""
    layer = nn.Linear(inputs, outputs)
    with torch.no_grad():
        start(layer.weight)
        layer.bias.zero_()
    return layer


def decay(rate: float) -> Callable[[int], float]:
    """The factor of a step: 1 / (1 + rate * step)."""
    return lambda step: 1.0 / (1.0 + rate * step)
