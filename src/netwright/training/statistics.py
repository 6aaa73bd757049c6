"""How signals and gradients fare in each linear layer of a step: see LayerStatistics.

This is the eager engine's way, by hooks that exist during a watched step only; it serves any module with linear layers.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from netwright.core.values import FLAT, LayerStatistics
from netwright.networks.layers.activations import FunctionActivation, ParametricActivation
from netwright.networks.layers.members import LINEAR, MemberHead
from netwright.networks.layers.residual import Residual

# Not element by element, or (RReLU) drawing from torch's generator, which watching must leave alone.
NO_ACTIVATIONS = (nn.MultiheadAttention, nn.Softmax, nn.LogSoftmax, nn.Softmin, nn.Softmax2d, nn.GLU, nn.RReLU)


@dataclass(frozen=True)
class Watched:
    """A linear layer, and the activation that follows it, if one does."""

    name: str
    linear: nn.Linear | MemberHead
    activation: nn.Module | None


@dataclass
class Watch:
    """What the hooks have seen of one step; tensors, so that no device is waited for."""

    layers: Sequence[Watched]
    signals: dict[str, tuple[Tensor, ...]] = field(default_factory=dict)  # mean, spread, saturated, dead
    deltas: dict[str, Tensor] = field(default_factory=dict)
    gradients: list[Tensor] = field(default_factory=list)
    before: list[Tensor] = field(default_factory=list)


def watched_layers(module: nn.Module) -> list[Watched]:
    """Return the linear layers in the order in which they were registered; those of shortcuts are left out."""
    shortcuts = {id(layer.shortcut) for layer in module.modules() if isinstance(layer, Residual)}
    found: list[Watched] = []
    for name, layer in module.named_modules():
        if isinstance(layer, LINEAR) and id(layer) not in shortcuts:
            found.append(Watched(name, layer, None))
        elif found and found[-1].activation is None and _is_activation(layer):
            found[-1] = Watched(found[-1].name, found[-1].linear, layer)
    return found


def _is_activation(layer: nn.Module) -> bool:
    known = type(layer).__module__ == "torch.nn.modules.activation" and not isinstance(layer, NO_ACTIVATIONS)
    return known or isinstance(layer, FunctionActivation | ParametricActivation)


@contextmanager
def watching(layers: Sequence[Watched]) -> Iterator[Watch]:
    """See the forward and backward passes inside; the hooks are gone afterwards."""
    watch = Watch(layers)
    handles = [handle for layer in layers for handle in _hooks(layer, watch)]
    try:
        yield watch
    finally:
        for handle in handles:
            handle.remove()


def _hooks(layer: Watched, watch: Watch) -> Iterator[Any]:
    def see_delta(delta: Tensor) -> None:
        watch.deltas[layer.name] = torch.linalg.vector_norm(delta)

    def see_linear(_module: nn.Module, _inputs: Any, z: Tensor) -> None:
        if z.requires_grad:
            z.register_hook(see_delta)  # type: ignore[no-untyped-call]

    def see_activation(module: nn.Module, inputs: tuple[Tensor, ...], a: Tensor) -> None:
        watch.signals[layer.name] = signals(module, inputs[0].detach(), a.detach())

    yield layer.linear.register_forward_hook(see_linear)
    if layer.activation is not None:
        yield layer.activation.register_forward_hook(see_activation)


def signals(activation: nn.Module, z: Tensor, a: Tensor) -> tuple[Tensor, ...]:
    """Return mean and spread of a = f(z), and the shares of values and units (dimension 1) where f'(z) is nearly 0."""
    variance, mean = torch.var_mean(a, correction=0)
    if isinstance(activation, nn.LeakyReLU) and abs(activation.negative_slope) >= FLAT:
        never = torch.zeros_like(mean)
        return mean, variance.sqrt(), never, never
    flat = z <= 0 if isinstance(activation, nn.ReLU) else slope_of(activation, z).abs() < FLAT
    dead = flat.all(0) if flat.ndim < 3 else flat.transpose(0, 1).flatten(1).all(1)
    return mean, variance.sqrt(), flat.mean(dtype=a.dtype), dead.mean(dtype=a.dtype)


def slope_of(activation: nn.Module, z: Tensor) -> Tensor:
    """Return f'(z), element by element."""
    with torch.enable_grad():
        asked = z.clone().requires_grad_()
        slope: Tensor = torch.autograd.grad(activation.forward(asked).sum(), asked)[0]
    return slope


def before_update(watch: Watch) -> None:
    """Take the gradients' norms and remember the weights."""
    weights = [layer.linear.weight for layer in watch.layers]
    zeros = torch.zeros((), dtype=weights[0].dtype, device=weights[0].device)
    present = [weight.grad for weight in weights if weight.grad is not None]
    norms = iter(torch._foreach_norm(present) if present else ())
    watch.gradients = [zeros if weight.grad is None else next(norms) for weight in weights]
    watch.before = [weight.detach().clone() for weight in weights]


def after_update(watch: Watch) -> LayerStatistics:
    """Compare the weights with those before the step, and bring all of it together."""
    sizes = torch._foreach_norm(watch.before)
    torch._foreach_sub_(watch.before, [layer.linear.weight.detach() for layer in watch.layers])
    changes = torch._foreach_norm(watch.before)
    missing = torch.full_like(sizes[0], math.nan)
    rows = [
        torch.stack(
            [
                *watch.signals.get(layer.name, (missing,) * 4),
                watch.deltas.get(layer.name, missing),
                watch.gradients[number],
                sizes[number],
                changes[number] / sizes[number],
            ]
        )
        for number, layer in enumerate(watch.layers)
    ]
    return layer_statistics(tuple(layer.name for layer in watch.layers), torch.stack(rows).T.tolist())


def layer_statistics(names: tuple[str, ...], quantities: list[list[float]]) -> LayerStatistics:
    """Bring quantities, each with one number a layer, in the order of the fields; NaN becomes None."""
    return LayerStatistics(names, *[tuple([None if x != x else x for x in numbers]) for numbers in quantities])
