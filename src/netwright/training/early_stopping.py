"""Stopping when the monitored value no longer gets better, and knowing which epoch was the best.

Source: Prechelt, Early stopping, but when?, 1998.
"""

import math
from dataclasses import dataclass, replace

from netwright.training.config import TrainingConfig


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


def why_stop(patience: Patience, epoch: int, planned: int, config: TrainingConfig) -> str:
    """Return why training ends after `epoch` of those planned, or nothing."""
    what = f"no better {config.monitor.replace('_', ' ')}"
    if is_used_up(patience, config.patience):
        return f"{what} for {patience.waited} epochs"
    if config.stop_at_cycle and is_past_its_cycle(patience, epoch, planned):
        return f"{what} in the last rise and fall of the rate"
    return ""


def is_past_its_cycle(patience: Patience, epoch: int, planned: int) -> bool:
    """Whether `epoch` ends a cycle of the schedule coslog4 that brought no better value than the one before.

    Cycle k of four ends at (2^k - 1) / 15 of the epochs, where the rate is 0. Later cycles are longer and start from
    where this one ended: on the tables tried none then brought a better value.
    """
    ends = [round((2**cycle - 1) / 15 * planned) for cycle in (1, 2, 3)]
    return epoch in ends[1:] and patience.best_epoch <= ends[ends.index(epoch) - 1]


def _better(value: float, best: float | None, higher_is_better: bool) -> bool:
    if best is None:
        return True
    return value > best if higher_is_better else value < best
