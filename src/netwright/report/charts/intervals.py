"""One metric as dots with 95% whiskers: the network above, the baselines below."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.evidence import Measure
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, shorten, text
from netwright.report.numbers import interval, is_finite, show

WIDTH = 420
LEFT, RIGHT = 132.0, 338.0
ROW = 26
Entry = tuple[str, Measure]


def dots(metric: str, ours: Measure, baselines: Sequence[Entry]) -> Markup:
    """`metric` is its name in words. A measure that is not a number gets its row, and a dash."""
    entries = [("this network", ours), *baselines]
    known = [value for _, measure in entries for value in bounds(measure)]
    if not known:
        return Markup("")
    bottom = 8.0 + ROW * len(entries)
    across = linear(known, LEFT, RIGHT, ticks=4)
    parts = [
        *(line((across(tick), 4), (across(tick), bottom), class_="rule") for tick in across.ticks),
        bottom_axis(across, bottom),
        *(row(entry, 8.0 + ROW * (index + 0.5), across, index == 0) for index, entry in enumerate(entries)),
    ]
    spoken = "; ".join(f"{name} {show(measure.value)} ({interval(measure)})" for name, measure in entries)
    return picture(WIDTH, bottom + 24, f"{metric} with 95% intervals: {spoken}", *parts)


def row(entry: Entry, y: float, across: Scale, ours: bool) -> Markup:
    name, measure = entry
    style = "ours" if ours else "baseline"
    parts = [text(LEFT - 12, y + 4, shorten(name, 18), class_=f"name {style}", text_anchor="end")]
    if is_finite(measure.low) and is_finite(measure.high):
        parts.append(line((across(measure.low), y), (across(measure.high), y), class_=f"whisker {style}"))
    if is_finite(measure.value):
        title = element("title", f"{name}: {show(measure.value)}, 95% interval {interval(measure)}")
        parts.append(element("circle", title, cx=across(measure.value), cy=y, r=4.5, class_=style))
    parts.append(text(RIGHT + 12, y + 4, show(measure.value), class_=f"value {style}"))
    return Markup("").join(parts)


def bounds(measure: Measure) -> list[float]:
    return [value for value in (measure.low, measure.value, measure.high) if is_finite(value)]
