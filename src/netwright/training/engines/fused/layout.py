"""Where each parameter lies in the flat buffers: Muon's matrices, other decayed parameters, the rest, frozen ones.

So every rule of the recipe acts on one unbroken stretch. Each parameter begins at a multiple of 64 bytes; the gaps hold
zeros, whose gradients are zero, which no optimizer moves.
"""

from dataclasses import dataclass

from torch import nn

from netwright.training.config import TrainingConfig
from netwright.training.optimizers import hidden_weights

ALIGNMENT = 16  # numbers; 64 bytes of float32


@dataclass(frozen=True)
class Layout:
    """Places by parameter name, and where the stretches end."""

    places: dict[str, int]
    hidden: int
    decayed: int
    trained: int
    size: int


def aligned(size: int) -> int:
    """Round up to a whole number of register widths.

    >>> aligned(3), aligned(16)
    (16, 16)
    """
    return -(-size // ALIGNMENT) * ALIGNMENT


def lay_out(module: nn.Module, config: TrainingConfig) -> Layout:
    """Give every parameter its place."""
    muon = {id(weight) for weight in hidden_weights(module)} if config.optimizer == "muon" else set()
    ends, place = [0, 0, 0, 0], 0
    places: dict[str, int] = {}
    named = list(module.named_parameters())
    for group in range(4):
        for name, parameter in named:
            if _group_of(parameter, config, muon) == group:
                places[name] = place
                place += aligned(parameter.numel())
        ends[group] = place
    return Layout(places, *ends)


def _group_of(parameter: nn.Parameter, config: TrainingConfig, muon: set[int]) -> int:
    if not parameter.requires_grad:
        return 3
    if id(parameter) in muon:
        return 0
    return 1 if parameter.ndim > 1 or config.decay_norms_and_biases else 2
