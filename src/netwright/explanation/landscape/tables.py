"""Opening runs on rows: tables, images, texts and series with a target."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from netwright.core.errors import RunError
from netwright.explanation.landscape.ending import compared
from netwright.explanation.landscape.opened import (
    Opened,
    block_for,
    check_rows,
    epochs_again,
    rows_for,
    some_rows,
)
from netwright.explanation.landscape.snapshots import Snapshots
from netwright.explanation.landscape.subject import Subject
from netwright.explanation.landscape.trajectory import Way
from netwright.networks import fit_to_rows
from netwright.networks.ensemble import Ensemble
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.evaluation.evaluate import in_own_unit
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from netwright.training.fit import fit
from netwright.training.inference import from_logits, kept_by, load_model
from netwright.training.kinds import Kind, kinds_named
from netwright.training.losses import loss_for, loss_terms, prepare_targets
from netwright.training.parts import tensors
from netwright.training.reopening import reopen
from netwright.training.run_directory import read_epochs, read_evaluation
from netwright.training.session import Metric, Session
from netwright.training.stage import Stage

NEVER = 1 << 30  # steps between records that nobody reads
FEW = 16  # rows that a network is measured by
PAIR_STEPS, PAIR_ROWS, PAIR_WIDTH = 2500, 10_000, 64  # of the networks with and without skip connections


def open_table(folder: Path, source: Any, rows: int | None, points: int, seed: int) -> Opened:
    """Open a run; errors as of `reopen` and `load_model`.

    Args:
        folder: the run directory.
        source: the frame or arrays again, where the run was fitted on data in memory.
        rows: of training that the loss is taken over; None: as many as there is time for.
        points: along each axis of the surface.
        seed: that draws the rows.
    """
    check_rows(rows)
    stage, model = reopen(folder, source), load_model(folder)
    kind, module, words = _drawn(folder, stage, model.module)
    inputs, targets = tensors(stage.parts.train)
    few = tuple(x[:FEW] for x in inputs)
    chosen = some_rows(len(targets), rows or rows_for(module, few, points), seed)
    first = next(module.parameters())
    ready = prepare_targets(targets, kind.spec.task, first.dtype)
    loss = loss_for(kind.training, kind.spec.task, ready)
    subject = Subject(module, tuple(x[chosen] for x in inputs), ready[chosen], loss, block_for(module, few))
    name, _ = loss_terms(kind.training, kind.spec.task, ready)
    return Opened(
        name=folder.name,
        network=words,
        loss_name=name,
        subject=subject,
        of_rows=len(targets),
        retrain=lambda subject: _again(stage, kind, subject),
        skips=lambda residual, depth: _deep(stage, kind, residual, depth),
    )


def _drawn(folder: Path, stage: Stage, module: nn.Module) -> tuple[Kind, nn.Module, str]:
    """Return the network that is drawn, with its kind, and say which it is."""
    names = kept_by(folder, stage.recipe).names
    kind = kinds_named(stage.recipe, stage.preparation, names[:1])[0]
    if not isinstance(module, Ensemble):
        return kind, module, f"the run's network ({kind.name})"
    first = module.members[0]
    if len(names) == 1:
        return kind, first, f"the run's network ({kind.name})"
    return kind, first, f"the first of the {len(names)} networks that the run averages ({kind.name})"


def _again(stage: Stage, kind: Kind, subject: Subject) -> Way | str:
    """Train the recipe once more, keeping the weights of each epoch."""
    done = read_epochs(stage.folder)
    seconds = done[-1].seconds if done else 0.0
    epochs = epochs_again(kind.training.epochs, len(done), seconds, stage.info.stopped_because)
    config = replace(kind.training, epochs=epochs, statistics=False, record_every=NEVER)
    network, batches = kind.build(), kind.narrow(stage.parts).batches()[0]
    whole = kind.whole(network)
    snapshots = Snapshots(whole, subject)
    fit_to_rows(network, batches.train_inputs, batches.train_targets, config.seed)
    best = _fit(network, (batches, config), stage, snapshots)
    words, same = compared(whole, subject.module, best)
    return Way(replace(snapshots, module=whole.eval()), best, words, same)


def _fit(
    network: nn.Module, work: tuple[Batches, TrainingConfig], stage: Stage, snapshots: Snapshots | None = None
) -> int:
    """Train; return the epoch whose weights are kept."""
    batches, config = work
    session = Session(task=stage.preparation.task)
    if config.monitor == "metric":
        metric, higher = _metric(stage)
        session = replace(session, metric=metric, higher_is_better=higher)
    if snapshots is not None:
        session = replace(session, epoch_begins=snapshots.epoch_begins)
    return fit(network, batches, config, (), session).best_epoch


def _metric(stage: Stage) -> tuple[Metric, bool]:
    """Return the run's headline metric, from logits and targets to a number."""
    headline, preparation = read_evaluation(stage.folder).evaluation.headline, stage.preparation
    score = METRICS[preparation.task][headline]

    def measure(logits: Tensor, targets: Tensor) -> float:
        said = from_logits(logits.double().cpu(), preparation)
        truth = in_own_unit(targets.cpu().flatten().numpy(), preparation)
        value = float(score(truth, said, torch.ones(1, len(truth)).double().numpy())[0])
        return value if math.isfinite(value) else math.nan

    return measure, headline in HIGHER_IS_BETTER


def _deep(stage: Stage, kind: Kind, residual: bool, depth: int) -> tuple[nn.Module, str]:
    """Train the recipe at a depth, with or without skip connections, on at most PAIR_ROWS rows.

    Raises:
        RunError: training failed in its first epoch.
    """
    width = min(PAIR_WIDTH, max(kind.network.hidden_sizes, default=PAIR_WIDTH))
    shaped = replace(kind, network=replace(kind.network, hidden_sizes=(width,) * depth, residual=residual))
    batches = _some(kind.narrow(stage.parts).batches()[0], kind.training.seed)
    steps = math.ceil(batches.rows / kind.training.batch_size)
    epochs = max(1, min(kind.training.epochs, PAIR_STEPS // steps))
    config = replace(kind.training, epochs=epochs, statistics=False, record_every=NEVER)
    network = shaped.build()
    fit_to_rows(network, batches.train_inputs, batches.train_targets, config.seed)
    try:
        best = _fit(network, (batches, config), stage)
    except RunError as error:
        raise RunError(f"--compare-skips: {error}") from error
    rows = f"{batches.rows:,} training rows"
    words = f"{depth} hidden layers of {width}, the recipe's training otherwise; epoch {best} of {epochs} on {rows}"
    return kind.whole(network).eval(), words


def _some(batches: Batches, seed: int) -> Batches:
    """Return at most PAIR_ROWS training rows, drawn by the seed."""
    chosen = some_rows(batches.rows, PAIR_ROWS, seed)
    if len(chosen) == batches.rows:
        return batches
    weights = None if batches.train_weights is None else batches.train_weights[chosen]
    inputs = tuple(x[chosen] for x in batches.train_inputs)
    return replace(batches, train_inputs=inputs, train_targets=batches.train_targets[chosen], train_weights=weights)
