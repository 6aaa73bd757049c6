"""A series with its amounts: behind each step of each channel, orange where it speaks for the answer, blue against."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.explanations import SeriesHeat
from netwright.report.charts.polyline import MOST_POINTS, line_through
from netwright.report.charts.svg import element, picture, rectangle, shorten, text
from netwright.report.numbers import is_finite

WIDTH, LANE, EDGE, NAME = 400.0, 66.0, 4.0, 14.0
MOST_CHANNELS, MOST_STRIPES = 8, 120
FAINTEST, MOST_OPAQUE = 0.04, 0.75  # of the largest stripe; of the ink


def explained_series(heat: SeriesHeat | None) -> Markup:
    """Draw the channels with most amounts, one above the other, each on a scale of its own."""
    if heat is None or not heat.values:
        return Markup("")
    shown = most_explained(heat)
    stripes = [striped(heat.amounts[channel]) for channel in shown]
    largest = max((abs(value) for row in stripes for value in row), default=0.0)
    lanes = [
        _lane(heat, channel, row, (LANE * number, largest))
        for number, (channel, row) in enumerate(zip(shown, stripes, strict=True))
    ]
    said = f"{', '.join(heat.names[channel] for channel in shown)} over {len(heat.values[0])} steps"
    return picture(WIDTH, LANE * len(shown), said, *lanes)


def most_explained(heat: SeriesHeat) -> list[int]:
    """The channels to draw, in their own order."""
    weights = [sum(abs(amount) for amount in row if is_finite(amount)) for row in heat.amounts]
    largest = sorted(range(len(heat.values)), key=lambda channel: -weights[channel])[:MOST_CHANNELS]
    return sorted(largest)


def striped(amounts: Sequence[float]) -> list[float]:
    """Sums of equal stretches: no picture has room for more."""
    every = max(1, -(-len(amounts) // MOST_STRIPES))
    return [sum(amounts[at : at + every]) for at in range(0, len(amounts), every)]


def _lane(heat: SeriesHeat, channel: int, stripes: list[float], place: tuple[float, float]) -> Markup:
    top, largest = place
    values = heat.values[channel]
    known = [value for value in values if is_finite(value)]
    low, span = min(known, default=0.0), (max(known, default=1.0) - min(known, default=0.0)) or 1.0
    step, room = (WIDTH - 2 * EDGE) / max(1, len(values) - 1), LANE - NAME - 2 * EDGE
    places = [
        (EDGE + at * step, top + LANE - EDGE - room * (value - low) / span)
        for at, value in enumerate(values)
        if is_finite(value) and at % max(1, -(-len(values) // MOST_POINTS)) == 0
    ]
    return (
        _stripes(stripes, top, largest, len(values))
        + line_through(places, "channel")
        + text(EDGE, top + 11, shorten(heat.names[channel], 40), class_="small tick")
    )


def _stripes(stripes: list[float], top: float, largest: float, steps: int) -> Markup:
    every = max(1, -(-steps // MOST_STRIPES))
    width = (WIDTH - 2 * EDGE) / max(1, steps) * every
    drawn = [
        rectangle(
            (EDGE + at * width, top + NAME),
            (min(width, WIDTH - EDGE - (EDGE + at * width)), LANE - NAME - 2),
            element("title", f"{amount:+.3g}"),
            class_="amount for" if amount > 0 else "amount against",
            fill_opacity=f"{MOST_OPAQUE * abs(amount) / largest:.2f}",
        )
        for at, amount in enumerate(stripes)
        if largest and abs(amount) >= FAINTEST * largest
    ]
    return Markup("").join(drawn)
