"""Two images in one, each label with the share of its image: networks become less certain between classes.

Sources: H. Zhang and others, mixup, 2018; S. Yun and others, CutMix, 2019.
"""

import math

import torch
from torch import Tensor, nn

from netwright.networks.layers.augmentation import Images
from netwright.networks.layers.image_config import ImageConfig


class Mixing(nn.Module):
    """Mix each image of a batch with another one; `drawn` says for the loss which, and how much of the first stays."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.kind, self.share = config.image_mix, config.image_mix_share
        self.drawn: tuple[Tensor, float] | None = None  # positions of the others, share of the first; of the last batch

    def forward(self, images: Images) -> Images:
        self.drawn = None
        if not self.training or self.kind == "none" or float(torch.rand(())) >= self.share:
            return images
        others = torch.randperm(len(images)).to(images.device)
        kept = float(torch.rand(()))  # Beta(1, 1)
        mixed, kept = blend(images, others, kept) if self.kind == "mixup" else paste(images, others, kept)
        self.drawn = others, kept
        return mixed


def blend(images: Images, others: Tensor, kept: float) -> tuple[Images, float]:
    """Return kept * image + (1 - kept) * other."""
    return torch.lerp(images[others], images, kept), kept


def paste(images: Images, others: Tensor, kept: float) -> tuple[Images, float]:
    """Put a rectangle of the other image, of the share 1 - kept, at a random place, where an edge may cut it."""
    height, width = images.shape[2:]
    side = math.sqrt(1.0 - kept)
    spans = []
    for length in (height, width):
        centre, half = int(torch.randint(length, ())), int(length * side) // 2
        spans.append(slice(max(centre - half, 0), min(centre + half, length)))
    mixed = images.clone()
    mixed[:, :, spans[0], spans[1]] = images[others][:, :, spans[0], spans[1]]
    covered = (spans[0].stop - spans[0].start) * (spans[1].stop - spans[1].start)
    return mixed, 1.0 - covered / (height * width)


def mixing_of(module: nn.Module) -> Mixing | None:
    """Return the layer that mixes the images of a network, if it has one that does."""
    return next((layer for layer in module.modules() if isinstance(layer, Mixing) and layer.kind != "none"), None)
