"""The loss along a direction and over a plane.

One point after another: on a CPU a forward pass of a few hundred rows keeps its core busy, and points stacked by
torch.func.vmap took 1.1 to 3 times as long (see docs/landscape.md).
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from netwright.core.landscapes import Profile, Surface
from netwright.explanation.landscape.directions import Direction, moved
from netwright.explanation.landscape.subject import Subject, loss_at

Plane = tuple[Direction, Direction]


def grid(span: float, points: int) -> tuple[float, ...]:
    """Return steps from -span to span; the middle one of an odd number is exactly 0."""
    return tuple(span * (2 * k - (points - 1)) / (points - 1) for k in range(points))


@torch.no_grad()
def profile_of(subject: Subject, direction: Direction, steps: tuple[float, ...]) -> Profile:
    """Measure the loss at steps along a direction."""
    return Profile(steps, _along(subject, subject.weights, direction, steps))


@torch.no_grad()
def surface_of(subject: Subject, plane: Plane, across: tuple[float, ...], up: tuple[float, ...]) -> Surface:
    """Measure the loss on a grid of the plane through the network."""
    weights = subject.weights
    rows = tuple(_along(subject, moved(weights, plane[1], step), plane[0], across) for step in up)
    return Surface(across, up, rows)


def _along(
    subject: Subject, weights: Mapping[str, Tensor], direction: Direction, steps: tuple[float, ...]
) -> tuple[float | None, ...]:
    return tuple(finite(float(loss_at(subject, moved(weights, direction, step)))) for step in steps)


def finite(value: float) -> float | None:
    """Return a number, or None for what is none."""
    return value if math.isfinite(value) else None
