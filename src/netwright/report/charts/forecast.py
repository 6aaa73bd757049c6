"""One forecast: what was read last, what was said with its interval, and what came."""

from markupsafe import Markup

from netwright.core.forecasts import Example
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.polyline import band_between, line_through, thin
from netwright.report.charts.scale import Scale, linear, nice_step
from netwright.report.charts.svg import Point, line, picture, text
from netwright.report.numbers import is_finite

WIDTH, HEIGHT = 400, 236
LEFT, RIGHT, TOP, BOTTOM = 48.0, 392.0, 30.0, 186.0


def forecast_picture(example: Example) -> Markup:
    """Steps on the horizontal axis, 0 at the last row that was read; the channel's own unit upwards."""
    if not example.said:
        return Markup("")
    past, ahead = len(example.history), len(example.said)
    every = [*example.history, *example.truth, *example.said, *filter(is_finite, (*example.low, *example.high))]
    across, up = _rows_axis(past, ahead), linear(every, BOTTOM, TOP)
    high, low = (_places(end, 1, across, up) for end in (example.high, example.low))
    truth = [*example.history[-1:], *example.truth]
    return picture(
        WIDTH,
        HEIGHT,
        f"{example.channel}: forecast of {ahead} rows after {example.origin}, with its interval and the truth",
        left_axis(up, LEFT, RIGHT),
        bottom_axis(across, BOTTOM, "rows after the last that was read"),
        band_between(high, low),
        line((across(0), TOP - 4), (across(0), BOTTOM), class_="other"),
        line_through(_places(example.history, 1 - past, across, up), "curve train"),
        line_through(_places(tuple(truth), 0, across, up), "curve truth"),
        line_through(_places(example.said, 1, across, up), "curve validation"),
        _names(),
    )


def _places(values: tuple[float | None, ...], first: int, across: Scale, up: Scale) -> list[Point]:
    return [(across(place), up(value)) for place, value in thin(values, first)]


def _rows_axis(past: int, ahead: int) -> Scale:
    """Ticks at round numbers of rows, about six, 0 among them."""
    step = max(1.0, nice_step((past + ahead) / 6))
    ticks = tuple(number * step for number in range(-int((past - 1) // step), int(ahead // step) + 1))
    return Scale(-float(past - 1), float(ahead), LEFT, RIGHT, ticks, step)


def _names() -> Markup:
    said = text(RIGHT, TOP - 14, "said", class_="direct validation", text_anchor="end")
    return said + text(RIGHT - 34, TOP - 14, "came", class_="direct", text_anchor="end")
