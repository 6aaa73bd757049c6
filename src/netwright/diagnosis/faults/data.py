"""Faults of rows: their scale, their order, what leaks and what is wrong in them."""

from collections.abc import Callable

import torch
from torch import Tensor

from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.program import Program, Sample

NUMBERS = ("digits", "breast cancer", "wine", "diabetes", "images", "regularized")
VECTORS = ("digits", "breast cancer", "wine", "diabetes", "regularized")


def with_inputs(program: Program, change: Callable[[Tensor], Tensor]) -> Program:
    """Return the program with its first input changed in training and validation rows alike."""

    def changed(sample: Sample) -> Sample:
        return Sample((change(sample.inputs[0]), *sample.inputs[1:]), sample.targets)

    return program.but(rows=changed(program.rows), validation=program.validation and changed(program.validation))


def unscaled_inputs(program: Program, factor_and_offset: tuple[float, float]) -> Program:
    factor, offset = factor_and_offset
    return with_inputs(program, lambda part: part * factor + offset)


def unscaled_targets(program: Program, factor_and_offset: tuple[float, float]) -> Program:
    factor, offset = factor_and_offset

    def changed(sample: Sample) -> Sample:
        return Sample(sample.inputs, sample.targets * factor + offset)

    return program.but(rows=changed(program.rows), validation=program.validation and changed(program.validation))


def leak(program: Program, noise: float) -> Program:
    """A feature that is the target, with a little noise, in training rows; in validation rows it says nothing."""
    generator = torch.Generator().manual_seed(0)

    def with_feature(sample: Sample, told: bool) -> Sample:
        told_column = sample.targets.reshape(len(sample.targets), -1)[:, 0].float()
        silent = told_column[torch.randperm(len(told_column), generator=generator)]
        column = told_column if told else silent
        column = (column - column.mean()) / column.std().clamp(min=1e-6)
        column = column + noise * torch.randn(len(column), generator=generator)
        replaced = sample.inputs[0].clone()
        replaced[:, 0] = column
        return Sample((replaced,), sample.targets)

    held = program.validation
    return program.but(rows=with_feature(program.rows, True), validation=held and with_feature(held, False))


def misaligned(program: Program, factor: float) -> Program:
    """Rows are shuffled without their targets."""
    return program.with_settings(lr=program.settings["lr"] * factor).but(apart=True)


def wrong_labels(program: Program, share: float) -> Program:
    """A share of the training rows has another's target."""
    generator = torch.Generator().manual_seed(1)
    rows = program.rows.rows
    chosen = torch.randperm(rows, generator=generator)[: round(share * rows)]
    mixed = program.rows.targets.clone()
    mixed[chosen] = mixed[chosen[torch.randperm(len(chosen), generator=generator)]]
    return program.but(rows=Sample(program.rows.inputs, mixed), epochs=3 * program.epochs)


def sorted_rows(program: Program, batch_and_rate: tuple[int, float]) -> Program:
    """Rows in the order of their classes, never shuffled."""
    size, factor = batch_and_rate
    order = program.rows.targets.reshape(-1).argsort(stable=True)
    slower = program.with_settings(lr=program.settings["lr"] * factor)
    return slower.but(rows=program.rows.at(order), shuffle=False, batch_size=size)


def shared_rows(program: Program, share: float) -> Program:
    """Validation rows that are training rows as well."""
    assert program.validation is not None
    held, rows = program.validation, program.rows
    count = round(share * held.rows)
    inputs = (torch.cat([rows.inputs[0][:count], held.inputs[0][count:]]),)
    return program.but(validation=Sample(inputs, torch.cat([rows.targets[:count], held.targets[count:]])))


def drift(program: Program, shift: float) -> Program:
    """Validation rows that come from elsewhere: moved by so many deviations."""
    held = program.validation
    assert held is not None
    moved = Sample((held.inputs[0] + shift * held.inputs[0].std(),), held.targets)
    return program.but(validation=moved)


def not_finite(program: Program, share: float) -> Program:
    """Missing values that were read as NaN."""
    generator = torch.Generator().manual_seed(2)

    def holed(part: Tensor) -> Tensor:
        return part.masked_fill(torch.rand(part.shape, generator=generator) < share, float("nan"))

    return program.but(rows=Sample((holed(program.rows.inputs[0]),), program.rows.targets))


def one_batch(program: Program, factor: float) -> Program:
    """Every step reads the same batch."""
    return program.with_settings(lr=program.settings["lr"] * factor).but(one_batch=True)


def imbalance(program: Program, share: float) -> Program:
    """All but a few rows of the classes above the first are gone, from training rows only."""
    numbers = program.rows.targets.reshape(-1)
    common = (numbers == numbers.mode().values).nonzero().flatten()
    rare = (numbers != numbers.mode().values).nonzero().flatten()
    kept = rare[: max(3, round(share * len(common)))]
    order = torch.cat([common, kept]).sort().values
    return program.but(rows=program.rows.at(order))


FAULTS = (
    Fault(
        "unscaled inputs",
        ("data.unscaled-inputs",),
        ((100.0, 0.0), (1000.0, 0.0), (1.0, 300.0), (10.0, 1000.0), (1e4, 0.0)),
        unscaled_inputs,
        bases=NUMBERS,
        symptoms=("signal.dead-units", "optimisation.rate-too-high", "signal.exploding-gradient"),
        mild=True,
    ),
    Fault(
        "unscaled targets",
        ("data.unscaled-targets",),
        ((1e3, 0.0), (1e4, 1e4), (1e5, 0.0), (300.0, 3e3), (1e6, 1e7)),
        unscaled_targets,
        ("values",),
        symptoms=("optimisation.rate-too-low", "optimisation.too-few-steps", "objective.targets-out-of-range"),
        mild=True,
    ),
    Fault("leak", ("data.leak", "data.drift"), (0.0, 0.01, 0.02, 0.05, 0.1), leak, bases=VECTORS),
    Fault(
        "targets shuffled apart from rows",
        ("data.shuffled-targets",),
        (0.3, 0.5, 1.0, 2.0, 3.0),
        misaligned,
        symptoms=("signal.constant-output", "generalisation.underfitting", "optimisation.plateau"),
    ),
    Fault(
        "wrong labels",
        ("data.label-noise", "data.shuffled-targets", "generalisation.overfitting", "data.conflicting-labels"),
        (0.4, 0.5, 0.6, 0.7, 0.8),
        wrong_labels,
        ("classes",),
        ("digits", "regularized", "images"),
        mild=True,
    ),
    Fault(
        "rows in the order of their classes",
        ("data.not-shuffled",),
        ((32, 1.0), (16, 1.0), (8, 1.0), (32, 3.0), (16, 2.0)),
        sorted_rows,
        ("classes",),
        symptoms=("optimisation.oscillation",),
        mild=True,
    ),
    Fault(
        "validation rows that are trained on",
        ("data.shared-rows",),
        (0.3, 0.5, 0.6, 0.7, 0.9),
        shared_rows,
    ),
    Fault("validation rows from elsewhere", ("data.drift",), (1.5, 2.0, 3.0, 4.0, 6.0), drift, bases=NUMBERS),
    Fault(
        "missing values as NaN",
        ("data.not-finite", "mechanics.not-finite-source"),
        (0.001, 0.005, 0.01, 0.05, 0.2),
        not_finite,
        bases=NUMBERS,
    ),
    Fault(
        "one batch over and over",
        ("data.same-batch",),
        (0.3, 0.5, 1.0, 2.0, 3.0),
        one_batch,
        symptoms=("generalisation.overfitting",),
        mild=True,
    ),
    Fault(
        "one class far more frequent",
        ("data.imbalance",),
        (0.03, 0.025, 0.02, 0.015, 0.01),
        imbalance,
        ("classes",),
        ("digits", "images", "regularized"),
        ("signal.constant-output",),
        mild=True,
    ),
)
