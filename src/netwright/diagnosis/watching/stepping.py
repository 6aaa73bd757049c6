"""A step from its first forward pass to its end: tapes are begun and ended, batches taken, numbers noted."""

import math
import time

import torch
from torch import Tensor

from netwright.diagnosis.case import Lost
from netwright.diagnosis.watching.evaluations import after_output, sensitive
from netwright.diagnosis.watching.identify import identify
from netwright.diagnosis.watching.judging import judge
from netwright.diagnosis.watching.layers import LayerWatch, numbers
from netwright.diagnosis.watching.locating import locate
from netwright.diagnosis.watching.names import tensors_in
from netwright.diagnosis.watching.ops import ops_of
from netwright.diagnosis.watching.penalties import penalty_again, penalty_of
from netwright.diagnosis.watching.places import line_now
from netwright.diagnosis.watching.quick import make_ready, settle
from netwright.diagnosis.watching.reading import Reading, by_row, read
from netwright.diagnosis.watching.recorded import StepNote
from netwright.diagnosis.watching.replay import loss_of
from netwright.diagnosis.watching.signals import Signals
from netwright.diagnosis.watching.state import Call, Current, State
from netwright.diagnosis.watching.store import Batch, inputs_of, is_whole, key_of
from netwright.diagnosis.watching.tape import UNREADABLE, Tape, enter, leave

MOST_NODES = 20_000
PER_CALL = 4e-5  # seconds that a tape costs for each function, about


def begin(state: State) -> Current:
    """Begin a step."""
    number, quick = state.recorded.steps + 1, state.quick
    watched = not quick.on and state.pace.due(number)
    layers = LayerWatch(state.model) if watched else state.no_layers
    signals = Signals() if watched else state.no_signals
    current = Current(number, watched, state.model.training, state.passes.current, layers, signals)
    current.began_with = state.pace.spent
    state.current = current
    if quick.on:  # it turned out to be a step that has to be looked at closer
        settle(state)
        current.losses, current.backwards = quick.losses, len(quick.losses)
        state.recorded.backwards += len(quick.losses)
        if quick.call is not None:
            current.call, current.forwards = quick.call, 1
        quick.call, quick.losses = None, []
    quick.on = quick.paused = False
    current.rate = float(state.optimizers[0].param_groups[0]["lr"])
    if watched:
        current.evaluating = tuple(name for name, module in sensitive(state.model) if not module.training)
    return current


def open_forward(state: State, current: Current, call: Call) -> None:
    """Begin to record, if the step is watched; mark the batch's inputs."""
    current.forwards += 1
    state.recorded.forwards += 1
    current.training, current.latest = state.model.training, call
    if current.forwards == 1:
        current.call = call
    if current.watched and state.inside and current.tape is None and not current.backwards:
        current.tape = Tape(state.names, not state.recorded.seen_inside, current.signals.observe)
        enter(current.tape)
        if torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda"):
            device = "cuda" if torch.is_autocast_enabled("cuda") else "cpu"
            state.recorded.precision = str(torch.get_autocast_dtype(device)).removeprefix("torch.")
    if current.tape is not None and not current.light:
        current.tape.feed(call)


def close_forward(state: State, current: Current, results: list[Tensor]) -> None:
    """Note what was answered, and look on at what becomes of it where that is wanted."""
    if current.backwards:
        return
    current.results = results
    if current.forwards == 1:
        current.first = results
        current.taken = state.store.due(*current.call)
        if current.tape is None and (current.taken or current.watched):
            current.tape, current.light = after_output(state.names, results), True
            current.tape.lines = not state.recorded.ops
            enter(current.tape)
    if current.tape is not None:
        current.tape.keeping = True


def take_loss(state: State, current: Current, total: Tensor) -> None:
    """Note a loss that backward is called on, and end the tape."""
    stop_tape(state, current)
    if current.total is None and current.forwards > 1 and current.taken and not reaches(total, current.first):
        current.call = current.latest  # what came before was evaluated, with gradients and for nothing
        current.taken = not current.light
    loss = total.detach()
    current.losses.append(loss if loss.numel() == 1 else loss.float().mean())
    if current.total is None:
        current.total = total
    if not state.recorded.where:
        state.recorded.where = line_now()
    if total.device.type == "cpu" and state.recorded.lost is None and not math.isfinite(float(current.losses[-1])):
        found = locate(state.model, current.call, current.number, state.recorded.where)
        if found.what == "weight" and state.recorded.unfinished_gradients:
            found = Lost(max(found.step - 1, 1), found.layer, "gradient")
        state.recorded.lost = found
        state.pace.follow(current.number)


def reaches(total: Tensor, results: list[Tensor]) -> bool:
    """Whether a loss was computed from any of these; said, too, where its graph is too large to walk through."""
    wanted = {result.grad_fn for result in results} - {None}
    ahead, seen = [total.grad_fn], set[object]()
    while ahead and len(seen) < MOST_NODES:
        node = ahead.pop()
        if node in wanted:
            return True
        if node is not None and node not in seen:
            seen.add(node)
            ahead.extend(after for after, _ in node.next_functions)
    return not wanted or bool(ahead)


def stop_tape(state: State, current: Current) -> None:
    """End the tape of a step."""
    if current.tape is not None:
        state.pace.spent, current.tape.seconds = state.pace.spent + current.tape.seconds, 0.0
    if current.tape is not None and not current.tape.off and not leave(current.tape):
        state.recorded.remark("another function mode was ended before the step was: parts of it were not seen")


def before_step(state: State, current: Current) -> None:
    """Note the rate; remember the weights of a watched step."""
    stop_tape(state, current)
    current.rate = float(state.optimizers[0].param_groups[0]["lr"])
    if not state.recorded.step_where:
        state.recorded.step_where = line_now()
    if current.watched:
        current.layers.before_update({layer.weight for layer in current.signals.layers.values()} or None)


def finish(state: State) -> None:
    """End the step in progress: its numbers become a note."""
    current, state.current = state.current, None
    if current is None:
        return
    seconds = time.perf_counter() - current.began
    stop_tape(state, current)
    if current.is_evaluation:
        was_evaluation(state, current)
        make_ready(state)
        state.quick.on, state.quick.paused = False, state.quick.on
        return
    state.recorded.steps += 1
    note = StepNote(current.number, current.rate, list(current.losses), current.loading, current.training)
    try:
        note_step(state, current, note)
    except UNREADABLE as error:
        state.recorded.remark(f"step {current.number} could not be read: {type(error).__name__}: {error}")
    state.recorded.add(note)
    if current.watched:
        state.pace.took(current.number, state.pace.since(current.began_with))
    else:
        state.pace.unwatched(seconds)
    make_ready(state)


def note_step(state: State, current: Current, note: StepNote) -> None:
    """Read a step's tape, if it has one: its objective, its layers, its rows."""
    reading = None
    if current.tape is not None and (current.total is not None or current.light):
        reading = read(current.tape, current.results, current.total)
    if current.watched:
        note_watched(state, current, reading, note)
    if current.taken:
        state.store.failed += reading is None or not take_batch(state, current, reading)
    if current.tape is not None and current.tape.unread:
        state.recorded.remark(current.tape.unread)


def note_watched(state: State, current: Current, reading: Reading | None, note: StepNote) -> None:
    """Take what only a watched step tells."""
    recorded = state.recorded
    note.watched = numbers(list(current.signals.layers.values()), current.layers)
    norm = note.watched.gradient_norm
    recorded.unfinished_gradients = norm is not None and not math.isfinite(norm)
    recorded.evaluating.append(current.evaluating)
    if current.tape is None:
        return
    judged = identify(current.tape, reading) if reading is not None else None
    if judged is not None and reading is not None:
        note.judged = judge(judged, penalty_of(current.tape, reading))
        if recorded.target_place is None:
            recorded.target_place = place_of(judged.target, current.call)
        recorded.judge(note.judged)
        if recorded.loss is None:
            recorded.loss, recorded.loss_reason = loss_of(state.given, judged, reading, current.tape.trace)
            recorded.penalty = penalty_again(current.tape, reading)
            recorded.answer = next((n for n, r in enumerate(current.results) if r is reading.output), None)
    recorded.strangers |= current.tape.strangers
    if current.tape.entries and not recorded.seen_inside:
        recorded.ops = ops_of(current.tape.entries, reading, current.light)
        recorded.seen_inside = not current.light


def place_of(target: Tensor, call: Call) -> int | None:
    """Return which of a call's tensors holds the target, where the network computes its loss itself."""
    for number, tensor in enumerate(tensors_in(call)):
        if tensor.numel() == target.numel() and tensor.dtype == target.dtype and tensor is not target:
            if torch.equal(tensor.flatten(), target.flatten()):
                return number
        elif tensor is target:
            return number
    return None


def take_batch(state: State, current: Current, reading: Reading) -> bool:
    """Copy the step's rows; return whether they could be told."""
    target = reading.target
    given = list(tensors_in(current.call))
    if target is None and state.recorded.target_place is not None and state.recorded.target_place < len(given):
        target = given[state.recorded.target_place]
    if not isinstance(target, Tensor) or not target.dim() or current.tape is None:
        return False
    target = by_row(target, len(reading.output))
    inputs, names = inputs_of(*current.call, len(target))
    state.store.partial = state.store.partial or not is_whole(*current.call, len(inputs))
    if inputs:
        batch = Batch(inputs, names, target, current.number, current.loading)
        state.store.take(batch, key_of(*current.call), PER_CALL * current.tape.calls if current.light else 0.0)
    return bool(inputs)


def was_evaluation(state: State, current: Current) -> None:
    """Count answers in evaluation mode, with which nothing was trained, as an evaluation; gradients were not needed."""
    evaluations, judgement = state.evaluations, state.recorded.judgement
    evaluations.begin(state.recorded.steps, current.loading, False)
    reading = read(current.tape, current.results, None) if current.tape is not None else None
    if reading is not None and judgement is not None:
        evaluations.call = current.call
        evaluations.measure(reading, judgement)
