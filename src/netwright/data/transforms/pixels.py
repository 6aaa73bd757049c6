"""Images as bytes, with what a network must know of them: brightness of each colour, and which mirrorings keep a label.

Whether a mirrored image is as likely as the image is measured, not guessed: each of some training images, as it is and
mirrored, takes the label of its nearest neighbour among the others (1-NN on small copies). Where mirrored ones find
their label as often, mirroring makes more training images; where they do not, as with digits, it would make wrong ones.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.data.pictures import Pictures

PROBES, KNOWN = 500, 4_000  # images that are looked up, and those they are looked up among
SIDE = 12  # pixels of a small copy
AS_GOOD = 0.85  # share of the labels found as it is that mirrored ones must find
BETTER_THAN_CHANCE = 4.0  # standard errors: below, neighbours know nothing of labels, and nothing can be told
OF_ALL = 20_000  # images that mean and deviation are measured on


@dataclass(frozen=True)
class Likeness:
    """How often a nearest neighbour has the right label: shares of the probes."""

    as_it_is: float
    mirrored: float  # left to right
    upside_down: float
    chance: float  # of the most frequent label
    probes: int

    @property
    def known(self) -> bool:
        error = sqrt(self.chance * (1.0 - self.chance) / max(self.probes, 1))
        return self.as_it_is > self.chance + BETTER_THAN_CHANCE * error

    def keeps(self, found: float) -> bool:
        """Whether images that find their label so often are as likely as they were."""
        return self.known and found >= AS_GOOD * self.as_it_is


@dataclass(frozen=True)
class Pixels:
    """The images of a column, as bytes [rows, channels, height, width]."""

    column: str
    shape: tuple[int, int, int]  # channels, height, width
    mean: tuple[float, ...]  # of each channel over training images, in bytes
    deviation: tuple[float, ...]
    likeness: Likeness | None  # None: no labels, as of a regression

    @property
    def mirrors(self) -> bool:
        """Whether left and right may change places."""
        return self.likeness is not None and self.likeness.keeps(self.likeness.mirrored)

    @property
    def upside_down(self) -> bool:
        """Whether top and bottom may."""
        return self.likeness is not None and self.likeness.keeps(self.likeness.upside_down)


def fit_pixels(pictures: Pictures, keys: pl.Series, labels: pl.Series | None) -> Pixels:
    """Measure training images.

    Args:
        pictures: what the keys stand for.
        keys: of the training rows.
        labels: of the same rows; None where they are no classes.
    """
    step = -(-len(keys) // OF_ALL)
    sample = pictures.of(keys.gather_every(step)).astype(np.float32)
    mean, deviation = sample.mean(axis=(0, 2, 3)), sample.std(axis=(0, 2, 3))
    found = None if labels is None else measure_likeness(pictures, keys, labels)
    spread = tuple(max(float(value), 1.0) for value in deviation)  # images of one colour have none
    return Pixels(keys.name, pictures.shape, tuple(map(float, mean)), spread, found)


def measure_likeness(pictures: Pictures, keys: pl.Series, labels: pl.Series) -> Likeness:
    """Look up probes among other training images, as they are and mirrored; fixed chance, so runs agree."""
    order = np.random.default_rng(0).permutation(len(keys))[: PROBES + KNOWN]
    probes = order[: min(PROBES, len(order) // 4)]
    small = _small(pictures.of(keys.gather(order)))
    truth = labels.gather(order).rank("dense").to_numpy()
    known, known_truth = small[len(probes) :].reshape(len(order) - len(probes), -1), truth[len(probes) :]
    turned = (small, small[..., ::-1], small[:, :, ::-1])
    as_it_is, mirrored, upside_down = (
        _found(images[: len(probes)], truth[: len(probes)], known, known_truth) for images in turned
    )
    most = np.unique(truth, return_counts=True)[1].max() / len(truth) if len(truth) else 1.0
    return Likeness(as_it_is, mirrored, upside_down, float(most), len(probes))


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return copies of at most 12 x 12 pixels, each a mean over a block of the image."""
    height, width = pixels.shape[2:]
    blocks = [np.linspace(0, side, min(SIDE, side) + 1).astype(int)[:-1] for side in (height, width)]
    counts = [np.diff([*starts, side]) for starts, side in zip(blocks, (height, width), strict=True)]
    sums = np.add.reduceat(np.add.reduceat(pixels.astype(np.float32), blocks[0], axis=2), blocks[1], axis=3)
    return np.asarray(sums / (counts[0][:, None] * counts[1][None, :]), dtype=np.float32)


def _found(
    probes: NDArray[np.float32], truth: NDArray[np.number], known: NDArray[np.float32], labels: NDArray[np.number]
) -> float:
    if not len(probes):
        return 0.0
    flat = probes.reshape(len(probes), -1)
    distances = (known**2).sum(axis=1)[None] - 2.0 * flat @ known.T
    return float((labels[distances.argmin(axis=1)] == truth).mean())
