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

    Args:
        removal: what is said where only some parts are there.
        amounts: of the parts; the largest is the most important.
        seed: of the random orders.
    """
    parts = len(amounts)
    steps = np.unique(np.linspace(0, parts, min(parts, STEPS) + 1).round().astype(int))
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.argsort(amounts, descending=True, stable=True)]
    orders += [torch.randperm(parts, generator=generator) for _ in range(ORDERS)]
    gone = torch.cat([_first(order, steps) for order in orders])
    said = removal(torch.cat([~gone, gone])).numpy().reshape(2, len(orders), len(steps))
    out, put = (_curve(steps / max(1, parts), one) for one in said)
    return out, put


def _first(order: Int[Tensor, " parts"], steps: NDArray[np.int64]) -> Keep:
    """Return the first parts of an order, for each number of them."""
    ranks = torch.argsort(order)
    return ranks.unsqueeze(0) < torch.from_numpy(steps).unsqueeze(1)


def _curve(shares: NDArray[np.float64], said: NDArray[np.float64]) -> RemovalCurve:
    ours, random = said[0], said[1:].mean(axis=0)
    area, random_area = (float(np.trapezoid(line, shares)) for line in (ours, random))
    return RemovalCurve(tuple(shares.tolist()), tuple(ours.tolist()), tuple(random.tolist()), area, random_area)


def curve_checks(deletion: RemovalCurve, insertion: RemovalCurve, unit: str) -> tuple[Check, Check]:
    """Return what the curves of one row say."""
    words = "{} most important first, the {} is {:.3g} on average, in random orders {:.3g}"
    flat = max(deletion.ours) - min(deletion.ours) <= 1e-9
    taking = words.format("with parts taken out", unit, deletion.area, deletion.random_area)
    putting = words.format("with parts put in", unit, insertion.area, insertion.random_area)
    return (
        Check("deletion", flat or deletion.area < deletion.random_area, deletion.area, deletion.random_area, taking),
        Check(
            "insertion", flat or insertion.area > insertion.random_area, insertion.area, insertion.random_area, putting
        ),
    )
