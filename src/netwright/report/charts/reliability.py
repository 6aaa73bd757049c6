"""Do the probabilities mean what they say? Observed share over predicted probability, with the rows in each bin."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.evidence import ReliabilityBin
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.scale import Scale, fixed
from netwright.report.charts.svg import element, line, picture, rectangle, text
from netwright.report.numbers import counted, show

WIDTH, HEIGHT = 340, 400
LEFT, RIGHT, TOP, BOTTOM = 46.0, 326.0, 30.0, 288.0
BARS_TOP, BARS_BOTTOM = 308.0, 358.0
Z = 1.96  # standard normal quantile of a 95% interval


def diagram(bins: Sequence[ReliabilityBin], before: Sequence[ReliabilityBin] = ()) -> Markup:
    """A dot per bin with its 95% Wilson interval; on the diagonal the probabilities are honest.

    Where the probabilities were scaled, those `before` are hollow, and a key says which is which.
    """
    filled, earlier = drawable(bins), drawable(before)
    if not filled:
        return Markup("")
    across, up = fixed(0.0, 1.0, LEFT, RIGHT), fixed(0.0, 1.0, BOTTOM, TOP)
    parts = [left_axis(up, LEFT, RIGHT, "observed share"), bottom_axis(across, BARS_BOTTOM, "predicted probability")]
    parts.append(line((LEFT, BOTTOM), (RIGHT, TOP), class_="ideal"))
    parts.append(bars(filled, across))
    parts += [hollow(entry, across, up) for entry in earlier]
    parts += [dot(entry, across, up) for entry in filled]
    parts.append(key() if earlier else Markup(""))
    said = f"; before scaling, {spoken(earlier)}" if earlier else ""
    return picture(WIDTH, HEIGHT, spoken(filled) + said, *parts)


def drawable(bins: Sequence[ReliabilityBin]) -> list[ReliabilityBin]:
    return [entry for entry in bins if entry.rows and math.isfinite(entry.predicted + entry.observed)]


def hollow(entry: ReliabilityBin, across: Scale, up: Scale) -> Markup:
    said = f"before: predicted {show(entry.predicted)}, observed {show(entry.observed)}"
    return element(
        "circle", element("title", said), cx=across(entry.predicted), cy=up(entry.observed), r=4.5, class_="baseline"
    )


def key() -> Markup:
    """Which dots are which, where no dot of a sensible network stands."""
    marks = [(TOP + 14, "baseline", "before"), (TOP + 32, "ours", "after")]
    return Markup("").join(
        element("circle", cx=LEFT + 16, cy=y, r=4.5, class_=style) + text(LEFT + 27, y + 4, name, class_="tick")
        for y, style, name in marks
    )


def dot(entry: ReliabilityBin, across: Scale, up: Scale) -> Markup:
    low, high = wilson(entry.observed, entry.rows)
    x = across(entry.predicted)
    said = f"predicted {show(entry.predicted)}, observed {show(entry.observed)} on {counted(entry.rows, 'row')}"
    mark = element("circle", element("title", said), cx=x, cy=up(entry.observed), r=4.5, class_="ours")
    return line((x, up(low)), (x, up(high)), class_="whisker") + mark


def bars(bins: Sequence[ReliabilityBin], across: Scale) -> Markup:
    """How many rows each bin holds, so that nobody reads much into a dot of three rows."""
    most = max(entry.rows for entry in bins)
    height = BARS_BOTTOM - BARS_TOP
    drawn = [
        rectangle((across(entry.predicted) - 5, BARS_BOTTOM - tall), (10.0, tall), class_="bar")
        for entry in bins
        for tall in [max(1.0, height * entry.rows / most)]
    ]
    base = line((LEFT, BARS_BOTTOM), (RIGHT, BARS_BOTTOM), class_="mark")
    return base + Markup("").join(drawn) + text(LEFT - 6, BARS_TOP + 8, "rows", class_="tick", text_anchor="end")


def wilson(observed: float, rows: int) -> tuple[float, float]:
    """The 95% interval of a share. Source: E. B. Wilson, Probable inference, JASA, 1927."""
    centre = (observed + Z**2 / (2 * rows)) / (1 + Z**2 / rows)
    margin = Z / (1 + Z**2 / rows) * math.sqrt(observed * (1 - observed) / rows + Z**2 / (4 * rows**2))
    return max(0.0, centre - margin), min(1.0, centre + margin)


def spoken(bins: Sequence[ReliabilityBin]) -> str:
    gap = sum(entry.rows * abs(entry.observed - entry.predicted) for entry in bins) / sum(entry.rows for entry in bins)
    return f"Reliability diagram of {len(bins)} bins; predicted and observed differ by {show(gap)} on average"
