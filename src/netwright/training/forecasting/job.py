"""The job of a forecast: from a recipe to a run directory with trained, tested, saved networks."""

import hashlib
import importlib.metadata
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save
from torch import nn

from netwright.core.devices import choose_device
from netwright.core.errors import RunError
from netwright.core.files import write_atomic
from netwright.core.forecasts import ForecastEvaluation
from netwright.core.values import Choice, Contender, Contest
from netwright.data.ranges import to_ranges
from netwright.data.series.borders import PARTS
from netwright.data.series.scaling import owners
from netwright.training import member_files
from netwright.training.environment import describe_environment
from netwright.training.forecasting.answering import every_answer
from netwright.training.forecasting.baselines import baselines_of
from netwright.training.forecasting.contest import Entrant, decide
from netwright.training.forecasting.defaults import complete_forecast
from netwright.training.forecasting.evaluating import evaluate_forecasts
from netwright.training.forecasting.examples import Units
from netwright.training.forecasting.intervals import find_margins, scores_of
from netwright.training.forecasting.kept import MeanForecaster, build
from netwright.training.forecasting.material import SeriesMaterial, gather_series, resolved
from netwright.training.forecasting.measuring import measure
from netwright.training.forecasting.recipe import ForecastRecipe, forecast_recipe_from
from netwright.training.forecasting.recipes import Facts
from netwright.training.forecasting.stage import ForecastListener, ForecastReady, ForecastStage, spec_of
from netwright.training.forecasting.trainees import train_all
from netwright.training.forecasting.windowed import loss_name
from netwright.training.journal import Journal
from netwright.training.pausing import pausing
from netwright.training.run_directory import (
    CONTEST,
    RunInfo,
    check_run,
    locked,
    new_run,
    read_part,
    write_part,
    write_rejected,
)
from netwright.training.settings import read_recipe, recipe_to_toml
from netwright.training.stage import Request
from netwright.training.unchanged import refuse_changed, refuse_edited

FOR_TRAINING = 0.8  # of the time left, the rest is for baselines and tests


def run_forecast_job(request: Request, listener: ForecastListener) -> Path:
    """Read, train, evaluate and save; return the run directory.

    Nothing is written before the data is known to be usable.

    Raises:
        NetwrightError: the user can mend it.
        Interrupted: a signal came; the run can be resumed.
    """
    asked = forecast_recipe_from(request.settings, "settings")
    material = gather_series(asked, request.source, listener.reading)
    found = resolved(asked, material, _absolute(asked.data.source) or material.source)
    facts = Facts(
        len(material.origins.train), len(material.schema.channels), material.schema.lookback, material.schema.horizon
    )
    recipe, choices = complete_forecast(request.settings, facts)
    recipe = replace(recipe, data=found.data, windows=found.windows)
    _try_to_build(recipe, material)
    folder = new_run(request.runs, _stem(material.source), request.name)
    with locked(folder):
        try:
            info = _begin(folder, material, recipe, choices)
        except BaseException:
            shutil.rmtree(folder)  # no disk space, say: nothing half-written stays
            raise
        with pausing(folder):
            _work(ForecastStage(folder, material, recipe, info), request, listener)
    return folder


def resume_forecast_job(folder: Path, request: Request, listener: ForecastListener) -> Path:
    """Go on with a run that was stopped, bit for bit as if it had not been.

    Raises:
        RunError: the recipe or the data is not what the run was started with.
    """
    check_run(folder)
    with locked(folder):
        info = read_part(folder, "run.json", RunInfo)
        if info.stopped_because:
            return folder
        refuse_edited(folder, info)
        recipe = forecast_recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
        material = gather_series(recipe, request.source, listener.reading)
        refuse_changed(folder, info, material.panel.table.fingerprint, material.rows)
        with pausing(folder):
            _work(ForecastStage(folder, material, recipe, info, resume=True), request, listener)
    return folder


def _try_to_build(recipe: ForecastRecipe, material: SeriesMaterial) -> None:
    """Build each network once, so that one that cannot be is found before anything is written."""
    for name in recipe.kinds:
        build(recipe, name, spec_of(recipe, material.schema))


def _absolute(source: str) -> str:
    return source if not source or source.startswith("@") else str(Path(source).absolute())


def _stem(source: str) -> str:
    return Path(source.split("::")[-1]).name.removeprefix("@").split(".")[0]


def _begin(folder: Path, material: SeriesMaterial, recipe: ForecastRecipe, chosen: tuple[Choice, ...]) -> RunInfo:
    """Write what is known before training."""
    choices = (*material.choices, *chosen, choose_device(recipe.training.device)[1])
    text = recipe_to_toml(recipe, choices).encode()
    write_part(folder, "schema.json", material.schema)
    write_part(folder, "split.json", _split_of(material))
    write_part(folder, "findings.json", material.findings)
    write_rejected(folder, ((material.source, item) for item in material.rejected))
    info = RunInfo(
        version=importlib.metadata.version("netwright"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=material.source,
        recipe_sha256=hashlib.sha256(text).hexdigest(),
        fingerprint=material.panel.table.fingerprint,
        rows=material.rows,
        split=material.borders.sizes,
        split_reason=material.borders.reason,
        choices=choices,
        engine="eager",
        parameters=0,
        environment=describe_environment(),
        rejected=material.rejected[:20],
    )
    write_part(folder, "run.json", info)
    write_atomic(folder / "recipe.toml", text)
    Journal(folder).write(f"run of netwright {info.version} on {info.source}: {info.rows}")
    Journal(folder).write_choices(choices, material.findings)
    return info


def _split_of(material: SeriesMaterial) -> dict[str, Any]:
    """Return the data rows of each part, as texts of ranges; they count from 0, as in runs on tables."""
    rows = material.panel.row - 1
    parts = {part: to_ranges(np.sort(rows[material.borders.rows_of(part)])) for part in PARTS}
    return {
        "strategy": "time",
        "reason": material.borders.reason,
        **parts,
        "windows": {part: len(getattr(material.origins, part)) for part in PARTS},
        "fingerprint": material.panel.table.fingerprint,
    }


def _work(stage: ForecastStage, request: Request, listener: ForecastListener) -> None:
    """Train, choose and test; every path of a job goes through here."""
    windows = {part: len(getattr(stage.material.origins, part)) for part in PARTS}
    listener.ready(ForecastReady(stage.material, stage.recipe, stage.info.choices, stage.folder, windows))
    entrants = train_all(stage, listener, _deadline(request))
    contest = _choose(stage, entrants)
    network = MeanForecaster({name: entrants[name].module for name in contest.chosen}).eval()
    evaluation = _test(network, stage)
    contest = _tested(contest, stage, entrants)
    info = replace(stage.info, seconds=time.monotonic() - request.started)
    _finish(replace(stage, info=info), network, (contest, evaluation))


def _deadline(request: Request) -> float | None:
    if request.budget is None:
        return None
    now = time.monotonic()
    return now + FOR_TRAINING * max(0.0, request.started + request.budget - now)


def _choose(stage: ForecastStage, entrants: Mapping[str, Entrant]) -> Contest:
    recipe = stage.recipe
    if all(entrant.record.failed for entrant in entrants.values()):
        failed = "; ".join(f"{name}: {entrant.record.trained}" for name, entrant in entrants.items())
        raise RunError(f"{stage.folder}: no network could be trained: {failed}")
    quantiles = recipe.windows.quantiles
    loss = loss_name(recipe.training.loss, quantiles)
    contest = decide(entrants, stage.windows("validation"), loss, quantiles, recipe.preset.recipe)
    Journal(stage.folder).write(contest.verdict)
    return contest


def _test(network: nn.Module, stage: ForecastStage) -> ForecastEvaluation:
    """Learn the intervals from the validation windows, write them down, and test on the test windows."""
    material, windows = stage.material, stage.windows("test")
    margins = find_margins(
        scores_of(*every_answer(network, stage.windows("validation"))), stage.recipe.evaluation.coverage
    )
    write_part(stage.folder, "calibration.json", margins)
    units = Units(material.scaling.means, material.scaling.scales, owners(material.panel))
    place = (material.panel, units)
    return evaluate_forecasts(network, windows, place, margins, baselines_of(stage))


def _tested(contest: Contest, stage: ForecastStage, entrants: Mapping[str, Entrant]) -> Contest:
    """Add what each recipe alone does on the test windows; it took no part in the choice."""
    windows = stage.windows("test")
    scales = np.ones((len(windows.origins), windows.channels))

    def tested(one: Contender) -> Contender:
        if one.failed:
            return one
        names = one.name.split(" + ")
        network = MeanForecaster({name: entrants[name].module for name in names})
        return replace(one, test=measure(network, windows, scales).headline["mse"])

    return replace(contest, contenders=tuple(map(tested, contest.contenders)))


def _finish(stage: ForecastStage, network: nn.Module, found: tuple[Contest, ForecastEvaluation]) -> None:
    """Write the weights and the evaluation; run.json, last, says that the run is complete."""
    folder, (contest, evaluation) = stage.folder, found
    write_atomic(folder / "weights.safetensors", save(member_files.weights_of(network)))
    write_part(folder, CONTEST, contest)
    write_part(folder, "evaluation.json", evaluation)
    parameters = sum(weight.numel() for weight in network.parameters())
    info = replace(stage.info, parameters=parameters, stopped_because=contest.verdict)
    write_part(folder, "run.json", info)
    member_files.remove(folder / member_files.MEMBERS)
    for name, value in evaluation.metrics.items():
        Journal(folder).write(f"test {name} {value.value} ({value.low} to {value.high})")
