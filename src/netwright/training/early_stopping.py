"""Stopping when the monitored value no longer gets better, and knowing which epoch was the best.

Source: Prechelt, Early stopping, but when?, 1998.
"""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Patience:
    """The best value so far and how long ago it was."""

    best_value: float | None = None
    best_epoch: int = 0  # 0: none yet
    waited: int = 0  # epochs since the best


def after_epoch(patience: Patience, epoch: int, value: float, higher_is_better: bool) -> Patience:
    """Return the new state; a value that is not finite is never the best."""
    if math.isfinite(value) and _better(value, patience.best_value, higher_is_better):
        return Patience(value, epoch, 0)
    return replace(patience, waited=patience.waited + 1)


def is_used_up(patience: Patience, allowed: int | None) -> bool:
    return allowed is not None and patience.waited >= allowed


def _better(value: float, best: float | None, higher_is_better: bool) -> bool:
    if best is None:
        return True
    return value > best if higher_is_better else value < best
