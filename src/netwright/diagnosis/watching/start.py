"""Weights before the first step."""

import torch
from torch import Tensor, nn

from netwright.diagnosis.case import Start
from netwright.diagnosis.watching.names import layer_of, shown

MOST = 256  # rows and columns in which alike units are looked for


def starts_of(model: nn.Module) -> dict[str, Start]:
    """Return what is known of each layer that mixes features, by name; layers without values yet are left out."""
    found: dict[str, Start] = {}
    for name, parameter in model.named_parameters():
        layer = layer_of(name)
        called = shown(layer)
        usable = not nn.parameter.is_lazy(parameter) and parameter.dim() > 1 and parameter.numel() > 0
        if usable and called not in found:
            found[called] = _start(called, parameter.detach().float(), _bias(model, layer))
    return found


def brought_together(starts: dict[str, Start], layers: tuple[str, ...]) -> Start:
    """Return the chosen layers in order."""
    chosen = [starts[layer] for layer in dict.fromkeys(layers) if layer in starts]
    fields = Start.__dataclass_fields__
    return Start(**{name: tuple(value for start in chosen for value in getattr(start, name)) for name in fields})


def _start(layer: str, weight: Tensor, bias: float) -> Start:
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(weight)
    deviation, mean = float(weight.std(correction=0)), float(weight.mean())
    return Start((layer,), (deviation,), (mean,), (fan_in,), (fan_out,), (_alike(weight),), (bias,))


def _alike(weight: Tensor) -> float:
    rows = weight.flatten(1)[:MOST, :MOST]
    if len(rows) < 2:
        return 0.0
    _, inverse, counts = torch.unique(rows, dim=0, return_inverse=True, return_counts=True)
    return float((counts[inverse] > 1).float().mean())


def _bias(model: nn.Module, layer: str) -> float:
    prefix = f"{layer}."
    biases = [p for name, p in model.named_parameters() if name.startswith(prefix) and p.dim() == 1 and "bias" in name]
    usable = [bias for bias in biases if not nn.parameter.is_lazy(bias) and bias.numel()]
    return max((float(bias.detach().abs().max()) for bias in usable), default=0.0)
