"""The doctor while a training runs: it says a finding once, as soon as it is sure, and costs next to nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from netwright.core.findings import Finding
from netwright.core.values import EpochRecord, StepRecord
from netwright.diagnosis.doctor import examine, finding_of
from netwright.diagnosis.from_run.facts import Facts, Record, case_from
from netwright.diagnosis.illnesses import ILLNESSES

AT_ONCE = ("mechanics.not-finite-source",)  # certain the first time that it is seen
EARLY = (  # what a training does not recover from, and what its end would only show later
    "optimisation.divergence",
    "optimisation.rate-too-high",
    "signal.dead-units",
    "signal.vanishing-gradient",
    "signal.exploding-gradient",
    "generalisation.overfitting",
)
FIRST = 0.2  # share of the planned steps before which only what is certain at once is said
LASTING = 0.1  # share of the planned steps over which every look must have seen it
LOOKS = 3  # at least so many
MOST_STEPS = 300  # records that are looked at: of more, every second is let go
REST = 100.0  # times the cost of a look before the next one: at most 1% of a training's time


@dataclass
class LiveDoctor:
    """Takes the records of one training, and tells of what is surely wrong with it."""

    tell: Callable[[Finding], object]
    facts: Facts | None = None  # nothing is said before they are known
    _steps: list[StepRecord] = field(default_factory=list)
    _epochs: list[EpochRecord] = field(default_factory=list)
    _since: dict[str, tuple[int, int]] = field(default_factory=dict)  # code -> step of the first look in a row, looks
    _told: set[str] = field(default_factory=set)
    _every: int = 1  # records of steps that one is kept of
    _seen: int = 0
    _next: float = 0.0  # when the next look may be, in time.monotonic() seconds

    def __call__(self, record: Record) -> None:
        """Take a record of the training."""
        if isinstance(record, EpochRecord):
            self._epochs.append(record)
            self._look(record.step)
            return
        self._seen += 1
        if self._seen % self._every == 0 or record.loss != record.loss:
            self._steps.append(record)
        if len(self._steps) > MOST_STEPS:
            self._steps, self._every = self._steps[:1] + self._steps[1::2], 2 * self._every
        if record.loss != record.loss:
            self._look(record.step)

    def _look(self, step: int) -> None:
        now = time.monotonic()
        if self.facts is None or now < self._next:
            return
        for finding in self._sure(self.facts, step):
            self.tell(finding)
        self._next = now + REST * (time.monotonic() - now)

    def _sure(self, facts: Facts, step: int) -> list[Finding]:
        signs = examine(case_from(facts, [*self._steps, *self._epochs]))
        hurting = {code for code in (*AT_ONCE, *EARLY) if code in signs and signs[code].hurts}
        self._since = {code: self._longer(code, step) for code in hurting}
        sure = [code for code in hurting if code not in self._told and self._is_sure(code, step, facts)]
        self._told.update(sure)
        return [finding_of(ILLNESSES[code], signs[code]) for code in sure]

    def _longer(self, code: str, step: int) -> tuple[int, int]:
        first, looks = self._since.get(code, (step, 0))
        return first, looks + 1

    def _is_sure(self, code: str, step: int, facts: Facts) -> bool:
        if code in AT_ONCE:
            return True
        planned = facts.training.epochs * (facts.steps_per_epoch or -(-facts.train_rows // facts.training.batch_size))
        first, looks = self._since[code]
        return step >= FIRST * planned and looks >= LOOKS and step - first >= LASTING * planned
