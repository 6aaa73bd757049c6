"""From what the network reads back to what it was given: amounts of vectors as amounts of whole-number inputs.

A vector that was looked up for several positions (a pair of words) gives each of them an equal share, so that sums stay
as they are. Which positions those are is tried out: one after another is given another value, and the slots that change
have read it.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from netwright.explanation.reading import Inputs, Leaves, Reading

Shares = Float[Tensor, "_ _"]  # [slots, positions]: what a position gets of a slot's amount


@dataclass(frozen=True)
class Positions:
    """Where the amounts of one network's leaves belong."""

    floats: tuple[int, ...]  # numbers of the inputs that are no whole numbers
    wholes: tuple[int, ...]  # numbers of those that are
    shares: tuple[tuple[Shares, ...], ...]  # [look-up][whole-number input]

    def amounts(self, leaves: Leaves, inputs: Inputs) -> tuple[Tensor, ...]:
        """Return an amount for each place of each input [rows, ...].

        Args:
            leaves: amounts [rows, places] of what the network reads.
            inputs: of the same rows.
        """
        found = [torch.zeros(tensor.shape, dtype=torch.float64) for tensor in inputs]
        for number, leaf in zip(self.floats, leaves, strict=False):
            found[number] = leaf.cpu().double().reshape(inputs[number].shape)
        for leaf, shares in zip(leaves[len(self.floats) :], self.shares, strict=True):
            for number, share in zip(self.wholes, shares, strict=True):
                found[number] += (leaf.cpu().double() @ share.double()).reshape(inputs[number].shape)
        return tuple(found)


def positions_of(reading: Reading, inputs: Inputs, references: Inputs) -> Positions:
    """Find out which places of the inputs each look-up reads.

    Args:
        reading: of the network.
        inputs: rows that will be explained.
        references: that they will be compared with: a place that never differs from them needs no amount.
    """
    wholes = tuple(
        number for number, tensor in enumerate(inputs) if number not in reading.floats and tensor.dtype != torch.bool
    )
    if not any(reading.lookups):
        return Positions(reading.floats, wholes, ())
    pools = {number: _two_values(torch.cat([inputs[number], references[number]])) for number in wholes}
    row = tuple(pools[number][0] if number in pools else tensor[:1] for number, tensor in enumerate(inputs))
    read = [_tried(reading, row, number, pools[number][1]) for number in wholes]
    shares = []
    for of_lookup in zip(*read, strict=True):
        readers = sum(one.sum(dim=1, keepdim=True) for one in of_lookup)
        shares.append(tuple(one / torch.as_tensor(readers).clamp(min=1) for one in of_lookup))
    return Positions(reading.floats, wholes, tuple(shares))


def _two_values(values: Int[Tensor, "rows ..."]) -> tuple[Int[Tensor, "1 ..."], Int[Tensor, "1 ..."]]:
    """Return two values that each place takes; twice the same where it takes one only.

    The greatest, so that a place where rows have ended is tried with what stands there in others.
    """
    first = values.amax(dim=0, keepdim=True)
    lowest = torch.iinfo(values.dtype).min
    second = values.masked_fill(values == first, lowest).amax(dim=0, keepdim=True)
    return first, torch.where(second == lowest, first, second)


def _tried(reading: Reading, row: Inputs, number: int, others: Shaped[Tensor, "1 ..."]) -> tuple[Shares, ...]:
    own = row[number].flatten(1)
    tried = own.repeat(1 + own.shape[1], 1)
    at = torch.arange(own.shape[1])
    tried[1 + at, at] = others.flatten()
    given = [tensor.repeat_interleave(len(tried), dim=0) for tensor in row]
    given[number] = tried.reshape(len(tried), *row[number].shape[1:]) if own.shape[1] else given[number]
    return tuple((slots[1:] != slots[:1]).T.float().cpu() for slots in reading.slots(tuple(given)))
