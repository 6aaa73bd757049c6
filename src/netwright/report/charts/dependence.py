"""How the answers go with one column: the mean over rows with its interval, and behind it single rows (ICE)."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.evidence import Measure
from netwright.core.explanations import Dependence
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.lanes import Lane, lanes_picture
from netwright.report.charts.polyline import band_between, line_through
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import Point, line, picture, shorten, text
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 48.0, 384.0, 26.0, 200.0
MOST_LANES = 30


def dependence_picture(found: Dependence) -> Markup:
    """Draw numbers and dates as lines, categories as lanes; empty where nothing was asked."""
    if not found.grid:
        return Markup("")
    return _lanes(found) if is_of_categories(found) else _lines(found)


def is_of_categories(found: Dependence) -> bool:
    """Whether the grid's numbers are but positions of names."""
    return list(found.numbers) == list(range(len(found.grid))) and not all(map(_is_number, found.grid))


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ""))
    except ValueError:
        return False
    return True


def _lanes(found: Dependence) -> Markup:
    rows = zip(found.grid, found.mean, found.low, found.high, strict=False)
    lanes = [Lane(name, Measure(mean, low, high), show(mean)) for name, mean, low, high in rows][:MOST_LANES]
    return lanes_picture(lanes, "mean", ("", None), f"{found.unit} by {found.column}")


def _lines(found: Dependence) -> Markup:
    every = [*found.mean, *found.low, *found.high, *(value for row in found.rows for value in row)]
    across, up = linear(found.numbers, LEFT, RIGHT), linear(every, BOTTOM, TOP)
    mean, low, high = (_places(found.numbers, row, across, up) for row in (found.mean, found.low, found.high))
    return picture(
        WIDTH,
        HEIGHT,
        f"{found.unit} by {found.column}: from {show(found.mean[0])} to {show(found.mean[-1])}",
        left_axis(up, LEFT, RIGHT, shorten(found.unit, 50)),
        _axis(found, across),
        *(line_through(_places(found.numbers, row, across, up), "single") for row in found.rows),
        band_between(high, low),
        line_through(mean, "curve validation"),
    )


def _axis(found: Dependence, across: Scale) -> Markup:
    """Numbers at round places; of dates the first, the middle and the last as they stand."""
    name = shorten(found.column, 50)
    if all(map(_is_number, found.grid)):
        return bottom_axis(across, BOTTOM, name)
    last = len(found.grid) - 1
    marks = [
        line((across(found.numbers[at]), BOTTOM), (across(found.numbers[at]), BOTTOM + 4), class_="mark")
        + text(across(found.numbers[at]), BOTTOM + 17, shorten(found.grid[at], 18), class_="tick", text_anchor=anchor)
        for at, anchor in ((0, "start"), (last // 2, "middle"), (last, "end"))
    ]
    return Markup("").join(marks) + text(RIGHT, BOTTOM + 33, name, class_="axis", text_anchor="end")


def _places(numbers: Sequence[float], row: Sequence[float], across: Scale, up: Scale) -> list[Point]:
    return [(across(at), up(value)) for at, value in zip(numbers, row, strict=False) if is_finite(value)]
