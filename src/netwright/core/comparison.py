"""Frozen values of a comparison: shallow models beside networks of growing depth, on the user's own data.

They know neither torch nor NumPy and go to JSON and back. Stored as comparison.json.
"""

from dataclasses import dataclass, field
from typing import Literal

from netwright.core.evidence import Measure

Side = Literal["shallow", "deep"]
Ruling = Literal["confirmed", "not confirmed", "undecided"]


@dataclass(frozen=True)
class CurvePoint:
    """A model that learnt from some of the rows, on the same test rows as all others."""

    rows: int  # learnt from; those of a smaller size are among those of a larger one
    measure: Measure
    seconds: float  # of the training, on one thread


@dataclass(frozen=True)
class Cost:
    """What a model costs to train, to keep and to ask; all on one thread."""

    train_seconds: float
    memory_bytes: int | None  # most that training held beyond what was there before; None: not known here
    disk_bytes: int  # of the numbers that answering needs
    row_seconds: float  # median time to answer for one row
    batch_seconds: float  # median time to answer for `batch_rows`
    batch_rows: int


@dataclass(frozen=True)
class Audit:
    """How far a person can follow the model."""

    stored: int  # numbers that the model keeps
    reaching: int  # of them, those that one decision goes through
    fidelity: Measure  # how well a small tree over the raw columns says what the model says, on the test rows


@dataclass(frozen=True)
class Contestant:
    """One model of the comparison."""

    name: str
    side: Side
    what: str  # its settings in a clause
    depth: int | None  # hidden layers of a network
    validation: float | None  # the metric on validation rows, by which the best of a side is named
    measure: Measure  # the metric on the test rows
    behind: Measure  # how much worse than the best, on the same resamples of the same rows: above 0 is worse
    alike: bool  # not told apart from the best
    cost: Cost
    audit: Audit | None = None
    curve: tuple[CurvePoint, ...] = ()
    raw: Measure | None = None  # the metric of the same model on raw columns
    engineering: Measure | None = None  # what the prepared columns brought over the raw ones: above 0 they helped
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """A row of the textbook table that sets shallow against deep, and what these data say of it."""

    topic: str
    shallow: str  # what is claimed of shallow models
    deep: str  # and of deep ones
    ruling: Ruling
    evidence: str
    rule: str


@dataclass(frozen=True)
class Recommendation:
    """The model to take, and why."""

    name: str
    sentence: str
    reason: str
    rule: str


@dataclass(frozen=True)
class Comparison:
    """A whole comparison."""

    name: str
    source: str
    reads: str  # table, text, image, series or forecast
    task: str
    target: str
    created: str  # UTC, ISO 8601
    headline: str
    higher_is_better: bool
    rows: dict[str, int]  # of each part that was used
    engineered: str  # what the prepared columns are
    raw: str  # what the raw columns are
    fidelity: str  # what `Audit.fidelity` measures
    contestants: tuple[Contestant, ...]
    claims: tuple[Claim, ...]
    recommendation: Recommendation
    limits: tuple[str, ...] = ()  # what was left out to keep the time
    notes: tuple[str, ...] = ()  # what to keep in mind of the numbers
    seconds: float = 0.0
    processor_seconds: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)

    def contestant(self, name: str) -> Contestant:
        return next(one for one in self.contestants if one.name == name)
