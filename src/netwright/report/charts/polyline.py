"""Lines and bands through points, broken where a value is missing."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.report.charts.svg import Point, element
from netwright.report.numbers import is_finite

MOST_POINTS = 600  # of one line: a picture is no wider


def line_through(places: Sequence[Point], style: str) -> Markup:
    """A line through points; empty for none."""
    return element("path", d=steps(places), class_=style) if places else Markup("")


def band_between(upper: Sequence[Point], lower: Sequence[Point], style: str = "band") -> Markup:
    """The area between two lines."""
    if not upper or not lower:
        return Markup("")
    return element("path", d=steps([*upper, *reversed(lower)]) + "Z", class_=style)


def steps(places: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def thin(values: Sequence[float | None], first: int) -> list[tuple[int, float]]:
    """Places, counted from `first`, and the finite values there; every second, third, ... of a long row."""
    every = max(1, -(-len(values) // MOST_POINTS))
    kept = [(first + k, value) for k, value in enumerate(values) if k % every == 0 or k == len(values) - 1]
    return [(place, value) for place, value in kept if is_finite(value)]
