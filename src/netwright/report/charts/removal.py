"""How the evidence goes as parts are taken out, or comes as they are put in: ours beside random orders."""

from markupsafe import Markup

from netwright.core.explanations import RemovalCurve
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.polyline import line_through
from netwright.report.charts.scale import fixed, linear
from netwright.report.charts.svg import picture, text
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT = 250, 168
LEFT, RIGHT, TOP, BOTTOM = 44.0, 234.0, 24.0, 124.0


def removal_picture(curve: RemovalCurve | None, name: str) -> Markup:
    """Draw one curve; empty where there is none.

    Args:
        curve: by share of the parts.
        name: "taken out" or "put in".
    """
    values = [] if curve is None else [value for value in (*curve.ours, *curve.random) if is_finite(value)]
    if curve is None or len(curve.shares) < 2 or not values:
        return Markup("")
    across, up = fixed(0.0, 1.0, LEFT, RIGHT), linear(values, BOTTOM, TOP, ticks=4)
    ours, chance = (
        [(across(share), up(value)) for share, value in zip(curve.shares, row, strict=False) if is_finite(value)]
        for row in (curve.ours, curve.random)
    )
    return picture(
        WIDTH,
        HEIGHT,
        f"evidence as parts are {name}: mean {show(curve.area)}, of random orders {show(curve.random_area)}",
        left_axis(up, LEFT, RIGHT),
        bottom_axis(across, BOTTOM, f"share of the parts {name}"),
        line_through(chance, "curve train"),
        line_through(ours, "curve validation"),
        text(LEFT, TOP - 10, "by this explanation", class_="direct validation small"),
        text(RIGHT, TOP - 10, "at random", class_="direct train small", text_anchor="end"),
    )
