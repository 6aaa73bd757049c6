"""What is left of a watched training for probes and treatment."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from netwright.diagnosis.material import Material
from netwright.diagnosis.watching.names import tensors_in
from netwright.diagnosis.watching.ordering import Order, order_of
from netwright.diagnosis.watching.settings import Described
from netwright.diagnosis.watching.state import State
from netwright.diagnosis.watching.store import Batch, Store

MOST_BYTES = 200 << 20


def copy_of(model: nn.Module) -> tuple[nn.Module | None, str]:
    """Return a copy of a network as it is, or why there is none."""
    parameters = list(model.parameters())
    if any(nn.parameter.is_lazy(parameter) for parameter in parameters):
        return None, "the network had no weights yet when watching began: its layers are lazily initialised"
    if sum(parameter.nbytes for parameter in parameters) > MOST_BYTES:
        return None, f"the network is larger than {MOST_BYTES >> 20} MB"
    try:
        return copy.deepcopy(model), ""
    except (RuntimeError, TypeError, NotImplementedError, AttributeError) as error:  # it holds what has no copy
        return None, f"the network could not be copied: {error}"


def material_of(state: State, described: Described, model: nn.Module | None, reason: str) -> Material:
    """Return what it takes to train again."""
    order = order_of(state)
    judgement = state.recorded.judgement
    rows = distinct_rows(state.store, order)
    held = _rows(state.evaluations.store.batches)
    reason = reason or _reason(state, rows)
    return Material(
        reason=reason,
        model=model,
        inputs=rows[0],
        targets=rows[1],
        held_inputs=held[0],
        held_targets=held[1],
        names=state.store.batches[0].names if state.store.batches else (),
        loss=state.recorded.loss,
        penalty=state.recorded.penalty,
        loss_name=judgement.loss if judgement is not None else "",
        optimizer=described.kind,
        settings=described.settings,
        batch_size=order.batch_size or 0,
        epochs=order.epochs or 1,
        steps=state.recorded.steps,
        shuffled=order.shuffled,
        rates=tuple(note.rate for note in state.recorded.notes),
        clip_norm=state.recorded.clip_norm,
        answer=None if state.recorded.bare else Answer(state.recorded.answer or 0),
    )


class Answer:
    """From what a network returns to the tensor that the loss judges."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, result: Any) -> Tensor:
        tensors = list(tensors_in(result))
        return tensors[min(self.number, len(tensors) - 1)]


def _reason(state: State, rows: tuple[tuple[Tensor, ...], Tensor | None]) -> str:
    if len(state.optimizers) > 1:
        return "several optimizers take turns in ways that cannot be repeated"
    if not state.whole:
        return "the network was not called as a whole: its parts were called one by one"
    if state.store.partial:
        return "the network takes more than tensors with a value a row"
    if rows[1] is None:
        return "no rows with their targets were seen"
    return "" if state.recorded.loss is not None else state.recorded.loss_reason


def distinct_rows(store: Store, order: Order) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Return the rows of one epoch where that is known, and else each distinct row once, in order of arrival."""
    chosen = order.first_pass
    complete = chosen and order.rows == sum(len(batch.target) for batch in chosen)
    if complete:
        return _rows(chosen)
    inputs, targets = _rows(store.batches)
    if targets is None:
        return inputs, targets
    hashes = [entry for hashes in order.hashes for entry in hashes]
    if len(hashes) != len(targets):
        return inputs, targets
    first = {entry: number for number, entry in reversed(list(enumerate(hashes)))}
    kept = torch.tensor(sorted(first.values()), device=targets.device)
    return tuple(part[kept.to(part.device)] for part in inputs), targets[kept]


def _rows(batches: list[Batch]) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Return batches of the same shapes below each other."""
    if not batches:
        return (), None
    shapes = _shapes(batches[0])
    alike = [batch for batch in batches if _shapes(batch) == shapes]
    inputs = tuple(torch.cat(parts) for parts in zip(*[batch.inputs for batch in alike], strict=True))
    return inputs, torch.cat([batch.target for batch in alike])


def _shapes(batch: Batch) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape[1:]) for tensor in (*batch.inputs, batch.target)]
