"""Frozen values that say how good a model is and how far to trust it. They go to JSON and back, without NumPy."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """A number measured on test rows with its 95% interval; None where it is not defined (AUC of one class)."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Evaluation:
    """How good a model is on rows that it never saw, beside baselines on the same rows."""

    rows: int
    metrics: dict[str, Measure]  # headline metric first
    baselines: dict[str, dict[str, Measure]]  # "majority" -> metric -> measure
    headline: str  # the metric that early stopping and tables lead with
    higher_is_better: bool
    gains: dict[str, Measure] = field(default_factory=dict)  # over each baseline, paired: above 0 the network is better
    skipped: dict[str, str] = field(default_factory=dict)  # baselines that were not fitted, and why


@dataclass(frozen=True)
class Calibration:
    """What rows that no weight was learnt from made of the network's answers. Stored as calibration.json.

    The rows are the validation rows, with folds those of every fold, answered by networks that did not learn from them.
    """

    rows: int = 0
    temperature: float = 1.0  # logits are divided by it: above 1 the probabilities were too sure
    temperature_reason: str = ""
    threshold: float = 0.5  # of P(second class), above which the second class is said
    threshold_reason: str = ""
    coverage: float = 0.9  # asked of the prediction sets and intervals that are measured on the test rows
    quantiles: tuple[float | None, ...] = ()  # of the conformity scores for each of COVERAGES; None: too few rows

    @property
    def fault(self) -> str:
        """What no calibration gives, or nothing."""
        if not COLDEST <= self.temperature <= 1 / COLDEST:
            return f"expected a temperature of {COLDEST} to {1 / COLDEST:g}, got {self.temperature:g}"
        if not 0.0 <= self.threshold <= 1.0:
            return f"expected a threshold from 0 to 1, got {self.threshold:g}"
        if not COVERAGES[0] <= 100 * self.coverage <= COVERAGES[-1] + 0.5:
            return f"expected a coverage from 0.50 to 0.99, got {self.coverage:g}"
        if len(self.quantiles) not in (0, len(COVERAGES)):
            return f"expected {len(COVERAGES)} quantiles or none, got {len(self.quantiles):,}"
        return ""

    def quantile(self, coverage: float) -> float | None:
        """Return the score up to which answers are kept; None where everything must be."""
        place = round(100 * coverage) - COVERAGES[0]
        return self.quantiles[place] if self.quantiles else None


COLDEST = 0.01  # far below what is ever fitted
COVERAGES = range(50, 100)  # in percent, what prediction sets can be asked to cover


@dataclass(frozen=True)
class ReliabilityBin:
    """Rows that were given about the same probability, and how often the event came true."""

    predicted: float  # mean probability in the bin
    observed: float  # share of rows where the event came true
    rows: int


@dataclass(frozen=True)
class Covered:
    """How many rows of a group have the truth in their prediction set or interval."""

    group: str  # a class, or a fifth of the predictions
    rows: int
    covered: Measure  # share of the rows
    size: float | None  # mean number of classes in the set, or mean width in the target's unit


@dataclass(frozen=True)
class Coverage:
    """Prediction sets or intervals on the test rows: what was asked of them, and what they did."""

    asked: float
    quantile: float | None  # None: too few validation rows, so every set holds everything
    every: Covered
    expected: tuple[float, float] = (0.0, 1.0)  # between which the share held lies in 95 of 100 runs of so many rows
    groups: tuple[Covered, ...] = ()
    sizes: tuple[int, ...] = ()  # rows with a set of 1, 2, ... classes


@dataclass(frozen=True)
class Slice:
    """The headline metric on the test rows that share a value."""

    column: str
    value: str
    rows: int
    measure: Measure
    covered: Measure | None = None  # share of the rows whose truth is in their prediction set or interval

    def differs_from(self, overall: float) -> bool:
        """Whether the interval leaves out the value of all rows."""
        low, high = self.measure.low, self.measure.high
        return low is not None and high is not None and not low <= overall <= high


@dataclass(frozen=True)
class Slices:
    """Every value of the categorical and boolean columns that is frequent enough to be measured, worst first."""

    metric: str
    overall: float | None
    shown: tuple[Slice, ...] = ()
    looked_at: int = 0
    too_small: int = 0  # values with fewer than `least_rows` rows, or without a defined metric
    least_rows: int = 0

    @property
    def marked(self) -> tuple[Slice, ...]:
        overall = math.nan if self.overall is None else self.overall
        return tuple(entry for entry in self.shown if entry.differs_from(overall))

    @property
    def expected(self) -> float:
        """How many intervals of 95% would leave out the overall value if nothing differed."""
        return 0.05 * self.looked_at


@dataclass(frozen=True)
class WorstError:
    """One test row that the network got most wrong."""

    row: int  # data row from 1, in the test source
    truth: str
    prediction: str
    surprise: float  # classification: -log p(truth), nats; regression: |error| in the target's unit
    values: dict[str, str]  # feature -> cell


@dataclass(frozen=True)
class Diagnostics:
    """What the report draws of the test rows. Empty where the task has no such thing."""

    confusion: tuple[tuple[int, ...], ...] = ()  # rows: truth, columns: prediction, in the order of Schema.classes
    reliability: tuple[ReliabilityBin, ...] = ()
    residuals: tuple[tuple[float, float], ...] = ()  # (truth, prediction), at most 2,000 sampled
    worst: tuple[WorstError, ...] = ()
    reliability_before: tuple[ReliabilityBin, ...] = ()  # without the temperature; empty where it is 1
    calibration_error_before: Measure | None = None
    calibration_error_honest: float | None = None  # of probabilities that are exactly right, on so many rows
    coverage: Coverage | None = None
    slices: Slices | None = None


@dataclass(frozen=True)
class Shown:
    """One image of the report."""

    picture: str  # a data URI
    heat: str = ""  # a data URI of what the prediction rests on, to be laid over it
    truth: str = ""
    prediction: str = ""
    name: str = ""  # its file
    rows: int = 1  # test rows that it stands for


@dataclass(frozen=True)
class ReadWord:
    """A piece of a text, and what it is worth to the answer: log p, or the value, with it less without it."""

    text: str
    worth: float


@dataclass(frozen=True)
class ReadText:
    """One text of the report."""

    words: tuple[ReadWord, ...]
    truth: str
    prediction: str
    row: int  # data row from 1, in the test source

    @property
    def most(self) -> float:
        """The largest worth, whatever its sign."""
        return max((abs(word.worth) for word in self.words), default=0.0)


@dataclass(frozen=True)
class Gallery:
    """Images and texts that the report shows of a run. Stored as gallery.json."""

    changed: tuple[tuple[Shown, ...], ...] = ()  # training images, each as it is and then as training sees it
    worst: tuple[Shown, ...] = ()  # test images that the network got most wrong, the worst first
    confused: tuple[Shown, ...] = ()  # an image of each pair of classes that is most often confused
    right: tuple[Shown, ...] = ()  # test images that it got right
    texts: tuple[ReadText, ...] = ()  # test rows that it got most wrong, then some that it got right


@dataclass(frozen=True)
class ShownSeries:
    """One time series of the report."""

    channels: tuple[tuple[float | None, ...], ...]  # values over time; None where one is missing
    heat: tuple[float, ...]  # for equal stretches of time, from 0 to 1: how much of the answer rests on each
    truth: str
    prediction: str
    name: str


@dataclass(frozen=True)
class SeriesGallery:
    """Test series that the report shows of a run. Stored as series_gallery.json."""

    worst: tuple[ShownSeries, ...]  # those that the network got most wrong, the worst first
    right: tuple[ShownSeries, ...]  # some that it got right, of each class
