"""Images as vectors: bytes are standardised, in training changed a little, and read by a convolutional network."""

import math
from abc import abstractmethod

import torch
from jaxtyping import Float, Real
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout

from netwright.core.values import ImageInput
from netwright.networks.layers.augmentation import Augmentation, Images
from netwright.networks.layers.image_config import ImageConfig
from netwright.networks.layers.mixing import Mixing

Pixels = Real[Tensor, "batch channels height width"]  # bytes; between two bytes where it is asked what they are worth
SMALL_SIDE = 32  # pixels of the maps that the first stage reads: larger images are taken in patches


class ImageLayer(nn.Module):
    """What the kinds below share. `maps` is theirs; `width` is how many numbers an image becomes.

    In evaluation, where mirrored images are as likely, an image and its mirror image are read and averaged.
    """

    width: int

    def __init__(self, config: ImageConfig, image: ImageInput) -> None:
        super().__init__()
        self.image, self.silenced = image, config.image_dropout
        self.augmentation = Augmentation(config, image)
        self.mixing = Mixing(config)
        self.layout = config.image_layout
        self.views = config.image_views and self.augmentation.flips[0]
        for name, values in (("mean", image.mean), ("deviation", image.deviation)):
            self.register_buffer(name, torch.tensor(values, device="cpu").reshape(1, -1, 1, 1), persistent=False)

    @abstractmethod
    def maps(self, images: Images) -> Float[Tensor, "batch features rows columns"]:
        """Return what the last stage makes of standardised images, before places are forgotten."""

    @abstractmethod
    def pool(self, maps: Float[Tensor, "batch features rows columns"]) -> Float[Tensor, "batch features"]:
        """Return one number for each map."""

    @abstractmethod
    def fill(self, generator: Generator) -> None:
        """Draw all weights."""

    def standardised(self, pixels: Pixels) -> Images:
        """Return images with mean 0 and standard deviation 1 over the training images of each colour."""
        mean, deviation = self.get_buffer("mean"), self.get_buffer("deviation")
        return (pixels - mean) / deviation

    def forward(self, pixels: Pixels) -> Float[Tensor, "batch features"]:
        images = self.mixing(self.augmentation(self.standardised(pixels)))
        vectors = self._read(images)
        if self.views and not self.training:
            vectors = (vectors + self._read(images.flip(3))) / 2.0
        return dropout(vectors, self.silenced, self.training)

    def _read(self, images: Images) -> Float[Tensor, "batch features"]:
        if self.layout != "channels_first":
            images = images.contiguous(memory_format=torch.channels_last)
        return self.pool(self.maps(images))


def patch_of(image: ImageInput) -> int:
    """Return the step at which the first convolution reads: larger images become maps of about 32 x 32 too."""
    return max(1, round(math.sqrt(image.height * image.width) / SMALL_SIDE))
