"""Faults of modes, graphs and precision."""

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.networks import operated
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.faults.optimisation import FACTORS, rate
from netwright.diagnosis.programs.program import Program, Sample

VECTORS = ("digits", "breast cancer", "wine", "diabetes", "regularized")


def evaluation_mode(program: Program, factor: float) -> Program:
    return rate(program, factor).but(train_mode=False)


def training_mode(program: Program, factor: float) -> Program:
    return rate(program, factor).but(evaluation_mode=False)


def frozen(program: Program, factor: float) -> Program:
    """All layers but the last require no gradient, and were never trained."""
    return rate(program, factor).but(frozen=all_but_last(program))


def left_out(program: Program, factor: float) -> Program:
    """All layers but the last are in no optimizer."""
    return rate(program, factor).but(left_out=all_but_last(program))


def all_but_last(program: Program) -> tuple[str, ...]:
    """Return the names of the layers with parameters, without the last."""
    with torch.random.fork_rng([]):
        names = [name for name, _ in program.build(0).named_parameters()]
    layers = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in names))
    return tuple(f"{layer}." for layer in layers[:-1])


def detached(program: Program, factor: float) -> Program:
    """The result of the layer before the last is cut from the graph."""
    layers = [name.removesuffix(".") for name in all_but_last(program)]
    return rate(program, factor).but(detached=layers[-1])


def logarithm_of_zero(program: Program, offset: float) -> Program:
    """A logarithm inside the network meets what is not above 0."""

    class Logged(nn.Module):
        def __init__(self, network: nn.Module) -> None:
            super().__init__()
            self.network = network

        def forward(self, rows: Tensor) -> Tensor:
            answered: Tensor = self.network(torch.log(rows + offset))
            return answered

    return operated(program, lambda network, _inputs: Logged(network))


def half_precision(program: Program, factor: float) -> Program:
    """Numbers of 16 bits, whose largest is 65,504, and inputs that are not small."""
    louder = Sample((program.rows.inputs[0] * factor,), program.rows.targets)
    return program.but(precision=torch.float16, rows=louder)


FAULTS = (
    Fault(
        "evaluation mode in training",
        ("mechanics.evaluation-mode",),
        FACTORS,
        evaluation_mode,
        ("classes",),
        ("regularized",),
        mild=True,
    ),
    Fault(
        "training mode in evaluation",
        ("mechanics.training-mode-in-evaluation",),
        FACTORS,
        training_mode,
        ("classes",),
        ("regularized",),
        mild=True,
    ),
    Fault("layers frozen that were never trained", ("mechanics.frozen-layers",), FACTORS, frozen, mild=True),
    Fault(
        "layers in no optimizer",
        ("mechanics.missing-from-optimizer", "optimisation.optimizer-mismatch"),
        FACTORS,
        left_out,
        mild=True,
    ),
    Fault("result cut from the graph", ("mechanics.without-gradient",), FACTORS, detached, bases=VECTORS),
    Fault(
        "logarithm of zero",
        ("mechanics.not-finite-source", "data.not-finite"),
        (0.0, 0.0, -0.01, -0.1, -0.5),
        logarithm_of_zero,
        bases=("digits", "images", "regularized", "breast cancer", "wine"),
    ),
    Fault(
        "overflow of 16 bits",
        ("mechanics.precision-overflow", "mechanics.not-finite-source", "data.unscaled-inputs"),
        (1e3, 3e3, 1e4, 3e4, 1e5),
        half_precision,
        bases=("digits", "wine"),
    ),
)
