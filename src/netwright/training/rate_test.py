"""The learning rate range test: the rate rises step by step until the loss explodes, and the curve tells which to take.

Source: L. Smith, Cyclical learning rates for training neural networks, 2017; the exponential rise, the smoothing and the
stop are those of S. Gugger, How do you find a good learning rate, 2018.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from netwright.training.rate_test_config import RateTestConfig
from netwright.training.trial import Trial, step

SMOOTHING = 0.9  # share of the old mean that a step keeps
EXPLODED = 4.0  # times its best value: the smoothed loss will not come back
PLATEAU = 0.1  # share of the planned steps, at rates too low to change anything, that says how much losses scatter

Curve = Float[NDArray[np.float64], " step"]


@dataclass(frozen=True)
class Sweep:
    """What the test went through: one entry a step."""

    rates: Curve
    losses: Curve
    planned: int  # steps

    @property
    def smoothed(self) -> Curve:
        return smooth(self.losses)


def sweep(trial: Trial, config: RateTestConfig, deadline: float | None = None) -> Sweep:
    """Raise the rate from `config.lowest` to `config.highest`, or until the loss explodes or `deadline` has come.

    Args:
        trial: a copy of the network; it is ruined by this.
        config: the range.
        deadline: in time.monotonic() seconds.
    """
    rates = np.geomspace(config.lowest, config.highest, config.steps)
    losses: list[float] = []
    mean, best = 0.0, math.inf
    for number, rate in enumerate(rates, 1):
        loss = step(trial, float(rate))
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * loss
        smoothed = mean / (1.0 - SMOOTHING**number)
        if not smoothed <= EXPLODED * best or (deadline is not None and time.monotonic() >= deadline):
            break
        best = min(best, smoothed)
        losses.append(loss)
    return Sweep(rates[: len(losses)], np.array(losses), config.steps)


def smooth(losses: Curve) -> Curve:
    """m_t = b m_(t-1) + (1 - b) l_t, divided by 1 - b^t, which undoes the bias of starting at zero."""
    means, mean = np.empty_like(losses), 0.0
    for number, loss in enumerate(losses):
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * float(loss)
        means[number] = mean / (1.0 - SMOOTHING ** (number + 1))
    return means
