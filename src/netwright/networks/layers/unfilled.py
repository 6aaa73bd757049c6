"""Layers whose numbers are not drawn when they are made, since `initialize` or a file fills them."""

from typing import TypeVar

import torch
from torch import nn

Layer = TypeVar("Layer", bound=nn.Module)


def unfilled(layer: Layer) -> Layer:
    """Give a layer made on "meta" its room on the device where layers are made; inside `torch.device("meta")`, none."""
    device = torch.get_default_device()
    return layer if device.type == "meta" else layer.to_empty(device=device)
