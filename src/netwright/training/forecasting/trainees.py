"""Training the networks of a run, one after another; each that has ended is on disk."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from netwright.core.errors import Interrupted, NetwrightError
from netwright.core.values import Contender
from netwright.training import member_files
from netwright.training.batches import Batches
from netwright.training.fit import fit
from netwright.training.forecasting.baselines import solved, state_of
from netwright.training.forecasting.contest import Entrant
from netwright.training.forecasting.kept import build
from netwright.training.forecasting.stage import ForecastListener, ForecastStage
from netwright.training.forecasting.windowed import Windowed, loss_name, window_loss
from netwright.training.journal import Journal
from netwright.training.records import RecordSink
from netwright.training.session import FitResult, Observer, Session
from netwright.training.setbacks import DIVERGED

NEVER = 1 << 30  # steps between records that nobody reads


def train_all(stage: ForecastStage, listener: ForecastListener, deadline: float | None) -> dict[str, Entrant]:
    """Train a network of each recipe; return them by name, the run's own first.

    Raises:
        NetwrightError: the run's own network failed in its first epoch.
        Interrupted: a signal came; there is a checkpoint, and the networks that ended are on disk.
    """
    entrants: dict[str, Entrant] = {}
    names = list(stage.recipe.kinds)
    for number, name in enumerate(names):
        now = time.monotonic()
        ends = None if deadline is None else now + max(0.0, deadline - now) / (len(names) - number)
        entrants[name] = _entrant(name, (stage, listener), ends)
        Journal(stage.folder).write(f"{name} ends: {entrants[name].record.trained}")
    return entrants


def _entrant(name: str, place: tuple[ForecastStage, ForecastListener], ends: float | None) -> Entrant:
    stage, listener = place
    network = build(stage.recipe, name, stage.spec)
    own = name == stage.recipe.preset.recipe
    path = stage.folder / member_files.MEMBERS / f"{name}.json"
    found = None if own else member_files.stored(path, Contender, network)
    if found is not None:
        return Entrant(network, found)
    listener.training(name)
    if not any(True for _ in network.parameters()):
        return Entrant(network, Contender(name, None, None, 0, 0.0, "it has nothing to learn"))
    if stage.recipe.kinds[name].network.name == "ridge":
        return Entrant(network, _solve(name, network, stage))
    if own:
        return Entrant(network, _train_own(name, network, place, ends))
    record = _train_other(name, network, place, ends)
    member_files.store(path, record, network)
    return Entrant(network, record)


def _solve(name: str, network: nn.Module, stage: ForecastStage) -> Contender:
    """Fill the linear map in closed form."""
    began = time.monotonic()
    ridge = solved(stage)
    network.load_state_dict(state_of(ridge))
    network.eval()
    said = f"solved in closed form, penalty {ridge.penalty:g}, chosen on the validation windows"
    weights = sum(weight.numel() for weight in network.parameters())
    return Contender(name, None, None, weights, time.monotonic() - began, said)


def _train_own(
    name: str, network: nn.Module, place: tuple[ForecastStage, ForecastListener], ends: float | None
) -> Contender:
    """Train the run's own network, with checkpoints and records."""
    stage, listener = place
    journal = Journal(stage.folder)
    journal.write("training goes on" if stage.resume else "training begins")
    with RecordSink(stage.folder / "records.jsonl") as records:
        session = Session(
            folder=stage.folder / "checkpoints",
            stop=listener.stop,
            deadline=ends,
            resume=stage.resume,
            records=records,
        )
        result = _fit(name, network, stage, (journal, *listener.observers), session)
    journal.write(*result.notes)
    return _record(name, network, result)


def _train_other(
    name: str, network: nn.Module, place: tuple[ForecastStage, ForecastListener], ends: float | None
) -> Contender:
    """Train a contender's network; one that fails is left out."""
    stage, listener = place
    try:
        session = Session(stop=listener.stop, deadline=ends)
        return _record(name, network, _fit(name, network, stage, tuple(listener.observers), session))
    except NetwrightError as error:
        return Contender(name, None, None, 0, 0.0, str(error), failed=True)


def _fit(
    name: str, network: nn.Module, stage: ForecastStage, observers: Sequence[Observer], session: Session
) -> FitResult:
    config = stage.recipe.kinds[name].training
    if session.records is None:
        config = replace(config, record_every=NEVER)
    series = torch.from_numpy(stage.material.series).float()
    spec = stage.spec
    loss = window_loss(series, (spec.outputs, spec.horizon), loss_name(config.loss, spec.quantiles), spec.quantiles)
    train, held = (torch.from_numpy(stage.windows(part).origins) for part in ("train", "validation"))
    batches = Batches((train,), train, (held,), held)
    try:
        return fit(Windowed(network, series, spec.lookback), batches, config, observers, replace(session, loss=loss))
    except Interrupted as stopped:
        Journal(stage.folder).write(str(stopped))
        raise Interrupted(stopped.signal_number, _how_to_go_on(stage.folder)) from stopped


def _how_to_go_on(folder: Path) -> str:
    return f"go on with: netwright fit --resume {folder}"


def _record(name: str, network: nn.Module, result: FitResult) -> Contender:
    said = f"{result.stopped_because}; the weights of epoch {result.best_epoch} are kept"
    failed = result.stopped_because.startswith(DIVERGED)
    weights = sum(weight.numel() for weight in network.parameters())
    return Contender(name, None, None, weights, result.seconds, said, failed)
