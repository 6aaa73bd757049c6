"""Shallow models beside deep ones: a metric by the rows learnt from, and by the time that learning took."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netwright.core.comparison import Comparison, Contestant
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.learning import short
from netwright.report.charts.scale import Scale, linear, logarithmic
from netwright.report.charts.svg import Point, element, line, picture, text
from netwright.report.comparison_words import metric_of, moment_of, short_name
from netwright.report.numbers import count, is_finite, show

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 48.0, 404.0, 30.0, 270.0
GAP = 14.0  # pixels between labels
STYLES = {"shallow": "apart", "deep": "validation"}
DOTS = {"shallow": "apart", "deep": "ours"}


@dataclass(frozen=True)
class Drawn:
    """One model's line."""

    name: str
    side: str
    taken: bool
    points: tuple[tuple[int, float], ...]  # rows, value


def growth_picture(comparison: Comparison) -> Markup:
    """Draw each model's metric by the rows that it learnt from; empty for a single size."""
    models = [_drawn(one, comparison.recommendation.name) for one in comparison.contestants]
    models = [model for model in models if len(model.points) > 1]
    sizes = sorted({rows for model in models for rows, _ in model.points})
    if len(sizes) < 2:
        return Markup("")
    metric = metric_of(comparison).label
    across = Scale(float(sizes[0]), float(sizes[-1]), LEFT + 8, RIGHT - 8, (), 0.0)
    up = linear(_close([value for model in models for _, value in model.points], comparison), BOTTOM, TOP)
    said = "; ".join(f"{model.name} from {show(model.points[0][1])} to {show(model.points[-1][1])}" for model in models)
    drawn = [_line(model, across, up) for model in models]
    return picture(
        WIDTH,
        HEIGHT,
        f"{metric} by training rows: {said}",
        left_axis(up, LEFT, RIGHT, metric),
        _rows_axis(sizes, across),
        *drawn,
        *_names([(_end(model, across, up), model.name, model.side, model.taken) for model in models]),
    )


def _drawn(one: Contestant, taken: str) -> Drawn:
    points = tuple((point.rows, point.measure.value) for point in one.curve if is_finite(point.measure.value))
    return Drawn(one.name, one.side, one.name == taken, points)


def _close(values: Sequence[float], comparison: Comparison) -> list[float]:
    """Leave out what is so much worse than the rest that all others would lie on one line."""
    ordered = sorted(values, reverse=comparison.higher_is_better)
    best, middle = ordered[0], ordered[len(ordered) // 2]
    reach = 4.0 * abs(middle - best) or abs(best)
    return [value for value in values if abs(value - best) <= reach]


def _rows_axis(sizes: Sequence[int], across: Scale) -> Markup:
    numbers = [
        line((across(size), BOTTOM), (across(size), BOTTOM + 4), class_="mark")
        + text(across(size), BOTTOM + 17, short(size), class_="tick", text_anchor="middle")
        for size in sizes
    ]
    title = text(RIGHT, BOTTOM + 33, "training rows (logarithmic)", class_="axis", text_anchor="end")
    return Markup("").join(numbers) + title


def _line(model: Drawn, across: Scale, up: Scale) -> Markup:
    places = [(across(rows), _inside(up(value))) for rows, value in model.points]
    steps = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    style = f"curve {STYLES[model.side]}{' taken' if model.taken else ' beside'}"
    dots = [
        element("circle", element("title", f"{model.name}, {count(rows)} rows: {show(value)}"), cx=x, cy=y, r=2.5,
                class_=DOTS[model.side])
        for (x, y), (rows, value) in zip(places, model.points, strict=True)
    ]  # fmt: skip
    return element("path", d=steps, class_=style) + Markup("").join(dots)


def _end(model: Drawn, across: Scale, up: Scale) -> Point:
    rows, value = model.points[-1]
    return across(rows), _inside(up(value))


def _inside(y: float) -> float:
    return min(max(y, TOP), BOTTOM)


def _names(places: Sequence[tuple[Point, str, str, bool]]) -> list[Markup]:
    """Name each point (place, name, side, whether to take it) at the right, the highest first, with a stroke to it.

    Names keep their distance and stay above the axis.
    """
    ordered = sorted(places, key=lambda place: place[0][1])
    overlap = max(0.0, float(ordered[0][0][1]) + GAP * (len(ordered) - 1) - BOTTOM)
    placed, lowest = [], TOP - GAP
    for (x, y), name, side, taken in ordered:
        lowest = max(float(y) - overlap, lowest + GAP)
        stroke = line((float(x) + 5, y), (RIGHT + 8, lowest), class_="rule")
        style = f"direct {STYLES[side]}{' taken' if taken else ''}"
        placed.append(stroke + text(RIGHT + 12, lowest + 4, short_name(name), class_=style))
    return placed


def cost_picture(comparison: Comparison) -> Markup:
    """Draw each model's metric by the time that its training took, with its interval."""
    models = [one for one in comparison.contestants if is_finite(one.measure.value) and one.cost.train_seconds > 0]
    if len(models) < 2:
        return Markup("")
    metric = metric_of(comparison).label
    across = logarithmic([one.cost.train_seconds for one in models], LEFT + 8, RIGHT - 8)
    ends = [end for one in models for end in (one.measure.low, one.measure.value, one.measure.high) if is_finite(end)]
    up = linear(_close(ends, comparison), BOTTOM, TOP)
    said = "; ".join(f"{one.name} {show(one.measure.value)} in {moment_of(one.cost.train_seconds)}" for one in models)
    taken = comparison.recommendation.name
    places = [
        ((across(one.cost.train_seconds), _inside(up(one.measure.value or 0.0))), one.name, one.side, one.name == taken)
        for one in models
    ]
    return picture(
        WIDTH,
        HEIGHT,
        f"{metric} by training time: {said}",
        left_axis(up, LEFT, RIGHT, metric),
        _time_axis(across),
        *_names(places),
        *(_dot(one, across, up, one.name == taken) for one in models),
    )


def _time_axis(across: Scale) -> Markup:
    bare = bottom_axis(Scale(across.low, across.high, across.start, across.stop, (), 0.0), BOTTOM, "")
    numbers = [
        line((across(tick), BOTTOM), (across(tick), BOTTOM + 4), class_="mark")
        + text(across(tick), BOTTOM + 17, moment_of(tick).replace(".0", ""), class_="tick", text_anchor="middle")
        for tick in across.ticks
    ]
    title = text(RIGHT, BOTTOM + 33, "training time (logarithmic)", class_="axis", text_anchor="end")
    return bare + Markup("").join(numbers) + title


def _dot(one: Contestant, across: Scale, up: Scale, taken: bool) -> Markup:
    x, y = across(one.cost.train_seconds), _inside(up(one.measure.value or 0.0))
    low, high = one.measure.low, one.measure.high
    whisker = Markup("")
    if is_finite(low) and is_finite(high):
        whisker = line(
            (x, _inside(up(low))),
            (x, _inside(up(high))),
            class_="whisker apart" if one.side == "shallow" else "whisker",
        )
    said = f"{one.name}: {show(one.measure.value)} in {moment_of(one.cost.train_seconds)}"
    size = 6.0 if taken else 4.0
    return whisker + element("circle", element("title", said), cx=x, cy=y, r=size, class_=DOTS[one.side])
