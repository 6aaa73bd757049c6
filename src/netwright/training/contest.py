"""Several recipes on the same rows: rows that none learnt from decide which of them are averaged.

Each alone and every average of some are compared by the loss of the answers that a user gets: -log p at the temperature
that suits it best, or the squared error in the target's unit. Of those that are worse than the best by no more than a
standard error of the difference, the one of most recipes is kept: the same rows make what they chose from several look
better than it is, and an average suffers least from that.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import torch
from torch import Tensor, nn

from netwright.core.values import Contender, Contest
from netwright.networks.ensemble import average_logits
from netwright.training.calibration import as_classes, fit_temperature, losses_at
from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.evaluate import Yardstick
from netwright.training.inference import from_logits
from netwright.training.stage import Stage, logits_of, score


@dataclass(frozen=True)
class Entrant:
    """A recipe with what it made, and what that says of the rows that decide."""

    name: str
    module: nn.Module  # reads what the run prepares
    logits: Tensor  # float64 [rows, outputs]
    seconds: float
    trained: str


@dataclass(frozen=True, eq=False)
class Candidate:
    """One entrant, or the average of several."""

    entrants: tuple[Entrant, ...]
    losses: Array  # of each row that decides
    test: Tensor  # logits of the test rows

    @property
    def name(self) -> str:
        return " + ".join(entrant.name for entrant in self.entrants)


def decide(
    entrants: Sequence[Entrant], failed: Sequence[Contender], truth: Truth, place: tuple[Stage, Yardstick]
) -> Contest:
    """Compare the entrants, and the average of every choice of them.

    Args:
        entrants: at least one, the run's own recipe first.
        failed: those whose training failed, for the record.
        truth: of the rows that decide [rows].
        place: the run, and the metric that its tables lead with.
    """
    stage, yardstick = place
    test = {entrant.name: logits_of(entrant.module, stage.parts.test) for entrant in entrants}
    candidates = [_candidate(some, test, truth, stage) for some in _choices_of(entrants)]
    candidates.sort(key=lambda candidate: candidate.losses.mean())
    kept = max(
        (candidate for candidate in candidates if not _is_worse(candidate.losses, candidates[0].losses)),
        key=lambda candidate: len(candidate.entrants),
    )
    told = [candidate for candidate in candidates if len(candidate.entrants) == 1 or candidate in (kept, candidates[0])]
    return Contest(
        own=stage.recipe.preset.recipe,
        rows=len(truth),
        headline=yardstick.headline,
        chosen=tuple(entrant.name for entrant in kept.entrants),
        contenders=(*(_contender(candidate, place) for candidate in told), *failed),
        verdict=_verdict(kept, told, place),
    )


def _choices_of(entrants: Sequence[Entrant]) -> Iterator[tuple[Entrant, ...]]:
    return chain.from_iterable(combinations(entrants, size) for size in range(1, len(entrants) + 1))


def _candidate(some: tuple[Entrant, ...], test: Mapping[str, Tensor], truth: Truth, stage: Stage) -> Candidate:
    task = stage.preparation.spec.task
    logits = average_logits(torch.stack([entrant.logits for entrant in some]), task)
    tested = average_logits(torch.stack([test[entrant.name] for entrant in some]), task)
    return Candidate(some, _losses(logits, truth, stage), tested)


def _losses(logits: Tensor, truth: Truth, stage: Stage) -> Array:
    """Return the loss of each row: -log p, or the squared error."""
    task = stage.preparation.spec.task
    if task == "regression":
        return np.asarray((from_logits(logits, stage.preparation) - truth) ** 2)
    classes, labels = as_classes(logits.numpy(), task), truth.astype(np.int64)
    return losses_at(fit_temperature(classes, labels), classes, labels)


def _is_worse(losses: Array, best: Array) -> bool:
    """Whether the rows can tell: the mean difference is above its standard error."""
    difference = losses - best
    return bool(difference.mean() > difference.std() / np.sqrt(len(difference)))


def _contender(candidate: Candidate, place: tuple[Stage, Yardstick]) -> Contender:
    stage, yardstick = place
    one = candidate.entrants[0] if len(candidate.entrants) == 1 else None
    return Contender(
        name=candidate.name,
        loss=_in_own_unit(candidate.losses, yardstick),
        test=score(yardstick, yardstick.truth, from_logits(candidate.test, stage.preparation)),
        parameters=sum(weight.numel() for entrant in candidate.entrants for weight in entrant.module.parameters()),
        seconds=sum(entrant.seconds for entrant in candidate.entrants),
        trained="their answers averaged" if one is None else one.trained,
    )


def _in_own_unit(losses: Array, yardstick: Yardstick) -> float:
    mean = float(losses.mean())
    return math.sqrt(mean) if yardstick.task == "regression" else mean


def _verdict(kept: Candidate, told: Sequence[Candidate], place: tuple[Stage, Yardstick]) -> str:
    names = [entrant.name for entrant in kept.entrants]
    said = " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])
    said += " are averaged" if len(names) > 1 else " is kept"
    if len(told) == 1:
        return f"{said}: no other recipe came to an end"
    yardstick, best = place[1], told[0]
    measure = "RMSE" if yardstick.task == "regression" else "log loss"
    shown = {candidate.name: f"{_in_own_unit(candidate.losses, yardstick):.4g}" for candidate in told}
    close = "" if best is kept else f", not told apart from the best of all ({best.name} {shown[best.name]})"
    others = [f"{name} {value}" for name, value in shown.items() if name not in (kept.name, best.name)]
    rows = f"{len(kept.losses):,} held-out rows"
    return f"{said}: {measure} {shown[kept.name]} on {rows}{close}{'; ' + ', '.join(others) if others else ''}"
