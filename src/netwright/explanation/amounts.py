"""Every method by its name, from rows to the amounts of their parts."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.core.errors import RecipeError, nearest
from netwright.explanation.asked import Asked
from netwright.explanation.gradient_shap import Sampled, gradient_shap
from netwright.explanation.integrated_gradients import ROUNDS, integrated_gradients
from netwright.explanation.methods import METHODS
from netwright.explanation.occlusion import occlusion
from netwright.explanation.question import apart, taken
from netwright.explanation.reading import Leaves
from netwright.explanation.saliency import saliency, smoothgrad
from netwright.explanation.shapley.parts import shapley_parts

ROUGHLY = 16  # points of integrated gradients where a quick look will do
Rows = Float[Tensor, " rows"]
Parts = list[Float[Tensor, " parts"]]  # of each row


@dataclass(frozen=True)
class Amounts:
    """What a method found of rows."""

    parts: Parts
    output: Rows
    reference: Rows
    places: tuple[Tensor, ...] | None = None  # of each input [rows, ...], where the method goes so far
    gap: Rows | None = None  # share of |output - reference| by which amounts miss it; None: they need not add up
    low: Parts | None = None
    high: Parts | None = None
    width: Rows | None = None  # widest half interval, as a share of all amounts without their signs

    def places_of(self, row: int) -> tuple[Tensor, ...] | None:
        return None if self.places is None else tuple(one[row] for one in self.places)


def amounts_of(asked: Asked, method: str, seed: int = 0) -> Amounts:
    """Explain rows by a method of METHODS that knows no kind of network.

    Raises:
        RecipeError: there is no such method, or it asks for a network of a kind.
    """
    if method not in EXPLAINERS:
        known = ", ".join(EXPLAINERS)
        hint = "it needs a network of its kind" if method in METHODS else nearest(method, METHODS)
        raise RecipeError(f"method: expected one of {known}, got {method!r}; {hint}")
    return EXPLAINERS[method](asked, seed)


def sides_of(asked: Asked) -> tuple[Rows, Rows]:
    """Return the evidence of rows, and the mean of that of their references."""
    question, every = asked.question, torch.arange(asked.rows)
    said = question.of(asked.inputs, every).double().cpu()
    if asked.rewriting is not None:
        nothing = [torch.zeros(1, len(pieces.names), dtype=torch.bool) for pieces in asked.pieces]
        return said, torch.cat([asked.removal(row)(keep) for row, keep in enumerate(nothing)])
    others = question.of(asked.references, every.repeat_interleave(asked.each)).double().cpu()
    return said, apart(others, asked.each).mean(dim=1)


def gap_of(parts: Parts, output: Rows, reference: Rows) -> Rows:
    """Return by how much the sum of amounts misses the difference, as a share of it."""
    wanted = output - reference
    sums = torch.stack([one.sum().cpu() for one in parts])
    return (sums - wanted).abs() / wanted.abs().clamp(min=1e-4)


def _integrated(asked: Asked, _seed: int) -> Amounts:
    how = (max(2, ROUGHLY // asked.each), 0) if asked.roughly else (None, ROUNDS)
    found = integrated_gradients(asked.question, asked.inputs, asked.references, *how)
    places = asked.places(found.amounts)
    sides = (found.output.cpu(), found.reference.cpu())
    return Amounts(asked.by_part(places), *sides, places, found.gap.cpu())


def _steep(leaves: Leaves, asked: Asked) -> Amounts:
    places = asked.places(leaves)
    return Amounts(asked.by_part(places), *sides_of(asked), places)


def _sampled(asked: Asked, seed: int) -> Amounts:
    found: list[Sampled] = [gradient_shap(asked, row, seed) for row in range(asked.rows)]
    places = tuple(torch.stack(parts) for parts in zip(*(one.places for one in found), strict=True))
    parts, low, high = ([getattr(one, name) for one in found] for name in ("parts", "low", "high"))
    sides = sides_of(asked)
    return Amounts(parts, *sides, places, gap_of(parts, *sides), low, high)


def _occluded(asked: Asked, _seed: int) -> Amounts:
    parts = [occlusion(asked.removal(row), len(pieces.names)) for row, pieces in enumerate(asked.pieces)]
    return Amounts(parts, *sides_of(asked))


def _shapley(asked: Asked, seed: int) -> Amounts:
    found = shapley_parts(asked, seed)
    parts = [torch.from_numpy(one.amounts[:, 0]) for one in found]
    output, reference, width = (
        torch.tensor([float(getattr(one, name)[0]) for one in found], dtype=torch.float64)
        for name in ("full", "empty", "width")
    )
    half = [torch.zeros(len(one.amounts)) if one.half is None else torch.from_numpy(one.half[:, 0]) for one in found]
    ends = ([one + sign * side for one, side in zip(parts, half, strict=True)] for sign in (-1, 1))
    low, high = (None, None) if all(one.half is None for one in found) else ends
    return Amounts(parts, output, reference, None, gap_of(parts, output, reference), low, high, width)


EXPLAINERS: dict[str, Callable[[Asked, int], Amounts]] = {
    "integrated gradients": _integrated,
    "gradient shap": _sampled,
    "occlusion": _occluded,
    "shapley": _shapley,
    "saliency": lambda asked, _seed: _steep(saliency(asked), asked),
    "smoothgrad": lambda asked, seed: _steep(smoothgrad(asked, seed), asked),
}


def follows_gradients(asked: Asked) -> bool:
    """Return whether gradients arrive at all that the network reads of the first row, where it differs at all."""
    if not asked.question.reading.can_be_followed:
        return False
    some = asked.first(1)
    rows = torch.zeros(some.each, dtype=torch.long)
    inputs = taken(some.inputs, rows)
    here, there = (some.question.reading.leaves(side) for side in (inputs, some.references))
    middle = tuple((x + b) / 2.0 for x, b in zip(here, there, strict=True))
    slopes = some.question.gradients(inputs, middle, rows)
    differs = [bool(torch.nan_to_num(x - b).any()) for x, b in zip(here, there, strict=True)]
    return all(bool(slope.any()) for slope, is_other in zip(slopes, differs, strict=True) if is_other)
