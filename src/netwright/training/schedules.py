"""How the learning rate changes over a training: a factor on `learning_rate` for each step, counted from 0.

Each schedule is a pure function of the step, the number of steps and the config. Linear warm-up may come before any.
"plateau" also depends on validation losses; what it remembers is a small frozen value.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from netwright.training.config import TrainingConfig

FLAT_SHARE = 0.5  # flat_cosine: share of the steps before the fall
RISE_SHARE = 0.3  # one_cycle: share of the steps that the rise takes
START_SHARE = 0.04  # one_cycle: the factor of the first step


def constant(_step: int, _total_steps: int, _config: TrainingConfig) -> float:
    """1."""
    return 1.0


def cosine(step: int, total_steps: int, config: TrainingConfig) -> float:
    """f + (1 - f) (1 + cos(pi t)) / 2, t = step / total (Loshchilov, Hutter, SGDR, 2017)."""
    return _fall(1.0, config.final_learning_rate, step / total_steps)


def flat_cosine(step: int, total_steps: int, config: TrainingConfig) -> float:
    """1 for the first half, then a cosine fall to f."""
    return _flat_cosine(step / total_steps, config.final_learning_rate)


def one_cycle(step: int, total_steps: int, config: TrainingConfig) -> float:
    """A cosine rise from 0.04 to 1 over 30% of the steps, then a cosine fall to f (Smith, Super-convergence, 2018)."""
    done = step / total_steps
    if done < RISE_SHARE:
        return _fall(START_SHARE, 1.0, done / RISE_SHARE)
    return _fall(1.0, config.final_learning_rate, (done - RISE_SHARE) / (1.0 - RISE_SHARE))


def coslog4(step: int, total_steps: int, _config: TrainingConfig) -> float:
    """(1 - cos(2 pi log2(1 + 15 t))) / 2: four rises from 0 and falls to 0, each twice as long as the one before.

    It begins at 0 and needs no warm-up. Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024.
    """
    return 0.5 * (1.0 - math.cos(2.0 * math.pi * math.log2(1.0 + 15.0 * step / total_steps)))


def step_down(step: int, total_steps: int, config: TrainingConfig) -> float:
    """gamma^floor(step / step_size)."""
    return float(config.gamma ** (step // max(1, _in_steps(config.step_size, total_steps))))


SCHEDULES: dict[str, Callable[[int, int, TrainingConfig], float]] = {
    "constant": constant,
    "cosine": cosine,
    "flat_cosine": flat_cosine,
    "one_cycle": one_cycle,
    "coslog4": coslog4,
    "step": step_down,
    "plateau": constant,  # its drops come from `Plateau.factor`
}


def schedule_factor(step: int, total_steps: int, config: TrainingConfig) -> float:
    """Return the factor for `step` (from 0): (step + 1) / warmup in the warm-up, then the schedule of what is left."""
    warmup = min(_in_steps(config.warmup, total_steps), total_steps)
    if step < warmup:
        first = SCHEDULES[config.schedule](0, max(1, total_steps - warmup), config)
        return first * (step + 1) / warmup
    left = max(1, total_steps - warmup)
    return SCHEDULES[config.schedule](min(step - warmup, left), left, config)


def schedule_factors(first: int, last: int, total_steps: int, config: TrainingConfig) -> list[float]:
    """Return the factors of steps `first` up to but not including `last`."""
    if SCHEDULES[config.schedule] is constant and not config.warmup:
        return [1.0] * (last - first)
    return [schedule_factor(step, total_steps, config) for step in range(first, last)]


def share_factors(first: int, last: int, total_steps: int, config: TrainingConfig) -> tuple[list[float], list[float]]:
    """Return the factors of dropout, and of weight decay, of steps `first` up to but not including `last`.

    "flat_cosine" is 1 for the first half, then a cosine fall to 0; "constant" has an empty list.
    """
    names = (config.dropout_schedule, config.weight_decay_schedule)
    steps = [range(first, first if name == "constant" else last) for name in names]
    dropout, decay = ([_flat_cosine(step / total_steps, 0.0) for step in those] for those in steps)
    return dropout, decay


@dataclass(frozen=True)
class Plateau:
    """What the schedule "plateau" remembers."""

    factor: float = 1.0
    best_loss: float | None = None
    waited: int = 0  # epochs since best_loss


def after_epoch(plateau: Plateau, loss: float, config: TrainingConfig) -> Plateau:
    """Multiply the factor by `plateau_factor` after `plateau_patience` epochs without a better loss."""
    if plateau.best_loss is None or loss < plateau.best_loss:
        return replace(plateau, best_loss=loss, waited=0)
    if plateau.waited + 1 < config.plateau_patience:
        return replace(plateau, waited=plateau.waited + 1)
    return replace(plateau, factor=plateau.factor * config.plateau_factor, waited=0)


def _flat_cosine(done: float, end: float) -> float:
    return _fall(1.0, end, max(0.0, (done - FLAT_SHARE) / (1.0 - FLAT_SHARE)))


def _fall(start: float, end: float, done: float) -> float:
    return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * done))


def _in_steps(amount: float, total_steps: int) -> int:
    return round(amount * total_steps) if amount < 1 else round(amount)
