"""What was decided of images, in words: which mirrorings keep a label, as measured on the training images."""

from netwright.core.values import Choice
from netwright.data import Preparation
from netwright.training.recipe import Recipe


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
