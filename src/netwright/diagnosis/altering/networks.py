"""Changes of a program's network: it is built as before, and then changed inside."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.activations import with_activation
from netwright.diagnosis.altering.graphs import DROPOUTS, SOFTMAX_MODULES
from netwright.diagnosis.altering.layers import (
    with_clamped_inputs,
    with_dropout,
    with_hidden_layer,
    with_initialization,
    with_normalization,
    with_residual,
    without,
)
from netwright.diagnosis.altering.sizes import with_width
from netwright.diagnosis.programs.program import Program

EXAMPLES = 4  # rows that shapes are read from

Surgery = Callable[[nn.Module, tuple[Tensor, ...]], nn.Module | None]


class DoesNotApplyError(ValueError):
    """A network offers no place for a change."""


def operated(program: Program, surgery: Surgery) -> Program:
    """Return the program with its network changed inside whenever it is built."""

    def build(seed: int) -> nn.Module:
        network = surgery(program.build(seed), examples(program))
        if network is None:
            raise DoesNotApplyError(program.name)
        return network

    return program.but(build=build)


def examples(program: Program) -> tuple[Tensor, ...]:
    few = torch.arange(min(EXAMPLES, program.rows.rows))
    return tuple(part[few] for part in program.rows.inputs)


def activation(program: Program, name: str) -> Program | None:
    return operated(program, lambda network, inputs: with_activation(network, inputs, name))


def initialization(program: Program, name: str) -> Program | None:
    return operated(program, lambda network, _inputs: with_initialization(network, name))


def normalization(program: Program, name: str) -> Program | None:
    return operated(program, lambda network, inputs: with_normalization(network, inputs, name))


def residual(program: Program, wanted: bool) -> Program | None:
    return operated(program, with_residual) if wanted else None


def clamp(program: Program, least: float) -> Program | None:
    return operated(program, lambda network, inputs: with_clamped_inputs(network, inputs, least))


def dropout(program: Program, share: float) -> Program | None:
    return operated(program, lambda network, inputs: with_dropout(network, inputs, share))


def remove(program: Program, kind: str) -> Program | None:
    """Return the program without a kind of operation: dropout, softmax, or a cut of the graph."""
    if kind == "detach":
        return program.but(detached="") if program.habits.detached else None
    types = {"dropout": DROPOUTS, "softmax": SOFTMAX_MODULES}.get(kind)
    return operated(program, lambda network, _inputs: without(network, types)) if types else None


def hidden_layer(program: Program, units: int) -> Program | None:
    return operated(program, lambda network, _inputs: with_hidden_layer(network, units))


def width(program: Program, factor: float) -> Program | None:
    return operated(program, lambda network, inputs: with_width(network, inputs, factor))
