"""Keeping weights and gradients small.

The learning rate is eta. Decoupled decay and L1 act on the weights beside the optimizer's step, so one mechanism serves
every optimizer: adaptive scaling never touches them.
"""

import torch
from torch import Tensor

Tensors = list[Tensor]


def add_coupled_decay(parameters: Tensors, strength: float) -> None:
    """g <- g + strength w: the gradient of an L2 penalty strength |w|^2 / 2."""
    torch._foreach_add_(_gradients(parameters), parameters, alpha=strength)


def shrink(parameters: Tensors, learning_rate: float | Tensor, strength: float | Tensor) -> None:
    """w <- (1 - eta strength) w (Loshchilov, Hutter, Decoupled weight decay regularization, 2019)."""
    torch._foreach_mul_(parameters, 1.0 - learning_rate * strength)


def soft_threshold(parameters: Tensors, learning_rate: float, strength: float) -> None:
    """w <- sign(w) max(|w| - eta strength, 0): the proximal step of an L1 penalty. It leaves exact zeros.

    Source: Parikh, Boyd, Proximal algorithms, 2014, section 6.5.2.
    """
    for parameter in parameters:
        parameter.copy_(torch.nn.functional.softshrink(parameter, learning_rate * strength))


def gradient_norm(parameters: Tensors) -> Tensor:
    """L2 norm over all gradients taken as one vector; a scalar tensor, so that no device waits for it."""
    norm: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(_gradients(parameters))))
    return norm


def clip_by_norm(parameters: Tensors, limit: float, norm: Tensor) -> None:
    """g <- g min(1, limit / |g|) (Pascanu, Mikolov, Bengio, On the difficulty of training RNNs, 2013)."""
    torch._foreach_mul_(_gradients(parameters), torch.clamp(limit / (norm + 1e-6), max=1.0))


def clip_by_value(parameters: Tensors, limit: float) -> None:
    """g <- min(max(g, -limit), limit), element by element."""
    gradients = _gradients(parameters)
    torch._foreach_clamp_min_(gradients, -limit)
    torch._foreach_clamp_max_(gradients, limit)


def _gradients(parameters: Tensors) -> Tensors:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]
