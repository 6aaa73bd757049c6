"""Whether an explanation looks at the network at all: it must become another one when all weights are drawn anew.

Source: J. Adebayo and others, Sanity checks for saliency maps, 2018.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.explanations import Check
from netwright.explanation.asked import Asked

ROWS, DRAWS = 8, 5
LIMIT = 0.5  # of the rank correlation between amounts before and after
FEWEST = 5  # parts, below which a rank correlation is chance
PartsOf = Callable[[Asked], Sequence[Float[Tensor, " parts"]]]


def randomised_weights(asked: Asked, parts_of: PartsOf) -> Check:
    """Explain some rows by the network, and by others like it whose weights mean nothing.

    Args:
        asked: rows.
        parts_of: the explainer, from rows to amounts of parts.
    """
    some = replace(asked.first(min(ROWS, asked.rows)), roughly=True)
    if min(len(pieces.names) for pieces in some.pieces) < FEWEST:
        return Check("randomised weights", None, None, LIMIT, f"fewer than {FEWEST} parts: nothing to rank")
    before = parts_of(some)
    found = [
        rank_correlation(one, other)
        for draw in range(DRAWS)
        for one, other in zip(before, parts_of(some.of(redrawn(asked.question.reading.module, draw))), strict=True)
    ]
    figure = sum(found) / len(found)
    against = f"the amounts' rank correlation with those of a network with weights drawn anew is {figure:.2f}"
    return Check("randomised weights", figure < LIMIT, figure, LIMIT, f"{against}; it must be below {LIMIT:g}")


def redrawn(module: nn.Module, seed: int) -> nn.Module:
    """Return a copy whose weights are drawn from normal distributions, each tensor as large as it was on average."""
    other = copy.deepcopy(module)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in other.parameters():
            size = weight.detach().float().square().mean().sqrt()
            weight.copy_(torch.randn(weight.shape, generator=generator).to(weight) * size)
    return other


def rank_correlation(one: Float[Tensor, " parts"], other: Float[Tensor, " parts"]) -> float:
    """Return Spearman's correlation; 0 where one of them is everywhere the same."""
    first, second = (_ranks(amounts.detach().cpu().double()) for amounts in (one, other))
    first, second = first - first.mean(), second - second.mean()
    size = first.norm() * second.norm()
    return float(first @ second / size) if size > 0 else 0.0


def _ranks(values: Float[Tensor, " parts"]) -> Float[Tensor, " parts"]:
    """Return places in order; equal values share the mean of theirs."""
    _, place, counts = torch.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum(0).double()
    ranks: Tensor = (ends - (counts.double() - 1.0) / 2.0)[place]
    return ranks
