"""Which network and which optimizers a script trains, found while it runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from netwright.diagnosis.watching.gradients import parameters_of

STRANGE = 3  # forward passes of a network of which no optimizer has a parameter, until it is watched all the same


@dataclass
class Found:
    """Optimizers as they are made, and the networks that are called."""

    optimizers: list[Optimizer] = field(default_factory=list)
    strange: int = 0
    depth: int = 0

    def trained(self, called: nn.Module) -> tuple[nn.Module, list[Optimizer]] | None:
        """Return the network that is trained and what steps it, when one of its modules is called; None if not yet."""
        if not self.optimizers or not torch.is_grad_enabled():
            return None
        own = {id(parameter) for parameter in called.parameters() if parameter.requires_grad}
        stepping = [one for one in self.optimizers if own & _held(one)]
        if stepping:
            model = network_of(called, stepping)
            inside = {id(parameter) for parameter in model.parameters()}
            return model, [one for one in self.optimizers if inside & _held(one)]
        self.strange += bool(own) and called.training
        return (called, list(self.optimizers)) if self.strange >= STRANGE else None


def _held(optimizer: Optimizer) -> set[int]:
    return {id(parameter) for parameter in parameters_of(optimizer)}


def network_of(called: nn.Module, optimizers: list[Optimizer]) -> nn.Module:
    """Return the network that holds the optimizers' parameters: the module called, one around it, or several."""
    held = set[int]().union(*(_held(one) for one in optimizers))
    modules: list[nn.Module] = [thing for thing in gc.get_objects() if issubclass(type(thing), nn.Module)]
    holding = [module for module in modules if held & {id(parameter) for parameter in module.parameters()}]
    inner = {id(part) for module in holding for part in module.modules() if part is not module}
    roots = [module for module in holding if id(module) not in inner]
    around = [module for module in roots if any(part is called for part in module.modules())]
    whole = [module for module in around if held <= {id(parameter) for parameter in module.parameters()}]
    if whole:
        return whole[0]
    return nn.ModuleList(roots) if len(roots) > 1 else called


@contextmanager
def noting_optimizers(found: Found) -> Iterator[None]:
    """Note every optimizer that is made inside."""
    former = Optimizer.__init__

    def noting(optimizer: Optimizer, *args: Any, **kwargs: Any) -> None:
        former(optimizer, *args, **kwargs)
        found.optimizers.append(optimizer)

    setattr(Optimizer, "__init__", noting)  # noqa: B010 - mypy allows no other way
    try:
        yield
    finally:
        setattr(Optimizer, "__init__", former)  # noqa: B010
