"""The one number that an explanation is of, for each row: the evidence for its answer."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netwright.explanation.flattening import evidence_of
from netwright.explanation.reading import Inputs, Leaves, Reading

AT_ONCE = 1 << 22  # numbers that are read at once


@dataclass(frozen=True)
class Evidence:
    """From a network's outputs to the evidence: log-odds of a class against all others, or a value in its own unit."""

    classes: Int[Tensor, " rows"] | None = None  # that each row is answered with; None: values
    temperature: float = 1.0  # that logits are divided by
    scale: float = 1.0  # of values
    shift: float = 0.0
    columns: Int[Tensor, " rows"] | None = None  # of each row's outputs, that a value is taken from; None: the first

    def __call__(self, said: Float[Tensor, "points ..."], rows: Int[Tensor, " points"]) -> Float[Tensor, " points"]:
        """Return the evidence of points that belong to rows."""
        outputs = said.reshape(len(said), -1)
        if self.classes is not None:
            return evidence_of(outputs / self.temperature, self.classes.to(said.device)[rows])
        if self.columns is not None:
            outputs = outputs.gather(1, self.columns.to(said.device)[rows].unsqueeze(1))
        return outputs[:, 0] * self.scale + self.shift


@dataclass(frozen=True)
class Question:
    """A network, and the evidence that is asked of it."""

    reading: Reading
    evidence: Evidence

    def at(self, inputs: Inputs, leaves: Leaves, rows: Int[Tensor, " points"]) -> Float[Tensor, " points"]:
        """Return the evidence where the numbers of `inputs` are `leaves`; with its gradient where that is wanted."""
        return self.evidence(self.reading.ask(inputs, leaves), rows.to(self.reading.device))

    @torch.no_grad()
    def of(self, inputs: Inputs, rows: Int[Tensor, " points"]) -> Float[Tensor, " points"]:
        """Return the evidence of inputs as they are, a block at a time."""
        size = block_of(inputs)
        found = [
            self.evidence(self.reading.answers(taken(inputs, slice(at, at + size))), rows[at : at + size])
            for at in range(0, len(rows), size)
        ]
        return torch.cat(found) if found else torch.zeros(0)

    def gradients(self, inputs: Inputs, leaves: Leaves, rows: Int[Tensor, " points"]) -> Leaves:
        """Return how the evidence grows with each number; 0 where no gradient arrives."""
        moved = tuple(leaf.detach().requires_grad_() for leaf in leaves)
        with torch.enable_grad():
            evidence = self.at(inputs, moved, rows)
            if not evidence.requires_grad:
                return tuple(torch.zeros_like(leaf) for leaf in leaves)
            found = torch.autograd.grad(evidence.sum(), moved, allow_unused=True)
        return tuple(
            torch.zeros_like(leaf) if one is None else torch.nan_to_num(one)
            for one, leaf in zip(found, leaves, strict=True)
        )


def taken(inputs: Inputs, rows: slice | Tensor) -> Inputs:
    """Return some rows of all inputs."""
    return tuple(tensor[rows] for tensor in inputs)


def apart(values: Float[Tensor, "points ..."], each: int) -> Float[Tensor, "rows each ..."]:
    """Give what belongs to one row a dimension of its own: `each` of a row lie one after another."""
    return values.reshape(len(values) // each, each, *values.shape[1:])


def block_of(inputs: Inputs, each: int = 1, blocks: int = 1) -> int:
    """Return how many rows may be asked at once, or in so many blocks, where each becomes `each` points."""
    size = sum(tensor[0].numel() for tensor in inputs if len(tensor)) or 1
    return max(1, blocks * AT_ONCE // (64 * size * each))
