"""How a network reads images, and what training changes about them so that more of them are seen."""

from dataclasses import dataclass

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import ImageInput

NETWORKS = ("convnet", "resnet", "convnext")
FLIPS = ("auto", "none", "sideways", "both")
MIXES = ("none", "mixup", "cutmix")
LAYOUTS = ("auto", "channels_last", "channels_first")
MOST_CHANNELS = 1 << 14
MOST_STAGES = 16


@dataclass(frozen=True, kw_only=True)
class ImageConfig:
    """Settings of a network's image layer; without images in the data they do nothing."""

    image: str = "convnet"  # convnet, resnet, convnext
    image_widths: tuple[int, ...] = (32, 128, 128)  # channels of each stage; each halves height and width
    image_depth: int = 2  # of each stage: convolutions (convnet) or blocks (resnet, convnext)
    image_skips: bool = True  # resnet: whether a block adds to what it reads
    image_dropout: float = 0.0  # share silenced of what an image becomes
    image_shift: float = 0.0625  # at most so far, a share of the side
    image_turn: float = 0.0  # at most so many degrees
    image_zoom: float = 0.0  # at most by this share, in and out
    image_colour: float = 0.0  # at most by this share: brightness, contrast and, in colour, saturation
    image_flip: str = "auto"  # none, sideways, both; auto: those that keep labels, as measured on the data
    image_erase: float = 0.0  # side of a square that is made grey, a share of the image's
    image_trivial: bool = False  # one change of random kind and strength for each image (TrivialAugment)
    image_mix: str = "none"  # mixup, cutmix: two images in one, and both labels
    image_mix_share: float = 0.5  # of the batches that are mixed
    image_layout: str = "auto"  # channels_last, channels_first: how maps lie in memory; auto: last, or as is measured
    image_views: bool = True  # answer for an image and its mirror image, and average


def check_images(config: ImageConfig, image: ImageInput | None) -> None:
    """Raise RecipeError where a name is unknown, a number out of range, or an image too small for the stages."""
    named = (("image", NETWORKS), ("image_flip", FLIPS), ("image_mix", MIXES), ("image_layout", LAYOUTS))
    for setting, names in named:
        if (name := getattr(config, setting)) not in names:
            valid = f"{', '.join(names)}, got {name!r}; {nearest(str(name), names)}"
            raise RecipeError(f"network.{setting}: expected one of {valid}")
    if not 1 <= len(config.image_widths) <= MOST_STAGES or any(
        not 1 <= width <= MOST_CHANNELS for width in config.image_widths
    ):
        expected = f"1 to {MOST_STAGES} whole numbers from 1 to {MOST_CHANNELS:,}"
        raise RecipeError(f"network.image_widths: expected {expected}, got {str(config.image_widths)[:100]}")
    if not 1 <= config.image_depth <= 1000:
        raise RecipeError(f"network.image_depth: expected a whole number from 1 to 1,000, got {config.image_depth}")
    for setting in ("image_dropout", "image_shift", "image_zoom", "image_colour", "image_erase", "image_mix_share"):
        most = 1.0 if setting in ("image_mix_share", "image_erase") else 0.999
        if not 0.0 <= getattr(config, setting) <= most:
            raise RecipeError(f"network.{setting}: expected a share from 0 to below 1, got {getattr(config, setting)}")
    if not 0.0 <= config.image_turn <= 180.0:
        raise RecipeError(f"network.image_turn: expected 0 to 180 degrees, got {config.image_turn}")
    if image is not None and min(image.height, image.width) < 2:
        raise RecipeError(
            f"network: expected images of at least 2 x 2 pixels, got {image.height} x {image.width}; "
            "bring them to a larger size: --set data.image_size=[32,32]"
        )


def most_image_numbers(config: ImageConfig, image: ImageInput) -> int:
    """Return about how many numbers an image layer learns, an upper bound, from its settings alone."""
    first = image.channels * (image.height + 1) * (image.width + 1) * config.image_widths[0]
    return first + sum(
        20 * config.image_depth * max(pair) ** 2
        for pair in zip(config.image_widths, (48, *config.image_widths), strict=False)
    )
