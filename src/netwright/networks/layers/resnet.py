"""Images read by residual blocks: x + F(x), so that a deep network can do at least what a shallow one does.

Source: K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, 2016; the last normalisation of a
block starts at 0 as in P. Goyal and others, Accurate, large minibatch SGD, 2017.
"""

from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import relu

from netwright.core.values import ImageInput
from netwright.networks.layers.augmentation import Images
from netwright.networks.layers.convnet import Maps, NewMaps
from netwright.networks.layers.image import ImageLayer, patch_of
from netwright.networks.layers.image_config import ImageConfig


class BasicBlock(nn.Module):
    """relu(x + norm(conv(relu(norm(conv(x))))); without skips, the same without x."""

    def __init__(self, width_in: int, width: int, step: int, skips: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(width_in, width, 3, step, 1, bias=False)
        self.norm_first = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm_second = nn.BatchNorm2d(width)
        changes = skips and (step > 1 or width_in != width)
        self.shortcut = nn.Conv2d(width_in, width, 1, step, bias=False) if changes else None
        self.skips = skips

    def fill(self, generator: Generator) -> None:
        """He's variance; a block that adds starts by adding nothing."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        if self.skips:
            nn.init.zeros_(self.norm_second.weight)

    def forward(self, maps: Maps) -> NewMaps:
        found = self.norm_second(self.second(relu(self.norm_first(self.first(maps)))))
        if not self.skips:
            return relu(found)
        return relu(found + (maps if self.shortcut is None else self.shortcut(maps)))


class ResNet(ImageLayer):
    """A convolution, stages of blocks, and the mean of each map."""

    def __init__(self, config: ImageConfig, image: ImageInput) -> None:
        super().__init__(config, image)
        patch, widths = patch_of(image), config.image_widths
        self.stem = nn.Conv2d(image.channels, widths[0], 2 * patch + 1, patch, patch, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        blocks: list[nn.Module] = []
        before = widths[0]
        for stage, width in enumerate(widths):
            for number in range(config.image_depth):
                step = 2 if stage and number == 0 else 1
                blocks.append(BasicBlock(before, width, step, config.image_skips))
                before = width
        self.blocks = nn.Sequential(*blocks)
        self.width = before

    def fill(self, generator: Generator) -> None:
        nn.init.kaiming_normal_(self.stem.weight, nonlinearity="relu", generator=generator)
        for block in self.blocks:
            assert isinstance(block, BasicBlock)
            block.fill(generator)

    def maps(self, images: Images) -> Maps:
        found: Tensor = self.blocks(relu(self.norm(self.stem(images))))
        return found

    def pool(self, maps: Maps) -> Float[Tensor, "batch features"]:
        return maps.mean(dim=(2, 3))
