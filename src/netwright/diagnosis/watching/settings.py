"""What optimizers say of themselves."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch.optim import Optimizer

LEFT_OUT = ("params", "initial_lr", "param_names", "foreach", "fused", "differentiable", "capturable", "maximize")


@dataclass(frozen=True)
class Described:
    """An optimizer before its first step."""

    name: str
    rate: float | None
    momentum: float
    betas: tuple[float, float] | None
    weight_decay: float
    coupled: bool
    kind: type[Any]
    settings: dict[str, Any] = field(default_factory=dict)


def described(optimizer: Optimizer) -> Described:
    """Return an optimizer's kind and settings, those of its first group of parameters."""
    group = optimizer.param_groups[0]
    name = type(optimizer).__name__.lower()
    decay = max(float(entry.get("weight_decay", 0.0) or 0.0) for entry in optimizer.param_groups)
    decoupled = name in ("adamw", "muon", "lion") or bool(group.get("decoupled_weight_decay", False))
    betas = group.get("betas")
    settings = {key: plain(value) for key, value in group.items() if key not in LEFT_OUT and value is not None}
    return Described(
        name,
        float(group["lr"]) if "lr" in group else None,
        float(group.get("momentum", 0.0) or 0.0),
        (float(betas[0]), float(betas[1])) if betas else None,
        decay,
        decay > 0.0 and not decoupled,
        type(optimizer),
        settings,
    )


def plain(value: Any) -> Any:
    """Return a number of a tensor of one."""
    return float(value) if isinstance(value, torch.Tensor) and value.numel() == 1 else value
