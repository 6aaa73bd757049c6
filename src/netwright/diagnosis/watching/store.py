"""Rows as training and evaluations read them, copied up to a limit, and marks of every batch that came."""

import time
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from netwright.diagnosis.watching.hashing import row_hashes
from netwright.diagnosis.watching.names import tensors_in

MOST_BYTES = 32 << 20
MOST_ROWS = 20_000
ALWAYS = 64  # batches that are taken whatever it costs
SHELF = 4 << 20  # bytes that are set aside at a time
HOPELESS = 32  # batches without targets after which no more is looked for
SHARE = 0.01  # of the training's time, for taking more


@dataclass
class Batch:
    """One batch: what the network took and what met its answers."""

    inputs: tuple[Tensor, ...]
    names: tuple[str, ...]  # keyword of each input; "" where it came by position
    target: Tensor
    step: int
    loading: int = 0  # number of the pass over a loader; 0 where none was seen
    repeated: int = 1  # batches in a row that were this very tensor
    hashes: list[int] = field(default_factory=list)  # of its rows; empty of those on a device: ask `row_numbers`
    rows_behind: int = 0  # of the larger tensor that its inputs are a view of; as many as its own where there is none

    @property
    def row_numbers(self) -> list[int]:
        """A number for each row that equal rows share."""
        return self.hashes or row_hashes(self.inputs)


@dataclass
class Store:
    """Batches in order of arrival."""

    batches: list[Batch] = field(default_factory=list)
    bytes: int = 0
    rows: int = 0
    spent: float = 0.0  # seconds
    began: float = field(default_factory=time.perf_counter)
    missed: int = 0  # batches that were not taken
    last: tuple[Any, ...] = ()
    shelves: dict[tuple[Any, ...], tuple[Tensor, int]] = field(default_factory=dict)  # by kind, and what is used
    failed: int = 0  # batches without inputs or targets that could be told
    known: set[int] = field(default_factory=set)  # hashes of the rows of the first epoch
    period: int = 0  # steps until rows came again
    done: bool = False  # all rows came twice: what follows is known
    partial: bool = False  # rows, not all of whose inputs are tensors of as many rows

    @property
    def full(self) -> bool:
        return self.bytes >= MOST_BYTES or self.rows >= MOST_ROWS

    def due(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
        """Whether the batch that is coming should be taken; one that came just before is only counted."""
        if self.done:
            return False
        if (self.full and len(self.batches) > 1) or self.failed >= HOPELESS:
            self.missed += 1
            return False
        key = key_of(arguments, options)
        if key and key == self.last:
            self.batches[-1].repeated += 1
            return False
        if self.full or self._is_dear():
            self.missed += 1
            return False
        return True

    def settled(self) -> bool:
        """Whether the batch that is coming is not taken, whatever it is."""
        alone = len(self.batches) == 1 and self.batches[0].repeated >= ALWAYS
        if self.done or alone or self.failed >= HOPELESS:
            return True
        passed = (self.full and len(self.batches) > 1) or self._is_dear()
        self.missed += passed
        return passed

    def _is_dear(self) -> bool:
        return len(self.batches) >= ALWAYS and self.spent >= SHARE * (time.perf_counter() - self.began)

    def take(self, batch: Batch, key: tuple[Any, ...], seconds: float) -> None:
        """Copy a batch; `key` tells it from the next, and `seconds` went into seeing it."""
        began = time.perf_counter()
        behind = [len(t) * t.untyped_storage().nbytes() // max(t.nbytes, 1) for t in batch.inputs if t.dim()]
        batch.rows_behind = max(behind, default=0)
        copied = tuple(self._kept(tensor.detach()) for tensor in batch.inputs)
        batch.inputs, batch.target = copied, self._kept(batch.target.detach())
        self.batches.append(batch)
        self.bytes += sum(tensor.nbytes for tensor in (*copied, batch.target))
        self.rows += len(batch.target)
        self.last = key
        self._recognise(batch)
        self.spent += seconds + time.perf_counter() - began

    def _recognise(self, batch: Batch) -> None:
        """See the second epoch begin where most rows of a batch are known, and end."""
        if any(not tensor.is_cpu for tensor in batch.inputs):
            return
        batch.hashes = row_hashes(batch.inputs)
        since = batch.step - self.batches[0].step
        if not self.period:
            if 2 * sum(entry in self.known for entry in batch.hashes) > len(batch.hashes):
                self.period = since
            self.known.update(batch.hashes)
        self.done = self.period > 0 and since >= 2 * self.period - 1 and len(self.batches) >= ALWAYS

    def _kept(self, rows: Tensor) -> Tensor:
        """Copy rows onto a shelf of many: small copies between a step's tensors would tear their memory to pieces."""
        key = (rows.dtype, rows.device, tuple(rows.shape[1:]))
        shelf, used = self.shelves.get(key, (rows[:0], 0))
        if used + len(rows) > len(shelf):
            size = max(rows.nbytes // max(len(rows), 1), 1)
            shelf, used = rows.new_empty((max(len(rows), SHELF // size), *rows.shape[1:])), 0
        self.shelves[key] = shelf, used + len(rows)
        return shelf[used : used + len(rows)].copy_(rows)


def key_of(arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells the tensors of a call from those of another, without reading them."""
    return tuple((t.data_ptr(), tuple(t.shape), t._version, id(t)) for t in tensors_in((arguments, options)))


def inputs_of(
    arguments: tuple[Any, ...], options: dict[str, Any], rows: int
) -> tuple[tuple[Tensor, ...], tuple[str, ...]]:
    """Return the tensors of a call that have a value a row, and their keywords; labels are no inputs."""
    named = [("", value) for value in arguments] + list(options.items())
    found = [
        (name, value)
        for name, value in named
        if isinstance(value, Tensor) and value.dim() > 0 and len(value) == rows and name not in ("labels", "targets")
    ]
    return tuple(value for _, value in found), tuple(name for name, _ in found)


def is_whole(arguments: tuple[Any, ...], options: dict[str, Any], found: int) -> bool:
    """Whether the tensors found are all that a call needs: nothing else but None, numbers and labels."""
    others = [v for v in arguments if not isinstance(v, Tensor)]
    others += [v for name, v in options.items() if not isinstance(v, Tensor) and name not in ("labels", "targets")]
    tensors = sum(isinstance(v, Tensor) for v in arguments)
    tensors += sum(isinstance(v, Tensor) for n, v in options.items() if n not in ("labels", "targets"))
    return tensors == found and all(value is None or isinstance(value, bool | int | float | str) for value in others)
