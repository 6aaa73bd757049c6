"""The loss along a direction and over a plane.

One point after another on each core that PyTorch may use: on a CPU a forward pass of a few hundred rows keeps its core
busy; shared among cores it gains less, and points stacked by torch.func.vmap took 1.1 to 3 times as long (see
docs/landscape.md).
"""

import copy
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from netwright.core.devices import cpu_threads
from netwright.core.landscapes import Profile, Surface
from netwright.explanation.landscape.directions import Direction, moved
from netwright.explanation.landscape.subject import Subject, loss_at

MOST_COPIES = 8  # of the network

Plane = tuple[Direction, Direction]


def grid(span: float, points: int) -> tuple[float, ...]:
    """Return steps from -span to span; the middle one of an odd number is exactly 0."""
    return tuple(span * (2 * k - (points - 1)) / (points - 1) for k in range(points))


def profile_of(subject: Subject, direction: Direction, steps: tuple[float, ...]) -> Profile:
    """Measure the loss at steps along a direction."""
    return Profile(steps, _losses(subject, (direction,), [(step,) for step in steps]))


def surface_of(subject: Subject, plane: Plane, across: tuple[float, ...], up: tuple[float, ...]) -> Surface:
    """Measure the loss on a grid of the plane through the network."""
    found = _losses(subject, plane, [(step, higher) for higher in up for step in across])
    width = len(across)
    return Surface(across, up, tuple(found[at : at + width] for at in range(0, len(found), width)))


def _losses(
    subject: Subject, directions: Sequence[Direction], places: Sequence[tuple[float, ...]]
) -> tuple[float | None, ...]:
    """Measure the loss at each place, which has a step along each direction."""
    cores = torch.get_num_threads()
    threads = min(cores, MOST_COPIES) if subject.targets.device.type == "cpu" else 1
    copies = [subject, *(subject.of(copy.deepcopy(subject.module)) for _ in range(threads - 1))]  # one thread each
    with cpu_threads(cores // threads), ThreadPoolExecutor(threads) as pool:
        found = pool.map(_shared, copies, [directions] * threads, [places[first::threads] for first in range(threads)])
        shares = list(found)
    return tuple(shares[at % threads][at // threads] for at in range(len(places)))


@torch.no_grad()
def _shared(
    subject: Subject, directions: Sequence[Direction], places: Sequence[tuple[float, ...]]
) -> list[float | None]:
    """Measure the loss at a thread's own share of the places."""
    found, own = [], subject.weights
    for place in places:
        weights: Mapping[str, Tensor] = own
        for direction, step in zip(directions, place, strict=True):
            weights = moved(weights, direction, step)
        found.append(finite(float(loss_at(subject, weights))))
    return found


def finite(value: float) -> float | None:
    """Return a number, or None for what is none."""
    return value if math.isfinite(value) else None
