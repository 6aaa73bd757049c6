"""Small programs that the tests of programs, probes, treatments and faults share."""

import torch
from torch import nn

from netwright.diagnosis.programs import Program, Sample
from netwright.diagnosis.programs.objectives import LOSSES


def rows(count=160, features=4, seed=0):
    """Two clouds that a line parts."""
    generator = torch.Generator().manual_seed(seed)
    targets = torch.arange(count) % 2
    inputs = torch.randn(count, features, generator=generator) + 1.5 * (2 * targets - 1)[:, None]
    return inputs, targets


def classifier(**fields):
    """Two classes by two outputs, in 40 steps of Adam."""
    inputs, targets = rows()
    program = Program(
        "clouds",
        lambda _seed: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)),
        LOSSES["cross_entropy"],
        "cross_entropy",
        Sample((inputs[:120],), targets[:120]),
        "binary",
        Sample((inputs[120:],), targets[120:]),
        torch.optim.Adam,
        {"lr": 1e-2},
        30,
        10,
    )
    return program.but(**fields)


def regressor(**fields):
    """One value, far from 0, of two numbers."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(120, 2, generator=generator)
    targets = 50.0 + 20.0 * (inputs[:, :1] - inputs[:, 1:])
    program = Program(
        "values",
        lambda _seed: nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)),
        LOSSES["mse"],
        "mse",
        Sample((inputs,), targets),
        "values",
        optimizer=torch.optim.Adam,
        settings={"lr": 1e-2},
        batch_size=30,
        epochs=10,
    )
    return program.but(**fields)
