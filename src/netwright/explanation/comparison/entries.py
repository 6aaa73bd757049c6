"""What is trained for a comparison, and what came of each."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from netwright.core.comparison import Side
from netwright.explanation.comparison.trained import Answers, Trained


class Key(NamedTuple):
    """One training: which model, on which columns, on how many rows."""

    name: str
    view: str  # engineered, raw, or own: as the network itself prepares them
    rows: int


@dataclass(frozen=True)
class Kept:
    """What is kept of one training."""

    trained: Trained
    test: Answers  # to the test rows
    what: str


@dataclass(frozen=True)
class Model:
    """A model of the comparison."""

    name: str
    side: Side
    view: str  # engineered or own
    depth: int | None = None
    reads_dense: bool = True


@dataclass
class Results:
    """What came of every training so far, and what was left out."""

    kept: dict[Key, Kept] = field(default_factory=dict)
    skipped: list[Key] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # name of a model, and why it has no result

    def answers(self) -> dict[Any, Answers]:
        return {key: one.test for key, one in self.kept.items()}
