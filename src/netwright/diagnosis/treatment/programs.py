"""Treating a PyTorch program: remedies of what was found, tried on paired seeds beside random changes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch

from netwright.core.findings import Finding
from netwright.diagnosis.altering import apply
from netwright.diagnosis.case import Case
from netwright.diagnosis.doctor import diagnose, examine
from netwright.diagnosis.illness import Change
from netwright.diagnosis.illnesses import ILLNESSES
from netwright.diagnosis.probes.probing import FOREIGN, shortened
from netwright.diagnosis.probes.reference import reference
from netwright.diagnosis.programs.program import Program
from netwright.diagnosis.programs.running import Watch, train_program
from netwright.diagnosis.treatment.controls import random_changes
from netwright.diagnosis.treatment.judging import compare, conclusion, judge, mean, near, undecided
from netwright.diagnosis.treatment.values import Treatment, TrialKind, TrialRow

MOST_REMEDIES = 8  # different ones that are tried in a round
MOST_ROUNDS = 3
FEWEST_CONTROLS = 3  # random changes that the first remedy is held against: one alone may be lucky
MOST_SEEDS = 6  # where three leave a gain undecided
FEW_ROWS = 40  # below which no rows are held out: scores are of the training rows
HELD_OUT = 0.25
LATE = 3.0  # times the budget, after which nothing more is tried, should the estimate of a step be far off
TRAININGS = 60.0  # a budget holds about that many
UNITS = {"values": "explained variance", "labels": "micro F1"}


@dataclass(frozen=True)
class Remedy:
    """A change, and the finding that it is for."""

    change: Change
    finding: str


@dataclass(eq=False)
class Treating:
    """A treatment while it goes on."""

    sick: Program
    seeds: list[int]
    fewest: int  # of the seeds that every trial has
    deadline: float
    floor: float
    watch: Watch | None
    random_seed: int
    base: Program
    base_scores: list[float | None] = field(default_factory=list)
    kept: list[Remedy] = field(default_factory=list)
    rows: list[TrialRow] = field(default_factory=list)
    controls: list[tuple[Program, TrialRow]] = field(default_factory=list)
    best: float | None = None  # score of a plain reference

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.deadline

    @property
    def control_scores(self) -> list[tuple[float | None, ...]]:
        return [row.scores for _, row in self.controls]

    def scores(self, program: Program, seeds: Sequence[int]) -> list[float | None]:
        return [score_of(program, seed) for seed in seeds]


def score_of(program: Program, seed: int) -> float | None:
    """Return the score of one training; None where it fails, as of a change that does not suit some later rows."""
    try:
        return train_program(program, seed).score
    except FOREIGN:
        return None


def treat_program(
    program: Program,
    findings: Sequence[Finding],
    seconds: float = 60.0,
    *,
    seeds: int = 3,
    case: Case | None = None,
    watch: Watch | None = None,
) -> Treatment:
    """Try the remedies of findings on a program and keep those that are proven to help.

    Each remedy is trained under the same seeds as the program as it is, and beside it a random change; three seeds,
    more where they leave a gain undecided. After the best that is proven others are added to it, until nothing is
    found any more or the score is near the best seen.

    Args:
        program: what to treat; rows are held out of it where it has no validation rows.
        findings: causes first.
        seconds: about how long it may take.
        seeds: paired seeds, at least 3.
        case: what the findings were read from; its signs may name better remedies than their illnesses do.
        watch: `netwright.diagnosis.watching.watch`, so that what is left after treatment can be looked for.
    """
    began = time.perf_counter()
    small = shortened(with_held_out(program), seconds / TRAININGS)
    floor = -1.0 if program.task == "values" else 0.0
    fewest = max(3, seeds)
    treating = Treating(small, list(range(fewest)), fewest, began + LATE * seconds, floor, watch, 0, small)
    treating.base_scores = treating.scores(small, treating.seeds)
    treating.rows.append(first_row(treating))
    treating.best = mean(treating.scores(reference(small), treating.seeds[:1]), floor)
    draws = drawn(treating)
    waiting = list(remedies(findings, case))
    for _ in range(MOST_ROUNDS):
        if treating.late or not waiting or is_well(treating):
            break
        if not treat_once(treating, waiting, draws):
            break
    return concluded(treating, findings, time.perf_counter() - began)


def with_held_out(program: Program) -> Program:
    """Return the program with every fourth row held out, where it has no validation rows and enough rows."""
    rows = program.rows
    if program.validation is not None or rows.rows < FEW_ROWS:
        return program
    order = torch.randperm(rows.rows, generator=torch.Generator().manual_seed(0))
    held = round(HELD_OUT * rows.rows)
    return program.but(rows=rows.at(order[held:].sort()[0]), validation=rows.at(order[:held]))


def remedies(findings: Sequence[Finding], case: Case | None) -> Iterator[Remedy]:
    """Yield what may help, the first finding's first, each change once."""
    signs = examine(case) if case is not None else {}
    seen: list[tuple[str, object]] = []
    ordered = sorted(findings, key=lambda finding: not finding.serious)
    for finding in ordered:
        illness = ILLNESSES.get(finding.code)
        own = signs[finding.code].changes if finding.code in signs else ()
        for change in (*own, *(illness.remedies if illness else ())):
            if (change.setting, change.value) not in seen:
                seen.append((change.setting, change.value))
                yield Remedy(change, finding.code)


def drawn(treating: Treating) -> Iterator[tuple[Change, Program]]:
    """Yield random changes that apply to the sick program."""
    for change in random_changes(treating.random_seed):
        other = apply(treating.sick, change)
        if other is not None and runs(other):
            yield change, other


def runs(program: Program) -> bool:
    """Whether a program's first step works: a random loss may not take the outputs' shape."""
    try:
        train_program(program.but(most_steps=1), 0)
    except (RuntimeError, ValueError, IndexError, TypeError):
        return False
    return True


def treat_once(treating: Treating, waiting: list[Remedy], draws: Iterator[tuple[Change, Program]]) -> bool:
    """Try what is waiting on what there is, and add the best that is proven; say whether one was."""
    tried: list[tuple[Remedy, Program, TrialRow]] = []
    for remedy in list(waiting)[:MOST_REMEDIES]:
        if treating.late:
            break
        other = apply(treating.base, remedy.change)
        if other is None or not runs(other):
            waiting.remove(remedy)
            continue
        while len(treating.controls) < max(FEWEST_CONTROLS, count_remedies(treating) + len(tried) + 1):
            add_control(treating, draws)
        row = trial(treating, remedy, other)
        tried.append((remedy, other, row))
        if row.kept and near(row.mean, treating.best):
            break
    treating.rows.extend(replace(row, kept=False) for _, _, row in tried)
    proven = [entry for entry in tried if entry[2].kept]
    if not proven:
        return False
    cause = proven[0][0].finding  # those of causes were tried first, and go before those of symptoms
    own = [entry for entry in proven if entry[0].finding == cause]
    take(treating, waiting, max(own, key=lambda entry: entry[2].mean or treating.floor))
    return True


def count_remedies(treating: Treating) -> int:
    return sum(row.kind in ("remedy", "added remedy") for row in treating.rows)


def add_control(treating: Treating, draws: Iterator[tuple[Change, Program]]) -> None:
    change, other = next(draws)
    scores = tuple(treating.scores(other, treating.seeds[: treating.fewest]))
    row = TrialRow("random change", change.words, ((change.setting, change.value),), "", scores)
    treating.controls.append((other, replace(row, mean=mean(scores, treating.floor))))


def trial(treating: Treating, remedy: Remedy, other: Program) -> TrialRow:
    """Train a changed program under the seeds, more of them while its gain is undecided."""
    scores = treating.scores(other, treating.seeds[: treating.fewest])
    while undecided(compare(treating.base_scores, scores, treating.floor)) and len(scores) < MOST_SEEDS:
        if treating.late:
            break
        if len(scores) == len(treating.seeds):
            more_seeds(treating)
        scores += treating.scores(other, treating.seeds[len(scores) : len(scores) + 1])
    kind: TrialKind = "added remedy" if treating.kept else "remedy"
    change = remedy.change
    row = TrialRow(kind, change.words, ((change.setting, change.value),), remedy.finding, tuple(scores))
    return judge(row, treating.base_scores, treating.control_scores, treating.floor)


def more_seeds(treating: Treating) -> None:
    """Have one more seed, under which what a remedy is added to is trained as well."""
    treating.seeds.append(len(treating.seeds))
    treating.base_scores += treating.scores(treating.base, treating.seeds[-1:])


def take(treating: Treating, waiting: list[Remedy], best: tuple[Remedy, Program, TrialRow]) -> None:
    """Go on from what is proven best."""
    remedy, program, row = best
    at = next(number for number, other in enumerate(treating.rows) if other.scores is row.scores)
    treating.rows[at] = row
    treating.base, treating.base_scores = program, list(row.scores)
    treating.base_scores += treating.scores(program, treating.seeds[len(row.scores) :])
    treating.kept.append(remedy)
    waiting[:] = [other for other in waiting if other.change.setting != remedy.change.setting]


def is_well(treating: Treating) -> bool:
    """Whether what is kept comes near the best seen, and nothing serious is found in it."""
    if not treating.kept or not near(mean(treating.base_scores, treating.floor), best_seen(treating)):
        return False
    return not left_over(treating)


def best_seen(treating: Treating) -> float | None:
    means = [row.mean for row in treating.rows if row.mean is not None] + [treating.best]
    return max((value for value in means if value is not None), default=None)


def left_over(treating: Treating) -> tuple[str, ...]:
    """Return the codes of errors and warnings that are found in the treated program; none where it is not watched."""
    if treating.watch is None:
        return ()
    case = train_program(treating.base, 0, treating.watch).case
    return tuple(finding.code for finding in diagnose(case) if finding.serious) if case else ()


def first_row(treating: Treating) -> TrialRow:
    scores = tuple(treating.base_scores)
    return TrialRow("as it is", "as it is", scores=scores, mean=mean(scores, treating.floor), verdict="to be treated")


def concluded(treating: Treating, findings: Sequence[Finding], seconds: float) -> Treatment:
    """Return the treatment as values."""
    before, after = treating.rows[0].mean, mean(treating.base_scores, treating.floor)
    controls = [row for _, row in treating.controls]
    words = tuple(remedy.change.words for remedy in treating.kept)
    left = left_over(treating)
    unit = UNITS.get(treating.sick.task, "accuracy")
    return Treatment(
        treating.sick.name,
        tuple(finding.code for finding in findings),
        unit,
        tuple(treating.seeds),
        (*treating.rows, *controls),
        tuple((remedy.change.setting, remedy.change.value) for remedy in treating.kept),
        words,
        before,
        after,
        max((row.mean for row in controls if row.mean is not None), default=None),
        best_seen(treating),
        left,
        not left and near(after, best_seen(treating)),
        seconds,
        conclusion(before, after, words, unit),
    )
