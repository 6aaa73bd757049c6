"""In what order rows came: epochs, distinct rows, the same batch again, neighbours of one class."""

import math
from dataclasses import dataclass, field

from netwright.diagnosis.watching.state import State
from netwright.diagnosis.watching.store import Batch

AGAIN = 0.75  # of a batch's rows
MORE = 2  # times the rows that are read
MANY = 32  # batches taken, all of them one, after which those that were not taken are held to be it too


@dataclass
class Order:
    """What is known of the order of rows."""

    batch_size: int | None = None
    rows: int | None = None
    epochs: int | None = None
    steps_per_epoch: int | None = None
    shuffled: bool = True
    same_batches: bool = False
    same_batch: bool = False
    first_pass: list[Batch] = field(default_factory=list)  # batches that together hold each row once, if known
    hashes: list[list[int]] = field(default_factory=list)  # of each row of each batch taken


def order_of(state: State) -> Order:
    """Return what the batches, the passes over loaders and the evaluations say."""
    batches = state.store.batches
    order = Order(hashes=[batch.row_numbers for batch in batches])
    if batches:
        order.batch_size = max(len(batch.target) for batch in batches)
    _by_loader(state, order)
    if order.steps_per_epoch is None and batches:
        _by_rows(state, order)
    _repeats(state, order)
    return order


def _by_loader(state: State, order: Order) -> None:
    notes = [note for note in state.recorded.notes if note.loading]
    passes = list(dict.fromkeys(note.loading for note in notes))
    if not notes or len(notes) < len(state.recorded.notes):
        return
    loader = state.passes.loaders[passes[0] - 1]
    of_first = [note for note in notes if note.loading == passes[0]]
    order.epochs, order.shuffled, order.rows = len(passes), loader.shuffled, loader.rows
    order.batch_size = loader.batch_size or order.batch_size
    order.steps_per_epoch = len(of_first)
    order.first_pass = [batch for batch in state.store.batches if batch.loading == passes[0]]


def _by_rows(state: State, order: Order) -> None:
    """See an epoch end where most rows of a batch came before: some may stand in the table twice."""
    seen: set[int] = set()
    for number, hashes in enumerate(order.hashes):
        if len(seen.intersection(hashes)) > AGAIN * len(set(hashes)):
            order.steps_per_epoch = state.store.batches[number].step - state.store.batches[0].step
            order.first_pass = state.store.batches[:number]
            break
        seen |= set(hashes)
    else:
        if state.store.batches[-1].repeated > 1 and len(order.hashes) == 1:
            order.steps_per_epoch, order.first_pass = 1, state.store.batches[:1]
        elif not state.store.missed:
            order.first_pass = state.store.batches
    if order.first_pass and (order.steps_per_epoch or not state.store.missed):
        order.rows = sum(len(batch.target) for batch in order.first_pass)
    if order.steps_per_epoch:
        order.epochs = math.ceil(state.recorded.steps / order.steps_per_epoch)


def _repeats(state: State, order: Order) -> None:
    batches, hashes = state.store.batches, order.hashes
    if not batches or state.recorded.steps < 3:
        return
    distinct = {tuple(entry) for entry in hashes}
    enough = not state.store.missed or len(hashes) >= MANY
    alone = len(distinct) == 1 and (len(hashes) > 2 or batches[0].repeated > 2) and enough
    larger = order.rows is not None and order.rows > len(batches[0].target)
    order.same_batch = alone and (larger or _part_of_more(state, hashes[0]) or _fewer_than_held(state))
    per_epoch = order.steps_per_epoch or 0
    if per_epoch > 1 and len(hashes) >= 2 * per_epoch and not state.store.missed:
        epochs = [hashes[start : start + per_epoch] for start in range(0, len(hashes) - per_epoch + 1, per_epoch)]
        order.same_batches = all(epoch == epochs[0] for epoch in epochs)
    if order.same_batches or (order.epochs and not order.shuffled):
        order.shuffled = False


def _part_of_more(state: State, batch: list[int]) -> bool:
    """Whether one batch is a view of far more rows than it and the evaluations read: not of a table that was split."""
    held = [number for one in state.evaluations.store.batches for number in one.row_numbers]
    return state.store.batches[0].rows_behind > MORE * len({*batch, *held})


def _fewer_than_held(state: State) -> bool:
    """Whether one batch, copied anew at each step, holds fewer rows than evaluations do: it is a part of more."""
    copied = sum(batch.repeated == 1 for batch in state.store.batches) > 2
    held = sum(len(batch.target) for batch in state.evaluations.store.batches)
    return copied and held > len(state.store.batches[0].target)
