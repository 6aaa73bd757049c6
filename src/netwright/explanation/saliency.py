"""Saliency: how steeply the evidence changes with each number that was read; of vectors the length of the slope.

Sources: K. Simonyan, A. Vedaldi, A. Zisserman, Deep inside convolutional networks, 2014; with noise: D. Smilkov and
others, SmoothGrad, 2017.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.explanation.asked import Asked
from netwright.explanation.question import apart, block_of, taken
from netwright.explanation.reading import Leaves

NOISE = 0.15  # of SmoothGrad, a share of how far rows lie from what they are compared with
COPIES = 32


def saliency(asked: Asked) -> Leaves:
    """Return |dF/dx| of each number, |dF/de| of each vector [rows, places]."""
    return _lengths(asked, _slopes(asked, 0.0, 1, 0))


def smoothgrad(asked: Asked, seed: int) -> Leaves:
    """As `saliency`, of the mean slope at 32 copies of each row with noise."""
    return _lengths(asked, _slopes(asked, NOISE, COPIES, seed))


def _lengths(asked: Asked, slopes: Leaves) -> Leaves:
    floats = len(asked.question.reading.floats)
    return tuple((one.abs() if number < floats else one.norm(dim=-1)).flatten(1) for number, one in enumerate(slopes))


def _slopes(asked: Asked, noise: float, copies: int, seed: int) -> Leaves:
    generator = torch.Generator().manual_seed(seed)
    step = block_of(asked.inputs, copies)
    found = [
        _mean_slope(asked, torch.arange(at, min(asked.rows, at + step)), (noise, copies), generator)
        for at in range(0, asked.rows, step)
    ]
    return tuple(torch.cat(parts) for parts in zip(*found, strict=True))


def _mean_slope(asked: Asked, rows: Tensor, how: tuple[float, int], generator: torch.Generator) -> Leaves:
    noise, copies = how
    inputs, reading = taken(asked.inputs, rows), asked.question.reading
    others = reading.leaves(taken(asked.references, rows * asked.each))
    leaves, repeated = [], rows.repeat_interleave(copies)
    for leaf, other in zip(reading.leaves(inputs), others, strict=True):
        drawn = torch.randn((len(repeated), *leaf.shape[1:]), generator=generator).to(leaf)
        leaves.append(leaf.repeat_interleave(copies, dim=0) + noise * _spread(leaf, other) * drawn)
    slopes = asked.question.gradients(taken(asked.inputs, repeated), tuple(leaves), repeated)
    return tuple(apart(slope, copies).mean(dim=1) for slope in slopes)


def _spread(leaf: Float[Tensor, "rows ..."], other: Float[Tensor, "rows ..."]) -> Float[Tensor, ""]:
    """Return how far rows usually lie from what they are compared with."""
    return torch.nan_to_num(leaf - other).square().mean().sqrt()
