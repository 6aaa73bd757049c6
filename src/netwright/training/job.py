"""The main job: from a recipe to a run directory with a trained, tested, saved network."""

import hashlib
import importlib.metadata
import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from netwright.core.devices import choose_device
from netwright.core.errors import Interrupted, RunError
from netwright.core.files import sha256_of, write_atomic
from netwright.core.interrupts import StopSignal
from netwright.core.values import Choice, Evaluation
from netwright.data import Preparation, Prepared, fit_preparation, prepare
from netwright.networks import fit_bins
from netwright.training.batches import Batches
from netwright.training.config import validate
from netwright.training.defaults import complete
from netwright.training.engines.choice import choose_engine
from netwright.training.environment import describe_environment
from netwright.training.evaluation.diagnostics import Answers, diagnose_answers
from netwright.training.evaluation.evaluate import Yardstick, evaluate_against, in_own_unit, make_yardstick
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from netwright.training.fit import FitResult, Metric, Observer, Session, fit
from netwright.training.inference import build_module, from_logits
from netwright.training.journal import Journal
from netwright.training.losses import loss_for
from netwright.training.material import Material, Reading, gather
from netwright.training.predict import predict_logits
from netwright.training.recipe import Recipe, recipe_from
from netwright.training.records import RecordSink
from netwright.training.run_directory import (
    Contract,
    RunInfo,
    StoredEvaluation,
    check_run,
    locked,
    new_run,
    read_part,
    write_part,
    write_rejected,
)
from netwright.training.settings import read_recipe, recipe_to_toml

RESERVE = 1.0  # seconds of a budget kept for the report and the files at the end


@dataclass(frozen=True)
class Ready:
    """What is known when training is about to start."""

    material: Material
    recipe: Recipe
    choices: tuple[Choice, ...]
    yardstick: Yardstick
    folder: Path


def _ignore(_: object) -> None:
    return None


@dataclass(frozen=True)
class Listener:
    """Who is told how the job goes, and who may stop it."""

    reading: Reading | None = None
    ready: Callable[[Ready], None] = _ignore
    observers: Sequence[Observer] = ()
    stop: StopSignal | None = None


@dataclass(frozen=True)
class Request:
    """What a job is asked to do."""

    settings: Mapping[str, Any]  # the user's part of the recipe, as nested plain values
    source: Any = None  # a frame or arrays, in place of settings["data"]["source"]
    runs: Path = Path("runs")
    name: str | None = None
    budget: float | None = None  # seconds for the whole job
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Stage:
    """A run directory that is ready to be trained in."""

    folder: Path
    material: Material
    recipe: Recipe
    preparation: Preparation
    parts: dict[str, Prepared]  # train, validation, test
    info: RunInfo
    resume: bool = False


def run_job(request: Request, listener: Listener) -> Path:
    """Read, train, evaluate and save; return the run directory.

    Nothing is written before the data is known to be usable.

    Raises:
        NetwrightError: the user can mend it.
        Interrupted: a signal came; the run can be resumed.
    """
    asked = recipe_from(request.settings, "recipe")
    validate(asked.training)
    material = gather(asked, request.source, listener.reading)
    recipe, choices = complete(request.settings, material.schema.task, len(material.split.train))
    recipe = replace(recipe, data=_resolved(recipe, material))
    validate(recipe.training)
    preparation = fit_preparation(material.table, material.schema, material.split.train, recipe.preparation)
    parts = _prepare_parts(material, preparation)
    recipe, engine = _settle_engine(recipe, preparation, parts, request)
    choices = (*(choice for choice in choices if choice.name != engine.name), engine)
    folder = new_run(request.runs, _stem(material.table.source), request.name)
    with locked(folder):
        try:
            info = _begin(folder, material, recipe, preparation, choices)
        except BaseException:
            shutil.rmtree(folder)  # no disk space, say: nothing half-written stays
            raise
        material = material.without_training_rows()
        _work(Stage(folder, material, recipe, preparation, parts, info), request, listener)
    return folder


def _settle_engine(
    recipe: Recipe, preparation: Preparation, parts: dict[str, Prepared], request: Request
) -> tuple[Recipe, Choice]:
    """Build the network once, so that one that cannot be is found before a run directory exists, and fix its engine.

    The recipe then names the engine: a resumed or repeated run takes the same, whatever its own clock says.
    """
    module = build_module(recipe, preparation)
    batches = Batches(*_tensors(parts["train"]), *_tensors(parts["validation"]))
    loss_for(recipe.training, preparation.spec.task, batches.train_targets)
    left = math.inf if request.budget is None else request.started + request.budget - time.monotonic()
    name, choice = choose_engine(module, recipe.training, batches, preparation.spec.task, left)
    return replace(recipe, training=replace(recipe.training, engine=name)), choice


def resume_job(folder: Path, request: Request, listener: Listener) -> Path:
    """Go on with a run that was stopped, bit for bit as if it had not been.

    Raises:
        RunError: the recipe or the data is not what the run was started with.
    """
    check_run(folder)
    with locked(folder):
        info = read_part(folder, "run.json", RunInfo)
        if info.stopped_because:
            return folder
        _refuse_edited(folder, info)
        recipe = recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
        material = gather(recipe, request.source, listener.reading)
        _refuse_changed(folder, info, material)
        contract = read_part(folder, "schema.json", Contract)
        material = replace(material, schema=contract.schema, choices=info.choices)
        parts = _prepare_parts(material, contract.preparation)
        material = material.without_training_rows()
        _work(Stage(folder, material, recipe, contract.preparation, parts, info, resume=True), request, listener)
    return folder


def _refuse_edited(folder: Path, info: RunInfo) -> None:
    if sha256_of(folder / "recipe.toml") != info.recipe_sha256:
        raise RunError(
            f"{folder}/recipe.toml was edited since the run began, so it cannot go on as the same run; "
            f"start a new one: netwright fit --recipe {folder}/recipe.toml"
        )


def _refuse_changed(folder: Path, info: RunInfo, material: Material) -> None:
    if _fingerprint(material) != info.fingerprint:
        raise RunError(
            f"{info.source} changed since {folder} began ({info.rows.total:,} rows then, {material.rows.total:,} now), "
            "so the run cannot go on as the same run; restore the data, or start a new run"
        )


def _fingerprint(material: Material) -> str:
    if material.test is material.table:
        return material.table.fingerprint
    return hashlib.sha256((material.table.fingerprint + material.test.fingerprint).encode()).hexdigest()


def _resolved(recipe: Recipe, material: Material) -> Any:
    """Paths become absolute and the target a name, so that the recipe means the same from anywhere."""
    return replace(
        recipe.data,
        source=_absolute(recipe.data.source) or material.table.source,
        test=recipe.data.test and _absolute(recipe.data.test),
        target=material.schema.target,
    )


def _absolute(source: str) -> str:
    return source if not source or source.startswith("@") else str(Path(source).absolute())


def _stem(source: str) -> str:
    return Path(source.split("::")[-1]).name.removeprefix("@").split(".")[0]


def _begin(
    folder: Path, material: Material, recipe: Recipe, preparation: Preparation, choices: tuple[Choice, ...]
) -> RunInfo:
    """Write what is known before training."""
    choices = (*material.choices, *choices, choose_device(recipe.training.device)[1])
    text = recipe_to_toml(recipe, choices, material.schema).encode()
    write_part(folder, "schema.json", Contract(material.schema, preparation))
    write_part(folder, "split.json", material.split.to_json())
    write_part(folder, "findings.json", material.findings)
    write_rejected(folder, material.rejected)
    info = RunInfo(
        version=importlib.metadata.version("netwright"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=material.table.source,
        recipe_sha256=hashlib.sha256(text).hexdigest(),
        fingerprint=_fingerprint(material),
        rows=material.rows,
        split=material.sizes,
        split_reason=material.split.reason,
        choices=choices,
        engine=recipe.training.engine,
        parameters=0,
        environment=describe_environment(),
        rejected=tuple(item for _, item in material.rejected[:20]),
    )
    write_part(folder, "run.json", info)
    write_atomic(folder / "recipe.toml", text)
    Journal(folder).write(f"run of netwright {info.version} on {info.source}: {info.rows}")
    Journal(folder).write_choices(choices, material.findings)
    return info


def _work(stage: Stage, request: Request, listener: Listener) -> None:
    """Train and test; every path of a job goes through here."""
    parts, preparation = stage.parts, stage.preparation
    before = time.monotonic()
    yardstick = make_yardstick(parts["train"], parts["test"], preparation)
    measuring = time.monotonic() - before
    module = build_module(stage.recipe, preparation)
    info = replace(stage.info, parameters=sum(weight.numel() for weight in module.parameters()))
    listener.ready(Ready(stage.material, stage.recipe, info.choices, yardstick, stage.folder))
    deadline = None if request.budget is None else request.started + request.budget - measuring - RESERVE
    batches = Batches(*_tensors(parts["train"]), *_tensors(parts["validation"]))
    fit_bins(module, batches.train_inputs[0])
    result = _train(module, batches, stage, yardstick, (listener, deadline))
    evaluation = _test(module, stage, yardstick)
    _finish(stage, replace(info, seconds=time.monotonic() - request.started), module, result, evaluation)


def _prepare_parts(material: Material, preparation: Preparation) -> dict[str, Prepared]:
    schema, split = material.schema, material.split
    return {
        "train": prepare(material.table, schema, preparation, split.train),
        "validation": prepare(material.table, schema, preparation, split.validation),
        "test": prepare(material.test, schema, preparation, material.test_rows),
    }


def _tensors(part: Prepared) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    assert part.target is not None
    target = np.require(part.target, requirements="W")  # Arrow may hand out a view that cannot be written
    return (torch.from_numpy(part.numeric), torch.from_numpy(part.categorical)), torch.from_numpy(target)


def _train(
    module: nn.Module, batches: Batches, stage: Stage, yardstick: Yardstick, watch: tuple[Listener, float | None]
) -> FitResult:
    listener, deadline = watch
    with RecordSink(stage.folder / "records.jsonl") as records:
        session = Session(
            folder=stage.folder / "checkpoints",
            stop=listener.stop,
            deadline=deadline,
            resume=stage.resume,
            task=yardstick.task,
            metric=_metric(yardstick, stage.preparation),
            higher_is_better=yardstick.headline in HIGHER_IS_BETTER,
            records=records,
        )
        return _fit_or_say_how_to_resume(module, batches, stage, listener, session)


def _fit_or_say_how_to_resume(
    module: nn.Module, batches: Batches, stage: Stage, listener: Listener, session: Session
) -> FitResult:
    journal = Journal(stage.folder)
    journal.write("training goes on" if stage.resume else "training begins")
    try:
        result = fit(module, batches, stage.recipe.training, (journal, *listener.observers), session)
        journal.write(*result.notes, f"training ends: {result.stopped_because}; best epoch {result.best_epoch}")
        return result
    except Interrupted as stopped:
        journal.write(str(stopped))
        raise Interrupted(stopped.signal_number, f"go on with: netwright fit --resume {stage.folder}") from stopped


def _metric(yardstick: Yardstick, preparation: Preparation) -> Metric:
    """Return the headline metric as `fit` wants it: from logits and targets to a number."""
    score = METRICS[yardstick.task][yardstick.headline]

    def measure(logits: torch.Tensor, targets: torch.Tensor) -> float:
        predicted = from_logits(logits.double().cpu(), preparation)
        truth = in_own_unit(targets.cpu().flatten().numpy(), preparation)
        return float(score(truth, predicted, np.ones((1, len(truth))))[0])

    return measure


def _test(module: nn.Module, stage: Stage, yardstick: Yardstick) -> StoredEvaluation:
    device = next(module.parameters()).device
    inputs = tuple(part.to(device) for part in _tensors(stage.parts["test"])[0])
    predicted = from_logits(predict_logits(module, inputs).double().cpu(), stage.preparation)
    material = stage.material
    answers = Answers(yardstick.task, yardstick.truth, predicted, material.test, material.test_rows)
    evaluation: Evaluation = evaluate_against(yardstick, predicted)
    return StoredEvaluation(evaluation, diagnose_answers(answers, material.schema))


def _finish(stage: Stage, info: RunInfo, module: nn.Module, result: FitResult, evaluation: StoredEvaluation) -> None:
    """Write the weights and the evaluation; run.json, last, says that the run is complete."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()}
    write_atomic(stage.folder / "weights.safetensors", save(weights))
    write_part(stage.folder, "evaluation.json", evaluation)
    ended = f"{result.stopped_because}; the weights of epoch {result.best_epoch} are kept"
    write_part(stage.folder, "run.json", replace(info, stopped_because=ended, notes=result.notes))
    for name, measure in evaluation.evaluation.metrics.items():
        Journal(stage.folder).write(f"test {name} {measure.value} ({measure.low} to {measure.high})")
