"""From logits to the next token: how far to trust the model's own shares.

Temperature T divides the logits: below 1 the likely become likelier, at 0 the likeliest is taken. Top-k keeps the k
likeliest tokens; top-p keeps the fewest likeliest whose shares add up to p (A. Holtzman et al., The curious case of
neural text degeneration, 2020). Both together: first k, then p of what is left.
"""

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.core.errors import RecipeError
from netwright.core.language import Sampling


def check_sampling(sampling: Sampling) -> None:
    """Raise RecipeError where a value is out of range."""
    if not 0.0 <= sampling.temperature < math.inf:
        raise RecipeError(f"--temperature: expected a number of at least 0, got {sampling.temperature!r}")
    if sampling.top_k is not None and sampling.top_k < 1:
        raise RecipeError(f"--top-k: expected a whole number of at least 1, got {sampling.top_k!r}")
    if sampling.top_p is not None and not 0.0 < sampling.top_p <= 1.0:
        raise RecipeError(f"--top-p: expected a share above 0 and at most 1, got {sampling.top_p!r}")


def distribution(logits: Float[Tensor, " token"], sampling: Sampling) -> Float[Tensor, " token"]:
    """Return the probability with which each token is drawn, in float64."""
    logits = logits.double()
    if sampling.temperature == 0.0:
        return torch.nn.functional.one_hot(logits.argmax(), len(logits)).double()
    shares = (logits / sampling.temperature).softmax(0)
    order = shares.argsort(descending=True, stable=True)
    kept = torch.ones(len(shares), dtype=torch.bool)
    if sampling.top_k is not None:
        kept[sampling.top_k :] = False
    if sampling.top_p is not None:
        ordered = shares[order] * kept
        before = ordered.cumsum(0) - ordered  # what likelier ones add up to
        kept &= before < sampling.top_p * ordered.sum()
    found = torch.zeros_like(shares)
    found[order[kept]] = shares[order[kept]]
    return found / found.sum()


def draw(logits: Float[Tensor, " token"], sampling: Sampling, generator: Any) -> int:
    """Draw the next token's number."""
    return int(torch.multinomial(distribution(logits, sampling), 1, generator=generator))
