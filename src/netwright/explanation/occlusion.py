"""Occlusion: how much evidence is lost when one part alone is taken out.

It asks nothing of a network but answers, so that layers without a gradient are explained as well.
Source: M. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, 2014.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.explanation.asked import Removal


def occlusion(removal: Removal, parts: int) -> Float[Tensor, " parts"]:
    """Return F(row) - F(row without the part), for each of `parts`."""
    keep = torch.cat([torch.ones(1, parts, dtype=torch.bool), ~torch.eye(parts, dtype=torch.bool)])
    said = removal(keep)
    return said[0] - said[1:]
