"""What a treatment tried, a lane each: a dot for each seed, a bar at their mean; random changes beside remedies."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.diagnosis.treatment.values import TrialRow
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, shorten, text
from netwright.report.numbers import is_finite, show

WIDTH, LEFT, RIGHT = 400, 176.0, 350.0
ROW, TOP = 24.0, 10.0
MOST = 16  # lanes


def trials_picture(rows: Sequence[TrialRow], unit: str) -> Markup:
    """Draw the scores of every trial on one scale; higher is better. Empty where nothing was tried."""
    shown = [row for row in rows if any(map(is_finite, row.scores))][:MOST]
    if not shown:
        return Markup("")
    across = linear([score for row in shown for score in row.scores if is_finite(score)], LEFT, RIGHT, ticks=4)
    bottom = TOP + ROW * len(shown)
    lanes = [_lane(row, across, TOP + ROW * (number + 0.5)) for number, row in enumerate(shown)]
    said = f"{unit}: " + "; ".join(f"{row.words} {show(row.mean)}" for row in shown)
    rules = [line((across(tick), TOP), (across(tick), bottom), class_="rule") for tick in across.ticks]
    return picture(WIDTH, bottom + 40, said, *rules, *lanes, bottom_axis(across, bottom, unit))


def style_of(row: TrialRow) -> str:
    """Return the colour of a trial: what was kept stands out, random changes step back."""
    if row.kept:
        return "ours"
    return {"as it is": "apart", "random change": "baseline"}.get(row.kind, "member")


def _lane(row: TrialRow, across: Scale, y: float) -> Markup:
    style = style_of(row)
    dots = [
        element("circle", element("title", f"{row.words}: {show(score)}"), cx=across(score), cy=y, r=3.5, class_=style)
        for score in row.scores
        if is_finite(score)
    ]
    name = text(LEFT - 10, y + 4, shorten(row.words, 20 if row.kept else 24), text_anchor="end", class_=f"name {style}")
    middle = line((across(row.mean), y - 7), (across(row.mean), y + 7), class_="mean") if is_finite(row.mean) else ""
    value = text(RIGHT + 12, y + 4, show(row.mean), class_=f"value {style}")
    return name + Markup(middle) + Markup("").join(dots) + value
