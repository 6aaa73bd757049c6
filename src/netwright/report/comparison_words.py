"""The numbers of a comparison as people read them."""

from netwright.core.comparison import Comparison, Contestant
from netwright.core.evidence import Measure
from netwright.report.names import MetricName, metric_name
from netwright.report.numbers import DASH, interval, is_finite, show

SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))
OF_FORECASTS = MetricName("MSE", False, "mean squared error over the horizon, in standardised units")


def metric_of(comparison: Comparison) -> MetricName:
    """The metric that models are compared by."""
    return OF_FORECASTS if comparison.headline == "mse" else metric_name(comparison.headline, comparison)


def short_name(name: str) -> str:
    """A model's name in the room beside a dot.

    >>> short_name("network with 2 hidden layers"), short_name("decision tree")
    ('2 hidden layers', 'decision tree')
    """
    return name.removeprefix("network with ")


def moment_of(seconds: float | None) -> str:
    """A short time: '85 µs', '1.2 ms', '3.4 s', '75 s'.

    >>> [moment_of(seconds) for seconds in (0.000085, 0.0012, 3.4, 75.2, None)]
    ['85 µs', '1.2 ms', '3.4 s', '75 s', '–']
    """
    if not is_finite(seconds):
        return DASH
    for least, factor, unit in ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "µs")):
        if seconds >= least:
            value = seconds * factor
            return f"{value:.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"
    return DASH


def size_of(size: int | None) -> str:
    """Bytes in the largest unit that leaves a number of at least 1.

    >>> [size_of(size) for size in (136, 91384, 16_000_000, None)]
    ['136 B', '89 kB', '15 MB', '–']
    """
    if size is None:
        return DASH
    for least, unit in SIZES:
        if size >= least:
            return f"{size / least:.1f} {unit}" if size < 10 * least else f"{size / least:,.0f} {unit}"
    return f"{size:,} B"


def memory_of(size: int | None) -> str:
    """Extra memory: below a megabyte the system's own pages hide it."""
    return "< 1 MB" if size is not None and size < 1 << 20 else size_of(size)


def gap_of(one: Contestant) -> str:
    """How far behind the best a model is, with its interval; a word for the best itself."""
    if one.behind.value == one.behind.low == one.behind.high == 0.0:
        return "the best"
    return f"{show(one.behind.value)} ({interval(one.behind)})"


def brought(one: Contestant) -> str:
    """What prepared columns brought over raw ones."""
    if one.engineering is None:
        return DASH
    return f"{show(one.engineering.value)} ({interval(one.engineering)})"


def repeated(measure: Measure | None) -> str:
    """How well a small tree repeats a model, in percent."""
    return DASH if measure is None or not is_finite(measure.value) else f"{100 * measure.value:.0f}%"
