"""The loss around a trained network, as plain values: surfaces, the way that training took, and how sharp it is there.

A step along a direction is in units of the weights' own size: directions are filter-normalised (H. Li and others,
Visualizing the loss landscape of neural nets, 2018). Losses that are not finite are None.
"""

from dataclasses import dataclass

Losses = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Surface:
    """The loss on a grid of a plane; the network itself is at (0, 0)."""

    across: tuple[float, ...]  # steps along the first direction
    up: tuple[float, ...]  # along the second
    losses: Losses  # [up][across]


@dataclass(frozen=True)
class Profile:
    """The loss along the first direction."""

    steps: tuple[float, ...]
    losses: tuple[float | None, ...]


@dataclass(frozen=True)
class Sharpness:
    """The Hessian of the loss by all that the network learnt, in evaluation mode."""

    largest: tuple[float, ...]  # eigenvalues, largest first
    residuals: tuple[float, ...]  # |H v - lambda v| of each
    smallest: float
    converged: bool  # whether the residuals are small beside the largest eigenvalue
    steps: int  # of Lanczos
    trace: float
    trace_error: float  # standard error
    vectors: int  # that the trace is the mean over
    parameters: int
    rows: int
    method: str  # how products with the Hessian were taken


@dataclass(frozen=True)
class View:
    """One network and the loss around it."""

    name: str
    words: str  # what it is, in a sentence
    loss: float  # of the network itself
    profile: Profile
    surface: Surface
    sharpness: Sharpness | None = None


@dataclass(frozen=True)
class Stop:
    """The weights after an epoch, where they lie in the plane, and their own loss."""

    epoch: int
    across: float
    up: float
    loss: float | None


@dataclass(frozen=True)
class Trajectory:
    """The way of the weights on its principal plane, in units of distance between weights."""

    words: str  # where the weights come from
    shares: tuple[float, float]  # of the way's variance that each axis holds
    stops: tuple[Stop, ...]
    surface: Surface
    same: bool  # whether it ends in the network that is drawn


@dataclass(frozen=True)
class Landscape:
    """All that `netwright landscape` found; landscape.json in the run directory."""

    name: str  # of the run
    network: str  # which network is drawn, in words
    loss_name: str
    rows: int  # that the loss is the mean over
    of_rows: int  # that they were drawn from
    points: int  # along each axis
    span: float  # the surface reaches from -span to span
    seed: int
    view: View
    skips: tuple[View, ...] = ()  # with and without skip connections, at one scale
    trajectory: Trajectory | None = None
    notes: tuple[str, ...] = ()
