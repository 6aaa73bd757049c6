"""One training that the doctor looked at, and what was said of it."""

import hashlib
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from netwright.diagnosis.doctor import diagnose
from netwright.diagnosis.programs import Program, train_program
from netwright.diagnosis.watching import watch

SERIOUS = ("error", "warning")


@dataclass(frozen=True)
class Visit:
    """What was said of one training."""

    kind: str  # planted, clean or real
    name: str  # the fault, or what is unusual, or the program
    base: str
    setting: str
    held_out: bool  # not looked at while thresholds were chosen
    causes: tuple[str, ...]  # codes that name the cause rightly
    symptoms: tuple[str, ...]
    findings: tuple[tuple[str, str, str], ...]  # code, severity, explained by
    evidence: str  # of the first
    score: float | None
    sound_score: float | None  # of its healthy twin
    counts: bool  # whether it is as sick, or as sound, as it is meant to be
    seconds: float

    @property
    def serious(self) -> tuple[str, ...]:
        return tuple(code for code, severity, _ in self.findings if severity in SERIOUS)

    @property
    def found(self) -> bool:
        """Whether an error or a warning names the cause, or a symptom of it."""
        return any(code in (*self.causes, *self.symptoms) for code in self.serious)

    @property
    def first(self) -> bool:
        """Whether what is named first is the cause."""
        return bool(self.serious) and self.findings[0][0] in self.causes

    @property
    def row(self) -> dict[str, Any]:
        return {**asdict(self), "found": self.found, "first": self.first}


def held_out(*words: object) -> bool:
    """Whether a patient is in the third that was kept out of tuning: by a stable hash of its words."""
    digest = hashlib.sha256("/".join(map(str, words)).encode()).digest()
    return digest[0] % 3 == 0


def look(program: Program, seed: int = 0, probe: bool = True) -> tuple[Any, Any, float]:
    """Train under the doctor's eyes: outcome, findings, seconds."""
    began = time.perf_counter()
    outcome = train_program(program, seed, partial(watch, probe=probe))
    findings = diagnose(outcome.case)
    return outcome, findings, time.perf_counter() - began


def told(findings: Any) -> tuple[tuple[str, str, str], ...]:
    return tuple((finding.code, finding.severity, finding.explained_by) for finding in findings)
