"""Which networks answer: the one, or the mean of those, whose forecasts of the validation windows were best."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from netwright.core.values import Contender, Contest
from netwright.training.forecasting.answering import Windows, every_answer
from netwright.training.forecasting.windowed import LOSSES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Entrant:
    """A network and how its training went."""

    module: nn.Module
    record: Contender


def decide(
    entrants: Mapping[str, Entrant], windows: Windows, loss: str, quantiles: tuple[float, ...], own: str
) -> Contest:
    """Compare each network, and the mean of every choice of them, on the validation windows.

    Args:
        entrants: by the name of their recipe; failed ones take no part.
        windows: of the validation rows.
        loss: a name of windowed.LOSSES.
        quantiles: that are forecast, if any.
        own: the run's own recipe.
    """
    able = [name for name, entrant in entrants.items() if not entrant.record.failed]
    answers = {name: every_answer(entrants[name].module, windows) for name in able}
    truth = answers[able[0]][1]
    found = {
        names: _loss(np.mean([answers[name][0] for name in names], axis=0), truth, loss, quantiles)
        for names in _choices_of(able)
    }
    best = min(found, key=lambda names: found[names])
    shown = sorted((names for names in found if len(names) == 1 or names == best), key=lambda names: found[names])
    told = [_told(names, found[names], entrants) for names in shown]
    failed = [entrant.record for entrant in entrants.values() if entrant.record.failed]
    return Contest(
        own, len(windows.origins), "mse", best, (*told, *failed), _verdict(found, best, len(windows.origins))
    )


def _choices_of(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


def _loss(said: Array, truth: Array, loss: str, quantiles: tuple[float, ...]) -> float:
    return LOSSES[loss](torch.from_numpy(said), torch.from_numpy(truth), quantiles).mean().item()


def _told(names: tuple[str, ...], loss: float, entrants: Mapping[str, Entrant]) -> Contender:
    records = [entrants[name].record for name in names]
    if len(records) == 1:
        one = records[0]
        return Contender(one.name, loss, None, one.parameters, one.seconds, one.trained)
    weights, seconds = sum(one.parameters for one in records), sum(one.seconds for one in records)
    return Contender(" + ".join(names), loss, None, weights, seconds, "the mean of what they say")


def _verdict(found: Mapping[tuple[str, ...], float], best: tuple[str, ...], windows: int) -> str:
    if len(found) == 1:
        return f"{best[0]} is the only recipe that was trained"
    what = f"the mean of {' and '.join(best)} is kept" if len(best) > 1 else f"{best[0]} is kept"
    singles = {names[0]: loss for names, loss in found.items() if len(names) == 1}
    alone = ", ".join(f"{name} {loss:.4f}" for name, loss in singles.items())
    return f"{what}: validation loss {found[best]:.4f} on {windows:,} windows (alone: {alone})"
