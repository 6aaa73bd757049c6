"""Rows in memory, and the order in which an epoch visits them.

The order depends on (seed, epoch) alone, so a resumed run needs no sampler state: it asks for the same order again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from netwright.core.seeds import derive_seed

BLOCK_BYTES = 256 * 2**20  # rows gathered at once; a whole epoch where it fits

Inputs = tuple[Tensor, ...]  # the module's positional arguments, each with rows first
Gathered = tuple[Inputs, Tensor, Tensor | None]  # inputs, targets and, if rows have them, weights of one batch


@dataclass(frozen=True)
class Batches:
    """Training rows, and validation rows if there are any."""

    train_inputs: Inputs
    train_targets: Shaped[Tensor, "..."]
    validation_inputs: Inputs | None = None
    validation_targets: Shaped[Tensor, "..."] | None = None
    train_weights: Float[Tensor, " rows"] | None = None  # how much each row counts, None: all the same
    validation_weights: Float[Tensor, " validation"] | None = None

    def __post_init__(self) -> None:
        rows = {len(tensor) for tensor in self.train_tensors}
        assert len(rows) == 1, f"training inputs, targets and weights have different numbers of rows: {rows}"

    @property
    def train_tensors(self) -> Inputs:
        """Inputs, targets, and weights if there are any."""
        weights = () if self.train_weights is None else (self.train_weights,)
        return (*self.train_inputs, self.train_targets, *weights)

    @property
    def rows(self) -> int:
        return len(self.train_targets)


def batch_sizes(rows: int, batch_size: int) -> list[int]:
    """Return the rows of each batch of an epoch. The ragged last one is used; a single row joins the batch before it,
    because batch normalisation cannot normalise one row.

    >>> batch_sizes(10, 4), batch_sizes(9, 4)
    ([4, 4, 2], [4, 5])
    """
    sizes = [batch_size] * (rows // batch_size)
    rest = rows % batch_size
    if rest == 1 and sizes and batch_size > 1:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes


def micro_sizes(rows: int, parts: int) -> list[int]:
    """Split one batch into at most `parts` micro-batches, none of a single row where that can be helped."""
    return batch_sizes(rows, max(-(-rows // parts), min(rows, 2)))


def epoch_order(rows: int, seed: int, epoch: int) -> Int[Tensor, " rows"]:
    """Return the order in which `epoch` (from 1) visits the rows; the same wherever and whenever it is asked."""
    generator = torch.Generator().manual_seed(derive_seed(seed, "order", epoch))
    return torch.randperm(rows, generator=generator)


def epoch_batches(
    batches: Batches, order: Int[Tensor, " rows"], sizes: list[int], start: int = 0
) -> Iterator[Gathered]:
    """Yield inputs, targets and weights of each batch from number `start` on.

    Rows are gathered for many batches at once and then sliced. Blocks begin at fixed batches whatever `start` is: a
    slice then lies at the same place in memory after a resume, which some matrix kernels' last bit depends on.
    """
    per_block = _batches_per_block(batches, max(sizes))
    offset = 0
    for first in range(0, len(sizes), per_block):
        block_sizes = sizes[first : first + per_block]
        rows = order[offset : offset + sum(block_sizes)]
        offset += len(rows)
        if first + len(block_sizes) > start:
            yield from _block(batches, rows, block_sizes, max(0, start - first))


def _block(batches: Batches, rows: Tensor, sizes: list[int], start: int) -> Iterator[Gathered]:
    rows = rows.to(batches.train_targets.device)
    columns = [torch.split(tensor.index_select(0, rows), sizes) for tensor in batches.train_tensors]
    width = len(batches.train_inputs)
    for number in range(start, len(sizes)):
        parts = tuple(column[number] for column in columns)
        yield parts[:width], parts[width], parts[-1] if batches.train_weights is not None else None


def _batches_per_block(batches: Batches, batch_size: int) -> int:
    row_bytes = sum(tensor[:1].numel() * tensor.element_size() for tensor in batches.train_tensors)
    return max(1, BLOCK_BYTES // max(1, row_bytes * batch_size))
