"""How a layer's results fare in one step: computed as they pass, before they can be changed in place."""

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from netwright.core.values import FLAT
from netwright.diagnosis.watching.tape import Entry

MOST = 48  # rows and units that a rank is taken of
THROUGH = ("normalization", "dropout", "pooling", "add")  # stand between a layer and its activation
MIXING = ("linear", "convolution", "recurrent", "attention")


@dataclass
class Layer:
    """What was seen of one layer: tensors, so that no device is waited for."""

    name: str
    weight: str  # name of the parameter
    number: int  # of its operation
    sample: Tensor  # its result for the first rows, after its activation if one follows
    axis: int  # of the sample's units
    signals: Tensor | None = None  # mean, spread, saturated, dead of its activation
    delta: Tensor | None = None


@dataclass
class Signals:
    """The layers of one step, filled by `observe` as the operations run."""

    layers: dict[str, Layer] = field(default_factory=dict)
    by_number: dict[int, str] = field(default_factory=dict)  # from an operation to the layer that its result belongs to

    def observe(self, entry: Entry, result: Tensor) -> None:
        """Take what one operation says of its layer."""
        if not result.is_floating_point() or result.dim() < 2 or 0 in result.shape:
            return
        if entry.kind in MIXING and entry.layer:
            self._see_layer(entry, result)
        elif entry.kind in THROUGH and entry.inputs:
            name = self.by_number.get(max(entry.inputs))
            if name is not None:
                self.by_number[entry.number] = name
        elif entry.kind == "activation" and entry.inputs:
            self._see_activation(entry, result)

    def _see_layer(self, entry: Entry, result: Tensor) -> None:
        self.by_number[entry.number] = entry.layer
        if entry.layer in self.layers:
            return
        layer = Layer(entry.layer, entry.weight, entry.number, sampled(result), units_axis(entry))
        self.layers[entry.layer] = layer
        if result.requires_grad:
            result.register_hook(functools.partial(_see_delta, layer))  # type: ignore[no-untyped-call]

    def _see_activation(self, entry: Entry, result: Tensor) -> None:
        layer = self.layers.get(self.by_number.get(entry.inputs[0], ""))
        if layer is None or layer.signals is not None:
            return
        axis = 1 if result.dim() > 3 else -1
        layer.signals = signals(entry, result.detach(), axis)
        layer.sample, layer.axis = sampled(result), axis


def _see_delta(layer: Layer, delta: Tensor) -> None:
    layer.delta = torch.linalg.vector_norm(delta.detach())


def units_axis(entry: Entry) -> int:
    """Return the axis along which a result's units lie."""
    return 1 if entry.kind == "convolution" else -1


def signals(entry: Entry, a: Tensor, axis: int) -> Tensor:
    """Return mean and spread of a = f(z), and the shares of values and of units where f'(z) is nearly 0."""
    variance, mean = torch.var_mean(a.float(), correction=0)
    flat = _is_flat(entry, a)
    if flat is None:
        missing = torch.full_like(mean, math.nan)
        return torch.stack([mean, variance.sqrt(), missing, missing])
    dead = flat.movedim(axis, 0).flatten(1).all(1)
    return torch.stack([mean, variance.sqrt(), flat.float().mean(), dead.float().mean()])


def _is_flat(entry: Entry, a: Tensor) -> Tensor | None:
    """Return where the slope is nearly 0; None of functions that are not element by element or draw at random."""
    if entry.name in ("relu", "relu6", "clamp_min"):
        return (a <= 0) | (a >= 6) if entry.name == "relu6" else a <= 0
    if entry.name == "sigmoid":
        return a * (1 - a) < FLAT
    if entry.name == "tanh":
        return 1 - a * a < FLAT
    if entry.name in ("glu", "rrelu", "prelu") or entry.function is None:
        return None
    return None if entry.before is None else _slope(entry, entry.before) < FLAT


def _slope(entry: Entry, z: Tensor) -> Tensor:
    with torch.enable_grad():
        asked = z.detach().clone().requires_grad_()
        positional, named = _options(entry.options)
        answer = _callable(entry)(asked, *positional, **named)
        return torch.autograd.grad(answer.sum(), asked)[0].abs()


def _callable(entry: Entry) -> Any:
    return getattr(torch.nn.functional, entry.name, None) or getattr(torch, entry.name)


def _options(options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    positional = [options[name] for name in sorted(filter(str.isdigit, options))]
    return positional, {name: value for name, value in options.items() if not name.isdigit() and name != "inplace"}


def sampled(result: Tensor) -> Tensor:
    """Return a copy of a result's first rows: the result itself may be changed in place."""
    return result.detach()[:MOST].clone()


def variety(sample: Tensor, axis: int) -> Tensor:
    """Return how much a result differs from row to row, of at most 48 rows.

    The first number is the deviation over rows over the deviation over all values: 0 where every row is alike. The
    second is the effective rank exp(H(s / sum s)) of singular values s of at most 48 rows and units, each unit's mean
    taken off, over the least of both (Roy and Vetterli, "The effective rank", 2007). Of a convolution or a sequence
    each unit's mean over positions counts.
    """
    values = sample.float()
    flat = values.flatten(1)
    within = flat.var(0, correction=0).mean().sqrt() if len(flat) > 1 else flat.new_full((), math.nan)
    spread = within / flat.std(correction=0).clamp(min=1e-30)
    units = values.movedim(axis, -1)
    if units.dim() > 2:
        units = units.flatten(1, -2).mean(1)
    return torch.stack([spread, _rank(units[:, :MOST])])


def _rank(values: Tensor) -> Tensor:
    rows, units = values.shape
    found = values.cpu().numpy().astype(np.float64)  # a dozen operations on little, for which torch takes twice as long
    if rows < 2 or not np.isfinite(found).all():
        return values.new_full((), math.nan)
    centred = found - found.mean(0)
    gram = centred @ centred.T if rows < units else centred.T @ centred
    singular = np.sqrt(np.linalg.eigvalsh(gram).clip(min=0.0))
    total = singular.sum()
    if total < 1e-9:
        return values.new_zeros(())
    shares = singular / total
    entropy = -(shares * np.log(shares.clip(min=1e-30))).sum()
    return values.new_full((), math.exp(entropy) / min(rows, units))
