"""The course of a treatment: remedies of what was found, tried on paired seeds beside random changes.

Nothing here knows what is treated, a recipe or a PyTorch program: a `Patient` changes its plan and scores it.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar, runtime_checkable

from netwright.core.findings import Finding
from netwright.diagnosis.case import Case
from netwright.diagnosis.changes import FACTORS
from netwright.diagnosis.doctor import diagnose
from netwright.diagnosis.illness import Change
from netwright.diagnosis.treatment.controls import random_changes
from netwright.diagnosis.treatment.judging import LEAST_GAIN, compare, conclusion, judge, mean, near, undecided
from netwright.diagnosis.treatment.remedies import PARTNERS, Remedy, remedies, together
from netwright.diagnosis.treatment.values import Treatment, TrialKind, TrialRow

MOST_REMEDIES = 8  # different ones that are tried in a round
MOST_TOGETHER = 12  # that are tried where none helps alone
MOST_ROUNDS = 6
MOST_DRAWS = 200  # random changes that are drawn to find one that applies
FEWEST_CONTROLS = 3  # random changes that the first remedy is held against: one alone may be lucky
MOST_CONTROLS = 6
MOST_SEEDS = 6  # where three leave a gain undecided
PERFECT = 1.0  # the highest score
CLOSE = 0.01  # of a score: what is closer to the best seen is not treated on

Plan = TypeVar("Plan")


@runtime_checkable
class Patient(Protocol[Plan]):
    """What can be treated: anything that carries out plans and scores them."""

    @property
    def name(self) -> str:
        """What is treated."""

    @property
    def plan(self) -> Plan:
        """The training as it was."""

    @property
    def unit(self) -> str:
        """What scores are; higher is better."""

    @property
    def floor(self) -> float:
        """The worst score."""

    @property
    def reference(self) -> float | None:
        """The score of simple models on rows of the same kind."""

    @property
    def can_be_tuned(self) -> bool:
        """Whether there is time, and trials are as long as the training: the rate of short ones may not suit it."""

    @property
    def late(self) -> bool:
        """Whether the time is used up."""

    def changed(self, plan: Plan, change: Change) -> Plan | None:
        """Return a plan with a change; None where it does not apply."""

    def scores(self, plan: Plan, seeds: Sequence[int]) -> list[float | None]:
        """Train a plan from each seed; None: it diverged."""

    def case(self, plan: Plan) -> Case | None:
        """Train a plan and return its case; None where it cannot be watched."""


@dataclass(frozen=True)
class Treated(Generic[Plan]):
    """What came of a treatment."""

    treatment: Treatment
    plan: Plan  # with what is proven to help; as it was where nothing is


@dataclass(frozen=True)
class Tried(Generic[Plan]):
    """A remedy, what it makes of the plan, and how that did."""

    remedy: Remedy
    plan: Plan
    row: TrialRow


@dataclass(eq=False)
class Course(Generic[Plan]):
    """A treatment while it goes on."""

    patient: Patient[Plan]
    seeds: list[int]
    fewest: int  # of the seeds that every trial has
    draws: Iterator[Change]
    tell: Callable[[TrialRow], object]
    base: Plan
    waiting: list[Remedy]
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

    @property
    def score(self) -> float | None:
        return mean(self.base_scores, self.patient.floor)

    def applicable(self) -> Iterator[tuple[Remedy, Plan]]:
        """Yield what is waiting and applies to what there is."""
        found = ((remedy, self.changed(remedy)) for remedy in self.waiting)
        return ((remedy, plan) for remedy, plan in found if plan is not None)

    def changed(self, remedy: Remedy) -> Plan | None:
        plan: Plan | None = self.base
        for change in remedy.changes:
            plan = None if plan is None else self.patient.changed(plan, change)
        return plan


def treat(
    patient: Patient[Plan],
    findings: Sequence[Finding],
    case: Case | None,
    seeds: int = 3,
    tell: Callable[[TrialRow], object] = lambda _: None,
    chance: int = 0,
) -> Treated[Plan]:
    """Try the remedies of findings on a training and keep those that are proven to help.

    Each is trained from the same seeds as the training as it is, for as long, and beside it a random change. What is
    proven is kept, the cause's before its symptoms'; then what is found in it is treated in turn, until nothing
    serious is found any more and the score is close to the best seen, nothing more is proven, or the time is used up.
    Where no remedy helps alone, some are tried together, and only those parts of them stay that are needed. What was
    chosen for the sick training may not suit the mended one: its rate and length are tried again at the end.

    Args:
        patient: what is treated.
        findings: of the doctor, causes first.
        case: what they were read from; its signs may name better remedies than their illnesses do.
        seeds: paired ones, at least 3.
        tell: called with each trial as it ends.
        chance: seed of the random changes.

    Raises:
        Interrupted: a signal came.
    """
    began = time.monotonic()
    serious = any(finding.serious for finding in findings)
    waiting = list(remedies(findings, case)) if serious else []
    fewest = max(3, seeds)
    course = Course(patient, list(range(fewest)), fewest, random_changes(chance), tell, patient.plan, waiting)
    if waiting:
        course.base_scores = patient.scores(course.base, course.seeds)
        course.rows.append(_first_row(course))
        tell(course.rows[0])
    for _ in range(MOST_ROUNDS):
        if patient.late or not course.waiting or _is_well(course) or not _round(course):
            break
    _tune(course)
    return Treated(_concluded(course, findings, time.monotonic() - began), course.base)


def _first_row(course: Course[Plan]) -> TrialRow:
    return TrialRow("as it is", "as it is", scores=tuple(course.base_scores), mean=course.score)


def _tune(course: Course[Plan]) -> None:
    """Try once what any mended training may want, and what was left untried, one of a finding; keep the best."""
    if not course.kept or not course.patient.can_be_tuned or near(course.score, PERFECT, LEAST_GAIN):
        return
    untried = {remedy.finding: remedy for remedy in reversed(course.waiting)} if _is_well(course) else {}
    partners = (Remedy((partner,), "") for partner in PARTNERS)
    course.waiting = list({one.values: one for one in (*reversed(untried.values()), *partners)}.values())
    first = len(course.rows)
    proven = [entry for entry in _alone(course, None) if entry.row.kept]
    _ended(course, first, max(proven, key=_height, default=None))


def _round(course: Course[Plan]) -> bool:
    """Try what is waiting on what there is, and keep the best that is proven; say whether one was."""
    first, goal = len(course.rows), course.best if course.patient.reference is not None else None
    tried = list(_alone(course, goal))
    best = _best([entry for entry in tried if entry.row.kept]) or _joint(course, [entry.remedy for entry in tried])
    return _ended(course, first, best)


def _ended(course: Course[Plan], first: int, best: Tried[Plan] | None) -> bool:
    """End a round whose trials begin at the row `first`: go on from the best; say whether there is one."""
    course.rows[first:] = [_settled(row, best) for row in course.rows[first:]]
    if best is not None:
        _keep(course, best)
    return best is not None


def _alone(course: Course[Plan], goal: float | None) -> Iterator[Tried[Plan]]:
    """Yield each remedy's trial; no more where one comes close to the goal."""
    for remedy, plan in itertools.islice(course.applicable(), MOST_REMEDIES):
        if course.patient.late:
            return
        kind: TrialKind = "added remedy" if course.kept else "remedy"
        entry = Tried(remedy, plan, _trial(course, remedy, plan, kind))
        yield entry
        if entry.row.kept and near(entry.row.mean, goal, CLOSE):
            return


def _best(proven: Sequence[Tried[Plan]]) -> Tried[Plan] | None:
    """Return the best of the first finding's: those of causes were tried first, and go before those of symptoms."""
    own = [entry for entry in proven if entry.remedy.finding == proven[0].remedy.finding]
    return max(own, key=_height, default=None)


def _height(entry: Tried[Plan]) -> float:
    return -float("inf") if entry.row.mean is None else entry.row.mean


def _joint(course: Course[Plan], candidates: Sequence[Remedy]) -> Tried[Plan] | None:
    """Return what is proven together, where nothing is alone: the best with one of each finding, or the first pair."""
    proven: list[Tried[Plan]] = []
    for count, remedy in enumerate(together(candidates)):
        pair = len(remedy.changes) == 2
        if course.patient.late or count == MOST_TOGETHER or (pair and proven):
            break
        plan = course.changed(remedy)
        if plan is None:
            continue
        entry = Tried(remedy, plan, _trial(course, remedy, plan, "remedies together"))
        proven += [entry] if entry.row.kept else []
        if pair and proven:
            break
    return _pruned(course, max(proven, key=_height)) if proven else None


def _pruned(course: Course[Plan], entry: Tried[Plan]) -> Tried[Plan]:
    """Return what is left of remedies together when each that can be left out is; pairs were tried apart."""
    for change in entry.remedy.changes:
        changes = tuple(other for other in entry.remedy.changes if other is not change)
        fewer = Remedy(changes, entry.remedy.finding)
        plan = course.changed(fewer) if len(changes) > 1 and not course.patient.late else None
        if plan is None:
            continue
        row = _trial(course, fewer, plan, "remedies together")
        if row.kept and compare(row.scores, entry.row.scores, course.patient.floor).gain < LEAST_GAIN:
            entry = Tried(fewer, plan, row)
    return entry


def _settled(row: TrialRow, best: Tried[Plan] | None) -> TrialRow:
    """Return a trial as its round ended: of several that are proven one is kept."""
    if not row.kept or (best is not None and row is best.row):
        return row
    return replace(row, kept=False, verdict=f"not needed: {row.verdict.removeprefix('kept: ')}; another is kept")


def _trial(course: Course[Plan], remedy: Remedy, plan: Plan, kind: TrialKind) -> TrialRow:
    """Train a changed plan from the seeds, from more of them while its gain is undecided."""
    floor = course.patient.floor
    _add_controls(course)
    scores = course.patient.scores(plan, course.seeds[: course.fewest])
    while undecided(compare(course.base_scores, scores, floor)) and len(scores) < MOST_SEEDS:
        if course.patient.late:
            break
        if len(scores) == len(course.seeds):
            course.seeds.append(len(course.seeds))
            course.base_scores += course.patient.scores(course.base, course.seeds[-1:])
        scores += course.patient.scores(plan, course.seeds[len(scores) : len(scores) + 1])
    row = TrialRow(kind, remedy.words, remedy.values, remedy.finding, tuple(scores))
    judged = judge(row, course.base_scores, [control.scores for control in course.controls], floor)
    course.rows.append(judged)
    course.tell(judged)
    return judged


def _add_controls(course: Course[Plan]) -> None:
    """Have a random change of the training as it was for each of the first remedies, and some at first."""
    trials = sum(row.kind not in ("as it is", "random change") for row in course.rows)
    wanted = min(MOST_CONTROLS, max(FEWEST_CONTROLS, trials + 1))
    while len(course.controls) < wanted and (found := _control(course)) is not None:
        course.controls.append(found)
        course.tell(found)


def _control(course: Course[Plan]) -> TrialRow | None:
    for change in (next(course.draws) for _ in range(MOST_DRAWS)):
        plan = course.patient.changed(course.patient.plan, change)
        if plan is not None:
            scores = tuple(course.patient.scores(plan, course.seeds[: course.fewest]))
            row = TrialRow("random change", change.words, ((change.setting, change.value),), "", scores)
            return replace(row, mean=mean(scores, course.patient.floor))
    return None


def _keep(course: Course[Plan], best: Tried[Plan]) -> None:
    """Go on from what is proven best: with what is found in it now, and what may go further."""
    scores = list(best.row.scores)
    course.base, course.base_scores = best.plan, scores
    course.base_scores += course.patient.scores(best.plan, course.seeds[len(scores) :])
    course.kept.append(best.remedy)
    case = course.patient.case(course.base)
    found = diagnose(case) if case is not None else ()
    course.left = tuple(finding.code for finding in found if finding.serious)
    further = [Remedy((change,), best.remedy.finding) for change in best.remedy.changes if change.setting in FACTORS]
    fresh = remedies([finding for finding in found if finding.serious], case)
    course.waiting = _once([*fresh, *further, *course.waiting], best.remedy, further)


def _once(waiting: Iterable[Remedy], taken: Remedy, further: Sequence[Remedy]) -> list[Remedy]:
    """Return each remedy once, without others that set what was set just now."""
    again = [remedy.values for remedy in further]
    known: dict[tuple[tuple[str, object], ...], Remedy] = {}
    for remedy in waiting:
        if remedy.values in again or not set(remedy.settings) & set(taken.settings):
            known.setdefault(remedy.values, remedy)
    return list(known.values())


def _is_well(course: Course[Plan]) -> bool:
    """Whether nothing serious is found in what is kept, and it is close to the best that was seen."""
    return bool(course.kept) and not course.left and near(course.score, course.best, CLOSE)


def _concluded(course: Course[Plan], findings: Sequence[Finding], seconds: float) -> Treatment:
    before, after = (course.rows[0].mean, course.score) if course.rows else (None, None)
    words = tuple(remedy.words for remedy in course.kept)
    serious = tuple(finding.code for finding in findings if finding.serious)
    left = (course.left or ()) if course.kept else serious
    unit = course.patient.unit
    told = conclusion(before, after, words, unit) if course.rows else "Nothing is wrong that a change could mend."
    return Treatment(
        subject=course.patient.name,
        findings=tuple(finding.code for finding in findings),
        unit=unit,
        seeds=tuple(course.seeds),
        rows=(*course.rows, *course.controls),
        kept=tuple(value for remedy in course.kept for value in remedy.values),
        kept_words=words,
        before=before,
        after=after,
        best_random=max((row.mean for row in course.controls if row.mean is not None), default=None),
        best_seen=course.best,
        left=left,
        healthy=not left and (not course.rows or near(after, course.best)),
        seconds=seconds,
        verdict=told,
    )
