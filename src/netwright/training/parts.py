"""The prepared rows of a run: training, validation and test rows, or folds that take turns as validation rows."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray

from netwright.data import Preparation, Prepared, deal_folds, prepare
from netwright.training.batches import Batches
from netwright.training.material import Material

Rows = NDArray[np.int64]  # positions in a table's frame


@dataclass(frozen=True)
class Parts:
    """Arrays of a run. With folds, `train` holds the rows of every fold, fold by fold, and `validation` none."""

    train: Prepared
    validation: Prepared
    test: Prepared
    sizes: tuple[int, ...] = ()  # rows of each fold
    ring: Prepared | None = None  # `train`, and after it all folds but the last again

    def batches(self) -> list[Batches]:
        """What each fold's networks train on and are judged by; a single entry where there are no folds.

        On the ring all folds but one lie side by side, so that every entry is a view and no fold costs memory.
        """
        if self.ring is None:
            return [Batches(*tensors(self.train), *tensors(self.validation))]
        total, starts = sum(self.sizes), [0, *accumulate(self.sizes)]
        return [
            Batches(*tensors(part(self.ring, starts[fold + 1] % total, total - size)), *tensors(self.of_fold(fold)))
            for fold, size in enumerate(self.sizes)
        ]

    def of_fold(self, fold: int) -> Prepared:
        """Return the rows of a fold, counted from 0; a view."""
        return part(self.train, sum(self.sizes[:fold]), self.sizes[fold])


def deal(material: Material, folds: int) -> tuple[Rows, ...]:
    """Return the rows of each fold; none where there is one fold only."""
    return () if folds == 1 else deal_folds(material.table, material.schema, material.split, folds)


def learnt_from(material: Material, folds: tuple[Rows, ...]) -> Rows:
    """Return the rows that the preparation is learnt from: the training rows, or those of every fold."""
    return np.sort(np.concatenate(folds)) if folds else material.split.train


def rows_of_one(material: Material, folds: tuple[Rows, ...]) -> int:
    """Return how many rows one network trains on."""
    return sum(map(len, folds)) - max(map(len, folds)) if folds else len(material.split.train)


def rows_held(material: Material, folds: tuple[Rows, ...]) -> int:
    """Return how many rows judge networks that did not learn from them."""
    return sum(map(len, folds)) if folds else len(material.split.validation)


def sizes_of(material: Material, folds: tuple[Rows, ...]) -> dict[str, int]:
    """Return the rows of each part by name."""
    if not folds:
        return material.sizes
    return {f"{len(folds)} folds": sum(map(len, folds)), "test": len(material.test_rows)}


def prepare_parts(material: Material, preparation: Preparation, folds: tuple[Rows, ...]) -> Parts:
    """Turn the rows of each part into arrays."""
    schema, split = material.schema, material.split
    test = prepare(material.test, schema, preparation, material.test_rows)
    if not folds:
        train = prepare(material.table, schema, preparation, split.train)
        return Parts(train, prepare(material.table, schema, preparation, split.validation), test)
    ring = prepare(material.table, schema, preparation, np.concatenate([*folds, *folds[:-1]]))
    train = part(ring, 0, sum(map(len, folds)))
    return Parts(train, part(ring, 0, 0), test, tuple(map(len, folds)), ring)


def part(prepared: Prepared, start: int, rows: int) -> Prepared:
    """Return a view of neighbouring rows."""
    return prepared.rows(slice(start, start + rows))


def tensors(part: Prepared) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """Return inputs and targets as tensors on the same memory."""
    assert part.target is not None
    target = np.require(part.target, requirements="W")  # Arrow may hand out a view that cannot be written
    return inputs_of(part), torch.from_numpy(target)


def inputs_of(part: Prepared) -> tuple[torch.Tensor, ...]:
    """Return what a network reads: numbers, categories and, where there are images or series, these."""
    third = part.pixels if part.series is None else part.series
    plain = (torch.from_numpy(part.numeric), torch.from_numpy(part.categorical))
    return plain if third is None else (*plain, torch.from_numpy(third))
