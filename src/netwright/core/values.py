"""Frozen values that cross the borders between rooms. They go to JSON and back, and know neither torch nor NumPy."""

import statistics
from dataclasses import dataclass, field
from typing import Any, Literal

from netwright.core.evidence import Calibration, Diagnostics, Evaluation, Gallery, Measure, SeriesGallery
from netwright.core.findings import Finding

Kind = Literal["numeric", "categorical", "boolean", "datetime", "text", "image", "series", "identifier", "constant"]
Role = Literal["feature", "target", "group", "time", "ignored"]
Task = Literal["regression", "binary", "multiclass"]
Verdict = Literal["ok", "warning", "fault"]
Strategy = Literal["random", "stratified", "group", "time", "given"]
ParameterGroup = Literal[
    "weight",
    "bias",
    "normalization",
    "categorical_embedding",
    "numeric_embedding",
    "scaling",
    "activation",
    "vocabulary",
]  # what a recipe may give a rate and a decay of its own; networks.parameters says which parameter is in which


@dataclass(frozen=True)
class Column:
    """What is known of one column of a table, and why it is treated as it is."""

    name: str
    position: int  # from 0, in the source
    kind: Kind
    kind_reason: str
    role: Role
    role_reason: str
    rows: int
    missing: int  # cells
    distinct: int  # distinct values that are not missing
    missing_spellings: dict[str, int] = field(default_factory=dict)  # spelling -> cells
    examples: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()  # categorical and boolean: every value seen, most frequent first
    datetime_format: str | None = None  # a chrono format, None where the source was typed
    edges: tuple[float, ...] = ()  # numeric and datetime: rising, between bins of about a tenth of the cells each
    shares: tuple[float, ...] = ()  # of present cells in each bin, or of the most frequent categories
    shape: tuple[int, ...] = ()  # image: channels, height and width; series: channels and length


@dataclass(frozen=True)
class Schema:
    """The data contract: columns with kinds and roles, the target and the task."""

    columns: tuple[Column, ...]
    target: str
    task: Task
    task_reason: str
    classes: tuple[str, ...] = ()  # sorted; classification only
    missing_spellings: tuple[str, ...] = ()  # those honoured when this data was read

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def features(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == "feature")

    def with_role(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == role)


@dataclass(frozen=True)
class Rejected:
    """One row set aside: where, what and why. `row` counts data rows from 1, the header not included."""

    row: int
    column: str  # "" where the whole row is at fault
    value: str
    reason: str


@dataclass(frozen=True)
class RowCount:
    """Rows in = used + rejected, always."""

    total: int
    used: int
    rejected: int

    def __post_init__(self) -> None:
        assert self.total == self.used + self.rejected, f"rows lost: {self}"


@dataclass(frozen=True)
class Choice:
    """One decision that Netwright took, with its reason in words."""

    name: str  # dotted, as in recipe.toml: "network.hidden_sizes"
    value: Any
    reason: str


@dataclass(frozen=True)
class TextInput:
    """A text as a network reads it: the slots of its words, in order, and then of the parts of its words."""

    words: int  # slots: the end of a text, a word not known, and the vocabulary
    length: int  # columns of words
    part_slots: int  # slots that all parts share; 0 is none
    parts: int  # columns of parts

    @property
    def columns(self) -> int:
        """Columns of the categorical input."""
        return self.length + self.parts


@dataclass(frozen=True)
class ImageInput:
    """An image as a network reads it: bytes, which the network brings to mean 0 and standard deviation 1."""

    channels: int
    height: int
    width: int
    mean: tuple[float, ...]  # of each channel over the training images, in bytes
    deviation: tuple[float, ...]
    mirrors: bool = False  # whether an image is as likely with left and right changed
    upside_down: bool = False  # whether with top and bottom changed


@dataclass(frozen=True)
class SeriesInput:
    """A time series as a network reads it: values, NaN after its end; the network standardises them."""

    channels: int
    length: int  # of the longest series in training; others may be shorter or longer
    mean: tuple[float, ...]  # of each channel over the training series
    deviation: tuple[float, ...]


@dataclass(frozen=True)
class InputSpec:
    """The shape of what a network reads and answers."""

    numeric: int  # width of the numeric input
    cardinalities: tuple[int, ...]  # slots of each embedded categorical input, unseen and missing included
    outputs: int  # logits or regression outputs
    task: Task
    continuous: tuple[int, ...] = ()  # numeric inputs that hold a measured quantity: no one-hot, indicator or sine
    texts: tuple[TextInput, ...] = ()  # after the embedded columns of the categorical input
    image: ImageInput | None = None  # a third input, bytes [rows, channels, height, width]
    series: SeriesInput | None = None  # or a third input, float32 [rows, channels, length]


FLAT = 0.0066  # |f'(z)| below which no gradient passes: a sigmoid's slope at 5. Leaky ReLU's 0.01 lies above.


@dataclass(frozen=True)
class LayerStatistics:
    """How signals and gradients fare in one step: one entry a linear layer, from the input to the output.

    An activation's entries are None where none follows the layer. Sums are over the step's last micro-batch,
    the rows of every member included where members share the layer.
    """

    names: tuple[str, ...]  # the module's name of each linear layer z = W x + b
    mean: tuple[float | None, ...]  # of a = f(z), over rows and units, before dropout
    spread: tuple[float | None, ...]  # standard deviation of the same
    saturated: tuple[float | None, ...]  # share of z where |f'(z)| < FLAT: no gradient passes
    dead: tuple[float | None, ...]  # share of units that are saturated in every row
    delta_norm: tuple[float | None, ...]  # L2 of dL/dz, L the mean loss of the step's rows
    gradient_norm: tuple[float | None, ...]  # L2 of dL/dW before clipping
    weight_norm: tuple[float | None, ...]  # L2 of W before the step
    update_ratio: tuple[float | None, ...]  # L2 of the step's change of W, over weight_norm


@dataclass(frozen=True)
class StepRecord:
    """One optimizer step, as written to records.jsonl."""

    step: int  # optimizer steps since the start, from 1
    epoch: int  # from 1
    loss: float  # mean over the step's rows, regularisation not included
    learning_rate: float
    gradient_norm: float | None = None  # L2 over all parameters before clipping; None where not measured
    layers: LayerStatistics | None = None  # None where training.statistics is off
    kind: Literal["step"] = "step"


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the training rows, as written to records.jsonl."""

    epoch: int
    step: int
    train_loss: float  # mean over the epoch's rows, in training mode
    learning_rate: float
    validation_loss: float | None = None
    metric: float | None = None  # the task's headline metric on validation rows
    seconds: float = 0.0  # training time since the start, this run's earlier sessions included
    best: bool = False
    kind: Literal["epoch"] = "epoch"


@dataclass(frozen=True)
class NoiseScale:
    """How much the gradients of single rows scatter about their mean, at one point of a training."""

    step: int  # optimizer steps taken before
    noise: float  # tr(Sigma), Sigma the covariance of a row's gradient
    signal: float  # |G|^2, G the mean gradient; below 0 where it cannot be told from the noise

    @property
    def rows(self) -> float | None:
        """tr(Sigma) / |G|^2; None where the gradient cannot be told from its noise."""
        return self.noise / self.signal if self.signal > 0.0 and self.noise >= 0.0 else None


@dataclass(frozen=True)
class RateTest:
    """A learning rate range test, and what became of it. Stored as rate_test.json."""

    rates: tuple[float, ...]  # one a step, rising
    losses: tuple[float, ...]  # of each step's rows
    smoothed: tuple[float, ...]
    suggested: float | None  # None where the loss never fell
    default: float  # what the recipe would take without the test
    used: float
    verdict: str  # one sentence
    noise: tuple[NoiseScale, ...]  # at the start, and after a warm-up to the rate that is used
    advice: str  # one sentence on the batch size
    seconds: float


@dataclass(frozen=True)
class MemberRecord:
    """One network of an ensemble: how its training went, and how good it is alone."""

    number: int  # from 1
    seed: int
    fold: int  # that was held out to judge it, from 1; 0 where it was the split's validation rows
    epochs: int
    best_epoch: int  # whose weights it keeps
    stopped_because: str
    seconds: float  # of training, beside others that shared the cores
    validation_losses: tuple[float | None, ...] = ()  # by epoch
    test: float | None = None  # the headline metric on the test rows
    left_out: str = ""  # why it is no part of the average; empty where it is
    recipe: str = ""  # that it was trained by; empty in runs of versions that knew one recipe only


@dataclass(frozen=True)
class FoldScore:
    """The headline metric on the rows of one fold, answered by the networks that did not train on them."""

    fold: int  # from 1
    rows: int
    networks: int
    value: float | None


@dataclass(frozen=True)
class CrossValidation:
    """Out-of-fold predictions: each row is answered by the networks for which its fold was held out.

    The same rows chose each network's epoch, so these values are a little too good; the test rows are clean.
    """

    folds: tuple[FoldScore, ...]
    mean: float | None  # over folds
    deviation: float | None  # sample standard deviation over folds
    rows: int
    pooled: Measure  # of all rows together, with its 95% bootstrap interval


@dataclass(frozen=True)
class EnsembleSummary:
    """Members, and what averaging them was worth on the test rows. Stored as members.json."""

    asked: int  # networks
    kept: int  # networks that are averaged
    headline: str
    higher_is_better: bool
    value: float | None  # the headline metric of the average
    mean: float | None  # of the kept members
    deviation: float | None  # sample standard deviation over the kept members
    gain: float | None  # of the average over the mean member; above 0 is better
    members: tuple[MemberRecord, ...]
    cross_validation: CrossValidation | None = None


@dataclass(frozen=True)
class Contender:
    """One of the recipes that a run chose between, or the average of some."""

    name: str  # of a recipe, or of several: "netwright + waves"
    loss: float | None  # on the rows that decide; None where its training failed
    test: float | None  # the headline metric on the test rows
    parameters: int
    seconds: float  # of training, beside others that shared the cores
    trained: str  # how that went
    failed: bool = False  # then it takes no part


@dataclass(frozen=True)
class Contest:
    """What several recipes made of the same rows, and which of them the run keeps. Stored as contest.json."""

    own: str  # recipe of the run itself: the records are those of its network
    rows: int  # held-out rows that decide
    headline: str  # what `test` is
    chosen: tuple[str, ...]  # recipes whose networks answer; several are averaged
    contenders: tuple[Contender, ...]  # the best first
    verdict: str  # one sentence


@dataclass(frozen=True)
class LearningPoint:
    """Networks and a linear model that learnt from so many rows, measured on the test rows."""

    rows: int
    values: tuple[float, ...]  # one a network
    linear: float | None

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def deviation(self) -> float:
        """Sample standard deviation over networks; 0 of a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else 0.0


@dataclass(frozen=True)
class LearningCurve:
    """The headline metric by number of training rows. Stored as learning_curve.json."""

    headline: str
    higher_is_better: bool
    test_rows: int
    points: tuple[LearningPoint, ...]  # fewest rows first
    verdict: str  # one sentence


@dataclass(frozen=True)
class RunSummary:
    """All that the report and the terminal tables show of one run."""

    name: str
    version: str
    created: str  # ISO 8601, UTC
    source: str
    schema: Schema
    rows: RowCount
    split: dict[str, int]  # "train" -> rows, "validation", "test"
    split_reason: str
    rejected: tuple[Rejected, ...]  # the first 20; all are in rejected.csv
    choices: tuple[Choice, ...]
    findings: tuple[Finding, ...]
    epochs: tuple[EpochRecord, ...]
    evaluation: Evaluation
    diagnostics: Diagnostics
    engine: str
    parameters: int  # trained numbers in the network
    seconds: float  # wall time of the whole command
    environment: dict[str, str]  # "torch" -> "2.13.0+cpu"
    stopped_because: str = ""  # why the training ended, and which weights were kept
    notes: tuple[str, ...] = ()  # what a resume had to say
    ensemble: EnsembleSummary | None = None  # None where one network was trained
    contest: Contest | None = None  # None where one recipe was trained
    learning_curve: LearningCurve | None = None
    calibration: Calibration = field(default_factory=Calibration)
    rate_test: RateTest | None = None
    gallery: Gallery | None = None  # None where there are no images
    series_gallery: SeriesGallery | None = None  # None where there are no time series
    baseline_seconds: dict[str, float] = field(default_factory=dict)  # that fitting each took


@dataclass(frozen=True)
class Check:
    """What was found of one part of an installation."""

    name: str
    verdict: Verdict  # warning: it works, but not as well as it could; fault: nothing can be trained or saved
    found: str
    remedy: str = ""  # what to do; empty where nothing is
