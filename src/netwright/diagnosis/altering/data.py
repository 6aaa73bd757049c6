"""Changes of the rows that a program reads."""

import re

import torch
from torch import Tensor

from netwright.diagnosis.programs.program import Program, Sample

LEAST = 1e-12  # deviation below which a feature is constant and only moved


def scale_inputs(program: Program, wanted: bool) -> Program | None:
    """Return the program with each feature of mean 0 and deviation 1, by the training rows; of images each channel."""
    parts = program.rows.inputs
    if not wanted or not any(part.is_floating_point() for part in parts):
        return None
    scales = [moments(part) if part.is_floating_point() else None for part in parts]

    def scaled(sample: Sample) -> Sample:
        done = (
            part if scale is None else standardized(part, scale)
            for part, scale in zip(sample.inputs, scales, strict=True)
        )
        return Sample(tuple(done), sample.targets)

    return with_rows(program, scaled(program.rows), program.validation and scaled(program.validation))


def scale_targets(program: Program, wanted: bool) -> Program | None:
    """Return the program with targets of mean 0 and deviation 1; scores do not change with the scale."""
    if not wanted or program.task != "values":
        return None
    targets = program.rows.targets.float()
    scale = moments(targets if targets.dim() > 1 else targets[:, None])

    def scaled(sample: Sample) -> Sample:
        floats = sample.targets.float()
        done = standardized(floats if floats.dim() > 1 else floats[:, None], scale)
        return Sample(sample.inputs, done.reshape(sample.targets.shape))

    return with_rows(program, scaled(program.rows), program.validation and scaled(program.validation))


def moments(part: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and deviation of each feature (last axis), or of each channel of images (second of four axes)."""
    kept = 1 if part.dim() == 4 else part.dim() - 1
    axes = [axis for axis in range(part.dim()) if axis != kept]
    wide = part.double()
    deviation = wide.std(axes, correction=0, keepdim=True)
    return wide.mean(axes, keepdim=True), torch.where(deviation > LEAST, deviation, torch.ones_like(deviation))


def standardized(part: Tensor, scale: tuple[Tensor, Tensor]) -> Tensor:
    mean, deviation = scale
    return ((part.double() - mean) / deviation).to(part.dtype)


def drop_column(program: Program, name: str) -> Program | None:
    """Return the program with a feature, named by its position ("3" or "x3"), set to 0 in every row."""
    position = re.search(r"(\d+)$", str(name))
    first = program.rows.inputs[0]
    if position is None or int(position[1]) >= first.shape[-1] or not first.is_floating_point():
        return None
    column = int(position[1])

    def dropped(sample: Sample) -> Sample:
        emptied = sample.inputs[0].clone()
        emptied[..., column] = 0.0
        return Sample((emptied, *sample.inputs[1:]), sample.targets)

    return with_rows(program, dropped(program.rows), program.validation and dropped(program.validation))


def split(program: Program, wanted: bool) -> Program | None:
    """Return the program without the training rows that are validation rows as well."""
    if not wanted or program.validation is None:
        return None
    held = {row.numpy().tobytes() for row in program.validation.inputs[0]}
    kept = [number for number, row in enumerate(program.rows.inputs[0]) if row.numpy().tobytes() not in held]
    if len(kept) in (0, program.rows.rows):
        return None
    return program.but(rows=program.rows.at(torch.tensor(kept)))


def with_spare_rows(program: Program) -> Program:
    """Return the program judged by one half of its validation rows, drawn at random; the other half is to spare."""
    held = program.validation
    if held is None or held.rows < 2:
        return program
    order = torch.randperm(held.rows, generator=torch.Generator().manual_seed(0))
    return program.but(validation=held.at(order), spare=held.rows // 2)


def mix(program: Program, wanted: bool) -> Program | None:
    """Return the program with the spare validation rows among its training rows, as if both were drawn from all."""
    held, judged = program.validation, program.judged
    if not wanted or not program.spare or held is None:
        return None
    spare, rows = held.at(torch.arange(program.spare)), program.rows
    inputs = tuple(torch.cat(parts) for parts in zip(rows.inputs, spare.inputs, strict=True))
    return program.but(rows=Sample(inputs, torch.cat([rows.targets, spare.targets])), validation=judged, spare=0)


def match(program: Program, wanted: bool) -> Program | None:
    """Return the program with each feature of the validation rows at the mean and deviation that training rows have.

    That is what one preprocessing of both comes to, where one part was divided by 255 and the other was not.
    """
    held = program.validation
    if not wanted or held is None or not any(part.is_floating_point() for part in held.inputs):
        return None
    parts = zip(held.inputs, program.rows.inputs, strict=True)
    matched = (brought_to(own, other) if own.is_floating_point() else own for own, other in parts)
    return program.but(validation=Sample(tuple(matched), held.targets))


def brought_to(part: Tensor, other: Tensor) -> Tensor:
    mean, deviation = moments(other)
    return (standardized(part.double(), moments(part)) * deviation + mean).to(part.dtype)


def fill(program: Program, wanted: bool) -> Program | None:
    """Return the program with numbers that are not finite replaced by their feature's median over training rows."""
    medians = [middle(part) for part in program.rows.inputs]

    def filled(sample: Sample) -> Sample:
        parts = zip(sample.inputs, medians, strict=True)
        return Sample(tuple(torch.where(part.isfinite(), part, usual) for part, usual in parts), sample.targets)

    held = program.validation
    parts = (*program.rows.inputs, *(held.inputs if held else ()))
    if not wanted or all(bool(part.isfinite().all()) for part in parts):
        return None
    return with_rows(program, filled(program.rows), held and filled(held))


def middle(part: Tensor) -> Tensor:
    """Return each feature's median over the rows where it is finite; 0 where it never is."""
    if not part.is_floating_point():
        return torch.zeros((), dtype=part.dtype)
    return part.where(part.isfinite(), torch.nan).nanmedian(0, keepdim=True).values.nan_to_num(0.0)


def align(program: Program, wanted: bool) -> Program | None:
    """Return the program with rows and targets drawn in one order."""
    return program.but(apart=False) if wanted and program.habits.apart else None


def with_rows(program: Program, rows: Sample, validation: Sample | None) -> Program:
    return program.but(rows=rows, validation=validation)
