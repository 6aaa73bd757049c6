"""Which loss a step computed, and on what: by the name of torch's own, or by comparing numbers with known losses."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from netwright.diagnosis.watching.candidates import BY_NAME, Match, aligned, matches
from netwright.diagnosis.watching.reading import Reading, head_of
from netwright.diagnosis.watching.tape import Entry, Tape

TORCH = {
    "cross_entropy": "cross_entropy",
    "nll_loss": "nll",
    "nll_loss2d": "nll",
    "binary_cross_entropy": "bce",
    "binary_cross_entropy_with_logits": "bce_with_logits",
    "mse_loss": "mse",
    "l1_loss": "mae",
    "smooth_l1_loss": "huber",
    "huber_loss": "huber",
    "kl_div": "kl",
    "poisson_nll_loss": "poisson",
}


@dataclass
class Judged:
    """The objective of one step."""

    head: str
    head_where: str
    loss: str  # "" where it is not known
    reduction: str
    where: str
    point: Tensor  # what the loss judged
    target: Tensor
    broadcast: bool
    value: Tensor | None  # of the loss alone, a scalar
    factor: float = 1.0  # of the mean of its terms
    root: bool = False
    options: dict[str, Any] = field(default_factory=dict)  # of torch's own: weight, label_smoothing ...
    function: Any = None
    outside: bool = False  # the point is not the network's output itself


def identify(tape: Tape, reading: Reading) -> Judged | None:
    """Return which loss was computed; None where no target met the output."""
    if reading.target is None or reading.meeting is None:
        return None
    if reading.loss is not None and reading.loss is reading.meeting:
        return _of_torch(tape, reading, reading.loss)
    return _by_numbers(tape, reading)


def _of_torch(tape: Tape, reading: Reading, entry: Entry) -> Judged:
    point, target = reading.loss_input(entry), reading.target
    assert target is not None
    head, head_where = head_of(tape, point)
    value = (
        entry.result if entry.result is not None and entry.result.numel() == 1 else next(iter(reading.scalars), None)
    )
    name = TORCH.get(entry.name, entry.name.removesuffix("_loss"))
    broadcast = point.shape != target.shape and name in ("mse", "mae", "huber", "poisson", "soft_margin")
    reduction = _reduction(entry, value)
    judged = Judged(head, head_where, name, reduction, entry.where, point, target, broadcast, value)
    judged.options = dict(entry.options)
    judged.function = entry.function
    judged.outside = point is not reading.output and point.data_ptr() != reading.output.data_ptr()
    judged.factor = _factor(judged) if reduction == "sum" else 1.0
    return judged


def _reduction(entry: Entry, value: Tensor | None) -> str:
    named = entry.options.get("reduction")
    if named in ("mean", "batchmean"):
        return "mean"
    if named in ("sum", "mean"):
        return str(named)
    if named == "none" and value is not None and entry.result is not None:
        whole = float(entry.result.detach().sum())
        return "sum" if abs(whole - float(value.detach())) <= 1e-5 * abs(whole) else "mean"
    return "mean"


def _factor(judged: Judged) -> float:
    mean = mean_loss(judged.loss, judged.point, judged.target, judged.broadcast)
    value = float(judged.value.detach()) if judged.value is not None else None
    return value / mean if mean and value is not None else 1.0


def _by_numbers(tape: Tape, reading: Reading) -> Judged:
    target = reading.target
    assert target is not None
    assert reading.meeting is not None
    scalars = [*reading.scalars, *([] if reading.total is None else [reading.total])]
    names = [entry.name for entry in reading.way]
    for point in reversed(reading.points):
        head, head_where = head_of(tape, point)
        spread = math.prod(reading.meeting.shape) > max(point.numel(), target.numel())
        for scalar in reversed(scalars):
            found = _best(matches(point, target, float(scalar.detach()), [head, *names]), spread)
            if found is not None:
                judged = _judged(found, (head, head_where, reading.meeting.where), point, target, scalar)
                judged.outside = point is not reading.output
                return judged
    head, head_where = head_of(tape, reading.output)
    value = scalars[-1] if scalars else None
    return Judged(head, head_where, "", "", reading.meeting.where, reading.output, target, False, value)


def _best(found: Iterator[Match], spread: bool) -> Match | None:
    """Return the first match that is spread as the operation was where the target met the answers, or else the first.

    As long as all answers are about the same, spread or not makes next to no difference to the loss.
    """
    kept: Match | None = None
    for match in found:
        if match.broadcast == spread:
            return match
        kept = kept or match
    return kept


def _judged(found: Match, places: tuple[str, str, str], point: Tensor, target: Tensor, scalar: Tensor) -> Judged:
    head, head_where, where = places
    name = found.candidate.name
    judged = Judged(head, head_where, name, found.reduction, where, point, target, found.broadcast, scalar)
    judged.factor, judged.root = found.factor, found.root
    return judged


def mean_loss(name: str, output: Tensor, target: Tensor, broadcast: bool) -> float | None:
    """Return the mean of a loss's terms on an output and its target; None of a loss without known terms."""
    candidate = BY_NAME.get(name)
    if candidate is None:
        return None
    with torch.no_grad():
        for o, t, spread in aligned(output.detach(), target.detach()):
            if spread == broadcast and not (candidate.classes and o.dim() < 2):
                return float(candidate.terms(o, t).mean())
    return None
