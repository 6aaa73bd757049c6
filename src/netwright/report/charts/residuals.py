"""Errors of a regression: predicted over true values, and how the errors are spread."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, rectangle
from netwright.report.numbers import bound, counted, show

WIDTH, HEIGHT = 400, 330
LEFT, RIGHT, TOP, BOTTOM = 48.0, 380.0, 30.0, 288.0
MOST_BINS = 40
Pair = tuple[float, float]  # truth, prediction


def scatter(residuals: Sequence[Pair], unit: str = "") -> Markup:
    """Predicted over true values; on the diagonal a prediction is exact."""
    pairs = finite(residuals)
    if not pairs:
        return Markup("")
    every = [value for pair in pairs for value in pair]
    across, up = linear(every, LEFT, RIGHT), linear(every, BOTTOM, TOP)
    dots = "".join(f"M{across(truth):.1f} {up(prediction):.1f}h0" for truth, prediction in pairs)
    return picture(
        WIDTH,
        HEIGHT,
        f"Predicted over true values of {counted(len(pairs), 'row')}",
        left_axis(up, LEFT, RIGHT, f"predicted {unit}".strip()),
        bottom_axis(across, BOTTOM, f"true {unit}".strip()),
        line((across(across.low), up(across.low)), (across(across.high), up(across.high)), class_="ideal"),
        element("path", d=dots, class_="dots"),
    )


def histogram(residuals: Sequence[Pair]) -> Markup:
    """How often which error: prediction minus truth, with zero marked."""
    errors = [prediction - truth for truth, prediction in finite(residuals)]
    if not errors:
        return Markup("")
    across = linear([*errors, 0.0], LEFT, RIGHT)
    edges, counts = binned(errors, across)
    up = linear([0.0, float(max(counts))], BOTTOM, TOP)
    bars = [bar(edges[index : index + 2], rows, across, up) for index, rows in enumerate(counts) if rows]
    zero = line((across(0.0), TOP - 8), (across(0.0), BOTTOM), class_="best")
    axes = [left_axis(up, LEFT, RIGHT, "rows"), bottom_axis(across, BOTTOM, "prediction − truth")]
    return picture(WIDTH, HEIGHT, spoken(errors), *axes, *bars, zero)


def binned(errors: list[float], across: Scale) -> tuple[list[float], list[int]]:
    """Edges that split each tick's step evenly, about the square root of the rows in number, and the counts."""
    steps = len(across.ticks) - 1
    per_step = max(1, round(min(MOST_BINS, math.sqrt(len(errors)) * 1.5) / steps))
    bins, width = steps * per_step, across.step / per_step
    counts = [0] * bins
    for error in errors:
        counts[min(bins - 1, int((error - across.low) / width))] += 1
    return [across.low + index * width for index in range(bins + 1)], counts


def bar(edges: list[float], rows: int, across: Scale, up: Scale) -> Markup:
    left, right = map(across, edges)
    title = element("title", f"{bound(edges[0])} to {bound(edges[1])}: {counted(rows, 'row')}")
    return rectangle((left + 0.5, up(rows)), (right - left - 1, up(0.0) - up(rows)), title, class_="bar")


def finite(residuals: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in residuals if all(map(math.isfinite, pair))]


def spoken(errors: list[float]) -> str:
    middle = sorted(errors)[len(errors) // 2]
    return f"Histogram of {counted(len(errors), 'error')}, prediction minus truth; the median is {show(middle)}"
