"""What the rows look like that training read."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from netwright.diagnosis.case import Rows, TaskKind
from netwright.diagnosis.programs.coding import is_one_hot
from netwright.diagnosis.watching.comparing import Leak, drift_of, leak_of, noise_of
from netwright.diagnosis.watching.hashing import row_hashes
from netwright.diagnosis.watching.ordering import Order
from netwright.diagnosis.watching.state import State
from netwright.diagnosis.watching.store import Batch
from netwright.diagnosis.watching.targets import class_numbers

MOST_FEATURES = 64  # above which channels are described
ALL = 0.95  # of the training rows that were taken: so many are evaluated on purpose
UNSURE = 0.75  # share of evaluated rows, not all of which were taken: training rows may be evaluated as well


def rows_of(state: State, order: Order, task: TaskKind) -> Rows:
    """Return a description of the rows taken."""
    batches = state.store.batches
    if not batches:
        return Rows()
    first = [batch.inputs[0] for batch in batches if batch.inputs[0].shape[1:] == batches[0].inputs[0].shape[1:]]
    values = torch.cat(first)
    kind = kind_of(values)
    numbers = values.double()
    finite = torch.isfinite(numbers)
    known = torch.where(finite, numbers, torch.zeros_like(numbers))
    features = _features(known)
    described = kind != "tokens"
    distinct = len({entry for hashes in order.hashes for entry in hashes})
    leak = given_away(batches, task)
    return Rows(
        seen=distinct,
        features=values[0].numel() if values.dim() > 1 else 1,
        kind=kind,
        largest=float(known.abs().max()) if described else None,
        means=tuple(features.mean(0).tolist()) if described else (),
        deviations=tuple(features.std(0, correction=0).tolist()) if described else (),
        not_finite=int((~finite).sum()),
        constant=int((features == features[0]).all(0).sum()) if described and features.shape[1] > 1 else 0,
        duplicates=duplicates(order),
        conflicting=conflicting(batches, order),
        order=neighbours(batches, task),
        same_batches=order.same_batches,
        same_batch=order.same_batch,
        shared_rows=shared(state, order),
        drift=drift_of(values, unseen_rows(state, order, values)) if described else None,
        leak=leak.feature,
        leak_strength=leak.strength,
        noise=wrong_labels(state, order, task),
    )


def kind_of(values: Tensor) -> Literal["numbers", "images", "tokens", "series"]:
    """Return what a batch of inputs holds, by type and axes."""
    if (
        not values.is_floating_point()
        and values.dtype != torch.uint8
        and values.dtype != torch.bool
        and values.dim() <= 2
    ):
        return "tokens"
    if values.dim() >= 4:
        return "images"
    return "series" if values.dim() == 3 else "numbers"


def _features(values: Tensor) -> Tensor:
    """Return values with a column a feature; a column a channel of images, of series, and of more than 64 features."""
    if values.dim() < 2:
        return values[:, None]
    if values.dim() == 2:
        return values if values.shape[1] <= MOST_FEATURES else values.flatten()[:, None]
    axis = 1 if values.dim() > 3 else -1
    channels = values.movedim(axis, -1).flatten(0, -2)
    return channels if channels.shape[1] <= MOST_FEATURES else channels.flatten()[:, None]


def duplicates(order: Order) -> float:
    """Return the share of rows that repeat another, within one epoch where that is known, else within batches."""
    chosen = order.hashes[: max(len(order.first_pass), 1)]
    rows = [entry for hashes in chosen for entry in hashes] if order.first_pass else order.hashes[0]
    return 1.0 - len(set(rows)) / len(rows) if rows else 0.0


def conflicting(batches: list[Batch], order: Order) -> float:
    """Return the share of distinct rows that came with different targets."""
    targets: dict[int, set[int]] = {}
    for batch, hashes in zip(batches, order.hashes, strict=True):
        for row, target in zip(hashes, row_hashes((batch.target.reshape(len(batch.target), -1),)), strict=True):
            targets.setdefault(row, set()).add(target)
    return sum(len(found) > 1 for found in targets.values()) / max(len(targets), 1)


def neighbours(batches: list[Batch], task: TaskKind) -> float | None:
    """Return the share of neighbouring rows with the same class, over what chance gives: 1 where rows are mixed."""
    if task not in ("classes", "binary"):
        return None
    targets = [batch.target for batch in batches]
    single = [target for target in targets if target.numel() == len(target) or is_one_hot(target)]
    if not single:
        return None
    numbers = [class_numbers(target, target).flatten() for target in single]
    pairs = sum(max(len(one) - 1, 0) for one in numbers)
    if pairs < 30:
        return None
    same = sum(int((one[1:] == one[:-1]).sum()) for one in numbers) / pairs
    shares = torch.unique(torch.cat(numbers), return_counts=True)[1].double()
    chance = float(((shares / shares.sum()) ** 2).sum())
    return same / chance


def shared(state: State, order: Order) -> float:
    """Return the share of rows of evaluations that training read as well.

    0 where evaluations read those only, or all of those besides others, as where both are measured on purpose.
    """
    store = state.evaluations.store
    held = [entry for batch in store.batches for entry in batch.row_numbers]
    trained = {entry for hashes in order.hashes for entry in hashes}
    share = sum(entry in trained for entry in held) / len(held) if held else 0.0
    both = len(trained.intersection(held)) >= ALL * len(trained)
    on_purpose = share == 1.0 or both or (store.missed > 0 and share > UNSURE)
    return 0.0 if on_purpose and order.rows else share


def unseen_rows(state: State, order: Order, like: Tensor) -> Tensor:
    """Return the rows of evaluations that training did not read, of the same shape."""
    kept = [batch.inputs[0][new] for batch, new in unseen(state, order) if batch.inputs[0].shape[1:] == like.shape[1:]]
    return torch.cat(kept) if kept else like[:0]


def unseen(state: State, order: Order) -> list[tuple[Batch, Tensor]]:
    """Return the batches of evaluations, and which of their rows training did not read."""
    trained = {entry for hashes in order.hashes for entry in hashes}
    return [
        (batch, torch.tensor([entry not in trained for entry in batch.row_numbers], dtype=torch.bool))
        for batch in state.evaluations.store.batches
    ]


def given_away(batches: list[Batch], task: TaskKind) -> Leak:
    """Return the feature that gives the target away, where the network takes one tensor of numbers."""
    taken = together([(batch, None) for batch in batches])
    return Leak() if taken is None else leak_of(*taken, task)


def wrong_labels(state: State, order: Order, task: TaskKind) -> float | None:
    """Return the share of training labels that look wrong beside those of rows that training did not read."""
    chosen = order.first_pass or state.store.batches
    taken, held = together([(batch, None) for batch in chosen]), together(unseen(state, order))
    if taken is None or held is None or task not in ("classes", "binary"):
        return None
    return noise_of(*taken, *held)


def together(parts: Sequence[tuple[Batch, Tensor | None]]) -> tuple[Tensor, Tensor] | None:
    """Return inputs and targets of batches below each other; None where a network takes several, or they differ."""
    shapes = {(tuple(batch.inputs[0].shape[1:]), tuple(batch.target.shape[1:])) for batch, _ in parts}
    if len(shapes) != 1 or any(len(batch.inputs) > 1 or not batch.target.dim() for batch, _ in parts):
        return None
    kept = [(b.inputs[0], b.target) if rows is None else (b.inputs[0][rows], b.target[rows]) for b, rows in parts]
    return torch.cat([inputs for inputs, _ in kept]), torch.cat([target for _, target in kept])
