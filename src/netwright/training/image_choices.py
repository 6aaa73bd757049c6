"""What was decided of images, in words: which changes keep a label, as measured on the training images.

Where a mirror image keeps its label, images are photos rather than signs, and mirroring already makes more of them.
Turning and zooming compute each pixel from several, so that training sees softer images than are asked about later:
signs gain by it all the same, small photos lose.
"""

from collections.abc import Sequence
from dataclasses import replace

from netwright.core.values import Choice
from netwright.data import Preparation
from netwright.training.defaults import ASKED
from netwright.training.recipe import Recipe

SOFTENING = ("image_turn", "image_zoom")


def settle_images(
    recipe: Recipe, preparation: Preparation, choices: Sequence[Choice]
) -> tuple[Recipe, tuple[Choice, ...]]:
    """Leave out turns and zooms where a mirror image keeps its label; what was asked for stays.

    Args:
        recipe: as completed from the user's settings.
        preparation: has measured the training images.
        choices: made so far.

    Returns:
        The recipe, and all choices.
    """
    asked = {choice.name.removeprefix("network.") for choice in choices if choice.reason == ASKED}
    image, network = preparation.image, recipe.network
    off = [name for name in SOFTENING if name not in asked and getattr(network, name)]
    if image is None or not image.mirrors or not off:
        return recipe, (*choices, *image_choices(preparation, recipe))
    said = "mirror images keep their labels and are enough: computed pixels are softer than those asked about later"
    settled = {f"network.{name}": Choice(f"network.{name}", 0.0, said) for name in off}
    still = {name: 0.0 if name in off else getattr(network, name) for name in SOFTENING}
    network = replace(network, image_turn=still["image_turn"], image_zoom=still["image_zoom"])
    recipe = replace(recipe, network=network)
    kept = (choice for choice in choices if choice.name not in settled)
    return recipe, (*kept, *settled.values(), *image_choices(preparation, recipe))


def image_choices(preparation: Preparation, recipe: Recipe) -> tuple[Choice, ...]:
    """Return the choice of mirrorings where there are images and none was asked for."""
    image = preparation.image
    if image is None or recipe.network.image_flip != "auto":
        return ()
    flips = "both" if image.upside_down else "sideways" if image.mirrors else "none"
    found = image.likeness
    if found is None:
        return (Choice("preparation.image.flip", flips, "the target is a number, which a mirror may change"),)
    if not found.known:
        said = (
            f"nearest neighbours find {found.as_it_is:.0%} of the labels, hardly more than chance: nothing can be told"
        )
        return (Choice("preparation.image.flip", flips, said),)
    said = (
        f"a nearest neighbour finds {found.as_it_is:.0%} of the labels of training images, {found.mirrored:.0%} "
        f"when they are mirrored sideways, {found.upside_down:.0%} upside down"
    )
    return (Choice("preparation.image.flip", flips, said),)
