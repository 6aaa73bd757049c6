"""Faults of rates, steps and what a loop does around them."""

import torch

from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.program import Program


def rate(program: Program, factor: float) -> Program:
    return program.with_settings(lr=program.settings["lr"] * factor)


def plain_descent(program: Program, learning_rate: float) -> Program:
    """Plain gradient descent at a rate."""
    return program.but(optimizer=torch.optim.SGD, settings={"lr": learning_rate})


def no_zero_grad(program: Program, optimizer_and_rate: tuple[type[torch.optim.Optimizer], float]) -> Program:
    optimizer, learning_rate = optimizer_and_rate
    return program.but(zero_grad=False, optimizer=optimizer, settings={"lr": learning_rate})


def no_step(program: Program, factor: float) -> Program:
    return rate(program, factor).but(steps=False)


def no_backward(program: Program, factor: float) -> Program:
    return rate(program, factor).but(backwards=False)


def cleared(program: Program, factor: float) -> Program:
    return rate(program, factor).but(clear_before_step=True)


def few_steps(program: Program, epochs_and_rate: tuple[int, float]) -> Program:
    epochs, factor = epochs_and_rate
    size = max(1, program.rows.rows // 4)
    return rate(program, factor).but(epochs=epochs, batch_size=size)


def large_batch(program: Program, learning_rate: float) -> Program:
    """All rows a step."""
    return plain_descent(program, learning_rate).but(batch_size=program.rows.rows)


def much_momentum(program: Program, momentum_and_rate: tuple[float, float]) -> Program:
    momentum, learning_rate = momentum_and_rate
    return program.but(optimizer=torch.optim.SGD, settings={"lr": learning_rate, "momentum": momentum})


def clipped(program: Program, norm: float) -> Program:
    return program.but(clip_norm=norm, optimizer=torch.optim.SGD, settings={"lr": 0.1, "momentum": 0.9})


def schedule_per_step(program: Program, factor: float) -> Program:
    """A decay meant for epochs, taken at every step."""
    return program.but(schedule=lambda count: factor**count, rate_per="step")


def undivided(program: Program, parts_and_rate: tuple[int, float]) -> Program:
    parts, learning_rate = parts_and_rate
    size = max(1, program.batch_size // parts)
    settings = {"lr": learning_rate, "momentum": 0.9}
    return program.but(accumulate=parts, divides=False, batch_size=size, optimizer=torch.optim.SGD, settings=settings)


def stale(program: Program, factor: float) -> Program:
    """The optimizer was made before the network was copied or built anew."""
    return rate(program, factor).but(stale=True)


FACTORS = (0.3, 0.5, 1.0, 2.0, 3.0)
FAULTS = (
    Fault(
        "rate far too high",
        ("optimisation.rate-too-high", "optimisation.divergence"),
        (100.0, 200.0, 400.0, 1000.0, 3000.0),
        rate,
        symptoms=("signal.dead-units", "optimisation.oscillation", "signal.exploding-gradient"),
        mild=True,
    ),
    Fault(
        "plain descent at a rate far too high",
        ("optimisation.rate-too-high", "optimisation.divergence"),
        (10.0, 20.0, 50.0, 100.0, 300.0),
        plain_descent,
        symptoms=("optimisation.oscillation", "signal.exploding-gradient", "mechanics.not-finite", "signal.dead-units"),
        mild=True,
    ),
    Fault(
        "rate far too low",
        ("optimisation.rate-too-low",),
        (3e-2, 1e-2, 3e-3, 1e-3, 1e-4),
        rate,
        symptoms=("optimisation.too-few-steps", "optimisation.plateau"),
        mild=True,
    ),
    Fault(
        "plain descent at a rate far too low",
        ("optimisation.rate-too-low",),
        (1e-3, 3e-4, 1e-4, 3e-5, 1e-5),
        plain_descent,
        symptoms=("optimisation.too-few-steps", "optimisation.plateau", "optimisation.optimizer-choice"),
        mild=True,
    ),
    Fault(
        "no zero_grad",
        ("optimisation.no-zero-grad",),
        (
            (torch.optim.SGD, 0.1),
            (torch.optim.SGD, 0.01),
            (torch.optim.Adam, 3e-3),
            (torch.optim.Adam, 1e-2),
            (torch.optim.RMSprop, 1e-3),
        ),
        no_zero_grad,
        mild=True,
    ),
    Fault("no step", ("optimisation.no-step",), FACTORS, no_step),
    Fault("no backward pass", ("optimisation.no-backward",), FACTORS, no_backward),
    Fault("gradients cleared before the step", ("optimisation.gradients-cleared",), FACTORS, cleared),
    Fault(
        "too few steps",
        ("optimisation.too-few-steps", "optimisation.rate-too-low", "optimisation.batch-too-large"),
        ((1, 1.0), (2, 1.0), (1, 0.3), (2, 0.3), (3, 0.3)),
        few_steps,
        mild=True,
    ),
    Fault(
        "all rows a step",
        ("optimisation.batch-too-large", "optimisation.too-few-steps", "optimisation.rate-too-low"),
        (0.003, 0.01, 0.02, 0.03, 0.05),
        large_batch,
        symptoms=("optimisation.plateau",),
        mild=True,
    ),
    Fault(
        "momentum and rate too high together",
        ("optimisation.momentum-conflict", "optimisation.rate-too-high", "optimisation.divergence"),
        ((0.99, 0.5), (0.99, 1.0), (0.995, 0.5), (0.999, 0.3), (0.99, 2.0)),
        much_momentum,
        symptoms=("optimisation.oscillation", "signal.dead-units", "signal.exploding-gradient"),
        mild=True,
    ),
    Fault(
        "clipped at every step",
        ("optimisation.clipping-always",),
        (1e-3, 3e-4, 1e-4, 3e-5, 1e-5),
        clipped,
        symptoms=("optimisation.plateau", "optimisation.rate-too-low"),
        mild=True,
    ),
    Fault(
        "schedule stepped for each batch",
        ("optimisation.schedule-unit",),
        (0.5, 0.7, 0.8, 0.9, 0.3),
        schedule_per_step,
        symptoms=("optimisation.rate-too-low", "optimisation.plateau", "optimisation.too-few-steps"),
        mild=True,
    ),
    Fault(
        "accumulated loss not divided",
        ("optimisation.accumulated-scale", "optimisation.rate-too-high", "optimisation.divergence"),
        ((8, 0.3), (8, 0.5), (16, 0.2), (16, 0.3), (8, 1.0)),
        undivided,
        mild=True,
    ),
    Fault("optimizer of another network", ("optimisation.optimizer-mismatch",), FACTORS, stale),
)
