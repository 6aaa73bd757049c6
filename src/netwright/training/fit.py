"""Training a module: `fit` is the whole flow, and what it calls is below it in the order of the calls."""

import math
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor, nn

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.errors import CheckpointError, Interrupted, RunError
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice, EpochRecord, StepRecord
from netwright.training import early_stopping, schedules
from netwright.training.averaging import averaged, start_average
from netwright.training.batches import Batches, batch_sizes, epoch_order
from netwright.training.checkpoints import committed, load_checkpoint, save_checkpoint
from netwright.training.config import TrainingConfig, validate
from netwright.training.engines.choice import choose_engine
from netwright.training.engines.eager import EagerRunner, Engine
from netwright.training.engines.room import room_note
from netwright.training.engines.stretch import Outcome, Runner, Stretch
from netwright.training.generators import seeded
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.predict import predict_logits
from netwright.training.preflight import bring, check, task_of
from netwright.training.records import Record
from netwright.training.session import FitResult, Observer, Session
from netwright.training.setbacks import DIVERGED, PATIENCE, advice_on, is_used_up, notes_on, slower, take_note
from netwright.training.state import (
    Origin,
    Progress,
    TrainingState,
    beginning_of,
    epoch_loss,
    go_back,
    keep_best,
    origin_of,
    restore,
    to_checkpoint,
)
from netwright.training.statistics import watched_layers

BUDGET_USED = 0.95  # share of the time left that planned epochs may fill
OUT_OF_TIME = "the time budget was used up"
TIME_SLICE = 0.02  # seconds that a stretch of steps may take, so that signals and deadlines are answered


@dataclass
class Training:
    """What one call of `fit` holds in its hands."""

    state: TrainingState
    engine: Engine
    batches: Batches
    session: Session
    observers: Sequence[Observer]
    sizes: list[int]  # rows of each batch of an epoch
    runner: Runner
    choice: Choice  # of the engine
    beginning: dict[str, Tensor]  # the module's state before the first step, until there is a better one
    origin: Origin | None = None  # None where no checkpoints are made
    notes: tuple[str, ...] = ()
    started: float = field(default_factory=time.monotonic)
    next_checkpoint: float = math.inf
    epoch_started: float = 0.0  # in time.monotonic() seconds
    pace: float = math.inf  # seconds a step, in the stretch before


def fit(
    module: nn.Module,
    batches: Batches,
    config: TrainingConfig,
    observers: Sequence[Observer] = (),
    session: Session | None = None,
) -> FitResult:
    """Train `module` in place and leave it with its best weights, in evaluation mode.

    Args:
        module: takes `batches.train_inputs` as positional arguments and returns logits (batch, outputs).
        batches: all rows, in memory.
        config: the training recipe.
        observers: called with each step and epoch record, in order.
        session: where to save, when to stop, what to measure.

    Returns:
        The history, and why training stopped.

    Raises:
        RecipeError: a setting is out of range or does not suit the task, or a resume does not fit its checkpoint.
        CheckpointError: a checkpoint cannot be written, or none can be trusted.
        RunError: the loss was never finite.
        Interrupted: `session.stop` received a signal; a checkpoint was saved where the session has a folder.
    """
    session = session or Session()
    validate(config)
    device, _ = choose_device(config.device)
    held = session.stop.deferred() if session.stop else nullcontext()
    with seeded(derive_seed(config.seed, "dropout"), device), held, cpu_threads(config.threads):
        training = _start(module.to(device), batches, config, observers, session)
        progress = training.state.progress
        with training.runner:
            while not progress.stopped_because:
                progress.stopped_because = _run_epoch(training) or _finish_epoch(training)
        return _conclude(training)


def _start(
    module: nn.Module, batches: Batches, config: TrainingConfig, observers: Sequence[Observer], session: Session
) -> Training:
    task = session.task or task_of(batches.train_targets)
    check(module, batches, config, has_metric=session.metric is not None)
    first = next(module.parameters())
    batches = bring(batches, None if session.loss else task, first.dtype, first.device)
    average = None if config.ema_decay is None else start_average(module)
    updater = session.updater or make_updater(module, config)
    state = TrainingState(module, updater, average, Progress(config.epochs))
    loss = session.loss or loss_for(config, task, batches.train_targets)
    layers = tuple(watched_layers(module)) if config.statistics else ()
    engine = Engine(module, loss, updater, average, config, layers)
    sizes = batch_sizes(batches.rows, config.batch_size)
    left = math.inf if session.deadline is None else session.deadline - time.monotonic()
    _, choice = choose_engine(module, config, batches, task, left, session.networks)
    runner = EagerRunner(engine, batches, sizes)
    training = Training(state, engine, batches, session, observers, sizes, runner, choice, beginning_of(state))
    if session.folder is not None:
        _open_checkpoints(training, session.folder)
    if state.progress.micro_batches > config.accumulate:
        runner.divide(state.progress.micro_batches)
    if choice.value == "fused":
        from netwright.training.engines.fused.engine import FusedRunner  # Numba is loaded only where it is used

        training.runner = FusedRunner(state, batches, sizes, config, task)
    return training


def _open_checkpoints(training: Training, folder: Path) -> None:
    """Resume if asked and there is something to resume; begin the log where the checkpoint ends."""
    config, state, session = training.engine.config, training.state, training.session
    training.origin = origin_of(config, training.batches, training.choice.value)
    if committed(folder) and not session.resume:
        raise CheckpointError(f"{folder} holds checkpoints of an earlier training; resume it or name another folder")
    if committed(folder):
        checkpoint, notes = load_checkpoint(folder)
        training.notes = notes + restore(state, checkpoint, training.origin)
    if session.records is not None:
        session.records.truncate(state.progress.records_offset)
    training.started = time.monotonic() - state.progress.seconds
    training.next_checkpoint = time.monotonic() + config.checkpoint_every


def _run_epoch(training: Training) -> str:
    """Take the steps that are left of the epoch. Return why training must stop in the middle of it, or nothing."""
    state, session = training.state, training.session
    progress = state.progress
    training.epoch_started = time.monotonic()
    session.epoch_begins(progress.epoch)
    order = epoch_order(training.batches.rows, training.engine.config.seed, progress.epoch)
    training.runner.begin_epoch(order, progress.step_in_epoch)
    while progress.step_in_epoch < len(training.sizes):
        if _attention(training):
            _save_or_raise(training)
            if session.deadline is not None and time.monotonic() >= session.deadline and progress.step:
                return _out_of_time(training)
        _run_stretch(training)
        if progress.setbacks.in_a_row >= PATIENCE and (stopped := _go_back_or_stop(training)):
            return stopped
    return ""


def _run_stretch(training: Training) -> None:
    """Take steps up to the next record, the end of the epoch or of a slice of time."""
    state, stretch = training.state, _next_stretch(training)
    progress, start = state.progress, time.monotonic()
    outcome = training.runner.run(stretch)
    steps = len(outcome.losses)
    training.pace = (time.monotonic() - start) / steps
    progress.step += steps
    progress.step_in_epoch += steps
    progress.updates += steps - outcome.skipped
    progress.micro_batches = training.runner.micro_batches
    state.losses.append(outcome.losses)
    skipped = _skipped(training, stretch, outcome)
    if outcome.norm is not None and progress.step not in skipped:
        _record_step(training, stretch.rates[-1], outcome)


def _skipped(training: Training, stretch: Stretch, outcome: Outcome) -> list[int]:
    """Return the numbers of the steps that were skipped, once they are noted and written down."""
    progress = training.state.progress
    if not outcome.skipped:
        progress.setbacks.in_a_row = 0
        return []
    skipped = take_note(progress.setbacks, stretch.step, outcome.losses.isnan().tolist())
    for step in skipped:
        rate = stretch.rates[step - stretch.step - 1]
        _tell(training, StepRecord(step, progress.epoch, math.nan, rate, math.nan))
    return skipped


def _next_stretch(training: Training) -> Stretch:
    progress, every = training.state.progress, training.engine.config.record_every
    heard = bool(training.observers) or training.session.records is not None
    left = len(training.sizes) - progress.step_in_epoch
    left = min(left, every - progress.step % every) if heard else left
    steps = 1 if progress.step == 0 else max(1, min(left, int(TIME_SLICE / training.pace)))
    last = progress.step + steps
    total = progress.planned_epochs * len(training.sizes)
    factors = schedules.share_factors(progress.step, last, total, training.engine.config)
    rates, measured = _learning_rates(training, progress.step, last), heard and (last % every == 0 or last == 1)
    before = progress.step_in_epoch, progress.step
    return Stretch(*before, rates, measured, progress.updates, progress.setbacks.in_a_row, *factors)


def _attention(training: Training) -> bool:
    """Whether a signal, the deadline or the next checkpoint is due. Called at every stretch, so it is cheap."""
    session = training.session
    if session.stop is not None and session.stop.number is not None:
        return True
    now = time.monotonic()
    return now >= training.next_checkpoint or (session.deadline is not None and now >= session.deadline)


def _save_or_raise(training: Training) -> None:
    """Save if it is time to, or if a signal came; raise for the signal."""
    session, config = training.session, training.engine.config
    number = session.stop.number if session.stop else None
    if session.folder is not None and (number is not None or time.monotonic() >= training.next_checkpoint):
        _save(training, session.folder)
        training.next_checkpoint = time.monotonic() + config.checkpoint_every
    if number is not None:
        hint = f"checkpoint in {session.folder}" if session.folder else ""
        raise Interrupted(number, hint)


def _save(training: Training, folder: Path) -> None:
    progress, records = training.state.progress, training.session.records
    progress.seconds = time.monotonic() - training.started
    if records is not None:
        records.flush()
        progress.records_offset = records.offset
    assert training.origin is not None
    save_checkpoint(folder, to_checkpoint(training.state, training.origin))


def _learning_rates(training: Training, first: int, last: int) -> list[float]:
    """Return the rates of steps `first` up to but not including `last`, counted from 0."""
    config, progress = training.engine.config, training.state.progress
    total = progress.planned_epochs * len(training.sizes)
    rate = config.learning_rate * progress.plateau.factor * slower(progress.setbacks)
    return [rate * factor for factor in schedules.schedule_factors(first, last, total, config)]


def _record_step(training: Training, rate: float, outcome: Outcome) -> None:
    progress, loss, norm = training.state.progress, outcome.losses[-1].item(), outcome.norm
    assert norm is not None
    _tell(training, StepRecord(progress.step, progress.epoch, loss, rate, float(norm), outcome.layers))


def _tell(training: Training, record: Record) -> None:
    if training.session.records is not None:
        training.session.records.append(record)
    for observer in training.observers:
        observer(record)


def _finish_epoch(training: Training) -> str:
    """Measure, remember the best, decide whether to go on. Return why not, or nothing."""
    state, config = training.state, training.engine.config
    progress = state.progress
    train_loss = epoch_loss(state.losses, training.sizes)
    if not progress.updates or math.isnan(train_loss):  # the weights just went back, or every step was skipped
        return _next_epoch(training)
    validation_loss, metric = _validate(training)
    if not math.isfinite(validation_loss or 0.0):
        return _go_back_or_stop(training) or _next_epoch(training)
    _judge(training, train_loss, validation_loss, metric)
    if config.schedule == "plateau":
        watched = train_loss if validation_loss is None else validation_loss
        progress.plateau = schedules.after_epoch(progress.plateau, watched, config)
    if progress.epoch.bit_count() == 1:
        progress.planned_epochs = _epochs_that_fit(training)
    return _next_epoch(training)


def _validate(training: Training) -> tuple[float | None, float | None]:
    """Return the loss and the metric on validation rows, None where there is none."""
    batches, metric, ask = training.batches, training.session.metric, training.session.validation
    if ask is not None:
        with averaged(training.state.module, training.state.average):
            return ask(training.state.module), None
    if batches.validation_inputs is None or batches.validation_targets is None:
        return None, None
    measured = training.runner.measure()
    if measured is None:
        with averaged(training.state.module, training.state.average):
            logits = predict_logits(training.state.module, batches.validation_inputs)
        measured = training.engine.loss(logits, batches.validation_targets, batches.validation_weights).item(), logits
    value = math.nan if metric is None else metric(measured[1], batches.validation_targets)
    return measured[0], value if math.isfinite(value) else None


def _judge(training: Training, train_loss: float, validation_loss: float | None, metric: float | None) -> None:
    """Write the epoch's record; keep the weights if they are the best so far."""
    state, config, progress = training.state, training.engine.config, training.state.progress
    if validation_loss is None:
        progress.patience = early_stopping.Patience(train_loss, progress.epoch)  # nothing to judge by: the last is kept
    elif config.monitor == "metric":
        value, higher = math.nan if metric is None else metric, training.session.higher_is_better
        progress.patience = early_stopping.after_epoch(progress.patience, progress.epoch, value, higher)
    else:
        progress.patience = early_stopping.after_epoch(progress.patience, progress.epoch, validation_loss, False)
    best = progress.patience.best_epoch == progress.epoch
    if best:
        keep_best(state)
        training.beginning.clear()
    rate = _learning_rates(training, progress.step - 1, progress.step)[0]
    seconds = time.monotonic() - training.started
    record = EpochRecord(progress.epoch, progress.step, train_loss, rate, validation_loss, metric, seconds, best)
    progress.epochs.append(record)
    _tell(training, record)


def _epochs_that_fit(training: Training) -> int:
    """Plan the number of epochs from what the last one took, so that schedules end when the time does.

    Asked at epochs 1, 2, 4, 8, ...: the first ones are slow, and later ones change the plan by little.
    """
    progress, deadline = training.state.progress, training.session.deadline
    if deadline is None:
        return progress.planned_epochs
    now = time.monotonic()
    fitting = int(BUDGET_USED * (deadline - now) / max(now - training.epoch_started, 1e-9))
    return max(progress.epoch, min(training.engine.config.epochs, progress.epoch + fitting))


def _next_epoch(training: Training) -> str:
    state, config, progress = training.state, training.engine.config, training.state.progress
    finished = progress.epoch
    progress.epoch, progress.step_in_epoch = finished + 1, 0
    state.losses.clear()
    if stopped := early_stopping.why_stop(progress.patience, finished, progress.planned_epochs, config):
        return stopped
    if finished >= progress.planned_epochs:
        fewer = f" of {config.epochs}, as many as the time budget had room for" if finished < config.epochs else ""
        return f"all {finished} planned epochs are done{fewer}"
    return ""


def _out_of_time(training: Training) -> str:
    progress = training.state.progress
    said = f"{OUT_OF_TIME} in epoch {progress.epoch} of {training.engine.config.epochs}, at step {progress.step}"
    if not progress.epochs:
        _finish_epoch(training)  # a part of an epoch is better than nothing to keep
    return said


def _go_back_or_stop(training: Training) -> str:
    """Let the weights go back, if they have not yet. Return why training must stop, or nothing."""
    progress = training.state.progress
    if not is_used_up(progress.setbacks):
        go_back(training.state, training.beginning)
        return ""
    what = f"the loss was not finite at step {progress.step} (epoch {progress.epoch}), nor was it before the weights "
    kept = progress.patience.best_epoch
    return f"{DIVERGED}: {what}went back; the weights of epoch {kept} are kept; {advice_on(training.engine.config)}"


def _conclude(training: Training) -> FitResult:
    """Save the end, go back to the best weights, report."""
    state, session, progress = training.state, training.session, training.state.progress
    config = training.engine.config
    if not progress.epochs:
        raise RunError(f"{DIVERGED}: the loss was not finite before any epoch was finished; {advice_on(config)}")
    if session.folder is not None:
        _save(training, session.folder)
    if session.stop is not None and session.stop.number is not None:
        _save_or_raise(training)
    if state.best:  # none where the monitored metric never was a number
        state.module.load_state_dict(state.best)
    state.module.eval()
    return FitResult(
        epochs=tuple(progress.epochs),
        steps=progress.step,
        best_epoch=progress.patience.best_epoch,
        best_value=progress.patience.best_value if progress.patience.best_value is not None else math.nan,
        stopped_because=progress.stopped_because,
        seconds=time.monotonic() - training.started,
        planned_epochs=progress.planned_epochs,
        engine=training.choice,
        notes=(*training.notes, *notes_on(progress.setbacks, config), *_notes(training)),
    )


def _notes(training: Training) -> tuple[str, ...]:
    micro_batches, config = training.state.progress.micro_batches, training.engine.config
    return (*room_note(micro_batches, config), *training.runner.notes)
