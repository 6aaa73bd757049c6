"""Planted faults and real failing programs under treatment: what is kept, and how far it goes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from netwright.diagnosis.programs import Program, train_program
from netwright.diagnosis.treatment.judging import Scores, compare, mean, typical
from netwright.diagnosis.treatment.programs import as_treated, floor_of, score_of, treat_program
from netwright.diagnosis.treatment.values import Treatment
from netwright.diagnosis.watching import watch
from patients.failing import FAILING
from patients.planted import HARM, planted
from patients.visit import held_out, look

SEEDS = 3
POINTS = 0.02  # of a score: within two points of the healthy twin


@dataclass(frozen=True)
class Treated:
    """How one treatment ended."""

    kind: str  # treated, or real treated
    name: str
    base: str
    setting: str
    held_out: bool
    findings: tuple[str, ...]
    kept: tuple[str, ...]
    before: float | None
    after: float | None
    sound: float | None  # mean score of the healthy twin, under the same seeds
    best_random: float | None
    typical_random: float | None
    trials: int
    seconds: float
    cured: bool  # within two points of the healthy twin
    proven: bool
    over_random: bool  # better than a random change in the mean, or there as good as the best can be
    rows: tuple[dict[str, Any], ...]

    @property
    def row(self) -> dict[str, Any]:
        return asdict(self)


def treatments(every: int = 1) -> Iterator[Treated]:
    """Yield a treatment of each fault in its settings, where it does harm: of all, or of every so many."""
    for fault, sound, setting, sick in planted(every):
        outcome, findings, _ = look(sick)
        healthy = train_program(sound, 0).score
        if not any(finding.serious for finding in findings):
            continue
        if healthy is not None and outcome.score is not None and healthy - outcome.score < HARM:
            continue
        yield treat(sick, sound, (fault.name, sound.name, str(setting)), findings, outcome.case)


def real() -> Iterator[Treated]:
    """Yield a treatment of each real failing program; those have no healthy twin."""
    for name, patient in FAILING.items():
        program = patient.make()
        outcome, findings, _ = look(program)
        yield treat(program, None, (name, "", ""), findings, outcome.case)


def treat(sick: Program, sound: Program | None, words: tuple[str, str, str], findings: Any, case: Any) -> Treated:
    treatment = treat_program(sick, findings, case=case, watch=partial(watch, probe=False))
    floor = floor_of(sick)
    twin = mean_score(sound) if sound else treatment.best_seen
    after = mean_score(as_treated(sick, treatment)) if sound else treatment.after
    return Treated(
        "treated" if sound else "real treated",
        *words,
        held_out(*words),
        treatment.findings,
        treatment.kept_words,
        treatment.before,
        after,
        twin,
        treatment.best_random,
        mean(typical(controls_of(treatment), floor)),
        len(treatment.rows),
        treatment.seconds,
        after is not None and twin is not None and after >= twin - POINTS,
        any(row.kept for row in treatment.rows),
        over_random(treatment, floor),
        tuple(asdict(row) for row in treatment.rows),
    )


def mean_score(program: Program) -> float:
    """Return the mean score of three trainings of the full length; one that is not finite counts as the worst."""
    scores = [score_of(program, seed) for seed in range(SEEDS)]
    found = mean(scores, floor_of(program))
    assert found is not None
    return found


def over_random(treatment: Treatment, floor: float) -> bool:
    """Whether what was kept is better than the random changes are in the mean, seed by seed."""
    kept, controls = [row for row in treatment.rows if row.kept], controls_of(treatment)
    if not kept or not controls:
        return False
    usual = typical(controls, floor)
    return compare(usual, kept[-1].scores[: len(usual)], floor).gain > 0.0


def controls_of(treatment: Treatment) -> list[Scores]:
    """Return the scores of each random change."""
    return [row.scores for row in treatment.rows if row.kind == "random change"]
