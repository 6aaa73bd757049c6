"""Treating a run: what the doctor found is mended, where that is proven to help, in a new recipe."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.diagnosis import TREATMENT, note_findings
from netwright.api.options import parse_budget
from netwright.api.tables import Run, write_report
from netwright.core.errors import RunError
from netwright.core.files import write_atomic
from netwright.core.values import Choice
from netwright.training.run_directory import part_if_there, write_part

if TYPE_CHECKING:
    from netwright.core.interrupts import StopSignal
    from netwright.diagnosis.case import Case
    from netwright.diagnosis.from_run.tables import Guessed
    from netwright.diagnosis.treatment.course import Treated
    from netwright.diagnosis.treatment.patient import RunPatient
    from netwright.diagnosis.treatment.values import Treatment, TrialRow
    from netwright.training.recipe import Recipe
    from netwright.training.stage import Stage

TREATED = "treated.toml"
SECONDS = 120.0  # that a treatment takes where nothing is said
TRIALS = 48.0  # that a budget holds, about


def treat(
    path: str | Path,
    budget: str | int | float | None = None,
    *,
    source: Any = None,
    tell: "Callable[[TrialRow], object]" = lambda _: None,
    stop: "StopSignal | None" = None,
) -> "Treatment":
    """Try the remedies of what is wrong with a run, and keep those that are proven to help.

    Each is trained on the run's own rows from at least three seeds, beside the run as it is and beside random changes
    of equal budget, and judged on the validation rows. treatment.json and, where something is kept, treated.toml are
    written to the run, and its report shows the trials.

    Args:
        path: the directory of a run on a table, images, texts or series as rows.
        budget: about how long it may take, "2m" or seconds; None: two minutes.
        source: the frame or arrays again, where the run was fitted on data in memory.
        tell: called with each trial as it ends.
        stop: asked between trials; a signal to it ends the treatment, and nothing is written.

    Raises:
        RunError: the run is unfinished or damaged, its data changed, or it has no records of steps.
        Interrupted: a signal came.
    """
    from netwright.core.devices import cpu_threads
    from netwright.diagnosis.doctor import diagnose
    from netwright.diagnosis.from_run import case_of_run
    from netwright.diagnosis.treatment.course import treat as treat_patient
    from netwright.training.reopening import reopen
    from netwright.training.run_directory import locked

    began, folder = time.monotonic(), Path(path)
    _refuse_other_kinds(folder)
    case = case_of_run(folder)
    stage = reopen(folder, source)
    seconds = parse_budget(budget) or SECONDS
    with locked(folder), cpu_threads(stage.recipe.training.threads):
        patient = replace(_patient(stage, case, seconds), stop=stop, deadline=began + seconds)
        chance = stage.recipe.training.seed
        treated = treat_patient(patient, diagnose(case), case, tell=tell, chance=chance)
        _store(folder, stage, treated)
    return treated.treatment


def _refuse_other_kinds(folder: Path) -> None:
    from netwright.api.series import is_forecast_run
    from netwright.training.language.run import is_language_run
    from netwright.training.run_directory import check_run

    check_run(folder)
    if is_forecast_run(folder) or is_language_run(folder):
        raise RunError(
            f"{folder}: expected a run on rows of a table, got a forecast or a language model, which are diagnosed "
            "but not treated; change its recipe by hand and fit again"
        )


def _patient(stage: "Stage", case: "Case", seconds: float) -> "RunPatient":
    from netwright.diagnosis.from_run.tables import Guessed, guessed_in
    from netwright.diagnosis.treatment.patient import RunPatient, metric_for, share_of_a_trial
    from netwright.training.run_directory import StoredEvaluation, read_epochs

    if not len(stage.parts.validation):
        raise RunError(f"{stage.folder} has no validation rows to judge remedies by; fit again with some")
    stored = part_if_there(stage.folder, "evaluation.json", StoredEvaluation)
    guessed = Guessed() if stored is None else guessed_in(stored)
    headline = "accuracy" if stored is None else stored.evaluation.headline
    rows = case.optimizing.rows or len(stage.parts.train)
    share = share_of_a_trial(stage.recipe, read_epochs(stage.folder), rows, seconds / TRIALS)
    metric = metric_for(stage, headline)
    return RunPatient(stage, guessed, metric, share, reference=_reference(guessed, metric))


def _reference(guessed: "Guessed", metric: str) -> float | None:
    """Return the best that simple models reach on the test rows, for a network to come near."""
    measured = (metrics[metric].value for metrics in guessed.baselines.values() if metric in metrics)
    return max((value for value in measured if value is not None), default=None)


def _store(folder: Path, stage: "Stage", treated: "Treated[Recipe]") -> None:
    """Write the trials and, where something is proven, the recipe; the report last."""
    from netwright.training.settings import recipe_to_toml

    write_part(folder, TREATMENT, treated.treatment)
    if treated.treatment.kept:
        kept = [row for row in treated.treatment.rows if row.kept]
        reasons = tuple(_reason(stage, treated, name, kept) for name in _changed(stage, treated))
        old = (choice for choice in stage.info.choices if choice.name not in {one.name for one in reasons})
        text = recipe_to_toml(treated.plan, (*old, *reasons), stage.material.schema)
        write_atomic(folder / TREATED, text.encode())
    else:
        (folder / TREATED).unlink(missing_ok=True)
    if (folder / "evaluation.json").exists():
        note_findings(folder)
        write_report(Run(folder))


def _changed(stage: "Stage", treated: "Treated[Recipe]") -> list[str]:
    """Return the settings that differ from the run's recipe, by dotted name."""
    from netwright.training.recipe import leaves

    before = leaves(stage.recipe)
    return [name for name, value in leaves(treated.plan).items() if name in before and before[name] != value]


def _reason(stage: "Stage", treated: "Treated[Recipe]", name: str, kept: "list[TrialRow]") -> Choice:
    from netwright.diagnosis.illness import Change
    from netwright.diagnosis.treatment.recipes import settings_of
    from netwright.training.recipe import leaves

    task = stage.preparation.task
    sets = {
        setting: row
        for row in kept
        for change in row.changes
        for setting in settings_of(Change(*change, ""), stage.recipe, task) or {}
    }
    row = sets.get(name, kept[-1])
    return Choice(name, leaves(treated.plan)[name], f"treatment of {row.finding}: {row.verdict}")
