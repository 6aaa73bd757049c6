"""Faults of first weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.graphs import MIXING
from netwright.diagnosis.altering.networks import operated
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.program import Program

PLAIN = ("digits", "breast cancer", "wine", "diabetes", "images")


def started(program: Program, change: Callable[[nn.Module], None]) -> Program:
    """Return the program with its layers' first weights changed."""

    def surgery(network: nn.Module, _inputs: tuple[Tensor, ...]) -> nn.Module:
        with torch.no_grad():
            for module in network.modules():
                if isinstance(module, (*MIXING, nn.LSTM, nn.GRU)):
                    change(module)
        return network

    return operated(program, surgery)


def constant(program: Program, value: float) -> Program:
    """All weights of a layer the same."""

    def fill(module: nn.Module) -> None:
        for name, parameter in module.named_parameters(recurse=False):
            parameter.fill_(value if "weight" in name else 0.0)

    return started(program, fill)


def scaled(program: Program, factor: float) -> Program:
    def multiply(module: nn.Module) -> None:
        for name, parameter in module.named_parameters(recurse=False):
            parameter.mul_(factor if "weight" in name else 1.0)

    return started(program, multiply)


def biased(program: Program, value: float) -> Program:
    """Hidden units that start below 0 for every row."""
    layers: list[nn.Module] = []

    def move(module: nn.Module) -> None:
        layers.append(module)
        for name, parameter in module.named_parameters(recurse=False):
            if "bias" in name and parameter.numel() > 10:
                parameter.fill_(value)

    return started(program, move)


FAULTS = (
    Fault(
        "constant first weights",
        ("initialisation.symmetric-units",),
        (0.0, 0.01, 0.05, 0.1, 0.5),
        constant,
        symptoms=("signal.dead-units", "signal.constant-output", "signal.rank-loss", "optimisation.plateau"),
    ),
    Fault(
        "first weights far too large",
        ("initialisation.too-large",),
        (20.0, 30.0, 50.0, 100.0, 200.0),
        scaled,
        bases=PLAIN,
        symptoms=("signal.exploding-gradient", "optimisation.divergence", "signal.dead-units"),
        mild=True,
    ),
    Fault(
        "first weights far too small",
        ("initialisation.too-small",),
        (1e-2, 3e-3, 1e-3, 1e-4, 1e-5),
        scaled,
        bases=PLAIN,
        symptoms=("signal.vanishing-gradient", "optimisation.plateau", "signal.collapsed-representation"),
        mild=True,
    ),
    Fault(
        "biases far below zero",
        ("initialisation.bias-far-off", "signal.dead-units"),
        (-5.0, -10.0, -20.0, -50.0, -100.0),
        biased,
        bases=PLAIN,
        symptoms=("signal.constant-output", "optimisation.plateau"),
        mild=True,
    ),
)
