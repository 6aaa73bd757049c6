"""What a network reads as numbers that can be changed by degrees, and asking it with such numbers in their place.

These numbers are its inputs that are no whole numbers, bytes of images among them, and the vectors that it looks up for
whole numbers (see lookups.py). Whatever else a network takes from whole numbers (where a text ends, which places are
there) stays as in the rows that are explained.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from netwright.core.errors import ContractError
from netwright.explanation.lookups import EnoughError, Tap

Inputs = tuple[Tensor, ...]  # rows first
Leaves = tuple[Tensor, ...]  # rows first: the inputs that are no whole numbers, then vectors [rows, places, size]
Asked = Float[Tensor, "rows ..."]


@dataclass(frozen=True)
class Lookup:
    """How the slots of one look-up lie."""

    dim: int  # of the slots, that grows with the rows
    each: int  # places of it that one row takes

    def rows_first(self, found: Shaped[Tensor, "..."], rows: int) -> Shaped[Tensor, "rows ..."]:
        shape = (*found.shape[: self.dim], rows, self.each, *found.shape[self.dim + 1 :])
        return found.reshape(shape).movedim(self.dim, 0)

    def as_it_was(self, leaf: Shaped[Tensor, "rows ..."]) -> Shaped[Tensor, "..."]:
        return leaf.movedim(0, self.dim).flatten(self.dim, self.dim + 1)


class Reading:
    """A network in evaluation mode, and what it reads of its inputs."""

    def __init__(self, module: nn.Module, inputs: Inputs, noise: float = 0.0) -> None:
        """Take a network, at least one row of its inputs, and how much noise is added to what it reads."""
        self.module, self.noise = module, noise
        self.device = next((value.device for value in module.parameters()), torch.device("cpu"))
        self.floats = tuple(number for number, tensor in enumerate(inputs) if _by_degrees(tensor))
        one = self._tapped(tuple(tensor[:1] for tensor in inputs)).slots
        two = self._tapped(tuple(tensor[:1].repeat_interleave(2, dim=0) for tensor in inputs)).slots
        self.can_be_followed = len(one) == len(two)
        self.lookups = [_lookup(a.shape, b.shape) for a, b in zip(one, two, strict=False)]

    @torch.no_grad()
    def leaves(self, inputs: Inputs) -> Leaves:
        """Return the numbers that can be changed by degrees, on the network's device."""
        if not self.can_be_followed:
            raise other_lookups()
        plain = [self._placed(inputs[number]) for number in self.floats]
        found = plain if not any(self.lookups) else [*plain, *self._vectors(inputs)]
        return tuple(_shaken(leaf, self.noise) for leaf in found) if self.noise else tuple(found)

    def _vectors(self, inputs: Inputs) -> list[Tensor]:
        vectors = self._tapped(inputs, len(self.lookups)).vectors
        rows = len(inputs[0])
        return [look.rows_first(one, rows) for look, one in zip(self._fitting(vectors), vectors, strict=True) if look]

    def slots(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Return the slots of each look-up of rows [rows, ...]."""
        slots, rows = self._tapped(inputs, len(self.lookups)).slots, len(inputs[0])
        return tuple(
            look.rows_first(one, rows).flatten(1) for look, one in zip(self._fitting(slots), slots, strict=True) if look
        )

    def ask(self, inputs: Inputs, leaves: Leaves) -> Asked:
        """Return what the network says of rows whose numbers are `leaves`; the rest is as in `inputs`."""
        given = [tensor.to(self.device) for tensor in inputs]
        for number, leaf in zip(self.floats, leaves, strict=False):
            given[number] = leaf
        vectors = iter(leaves[len(self.floats) :])

        def instead(number: int, found: Tensor) -> Tensor:
            if number >= len(self.lookups):
                raise other_lookups()
            look = self.lookups[number]
            return found if look is None else look.as_it_was(next(vectors))

        with torch.backends.cudnn.flags(enabled=False), Tap(instead):  # cuDNN's recurrent layers train or are silent
            said: Tensor = self.module(*given)
        return said

    def answers(self, inputs: Inputs) -> Asked:
        """Return what the network says of rows as they are."""
        given = [tensor.to(self.device) for tensor in inputs]
        for number in self.floats:
            given[number] = self._placed(inputs[number])
        said: Tensor = self.module(*given)
        return said

    def _placed(self, tensor: Tensor) -> Tensor:
        placed = tensor.to(self.device)
        return placed if placed.is_floating_point() else placed.float()

    @torch.no_grad()
    def _tapped(self, inputs: Inputs, enough: int | None = None) -> Tap:
        tap = Tap(enough=enough)
        with suppress(EnoughError), tap:
            self.answers(inputs)
        return tap

    def _fitting(self, found: Sequence[Tensor]) -> list[Lookup | None]:
        if len(found) != len(self.lookups):
            raise other_lookups()
        return self.lookups


def _by_degrees(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.dtype == torch.uint8


def _shaken(leaf: Float[Tensor, "rows ..."], share: float) -> Float[Tensor, "rows ..."]:
    """Add noise of this share of the usual size of the numbers: the same for each row, and every time."""
    size = torch.nan_to_num(leaf).square().mean().sqrt()
    noise = torch.randn(leaf.shape[1:], generator=torch.Generator().manual_seed(0))
    return leaf + share * size * noise.to(leaf)


def _lookup(one: torch.Size, two: torch.Size) -> Lookup | None:
    """Return how a look-up grows from one row to two; None where it is the same for all rows."""
    grown = [dim for dim, (a, b) in enumerate(zip(one, two, strict=True)) if b == 2 * a and a]
    return Lookup(grown[0], one[grown[0]]) if grown else None


def other_lookups() -> ContractError:
    """Say that a network cannot be followed."""
    return ContractError(
        "explain: expected a network that looks up as many vectors for any rows, got one where it depends on the rows; "
        "explain it by method='occlusion'"
    )
