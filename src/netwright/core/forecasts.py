"""Frozen values of forecasting: what a series is, and how good forecasts of it are. They go to JSON and back."""

from dataclasses import dataclass, field
from typing import Literal

from netwright.core.evidence import Measure
from netwright.core.findings import Finding
from netwright.core.values import Choice, Contest, EpochRecord, Rejected, RowCount

Unit = Literal["microsecond", "month", "business day", "number"]


@dataclass(frozen=True)
class TimeAxis:
    """The column that orders the rows, and how far apart they are."""

    column: str
    unit: Unit
    size: int  # units from one row to the next
    format: str | None = None  # that dates are written in; None where they are no text


@dataclass(frozen=True)
class SeriesFact:
    """One series of the source: its rows, and the parts that they fall into."""

    name: str  # "" where there is one series only
    rows: int
    train: int
    validation: int
    test: int
    means: tuple[float, ...]  # of the training rows, by channel
    scales: tuple[float, ...]  # standard deviation of the training rows, 1 where it is 0


@dataclass(frozen=True)
class SeriesSchema:
    """The data contract of a forecast. Stored as schema.json."""

    channels: tuple[str, ...]
    time: TimeAxis | None  # None: rows are in order, and that is all that is known
    group: str | None  # the column that tells series apart
    series: tuple[SeriesFact, ...]
    horizon: int  # steps that are forecast
    lookback: int  # steps that are read
    period: int  # of the season that was found in the training rows; 1: none

    @property
    def fault(self) -> str:
        """What no run writes, or nothing."""
        counts = {"horizon": self.horizon, "lookback": self.lookback, "period": self.period}
        for name, value in counts.items():
            if not 1 <= value <= MOST_STEPS:
                return f"{name}: expected 1 to {MOST_STEPS:,}, got {value:,}"
        if not self.channels or not self.series:
            return "expected at least one channel and one series"
        if self.time is not None and self.time.size < 1:
            return f"time.size: expected at least 1, got {self.time.size}"
        width = len(self.channels)
        if any(len(fact.means) != width or len(fact.scales) != width for fact in self.series):
            return f"expected a mean and a scale for each of {width} channels"
        return "" if all(scale > 0.0 for fact in self.series for scale in fact.scales) else "a scale is not above 0"


MOST_STEPS = 1_000_000  # of a look-back or a horizon
COVERAGES = (0.5, 0.8, 0.9, 0.95, 0.99)  # that intervals can be asked to hold


@dataclass(frozen=True)
class Margins:
    """How far intervals reach beyond what is forecast, in standardised units. Stored as calibration.json.

    For each of COVERAGES, each step of the horizon and each channel: the conformal quantile of the errors of the
    validation windows; None where they are too few for it.
    """

    windows: int
    coverage: float  # that tables and pictures show
    reach: tuple[tuple[tuple[float | None, ...], ...], ...]  # [coverage][step][channel]


@dataclass(frozen=True)
class ChannelError:
    """Errors of one channel, over all windows and steps."""

    name: str
    mse: float  # standardised
    mae: float  # standardised
    rmse_own: float  # in the channel's own unit
    mae_own: float  # in the channel's own unit
    covered: float | None = None  # share of truths inside their intervals


@dataclass(frozen=True)
class StepError:
    """Errors at one step of the horizon, over all windows and channels."""

    step: int  # from 1
    mse: float
    mae: float
    covered: float | None = None
    width: float | None = None  # mean width of the intervals, standardised


@dataclass(frozen=True)
class OriginError:
    """The error of one forecast of the rolling backtest."""

    origin: int  # data row of the last row that was read, from 1
    time: str  # of the same; empty where rows have none
    mse: float
    mae: float


@dataclass(frozen=True)
class Backtest:
    """Forecasts from several origins of the test rows, one after another, each by the same network."""

    origins: tuple[OriginError, ...]
    mean: float  # of the MSE
    deviation: float  # sample standard deviation over origins; 0 of a single one


@dataclass(frozen=True)
class Example:
    """One forecast as it is drawn: what was read last, what was said and what came, in the channel's own unit."""

    channel: str
    series: str
    origin: str  # time of the last row that was read, or its number
    history: tuple[float, ...]
    truth: tuple[float, ...]
    said: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True)
class ForecastEvaluation:
    """How good forecasts are on windows of rows that came after all that was learnt. Stored as evaluation.json."""

    windows: int
    metrics: dict[str, Measure]  # mse first, mae; standardised by the training rows
    baselines: dict[str, dict[str, float]]  # name -> metric -> value, on the same windows
    channels: tuple[ChannelError, ...] = ()
    steps: tuple[StepError, ...] = ()
    backtest: Backtest | None = None
    coverage: float = 0.9  # asked
    covered: float | None = None  # share of all truths inside their intervals
    examples: tuple[Example, ...] = ()
    baseline_steps: dict[str, tuple[float, ...]] = field(default_factory=dict)  # name -> MSE by step
    notes: tuple[Finding, ...] = ()  # of data that the run did not see


@dataclass(frozen=True)
class ForecastSummary:
    """All that the report and the terminal tables show of one forecasting run."""

    name: str
    version: str
    created: str  # ISO 8601, UTC
    source: str
    schema: SeriesSchema
    rows: RowCount
    split: dict[str, int]
    split_reason: str
    rejected: tuple[Rejected, ...]
    choices: tuple[Choice, ...]
    findings: tuple[Finding, ...]
    epochs: tuple[EpochRecord, ...]
    evaluation: ForecastEvaluation
    contest: Contest
    parameters: int
    seconds: float
    environment: dict[str, str]
    stopped_because: str = ""
    notes: tuple[str, ...] = ()
