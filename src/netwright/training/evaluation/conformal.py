"""Split conformal prediction: sets and intervals that hold the truth as often as was asked.

A score says how badly an answer fits its truth: 1 - p(true class), or |value - truth|. New answers keep whatever scores
no worse than the ceil((n + 1) c)-th smallest score of n rows that were held out; if those and the new rows are
exchangeable, the share c of new truths at least is kept, whatever the model.

Source: V. Vovk, A. Gammerman, G. Shafer, Algorithmic learning in a random world, 2005; A. Angelopoulos and S. Bates, A
gentle introduction to conformal prediction, 2021. The score 1 - p makes the smallest sets on average: M. Sadinle,
J. Lei, L. Wasserman, Least ambiguous set-valued classifiers with bounded error levels, 2019.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, betabinom

from netwright.core.evidence import COVERAGES, Coverage, Covered, Measure
from netwright.training.evaluation.arrays import Array, Truth


@dataclass(frozen=True)
class Promise:
    """What sets or intervals shall hold, and the quantile of how many held-out scores that is to bring it about."""

    coverage: float
    quantile: float | None
    rows: int


FIFTHS = ("lowest", "second", "middle", "fourth", "highest")


def scores_of(truth: Truth, predicted: Array) -> Array:
    """Return how badly each answer fits its truth [n], from probabilities [n, classes] or values [n]."""
    if predicted.ndim == 1:
        return np.asarray(np.abs(predicted - truth), dtype=np.float64)
    return np.asarray(1 - predicted[np.arange(len(truth)), truth.astype(np.int64)])


def conformal_quantile(scores: Array, coverage: float) -> float | None:
    """Return the ceil((n + 1) coverage)-th smallest of n scores; None where n is too small for it to exist."""
    place = place_of(len(scores), coverage)
    return float(np.partition(scores, place - 1)[place - 1]) if place <= len(scores) else None


def place_of(rows: int, coverage: float) -> int:
    """Return ceil((n + 1) c); the product may be whole, and floats would round it up."""
    return math.ceil((rows + 1) * coverage - 1e-9)


def expected_share(promise: Promise, rows: int) -> tuple[float, float]:
    """Return between which shares of new rows are held in 95 of 100 runs, if all rows are exchangeable.

    Given the held-out rows, the coverage of the k-th of n scores is Beta(k, n + 1 - k) (V. Vovk, Conditional validity
    of inductive conformal predictors, 2012), so that the rows held are beta-binomial.
    """
    place = place_of(promise.rows, promise.coverage)
    if promise.quantile is None or place > promise.rows:
        return 1.0, 1.0
    low, high = betabinom.ppf([0.025, 0.975], rows, place, promise.rows + 1 - place) / rows
    return float(low), float(high)


def quantiles_of(scores: Array) -> tuple[float | None, ...]:
    """Return the quantile of each of COVERAGES."""
    ordered = np.sort(scores)
    return tuple(conformal_quantile(ordered, percent / 100) for percent in COVERAGES)


def sets_of(predicted: Array, quantile: float | None) -> NDArray[np.bool_]:
    """Return which classes each row's set holds [n, classes]: always the most probable; all without a quantile."""
    kept = np.ones(predicted.shape, dtype=bool) if quantile is None else 1 - predicted <= quantile
    kept[np.arange(len(predicted)), predicted.argmax(axis=1)] = True
    return kept


def intervals_of(predicted: Array, quantile: float | None) -> tuple[Array, Array]:
    """Return the ends of each row's interval; infinite where there is no quantile."""
    half = math.inf if quantile is None else quantile
    return predicted - half, predicted + half


def covered_rows(truth: Truth, predicted: Array, quantile: float | None) -> NDArray[np.bool_]:
    """Return for each row whether its set or interval holds the truth."""
    if predicted.ndim == 1:
        low, high = intervals_of(predicted, quantile)
        return np.asarray((low <= truth) & (truth <= high))
    return sets_of(predicted, quantile)[np.arange(len(truth)), truth.astype(np.int64)]


def measure_coverage(truth: Truth, predicted: Array, promise: Promise, classes: tuple[str, ...]) -> Coverage:
    """Measure sets or intervals on labelled rows: all together, and for each class or fifth of the predictions.

    Args:
        truth: [n] class indices, or targets in their own unit.
        predicted: [n, classes] probabilities, or [n] values.
        promise: what was asked.
        classes: their names; none of a regression.
    """
    quantile = promise.quantile
    asked, expected = (promise.coverage, quantile), expected_share(promise, len(truth))
    held = covered_rows(truth, predicted, quantile)
    if predicted.ndim == 1:
        width = None if quantile is None else 2 * quantile
        groups = tuple(_covered(name, held[rows], width) for name, rows in _fifths(predicted))
        return Coverage(*asked, _covered("", held, width), expected, groups)
    sizes = sets_of(predicted, quantile).sum(axis=1)
    chosen = [(name, truth == number) for number, name in enumerate(classes)]
    groups = tuple(_covered(name, held[rows], float(sizes[rows].mean())) for name, rows in chosen if rows.any())
    counts = np.bincount(sizes, minlength=predicted.shape[1] + 1)[1:]
    return Coverage(*asked, _covered("", held, float(sizes.mean())), expected, groups, tuple(map(int, counts)))


def _fifths(predicted: Array) -> list[tuple[str, NDArray[np.bool_]]]:
    edges = np.quantile(predicted, [0.2, 0.4, 0.6, 0.8])
    place = np.searchsorted(edges, predicted, side="left")
    return [(f"{name} fifth", place == k) for k, name in enumerate(FIFTHS) if (place == k).any()]


def _covered(group: str, held: NDArray[np.bool_], size: float | None) -> Covered:
    return Covered(group, len(held), share_of(int(held.sum()), len(held)), size)


def share_of(hits: int, rows: int) -> Measure:
    """Return a share with its exact 95% interval (C. Clopper and E. Pearson, The use of confidence limits, 1934)."""
    low = float(beta.ppf(0.025, hits, rows - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, rows - hits)) if hits < rows else 1.0
    return Measure(hits / rows, low, high)
