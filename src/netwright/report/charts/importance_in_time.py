"""How much all answers rest on each stretch of time: a bar each over its steps, with its 95% whisker."""

from markupsafe import Markup

from netwright.core.explanations import Importance, ImportanceTable
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, rectangle, shorten
from netwright.report.explanation_words import in_order, is_clear
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 220, 56.0, 382.0, 26.0, 180.0
GAP = 1.0  # pixels between bars
MOST = 100


def importance_in_time(table: ImportanceTable) -> Markup:
    """Draw each stretch where it lies; faint where its interval holds nought. Empty where none has an amount."""
    shown = [one for one in in_order(table) if one.steps is not None][:MOST]
    if not shown:
        return Markup("")
    ends = [value for one in shown for value in (one.low, one.amount, one.high) if is_finite(value)]
    steps = [float(step) for one in shown if one.steps is not None for step in one.steps]
    across, up = _from_one(steps), linear([0.0, *ends], BOTTOM, TOP, ticks=4)
    said = "; ".join(f"{one.name} {show(one.amount)}" for one in shown)
    return picture(
        WIDTH,
        HEIGHT,
        f"{table.method}, {table.unit}: {said}",
        left_axis(up, LEFT, RIGHT, shorten(table.unit, 50)),
        *(_bar(one, across, up) for one in shown),
        bottom_axis(across, BOTTOM, "step"),
    )


def _from_one(steps: list[float]) -> Scale:
    """A scale that ends where the steps end, with round ticks inside."""
    round_ = linear(steps, LEFT, RIGHT)
    low, high = min(steps) - 0.5, max(steps) + 0.5
    ticks = tuple(tick for tick in round_.ticks if low <= tick <= high)
    return Scale(low, high, LEFT, RIGHT, ticks, round_.step)


def _bar(one: Importance, across: Scale, up: Scale) -> Markup:
    assert one.steps is not None
    left, right = across(one.steps[0] - 0.5), across(one.steps[1] + 0.5)
    top, bottom = sorted((up(0.0), up(one.amount)))
    size = (max(right - left - GAP, 0.5), max(bottom - top, 1.0))
    parts = [rectangle((left, top), size, element("title", told(one)), class_=style_of(one))]
    if is_finite(one.low) and is_finite(one.high):
        middle = (left + right - GAP) / 2
        parts.append(line((middle, up(one.low)), (middle, up(one.high)), class_="error"))
    return Markup("").join(parts)


def style_of(one: Importance) -> str:
    """The class of a bar: faint where it may be nothing; a word's by whether it speaks for what it is measured in."""
    if is_finite(one.low) and not is_clear(one):
        return "amount doubtful"
    return "amount for" if one.rows is not None and one.amount > 0 else "amount against"


def told(one: Importance) -> str:
    """A part with its amount and interval, in words."""
    texts = "" if one.rows is None else f" in {one.rows:,} texts"
    return f"{one.name}: {show(one.amount)}{texts}, 95% interval {show(one.low)} to {show(one.high)}"
