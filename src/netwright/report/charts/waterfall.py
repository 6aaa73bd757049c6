"""From the reference to the answer, a bar for each part: orange speaks for the answer, blue against it.

Amounts that are not meant to add up are drawn from nought instead, each for itself.
"""

from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from netwright.core.explanations import Explanation
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, rectangle, shorten, text
from netwright.report.explanation_words import adds_up, by_size, gap_of, shown_part, signed
from netwright.report.numbers import counted, is_finite, show

WIDTH, LEFT, RIGHT = 400, 168.0, 336.0
ROW, TOP = 21.0, 6.0
LETTERS = 21  # of a name
MOST = 12  # bars of their own; the rest share one
SMALL = 0.01  # of the largest bar: smaller ones share one, and so small a rest is not drawn


@dataclass(frozen=True)
class Step:
    """One bar, from where the sum stood to where it stands after."""

    name: str
    start: float
    amount: float
    style: str
    low: float | None = None
    high: float | None = None


def waterfall(explanation: Explanation) -> Markup:
    """Draw the parts by size; the last bar is what the amounts leave unexplained. Empty where there are no parts."""
    steps = steps_of(explanation)
    if not steps or not is_finite(explanation.output - explanation.reference):
        return Markup("")
    whole = adds_up(explanation)
    reach = [explanation.reference, explanation.output] if whole else [0.0]
    across = linear([*reach, *(step.start + step.amount for step in steps)], LEFT, RIGHT, ticks=4)
    bottom = TOP + ROW * (len(steps) + 2 * whole)
    lanes = [_bar(step, across, TOP + ROW * (number + whole)) for number, step in enumerate(steps)]
    ends = [_end("reference", explanation.reference, across, TOP)] if whole else []
    ends += [_end(explanation.answer, explanation.output, across, bottom - ROW)] if whole else []
    said = "; ".join(f"{step.name} {signed(step.amount)}" for step in steps)
    return picture(
        WIDTH,
        bottom + 40,
        f"{explanation.unit} from {show(explanation.reference)} to {show(explanation.output)}: {said}",
        *(line((across(tick), TOP), (across(tick), bottom), class_="rule") for tick in across.ticks),
        *lanes,
        *ends,
        bottom_axis(across, bottom, shorten(explanation.unit, 40)),
    )


def steps_of(explanation: Explanation) -> list[Step]:
    """The largest parts, the others together, and what is left over."""
    parts = by_size([part for part in explanation.parts if is_finite(part.amount) and part.amount])
    own = [part for part in parts[:MOST] if abs(part.amount) >= SMALL * abs(parts[0].amount)]
    own = parts if len(parts) <= len(own) + 1 else own
    bars = [(shown_part(part), part.amount, _style(part.amount), part.low, part.high) for part in own]
    if (rest := parts[len(own) :]) and adds_up(explanation):
        amount = sum(part.amount for part in rest)
        bars.append((f"{counted(len(rest), 'other part')}", amount, _style(amount), None, None))
    gap = gap_of(explanation)
    if bars and abs(gap) > SMALL * max(abs(bar[1]) for bar in bars):
        bars.append(("unexplained", gap, "gap", None, None))
    starts = accumulate((bar[1] for bar in bars), initial=explanation.reference)
    whole = adds_up(explanation)
    return [
        Step(name, start if whole else 0.0, amount, style, low, high)
        for start, (name, amount, style, low, high) in zip(starts, bars, strict=False)
    ]


def _style(amount: float) -> str:
    return "for" if amount > 0 else "against"


def _bar(step: Step, across: Scale, y: float) -> Markup:
    left, right = sorted((across(step.start), across(step.start + step.amount)))
    title = element("title", f"{step.name}: {signed(step.amount)}")
    name = element("tspan", element("title", step.name), shorten(step.name, LETTERS))
    parts = [
        text(LEFT - 10, y + ROW / 2 + 4, name, class_="name", text_anchor="end"),
        rectangle((left, y + 3), (max(right - left, 1.0), ROW - 6), title, class_=f"amount {step.style}"),
        text(RIGHT + 10, y + ROW / 2 + 4, signed(step.amount), class_="value"),
    ]
    if is_finite(step.low) and is_finite(step.high):
        ends = [min(max(across(step.start + edge), LEFT), RIGHT) for edge in (step.low, step.high)]
        parts.append(line((ends[0], y + ROW / 2), (ends[1], y + ROW / 2), class_="error"))
    return Markup("").join(parts)


def _end(name: str, value: float, across: Scale, y: float) -> Markup:
    """The reference or the answer: a mark where it lies."""
    return (
        text(LEFT - 10, y + ROW / 2 + 4, shorten(name, LETTERS), class_="name ends", text_anchor="end")
        + line((across(value), y + 2), (across(value), y + ROW - 2), class_="stands")
        + text(RIGHT + 10, y + ROW / 2 + 4, show(value), class_="value ends")
    )
