"""Do probabilities mean what they say: reliability bins, and the expected calibration error that sums them up.

Two classes: P(second class) beside how often it came. More: the probability of the class that was said beside how often
that was right. Source: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On calibration of modern neural networks, 2017.
"""

import numpy as np
from numpy.typing import NDArray

from netwright.core.evidence import ReliabilityBin
from netwright.core.seeds import derive_seed
from netwright.training.evaluation.arrays import Array, Truth

BINS = 15  # of equal width, as in the source
DRAWS = 200  # of outcomes, for what honest probabilities would show


def claims(truth: Truth, predicted: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the probability that was claimed of each row [n], and whether the event came [n]."""
    if predicted.shape[1] == 2:
        return predicted[:, 1], truth == 1
    return predicted.max(axis=1), predicted.argmax(axis=1) == truth


def bin_of(said: Array) -> NDArray[np.int64]:
    return np.minimum((said * BINS).astype(np.int64), BINS - 1)


def reliability_of(truth: Truth, predicted: Array) -> tuple[ReliabilityBin, ...]:
    """Compare probability with frequency in bins of equal width; empty bins are left out."""
    said, came = claims(truth, predicted)
    bins = bin_of(said)
    groups = [(said[bins == k], came[bins == k]) for k in range(BINS)]
    return tuple(ReliabilityBin(float(s.mean()), float(c.mean()), len(s)) for s, c in groups if len(s))


def calibration_error(truth: Truth, predicted: Array, weights: Array) -> Array:
    """Expected calibration error: |frequency - mean probability| of 15 bins of equal width, averaged over rows."""
    said, came = claims(truth, predicted)
    gaps = np.zeros((len(said), BINS))
    gaps[np.arange(len(said)), bin_of(said)] = came - said
    return np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1))


def honest_error(predicted: Array) -> float:
    """Return the mean error that probabilities show on so many rows where the outcomes are drawn from them."""
    said = claims(np.zeros(len(predicted)), predicted)[0]
    order = np.argsort(bin_of(said), kind="stable")
    said, starts = said[order], np.flatnonzero(np.diff(bin_of(said[order]), prepend=-1))
    generator = np.random.default_rng(derive_seed(0, "honest outcomes"))
    drawn = [np.abs(np.add.reduceat((generator.random(len(said)) < said) - said, starts)).sum() for _ in range(DRAWS)]
    return float(np.mean(drawn) / len(said))
