"""An image as blocks of pixels."""

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.explanation.asked import Pieces

SIDE = 7  # blocks in each direction, of images of so many pixels


def image_pieces(inputs: tuple[Tensor, ...], number: int) -> Pieces:
    """Return the blocks of images, which are all of one size; `number` is theirs among the inputs."""
    _, _, height, width = inputs[number].shape
    rows, columns = (_edges(side) for side in (height, width))
    blocks = torch.stack([a[:, None] * b[None, :] for a in rows for b in columns])
    shares = [torch.zeros(len(blocks), *tensor.shape[1:]) for tensor in inputs]
    shares[number] = blocks.unsqueeze(1).expand(-1, inputs[number].shape[1], -1, -1)
    names = tuple(f"block {a}, {b}" for a in range(1, len(rows) + 1) for b in range(1, len(columns) + 1))
    return Pieces(names, tuple(shares))


def _edges(side: int) -> Float[Tensor, "blocks side"]:
    """Return which places belong to each of as equal stretches as there are."""
    blocks = min(SIDE, side)
    return torch.nn.functional.one_hot(torch.arange(side) * blocks // side, blocks).T.float()
