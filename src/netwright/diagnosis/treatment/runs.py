"""Treating a run: remedies of what was found, tried on paired seeds beside random changes, and kept where proven."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from netwright.core.findings import Finding
from netwright.diagnosis.case import Case
from netwright.diagnosis.doctor import diagnose
from netwright.diagnosis.illness import Change
from netwright.diagnosis.treatment.controls import random_changes
from netwright.diagnosis.treatment.judging import compare, conclusion, judge, mean, near, undecided
from netwright.diagnosis.treatment.programs import MOST_SEEDS, Remedy, remedies
from netwright.diagnosis.treatment.values import Treatment, TrialKind, TrialRow
from netwright.training.recipe import Recipe

MOST_REMEDIES = 6  # different ones that are tried in a round
MOST_ROUNDS = 4
MOST_DRAWS = 200  # random changes that are drawn to find one that applies
UNITS = {"r2": "explained variance (r2)"}


@runtime_checkable
class Patient(Protocol):
    """What can be treated: `RunPatient`, or anything that trains recipes and scores them."""

    @property
    def name(self) -> str:
        """What is treated."""

    @property
    def recipe(self) -> Recipe:
        """The recipe as it was."""

    @property
    def metric(self) -> str:
        """What scores are; higher is better."""

    @property
    def floor(self) -> float:
        """The worst score."""

    @property
    def reference(self) -> float | None:
        """The score of simple models on rows of the same kind."""

    @property
    def late(self) -> bool:
        """Whether the time is used up."""

    def changed(self, recipe: Recipe, change: Change) -> Recipe | None:
        """Return a recipe with a change; None where it does not apply."""

    def scores(self, recipe: Recipe, seeds: Sequence[int]) -> list[float | None]:
        """Train a recipe from each seed; None: it diverged."""

    def case(self, recipe: Recipe, seed: int) -> Case:
        """Train a recipe and return its case."""


@dataclass(frozen=True)
class Treated:
    """What came of a treatment."""

    treatment: Treatment
    recipe: Recipe  # with what is proven to help; as it was where nothing is


@dataclass(eq=False)
class Course:
    """A treatment while it goes on."""

    patient: Patient
    sick: Recipe
    seeds: list[int]
    draws: Iterator[Change]
    tell: Callable[[TrialRow], object]
    base: Recipe
    base_scores: list[float | None] = field(default_factory=list)
    kept: list[Remedy] = field(default_factory=list)
    rows: list[TrialRow] = field(default_factory=list)
    controls: list[TrialRow] = field(default_factory=list)
    left: tuple[str, ...] | None = None  # codes found in what is kept; None: not looked yet

    @property
    def best(self) -> float | None:
        """The highest mean that was seen, that of simple models included."""
        means = [row.mean for row in (*self.rows, *self.controls)] + [self.patient.reference]
        return max((mean for mean in means if mean is not None), default=None)

    def add(self, row: TrialRow) -> None:
        self.rows.append(row)
        self.tell(row)


def treat_run(
    patient: Patient,
    findings: Sequence[Finding],
    case: Case,
    seeds: int = 3,
    tell: Callable[[TrialRow], object] = lambda _: None,
) -> Treated:
    """Try the remedies of findings on a run's recipe and keep those that are proven to help.

    Each is trained from the same seeds as the recipe as it is, for as many epochs, and beside it a random change. What
    is proven best is kept, and others are added to it, until nothing serious is found any more, nothing more is proven,
    or the time is used up.

    Args:
        patient: the run.
        findings: of the doctor, causes first.
        case: what they were read from; its signs may name better remedies than their illnesses do.
        seeds: paired ones, at least 3.
        tell: called with each trial as it ends.

    Raises:
        Interrupted: a signal came.
    """
    began = time.monotonic()
    sick = replace(patient.recipe, contenders={})
    course = Course(patient, sick, list(range(max(3, seeds))), random_changes(sick.training.seed), tell, sick)
    waiting = list(remedies([finding for finding in findings if finding.serious], case))
    if waiting:
        course.base_scores = patient.scores(sick, course.seeds)
        course.add(_first_row(course))
    for _ in range(MOST_ROUNDS):
        if not waiting or patient.late or _is_well(course) or not _round(course, waiting):
            break
    return Treated(_concluded(course, findings, time.monotonic() - began), course.base)


def _first_row(course: Course) -> TrialRow:
    scores = tuple(course.base_scores)
    return TrialRow("as it is", "as it is", scores=scores, mean=mean(scores, course.patient.floor))


def _round(course: Course, waiting: list[Remedy]) -> bool:
    """Try what is waiting on what there is, and keep the best that is proven; say whether one was."""
    tried: list[tuple[Remedy, Recipe, TrialRow]] = []
    for remedy in list(waiting):
        if course.patient.late or len(tried) == MOST_REMEDIES:
            break
        other = course.patient.changed(course.base, remedy.change)
        if other is None:
            waiting.remove(remedy)
            continue
        _add_control(course, len(tried))
        row = _trial(course, remedy, other)
        course.tell(row)
        tried.append((remedy, other, row))
        if row.kept and course.patient.reference is not None and near(row.mean, course.patient.reference):
            break
    proven = [entry for entry in tried if entry[2].kept]
    best = max(proven, key=lambda entry: entry[2].mean or course.patient.floor, default=None)
    course.rows.extend(_settled(row, best is not None and row is best[2]) for _, _, row in tried)
    if best is None:
        return False
    _keep(course, waiting, best)
    return True


def _settled(row: TrialRow, kept: bool) -> TrialRow:
    """Return a trial as its round ended: of several that are proven the best is kept."""
    if kept or not row.kept:
        return row
    return replace(row, kept=False, verdict=f"not needed: {row.verdict.removeprefix('kept: ')}; another did more")


def _add_control(course: Course, tried: int) -> None:
    """Try one random change for each remedy of a round, on the recipe as it was."""
    if len(course.controls) > tried:
        return
    for change in (next(course.draws) for _ in range(MOST_DRAWS)):
        other = course.patient.changed(course.sick, change)
        if other is None:
            continue
        scores = tuple(course.patient.scores(other, course.seeds))
        row = TrialRow("random change", change.words, ((change.setting, change.value),), "", scores)
        course.controls.append(replace(row, mean=mean(scores, course.patient.floor)))
        course.tell(course.controls[-1])
        return


def _trial(course: Course, remedy: Remedy, other: Recipe) -> TrialRow:
    """Train a changed recipe from the seeds, from more of them while its gain is undecided."""
    floor = course.patient.floor
    scores = course.patient.scores(other, course.seeds)
    while undecided(compare(course.base_scores, scores, floor)) and len(course.seeds) < MOST_SEEDS:
        if course.patient.late:
            break
        course.seeds.append(len(course.seeds))
        course.base_scores += course.patient.scores(course.base, course.seeds[-1:])
        scores += course.patient.scores(other, course.seeds[len(scores) :])
    kind: TrialKind = "added remedy" if course.kept else "remedy"
    change = remedy.change
    row = TrialRow(kind, change.words, ((change.setting, change.value),), remedy.finding, tuple(scores))
    return judge(row, course.base_scores, [control.scores for control in course.controls], floor)


def _keep(course: Course, waiting: list[Remedy], best: tuple[Remedy, Recipe, TrialRow]) -> None:
    """Go on from what is proven best."""
    remedy, recipe, row = best
    course.base, course.base_scores = recipe, list(row.scores)
    course.base_scores += course.patient.scores(recipe, course.seeds[len(row.scores) :])
    course.kept.append(remedy)
    course.left = None
    waiting[:] = [other for other in waiting if other.change.setting != remedy.change.setting]


def _is_well(course: Course) -> bool:
    """Whether nothing serious is found in what is kept, and nothing that was tried does better."""
    if not course.kept or not near(mean(course.base_scores, course.patient.floor), course.best):
        return False
    return not _left_over(course)


def _left_over(course: Course) -> tuple[str, ...]:
    """Return the codes of errors and warnings in the recipe as it is kept."""
    if course.left is None:
        found = diagnose(course.patient.case(course.base, course.sick.training.seed))
        course.left = tuple(finding.code for finding in found if finding.serious)
    return course.left


def _concluded(course: Course, findings: Sequence[Finding], seconds: float) -> Treatment:
    before = course.rows[0].mean if course.rows else None
    after = mean(course.base_scores, course.patient.floor) if course.rows else None
    words = tuple(remedy.change.words for remedy in course.kept)
    unit = UNITS.get(course.patient.metric, course.patient.metric)
    serious = tuple(finding.code for finding in findings if finding.serious)
    left = _left_over(course) if course.kept else serious
    told = conclusion(before, after, words, unit) if course.rows else "Nothing is wrong that a recipe could mend."
    return Treatment(
        subject=course.patient.name,
        findings=tuple(finding.code for finding in findings),
        unit=unit,
        seeds=tuple(course.seeds),
        rows=(*course.rows, *course.controls),
        kept=tuple((remedy.change.setting, remedy.change.value) for remedy in course.kept),
        kept_words=words,
        before=before,
        after=after,
        best_random=max((row.mean for row in course.controls if row.mean is not None), default=None),
        best_seen=course.best,
        left=left,
        healthy=not left,
        seconds=seconds,
        verdict=told,
    )
