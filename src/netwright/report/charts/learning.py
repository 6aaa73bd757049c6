"""The learning curve: the headline metric against the number of training rows, with the linear model's line."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.values import LearningCurve, LearningPoint
from netwright.report.charts.axes import left_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import Point, element, line, picture, text
from netwright.report.numbers import count, is_finite, show

WIDTH, HEIGHT = 400, 282
LEFT, RIGHT, TOP, BOTTOM = 48.0, 296.0, 30.0, 232.0
LABEL_GAP = 14.0  # pixels between the names at the ends of the lines


def learning_picture(curve: LearningCurve, metric: str) -> Markup:
    """Mean over networks, a band of one standard deviation, a dot for each network; rows on a logarithmic axis."""
    points = curve.points
    if len(points) < 2:
        return Markup("")
    across, below = rows_axis([point.rows for point in points])
    straight = [point for point in points if is_finite(point.linear)]
    every = [value for point in points for value in point.values] + [point.linear or 0.0 for point in straight]
    up = linear(every, BOTTOM, TOP)
    means = [(across(point.rows), up(point.mean)) for point in points]
    lines = [(across(point.rows), up(point.linear or 0.0)) for point in straight]
    said = "; ".join(f"{count(point.rows)} rows {show(point.mean)}" for point in points)
    return picture(
        WIDTH,
        HEIGHT,
        f"{metric} by training rows: {said}",
        left_axis(up, LEFT, RIGHT, metric),
        below,
        band(points, across, up),
        path(lines, "curve train"),
        path(means, "curve validation"),
        *(dot(point, value, across, up) for point in points for value in point.values),
        *names(means, lines),
    )


def rows_axis(rows: Sequence[int]) -> tuple[Scale, Markup]:
    """A logarithmic scale between the fewest and the most rows, and numbers under each size that was tried."""
    across = Scale(float(rows[0]), float(rows[-1]), LEFT + 8, RIGHT - 8, (), 0.0)
    numbers = [
        line((across(size), BOTTOM), (across(size), BOTTOM + 4), class_="mark")
        + text(across(size), BOTTOM + 17, short(size), class_="tick", text_anchor="middle")
        for size in rows
    ]
    title = text(RIGHT, BOTTOM + 33, "training rows (logarithmic)", class_="axis", text_anchor="end")
    return across, Markup("").join(numbers) + title


def short(rows: int) -> str:
    """A number of rows in the room under a tick.

    >>> short(1150), short(26048)
    ('1,150', '26k')
    """
    return count(rows) if rows < 10_000 else f"{rows / 1000:,.0f}k"


def band(points: Sequence[LearningPoint], across: Scale, up: Scale) -> Markup:
    upper = [(across(point.rows), max(TOP, up(point.mean + point.deviation))) for point in points]
    lower = [(across(point.rows), min(BOTTOM, up(point.mean - point.deviation))) for point in reversed(points)]
    return element("path", d=_steps([*upper, *lower]) + "Z", class_="band")


def path(places: Sequence[Point], style: str) -> Markup:
    return element("path", d=_steps(places), class_=style) if places else Markup("")


def _steps(places: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def dot(point: LearningPoint, value: float, across: Scale, up: Scale) -> Markup:
    title = element("title", f"{count(point.rows)} rows: {show(value)}")
    return element("circle", title, cx=across(point.rows), cy=up(value), r=2.5, class_="ours")


def names(means: Sequence[Point], lines: Sequence[Point]) -> list[Markup]:
    """What each line is, at its end, moved apart where they would overlap."""
    ends = [(means[-1][1], "this network", "validation")]
    ends += [(lines[-1][1], "linear model", "train")] if lines else []
    placed, lowest = [], float("-inf")
    for y, name, style in sorted(ends):
        lowest = max(float(y), lowest + LABEL_GAP)
        placed.append(text(RIGHT + 6, lowest + 4, name, class_=f"direct {style}"))
    return placed
