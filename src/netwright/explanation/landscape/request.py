"""What is asked of a landscape."""

import math
from dataclasses import dataclass

from netwright.core.errors import RecipeError

MOST_POINTS, MOST_DEPTH = 301, 200


@dataclass(frozen=True)
class LandscapeRequest:
    """How far and how fine a landscape is drawn."""

    points: int = 51  # along each axis, odd: the network is the middle one
    span: float = 1.0  # the surface reaches from -span to span
    rows: int | None = None  # that the loss is taken over; None: as many as there is time for, at most 2,000
    seed: int = 0
    trajectory: bool = True  # train once more to draw the way
    compare_skips: bool = False  # train a pair of deep networks with and without skip connections
    depth: int = 24  # hidden layers of the pair

    def __post_init__(self) -> None:
        """Raise RecipeError for what no landscape can be drawn with."""
        if not 3 <= self.points <= MOST_POINTS or self.points % 2 == 0:
            raise RecipeError(f"--points: expected an odd number from 3 to {MOST_POINTS}, got {self.points:,}")
        if not (math.isfinite(self.span) and 0.0 < self.span <= 100.0):
            raise RecipeError(f"--span: expected a number above 0 and up to 100, got {self.span}")
        if self.rows is not None and self.rows < 1:
            raise RecipeError(f"--rows: expected a whole number from 1, got {self.rows:,}")
        if not 2 <= self.depth <= MOST_DEPTH:
            raise RecipeError(f"--depth: expected a number of layers from 2 to {MOST_DEPTH}, got {self.depth:,}")
