"""More images than there are: each time an image is seen in training it is a little different, its label the same.

Whole batches at a time: one affine map moves, turns and zooms each image its own way, then colours change, then a
square is erased. The random numbers are those of torch's global generator, as dropout's, so that a resumed training
sees the same changes.

Sources: shifts and mirror images as in K. He and others, Deep residual learning, 2016; T. DeVries, G. Taylor, Cutout,
2017; S. Müller, F. Hutter, TrivialAugment, 2021 (here with nine of its kinds of change).
"""

import math

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn
from torch.nn.functional import affine_grid, grid_sample, pad

from netwright.core.values import ImageInput
from netwright.networks.layers.image_config import ImageConfig

Images = Float[Tensor, "batch channels height width"]
PerImage = Float[Tensor, " batch"]
KINDS = 10  # of TrivialAugment: none, turn, shear and shift along both axes, brightness, contrast, saturation, bits
STRONGEST = {"turn": 30.0, "shear": 0.3, "shift": 0.25, "colour": 0.7}  # of TrivialAugment: "wide" but for colour


class Augmentation(nn.Module):
    """Change standardised images in training; hand them on as they are otherwise."""

    def __init__(self, config: ImageConfig, image: ImageInput) -> None:
        super().__init__()
        self.config = config
        flips = {"none": (False, False), "sideways": (True, False), "both": (True, True)}
        self.flips = flips.get(config.image_flip, (image.mirrors, image.upside_down))
        self.grey = image.channels == 1

    def forward(self, images: Images) -> Images:
        if not self.training:
            return images
        config = self.config
        for axis, flips in zip((3, 2), self.flips, strict=True):
            if flips:
                images = torch.where(_chance(images, 0.5)[:, None, None, None], images.flip(axis), images)
        kinds = torch.randint(KINDS, (len(images),), device=images.device) if config.image_trivial else None
        images = self._move(images, kinds)
        images = self._colour(images, kinds)
        return erase(images, config.image_erase) if config.image_erase else images

    def _move(self, images: Images, kinds: Shaped[Tensor, " batch"] | None) -> Images:
        config, shape = self.config, images.shape
        if not config.image_turn and not config.image_zoom and kinds is None:
            return shift_by_pixels(images, config.image_shift) if config.image_shift else images
        turn = _around(images, config.image_turn)
        zoom = 1.0 + _around(images, config.image_zoom)
        shift = torch.stack([2.0 * _around(images, config.image_shift) for _ in range(2)], dim=1)
        shear = torch.zeros_like(shift)
        if kinds is not None:
            strength = _around(images, 1.0)
            turn = turn + strength * STRONGEST["turn"] * (kinds == 1)
            for axis in (0, 1):
                shear[:, axis] += strength * STRONGEST["shear"] * (kinds == 2 + axis)
                shift[:, axis] += 2.0 * strength * STRONGEST["shift"] * (kinds == 4 + axis)
        grid = affine_grid(affine_maps(turn, zoom, shift, shear), list(shape), align_corners=False)
        return grid_sample(images, grid, padding_mode="border", align_corners=False)

    def _colour(self, images: Images, kinds: Shaped[Tensor, " batch"] | None) -> Images:
        most = self.config.image_colour
        if not most and kinds is None:
            return images
        factors = [1.0 + _around(images, most) for _ in range(3)]  # brightness, contrast, saturation
        if kinds is not None:
            strength = _around(images, STRONGEST["colour"])
            factors = [factor + strength * (kinds == 6 + number) for number, factor in enumerate(factors)]
        brightness, contrast, saturation = (factor[:, None, None, None] for factor in factors)
        images = (images - images.mean(dim=(1, 2, 3), keepdim=True)) * contrast + images.mean(
            dim=(1, 2, 3), keepdim=True
        )
        images = images + (brightness - 1.0)
        if not self.grey:
            without = images.mean(dim=1, keepdim=True)
            images = without + (images - without) * saturation
        return images if kinds is None else _coarse(images, kinds == 9)


def _chance(images: Images, probability: float) -> Bool[Tensor, " batch"]:
    return torch.rand(len(images), device=images.device) < probability


def _around(images: Images, most: float) -> PerImage:
    """A number between -most and most for each image."""
    return (2.0 * torch.rand(len(images), device=images.device) - 1.0) * most


def affine_maps(
    turn: PerImage, zoom: PerImage, shift: Float[Tensor, "batch 2"], shear: Float[Tensor, "batch 2"]
) -> Float[Tensor, "batch 2 3"]:
    """Return where each place of the new image lies in the old one, in shares of half a side.

    Args:
        turn: degrees.
        zoom: how much smaller the image becomes: above 1, more is seen than there is.
        shift: to the right and down, in half sides.
        shear: along each axis, in half sides a half side.
    """
    angle = turn * (math.pi / 180.0)
    cosine, sine = angle.cos() * zoom, angle.sin() * zoom
    rows = [
        torch.stack([cosine - shear[:, 1] * sine, shear[:, 0] * cosine - sine, shift[:, 0]], dim=1),
        torch.stack([sine + shear[:, 1] * cosine, cosine + shear[:, 0] * sine, shift[:, 1]], dim=1),
    ]
    return torch.stack(rows, dim=1)


def shift_by_pixels(images: Images, most: float) -> Images:
    """Move each image by whole pixels along both axes, at most by a share of its side; what comes in is mirrored."""
    count, _, height, width = images.shape
    reach = [min(math.ceil(most * side), side - 1) for side in (height, width)]
    padded = pad(images, (reach[1], reach[1], reach[0], reach[0]), "reflect")
    starts = [torch.randint(2 * far + 1, (count, 1), device=images.device) for far in reach]
    rows, columns = (
        start + torch.arange(side, device=images.device) for start, side in zip(starts, (height, width), strict=True)
    )
    number = torch.arange(count, device=images.device)[:, None, None]
    moved: Tensor = padded[number, :, rows[:, :, None], columns[:, None, :]]  # the colours come last
    return moved.permute(0, 3, 1, 2)


def erase(images: Images, share: float) -> Images:
    """Set a square of each image, at a random place, to 0, the mean of all images."""
    height, width = images.shape[2:]
    inside: list[Tensor] = []
    for side in (height, width):
        half = share * side / 2.0
        centre = torch.rand(len(images), 1, device=images.device) * side
        places = torch.arange(side, device=images.device) + 0.5
        inside.append((places - centre).abs() < half)
    square = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return images.masked_fill(square, 0.0)


def _coarse(images: Images, chosen: Bool[Tensor, " batch"]) -> Images:
    """Leave the chosen images few steps of brightness, four to a standard deviation."""
    return torch.where(chosen[:, None, None, None], (images * 4.0).round() / 4.0, images)
