"""How values of one kind are spread: a dot each over the mean's band, and the whole beside them in a row of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netwright.core.values import CrossValidation, EnsembleSummary
from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.scale import Scale, linear
from netwright.report.charts.svg import element, line, picture, rectangle, text
from netwright.report.numbers import counted, interval, is_finite, show

WIDTH = 400
LEFT, RIGHT = 112.0, 330.0
ROW = 30.0
DOT = 4.0  # pixels, the radius
TALLEST = 72.0  # pixels that stacked dots may take


@dataclass(frozen=True)
class Dot:
    """One value, and what is said of it where the pointer rests."""

    value: float
    said: str


@dataclass(frozen=True)
class Band:
    """A mean with a standard deviation on both sides, None where there are too few values."""

    mean: float | None
    deviation: float | None

    @property
    def ends(self) -> tuple[float, float]:
        middle, wide = self.mean or 0.0, self.deviation or 0.0
        return middle - wide, middle + wide


def fold_dots(found: CrossValidation, metric: str) -> Markup:
    """A dot for each fold over the band of mean and deviation; below, all rows together with their interval."""
    dots = [
        Dot(fold.value, f"fold {fold.fold}: {show(fold.value)} on {counted(fold.rows, 'row')}")
        for fold in found.folds
        if is_finite(fold.value)
    ]
    pooled = found.pooled
    ends = [value for value in (pooled.low, pooled.high) if is_finite(value)]
    below = (
        Dot(pooled.value, f"all rows: {show(pooled.value)}, {interval(pooled)}") if is_finite(pooled.value) else None
    )
    label = f"{metric} by fold: mean {show(found.mean)}, standard deviation {show(found.deviation)}"
    return draw(dots, Band(found.mean, found.deviation), ("folds", "all rows"), (below, ends), label)


def member_dots(found: EnsembleSummary, metric: str) -> Markup:
    """A dot for each member on the test rows over the band of mean and deviation; below, their average."""
    dots = [
        Dot(member.test, f"network {member.number}: {show(member.test)}")
        for member in found.members
        if not member.left_out and is_finite(member.test)
    ]
    below = Dot(found.value, f"averaged: {show(found.value)}") if is_finite(found.value) else None
    label = f"{metric} on the test rows: mean network {show(found.mean)}, averaged {show(found.value)}"
    return draw(dots, Band(found.mean, found.deviation), ("alone", "averaged"), (below, []), label)


def draw(
    dots: Sequence[Dot], band: Band, names: tuple[str, str], below: tuple[Dot | None, list[float]], label: str
) -> Markup:
    """Two rows on one scale: the dots over their band, and the whole with its whisker."""
    whole, ends = below
    if not dots or whole is None:
        return Markup("")
    across = linear([*(dot.value for dot in dots), whole.value, *ends, *band.ends], LEFT, RIGHT, ticks=4)
    lanes, tall = stack([across(dot.value) for dot in dots])
    high = ROW + tall
    first, second, bottom = high / 2 + 6, high + 6 + ROW / 2, high + 6 + ROW
    parts = [
        *(line((across(tick), 4), (across(tick), bottom), class_="rule") for tick in across.ticks),
        bottom_axis(across, bottom),
        shade(band, across, (first, high)),
        *(mark(dot, across, first + lane, "member") for dot, lane in zip(dots, lanes, strict=True)),
        line((across(ends[0]), second), (across(ends[1]), second), class_="whisker") if ends else Markup(""),
        mark(whole, across, second, "ours"),
        *beside(names, (show(band.mean), show(whole.value)), (first, second)),
    ]
    return picture(WIDTH, bottom + 24, label, *parts)


def stack(places: Sequence[float]) -> tuple[list[float], float]:
    """Pixels above or below the middle for dots at these pixels, so that none covers another, and how tall that is."""
    levels: list[int] = []
    for index, place in enumerate(places):
        taken = {levels[other] for other in range(index) if abs(places[other] - place) < 2 * DOT}
        levels.append(next(level for level in sorted(range(-index, index + 1), key=abs) if level not in taken))
    low, high = min(levels), max(levels)
    step = min(2 * DOT, TALLEST / max(high - low, 1))
    return [(level - (low + high) / 2) * step for level in levels], (high - low) * step


def shade(band: Band, across: Scale, place: tuple[float, float]) -> Markup:
    if not is_finite(band.mean):
        return Markup("")
    middle, high = place
    left, right = map(across, band.ends)
    box = rectangle((left, middle - high / 2 + 3), (right - left, high - 6), class_="band")
    return box + line(
        (across(band.mean), middle - high / 2 + 3), (across(band.mean), middle + high / 2 - 3), class_="mean"
    )


def mark(dot: Dot, across: Scale, y: float, style: str) -> Markup:
    return element("circle", element("title", dot.said), cx=across(dot.value), cy=y, r=DOT, class_=style)


def beside(names: tuple[str, str], values: tuple[str, str], rows: tuple[float, float]) -> list[Markup]:
    """The row's name on the left and its value on the right."""
    styles = ("baseline", "ours")
    left = [
        text(LEFT - 12, y + 4, name, class_=f"name {style}", text_anchor="end")
        for name, y, style in zip(names, rows, styles, strict=True)
    ]
    right = [
        text(RIGHT + 16, y + 4, value, class_=f"value {style}")
        for value, y, style in zip(values, rows, styles, strict=True)
    ]
    return left + right
