"""How errors and coverage change with the step that is forecast, and how errors differ between origins."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from netwright.core.forecasts import Backtest, StepError
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.polyline import line_through, thin
from netwright.report.charts.scale import Scale, fixed, linear
from netwright.report.charts.svg import Point, element, line, picture, shorten, text
from netwright.report.numbers import percent, show

WIDTH, HEIGHT = 400, 262
LEFT, RIGHT, TOP, BOTTOM = 48.0, 268.0, 30.0, 212.0
LABEL_GAP = 14.0  # pixels between the names at the ends of lines
CROWDED = 3.0  # times our highest error: a baseline above is left to the table


def error_by_step(steps: Sequence[StepError], baselines: Mapping[str, Sequence[float]]) -> Markup:
    """MSE at each step, ours beside the baselines."""
    if len(steps) < 2:
        return Markup("")
    ours = [step.mse for step in steps]
    shown = {name: row for name, row in baselines.items() if len(row) == len(ours) and max(row) <= CROWDED * max(ours)}
    every = [0.0, *ours, *(value for row in shown.values() for value in row)]
    across, up = fixed(1.0, float(len(ours)), LEFT, RIGHT), linear(every, BOTTOM, TOP)
    lines = {name: _places(row, across, up) for name, row in shown.items()}
    mine = _places(ours, across, up)
    ends = [("this run", mine[-1], "validation"), *((name, row[-1], "train") for name, row in lines.items())]
    return picture(
        WIDTH,
        HEIGHT,
        f"MSE by step: this run from {show(ours[0])} to {show(ours[-1])}",
        left_axis(up, LEFT, RIGHT, "MSE, standardised"),
        bottom_axis(across, BOTTOM, "step"),
        *(line_through(row, "curve train") for row in lines.values()),
        line_through(mine, "curve validation"),
        _labels(ends),
    )


def coverage_by_step(steps: Sequence[StepError], asked: float) -> Markup:
    """The share of truths that intervals held at each step, beside what was asked."""
    held = [step.covered for step in steps]
    known = [value for value in held if value is not None]
    if len(known) < 2:
        return Markup("")
    low = min(*known, asked)
    across, up = fixed(1.0, float(len(held)), LEFT, RIGHT), linear([min(low, asked - 0.05), 1.0], BOTTOM, TOP)
    mine = [(across(place), up(value)) for place, value in thin(held, 1)]
    return picture(
        WIDTH,
        HEIGHT,
        f"Coverage by step: asked {percent(asked)}, held {percent(min(known))} to {percent(max(known))}",
        left_axis(up, LEFT, RIGHT, "share held"),
        bottom_axis(across, BOTTOM, "step"),
        line((LEFT, up(asked)), (RIGHT, up(asked)), class_="ideal"),
        line_through(mine, "curve validation"),
        _labels([("held", mine[-1], "validation"), ("asked", (RIGHT, up(asked)), "train")]),
    )


def origin_dots(backtest: Backtest) -> Markup:
    """The MSE of the forecast from each origin, the earliest first, with the mean."""
    values = [origin.mse for origin in backtest.origins]
    if len(values) < 2:
        return Markup("")
    across, up = fixed(1.0, float(len(values)), LEFT + 8, RIGHT - 8), linear([0.0, *values], BOTTOM, TOP)
    dots = [_dot(k + 1, value, backtest, (across, up)) for k, value in enumerate(values)]
    mean = up(backtest.mean)
    whole = Scale(across.low, across.high, across.start, across.stop, tuple(map(float, range(1, len(values) + 1))), 1.0)
    return picture(
        WIDTH,
        HEIGHT,
        f"MSE by origin: mean {show(backtest.mean)}, standard deviation {show(backtest.deviation)}",
        left_axis(up, LEFT, RIGHT, "MSE, standardised"),
        bottom_axis(whole, BOTTOM, "origin, the earliest first"),
        line((LEFT, mean), (RIGHT, mean), class_="ideal"),
        line_through([(across(k + 1), up(value)) for k, value in enumerate(values)], "thin"),
        *dots,
        text(RIGHT + 6, mean + 4, f"mean {show(backtest.mean)}", class_="direct train"),
    )


def _dot(number: int, value: float, backtest: Backtest, scales: tuple[Scale, Scale]) -> Markup:
    origin = backtest.origins[number - 1]
    title = element("title", f"after {origin.time or f'row {origin.origin}'}: {show(value)}")
    return element("circle", title, cx=scales[0](number), cy=scales[1](value), r=4, class_="ours")


def _places(values: Sequence[float], across: Scale, up: Scale) -> list[Point]:
    return [(across(place), up(value)) for place, value in thin(values, 1)]


def _labels(ends: Sequence[tuple[str, Point, str]]) -> Markup:
    """Names at the ends of the lines, moved apart where they would overlap."""
    placed, lowest = [], float("-inf")
    for name, (_, y), style in sorted(ends, key=lambda end: end[1][1]):
        lowest = max(float(y), lowest + LABEL_GAP)
        placed.append(text(RIGHT + 6, lowest + 4, shorten(name, 22), class_=f"direct {style}"))
    return Markup("").join(placed)
