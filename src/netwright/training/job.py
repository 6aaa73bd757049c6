"""The main job: from a recipe to a run directory with a trained, tested, saved network."""

import hashlib
import importlib.metadata
import math
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from safetensors.torch import save
from torch import nn

from netwright.core.devices import choose_device
from netwright.core.evidence import Calibration, Evaluation
from netwright.core.files import write_atomic
from netwright.core.values import Choice, RateTest
from netwright.data import Preparation
from netwright.data.ranges import to_ranges
from netwright.networks import fit_to_rows
from netwright.training import member_files
from netwright.training.calibration import HeldOut, calibrate, choices_of
from netwright.training.defaults import ASKED
from netwright.training.engines.choice import choose_engine
from netwright.training.ensemble import train_ensemble
from netwright.training.environment import describe_environment
from netwright.training.evaluation.diagnostics import Answers, diagnose_answers
from netwright.training.evaluation.evaluate import Yardstick, evaluate_against, make_yardstick, truth_of
from netwright.training.inference import build_module, from_logits
from netwright.training.journal import Journal
from netwright.training.kinds import Kind, kinds_of
from netwright.training.learning_curve import trace_learning_curve
from netwright.training.losses import loss_for
from netwright.training.material import Material, gather
from netwright.training.one_network import train_one
from netwright.training.parts import Parts, Rows, deal, prepare_parts, sizes_of
from netwright.training.pausing import pausing
from netwright.training.precision_choice import settle_precision
from netwright.training.rate_choice import SETTING, choice_of, find_rate
from netwright.training.recipe import Recipe, recipe_from, refuse_pipes
from netwright.training.reserve import Pace, say_shortage, when_training_ends
from netwright.training.rivals import train_rivals
from netwright.training.run_directory import (
    CONTEST,
    RATE_TEST,
    Contract,
    RunInfo,
    StoredEvaluation,
    check_run,
    locked,
    new_run,
    part_if_there,
    read_contract,
    read_part,
    write_part,
    write_rejected,
)
from netwright.training.settings import read_recipe, recipe_to_toml
from netwright.training.settling import settle_job
from netwright.training.stage import Listener, Outcome, Ready, Request, Stage, Tested, Watch, logits_of
from netwright.training.trial import Subject
from netwright.training.unchanged import refuse_changed, refuse_edited

CURVE_SHARE = 0.4  # of a budget that is kept for the learning curve where one is asked for


def run_job(request: Request, listener: Listener) -> Path:
    """Read, train, evaluate and save; return the run directory.

    Nothing is written before the data is known to be usable.

    Raises:
        NetwrightError: the user can mend it.
        Interrupted: a signal came; the run can be resumed.
    """
    pace = Pace()
    settled = settle_job(request, listener.reading)
    material, folds, preparation = settled.material, settled.folds, settled.preparation
    recipe, choices, parts = settled.recipe, settled.choices, settled.parts
    recipe, precisions = settle_precision(recipe, kinds_of(recipe, preparation), parts)
    recipe, engine = _settle_engine(recipe, preparation, parts, _seconds_left(request) / pace.slowdown)
    rate_test = _find_rate(recipe, preparation, parts, (choices, _seconds_left(request)))
    if rate_test is not None:
        recipe = replace(recipe, training=replace(recipe.training, learning_rate=rate_test.used))
    found = (engine, *precisions) if rate_test is None else (engine, *precisions, choice_of(rate_test))
    choices = (*(choice for choice in choices if choice.name not in {one.name for one in found}), *found)
    folder = new_run(request.runs, _stem(material.table.source), request.name)
    with locked(folder):
        try:
            if rate_test is not None:
                write_part(folder, RATE_TEST, rate_test)
            info = _begin(folder, material, folds, (recipe, preparation, choices))
        except BaseException:
            shutil.rmtree(folder)  # no disk space, say: nothing half-written stays
            raise
        material = material.without_training_rows()
        with pausing(folder):
            _work(Stage(folder, material, recipe, preparation, parts, info), request, listener)
    return folder


def _seconds_left(request: Request) -> float:
    return math.inf if request.budget is None else request.started + request.budget - time.monotonic()


def _settle_engine(recipe: Recipe, preparation: Preparation, parts: Parts, left: float) -> tuple[Recipe, Choice]:
    """Build each network once, so that one that cannot be is found before a run directory exists, and fix its engine.

    The recipe then names the engine, for all members alike: a resumed or repeated run takes the same, whatever its own
    clock says.
    """
    own, *others = kinds_of(recipe, preparation)
    name, choice = _engine_for(own, recipe, parts, left)
    settled = replace(recipe, training=replace(recipe.training, engine=name))
    for kind in others:
        name, _ = _engine_for(kind, recipe, parts, left)
        contender = recipe.contenders[kind.name]
        contender = replace(contender, training=replace(contender.training, engine=name))
        settled = replace(settled, contenders={**settled.contenders, kind.name: contender})
    return settled, choice


def _engine_for(kind: Kind, recipe: Recipe, parts: Parts, left: float) -> tuple[str, Choice]:
    module, batches = kind.build(), kind.narrow(parts).batches()[0]
    loss_for(kind.training, kind.spec.task, batches.train_targets)
    work = replace(kind.training, epochs=kind.training.epochs * recipe.ensemble.networks)  # of all members
    return choose_engine(module, work, batches, kind.spec.task, left)


def _find_rate(
    recipe: Recipe, preparation: Preparation, parts: Parts, asked: tuple[tuple[Choice, ...], float]
) -> RateTest | None:
    """Run a range test where the recipe wants one; a rate that was asked for stays."""
    if not recipe.rate_test.run:
        return None
    choices, left = asked
    module, batches = build_module(recipe, preparation), parts.batches()[0]
    fit_to_rows(module, batches.train_inputs, batches.train_targets, recipe.training.seed)
    given = any(choice.name == SETTING and choice.reason == ASKED for choice in choices)
    return find_rate(Subject(module, batches, recipe.training, preparation.spec.task), recipe.rate_test, given, left)


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
        refuse_edited(folder, info)
        recipe = recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
        if request.source is None:
            refuse_pipes(recipe.data, folder / "recipe.toml")
        material = gather(recipe, request.source, listener.reading)
        refuse_changed(folder, info, fingerprint_of(material), material.rows)
        contract = read_contract(folder)
        material = replace(material, schema=contract.schema, choices=info.choices)
        parts = prepare_parts(material, contract.preparation, deal(material, recipe.ensemble.folds))
        material = material.without_training_rows()
        with pausing(folder):
            _work(Stage(folder, material, recipe, contract.preparation, parts, info, resume=True), request, listener)
    return folder


def fingerprint_of(material: Material) -> str:
    """Return what tells the rows of a run, training and test, from others."""
    if material.test is material.table:
        return material.table.fingerprint
    return hashlib.sha256((material.table.fingerprint + material.test.fingerprint).encode()).hexdigest()


def _stem(source: str) -> str:
    return Path(source.split("::")[-1]).name.removeprefix("@").split(".")[0]


def _begin(
    folder: Path, material: Material, folds: tuple[Rows, ...], chosen: tuple[Recipe, Preparation, tuple[Choice, ...]]
) -> RunInfo:
    """Write what is known before training."""
    recipe, preparation, choices = chosen
    choices = (*material.choices, *choices, choose_device(recipe.training.device)[1])
    text = recipe_to_toml(recipe, choices, material.schema).encode()
    write_part(folder, "schema.json", Contract(material.schema, preparation))
    dealt = {"folds": list(map(to_ranges, folds))} if folds else {}
    write_part(folder, "split.json", material.split.to_json() | dealt)
    write_part(folder, "findings.json", material.findings)
    write_rejected(folder, material.rejected)
    info = RunInfo(
        version=importlib.metadata.version("netwright"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=material.table.source,
        recipe_sha256=hashlib.sha256(text).hexdigest(),
        fingerprint=fingerprint_of(material),
        rows=material.rows,
        split=sizes_of(material, folds),
        split_reason=_split_reason(material, folds),
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


def _split_reason(material: Material, folds: tuple[Rows, ...]) -> str:
    dealt = f"; all but the test rows are dealt into {len(folds)} folds, and the preparation is learnt from all of them"
    return material.split.reason + (dealt if folds else "")


def _work(stage: Stage, request: Request, listener: Listener) -> None:
    """Train and test; every path of a job goes through here."""
    parts, preparation = stage.parts, stage.preparation
    pace = Pace()
    left = None if request.budget is None else request.started + request.budget - time.monotonic()
    yardstick = make_yardstick(parts, preparation, stage.recipe.evaluation, left)
    info = stage.info
    rate_test = part_if_there(stage.folder, RATE_TEST, RateTest)
    listener.ready(Ready(stage.material, stage.recipe, info.choices, yardstick, stage.folder, info.split, rate_test))
    ends, began = when_training_ends(stage, yardstick, request, pace), time.monotonic()
    ensemble, watch = stage.recipe.ensemble, Watch(listener, yardstick, ends)
    first = replace(watch, deadline=_before_the_curve(ends)) if ensemble.learning_curve else watch
    outcome = _train(stage, first)
    calibration = _calibrate(outcome, stage)
    evaluation = _test(outcome.module, stage, yardstick, calibration, listener)
    if ensemble.learning_curve:
        write_part(stage.folder, "learning_curve.json", trace_learning_curve(stage, watch))
    outcome = replace(outcome, notes=(*outcome.notes, *say_shortage(request, ends, began)))
    choices = (*info.choices, *choices_of(calibration, yardstick.task))
    info = replace(info, choices=choices, baseline_seconds=yardstick.fitted_in)
    info = replace(info, seconds=time.monotonic() - request.started)
    _finish(stage, info, outcome, evaluation)


def _before_the_curve(ends: float | None) -> float | None:
    return None if ends is None else ends - CURVE_SHARE * max(0.0, ends - time.monotonic())


def _train(stage: Stage, watch: Watch) -> Outcome:
    if stage.recipe.ensemble.networks > 1:
        return train_ensemble(stage, watch)
    return train_rivals(stage, watch) if stage.recipe.contenders else train_one(stage, watch)[0]


def _calibrate(outcome: Outcome, stage: Stage) -> Calibration:
    """Calibrate on the validation rows, with folds on the out-of-fold answers, and write it down."""
    held, rows, preparation = outcome.held_out, stage.parts.validation, stage.preparation
    if held is None:
        held = HeldOut(logits_of(outcome.module, rows), truth_of(rows, preparation))
    calibration = calibrate(held, preparation, stage.recipe.evaluation)
    write_part(stage.folder, "calibration.json", calibration)
    return calibration


def _test(
    module: nn.Module, stage: Stage, yardstick: Yardstick, calibration: Calibration, listener: Listener
) -> StoredEvaluation:
    logits, material, temperature = logits_of(module, stage.parts.test), stage.material, calibration.temperature
    predicted = from_logits(logits, stage.preparation, temperature)
    listener.tested(Tested(stage, module, yardstick.truth, predicted, calibration.threshold))
    before = None if temperature == 1.0 else from_logits(logits, stage.preparation)
    rows = (material.test, material.test_rows)
    answers = Answers(yardstick.task, yardstick.truth, predicted, *rows, calibration, before)
    evaluation: Evaluation = evaluate_against(yardstick, predicted, calibration.threshold)
    return StoredEvaluation(evaluation, diagnose_answers(answers, material.schema, yardstick.headline))


def _finish(stage: Stage, info: RunInfo, outcome: Outcome, evaluation: StoredEvaluation) -> None:
    """Write the weights and the evaluation; run.json, last, says that the run is complete."""
    folder = stage.folder
    write_atomic(folder / "weights.safetensors", save(member_files.weights_of(outcome.module)))
    write_part(folder, "evaluation.json", evaluation)
    if outcome.ensemble is not None:
        write_part(folder, "members.json", outcome.ensemble)
    if outcome.contest is not None:
        write_part(folder, CONTEST, outcome.contest)
    parameters = sum(weight.numel() for weight in outcome.module.parameters())
    info = replace(info, parameters=parameters, stopped_because=outcome.ended, notes=outcome.notes)
    write_part(folder, "run.json", info)
    member_files.remove(folder / member_files.MEMBERS)
    for name, measure in evaluation.evaluation.metrics.items():
        Journal(folder).write(f"test {name} {measure.value} ({measure.low} to {measure.high})")
