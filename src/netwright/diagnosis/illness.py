"""What every illness is: words that explain it, and a function that looks for it in a case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from netwright.core.findings import Severity, Sketch
from netwright.diagnosis.case import Case

Family = Literal[
    "signal", "optimisation", "architecture", "initialisation", "objective", "data", "generalisation", "mechanics"
]


@dataclass(frozen=True)
class Change:
    """One change to a training, in words that a recipe and a PyTorch program both understand: see `changes.py`."""

    setting: str  # a name of CHANGES
    value: Any  # new value; where the setting is one of FACTORS, what the old one is multiplied by
    words: str  # "divide the learning rate by 10"


@dataclass(frozen=True)
class Sign:
    """That an illness is there: how sure, on what evidence."""

    strength: float  # 0 to 1: how far beyond its limit
    evidence: str  # in numbers and words: "the first layer's gradient is 0.00012 of the last's over 40 steps"
    numbers: dict[str, float] = field(default_factory=dict)
    sketch: Sketch | None = None
    where: str = ""
    changes: tuple[Change, ...] = ()  # better suited than the illness's own; empty: those
    hurts: bool = True  # False: seen, and the training is none the worse; said as a note


@dataclass(frozen=True)
class Illness:
    """One thing that can be wrong with a training. Its page in the documentation is made from these words."""

    code: str  # "signal.dead-units"; its file is illnesses/signal/dead_units.py
    name: str
    severity: Severity
    what: str
    why: str  # why it hurts
    seen: str  # formula, threshold and their source
    example: str  # a situation in which it comes about
    remedies: tuple[Change, ...]  # the best first
    examine: Callable[[Case], Sign | None]
    explains: tuple[str, ...] = ()  # codes of what it brings about: named beneath it where both are seen

    @property
    def family(self) -> str:
        return self.code.split(".")[0]
