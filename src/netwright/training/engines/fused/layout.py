"""Where each parameter lies in the flat buffers: Muon's matrices, other matrices, the rest, frozen ones.

Parameters that the recipe treats alike lie side by side, so that each rule acts on few unbroken segments: one or two
unless the recipe has factors. Each parameter begins at a multiple of 64 bytes; the gaps hold zeros, whose gradients are
zero, which no optimizer moves.
"""

from dataclasses import dataclass

from torch import nn

from netwright.networks.parameters import is_matrix
from netwright.training.config import TrainingConfig
from netwright.training.factors import Treatment, treatments
from netwright.training.optimizers import hidden_weights

ALIGNMENT = 16  # numbers; 64 bytes of float32


@dataclass(frozen=True)
class Segment:
    """An unbroken stretch of parameters that are treated alike."""

    start: int
    end: int
    treatment: Treatment
    orthogonal: bool  # whether these are Muon's matrices


@dataclass(frozen=True)
class Layout:
    """Places by parameter name, and the segments of what is trained."""

    places: dict[str, int]
    segments: tuple[Segment, ...]
    trained: int  # where trained parameters end
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
    found, named = treatments(module, config), list(module.named_parameters())
    frozen = [(name, parameter) for name, parameter in named if not parameter.requires_grad]
    alike: dict[tuple[int, Treatment], list[tuple[str, nn.Parameter]]] = {}
    for name, parameter in named:
        if parameter.requires_grad:
            kind = 0 if id(parameter) in muon else 1 if is_matrix(name, parameter) else 2
            alike.setdefault((kind, found[name]), []).append((name, parameter))
    places: dict[str, int] = {}
    segments, end = [], 0
    for kind, treatment in sorted(alike):
        start, end = end, _place(alike[kind, treatment], places, end)
        segments.append(Segment(start, end, treatment, kind == 0))
    return Layout(places, tuple(segments), end, _place(frozen, places, end))


def _place(named: list[tuple[str, nn.Parameter]], places: dict[str, int], end: int) -> int:
    for name, parameter in named:
        places[name] = end
        end += aligned(parameter.numel())
    return end
