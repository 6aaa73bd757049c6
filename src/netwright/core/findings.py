"""What is worth knowing of data or a training, with evidence: words, numbers and a picture as plain values."""

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["note", "warning", "error"]
SOUND = "nothing is wrong with this training as far as was looked"


@dataclass(frozen=True)
class Curve:
    """One line, or one row of bars."""

    name: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]  # None leaves a gap


@dataclass(frozen=True)
class Sketch:
    """One picture: curves over a common axis, and the limits that they are judged by."""

    title: str
    x_label: str  # with its unit
    y_label: str
    curves: tuple[Curve, ...]
    limits: tuple[tuple[str, float], ...] = ()  # name and height of horizontal lines: "dead above", 0.9
    log_y: bool = False
    ticks: tuple[str, ...] = ()  # names of x = 0, 1, 2 ...: layers, classes; then bars are drawn


@dataclass(frozen=True)
class Finding:
    """Something worth knowing about the data or the training, with evidence."""

    code: str  # "data.leak"
    severity: Severity
    title: str
    evidence: str
    remedy: str = ""
    column: str = ""
    why: str = ""  # why it hurts
    where: str = ""  # a layer, or a file and line
    numbers: dict[str, float] = field(default_factory=dict)  # the evidence as measured, by name
    sketch: Sketch | None = None
    explained_by: str = ""  # code of the finding whose symptom this is

    @property
    def serious(self) -> bool:
        """Whether it is more than a note."""
        return self.severity != "note"
