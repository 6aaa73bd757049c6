"""Dropout: each unit is silenced with probability p in training (Srivastava et al., Dropout, 2014).

Inverted: y = x mask / (1 - p) in training, y = x at inference.
Classic:  y = x mask in training, y = (1 - p) x at inference, as the paper first described it.
The two differ by a factor of 1 - p in both modes, so each one's inference equals its own training in expectation.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.errors import RecipeError, nearest


class ClassicDropout(nn.Module):
    """Silence units in training without rescaling; multiply by the share kept at inference."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        if not self.training:
            return x * (1.0 - self.p)
        return x * torch.empty_like(x).bernoulli_(1.0 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


Dropouts = tuple[tuple[nn.Dropout | ClassicDropout, float], ...]  # layers, with the share that each silences

DROPOUTS: dict[str, Callable[[float], nn.Module]] = {"inverted": nn.Dropout, "classic": ClassicDropout}


def make_dropout(form: str, p: float) -> nn.Module:
    """Return a dropout layer of one form.

    Raises:
        RecipeError: the form is unknown.
    """
    if form not in DROPOUTS:
        raise RecipeError(
            f"network.dropout_form: expected one of {', '.join(DROPOUTS)}, got {form!r}; {nearest(form, DROPOUTS)}"
        )
    return DROPOUTS[form](p)


def dropouts_of(module: nn.Module) -> Dropouts:
    """Return every dropout layer with the share that it silences."""
    return tuple((layer, layer.p) for layer in module.modules() if isinstance(layer, nn.Dropout | ClassicDropout))


def scale_shares(dropouts: Dropouts, factor: float) -> None:
    """Let each layer silence `factor` times its share."""
    for layer, share in dropouts:
        layer.p = share * factor
