"""A surface from above: colours, contour lines with their losses, the network in the middle, the way of training."""

from dataclasses import dataclass

import numpy as np

from netwright.core.landscapes import Stop, Surface
from netwright.report.landscape.canvas import Canvas, Point, mixed
from netwright.report.landscape.contours import contour
from netwright.report.landscape.scale import Heights, Scale, colours, finer, nice

FINE = 201  # points along each side that contour lines go through
BAR = 12  # pixels across of the bar of colours


@dataclass(frozen=True)
class Frame:
    """Where a panel lies on the canvas, and what its axes mean."""

    left: int
    top: int
    side: int  # pixels of the square
    surface: Surface

    def place(self, across: float, up: float) -> Point:
        low, high = self.surface.across[0], self.surface.across[-1]
        bottom, top = self.surface.up[0], self.surface.up[-1]
        x = (across - low) / (high - low)
        return self.left + x * self.side, self.top + (1.0 - (up - bottom) / (top - bottom)) * self.side


def draw_map(canvas: Canvas, frame: Frame, scale: Scale, way: tuple[Stop, ...] = ()) -> None:
    """Draw a surface from above, with axes, contour lines and a bar that says which colour is which loss."""
    fine = finer(scale.heights(frame.surface.losses), (FINE, FINE))
    canvas.pixels((frame.left, frame.top), colours(fine[::-1]), (frame.side, frame.side))
    _lines(canvas, frame, scale, fine)
    _axes(canvas, frame)
    draw_bar(canvas, (frame.left + frame.side + 14, frame.top), frame.side, scale)
    if way:
        draw_way(canvas, frame, way)
    else:
        canvas.dot(frame.place(0.0, 0.0), 4.5, canvas.ink.accent, (255, 255, 255))


def _lines(canvas: Canvas, frame: Frame, scale: Scale, fine: Heights) -> None:
    """Draw contour lines, light on dark ground and dark on light ground."""
    step = frame.side / (FINE - 1)
    for level in scale.levels:
        ground = tuple(int(part) for part in colours(np.array(level)))
        shade = mixed((ground[0], ground[1], ground[2]), (255, 255, 255) if level < 0.45 else (10, 20, 40), 0.42)
        ends = contour(fine, level) * np.array([step, -step]) + np.array([frame.left, frame.top + frame.side])
        canvas.segments(ends, shade, 0.8)


def _axes(canvas: Canvas, frame: Frame) -> None:
    ink, bottom, right = canvas.ink, frame.top + frame.side, frame.left + frame.side
    corners = ((frame.left, frame.top), (right, frame.top), (right, bottom), (frame.left, bottom))
    canvas.line([(float(x), float(y)) for x, y in (*corners, corners[0])], ink.rule)
    for ticks, across in ((ticks_of(frame.surface.across), True), (ticks_of(frame.surface.up), False)):
        for tick, said in zip(ticks, nice(ticks), strict=True):
            x, y = frame.place(tick, frame.surface.up[0]) if across else frame.place(frame.surface.across[0], tick)
            canvas.line([(x, y), (x, y + 5) if across else (x - 5, y)], ink.soft)
            canvas.text((x, y + 9) if across else (x - 8, y), said, ink.soft, 11, "mt" if across else "rm")


def ticks_of(steps: tuple[float, ...]) -> list[float]:
    """Return three to seven round numbers within the steps."""
    span = steps[-1] - steps[0]
    size = 10.0 ** np.floor(np.log10(span))
    unit = next(size * part for part in (0.1, 0.2, 0.25, 0.5, 1.0) if span / (size * part) <= 7.0)
    first = int(np.ceil(steps[0] / unit - 1e-9))
    return [k * unit for k in range(first, int(np.floor(steps[-1] / unit + 1e-9)) + 1)]


def draw_bar(canvas: Canvas, at: tuple[int, int], height: int, scale: Scale) -> None:
    """Draw the bar of colours with the losses of some heights."""
    ramp = np.repeat(colours(np.linspace(1.0, 0.0, 128))[:, None], 2, axis=1)
    canvas.pixels(at, ramp, (BAR, height))
    heights = [k / 6 for k in range(7)]
    for place, said in zip(heights, nice([scale.loss(place) for place in heights]), strict=True):
        y = at[1] + (1.0 - place) * height
        canvas.line([(at[0] + BAR, y), (at[0] + BAR + 4, y)], canvas.ink.soft)
        canvas.text((at[0] + BAR + 8, y), said, canvas.ink.soft, 11, "lm")


def draw_way(canvas: Canvas, frame: Frame, way: tuple[Stop, ...]) -> None:
    """Draw the way of the weights: a line with a dot for each epoch, the end larger."""
    places = [frame.place(stop.across, stop.up) for stop in way]
    canvas.line(places, (255, 255, 255), 3.4)
    canvas.line(places, canvas.ink.accent, 1.8)
    for place in places[1:-1]:
        canvas.dot(place, 2.3, canvas.ink.accent, (255, 255, 255))
    canvas.dot(places[0], 4.5, (255, 255, 255), canvas.ink.accent)
    canvas.dot(places[-1], 5.0, canvas.ink.accent, (255, 255, 255))
