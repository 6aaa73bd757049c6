"""Normalising the pre-activations z of one layer: y = weight (z - mean) / sqrt(variance + epsilon) + bias."""

from collections.abc import Callable

from torch import nn

from netwright.core.errors import RecipeError, nearest

NORMALIZATIONS: dict[str, Callable[[int], nn.Module]] = {
    "none": nn.Identity,  # which takes a width and ignores it
    "batch": nn.BatchNorm1d,  # over the rows of a batch; Ioffe, Szegedy, Batch normalization, 2015
    "layer": nn.LayerNorm,  # over the features of a row; Ba, Kiros, Hinton, Layer normalization, 2016
}


def make_normalization(name: str, width: int) -> nn.Module:
    """Return a normalisation of `width` features.

    Raises:
        RecipeError: the name is unknown.
    """
    if name not in NORMALIZATIONS:
        raise RecipeError(
            f"network.normalization: expected one of {', '.join(NORMALIZATIONS)}, got {name!r}; "
            f"{nearest(name, NORMALIZATIONS)}"
        )
    return NORMALIZATIONS[name](width)
