"""Whether an order of parts means anything: the evidence as parts are taken out, or put in, most important first.

Taken out in a good order the evidence falls faster than in random orders of the same parts; put in, it rises faster.

Source: W. Samek and others, Evaluating the visualization of what a deep neural network has learned, 2017; V. Petsiuk,
A. Das, K. Saenko, RISE, 2018 (deletion and insertion).
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from netwright.core.explanations import Check, RemovalCurve
from netwright.explanation.asked import Keep, Removal

ORDERS = 8  # random ones
STEPS = 20  # at most, at which the evidence is asked


def removal_curves(removal: Removal, amounts: Float[Tensor, " parts"], seed: int) -> tuple[RemovalCurve, RemovalCurve]:
    """Return deletion and insertion of one row.

    What random orders leave when they take out is as random as what they have put in: one sample serves both curves.

    Args:
        removal: what is said where only some parts are there.
        amounts: of the parts; the largest is the most important.
        seed: of the random orders.
    """
    parts = len(amounts)
    steps = _steps(parts)
    generator = torch.Generator().manual_seed(seed)
    order = torch.argsort(amounts, descending=True, stable=True)
    random = [_first(torch.randperm(parts, generator=generator), steps) for _ in range(ORDERS)]
    ours = _first(order, steps)
    said = removal(torch.cat([~ours, ours, *random])).numpy().reshape(2 + ORDERS, len(steps))
    by_chance, shares = said[2:].mean(axis=0), steps / max(1, parts)
    return _curve(shares, said[0], by_chance[::-1]), _curve(shares, said[1], by_chance)


def _steps(parts: int) -> NDArray[np.int64]:
    """Return how many parts are gone at each step, the same counted from either end."""
    half = np.linspace(0, parts, min(parts, STEPS) + 1)[: STEPS // 2 + 1].round().astype(np.int64)
    return np.unique(np.concatenate([half, parts - half]))


def _first(order: Int[Tensor, " parts"], steps: NDArray[np.int64]) -> Keep:
    """Return the first parts of an order, for each number of them."""
    ranks = torch.argsort(order)
    return ranks.unsqueeze(0) < torch.from_numpy(steps).unsqueeze(1)


def _curve(shares: NDArray[np.float64], ours: NDArray[np.float64], random: NDArray[np.float64]) -> RemovalCurve:
    area, random_area = (float(np.trapezoid(line, shares)) for line in (ours, random))
    return RemovalCurve(tuple(shares.tolist()), tuple(ours.tolist()), tuple(random.tolist()), area, random_area)


def curve_checks(deletion: RemovalCurve, insertion: RemovalCurve) -> tuple[Check, Check]:
    """Return what the curves of one row say."""
    words = "with parts {} most important first, the evidence is {:.3g} on average, in random orders {:.3g}"
    flat = max(deletion.ours) - min(deletion.ours) <= 1e-9
    taking = words.format("taken out", deletion.area, deletion.random_area)
    putting = words.format("put in", insertion.area, insertion.random_area)
    return (
        Check("deletion", flat or deletion.area < deletion.random_area, deletion.area, deletion.random_area, taking),
        Check(
            "insertion", flat or insertion.area > insertion.random_area, insertion.area, insertion.random_area, putting
        ),
    )
