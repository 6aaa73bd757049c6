"""Numbers that equal rows share."""

import torch
from torch import Tensor


def row_hashes(inputs: tuple[Tensor, ...]) -> list[int]:
    """Return a number for each row that equal rows share."""
    parts = [tensor.detach().cpu().contiguous().reshape(len(tensor), -1).view(torch.uint8) for tensor in inputs]
    arrays = [part.numpy() for part in parts]
    return [hash(tuple(array[row].tobytes() for array in arrays)) for row in range(len(arrays[0]))]
