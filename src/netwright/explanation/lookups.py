"""Vectors that a network looks up for whole numbers, seen and put in place from outside.

Categories and words cannot be changed by degrees; the vectors that stand for them can. While a `Tap` is open, every
call of `torch.nn.functional.embedding`, whichever module makes it, is seen, and may be given other vectors. A bag of
vectors (`embedding_bag`) is taken apart into its vectors, then added up again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from netwright.core.errors import ContractError

Vectors = Float[Tensor, "*places size"]
Slots = Int[Tensor, "*places"]


class EnoughError(Exception):
    """All look-ups that were waited for are done: what the network makes of them is not wanted."""


class Tap(TorchFunctionMode):
    """Notes the slots and vectors of every look-up in turn.

    `instead` may put others in the place of its vectors; with `enough`, EnoughError ends the reading after so many.
    """

    def __init__(self, instead: Callable[[int, Vectors], Vectors] | None = None, enough: int | None = None) -> None:
        super().__init__()
        self._enough = enough
        self.slots: list[Slots] = []
        self.vectors: list[Vectors] = []
        self._instead = instead

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func is functional.embedding:
            return self._found(args[0], func(*args, **given))
        if func is functional.embedding_bag:
            return self._bag(*args, **given)
        return func(*args, **given)

    def _found(self, slots: Slots, vectors: Vectors) -> Vectors:
        number = len(self.slots)
        self.slots.append(slots)
        self.vectors.append(vectors)
        if number + 1 == self._enough:
            raise EnoughError
        return vectors if self._instead is None else self._instead(number, vectors)

    def _bag(
        self, slots: Slots, weight: Tensor, offsets: Tensor | None = None, *unnamed: Any, **named: Any
    ) -> Float[Tensor, "rows size"]:
        names = ("max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "per_sample_weights")
        asked = {**dict(zip(names, unnamed, strict=False)), **named}
        shares = asked.get("per_sample_weights")
        if slots.ndim != 2 or (offsets is not None and shares is None and len(offsets)):
            raise ContractError(
                "an embedding bag: expected rows of equal length [rows, places], got places with offsets; "
                "hand it padded rows, with padding_idx where there is nothing"
            )
        vectors = self._found(slots, functional.embedding(slots, weight))
        padding = asked.get("padding_idx")
        there = torch.ones_like(slots, dtype=torch.bool) if padding is None else slots != padding % len(weight)
        return _together(vectors, there, asked.get("mode", "mean"), shares)


def _together(
    vectors: Float[Tensor, "rows places size"], there: Tensor, mode: str, shares: Tensor | None
) -> Float[Tensor, "rows size"]:
    """Return the sum, mean or maximum over the places where something stands."""
    if mode == "max":
        largest = vectors.masked_fill(~there.unsqueeze(2), -torch.inf).amax(dim=1)
        return torch.where(there.any(dim=1, keepdim=True), largest, 0.0)
    weights = there.to(vectors) if shares is None else there * shares
    added = (vectors * weights.unsqueeze(2)).sum(dim=1)
    return added if mode == "sum" else added / there.sum(dim=1, keepdim=True).clamp(min=1)
