"""Random directions whose every filter is as long as the weights' own, so that a step means the same in every layer.

A network that computes the same with other weights (ReLU layers scaled by a and 1/a) then has the same surface.

Source: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, Visualizing the loss landscape of neural nets, 2018.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netwright.core.seeds import derive_seed
from netwright.networks.layers.members import MemberHead

Direction = dict[str, Tensor]


def random_direction(module: nn.Module, seed: int, number: int) -> Direction:
    """Return a direction for every parameter; biases, norms and other vectors do not move, as in the paper.

    Args:
        module: whose filters give the lengths: the rows of a matrix, the kernels of a convolution.
        seed: of the landscape.
        number: of the direction.
    """
    generator = torch.Generator().manual_seed(derive_seed(seed, "landscape", number) % (1 << 63))
    heads = {f"{name}.weight".lstrip(".") for name, part in module.named_modules() if isinstance(part, MemberHead)}
    return {
        name: _like_filters(value.detach(), 2 if name in heads else 1, generator)
        for name, value in module.named_parameters()
    }


def _like_filters(weight: Tensor, leading: int, generator: torch.Generator) -> Tensor:
    if weight.ndim <= 1:
        return torch.zeros_like(weight)
    drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
    ratio = filter_norms(weight.cpu().double(), leading) / filter_norms(drawn, leading).clamp(min=1e-300)
    return (drawn * ratio.view(*weight.shape[:leading], *[1] * (weight.ndim - leading))).to(weight)


def filter_norms(weight: Tensor, leading: int = 1) -> Tensor:
    """Return the length of each filter: of all numbers that share their first `leading` positions."""
    norms: Tensor = torch.linalg.vector_norm(weight.flatten(leading), dim=-1)
    return norms


def moved(weights: Mapping[str, Tensor], direction: Mapping[str, Tensor], step: float) -> dict[str, Tensor]:
    """Return weights + step * direction."""
    return {name: torch.add(value, direction[name], alpha=step) for name, value in weights.items()}
