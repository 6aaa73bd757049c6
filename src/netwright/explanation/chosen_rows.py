"""Which test rows a report shows: the worst, one of each pair that is most often confused, and some that are right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.training.stage import Tested

SHOWN = 12  # rows of each kind


@dataclass(frozen=True)
class Chosen:
    """Positions among the test rows, and what the network said of all of them."""

    said: NDArray[np.generic]  # [rows] class positions, or values
    worst: NDArray[np.int64]
    confused: NDArray[np.int64]
    counts: list[int]  # rows of each confused pair
    right: NDArray[np.int64]


def choose_rows(tested: Tested) -> Chosen:
    """Choose the rows of a tested network; of values there are only the worst."""
    truth = tested.truth
    surprise = surprise_of(tested.predicted, truth)
    if tested.predicted.ndim == 1:
        nothing = np.zeros(0, dtype=np.int64)
        return Chosen(tested.predicted, np.argsort(-surprise, kind="stable")[:SHOWN], nothing, [], nothing)
    said = classes_said(tested.predicted, tested.threshold)
    wrong, right = np.flatnonzero(said != truth), np.flatnonzero(said == truth)
    worst = wrong[np.argsort(-surprise[wrong], kind="stable")][:SHOWN]
    return Chosen(said, worst, *_confused(said, truth, surprise), right[:: max(1, len(right) // SHOWN)][:SHOWN])


def classes_said(predicted: NDArray[np.float64], threshold: float) -> NDArray[np.int64]:
    if predicted.shape[1] == 2:
        return np.asarray(predicted[:, 1] > threshold, dtype=np.int64)
    return np.asarray(predicted.argmax(axis=1), dtype=np.int64)


def surprise_of(predicted: NDArray[np.float64], truth: NDArray[np.generic]) -> NDArray[np.float64]:
    """-log p(truth) of classes, |error| of values."""
    if predicted.ndim == 1:
        return np.abs(predicted - truth.astype(np.float64))
    return -np.log(np.maximum(predicted[np.arange(len(truth)), truth.astype(np.int64)], 1e-300))


def _confused(
    said: NDArray[np.generic], truth: NDArray[np.generic], surprise: NDArray[np.float64]
) -> tuple[NDArray[np.int64], list[int]]:
    """Return a typical row of each pair of truth and prediction that differ, and the pair's rows, most rows first."""
    wrong = np.flatnonzero(said != truth)
    _, inverse, counts = np.unique(
        np.stack([truth[wrong], said[wrong]], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:SHOWN]
    chosen: list[int] = []
    for pair in order.tolist():
        rows = wrong[inverse.ravel() == pair]
        chosen.append(int(rows[np.argsort(surprise[rows], kind="stable")[len(rows) // 2]]))
    return np.array(chosen, dtype=np.int64), counts[order].tolist()
