"""Which networks answer: the validation windows decide, which none learnt from.

Each alone and the mean of every choice of them are compared. Of those that are worse than the best by no more than a
standard error of the difference, or by no more than MARGIN of the best's loss, the one of most recipes is kept: the
same windows make what they chose look better than it is, the rows that come are not those that were, and a mean
suffers least from both. Neighbouring windows share most of their rows, so the standard error is that of the means of
stretches as long as the horizon.
"""

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

MARGIN = 0.01  # share of the best loss: less does not carry over from one stretch of a series to the next

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
    losses = {
        names: _losses(np.mean([answers[name][0] for name in names], axis=0), truth, loss, quantiles)
        for names in _choices_of(able)
    }
    found = {names: float(row.mean()) for names, row in losses.items()}
    least = min(found, key=lambda names: found[names])
    equal = [names for names in found if not _is_worse(losses[names], losses[least], windows.horizon)]
    best = max(equal, key=lambda names: (len(names), -found[names]))
    shown = sorted((names for names in found if len(names) == 1 or names == best), key=lambda names: found[names])
    told = [_told(names, found[names], entrants) for names in shown]
    failed = [entrant.record for entrant in entrants.values() if entrant.record.failed]
    return Contest(
        own, len(windows.origins), "mse", best, (*told, *failed), _verdict(found, best, len(windows.origins))
    )


def _choices_of(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


def _losses(said: Array, truth: Array, loss: str, quantiles: tuple[float, ...]) -> Array:
    """Return the mean loss of each window."""
    every = LOSSES[loss](torch.from_numpy(said), torch.from_numpy(truth), quantiles)
    return np.asarray(every.mean(dim=(1, 2)).numpy())


def _is_worse(losses: Array, best: Array, horizon: int) -> bool:
    """Whether the windows can tell: the mean difference is above its standard error over stretches."""
    difference = losses - best
    count = max(2, len(difference) // horizon)
    means = np.array([part.mean() for part in np.array_split(difference, count) if len(part)])
    error = means.std(ddof=1) / np.sqrt(len(means)) if len(means) > 1 else 0.0
    return bool(difference.mean() > max(error, MARGIN * best.mean()))


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
