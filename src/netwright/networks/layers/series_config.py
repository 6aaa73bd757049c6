"""How a network reads time series."""

from dataclasses import dataclass

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import SeriesInput

SERIES_NETWORKS = ("rocket", "fcn", "inception", "gru", "lstm")
MOST_WIDTH = 1 << 14


@dataclass(frozen=True, kw_only=True)
class SeriesConfig:
    """Settings of a network's series layer; without series in the data they do nothing."""

    series: str = "rocket"  # rocket, fcn, inception, gru, lstm
    series_kernels: int = 2000  # rocket: fixed kernels with their thresholds; each gives two numbers
    series_widths: tuple[int, ...] = (64, 128, 64)  # fcn: filters of each convolution
    series_filters: int = 16  # inception: of each of four paths
    series_depth: int = 3  # inception: modules; gru, lstm: layers
    series_units: int = 64  # gru, lstm: in each direction
    series_dropout: float = 0.0  # share silenced of what a series becomes


def check_series(config: SeriesConfig, series: SeriesInput | None) -> None:
    """Raise RecipeError where a name is unknown or a number out of range."""
    if config.series not in SERIES_NETWORKS:
        valid = f"{', '.join(SERIES_NETWORKS)}, got {config.series!r}; {nearest(str(config.series), SERIES_NETWORKS)}"
        raise RecipeError(f"network.series: expected one of {valid}")
    for setting, least, most in (
        ("series_kernels", 84, 1 << 17),
        ("series_filters", 1, MOST_WIDTH),
        ("series_units", 1, MOST_WIDTH),
        ("series_depth", 1, 100),
    ):
        if not least <= (value := getattr(config, setting)) <= most:
            raise RecipeError(f"network.{setting}: expected a whole number from {least} to {most:,}, got {value}")
    widths = config.series_widths
    if not 1 <= len(widths) <= 16 or any(not 1 <= width <= MOST_WIDTH for width in widths):
        expected = f"1 to 16 whole numbers from 1 to {MOST_WIDTH:,}"
        raise RecipeError(f"network.series_widths: expected {expected}, got {str(widths)[:100]}")
    if not 0.0 <= config.series_dropout < 1.0:
        raise RecipeError(
            f"network.series_dropout: expected a share from 0 up to but not including 1, got {config.series_dropout}"
        )
    if series is not None and not (1 <= series.channels <= MOST_WIDTH and series.length >= 1):
        raise RecipeError(
            f"network: expected series of 1 to {MOST_WIDTH:,} channels with at least one value, "
            f"got {series.channels:,} channels and {series.length:,} values"
        )


def most_series_numbers(config: SeriesConfig, series: SeriesInput) -> int:
    """Return about how many numbers a series layer holds, an upper bound, from its settings alone."""
    widest = max(series.channels, *config.series_widths)
    convolutions = 9 * len(config.series_widths) * widest**2
    paths = 4 * config.series_filters
    modules = config.series_depth * (100 * config.series_filters**2 + 2 * paths * max(paths, series.channels))
    cells = 8 * config.series_depth * config.series_units * (series.channels + 3 * config.series_units)
    kernels = 12 * config.series_kernels + 2 * 84 * 64 * series.channels
    return {"rocket": kernels, "fcn": convolutions, "inception": modules}.get(config.series, cells)


def series_width(config: SeriesConfig) -> int:
    """Return about how many numbers a series becomes, an upper bound."""
    most = {
        "rocket": 2 * config.series_kernels + 4 * 84 * 64,
        "fcn": config.series_widths[-1],
        "inception": 4 * config.series_filters,
    }
    return most.get(config.series, 2 * config.series_units)
