"""The weights that a run began with, built again from its seed."""

import torch
from torch import Tensor, nn

from netwright.diagnosis.case import Start
from netwright.networks.layers.members import LINEAR

SAME = 1e-6  # relative distance of two units' weights below which they are the same


@torch.no_grad()
def start_of(module: nn.Module) -> Start:
    """Measure the weights of each linear layer of a module that has not been trained.

    Args:
        module: as it was built from the seed. What is learnt from the rows before the first step is not in it.
    """
    layers = [(name, layer) for name, layer in module.named_modules() if isinstance(layer, LINEAR)]
    matrices = [layer.weight.detach().flatten(0, -2).double() for _, layer in layers]
    return Start(
        names=tuple(name for name, _ in layers),
        deviation=tuple(float(matrix.std(correction=0)) for matrix in matrices),
        mean=tuple(float(matrix.mean()) for matrix in matrices),
        fan_in=tuple(matrix.shape[1] for matrix in matrices),
        fan_out=tuple(matrix.shape[0] for matrix in matrices),
        same_units=tuple(map(_same_units, matrices)),
        bias=tuple(_largest(layer.bias) for _, layer in layers),
    )


def _largest(bias: Tensor | None) -> float:
    return 0.0 if bias is None or not bias.numel() else float(bias.abs().max())


def _same_units(matrix: Tensor) -> float:
    """Return the share of units whose weights are those of another unit of the layer."""
    if len(matrix) < 2:
        return 0.0
    size = float(matrix.norm(dim=1).max())
    rounded = (matrix / (SAME * size or 1.0)).round()
    _, counts = torch.unique(rounded, dim=0, return_counts=True)
    return float(counts[counts > 1].sum()) / len(matrix)
