"""Small images read by few, wide convolutions behind a fixed whitening of patches.

Source: K. Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU, 2024 (airbench): patches of two pixels made
uncorrelated, convolutions that start as the identity, a max pool and two convolutions a stage. Here the last maps are
pooled over all places.
"""

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import adaptive_max_pool2d, conv2d, gelu, max_pool2d, unfold

from netwright.core.values import ImageInput
from netwright.networks.layers.augmentation import Images
from netwright.networks.layers.image import ImageLayer, patch_of
from netwright.networks.layers.image_config import ImageConfig

DIRECTIONS = 24  # of a patch that are kept; of two colour pixels square these are all twelve
SMOOTHING = 5e-4  # of the largest variance, added to each, so that noise is not blown up
PATCHES_OF = 5_000  # training images

Maps = Float[Tensor, "batch features rows columns"]
NewMaps = Float[Tensor, "batch new_features new_rows new_columns"]


class Whitening(nn.Module):
    """Patches along their principal directions, each divided by its deviation, and the same with the other sign.

    The directions are learnt from the training images before the first step and stay; the biases are trained.
    """

    def __init__(self, channels: int, patch: int) -> None:
        super().__init__()
        self.size, self.step = 2 * patch, patch
        self.directions = min(DIRECTIONS, channels * self.size**2)
        self.register_buffer("weight", torch.empty(2 * self.directions, channels, self.size, self.size))
        self.bias = nn.Parameter(torch.empty(2 * self.directions))

    @property
    def width(self) -> int:
        return 2 * self.directions

    @torch.no_grad()
    def fill(self, generator: Generator) -> None:
        """Random orthogonal directions, until `fit` has seen images."""
        weight = self.get_buffer("weight")
        flat = torch.empty(self.directions, weight[0].numel())
        nn.init.orthogonal_(flat, generator=generator)
        self._set(flat)
        nn.init.zeros_(self.bias)

    @torch.no_grad()
    def fit(self, images: Images) -> None:
        """Take the directions of most variance of the images' patches."""
        patches = (
            unfold(images, self.size, stride=self.step)
            .transpose(1, 2)
            .reshape(-1, self.get_buffer("weight")[0].numel())
        )
        covariance = (patches.T @ patches / len(patches)).double().cpu()
        variances, directions = torch.linalg.eigh(covariance)  # ascending
        largest = variances[-1].clamp(min=1e-12)
        scaled = directions.T / (variances.clamp(min=0.0) + SMOOTHING * largest).sqrt()[:, None]
        self._set(scaled[-self.directions :])

    def _set(self, directions: Float[Tensor, "kept numbers"]) -> None:
        weight = self.get_buffer("weight")
        weight.copy_(torch.cat([directions, -directions]).reshape(weight.shape).to(weight))

    def forward(self, images: Images) -> Maps:
        return gelu(conv2d(images, self.get_buffer("weight"), self.bias, stride=self.step))


class Stage(nn.Module):
    """A convolution, half the height and width, and further convolutions; normalisation and GELU after each."""

    def __init__(self, width_in: int, width: int, depth: int) -> None:
        super().__init__()
        widths = [width_in, *[width] * (depth - 1)]
        self.convolutions = nn.ModuleList(nn.Conv2d(inside, width, 3, padding=1, bias=False) for inside in widths)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(depth))

    def forward(self, maps: Maps) -> NewMaps:
        for number, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            maps = convolution(maps)
            if number == 0 and min(maps.shape[2:]) > 1:
                maps = max_pool2d(maps, 2)
            maps = gelu(norm(maps))
        return maps


class ConvNet(ImageLayer):
    """Whitened patches, stages, and the largest value of each map."""

    def __init__(self, config: ImageConfig, image: ImageInput) -> None:
        super().__init__(config, image)
        self.whitening = Whitening(image.channels, patch_of(image))
        widths = (self.whitening.width, *config.image_widths)
        stages = pairwise(widths)
        self.stages = nn.Sequential(*(Stage(before, width, config.image_depth) for before, width in stages))
        self.width = widths[-1]

    def fill(self, generator: Generator) -> None:
        """Convolutions hand on what they read, as far as they have filters for it; the other filters are drawn."""
        self.whitening.fill(generator)
        for layer in self.stages.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_uniform_(layer.weight, a=5**0.5, generator=generator)
                nn.init.dirac_(layer.weight[: layer.in_channels])

    def maps(self, images: Images) -> Maps:
        found: Tensor = self.stages(self.whitening(images))
        return found

    def pool(self, maps: Maps) -> Float[Tensor, "batch features"]:
        """Of each map the largest value, all divided by the root of their number: logits then start small."""
        return adaptive_max_pool2d(maps, 1).flatten(1) / math.sqrt(self.width)


@torch.no_grad()
def fit_whitening(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    """Give the whitening of a network's images, if there is one, its directions, from training rows.

    Args:
        module: any network.
        inputs: of the training rows; images are the third.
    """
    for layer in module.modules():
        if isinstance(layer, ConvNet):
            step = -(-len(inputs[2]) // PATCHES_OF)
            layer.whitening.fit(layer.standardised(inputs[2][::step].to(layer.get_buffer("mean").device)))
