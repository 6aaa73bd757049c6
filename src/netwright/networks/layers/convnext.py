"""Images read by large depthwise convolutions and the two linear layers of a Transformer's block.

Source: Z. Liu and others, A ConvNet for the 2020s, 2022.
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import gelu, layer_norm

from netwright.core.values import ImageInput
from netwright.networks.layers.augmentation import Images
from netwright.networks.layers.convnet import Maps
from netwright.networks.layers.image import ImageLayer, patch_of
from netwright.networks.layers.image_config import ImageConfig

WIDER = 4  # the inside of a block
SCALE = 1e-2  # of what a block adds at the start: blocks here are few (the source has 1e-6 for up to 36)
STD = 0.02  # of the weights at the start


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each place."""

    def forward(self, maps: Maps) -> Maps:
        places = maps.permute(0, 2, 3, 1)
        return layer_norm(places, self.normalized_shape, self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


class NextBlock(nn.Module):
    """x + scale * W2 gelu(W1 norm(depthwise(x))), the products at each place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = ChannelNorm(width)
        self.widen = nn.Conv2d(width, WIDER * width, 1)
        self.narrow = nn.Conv2d(WIDER * width, width, 1)
        self.scale = nn.Parameter(torch.full((width, 1, 1), SCALE))

    def forward(self, maps: Maps) -> Maps:
        added: Tensor = self.narrow(gelu(self.widen(self.norm(self.depthwise(maps)))))
        return maps + self.scale * added


class ConvNeXt(ImageLayer):
    """Patches, stages of blocks with halvings between, and the normalised mean of each map."""

    def __init__(self, config: ImageConfig, image: ImageInput) -> None:
        super().__init__(config, image)
        patch = max(2, 2 * patch_of(image)) if min(image.height, image.width) >= 2 else 1
        widths = config.image_widths
        layers: list[nn.Module] = [nn.Conv2d(image.channels, widths[0], patch, patch), ChannelNorm(widths[0])]
        before = widths[0]
        size = min(image.height, image.width) // patch
        for stage, width in enumerate(widths):
            if stage:
                step = 2 if size > 1 else 1
                layers += [ChannelNorm(before), nn.Conv2d(before, width, step, step)]
                size //= step
            layers += [NextBlock(width) for _ in range(config.image_depth)]
            before = width
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(before)
        self.width = before

    def fill(self, generator: Generator) -> None:
        for layer in self.layers.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.trunc_normal_(layer.weight, 0.0, STD, -2 * STD, 2 * STD, generator=generator)
                assert layer.bias is not None
                nn.init.zeros_(layer.bias)

    def maps(self, images: Images) -> Maps:
        found: Tensor = self.layers(images)
        return found

    def pool(self, maps: Maps) -> Float[Tensor, "batch features"]:
        vectors: Tensor = self.norm(maps.mean(dim=(2, 3)))
        return vectors
