"""Gradients, weights and updates of the layers of one watched step."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from netwright.core.values import LayerStatistics
from netwright.diagnosis.watching.recorded import WatchedNumbers
from netwright.diagnosis.watching.signals import Layer, variety


@dataclass
class LayerWatch:
    """Weights of one step, before and after."""

    model: nn.Module
    total: Tensor | None = None  # L2 of all gradients
    gradients: dict[str, Tensor] = field(default_factory=dict)  # L2, by parameter
    zeros: dict[str, Tensor] = field(default_factory=dict)  # share of exact zeros, by parameter
    before: dict[str, Tensor] = field(default_factory=dict)
    sizes: dict[str, Tensor] = field(default_factory=dict)
    changes: dict[str, Tensor] = field(default_factory=dict)

    def after_backward(self, scale: float) -> set[str]:
        """Take the gradients as backward left them; return the names of parameters that have one."""
        present = {name: p.grad for name, p in self.model.named_parameters() if p.grad is not None}
        dense = {name: _values(grad) / scale if scale != 1.0 else _values(grad) for name, grad in present.items()}
        self.gradients = {name: torch.linalg.vector_norm(grad) for name, grad in dense.items()}
        self.zeros = {name: (grad == 0).float().mean() for name, grad in dense.items() if grad.numel()}
        if self.gradients:
            self.total = torch.linalg.vector_norm(torch.stack([n.float() for n in self.gradients.values()]))
        return set(present)

    def before_update(self, wanted: set[str] | None) -> None:
        """Remember the weights that are wanted; all of them before a closure that has yet to answer."""
        named = [(name, p) for name, p in self.model.named_parameters() if wanted is None or name in wanted]
        self.before = {name: parameter.detach().clone() for name, parameter in named}

    def after_update(self) -> None:
        """Compare them with what the step made of them."""
        now = dict(self.model.named_parameters())
        for name, before in self.before.items():
            self.sizes[name] = torch.linalg.vector_norm(before)
            self.changes[name] = torch.linalg.vector_norm(now[name].detach() - before) / self.sizes[name]


def _values(gradient: Tensor) -> Tensor:
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    return values.detach().float()


def numbers(layers: list[Layer], watch: LayerWatch) -> WatchedNumbers:
    """Bring what was seen of a step's layers together, in the order in which they ran."""
    if not layers:
        return WatchedNumbers(_number(watch.total))
    rows = torch.stack([_row(layer, watch).cpu() for layer in layers]).T.tolist()
    mean, spread, saturated, dead, delta, gradient, size, change, row_spread, rank, zeros = map(_known, rows)
    names = tuple(layer.name for layer in layers)
    statistics = LayerStatistics(names, mean, spread, saturated, dead, delta, gradient, size, change)
    return WatchedNumbers(_number(watch.total), statistics, row_spread, rank, zeros)


def _row(layer: Layer, watch: LayerWatch) -> Tensor:
    rows = variety(layer.sample, layer.axis)
    missing = rows.new_full((), math.nan)
    signals = layer.signals if layer.signals is not None else missing.expand(4)
    sources = (watch.gradients, watch.sizes, watch.changes)
    ours = [source.get(layer.weight, missing).float() for source in sources]
    delta = missing if layer.delta is None else layer.delta.float()
    zeros = watch.zeros.get(layer.weight, missing)
    return torch.cat([signals.float(), torch.stack([delta, *ours]), rows, zeros[None]])


def _known(values: list[float]) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else value for value in values)


def _number(value: Tensor | None) -> float | None:
    return None if value is None else float(value)
