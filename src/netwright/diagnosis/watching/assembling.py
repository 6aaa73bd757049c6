"""From what was seen of a training to a case."""

import dataclasses
import math
from bisect import bisect_left
from collections.abc import Iterable

import torch
from torch import Tensor

from netwright.diagnosis.case import Case, Epoch, Network, Objective, Start, Step
from netwright.diagnosis.programs.coding import is_one_hot
from netwright.diagnosis.watching.constants import constant_loss, shares_of
from netwright.diagnosis.watching.evaluations import Evaluation, Measured
from netwright.diagnosis.watching.gradients import parameters_of
from netwright.diagnosis.watching.habits import optimizing_of
from netwright.diagnosis.watching.judging import Judgement
from netwright.diagnosis.watching.ordering import Order, order_of
from netwright.diagnosis.watching.recorded import StepNote
from netwright.diagnosis.watching.rows import rows_of
from netwright.diagnosis.watching.settings import Described
from netwright.diagnosis.watching.start import brought_together
from netwright.diagnosis.watching.state import State
from netwright.diagnosis.watching.targets import class_count, distribution, task_of

TAKES = {
    "cross_entropy": "logits",
    "bce_with_logits": "logits",
    "hinge": "values",
    "squared_hinge": "values",
    "unsigned_hinge": "values",
    "multi_margin": "logits",
    "multilabel_soft_margin": "logits",
    "soft_margin": "logits",
    "nll": "log_probabilities",
    "kl": "log_probabilities",
    "bce": "probabilities",
    "probabilities_cross_entropy": "probabilities",
}


def case_of(state: State, described: Described, starts: dict[str, Start], told: tuple[Epoch, ...], source: str) -> Case:
    """Return a training as plain values.

    Args:
        state: all that was seen.
        described: the optimizer before the first step.
        starts: weights before the first step, by layer.
        told: epochs as the user told them; empty where he did not.
        source: what the training is called.
    """
    order = order_of(state)
    objective = objective_of(state)
    network = network_of(state)
    layers = tuple(op.layer for op in network.weights)
    return Case(
        network=network,
        objective=objective,
        optimizing=optimizing_of(state, described, order),
        rows=rows_of(state, order, objective.task),
        start=brought_together(starts, layers or tuple(starts)),
        steps=tuple(steps_of(state, order)),
        epochs=told or tuple(epochs_of(state, order)),
        lost=state.recorded.lost,
        source=source,
    )


def network_of(state: State) -> Network:
    """Return what the network is made of, and which of its parameters are trained."""
    named = dict(state.model.named_parameters())
    every = [name for name, _ in state.model.named_parameters(remove_duplicate=False)]
    held = {id(parameter) for optimizer in state.optimizers for parameter in parameters_of(optimizer)}
    trained = [name for name, parameter in named.items() if parameter.requires_grad]
    seen, recorded = state.recorded.gradients_seen, state.recorded
    return Network(
        ops=recorded.ops,
        parameters=sum(parameter.numel() for parameter in named.values()),
        tensors=len(named),
        frozen=tuple(name for name, parameter in named.items() if not parameter.requires_grad),
        without_gradient=tuple(name for name in trained if name not in seen) if recorded.looked else (),
        missing=tuple(name for name in trained if id(named[name]) not in held),
        unregistered=len(set(recorded.strangers) - held),
        foreign=len(held - {id(parameter) for parameter in named.values()}),
        shared=tuple(name for name in every if name not in named),
        unseen="; ".join(recorded.remarks) if recorded.seen_inside else unseen(state),
    )


def unseen(state: State) -> str:
    """Say why the inside of a network was not seen."""
    if not state.inside:
        return "it is compiled: its operations are not seen, its outputs, loss, gradients and weights are"
    if not state.recorded.forwards:
        return "it was never called as a whole, nor were its parts"
    return "; ".join(state.recorded.remarks) or "no step of it was seen from its inputs to its loss"


def objective_of(state: State) -> Objective:
    """Return what the network answers and how it is judged."""
    judgement = state.recorded.judgement
    first = next((note.loss for note in state.recorded.notes if note.loss is not None), None)
    if judgement is None:
        return Objective(first_loss=first, where=state.recorded.where)
    targets = distribution([batch.target for batch in state.store.batches]) if state.store.batches else None
    judged = [note.judged for note in state.recorded.notes if note.judged is not None]
    task = (
        "" if targets is None else task_of(targets, torch.empty(judgement.output_shape, device="meta"), judgement.loss)
    )
    objective = Objective(
        task=task,
        head=judgement.head,
        loss=judgement.loss,
        takes=TAKES.get(judgement.loss, "values") if judgement.loss else "",  # type: ignore[arg-type]
        reduction=judgement.reduction,  # type: ignore[arg-type]
        output_shape=judgement.output_shape,
        target_shape=judgement.target_shape,
        broadcast=judgement.broadcast,
        over_rows=judgement.over_rows,
        penalty=judgement.penalty,
        output_low=_least(entry.output_low for entry in judged),
        output_high=_greatest(entry.output_high for entry in judged),
        first_loss=first,
        where=judgement.where,
        head_where=judgement.head_where,
    )
    return objective if targets is None or not targets.numel() else _with_targets(objective, judgement, targets)


def _with_targets(objective: Objective, judgement: Judgement, targets: Tensor) -> Objective:
    values = targets.double()
    classes = class_count(judgement.output_shape, judgement.target_shape)
    return dataclasses.replace(
        objective,
        target_low=float(values.min()),
        target_high=float(values.max()),
        target_mean=float(values.mean()),
        target_deviation=float(values.std(correction=0)),
        target_whole=bool((values == values.round()).all()),
        one_hot=is_one_hot(targets),
        shares=shares_of(targets, classes) if objective.task in ("classes", "binary") and _counted(values) else (),
        constant_loss=constant_loss(judgement, targets),
    )


def _counted(values: Tensor) -> bool:
    return bool((values == values.round()).all()) and float(values.max()) < 1e6 and float(values.min()) >= -100


def steps_of(state: State, order: Order) -> Iterable[Step]:
    """Yield the steps, watched ones with all that they told."""
    evaluated = [evaluation.step for evaluation in state.evaluations.found if evaluation.step]
    for note in state.recorded.notes:
        watched, judged = note.watched, note.judged
        yield Step(
            step=note.step,
            epoch=_epoch(note, order, evaluated),
            loss=math.nan if note.loss is None else note.loss,
            learning_rate=note.rate,
            gradient_norm=watched.gradient_norm if watched else None,
            layers=watched.layers if watched else None,
            row_spread=watched.row_spread if watched else (),
            rank=watched.rank if watched else (),
            zero_gradients=watched.zero_gradients if watched else (),
            output_scale=judged.output_scale if judged else None,
            output_spread=judged.output_spread if judged else None,
            accuracy=judged.accuracy if judged else None,
        )


def _epoch(note: StepNote, order: Order, evaluated: list[int]) -> int:
    if order.steps_per_epoch:
        return 1 + (note.step - 1) // order.steps_per_epoch
    return 1 + bisect_left(evaluated, note.step)


def epochs_of(state: State, order: Order) -> Iterable[Epoch]:
    """Yield a record for each evaluation, or for each epoch where there is none."""
    found = [entry for entry in state.evaluations.found if entry.step]
    ends = [entry.step for entry in found]
    evaluations: list[Evaluation | None] = list(found)
    if not ends and order.steps_per_epoch:
        ends = list(range(order.steps_per_epoch, state.recorded.steps + 1, order.steps_per_epoch))
        evaluations = [None] * len(ends)
    begin = 0
    for number, (end, evaluation) in enumerate(zip(ends, evaluations, strict=True), start=1):
        notes = state.recorded.between(begin, end)
        begin = end
        losses = [note.loss for note in notes if note.loss is not None]
        if losses:
            yield _record(number, end, notes, sum(losses) / len(losses), _held(state, evaluation))


def _record(number: int, end: int, notes: list[StepNote], loss: float, held: Measured | None) -> Epoch:
    shares = [note.judged.accuracy for note in notes if note.judged is not None and note.judged.accuracy is not None]
    return Epoch(
        epoch=number,
        step=end,
        train_loss=loss,
        validation_loss=held.loss / held.judged if held is not None and held.judged else None,
        train_metric=sum(shares) / len(shares) if shares else None,
        validation_metric=held.right / held.choosing if held is not None and held.choosing else None,
        learning_rate=notes[-1].rate,
    )


def _held(state: State, evaluation: Evaluation | None) -> Measured | None:
    """Return the pass over rows that were not trained on: the first whose loader, or rows, training did not read."""
    if evaluation is None or not evaluation.passes:
        return None
    trained = {state.passes.keys[note.loading - 1] for note in state.recorded.notes if note.loading}
    passes = [p for p in evaluation.passes if not p.trained]
    apart = [p for p in passes if not p.loading or state.passes.keys[p.loading - 1] not in trained]
    return (apart or evaluation.passes)[0]


def _least(values: Iterable[float]) -> float | None:
    return min((value for value in values if math.isfinite(value)), default=None)


def _greatest(values: Iterable[float]) -> float | None:
    return max((value for value in values if math.isfinite(value)), default=None)
