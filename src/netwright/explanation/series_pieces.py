"""A series as stretches of its steps."""

import torch
from torch import Tensor

from netwright.explanation.asked import Pieces

STRETCHES = 24  # at most


def series_pieces(inputs: tuple[Tensor, ...], number: int, dim: int, length: int) -> Pieces:
    """Return stretches of a series as equal as there are.

    Args:
        inputs: of the rows, of which it is one.
        number: of the series among them.
        dim: of its steps.
        length: steps that it has; what follows belongs to no part.
    """
    parts = max(1, min(STRETCHES, length))
    at = torch.arange(inputs[number].shape[dim])
    of = (at * parts // max(1, length)).clamp(max=parts)
    shape = [1] * (inputs[number].ndim - 1)
    shape[dim - 1] = len(at)
    own = torch.stack([(of == part).float().reshape(shape) for part in range(parts)])
    shares = [torch.zeros(parts, *tensor.shape[1:]) for tensor in inputs]
    shares[number] = own.expand(-1, *inputs[number].shape[1:])
    ends = [(-(-part * length // parts) + 1, -(-(part + 1) * length // parts)) for part in range(parts)]
    names = tuple(f"step {a}" if a == b else f"steps {a} to {b}" for a, b in ends)
    return Pieces(names, tuple(shares))
