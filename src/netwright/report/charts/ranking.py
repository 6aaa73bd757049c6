"""Models by one number, the best first: a dot each, ours in its own colour."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.report.charts.axes import bottom_axis
from netwright.report.charts.scale import linear
from netwright.report.charts.svg import element, line, picture, shorten, text

WIDTH, LEFT, RIGHT = 400, 132.0, 352.0
ROW, TOP = 26.0, 14.0


def ranking(models: Sequence[tuple[str, float]], ours: str) -> Markup:
    """Draw names with their values; lower is better."""
    bottom = TOP + ROW * len(models)
    across = linear([value for _, value in models], LEFT, RIGHT)
    rows = [_row(name, value, name == ours, (across(value), TOP + ROW * (number + 0.5), LEFT))
            for number, (name, value) in enumerate(models)]  # fmt: skip
    said = "nats per character: " + "; ".join(f"{name} {value:.3f}" for name, value in models)
    axis = bottom_axis(across, bottom, "nats per character")
    return picture(WIDTH, bottom + 40, said, *rows, axis)


def _row(name: str, value: float, own: bool, place: tuple[float, float, float]) -> Markup:
    x, y, left = place
    style = "ours" if own else "other"
    return (
        text(left - 10, y + 4, shorten(name, 22), text_anchor="end", class_=f"name {style}")
        + line((left, y), (x, y), class_="rule")
        + element("circle", element("title", f"{name}: {value:.4f}"), cx=x, cy=y, r=4.5, class_=f"ranked {style}")
        + text(x + 9, y + 4, f"{value:.3f}", class_=f"value {style}")
    )
