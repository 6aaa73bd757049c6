"""From losses to heights between 0 and 1, to levels of contour lines, and to colours."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.core.landscapes import Losses, Surface

Heights = NDArray[np.float64]

STOPS = (  # from low losses to high ones; each is lighter than the one before
    (28, 20, 74),
    (40, 62, 134),
    (34, 108, 156),
    (44, 150, 150),
    (98, 187, 130),
    (170, 216, 116),
    (240, 232, 146),
    (255, 248, 216),
)
STEEP = 15.0  # highest over lowest loss, from which on heights are logarithms
REACH, FAR = 0.98, 3.0  # losses beyond FAR times the one that this share of points stays below are cut off there
LEVELS = 12


@dataclass(frozen=True)
class Scale:
    """The losses at heights 0 and 1, and whether heights between them are logarithms."""

    low: float
    high: float
    logarithmic: bool

    def heights(self, losses: Losses) -> Heights:
        """Return heights from 0 to 1 [up, across]; what is no number is as high as can be."""
        values = np.array([[math.inf if loss is None else loss for loss in row] for row in losses], np.float64)
        values = np.clip(values, self.low, self.high)
        if self.logarithmic:
            return np.log(values / self.low) / math.log(self.high / self.low)
        return (values - self.low) / (self.high - self.low)

    def loss(self, height: float) -> float:
        """Return the loss at a height."""
        if self.logarithmic:
            return self.low * math.exp(height * math.log(self.high / self.low))
        return self.low + height * (self.high - self.low)

    @property
    def levels(self) -> tuple[float, ...]:
        """Heights of contour lines."""
        return tuple((k + 0.5) / LEVELS for k in range(LEVELS))


def scale_of(surfaces: Iterable[Surface]) -> Scale:
    """Return the scale that holds nearly all of the surfaces."""
    found = sorted(loss for one in surfaces for row in one.losses for loss in row if loss is not None)
    if not found:
        return Scale(0.0, 1.0, False)
    low, most = found[0], found[min(len(found) - 1, int(REACH * len(found)))]
    high = min(found[-1], low + FAR * (most - low)) if most > low else found[-1]
    high = high if high > low else low + max(1e-12, abs(low) * 1e-6)
    return Scale(low, high, low > 0.0 and high / low > STEEP)


def colours(heights: Heights) -> NDArray[np.float64]:
    """Return red, green and blue from 0 to 255, [..., 3]."""
    place = np.clip(heights, 0.0, 1.0) * (len(STOPS) - 1)
    stops = np.array(STOPS, np.float64)
    before = np.minimum(place.astype(int), len(STOPS) - 2)
    share = (place - before)[..., None]
    return np.asarray(stops[before] * (1.0 - share) + stops[before + 1] * share)


def finer(heights: Heights, size: tuple[int, int]) -> Heights:
    """Return heights at more points of the same square, by Catmull-Rom splines through those that were measured.

    Args:
        heights: [up, across].
        size: points up and across.
    """
    fine = _weights(heights.shape[0], size[0]) @ heights @ _weights(heights.shape[1], size[1]).T
    return np.clip(fine, 0.0, 1.0)


def _weights(points: int, size: int) -> Heights:
    """Return what each of `size` places takes of each of `points`."""
    place = np.linspace(0.0, points - 1.0, size)
    before = np.minimum(place.astype(int), points - 2)
    t = place - before
    parts = (
        (-1, 0.5 * (-t + 2 * t**2 - t**3)),
        (0, 0.5 * (2 - 5 * t**2 + 3 * t**3)),
        (1, 0.5 * (t + 4 * t**2 - 3 * t**3)),
        (2, 0.5 * (-(t**2) + t**3)),
    )
    weights = np.zeros((size, points))
    for offset, part in parts:
        np.add.at(weights, (np.arange(size), np.clip(before + offset, 0, points - 1)), part)
    return weights


def nice(values: Sequence[float]) -> list[str]:
    """Write numbers with three digits each."""
    return [f"{value:.3g}" for value in values]
