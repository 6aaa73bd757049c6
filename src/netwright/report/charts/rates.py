"""The range test: loss against learning rate, with the rates that it suggests and that the recipe had."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.values import RateTest
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.scale import Scale, fitting, logarithmic
from netwright.report.charts.svg import element, line, picture, text
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT = 400, 286
LEFT, RIGHT, TOP, BOTTOM = 48.0, 384.0, 50.0, 240.0
ROOM = 104.0  # pixels for a name beside its line
HEADROOM = 1.5  # times the highest smoothed loss before the minimum: what explodes beyond it is cut off
TITLE_ABOVE = 36  # pixels; the names of both marks stand in between


def rates_picture(test: RateTest) -> Markup:
    """Raw losses faint, smoothed ones strong, rates on a logarithmic axis, a vertical line for either rate."""
    if len(test.rates) < 2:
        return Markup("")
    lowest = min(range(len(test.smoothed)), key=test.smoothed.__getitem__)
    ceiling = HEADROOM * max(test.smoothed[: lowest + 1])
    shown = [loss for loss in (*test.losses, *test.smoothed) if is_finite(loss) and loss <= ceiling]
    across, up = logarithmic(test.rates, LEFT, RIGHT), fitting(shown, BOTTOM, TOP)
    said = f"loss by learning rate: least {show(test.smoothed[lowest])} at {test.rates[lowest]:.2g}; {test.verdict}"
    return picture(
        WIDTH,
        HEIGHT,
        said,
        left_axis(up, LEFT, RIGHT, "loss" if up.step else "loss (logarithmic)", TITLE_ABOVE),
        bottom_axis(across, BOTTOM, "learning rate (logarithmic)"),
        trace(test.rates, test.losses, (across, up), ceiling, "thin"),
        trace(test.rates, test.smoothed, (across, up), ceiling, "curve validation"),
        *marks(test, across),
    )


def trace(
    rates: Sequence[float], losses: Sequence[float], scales: tuple[Scale, Scale], ceiling: float, style: str
) -> Markup:
    """A line that ends where it leaves the picture, and may come back."""
    (across, up), steps, pen = scales, [], "M"
    for rate, loss in zip(rates, losses, strict=True):
        if not is_finite(loss) or loss > ceiling:
            pen = "M"
            continue
        steps.append(f"{pen}{across(rate):.1f} {up(loss):.1f}")
        pen = "L"
    return element("path", d="".join(steps), class_=style)


def marks(test: RateTest, across: Scale) -> list[Markup]:
    """The suggested rate and the recipe's own, each named on its outer side; one mark where they are the same."""
    own = (test.default, "recipe" if test.used == test.default and test.suggested else "default", "other")
    if test.suggested is None:
        return [mark(across, own, "end")]
    suggested = (test.suggested, "suggested", "best")
    if math.isclose(test.suggested, test.default):
        return [mark(across, suggested, "end")]
    left, right = sorted((own, suggested))
    return [mark(across, left, "end"), mark(across, right, "start")]


def mark(across: Scale, named: tuple[float, str, str], anchor: str) -> Markup:
    """A vertical line at a rate with its name and CSS class."""
    rate, name, style = named
    x = across(min(max(rate, across.low), across.high))
    beside = max(x - 4, LEFT + ROOM) if anchor == "end" else min(x + 4, WIDTH - ROOM)
    label = text(beside, TOP - 10, f"{name} {rate:.2g}", class_=style, text_anchor=anchor)
    return line((x, TOP - 18), (x, BOTTOM), class_=style) + label
