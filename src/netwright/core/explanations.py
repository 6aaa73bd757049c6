"""What an answer rests on, as plain values: parts with their amounts, and whether they can be believed.

The amounts of an explanation add up: their sum is `output - reference` but for the gap that a check states. `output` is
the evidence for the answer, in the words of `unit`: the log-odds of the answered class against all others, or the value
in the target's own unit; `reference` is the same of the rows or the blank that the row is compared with.
"""

from dataclasses import dataclass
from typing import Literal

VERSION = 1  # of explanations.json: greater where what is here no longer reads what a newer one writes
CheckName = Literal["completeness", "deletion", "insertion", "randomised weights", "stability"]


@dataclass(frozen=True)
class Check:
    """One test of whether an explanation can be believed; `passed` is None where it says nothing either way."""

    name: CheckName
    passed: bool | None
    figure: float | None  # what was measured: a share, an area, a correlation
    limit: float | None  # what it was held against
    words: str  # one sentence with the figure, for people


@dataclass(frozen=True)
class Part:
    """One part of what was read, and its amount."""

    name: str  # a column, a word as it stands, "steps 12 to 17", "block 3, 5"
    amount: float  # in the explanation's unit; negative: it speaks against the answer
    value: str = ""  # the cell as it stood
    reference: str = ""  # what it was compared with
    low: float | None = None  # 95% interval, of methods that sample
    high: float | None = None


@dataclass(frozen=True)
class RemovalCurve:
    """The evidence for the answer as parts are taken out (deletion) or put in (insertion), most important first."""

    shares: tuple[float, ...]  # of the parts, from 0 to 1
    ours: tuple[float, ...]
    random: tuple[float, ...]  # mean over random orders of the same parts
    area: float  # mean of `ours` over the shares
    random_area: float


@dataclass(frozen=True)
class ImageHeat:
    """An image with the amount of each place."""

    picture: str  # data URI
    amounts: tuple[tuple[float, ...], ...]  # [height][width], in the explanation's unit


@dataclass(frozen=True)
class SeriesHeat:
    """A series with the amount of each step."""

    names: tuple[str, ...]  # of the channels
    values: tuple[tuple[float | None, ...], ...]  # [channel][step]
    amounts: tuple[tuple[float, ...], ...]  # [channel][step]


@dataclass(frozen=True)
class TextHeat:
    """A text cut into pieces, spaces included, with the amount of each; joined, they are the text."""

    column: str
    pieces: tuple[str, ...]
    amounts: tuple[float, ...]


@dataclass(frozen=True)
class Explanation:
    """What one answer rests on."""

    row: int  # of the source, from 1
    answer: str
    method: str  # a name of METHODS
    why: str  # why this method was taken
    unit: str  # "log-odds of >50K", "rooms"
    output: float
    reference: float
    parts: tuple[Part, ...]  # in the order in which they are read
    checks: tuple[Check, ...]
    against: str = ""  # what the reference is, in words: "the mean of 64 training rows", "a blank image"
    truth: str = ""  # where the source holds it
    probability: float | None = None  # of the answer, calibrated
    deletion: RemovalCurve | None = None
    insertion: RemovalCurve | None = None
    image: ImageHeat | None = None
    series: SeriesHeat | None = None
    texts: tuple[TextHeat, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether no check failed."""
        return all(check.passed is not False for check in self.checks)


@dataclass(frozen=True)
class Importance:
    """How much all answers rest on one column, place or word, over many rows."""

    name: str
    amount: float  # mean over rows
    low: float | None  # 95% interval over rows and shuffles; None where there are too few for one
    high: float | None
    rows: int | None = None  # that it stands in, where these are not all: the texts that hold a word
    steps: tuple[int, int] | None = None  # of time: the first and the last, from 1


@dataclass(frozen=True)
class ImportanceTable:
    """Columns, places or words by importance, most important first."""

    method: str  # "permutation importance", "permutation of blocks", "erasure of words"
    unit: str  # "loss of accuracy", "log-odds of positive"
    rows: int  # that were asked
    columns: tuple[Importance, ...]
    image: ImageHeat | None = None  # of blocks: the mean image, and each amount spread over its pixels
    note: str = ""  # what else is to be known of it, a clause


@dataclass(frozen=True)
class Dependence:
    """How the answer goes with one column when it alone is changed: partial dependence, and single rows (ICE)."""

    column: str
    unit: str  # of the answers
    grid: tuple[str, ...]  # values of the column, as they would stand in the source
    numbers: tuple[float, ...]  # the same as numbers; positions, of categories
    mean: tuple[float, ...]  # partial dependence at each value of the grid
    low: tuple[float, ...]  # 95% interval of the mean
    high: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]  # ICE: [row][grid], of at most 40 rows


@dataclass(frozen=True)
class Swap:
    """One cell of a counterfactual."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Counterfactual:
    """The smallest change found, within the ranges of the training rows, by which the answer becomes another."""

    row: int
    answer: str
    wanted: str
    found: bool
    swaps: tuple[Swap, ...]
    probability: float | None  # of `wanted`, after the change
    distance: float  # sum over columns: of numbers in interquartile ranges, of others 1 for a change
    words: str
    kept: tuple[str, ...] = ()  # columns that had to stay as they are


@dataclass(frozen=True)
class Explained:
    """All that `netwright explain` found of a run; explanations.json in the run directory."""

    rows: tuple[Explanation, ...] = ()
    importance: ImportanceTable | None = None
    dependences: tuple[Dependence, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[ImportanceTable, ...] = ()  # importance within what is read: blocks, stretches, channels, words
    version: int = VERSION
