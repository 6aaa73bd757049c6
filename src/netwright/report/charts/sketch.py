"""The picture of one finding: lines over a common axis or bars side by side, with the limits they are judged by."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from netwright.core.findings import Curve, Sketch
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.polyline import MOST_POINTS, line_through
from netwright.report.charts.scale import Scale, fixed, linear, logarithmic
from netwright.report.charts.svg import element, line, picture, rectangle, shorten, text
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 48.0, 290.0, 30.0, 196.0
LABEL_GAP = 14.0  # pixels between the names at the ends of lines
WIDE = 1000.0  # times the least value, from which on lines are drawn on a logarithmic scale
LEAST = 0.5  # pixels that a bar has at least
MOST_TICKS = 12  # names under bars; of more, every second, third, ...
STYLES = ("validation", "train", "truth", "apart")  # of the curves, in order
Point = tuple[float, float]


def sketch_picture(sketch: Sketch) -> Markup:
    """Draw what a finding rests on; empty where nothing in it is a number."""
    curves = [curve for curve in sketch.curves if _points(curve)]
    if not curves:
        return Markup("")
    sketch = replace(sketch, curves=tuple(curves))
    up = _height(sketch)
    across = _places(sketch)
    title = f"{sketch.y_label} (logarithmic)" if not up.step else sketch.y_label
    drawn = _bars(sketch, across, up) if sketch.ticks else _lines(sketch, across, up)
    below = _names_below(sketch, across) if sketch.ticks else bottom_axis(across, BOTTOM, sketch.x_label)
    parts = [left_axis(up, LEFT, RIGHT, title, above=16), below, *drawn, *_limits(sketch, up)]
    return picture(WIDTH, HEIGHT, _spoken(sketch), *parts)


def _points(curve: Curve) -> list[Point]:
    """Return the points that are numbers, thinned to what a picture can show."""
    pairs = [(x, y) for x, y in zip(curve.x, curve.y, strict=False) if is_finite(x) and is_finite(y)]
    every = max(1, math.ceil(len(pairs) / MOST_POINTS))
    return [pair for at, pair in enumerate(pairs) if at % every == 0 or at == len(pairs) - 1]


def _height(sketch: Sketch) -> Scale:
    values = [y for curve in sketch.curves for _, y in _points(curve)]
    limits = [height for _, height in sketch.limits if is_finite(height)]
    positive = [value for value in (*values, *limits) if value > 0.0]
    wide = not sketch.ticks and len(positive) == len(values) + len(limits) and max(positive) > WIDE * min(positive)
    if positive and (sketch.log_y or wide):
        return logarithmic(positive, BOTTOM, TOP)
    return linear([*values, *limits, *([0.0] if sketch.ticks else [])], BOTTOM, TOP)


def _places(sketch: Sketch) -> Scale:
    if sketch.ticks:
        return Scale(-0.5, max(len(sketch.ticks) - 0.5, 0.5), LEFT, RIGHT, (), 1.0)
    values = [x for curve in sketch.curves for x, _ in _points(curve)]
    low, high = min(values), max(values)
    return fixed(low, high, LEFT, RIGHT) if high > low else fixed(low - 1.0, low + 1.0, LEFT, RIGHT)


def _lines(sketch: Sketch, across: Scale, up: Scale) -> list[Markup]:
    drawn, ends = [], []
    for number, curve in enumerate(sketch.curves):
        places = [(across(x), _inside(y, up)) for x, y in _points(curve)]
        style = STYLES[number % len(STYLES)]
        drawn.append(line_through(places, f"curve {style}"))
        if len(places) == 1:
            drawn.append(element("circle", cx=places[0][0], cy=places[0][1], r=3, class_="ours"))
        ends.append((places[-1][1], f"{shorten(curve.name, 13)} {show(_points(curve)[-1][1])}", style))
    return [*drawn, *_end_names(ends)]


def _end_names(ends: list[tuple[float, str, str]]) -> list[Markup]:
    """Write what each line is at its end, moved apart where names would overlap."""
    placed, lowest = [], float("-inf")
    for y, name, style in sorted(ends):
        lowest = max(y, lowest + LABEL_GAP)
        placed.append(text(RIGHT + 6, lowest + 4, name, class_=f"direct {style}"))
    return placed


def _bars(sketch: Sketch, across: Scale, up: Scale) -> list[Markup]:
    """Draw a group of bars at each tick, one for each curve."""
    foot, wide = up(up.low) if not up.step else up(max(up.low, 0.0)), (RIGHT - LEFT) / max(1, len(sketch.ticks))
    each = 0.76 * wide / len(sketch.curves)
    drawn = []
    for number, curve in enumerate(sketch.curves):
        style = "bar" if number == 0 else f"bar {STYLES[number % len(STYLES)]}"
        for x, y in _points(curve):
            top = _inside(y, up)
            left = across(x) - 0.38 * wide + number * each
            said = element("title", f"{_tick(sketch, x)}, {curve.name}: {show(y)}")
            size = (max(each - 1.0, 1.0), max(abs(foot - top), LEAST))
            drawn.append(rectangle((left, min(top, foot - LEAST) if top <= foot else foot), size, said, class_=style))
    return [*drawn, *_bar_names(sketch)]


def _bar_names(sketch: Sketch) -> list[Markup]:
    if len(sketch.curves) < 2:
        return []
    return [
        text(RIGHT + 6, TOP + 6 + LABEL_GAP * number, shorten(curve.name, 18), class_=f"direct {STYLES[number % 4]}")
        for number, curve in enumerate(sketch.curves)
    ]


def _tick(sketch: Sketch, x: float) -> str:
    return sketch.ticks[round(x)] if 0 <= round(x) < len(sketch.ticks) else f"{x:g}"


def _names_below(sketch: Sketch, across: Scale) -> Markup:
    every = math.ceil(len(sketch.ticks) / MOST_TICKS)
    room = max(3, round(every * (RIGHT - LEFT) / len(sketch.ticks) / 7.0))
    names = [
        text(across(at), BOTTOM + 17, shorten(name, room), class_="tick", text_anchor="middle")
        for at, name in enumerate(_endings(sketch.ticks))
        if at % every == 0
    ]
    title = text(RIGHT, BOTTOM + 33, sketch.x_label, class_="axis", text_anchor="end")
    return Markup("").join(names) + title


def _endings(names: Sequence[str]) -> list[str]:
    """Leave out what most names begin with: "hidden.0" and "hidden.2" become "0" and "2", "layer 1" becomes "1"."""
    firsts = Counter(found[0] for name in names if (found := re.match(r"[^. ]+[. ]", name)))
    common, count = max(firsts.items(), key=lambda pair: pair[1], default=("", 0))
    return [name.removeprefix(common) if count > 1 else name for name in names]


def _limits(sketch: Sketch, up: Scale) -> list[Markup]:
    """Draw each limit as a dashed line with its name above it."""
    drawn = []
    for name, height in sketch.limits:
        if not is_finite(height) or (not up.step and height <= 0.0):
            continue
        y = up(height)
        drawn.append(line((LEFT, y), (RIGHT, y), class_="best"))
        drawn.append(text(LEFT + 4, y - 4, f"{shorten(name, 30)} {show(height)}", class_="best"))
    return drawn


def _inside(value: float, up: Scale) -> float:
    """Return the pixel of a value; what a logarithm does not know lies at the foot."""
    return up.start if not up.step and value <= up.low else up(value)


def _spoken(sketch: Sketch) -> str:
    said = "; ".join(_of_curve(curve) for curve in sketch.curves)
    limits = "".join(f"; {name} {show(height)}" for name, height in sketch.limits)
    return f"{sketch.title}: {said}{limits}"


def _of_curve(curve: Curve) -> str:
    values: Sequence[float] = [y for _, y in _points(curve)]
    return f"{curve.name} from {show(values[0])} to {show(values[-1])}"
