"""A PyTorch program as a patient: its plans are programs, shortened and judged on rows held out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from netwright.core.findings import Finding
from netwright.diagnosis.altering import apply
from netwright.diagnosis.altering.data import with_spare_rows
from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change
from netwright.diagnosis.probes.probing import FOREIGN, shortened
from netwright.diagnosis.probes.reference import reference
from netwright.diagnosis.programs.program import Program
from netwright.diagnosis.programs.running import Watch, train_program
from netwright.diagnosis.treatment.course import treat
from netwright.diagnosis.treatment.judging import mean
from netwright.diagnosis.treatment.remedies import remedies
from netwright.diagnosis.treatment.values import Treatment

FEW_ROWS = 40  # below which no rows are held out: scores are of the training rows
HELD_OUT = 0.25
LATE = 2.0  # times the budget, after which nothing more is tried, should the estimate of a step be far off
TRAININGS = 60.0  # a budget holds about that many
LONG = 0.5  # of a program's steps, that say enough of the rate that suits it
UNITS = {"values": "explained variance", "labels": "micro F1"}


@dataclass(frozen=True)
class ProgramPatient:
    """What the treatment of a program needs to try a change."""

    plan: Program
    reference: float | None
    began: float  # of `time.perf_counter`
    seconds: float  # that it may take, about
    shortened: bool = False  # trials are much shorter than the program
    watch: Watch | None = None

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def unit(self) -> str:
        return UNITS.get(self.plan.task, "accuracy")

    @property
    def floor(self) -> float:
        return floor_of(self.plan)

    @property
    def can_be_tuned(self) -> bool:
        return not self.shortened and time.perf_counter() < self.began + self.seconds

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.began + LATE * self.seconds

    def changed(self, plan: Program, change: Change) -> Program | None:
        """Return a program with a change; None where it does not apply, or its first step fails."""
        other = apply(plan, change)
        return other if other is not None and runs(other) else None

    def scores(self, plan: Program, seeds: Sequence[int]) -> list[float | None]:
        return [score_of(plan, seed) for seed in seeds]

    def case(self, plan: Program) -> Case | None:
        return train_program(plan, 0, self.watch).case if self.watch is not None else None


def treat_program(
    program: Program,
    findings: Sequence[Finding],
    seconds: float = 60.0,
    *,
    seeds: int = 3,
    case: Case | None = None,
    watch: Watch | None = None,
) -> Treatment:
    """Try the remedies of findings on a program, in short trainings, and keep those that are proven to help.

    Args:
        program: what to treat; rows are held out of it where it has no validation rows.
        findings: causes first.
        seconds: about how long it may take.
        seeds: paired seeds, at least 3.
        case: what the findings were read from.
        watch: `netwright.diagnosis.watching.watch`, so that what is left after treatment can be looked for.
    """
    began = time.perf_counter()
    whole = with_held_out(program)
    if any("mix" in remedy.settings for remedy in remedies(findings, case)):
        whole = with_spare_rows(whole)
    small = shortened(whole, seconds / TRAININGS)
    simple = mean([score_of(reference(small), seed) for seed in range(max(3, seeds))], floor_of(small))
    patient = ProgramPatient(small, simple, began, seconds, small.steps < LONG * whole.steps, watch)
    return treat(patient, findings, case, seeds).treatment


def as_treated(program: Program, treatment: Treatment) -> Program:
    """Return a program with what its treatment kept, at its own length; judged as the trials were."""
    whole = with_held_out(program)
    treated = with_spare_rows(whole) if any(setting == "mix" for setting, _ in treatment.kept) else whole
    for setting, value in treatment.kept:
        treated = apply(treated, Change(setting, value, "")) or treated
    return treated


def with_held_out(program: Program) -> Program:
    """Return the program with every fourth row held out, where it has no validation rows and enough rows."""
    rows = program.rows
    if program.validation is not None or rows.rows < FEW_ROWS:
        return program
    order = torch.randperm(rows.rows, generator=torch.Generator().manual_seed(0))
    held = round(HELD_OUT * rows.rows)
    return program.but(rows=rows.at(order[held:].sort()[0]), validation=rows.at(order[:held]))


def floor_of(program: Program) -> float:
    return -1.0 if program.task == "values" else 0.0


def score_of(program: Program, seed: int) -> float | None:
    """Return the score of one training; None where it fails, as of a change that does not suit some later rows."""
    try:
        return train_program(program, seed).score
    except FOREIGN:
        return None


def runs(program: Program) -> bool:
    """Whether a program's first step works: a random loss may not take the outputs' shape."""
    try:
        train_program(program.but(most_steps=1), 0)
    except (RuntimeError, ValueError, IndexError, TypeError):
        return False
    return True
