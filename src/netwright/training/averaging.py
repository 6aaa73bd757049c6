"""An exponential moving average of the weights, to evaluate with.

a_t = d a_(t-1) + (1 - d) w_t, divided by 1 - d^t so that the starting point leaves no trace; kept in divided form.
Source: Polyak, Juditsky, Acceleration of stochastic approximation by averaging, 1992; Kingma, Ba, Adam, 2015, 7.2.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Average = dict[str, Tensor]  # parameter name -> averaged value


def start_average(module: nn.Module) -> Average:
    return {name: parameter.detach().clone() for name, parameter in module.named_parameters()}


def update_average(average: Average, parameters: list[Tensor], decay: float, step: int) -> None:
    """Take in the weights after optimizer step `step` (from 1), in place."""
    torch._foreach_lerp_(list(average.values()), parameters, (1.0 - decay) / (1.0 - decay**step))


@contextmanager
def averaged(module: nn.Module, average: Average | None) -> Iterator[None]:
    """Lend the averaged weights to `module`; running statistics stay the module's own. Nothing is copied."""
    if average is None:
        yield
        return
    own = {name: parameter.data for name, parameter in module.named_parameters() if name in average}
    _point(module, average)
    try:
        yield
    finally:
        _point(module, own)


def _point(module: nn.Module, values: Average) -> None:
    for name, parameter in module.named_parameters():
        if name in values:
            parameter.data = values[name]
