"""Opening runs that forecast series."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

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
from netwright.training.batches import Batches
from netwright.training.fit import fit
from netwright.training.forecasting.inference import load_forecaster
from netwright.training.forecasting.kept import MeanForecaster, build
from netwright.training.forecasting.material import gather_series
from netwright.training.forecasting.stage import ForecastStage
from netwright.training.forecasting.windowed import Windowed, loss_name, window_loss
from netwright.training.run_directory import RunInfo, read_epochs, read_part
from netwright.training.session import Session
from netwright.training.unchanged import refuse_changed, refuse_edited

FEW = 4  # windows that a network is measured by
NEVER = 1 << 30  # steps between records that nobody reads


def open_forecast(folder: Path, source: Any, rows: int | None, points: int, seed: int) -> Opened:
    """Open a run that forecasts; arguments as of `open_table`.

    Raises:
        RunError: nothing in the run has weights, or its data changed.
    """
    check_rows(rows)
    model, info = load_forecaster(folder), read_part(folder, "run.json", RunInfo)
    refuse_edited(folder, info)
    material = gather_series(model.recipe, source)
    refuse_changed(folder, info, material.panel.table.fingerprint, material.rows)
    stage = ForecastStage(folder, material, model.recipe, info)
    name, network, words = _drawn(folder, model.network)
    origins = torch.from_numpy(stage.windows("train").origins)
    series = torch.from_numpy(material.series).float()
    module = Windowed(network, series, stage.spec.lookback).eval()
    few = (origins[:FEW],)
    chosen = origins[some_rows(len(origins), rows or rows_for(module, few, points), seed)]
    called = loss_name(model.recipe.kinds[name].training.loss, stage.spec.quantiles)
    loss = window_loss(series, (stage.spec.outputs, stage.spec.horizon), called, stage.spec.quantiles)
    return Opened(
        name=folder.name,
        network=words,
        loss_name=called,
        subject=Subject(module, (chosen,), chosen, loss, block_for(module, few)),
        of_rows=len(origins),
        retrain=lambda subject: _again(name, stage, subject),
        skips=None,
    )


def _drawn(folder: Path, network: nn.Module) -> tuple[str, nn.Module, str]:
    """Return the first network of the run that learnt something."""
    assert isinstance(network, MeanForecaster)
    learnt = [(name, part) for name, part in network.members.items() if any(True for _ in part.parameters())]
    if not learnt:
        raise RunError(f"{folder}: its forecast has nothing to learn, so there is no landscape; take another --recipe")
    name, first = learnt[0]
    if len(network.members) == 1:
        return name, first, f"the run's network ({name})"
    return name, first, f"the first of the {len(network.members)} networks that the run averages ({name})"


def _again(name: str, stage: ForecastStage, subject: Subject) -> Way | str:
    kind = stage.recipe.kinds[name]
    if kind.network.name == "ridge":
        return "the network was solved in closed form, so there is no way to draw"
    done = read_epochs(stage.folder) if name == stage.recipe.preset.recipe else ()
    seconds, said = (done[-1].seconds if done else 0.0), stage.info.stopped_because
    epochs = epochs_again(kind.training.epochs, len(done), seconds, said)
    config = replace(kind.training, epochs=epochs, statistics=False, record_every=NEVER)
    series = torch.from_numpy(stage.material.series).float()
    module = Windowed(build(stage.recipe, name, stage.spec), series, stage.spec.lookback)
    train, held = (torch.from_numpy(stage.windows(part).origins) for part in ("train", "validation"))
    snapshots = Snapshots(module, subject)
    session = Session(loss=subject.loss, epoch_begins=snapshots.epoch_begins)  # type: ignore[arg-type]
    best = fit(module, Batches((train,), train, (held,), held), config, (), session).best_epoch
    words, same = compared(module, subject.module, best)
    return Way(snapshots, best, words, same)
