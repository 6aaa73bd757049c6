"""Expected gradients: gradient times difference at points drawn on the ways from many references.

It is integrated gradients, averaged over references, as a mean over a sample: so each amount has an interval. Points on
each way are drawn one from each of equal stretches of it.

Source: G. Erion and others, Improving performance of deep learning models with axiomatic attribution priors and
expected gradients, 2021; in shap it is called GradientExplainer.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.explanation.asked import Asked
from netwright.explanation.question import taken

POINTS = 384  # of each row
Z95 = 1.96


@dataclass(frozen=True)
class Sampled:
    """Amounts of one row's parts, with their 95% intervals, and of the places of its inputs."""

    parts: Float[Tensor, " parts"]
    low: Float[Tensor, " parts"]
    high: Float[Tensor, " parts"]
    places: tuple[Tensor, ...]


def gradient_shap(asked: Asked, row: int, seed: int, points: int = POINTS) -> Sampled:
    """Explain one row by points drawn from a seed."""
    each = max(1, points // asked.each)
    number = each * asked.each
    generator = torch.Generator().manual_seed(seed + row)
    shares = (torch.arange(each) + torch.rand(asked.each, each, generator=generator)).flatten() / each
    repeated = torch.full((number,), row)
    inputs = taken(asked.inputs, repeated)
    reading = asked.question.reading
    here, there = reading.leaves(inputs), reading.leaves(_references(asked, row, each))
    leaves = tuple(b + shares.view(-1, *[1] * (b.ndim - 1)).to(b) * (x - b) for x, b in zip(here, there, strict=True))
    slopes = asked.question.gradients(inputs, leaves, repeated)
    products = [torch.nan_to_num(x - b) * one for x, b, one in zip(here, there, slopes, strict=True)]
    floats = len(reading.floats)
    amounts = tuple((one if place < floats else one.sum(dim=-1)).flatten(1) for place, one in enumerate(products))
    places = asked.positions.amounts(amounts, inputs)
    drawn = asked.pieces[row].amounts(places)
    mean, error = drawn.mean(dim=0), Z95 * drawn.std(dim=0) / number**0.5
    return Sampled(mean, mean - error, mean + error, tuple(one.mean(dim=0) for one in places))


def _references(asked: Asked, row: int, each: int) -> tuple[Tensor, ...]:
    of_row = torch.arange(row * asked.each, (row + 1) * asked.each)
    return taken(asked.references, of_row.repeat_interleave(each))
