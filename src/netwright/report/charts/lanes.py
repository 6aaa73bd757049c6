"""Measures of one unit, a lane each: a dot with its 95% whisker, its name on the left and its value on the right.

A dashed line stands for what all lanes are compared with.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netwright.core.evidence import Measure
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.intervals import bounds
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, shorten, text
from netwright.report.numbers import interval, is_finite, show

WIDTH = 400
LEFT, RIGHT = 156.0, 292.0
ROW, TOP = 22.0, 22.0
LETTERS = 20  # of a name


@dataclass(frozen=True)
class Lane:
    """One measure as it is drawn."""

    name: str
    measure: Measure
    beside: str  # on the right
    style: str = "ours"  # or "apart": it stands out


def lanes_picture(lanes: Sequence[Lane], beside: str, compared: tuple[str, float | None], label: str) -> Markup:
    """Draw the lanes in their order.

    Args:
        lanes: measures; those that are no numbers get their lane, and a dash.
        beside: heading of what stands on the right.
        compared: what the dashed line is called, and where it is.
        label: what the picture shows, in words.
    """
    name, at = compared
    known = [value for lane in lanes for value in bounds(lane.measure)]
    if not known:
        return Markup("")
    across = linear([*known, *([at] if is_finite(at) else [])], LEFT, RIGHT, ticks=4)
    bottom = TOP + ROW * len(lanes)
    parts = [
        *(line((across(tick), TOP), (across(tick), bottom), class_="rule") for tick in across.ticks),
        bottom_axis(across, bottom),
        text(WIDTH, 10, beside, class_="axis", text_anchor="end"),
        ideal(name, across(at), bottom) if is_finite(at) else Markup(""),
        *(drawn(lane, TOP + ROW * (index + 0.5), across) for index, lane in enumerate(lanes)),
    ]
    spoken = "; ".join(f"{lane.name} {show(lane.measure.value)} ({interval(lane.measure)})" for lane in lanes)
    return picture(WIDTH, bottom + 24, f"{label}: {spoken}", *parts)


def ideal(name: str, x: float, bottom: float) -> Markup:
    near = x > (LEFT + RIGHT) / 2  # to the heading on the right
    said = text(x, 10, name, class_="axis", text_anchor="end" if near else "middle")
    return line((x, TOP - 4), (x, bottom), class_="ideal") + said


def drawn(lane: Lane, y: float, across: Scale) -> Markup:
    measure = lane.measure
    name = element("tspan", element("title", lane.name), shorten(lane.name, LETTERS))
    parts = [text(LEFT - 12, y + 4, name, class_="name apart" if lane.style == "apart" else "name", text_anchor="end")]
    if is_finite(measure.low) and is_finite(measure.high):
        parts.append(line((across(measure.low), y), (across(measure.high), y), class_=f"whisker {lane.style}"))
    if is_finite(measure.value):
        said = element("title", f"{lane.name}: {show(measure.value)}, 95% interval {interval(measure)}; {lane.beside}")
        parts.append(element("circle", said, cx=across(measure.value), cy=y, r=4.0, class_=lane.style))
    parts.append(text(WIDTH, y + 4, lane.beside, class_="value", text_anchor="end"))
    return Markup("").join(parts)
