"""What a sound training of the same rows looks like: a plain network of their kind, with all that goes with it."""

import math

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.data import scale_inputs, scale_targets
from netwright.diagnosis.programs.coding import counted, number_of_classes
from netwright.diagnosis.programs.objectives import LOSSES
from netwright.diagnosis.programs.program import Habits, Program, Sample

WIDTH = 64
RATE = 3e-3
BATCH = 32
MOST_FLAT = 4096  # numbers in a row above which it is no longer read as one vector


def reference(program: Program) -> Program:
    """Return a sound training of a program's rows, in as many steps."""
    scaled = scale_inputs(scale_targets(program, True) or program, True) or program
    rows, validation = coded(scaled, scaled.rows), scaled.validation and coded(scaled, scaled.validation)
    loss_name = {"classes": "cross_entropy", "binary": "cross_entropy", "labels": "bce_with_logits"}
    name = loss_name.get(program.task, "mse")
    size = min(max(program.batch_size, BATCH), program.rows.rows)
    steps = program.steps
    return Program(
        "reference",
        lambda _seed: network_for(rows, answers(program)),
        LOSSES[name],
        name,
        rows,
        program.task,
        validation,
        torch.optim.Adam,
        {"lr": RATE},
        size,
        math.ceil(steps * size / rows.rows),
        most_steps=steps,
        habits=Habits(),
    )


def coded(program: Program, sample: Sample) -> Sample:
    """Return the rows with classes numbered from 0."""
    if program.task not in ("classes", "binary"):
        return sample
    return Sample(sample.inputs, counted(sample.targets, program.rows.targets))


def answers(program: Program) -> int:
    targets = program.rows.targets
    if program.task in ("classes", "binary"):
        return number_of_classes(targets)
    return targets.shape[-1] if targets.dim() > 1 else 1


def network_for(rows: Sample, outputs: int) -> nn.Module:
    """Return a plain network for rows of their kind: numbers, images, tokens or series."""
    first = rows.inputs[0]
    by_position = rows.targets.dim() == 2 and first.dim() >= 2 and rows.targets.shape[1] == first.shape[1] > 1
    if not first.is_floating_point() and first.dim() == 2 and len(rows.inputs) == 1:
        return OfTokens(int(first.max()) + 1, outputs, by_position)
    if first.dim() == 4 and min(first.shape[2:]) >= 4:
        return of_images(first.shape[1], outputs)
    if by_position and first.dim() == 3:
        return OfSeries(first.shape[-1], outputs)
    return OfNumbers(sum(part[0].numel() for part in rows.inputs), outputs)


class OfNumbers(nn.Module):
    """Two hidden layers of 64 over all numbers of a row."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(features, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, outputs)
        )

    def forward(self, *inputs: Tensor) -> Tensor:
        answered: Tensor = self.layers(torch.cat([part.flatten(1).float() for part in columns(inputs)], 1))
        return answered


def columns(inputs: tuple[Tensor, ...]) -> list[Tensor]:
    return [part if part.dim() > 1 else part[:, None] for part in inputs]


def of_images(channels: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(128, outputs),
    )


class OfTokens(nn.Module):
    """Embeddings and a GRU; an answer a row, or one a position."""

    def __init__(self, tokens: int, outputs: int, by_position: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, 32)
        self.cell = nn.GRU(32, WIDTH, batch_first=True)
        self.answer = nn.Linear(WIDTH, outputs)
        self.by_position = by_position

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.cell(self.embedding(tokens))
        answered: Tensor = self.answer(states if self.by_position else states.mean(1))
        return answered


class OfSeries(nn.Module):
    """A GRU that answers at every position."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.cell = nn.GRU(features, WIDTH, batch_first=True)
        self.answer = nn.Linear(WIDTH, outputs)

    def forward(self, series: Tensor) -> Tensor:
        states, _ = self.cell(series)
        answered: Tensor = self.answer(states)
        return answered
