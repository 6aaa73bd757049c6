"""Training curves: the loss on training and validation rows, and the headline metric, epoch by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netwright.core.values import EpochRecord
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.scale import Scale, fitting, fixed
from netwright.report.charts.svg import element, line, picture, text
from netwright.report.numbers import is_finite, show

WIDTH, HEIGHT = 400, 266
LEFT, RIGHT, TOP, BOTTOM = 48.0, 282.0, 46.0, 224.0
LABEL_GAP = 14.0  # pixels between two labels at the end of lines
TITLE_ABOVE = 32  # pixels; the mark of the kept epoch stands in between
MOST_POINTS = 400  # beyond this many epochs a point to hover over is narrower than a pixel


@dataclass(frozen=True)
class Curve:
    """One line: its name, its CSS class and a value per epoch (None or NaN where it was not measured)."""

    name: str
    style: str
    values: tuple[float | None, ...]

    @property
    def finite(self) -> list[float]:
        return [value for value in self.values if value is not None and is_finite(value)]


def loss_curves(epochs: Sequence[EpochRecord]) -> Markup:
    """Training and validation loss, on a logarithmic scale where they fall a long way."""
    train = Curve("training", "train", tuple(record.train_loss for record in epochs))
    validation = Curve("validation", "validation", tuple(record.validation_loss for record in epochs))
    return draw(epochs, [train, validation], "loss")


def metric_curve(epochs: Sequence[EpochRecord], name: str) -> Markup:
    """The headline metric on validation rows."""
    return draw(epochs, [Curve("validation", "validation", tuple(record.metric for record in epochs))], name)


def draw(epochs: Sequence[EpochRecord], curves: list[Curve], name: str) -> Markup:
    shown = [curve for curve in curves if curve.finite]
    if not shown:
        return Markup("")
    every = [value for curve in shown for value in curve.finite]
    across = epoch_scale([record.epoch for record in epochs])
    up = fitting(every, BOTTOM, TOP)
    label = f"{name} by epoch: " + "; ".join(spoken(curve) for curve in shown)
    parts = [
        left_axis(up, LEFT, RIGHT, name if up.step else f"{name} (logarithmic)", TITLE_ABOVE),
        bottom_axis(across, BOTTOM, "epoch"),
    ]
    parts += [best_mark(epochs, across), *(path(curve, epochs, across, up) for curve in shown)]
    return picture(WIDTH, HEIGHT, label, *parts, end_labels(shown, epochs, across, up))


def epoch_scale(epochs: list[int]) -> Scale:
    """Whole epochs only, starting at the first."""
    if len(epochs) == 1:
        return Scale(epochs[0] - 1.0, epochs[0] + 1.0, LEFT, RIGHT, (float(epochs[0]),), 1.0)
    scale = fixed(float(epochs[0]), float(epochs[-1]), LEFT, RIGHT)
    ticks = {float(tick) for tick in (epochs[0], *map(round, scale.ticks), epochs[-1])}
    far = [tick for tick in sorted(ticks) if epochs[-1] == tick or scale(epochs[-1]) - scale(tick) > 24.0]
    return Scale(scale.low, scale.high, LEFT, RIGHT, tuple(far), 1.0)


def path(curve: Curve, epochs: Sequence[EpochRecord], across: Scale, up: Scale) -> Markup:
    """A line that breaks where a value is missing, with a point for each epoch to hover over."""
    steps, points, pen = [], [], "M"
    for record, value in zip(epochs, curve.values, strict=True):
        if value is None or not is_finite(value):
            pen = "M"
            continue
        x, y = across(record.epoch), up(value)
        steps.append(f"{pen}{x:.1f} {y:.1f}")
        points.append(point(x, y, f"epoch {record.epoch}, {curve.name}: {show(value)}"))
        pen = "L"
    drawn = element("path", d="".join(steps), class_=f"curve {curve.style}")
    lone = len(points) == 1
    hover = element("g", *points, class_=f"points {curve.style}{' lone' if lone else ''}")
    return drawn + hover if len(points) <= MOST_POINTS else drawn


def point(x: float, y: float, said: str) -> Markup:
    return element("circle", element("title", said), cx=x, cy=y, r=4)


def best_mark(epochs: Sequence[EpochRecord], across: Scale) -> Markup:
    """A vertical line at the last epoch that was the best so far: the one whose weights are kept."""
    best = [record.epoch for record in epochs if record.best]
    if not best:
        return Markup("")
    x = across(best[-1])
    label = text(max(x, LEFT + 20), TOP - 10, f"kept: epoch {best[-1]}", class_="best", text_anchor="middle")
    return line((x, TOP - 4), (x, BOTTOM), class_="best") + label


def end_labels(curves: list[Curve], epochs: Sequence[EpochRecord], across: Scale, up: Scale) -> Markup:
    """Names at the ends of the lines, moved apart where they would overlap."""
    placed, lowest = [], float("-inf")
    for curve in sorted(curves, key=lambda curve: up(curve.finite[-1])):
        lowest = y = max(up(curve.finite[-1]), lowest + LABEL_GAP)
        label = f"{curve.name} {show(curve.finite[-1])}"
        placed.append(text(across(epochs[-1].epoch) + 6, y + 4, label, class_=f"direct {curve.style}"))
    return Markup("").join(placed)


def spoken(curve: Curve) -> str:
    return f"{curve.name} from {show(curve.finite[0])} to {show(curve.finite[-1])}"
