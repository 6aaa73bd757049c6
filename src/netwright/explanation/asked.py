"""Rows to explain, whatever they hold: what is asked of whom, what they are compared with, how they fall apart."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from netwright.explanation.positions import Positions, positions_of
from netwright.explanation.question import Question, apart, taken
from netwright.explanation.reading import Inputs, Leaves, Reading

REMOVALS = 4  # references that stand in for what is taken out
Keep = Bool[Tensor, "sets parts"]
Removal = Callable[[Keep], Float[Tensor, " sets"]]  # the evidence where only some parts of a row are there


@dataclass(frozen=True)
class Pieces:
    """How one row falls into parts."""

    names: tuple[str, ...]
    shares: tuple[Float[Tensor, "parts ..."], ...]  # of each input: how much of a place's amount each part gets
    values: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def amounts(self, places: tuple[Tensor, ...]) -> Float[Tensor, "samples parts"]:
        """Add up what the places of each input got, by part: places are [samples, ...]."""
        found = [
            amount.double().flatten(1) @ share.double().flatten(1).T
            for share, amount in zip(self.shares, places, strict=True)
        ]
        return torch.stack(found).sum(dim=0)


@dataclass(frozen=True)
class Asked:
    """Rows, and all that is needed to explain them."""

    question: Question
    inputs: Inputs  # [rows, ...]
    references: Inputs  # as many for each row, those of a row one after another
    pieces: tuple[Pieces, ...]  # of each row
    rewriting: Callable[[int, Keep], Inputs] | None = None  # of a row with parts taken out; None: references stand in
    roughly: bool = False  # a quick look will do: amounts need not be exact

    @property
    def rows(self) -> int:
        return len(self.inputs[0])

    @property
    def each(self) -> int:
        """References of a row."""
        return len(self.references[0]) // self.rows

    @cached_property
    def positions(self) -> Positions:
        return positions_of(self.question.reading, self.inputs, self.references)

    def places(self, leaves: Leaves) -> tuple[Tensor, ...]:
        """Return amounts of what the network reads as amounts of the places of each input."""
        return self.positions.amounts(leaves, self.inputs)

    def by_part(self, places: tuple[Tensor, ...]) -> list[Float[Tensor, " parts"]]:
        """Return the amount of each part of each row."""
        return [pieces.amounts(taken(places, slice(row, row + 1)))[0] for row, pieces in enumerate(self.pieces)]

    def first(self, rows: int) -> "Asked":
        """Return the first rows alone."""
        inputs, references = taken(self.inputs, slice(rows)), taken(self.references, slice(rows * self.each))
        return replace(self, inputs=inputs, references=references, pieces=self.pieces[:rows])

    def of(self, module: nn.Module) -> "Asked":
        """Return the same asked of another network of the same shape."""
        return self.by(Reading(module, self.inputs))

    def by(self, reading: Reading) -> "Asked":
        return replace(self, question=replace(self.question, reading=reading))

    def against(self, start: int, step: int) -> "Asked":
        """Return the rows beside every so-many-th of their references."""
        chosen = torch.arange(len(self.references[0])).reshape(self.rows, self.each)[:, start::step].flatten()
        return replace(self, references=taken(self.references, chosen))

    def removal(self, row: int, most: int = REMOVALS) -> Removal:
        """Return what is said of a row where only some of its parts are there.

        The others are as in its references, at most `most` of them, of which the mean is taken.
        """
        return lambda keep: self._said(row, keep, most)

    def _said(self, row: int, keep: Keep, most: int) -> Float[Tensor, " sets"]:
        if self.rewriting is not None:
            rewritten = self.rewriting(row, keep)
            return self.question.of(rewritten, torch.full((len(keep),), row)).double().cpu()
        each = min(self.each, most)
        others = taken(self.references, slice(row * self.each, row * self.each + each))
        given = tuple(
            _mixed(keep, share, own[row], other)
            for share, own, other in zip(self.pieces[row].shares, self.inputs, others, strict=True)
        )
        said = self.question.of(given, torch.full((len(keep) * each,), row)).double().cpu()
        return apart(said, each).mean(dim=1)


def _mixed(keep: Keep, share: Tensor, own: Tensor, others: Tensor) -> Tensor:
    """Return [sets * references, ...]: what is kept of a row, and of its references the rest."""
    there = (keep.to(share) @ share.flatten(1) > 0.0).reshape(len(keep), 1, *own.shape)
    return torch.where(there, own, others.unsqueeze(0)).flatten(0, 1)
