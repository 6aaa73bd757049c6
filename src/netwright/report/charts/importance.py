"""How much all answers rest on each column, place or word: a bar each with its 95% whisker."""

from markupsafe import Markup

from netwright.core.explanations import Importance, ImportanceTable
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.importance_in_time import importance_in_time, style_of, told
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, rectangle, shorten, text
from netwright.report.explanation_words import in_order
from netwright.report.numbers import is_finite, show

WIDTH, LEFT, RIGHT = 400, 156.0, 330.0
ROW, TOP = 21.0, 6.0
LETTERS = 22  # of a name
MOST = 20


def importance_picture(table: ImportanceTable) -> Markup:
    """Draw the most important parts; faint where the interval holds nought. Empty where none has an amount.

    Stretches of time are drawn as they follow.
    """
    shown = in_order(table)[:MOST]
    if not shown:
        return Markup("")
    if any(one.steps for one in shown):
        return importance_in_time(table)
    ends = [value for one in shown for value in (one.low, one.amount, one.high) if is_finite(value)]
    across = linear([0.0, *ends], LEFT, RIGHT, ticks=3)
    bottom = TOP + ROW * len(shown)
    said = "; ".join(f"{one.name} {show(one.amount)}" for one in shown)
    return picture(
        WIDTH,
        bottom + 40,
        f"{table.method}, {table.unit}: {said}",
        *(line((across(tick), TOP), (across(tick), bottom), class_="rule") for tick in across.ticks),
        *(_bar(one, across, TOP + ROW * number) for number, one in enumerate(shown)),
        bottom_axis(across, bottom, shorten(table.unit, 50)),
    )


def _bar(one: Importance, across: Scale, y: float) -> Markup:
    left, right = sorted((across(0.0), across(one.amount)))
    title = element("title", told(one))
    texts = "" if one.rows is None else f" ({one.rows:,})"
    name = element("tspan", element("title", one.name), f"{shorten(one.name, LETTERS - len(texts))}{texts}")
    parts = [
        text(LEFT - 10, y + ROW / 2 + 4, name, class_="name", text_anchor="end"),
        rectangle((left, y + 4), (max(right - left, 1.0), ROW - 8), title, class_=style_of(one)),
        text(RIGHT + 10, y + ROW / 2 + 4, show(one.amount), class_="value"),
    ]
    if is_finite(one.low) and is_finite(one.high):
        middle = y + ROW / 2
        parts.append(line((across(one.low), middle), (across(one.high), middle), class_="error"))
    return Markup("").join(parts)
