"""Losses that people write by hand, as numbers that a loss can be compared with."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

CLIP = 1e-7  # Keras keeps probabilities this far from 0 and 1
CLOSE = 2e-3  # relative difference up to which two losses are the same: constants inside logarithms vary
Terms = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Candidate:
    """One loss: its terms before they are summed up; by row where `classes`, else by number."""

    name: str
    terms: Terms
    classes: bool = False


def _log_likelihood(output: Tensor, target: Tensor) -> Tensor:
    return -(target * torch.log_softmax(output, -1)).sum(-1)


def _keras_cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    shares = output / output.sum(-1, keepdim=True)
    return -(target * shares.clamp(CLIP, 1 - CLIP).log()).sum(-1)


def _probabilities_cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    return -(target * (output.clamp(min=0) + 1e-8).log()).sum(-1)


def _clipped_cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    return -(target * output.clamp(CLIP, 1 - CLIP).log()).sum(-1)


def _bce(output: Tensor, target: Tensor) -> Tensor:
    p = output.clamp(CLIP, 1 - CLIP)
    return -(target * p.log() + (1 - target) * (1 - p).log())


def _bce_torch(output: Tensor, target: Tensor) -> Tensor:
    return -(target * output.log().clamp(min=-100) + (1 - target) * (1 - output).log().clamp(min=-100))


def _bce_with_logits(output: Tensor, target: Tensor) -> Tensor:
    return torch.nn.functional.binary_cross_entropy_with_logits(output, target, reduction="none")


def _huber(output: Tensor, target: Tensor) -> Tensor:
    return torch.nn.functional.huber_loss(output, target, reduction="none")


def _logcosh(output: Tensor, target: Tensor) -> Tensor:
    error = output - target
    return error + torch.nn.functional.softplus(-2 * error) - math.log(2)


def _signs(target: Tensor) -> Tensor:
    return 2 * target - 1 if bool(((target == 0) | (target == 1)).all()) else target


def _hinge(output: Tensor, target: Tensor) -> Tensor:
    return (1 - _signs(target) * output).clamp(min=0)


def _unsigned_hinge(output: Tensor, target: Tensor) -> Tensor:
    return (1 - target * output).clamp(min=0)


def _msle(output: Tensor, target: Tensor) -> Tensor:
    return (output.clamp(min=CLIP).log1p() - target.clamp(min=CLIP).log1p()) ** 2


def _mape(output: Tensor, target: Tensor) -> Tensor:
    return 100 * ((output - target) / target.abs().clamp(min=CLIP)).abs()


def _divergence(output: Tensor, target: Tensor) -> Tensor:
    p, q = target.clamp(CLIP, 1), output.clamp(CLIP, 1)
    return (p * (p / q).log()).sum(-1)


CANDIDATES = (
    Candidate("cross_entropy", _log_likelihood, classes=True),
    Candidate("nll", lambda o, t: -(t * o).sum(-1), classes=True),
    Candidate("probabilities_cross_entropy", _keras_cross_entropy, classes=True),
    Candidate("probabilities_cross_entropy", _clipped_cross_entropy, classes=True),
    Candidate("probabilities_cross_entropy", _probabilities_cross_entropy, classes=True),
    Candidate("bce", _bce),
    Candidate("bce", _bce_torch),
    Candidate("bce_with_logits", _bce_with_logits),
    Candidate("mse", lambda o, t: (o - t) ** 2),
    Candidate("mae", lambda o, t: (o - t).abs()),
    Candidate("huber", _huber),
    Candidate("logcosh", _logcosh),
    Candidate("hinge", _hinge),
    Candidate("squared_hinge", lambda o, t: _hinge(o, t) ** 2),
    Candidate("unsigned_hinge", _unsigned_hinge),  # of targets 0 and 1, half of which it never asks anything of
    Candidate("msle", _msle),
    Candidate("mape", _mape),
    Candidate("kl", _divergence, classes=True),
    Candidate("poisson", lambda o, t: o - t * (o + CLIP).log()),
)
BY_NAME = {candidate.name: candidate for candidate in reversed(CANDIDATES)}


@dataclass(frozen=True)
class Match:
    """A candidate whose number is the loss."""

    candidate: Candidate
    reduction: str
    factor: float  # of the mean of its terms
    broadcast: bool
    root: bool = False  # the square root of the mean


LIKELY: dict[str, tuple[str, ...]] = {  # losses that are likelier after a head, or with an operation on the way
    "softmax": ("probabilities_cross_entropy", "bce"),
    "sigmoid": ("probabilities_cross_entropy", "bce"),
    "relu": ("probabilities_cross_entropy", "bce"),
    "log_softmax": ("nll",),
    "clamp": ("hinge", "squared_hinge", "unsigned_hinge"),  # of answers within -1 and 1 the hinge is the absolute error
    "clamp_min": ("hinge", "squared_hinge", "unsigned_hinge"),
    "maximum": ("hinge", "squared_hinge", "unsigned_hinge"),
}


def matches(output: Tensor, target: Tensor, value: float, hints: Sequence[str] = ()) -> Iterator[Match]:
    """Yield the candidates that give the value on an output and its target, the likeliest first.

    Args:
        output: as the loss judged it, of any shape.
        target: class numbers, one-hot rows, or numbers of the same shape.
        value: the loss; one that is not a number is taken to be a loss that is none either.
        hints: what the output went through last, and the operations from it to the loss.
    """
    if math.isinf(value) or not bool(torch.isfinite(output).all()):
        return
    exact = output.dtype in (torch.float32, torch.float64)  # a clip near 1 is another number in another precision
    pairs = list(aligned(output.detach() if exact else output.detach().float(), target.detach()))
    likely = [name for hint in hints for name in LIKELY.get(hint, ())]
    single = output.dim() > 1 and output.shape[-1] == 1  # where one output is 0 or 1, bce is half a cross-entropy
    order = sorted(CANDIDATES, key=lambda known: (single and known.classes, known.name not in likely))
    for candidate in order:
        for o, t, broadcast in pairs:
            if candidate.classes and (o.dim() < 2 or broadcast):
                continue
            yield from _match(candidate, o, t, broadcast, value)


def _match(candidate: Candidate, o: Tensor, t: Tensor, broadcast: bool, value: float) -> Iterator[Match]:
    terms = candidate.terms(o, t)
    mean, count = float(terms.mean()), terms.numel()
    width = terms.shape[-1] if terms.dim() > 1 else 1
    factors = {
        1.0: "mean",
        float(count): "sum",
        float(width): "mean",
        0.5: "mean",
        0.5 * width: "mean",
        0.5 * count: "sum",
    }
    if candidate.classes:
        factors[1.0 / o.shape[-1]] = "mean"
    for factor, reduction in factors.items():
        if _close(factor * mean, value):
            yield Match(candidate, reduction, factor, broadcast)
            return
    if candidate.name in ("mse", "msle") and mean >= 0 and _close(math.sqrt(mean), value):
        yield Match(candidate, "mean", 1.0, broadcast, root=True)


def _close(one: float, other: float) -> bool:
    if math.isnan(other):
        return math.isnan(one)
    return math.isfinite(one) and abs(one - other) <= CLOSE * abs(other) + 1e-7


def aligned(output: Tensor, target: Tensor) -> Iterator[tuple[Tensor, Tensor, bool]]:
    """Yield output and target as numbers of one shape with classes last, in the ways in which they may be meant.

    The third is whether torch would spread them over each other as they are.
    """
    kind = output.dtype
    if target.shape == output.shape:
        yield output, target.to(kind), False
        return
    classes = one_hot(output, target)
    if classes is not None:
        yield *classes, False
    if target.numel() == output.numel():
        yield output, target.reshape(output.shape).to(kind), False
    spread = _spread(output, target)
    if spread is not None:
        yield *spread, True


def _spread(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor] | None:
    try:
        both = torch.broadcast_tensors(output, target.to(output.dtype))  # type: ignore[no-untyped-call]
    except RuntimeError:
        return None
    return both[0], both[1]


def one_hot(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor] | None:
    """Return outputs with classes last, and one-hot rows; None where targets are no class numbers of these outputs."""
    if target.dim() == output.dim() and target.shape[-1] == 1:
        target = target.squeeze(-1)
    if target.dim() != output.dim() - 1:
        return None
    if output.shape[:-1] != target.shape:
        output = output.movedim(1, -1)
    if output.shape[:-1] != target.shape or target.numel() == 0:
        return None
    numbers = target.long()
    if bool((numbers < 0).any()):  # rows that do not count, as torch's ignore_index
        output, target, numbers = output[numbers >= 0], target[numbers >= 0], numbers[numbers >= 0]
    if not numbers.numel() or not bool((numbers == target).all()) or int(numbers.max()) >= output.shape[-1]:
        return None
    return output, torch.nn.functional.one_hot(numbers, output.shape[-1]).to(output.dtype)
