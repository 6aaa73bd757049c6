"""The way of the weights in training on the plane that holds most of it: its first two principal directions.

Source: H. Li and others, Visualizing the loss landscape of neural nets, 2018, section 7.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.landscapes import Stop, Trajectory
from netwright.explanation.landscape.directions import Direction
from netwright.explanation.landscape.snapshots import Snapshots, flat_weights
from netwright.explanation.landscape.subject import Subject, own_loss
from netwright.explanation.landscape.surface import finite, surface_of

MARGIN = 0.25  # of the way's extent, that the plane reaches beyond it
FLAT = 1e-9  # share of the variance below which there is no second direction


@dataclass(frozen=True)
class Way:
    """Snapshots up to the end, and which epoch that is."""

    snapshots: Snapshots
    ended: int  # epochs that the final weights had
    words: str
    same: bool


@dataclass(frozen=True)
class Principal:
    """The two principal directions of a way, and where its points lie."""

    directions: tuple[Direction, Direction]
    places: Float[Tensor, "stop axis"]
    shares: tuple[float, float]


def trajectory_of(subject: Subject, way: Way, points: int) -> Trajectory | None:
    """Draw a way that ends in the subject's network; None where it is too short to span a plane."""
    kept = [place for place, epoch in enumerate(way.snapshots.epochs) if epoch < way.ended]
    offsets = torch.stack([way.snapshots.vectors[place] for place in kept]).double()
    offsets = offsets - flat_weights(subject.module).double()
    principal = principal_plane(offsets, subject.module)
    if principal is None:
        return None
    epochs = [way.snapshots.epochs[place] for place in kept]
    losses = [finite(way.snapshots.losses[place]) for place in kept]
    stops = [Stop(*found) for found in zip(epochs, *principal.places.T.tolist(), losses, strict=True)]
    stops.append(Stop(way.ended, 0.0, 0.0, finite(own_loss(subject))))
    across, up = (_reach([stop.across for stop in stops], points), _reach([stop.up for stop in stops], points))
    surface = surface_of(subject, principal.directions, across, up)
    return Trajectory(way.words, principal.shares, tuple(stops), surface, way.same)


def principal_plane(offsets: Float[Tensor, "stop numbers"], module: nn.Module) -> Principal | None:
    """Return the plane through the origin that holds most of the offsets; None where they lie on one line."""
    if len(offsets) < 2:
        return None
    values, vectors = torch.linalg.eigh(offsets @ offsets.T)
    values, vectors = values.flip(0)[:2], vectors.flip(1)[:, :2]
    total = float(offsets.square().sum())
    if total == 0.0 or float(values[1]) <= FLAT * total:
        return None
    axes = (offsets.T @ vectors / values.sqrt()).T
    axes = axes * torch.where(offsets[0] @ axes.T < 0.0, -1.0, 1.0).unsqueeze(1)  # the start lies up and to the right
    directions = (_as_weights(axes[0], module), _as_weights(axes[1], module))
    return Principal(directions, offsets @ axes.T, (float(values[0]) / total, float(values[1]) / total))


def _as_weights(axis: Float[Tensor, " numbers"], module: nn.Module) -> Direction:
    named = dict(module.named_parameters())
    parts = torch.split(axis, [value.numel() for value in named.values()])
    return {name: part.view(value.shape).to(value) for (name, value), part in zip(named.items(), parts, strict=True)}


def _reach(places: list[float], points: int) -> tuple[float, ...]:
    low, high = min(places), max(places)
    margin = MARGIN * (high - low)
    low, high = low - margin, high + margin
    return tuple(low + (high - low) * k / (points - 1) for k in range(points))
