"""The learning rate range test: the rate rises step by step until the loss explodes, and the curve says which to take.

Source: L. Smith, Cyclical learning rates for training neural networks, 2017; the exponential rise, the smoothing and
the stop are those of S. Gugger, How do you find a good learning rate, 2018.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from netwright.training.rate_test_config import RateTestConfig
from netwright.training.trial import Trial, step

SMOOTHING = 0.9  # share of the old mean that a step keeps
EXPLODED = 4.0  # times its best value: the smoothed loss will not come back
PLATEAU = 0.1  # share of the planned steps, at rates too low to change anything, that says how much losses scatter
BELOW_MINIMUM = 5.0  # where the loss is least, its rate is already too high for long: a fifth of it (docs/log.md)

Curve = Float[np.ndarray, " step"]


@dataclass(frozen=True)
class Sweep:
    """What the test went through: one entry a step, fewer than planned where the loss exploded or the time was up."""

    rates: Curve
    losses: Curve
    planned: int
    cut: bool = False  # the deadline ended it, so that the loss may have gone on falling

    @property
    def smoothed(self) -> Curve:
        return smooth(self.losses)


def sweep(trial: Trial, config: RateTestConfig, deadline: float = math.inf) -> Sweep:
    """Raise the rate from `config.lowest` to `config.highest`, or until the loss explodes or `deadline` has come.

    Args:
        trial: a copy of the network; it is ruined by this.
        config: the range.
        deadline: in time.monotonic() seconds.
    """
    rates = np.geomspace(config.lowest, config.highest, config.steps)
    losses: list[float] = []
    mean, best, cut = 0.0, math.inf, False
    for number, rate in enumerate(rates, 1):
        loss = step(trial, float(rate))
        if not math.isfinite(loss):
            break
        losses.append(loss)
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * loss
        smoothed = mean / (1.0 - SMOOTHING**number)
        cut = number < len(rates) and time.monotonic() >= deadline
        if smoothed > EXPLODED * best or cut:
            break
        best = min(best, smoothed)
    return Sweep(rates[: len(losses)], np.array(losses), config.steps, cut)


def smooth(losses: Curve) -> Curve:
    """m_t = b m_(t-1) + (1 - b) l_t, divided by 1 - b^t, which undoes the bias of starting at zero."""
    means, mean = np.empty(len(losses)), 0.0
    for number, loss in enumerate(losses):
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * float(loss)
        means[number] = mean / (1.0 - SMOOTHING ** (number + 1))
    return means


def suggest(found: Sweep) -> float | None:
    """Return a fifth of the rate at which the smoothed loss is least, to two digits; None where there is none.

    There is one where no deadline cut the test, and the smoothed loss went below the plateau of the first steps by more
    than their losses scatter.
    """
    plateau = found.losses[: max(2, round(PLATEAU * found.planned))]
    if found.cut or len(found.losses) <= len(plateau):
        return None
    lowest = int(np.argmin(found.smoothed))
    if not found.smoothed[lowest] < plateau.mean() - plateau.std(ddof=1):
        return None
    return float(f"{found.rates[lowest] / BELOW_MINIMUM:.2g}")
