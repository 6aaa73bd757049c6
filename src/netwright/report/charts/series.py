"""A time series as a small picture: its channels as lines, and behind them where the evidence for the answer lies."""

from markupsafe import Markup

from netwright.core.evidence import ShownSeries
from netwright.report.charts.svg import element, picture, rectangle

WIDTH, HEIGHT, EDGE = 220.0, 96.0, 6.0
FAINTEST = 0.05  # of heat: below, nothing is drawn
MOST_OPAQUE = 0.5


def draw_one_series(shown: ShownSeries) -> Markup:
    """Draw a series of the gallery; each picture has a scale of its own."""
    values = [value for channel in shown.channels for value in channel if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    lines = [
        element("polyline", points=points, class_=f"channel channel-{number % 6}")
        for number, channel in enumerate(shown.channels)
        for points in _points(channel, low, high)
    ]
    said = shown.truth if shown.truth == shown.prediction else f"{shown.truth} taken for {shown.prediction}"
    return picture(WIDTH, HEIGHT, f"{shown.name}: {said}", *_heat(shown.heat), *lines)


def _heat(heat: tuple[float, ...]) -> list[Markup]:
    width = (WIDTH - 2 * EDGE) / max(1, len(heat))
    return [
        rectangle((EDGE + at * width, 0.0), (width, HEIGHT), class_="heat", fill_opacity=f"{MOST_OPAQUE * share:.2f}")
        for at, share in enumerate(heat)
        if share >= FAINTEST
    ]


def _points(channel: tuple[float | None, ...], low: float, high: float) -> list[str]:
    """Return the points of each stretch without a gap."""
    step, span = (WIDTH - 2 * EDGE) / max(1, len(channel) - 1), (high - low) or 1.0
    found: list[list[str]] = [[]]
    for at, value in enumerate(channel):
        if value is None:
            found.append([])
            continue
        height = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / span
        found[-1].append(f"{EDGE + at * step:.1f},{height:.1f}")
    return [" ".join(points) for points in found if points]
