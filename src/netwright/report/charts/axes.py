"""Axes as quiet as they can be: light rules at the ticks, numbers, and a name at the end."""

from markupsafe import Markup

from netwright.report.charts.scale import Scale
from netwright.report.charts.svg import Number, line, text


def left_axis(scale: Scale, x: Number, right: Number, title: str = "", above: Number = 12) -> Markup:
    """Horizontal rules from `x` to `right` with their numbers on the left and the title `above` them."""
    marks = [
        line((x, scale(tick)), (right, scale(tick)), class_="rule")
        + text(x - 6, scale(tick) + 4, scale.label(tick), class_="tick", text_anchor="end")
        for tick in scale.ticks
    ]
    return Markup("").join(marks) + (
        text(0, min(scale.start, scale.stop) - above, title, class_="axis") if title else ""
    )


def bottom_axis(scale: Scale, y: Number, title: str = "") -> Markup:
    """Numbers under `y`, with the title below them at the right end."""
    numbers = [
        line((scale(tick), y), (scale(tick), y + 4), class_="mark")
        + text(scale(tick), y + 17, scale.label(tick), class_="tick", text_anchor="middle")
        for tick in scale.ticks
    ]
    end = max(scale.start, scale.stop)
    name = text(end, y + 33, title, class_="axis", text_anchor="end") if title else Markup("")
    return Markup("").join(numbers) + name
