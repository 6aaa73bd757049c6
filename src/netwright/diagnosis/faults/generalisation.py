"""Faults of capacity, decay, dropout and stopping."""

import torch

from netwright.diagnosis.altering.layers import with_dropout
from netwright.diagnosis.altering.networks import operated
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.faults.healthy import mlp
from netwright.diagnosis.programs.program import Program

VECTORS = ("digits", "breast cancer", "wine", "diabetes")


def few_rows(program: Program, rows: int) -> Program:
    """A wide network on few rows, for long."""
    features, outputs = program.rows.inputs[0].shape[1], int(program.rows.targets.shape[-1])
    few = torch.arange(min(rows, program.rows.rows))
    build = mlp((features, 256, 256, outputs))
    return program.but(build=build, rows=program.rows.at(few), epochs=max(40, 6000 // rows))


def heavy_decay(program: Program, decay: float) -> Program:
    return program.with_settings(weight_decay=decay)


def heavy_dropout(program: Program, share: float) -> Program:
    return operated(program, lambda network, inputs: with_dropout(network, inputs, share))


def impatient(program: Program, rate: float) -> Program:
    """Stopped at the first epoch without a better validation loss, at a slow rate."""
    noisy = program.but(batch_size=4, epochs=40, patience=1)
    return noisy.but(optimizer=torch.optim.SGD, settings={"lr": rate, "momentum": 0.9})


FAULTS = (
    Fault(
        "too few rows for a wide network",
        ("generalisation.overfitting", "generalisation.stopped-too-late"),
        (60, 80, 100, 120, 150),
        few_rows,
        ("values",),
        ("diabetes",),
        mild=True,
    ),
    Fault(
        "weight decay far too large",
        ("generalisation.over-regularised",),
        (0.3, 1.0, 3.0, 10.0, 30.0),
        heavy_decay,
        symptoms=("signal.constant-output", "generalisation.underfitting", "optimisation.plateau"),
        mild=True,
    ),
    Fault(
        "dropout far too large",
        ("generalisation.over-regularised",),
        (0.9, 0.93, 0.95, 0.97, 0.99),
        heavy_dropout,
        bases=(*VECTORS, "regularized", "images"),
        symptoms=("generalisation.underfitting", "optimisation.plateau", "signal.constant-output"),
        mild=True,
    ),
)
